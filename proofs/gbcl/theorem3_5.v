(** Theorem 3.5: outputs and weights for d <= n.  Where the features are independent, X has a right inverse, XA = I_d. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.gbcl Require Import vectors theorem3_2.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** XA = I_d, where row i of a is row i of A *)
Definition right_inverse (R : realFieldType) (n d : nat) (z a : nat -> nat -> R) : Prop :=
  forall b c, (b < d)%N -> (c < d)%N -> sum n (fun i => z i b * a i c) = multiple_of_identity 1 b c.

Section Theorem35.
Variable R : realFieldType.
Implicit Types (n d i b : nat) (z a : nat -> nat -> R) (u v w o g r : nat -> R) (s c : R).

(** X A w = w
    claim: gbcl.theorem3.5/full-rank/same-space
    claim: gbcl.theorem3.5/any-rank/same-space/amended
    value: entries d (fun c => combined n z (seen d a w) c - w c)
    compared: 7cb92bd03913-7d50225739b6 *)
Theorem same_space n d z a w b : right_inverse n d z a -> (b < d)%N -> combined n z (seen d a w) b = w b.
Proof.
move=> inverse lt_bd; rewrite /combined /seen; to_field; under sum_ext => i _ do rewrite -sum_mulr.
rewrite sum_exchange -[RHS](sum_indicator (w b) lt_bd); apply: sum_ext => c lt_cd.
have -> : sum n (fun i => a i c * w c * z i b) = multiple_of_identity 1 b c * w c.
  by rewrite -(inverse b c lt_bd lt_cd) -sum_mulr; apply: sum_ext => i _; to_field; ring.
by rewrite /multiple_of_identity; case: PeanoNat.Nat.eqb_spec => [->|_]; to_field; rewrite ?mul1r ?mul0r.
Qed.

(** The error e of the output moves along -e, at c times the speed of the base flow.
    claim: gbcl.theorem3.5/full-rank/only-the-temporal-law/amended
    value: entries d (fun b => combined n z (seen d z g) b - c * g b)
    compared: 8b7443f1a5a8-5609a6fdde6a *)
Theorem straight n d c z g b : even_features n d c z -> (b < d)%N -> - combined n z (seen d z g) b = - (c * g b).
Proof. by move=> even lt_bd; rewrite (there_and_back g even lt_bd). Qed.

(** claim: gbcl.theorem3.5/full-rank/rates
    value: square s * inner d r g - inner d r (combined n z (seen d z g))
    compared: ebd203b883e0-47b6c4e88cc3 *)
Theorem rates n d z g r s : (forall b, (b < d)%N -> combined n z (seen d z r) b = square s * r b) ->
  inner d r (fun b => - combined n z (seen d z g) b) = - (square s * inner d r g).
Proof.
move=> axis; rewrite inner_oppr; congr (- _).
rewrite adjoint inner_sym -adjoint (inner_ext (v' := g) (w' := fun b => square s * r b)) //.
by rewrite inner_scaler inner_sym.
Qed.

(** claim: gbcl.theorem3.5/full-rank/null-modes-meaningless
    value: entries d (fun b => combined n z (fun i => o i + u i) b - combined n z o b)
    compared: ebfc78e416c2-8efbdc6669c8 *)
Theorem meaningless n d z o u : (forall b, (b < d)%N -> combined n z u b = 0) ->
  forall b, (b < d)%N -> combined n z (fun i => o i + u i) b = combined n z o b.
Proof. by move=> null b lt_bd; rewrite combined_add null // addr0. Qed.

(** The output is X Omega + b 1; what is fitted is any point c.
    claim: gbcl.theorem3.5/full-rank/bias/amended
    value: inner n u (fun i => - seen d z (fun l => combined n z o l + b - c l) i)
    compared: ef885980e938-b5096a95ae4d *)
Theorem kept_with_a_bias n d z o u (c : nat -> R) (b : R) : (forall l : nat, (l < d)%N -> combined n z u l = 0) ->
  inner n u (fun i => - seen d z (fun l => combined n z o l + b - c l) i) = 0.
Proof. by move=> null; rewrite inner_oppr inner_sym -adjoint inner_sym inner_0l ?oppr0. Qed.

(** With the weights A 1 and the bias -1 every output is 0.
    claim: gbcl.theorem3.5/full-rank/one-more-null-mode
    value: entries d (fun b => combined n z (seen d a (fun _ => 1)) b - 1)
    compared: c031c7bcf5a0-5926777b28cb *)
Theorem one_more n d z a b : right_inverse n d z a -> (b < d)%N ->
  combined n z (seen d a (fun=> 1)) b + -1 = 0.
Proof. by move=> inverse lt_bd; rewrite (same_space (fun=> 1) inverse lt_bd) subrr. Qed.

End Theorem35.
