(** Theorem 1, equality: V is half the mean squared distance of two draws from q, so that it vanishes exactly where
    the active prototypes coincide, and so at vertices. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import definitions covariance_definitions covariance.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Equality.
Variable R : realFieldType.
Implicit Types (k d : nat) (q w : nat -> R) (p : nat -> nat -> R).

(** One prototype alone: V = q_0 |p_0 - m|^2 + ... is at least any of its terms. *)
Lemma variance_ge_term k d p q j : simplex k q -> (j < k)%N ->
  q j * distance2 d (p j) (mixture k q p) <= variance k d p q.
Proof.
move=> [q0 _] lt_jk; apply: (sum_ge_term (f := fun j => q j * distance2 d (p j) (mixture k q p))) => // i lt_ik.
by apply: mulr_ge0; [exact: q0 | apply: sum_ge0 => c _; exact: sqr_ge0].
Qed.

(** claim: ddcl.theorem1.equality/simplex/coincident
    value: variance k d p q
    compared: 6db530b78633-845b6a9b2d03 *)
Theorem coincident k d p q : simplex k q ->
  (forall i j c, (i < k)%N -> (j < k)%N -> (c < d)%N -> 0 < q i -> 0 < q j -> p i c = p j c) -> variance k d p q = 0.
Proof.
move=> [q0 mass] same; rewrite /variance; apply: sum_all0 => i lt_ik; to_field.
have [/eqP qi0|qi0] := boolP (q i == 0); first by rewrite qi0 mul0r.
rewrite [X in q i * X](_ : _ = 0) ?mulr0 //; apply: sum_all0 => c lt_cd; to_field.
have -> : mixture k q p c = p i c; last by rewrite subrr mul0r.
have qi : 0 < q i by rewrite lt_def qi0 q0.
rewrite /mixture -[RHS]mul1r -mass -sum_mulr; apply: sum_ext => j lt_jk; to_field.
have [/eqP ->|qj0] := boolP (q j == 0); first by rewrite !mul0r.
by rewrite (same i j c) // lt_def qj0 q0.
Qed.

(** claim: ddcl.theorem1.equality/simplex/vertex
    value: variance k d p q
    compared: a4f26e65c5f7-d9630438a274 *)
Theorem vertex k d p q : simplex k q ->
  (forall i j, (i < k)%N -> (j < k)%N -> i != j -> q i * q j = 0) -> variance k d p q = 0.
Proof.
move=> inside alone; apply: coincident => // i j c lt_ik lt_jk _ qi qj.
have [->//|differ] := eqVneq i j.
by have := alone i j lt_ik lt_jk differ; move/eqP; rewrite mulf_eq0 !gt_eqF.
Qed.

(** claim: ddcl.theorem1.equality/simplex/nowhere-else
    value: variance k d p q
    compared: 43136ce01b5e-34f2ff263a00 *)
Theorem nowhere_else k d p q i j c : simplex k q -> (i < k)%N -> (j < k)%N -> (c < d)%N ->
  0 < q i -> 0 < q j -> p i c != p j c -> 0 < variance k d p q.
Proof.
move=> inside lt_ik lt_jk lt_cd qi qj differ; rewrite lt_neqAle eq_sym; apply/andP; split; last first.
  apply: sum_ge0 => a lt_ak; apply: mulr_ge0; first exact: inside.1.
  by apply: sum_ge0 => b _; exact: sqr_ge0.
apply: contra differ => /eqP zero.
have at_mean a : (a < k)%N -> 0 < q a -> p a c = mixture k q p c.
  move=> lt_ak qa; have := variance_ge_term d p inside lt_ak; rewrite zero pmulr_rle0 // => small.
  have term b : (b < d)%N -> 0 <= square (p a b - mixture k q p b) by move=> _; exact: sqr_ge0.
  have sum0 : distance2 d (p a) (mixture k q p) = 0 by apply/le_anti; rewrite small sum_ge0.
  by have := sum_eq0 term sum0 lt_cd; move/eqP; rewrite mulf_eq0 orbb subr_eq0 => /eqP.
by rewrite (at_mean i) // (at_mean j).
Qed.

(** claim: ddcl.theorem1.equality/softmax/all-coincide
    value: let w := fun j => boltzmann T (distance2 d z (p j)) in variance k d p (share k w)
    compared: 689bb7309323-f76b206ae2d3 *)
Theorem soft_positive k d p w i j c : (forall l, (l < k)%N -> 0 < w l) -> (i < k)%N -> (j < k)%N -> (c < d)%N ->
  p i c != p j c -> 0 < variance k d p (share k w).
Proof.
move=> w0 lt_ik lt_jk lt_cd differ.
apply: (nowhere_else _ lt_ik lt_jk lt_cd _ _ differ); [exact: share_simplex (leq_ltn_trans (leq0n i) lt_ik) w0 | |];
exact: share_gt0.
Qed.

End Equality.
