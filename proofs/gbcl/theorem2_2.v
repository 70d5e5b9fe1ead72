(** Theorem 2.2: when two dual networks share their weights, W_1 = Y_2 and W_2 = Y_1. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL.gbcl Require Import matrices.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Theorem22.
Variable R : realFieldType.
Implicit Types (k d n : nat) (X L : nat -> nat -> R).

(** claim: gbcl.theorem2.2/exactly/eigenvectors
    claim: gbcl.theorem2.2/non-zero/features/amended
    value: table k d (difference (product n (base_output d W1 X) (transposed X)) W1)
    compared: 3b0941790e8f-982dd15cf1cd *)
Theorem eigenvectors k d n X (W1 W2 : nat -> nat -> R) : same k d W1 (dual_output n W2 X) -> same k n W2 (base_output d W1 X) ->
  same k d (product n (base_output d W1 X) (transposed X)) W1.
Proof.
move=> first second i j lt_ik lt_jd; rewrite first //.
by apply: product_left => l lt_ln; rewrite -second.
Qed.

(** claim: gbcl.theorem2.2/exactly/eigenvectors-dual
    claim: gbcl.theorem2.2/non-zero/samples/amended
    value: table k n (difference (product d (dual_output n W2 X) X) W2)
    compared: 1749dee57438-9298cbd73e67 *)
Theorem eigenvectors_of_samples k d n X (W1 W2 : nat -> nat -> R) :
  same k d W1 (dual_output n W2 X) -> same k n W2 (base_output d W1 X) ->
  same k n (product d (dual_output n W2 X) X) W2.
Proof.
move=> first second i j lt_ik lt_jn; rewrite second //.
by apply: product_left => l lt_ld; rewrite -first.
Qed.

(** claim: gbcl.theorem2.2/exactly/shared
    value: table k d (difference W1 (dual_output n W2 X))
    compared: 58c650f63292-f12a75fe6177 *)
Theorem shared k d n X (W1 W2 : nat -> nat -> R) : same k d (product n (base_output d W1 X) (transposed X)) W1 ->
  same k n W2 (base_output d W1 X) -> same k d W1 (dual_output n W2 X).
Proof.
move=> fixed second i j lt_ik lt_jd; rewrite -fixed //.
by apply: product_left => l lt_ln; rewrite -second.
Qed.

(** W A = W and L W = I give A = I. *)
Lemma cancel_left k m (L W A : nat -> nat -> R) : same m m (product k L W) identity ->
  same k m (product m W A) W -> same m m A identity.
Proof.
move=> inverse fixed i j lt_im lt_jm; rewrite -inverse // -(product_right L (B := product m W A)).
  rewrite -product_assoc (@product_left _ _ _ identity) ?identity_product // => l lt_lm; exact: inverse.
by move=> l lt_lk; apply: fixed.
Qed.

(** claim: gbcl.theorem2.2/any-weights/samples/amended
    value: table n n (difference (sample_gram d X) identity)
    compared: 721e6d17793e-775091680266 *)
Theorem full_column_rank_dual k d n X (W1 W2 : nat -> nat -> R) L :
  same k d W1 (dual_output n W2 X) -> same k n W2 (base_output d W1 X) -> same n n (product k L W2) identity ->
  same n n (sample_gram d X) identity.
Proof.
move=> first second inverse; apply: (cancel_left inverse) => i j lt_ik lt_jn.
rewrite -(eigenvectors_of_samples first second) //.
by rewrite /sample_gram -product_assoc.
Qed.

(** claim: gbcl.theorem2.2/any-weights/features/amended
    value: table d d (difference (feature_gram n X) identity)
    compared: 23cb23188ef7-42b5ba6b939a *)
Theorem full_column_rank k d n X (W1 W2 : nat -> nat -> R) L :
  same k d W1 (dual_output n W2 X) -> same k n W2 (base_output d W1 X) -> same d d (product k L W1) identity ->
  same d d (feature_gram n X) identity.
Proof.
move=> first second inverse; apply: (cancel_left inverse) => i j lt_ik lt_jd.
rewrite -[RHS](eigenvectors first second) //.
by rewrite /feature_gram -product_assoc.
Qed.

(** claim: gbcl.theorem2.2/both/square
    value: number n - number d
    compared: c2f2cdd71f51-16d646988a03 *)
Theorem square_input d n X : same d d (feature_gram n X) identity -> same n n (sample_gram d X) identity -> n = d.
Proof.
move=> features samples; have := counted n d X.
have vanishing m A : same m m A identity -> norm2 m m (difference A identity) = 0.
  move=> unit; apply: sum_all0 => i lt_im; apply: sum_all0 => j lt_jm.
  by rewrite /difference unit // /square; to_field; rewrite subrr mul0r.
by rewrite !vanishing // !add0r => /eqP; rewrite eqr_nat => /eqP.
Qed.

(** claim: gbcl.theorem2.2/non-zero/samples
    role: refutes
    value: table n n (difference (sample_gram d X) identity)
    witness: {"X": [[1, 0]], "W1": [[1]], "W2": [[1, 0]]}
    compared: bc1fbb66d6a2-5a163d1219f3 *)
Theorem samples_refuted_for_weights : ~ (forall k d n X (W1 W2 : nat -> nat -> R),
  same k d W1 (dual_output n W2 X) -> same k n W2 (base_output d W1 X) ->
  (exists i j, [/\ (i < k)%N, (j < d)%N & W1 i j != 0]) ->
  same n n (sample_gram d X) identity).
Proof.
move/(_ 1%N 1%N 2%N (array [:: [:: 1; 0]]) (array [:: [:: 1]]) (array [:: [:: 1; 0]])) => claimed.
apply: (@differ R _ _ (- 1%:R) (claimed _ _ _ 1%N 1%N isT isT)); last by rewrite oppr_eq0 oner_eq0.
- by case=> [|i] [|j] // _ _; numbers; ring.
- by case=> [|i] [|[|j]] // _ _; numbers; ring.
- by exists 0%N, 0%N; split=> //; rewrite oner_eq0.
- by numbers; ring.
Qed.

(** claim: gbcl.theorem2.2/non-zero/features
    role: refutes
    value: table d d (difference (feature_gram n X) identity)
    witness: {"X": [[1], [0]], "W1": [[1, 0]], "W2": [[1]]}
    compared: 52bb036c07fe-c4e289870cdf *)
Theorem features_refuted_for_weights : ~ (forall k d n X (W1 W2 : nat -> nat -> R),
  same k d W1 (dual_output n W2 X) -> same k n W2 (base_output d W1 X) ->
  (exists i j, [/\ (i < k)%N, (j < d)%N & W1 i j != 0]) ->
  same d d (feature_gram n X) identity).
Proof.
move/(_ 1%N 2%N 1%N (array [:: [:: 1]; [:: 0]]) (array [:: [:: 1; 0]]) (array [:: [:: 1]])) => claimed.
apply: (@differ R _ _ (- 1%:R) (claimed _ _ _ 1%N 1%N isT isT)); last by rewrite oppr_eq0 oner_eq0.
- by case=> [|i] [|[|j]] // _ _; numbers; ring.
- by case=> [|i] [|j] // _ _; numbers; ring.
- by exists 0%N, 0%N; split=> //; rewrite oner_eq0.
- by numbers; ring.
Qed.

(** claim: gbcl.theorem2.2/any-weights/samples
    role: refutes
    value: table n n (difference (sample_gram d X) identity)
    witness: {"X": [[1, 0]], "W1": [[1]], "W2": [[1, 0]]}
    compared: fc4cfc068714-b173584e8b76 *)
Theorem samples_refuted : ~ (forall k d n X (W1 W2 : nat -> nat -> R),
  same k d W1 (dual_output n W2 X) -> same k n W2 (base_output d W1 X) ->
  same n n (sample_gram d X) identity).
Proof.
move=> claimed; apply: samples_refuted_for_weights => k d n X W1 W2 first second _.
exact: (claimed k d n X W1 W2 first second).
Qed.

(** claim: gbcl.theorem2.2/any-weights/features
    role: refutes
    value: table d d (difference (feature_gram n X) identity)
    witness: {"X": [[1], [0]], "W1": [[1, 0]], "W2": [[1]]}
    compared: 540ad0eaa3d0-24f5a493b8fd *)
Theorem features_refuted : ~ (forall k d n X (W1 W2 : nat -> nat -> R),
  same k d W1 (dual_output n W2 X) -> same k n W2 (base_output d W1 X) ->
  same d d (feature_gram n X) identity).
Proof.
move=> claimed; apply: features_refuted_for_weights => k d n X W1 W2 first second _.
exact: (claimed k d n X W1 W2 first second).
Qed.

End Theorem22.
