(** Theorem 2.1, amended for Adam: under Z^T Z = I plain gradient steps of both networks move the prototypes alike. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.gbcl Require Import vectors theorem3_2.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** The prototypes P = Z^T W of the weights w; dL/dW = Z (dL/dP) for the slopes g of the loss in the prototypes.
    claim: gbcl.theorem2.1/adam/same-step/amended
    value: Σ (j < k) inner d (r j) (fun c => combined n z (fun i => w i j - eta * seen d z (g j) i) c
      - (combined n z (fun i => w i j) c - eta * g j c))
    compared: fc3468b172b8-8f5f5a61c32b *)
Theorem same_step (R : realFieldType) n d k (z w g : nat -> nat -> R) eta : even_features n d 1 z ->
  forall j c, (j < k)%N -> (c < d)%N ->
  combined n z (fun i => w i j - eta * seen d z (g j) i) c = combined n z (fun i => w i j) c - eta * g j c.
Proof. by move=> unit j c _ lt_cd; rewrite combined_sub combined_scale (there_and_back _ unit) // mul1r. Qed.
