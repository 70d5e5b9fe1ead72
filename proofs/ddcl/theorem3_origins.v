(** Section 5.5: where oscillations come from, one mode of a gradient field with momentum.  Square roots are those of a real
    closed field. *)
From Coq Require Import QArith.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions covariance_definitions training_definitions flow_definitions
  theorem3_origins_definitions.
Open Scope Q_scope.

(** claim: ddcl.theorem3.applies/momentum/oscillation
    role: refutes
    value: mode_turning curvature eta beta
    witness: {"curvature": 1, "eta": "1/8", "beta": "1/4"}
    compared: 2e9a7021f116-dffa04cbf302 *)
Theorem momentum_need_not_turn : exists curvature eta beta : Q, (0 < curvature /\ 0 < eta /\ 0 <= beta) /\
  beta < 1 /\ eta * curvature < (2 # 1) * (1 + beta) /\ ~ 0 < mode_turning curvature eta beta.
Proof. exists 1, (1 # 8), (1 # 4); repeat split; vm_compute; discriminate. Qed.
Close Scope Q_scope.

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Origins.
Variable R : rcfType.
Variables curvature eta beta : R.
Hypotheses (curvature0 : 0 < curvature) (eta0 : 0 < eta) (beta0 : 0 <= beta).

Local Notation level := (mode_sum curvature eta beta).

Let step0 : 0 < eta * curvature.
Proof. exact: mulr_gt0. Qed.

Lemma level_eq : level = 1 + beta - eta * curvature.
Proof. by []. Qed.

Lemma turning_eq : mode_turning curvature eta beta = 4%:R * beta - level * level.
Proof. by rewrite /mode_turning; to_field; ring. Qed.

(** claim: ddcl.theorem3.applies/momentum/oscillation/amended
    value: mode_turning curvature eta beta
    compared: df869d21ca99-c06acc1e8929 *)
Theorem momentum_turns : (1 - Num.sqrt beta) ^+ 2 < eta * curvature -> eta * curvature < (1 + Num.sqrt beta) ^+ 2 ->
  0 < mode_turning curvature eta beta.
Proof.
rewrite -subr_gt0 => above; rewrite -subr_gt0 => below; rewrite turning_eq level_eq.
have root : beta = Num.sqrt beta * Num.sqrt beta by rewrite -expr2 sqr_sqrtr.
have -> : 4%:R * beta - (1 + beta - eta * curvature) * (1 + beta - eta * curvature) =
    (eta * curvature - (1 - Num.sqrt beta) ^+ 2) * ((1 + Num.sqrt beta) ^+ 2 - eta * curvature).
  by move: root; move: (Num.sqrt beta) => r ->; ring.
exact: mulr_gt0.
Qed.

Lemma root_of_a_turn : 0 <= mode_turning curvature eta beta -> mode_root Num.sqrt Num.max curvature eta beta = 0.
Proof. by move=> t0; rewrite /mode_root; to_field; rewrite max_r ?oppr_le0 // sqrtr0. Qed.

Lemma root_off_a_turn : mode_turning curvature eta beta <= 0 ->
  mode_root Num.sqrt Num.max curvature eta beta = Num.sqrt (level * level - 4%:R * beta).
Proof. by move=> t0; rewrite /mode_root; to_field; rewrite max_l ?oppr_ge0 // turning_eq opprB. Qed.

Lemma root_lt (x y : R) : 0 < y -> x < y * y -> Num.sqrt x < y.
Proof. by move=> y0 lt; rewrite -(gtr0_norm y0) -sqrtr_sqr ltr_sqrt ?exprn_gt0 // expr2. Qed.

Lemma root_le (x y : R) : 0 <= y -> x <= y * y -> Num.sqrt x <= y.
Proof. by move=> y0 le; rewrite -(ger0_norm y0) -sqrtr_sqr ler_wsqrtr // expr2. Qed.

Let small (x : R) : -2%:R < x -> x < 2%:R -> (x / (1 + 1)) * (x / (1 + 1)) < 1.
Proof.
move=> low high; rewrite -subr_gt0.
have -> : 1 - x / (1 + 1) * (x / (1 + 1)) = (2%:R - x) * (x + 2%:R) / 4%:R by field.
by rewrite divr_gt0 ?ltr0n // mulr_gt0 ?subr_gt0 // -ltr_subl_addr sub0r.
Qed.

(** claim: ddcl.theorem3.applies/momentum/contracts
    value: contraction rational_root (fun x y => if Qle_bool x y then y else x) curvature eta beta
    compared: 87b40eeacd0d-103f0476a13b *)
Theorem momentum_contracts : beta < 1 -> eta * curvature < 2%:R * (1 + beta) ->
  0 < contraction Num.sqrt Num.max curvature eta beta.
Proof.
move=> beta1 short; rewrite /contraction /lower_multiplier /upper_multiplier; to_field.
have [turns|still] := lerP 0 (mode_turning curvature eta beta).
  rewrite root_of_a_turn // subr0 addr0 maxxx turning_eq.
  have -> : 1 - level / (1 + 1) * (level / (1 + 1)) - (4%:R * beta - level * level) / ((1 + 1) * (1 + 1)) = 1 - beta.
    by move: (level) => x; field.
  by rewrite subr_gt0.
rewrite root_off_a_turn ?(ltW still) // mul0r subr0 subr_gt0.
set r := Num.sqrt _; have r0 : 0 <= r := sqrtr_ge0 _.
have up : r < 2%:R - level.
  apply: root_lt; rewrite -subr_gt0.
    have -> : 2%:R - level - 0 = (1 - beta) + eta * curvature by rewrite level_eq; ring.
    by rewrite addr_gt0 // subr_gt0.
  have -> : (2%:R - level) * (2%:R - level) - (level * level - 4%:R * beta) = 4%:R * (eta * curvature).
    by rewrite level_eq; ring.
  by rewrite mulr_gt0 // ltr0n.
have down : r < 2%:R + level.
  have room : 0 < 2%:R * (1 + beta) - eta * curvature by rewrite subr_gt0.
  apply: root_lt; rewrite -subr_gt0.
    have -> : 2%:R + level - 0 = (1 - beta) + (2%:R * (1 + beta) - eta * curvature) by rewrite level_eq; ring.
    by rewrite addr_gt0 // subr_gt0.
  have -> : (2%:R + level) * (2%:R + level) - (level * level - 4%:R * beta) =
      4%:R * (2%:R * (1 + beta) - eta * curvature) by rewrite level_eq; ring.
  by rewrite mulr_gt0 // ltr0n.
have below2 : level < 2%:R by rewrite -subr_gt0 (le_lt_trans r0).
have above2 : -2%:R < level by rewrite -subr_gt0 opprK addrC (le_lt_trans r0).
rewrite lt_maxl; apply/andP; split; apply: small.
- by rewrite ltr_subr_addl -ltr_subr_addr opprK addrC.
- by rewrite (le_lt_trans _ below2) // ler_subl_addr ler_addl.
- by rewrite (lt_le_trans above2) // ler_addl.
- by rewrite -ltr_subr_addl.
Qed.

(** claim: ddcl.theorem3.applies/momentum/none-below
    value: let larger x y := if Qle_bool x y then y else x in
           [- mode_turning curvature eta beta; lower_multiplier rational_root larger curvature eta beta;
            contraction rational_root larger curvature eta beta]
    compared: b0879478834c-3b2bf5240da4 *)
Theorem momentum_does_not_turn_below : beta < 1 -> eta * curvature < 2%:R * (1 + beta) ->
  eta * curvature <= (1 - Num.sqrt beta) ^+ 2 ->
  [/\ mode_turning curvature eta beta <= 0, 0 <= lower_multiplier Num.sqrt Num.max curvature eta beta &
      0 <= contraction Num.sqrt Num.max curvature eta beta].
Proof.
move=> beta1 short; rewrite -subr_ge0 => below; have r0 : 0 <= Num.sqrt beta := sqrtr_ge0 _.
have root : beta = Num.sqrt beta * Num.sqrt beta by rewrite -expr2 sqr_sqrtr.
have above : 0 <= (1 + Num.sqrt beta) ^+ 2 - eta * curvature.
  have -> : (1 + Num.sqrt beta) ^+ 2 - eta * curvature =
      (1 - Num.sqrt beta) ^+ 2 - eta * curvature + 4%:R * Num.sqrt beta by ring.
  by rewrite addr_ge0 // mulr_ge0 // ler0n.
have still : mode_turning curvature eta beta <= 0.
  rewrite turning_eq level_eq -oppr_ge0.
  have -> : - (4%:R * beta - (1 + beta - eta * curvature) * (1 + beta - eta * curvature)) =
      ((1 - Num.sqrt beta) ^+ 2 - eta * curvature) * ((1 + Num.sqrt beta) ^+ 2 - eta * curvature).
    by move: root; move: (Num.sqrt beta) => r ->; ring.
  exact: mulr_ge0.
have level0 : 0 <= level.
  rewrite level_eq; have -> : 1 + beta - eta * curvature =
      (1 - Num.sqrt beta) ^+ 2 - eta * curvature + 2%:R * Num.sqrt beta.
    by move: root; move: (Num.sqrt beta) => r ->; ring.
  by rewrite addr_ge0 // mulr_ge0 // ler0n.
split=> //; last exact/ltW/momentum_contracts.
rewrite /lower_multiplier root_off_a_turn //; to_field; apply: divr_ge0; last by rewrite addr_ge0 ?ler01.
rewrite subr_ge0; apply: root_le => //; rewrite ler_subl_addr ler_addl; by rewrite mulr_ge0 // ler0n.
Qed.

End Origins.

(** Any field of two variables x' = J x, steps x + eta J x without momentum: a gradient field at rates r has
    J_12 r_2 = J_21 r_1, so that its multipliers are real, and they are not negative if no step is too long. *)
Section Fields.
Variable R : rcfType.
Implicit Types (J : nat -> nat -> R) (rate : nat -> R) (eta : R).

(** claim: ddcl.theorem3.applies/origins/three-origins
    value: let larger x y := if Qle_bool x y then y else x in
           stretched_by J :: concat (map (fun sign =>
             let x := decay rational_root larger J sign in [under_root eta beta x; smaller rational_root larger eta beta x]) [1; -(1)])
    compared: 10c8c6509504-c21615d8fc04 *)
Theorem three_origins J rate eta : (forall i, 0 < rate i) -> 0 < eta ->
  J 0%N 1%N * rate 1%N = J 1%N 0%N * rate 0%N ->
  (forall sign, sign \in [:: 1; -1] -> eta * decay Num.sqrt Num.max J sign <= 1) ->
  0 <= stretched_by J /\ forall sign, sign \in [:: 1; -1] ->
    let x := decay Num.sqrt Num.max J sign in 0 <= under_root eta 0 x /\ 0 <= smaller Num.sqrt Num.max eta 0 x.
Proof.
move=> rate0 eta0 gradient short; split.
  have cross : 0 <= J 0%N 1%N * J 1%N 0%N.
    have -> : J 0%N 1%N = J 1%N 0%N * rate 0%N / rate 1%N by rewrite -gradient mulfK // gt_eqF.
    have -> : J 1%N 0%N * rate 0%N / rate 1%N * J 1%N 0%N = (J 1%N 0%N) ^+ 2 * (rate 0%N / rate 1%N) by ring.
    by rewrite mulr_ge0 ?sqr_ge0 // divr_ge0 // ltW.
  rewrite /stretched_by /turning /matrix_determinant /matrix_trace; to_field; rewrite oppr_ge0 -oppr_ge0.
  have -> : - ((1 + 1) * (1 + 1) * (J 0%N 0%N * J 1%N 1%N - J 0%N 1%N * J 1%N 0%N) -
      (J 0%N 0%N + J 1%N 1%N) * (J 0%N 0%N + J 1%N 1%N)) =
      (J 0%N 0%N - J 1%N 1%N) ^+ 2 + 4%:R * (J 0%N 1%N * J 1%N 0%N) by ring.
  by rewrite addr_ge0 ?sqr_ge0 // mulr_ge0 // ler0n.
move=> sign one x; have /= := short sign one; rewrite -/x -subr_ge0 => kept.
rewrite /smaller /under_root; to_field; rewrite addr0 mulr0 subr0; split; first exact: sqr_ge0.
by rewrite max_l ?sqr_ge0 // -expr2 sqrtr_sqr ger0_norm // subrr mul0r.
Qed.

End Fields.
