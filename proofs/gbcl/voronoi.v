(** (56)-(59): distances from the Gram matrix G = X^T X and the dual weights Omega = W_2, a quadratic in Omega. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL.gbcl Require Import matrices voronoi_definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Voronoi.
Variable R : realFieldType.
Implicit Types (k d n : nat) (X Y U : nat -> nat -> R).

(** claim: gbcl.voronoi/rows/inner-products
    value: table n k (difference (product d (transposed X) (transposed (dual_output n W2 X)))
      (product n (sample_gram d X) (transposed W2)))
    scope: all n, k, d
    compared: 09830654054c-7af8e9c2cf3a *)
Theorem inner_products d n X (W2 : nat -> nat -> R) i j :
  product d (transposed X) (transposed (dual_output n W2 X)) i j = product n (sample_gram d X) (transposed W2) i j.
Proof.
rewrite /sample_gram product_assoc; apply: product_right => l _.
by rewrite /dual_output /transposed -/(transposed (product n W2 (transposed X)) l j) product_transposed.
Qed.

(** claim: gbcl.voronoi/rows/from-outputs
    value: table n k (difference (from_outputs d X (dual_output n W2 X)) (sample_distance d X (dual_output n W2 X)))
    scope: all n, k, d
    compared: d25657a9693e-ac9e644b1fc2 *)
Theorem distances_from_outputs d X Y i j : from_outputs d X Y i j = sample_distance d X Y i j.
Proof.
rewrite /from_outputs /sample_distance /sample_gram /product /transposed; to_field.
have term c : (X c i - Y j c) * (X c i - Y j c) = X c i * X c i - (1 + 1) * (X c i * Y j c) + Y j c * Y j c by ring.
by under [RHS]sum_ext => c _ do rewrite term; rewrite sum_add sum_sub sum_mull.
Qed.

(** |y_j|^2 = (Omega G Omega^T)_jj *)
Lemma output_norms d n X (W2 : nat -> nat -> R) j : let Y := dual_output n W2 X in
  product d Y (transposed Y) j j = product n W2 (product n (sample_gram d X) (transposed W2)) j j.
Proof.
rewrite /= [in LHS]/dual_output product_assoc; apply: product_right => l _.
by rewrite inner_products.
Qed.

(** claim: gbcl.voronoi/rows/from-gram
    claim: gbcl.voronoi/columns/from-outputs/amended
    value: table n k (difference (from_gram n (sample_gram d X) W2) (sample_distance d X (dual_output n W2 X)))
    scope: all n, k, d
    compared: 02088460fb49-49b4c50fce01 *)
Theorem distances_from_gram d n X (W2 : nat -> nat -> R) i j :
  from_gram n (sample_gram d X) W2 i j = sample_distance d X (dual_output n W2 X) i j.
Proof. by rewrite -distances_from_outputs /from_outputs inner_products output_norms. Qed.

(** claim: gbcl.voronoi/rows/quadratic
    value: table n k (fun i j => third_difference (fun t => from_gram n (sample_gram d X) (along W2 U t) i j))
    scope: all n, k, d
    compared: e53ae68a5bb0-c59365a1372e *)
Theorem quadratic d n X (W2 U : nat -> nat -> R) i j : exists a b c : R, forall t,
  from_gram n (sample_gram d X) (along W2 U t) i j = a + b * t + c * t ^+ 2.
Proof.
pose G := @sample_gram R (field_arithmetic R) d X.
pose pair V W := @product R (field_arithmetic R) n V (@product R (field_arithmetic R) n G (transposed W)) j j.
exists (from_gram n G W2 i j), (pair W2 U + pair U W2 - 2%:R * product n G (transposed U) i j), (pair U U) => t.
rewrite /from_gram -/G.
have linear m : product n G (transposed (along W2 U t)) m j =
    product n G (transposed W2) m j + t * product n G (transposed U) m j.
  rewrite /product -sum_mull -sum_add; apply: sum_ext => l _; rewrite /transposed /along; to_field; ring.
have -> : product n (along W2 U t) (product n G (transposed (along W2 U t))) j j =
    pair W2 W2 + t * (pair W2 U + pair U W2) + t ^+ 2 * pair U U.
  rewrite /pair (product_right _ (C := fun m _ =>
    product n G (transposed W2) m j + t * product n G (transposed U) m j)) => [|l _]; last exact: linear.
  rewrite /product /along -!sum_add -!sum_mull -!sum_add; apply: sum_ext => l _; to_field.
  move: (sum n _) (sum n _) => g h; ring.
rewrite linear -/(pair W2 W2); move: (G i i) (product n G _ i j) (product n G _ i j) (pair _ _) (pair _ _) (pair _ _) (pair _ _).
by to_field => *; ring.
Qed.

(** claim: gbcl.voronoi/columns/from-outputs
    role: refutes
    value: table n d (difference (from_outputs d X (dual_output n W2 X))
      (sample_distance d X (transposed (dual_output n W2 X))))
    witness: {"X": [[1], [0]], "W2": [[0], [1]]}
    compared: e91a108817b8-60e1d9182318 *)
Theorem columns_refuted : ~ (forall d n X (W2 : nat -> nat -> R),
  same n d (from_outputs d X (dual_output n W2 X)) (sample_distance d X (transposed (dual_output n W2 X)))).
Proof.
move/(_ 2%N 1%N (array [:: [:: 1]; [:: 0]]) (array [:: [:: 0]; [:: 1]])) => claimed.
apply: (@differ R _ _ (- 1%:R) (claimed 0%N 0%N isT isT)); last by rewrite oppr_eq0 oner_eq0.
by rewrite /from_outputs /sample_distance; numbers; ring.
Qed.

End Voronoi.
