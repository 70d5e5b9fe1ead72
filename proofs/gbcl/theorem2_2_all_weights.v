(** Theorem 2.2 for every weight matrix at once: identity weights make X orthogonal on one side. *)
From mathcomp Require Import all_ssreflect all_algebra.
From DDCL Require Import algebra.
From DDCL.gbcl Require Import matrices.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section AllWeights.
Variable R : realFieldType.
Implicit Types (n d : nat) (X : nat -> nat -> R).

(** W_2 = I_n, with W_1 = Y_2 and W_2 = Y_1
    claim: gbcl.theorem2.2/all-weights/samples
    value: table n n (difference (sample_gram d X) identity)
    compared: 1cd7fc01311f-5d7f9fa7047b *)
Theorem all_dual_weights n d X (W1 : nat -> nat -> R) : same n d W1 (dual_output n identity X) ->
  same n n identity (base_output d W1 X) -> same n n (sample_gram d X) identity.
Proof.
move=> first second i j lt_in lt_jn; rewrite second //; apply: product_left => l lt_ld.
by rewrite first // /dual_output identity_product.
Qed.

(** W_1 = I_d
    claim: gbcl.theorem2.2/all-weights/features
    value: table d d (difference (feature_gram n X) identity)
    compared: 877962c9f525-f03a670c9452 *)
Theorem all_base_weights n d X (W2 : nat -> nat -> R) : same d n W2 (base_output d identity X) ->
  same d d identity (dual_output n W2 X) -> same d d (feature_gram n X) identity.
Proof.
move=> second first i j lt_id lt_jd; rewrite first //; apply: product_left => l lt_ln.
by rewrite second // /base_output identity_product.
Qed.

End AllWeights.
