(** Proposition 4 with q held and free prototypes: gradients in the sample as exact expansions in a step along e. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import definitions motion_definitions theorem1.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Proposition4.
Variable R : realFieldType.
Implicit Types (k d : nat) (z q u : nat -> R) (p : nat -> nat -> R) (t : R).

(** claim: ddcl.proposition4/free/ols
    value: slope (fun t => ols k d (sample_along z u t) p q) - sample_pull k d z p q u
    compared: d9b8d6f66a6d-0dcd70401b2d *)
Theorem ols_expands k d z p q u t : ols k d (sample_along z u t) p q =
  ols k d z p q + t * sample_pull k d z p q u + t ^+ 2 * norm2 d u.
Proof.
rewrite /ols /sample_pull /distance2 /norm2; to_field; rewrite mulrA -!sum_mull -!sum_add; apply: sum_ext => c _.
rewrite /sample_along; to_field; move: (mixture k q p c) => m; by ring.
Qed.

(** claim: ddcl.proposition4/free/quantization
    value: slope (fun t => quantization k d (sample_along z u t) p q) - sample_pull k d z p q u
    compared: b5bd15c87657-750e85ffa803 *)
Theorem quantization_expands k d z p q u t : sum k q = 1 -> quantization k d (sample_along z u t) p q =
  quantization k d z p q + t * sample_pull k d z p q u + t ^+ 2 * norm2 d u.
Proof.
move=> mass; rewrite !(@decomposition R k d _ p q mass) ols_expands.
move: (ols _ _ _ _ _) (variance _ _ _ _) (sample_pull _ _ _ _ _ _) (norm2 _ _) => a b e f; by ring.
Qed.

(** claim: ddcl.proposition4/free/equal
    value: slope (fun t => quantization k d (sample_along z u t) p q) - slope (fun t => ols k d (sample_along z u t) p q)
    compared: 1a795c12f3ba-15ab2ea661f4 *)
Theorem same_slope k d z p q u t : sum k q = 1 ->
  quantization k d (sample_along z u t) p q - quantization k d z p q =
  ols k d (sample_along z u t) p q - ols k d z p q.
Proof.
move=> mass; rewrite quantization_expands // ols_expands.
move: (ols _ _ _ _ _) (quantization _ _ _ _ _) (sample_pull _ _ _ _ _ _) (norm2 _ _) => a b e f; by ring.
Qed.

End Proposition4.
