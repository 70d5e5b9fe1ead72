(** Where weights of mean 0 put the prototypes: means over any law with finitely many values. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.gbcl Require Import vectors initialisation_definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** The n weights omega_e with the probabilities p_e, e < m: uncorrelated, of mean 0 and variance s *)
Definition weights (R : realFieldType) (m n : nat) (s : R) (p : nat -> R) (omega : nat -> nat -> R) : Prop :=
  [/\ sum m p = 1, forall i, (i < n)%N -> sum m (fun e => p e * omega e i) = 0 &
    forall i j, (i < n)%N -> (j < n)%N -> sum m (fun e => p e * (omega e i * omega e j)) = multiple_of_identity s i j].

Section Initialisation.
Variable R : realFieldType.
Implicit Types (m n d i c : nat) (z omega : nat -> nat -> R) (p t a b : nat -> R) (s k : R).

Lemma mean_linear m n s p omega a : weights m n s p omega -> sum m (fun e => p e * inner n a (omega e)) = 0.
Proof.
case=> _ mean0 _; rewrite /inner; to_field; under sum_ext => e _ do rewrite -sum_mull.
rewrite sum_exchange; apply: sum_all0 => i lt_in; rewrite -[RHS](mulr0 (a i)) -(mean0 i lt_in) -sum_mull.
by apply: sum_ext => e _; rewrite mulrCA.
Qed.

Lemma mean_product m n s p omega a b : weights m n s p omega ->
  sum m (fun e => p e * (inner n a (omega e) * inner n b (omega e))) = s * inner n a b.
Proof.
case=> _ _ second.
transitivity (sum m (fun e => sum n (fun i => sum n (fun j => a i * b j * (p e * (omega e i * omega e j)))))).
  apply: sum_ext => e _; rewrite /inner; to_field; rewrite sum_product -sum_mull; apply: sum_ext => i _.
  by rewrite -sum_mull; apply: sum_ext => j _; ring.
rewrite sum_exchange /inner -sum_mull; apply: sum_ext => i lt_in; rewrite sum_exchange.
rewrite -[RHS](sum_indicator _ lt_in); apply: sum_ext => j lt_jn; rewrite sum_mull second // /multiple_of_identity; to_field.
by case: PeanoNat.Nat.eqb_spec => [->|_]; [ring | rewrite mulr0].
Qed.

(** claim: gbcl.initialisation/shape/shape-of-the-start
    claim: gbcl.initialisation/around/around-the-data/amended
    value: mean_of n s (fun o => inner d a (combined n z o) * inner d b (combined n z o)) - s * inner n (seen d z a) (seen d z b)
    compared: 64c125e2734f-2b3b7fcd67e4 *)
Theorem shape_of_the_start m n d s p omega z a b : weights m n s p omega ->
  sum m (fun e => p e * (inner d a (combined n z (omega e)) * inner d b (combined n z (omega e)))) =
  s * inner n (seen d z a) (seen d z b).
Proof. by move=> law; rewrite -(mean_product _ _ law); apply: sum_ext => e _; rewrite !adjoint. Qed.

Lemma mean_square m n s p omega a (x : R) : weights m n s p omega ->
  sum m (fun e => p e * square (inner n a (omega e) - x)) = square x + s * inner n a a.
Proof.
move=> law; have [total _ _] := law; rewrite -(mean_product a a law).
have term e : p e * square (inner n a (omega e) - x) =
    p e * (inner n a (omega e) * inner n a (omega e)) - 2%:R * x * (p e * inner n a (omega e)) + square x * p e.
  by rewrite /square; to_field; ring.
under sum_ext => e _ do rewrite term.
by rewrite sum_add sum_sub !sum_mull (mean_linear a law) total mulr0 subr0 mulr1 addrC.
Qed.

(** claim: gbcl.initialisation/mean-square/dual-mean-square
    value: mean_of n s (fun o => length2 d (fun c => combined n z o c - t c)) - length2 d t - s * Σ (i < n) length2 d (z i)
    compared: fe93fe0efc2d-d0bebf7014ba *)
Theorem dual_mean_square m n d s p omega z t : weights m n s p omega ->
  sum m (fun e => p e * length2 d (fun c => combined n z (omega e) c - t c)) =
  length2 d t + s * sum n (fun i => length2 d (z i)).
Proof.
move=> law; transitivity (sum d (fun c => sum m (fun e => p e * square (inner n (z^~ c) (omega e) - t c)))).
  rewrite sum_exchange; apply: sum_ext => e _; rewrite sum_mull; congr (_ * _); apply: sum_ext => c _.
  by rewrite inner_sym.
rewrite (@sum_ext R d _ (fun c => square (t c) + s * inner n (z^~ c) (z^~ c))); last by move=> c _; exact: mean_square.
rewrite sum_add sum_mull; congr (_ + _ * _); rewrite /inner sum_exchange; by [].
Qed.

(** claim: gbcl.initialisation/mean-square/base-mean-square
    value: entries d (fun i => mean_of d s (fun w => square (w i - t i)) - square (t i) - s)
    compared: 69742a3f4854-a663593a60ec *)
Theorem base_mean_square m d s p omega t i : weights m d s p omega -> (i < d)%N ->
  sum m (fun e => p e * square (omega e i - t i)) = square (t i) + s.
Proof.
move=> law lt_id; have picked e : inner d (multiple_of_identity 1 i) (omega e) = omega e i.
  rewrite -[RHS](sum_indicator (omega e i) lt_id); apply: sum_ext => j _; rewrite /multiple_of_identity.
  by case: PeanoNat.Nat.eqb_spec => [->|_]; to_field; rewrite ?mul1r ?mul0r.
under sum_ext => e _ do rewrite -picked.
rewrite (mean_square _ _ law); congr (_ + _); rewrite -[RHS]mulr1; congr (_ * _).
rewrite -[RHS](sum_indicator (1 : R) lt_id); apply: sum_ext => j _; rewrite /multiple_of_identity.
by case: PeanoNat.Nat.eqb_spec => _; to_field; rewrite ?mul1r ?mul0r.
Qed.

(** Standardised data, sum_i |x_i|^2 = n d: E|XOmega|^2 = 2nd / (n + k) and E|W|^2 = 2d / (d + k)
    claim: gbcl.initialisation/mean-square/closer-to-samples/amended
    claim: gbcl.initialisation/one-prototype/shorter-path/amended
    value: n * d * glorot n k - d * glorot d k
    compared: b5b7266b436e-89400e746cf7 *)
Theorem farther (n d k : R) : 2%:R <= n -> 1 <= d -> 1 <= k -> d * glorot d k < n * d * glorot n k.
Proof.
move=> n2 d1 k1; have d0 : 0 < d by exact: lt_le_trans ltr01 d1.
have k0 : 0 < k by exact: lt_le_trans ltr01 k1.
have n0 : 0 < n by apply: lt_le_trans n2; rewrite ltr0n.
rewrite /glorot; to_field; rewrite [n * d]mulrC -mulrA ltr_pmul2l //.
rewrite mulrA ltr_pdivr_mulr ?addr_gt0 // mulrAC ltr_pdivl_mulr ?addr_gt0 //.
have -> : n * 2%:R * (d + k) = 2%:R * (n + k) + 2%:R * (n * d - n + (n - 1) * k) by ring.
have n1 : 1 < n by apply: lt_le_trans n2; rewrite ltr1n.
rewrite ltr_addl mulr_gt0 ?ltr0n // ltr_paddl ?mulr_gt0 ?subr_gt0 // -{2}[n]mulr1 -mulrBr mulr_ge0 ?subr_ge0 //.
exact: ltW.
Qed.

(** claim: gbcl.initialisation/mean-square/vanilla-near-origin
    claim: gbcl.initialisation/nearest/vanilla-near-origin
    value: d - d * glorot d k
    compared: f56fe7dc426f-99201f8b0cd9 *)
Theorem near_origin (d k : R) : 1 <= d -> 1 <= k -> d * glorot d k <= d.
Proof.
move=> d1 k1; have d0 : 0 < d by exact: lt_le_trans ltr01 d1.
rewrite /glorot; to_field; rewrite ger_pmulr // ler_pdivr_mulr ?mul1r ?addr_gt0 ?(lt_le_trans ltr01) //.
exact: ler_add d1 k1.
Qed.

End Initialisation.
