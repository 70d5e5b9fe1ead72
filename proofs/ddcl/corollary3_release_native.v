(** Appendix G, note 2, and section 9, prototypes P = Z^T W in the graph: as the samples descend on sum_n V, the prototypes are
    drawn together where q is stopped and W^T W = c I, and also where q is released and they are near. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions gap_definitions motion_definitions corollary3_definitions
  soft_definitions native_definitions softmax_definitions frozen_definitions release_definitions derivatives proposition1 softmax_derivatives
  proposition3_softmax proposition4_softmax.
Open Scope R_scope.

Implicit Types (n k d : nat) (T t : R) (z w u g : nat -> nat -> R).

(** g is the gradient of f at z: f changes at g . u along every motion of n samples that passes z at the velocity u. *)
Definition gradient n d (f : (nat -> nat -> R) -> R) z g : Prop := forall (y : R -> nat -> nat -> R) u t,
  y t = z -> all_move y t u -> is_derive (fun t => f (y t)) t (paired n d g u).

(** sum_m V at given assignments, and at the soft ones *)
Definition held_variance n k d w (q : nat -> nat -> R) z : R := sum n (fun m => variance k d (native n w z) (q m)).
Definition released_variance n k d w T z : R :=
  sum n (fun m => variance k d (native n w z) (assigned k d (z m) (native n w z) T)).

(** ** q stopped *)

Lemma variance_held k d (p : R -> nat -> nat -> R) v q t : all_move p t v ->
  is_derive (fun t => variance k d (p t) q) t (held_variance_rate k d (p t) v q + - (2 * sum d (fun c => mixture k q v c *
    sum k (fun j => q j * (p t j c - mixture k q (p t) c))))).
Proof.
  intros moving; assert (mixed : moves (fun t => mixture k q (p t)) t (mixture k q v)).
  { intros c; apply (is_derive_sum k (fun j t => q j * p t j c)); intros j _.
    exact (is_derive_scal (fun t => p t j c) t (q j) (v j c) (moving j c)). }
  assert (H := is_derive_sum k _ _ t (fun j _ => is_derive_scal _ t (q j) _
    (distance_moves d (fun t => p t j) (fun t => mixture k q (p t)) t (v j) (mixture k q v) (moving j) mixed))).
  apply (is_derive_eq _ _ _ _ H); unfold held_variance_rate; to_reals; change (1 + 1) with 2.
  rewrite (sum_ext d _ (fun c => sum k (fun j => mixture k q v c * (q j * (p t j c - mixture k q (p t) c)))))
    by (intros; rewrite sum_mull; reflexivity).
  rewrite <- (sum_exchange k d), <- sum_mull, <- sum_neg, <- sum_add; apply sum_ext; intros j _.
  rewrite <- !sum_mull, <- sum_neg, <- sum_add; apply sum_ext; intros; ring.
Qed.

Lemma deviations k (q f : nat -> R) : sum k q = 1 -> sum k (fun j => q j * (f j - sum k (fun i => q i * f i))) = 0.
Proof.
  intros one; rewrite (sum_ext k _ (fun j => q j * f j - sum k (fun i => q i * f i) * q j)) by (intros; ring).
  rewrite sum_sub, sum_mull, one; ring.
Qed.

Lemma held_gradient n k d w z q : (forall m, (m < n)%nat -> sum k (q m) = 1) ->
  gradient n d (held_variance n k d w q) z (held_force n k w z q).
Proof.
  intros one y u t at_z moving; unfold held_variance.
  assert (H := is_derive_sum n _ _ t (fun m _ => variance_held k d (fun t => native n w (y t)) (native n w u) (q m) t
    (native_all_move n w y u t moving))).
  apply (is_derive_eq _ _ _ _ H); clear H; rewrite at_z; set (p := native n w z).
  rewrite (sum_ext n _ (fun l => sum d (fun c => sum n (fun m => sum k (fun j => w m j * pull k (q l) p j c * u m c))))).
  - unfold paired, held_force, total_pull; to_reals; rewrite (sum_exchange n d), (sum_exchange n d); apply sum_ext; intros c _.
    rewrite (sum_exchange n n); apply sum_ext; intros m _; rewrite <- sum_mulr, (sum_exchange n k).
    apply sum_ext; intros j _; rewrite <- sum_mull, <- sum_mulr; apply sum_ext; intros; fold p; ring.
  - intros l lt; rewrite (sum_ext d (fun c => mixture k (q l) (native n w u) c * _) (fun _ => 0)), sum_const.
    2: { intros c _; assert (C := deviations k (q l) (fun j => p j c) (one l lt)); unfold mixture at 2; to_reals.
         rewrite C; ring. }
    rewrite variance_at_rest; unfold paired; to_reals; rewrite (sum_exchange k d).
    rewrite Rmult_0_r, Rmult_0_r, Ropp_0, Rplus_0_r; apply sum_ext; intros c _.
    rewrite (sum_exchange n k); apply sum_ext; intros j _; unfold native; to_reals; rewrite <- sum_mull.
    apply sum_ext; intros; fold p; ring.
Qed.

(** sum_{i<j} (a_i - a_j)(b_i - b_j) = k sum a b - sum a sum b *)
Lemma pairs k (a b : nat -> R) : sum k (fun j => sum j (fun i => (a i - a j) * (b i - b j))) =
  INR k * sum k (fun j => a j * b j) - sum k a * sum k b.
Proof.
  induction k as [|k IH]; [simpl; ring|]; rewrite !sum_S, IH, S_INR.
  rewrite (sum_ext k (fun i => (a i - a k) * (b i - b k)) (fun i => a i * b i - b k * a i - a k * b i + a k * b k)) by (intros; ring).
  rewrite sum_add, !sum_sub, !sum_mull, sum_const; ring.
Qed.

Lemma dispersion_moves k d (p : R -> nat -> nat -> R) v t : all_move p t v ->
  is_derive (fun t => dispersion k d (p t)) t
    (2 * sum d (fun c => INR k * sum k (fun j => p t j c * v j c) - sum k (fun j => p t j c) * sum k (fun j => v j c))).
Proof.
  intros moving; unfold dispersion.
  assert (H := is_derive_sum k _ _ t (fun j _ => is_derive_sum j _ _ t (fun i _ =>
    distance_moves d (fun t => p t i) (fun t => p t j) t (v i) (v j) (moving i) (moving j)))).
  apply (is_derive_eq _ _ _ _ H).
  rewrite (sum_ext d _ (fun c => sum k (fun j => sum j (fun i => (p t i c - p t j c) * (v i c - v j c)))))
    by (intros c _; symmetry; apply (pairs k (fun j => p t j c) (fun j => v j c))).
  rewrite <- (sum_exchange k d), <- sum_mull; apply sum_ext; intros j _.
  rewrite <- (sum_exchange j d), <- sum_mull; reflexivity.
Qed.

(** claim: ddcl.corollary3.release/native/contracts
    value: held_spreading n k d T w z + number 4 * number k * c *
           sum n (fun m => variance k d (native n w z) (stored k (soft_between k d T (z m) (native n w z))))
    compared: 2eca2dd8db13-28cde94a1f8f *)
Theorem contracts n k d w z T (b : R) : (0 < k)%nat -> 0 < T ->
  (forall i j, (i < k)%nat -> (j < k)%nat -> sum n (fun m => w m i * w m j) = if Nat.eqb i j then b else 0) ->
  let q m := assigned k d (z m) (native n w z) T in exists g, gradient n d (held_variance n k d w q) z g /\
  forall (y : R -> nat -> nat -> R) t, y t = z -> all_move y t (opposite_of g) ->
    is_derive (fun t => dispersion k d (native n w (y t))) t (- (4 * INR k * b * held_variance n k d w q z)).
Proof.
  intros k0 T0 even q; assert (one : forall m, sum k (q m) = 1) by (intros m; exact (soft_mass k _ T k0)).
  exists (held_force n k w z q); split; [apply held_gradient; intros; apply one|]; intros y t at_z down.
  assert (H := dispersion_moves k d (fun t => native n w (y t)) _ t (native_all_move n w y _ t down)).
  apply (is_derive_eq _ _ _ _ H); clear H down; rewrite at_z; set (p := native n w z); set (G := total_pull n k w z q).
  assert (velocity : forall j c, (j < k)%nat -> native n w (opposite_of (held_force n k w z q)) j c = - (b * G j c)).
  { intros j c lt; unfold native, opposite_of, held_force; fold G; to_reals.
    rewrite (sum_ext n _ (fun m => - sum k (fun i => w m j * w m i * G i c))).
    2: { intros m _; rewrite Ropp_mult_distr_r_reverse; f_equal; rewrite <- sum_mull; apply sum_ext; intros; ring. }
    rewrite sum_neg, sum_exchange; f_equal.
    rewrite (sum_ext k _ (fun i => if Nat.eqb j i then b * G j c else 0)); [now apply sum_one|].
    intros i Hi; rewrite sum_mulr, even by assumption; destruct (Nat.eqb_spec j i) as [->|]; ring. }
  assert (balanced : forall c, sum k (fun j => G j c) = 0).
  { intros c; unfold G, total_pull; rewrite sum_exchange, (sum_ext n _ (fun _ => 0)), sum_const; [ring|]; intros l _.
    unfold pull; to_reals; rewrite (sum_ext k _ (fun j => 2 * (q l j * (p j c - mixture k (q l) p c)))) by (intros; unfold p; ring).
    rewrite sum_mull; assert (C := deviations k (q l) (fun j => p j c) (one l)); unfold mixture; to_reals; rewrite C; ring. }
  assert (work : sum d (fun c => sum k (fun j => p j c * G j c)) = 2 * held_variance n k d w q z).
  { unfold held_variance, G, total_pull, variance, distance2, norm2; to_reals; fold p; rewrite <- sum_mull.
    rewrite (sum_ext d _ (fun c => sum n (fun l => sum k (fun j => p j c * pull k (q l) p j c)))).
    2: { intros c _; rewrite sum_exchange; apply sum_ext; intros j _; rewrite sum_mull; reflexivity. }
    rewrite (sum_exchange d n); apply sum_ext; intros l _.
    rewrite (sum_ext k (fun j => q l j * _) (fun j => sum d (fun c => q l j *
      ((p j c + - mixture k (q l) p c) * (p j c + - mixture k (q l) p c))))) by (intros; rewrite <- sum_mull; reflexivity).
    rewrite (sum_exchange k d), <- sum_mull; apply sum_ext; intros c _; set (m := mixture k (q l) p c).
    assert (C := deviations k (q l) (fun j => p j c) (one l)); change (sum k (fun j => q l j * (p j c - m)) = 0) in C.
    unfold pull; fold m; rewrite (sum_ext k _ (fun j => 2 * (q l j * ((p j c + - m) * (p j c + - m)))
      + 2 * m * (q l j * (p j c - m)))) by (intros; to_reals; ring).
    rewrite sum_add, !sum_mull, C; ring. }
  rewrite (sum_ext d _ (fun c => - (INR k * b) * sum k (fun j => p j c * G j c))).
  - rewrite sum_mull, work; ring.
  - intros c _; rewrite (sum_ext k (fun j => native n w _ j c) (fun j => - b * G j c))
      by (intros; rewrite velocity by assumption; ring).
    rewrite (sum_mull k (- b)), balanced.
    rewrite (sum_ext k (fun j => p j c * native n w _ j c) (fun j => - b * (p j c * G j c)))
      by (intros; rewrite velocity by assumption; ring).
    rewrite sum_mull; ring.
Qed.

(** ** q released: two samples that are the prototypes, W = I *)

(** The share of the nearer prototype, at the squared distance 0, beside one at x *)
Definition own_share T (x : R) : R := / (1 + exp (- x / T)).

Lemma own_share_moves T x : T <> 0 -> is_derive (own_share T) x (own_share T x * (1 - own_share T x) / T).
Proof.
  intros T0; unfold own_share, Rdiv; assert (0 < exp (- x * / T)) by apply exp_pos.
  auto_derive; [lra|]; set (E := exp _) in *; field; lra.
Qed.

Lemma native_identity n z j c : (j < n)%nat -> native n identity z j c = z j c.
Proof.
  intros lt; unfold native, identity; to_reals; rewrite (sum_ext n _ (fun m => if Nat.eqb j m then z j c else 0)).
  - now apply sum_one.
  - intros m _; rewrite Nat.eqb_sym; destruct (Nat.eqb_spec j m) as [->|]; ring.
Qed.

Lemma distance_same d (x : nat -> R) : distance2 d x x = 0.
Proof. unfold distance2, norm2; to_reals; rewrite (sum_ext d _ (fun _ => 0)), sum_const; intros; ring. Qed.

Lemma distance_symmetric d (x y : nat -> R) : distance2 d x y = distance2 d y x.
Proof. apply sum_ext; intros; to_reals; ring. Qed.

Lemma distance_ext d (x y y' : nat -> R) : (forall c, y c = y' c) -> distance2 d x y = distance2 d x y'.
Proof. intros same; apply sum_ext; intros; now rewrite same. Qed.

(** V of one sample, with the shares a and 1 - a *)
Lemma variance_of_two d z (q : nat -> R) : q 1%nat = 1 - q O ->
  variance 2 d (native 2 identity z) q = q O * (1 - q O) * distance2 d (z O) (z 1%nat).
Proof.
  intros last; unfold variance, distance2, norm2; cbn [sum]; rewrite last; to_reals.
  rewrite Rplus_0_l, <- !sum_mull, <- sum_add; apply sum_ext; intros c _; unfold mixture; cbn [sum].
  rewrite !native_identity, last by lia; to_reals; ring.
Qed.

Lemma shares_of_two d z T : T <> 0 -> let delta := distance2 d (z O) (z 1%nat) in let p := native 2 identity z in
  assigned 2 d (z O) p T O = own_share T delta /\ assigned 2 d (z O) p T 1%nat = 1 - own_share T delta /\
  assigned 2 d (z 1%nat) p T O = 1 - own_share T delta /\ assigned 2 d (z 1%nat) p T 1%nat = own_share T delta.
Proof.
  intros T0 delta p; assert (E := exp_pos (- delta / T)).
  assert (at_p : forall j (x : nat -> R), (j < 2)%nat -> distance2 d x (p j) = distance2 d x (z j))
    by (intros; apply distance_ext; intros; now apply native_identity).
  assert (e0 : exp (- 0 / T) = 1) by (replace (- 0 / T) with 0 by (field; exact T0); exact exp_0).
  unfold assigned, soft, partition, own_share; cbn [sum]; rewrite !at_p, !distance_same by lia.
  rewrite (distance_symmetric d (z 1%nat) (z O)); fold delta; rewrite e0; to_reals; repeat split; field; lra.
Qed.

Lemma released_is d z T : T <> 0 -> let delta := distance2 d (z O) (z 1%nat) in
  released_variance 2 2 d identity T z = 2 * (own_share T delta * (1 - own_share T delta) * delta).
Proof.
  intros T0 delta; destruct (shares_of_two d z T T0) as (a & b & a' & b'); fold delta in a, b, a', b'.
  unfold released_variance; cbn [sum]; rewrite !variance_of_two by (rewrite ?a, ?b, ?a', ?b'; ring).
  rewrite a, a'; fold delta; to_reals; ring.
Qed.

(** d(sum V)/d delta *)
Definition slope_in_distance T (x : R) : R :=
  2 * (own_share T x * (1 - own_share T x)) * (1 - x / T * (own_share T x - (1 - own_share T x))).

Lemma slope_is T x : T <> 0 -> is_derive (fun x => 2 * (own_share T x * (1 - own_share T x) * x)) x (slope_in_distance T x).
Proof.
  intros T0; assert (H := own_share_moves T x T0).
  assert (P := derive_product _ _ x _ _ (derive_product _ _ x _ _ H (derive_difference _ _ x _ _ (derive_constant 1 x) H))
    (is_derive_id x)).
  apply (is_derive_eq _ _ _ _ (is_derive_scal _ x 2 _ P)); unfold slope_in_distance; unfold Hierarchy.one; simpl; field; exact T0.
Qed.

(** claim: ddcl.corollary3.release/native/separates/amended
    value: let q := stored 2 (soft_between 2 d T (z 0%nat) z) in let delta := distance2 d (z 0%nat) (z 1%nat) in
           released_spreading 2 2 d T T_value identity z
           + number 16 * delta * (q 0%nat * q 1%nat) * (1 - delta / T_value * (q 0%nat - q 1%nat))
    compared: 808691c1a0d3-9b852a55e1a5 *)
Theorem two_samples d z T : 0 < T -> exists g, gradient 2 d (released_variance 2 2 d identity T) z g /\
  forall (y : R -> nat -> nat -> R) t, y t = z -> all_move y t (opposite_of g) ->
  let delta := distance2 d (z O) (z 1%nat) in let q := assigned 2 d (z O) z T in
  is_derive (fun t => dispersion 2 d (native 2 identity (y t))) t
    (- (16 * delta * (q O * q 1%nat) * (1 - delta / T * (q O - q 1%nat)))).
Proof.
  intros T0; assert (T1 : T <> 0) by lra; set (x := distance2 d (z O) (z 1%nat)); set (h := slope_in_distance T x).
  exists (fun m c => h * (2 * ((z O c - z 1%nat c) * (if Nat.eqb m 0 then 1 else - (1))))); split.
  - intros y u t at_z moving.
    apply (is_derive_ext (fun t => (fun x => 2 * (own_share T x * (1 - own_share T x) * x)) (distance2 d (y t O) (y t 1%nat)))).
    { intros s; symmetry; now apply released_is. }
    assert (D := distance_moves d (fun t => y t O) (fun t => y t 1%nat) t _ _ (moving O) (moving 1%nat)).
    assert (S := slope_is T (distance2 d (y t O) (y t 1%nat)) T1).
    apply (is_derive_eq _ _ _ _ (is_derive_comp _ (fun t => distance2 d (y t O) (y t 1%nat)) t _ _ S D)).
    rewrite at_z; fold x h; unfold paired; cbn [sum]; to_reals; rewrite Rplus_0_l, <- sum_add; unfold scal; simpl; unfold mult; simpl.
    rewrite <- sum_mull, <- sum_mulr; apply sum_ext; intros; ring.
  - intros y t at_z down delta q; change delta with x; clear delta.
    assert (D := dispersion_moves 2 d (fun t => native 2 identity (y t)) _ t (native_all_move 2 identity y _ t down)).
    apply (is_derive_eq _ _ _ _ D); clear D; rewrite at_z; cbn [sum]; to_reals.
    rewrite (sum_ext d _ (fun c => - 4 * h * ((z O c - z 1%nat c) * (z O c - z 1%nat c)))).
    2: { intros c _; rewrite !native_identity by lia; unfold opposite_of; simpl; to_reals; ring. }
    rewrite sum_mull; change (sum d _) with x.
    destruct (shares_of_two d z T T1) as (a & b & _ & _); fold x in a, b.
    assert (same : forall j, (j < 2)%nat -> q j = assigned 2 d (z O) (native 2 identity z) T j).
    { intros j lt; unfold q, assigned, soft, partition; cbn [sum].
      rewrite !(distance_ext d (z O) (native 2 identity z _) (z _)) by (intros; apply native_identity; lia).
      reflexivity. }
    rewrite !same, a, b by lia; unfold h, slope_in_distance; ring.
Qed.

(** Samples at 0 and 1, T = 2

    claim: ddcl.corollary3.release/native/separates
    role: refutes
    value: released_spreading n k d T T_value w z
    witness: {"z": [[0], [1]], "w": [[1, 0], [0, 1]], "T": 2}
    compared: 3bea74bb410e-c371f69cfe7d *)
Theorem draws_together : exists n k d w z T g rate, 0 < T /\ gradient n d (released_variance n k d w T) z g /\
  (forall (y : R -> nat -> nat -> R) t, y t = z -> all_move y t (opposite_of g) ->
    is_derive (fun t => dispersion k d (native n w (y t))) t rate) /\ rate < 0.
Proof.
  set (z := fun m c : nat => match m with O => 0 | _ => 1 end).
  destruct (two_samples 1 z 2 ltac:(lra)) as (g & H & rate); cbv zeta in rate.
  exists 2%nat, 2%nat, 1%nat, identity, z, 2, g; eexists; split; [lra | split; [exact H | split; [exact rate|]]].
  assert (a : 0 < assigned 2 1 (z O) z 2 O) by (apply soft_gt0; lia).
  assert (b : 0 < assigned 2 1 (z O) z 2 1%nat) by (apply soft_gt0; lia).
  assert (one : sum 2 (assigned 2 1 (z O) z 2) = 1) by (apply soft_mass; lia); simpl in one; revert one; to_reals; intros one.
  replace (distance2 1 (z O) (z 1%nat)) with 1 by (unfold distance2, norm2, z; simpl; to_reals; ring).
  set (u := assigned 2 1 (z O) z 2 O) in *; set (v := assigned 2 1 (z O) z 2 1%nat) in *.
  assert (0 < u * v) by now apply Rmult_lt_0_compat.
  assert (0 < u * v * (1 - 1 / 2 * (u - v))) by (apply Rmult_lt_0_compat; lra); lra.
Qed.
