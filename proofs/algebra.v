(** Sums over an ordered field: what the proofs of algebraic statements share. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Export arithmetic.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

#[global] Instance field_arithmetic (R : realFieldType) : Arithmetic R := {
  zero := 0;
  one := 1;
  add := +%R;
  neg := -%R;
  mul := *%R;
  inv := GRing.inv
}.

(** Replaces the operations that definitions are written in by those of the field, under binders too. *)
Ltac to_field := cbn beta iota delta [zero one add neg mul inv field_arithmetic square]; rewrite -?/(field_arithmetic _).

Section Sums.
Variable R : realFieldType.
Implicit Types (n : nat) (f g : nat -> R) (c : R).

Lemma sum0 f : sum 0 f = 0.
Proof. by []. Qed.

Lemma sumS n f : sum n.+1 f = sum n f + f n.
Proof. by []. Qed.

Lemma sum_bigop n f : sum n f = \sum_(i < n) f i.
Proof. by elim: n => [|n IH]; rewrite ?big_ord0 // big_ord_recr sumS IH. Qed.

Lemma sum_ext n f g : (forall i, (i < n)%N -> f i = g i) -> sum n f = sum n g.
Proof. by move=> fg; rewrite !sum_bigop; apply: eq_bigr => i _; apply: fg. Qed.

Lemma sum_add n f g : sum n (fun i => f i + g i) = sum n f + sum n g.
Proof. by rewrite !sum_bigop big_split. Qed.

Lemma sum_neg n f : sum n (fun i => - f i) = - sum n f.
Proof. by rewrite !sum_bigop sumrN. Qed.

Lemma sum_sub n f g : sum n (fun i => f i - g i) = sum n f - sum n g.
Proof. by rewrite sum_add sum_neg. Qed.

Lemma sum_mull n c f : sum n (fun i => c * f i) = c * sum n f.
Proof. by rewrite !sum_bigop mulr_sumr. Qed.

Lemma sum_mulr n c f : sum n (fun i => f i * c) = sum n f * c.
Proof. by rewrite !sum_bigop mulr_suml. Qed.

Lemma sum_zero n : sum n (fun=> 0 : R) = 0.
Proof. by rewrite sum_bigop big1. Qed.

Lemma sum_all0 n f : (forall i, (i < n)%N -> f i = 0) -> sum n f = 0.
Proof. by move=> f0; rewrite (sum_ext f0) sum_zero. Qed.

Lemma sum_const n c : sum n (fun=> c) = n%:R * c.
Proof. by rewrite sum_bigop sumr_const card_ord mulr_natl. Qed.

Lemma sum_exchange n m (f : nat -> nat -> R) :
  sum n (fun i => sum m (fun j => f i j)) = sum m (fun j => sum n (fun i => f i j)).
Proof.
rewrite !sum_bigop; under eq_bigr do rewrite sum_bigop.
by rewrite exchange_big; under [RHS]eq_bigr do rewrite sum_bigop.
Qed.

Lemma sum_ge0 n f : (forall i, (i < n)%N -> 0 <= f i) -> 0 <= sum n f.
Proof. by move=> f0; rewrite sum_bigop; apply: sumr_ge0 => i _; apply: f0. Qed.

Lemma sum_le n f g : (forall i, (i < n)%N -> f i <= g i) -> sum n f <= sum n g.
Proof. by move=> fg; rewrite !sum_bigop; apply: ler_sum => i _; apply: fg. Qed.

(** Terms that are not negative and sum to 0 all vanish. *)
Lemma sum_eq0 n f :
  (forall i, (i < n)%N -> 0 <= f i) -> sum n f = 0 -> forall i, (i < n)%N -> f i = 0.
Proof.
move=> f0; rewrite sum_bigop => /eqP; rewrite psumr_eq0 => [/allP all0 i lt_in|i _]; last exact: f0.
by apply/eqP; move: (all0 (Ordinal lt_in)); apply; rewrite mem_index_enum.
Qed.

(** The sum is at least each of its terms, where none is negative. *)
Lemma sum_ge_term n f j : (j < n)%N -> (forall i, (i < n)%N -> 0 <= f i) -> f j <= sum n f.
Proof.
move=> lt_jn f0; rewrite sum_bigop (bigD1 (Ordinal lt_jn)) //= ler_addl.
by apply: sumr_ge0 => i _; apply: f0.
Qed.

Lemma sum_gt0 n f i : (i < n)%N -> (forall j, (j < n)%N -> 0 < f j) -> 0 < sum n f.
Proof.
move=> lt_in f0; apply: lt_le_trans (f0 i lt_in) (sum_ge_term lt_in _) => j lt_jn.
exact/ltW/f0.
Qed.

(** A product of two sums is a double sum. *)
Lemma sum_product n m f g : sum n f * sum m g = sum n (fun i => sum m (fun j => f i * g j)).
Proof. by rewrite -sum_mulr; apply: sum_ext => i _; rewrite sum_mull. Qed.

(** A sum with one term. *)
Lemma sum_indicator n i c : (i < n)%N -> sum n (fun j => if Nat.eqb i j then c else 0) = c.
Proof.
move=> lt_in; rewrite sum_bigop (bigD1 (Ordinal lt_in)) //= PeanoNat.Nat.eqb_refl big1 ?addr0 // => j other.
by case: PeanoNat.Nat.eqb_spec => // eq_ij; case/negP: other; apply/eqP/val_inj.
Qed.

End Sums.

(** q is a point of the probability simplex with k vertices. *)
Definition simplex (R : realFieldType) (k : nat) (q : nat -> R) : Prop :=
  (forall j, (j < k)%N -> 0 <= q j) /\ sum k q = 1.
