(** Remark 1: lambda_P |P|^2 and L_sep are of one order in P; what counts are the coefficients. *)
From Coq Require Import QArith List Lia.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions remark3_definitions remark1_definitions.

(** ** Counterexamples, over the rationals *)
Open Scope Q_scope.

(** claim: ddcl.remark1/unordered/faster
    role: refutes
    value: frobenius2 k d (stretched t p) * pair_spread k d p - frobenius2 k d p * pair_spread k d (stretched t p)
    witness: {"p": [[0], [1]], "t": 2}
    compared: 62a2dc4623ee-291c60044c1a *)
Theorem not_faster : exists k d p t, 1 < t /\ 0 < pair_spread k d p /\
  ~ frobenius2 k d p * pair_spread k d (stretched t p) < frobenius2 k d (stretched t p) * pair_spread k d p.
Proof.
  exists 2%nat, 1%nat, (matrix [[0]; [1]]), 2; repeat split; vm_compute; (reflexivity || discriminate).
Qed.

(** claim: ddcl.remark1/unordered/coercive
    role: refutes
    value: growth n k d p q sep weight 1
    witness: {"z": [[0]], "p": [[0], [1], [-1]], "q": [[1, 0, 0]], "sep": 1, "weight": "1/1000"}
    compared: dbaefb18fbbb-e53840147039 *)
Theorem small_weight_fails_unordered : exists weight, 0 < weight /\
  ~ 0 < growth 1 3 1 (matrix [[0]; [1]; [-(1)]]) (matrix [[1; 0; 0]]) 1 weight 1.
Proof.
  exists (1 # 1000); split; vm_compute; (reflexivity || discriminate).
Qed.

(** claim: ddcl.remark1/ordered/coercive
    role: refutes
    value: growth n k d p q sep weight 2
    witness: {"z": [[0]], "p": [[0], [1], [-1]], "q": [[1, 0, 0]], "sep": 1, "weight": "1/1000"}
    compared: 0b6b7785b957-c46fce9588eb *)
Theorem small_weight_fails_ordered : exists weight, 0 < weight /\
  ~ 0 < growth 1 3 1 (matrix [[0]; [1]; [-(1)]]) (matrix [[1; 0; 0]]) 1 weight 2.
Proof.
  exists (1 # 1000); split; vm_compute; (reflexivity || discriminate).
Qed.

(** claim: ddcl.remark1/mean/coercive
    role: refutes
    value: growth n k d p q sep weight (if Nat.leb k 1 then 0 else mean_weight k)
    witness: {"z": [[0]], "p": [[0], [1], [-1]], "q": [[1, 0, 0]], "sep": 1, "weight": "1/1000"}
    compared: d5f8831daa39-3eec10fb9b02 *)
Theorem small_weight_fails_mean : exists weight, 0 < weight /\
  ~ 0 < growth 1 3 1 (matrix [[0]; [1]; [-(1)]]) (matrix [[1; 0; 0]]) 1 weight (mean_weight 3).
Proof.
  exists (1 # 1000); split; vm_compute; (reflexivity || discriminate).
Qed.

(** claim: ddcl.remark1/unordered/separates
    role: refutes
    value: opening k d p sep weight 1
    witness: {"p": [[0], [1], [-1]], "sep": 1, "weight": 7}
    compared: a7fba0900e68-9b7f3831411a *)
Theorem does_not_separate_unordered : exists p sep weight, 0 < sep /\ 3 * sep < weight /\ ~ 0 <= opening 3 1 p sep weight 1.
Proof.
  exists (matrix [[0]; [1]; [-(1)]]), 1, 7; repeat split; vm_compute; (reflexivity || auto).
Qed.

(** claim: ddcl.remark1/ordered/separates
    role: refutes
    value: opening k d p sep weight 2
    witness: {"p": [[0], [1], [-1]], "sep": 1, "weight": 7}
    compared: ba393a300677-7b4103a87dad *)
Theorem does_not_separate_ordered : exists p sep weight, 0 < sep /\ 6 * sep < weight /\ ~ 0 <= opening 3 1 p sep weight 2.
Proof.
  exists (matrix [[0]; [1]; [-(1)]]), 1, 7; repeat split; vm_compute; (reflexivity || auto).
Qed.

(** claim: ddcl.remark1/mean/separates
    role: refutes
    value: opening k d p sep weight (mean_weight k)
    witness: {"p": [[0], [1], [-1]], "sep": 1, "weight": 7}
    compared: 102cb620ad38-04a6a8c6811c *)
Theorem does_not_separate_mean : exists p sep weight, 0 < sep /\ sep < weight /\
  ~ 0 <= opening 3 1 p sep weight (mean_weight 3).
Proof.
  exists (matrix [[0]; [1]; [-(1)]]), 1, 7; repeat split; vm_compute; (reflexivity || auto).
Qed.
Close Scope Q_scope.

(** ** What holds, over every ordered field *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import remark3.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Remark1.
Variable R : realFieldType.
Implicit Types (n k d : nat) (p q : nat -> nat -> R) (t sep weight c : R).

Lemma spread_stretched k d p t : pair_spread k d (stretched t p) = t ^+ 2 * pair_spread k d p.
Proof.
rewrite /pair_spread -sum_mull; apply: sum_ext => j _; rewrite -sum_mull; apply: sum_ext => i _.
rewrite /distance2 /norm2 -sum_mull; apply: sum_ext => a _; rewrite /stretched; to_field; by ring.
Qed.

Lemma frobenius_stretched k d p t : frobenius2 k d (stretched t p) = t ^+ 2 * frobenius2 k d p.
Proof.
rewrite /frobenius2 -sum_mull; apply: sum_ext => j _; rewrite /norm2 -sum_mull; apply: sum_ext => a _.
rewrite /stretched; to_field; by ring.
Qed.

(** claim: ddcl.remark1/unordered/faster/amended
    value: frobenius2 k d (stretched t p) * pair_spread k d p - frobenius2 k d p * pair_spread k d (stretched t p)
    compared: 7167594e3406-47414473d281 *)
Theorem same_order k d p t :
  frobenius2 k d (stretched t p) * pair_spread k d p = frobenius2 k d p * pair_spread k d (stretched t p).
Proof. by rewrite spread_stretched frobenius_stretched; ring. Qed.

(** claim: ddcl.remark1/unordered/unbounded
    value: let S := pair_spread k d p in pair_spread k d (stretched ((M + S) / S) p) - M
    compared: 41be79eb3d1d-0da919889b3b *)
Theorem unbounded k d p (M : R) : 0 < M -> 0 < pair_spread k d p ->
  M <= pair_spread k d (stretched ((M + pair_spread k d p) / pair_spread k d p) p).
Proof.
rewrite spread_stretched; move: (pair_spread k d p) => S M0 S0; have S_neq0 : S != 0 by rewrite gt_eqF.
have -> : ((M + S) / S) ^+ 2 * S = M + (M + S + M * M / S) by field.
by rewrite ler_addl addr_ge0 ?addr_ge0 ?divr_ge0 ?mulr_ge0 // ltW.
Qed.

(** claim: ddcl.remark1/unordered/coercive/amended
    value: growth n k d p q sep weight 1
    compared: 111865cecbb2-a86c679d56c1 *)
Theorem coercive_above_unordered n k d p q sep weight j a : (forall m i, (m < n)%N -> (i < k)%N -> 0 <= q m i) ->
  0 <= sep -> k%:R * sep < weight -> (j < k)%N -> (a < d)%N -> p j a != 0 -> 0 < growth n k d p q sep weight 1.
Proof. exact: coercive_unordered. Qed.

(** claim: ddcl.remark1/ordered/coercive/amended
    value: growth n k d p q sep weight 2
    compared: 7f8a97268065-906dd82a1238 *)
Theorem coercive_above_ordered n k d p q sep weight j a : (forall m i, (m < n)%N -> (i < k)%N -> 0 <= q m i) ->
  0 <= sep -> 2%:R * k%:R * sep < weight -> (j < k)%N -> (a < d)%N -> p j a != 0 ->
  0 < growth n k d p q sep weight 2%:R.
Proof. exact: coercive_ordered. Qed.

(** The spread grows at -4 (lambda_P - k c lambda_sep) times itself. *)
Lemma opening_eq k d p sep weight c :
  opening k d p sep weight c = - (4%:R * (weight - k%:R * c * sep) * pair_spread k d p).
Proof.
rewrite pair_spread_eq /opening /frobenius2 /norm2 sum_exchange [X in _ * (_ * X - _)]sum_exchange -sum_mull -sum_sub.
rewrite -sum_mull -sum_neg; apply: sum_ext => a _; rewrite /spread_gradient number_eq; to_field.
set s := sum k (fun j => p j a).
have term j : 2%:R * (k%:R * p j a - s) * (sep * c * (2%:R * (k%:R * p j a - s)) - 2%:R * weight * p j a) =
    (4%:R * sep * c * k%:R ^+ 2 - 4%:R * weight * k%:R) * (p j a * p j a)
    + (4%:R * weight * s - 8%:R * sep * c * k%:R * s) * p j a + 4%:R * sep * c * s ^+ 2 by ring.
under [LHS]sum_ext => j _ do rewrite term.
rewrite !sum_add !sum_mull sum_const -/s; move: (sum k _) => f; by ring.
Qed.

(** claim: ddcl.remark1/unordered/separates/amended
    value: opening k d p sep weight 1 + number 4 * (weight - number k * 1 * sep) * pair_spread k d p
    compared: ec0cc62b334e-a7539ef34b00 *)
Theorem law_unordered k d p sep weight :
  opening k d p sep weight 1 = - (4%:R * (weight - k%:R * sep) * pair_spread k d p).
Proof. by rewrite opening_eq mulr1. Qed.

(** claim: ddcl.remark1/ordered/separates/amended
    value: opening k d p sep weight 2 + number 4 * (weight - number k * 2 * sep) * pair_spread k d p
    compared: 3083a9375b0f-d9c943e56ece *)
Theorem law_ordered k d p sep weight :
  opening k d p sep weight 2%:R = - (4%:R * (weight - 2%:R * k%:R * sep) * pair_spread k d p).
Proof. by rewrite opening_eq [k%:R * _]mulrC. Qed.

(** claim: ddcl.remark1/mean/separates/amended
    value: opening k d p sep weight (mean_weight k)
           + number 4 * (weight - 2 / number (k - 1) * sep) * pair_spread k d p
    compared: 4bfccd548475-caeefdc4c68a *)
Theorem law_mean k d p sep weight : (1 < k)%N ->
  opening k d p sep weight (mean_weight k) = - (4%:R * (weight - 2%:R / k.-1%:R * sep) * pair_spread k d p).
Proof.
move=> k1; have k_neq0 : k%:R != 0 :> R by rewrite pnatr_eq0 -lt0n (ltn_trans _ k1).
have less_neq0 : k.-1%:R != 0 :> R by rewrite pnatr_eq0 -lt0n -subn1 subn_gt0.
rewrite opening_eq /mean_weight !number_eq minusE subn1; to_field.
by have -> : k%:R * (2%:R / (k%:R * k.-1%:R)) = 2%:R / k.-1%:R :> R by field; rewrite k_neq0 less_neq0.
Qed.

End Remark1.
