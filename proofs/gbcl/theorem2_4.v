(** Theorem 2.4: X X^T = I and W_2 = Y_1 give W_1 = Y_2. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL.gbcl Require Import matrices theorem2_1.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Theorem24.
Variable R : realFieldType.
Implicit Types (k d n : nat) (X : nat -> nat -> R) (c : R).

(** claim: gbcl.theorem2.4/unit-variance/first-constraint/amended
    value: table k d (difference (scaled c W1) (dual_output n W2 X))
    compared: 90c64ebd34fb-db44f7cd8318 *)
Theorem scaled_first k d n X (W1 W2 : nat -> nat -> R) c : same d d (feature_gram n X) (scaled c identity) ->
  same k n W2 (base_output d W1 X) -> same k d (scaled c W1) (dual_output n W2 X).
Proof.
move=> even second i j lt_ik lt_jd; rewrite /dual_output (@product_left R n W2 (base_output d W1 X)) => [|l lt_ln].
  rewrite product_assoc (product_right W1 (C := scaled c identity)) ?product_scaled ?product_identity // => l lt_ld.
  exact: even.
exact: second.
Qed.

(** claim: gbcl.theorem2.4/unit-gram/first-constraint
    value: table k d (difference W1 (dual_output n W2 X))
    compared: a76e229d1715-eed69922b1fd *)
Theorem first_constraint k d n X (W1 W2 : nat -> nat -> R) : same d d (feature_gram n X) identity ->
  same k n W2 (base_output d W1 X) -> same k d W1 (dual_output n W2 X).
Proof.
move=> unit second i j lt_ik lt_jd.
have unscaled (A : nat -> nat -> R) a b : scaled 1 A a b = A a b by exact: mul1r.
rewrite -(@scaled_first k d n X W1 W2 1) // => a b lt_ad lt_bd; by rewrite unscaled unit.
Qed.

(** claim: gbcl.theorem2.4/sample-count/sample-count-centred
    value: number n - number d - 1
    compared: 297e0055411b-19b979f5215b *)
Theorem centred_count d n X (e : nat -> R) : same d d (feature_gram n X) identity ->
  (forall i, (i < d)%N -> sum n (fun j => X i j * e j) = 0) -> sum n (fun j => square (e j)) = 1 -> (d + 1 <= n)%N.
Proof.
move=> unit across length; pose Y i := if (i < d)%N then X i else e; rewrite addn1.
apply: (@sample_count R d.+1 n Y) => i j; rewrite !ltnS => le_id le_jd.
rewrite /feature_gram /product /transposed /Y /identity; case: (ltnP i d) => [lt_id|ge_id].
  case: (ltnP j d) => [lt_jd|ge_jd]; first exact: unit.
  by rewrite across //; case: PeanoNat.Nat.eqb_spec => // ij; move: lt_id; rewrite ij ltnNge ge_jd.
have -> : i = d by apply/eqP; rewrite eqn_leq le_id.
case: (ltnP j d) => [lt_jd|ge_jd].
  case: PeanoNat.Nat.eqb_spec => [dj|_]; first by move: lt_jd; rewrite -dj ltnn.
  by transitivity (sum n (fun l => X j l * e l)); [apply: sum_ext => l _; exact: mulrC | exact: across].
have -> : j = d by apply/eqP; rewrite eqn_leq le_jd.
by rewrite PeanoNat.Nat.eqb_refl; exact: length.
Qed.

(** claim: gbcl.theorem2.4/unit-variance/first-constraint
    role: refutes
    value: table k d (difference W1 (dual_output n W2 X))
    witness: {"X": [[1, -1]], "W1": [[1]], "W2": [[1, -1]]}
    compared: da1d4f2c3ac4-719198e45dae *)
Theorem standard_refuted : ~ (forall k d n X (W1 W2 : nat -> nat -> R),
  (forall j, (j < d)%N -> sum n (X j) = 0) -> same d d (feature_gram n X) (scaled (number n) identity) ->
  same k n W2 (base_output d W1 X) -> same k d W1 (dual_output n W2 X)).
Proof.
move/(_ 1%N 1%N 2%N (array [:: [:: 1; -1]]) (array [:: [:: 1]]) (array [:: [:: 1; -1]])) => claimed.
apply: (@differ R _ _ (- 1%:R) (claimed _ _ _ 0%N 0%N isT isT)); last by rewrite oppr_eq0 oner_eq0.
- by case=> [|i] // _; numbers; ring.
- by case=> [|i] [|j] // _ _; numbers; ring.
- by case=> [|i] [|[|j]] // _ _; numbers; ring.
- by numbers; ring.
Qed.

End Theorem24.
