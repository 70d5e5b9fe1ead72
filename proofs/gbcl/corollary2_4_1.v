(** Corollary 2.4.1: what the outputs of the base network say of the samples. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL.gbcl Require Import matrices corollary2_4_1_definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Corollary241.
Variable R : realFieldType.
Implicit Types (k d n : nat) (X : nat -> nat -> R).

(** claim: gbcl.corollary2.4.1/cells/nearest/amended
    value: entries n (fun i => entries k (fun j =>
      sample_norm2 d X i - 2 * biased_output d X W1 j i - sample_distance d X W1 i j))
    scope: all n, k, d
    compared: ea7a0d2539bf-d9805d250dec *)
Theorem distances_from_biased_outputs d X (W1 : nat -> nat -> R) i j :
  sample_distance d X W1 i j = sample_norm2 d X i - 2%:R * biased_output d X W1 j i.
Proof.
rewrite /sample_distance /sample_norm2 /biased_output /base_output /product; to_field.
have term c : (X c i - W1 j c) * (X c i - W1 j c) = X c i * X c i - 2%:R * (W1 j c * X c i) + W1 j c * W1 j c by ring.
under sum_ext => c _ do rewrite term.
rewrite sum_add sum_sub sum_mull; move: (sum d _) (sum d _) (sum d _) => a b c.
by field.
Qed.

(** claim: gbcl.corollary2.4.1/dual-weights/second-constraint/amended
    value: table k n (difference W2 (base_output d W1 X))
    compared: 517b0d2af1a6-82cfda18a988 *)
Theorem row_space k d n X (W1 W2 C : nat -> nat -> R) : same d d (feature_gram n X) identity ->
  same k d W1 (dual_output n W2 X) -> same k n W2 (product d C X) -> same k n W2 (base_output d W1 X).
Proof.
move=> unit first inside i j lt_ik lt_jn; rewrite inside //; apply: product_left => l lt_ld.
rewrite first // /dual_output (@product_left R n W2 (product d C X)) => [|m lt_mn]; last exact: inside.
rewrite product_assoc (product_right C (C := identity)) ?product_identity // => m lt_md; exact: unit.
Qed.

(** claim: gbcl.corollary2.4.1/assumption/second-constraint
    value: table k n (difference W2 (base_output d W1 X))
    compared: db1d75a9af0e-f21564e9dfa8 *)
Theorem assumed k d n X (W1 W2 : nat -> nat -> R) : same d d (feature_gram n X) identity ->
  same k n W2 (base_output d W1 X) -> same k n W2 (base_output d W1 X).
Proof. by []. Qed.

(** claim: gbcl.corollary2.4.1/memberships/memberships/amended
    value: entries k (fun j => Σ (i < n) base_output d W1 X j i)
    compared: 4893dfc71798-d3af0a794e4b *)
Theorem centred_outputs k d n X (W1 : nat -> nat -> R) : (forall c, (c < d)%N -> sum n (X c) = 0) ->
  forall j, (j < k)%N -> sum n (base_output d W1 X j) = 0.
Proof.
move=> centred j _; rewrite /base_output /product sum_exchange; apply: sum_all0 => c lt_cd.
by rewrite sum_mull centred // mulr0.
Qed.

(** claim: gbcl.corollary2.4.1/cells/nearest
    role: refutes
    value: base_output d W1 X 0%nat 0%nat - base_output d W1 X 1%nat 0%nat
    witness: {"X": [[1]], "W1": [[1], [3]], "W2": [[1], [3]]}
    compared: bc3f50de3ff2-6026d2b23185 *)
Theorem nearest_refuted : ~ (forall k d n X (W1 W2 : nat -> nat -> R), (1 < k)%N -> (0 < n)%N ->
  same d d (feature_gram n X) identity -> same k n W2 (base_output d W1 X) ->
  sample_distance d X W1 0 0 < sample_distance d X W1 0 1 -> base_output d W1 X 1 0 < base_output d W1 X 0 0).
Proof.
pose rows : seq (seq R) := [:: [:: 1]; [:: 3%:R]].
move/(_ 2%N 1%N 1%N (array [:: [:: 1]]) (array rows) (array rows) isT isT) => claimed.
have : 3%:R < 1 :> R.
  have -> : 3%:R = base_output 1 (array rows) (array [:: [:: 1]]) 1 0 by rewrite /rows; numbers; ring.
  have {2}-> : 1 = base_output 1 (array rows) (array [:: [:: 1]]) 0 0 by rewrite /rows; numbers; ring.
  apply: claimed.
  - by case=> [|i] [|j] // _ _; numbers; ring.
  - by case=> [|[|i]] [|j] // _ _; rewrite /rows; numbers; ring.
  rewrite /rows /sample_distance; numbers.
  have -> : 0 + (1 - 1) * (1 - 1) = 0 :> R by ring.
  have -> : 0 + (1 - 3%:R) * (1 - 3%:R) = 4%:R :> R by ring.
  by rewrite ltr0n.
by rewrite ltNge ler1n.
Qed.

(** claim: gbcl.corollary2.4.1/dual-weights/second-constraint
    role: refutes
    value: table k n (difference W2 (base_output d W1 X))
    witness: {"X": [[1, 0]], "W1": [[1]], "W2": [[1, 1]]}
    compared: 265d96c11bf1-88c8edc15054 *)
Theorem constraint_refuted : ~ (forall k d n X (W1 W2 : nat -> nat -> R),
  same d d (feature_gram n X) identity -> same k d W1 (dual_output n W2 X) -> same k n W2 (base_output d W1 X)).
Proof.
move/(_ 1%N 1%N 2%N (array [:: [:: 1; 0]]) (array [:: [:: 1]]) (array [:: [:: 1; 1]])) => claimed.
apply: (@differ R _ _ 1%:R (claimed _ _ 0%N 1%N isT isT)); last by rewrite oner_eq0.
- by case=> [|i] [|j] // _ _; numbers; ring.
- by case=> [|i] [|j] // _ _; numbers; ring.
- by numbers; ring.
Qed.

(** claim: gbcl.corollary2.4.1/memberships/memberships
    role: refutes
    value: entries n (fun i => Σ (j < k) base_output d W1 X j i - 1)
    witness: {"X": [[1]], "W1": [[1], [2]], "W2": [[1], [2]]}
    compared: 2dd3f118773d-8e1422a3dfde *)
Theorem memberships_refuted : ~ (forall k d n X (W1 W2 : nat -> nat -> R), (1 < k)%N ->
  same d d (feature_gram n X) identity -> same k n W2 (base_output d W1 X) ->
  forall i, (i < n)%N -> sum k (fun j => base_output d W1 X j i) = 1).
Proof.
pose rows : seq (seq R) := [:: [:: 1]; [:: 2%:R]].
move/(_ 2%N 1%N 1%N (array [:: [:: 1]]) (array rows) (array rows) isT) => claimed.
apply: (@differ R _ _ 2%:R (claimed _ _ 0%N isT)); last by rewrite pnatr_eq0.
- by case=> [|i] [|j] // _ _; numbers; ring.
- by case=> [|[|i]] [|j] // _ _; rewrite /rows; numbers; ring.
- by rewrite /rows; numbers; ring.
Qed.

End Corollary241.
