(** Lemma 3.3: X R(X^T) = R(X), in terms of vectors v that are orthogonal to a space. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.gbcl Require Import flows_definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Lemma33.
Variable R : realFieldType.
Implicit Types (n d : nat) (z : nat -> nat -> R) (p v w : nat -> R).

(** v . Xw = (X^T v) . w *)
Lemma adjoint n d z v w : inner d v (combined n z w) = inner n (seen d z v) w.
Proof.
rewrite /inner /combined /seen; to_field; under sum_ext => c _ do rewrite -sum_mull.
rewrite sum_exchange; apply: sum_ext => i _; rewrite -sum_mulr; apply: sum_ext => c _; ring.
Qed.

(** claim: gbcl.lemma3.3/samples/into
    value: inner d v (combined n z (seen d z p))
    compared: 0f71a384bbfa-ff646aafc72d *)
Theorem into n d z p v : (forall i, (i < n)%N -> seen d z v i = 0) -> inner d v (combined n z (seen d z p)) = 0.
Proof. by move=> orthogonal; rewrite adjoint; apply: sum_all0 => i lt_in; rewrite orthogonal //; exact: mul0r. Qed.

(** claim: gbcl.lemma3.3/samples/onto
    value: entries n (seen d z v)
    compared: f2dd2feaa9d1-9ea9bbbcf870 *)
Theorem onto n d z v : (forall c, (c < d)%N -> combined n z (seen d z v) c = 0) ->
  forall i, (i < n)%N -> seen d z v i = 0.
Proof.
move=> annihilated i lt_in.
have total : inner n (seen d z v) (seen d z v) = 0.
  by rewrite -adjoint; apply: sum_all0 => c lt_cd; rewrite annihilated //; exact: mulr0.
have /eqP := sum_eq0 (fun l _ => sqr_ge0 (seen d z v l)) total lt_in.
by rewrite mulf_eq0 orbb => /eqP.
Qed.

End Lemma33.
