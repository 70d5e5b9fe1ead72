(** Section 4.3: L_sep pulls close prototypes apart least, and at total collapse L_bal and L_ent do not push. *)
From Coq Require Import QArith List.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions collapse_definitions remark3_definitions remark1_definitions corollary4_definitions
  entropy_definitions.

(** ** Counterexamples, over the rationals: samples 1 and -1, two prototypes displaced by 1 and -1 *)
Section Counterexamples.
Local Open Scope Q_scope.

Let z := matrix [[1]; [-(1)]].
Let v := matrix [[1]; [-(1)]].

(** claim: ddcl.regularisers/negative-entropy/acts-on-close-prototypes
    role: refutes
    value: separating_strength k d (fun j c => sigma * p j c) - separating_strength k d p
    witness: {"p": [[1], [-1]], "sigma": "1/2"}
    compared: 530128474353-30e262faeb30 *)
Theorem close_prototypes_feel_less : exists k d p sigma, 0 <= sigma <= 1 /\
  ~ separating_strength k d p <= separating_strength k d (fun j c => (sigma * p j c)%Q).
Proof. exists 2%nat, 1%nat, v, (1 # 2); repeat split; vm_compute; congruence. Qed.

(** claim: ddcl.regularisers/negative-entropy/balance-pushes
    role: refutes
    value: balance_growth T_value n k d z v
    witness: {"z": [[1], [-1]], "v": [[1], [-1]], "T": 1}
    compared: 7bfe838d8d49-734d43873fc8 *)
Theorem balance_does_not_push : exists T n k d z v, 0 < T /\ ~ data_along n k d z v == 0 /\
  ~ 0 < balance_growth T n k d z v.
Proof. exists 1, 2%nat, 2%nat, 1%nat, z, v; repeat split; vm_compute; congruence. Qed.

(** claim: ddcl.regularisers/negative-entropy/entropy-pushes
    role: refutes
    value: entropy_growth T_value n k d z v
    witness: {"z": [[1], [-1]], "v": [[1], [-1]], "T": 1}
    compared: 0529eba5baaa-2d4216fa95ea *)
Theorem entropy_does_not_push : exists T n k d z v, 0 < T /\ ~ data_along n k d z v == 0 /\
  ~ 0 < entropy_growth T n k d z v.
Proof. exists 1, 2%nat, 2%nat, 1%nat, z, v; repeat split; vm_compute; congruence. Qed.

End Counterexamples.

(** ** What holds, over every ordered field *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import remark3.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Regularisers.
Variable R : realFieldType.
Implicit Types (n k d : nat) (z p q v a b : nat -> nat -> R) (sep weight sigma T t : R).

Lemma pair_spread_ge0 k d p : 0 <= pair_spread k d p.
Proof. by apply: sum_ge0 => j _; apply: sum_ge0 => i _; apply: sum_ge0 => c _; exact: sqr_ge0. Qed.

(** claim: ddcl.regularisers/negative-entropy/penalises-close-prototypes
    value: pair_spread k d p - pair_spread k d (fun j c => sigma * p j c)
    compared: f508293f3670-eabf47b0946e *)
Theorem closer_costs_more k d p sigma : 0 <= sigma -> sigma <= 1 ->
  - pair_spread k d p <= - pair_spread k d (fun j c => sigma * p j c).
Proof.
move=> s0 s1; rewrite ler_opp2.
have -> : pair_spread k d (fun j c => sigma * p j c) = sigma ^+ 2 * pair_spread k d p.
  rewrite /pair_spread /distance2 /norm2 -sum_mull; apply: sum_ext => j _; rewrite -sum_mull; apply: sum_ext => i _.
  by rewrite -sum_mull; apply: sum_ext => c _; to_field; ring.
by rewrite ler_pimull ?pair_spread_ge0 // exprn_ile1.
Qed.

(** The spread along v: its gradient in p_j is 2 (k p_j - sum_i p_i), and that is the force of L_sep. *)
Theorem separating_force k d p v t : pair_spread k d (shifted p v t) =
  pair_spread k d p + t * sum k (fun j => dot d (v j) (spread_gradient k p j)) + t ^+ 2 * pair_spread k d v.
Proof.
rewrite !pair_spread_eq /frobenius2 /norm2 /dot.
rewrite ![sum k (fun j => sum d _)]sum_exchange -!sum_mull -!sum_sub -!sum_mull -!sum_add; apply: sum_ext => c _.
rewrite /shifted /spread_gradient number_eq; to_field.
have -> : sum k (fun j => p j c + t * v j c) = sum k (fun j => p j c) + t * sum k (fun j => v j c).
  by rewrite sum_add sum_mull.
have -> : sum k (fun j => (p j c + t * v j c) * (p j c + t * v j c)) =
    sum k (fun j => p j c * p j c) + 2%:R * t * sum k (fun j => v j c * p j c) + t ^+ 2 * sum k (fun j => v j c * v j c).
  by rewrite -!sum_mull -!sum_add; apply: sum_ext => j _; ring.
have -> : sum k (fun j => v j c * ((1 + 1) * (k%:R * p j c - sum k (fun i => p i c)))) =
    2%:R * k%:R * sum k (fun j => v j c * p j c) - 2%:R * sum k (fun i => p i c) * sum k (fun j => v j c).
  by move: (sum k (fun i => p i c)) => s; rewrite -!sum_mull -!sum_sub; apply: sum_ext => j _; ring.
move: (sum k (fun j => p j c)) (sum k (fun j => v j c)) (sum k _) (sum k _) (sum k _) => P V A B C; ring.
Qed.

(** claim: ddcl.regularisers/negative-entropy/acts-on-close-prototypes/amended
    value: disproportion k d p v
    compared: ca75c33038e5-5518b5fe5068 *)
Theorem force_is_proportional k d p v : (forall i j c, spread_gradient k p i c - spread_gradient k p j c =
    2%:R * k%:R * (p i c - p j c)) /\
  ((0 < k)%N -> disproportion k d p v = 0).
Proof.
split=> [i j c|k0]; first by rewrite /spread_gradient number_eq; to_field; ring.
rewrite /disproportion /dot sum_exchange; apply: sum_all0 => c _.
rewrite (sum_ext (g := fun j => (- 2%:R * sum k (fun i => p i c)) * centred k v j c)); last first.
  by move=> j _; rewrite /spread_gradient; to_field; move: (number _) (sum k _) => K s; ring.
have centre : sum k (fun j => centred k v j c) = 0.
  rewrite /centred /mean_of number_eq; to_field; rewrite sum_sub sum_const mulrCA mulfV ?pnatr_eq0 -?lt0n //.
  by rewrite mulr1 subrr.
by rewrite sum_mull centre mulr0.
Qed.

Lemma mean_zero n z c : (0 < n)%N -> sum n (fun m => z m c - mean_of n z c) = 0.
Proof.
move=> n0; rewrite sum_sub sum_const /mean_of number_eq; to_field; rewrite mulrCA mulfV ?pnatr_eq0 -?lt0n //.
by rewrite mulr1 subrr.
Qed.

(** claim: ddcl.regularisers/negative-entropy/balance-pushes/amended
    value: balance_growth T_value n k d z v
    compared: e3c81743ac27-b4fa9ba44837 *)
Theorem balance_is_neutral n k d z v T : (0 < n)%N -> balance_growth T n k d z v = 0.
Proof.
move=> n0; rewrite /balance_growth; to_field.
rewrite [sum k _]sum_all0 ?mulr0 ?oppr0 // => j _.
have -> : mean_share n (collapse_rate T n k d z v) j = 0; last by rewrite mul0r.
rewrite /mean_share /collapse_rate; to_field.
have -> : sum n (fun m => (1 + 1) * dot d (centred k v j) (fun c => z m c - mean_of n z c) / (number k * T)) =
    (1 + 1) / (number k * T) * sum n (fun m => dot d (centred k v j) (fun c => z m c - mean_of n z c)).
  by rewrite -sum_mull; apply: sum_ext => m _; rewrite mulrAC.
rewrite /dot sum_exchange (sum_ext (g := fun=> 0)) ?sum_zero ?mulr0 ?mul0r // => c _.
by rewrite sum_mull (mean_zero z c n0) mulr0.
Qed.

Lemma entropy_growth_form n k d z v T : (0 < n)%N -> (0 < k)%N -> 0 < T ->
  entropy_growth T n k d z v = - (4%:R / (k%:R * T ^+ 2) * data_along n k d z v).
Proof.
move=> n0 k0 T0; have k1 : k%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
have n1 : n%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
have T1 : T != 0 by rewrite gt_eqF.
rewrite /entropy_growth /data_along !number_eq; to_field; congr (- _).
have -> : sum n (fun m => sum k (fun j => collapse_rate T n k d z v m j * collapse_rate T n k d z v m j)) =
    4%:R / (k%:R * T) ^+ 2 * sum n (fun m => sum k (fun j => dot d (centred k v j) (fun c => z m c - mean_of n z c) *
      dot d (centred k v j) (fun c => z m c - mean_of n z c))).
  rewrite -sum_mull; apply: sum_ext => m _; rewrite -sum_mull; apply: sum_ext => j _.
  rewrite /collapse_rate number_eq; to_field; move: (dot _ _ _) => x; field; by rewrite ?k1 ?T1.
move: (sum n _) => s; field; by rewrite ?k1 ?T1 ?n1.
Qed.

(** claim: ddcl.regularisers/negative-entropy/entropy-pushes/amended
    claim: ddcl.regularisers/entropy/entropy-separates
    value: - entropy_growth T_value n k d z v
    compared: 88451bd66146-fb81bb8a6e39 *)
Theorem entropy_holds_together n k d z v T : (0 < n)%N -> (0 < k)%N -> 0 < T ->
  data_along n k d z v != 0 -> entropy_growth T n k d z v < 0.
Proof.
move=> n0 k0 T0 vary; rewrite entropy_growth_form // oppr_lt0 mulr_gt0 //.
  by rewrite divr_gt0 ?mulr_gt0 ?exprn_gt0 ?ltr0n.
rewrite lt_def vary /data_along number_eq; apply: divr_ge0; last exact: ler0n.
by apply: sum_ge0 => m _; apply: sum_ge0 => j _; exact: sqr_ge0.
Qed.

(** Cubic polynomials *)
Let cubic (f : R -> R) : Prop := exists e0 e1 e2 e3, forall t, f t = e0 + e1 * t + e2 * t ^+ 2 + e3 * t ^+ 3.

Lemma cubic_add f g : cubic f -> cubic g -> cubic (fun t => f t + g t).
Proof.
move=> [a0 [a1 [a2 [a3 A]]]] [b0 [b1 [b2 [b3 B]]]].
by exists (a0 + b0), (a1 + b1), (a2 + b2), (a3 + b3) => t; rewrite A B; ring.
Qed.

Lemma cubic_scale x f : cubic f -> cubic (fun t => x * f t).
Proof. by move=> [a0 [a1 [a2 [a3 A]]]]; exists (x * a0), (x * a1), (x * a2), (x * a3) => t; rewrite A; ring. Qed.

Lemma cubic_sum m (f : nat -> R -> R) : (forall i, cubic (f i)) -> cubic (fun t => sum m (fun i => f i t)).
Proof.
move=> each; elim: m => [|m IH]; last exact: (cubic_add IH (each m)).
by exists 0, 0, 0, 0 => t; rewrite /sum; to_field; ring.
Qed.

(** The energy along a line, term by term *)
Let along_a_line n k d z p q a b sep weight t : R :=
  sum n (fun m => sum k (fun j => sum d (fun c => (q m j + t * b m j) *
    ((z m c - (p j c + t * a j c)) * (z m c - (p j c + t * a j c)))))) +
  (- sep * sum k (fun j => sum j (fun i => sum d (fun c => ((p i c - p j c) + t * (a i c - a j c)) *
    ((p i c - p j c) + t * (a i c - a j c))))) +
   weight * sum k (fun j => sum d (fun c => (p j c + t * a j c) * (p j c + t * a j c)))).

Lemma energy_along n k d z p q a b sep weight t :
  energy n k d z (shifted p a t) (shifted q b t) sep weight 1 = along_a_line n k d z p q a b sep weight t.
Proof.
rewrite /along_a_line /energy /quantization /pair_spread /frobenius2 /distance2 /norm2 /shifted; to_field.
rewrite -addrA mul1r mulNr; congr (_ + (- (_ * _) + _)).
  by apply: sum_ext => m _; apply: sum_ext => j _; rewrite sum_mull.
by apply: sum_ext => j _; apply: sum_ext => i _; apply: sum_ext => c _; ring.
Qed.

(** Without logarithms the energy is a cubic polynomial along every line.

    claim: ddcl.theorem4.hypotheses/negative-entropy/polynomial
    claim: ddcl.theorem4.hypotheses/entropy/polynomial
    value: fourth_difference (fun t => energy n k d z (shifted p a t) (shifted q b t) sep weight 1)
    compared: 230810c245e3-f0801fca8a1d *)
Theorem energy_is_cubic n k d z p q a b sep weight : exists e0 e1 e2 e3, forall t,
  energy n k d z (shifted p a t) (shifted q b t) sep weight 1 = e0 + e1 * t + e2 * t ^+ 2 + e3 * t ^+ 3.
Proof.
have square_cubic (x y : R) : cubic (fun t => (x + t * y) * (x + t * y)).
  by exists (x * x), (2%:R * x * y), (y * y), 0 => t; ring.
have weighted_cubic (r e x y w : R) : cubic (fun t => (r + t * e) * ((w - (x + t * y)) * (w - (x + t * y)))).
  exists (r * (w - x) * (w - x)), (e * (w - x) * (w - x) - 2%:R * r * (w - x) * y),
    (r * y * y - 2%:R * e * (w - x) * y), (e * y * y) => t; ring.
have [e0 [e1 [e2 [e3 H]]]] : cubic (along_a_line n k d z p q a b sep weight); last first.
  by exists e0, e1, e2, e3 => t; rewrite energy_along H.
apply: cubic_add; last apply: cubic_add; try apply: cubic_scale.
- by do 3! (apply: cubic_sum => ?); exact: weighted_cubic.
- by do 3! (apply: cubic_sum => ?); exact: square_cubic.
- by do 2! (apply: cubic_sum => ?); exact: square_cubic.
Qed.

End Regularisers.
