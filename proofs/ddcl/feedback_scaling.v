(** (38), the first link where it holds: prototypes scaled about the sample concentrate its assignment. *)
From Coq Require Import Reals Lra.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions soft_definitions softmax.
Open Scope R_scope.

Lemma scaled_distance d z sigma p j :
  distance2 d z (scaled_about z sigma p j) = sigma * sigma * distance2 d z (p j).
Proof.
  unfold distance2, norm2; rewrite <- sum_mull; apply sum_ext; intros c _; unfold scaled_about; to_reals; ring.
Qed.

(** Scaling by sigma acts as the temperature T/sigma^2. *)
Lemma scaled_soft k d z p T sigma j : 0 < T -> 1 <= sigma ->
  soft k d z (scaled_about z sigma p) T j = soft k d z p (T / (sigma * sigma)) j.
Proof.
  intros T0 grown; assert (0 < sigma * sigma) by (apply Rmult_lt_0_compat; lra).
  assert (same : forall i, exp (- (distance2 d z (scaled_about z sigma p i) / T)) = exp (- (distance2 d z (p i) / (T / (sigma * sigma))))).
  { intros i; rewrite scaled_distance; f_equal; field; lra. }
  unfold soft, share; to_reals; rewrite same; f_equal; f_equal; apply sum_ext; intros i _; apply same.
Qed.

Lemma sharper k d z p T sigma : (0 < k)%nat -> 0 < T -> 1 <= sigma ->
  norm2 k (soft k d z p T) <= norm2 k (soft k d z p (T / (sigma * sigma))).
Proof.
  intros k0 T0 grown; destruct (Rle_lt_or_eq_dec 1 sigma grown) as [more|<-]; [|right; f_equal; f_equal; field].
  assert (1 * 1 < sigma * sigma) by (apply Rmult_le_0_lt_compat; lra).
  assert (I : / (sigma * sigma) < 1) by (rewrite <- Rinv_1; apply Rinv_lt_contravar; lra).
  assert (0 < / (sigma * sigma)) by (apply Rinv_0_lt_compat; lra).
  unfold norm2; apply soft_squares_fall; [exact k0 | apply Rmult_lt_0_compat; assumption |].
  unfold Rdiv; rewrite <- (Rmult_1_r T) at 2; apply Rmult_lt_compat_l; assumption.
Qed.

(** claim: ddcl.feedback/trace/concentration/amended
    claim: ddcl.feedback/largest/concentration/amended
    value: norm2 k (soft_at k d z (scaled_about z sigma p) T) - norm2 k (soft_at k d z p T)
    compared: a99e3d49f77e-0cbb3d868051 *)
Theorem scaling_concentrates k d z p T sigma : (0 < k)%nat -> 0 < T -> 1 <= sigma ->
  norm2 k (soft k d z p T) <= norm2 k (soft k d z (scaled_about z sigma p) T).
Proof.
  intros k0 T0 grown.
  replace (norm2 k (soft k d z (scaled_about z sigma p) T)) with (norm2 k (soft k d z p (T / (sigma * sigma)))).
  - apply sharper; assumption.
  - unfold norm2; apply sum_ext; intros j _; now rewrite scaled_soft.
Qed.
