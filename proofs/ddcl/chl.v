(** Mutually nearest prototypes a and b: any third one is at least sqrt 3 times as far from their midpoint as they are. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import definitions scale_definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Links.
Variable R : realFieldType.
Implicit Types (d : nat) (a b c : nat -> R).

(** claim: ddcl.chl/counts/mutual/amended
    claim: ddcl.chl/links/mutual/amended
    claim: ddcl.chl/objective/mutual/amended
    value: distance2 d c (midpoint a b) - (2 + 1) * distance2 d a (midpoint a b)
    compared: 96eb38a3be9e-df5d6e73e4a3 *)
Theorem far_from_the_midpoint d a b c : distance2 d a b <= distance2 d c a -> distance2 d a b <= distance2 d c b ->
  3%:R * distance2 d a (midpoint a b) <= distance2 d c (midpoint a b).
Proof.
move=> near_a near_b; rewrite -subr_ge0.
have -> : distance2 d c (midpoint a b) - 3%:R * distance2 d a (midpoint a b) =
    2%:R^-1 * (distance2 d c a - distance2 d a b) + 2%:R^-1 * (distance2 d c b - distance2 d a b).
  rewrite /distance2 /norm2 -sum_mull -!sum_sub -!sum_mull -sum_add; apply: sum_ext => i _.
  by rewrite /midpoint; to_field; field.
by rewrite addr_ge0 // mulr_ge0 ?invr_ge0 ?ler0n // subr_ge0.
Qed.

End Links.
