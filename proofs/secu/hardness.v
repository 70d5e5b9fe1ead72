(** Remark after Theorem 1: the closed form weighs an instance by 1 - p. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.secu Require Import sphere_definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Hardness.
Variable R : realFieldType.
Implicit Types (n d o : nat) (e : R -> R) (a b x w : nat -> R) (v rows : nat -> nat -> R).

(** What is said holds for every positive e, of which u -> e^(-u/lambda) is one. *)
Lemma rivals_ge0 e d o v x : (forall u, 0 < e u) -> 0 <= rivals e d o v x.
Proof. by move=> e0; apply: sum_ge0 => l _; exact/ltW/e0. Qed.

Lemma whole_gt0 e d o v w x : (forall u, 0 < e u) -> 0 < attraction e d x w + rivals e d o v x.
Proof. by move=> e0; apply: ltr_spaddl; [exact: e0 | exact: rivals_ge0]. Qed.

Lemma weight_eq e d o v w x : (forall u, 0 < e u) -> weight e d o v w x = 1 - prediction e d o v w x.
Proof.
move=> e0; have := whole_gt0 d o v w x e0; rewrite /weight /prediction; to_field.
move: (attraction _ _ _ _) (rivals _ _ _ _ _) => A S A0; apply/eqP; rewrite eq_sym subr_eq -mulrDl addrC divff //.
exact: lt0r_neq0.
Qed.

(** claim: secu.hardness/prediction/weights
    value: weight (boltzmann T) d o v w a - weight (boltzmann T) d o v w b
    compared: c0658d84ecaf-9b016dd8a52c *)
Theorem harder e d o v w a b : (forall u, 0 < e u) -> prediction e d o v w a <= prediction e d o v w b ->
  weight e d o v w b <= weight e d o v w a.
Proof. by move=> e0 le_p; rewrite !weight_eq // ler_add2l ler_opp2. Qed.

(** claim: secu.hardness/prediction/uniform
    value: entries d (fun a => sum n (fun i => c * x i a) / sum n (fun _ => c) - sum n (fun i => x i a) / number n)
    scope: all n, d
    compared: 9ddc5393d1de-b0983b7b4849 *)
Theorem uniform_weights n (c : R) rows j : 0 < c ->
  sum n (fun i => c * rows i j) / sum n (fun=> c) = sum n (fun i => rows i j) / n%:R.
Proof. by move=> c0; rewrite sum_mull sum_const [n%:R * c]mulrC -mulf_div divff ?mul1r // gt_eqF. Qed.

Lemma apart2_eq d x w : apart2 d x w = dot d x x + dot d w w - 2%:R * dot d x w.
Proof. by rewrite /apart2 /dot -sum_mull -sum_add -sum_sub; apply: sum_ext => i _; to_field; ring. Qed.

(** claim: secu.hardness/distance/distance/amended
    value: weight (boltzmann T) d o v w a - weight (boltzmann T) d o v w b
    compared: 5cd26d97a162-3a9a8a436e70 *)
Theorem farther e d o v w a b : (forall u, 0 < e u) -> (forall s t, s <= t -> e t <= e s) ->
  dot d a a = 1 -> dot d b b = 1 -> dot d w w = 1 -> (forall l, (l < o)%N -> dot d (v l) (v l) = 1) ->
  apart2 d b w <= apart2 d a w -> (forall l, (l < o)%N -> dot d b (v l) <= dot d a (v l)) ->
  weight e d o v w b <= weight e d o v w a.
Proof.
move=> e0 falling unit_a unit_b _ _; rewrite !apart2_eq unit_a unit_b ler_add2l ler_opp2 ler_pmul2l ?ltr0n //.
move=> closer nearer.
have more : rivals e d o v b <= rivals e d o v a.
  by apply: sum_le => l lt_lo; apply: falling; rewrite ler_opp2; exact: nearer.
have less : attraction e d a w <= attraction e d b w by apply: falling; rewrite ler_opp2.
have := whole_gt0 d o v w a e0; have := whole_gt0 d o v w b e0; have := rivals_ge0 d o v b e0.
have : 0 < attraction e d a w by exact: e0.
rewrite /weight; move: more less; to_field.
move: (rivals _ _ _ _ a) (rivals _ _ _ _ b) (attraction _ _ a w) (attraction _ _ b w) => S S' A A' le_S le_A A0 S0 whole' whole.
rewrite ler_pdivr_mulr // mulrAC ler_pdivl_mulr // !mulrDr [S' * S]mulrC ler_add2r.
by apply: ler_pmul => //; apply: ltW.
Qed.

End Hardness.
