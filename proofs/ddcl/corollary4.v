(** Corollary 4: the weight of L_sep that keeps total collapse unstable rises with T and vanishes at small T; beside a ridge
    that makes the energy coercive L_sep separates nothing. *)
From Coq Require Import QArith List.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions collapse_definitions remark3_definitions corollary4_definitions.

(** ** Counterexamples, over the rationals: samples 1 and -1, two prototypes displaced by 1 and -1 *)
Section Counterexamples.
Local Open Scope Q_scope.

Let z := matrix [[1]; [-(1)]].
Let v := matrix [[1]; [-(1)]].

(** claim: ddcl.corollary4/stopped/needed-most-at-small-T
    role: refutes
    value: separated_growth 2 T2_value n k d z v sep 1
    witness: {"z": [[1], [-1]], "v": [[1], [-1]], "T1": 1, "T2": 3, "sep": 0}
    compared: 2c6a41f39d44-d9d07067cbe8 *)
Theorem enough_when_cold_is_not_enough : exists T1 T2 n k d z v sep, (0 < T1 < T2 /\ 0 <= sep) /\
  0 < separated_growth 2 T1 n k d z v sep 1 /\ ~ 0 < separated_growth 2 T2 n k d z v sep 1.
Proof. exists 1, 3, 2%nat, 2%nat, 1%nat, z, v, 0; repeat split; vm_compute; discriminate. Qed.

(** claim: ddcl.corollary4/full/needed-most-at-small-T
    role: refutes
    value: separated_growth 4 T2_value n k d z v sep 1
    witness: {"z": [[1], [-1]], "v": [[1], [-1]], "T1": 1, "T2": 5, "sep": 0}
    compared: 655845b81b31-611a9109f15f *)
Theorem enough_when_cold_is_not_enough_full : exists T1 T2 n k d z v sep, (0 < T1 < T2 /\ 0 <= sep) /\
  0 < separated_growth 4 T1 n k d z v sep 1 /\ ~ 0 < separated_growth 4 T2 n k d z v sep 1.
Proof. exists 1, 5, 2%nat, 2%nat, 1%nat, z, v, 0; repeat split; vm_compute; discriminate. Qed.

(** claim: ddcl.corollary4/stopped/schedule
    role: refutes
    value: separated_growth 2 T_value n k d z v (C / T_value) 1
    witness: {"z": [[1], [-1]], "v": [[1], [-1]], "T": 100, "C": 1}
    compared: 9e4ca31b2023-b009c0087194 *)
Theorem schedule_fails : exists T C n k d z v, (0 < T /\ 0 < C) /\ ~ displacement k d v == 0 /\
  ~ 0 < separated_growth 2 T n k d z v (C / T) 1.
Proof. exists 100, 1, 2%nat, 2%nat, 1%nat, z, v; repeat split; vm_compute; discriminate. Qed.

(** claim: ddcl.corollary4/full/schedule
    role: refutes
    value: separated_growth 4 T_value n k d z v (C / T_value) 1
    witness: {"z": [[1], [-1]], "v": [[1], [-1]], "T": 100, "C": 1}
    compared: 8944e3014e1c-535cf4abfb39 *)
Theorem schedule_fails_full : exists T C n k d z v, (0 < T /\ 0 < C) /\ ~ displacement k d v == 0 /\
  ~ 0 < separated_growth 4 T n k d z v (C / T) 1.
Proof. exists 100, 1, 2%nat, 2%nat, 1%nat, z, v; repeat split; vm_compute; discriminate. Qed.

(** claim: ddcl.corollary4/ordered/schedule
    role: refutes
    value: separated_growth 2 T_value n k d z v (C / T_value) 2
    witness: {"z": [[1], [-1]], "v": [[1], [-1]], "T": 100, "C": 1}
    compared: 7e23a30743c0-75772321d950 *)
Theorem schedule_fails_ordered : exists T C n k d z v, (0 < T /\ 0 < C) /\ ~ displacement k d v == 0 /\
  ~ 0 < separated_growth 2 T n k d z v (C / T) 2.
Proof. exists 100, 1, 2%nat, 2%nat, 1%nat, z, v; repeat split; vm_compute; discriminate. Qed.

(** claim: ddcl.corollary4/mean/schedule
    role: refutes
    value: separated_growth 2 T_value n k d z v (C / T_value) (mean_weight k)
    witness: {"z": [[1], [-1]], "v": [[1], [-1]], "T": 100, "C": 1}
    compared: 9e4ca31b2023-99895ffea088 *)
Theorem schedule_fails_mean : exists T C n k d z v, (0 < T /\ 0 < C) /\ ~ displacement k d v == 0 /\
  ~ 0 < separated_growth 2 T n k d z v (C / T) (mean_weight k).
Proof. exists 100, 1, 2%nat, 2%nat, 1%nat, z, v; repeat split; vm_compute; discriminate. Qed.

(** claim: ddcl.corollary4/stopped/redundant-at-large-T
    claim: ddcl.collapse-resistance/stopped/never-attracting
    role: refutes
    value: collapse_growth 2 T_value n k d z v
    witness: {"z": [[1], [-1]], "v": [[1], [-1]], "T": 9}
    compared: 51dea5e51c90-1c7bf8544d5b *)
Theorem not_redundant : exists T n k d z v, 0 < T /\ 2 * data_along n k d z v < T * displacement k d v /\
  ~ 0 < collapse_growth 2 T n k d z v.
Proof. exists 9, 2%nat, 2%nat, 1%nat, z, v; repeat split; vm_compute; discriminate. Qed.

(** claim: ddcl.corollary4/full/redundant-at-large-T
    claim: ddcl.collapse-resistance/full/never-attracting
    role: refutes
    value: collapse_growth 4 T_value n k d z v
    witness: {"z": [[1], [-1]], "v": [[1], [-1]], "T": 9}
    compared: 42f21c1a44ba-e4356e56adfb *)
Theorem not_redundant_full : exists T n k d z v, 0 < T /\ 4 * data_along n k d z v < T * displacement k d v /\
  ~ 0 < collapse_growth 4 T n k d z v.
Proof. exists 9, 2%nat, 2%nat, 1%nat, z, v; repeat split; vm_compute; discriminate. Qed.

(** One sample at the origin on prototype 0 at the origin, the others at 1 and -1

    claim: ddcl.corollary4/stopped/bounded-at-small-T
    role: refutes
    value: growth 1 k d (recentred k p) all_first (C / T_value) weight 1
    witness: {"p": [[0], [1], [-1]], "C": 1, "T": 1, "weight": 1}
    compared: fd8381c31cd7-501051b186fa *)
Theorem unbounded_at_small_T : exists k d p C T weight, (0 < C /\ 0 < T /\ 0 < weight) /\
  ~ frobenius2 k d (recentred k p) == 0 /\ ~ 0 < growth 1 k d (recentred k p) all_first (C / T) weight 1.
Proof. exists 3%nat, 1%nat, (matrix [[0]; [1]; [-(1)]]), 1, 1, 1; repeat split; vm_compute; discriminate. Qed.

(** claim: ddcl.corollary4/stopped/separates-with-its-ridge
    role: refutes
    value: ridge_growth k d v sep weight
    witness: {"v": [[1], [-1]], "sep": 1, "weight": 3}
    compared: 4efbb6d60821-4747a2ebaae2 *)
Theorem does_not_separate_with_its_ridge : exists k d v sep weight, (0 < sep /\ number k * sep < weight) /\
  ~ frobenius2 k d v == 0 /\ ~ 0 < ridge_growth k d v sep weight.
Proof. exists 2%nat, 1%nat, v, 1, 3; repeat split; vm_compute; discriminate. Qed.

End Counterexamples.

(** ** What holds, over every ordered field *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import remark3.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Corollary4.
Variable R : realFieldType.
Implicit Types (n k d : nat) (p z v : nat -> nat -> R) (sep weight c T C multiple : R).

Lemma frobenius2_ge0 k d p : 0 <= frobenius2 k d p.
Proof. by apply: sum_ge0 => j _; apply: sum_ge0 => a _; exact: sqr_ge0. Qed.

Lemma data_along_ge0 n k d z v : 0 <= data_along n k d z v.
Proof.
rewrite /data_along number_eq; apply: divr_ge0; last exact: ler0n.
by apply: sum_ge0 => m _; apply: sum_ge0 => j _; exact: sqr_ge0.
Qed.

Lemma centred_pairs k d v : (0 < k)%N -> pair_spread k d (centred k v) = k%:R * displacement k d v.
Proof.
move=> k0; rewrite pair_spread_eq /displacement [X in _ - X]sum_all0 ?subr0 // => a _.
have -> : sum k (fun j => centred k v j a) = 0.
  rewrite /centred /mean_of number_eq; to_field; rewrite sum_sub sum_const mulrCA mulfV ?pnatr_eq0 -?lt0n //.
  by rewrite mulr1 subrr.
by to_field; rewrite mul0r.
Qed.

Lemma growth_form n k d z v T multiple sep c : (0 < k)%N -> 0 < T ->
  separated_growth multiple T n k d z v sep c =
  2%:R / (k%:R * T) * (multiple * data_along n k d z v - (1 - k%:R ^+ 2 * c * sep) * (T * displacement k d v)).
Proof.
move=> k0 T0; have k1 : k%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
rewrite /separated_growth centred_pairs // /collapse_growth number_eq; to_field.
by move: (data_along _ _ _ _ _) (displacement _ _ _) => S N; field; rewrite k1 gt_eqF.
Qed.

Lemma grows n k d z v T multiple sep c : (0 < k)%N -> 0 < T ->
  (0 < separated_growth multiple T n k d z v sep c) =
  ((1 - k%:R ^+ 2 * c * sep) * (T * displacement k d v) < multiple * data_along n k d z v).
Proof.
move=> k0 T0; rewrite growth_form // pmulr_rgt0 ?subr_gt0 //.
by rewrite divr_gt0 ?mulr_gt0 ?ltr0n.
Qed.

Lemma cooler n k d z v T1 T2 multiple sep c : (0 < k)%N -> 0 <= multiple -> 0 < T1 -> T1 < T2 ->
  0 < separated_growth multiple T2 n k d z v sep c -> 0 < separated_growth multiple T1 n k d z v sep c.
Proof.
move=> k0 m0 T10 lt12; have T20 := lt_trans T10 lt12; rewrite !grows //.
set N := displacement k d v; set a := 1 - _; set B := multiple * _.
have B0 : 0 <= B by rewrite mulr_ge0 ?data_along_ge0.
rewrite (mulrCA a T1) (mulrCA a T2); case: (ltrgt0P (a * N)) => [up|down|->]; last by rewrite !mulr0.
  by move=> high; apply: lt_trans high; rewrite ltr_pmul2r.
by move=> _; apply: lt_le_trans B0; rewrite pmulr_rlt0.
Qed.

(** claim: ddcl.corollary4/stopped/needed-most-at-small-T/amended
    value: separated_growth 2 T1_value n k d z v sep 1
    compared: 41e3b7a29989-18a5c3da5ba2 *)
Theorem enough_when_hot n k d z v T1 T2 sep : (0 < k)%N -> 0 < T1 -> T1 < T2 ->
  0 < separated_growth 2%:R T2 n k d z v sep 1 -> 0 < separated_growth 2%:R T1 n k d z v sep 1.
Proof. by move=> k0; apply: cooler => //; exact: ler0n. Qed.

(** claim: ddcl.corollary4/full/needed-most-at-small-T/amended
    value: separated_growth 4 T1_value n k d z v sep 1
    compared: 3eee66b36db0-d938bdf8d8ea *)
Theorem enough_when_hot_full n k d z v T1 T2 sep : (0 < k)%N -> 0 < T1 -> T1 < T2 ->
  0 < separated_growth 4%:R T2 n k d z v sep 1 -> 0 < separated_growth 4%:R T1 n k d z v sep 1.
Proof. by move=> k0; apply: cooler => //; exact: ler0n. Qed.

(** The critical weight: k^2 lambda_sep > 1 - 2 S/(T N).

    claim: ddcl.corollary4/stopped/schedule/amended
    value: separated_growth 2 T_value n k d z v sep 1
    compared: 5764c98923b9-c4cd2e535d41 *)
Theorem critical_weight n k d z v T sep : (0 < k)%N -> 0 < T ->
  (1 - k%:R ^+ 2 * sep) * (T * displacement k d v) < 2%:R * data_along n k d z v ->
  0 < separated_growth 2%:R T n k d z v sep 1.
Proof. by move=> k0 T0; rewrite grows // mulr1. Qed.

(** claim: ddcl.corollary4/full/schedule/amended
    value: separated_growth 4 T_value n k d z v sep 1
    compared: 758625e323d8-01913aac49bd *)
Theorem critical_weight_full n k d z v T sep : (0 < k)%N -> 0 < T ->
  (1 - k%:R ^+ 2 * sep) * (T * displacement k d v) < 4%:R * data_along n k d z v ->
  0 < separated_growth 4%:R T n k d z v sep 1.
Proof. by move=> k0 T0; rewrite grows // mulr1. Qed.

(** claim: ddcl.corollary4/ordered/schedule/amended
    value: separated_growth 2 T_value n k d z v sep 2
    compared: 9fa9c35dbbc4-ec72f20fd16a *)
Theorem critical_weight_ordered n k d z v T sep : (0 < k)%N -> 0 < T ->
  (1 - k%:R ^+ 2 * 2%:R * sep) * (T * displacement k d v) < 2%:R * data_along n k d z v ->
  0 < separated_growth 2%:R T n k d z v sep 2%:R.
Proof. by move=> k0 T0; rewrite grows. Qed.

(** claim: ddcl.corollary4/mean/schedule/amended
    value: separated_growth 2 T_value n k d z v sep (mean_weight k)
    compared: 5764c98923b9-8778c41860c3 *)
Theorem critical_weight_mean n k d z v T sep : (0 < k)%N -> 0 < T ->
  (1 - k%:R ^+ 2 * mean_weight k * sep) * (T * displacement k d v) < 2%:R * data_along n k d z v ->
  0 < separated_growth 2%:R T n k d z v sep (mean_weight k).
Proof. by move=> k0 T0; rewrite grows. Qed.

Lemma alone n k d z v T multiple c : (0 < k)%N -> 0 < T -> multiple * data_along n k d z v < T * displacement k d v ->
  collapse_growth multiple T n k d z v < 0.
Proof.
move=> k0 T0 hot; have -> : collapse_growth multiple T n k d z v = separated_growth multiple T n k d z v 0 c.
  by rewrite /separated_growth; to_field; rewrite mul0r addr0.
rewrite growth_form // mulr0 subr0 mul1r pmulr_rlt0 ?subr_lt0 //.
by rewrite divr_gt0 ?mulr_gt0 ?ltr0n.
Qed.

(** claim: ddcl.corollary4/stopped/redundant-at-large-T/amended
    claim: ddcl.collapse-resistance/stopped/never-attracting/amended
    value: - collapse_growth 2 T_value n k d z v
    compared: 14ff42c1a752-05a46873870e *)
Theorem attracts_when_hot n k d z v T : (0 < k)%N -> 0 < T ->
  2%:R * data_along n k d z v < T * displacement k d v -> collapse_growth 2%:R T n k d z v < 0.
Proof. exact: (alone 0). Qed.

(** claim: ddcl.corollary4/full/redundant-at-large-T/amended
    claim: ddcl.collapse-resistance/full/never-attracting/amended
    value: - collapse_growth 4 T_value n k d z v
    compared: e39ead7b1960-f9a4b9c85839 *)
Theorem attracts_when_hot_full n k d z v T : (0 < k)%N -> 0 < T ->
  4%:R * data_along n k d z v < T * displacement k d v -> collapse_growth 4%:R T n k d z v < 0.
Proof. exact: (alone 0). Qed.

(** claim: ddcl.corollary4/stopped/bounded-at-small-T/amended
    value: growth 1 k d (recentred k p) all_first (C / T_value) weight 1
    compared: 3ecb96d36020-2c2700597c98 *)
Theorem bounded_when_warm k d p C T weight j a : (2 < k)%N -> 0 < C -> 0 < T -> k%:R * C < T * weight ->
  (j < k)%N -> (a < d)%N -> recentred k p j a != 0 ->
  0 < growth 1 k d (recentred k p) all_first (C / T) weight 1.
Proof.
move=> k2 C0 T0 warm lt_jk lt_ad off; apply: (coercive_unordered _ _ _ lt_jk lt_ad off).
- by move=> m i _ _; rewrite /all_first; case: (Nat.eqb i 0); rewrite ?ler01.
- by rewrite divr_ge0 // ltW.
- by rewrite mulrA ltr_pdivr_mulr // [weight * T]mulrC.
Qed.

(** claim: ddcl.corollary4/stopped/separates-with-its-ridge/amended
    value: - ridge_growth k d v sep weight
    compared: b7693a866050-c0798771d03c *)
Theorem contracts_with_its_ridge k d v sep weight j a : 0 < sep -> k%:R * sep < weight ->
  (j < k)%N -> (a < d)%N -> v j a != 0 -> ridge_growth k d v sep weight < 0.
Proof.
move=> sep0 above lt_jk lt_ad moved; have P0 := frobenius2_gt0 lt_jk lt_ad moved; rewrite /ridge_growth; to_field.
rewrite subr_lt0 !(mulrCA _ (1 + 1)) ltr_pmul2l ?addr_gt0 ?ltr01 //.
apply: le_lt_trans (ler_wpmul2l (ltW sep0) (pair_spread_le k d v)) _.
by rewrite mulrA ltr_pmul2r // mulrC.
Qed.

End Corollary4.
