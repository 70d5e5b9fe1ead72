(** (10): solutions of the problem with the entropy as a penalty solve the one with the entropy as a constraint. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.secu Require Import labels_definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section EntropyDual.
Variable R : realFieldType.

(** For any function H of labels, among any labels: y minimises sum y c under H >= H(y) if it minimises sum y c - alpha H.
    claim: secu.entropy-dual/one-hot/has-a-multiplier/amended
    claim: secu.entropy-dual/one-hot/penalised-solves
    value: cost n k c v - cost n k c y
    compared: 0361dacae129-d6644b4feefd *)
Theorem penalised_solves n k (H : (nat -> nat -> R) -> R) (allowed : (nat -> nat -> R) -> Prop) c y alpha : 0 <= alpha ->
  (forall v, allowed v -> cost n k c y - alpha * H y <= cost n k c v - alpha * H v) ->
  forall v, allowed v -> H y <= H v -> cost n k c y <= cost n k c v.
Proof.
move=> alpha0 minimal v v_allowed more; have := minimal v v_allowed.
rewrite ler_subl_addr -addrA; move/le_trans; apply.
by rewrite ger_addl addrC subr_le0 ler_wpmul2l.
Qed.

(** Labels that are shares, every cluster being used
    claim: secu.entropy-dual/relaxed/penalised-solves
    value: cost n k c v - cost n k c y
    compared: 52463d795748-6cd7ddb2f74a *)
Theorem penalised_solves_shares n k (H : (nat -> nat -> R) -> R) c y alpha :
  let shares v := (forall i, (i < n)%N -> simplex k (v i)) /\ (forall j, (j < k)%N -> 0 < size n v j) in 0 <= alpha ->
  (forall v, shares v -> cost n k c y - alpha * H y <= cost n k c v - alpha * H v) ->
  forall v, shares v -> H y <= H v -> cost n k c y <= cost n k c v.
Proof. by move=> shares alpha0; exact: penalised_solves. Qed.

End EntropyDual.
