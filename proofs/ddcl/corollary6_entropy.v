(** Corollary 6 with the entropies: the energy is blind to labels, and at equal features it is least at total collapse. *)
From Coq Require Import Reals Lra Lia.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions remark3_definitions entropy_definitions relabelling_definitions theorem4_hypotheses.
Open Scope R_scope.

Implicit Types (n k d : nat) (z p q : nat -> nat -> R) (sep weight bal ent : R).

Lemma sum_two k (f : nat -> R) : sum (S (S k)) f = f 0%nat + f 1%nat + sum k (fun j => f (S (S j))).
Proof. induction k as [|k IH]; [simpl; to_reals; lra|]; rewrite sum_S, IH, sum_S; ring. Qed.

Lemma sum_swapped k (f : nat -> R) : (1 < k)%nat -> sum k (fun j => f (swapped j)) = sum k f.
Proof.
  intros k2; destruct k as [|[|k]]; try lia; rewrite !sum_two; simpl swapped; rewrite (Rplus_comm (f 1%nat)); reflexivity.
Qed.

(** sum_(i<j) (x_i - x_j)^2 = k sum x_j^2 - (sum x_j)^2 *)
Lemma pairs_in_one_coordinate k (x : nat -> R) : sum k (fun j => sum j (fun i => (x i - x j) * (x i - x j))) =
  INR k * sum k (fun j => x j * x j) - sum k x * sum k x.
Proof.
  induction k as [|k IH]; [simpl; to_reals; ring|]; rewrite !sum_S, IH, S_INR.
  rewrite (sum_ext k (fun i => (x i - x k) * (x i - x k)) (fun i => x i * x i - 2 * x k * x i + x k * x k))
    by (intros; ring).
  rewrite sum_add, sum_sub, sum_mull, sum_const; ring.
Qed.

Lemma pair_spread_eq k d p : pair_spread k d p =
  sum d (fun c => INR k * sum k (fun j => p j c * p j c) - sum k (fun j => p j c) * sum k (fun j => p j c)).
Proof.
  unfold pair_spread, distance2, norm2; to_reals.
  rewrite (sum_ext k _ (fun j => sum d (fun c => sum j (fun i => (p i c - p j c) * (p i c - p j c)))))
    by (intros; apply sum_exchange).
  rewrite sum_exchange; apply sum_ext; intros c _; exact (pairs_in_one_coordinate k (fun j => p j c)).
Qed.

Lemma pair_spread_le k d p : pair_spread k d p <= INR k * frobenius2 k d p.
Proof.
  rewrite pair_spread_eq; unfold frobenius2, norm2; to_reals; rewrite (sum_exchange k d), <- sum_mull.
  apply sum_le; intros c _; assert (H := Rle_0_sqr (sum k (fun j => p j c))); unfold Rsqr in H; lra.
Qed.

(** claim: ddcl.corollary6/entropy/symmetric
    claim: ddcl.two-timescale/entropy/symmetric
    value: full_energy log n k d z (relabelled p) (fun m => relabelled (q m)) sep weight bal ent -
           full_energy log n k d z p q sep weight bal ent
    compared: cb8a7e662bc8-92e7902d5c12 *)
Theorem blind_to_labels n k d z p q sep weight bal ent : (1 < k)%nat ->
  full_energy ln n k d z (relabelled p) (fun m => relabelled (q m)) sep weight bal ent =
  full_energy ln n k d z p q sep weight bal ent.
Proof.
  intros k2; unfold full_energy, energy, relabelled.
  assert (data : forall m, quantization k d (z m) (fun j => p (swapped j)) (fun j => q m (swapped j)) = quantization k d (z m) p (q m)).
  { intros m; exact (sum_swapped k (fun j => (q m j * distance2 d (z m) (p j))) k2). }
  rewrite (sum_ext n _ (fun m => quantization k d (z m) p (q m))) by (intros; apply data).
  assert (spread : pair_spread k d (fun j => p (swapped j)) = pair_spread k d p).
  { rewrite !pair_spread_eq; apply sum_ext; intros c _.
    rewrite (sum_swapped k (fun j => p j c * p j c) k2), (sum_swapped k (fun j => p j c) k2); reflexivity. }
  assert (ridge : frobenius2 k d (fun j => p (swapped j)) = frobenius2 k d p)
    by exact (sum_swapped k (fun j => norm2 d (p j)) k2).
  assert (B : balance ln n k (fun m j => q m (swapped j)) = balance ln n k q)
    by exact (sum_swapped k (fun j => mean_share n q j * ln (number k * mean_share n q j)) k2).
  assert (E : negative_entropy ln n k (fun m j => q m (swapped j)) = negative_entropy ln n k q).
  { unfold negative_entropy; to_reals; f_equal; apply sum_ext; intros m _; exact (sum_swapped k (fun j => q m j * ln (q m j)) k2). }
  rewrite spread, ridge, B, E; reflexivity.
Qed.

(** claim: ddcl.corollary6/entropy/minimum
    claim: ddcl.two-timescale/entropy/minimum
    value: full_energy log n k d (fun _ _ => 0) p q sep weight bal ent + ent * log (number k)
    compared: 961ac34dfa08-51d1f30b3824 *)
Theorem least_at_collapse n k d p q sep weight bal ent : (0 < n)%nat -> (0 < k)%nat -> inside n k q ->
  0 <= sep -> 0 <= bal -> 0 <= ent -> INR k * sep < weight ->
  - ent * ln (INR k) <= full_energy ln n k d (fun _ _ => 0) p q sep weight bal ent.
Proof.
  intros n0 k0 on sep0 bal0 ent0 above; unfold full_energy, energy; to_reals.
  assert (B := balance_nonnegative n k q n0 k0 on); assert (E := entropy_bounded n k q n0 k0 on).
  assert (data : 0 <= sum n (fun m => quantization k d (fun _ => 0) p (q m))).
  { apply sum_ge0; intros m Hm; apply sum_ge0; intros j Hj; to_reals; apply Rmult_le_pos; [apply Rlt_le, (proj1 on); assumption|].
    apply sum_ge0; intros; apply Rle_0_sqr. }
  assert (F : 0 <= frobenius2 k d p) by (apply sum_ge0; intros; apply sum_ge0; intros; apply Rle_0_sqr).
  assert (S := pair_spread_le k d p); assert (sep * pair_spread k d p <= sep * (INR k * frobenius2 k d p)) by (apply Rmult_le_compat_l; assumption).
  assert (0 <= (weight - INR k * sep) * frobenius2 k d p) by (apply Rmult_le_pos; lra).
  assert (0 <= bal * balance ln n k q) by (apply Rmult_le_pos; assumption).
  assert (0 <= ent * (negative_entropy ln n k q + ln (INR k))) by (apply Rmult_le_pos; assumption).
  lra.
Qed.
