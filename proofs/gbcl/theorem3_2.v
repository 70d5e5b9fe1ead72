(** Theorem 3.2: under X X^T = I the outputs of the dual flow follow the base flow; its weights need not lie in R(X^T). *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.gbcl Require Import matrices flows_definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** X X^T = c I_d *)
Definition even_features (R : realFieldType) (n d : nat) (c : R) (z : nat -> nat -> R) : Prop :=
  forall a b, (a < d)%N -> (b < d)%N -> gram n z a b = multiple_of_identity c a b.

Section Theorem32.
Variable R : realFieldType.
Implicit Types (n d a : nat) (z : nat -> nat -> R) (c : R) (g u v w o q : nat -> R).

(** X X^T g = c g *)
Lemma there_and_back n d c z g a : even_features n d c z -> (a < d)%N -> combined n z (seen d z g) a = c * g a.
Proof.
move=> even lt_ad; rewrite /combined /seen; to_field.
under sum_ext => i _ do rewrite -sum_mulr.
rewrite sum_exchange -(sum_indicator (c * g a) lt_ad); apply: sum_ext => b lt_bd.
have -> : sum n (fun i => z i b * g b * z i a) = gram n z a b * g b.
  by rewrite /gram -sum_mulr; apply: sum_ext => i _; to_field; ring.
by rewrite even // /multiple_of_identity; case: PeanoNat.Nat.eqb_spec => [->|_] //; exact: mul0r.
Qed.

Lemma combined_opp n z w a : combined n z (fun i => - w i) a = - combined n z w a.
Proof. by rewrite /combined -sum_neg; apply: sum_ext => i _; exact: mulNr. Qed.

(** claim: gbcl.theorem3.2/unit-variance/same-outputs/amended
    value: entries d (fun a => combined n z (dual_velocity n d z o (combined n z q)) a
      - c * base_velocity (combined n z o) (combined n z q) a)
    compared: 645c7532ac48-ad70af821b3a *)
Theorem scaled_outputs n d z o q c a : even_features n d c z -> (a < d)%N ->
  combined n z (dual_velocity n d z o (combined n z q)) a = c * base_velocity (combined n z o) (combined n z q) a.
Proof.
move=> even lt_ad; rewrite /dual_velocity [LHS]combined_opp (there_and_back _ even) //.
by rewrite /base_velocity; to_field; rewrite -mulrN opprB.
Qed.

(** claim: gbcl.theorem3.2/orthonormal/same-outputs
    value: entries d (fun a => combined n z (dual_velocity n d z o (combined n z q)) a
      - base_velocity (combined n z o) (combined n z q) a)
    compared: 8c241d55e3a0-2f8efc083ea9 *)
Theorem same_outputs n d z o q a : even_features n d 1 z -> (a < d)%N ->
  combined n z (dual_velocity n d z o (combined n z q)) a = base_velocity (combined n z o) (combined n z q) a.
Proof. by move=> unit lt_ad; rewrite (scaled_outputs _ _ unit) // mul1r. Qed.

(** claim: gbcl.theorem3.2/moving/same-outputs
    value: entries d (fun a => - combined n z (seen d z g) a + g a)
    compared: d0e2f4ca2da5-cfbfc852a972 *)
Theorem any_force n d z g a : even_features n d 1 z -> (a < d)%N -> combined n z (fun i => - seen d z g i) a = - g a.
Proof. by move=> unit lt_ad; rewrite combined_opp (there_and_back _ unit) // mul1r. Qed.

(** claim: gbcl.theorem3.2/orthonormal/base-range
    value: inner d v w
    compared: 7ae1f3a6e038-18f61f1f4b36 *)
Theorem whole_space n d z v w : even_features n d 1 z -> (forall i, (i < n)%N -> seen d z v i = 0) -> inner d v w = 0.
Proof.
move=> unit orthogonal; apply: sum_all0 => a lt_ad.
have -> : v a = 0; last exact: mul0r.
rewrite -[v a]mul1r -(there_and_back v unit lt_ad); apply: sum_all0 => i lt_in.
by rewrite orthogonal //; exact: mul0r.
Qed.

(** claim: gbcl.theorem3.2/orthonormal/dual-range
    role: refutes
    value: inner n u o
    witness: {"z": [[1], [0]], "o": [1, 1], "q": [1, 0], "u": [0, 1]}
    compared: 05ea8dbcae05-a7324c644264 *)
Theorem dual_range_refuted : ~ (forall n d z o u, even_features n d 1 z ->
  (forall a, (a < d)%N -> combined n z u a = 0) -> inner n u o = 0).
Proof.
pose first (i a : nat) : R := if i is 0%N then 1 else 0; pose second (i : nat) : R := if i is 1%N then 1 else 0.
move/(_ 2%N 1%N first (fun=> 1) second) => claimed.
have : @inner R (field_arithmetic R) 2 second (fun=> 1) = 0.
  apply: claimed => [[|a] [|b] //= _ _|[|a] //= _]; rewrite /gram /combined /multiple_of_identity /=; to_field; ring.
by rewrite /inner /second /=; to_field => /eqP; rewrite add0r mul0r add0r mulr1 oner_eq0.
Qed.

(** claim: gbcl.theorem3.2/unit-variance/same-outputs
    role: refutes
    value: entries d (fun a => combined n z (dual_velocity n d z o (combined n z q)) a
      - base_velocity (combined n z o) (combined n z q) a)
    witness: {"z": [[1], [-1]], "o": [1, 0], "q": ["1/2", "1/2"]}
    compared: 7c64aebc423e-e9a27c3bc34b *)
Theorem unit_variance_refuted : ~ (forall n d z o q, simplex n q -> even_features n d (number n) z ->
  forall a, (a < d)%N ->
  combined n z (dual_velocity n d z o (combined n z q)) a = base_velocity (combined n z o) (combined n z q) a).
Proof.
pose signs (i a : nat) : R := if i is 0%N then 1 else -1; pose first (i : nat) : R := if i is 0%N then 1 else 0.
move/(_ 2%N 1%N signs first (fun=> 2%:R^-1)) => claimed.
have f2 : 2%:R != 0 :> R by rewrite pnatr_eq0.
have even : even_features 2 1 (number 2) signs.
  by move=> [|a] [|b] // _ _; rewrite /gram /multiple_of_identity /signs /=; to_field; ring.
have half : simplex 2 (fun=> 2%:R^-1 : R).
  by split=> [j _|]; [rewrite invr_ge0 ler0n | rewrite /=; to_field; field].
apply: (@differ R _ _ (- 1) (claimed half even 0%N isT)); last by rewrite oppr_eq0 oner_eq0.
by rewrite (scaled_outputs _ _ even) // /base_velocity /combined /signs /first /=; to_field; field.
Qed.

End Theorem32.
