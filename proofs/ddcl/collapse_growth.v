(** Displacements from total collapse on the mean of the data that have the mean 0: what the forces do to them, and how the
    losses curve, in terms of the variance of the data along them. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions soft_definitions collapse_definitions.
From DDCL.ddcl Require Import collapse_softmax_definitions softmax derivatives collapse_softmax collapse_expansion.
Open Scope R_scope.

Implicit Types (n k d : nat) (a x y u : nat -> R) (z p q v : nat -> nat -> R) (T e : R).

(** Displacements with the mean 0 *)
Definition still k v : Prop := forall c, average k (fun j => v j c) = 0.

Lemma mean_of_average n z c : mean_of n z c = average n (fun m => z m c).
Proof. reflexivity. Qed.

Lemma centred_still k v : (0 < k)%nat -> still k (centred k v).
Proof.
  intros k0 c; unfold centred; to_reals; rewrite mean_of_average, !average_eq.
  rewrite (sum_ext k _ (fun j => v j c - sum k (fun i => v i c) / INR k)) by reflexivity.
  rewrite sum_sub, sum_const; field; apply not_0_INR; lia.
Qed.

Lemma along_still k a u : (0 < k)%nat -> still k (along k a u).
Proof.
  intros k0 c; unfold along; to_reals; rewrite !average_eq.
  rewrite (sum_ext k _ (fun j => (a j - sum k a / INR k) * u c)) by reflexivity.
  rewrite sum_mulr, sum_sub, sum_const; field; apply not_0_INR; lia.
Qed.

Lemma still_norm k d v : still k v -> norm2 d (fun c => average k (fun j => v j c)) = 0.
Proof.
  intros mean0; unfold norm2; to_reals; rewrite (sum_ext d _ (fun _ => 0)); [rewrite sum_const; ring|].
  intros c _; rewrite mean0; ring.
Qed.

Lemma still_dots k d v y : still k v -> average k (fun j => dot d (v j) y) = 0.
Proof.
  intros mean0; rewrite average_eq; unfold dot; to_reals; rewrite sum_exchange; unfold Rdiv; rewrite <- sum_mulr.
  rewrite (sum_ext d _ (fun _ => 0)); [rewrite sum_const; ring|]; intros c _.
  rewrite sum_mulr; assert (H := mean0 c); rewrite average_eq in H; unfold Rdiv in H.
  replace (sum k (fun j => v j c) * y c * / INR k) with (sum k (fun j => v j c) * / INR k * y c) by ring.
  rewrite H; ring.
Qed.

(** The variances over the prototypes add up to the variances of the data along the displacements. *)
Lemma total_variance n k d z v : still k v ->
  average n (fun m => variance_of k (fun j => dot d (v j) (fun c => z m c - mean_of n z c))) = data_variance n k d z v.
Proof.
  intros mean0; unfold variance_of, data_variance, variance_along.
  rewrite (average_ext n _ (fun m => average k (fun j => square (dot d (v j) (fun c => z m c - mean_of n z c))))).
  - to_reals; rewrite average_eq, average_eq; unfold Rdiv; rewrite <- !sum_mulr.
    rewrite (sum_ext n _ (fun m => sum k (fun j => square (dot d (v j) (fun c => z m c - mean_of n z c)) * / INR k * / INR n)))
      by (intros; rewrite average_eq; unfold Rdiv; rewrite <- !sum_mulr; reflexivity).
    rewrite sum_exchange; apply sum_ext; intros j _; rewrite average_eq; unfold Rdiv; rewrite <- !sum_mulr.
    apply sum_ext; intros; to_reals; unfold Rminus; ring.
  - intros m _; rewrite still_dots by assumption; to_reals. ring.
Qed.

(** Collapse is at rest: no displacement changes the losses to first order. *)
Lemma deviations_cancel n d z u : (0 < n)%nat -> average n (fun m => dot d u (fun c => z m c - mean_of n z c)) = 0.
Proof.
  intros n0; rewrite average_eq; unfold dot; to_reals; rewrite sum_exchange; unfold Rdiv; rewrite <- sum_mulr.
  rewrite (sum_ext d _ (fun _ => 0)); [rewrite sum_const; ring|]; intros c _; rewrite sum_mull.
  rewrite sum_sub, sum_const, mean_of_average, average_eq; field; apply not_0_INR; lia.
Qed.

Lemma slopes_cancel n k d z v T : (0 < n)%nat -> (0 < k)%nat -> 0 < T ->
  average n (fun m => ols_slope k d (z m) (collapsed n z) v T 0) = 0.
Proof.
  intros n0 k0 T0.
  rewrite (average_ext n _ (fun m => - 2 * dot d (fun c => average k (fun j => v j c)) (fun c => z m c - mean_of n z c))).
  - assert (H := deviations_cancel n d z (fun c => average k (fun j => v j c)) n0).
    rewrite average_eq in *; unfold Rdiv in *; rewrite sum_mull, Rmult_assoc, H; ring.
  - intros m _; transitivity (- 2 * average k (fun j => dot d (v j) (fun c => z m c - mean_of n z c)));
      [exact (ols_slope_at k d (z m) (mean_of n z) v T k0 T0) | f_equal].
    rewrite <- dots_1; unfold dot; apply sum_ext; intros; to_reals; ring.
Qed.

(** The variance along displacements is positive where the data vary along one of them. *)
Lemma varies n k d z v m j : (m < n)%nat -> (j < k)%nat ->
  dot d (v j) (fun c => z m c - mean_of n z c) <> 0 -> 0 < data_variance n k d z v.
Proof.
  intros lt_m lt_j vary; assert (nn : 0 < INR n) by (apply lt_0_INR; lia); assert (kk : 0 < INR k) by (apply lt_0_INR; lia); unfold data_variance, variance_along; rewrite average_eq.
  assert (forall l (f : nat -> R) i, (i < l)%nat -> (forall h, 0 <= f h) -> 0 < f i -> 0 < sum l f / INR l) as positive.
  { intros l f i lt_i f0 fi; apply Rdiv_lt_0_compat; [|apply lt_0_INR; lia].
    assert (0 <= sum l f) as [|zero] by (apply sum_ge0; auto); [assumption|].
    assert (H := sum_eq0 l f (fun h _ => f0 h) (eq_sym zero) i lt_i); lra. }
  apply (positive k _ j lt_j).
  - intros h; rewrite average_eq; apply Rmult_le_pos; [apply sum_ge0; intros; apply Rle_0_sqr|].
    apply Rlt_le, Rinv_0_lt_compat; assumption.
  - rewrite average_eq; apply (positive n _ m lt_m); [intros; apply Rle_0_sqr|].
    exact (Rsqr_pos_lt _ vary).
Qed.

Section Growth.
Variables (n k d : nat) (z v : nat -> nat -> R) (T : R).
Hypotheses (n0 : (0 < n)%nat) (k0 : (0 < k)%nat) (T0 : 0 < T) (mean0 : still k v).

Theorem quantization_growth : is_derive (work_near_collapse quantization_force n k d (shares k d T) z v) 0
  (2 * (2 / T * data_variance n k d z v - mean_square k d v)).
Proof.
  apply (is_derive_eq _ _ _ _ (quantization_work_expansion n k d z (mean_of n z) v T n0 k0 T0)).
  rewrite total_variance by exact mean0; unfold mean_square; field; lra.
Qed.

Theorem ols_growth : is_derive (work_near_collapse (ols_force k) n k d (shares k d T) z v) 0 (4 / T * data_variance n k d z v).
Proof.
  apply (is_derive_eq _ _ _ _ (ols_work_expansion n k d z (mean_of n z) v T n0 k0 T0)).
  rewrite total_variance, still_norm by exact mean0; ring.
Qed.

Theorem quantization_curves : is_derive_n (loss_near_collapse (quantization k d) n (shares k d T) z v) 2 0
  (- (2 * (4 / T * data_variance n k d z v - mean_square k d v))).
Proof.
  apply (is_derive_eq _ _ _ _ (quantization_expansion n k d z (mean_of n z) v T n0 k0 T0)).
  rewrite total_variance by exact mean0; unfold mean_square; field; lra.
Qed.

Theorem ols_curves :
  is_derive_n (loss_near_collapse (ols k d) n (shares k d T) z v) 2 0 (- (8 / T * data_variance n k d z v)).
Proof.
  apply (is_derive_eq _ _ _ _ (ols_expansion n k d z (mean_of n z) v T n0 k0 T0)).
  rewrite total_variance, still_norm by exact mean0; ring.
Qed.

End Growth.
