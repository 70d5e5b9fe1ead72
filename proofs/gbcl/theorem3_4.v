(** Theorem 3.4: what further features change, and in which subspace the dual network stays.  The rows of l are a left inverse of X. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.gbcl Require Import vectors.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** LX = I_n: the samples are independent. *)
Definition left_inverse (R : realFieldType) (n d : nat) (l z : nat -> nat -> R) : Prop :=
  forall i j, (i < n)%N -> (j < n)%N -> inner d (l i) (z j) = multiple_of_identity 1 i j.

Section Theorem34.
Variable R : realFieldType.
Implicit Types (n d e k i j : nat) (z l y : nat -> nat -> R) (u v w o q f a p : nat -> R).

Lemma pick n i (v : nat -> R) : (i < n)%N -> sum n (fun j => multiple_of_identity 1 i j * v j) = v i.
Proof.
move=> lt_in; rewrite -[RHS](sum_indicator (v i) lt_in); apply: sum_ext => j _.
by rewrite /multiple_of_identity; case: PeanoNat.Nat.eqb_spec => [->|_]; to_field; rewrite ?mul1r ?mul0r.
Qed.

(** L X u = u *)
Lemma left_inverts n d l z u i : left_inverse n d l z -> (i < n)%N -> inner d (l i) (combined n z u) = u i.
Proof.
move=> inverse lt_in; rewrite adjoint -[RHS](pick u lt_in); apply: sum_ext => j lt_jn.
by rewrite -[multiple_of_identity _ _ _](inverse i j lt_in lt_jn) inner_sym.
Qed.

(** claim: gbcl.theorem3.4/printed/weights-stay
    value: entries n (fun i => seen d z (combined n l o) i - o i)
    compared: 4e33f25cd509-b84703535b06 *)
Theorem weights_stay n d l z o i : left_inverse n d l z -> (i < n)%N -> seen d z (combined n l o) i = o i.
Proof.
move=> inverse lt_in; rewrite [LHS]adjoint -[RHS](pick o lt_in); apply: sum_ext => j lt_jn.
have -> : seen d l (z i) j = multiple_of_identity 1 i j; last by [].
by rewrite [LHS](inverse j i lt_jn lt_in) /multiple_of_identity PeanoNat.Nat.eqb_sym.
Qed.

(** claim: gbcl.theorem3.4/printed/dimension
    value: entries d (combined n z u)
    compared: 9ee5f2843f31-435644f728a6 *)
Theorem dimension n d l z u : left_inverse n d l z -> (exists2 i, (i < n)%N & u i != 0) ->
  exists2 c, (c < d)%N & combined n z u c != 0.
Proof.
move=> inverse [i lt_in ui]; have [/existsP[c xc]|none] := boolP [exists c : 'I_d, combined n z u c != 0].
  by exists c.
case/negP: ui; rewrite -(left_inverts u inverse lt_in); apply/eqP/sum_all0 => c lt_cd.
have -> : combined n z u c = 0; last exact: mulr0.
by apply/eqP; apply: contraR none => xc; apply/existsP; exists (Ordinal lt_cd).
Qed.

Lemma widened_seen d z f v i : seen d.+1 (widened z f) v i = f i * v 0%N + seen d z (fun c => v c.+1) i.
Proof.
rewrite /seen !sum_bigop big_ord_recl /=; congr (_ + _).
Qed.

Lemma widened_combined n z f w c : combined n (widened z f) w c = if c is b.+1 then combined n z w b else inner n w f.
Proof. by case: c. Qed.

(** The velocity with the feature f beside those of z, with the centroid X q
    claim: gbcl.theorem3.4/printed/velocity/amended
    value: entries n (fun i => dual_velocity n (S d) (widened z f) o (combined n (widened z f) q) i
      - dual_velocity n d z o (combined n z q) i + f i * inner n f (fun j => o j - q j))
    compared: 1d6e796f438c-44c69ce48f61 *)
Theorem velocity_with_a_feature n d z f o q i :
  dual_velocity n d.+1 (widened z f) o (combined n (widened z f) q) i =
  dual_velocity n d z o (combined n z q) i - f i * inner n f (fun j => o j - q j).
Proof.
rewrite inner_subr !(inner_sym _ f); set rest := dual_velocity n d z o _ i.
have -> : dual_velocity n d.+1 (widened z f) o (combined n (widened z f) q) i = - (f i * (inner n o f - inner n q f) - rest).
  by congr (- _); rewrite widened_seen /rest opprK.
ring.
Qed.

(** claim: gbcl.theorem3.4/printed/cells/amended
    value: gap2 (S d) (widened z f) (combined n (widened z f) o) 0 - gap2 d z (combined n z o) 0
      - square (f 0%nat - inner n f o)
    compared: bcf7289222d0-ef13356bb803 *)
Theorem distance_with_a_feature n d z f o i :
  gap2 d.+1 (widened z f) (combined n (widened z f) o) i =
  gap2 d z (combined n z o) i + square (f i - inner n f o).
Proof.
rewrite /gap2 /length2 !sum_bigop big_ord_recl addrC /=; congr (_ + _).
by rewrite (inner_sym _ f).
Qed.

(** claim: gbcl.theorem3.4/moving/base-tends/amended
    value: inner d v (fun c => - pull n z a w c) + sum n a * inner d v w
    compared: 80ab062bef35-a6f3ee71c0cb *)
Theorem base_approaches n d z a v w : (forall i, (i < n)%N -> seen d z v i = 0) ->
  inner d v (fun c => - pull n z a w c) = - (sum n a * inner d v w).
Proof.
move=> off; rewrite inner_oppr; congr (- _).
have split c : pull n z a w c = sum n a * w c - combined n z a c.
  rewrite /pull /combined -sum_mulr -sum_sub; apply: sum_ext => i _; to_field; ring.
rewrite (inner_ext (v' := v) (w' := fun c => sum n a * w c - combined n z a c)) // inner_subr inner_scaler.
by rewrite adjoint (inner_0l _ off) subr0.
Qed.

(** X^T X w - X^T X w' by the inner products of the samples alone *)
Lemma seen_combined n d z w i : seen d z (combined n z w) i = sum n (fun j => w j * inner d (z i) (z j)).
Proof.
rewrite [LHS]adjoint inner_sym; apply: sum_ext => j _; to_field; congr (_ * _); exact: inner_sym.
Qed.

Lemma gap2_inner n d z w i : gap2 d z (combined n z w) i =
  inner d (z i) (z i) - 2%:R * seen d z (combined n z w) i + sum n (fun j => w j * seen d z (combined n z w) j).
Proof.
have -> : sum n (fun j => w j * seen d z (combined n z w) j) = inner d (combined n z w) (combined n z w).
  by rewrite adjoint inner_sym.
rewrite /gap2 length2E inner_subr !inner_subl [inner d (combined _ _ _) (z i)]inner_sym.
by rewrite -[inner d (z i) (combined n z w)]/(seen d z (combined n z w) i); ring.
Qed.

(** claim: gbcl.theorem3.4/inner-products/same-gram
    value: [entries n (fun i => dual_velocity n d z o (combined n z q) i - dual_velocity n e y o (combined n y q) i);
      entries n (fun i => gap2 d z (combined n z o) i - gap2 e y (combined n y o) i)]
    compared: f054d79af9c8-ac3bf7bba57f *)
Theorem same_gram n d e z y o q i :
  (forall i j, (i < n)%N -> (j < n)%N -> inner d (z i) (z j) = inner e (y i) (y j)) -> (i < n)%N ->
  dual_velocity n d z o (combined n z q) i = dual_velocity n e y o (combined n y q) i /\
  gap2 d z (combined n z o) i = gap2 e y (combined n y o) i.
Proof.
move=> same lt_in; have same_seen w j : (j < n)%N -> seen d z (combined n z w) j = seen e y (combined n y w) j.
  by move=> lt_jn; rewrite !seen_combined; apply: sum_ext => l lt_ln; rewrite same.
split; first by rewrite /dual_velocity !seen_sub !same_seen.
rewrite !gap2_inner same // same_seen //; congr (_ + _); apply: sum_ext => j lt_jn.
by rewrite same_seen.
Qed.

(** P c = X W c for the dual prototypes P = XW: prototypes are in the span that the weights give them, whatever d.
    claim: gbcl.theorem3.4/bounded-dimension/dimension
    claim: gbcl.theorem3.4/any-rank/dimension/amended
    value: inner d u (fun a => inner k c (fun j => combined n z (fun i => w i j) a))
    compared: 0660f7909fd3-fb8cffd7e95d *)
Theorem at_most n d k z (w : nat -> nat -> R) (c u : nat -> R) : (forall i, (i < n)%N -> inner k c (w i) = 0) ->
  inner d u (fun b : nat => inner k c (fun j => combined n z (fun i => w i j) b)) = 0.
Proof.
move=> dependent; rewrite inner_sym inner_0l // => b lt_bd.
rewrite [LHS](_ : _ = combined n z (fun i => inner k c (w i)) b); last first.
  rewrite /inner /combined; to_field; under sum_ext => j _ do rewrite -sum_mull.
  rewrite sum_exchange; apply: sum_ext => i _; rewrite -sum_mulr; apply: sum_ext => j _; ring.
exact: combined_0.
Qed.

End Theorem34.
