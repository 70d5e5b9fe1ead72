(** Proposition 6 for a pair of prototypes among others, soft assignments: whether the net force grows with the opening. *)
From Coq Require Import Reals Lra Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions soft_definitions collapse_definitions jet_definitions.
From DDCL.ddcl Require Import collapse_softmax_definitions pair_softmax_definitions softmax derivatives collapse_softmax.
From DDCL.ddcl Require Import collapse_expansion pair_softmax.
Open Scope R_scope.

Implicit Types (n k d : nat) (z p : nat -> nat -> R) (T : R).

(** claim: ddcl.proposition6/stopped/separates/amended
    value: slope_of (mean_net (net_quantization d) n (soft_jet 1 T T_value k d) (held z) (held p))
    compared: 0659f5e56671-85a34c08c261 *)
Theorem separates_when_cold n k d z p T : (0 < n)%nat -> (2 <= k)%nat -> 0 < T ->
  0 < excess n d (shares k d T) z p T 2 ->
  exists rate, 0 < rate /\ is_derive (mean_net (net_quantization d) n (shares k d T) z p) 0 rate.
Proof.
  intros n0 two T0 cold; exists (pair_rate n d (shares k d T) z p T); split; [|apply pair_rule; assumption].
  apply (rate_of_excess n k d z p T T 2); solve [assumption | lra].
Qed.

(** Exponents d/(2T)

    claim: ddcl.proposition6/half-exponent/separates/amended
    value: slope_of (mean_net (net_quantization d) n (soft_jet (1 # 2) T T_value k d) (held z) (held p))
    compared: ae2194a0d5a4-cbe1f7c34177 *)
Theorem separates_when_colder n k d z p T : (0 < n)%nat -> (2 <= k)%nat -> 0 < T ->
  0 < excess n d (shares k d (2 * T)) z p T 1 ->
  exists rate, 0 < rate /\ is_derive (mean_net (net_quantization d) n (shares k d (2 * T)) z p) 0 rate.
Proof.
  intros n0 two T0 cold; exists (pair_rate n d (shares k d (2 * T)) z p (2 * T)); split; [|apply pair_rule; [assumption | lra]].
  apply (rate_of_excess n k d z p T (2 * T) 1); solve [assumption | lra].
Qed.

(** claim: ddcl.proposition6/stopped/size/amended
    value: slope_of (mean_net (net_quantization d) n (soft_jet 1 T T_value k d) (held z) (held p))
           - level (pair_rate n d (soft_jet 1 T T_value k d) (held z) (held p) (constant T_value))
    compared: 0b8ba724598c-9859b1d9f67b *)
Theorem size n k d z p T : (2 <= k)%nat -> 0 < T ->
  is_derive (mean_net (net_quantization d) n (shares k d T) z p) 0 (pair_rate n d (shares k d T) z p T).
Proof. exact (pair_rule n k d z p T). Qed.

(** claim: ddcl.proposition6/stopped/absent-under-ols/amended
    claim: ddcl.proposition5.force/stopped/no-force-nearby/amended
    value: slope_of (mean_net (net_ols k d) n (soft_jet 1 T T_value k d) (held z) (held p))
           - level (ols_pair_rate n k d (soft_jet 1 T T_value k d) (held z) (held p) (constant T_value))
    compared: 67c9d95cefed-e3532e6ebe28 *)
Theorem rate_under_ols n k d z p T : (2 <= k)%nat -> 0 < T ->
  is_derive (mean_net (net_ols k d) n (shares k d T) z p) 0 (ols_pair_rate n k d (shares k d T) z p T).
Proof. exact (ols_pair_rule n k d z p T). Qed.

(** Full

    claim: ddcl.proposition6/full/separates/amended
    value: - curvature_of (opened_loss (quantization k d) n (soft_jet 1 T T_value k d) (held z) (held p))
    compared: e4939ee74419-1b9ededd7995 *)
Theorem separates_through_the_softmax n k d z p T : (0 < n)%nat -> (2 <= k)%nat -> 0 < T ->
  0 < full_excess n k d (shares k d T) z p T ->
  exists rate, 0 < rate /\ is_derive_n (opened_loss (quantization k d) n (shares k d T) z p) 2 0 (- rate).
Proof.
  intros n0 two T0 cold; exists (4 / (T * T) / INR n * full_excess n k d (shares k d T) z p T); split;
    [|apply full_pair_rule; assumption].
  assert (0 < INR n) by (apply lt_0_INR; assumption); assert (0 < T * T) by (apply Rmult_lt_0_compat; assumption).
  apply Rmult_lt_0_compat; [|exact cold]; repeat apply Rdiv_lt_0_compat; solve [assumption | lra].
Qed.

(** ** Counterexamples: one sample, the pair 1, -1 *)
Definition sample (x : R) (m c : nat) : R := x.
Definition plus_minus (i c : nat) : R := match i with O => 1 | S O => -1 | _ => 0 end.

Lemma half_shares x T : shares 2 1 T (sample x 0%nat) (opened plus_minus 0) 0%nat = / 2.
Proof.
  unfold shares, soft, share; to_reals; cbn [sum]; to_reals.
  assert (forall j, distance2 1 (sample x 0%nat) (opened plus_minus 0 j) = distance2 1 (sample x 0%nat) (opened plus_minus 0 0%nat)
    \/ (2 <= j)%nat) as same.
  { intros [|[|j]]; [left; reflexivity | left | right; lia].
    unfold distance2, norm2, opened, plus_minus, half_difference, sample, sum; to_reals; field. }
  destruct (same 1%nat) as [-> | wrong]; [|lia].
  assert (H := exp_pos (- (distance2 1 (sample x 0%nat) (opened plus_minus 0 0%nat) / T))); field; lra.
Qed.

Lemma half_difference_of : forall c, half_difference plus_minus c = 1.
Proof. intros; unfold half_difference, plus_minus; to_reals; field. Qed.

Lemma apart : norm2 1 (half_difference plus_minus) = 1.
Proof. unfold norm2, sum; to_reals; rewrite half_difference_of; ring. Qed.

Lemma reach_of x : reach 1 (sample x 0%nat) plus_minus = x.
Proof. unfold reach, dot, sum; to_reals; rewrite half_difference_of; unfold plus_minus, sample; field. Qed.

Lemma pair_rate_of x T : 0 < T -> pair_rate 1 1 (shares 2 1 T) (sample x) plus_minus T = 2 * (2 * (x * x) / T - 1).
Proof.
  intros T0; unfold pair_rate, average, sum, number; cbv zeta; to_reals; rewrite reach_of, apart.
  rewrite <- (same_share 0 1 (sample x 0%nat) plus_minus T), half_shares; field; lra.
Qed.

Lemma ols_pair_rate_of x T : 0 < T -> ols_pair_rate 1 2 1 (shares 2 1 T) (sample x) plus_minus T = 4 * (x * x) / T.
Proof.
  intros T0; unfold ols_pair_rate, average, dot, mixture; cbn [sum number]; cbv zeta; to_reals; rewrite reach_of.
  rewrite <- (same_share 0 1 (sample x 0%nat) plus_minus T), half_shares, half_difference_of.
  destruct (opened_0 plus_minus 0%nat) as [-> ->]; unfold plus_minus, sample; field; lra.
Qed.

(** claim: ddcl.proposition6/stopped/separates
    role: refutes
    value: slope_of (mean_net (net_quantization d) n (soft_jet 1 T T_value k d) (held z) (held p))
    witness: {"z": [[0]], "p": [[1], [-1]], "T": 1}
    compared: 35796e70814c-b741d1a7e256 *)
Theorem does_not_separate : exists n k d z p T rate, 0 < T /\ norm2 d (half_difference p) <> 0 /\
  is_derive (mean_net (net_quantization d) n (shares k d T) z p) 0 rate /\ ~ 0 < rate.
Proof.
  exists 1%nat, 2%nat, 1%nat, (sample 0), plus_minus, 1, (2 * (2 * (0 * 0) / 1 - 1)).
  refine (conj Rlt_0_1 (conj _ (conj _ _))); [rewrite apart; lra | rewrite <- pair_rate_of by lra | lra].
  apply pair_rule; [lia | lra].
Qed.

(** claim: ddcl.proposition6/half-exponent/separates
    role: refutes
    value: slope_of (mean_net (net_quantization d) n (soft_jet (1 # 2) T T_value k d) (held z) (held p))
    witness: {"z": [[0]], "p": [[1], [-1]], "T": 1}
    compared: c1a2ac343262-0f4912cdf29e *)
Theorem does_not_separate_at_half_the_exponent : exists n k d z p T rate, 0 < T /\ norm2 d (half_difference p) <> 0 /\
  is_derive (mean_net (net_quantization d) n (shares k d (2 * T)) z p) 0 rate /\ ~ 0 < rate.
Proof.
  exists 1%nat, 2%nat, 1%nat, (sample 0), plus_minus, 1, (2 * (2 * (0 * 0) / (2 * 1) - 1)).
  refine (conj Rlt_0_1 (conj _ (conj _ _))); [rewrite apart; lra | rewrite <- pair_rate_of by lra | lra].
  apply pair_rule; [lia | lra].
Qed.

(** At T = 2 t^2 the force does not change at all.

    claim: ddcl.proposition6/stopped/size
    role: refutes
    truth: (let rate := slope_of (mean_net (net_quantization d) n (soft_jet 1 T T_value k d) (held z) (held p)) in
            let q := soft_jet 1 T T_value k d (held z 0%nat) (opened (held p) (constant 0)) in
            let size := 2 * (level (q 0%nat) + level (q 1%nat)) * norm2 d (half_difference p) in
            Qeq_bool rate size || Qeq_bool rate (- size))%bool
    witness: {"z": [[1]], "p": [[1], [-1]], "T": 2}
    compared: 2cb9bdcbc8e1-c3a1115e83a6 *)
Theorem not_of_that_size : exists n k d z p T rate, 0 < T /\ norm2 d (half_difference p) <> 0 /\
  is_derive (mean_net (net_quantization d) n (shares k d T) z p) 0 rate /\
  let q := shares k d T (z 0%nat) (opened p 0) in Rabs rate <> 2 * (q 0%nat + q 1%nat) * norm2 d (half_difference p).
Proof.
  exists 1%nat, 2%nat, 1%nat, (sample 1), plus_minus, 2, (2 * (2 * (1 * 1) / 2 - 1)).
  refine (conj Rlt_0_2 (conj _ (conj _ _))); [rewrite apart; lra | rewrite <- pair_rate_of by lra; apply pair_rule; [lia | lra] |].
  intros q; unfold q; rewrite <- (same_share 0 1 (sample 1 0%nat) plus_minus 2), half_shares, apart.
  replace (2 * (2 * (1 * 1) / 2 - 1)) with 0 by field; rewrite Rabs_R0; lra.
Qed.

(** claim: ddcl.proposition6/stopped/absent-under-ols
    role: refutes
    value: slope_of (mean_net (net_ols k d) n (soft_jet 1 T T_value k d) (held z) (held p))
    witness: {"z": [[1]], "p": [[1], [-1]], "T": 1}
    compared: 9cb4d0ea02ca-440d2fd31083 *)
Theorem not_absent_under_ols : exists n k d z p T rate, 0 < T /\ norm2 d (half_difference p) <> 0 /\
  is_derive (mean_net (net_ols k d) n (shares k d T) z p) 0 rate /\ rate <> 0.
Proof.
  exists 1%nat, 2%nat, 1%nat, (sample 1), plus_minus, 1, (4 * (1 * 1) / 1).
  refine (conj Rlt_0_1 (conj _ (conj _ _))); [rewrite apart; lra | rewrite <- ols_pair_rate_of by lra | lra].
  apply ols_pair_rule; [lia | lra].
Qed.

(** claim: ddcl.proposition5.force/stopped/no-force-nearby
    role: refutes
    value: - slope_of (mean_net (net_ols k d) n (soft_jet 1 T T_value k d) (held z) (held p))
    witness: {"z": [[1]], "p": [[1], [-1]], "T": 1}
    compared: 80624481f544-c17be7b0cbc8 *)
Theorem force_nearby : exists n k d z p T rate, 0 < T /\ norm2 d (half_difference p) <> 0 /\
  is_derive (mean_net (net_ols k d) n (shares k d T) z p) 0 rate /\ ~ 0 <= - rate.
Proof.
  exists 1%nat, 2%nat, 1%nat, (sample 1), plus_minus, 1, (4 * (1 * 1) / 1).
  refine (conj Rlt_0_1 (conj _ (conj _ _))); [rewrite apart; lra | rewrite <- ols_pair_rate_of by lra | lra].
  apply ols_pair_rule; [lia | lra].
Qed.

(** Full: the pair is all there is, and opens from one place. *)
Lemma opened_from_0 : opened plus_minus 0 = fun _ _ => 0.
Proof.
  extensionality j; extensionality c; destruct j as [|[|j]]; unfold opened, plus_minus; to_reals; [field | field | reflexivity].
Qed.

Lemma variance_of_pull x :
  variance_of 2 (fun j => dot 1 (away plus_minus j) (fun c => sample x 0%nat c - 0)) = x * x.
Proof.
  unfold variance_of, average, dot; cbn [sum number]; unfold away, sample; to_reals; rewrite half_difference_of; field.
Qed.

Lemma full_rate_of x T : 0 < T ->
  is_derive_n (opened_loss (quantization 2 1) 1 (shares 2 1 T) (sample x) plus_minus) 2 0 (2 - 8 / T * (x * x)).
Proof.
  intros T0; replace (opened_loss (quantization 2 1) 1 (shares 2 1 T) (sample x) plus_minus) with
    (fun e => mean_loss (quantization 2 1) 1 (shares 2 1 T) (sample x) (moved (fun _ _ => 0) (away plus_minus) e)).
  2: { extensionality e; unfold opened_loss; rewrite (opened_moves plus_minus e), opened_from_0; reflexivity. }
  assert (H := quantization_expansion 1 2 1 (sample x) (fun _ => 0) (away plus_minus) T ltac:(lia) ltac:(lia) T0).
  rewrite (average_ext 1 _ (fun _ => x * x)) in H by (intros [|m] lt_m; [exact (variance_of_pull x) | lia]).
  rewrite average_const in H by lia; apply (is_derive_eq _ _ _ _ H).
  rewrite (average_ext 2 _ (fun _ => 1)); [rewrite average_const by lia; ring|].
  intros [|[|j]] lt_j; [| | lia]; unfold norm2, away, sum; to_reals; rewrite half_difference_of; ring.
Qed.

Lemma full_ols_rate_of x T : 0 < T ->
  is_derive_n (opened_loss (ols 2 1) 1 (shares 2 1 T) (sample x) plus_minus) 2 0 (- (8 / T * (x * x))).
Proof.
  intros T0; replace (opened_loss (ols 2 1) 1 (shares 2 1 T) (sample x) plus_minus) with
    (fun e => mean_loss (ols 2 1) 1 (shares 2 1 T) (sample x) (moved (fun _ _ => 0) (away plus_minus) e)).
  2: { extensionality e; unfold opened_loss; rewrite (opened_moves plus_minus e), opened_from_0; reflexivity. }
  assert (H := ols_expansion 1 2 1 (sample x) (fun _ => 0) (away plus_minus) T ltac:(lia) ltac:(lia) T0).
  rewrite (average_ext 1 _ (fun _ => x * x)) in H by (intros [|m] lt_m; [exact (variance_of_pull x) | lia]).
  rewrite average_const in H by lia; apply (is_derive_eq _ _ _ _ H).
  unfold norm2, average; cbn [sum number]; unfold away; to_reals; rewrite half_difference_of; field; lra.
Qed.

(** claim: ddcl.proposition6/full/separates
    role: refutes
    value: - curvature_of (opened_loss (quantization k d) n (soft_jet 1 T T_value k d) (held z) (held p))
    witness: {"z": [[0]], "p": [[1], [-1]], "T": 1}
    compared: 0af1f3f84e39-54f765ef643c *)
Theorem does_not_separate_through_the_softmax : exists n k d z p T rate, 0 < T /\ norm2 d (half_difference p) <> 0 /\
  is_derive_n (opened_loss (quantization k d) n (shares k d T) z p) 2 0 (- rate) /\ ~ 0 < rate.
Proof.
  exists 1%nat, 2%nat, 1%nat, (sample 0), plus_minus, 1, (-2).
  refine (conj Rlt_0_1 (conj _ (conj _ _))); [rewrite apart; lra | | lra].
  apply (is_derive_eq _ _ _ _ (full_rate_of 0 1 Rlt_0_1)); lra.
Qed.

(** claim: ddcl.proposition6/full/absent-under-ols
    role: refutes
    value: - curvature_of (opened_loss (ols k d) n (soft_jet 1 T T_value k d) (held z) (held p))
    witness: {"z": [[1]], "p": [[1], [-1]], "T": 1}
    compared: 9070640b627c-dc1fb53f288f *)
Theorem not_absent_through_the_softmax : exists n k d z p T rate, 0 < T /\ norm2 d (half_difference p) <> 0 /\
  is_derive_n (opened_loss (ols k d) n (shares k d T) z p) 2 0 (- rate) /\ rate <> 0.
Proof.
  exists 1%nat, 2%nat, 1%nat, (sample 1), plus_minus, 1, 8.
  refine (conj Rlt_0_1 (conj _ (conj _ _))); [rewrite apart; lra | | lra].
  apply (is_derive_eq _ _ _ _ (full_ols_rate_of 1 1 Rlt_0_1)); lra.
Qed.

(** claim: ddcl.proposition5.force/full/no-force-nearby
    role: refutes
    value: curvature_of (opened_loss (ols k d) n (soft_jet 1 T T_value k d) (held z) (held p))
    witness: {"z": [[1]], "p": [[1], [-1]], "T": 1}
    compared: 24b8020eb21d-ecb320d9ec05 *)
Theorem force_nearby_through_the_softmax : exists n k d z p T rate, 0 < T /\ norm2 d (half_difference p) <> 0 /\
  is_derive_n (opened_loss (ols k d) n (shares k d T) z p) 2 0 (- rate) /\ ~ 0 <= - rate.
Proof.
  exists 1%nat, 2%nat, 1%nat, (sample 1), plus_minus, 1, 8.
  refine (conj Rlt_0_1 (conj _ (conj _ _))); [rewrite apart; lra | | lra].
  apply (is_derive_eq _ _ _ _ (full_ols_rate_of 1 1 Rlt_0_1)); lra.
Qed.
