(** (8), (9): what the rule argmin_j c_ij - rho_j does for the problem with bounds on the sizes. *)
From Coq Require Import QArith.
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.secu Require Import labels_definitions size_constraint_definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** Each of the n rows is a point of the simplex. *)
Definition labels (R : realFieldType) (n k : nat) (y : nat -> nat -> R) : Prop := forall i, (i < n)%N -> simplex k (y i).

(** u follows the rule (9): no cluster that it gives weight has a larger score than any other. *)
Definition follows_rule (R : realFieldType) (n k : nat) (s u : nat -> nat -> R) : Prop :=
  forall i m j, (i < n)%N -> (m < k)%N -> (j < k)%N -> 0 < u i m -> s i m <= s i j.

(** The sizes of y meet their bounds. *)
Definition feasible (R : realFieldType) (n k : nat) (gamma : R) (y : nat -> nat -> R) : Prop :=
  forall j, (j < k)%N -> 0 <= room_below n k gamma y j.

Section SizeConstraint.
Variable R : realFieldType.
Implicit Types (n k : nat) (c u v w s : nat -> nat -> R) (rho : nat -> R) (gamma : R).

(** The Lagrangian is the sum of the scores, and what the bounds are worth. *)
Lemma lagrangian_eq n k c rho gamma y :
  lagrangian n k c rho gamma y = cost n k (score c rho) y + sum k (fun j => rho j * (gamma * (number n / number k))).
Proof.
pose bound := gamma * (@number R (field_arithmetic R) n / @number R (field_arithmetic R) k).
have worth : sum k (fun j => rho j * room_below n k gamma y j) = sum k (fun j => rho j * size n y j) - sum k (fun j => rho j * bound).
  by rewrite -sum_sub; apply: sum_ext => j _; rewrite /room_below /bound; to_field; rewrite mulrBr.
have sized : sum k (fun j => rho j * size n y j) = sum n (fun i => sum k (fun j => rho j * y i j)).
  by under sum_ext => j _ do rewrite -sum_mull; rewrite sum_exchange.
rewrite /lagrangian [X in _ = _ + X](_ : _ = sum k (fun j => rho j * bound)) //.
rewrite [cost n k (score c rho) y](_ : _ = cost n k c y - sum k (fun j => rho j * size n y j)).
  by move: worth; to_field => ->; move: (cost _ _ _ _) (sum k _) (sum k _) => x1 x2 x3; ring.
rewrite sized /cost -sum_sub; apply: sum_ext => i _; rewrite -sum_sub; apply: sum_ext => j _.
by rewrite /score; to_field; ring.
Qed.

(** The weights of a row that follows the rule lie on the smallest score. *)
Lemma rule_row k (q t : nat -> R) j : simplex k q -> (forall m j, (m < k)%N -> (j < k)%N -> 0 < q m -> t m <= t j) ->
  (j < k)%N -> sum k (fun m => q m * t m) <= t j.
Proof.
move=> [q0 mass] rule lt_jk; rewrite -[t j]mul1r -mass -sum_mulr; apply: sum_le => m lt_mk.
have := q0 m lt_mk; rewrite le_eqVlt => /orP[/eqP <-|qm]; first by rewrite !mul0r.
by apply: ler_wpmul2l; [exact: ltW | exact: rule].
Qed.

Lemma rule_row_cheapest k (q p t : nat -> R) : simplex k q -> simplex k p ->
  (forall m j, (m < k)%N -> (j < k)%N -> 0 < q m -> t m <= t j) ->
  sum k (fun j => q j * t j) <= sum k (fun j => p j * t j).
Proof.
move=> simplex_q [p0 mass] rule; rewrite -[X in X <= _]mul1r -mass -sum_mulr; apply: sum_le => j lt_jk.
by apply: ler_wpmul2l; [exact: p0 | exact: rule_row].
Qed.

Lemma rule_cheapest n k s u v : labels n k u -> labels n k v -> follows_rule n k s u -> cost n k s u <= cost n k s v.
Proof.
move=> labels_u labels_v rule; apply: sum_le => i lt_in.
by apply: rule_row_cheapest (labels_u i lt_in) (labels_v i lt_in) _ => m j lt_mk lt_jk; apply: rule.
Qed.

(** claim: secu.size-constraint/given-rho/given-rho
    value: lagrangian n k c rho gamma v - lagrangian n k c rho gamma u
    compared: 18317821c886-5e013479aa15 *)
Theorem minimises n k c rho gamma u v : labels n k u -> labels n k v -> follows_rule n k (score c rho) u ->
  lagrangian n k c rho gamma u <= lagrangian n k c rho gamma v.
Proof. by move=> labels_u labels_v rule; rewrite !lagrangian_eq ler_add2r; exact: rule_cheapest. Qed.

Lemma lagrangian_below n k c rho gamma y : (forall j, (j < k)%N -> 0 <= rho j) -> feasible n k gamma y ->
  lagrangian n k c rho gamma y <= cost n k c y.
Proof. by move=> rho0 room0; rewrite ler_subl_addr ler_addl; apply: sum_ge0 => j lt_jk; rewrite mulr_ge0 ?rho0 ?room0. Qed.

(** claim: secu.size-constraint/optimal-duals/dual-value/amended
    value: cost n k c v - lagrangian n k c rho gamma u
    compared: d027e745fdec-91cfc92c9a91 *)
Theorem weak_duality n k c rho gamma u v : (forall j, (j < k)%N -> 0 <= rho j) -> labels n k u -> labels n k v ->
  follows_rule n k (score c rho) u -> feasible n k gamma v -> lagrangian n k c rho gamma u <= cost n k c v.
Proof.
move=> rho0 labels_u labels_v rule v_feasible; apply: le_trans (minimises gamma labels_u labels_v rule) _.
exact: lagrangian_below.
Qed.

(** claim: secu.size-constraint/complementary/complementary
    value: cost n k c v - cost n k c u
    compared: bd4ff610dbe7-82c4cb259e04 *)
Theorem solves n k c rho gamma u v : (forall j, (j < k)%N -> 0 <= rho j) -> labels n k u -> labels n k v ->
  follows_rule n k (score c rho) u -> feasible n k gamma u ->
  (forall j, (j < k)%N -> rho j * room_below n k gamma u j = 0) -> feasible n k gamma v -> cost n k c u <= cost n k c v.
Proof.
move=> rho0 labels_u labels_v rule _ slack v_feasible.
have := weak_duality rho0 labels_u labels_v rule v_feasible.
by rewrite {1}/lagrangian; to_field; rewrite (sum_all0 slack) subr0.
Qed.

(** claim: secu.size-constraint/optimal-duals/feasible/amended
    value: entries k (room_below n k gamma u)
    compared: 7be6cbd30d4c-fc0785bf58b8 *)
Theorem feasible_if_unique n k c rho gamma u w : (forall j, (j < k)%N -> 0 <= rho j) -> labels n k u -> labels n k w ->
  follows_rule n k (score c rho) u -> feasible n k gamma w -> cost n k c w = lagrangian n k c rho gamma u ->
  (forall i m j, (i < n)%N -> (m < k)%N -> (j < k)%N -> 0 < u i m -> j <> m -> score c rho i m < score c rho i j) ->
  feasible n k gamma u.
Proof.
move=> rho0 labels_u labels_w rule w_feasible optimal unique.
have same_lagrangian : lagrangian n k c rho gamma w = lagrangian n k c rho gamma u.
  apply/eqP; rewrite eq_le (minimises gamma labels_u labels_w rule) andbT -optimal.
  exact: lagrangian_below.
have row i : (i < n)%N -> sum k (fun j => u i j * score c rho i j) = sum k (fun j => w i j * score c rho i j).
  move=> lt_in; apply/eqP; rewrite -subr_eq0 -oppr_eq0 opprB; apply/eqP.
  apply: (@sum_eq0 _ n (fun i => sum k (fun j => w i j * score c rho i j) - sum k (fun j => u i j * score c rho i j))) => //.
    move=> l lt_ln; rewrite subr_ge0.
    by apply: rule_row_cheapest (labels_u l lt_ln) (labels_w l lt_ln) _ => m j lt_mk lt_jk; apply: rule.
  rewrite sum_sub -/(cost n k (score c rho) w) -/(cost n k (score c rho) u); apply/eqP; rewrite subr_eq0; apply/eqP.
  by move: same_lagrangian; rewrite !lagrangian_eq => /addIr.
suff same : forall i j, (i < n)%N -> (j < k)%N -> u i j = w i j.
  move=> l lt_lk; have := w_feasible l lt_lk; rewrite /room_below /size.
  by rewrite (@sum_ext _ n (u^~ l) (w^~ l)) // => a lt_an; exact: same.
move=> i j lt_in; have [u0 mass_u] := labels_u i lt_in; have [w0 mass_w] := labels_w i lt_in.
(* Some cluster m has weight in u_i, and it alone has the smallest score. *)
have [m lt_mk um] : exists2 m, (m < k)%N & 0 < u i m.
  have [/existsP[m um]|none] := boolP [exists m : 'I_k, 0 < u i m]; first by exists m.
  have : sum k (u i) = 0.
    apply: sum_all0 => l lt_lk; apply/eqP; rewrite eq_le u0 // andbT leNgt; apply/negP => ul.
    by case/negP: none; apply/existsP; exists (Ordinal lt_lk).
  by rewrite mass_u => /eqP; rewrite oner_eq0.
have others_vanish q : simplex k q ->
    sum k (fun j => q j * (score c rho i j - score c rho i m)) = 0 -> forall j, (j < k)%N -> q j = if Nat.eqb m j then 1 else 0.
  move=> [q0 mass_q] total h lt_hk.
  have gap0 l : (l < k)%N -> 0 <= q l * (score c rho i l - score c rho i m).
    by move=> lt_lk; rewrite mulr_ge0 ?q0 // subr_ge0; apply: rule um.
  have vanish l : (l < k)%N -> l <> m -> q l = 0.
    move=> lt_lk other; have /eqP := sum_eq0 gap0 total lt_lk.
    by rewrite mulf_eq0 subr_eq0 (gt_eqF (unique i m l lt_in lt_mk lt_lk um other)) orbF => /eqP.
  case: PeanoNat.Nat.eqb_spec => [<-|other]; last by apply: vanish => // hm; apply: other.
  rewrite -mass_q -[LHS](sum_indicator (q m) lt_mk); apply: sum_ext => l lt_lk.
  by case: PeanoNat.Nat.eqb_spec => [<-|other] //; rewrite vanish // => lm; apply: other.
have least q : sum k q = 1 -> sum k (fun j => q j * (score c rho i j - score c rho i m)) =
    sum k (fun j => q j * score c rho i j) - score c rho i m.
  move=> mass; have term l : q l * (score c rho i l - score c rho i m) =
    q l * score c rho i l - q l * score c rho i m by rewrite mulrBr.
  by under sum_ext => l _ do rewrite term; rewrite sum_sub sum_mulr mass mul1r.
have value_u : sum k (fun j => u i j * score c rho i j) = score c rho i m.
  apply/eqP; rewrite eq_le (rule_row (labels_u i lt_in) _ lt_mk) => [/=|a b lt_a lt_b]; last exact: rule.
  rewrite -[X in X <= _]mul1r -mass_u -sum_mulr; apply: sum_le => l lt_lk; apply: ler_wpmul2l; first exact: u0.
  exact: rule um.
move=> lt_jk; rewrite (others_vanish _ (labels_u i lt_in)) ?(others_vanish _ (labels_w i lt_in)) //.
  by rewrite least // -row // value_u subrr.
by rewrite least // value_u subrr.
Qed.

(** claim: secu.size-constraint/optimal-duals/feasible
    role: refutes
    value: entries k (room_below n k gamma u)
    witness: {"c": [[0, 1], [0, 1]], "rho": [0, 1], "gamma": 1, "u": [[1, 0], [1, 0]], "w": [["1/2", "1/2"], ["1/2", "1/2"]]}
    compared: 8055ffe07e38-259194ad7c3f *)
Theorem feasible_refuted : ~ (forall n k c rho gamma u w, (forall j, (j < k)%N -> 0 <= rho j) -> 0 <= gamma ->
  labels n k u -> (forall i j, u i j = 0 \/ u i j = 1) -> labels n k w -> follows_rule n k (score c rho) u ->
  feasible n k gamma w -> cost n k c w = lagrangian n k c rho gamma u -> feasible n k gamma u).
Proof.
pose second (j : nat) : R := if j is 1%N then 1 else 0; pose first (_ j : nat) : R := if j is 0%N then 1 else 0.
move/(_ 2%N 2%N (fun=> second) second 1 first (fun _ _ => 2%:R^-1)) => claimed.
have : 0 <= -1 :> R; last by rewrite leNgt oppr_lt0 ltr01.
have -> : -1 = room_below 2 2 1 first 1 :> R.
  by rewrite /room_below /size /first /=; to_field; field.
apply: claimed => //.
- by case=> [|[|j]] //= _; rewrite ?ler01.
- exact: ler01.
- by move=> i _; split=> [[|[|j]] //= _|]; rewrite ?ler01 //= /first; to_field; ring.
- by move=> i [|j]; [right | left].
- by move=> i _; split=> [j _|]; [rewrite invr_ge0 ler0n | rewrite /=; to_field; field].
- by move=> i m j _; case: m => [|[|m]] //; case: j => [|[|j]] // _ _; rewrite /score /first /second /=; to_field; rewrite ?subrr ?subr0 ?ltxx.
- by case=> [|[|j]] // _; rewrite /room_below /size /=; to_field; rewrite le_eqVlt; apply/orP; left; apply/eqP; field.
- by rewrite /lagrangian /cost /room_below /size /first /second /=; to_field; field.
Qed.

End SizeConstraint.
