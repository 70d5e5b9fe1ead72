(** Theorem 2.3: X^T X = I and W_1 = Y_2 give W_2 = Y_1. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL.gbcl Require Import matrices.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Theorem23.
Variable R : realFieldType.
Implicit Types (k d n : nat) (X : nat -> nat -> R) (c : R).

(** claim: gbcl.theorem2.2/exception/second-constraint
    claim: gbcl.theorem2.3/unit-gram/second-constraint
    value: table k n (difference W2 (base_output d W1 X))
    compared: 03f6c5dc7b2e-85524dd4167c *)
Theorem second_constraint k d n X (W1 W2 : nat -> nat -> R) : same n n (sample_gram d X) identity -> same k d W1 (dual_output n W2 X) ->
  same k n W2 (base_output d W1 X).
Proof.
move=> unit first i j lt_ik lt_jn; rewrite /base_output (@product_left R d W1 (dual_output n W2 X)) => [|l lt_ld].
  rewrite product_assoc (product_right W2 (C := identity)) ?product_identity // => l lt_ln; exact: unit.
exact: first.
Qed.

(** claim: gbcl.theorem2.3/unit-variance/second-constraint/amended
    value: table k n (difference (scaled c W2) (base_output d W1 X))
    compared: b2fd2c29c6cf-a7fdcd01a811 *)
Theorem scaled_second k d n X (W1 W2 : nat -> nat -> R) c : same n n (sample_gram d X) (scaled c identity) ->
  same k d W1 (dual_output n W2 X) -> same k n (scaled c W2) (base_output d W1 X).
Proof.
move=> even first i j lt_ik lt_jn; rewrite /base_output (@product_left R d W1 (dual_output n W2 X)) => [|l lt_ld].
  rewrite product_assoc (product_right W2 (C := scaled c identity)) ?product_scaled ?product_identity // => l lt_ln.
  exact: even.
exact: first.
Qed.

(** claim: gbcl.theorem2.3/mean-removed/second-constraint
    value: table k n (difference (scaled c W2) (base_output d W1 X))
    compared: 869840e4416f-34641a7c9dcb *)
Theorem mean_removed k d n X (W1 W2 : nat -> nat -> R) c : same n n (sample_gram d X) (scaled c identity) ->
  (forall j, (j < d)%N -> sum n (X j) = 0) -> same k d W1 (dual_output n W2 X) ->
  same k n (scaled c W2) (base_output d W1 X).
Proof. by move=> even _; exact: scaled_second. Qed.

(** Such data are 0, so that the conclusion says no more than 0 = 0. *)
Theorem mean_removed_is_zero d n X c : (0 < n)%N -> same n n (sample_gram d X) (scaled c identity) ->
  (forall j, (j < d)%N -> sum n (X j) = 0) -> c = 0.
Proof.
move=> n0 even centred; have row i : (i < n)%N -> sum n (sample_gram d X i) = c.
  move=> lt_in; rewrite -[RHS](sum_indicator c lt_in); apply: sum_ext => j lt_jn; rewrite even // /scaled /identity.
  by to_field; case: ifP; rewrite ?mulr1 ?mulr0.
have <- := row 0%N n0; rewrite /sample_gram /product /transposed sum_exchange; apply: sum_all0 => l lt_ld.
by rewrite sum_mull centred // mulr0.
Qed.

(** claim: gbcl.theorem2.3/sample-count/sample-count
    value: number d - number n
    compared: 3c7d6b0b88a7-018ac78c2f94 *)
Theorem sample_count d n X : same n n (sample_gram d X) identity -> (n <= d)%N.
Proof.
move=> unit; rewrite -(ler_nat R); have := counted n d X.
have -> : norm2 n n (difference (sample_gram d X) identity) = 0.
  apply: sum_all0 => i lt_in; apply: sum_all0 => j lt_jn.
  by rewrite /difference unit // /square; to_field; rewrite subrr mul0r.
rewrite add0r => <-; rewrite ler_addr.
by apply: sum_ge0 => i _; apply: sum_ge0 => j _; exact: sqr_ge0.
Qed.

(** claim: gbcl.theorem2.3/unit-variance/second-constraint
    role: refutes
    value: table k n (difference W2 (base_output d W1 X))
    witness: {"X": [[1], [-1]], "W1": [[1, -1]], "W2": [[1]]}
    compared: 13de4aff645a-987da640a14c *)
Theorem standard_refuted : ~ (forall k d n X (W1 W2 : nat -> nat -> R),
  (forall i, (i < n)%N -> sum d (fun j => X j i) = 0) -> same n n (sample_gram d X) (scaled (number d) identity) ->
  same k d W1 (dual_output n W2 X) -> same k n W2 (base_output d W1 X)).
Proof.
move/(_ 1%N 2%N 1%N (array [:: [:: 1]; [:: -1]]) (array [:: [:: 1; -1]]) (array [:: [:: 1]])) => claimed.
apply: (@differ R _ _ (- 1%:R) (claimed _ _ _ 0%N 0%N isT isT)); last by rewrite oppr_eq0 oner_eq0.
- by case=> [|i] // _; numbers; ring.
- by case=> [|i] [|j] // _ _; numbers; ring.
- by case=> [|i] [|[|j]] // _ _; numbers; ring.
- by numbers; ring.
Qed.

End Theorem23.
