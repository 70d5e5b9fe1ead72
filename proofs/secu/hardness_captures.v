(** Remark after Theorem 1: the weights 1 - p move the mean prediction towards the harder instances (Chebyshev's inequality). *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.secu Require Import sphere_definitions hardness.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Captures.
Variable R : realFieldType.
Implicit Types (n d o : nat) (e : R -> R) (w p : nat -> R) (v rows : nat -> nat -> R).

Local Notation sumR := (@sum R (field_arithmetic R)).

(** (sum p)^2 <= n sum p^2 *)
Lemma square_of_sum n p : sumR n p * sumR n p <= n%:R * sumR n (fun i => p i * p i).
Proof.
elim: n => [|n IH]; first by rewrite /= !mul0r.
have cross : 0 <= sumR n (fun i => (p i - p n) * (p i - p n)) by apply: sum_ge0 => i _; rewrite -expr2 sqr_ge0.
have expand : sumR n (fun i => (p i - p n) * (p i - p n)) =
    sumR n (fun i => p i * p i) - 2%:R * p n * sumR n p + n%:R * (p n * p n).
  rewrite (@sum_ext R n _ (fun i => p i * p i - 2%:R * p n * p i + p n * p n)); last by move=> i _; ring.
  by rewrite sum_add sum_sub sum_mull sum_const.
rewrite !sumS mulrSr; move: IH cross; rewrite expand -subr_ge0.
move: (sumR n (fun i => p i * p i)) (sumR n p) => s t first second; rewrite -subr_ge0.
apply: (le_trans (addr_ge0 first second)); rewrite le_eqVlt; apply/orP; left; apply/eqP; ring.
Qed.

(** claim: secu.hardness/prediction/captures
    value: let q := prediction (boltzmann T) d o v w in let c := weight (boltzmann T) d o v w in
      sum n (fun i => q (x i)) / number n - sum n (fun i => c (x i) * q (x i)) / sum n (fun i => c (x i))
    compared: 90bac94670b5-4001c02969f5 *)
Theorem captures n d o e rows v w :
  let p i := prediction e d o v w (rows i) in
  let c i := weight e d o v w (rows i) in
  (forall u, 0 < e u) -> (0 < n)%N -> (0 < o)%N ->
  sum n (fun i => c i * p i) / sum n c <= sum n p / n%:R.
Proof.
move=> p c e0 n0 o0; have c0 i : 0 < c i.
  rewrite /c /weight; to_field; apply: divr_gt0; last exact: whole_gt0.
  by apply: (@sum_gt0 _ _ _ 0%N) => // l _; exact: e0.
have C0 : 0 < sumR n c by apply: (@sum_gt0 _ _ _ 0%N) => // i _; exact: c0.
rewrite ler_pdivr_mulr // mulrAC ler_pdivl_mulr ?ltr0n //.
have cE i : c i = 1 - p i by exact: weight_eq.
have -> : sumR n c = n%:R - sumR n p by rewrite (sum_ext (fun i _ => cE i)) sum_sub sum_const mulr1.
have -> : sumR n (fun i => c i * p i) = sumR n p - sumR n (fun i => p i * p i).
  by rewrite -sum_sub; apply: sum_ext => i _; rewrite cE mulrBl mul1r.
rewrite mulrBl mulrBr [sum n p * n%:R]mulrC ler_add2l ler_opp2 [X in _ <= X]mulrC.
exact: square_of_sum.
Qed.

End Captures.
