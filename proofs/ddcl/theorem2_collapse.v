(** Theorem 2 and Section 5.3 at total collapse: displacements grow where T N < 2 S (4 S with the full gradient), and V takes
    from their growth. *)
From Coq Require Import QArith List.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions collapse_definitions remark3_definitions corollary4_definitions
  collapse_roles_definitions.

(** ** Counterexamples, over the rationals: samples 1 and -1, two prototypes displaced by 1 and -1 *)
Section Counterexamples.
Local Open Scope Q_scope.

Let z := matrix [[1]; [-(1)]].
Let v := matrix [[1]; [-(1)]].

(** claim: ddcl.collapse-resistance/stopped/unstable-along-the-data
    role: refutes
    value: collapse_growth 2 T_value n k d z v
    witness: {"z": [[1], [-1]], "v": [[1], [-1]], "T": 9}
    compared: dbdcff7050f3-2cbdac4d7165 *)
Theorem need_not_grow : exists T n k d z v, 0 < T /\ ~ data_along n k d z v == 0 /\
  ~ 0 < collapse_growth 2 T n k d z v.
Proof. exists 9, 2%nat, 2%nat, 1%nat, z, v; repeat split; vm_compute; congruence. Qed.

(** claim: ddcl.theorem2/stopped/resists-collapse
    role: refutes
    value: opening_rate 2 T_value n k d z v
    witness: {"z": [[1], [-1]], "v": [[1], [-1]], "T": 9}
    compared: 2fd023a5a417-5150ebcc5903 *)
Theorem need_not_open : exists T n k d z v, 0 < T /\ ~ data_along n k d z v == 0 /\
  ~ 0 < opening_rate 2 T n k d z v.
Proof. exists 9, 2%nat, 2%nat, 1%nat, z, v; repeat split; vm_compute; congruence. Qed.

(** claim: ddcl.collapse-resistance/stopped/role-of-V
    role: refutes
    value: collapse_growth 2 T_value n k d z v - ols_growth 2 T_value n k d z v
    witness: {"z": [[1], [-1]], "v": [[1], [-1]], "T": 1}
    compared: 39518deb00d6-975ac5d83fb4 *)
Theorem variance_does_not_add : exists T n k d z v, 0 < T /\ ~ displacement k d v == 0 /\
  ~ ols_growth 2 T n k d z v < collapse_growth 2 T n k d z v.
Proof. exists 1, 2%nat, 2%nat, 1%nat, z, v; repeat split; vm_compute; congruence. Qed.

(** claim: ddcl.collapse-resistance/full/unstable-along-the-data
    role: refutes
    value: collapse_growth 4 T_value n k d z v
    witness: {"z": [[1], [-1]], "v": [[1], [-1]], "T": 9}
    compared: 3bed7ab09ab4-9e17acbe9342 *)
Theorem need_not_grow_full : exists T n k d z v, 0 < T /\ ~ data_along n k d z v == 0 /\
  ~ 0 < collapse_growth 4 T n k d z v.
Proof. exists 9, 2%nat, 2%nat, 1%nat, z, v; repeat split; vm_compute; congruence. Qed.

(** claim: ddcl.theorem2/full/resists-collapse
    role: refutes
    value: opening_rate 4 T_value n k d z v
    witness: {"z": [[1], [-1]], "v": [[1], [-1]], "T": 9}
    compared: fe80b3017402-dd859b3baa12 *)
Theorem need_not_open_full : exists T n k d z v, 0 < T /\ ~ data_along n k d z v == 0 /\
  ~ 0 < opening_rate 4 T n k d z v.
Proof. exists 9, 2%nat, 2%nat, 1%nat, z, v; repeat split; vm_compute; congruence. Qed.

(** claim: ddcl.collapse-resistance/full/role-of-V
    role: refutes
    value: collapse_growth 4 T_value n k d z v - ols_growth 4 T_value n k d z v
    witness: {"z": [[1], [-1]], "v": [[1], [-1]], "T": 1}
    compared: d64503c67540-9bb29dd67177 *)
Theorem variance_does_not_add_full : exists T n k d z v, 0 < T /\ ~ displacement k d v == 0 /\
  ~ ols_growth 4 T n k d z v < collapse_growth 4 T n k d z v.
Proof. exists 1, 2%nat, 2%nat, 1%nat, z, v; repeat split; vm_compute; congruence. Qed.

End Counterexamples.

(** ** What holds, over every ordered field *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import remark3 corollary4.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Collapse.
Variable R : realFieldType.
Implicit Types (n k d : nat) (z v : nat -> nat -> R) (T multiple : R).

Lemma grows_when_cold n k d z v T multiple : (0 < k)%N -> 0 < T ->
  T * displacement k d v < multiple * data_along n k d z v -> 0 < collapse_growth multiple T n k d z v.
Proof.
move=> k0 T0 cold; have -> : collapse_growth multiple T n k d z v = separated_growth multiple T n k d z v 0 0.
  by rewrite /separated_growth; to_field; rewrite mul0r addr0.
by rewrite grows // !mulr0 subr0 mul1r.
Qed.

Lemma opens_when_cold n k d z v T multiple : (0 < k)%N -> 0 < T ->
  T * displacement k d v < multiple * data_along n k d z v -> 0 < opening_rate multiple T n k d z v.
Proof.
move=> k0 T0 cold; have := grows_when_cold k0 T0 cold; rewrite /opening_rate number_eq; to_field.
by move: (collapse_growth _ _ _ _ _ _ _) => G G0; rewrite !mulr_gt0 ?addr_gt0 ?ltr01 ?ltr0n.
Qed.

Lemma variance_takes n k d z v T multiple : (0 < k)%N -> displacement k d v != 0 ->
  collapse_growth multiple T n k d z v < ols_growth multiple T n k d z v.
Proof.
move=> k0 moved; rewrite /collapse_growth /ols_growth number_eq; to_field.
rewrite ltr_pmul2l ?divr_gt0 ?addr_gt0 ?ltr01 ?ltr0n // ltr_subl_addr ltr_addl lt_def moved.
exact: frobenius2_ge0.
Qed.

(** claim: ddcl.collapse-resistance/stopped/unstable-along-the-data/amended
    value: collapse_growth 2 T_value n k d z v
    compared: 7e6b63779809-66109b21f3e1 *)
Theorem displacement_grows n k d z v T : (0 < k)%N -> 0 < T ->
  T * displacement k d v < 2%:R * data_along n k d z v -> 0 < collapse_growth 2%:R T n k d z v.
Proof. exact: grows_when_cold. Qed.

(** claim: ddcl.theorem2/stopped/resists-collapse/amended
    value: opening_rate 2 T_value n k d z v
    compared: 8a13ec366d5c-4724ce945ca5 *)
Theorem collapse_opens n k d z v T : (0 < k)%N -> 0 < T ->
  T * displacement k d v < 2%:R * data_along n k d z v -> 0 < opening_rate 2%:R T n k d z v.
Proof. exact: opens_when_cold. Qed.

(** claim: ddcl.collapse-resistance/stopped/role-of-V/amended
    value: ols_growth 2 T_value n k d z v - collapse_growth 2 T_value n k d z v
    compared: 8074d19436dd-4ee5fcad430b *)
Theorem variance_holds_together n k d z v T : (0 < k)%N -> displacement k d v != 0 ->
  collapse_growth 2%:R T n k d z v < ols_growth 2%:R T n k d z v.
Proof. exact: variance_takes. Qed.

(** claim: ddcl.collapse-resistance/full/unstable-along-the-data/amended
    value: collapse_growth 4 T_value n k d z v
    compared: f06c3ab5cb71-ad9bf51e8142 *)
Theorem displacement_grows_full n k d z v T : (0 < k)%N -> 0 < T ->
  T * displacement k d v < 4%:R * data_along n k d z v -> 0 < collapse_growth 4%:R T n k d z v.
Proof. exact: grows_when_cold. Qed.

(** claim: ddcl.theorem2/full/resists-collapse/amended
    value: opening_rate 4 T_value n k d z v
    compared: 217bb94a8432-230be419d135 *)
Theorem collapse_opens_full n k d z v T : (0 < k)%N -> 0 < T ->
  T * displacement k d v < 4%:R * data_along n k d z v -> 0 < opening_rate 4%:R T n k d z v.
Proof. exact: opens_when_cold. Qed.

(** claim: ddcl.collapse-resistance/full/role-of-V/amended
    value: ols_growth 4 T_value n k d z v - collapse_growth 4 T_value n k d z v
    compared: 4c10791de5f5-1fa30edd5883 *)
Theorem variance_holds_together_full n k d z v T : (0 < k)%N -> displacement k d v != 0 ->
  collapse_growth 4%:R T n k d z v < ols_growth 4%:R T n k d z v.
Proof. exact: variance_takes. Qed.

End Collapse.
