(** A pair of coinciding prototypes among others is opened: derivatives of its net force and of the losses. *)
From Coq Require Import Reals Lra Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions soft_definitions collapse_definitions.
From DDCL.ddcl Require Import collapse_softmax_definitions pair_softmax_definitions softmax derivatives collapse_softmax.
From DDCL.ddcl Require Import collapse_expansion.
Open Scope R_scope.

Implicit Types (n k d : nat) (y : nat -> R) (z p v : nat -> nat -> R) (T e : R).

(** The displacements of the prototypes *)
Definition away p (j c : nat) : R :=
  match j with O => half_difference p c | S O => - half_difference p c | _ => 0 end.

Lemma opened_moves p e : opened p e = moved (opened p 0) (away p) e.
Proof.
  extensionality j; extensionality c; destruct j as [|[|j]]; unfold moved, away, opened; to_reals; ring.
Qed.

(** A sum with terms for the pair only *)
Lemma sum_pair k (f : nat -> R) : (forall j, f (S (S j)) = 0) -> sum (S (S k)) f = f 0%nat + f 1%nat.
Proof.
  intros rest; rewrite !sum_first, (sum_ext k _ (fun _ => 0)) by (intros; apply rest).
  rewrite sum_const; to_reals; ring.
Qed.

Section Pair.
Variables (l d : nat) (y : nat -> R) (p : nat -> nat -> R) (T : R).
Hypothesis T0 : 0 < T.
Let k := S (S l).
Let q : nat -> R := shares k d T y (opened p 0).
Let t : R := reach d y p.
Let u2 : R := norm2 d (half_difference p).
Let D j : R := distance2 d y (moved (opened p 0) (away p) 0 j).

Lemma moved_opened_0 : moved (opened p 0) (away p) 0 = opened p 0.
Proof. symmetry; apply opened_moves. Qed.

Lemma opened_0 c : opened p 0 0%nat c = (p 0%nat c + p 1%nat c) / 2 /\ opened p 0 1%nat c = (p 0%nat c + p 1%nat c) / 2.
Proof. unfold opened; to_reals; split; field. Qed.

Lemma same_distance : D 0%nat = D 1%nat.
Proof.
  unfold D; rewrite moved_opened_0; unfold distance2, norm2; to_reals; apply sum_ext; intros c _.
  destruct (opened_0 c) as [-> ->]; ring.
Qed.

Lemma same_share : q 0%nat = q 1%nat.
Proof.
  unfold q, shares, soft, share; to_reals; f_equal; f_equal; f_equal; f_equal.
  assert (H := same_distance); unfold D in H; rewrite moved_opened_0 in H; exact H.
Qed.

Lemma dot_away (w : nat -> R) j :
  dot d (away p j) w = match j with O => 1 | S O => - (1) | _ => 0 end * dot d (half_difference p) w.
Proof. unfold dot; rewrite <- sum_mull; apply sum_ext; intros; destruct j as [|[|j]]; unfold away; to_reals; ring. Qed.

Lemma norm_away j : norm2 d (away p j) = match j with O => 1 | S O => 1 | _ => 0 end * u2.
Proof. unfold u2, norm2; rewrite <- sum_mull; apply sum_ext; intros; destruct j as [|[|j]]; unfold away; to_reals; ring. Qed.

(** v_j . (y - p_j) *)
Lemma tug_away j : dot d (away p j) (fun c => y c - opened p 0 j c) = match j with O => 1 | S O => - (1) | _ => 0 end * t.
Proof.
  rewrite dot_away; unfold t, reach; destruct j as [|[|j]]; [f_equal| f_equal |ring];
    apply sum_ext; intros c _; destruct (opened_0 c) as [H H']; rewrite ?H, ?H'; reflexivity.
Qed.

Lemma quantization_net_rule :
  is_derive (fun e => net_quantization d y p (shares k d T y (opened p e)) e) 0
    (2 * (q 0%nat + q 1%nat) * (2 * (t * t) / T - u2)).
Proof.
  assert (H := quantization_work_rule k d y (opened p 0) (away p) T ltac:(unfold k; lia) T0).
  assert (same := same_share).
  apply (is_derive_same (fun e => sum k (fun j => dot d (away p j)
    (quantization_force y (moved (opened p 0) (away p) e) (shares k d T y (moved (opened p 0) (away p) e)) j)))).
  - intros e; rewrite <- opened_moves; unfold k; rewrite sum_pair by (intros; rewrite dot_away; ring); rewrite !dot_away.
    unfold net_quantization, dot; to_reals.
    rewrite <- !sum_mull, <- sum_add; apply sum_ext; intros; ring.
  - apply (is_derive_eq _ _ _ _ H); unfold first_slope.
    rewrite moved_opened_0; fold q; unfold k; rewrite !sum_pair
      by (intros; rewrite ?tug_away, ?norm_away; ring).
    rewrite !tug_away, !norm_away, <- same; field; lra.
Qed.

Lemma ols_net_rule :
  is_derive (fun e => net_ols k d y p (shares k d T y (opened p e)) e) 0
    (8 * q 0%nat * t * dot d (half_difference p) (fun c => y c - mixture k q (opened p 0) c) / T).
Proof.
  assert (H := ols_work_rule k d y (opened p 0) (away p) T ltac:(unfold k; lia) T0).
  assert (same := same_share).
  apply (is_derive_same (fun e => sum k (fun j => dot d (away p j)
    (ols_force k y (moved (opened p 0) (away p) e) (shares k d T y (moved (opened p 0) (away p) e)) j)))).
  - intros e; rewrite <- opened_moves; unfold k; rewrite sum_pair by (intros; rewrite dot_away; ring); rewrite !dot_away.
    unfold net_ols, dot; to_reals.
    rewrite <- !sum_mull, <- sum_add; apply sum_ext; intros; ring.
  - apply (is_derive_eq _ _ _ _ H).
    rewrite moved_opened_0; fold q; unfold k; rewrite (sum_ext d _ (fun _ => 0)).
    2: { intros c _; rewrite sum_pair by (intros; unfold away; ring); unfold away; rewrite <- same; ring. }
    rewrite !sum_pair by (intros; rewrite ?tug_away, ?norm_away, ?dot_away; ring).
    rewrite !tug_away, !norm_away, !dot_away, sum_const, <- same; fold k; field; lra.
Qed.

Lemma quantization_curves_at :
  quantization_curvature k d y (opened p 0) (away p) T =
  - (4 * q 0%nat * (4 * (t * t) / T - u2 -
      (distance2 d y (opened p 0 0%nat) - quantization k d y (opened p 0) q) / T * (2 * (t * t) / T - u2))).
Proof.
  assert (same := same_share); assert (level := same_distance); unfold D in level.
  unfold quantization_curvature, second_slope, first_slope, rate_slope; rewrite !moved_opened_0 in *; fold q.
  change (sum k (fun j => q j * distance2 d y (opened p 0 j))) with (quantization k d y (opened p 0) q).
  set (L := quantization k d y (opened p 0) q); unfold k.
  rewrite !sum_pair by (intros; rewrite ?tug_away, ?norm_away; ring).
  rewrite !tug_away, !norm_away, <- same, <- level; field; lra.
Qed.

End Pair.

(** * Data sets *)

Lemma average_sum n (c : R) (f g : nat -> R) : (forall m, (m < n)%nat -> f m = c * g m) -> average n f = c / INR n * sum n g.
Proof. intros each; rewrite average_eq, (sum_ext n f _ each), sum_mull; unfold Rdiv; ring. Qed.

Theorem pair_rule n k d z p T : (2 <= k)%nat -> 0 < T ->
  is_derive (mean_net (net_quantization d) n (shares k d T) z p) 0 (pair_rate n d (shares k d T) z p T).
Proof.
  intros two T0; destruct k as [|[|l]]; [lia | lia |].
  apply average_rule; intros m _; exact (quantization_net_rule l d (z m) p T T0).
Qed.

Theorem ols_pair_rule n k d z p T : (2 <= k)%nat -> 0 < T ->
  is_derive (mean_net (net_ols k d) n (shares k d T) z p) 0 (ols_pair_rate n k d (shares k d T) z p T).
Proof.
  intros two T0; destruct k as [|[|l]]; [lia | lia |].
  apply average_rule; intros m _; apply (is_derive_eq _ _ _ _ (ols_net_rule l d (z m) p T T0)).
  to_reals; replace (number 8) with 8 by (cbn [number]; to_reals; ring); reflexivity.
Qed.

Theorem full_pair_rule n k d z p T : (2 <= k)%nat -> 0 < T ->
  is_derive_n (opened_loss (quantization k d) n (shares k d T) z p) 2 0
    (- (4 / (T * T) / INR n * full_excess n k d (shares k d T) z p T)).
Proof.
  intros two T0; destruct k as [|[|l]]; [lia | lia |].
  apply (second_derivative _ (fun e => average n (fun m => quantization_slope (S (S l)) d (z m) (opened p 0) (away p) T e))).
  - intros e; apply (is_derive_same (fun e => mean_loss (quantization (S (S l)) d) n (shares (S (S l)) d T) z (moved (opened p 0) (away p) e))).
    { intros s; unfold opened_loss; rewrite <- opened_moves; reflexivity. }
    apply average_rule; intros m _; apply quantization_rule; [lia | exact T0].
  - apply (is_derive_eq _ _ (average n (fun m => quantization_curvature (S (S l)) d (z m) (opened p 0) (away p) T))).
    + apply average_rule; intros m _; apply quantization_second_rule; [lia | exact T0].
    + unfold full_excess; to_reals; rewrite <- Ropp_mult_distr_l_reverse.
      replace (- (4 / (T * T) / INR n)) with (- (4 / (T * T)) / INR n) by (unfold Rdiv; ring).
      apply average_sum; intros m _; rewrite quantization_curves_at by exact T0; field; lra.
Qed.

(** Below the threshold the rate is positive. *)
Lemma rate_of_excess n k d z p T T' c : (2 <= k)%nat -> 0 < T' -> 2 * T = c * T' -> 0 < c -> (0 < n)%nat ->
  0 < excess n d (shares k d T') z p T c -> 0 < pair_rate n d (shares k d T') z p T'.
Proof.
  intros two T0 scale c0 n0 cold; destruct k as [|[|l]]; [lia | lia |].
  replace (pair_rate n d (shares (S (S l)) d T') z p T') with (4 * (2 / c) / T' / INR n * excess n d (shares (S (S l)) d T') z p T c).
  - assert (0 < INR n) by (apply lt_0_INR; lia).
    apply Rmult_lt_0_compat; [|exact cold]; repeat apply Rdiv_lt_0_compat; try assumption; apply Rmult_lt_0_compat;
      [lra | apply Rdiv_lt_0_compat; lra].
  - symmetry; unfold pair_rate, excess; to_reals; apply average_sum; intros m _.
    rewrite <- (same_share l d (z m) p T'); replace T with (c * T' / 2) by lra; field; lra.
Qed.
