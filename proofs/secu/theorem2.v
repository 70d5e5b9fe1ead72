(** Theorem 2: labels that are chosen one after the other, each seeing the moves before it, never raise the objective.  It holds for
    any function in place of the logarithm in H. *)
From Coq Require Import QArith.
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.secu Require Import labels_definitions theorem2_definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** Each of the n labels is that of one of k clusters. *)
Definition one_hot (R : realFieldType) (n k : nat) (y : nat -> nat -> R) : Prop :=
  forall i, (i < n)%N -> exists2 m, (m < k)%N & forall l, (l < k)%N -> y i l = unit_label m l.

(** (11): u_i is the label of least score. *)
Definition follows_rule (R : realFieldType) (ln : R -> R) (n r k : nat) (c : nat -> nat -> R) (alpha : R)
    (y u o : nat -> nat -> R) : Prop :=
  forall i, (i < n)%N -> exists2 m, (m < k)%N & (forall l, (l < k)%N -> u i l = unit_label m l) /\
    forall j, (j < k)%N -> score ln Num.max n r k c alpha y u o i m <= score ln Num.max n r k c alpha y u o i j.

Section Theorem2.
Variable R : realFieldType.
Variable ln : R -> R.
Implicit Types (n r k i j l m : nat) (c y u o s : nat -> nat -> R) (alpha lam : R).

Lemma entropy_ext n k y u : (forall l j, (l < n)%N -> (j < k)%N -> y l j = u l j) ->
  entropy ln Num.max n k y = entropy ln Num.max n k u.
Proof.
move=> same; congr (- _); apply: sum_ext => j lt_jk.
have -> : @size R (field_arithmetic R) n y j = size n u j by apply: sum_ext => l lt_ln; apply: same.
by [].
Qed.

Lemma ltbE i n : Nat.ltb i n = (i < n)%N.
Proof. by apply/idP/idP => [/PeanoNat.Nat.ltb_lt/ssrnat.ltP|/ssrnat.ltP/PeanoNat.Nat.ltb_lt]. Qed.

Lemma row_cost k (row c : nat -> R) m : (m < k)%N -> (forall l, (l < k)%N -> row l = unit_label m l) ->
  sum k (fun j => row j * c j) = c m.
Proof.
move=> lt_mk hot; rewrite -[RHS](sum_indicator (c m) lt_mk); apply: sum_ext => j lt_jk; rewrite hot // /unit_label.
by case: PeanoNat.Nat.eqb_spec => [->|_]; to_field; rewrite ?mul1r ?mul0r.
Qed.

Lemma le_by_difference (a b p q : R) : a <= b -> q - p = b - a -> p <= q.
Proof. by move=> le_ab same; rewrite -subr_ge0 same subr_ge0. Qed.

Local Notation objectiveR := (@objective R (field_arithmetic R)).

(** The labels when the first i are new *)
Let hybrid n y u o i l := if (l < i)%N then u l else joined n y o l.

Lemma hybrid_state n r k y u o i m (label : nat -> R) : (forall l, (l < k)%N -> label l = unit_label m l) ->
  entropy ln Num.max (n + r) k (state n y u o i label) = entropy ln Num.max (n + r) k (state n y u o i (unit_label m)).
Proof. by move=> hot; apply: entropy_ext => l j _ lt_jk; rewrite /state; case: ifP => // _; case: ifP => // _; exact: hot. Qed.

(** The step of instance i changes the objective as it changes the score. *)
Lemma step_change n r k c alpha y u o i m m' : (i < n)%N -> (m < k)%N -> (m' < k)%N ->
  (forall l, (l < k)%N -> u i l = unit_label m l) -> (forall l, (l < k)%N -> y i l = unit_label m' l) ->
  cost n k c (hybrid n y u o i.+1) - alpha * entropy ln Num.max (n + r) k (hybrid n y u o i.+1) -
  (cost n k c (hybrid n y u o i) - alpha * entropy ln Num.max (n + r) k (hybrid n y u o i)) =
  score ln Num.max n r k c alpha y u o i m - score ln Num.max n r k c alpha y u o i m'.
Proof.
move=> lt_in lt_mk lt_m'k new old.
have after : entropy ln Num.max (n + r) k (hybrid n y u o i.+1) = entropy ln Num.max (n + r) k (state n y u o i (unit_label m)).
  rewrite -(hybrid_state n r y u o i new); apply: entropy_ext => l j _ _; rewrite /hybrid /state ltbE ltnS leq_eqVlt.
  by case: PeanoNat.Nat.eqb_spec => [->|neq]; [rewrite eqxx ltnn | have /eqP/negbTE -> := neq; case: ifP].
have before : entropy ln Num.max (n + r) k (hybrid n y u o i) = entropy ln Num.max (n + r) k (state n y u o i (unit_label m')).
  rewrite -(hybrid_state n r y u o i old); apply: entropy_ext => l j _ _; rewrite /hybrid /state ltbE.
  case: ifP => // _; case: PeanoNat.Nat.eqb_spec => [->|//]; by rewrite /joined ltbE lt_in.
have costs : cost n k c (hybrid n y u o i.+1) - cost n k c (hybrid n y u o i) = c i m - c i m'.
  rewrite /cost; to_field; rewrite -sum_sub -[RHS](sum_indicator (c i m - c i m') lt_in); apply: sum_ext => l lt_ln.
  rewrite /hybrid ltnS leq_eqVlt; case: PeanoNat.Nat.eqb_spec => [<-|neq].
    by rewrite eqxx ltnn /= /joined ltbE lt_in; congr (_ - _); apply: row_cost.
  have -> : (l == i) = false by apply/eqP => eq_li; apply: neq.
  by rewrite subrr.
rewrite after before /score; to_field; move: costs.
move: (cost _ _ _ _) (cost _ _ _ _) (entropy _ _ _ _ _) (entropy _ _ _ _ _) => C1 C0 H1 H0 /eqP; rewrite subr_eq => /eqP ->.
ring.
Qed.

Lemma one_step n r k c alpha y u o i : one_hot n k y -> follows_rule ln n r k c alpha y u o -> (i < n)%N ->
  cost n k c (hybrid n y u o i.+1) - alpha * entropy ln Num.max (n + r) k (hybrid n y u o i.+1) <=
  cost n k c (hybrid n y u o i) - alpha * entropy ln Num.max (n + r) k (hybrid n y u o i).
Proof.
move=> hot rule lt_in; have [m lt_mk [new least]] := rule i lt_in; have [m' lt_m'k old] := hot i lt_in.
by rewrite -subr_le0 (step_change r c alpha o lt_in lt_mk lt_m'k new old) subr_le0; exact: least.
Qed.

Lemma hybrid_start n r k c alpha y u o :
  cost n k c (hybrid n y u o 0) - alpha * entropy ln Num.max (n + r) k (hybrid n y u o 0) = objective ln Num.max n r k c alpha y o.
Proof.
congr (_ - _); apply: sum_ext => l lt_ln; apply: sum_ext => j _; by rewrite /hybrid /joined ltbE lt_ln.
Qed.

Lemma hybrid_finish n r k c alpha y u o :
  cost n k c (hybrid n y u o n) - alpha * entropy ln Num.max (n + r) k (hybrid n y u o n) = objective ln Num.max n r k c alpha u o.
Proof.
congr (_ - _ * _); first by apply: sum_ext => l lt_ln; apply: sum_ext => j _; rewrite /hybrid lt_ln.
apply: entropy_ext => l j _ _; rewrite /hybrid /joined ltbE; case: ifP => // lt_ln; by rewrite lt_ln.
Qed.

(** claim: secu.theorem2/mini-batch/batch/amended
    value: let larger := fun x y => if Qle_bool x y then y else x in
      objective log larger n r k c alpha y o - objective log larger n r k c alpha u o
    compared: 568418165f1a-419cbd213926 *)
Theorem descent_in_a_batch n r k c alpha y u o : one_hot n k y -> follows_rule ln n r k c alpha y u o ->
  objective ln Num.max n r k c alpha u o <= objective ln Num.max n r k c alpha y o.
Proof.
move=> hot rule; pose L i := @cost R (field_arithmetic R) n k c (hybrid n y u o i) -
    alpha * @entropy R (field_arithmetic R) ln Num.max (n + r) k (hybrid n y u o i).
have falls i : (i <= n)%N -> L i <= L 0%N.
  elim: i => [|i IH] // lt_in; apply: le_trans (IH (ltnW lt_in)); exact: one_step.
by rewrite -(hybrid_start n r k c alpha y u o) -(hybrid_finish n r k c alpha y u o); exact: falls.
Qed.

(** claim: secu.theorem2/refreshed/descent
    claim: secu.theorem2/printed/descent/amended
    value: let larger := fun x y => if Qle_bool x y then y else x in let none := fun _ _ => 0 in
      objective log larger n 0 k c alpha y none - objective log larger n 0 k c alpha u none
    compared: 5cdf2b5973dc-21745763aff8 *)
Theorem descent n k c alpha y u none : one_hot n k y -> follows_rule ln n 0 k c alpha y u none ->
  objective ln Num.max n 0 k c alpha u none <= objective ln Num.max n 0 k c alpha y none.
Proof. exact: descent_in_a_batch. Qed.

(** Where ties keep the label of before, a label moves only to a smaller score.
    claim: secu.theorem2/labels/settles/amended
    value: let larger := fun x y => if Qle_bool x y then y else x in let none := fun _ _ => 0 in
      [concat (entries n (fun i => entries k (fun j => u i j - y i j)));
       [objective log larger n 0 k c alpha y none - objective log larger n 0 k c alpha u none]]
    compared: 6c8f721147af-96960215720d *)
Theorem settles n k c alpha y u none : one_hot n k y -> follows_rule ln n 0 k c alpha y u none ->
  (forall i m m', (i < n)%N -> (m < k)%N -> (m' < k)%N -> (forall l, (l < k)%N -> u i l = unit_label m l) ->
    (forall l, (l < k)%N -> y i l = unit_label m' l) -> m = m' \/
    score ln Num.max n 0 k c alpha y u none i m < score ln Num.max n 0 k c alpha y u none i m') ->
  (forall i j, (i < n)%N -> (j < k)%N -> u i j = y i j) \/
  objective ln Num.max n 0 k c alpha u none < objective ln Num.max n 0 k c alpha y none.
Proof.
move=> hot rule ties; pose L i := @cost R (field_arithmetic R) n k c (hybrid n y u none i) -
    alpha * @entropy R (field_arithmetic R) ln Num.max (n + 0) k (hybrid n y u none i).
suff [same|falls] : (forall i j, (i < n)%N -> (j < k)%N -> u i j = y i j) \/ L n < L 0%N; first by left.
  by right; rewrite -(hybrid_start n 0 k c alpha y u none) -(hybrid_finish n 0 k c alpha y u none).
suff all i : (i <= n)%N -> (forall l j, (l < i)%N -> (j < k)%N -> u l j = y l j) /\ L i <= L 0%N \/ L i < L 0%N.
  by case: (all n (leqnn n)) => [[same _]|falls]; [left | right].
elim: i => [|i IH] lt_in; first by left.
have [m lt_mk [new least]] := rule i lt_in; have [m' lt_m'k old] := hot i lt_in.
have step : L i.+1 - L i = score ln Num.max n 0 k c alpha y u none i m - score ln Num.max n 0 k c alpha y u none i m'.
  exact: step_change.
have le_step : L i.+1 <= L i by rewrite -subr_le0 step subr_le0; exact: least.
case: (IH (ltnW lt_in)) => [[same le]|lt]; last by right; exact: le_lt_trans le_step lt.
case: (ties i m m' lt_in lt_mk lt_m'k new old) => [eq_m|lt_score].
  left; split=> [l j|]; last exact: le_trans le_step le.
  by rewrite ltnS leq_eqVlt => /orP[/eqP ->|lt_li] lt_jk; [rewrite new // old // eq_m | exact: same].
by right; apply: lt_le_trans le; rewrite -subr_lt0 step subr_lt0.
Qed.

Lemma cost_add n k c1 c2 y : cost n k (fun i j => (c1 i j + c2 i j) / 2%:R) y = (cost n k c1 y + cost n k c2 y) / 2%:R.
Proof.
rewrite /cost -sum_add -sum_mulr; apply: sum_ext => i _; rewrite -sum_add -sum_mulr; apply: sum_ext => j _.
by to_field; rewrite mulrA mulrDr.
Qed.

(** Two views, labels by the mean of their costs: the mean of their objectives never rises.
    claim: secu.theorem2/two-view/averaged
    claim: secu.theorem2/each-view/each-view/amended
    value: let larger := fun x y => if Qle_bool x y then y else x in let none := fun _ _ => 0 in
      let L := fun y => (objective log larger n 0 k c1 alpha y none + objective log larger n 0 k c2 alpha y none) / 2 in L y - L u
    compared: d38f7a99aa4f-47e60e411ccf *)
Theorem averaged n k c1 c2 alpha y u none : one_hot n k y ->
  follows_rule ln n 0 k (fun i j => (c1 i j + c2 i j) / 2%:R) alpha y u none ->
  (objective ln Num.max n 0 k c1 alpha u none + objective ln Num.max n 0 k c2 alpha u none) / 2%:R <=
  (objective ln Num.max n 0 k c1 alpha y none + objective ln Num.max n 0 k c2 alpha y none) / 2%:R.
Proof.
move=> hot rule; have two : 2%:R != 0 :> R by rewrite pnatr_eq0.
have mean v : (objectiveR ln Num.max n 0 k c1 alpha v none + objectiveR ln Num.max n 0 k c2 alpha v none) / 2%:R =
    objectiveR ln Num.max n 0 k (fun i j => (c1 i j + c2 i j) / 2%:R) alpha v none.
  rewrite /objective cost_add; to_field; move: (cost _ _ _ _) (cost _ _ _ _) (entropy _ _ _ _ _) => p q h; apply: (mulIf two); rewrite [RHS]mulrBl !divfK //; ring.
by rewrite !mean; exact: descent hot rule.
Qed.

(** The rule with similarities -s_ij in place of -log p_ij, and the objective of the latter with the weight alpha / lambda.
    claim: secu.theorem2/similarity/scaled-weight
    value: let larger := fun x y => if Qle_bool x y then y else x in let none := fun _ _ => 0 in
      let L := fun y => objective log larger n 0 k (log_cost log exponential k s lam) (alpha / lam) y none in L y - L u
    compared: 90696c60b825-ca08300aafe4 *)
Theorem scaled_weight (e : R -> R) n k s lam alpha y u none : 0 < lam -> one_hot n k y ->
  follows_rule ln n 0 k (fun i j => - s i j) alpha y u none ->
  objective ln Num.max n 0 k (log_cost ln e k s lam) (alpha / lam) u none <=
  objective ln Num.max n 0 k (log_cost ln e k s lam) (alpha / lam) y none.
Proof.
move=> lam0 hot rule; have hot_u : one_hot n k u by move=> i lt_in; have [m lt_mk [new _]] := rule i lt_in; exists m.
have scaled v : one_hot n k v -> objectiveR ln Num.max n 0 k (log_cost ln e k s lam) (alpha / lam) v none =
    sum n (fun i => ln (sum k (fun l => e (s i l / lam)))) + objectiveR ln Num.max n 0 k (fun i j => - s i j) alpha v none / lam.
  move=> hot_v; rewrite /objective.
  have -> : @cost R (field_arithmetic R) n k (log_cost ln e k s lam) v =
      sum n (fun i => ln (sum k (fun l => e (s i l / lam)))) + cost n k (fun i j => - s i j) v / lam.
    rewrite /cost -sum_mulr -sum_add; apply: sum_ext => i lt_in; have [m lt_mk at_m] := hot_v i lt_in.
    by rewrite !(row_cost _ lt_mk at_m) /log_cost; to_field; rewrite mulNr.
  to_field; move: (sum n _) (cost _ _ _ _) (entropy _ _ _ _ _) => p q h; rewrite -addrA; congr (_ + _).
  by rewrite mulrBl; congr (_ - _); rewrite mulrAC.
rewrite !scaled // ler_add2l ler_pmul2r ?invr_gt0 //; exact: descent hot rule.
Qed.

End Theorem2.
