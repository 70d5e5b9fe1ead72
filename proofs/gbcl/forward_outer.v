(** (14): the output of the dual network is a sum of outer products, one for each sample. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.gbcl Require Import matrices forward_definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** u . Y_2 v = sum_i (u . W_2 e_i)(x_i . v) for all u and v
    claim: gbcl.forward/rank-one/outer-products/amended
    value: let X := stacked f A in let b := fun c => match c with O => h | S a => v a end in
      Σ (j < k) (u j * Σ (c < S d) (b c * dual_output n W2 X j c))
      - Σ (i < n) ((Σ (j < k) (u j * W2 j i)) * (Σ (c < S d) (b c * X c i)))
    compared: 4f4c449954a4-b80a27a5079b *)
Theorem outer_products (R : realFieldType) n d k (X W2 : nat -> nat -> R) (u v : nat -> R) :
  sum k (fun j => u j * sum d (fun c => v c * dual_output n W2 X j c)) =
  sum n (fun i => sum k (fun j => u j * W2 j i) * sum d (fun c => v c * X c i)).
Proof.
rewrite /dual_output /product /transposed; to_field.
under [RHS]sum_ext => i _ do rewrite sum_product.
rewrite [RHS]sum_exchange; apply: sum_ext => j _; rewrite [RHS]sum_exchange -sum_mull; apply: sum_ext => c _.
by rewrite -!sum_mull; apply: sum_ext => i _; ring.
Qed.
