(** (10): one-hot labels that solve the problem with the entropy as a constraint and have no multiplier, and shares whose
    multiplier is 0.  Over the reals with their logarithm; counterexamples. *)
From Coq Require Import QArith Reals Lra Lia.
From DDCL Require Import reals.
From DDCL.secu Require Import labels_definitions theorem2_definitions entropy_dual_definitions.
Open Scope R_scope.

(** Each of the n labels is that of one of k clusters. *)
Definition one_hot (n k : nat) (y : nat -> nat -> R) : Prop :=
  forall i, (i < n)%nat -> exists m, (m < k)%nat /\ forall l, (l < k)%nat -> y i l = unit_label m l.

Lemma ln_power x n : 0 < x -> ln (x ^ n) = INR n * ln x.
Proof.
  intro x0; induction n as [ | n IH]; [simpl; rewrite ln_1; ring |].
  rewrite S_INR; simpl pow; rewrite ln_mult, IH by (try apply pow_lt; lra); ring.
Qed.

Lemma ln_order a b x y : 0 < x -> 0 < y -> x ^ a < y ^ b -> INR a * ln x < INR b * ln y.
Proof. intros x0 y0 less; rewrite <- !ln_power by assumption; apply ln_increasing; [now apply pow_lt | assumption]. Qed.

Lemma ln_below x : 0 < x -> ln x <= x - 1.
Proof. intro x0; rewrite <- (exp_ln x x0) at 2; assert (below := exp_ineq1_le (ln x)); lra. Qed.

(** How large the logarithms of 2 and 3 are *)
Lemma ln_numbers : 3 / 5 < ln 2 < 23 / 32 /\ 1 <= ln 3 /\ 11 / 7 * ln 2 < ln 3 < 8 / 5 * ln 2.
Proof.
  assert (three : 1 <= ln 3).
  { rewrite <- (ln_exp 1) at 1; assert (below := exp_le_3); assert (0 < exp 1) by apply exp_pos.
    destruct (Req_dec (exp 1) 3) as [-> | other]; [lra | apply Rlt_le, ln_increasing; lra]. }
  assert (high := ln_order 1 23 2 (33 / 32)); assert (small := ln_below (33 / 32)).
  assert (low := ln_order 3 5 3 2); assert (low' := ln_order 11 7 2 3); assert (high' := ln_order 5 8 3 2).
  simpl INR in *; simpl pow in *; lra.
Qed.

Lemma ln_one x : x = 1 -> ln x = 0.
Proof. intros ->; exact ln_1. Qed.

Lemma ln_half x : x = 1 / 2 -> ln x = - ln 2.
Proof. intros ->; unfold Rdiv; rewrite Rmult_1_l; apply ln_Rinv; lra. Qed.

Lemma ln_quarter x : x = 1 / 4 -> ln x = - 2 * ln 2.
Proof. intros ->; replace (1 / 4) with (1 / 2 * (1 / 2)) by field; rewrite ln_mult, (ln_half (1 / 2)); lra. Qed.

Lemma ln_three_halves x : x = 3 / 2 -> ln x = ln 3 - ln 2.
Proof. intros ->; replace (3 / 2) with (3 * (1 / 2)) by field; rewrite ln_mult, (ln_half (1 / 2)); lra. Qed.

Lemma ln_three_quarters x : x = 3 / 4 -> ln x = ln 3 - 2 * ln 2.
Proof. intros ->; replace (3 / 4) with (3 * (1 / 4)) by field; rewrite ln_mult, (ln_quarter (1 / 4)); lra. Qed.

Lemma ln_tenth x : x = 1 / 10 -> ln x = - ln 10.
Proof. intros ->; unfold Rdiv; rewrite Rmult_1_l; apply ln_Rinv; lra. Qed.

Lemma ln_two x : x = 2 -> ln x = ln 2.
Proof. now intros ->. Qed.

Lemma ln_nineteen_tenths x : x = 19 / 10 -> ln x = ln 2 - ln (20 / 19).
Proof. intros ->; replace (19 / 10) with (2 * / (20 / 19)) by field; rewrite ln_mult, ln_Rinv; lra. Qed.

(** Four instances, all with the costs 0, 1, 2 *)
Definition rising (i j : nat) : R := INR j.

(** The labels of four instances with the sizes a, b, and the rest *)
Definition sorted (a b i : nat) : nat -> R :=
  unit_label (if Nat.ltb i a then 0 else if Nat.ltb i (a + b) then 1 else 2)%nat.

Lemma sorted_one_hot n a b : one_hot n 3 (sorted a b).
Proof. intros i _; eexists; split; [| reflexivity]; destruct (Nat.ltb i a), (Nat.ltb i (a + b)); lia. Qed.

Lemma sizes_and_cost n z : one_hot n 3 z -> exists a b c, (a + b + c = n)%nat /\
  size n z 0 = INR a /\ size n z 1 = INR b /\ size n z 2 = INR c /\ cost n 3 rising z = INR b + 2 * INR c.
Proof.
  unfold size, cost; induction n as [ | n IH]; intro hot.
  - exists 0%nat, 0%nat, 0%nat; simpl; repeat split; lra.
  - destruct IH as (a & b & c & total & s0 & s1 & s2 & price); [intros i lt; apply hot; lia |].
    destruct (hot n (Nat.lt_succ_diag_r n)) as (m & lt_m & row).
    rewrite !(sum_S n), s0, s1, s2, price, !row by lia.
    assert (r : sum 3 (fun j => z n j * rising n j)%A = z n 1%nat + 2 * z n 2%nat)
      by (unfold rising; cbn [sum INR]; to_reals; ring).
    cbv beta in r |- *; rewrite r, !row by lia.
    destruct m as [ | [ | [ | m]]]; [exists (S a), b, c | exists a, (S b), c | exists a, b, (S c) | lia];
      rewrite ?S_INR; cbv [unit_label Nat.eqb]; to_reals; repeat split; first [lia | lra].
Qed.

Definition entropy_of_four (y : nat -> nat -> R) : R := entropy ln Rmax 4 3 y.

(** What a cluster of m of four instances adds to the entropy *)
Definition term (m : nat) : R := INR m / 4 * ln (Rmax (INR m) 1 / 4).

Lemma terms : term 0 = 0 /\ term 1 = - 1 / 2 * ln 2 /\ term 2 = - 1 / 2 * ln 2 /\
  term 3 = 3 / 4 * (ln 3 - 2 * ln 2) /\ term 4 = 0.
Proof.
  unfold term; simpl INR; rewrite (Rmax_right 0), (Rmax_left 1), (Rmax_left (1 + 1)), !Rmax_left by lra.
  rewrite (ln_quarter (1 / 4)), (ln_half ((1 + 1) / 4)), (ln_three_quarters ((1 + 1 + 1) / 4)), (ln_one ((1 + 1 + 1 + 1) / 4))
    by field; repeat split; lra.
Qed.

Lemma entropy_of_sizes y a b c : size 4 y 0 = INR a -> size 4 y 1 = INR b -> size 4 y 2 = INR c ->
  entropy_of_four y = - (term a + term b + term c).
Proof.
  intros s0 s1 s2; unfold entropy_of_four, entropy, term; cbn [sum]; rewrite s0, s1, s2; cbn [number]; to_reals.
  replace (0 + 1 + 1 + 1 + 1) with 4 by ring; unfold Rdiv; rewrite !Rmult_1_l; ring.
Qed.

Ltac each x continue := destruct x as [ | x]; [continue | first [exfalso; lia | each x continue]].
Ltac one_case c :=
  match goal with total : (?a + ?b + c = 4)%nat |- _ =>
    let rest := eval compute in (4 - (a + b))%nat in assert (c = rest) as -> by lia end;
  destruct terms as (t0 & t1 & t2 & t3 & t4); rewrite ?t0, ?t1, ?t2, ?t3, ?t4; clear; simpl INR; generalize ln_numbers;
  let numbers := fresh in intro numbers; split; [let same := fresh in intro same; lra | let above := fresh in intro above; lra].

Lemma four_instances z : one_hot 4 3 z -> entropy_of_four z <> 3 / 5 /\ (3 / 5 <= entropy_of_four z -> 2 <= cost 4 3 rising z).
Proof.
  intro hot; destruct (sizes_and_cost 4 z hot) as (a & b & c & total & s0 & s1 & s2 & ->).
  rewrite (entropy_of_sizes z _ _ _ s0 s1 s2); clear s0 s1 s2 hot.
  each a ltac:(each b ltac:(one_case c)).
Qed.

Ltac compute_labels := cbv [entropy_of_four entropy cost size sorted rising unit_label sum number INR Nat.eqb Nat.ltb
  Nat.leb Nat.add zero one add neg mul inv real_arithmetic].

Lemma entropies : entropy_of_four (sorted 2 2) = ln 2 /\ entropy_of_four (sorted 2 1) = 3 / 2 * ln 2 /\
  entropy_of_four (sorted 3 1) = 2 * ln 2 - 3 / 4 * ln 3.
Proof.
  destruct terms as (t0 & t1 & t2 & t3 & t4).
  rewrite (entropy_of_sizes _ 2 2 0), (entropy_of_sizes _ 2 1 1), (entropy_of_sizes _ 3 1 0) by (compute_labels; ring).
  rewrite t0, t1, t2, t3; repeat split; lra.
Qed.

(** claim: secu.entropy-dual/one-hot/has-a-multiplier
    role: refutes
    value: let larger := fun x y => if Qle_bool x y then y else x in let H := entropy log larger n k in
      (cost n k c v - cost n k c y) * (H y - H w) - (cost n k c y - cost n k c w) * (H v - H y)
    witness: {"c": [[0, 1, 2], [0, 1, 2], [0, 1, 2], [0, 1, 2]], "y": [[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 1, 0]],
      "v": [[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], "w": [[1, 0, 0], [1, 0, 0], [1, 0, 0], [0, 1, 0]], "gamma": "3/5"}
    compared: 2779a281a3c4-380562fc3e40 *)
Theorem no_multiplier : ~ (forall n k c y gamma, let H := entropy ln Rmax n k in 0 < gamma -> one_hot n k y -> gamma <= H y ->
  (forall z, one_hot n k z -> H z <> gamma) -> (forall z, one_hot n k z -> gamma <= H z -> cost n k c y <= cost n k c z) ->
  exists alpha, 0 <= alpha /\ forall z, one_hot n k z -> cost n k c y - alpha * H y <= cost n k c z - alpha * H z).
Proof.
  intro claimed; assert (numbers := ln_numbers); destruct entropies as (two_two & two_one & three_one).
  destruct (claimed 4%nat 3%nat rising (sorted 2 2) (3 / 5)) as (alpha & alpha0 & least);
    [lra | apply sorted_one_hot | fold (entropy_of_four (sorted 2 2)); rewrite two_two; lra | apply four_instances | |].
  - intros z hot above; replace (cost 4 3 rising (sorted 2 2)) with 2 by (compute_labels; ring).
    now apply four_instances.
  - assert (up := least (sorted 2 1) (sorted_one_hot 4 2 1)); assert (down := least (sorted 3 1) (sorted_one_hot 4 3 1)).
    change (entropy ln Rmax 4 3) with entropy_of_four in up, down.
    replace (cost 4 3 rising (sorted 2 2)) with 2 in up, down by (compute_labels; ring).
    replace (cost 4 3 rising (sorted 2 1)) with 3 in up by (compute_labels; ring).
    replace (cost 4 3 rising (sorted 3 1)) with 1 in down by (compute_labels; ring).
    rewrite two_two, two_one in up; rewrite two_two, three_one in down.
    destruct alpha0 as [alpha0 | <-]; [| lra].
    assert (0 < alpha * (3 / 2 * ln 2 - ln 2 - (ln 2 - (2 * ln 2 - 3 / 4 * ln 3)))) by (apply Rmult_lt_0_compat; lra); lra.
Qed.

(** Labels that are shares, every cluster being used *)
Definition shares (n k : nat) (y : nat -> nat -> R) : Prop :=
  (forall i, (i < n)%nat -> simplex k (y i)) /\ forall j, (j < k)%nat -> 0 < size n y j.

(** Two instances, of which the second is dear in cluster 2, and the first gives a share t to it *)
Definition one_dear (i j : nat) : R := match i, j with 1%nat, 1%nat => 1 | _, _ => 0 end.
Definition lent (t : R) (i j : nat) : R := match i, j with O, O => 1 - t | O, _ => t | _, O => 1 | _, _ => 0 end.

Ltac compute_entropy :=
  repeat match goal with |- context [ln ?x] =>
    first [rewrite (ln_one x) by field | rewrite (ln_half x) by field | rewrite (ln_quarter x) by field
      | rewrite (ln_three_halves x) by field | rewrite (ln_three_quarters x) by field | rewrite (ln_tenth x) by field
      | rewrite (ln_nineteen_tenths x) by field | progress rewrite (ln_two x) by field] end;
  generalize ln_numbers.

Lemma lent_shares t : 0 < t < 1 -> shares 2 2 (lent t).
Proof.
  intro inside; split; intros i lt_i; destruct i as [ | [ | i]]; try lia;
    try (split; [intros [ | [ | j]] lt_j |]); cbv [size lent sum zero one add real_arithmetic]; try lia; lra.
Qed.

(** The constraint need not be active at y; H is log k less the divergence.
    claim: secu.entropy-dual/inactive-bound/penalised-allowed
    role: refutes
    value: log (number k) - divergence log n k v - gamma
    witness: {"c": [[0, 0], [0, 1]], "y": [["1/2", "1/2"], [1, 0]], "v": [["9/10", "1/10"], [1, 0]], "alpha": 0, "gamma": "1/2"}
    compared: b7a0eb7f5b91-90fd2fb436a4 *)
Theorem penalised_not_allowed : ~ (forall n k c y v alpha gamma, let H z := ln (number k) - divergence ln n k z in
  shares n k y -> shares n k v -> 0 <= alpha -> 0 <= gamma -> gamma <= H y ->
  (forall z, shares n k z -> cost n k c y - alpha * H y <= cost n k c z - alpha * H z) ->
  cost n k c v - alpha * H v = cost n k c y - alpha * H y -> gamma <= H v).
Proof.
  intro claimed; specialize (claimed 2%nat 2%nat one_dear (lent (1 / 2)) (lent (1 / 10)) 0 (1 / 2)); cbv zeta in claimed.
  revert claimed; rewrite ?Rmult_0_l; intro claimed.
  apply (Rle_not_lt (ln (number 2) - divergence ln 2 2 (lent (1 / 10))) (1 / 2)).
  - apply claimed; try (apply lent_shares); try lra.
    + cbv [divergence share size lent sum number zero one add neg mul inv real_arithmetic]; compute_entropy; lra.
    + intros z [rows _]; destruct (rows 1%nat Nat.lt_1_2) as [above _]; assert (least := above 1%nat Nat.lt_1_2).
      cbv [cost one_dear lent sum zero one add neg mul real_arithmetic]; lra.
    + cbv [cost one_dear lent sum zero one add neg mul real_arithmetic]; lra.
  - cbv [divergence share size lent sum number zero one add neg mul inv real_arithmetic].
    assert (small := ln_below (20 / 19)); assert (large := ln_order 1 4 10 2); simpl INR in large; simpl pow in large.
    compute_entropy; lra.
Qed.
