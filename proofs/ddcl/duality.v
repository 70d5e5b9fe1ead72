(** A step of the weights W of P = Z^T W is a step of free prototypes under Z^T Z = I, and only then. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import definitions span_definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Duality.
Variable R : realFieldType.
Implicit Types (n k d : nat) (p v : nat -> R) (z w g a : nat -> nat -> R) (c eta : R).

(** Z^T Z = c I *)
Definition gram_is n d z c : Prop :=
  forall i j, (i < d)%N -> (j < d)%N -> gram n z i j = if Nat.eqb i j then c else 0.

(** W -> sum_j g_j . p_j changes along U by sum W-slope . U: the slope is its gradient. *)
Theorem slope_is_the_gradient n k d z g w (u : nat -> nat -> R) :
  sum k (fun j => dot d (g j) (combined n z (fun m i => w m i + u m i) j)) =
  sum k (fun j => dot d (g j) (combined n z w j)) + sum n (fun m => sum k (fun j => u m j * weight_slope d z g m j)).
Proof.
rewrite [X in _ = _ + X]sum_exchange -sum_add; apply: sum_ext => j _.
rewrite /dot /combined /mixture /weight_slope /dot; to_field.
under [X in _ = _ + X]sum_ext => m _ do rewrite -sum_mull.
rewrite [X in _ = _ + X]sum_exchange -sum_add; apply: sum_ext => i _.
rewrite -!sum_mull -sum_add; apply: sum_ext => m _; by ring.
Qed.

(** Z^T Z applied to a vector *)
Lemma gram_times n d z c p i : gram_is n d z c -> (i < d)%N ->
  mixture n (fun m => dot d (z m) p) z i = c * p i.
Proof.
move=> even lt_id; rewrite /mixture /dot; to_field.
under [LHS]sum_ext => m _ do rewrite -sum_mulr.
rewrite sum_exchange (@sum_ext _ d _ (fun j => if Nat.eqb i j then c * p i else 0)); first by rewrite sum_indicator.
move=> j lt_jd; have := even i j lt_id lt_jd; rewrite /gram; to_field => entry.
transitivity (sum n (fun m => z m i * z m j) * p j).
  by rewrite -sum_mulr; apply: sum_ext => m _; ring.
by rewrite entry; case: PeanoNat.Nat.eqb_spec => [->|_]; rewrite ?mul0r.
Qed.

Lemma step_gap_eq0 n k d z w g r eta c : gram_is n d z c -> step_gap n k d z w g r eta (c * eta) = 0.
Proof.
move=> even; apply: sum_all0 => j _; rewrite /dot; apply: sum_all0 => i lt_id; to_field.
have -> : combined n z (fun m l => w m l - eta * weight_slope d z g m l) j i =
    combined n z w j i - eta * mixture n (fun m => dot d (z m) (g j)) z i.
  rewrite /combined /mixture /weight_slope; to_field; rewrite -sum_mull -sum_sub; apply: sum_ext => m _; by ring.
by rewrite (gram_times _ even lt_id); ring.
Qed.

(** claim: ddcl.duality/gradient-descent/same-step
    claim: ddcl.duality/adam/same-step/amended
    value: step_gap n k d z w g r eta eta
    compared: fc3468b172b8-d523fa1797f8 *)
Theorem same_step n k d z w g r eta : gram_is n d z 1 -> step_gap n k d z w g r eta eta = 0.
Proof. by move=> unit; have := step_gap_eq0 k w g r eta unit; rewrite mul1r. Qed.

(** claim: ddcl.duality/gradient-descent/normalised-uncorrelated/amended
    claim: ddcl.duality/gradient-descent/normalised-unit/amended
    value: step_gap n k d z w g r eta (c * eta)
    compared: 3498749d38a5-3b6db1bf61f4 *)
Theorem scaled_step n k d z w g r eta c : gram_is n d z c -> step_gap n k d z w g r eta (c * eta) = 0.
Proof. exact: step_gap_eq0. Qed.

(** claim: ddcl.duality/gradient-descent/same-start
    value: start_gap n d z p r
    compared: 28efbc330926-e18a4ac7812c *)
Theorem same_start n d z p r : gram_is n d z 1 -> start_gap n d z p r = 0.
Proof.
move=> unit; rewrite /start_gap; to_field; apply/eqP; rewrite subr_eq0; apply/eqP.
by rewrite {1}/dot; apply: sum_ext => i lt_id; rewrite (gram_times _ unit lt_id) mul1r.
Qed.

(** claim: ddcl.duality/gradient-descent/representation/amended
    value: inverted_gap n d z a p r
    compared: 7a1652670cc4-e084f6dd7233 *)
Theorem every_prototype_is_reached n d z a p r :
  (forall i j, (i < d)%N -> (j < d)%N -> sum n (fun m => z m i * dot d (z m) (fun l => a l j)) = if Nat.eqb i j then 1 else 0) ->
  inverted_gap n d z a p r = 0.
Proof.
move=> inverse; rewrite /inverted_gap; to_field; apply/eqP; rewrite subr_eq0; apply/eqP.
rewrite {1}/dot; apply: sum_ext => i lt_id; congr (_ * _).
transitivity (sum d (fun j => sum n (fun m => z m i * dot d (z m) (fun l => a l j)) * p j)); last first.
  rewrite (@sum_ext _ d _ (fun j => if Nat.eqb i j then p i else 0)) ?sum_indicator // => j lt_jd.
  by rewrite inverse //; case: PeanoNat.Nat.eqb_spec => [->|_]; rewrite ?mul1r ?mul0r.
under [RHS]sum_ext => j _ do rewrite -sum_mulr.
rewrite sum_exchange /mixture; apply: sum_ext => m _; rewrite /dot; to_field.
have -> : sum d (fun l => z m l * sum d (fun j => a l j * p j)) = sum d (fun j => sum d (fun l => z m l * a l j) * p j).
  under [LHS]sum_ext => l _ do rewrite -sum_mull.
  rewrite sum_exchange; apply: sum_ext => j _; rewrite -sum_mulr; apply: sum_ext => l _; exact: mulrA.
by rewrite -sum_mulr; apply: sum_ext => j _; move: (sum _ _) => s; ring.
Qed.

(** claim: ddcl.duality/gradient-descent/normalised-uncorrelated
    role: refutes
    value: correlations n d z
    witness: {"z": [[1, 1], [-1, -1]]}
    compared: 4b026880773f-973a56c720ff *)
Theorem normalised_features_may_correlate : exists n d z,
  (forall i, (i < d)%N -> sum n (fun m => z m i) = 0 /\ sum n (fun m => square (z m i)) = n%:R) /\
  exists i j, [/\ (i < j)%N, (j < d)%N & gram n z i j <> 0].
Proof.
exists 2%N, 2%N, (fun m _ => if m is 0%N then 1 else -1); split.
  by move=> i _; rewrite /=; to_field; split; ring.
exists 0%N, 1%N; split=> //; rewrite /gram /=; to_field.
have -> : 0 + 1 * 1 + -1 * -1 = 2%:R :> R by ring.
by apply/eqP; rewrite pnatr_eq0.
Qed.

(** claim: ddcl.duality/gradient-descent/normalised-unit
    role: refutes
    value: entries d (fun i => gram n z i i - 1)
    witness: {"z": [[1], [-1]]}
    compared: 0f6f9835015a-8362960aca44 *)
Theorem normalised_features_are_not_unit : exists n d z,
  (forall i, (i < d)%N -> sum n (fun m => z m i) = 0 /\ sum n (fun m => square (z m i)) = n%:R) /\
  exists2 i, (i < d)%N & gram n z i i <> 1.
Proof.
exists 2%N, 1%N, (fun m _ => if m is 0%N then 1 else -1); split.
  by move=> i _; rewrite /=; to_field; split; ring.
exists 0%N => //; rewrite /gram /=; to_field.
have -> : 0 + 1 * 1 + -1 * -1 = 2%:R :> R by ring.
by apply/eqP; rewrite -subr_eq0 (_ : 2%:R - 1 = 1 :> R) ?oner_eq0 //; ring.
Qed.

(** claim: ddcl.duality/gradient-descent/representation
    role: refutes
    value: dot d v p
    witness: {"z": [[1, 0]], "v": [0, 1], "p": [0, 1]}
    compared: 885d01d809fc-87972f0aeb76 *)
Theorem not_every_prototype_is_reached : exists n d z v p,
  (forall m, (m < n)%N -> dot d v (z m) = 0) /\ dot d v p <> 0.
Proof.
pose second (i : nat) : R := if i is 1%N then 1 else 0.
exists 1%N, 2%N, (fun _ i => if i is 0%N then 1 else 0), second, second; rewrite /dot /second /=; to_field; split.
  by move=> m _; ring.
by rewrite !add0r mulr1 ?mul0r ?add0r ?mulr1; apply/eqP; rewrite oner_eq0.
Qed.

End Duality.
