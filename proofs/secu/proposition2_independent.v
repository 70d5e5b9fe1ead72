(** Proposition 2 with independent centres of mean 0 and length a, and its constants for three clusters or more. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.secu Require Import proposition2_definitions proposition2_independent_definitions proposition2.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** All values of the g centres have the length a < 1, and each centre has the mean 0. *)
Definition centred_centres (R : realFieldType) (g m d : nat) (c : nat -> nat -> nat -> R) (a : R) : Prop :=
  [/\ forall j l, (j < g)%N -> (l < m)%N -> length2 d (c j l) = square a,
    forall j b, (j < g)%N -> (b < d)%N -> sum m (fun l => c j l b) = 0 & 0 < 1 - square a].

Section Independent.
Variable R : realFieldType.
Implicit Types (g m d k : nat) (c : nat -> nat -> nat -> R) (mu : nat -> nat -> R) (a M : R) (w : nat -> R).

(** The squares of independent centres of mean 0 add up. *)
Lemma mean_square_eq g m d c a w : (0 < m)%N ->
  (forall j l, (j < g)%N -> (l < m)%N -> length2 d (c j l) = square a) ->
  (forall j b, (j < g)%N -> (b < d)%N -> sum m (fun l => c j l b) = 0) ->
  mean_square g m d c w = length2 d w + g%:R * square a.
Proof.
move=> m0; elim: g w => [|g IH] w lengths centred; first by rewrite /= mul0r addr0.
rewrite /=; to_field; rewrite sum_mulr number_natr.
have row l : (l < m)%N -> mean_square g m d c (fun b => w b + c g l b) =
    length2 d w + 2%:R * sum d (fun b => w b * c g l b) + square a + g%:R * square a.
  move=> lt_lm; rewrite IH => [|j l' lt_jg|j b lt_jg]; last 2 first.
  - by apply: lengths; exact: ltnW.
  - by apply: centred; exact: ltnW.
  congr (_ + _); rewrite -(lengths g l (ltnSn g) lt_lm) /length2 -sum_mull -!sum_add; apply: sum_ext => b _.
  rewrite /square; to_field; ring.
rewrite (sum_ext row) !sum_add !sum_const sum_mull [X in 2%:R * X]sum_exchange.
have -> : sum d (fun b => sum m (fun l => w b * c g l b)) = 0.
  by apply: sum_all0 => b lt_bd; rewrite sum_mull centred // mulr0.
rewrite mulr0 addr0 -!mulrDr [_ * (_ + _)]mulrC mulfK ?pnatr_eq0 -?lt0n // mulrSr mulrDl mul1r.
by rewrite -addrA [square a + _]addrC.
Qed.

Lemma variance_eq g m d c a : (0 < g)%N -> (0 < m)%N -> centred_centres g m d c a ->
  mean_variance_negative g m d c = 1 - square a / g%:R.
Proof.
move=> g0 m0 [lengths centred _]; rewrite /mean_variance_negative (mean_square_eq _ m0 lengths centred) number_natr.
have -> : @length2 R (field_arithmetic R) d (fun=> 0) = 0 by apply: sum_all0 => b _; rewrite /square; to_field; rewrite mulr0.
by rewrite /square; to_field; rewrite add0r invfM [g%:R * _]mulrC mulrA mulfK // pnatr_eq0 -lt0n.
Qed.

(** claim: secu.proposition2/independent/ratio
    value: mean_variance_negative g m d c
      - ((number g - 1) / (number g * (1 - square a)) + 1 / number g) * (1 - square a)
    compared: f8ad47a39025-2eaed41e669a *)
Theorem ratio g m d c a : (0 < g)%N -> (0 < m)%N -> centred_centres g m d c a ->
  mean_variance_negative g m d c = ((g%:R - 1) / (g%:R * (1 - square a)) + 1 / g%:R) * (1 - square a).
Proof.
move=> g0 m0 centres; rewrite (variance_eq g0 m0 centres); case: centres => _ _ inside.
have G0 : g%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
have A0 := lt0r_neq0 inside; rewrite [in RHS]mulrDl invfM mulrA divfK //.
rewrite -[X in X - _ = _](divff G0) -mulrBl mul1r [g%:R^-1 * _]mulrC -mulrDl; congr (_ / _); ring.
Qed.

Lemma mean_square_ge0 g m d c w : 0 <= mean_square g m d c w.
Proof.
elim: g w => [|g IH] w; first exact: length2_ge0.
by rewrite /=; apply: sum_ge0 => l _; apply: divr_ge0 => //; rewrite number_natr ler0n.
Qed.

(** Wherever the centres lie
    claim: secu.proposition2/independent/order
    value: (1 - square a) / (1 - square a) - mean_variance_negative g m d c
    compared: e851e162a2bc-ce352979ef95 *)
Theorem order g m d c a : 0 < 1 - square a ->
  mean_variance_negative g m d c <= (1 - square a) / (1 - square a).
Proof.
move=> inside; rewrite divff ?lt0r_neq0 // /mean_variance_negative; to_field.
by rewrite ger_addl oppr_le0 divr_ge0 ?mean_square_ge0 //; exact: sqr_ge0.
Qed.

Lemma at_least_half (x : R) g : (1 < g)%N -> 0 < 1 - x -> 2%:R^-1 <= 1 - x / g%:R.
Proof.
move=> g1 inside; have g2 : 2%:R <= g%:R :> R by rewrite ler_nat.
have g0 : 0 < g%:R :> R by apply: lt_le_trans g2; rewrite ltr0n.
rewrite ler_subr_addr -ler_subr_addl ler_pdivr_mulr //; apply: le_trans (_ : 1 <= _).
  by rewrite -subr_ge0 ltW.
have -> : 1 - 2%:R^-1 = 2%:R^-1 :> R.
  by apply: (@mulIf _ 2%:R); rewrite ?pnatr_eq0 // mulrBl mulVf ?pnatr_eq0 // mul1r -[2%:R]/(1 + 1) addrK.
by rewrite mulrC ler_pdivl_mulr ?ltr0n // mul1r.
Qed.

(** Three clusters or more
    claim: secu.proposition2/theta/theta-independent/amended
    value: mean_variance_negative g m d c - inv 2
    compared: 12288ce94832-12774c11efb0 *)
Theorem theta_independent g m d c a : (1 < g)%N -> (0 < m)%N -> centred_centres g m d c a ->
  2%:R^-1 <= mean_variance_negative g m d c.
Proof.
move=> g1 m0 centres; rewrite (variance_eq (ltnW g1) m0 centres); case: centres => _ _ inside.
exact: at_least_half.
Qed.

(** claim: secu.proposition2/independent/remark/amended
    value: mean_variance_negative g m d c - M * (1 - square a)
    compared: db0353bf69b2-6065bcaaf5d4 *)
Theorem remark_independent g m d c a M : (1 < g)%N -> (0 < m)%N -> centred_centres g m d c a ->
  M * (1 - square a) <= 2%:R^-1 -> M * (1 - square a) <= mean_variance_negative g m d c.
Proof. by move=> g1 m0 centres compact; apply: le_trans compact _; exact: theta_independent centres. Qed.

(** claim: secu.proposition2/theta/theta-balanced/amended
    value: variance_negative k d mu - inv 2
    compared: 289063c6d3eb-706f03ad34d3 *)
Theorem theta_balanced k d mu : (2 < k)%N -> (forall b, (b < d)%N -> sum k (mu^~ b) = 0) ->
  (forall j, (j < k)%N -> length2 d (mu j) = length2 d (mu 0%N)) -> length2 d (mu 0%N) < 1 ->
  2%:R^-1 <= variance_negative k d mu.
Proof.
case: k => [|[|[|k]]] // _ zero lengths inside; rewrite (@balanced R k.+3 d mu isT zero lengths inside) number_natr /=.
rewrite /square; to_field; rewrite -natrM; apply: at_least_half; first by rewrite mulnS.
by rewrite subr_gt0.
Qed.

(** claim: secu.proposition2/zero-sum/remark/amended
    value: variance_negative k d mu - M * variance_positive d mu
    compared: 538443d888d2-0f7f4d535bd4 *)
Theorem remark_balanced k d mu M : (2 < k)%N -> (forall b, (b < d)%N -> sum k (mu^~ b) = 0) ->
  (forall j, (j < k)%N -> length2 d (mu j) = length2 d (mu 0%N)) -> length2 d (mu 0%N) < 1 ->
  M * variance_positive d mu <= 2%:R^-1 -> M * variance_positive d mu <= variance_negative k d mu.
Proof.
by move=> k3 zero lengths inside compact; apply: le_trans compact _; exact: theta_balanced zero lengths inside.
Qed.

(** claim: secu.proposition2/theta/theta-any/amended
    value: variance_negative k d mu - variance_positive d mu
    compared: 704ab6a1a87b-9d6176678a45 *)
Theorem theta_any k d mu : (1 < k)%N -> (forall j, (j < k)%N -> length2 d (mu j) = length2 d (mu 0%N)) ->
  length2 d (mu 0%N) < 1 -> variance_positive d mu <= variance_negative k d mu.
Proof. exact: never_smaller. Qed.

End Independent.
