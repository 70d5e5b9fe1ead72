(** What Theorem 2 gives for convergence: an objective that falls and is bounded below, and labels at rest that no single move
    improves.  The logarithm enters by its tangents and its values at inverses alone. *)
From Coq Require Import QArith.
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.secu Require Import labels_definitions theorem2_definitions theorem2 theorem2_labels_definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Labels.
Variable R : realFieldType.
Implicit Types (ln : R -> R) (n k i j l m : nat) (c y u o : nat -> nat -> R) (alpha : R).

(** claim: secu.theorem2/labels/best/amended
    value: let larger := fun x y => if Qle_bool x y then y else x in let none := fun _ _ => 0 in
      objective log larger n 0 k c alpha (fun l => if Nat.eqb l 0 then v else y l) none - objective log larger n 0 k c alpha y none
    compared: 29ff61994ed9-462f61f111d7 *)
Theorem single_moves ln n k c alpha y none i (v : nat -> R) : (i < n)%N -> one_hot n k y ->
  (exists2 m, (m < k)%N & forall l, (l < k)%N -> v l = unit_label m l) -> follows_rule ln n 0 k c alpha y y none ->
  objective ln Num.max n 0 k c alpha y none <=
  objective ln Num.max n 0 k c alpha (fun l => if Nat.eqb l i then v else y l) none.
Proof.
move=> lt_in hot [m' lt_m'k new] rule; have [m lt_mk [old least]] := rule i lt_in.
set moved := fun l => _.
have after : entropy ln Num.max (n + 0) k (joined n moved none) = entropy ln Num.max (n + 0) k (state n y y none i (unit_label m')).
  apply: entropy_ext => l j _ lt_jk; rewrite /state /joined /moved !ltbE.
  case: PeanoNat.Nat.eqb_spec => [->|_]; first by rewrite lt_in ltnn new.
  by case: (ltnP l i) => [lt_li|//]; rewrite (ltn_trans lt_li lt_in).
have before : entropy ln Num.max (n + 0) k (joined n y none) = entropy ln Num.max (n + 0) k (state n y y none i (unit_label m)).
  apply: entropy_ext => l j _ lt_jk; rewrite /state ltbE.
  case: ifP => [lt_li|_]; first by rewrite /joined ltbE (ltn_trans lt_li lt_in).
  by case: PeanoNat.Nat.eqb_spec => [->|//]; rewrite /joined ltbE lt_in old.
have costs : cost n k c moved - cost n k c y = c i m' - c i m.
  rewrite /cost; to_field; rewrite -sum_sub -[RHS](sum_indicator (c i m' - c i m) lt_in); apply: sum_ext => l lt_ln.
  rewrite /moved PeanoNat.Nat.eqb_sym; case: PeanoNat.Nat.eqb_spec => [<-|_]; last by rewrite subrr.
  by congr (_ - _); apply: row_cost.
have := least m' lt_m'k; rewrite /objective after before /score; to_field; move: costs.
move: (cost _ _ _ _) (cost _ _ _ _) (entropy _ _ _ _ _) (entropy _ _ _ _ _) => C1 C0 H1 H0 /eqP; rewrite subr_eq => /eqP ->.
by move/le_by_difference; apply; ring.
Qed.

Lemma least_le k (f : nat -> R) j : (j < k)%N -> least Num.min k f <= f j.
Proof.
elim: k => // k IH; rewrite ltnS leq_eqVlt /= le_minl => /orP[/eqP ->|/IH ->] //; first by rewrite lexx orbT.
Qed.

Lemma one_hot_row n k y i : one_hot n k y -> (i < n)%N -> simplex k (y i).
Proof.
move=> hot lt_in; have [m lt_mk at_m] := hot i lt_in; split=> [j lt_jk|].
  by rewrite at_m // /unit_label; case: Nat.eqb; to_field; rewrite ?ler01.
by rewrite -[RHS](sum_indicator 1 lt_mk); apply: sum_ext => j lt_jk; rewrite at_m.
Qed.

Lemma whole_size n k y j : one_hot n k y -> (j < k)%N -> exists m, size n y j = m%:R.
Proof.
rewrite /size => hot lt_jk; elim: n hot => [|n IH] hot; first by exists 0%N.
have [|m eq_m] := IH; first by move=> i lt_in; apply: hot; apply: ltnW.
have [l _ at_l] := hot n (ltnSn n); exists (m + Nat.eqb l j)%N; rewrite sumS eq_m at_l // /unit_label natrD.
by case: Nat.eqb.
Qed.

(** The entropy of the sizes of k clusters is at most log k. *)
Lemma entropy_le ln n k y : (forall a b : R, 0 < a -> 0 < b -> ln a <= ln b + (a - b) / b) ->
  (forall a : R, 0 < a -> ln a^-1 = - ln a) -> (0 < n)%N -> (0 < k)%N -> one_hot n k y ->
  entropy ln Num.max n k y <= ln k%:R.
Proof.
move=> tangent inverse n0 k0 hot; have n_gt0 : 0 < n%:R :> R by rewrite ltr0n.
have k_gt0 : 0 < k%:R :> R by rewrite ltr0n.
have number_n : number n = n%:R :> R by elim: (n) => [|a /= ->] //; to_field; rewrite mulrSr.
pose q j := @size R (field_arithmetic R) n y j / n%:R.
have mass : sum k q = 1.
  rewrite /q sum_mulr /size -sum_exchange -[RHS](divff (lt0r_neq0 n_gt0)); congr (_ / _).
  rewrite (@sum_ext R n _ (fun=> 1)) ?sum_const ?mulr1 // => i lt_in.
  by have [_] := one_hot_row hot lt_in.
have term j : (j < k)%N -> - (size n y j * (1 / n%:R) * ln (Num.max (size n y j) 1 * (1 / n%:R))) <=
    q j * ln k%:R + (k%:R^-1 - q j).
  move=> lt_jk; have [[|m] eq_m] := whole_size hot lt_jk.
    by rewrite /q eq_m !mul0r oppr0 add0r addr0 invr_ge0 ler0n.
  rewrite /q eq_m max_l ?ler1n // mul1r; set a := _ / _; have a0 : 0 < a by rewrite divr_gt0 ?ltr0n.
  have : 0 <= ln a + (k%:R^-1 - a) / a + ln k%:R.
    by have := tangent k%:R^-1 a; rewrite invr_gt0 inverse // => /(_ k_gt0 a0); rewrite -[X in _ -> _ <= _ + X]opprK subr_ge0.
  move/(mulr_ge0 (ltW a0)) => le0.
  rewrite -subr_ge0; apply: le_trans le0 _; rewrite le_eqVlt; apply/orP; left; apply/eqP.
  by move: (ln _) (ln _) (k%:R^-1) (lt0r_neq0 a0) => p r s a_neq0; field.
rewrite /entropy; to_field; rewrite number_n -sum_neg.
apply: le_trans (sum_le term) _; rewrite sum_add sum_mulr mass mul1r sum_sub sum_const mass divff ?lt0r_neq0 //.
by rewrite subrr addr0.
Qed.

(** ln: any function that lies below its tangents, and has opposite values at inverses, as the logarithm.
    claim: secu.theorem2/convergence/objective-converges
    value: let larger := fun x y => if Qle_bool x y then y else x in let smaller := fun x y => if Qle_bool x y then x else y in
      let none := fun _ _ => 0 in let L := fun y => objective log larger n 0 k c alpha y none in
      [L y - L u; L u - (Σ (i < n) least smaller k (c i) - alpha * log (number k))]
    compared: 93ccf90eebcb-80f8d77e7882 *)
Theorem objective_converges ln n k c alpha y u none : (forall a b : R, 0 < a -> 0 < b -> ln a <= ln b + (a - b) / b) ->
  (forall a : R, 0 < a -> ln a^-1 = - ln a) -> (0 < n)%N -> (0 < k)%N -> 0 <= alpha ->
  one_hot n k y -> follows_rule ln n 0 k c alpha y u none ->
  sum n (fun i => least Num.min k (c i)) - alpha * ln k%:R <= objective ln Num.max n 0 k c alpha u none <=
  objective ln Num.max n 0 k c alpha y none.
Proof.
move=> tangent inverse n0 k0 alpha0 hot rule; rewrite (descent hot rule) andbT.
have hot_u : one_hot n k u by move=> i lt_in; have [m lt_mk [new _]] := rule i lt_in; exists m.
rewrite /objective; to_field; apply: ler_sub.
  apply: sum_le => i lt_in; have [m lt_mk at_m] := hot_u i lt_in.
  by have := row_cost (c i) lt_mk at_m; to_field => ->; exact: least_le.
apply: ler_wpmul2l => //; have <- : entropy ln Num.max n k u = entropy ln Num.max (Nat.add n 0) k (joined n u none).
  by rewrite PeanoNat.Nat.add_0_r; apply: entropy_ext => i j lt_in _; rewrite /joined ltbE lt_in.
exact: entropy_le.
Qed.

End Labels.
