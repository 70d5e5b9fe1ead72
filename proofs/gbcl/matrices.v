(** Matrices as functions of two indices: what the proofs on the two networks share. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Export algebra.
From DDCL.gbcl Require Export definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** The m x n matrices A and B are equal. *)
Definition same (R : realFieldType) (m n : nat) (A B : nat -> nat -> R) : Prop :=
  forall i j, (i < m)%N -> (j < n)%N -> A i j = B i j.

Section Matrices.
Variable R : realFieldType.
Implicit Types (m n l d k : nat) (A B C : nat -> nat -> R) (c : R).

Lemma same_sym m n A B : same m n A B -> same m n B A.
Proof. by move=> AB i j lt_im lt_jn; rewrite AB. Qed.

Lemma same_trans m n A B C : same m n A B -> same m n B C -> same m n A C.
Proof. by move=> AB BC i j lt_im lt_jn; rewrite AB // BC. Qed.

Lemma product_left n A B C i j : (forall l, (l < n)%N -> A i l = B i l) -> product n A C i j = product n B C i j.
Proof. by move=> AB; apply: sum_ext => l lt_ln; rewrite AB. Qed.

Lemma product_right n A B C i j : (forall l, (l < n)%N -> B l j = C l j) -> product n A B i j = product n A C i j.
Proof. by move=> BC; apply: sum_ext => l lt_ln; rewrite BC. Qed.

Lemma product_assoc m n A B C i j : product n (product m A B) C i j = product m A (product n B C) i j.
Proof.
rewrite /product; to_field.
under sum_ext => l _ do rewrite -sum_mulr.
rewrite sum_exchange; apply: sum_ext => l _.
by rewrite -sum_mull; apply: sum_ext => h _; rewrite mulrA.
Qed.

Lemma product_identity n A i j : (j < n)%N -> product n A identity i j = A i j.
Proof.
move=> lt_jn; rewrite /product /identity; to_field.
rewrite (@sum_ext _ _ _ (fun l => if Nat.eqb j l then A i j else 0)) ?sum_indicator // => l _.
by rewrite PeanoNat.Nat.eqb_sym; case: PeanoNat.Nat.eqb_spec => [->|_]; rewrite ?mulr1 ?mulr0.
Qed.

Lemma identity_product n A i j : (i < n)%N -> product n identity A i j = A i j.
Proof.
move=> lt_in; rewrite /product /identity; to_field.
rewrite (@sum_ext _ _ _ (fun l => if Nat.eqb i l then A i j else 0)) ?sum_indicator // => l _.
by case: PeanoNat.Nat.eqb_spec => [->|_]; rewrite ?mul1r ?mul0r.
Qed.

Lemma scaled_product n c A B i j : product n (scaled c A) B i j = c * product n A B i j.
Proof. by rewrite /product /scaled -sum_mull; apply: sum_ext => l _; to_field; rewrite mulrA. Qed.

Lemma product_scaled n c A B i j : product n A (scaled c B) i j = c * product n A B i j.
Proof. by rewrite /product /scaled -sum_mull; apply: sum_ext => l _; to_field; ring. Qed.

Lemma product_transposed n A B i j : product n A B i j = product n (transposed B) (transposed A) j i.
Proof. by apply: sum_ext => l _; to_field; rewrite /transposed mulrC. Qed.

(** Y_2 of the weights PX is P XX^T. *)
Lemma dual_output_of_product n d A X i j :
  dual_output n (product d A X) X i j = product d A (feature_gram n X) i j.
Proof. exact: product_assoc. Qed.

(** Y_1 of the weights W_2 X^T is W_2 X^T X. *)
Lemma base_output_of_product n d A X i j :
  base_output d (product n A (transposed X)) X i j = product n A (sample_gram d X) i j.
Proof. exact: product_assoc. Qed.

(** Y_2 of a product GX, with XX^T = c I: c times G. *)
Lemma even_output k d n c X (G : nat -> nat -> R) : same d d (feature_gram n X) (scaled c identity) ->
  same k d (dual_output n (product d G X) X) (scaled c G).
Proof.
move=> even i j lt_ik lt_jd; rewrite dual_output_of_product (product_right G (C := scaled c identity)).
  by rewrite product_scaled product_identity.
by move=> l lt_ld; apply: even.
Qed.

(** |A|^2, summed over m x n entries *)
Definition norm2 m n A := sum m (fun i => sum n (fun j => square (A i j))).
Definition trace n A := sum n (fun i => A i i).

Lemma number_natr n : number n = n%:R :> R.
Proof. by elim: n => [|n /= ->] //; to_field; rewrite mulrSr. Qed.

Lemma norm2_minus_identity n A : norm2 n n (difference A identity) = norm2 n n A - 2%:R * trace n A + n%:R.
Proof.
have row i : (i < n)%N -> sum n (fun j => square (difference A identity i j : R)) =
    sum n (fun j => square (A i j)) - 2%:R * A i i + 1.
  move=> lt_in.
  have term j : square (difference A identity i j) =
      square (A i j) - 2%:R * (if Nat.eqb i j then A i i else 0) + (if Nat.eqb i j then 1 else 0).
    by rewrite /difference /identity; to_field; case: PeanoNat.Nat.eqb_spec => [->|_]; ring.
  by under sum_ext => j _ do rewrite term; rewrite sum_add sum_sub sum_mull !sum_indicator.
rewrite /norm2 /trace (sum_ext row) sum_add sum_sub sum_mull sum_const.
by rewrite mulr1.
Qed.

(** |XX^T|^2 = |X^T X|^2, and their traces agree too. *)
Lemma grams_norm2 n d (X : nat -> nat -> R) : norm2 d d (feature_gram n X) = norm2 n n (sample_gram d X).
Proof.
have left : norm2 d d (feature_gram n X) =
    sum d (fun a => sum d (fun b => sum n (fun i => sum n (fun j => X a i * X b i * (X a j * X b j))))).
  by apply: sum_ext => a _; apply: sum_ext => b _; rewrite /feature_gram /product /transposed; to_field; rewrite sum_product.
have right : norm2 n n (sample_gram d X) =
    sum n (fun i => sum n (fun j => sum d (fun a => sum d (fun b => X a i * X a j * (X b i * X b j))))).
  by apply: sum_ext => a _; apply: sum_ext => b _; rewrite /sample_gram /product /transposed; to_field; rewrite sum_product.
rewrite left right; under sum_ext => a _ do rewrite sum_exchange.
rewrite sum_exchange; apply: sum_ext => i _.
under sum_ext => a _ do rewrite sum_exchange.
rewrite sum_exchange; apply: sum_ext => j _.
by apply: sum_ext => a _; apply: sum_ext => b _; ring.
Qed.

Lemma grams_trace n d (X : nat -> nat -> R) : trace d (feature_gram n X) = trace n (sample_gram d X).
Proof. by rewrite /trace /feature_gram /sample_gram /product sum_exchange. Qed.

(** |XX^T - I_d|^2 + n = |X^T X - I_n|^2 + d *)
Lemma counted n d (X : nat -> nat -> R) :
  norm2 d d (difference (feature_gram n X) identity) + n%:R = norm2 n n (difference (sample_gram d X) identity) + d%:R.
Proof. by rewrite !norm2_minus_identity grams_norm2 grams_trace; ring. Qed.

End Matrices.

(** Numbers that differ: for counterexamples. *)
Lemma differ (R : realFieldType) (x y c : R) : x = y -> x - y = c -> c != 0 -> False.
Proof. by move=> <-; rewrite subrr => <-; rewrite eqxx. Qed.

(** Computes the entries of matrices that are given as arrays. *)
Ltac numbers := cbn beta iota delta [product transposed identity scaled difference feature_gram sample_gram base_output
  dual_output array sum List.nth Nat.eqb number square power zero one add neg mul inv field_arithmetic].
