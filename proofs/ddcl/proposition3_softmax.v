(** Proposition 3 through the softmax: the prototypes also move the shares, which adds 2 c_j (p_j - z) to column j of each
    gradient, c_j = -(1/T) q_j (g_j - <g>); without it the printed gradients are wrong at every temperature.  T is given over
    the rationals by s = e^(-1/T) and, where it stands for itself, by a rational number. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions gap_definitions motion_definitions corollary3_definitions
  proposition2_definitions soft_definitions softmax_definitions derivatives proposition1 softmax_derivatives.
Open Scope R_scope.

Implicit Types (k d : nat) (T t : R) (z : nat -> R) (v u : nat -> nat -> R).

Lemma paired_both k d (g h u : nat -> nat -> R) : paired k d (both g h) u = paired k d g u + paired k d h u.
Proof.
  unfold paired, both; to_reals; rewrite <- sum_add; apply sum_ext; intros j _; rewrite <- sum_add; apply sum_ext; intros; ring.
Qed.

Lemma paired_ext k d (g h u : nat -> nat -> R) : (forall j c, (j < k)%nat -> g j c = h j c) -> paired k d g u = paired k d h u.
Proof. intros same; apply sum_ext; intros j lt; apply sum_ext; intros c _; now rewrite same. Qed.

(** What the softmax adds where z rests *)
Lemma added k d z (p u : nat -> nat -> R) T (q g : nat -> R) :
  softmax_part k d T z at_rest p u q g = paired k d (softmax_pull k T z p q g) u.
Proof.
  unfold softmax_part, paired, softmax_pull, approach, at_rest; to_reals; change (1 + 1) with 2.
  rewrite Ropp_mult_distr_l, <- sum_mull; apply sum_ext; intros j _.
  rewrite <- Rmult_assoc, <- sum_mull; apply sum_ext; intros; unfold Rdiv; ring.
Qed.

Lemma quantization_at_rest k d z (p u : nat -> nat -> R) (q : nat -> R) :
  quantization_rate k d z at_rest p u q = paired k d (quantization_pull z p q) u.
Proof.
  unfold quantization_rate, paired, quantization_pull, at_rest; to_reals; apply sum_ext; intros j _.
  rewrite <- sum_mull; apply sum_ext; intros; ring.
Qed.

Lemma ols_at_rest k d z (p u : nat -> nat -> R) (q : nat -> R) :
  ols_rate k d z at_rest p u q = paired k d (ols_pull k z p q) u.
Proof.
  unfold ols_rate, paired, ols_pull, at_rest; to_reals; rewrite sum_exchange; apply sum_ext; intros c _.
  unfold mixture at 2; to_reals; set (m := mixture k q p c); rewrite Rplus_0_l, Ropp_mult_distr_r_reverse, Ropp_mult_distr_l.
  rewrite <- sum_mull; apply sum_ext; intros; ring.
Qed.

(** Column j of 2 P S_q is 2 q_j (p_j - Pq). *)
Lemma columns k (p : nat -> nat -> R) (q : nat -> R) j c : (j < k)%nat -> variance_pull k p q j c = pull k q p j c.
Proof.
  intros lt; unfold variance_pull, pull, covariance, mixture; to_reals; change (1 + 1) with 2; rewrite Rmult_assoc; f_equal.
  rewrite (sum_ext k _ (fun i => (if Nat.eqb j i then q j * p j c else 0) - q j * (q i * p i c))).
  - rewrite sum_sub, sum_mull, sum_one by exact lt; ring.
  - intros i _; rewrite Nat.eqb_sym; destruct (Nat.eqb_spec j i) as [->|]; ring.
Qed.

Lemma variance_at_rest k d (p u : nat -> nat -> R) (q : nat -> R) :
  held_variance_rate k d p u q = paired k d (pull k q p) u.
Proof.
  unfold held_variance_rate, paired, pull; to_reals; apply sum_ext; intros j _.
  rewrite <- sum_mull; apply sum_ext; intros; ring.
Qed.

(** ** The gradients, along every differentiable motion of the prototypes *)

(** claim: ddcl.proposition3/full/quantization/amended
    value: let q := soft_assignment k d z p T in
           rate_through k d T T_value z at_rest p u (fun z p q => quantization k d z p q)
           - paired k d (both (quantization_pull z p q) (softmax_pull k T_value z p q (fun j => distance2 d z (p j)))) u
    compared: 8585e590a3b4-bd4a75e154a0 *)
Theorem quantization_gradient k d z (p : R -> nat -> nat -> R) v T t : (0 < k)%nat -> 0 < T -> all_move p t v ->
  let q := assigned k d z (p t) T in
  is_derive (fun t => quantization k d z (p t) (assigned k d z (p t) T)) t
    (paired k d (both (quantization_pull z (p t) q) (softmax_pull k T z (p t) q (fun j => distance2 d z (p t j)))) v).
Proof.
  intros k0 T0 mp q; rewrite paired_both, <- quantization_at_rest, <- added.
  exact (quantization_moves k d (fun _ => z) at_rest p v T t k0 (Rgt_not_eq _ _ T0) (rests z t) mp).
Qed.

(** claim: ddcl.proposition3/full/ols/amended
    value: let q := soft_assignment k d z p T in
           rate_through k d T T_value z at_rest p u (fun z p q => ols k d z p q)
           - paired k d (both (ols_pull k z p q) (softmax_pull k T_value z p q (ols_slope k d z p q))) u
    compared: 335a14ddd7b2-2786d569490a *)
Theorem ols_gradient k d z (p : R -> nat -> nat -> R) v T t : (0 < k)%nat -> 0 < T -> all_move p t v ->
  let q := assigned k d z (p t) T in
  is_derive (fun t => ols k d z (p t) (assigned k d z (p t) T)) t
    (paired k d (both (ols_pull k z (p t) q) (softmax_pull k T z (p t) q (ols_slope k d z (p t) q))) v).
Proof.
  intros k0 T0 mp q; rewrite paired_both, <- ols_at_rest, <- added.
  exact (ols_moves k d (fun _ => z) at_rest p v T t k0 (Rgt_not_eq _ _ T0) (rests z t) mp).
Qed.

(** claim: ddcl.proposition3/full/variance/amended
    value: let q := soft_assignment k d z p T in
           rate_through k d T T_value z at_rest p u (fun z p q => variance k d p q)
           - paired k d (both (pull k q p) (softmax_pull k T_value z p q (spread k d p q))) u
    compared: 619b86ad7c52-bc5bc6067910 *)
Theorem variance_gradient k d z (p : R -> nat -> nat -> R) v T t : (0 < k)%nat -> 0 < T -> all_move p t v ->
  let q := assigned k d z (p t) T in
  is_derive (fun t => variance k d (p t) (assigned k d z (p t) T)) t
    (paired k d (both (pull k q (p t)) (softmax_pull k T z (p t) q (spread k d (p t) q))) v).
Proof.
  intros k0 T0 mp q; rewrite paired_both, <- variance_at_rest, <- added.
  exact (variance_moves k d (fun _ => z) at_rest p v T t k0 (Rgt_not_eq _ _ T0) (rests z t) mp).
Qed.

(** ** The printed gradients, at every temperature *)

(** What is left of a derivative that is said to be the printed one *)
Lemma nothing_added k d (u : nat -> nat -> R) (f : R -> R) (printed rest : nat -> nat -> R) t :
  is_derive f t (paired k d (both printed rest) u) -> is_derive f t (paired k d printed u) -> paired k d rest u = 0.
Proof. intros H H'; assert (E := one_derivative _ _ _ _ H H'); rewrite paired_both in E; lra. Qed.

(** Prototypes at 0 and 1, the second one moving *)
Definition two (j c : nat) : R := match j with S O => 1 | _ => 0 end.

(** claim: ddcl.proposition3/full/quantization
    role: refutes
    value: let q := soft_assignment k d z p T in
           rate_through k d T T_value z at_rest p u (fun z p q => quantization k d z p q) - paired k d (quantization_pull z p q) u
    witness: {"z": [0], "p": [[0], [1]], "u": [[0], [1]], "T": {"s": "1/2"}}
    compared: cf124186450e-e7b678250cae *)
Theorem quantization_not_printed : exists k d z p u, forall T, 0 < T ->
  ~ is_derive (fun t => let p' := prototypes_along p u t in quantization k d z p' (assigned k d z p' T)) 0
      (paired k d (quantization_pull z p (assigned k d z p T)) u).
Proof.
  exists 2%nat, 1%nat, (fun _ => 0), two, two; intros T T0 printed.
  assert (H := quantization_gradient 2 1 (fun _ => 0) (prototypes_along two two) two T 0 ltac:(lia) T0 (all_along_move two two)).
  cbv zeta in H, printed; rewrite prototypes_at_start in H.
  assert (E := nothing_added _ _ _ _ _ _ _ H printed); clear H printed; revert E.
  set (q := assigned 2 1 _ two T).
  assert (q0 := soft_gt0 2 (fun j => distance2 1 (fun _ => 0) (two j)) T 0 ltac:(lia)).
  assert (q1 := soft_gt0 2 (fun j => distance2 1 (fun _ => 0) (two j)) T 1 ltac:(lia)).
  assert (one := mass 2 1 (fun _ _ => 0) (fun _ => two) T 0 ltac:(lia)); change (sum 2 q = 1) in one.
  change (0 < q 0%nat) in q0; change (0 < q 1%nat) in q1; clearbody q; revert one.
  unfold paired, softmax_pull, distance2, norm2, mean, two; simpl; to_reals; intros one E.
  assert (last : q 0%nat = 1 - q 1%nat) by lra.
  assert (0 < q 1%nat * q 0%nat / T) by (apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat; assumption | exact T0]).
  rewrite last in *; unfold Rdiv in *; set (x := q 1%nat) in *; set (y := / T) in *; clearbody x y; nra.
Qed.

(** Two prototypes at 1 and one at -1, the first one moving: all at the same distance from 0 *)
Definition tied (j c : nat) : R := match j with S (S _) => - (1) | _ => 1 end.
Definition first (j c : nat) : R := match j with O => 1 | _ => 0 end.

Lemma thirds T j : (j < 3)%nat -> assigned 3 1 (fun _ => 0) tied T j = / 3.
Proof.
  intros lt; replace 3 with (INR 3) by (simpl; lra); apply even_shares; [exact lt|].
  assert (at_one : forall i, distance2 1 (fun _ => 0) (tied i) = 1).
  { intros [|[|i]]; unfold distance2, norm2, tied; simpl; to_reals; ring. }
  intros; rewrite !at_one; reflexivity.
Qed.

(** claim: ddcl.proposition3/full/ols
    role: refutes
    value: let q := soft_assignment k d z p T in
           rate_through k d T T_value z at_rest p u (fun z p q => ols k d z p q) - paired k d (ols_pull k z p q) u
    witness: {"z": [0], "p": [[1], [1], [-1]], "u": [[1], [0], [0]], "T": 1}
    compared: f9885487fb4b-50f2ba037bbe *)
Theorem ols_not_printed : exists k d z p u, forall T, 0 < T ->
  ~ is_derive (fun t => let p' := prototypes_along p u t in ols k d z p' (assigned k d z p' T)) 0
      (paired k d (ols_pull k z p (assigned k d z p T)) u).
Proof.
  exists 3%nat, 1%nat, (fun _ => 0), tied, first; intros T T0 printed.
  assert (H := ols_gradient 3 1 (fun _ => 0) (prototypes_along tied first) first T 0 ltac:(lia) T0 (all_along_move tied first)).
  cbv zeta in H, printed; rewrite prototypes_at_start in H.
  assert (E := nothing_added _ _ _ _ _ _ _ H printed); clear H printed; revert E.
  unfold paired, softmax_pull, ols_slope, mixture, mean; cbn [sum]; rewrite !thirds by lia; unfold tied, first; simpl; to_reals.
  assert (0 < / T) by (apply Rinv_0_lt_compat, T0); unfold Rdiv; lra.
Qed.

(** claim: ddcl.proposition3/full/variance
    role: refutes
    value: let q := soft_assignment k d z p T in
           rate_through k d T T_value z at_rest p u (fun z p q => variance k d p q) - paired k d (variance_pull k p q) u
    witness: {"z": [0], "p": [[1], [1], [-1]], "u": [[1], [0], [0]], "T": 1}
    compared: 4968b6b1b736-62eee01c966c *)
Theorem variance_not_printed : exists k d z p u, forall T, 0 < T ->
  ~ is_derive (fun t => let p' := prototypes_along p u t in variance k d p' (assigned k d z p' T)) 0
      (paired k d (variance_pull k p (assigned k d z p T)) u).
Proof.
  exists 3%nat, 1%nat, (fun _ => 0), tied, first; intros T T0 printed.
  assert (H := variance_gradient 3 1 (fun _ => 0) (prototypes_along tied first) first T 0 ltac:(lia) T0
    (all_along_move tied first)).
  cbv zeta in H, printed; rewrite prototypes_at_start in H.
  rewrite (paired_ext 3 1 _ _ first (fun j c lt => columns 3 tied (assigned 3 1 (fun _ => 0) tied T) j c lt)) in printed.
  assert (E := nothing_added _ _ _ _ _ _ _ H printed); clear H printed; revert E.
  unfold paired, softmax_pull, spread, distance2, norm2, mixture, mean; cbn [sum]; rewrite !thirds by lia.
  unfold tied, first; simpl; to_reals; assert (0 < / T) by (apply Rinv_0_lt_compat, T0); unfold Rdiv; lra.
Qed.
