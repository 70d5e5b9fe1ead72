(** Proposition 7 for two prototypes: there the force 2 P S_q has the one singular value sqrt(8) q_1 q_2 |p_1 - p_2|, which
    grows with the temperature.  Over the rationals a temperature T is given by s = e^(-1/T). *)
From Coq Require Import Reals Lra Lia.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions soft_definitions softmax.
Open Scope R_scope.

Implicit Types (d : nat) (z q v : nat -> R) (p : nat -> nat -> R) (T : R).

(** (2 P S_q)^T v is q_1 q_2 (p_1 - p_2) . v, twice, and once with the other sign. *)
Lemma along_of_two d q p v : sum 2 q = 1 ->
  force_along 2 d q p v = 8 * square (q 0%nat * q 1%nat) * square (sum d (fun c => (p 0%nat c - p 1%nat c) * v c)).
Proof.
  intros mass; pose proof (two_shares q mass) as last; unfold force_along; cbn [sum].
  assert (first : sum d (fun c => pull 2 q p 0 c * v c)
    = 2 * (q 0%nat * q 1%nat) * sum d (fun c => (p 0%nat c - p 1%nat c) * v c)).
  { rewrite <- sum_mull; apply sum_ext; intros c _; unfold pull, mixture; cbn [sum]; rewrite last; to_reals; ring. }
  assert (second : sum d (fun c => pull 2 q p 1 c * v c)
    = - (2 * (q 0%nat * q 1%nat)) * sum d (fun c => (p 0%nat c - p 1%nat c) * v c)).
  { rewrite <- sum_mull; apply sum_ext; intros c _; unfold pull, mixture; cbn [sum]; rewrite last; to_reals; ring. }
  to_reals; rewrite first, second; ring.
Qed.

Lemma force_of_two d q p : sum 2 q = 1 ->
  force2 2 d q p = 8 * square (q 0%nat * q 1%nat) * distance2 d (p 0%nat) (p 1%nat).
Proof.
  intros mass; pose proof (two_shares q mass) as last; unfold force2, norm2, distance2; cbn [sum].
  to_reals; rewrite Rplus_0_l, <- sum_add; unfold norm2; rewrite <- sum_mull; apply sum_ext; intros c _.
  unfold pull, mixture; cbn [sum]; rewrite last; to_reals; ring.
Qed.

Lemma squares_grow x y a : 0 <= x -> x <= y -> 0 <= a -> 8 * square x * a <= 8 * square y * a.
Proof.
  intros x0 le a0; unfold square; to_reals; apply Rmult_le_compat_r, Rmult_le_compat_l, Rmult_le_compat; lra.
Qed.

Lemma product_ge0 d z p T : 0 <= soft 2 d z p T 0%nat * soft 2 d z p T 1%nat.
Proof. apply Rmult_le_pos; apply Rlt_le, soft_gt0; lia. Qed.

(** claim: ddcl.proposition7/frobenius/monotone/amended
    value: force2 k d (soft_at k d z p T2) p - force2 k d (soft_at k d z p T1) p
    compared: 899719f8085d-f09aba647dc2 *)
Theorem force_of_two_grows d z p T1 T2 : 0 < T1 -> T1 < T2 ->
  sqrt (force2 2 d (soft 2 d z p T1) p) <= sqrt (force2 2 d (soft 2 d z p T2) p).
Proof.
  intros T0 hotter; apply sqrt_le_1_alt; rewrite !force_of_two by (apply soft_mass; lia).
  apply squares_grow; [apply product_ge0 | now apply soft_product_grows|].
  apply sum_ge0; intros c _; apply Rle_0_sqr.
Qed.

(** Whatever bounds the square of the norm at T2 bounds it at T1.

    claim: ddcl.proposition7/operator/monotone/amended
    value: c * norm2 d v - force_along k d (soft_at k d z p T1) p v
    compared: 4e0ca62ef9f9-7f01992e3615 *)
Theorem largest_singular_value_of_two_grows d z p T1 T2 c v : 0 < T1 -> T1 < T2 ->
  (forall w, force_along 2 d (soft 2 d z p T2) p w <= c * norm2 d w) ->
  force_along 2 d (soft 2 d z p T1) p v <= c * norm2 d v.
Proof.
  intros T0 hotter bounded; apply Rle_trans with (2 := bounded v); rewrite !along_of_two by (apply soft_mass; lia).
  apply squares_grow; [apply product_ge0 | now apply soft_product_grows | apply Rle_0_sqr].
Qed.
