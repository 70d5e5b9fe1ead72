(** (10) for labels that are shares, every cluster being used: the bounds on a multiplier of a constrained
    solution are compatible where larger entropies are possible, and all penalised solutions satisfy the constraint where the multiplier is above 0. *)
From Coq Require Import QArith Reals Lra Lia.
From DDCL Require Import reals.
From DDCL.secu Require Import labels_definitions entropy_dual_definitions.
Open Scope R_scope.

(** Labels that are shares, every cluster being used *)
Definition shares (n k : nat) (y : nat -> nat -> R) : Prop :=
  (forall i, (i < n)%nat -> simplex k (y i)) /\ forall j, (j < k)%nat -> 0 < size n y j.

Lemma ln_below x : 0 < x -> ln x <= x - 1.
Proof.
  intro x0; rewrite <- (exp_ln x x0) at 2; assert (below := exp_ineq1_le (ln x)); lra.
Qed.

Lemma ln_below_strictly x : 0 < x -> x <> 1 -> ln x < x - 1.
Proof.
  intros x0 other; rewrite <- (exp_ln x x0) at 2.
  assert (below := exp_ineq1 (ln x)); assert (ln x <> 0); [intro z | lra].
  apply other; rewrite <- (exp_ln x x0), z; apply exp_0.
Qed.

Lemma ln_difference f a b : 0 < f -> 0 < a -> 0 < b -> ln (f * b) - ln (f * a) = ln (b / a).
Proof. intros f0 a0 b0; unfold Rdiv; rewrite !ln_mult, ln_Rinv; try apply Rinv_0_lt_compat; lra. Qed.

(** x log (f x) lies above its tangents. *)
Lemma tangent f a b : 0 < f -> 0 < a -> 0 < b -> a * ln (f * b) + a - b <= a * ln (f * a).
Proof.
  intros f0 a0 b0; assert (below := ln_below (b / a) (Rdiv_lt_0_compat _ _ b0 a0)).
  rewrite <- (ln_difference f) in below by assumption; apply (Rmult_le_compat_l a) in below; [| lra].
  replace (a * (b / a - 1)) with (b - a) in below by (field; lra); lra.
Qed.

Lemma tangent_strictly f a b : 0 < f -> 0 < a -> 0 < b -> a <> b -> a * ln (f * b) + a - b < a * ln (f * a).
Proof.
  intros f0 a0 b0 other; assert (below := ln_below_strictly (b / a) (Rdiv_lt_0_compat _ _ b0 a0)).
  rewrite <- (ln_difference f) in below by assumption.
  assert (ratio : b / a <> 1) by (intro one; apply other; replace b with (b / a * a) by (field; lra); rewrite one; ring).
  apply below, (Rmult_lt_compat_l a) in ratio; [| lra].
  replace (a * (b / a - 1)) with (b - a) in ratio by (field; lra); lra.
Qed.

(** Its chords lie above it. *)
Lemma chord f t a b : 0 < f -> 0 < a -> 0 < b -> 0 <= t <= 1 ->
  (t * a + (1 - t) * b) * ln (f * (t * a + (1 - t) * b)) <= t * (a * ln (f * a)) + (1 - t) * (b * ln (f * b)).
Proof.
  intros f0 a0 b0 inside; set (m := t * a + (1 - t) * b).
  assert (m0 : 0 < m) by (unfold m; destruct (Rle_lt_dec t 0); nra).
  assert (low := tangent f a m f0 a0 m0); assert (high := tangent f b m f0 b0 m0).
  apply (Rmult_le_compat_l t) in low; [| lra]; apply (Rmult_le_compat_l (1 - t)) in high; [| lra].
  replace (m * ln (f * m)) with (t * (a * ln (f * m) + a - m) + (1 - t) * (b * ln (f * m) + b - m)); [lra |].
  unfold m; ring.
Qed.

Lemma number_INR n : number n = INR n.
Proof. induction n as [ | n IH]; [reflexivity |]; rewrite S_INR, <- IH; reflexivity. Qed.

Lemma share_mixed n t v w j : share n (mixed t v w) j = t * share n v j + (1 - t) * share n w j.
Proof.
  assert (sized : size n (mixed t v w) j = t * size n v j + (1 - t) * size n w j).
  { unfold size; rewrite <- !sum_mull, <- sum_add; apply sum_ext; intros i _; unfold mixed; to_reals; ring. }
  unfold share; rewrite sized; to_reals; ring.
Qed.

Lemma cost_mixed n k c t v w : cost n k c (mixed t v w) = t * cost n k c v + (1 - t) * cost n k c w.
Proof.
  unfold cost; rewrite <- !sum_mull, <- sum_add; apply sum_ext; intros i _.
  rewrite <- !sum_mull, <- sum_add; apply sum_ext; intros j _; unfold mixed; to_reals; ring.
Qed.

Lemma share_gt0 n k y j : (0 < n)%nat -> shares n k y -> (j < k)%nat -> 0 < share n y j.
Proof.
  intros n0 [_ used] lt_j; unfold share; rewrite number_INR; to_reals; apply Rdiv_lt_0_compat; [now apply used |].
  now apply lt_0_INR.
Qed.

(** The entropy of a mixture is at least that of the parts. *)
Lemma entropy_mixed n k t v w : (0 < n)%nat -> shares n k v -> shares n k w -> 0 <= t <= 1 ->
  t * share_entropy ln n k v + (1 - t) * share_entropy ln n k w <= share_entropy ln n k (mixed t v w).
Proof.
  intros n0 v_shares w_shares inside; unfold share_entropy; to_reals.
  apply Ropp_le_cancel; rewrite Ropp_involutive.
  replace (- (t * - sum k (fun j => share n v j * ln (share n v j)) + (1 - t) * - sum k (fun j => share n w j * ln (share n w j))))
    with (sum k (fun j => t * (share n v j * ln (share n v j)) + (1 - t) * (share n w j * ln (share n w j))))
    by (rewrite sum_add, !sum_mull; ring).
  apply sum_le; intros j lt_j; rewrite share_mixed.
  assert (v0 := share_gt0 n k v j n0 v_shares lt_j); assert (w0 := share_gt0 n k w j n0 w_shares lt_j).
  assert (below := chord 1 t _ _ Rlt_0_1 v0 w0 inside); rewrite !Rmult_1_l in below; exact below.
Qed.

(** claim: secu.entropy-dual/relaxed/has-a-multiplier
    claim: secu.entropy-dual/relaxed-boundary/largest-entropy/amended
    value: let H := share_entropy log n k in
      (cost n k c v - cost n k c y) * (H y - H w) - (cost n k c y - cost n k c w) * (H v - H y)
    compared: aee0e385f753-0042354343f7 *)
Theorem slopes n k c y v w gamma : let H := share_entropy ln n k in (0 < n)%nat ->
  shares n k y -> shares n k v -> shares n k w -> H w < H y < H v -> gamma <= H y ->
  (let z := mixed ((H y - H w) / (H v - H w)) v w in cost n k c y <= cost n k c z \/ H z < gamma) ->
  0 <= (cost n k c v - cost n k c y) * (H y - H w) - (cost n k c y - cost n k c w) * (H v - H y).
Proof.
  intros H n0 _ v_shares w_shares between allowed unbeaten; cbv zeta in unbeaten; set (t := (H y - H w) / (H v - H w)) in *.
  assert (scaled : t * (H v - H w) = H y - H w) by (unfold t; field; lra).
  assert (inside : 0 <= t <= 1) by (split; apply Rmult_le_reg_r with (H v - H w); lra).
  assert (more := entropy_mixed n k t v w n0 v_shares w_shares inside); fold (H v) (H w) (H (mixed t v w)) in more.
  destruct unbeaten as [dearer | low]; [| lra]; rewrite cost_mixed in dearer.
  apply (Rmult_le_compat_r (H v - H w)) in dearer; [| lra].
  replace ((t * cost n k c v + (1 - t) * cost n k c w) * (H v - H w))
    with (cost n k c v * (t * (H v - H w)) + cost n k c w * (H v - H w - t * (H v - H w))) in dearer by ring.
  rewrite scaled in dearer; lra.
Qed.

(** H is log k less the divergence.
    claim: secu.entropy-dual/relaxed/penalised-allowed
    claim: secu.entropy-dual/inactive-bound/penalised-allowed/amended
    value: log (number k) - divergence log n k v - gamma
    compared: 26337fbc0d74-b43549d3e4b5 *)
Theorem penalised_allowed n k c y v alpha gamma : let H z := ln (number k) - divergence ln n k z in
  let P z := cost n k c z - alpha * H z in (0 < n)%nat -> (0 < k)%nat -> shares n k y -> shares n k v ->
  0 < alpha -> gamma <= H y -> P v = P y -> P y <= P (mixed (1 / 2) y v) -> gamma <= H v.
Proof.
  intros H P n0 k0 y_shares v_shares alpha0 allowed; unfold P; rewrite cost_mixed; intros equally least.
  pose (gap j := share n y j * ln (INR k * share n y j) + share n v j * ln (INR k * share n v j)
    - 2 * ((1 / 2 * share n y j + (1 - 1 / 2) * share n v j) * ln (INR k * (1 / 2 * share n y j + (1 - 1 / 2) * share n v j)))).
  assert (f0 : 0 < INR k) by now apply lt_0_INR.
  assert (gap_ge0 : forall j, (j < k)%nat -> 0 <= gap j).
  { intros j lt_j; assert (y0 := share_gt0 n k y j n0 y_shares lt_j); assert (v0 := share_gt0 n k v j n0 v_shares lt_j).
    assert (below := chord (INR k) (1 / 2) _ _ f0 y0 v0); unfold gap; lra. }
  assert (total : sum k gap = divergence ln n k y + divergence ln n k v - 2 * divergence ln n k (mixed (1 / 2) y v)).
  { unfold gap, divergence; rewrite number_INR; to_reals.
    rewrite <- sum_mull, <- sum_add, <- sum_sub; apply sum_ext; intros j _; rewrite share_mixed; ring. }
  assert (none : sum k gap = 0).
  { assert (0 <= sum k gap) by now apply sum_ge0.
    assert (below : alpha * sum k gap <= 0) by (rewrite total; unfold H in equally, least; lra).
    assert (sum k gap <= 0) by (apply Rmult_le_reg_l with alpha; lra); lra. }
  enough (same : divergence ln n k v = divergence ln n k y) by (unfold H in *; rewrite same; exact allowed).
  unfold divergence; apply sum_ext; intros j lt_j.
  assert (no_gap := sum_eq0 k gap gap_ge0 none j lt_j).
  assert (y0 := share_gt0 n k y j n0 y_shares lt_j); assert (v0 := share_gt0 n k v j n0 v_shares lt_j).
  destruct (Req_dec (share n y j) (share n v j)) as [-> | other]; [reflexivity | exfalso].
  unfold gap in no_gap; set (m := 1 / 2 * share n y j + (1 - 1 / 2) * share n v j) in *.
  assert (m0 : 0 < m) by (unfold m; lra).
  assert (low := tangent_strictly (INR k) _ m f0 y0 m0); assert (high := tangent_strictly (INR k) _ m f0 v0 m0).
  assert (share n y j <> m) by (unfold m; lra); assert (share n v j <> m) by (unfold m; lra).
  assert (double : 2 * (m * ln (INR k * m)) = (share n y j + share n v j) * ln (INR k * m)) by (unfold m at 1; field).
  assert (middle : share n y j + share n v j = 2 * m) by (unfold m; lra); lra.
Qed.
