(** (54), (55): left singular vectors from right ones, and the output at a critical point. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.gbcl Require Import vectors theorem3_4.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** X^T X v = s v: a right singular vector *)
Definition right_vector (R : realFieldType) (n d : nat) (z : nat -> nat -> R) (v : nat -> R) (s : R) : Prop :=
  forall i, (i < n)%N -> seen d z (combined n z v) i = s * v i.

Section Vectors.
Variable R : realFieldType.
Implicit Types (n d i b : nat) (z l : nat -> nat -> R) (u v o q : nat -> R) (s t : R).

(** X v / sigma *)
Definition left_vector n z v s (b : nat) : R := combined n z v b / s.

(** claim: gbcl.lemma3.3/samples/left-vectors
    value: let u := fun c => combined n z a c / s in entries d (fun c => combined n z (seen d z u) c - square s * u c)
    compared: 0ef3b7be995d-3d7fbc2dcbe7 *)
Theorem left_vectors n d z v s : right_vector n d z v (square s) -> 0 < s ->
  forall b, (b < d)%N -> combined n z (seen d z (left_vector n z v s)) b = square s * left_vector n z v s b.
Proof.
move=> right s0 b _; have scaled i : (i < n)%N -> seen d z (left_vector n z v s) i = s * v i.
  move=> lt_in; rewrite (@seen_ext R d z _ (fun c => s^-1 * combined n z v c) i) ?seen_scale ?right //.
    by rewrite /square; to_field; rewrite mulrA mulKf // gt_eqF.
  by move=> c _; rewrite /left_vector mulrC.
rewrite (combined_ext _ _ scaled) combined_scale /left_vector /square; to_field.
by rewrite [_ / s]mulrC mulrA mulfK // gt_eqF.
Qed.

(** claim: gbcl.lemma3.3/samples/left-vectors-orthonormal
    value: inner d (fun c => combined n z a c / s) (fun c => combined n z b c / t) - s / t * inner n a b
    compared: 81436908d418-834a0f0b00da *)
Theorem left_vectors_orthonormal n d z v w s t : right_vector n d z v (square s) -> 0 < s -> 0 < t ->
  inner d (left_vector n z v s) (left_vector n z w t) = s / t * inner n v w.
Proof.
move=> right s0 t0.
have -> : inner d (left_vector n z v s) (left_vector n z w t) = s^-1 * (t^-1 * inner d (combined n z v) (combined n z w)).
  rewrite -inner_scaler -inner_scalel; apply: inner_ext => b _; rewrite /left_vector; exact: mulrC.
rewrite adjoint (inner_ext (v' := fun i => square s * v i) (w' := w)) // inner_scalel /square; to_field.
by field; rewrite !gt_eqF.
Qed.

(** claim: gbcl.lemma3.3/samples/index-range
    claim: gbcl.lemma3.3/any-rank/index-range/amended
    value: s
    compared: 74d360870523-60021eb09ef9 *)
Theorem positive_value n d l z v s : left_inverse n d l z -> right_vector n d z v (square s) ->
  (exists2 i, (i < n)%N & v i != 0) -> s != 0.
Proof.
move=> inverse right [i lt_in]; apply: contra => /eqP s0; rewrite -(left_inverts v inverse lt_in).
apply/eqP/sum_all0 => b lt_bd; rewrite (output_eq0 (n := n) (z := z) (w := v) _ lt_bd) ?[LHS]mulr0 // => j lt_jn.
by rewrite right // s0 /square; to_field; rewrite !mul0r.
Qed.

(** claim: gbcl.lemma3.3/samples/centroid
    value: entries d (fun b => combined n z o b - combined n z q b)
    compared: 7a8e63bd4046-f94cfd3d26ec *)
Theorem centroid_reached n d z o q : (forall i, (i < n)%N -> seen d z (combined n z o) i = seen d z (combined n z q) i) ->
  forall b, (b < d)%N -> combined n z o b = combined n z q b.
Proof.
move=> critical b lt_bd; apply/eqP; rewrite -subr_eq0 -combined_sub; apply/eqP; move: b lt_bd.
apply: output_eq0 => i lt_in.
rewrite (@seen_ext R d z _ (fun c => combined n z o c - combined n z q c) i) ?seen_sub ?critical ?subrr // => c _.
exact: combined_sub.
Qed.

(** For any mean mu the output is the nearest point of the span of the samples.
    claim: gbcl.lemma3.3/population/expectation/amended
    value: length2 d (fun b => combined n z q b - c b) - length2 d (fun b => combined n z o b - c b)
      - length2 d (combined n z (fun i => q i - o i))
    compared: be6aceb697be-a3816ee5c1b8 *)
Theorem nearest_in_range n d z o q (c : nat -> R) : (forall i, (i < n)%N -> seen d z (combined n z o) i = seen d z c i) ->
  length2 d (fun b => combined n z q b - c b) =
  length2 d (fun b => combined n z o b - c b) + length2 d (combined n z (fun i => q i - o i)).
Proof.
move=> critical; set e := fun b => combined n z o b - c b; set w := combined n z (fun i => q i - o i).
have cross : inner d e w = 0.
  by rewrite adjoint; apply: inner_0l => i lt_in; rewrite seen_sub critical ?subrr.
rewrite !length2E (@inner_ext R d _ (fun b => e b + w b) _ (fun b => e b + w b)); last 2 first.
- by move=> b _; rewrite /w combined_sub /e; ring.
- by move=> b _; rewrite /w combined_sub /e; ring.
clearbody e w; have cross' : inner d w e = 0 by rewrite inner_sym.
by rewrite inner_addr ![inner d (fun b => e b + w b) _]inner_sym !inner_addr cross cross' addr0 add0r.
Qed.

End Vectors.
