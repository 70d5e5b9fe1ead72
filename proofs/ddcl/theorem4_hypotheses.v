(** The hypotheses of Theorem 4: L_bal and L_ent are bounded below, and their slopes are not. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From Interval Require Import Tactic.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions entropy_definitions.
Open Scope R_scope.

Implicit Types (n k m j : nat) (M : R).

(** Every assignment is a point of the simplex with positive entries. *)
Definition inside n k (q : nat -> nat -> R) : Prop :=
  (forall m j, (m < n)%nat -> (j < k)%nat -> 0 < q m j) /\ forall m, (m < n)%nat -> sum k (q m) = 1.

Lemma number_INR n : number n = INR n.
Proof. induction n as [|n IH]; [reflexivity|]; rewrite S_INR, <- IH; reflexivity. Qed.

(** log x >= 1 - 1/x and log x <= x - 1 *)
Lemma ln_above x : 0 < x -> x - 1 <= x * ln x.
Proof.
  intros x0; assert (H := exp_ineq1_le (- ln x)); rewrite exp_Ropp, exp_ln in H by exact x0.
  apply (Rmult_le_compat_l x) in H; [|lra]; rewrite Rinv_r in H by lra; lra.
Qed.

Lemma ln_above_strict x : 0 < x -> x <> 1 -> x - 1 < x * ln x.
Proof.
  intros x0 x1; assert (ln x <> 0) by (intros H; apply x1, ln_inv; [exact x0 | lra | rewrite ln_1; exact H]).
  assert (H' := exp_ineq1 (- ln x) ltac:(lra)); rewrite exp_Ropp, exp_ln in H' by exact x0.
  apply (Rmult_lt_compat_l x) in H'; [|lra]; rewrite Rinv_r in H' by lra; lra.
Qed.

Lemma ln_below x : 0 < x -> ln x <= x - 1.
Proof. intros x0; assert (H := exp_ineq1_le (ln x)); rewrite exp_ln in H by exact x0; lra. Qed.

Lemma term_le_sum n (f : nat -> R) i : (forall a, (a < n)%nat -> 0 < f a) -> (i < n)%nat -> f i <= sum n f.
Proof.
  revert i; induction n as [|n IH]; intros i pos lt; [lia|]; rewrite sum_S.
  assert (0 <= sum n f) by (apply sum_ge0; intros; apply Rlt_le, pos; lia); assert (0 < f n) by (apply pos; lia).
  destruct (Nat.eq_dec i n) as [->|]; [lra|]; assert (f i <= sum n f) by (apply IH; [intros; apply pos|]; lia); lra.
Qed.

Section Bounds.
Variables (n k : nat) (q : nat -> nat -> R).
Hypotheses (n0 : (0 < n)%nat) (k0 : (0 < k)%nat) (on : inside n k q).

Let N0 : 0 < INR n. Proof. apply lt_0_INR; exact n0. Qed.
Let K0 : 0 < INR k. Proof. apply lt_0_INR; exact k0. Qed.

Lemma mean_share_gt0 j : (j < k)%nat -> 0 < mean_share n q j.
Proof.
  intros lt; unfold mean_share; to_reals; rewrite number_INR; apply Rdiv_lt_0_compat; [|exact N0].
  apply sum_gt0; [exact n0 | intros m Hm; apply (proj1 on); assumption].
Qed.

Lemma mean_share_mass : sum k (mean_share n q) = 1.
Proof.
  unfold mean_share; to_reals; rewrite sum_mulr, sum_exchange.
  rewrite (sum_ext n _ (fun _ => 1)) by (intros m Hm; apply (proj2 on), Hm).
  rewrite sum_const, number_INR; field; lra.
Qed.

(** claim: ddcl.theorem4.hypotheses/negative-entropy/balance-nonnegative
    claim: ddcl.theorem4.hypotheses/entropy/balance-nonnegative
    claim: ddcl.regularisers/negative-entropy/balance-against-collapse/amended
    value: balance log n k q
    compared: 5a46c90bba10-d7ffab10d4b6 *)
Theorem balance_nonnegative : 0 <= balance ln n k q.
Proof.
  unfold balance; to_reals; rewrite number_INR.
  replace 0 with (sum k (fun j => mean_share n q j - / INR k))
    by (rewrite sum_sub, mean_share_mass, sum_const; field; lra).
  apply sum_le; intros j lt; assert (S := mean_share_gt0 j lt).
  assert (H := ln_above (INR k * mean_share n q j) (Rmult_lt_0_compat _ _ K0 S)).
  apply (Rmult_le_reg_l (INR k)); [exact K0|].
  replace (INR k * (mean_share n q j - / INR k)) with (INR k * mean_share n q j - 1) by (field; lra); lra.
Qed.

(** claim: ddcl.theorem4.hypotheses/negative-entropy/entropy-bounded
    claim: ddcl.theorem4.hypotheses/negative-entropy/entropy-nonnegative/amended
    claim: ddcl.regularisers/negative-entropy/entropy-against-collapse/amended
    value: negative_entropy log n k q + log (number k)
    compared: 104b313e708f-c180541e709c *)
Theorem entropy_bounded : 0 <= negative_entropy ln n k q + ln (INR k).
Proof.
  unfold negative_entropy; to_reals; rewrite number_INR.
  assert (each : sum n (fun _ => - ln (INR k)) <= sum n (fun m => sum k (fun j => q m j * ln (q m j)))).
  { apply sum_le; intros m Hm; assert (mass := proj2 on m Hm).
    apply Rle_trans with (sum k (fun j => q m j - / INR k - ln (INR k) * q m j)).
    - rewrite !sum_sub, sum_mull, mass, sum_const; apply Req_le; field; lra.
    - apply sum_le; intros j lt; assert (S := proj1 on m j Hm lt).
      assert (H := ln_above (INR k * q m j) (Rmult_lt_0_compat _ _ K0 S)); rewrite ln_mult in H by assumption.
      apply (Rmult_le_reg_l (INR k)); [exact K0|].
      replace (INR k * (q m j - / INR k - ln (INR k) * q m j)) with (INR k * q m j - 1 - INR k * q m j * ln (INR k)) by (field; lra).
      lra. }
  rewrite sum_const in each; set (E := sum n _) in *.
  apply (Rmult_le_reg_l (INR n)); [exact N0|].
  replace (INR n * (E * / INR n + ln (INR k))) with (E + INR n * ln (INR k)) by (field; lra); lra.
Qed.

(** claim: ddcl.theorem4.hypotheses/entropy/entropy-nonnegative
    value: - negative_entropy log n k q
    compared: 506cf431973a-64cedbd15d8c *)
Theorem entropy_nonnegative : 0 <= - negative_entropy ln n k q.
Proof.
  unfold negative_entropy; to_reals; rewrite number_INR.
  assert (each : 0 <= sum n (fun m => sum k (fun j => - (q m j * ln (q m j))))).
  { apply sum_ge0; intros m Hm; apply sum_ge0; intros j lt; assert (S := proj1 on m j Hm lt).
    assert (q m j <= 1) by (rewrite <- (proj2 on m Hm); apply term_le_sum; [intros; apply (proj1 on)|]; assumption).
    assert (L := ln_below (q m j) S); nra. }
  rewrite (sum_ext n _ (fun m => - sum k (fun j => q m j * ln (q m j)))) in each by (intros; apply sum_neg).
  rewrite sum_neg in each; assert (0 < / INR n) by (apply Rinv_0_lt_compat; exact N0); nra.
Qed.

(** claim: ddcl.regularisers/negative-entropy/balance-penalises-imbalance
    claim: ddcl.regularisers/other-trivial-solutions/balance-penalises-imbalance
    value: balance log n k q
    compared: 16b40c754786-acb2151346b6 *)
Theorem balance_penalises_imbalance j : (j < k)%nat -> INR k * mean_share n q j <> 1 -> 0 < balance ln n k q.
Proof.
  intros lt off; unfold balance; to_reals; rewrite number_INR.
  set (f := fun j => mean_share n q j * ln (INR k * mean_share n q j)).
  assert (gap : forall i, (i < k)%nat -> 0 <= f i - (mean_share n q i - / INR k)).
  { intros i Hi; assert (S := mean_share_gt0 i Hi).
    assert (H := ln_above (INR k * mean_share n q i) (Rmult_lt_0_compat _ _ K0 S)); unfold f.
    apply (Rmult_le_reg_l (INR k)); [exact K0|]; rewrite Rmult_0_r.
    replace (INR k * (mean_share n q i * ln (INR k * mean_share n q i) - (mean_share n q i - / INR k)))
      with (INR k * mean_share n q i * ln (INR k * mean_share n q i) - (INR k * mean_share n q i - 1)) by (field; lra); lra. }
  assert (strict : 0 < f j - (mean_share n q j - / INR k)).
  { assert (S := mean_share_gt0 j lt).
    assert (H := ln_above_strict (INR k * mean_share n q j) (Rmult_lt_0_compat _ _ K0 S) off); unfold f.
    apply (Rmult_lt_reg_l (INR k)); [exact K0|]; rewrite Rmult_0_r.
    replace (INR k * (mean_share n q j * ln (INR k * mean_share n q j) - (mean_share n q j - / INR k)))
      with (INR k * mean_share n q j * ln (INR k * mean_share n q j) - (INR k * mean_share n q j - 1)) by (field; lra); lra. }
  assert (total : sum k (fun i => f i - (mean_share n q i - / INR k)) = sum k f).
  { rewrite !sum_sub, mean_share_mass, sum_const; field; lra. }
  rewrite <- total; destruct (Rle_lt_or_eq_dec _ _ (sum_ge0 k _ gap)) as [pos | none]; [exact pos|].
  assert (H := sum_eq0 k _ gap (eq_sym none) j lt); cbv beta in H; lra.
Qed.

(** claim: ddcl.regularisers/negative-entropy/entropy-penalises-hardness
    claim: ddcl.regularisers/other-trivial-solutions/entropy-penalises-hardness
    value: - negative_entropy log n k q - softness n k q
    compared: 6b95a8216eb0-4260fda86d97 *)
Theorem entropy_penalises_hardness : negative_entropy ln n k q <= - softness n k q.
Proof.
  unfold negative_entropy, softness; to_reals; rewrite number_INR.
  assert (each : sum n (fun m => sum k (fun j => q m j * ln (q m j))) <= sum n (fun m => - (1 + - sum k (fun j => q m j * q m j)))).
  { apply sum_le; intros m Hm; rewrite <- (proj2 on m Hm) at 1.
    replace (- (sum k (q m) + - sum k (fun j => q m j * q m j))) with (sum k (fun j => q m j * q m j - q m j))
      by (rewrite sum_sub; lra).
    apply sum_le; intros j lt; assert (S := proj1 on m j Hm lt); assert (H := ln_below (q m j) S); nra. }
  rewrite sum_neg in each; assert (0 < / INR n) by (apply Rinv_0_lt_compat; exact N0); nra.
Qed.

(** ** Slopes *)

(** claim: ddcl.theorem4.hypotheses/negative-entropy/entropy/amended
    value: entries n (fun m => entries k (fun j => entropy_slope log q m j + M))
    compared: 21e0f4d810c8-575538e3cbb6 *)
Theorem entropy_slope_away_from_faces M : 10 <= M ->
  (forall m j, (m < n)%nat -> (j < k)%nat -> - M <= ln (q m j)) ->
  forall m j, (m < n)%nat -> (j < k)%nat -> - M <= entropy_slope ln q m j.
Proof. intros _ away m j Hm Hj; unfold entropy_slope; to_reals; assert (H := away m j Hm Hj); lra. Qed.

(** claim: ddcl.theorem4.hypotheses/negative-entropy/balance/amended
    claim: ddcl.theorem4.hypotheses/entropy/balance/amended
    value: entries n (fun m => entries k (fun j => balance_slope log n k q j + M))
    compared: ac9b764b8483-e6e11b1de926 *)
Theorem balance_slope_away_from_faces M : 10 <= M ->
  (forall j, (j < k)%nat -> - M <= ln (INR k * mean_share n q j)) ->
  forall j, (j < k)%nat -> - M <= balance_slope ln n k q j.
Proof. intros _ away j Hj; unfold balance_slope; to_reals; rewrite number_INR; assert (H := away j Hj); lra. Qed.

End Bounds.

(** What the slopes are: q log q has the derivative 1 + log q. *)
Theorem slope_of_x_log_x x : 0 < x -> is_derive (fun h => h * ln h) x (1 + ln x).
Proof. intros x0; auto_derive; [exact x0|]; field; lra. Qed.

(** The slope 1 + log h at h = e^(-M-2) is 1 + (-M - 2).

    claim: ddcl.theorem4.hypotheses/every-bound/every-bound
    truth: negb (Qle_bool (- M - (1 + (- M - 2))) 0)
    compared: a99e92458ff6-881b277b8006 *)
Theorem slopes_have_no_bound M : 0 <= M -> let h := exp (- M - 2) in
  0 < h < 1 /\ is_derive (fun x => x * ln x) h (1 + ln h) /\ 1 + ln h < - M.
Proof.
  intros M0 h; assert (h0 : 0 < h) by apply exp_pos; split; [split; [exact h0|]|split].
  - rewrite <- exp_0; apply exp_increasing; lra.
  - now apply slope_of_x_log_x.
  - unfold h; rewrite ln_exp; lra.
Qed.

(** One sample, two prototypes *)
Definition edge (m j : nat) : R := match j with O => 999999999 / 1000000000 | _ => 1 / 1000000000 end.
Definition halves (m j : nat) : R := 1 / 2.
Definition quarters (m j : nat) : R := match j with O => 1 / 4 | _ => 3 / 4 end.

Ltac two_shares := split;
  [intros m [|[|j]] _ Hj; try lia; unfold edge, halves, quarters; lra
  | intros m _; unfold edge, halves, quarters; cbn [sum]; to_reals; lra].

(** claim: ddcl.theorem4.hypotheses/negative-entropy/entropy
    role: refutes
    value: entries n (fun m => entries k (fun j => entropy_slope log q m j + M))
    witness: {"q": [["999999999/1000000000", "1/1000000000"]], "M": 10}
    compared: 7f727f78cc8d-f5ca9bfd9f0a *)
Theorem entropy_slope_at_the_face : exists n k q M, (inside n k q /\ 10 <= M) /\
  ~ forall m j, (m < n)%nat -> (j < k)%nat -> - M <= entropy_slope ln q m j.
Proof.
  exists 1%nat, 2%nat, edge, 10; split; [split; [two_shares | lra]|].
  intros H; specialize (H 0%nat 1%nat ltac:(lia) ltac:(lia)); apply Rle_not_lt in H; apply H.
  unfold entropy_slope, edge; to_reals; interval.
Qed.

(** claim: ddcl.theorem4.hypotheses/negative-entropy/balance
    claim: ddcl.theorem4.hypotheses/entropy/balance
    role: refutes
    value: entries n (fun m => entries k (fun j => balance_slope log n k q j + M))
    witness: {"q": [["999999999/1000000000", "1/1000000000"]], "M": 10}
    compared: c8a95ebde4b1-4efd7477a3cb *)
Theorem balance_slope_at_the_face : exists n k q M, (inside n k q /\ 10 <= M) /\
  ~ forall j, (j < k)%nat -> - M <= balance_slope ln n k q j.
Proof.
  exists 1%nat, 2%nat, edge, 10; split; [split; [two_shares | lra]|].
  intros H; specialize (H 1%nat ltac:(lia)); apply Rle_not_lt in H; apply H.
  unfold balance_slope, mean_share, edge; simpl; to_reals; interval.
Qed.

(** claim: ddcl.theorem4.hypotheses/negative-entropy/entropy-nonnegative
    role: refutes
    value: negative_entropy log n k q
    witness: {"q": [["1/2", "1/2"]]}
    compared: 9e3ba952f0ff-608fe1a30882 *)
Theorem entropy_is_negative : exists n k q, inside n k q /\ ~ 0 <= negative_entropy ln n k q.
Proof.
  exists 1%nat, 2%nat, halves; split; [two_shares|].
  intros H; apply Rle_not_lt in H; apply H; unfold negative_entropy, halves; simpl; to_reals; interval.
Qed.

(** claim: ddcl.regularisers/negative-entropy/balance-against-collapse
    role: refutes
    value: balance log 1 k (even k) - balance log n k q
    witness: {"q": [["1/4", "3/4"]]}
    compared: 5a7fae8af9b8-f8c0f80e184a *)
Theorem balance_is_least_at_collapse : exists n k q, inside n k q /\ ~ 0 <= balance ln 1 k (even k) - balance ln n k q.
Proof.
  exists 1%nat, 2%nat, quarters; split; [two_shares|].
  intros H; apply Rle_not_lt in H; apply H; unfold balance, mean_share, even, quarters; simpl; to_reals; interval.
Qed.

(** claim: ddcl.regularisers/negative-entropy/entropy-against-collapse
    role: refutes
    value: negative_entropy log 1 k (even k) - negative_entropy log n k q
    witness: {"q": [["1/4", "3/4"]]}
    compared: 954bb81e1985-4f13cf2ae46f *)
Theorem entropy_is_least_at_collapse : exists n k q, inside n k q /\
  ~ 0 <= negative_entropy ln 1 k (even k) - negative_entropy ln n k q.
Proof.
  exists 1%nat, 2%nat, quarters; split; [two_shares|].
  intros H; apply Rle_not_lt in H; apply H; unfold negative_entropy, even, quarters; simpl; to_reals; interval.
Qed.
