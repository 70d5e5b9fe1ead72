(** Remark 3 with a constant c in place of one that grows with k, and the threshold for the mean over pairs. *)
From Coq Require Import QArith List.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions remark3_definitions.
Open Scope Q_scope.

(** One sample at the origin on a prototype at the origin, two others at 1 and -1

    claim: ddcl.remark3/unordered/constant
    role: refutes
    value: growth n k d p q sep weight 1
    witness: {"z": [[0]], "p": [[0], [1], [-1]], "q": [[1, 0, 0]], "sep": 2, "weight": 5, "c": 2}
    compared: dd1d85f67f3c-638517495994 *)
Theorem no_constant : exists n k d p q (sep weight c : Q), (0 <= sep /\ (2 # 1) <= c /\ c * sep < weight) /\
  ~ frobenius2 k d p == 0 /\ (forall m j, 0 <= q m j) /\ (forall m, sum k (q m) == 1) /\ ~ 0 < growth n k d p q sep weight 1.
Proof.
  exists 1%nat, 3%nat, 1%nat, (matrix [[0]; [1]; [-(1)]]), all_first, (2 # 1), (5 # 1), (2 # 1).
  repeat split; try (vm_compute; congruence); intros m [|j]; vm_compute; congruence.
Qed.

(** claim: ddcl.remark3/ordered/constant
    role: refutes
    value: growth n k d p q sep weight 2
    witness: {"z": [[0]], "p": [[0], [1], [-1]], "q": [[1, 0, 0]], "sep": 2, "weight": 5, "c": 2}
    compared: bd71d7ca3203-c271595713d3 *)
Theorem no_constant_ordered : exists n k d p q (sep weight c : Q), (0 <= sep /\ (2 # 1) <= c /\ c * sep < weight) /\
  ~ frobenius2 k d p == 0 /\ (forall m j, 0 <= q m j) /\ (forall m, sum k (q m) == 1) /\
  ~ 0 < growth n k d p q sep weight (2 # 1).
Proof.
  exists 1%nat, 3%nat, 1%nat, (matrix [[0]; [1]; [-(1)]]), all_first, (2 # 1), (5 # 1), (2 # 1).
  repeat split; try (vm_compute; congruence); intros m [|j]; vm_compute; congruence.
Qed.
Close Scope Q_scope.

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import remark3.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Constant.
Variable R : realFieldType.
Implicit Types (n k d : nat) (z p q : nat -> nat -> R) (sep weight c : R).

(** claim: ddcl.remark3/unordered/constant/amended
    value: growth n k d p q sep weight 1
    compared: d10d04838950-07f410ab3515 *)
Theorem constant_beyond_k n k d p q sep weight c j a :
  (forall m i, (m < n)%N -> (i < k)%N -> 0 <= q m i) -> 0 <= sep -> c * sep < weight -> k%:R <= c ->
  (j < k)%N -> (a < d)%N -> p j a != 0 -> 0 < growth n k d p q sep weight 1.
Proof.
by move=> q0 sep0 above large; apply: coercive_unordered => //; apply: le_lt_trans above; apply: ler_wpmul2r.
Qed.

(** claim: ddcl.remark3/ordered/constant/amended
    value: growth n k d p q sep weight 2
    compared: 321aaeccd713-7bbbf4afe906 *)
Theorem constant_beyond_2k n k d p q sep weight c j a :
  (forall m i, (m < n)%N -> (i < k)%N -> 0 <= q m i) -> 0 <= sep -> c * sep < weight -> 2%:R * k%:R <= c ->
  (j < k)%N -> (a < d)%N -> p j a != 0 -> 0 < growth n k d p q sep weight 2%:R.
Proof.
by move=> q0 sep0 above large; apply: coercive_ordered => //; apply: le_lt_trans above; apply: ler_wpmul2r.
Qed.

(** claim: ddcl.remark3/mean/constant
    value: growth n k d p q sep weight (mean_weight k)
    compared: 7b4082e54047-f20ac73176ae *)
Theorem constant_for_the_mean n k d p q sep weight c j a :
  (forall m i, (m < n)%N -> (i < k)%N -> 0 <= q m i) -> (1 < k)%N -> 0 <= sep -> c * sep < weight -> 2%:R <= c ->
  (j < k)%N -> (a < d)%N -> p j a != 0 -> 0 < growth n k d p q sep weight (mean_weight k).
Proof.
move=> q0 k2 sep0 above large; apply: coercive_mean => //; apply: le_lt_trans above; apply: ler_wpmul2r => //.
apply: le_trans large; rewrite ler_pdivr_mulr ?ltr0n -?subn1 ?subn_gt0 // ler_pmulr ?ltr0n //.
by rewrite ler1n subn_gt0.
Qed.

(** claim: ddcl.remark3/mean/sharp
    value: let c := mean_weight k in
           energy n k d z (fun _ _ => 0) all_first sep weight c - energy n k d z (recentred k p) all_first sep weight c
    compared: 837a8017ee20-7381675984a1 *)
Theorem sharp_mean n k d z p sep weight : (2 < k)%N -> weight <= 2%:R / k.-1%:R * sep ->
  energy n k d z (recentred k p) all_first sep weight (mean_weight k) <=
  energy n k d z (fun _ _ => 0) all_first sep weight (mean_weight k).
Proof.
move=> k2 below; apply: fall_ge0 => //; apply: le_trans below _.
have k0 : k%:R != 0 :> R by rewrite pnatr_eq0 -lt0n (ltn_trans _ k2).
have k1 : k.-1%:R != 0 :> R by rewrite pnatr_eq0 -lt0n -subn1 subn_gt0 (ltn_trans _ k2).
rewrite /mean_weight !number_eq minusE subn1; to_field.
by rewrite le_eqVlt; apply/orP; left; apply/eqP; field; rewrite k0 k1.
Qed.

End Constant.
