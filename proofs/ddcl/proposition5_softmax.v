(** Proposition 5, soft assignments: total collapse on the mean of the data is at rest under L_OLS, and repels along
    everything in which the data vary, at every temperature. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions soft_definitions collapse_definitions jet_definitions.
From DDCL.ddcl Require Import collapse_softmax_definitions softmax derivatives collapse_softmax collapse_expansion collapse_growth.
Open Scope R_scope.

Implicit Types (n k d : nat) (z v : nat -> nat -> R) (T : R).

(** Stopped: the forces do work on the displacement.

    claim: ddcl.proposition5/stopped/stable/amended
    value: slope_of (work_near_collapse (ols_force k) n k d (soft_jet 1 T T_value k d) (held z) (centred k (held v)))
    compared: 44449592f836-24eec80d8365 *)
Theorem repels n k d z v T m j : 0 < T -> (m < n)%nat -> (j < k)%nat ->
  dot d (centred k v j) (fun c => z m c - mean_of n z c) <> 0 ->
  exists rate, 0 < rate /\
    is_derive (work_near_collapse (ols_force k) n k d (shares k d T) z (centred k v)) 0 rate.
Proof.
  intros T0 lt_m lt_j vary; exists (4 / T * data_variance n k d z (centred k v)); split.
  - apply Rmult_lt_0_compat; [apply Rdiv_lt_0_compat; lra | apply (varies n k d z _ m j); assumption].
  - apply ols_growth; [lia | lia | exact T0 | apply centred_still; lia].
Qed.

(** Full: the loss curves downwards.

    claim: ddcl.proposition5/full/stable/amended
    claim: ddcl.proposition5/full/attractor/amended
    claim: ddcl.proposition5.force/full/no-force-nearby/amended
    value: - curvature_of (loss_near_collapse (ols k d) n (soft_jet 1 T T_value k d) (held z) (centred k (held v)))
    compared: 8d3d636ab51e-c526a9f403dc *)
Theorem repels_through_the_softmax n k d z v T m j : 0 < T -> (m < n)%nat -> (j < k)%nat ->
  dot d (centred k v j) (fun c => z m c - mean_of n z c) <> 0 ->
  exists rate, 0 < rate /\
    is_derive_n (loss_near_collapse (ols k d) n (shares k d T) z (centred k v)) 2 0 (- rate).
Proof.
  intros T0 lt_m lt_j vary; exists (8 / T * data_variance n k d z (centred k v)); split.
  - apply Rmult_lt_0_compat; [apply Rdiv_lt_0_compat; lra | apply (varies n k d z _ m j); assumption].
  - apply ols_curves; [lia | lia | exact T0 | apply centred_still; lia].
Qed.

(** claim: ddcl.proposition5/full/fixed-point
    value: - slope_of (loss_near_collapse (ols k d) n (soft_jet 1 T T_value k d) (held z) (held v))
    compared: 3f0315a48c62-a25e147b5d4d *)
Theorem at_rest_through_the_softmax n k d z v T : (0 < n)%nat -> (0 < k)%nat -> 0 < T ->
  is_derive (loss_near_collapse (ols k d) n (shares k d T) z v) 0 0.
Proof.
  intros n0 k0 T0.
  apply (is_derive_eq _ _ (average n (fun m => ols_slope k d (z m) (collapsed n z) v T 0))).
  - apply average_rule; intros m _; apply (ols_rule k d (z m) (collapsed n z)); assumption.
  - exact (slopes_cancel n k d z v T n0 k0 T0).
Qed.

(** ** Counterexamples: samples 1, -1, prototypes e, -e, T = 1 *)
Definition pair (i c : nat) : R := match i with O => 1 | _ => -1 end.

Lemma pair_varies : dot 1 (centred 2 pair 0) (fun c => pair 0 c - mean_of 2 pair c) <> 0.
Proof. unfold dot, centred, mean_of, pair, sum, number; to_reals; lra. Qed.

Lemma pair_repels : exists rate, 0 < rate /\
  is_derive (work_near_collapse (ols_force 2) 2 2 1 (shares 2 1 1) pair (centred 2 pair)) 0 rate.
Proof. apply (repels 2 2 1 pair pair 1 0 0); [lra | lia | lia | exact pair_varies]. Qed.

Lemma pair_repels_through_the_softmax : exists rate, 0 < rate /\
  is_derive_n (loss_near_collapse (ols 2 1) 2 (shares 2 1 1) pair (centred 2 pair)) 2 0 (- rate).
Proof. apply (repels_through_the_softmax 2 2 1 pair pair 1 0 0); [lra | lia | lia | exact pair_varies]. Qed.

(** claim: ddcl.proposition5/stopped/stable
    role: refutes
    value: - slope_of (work_near_collapse (ols_force k) n k d (soft_jet 1 T T_value k d) (held z) (centred k (held v)))
    witness: {"z": [[1], [-1]], "v": [[1], [-1]], "T": 1}
    compared: edc26409e1a5-a3cd43f7dd2d *)
Theorem not_stable : exists n k d z v T rate, 0 < T /\ 
  is_derive (work_near_collapse (ols_force k) n k d (shares k d T) z (centred k v)) 0 rate /\ ~ 0 <= - rate.
Proof.
  destruct pair_repels as (rate & above & grows); exists 2%nat, 2%nat, 1%nat, pair, pair, 1, rate.
  refine (conj _ (conj grows _)); lra.
Qed.

(** claim: ddcl.proposition5/stopped/attractor
    role: refutes
    value: - slope_of (work_near_collapse (ols_force k) n k d (soft_jet 1 T T_value k d) (held z) (centred k (held v)))
    witness: {"z": [[1], [-1]], "v": [[1], [-1]], "T": 1}
    compared: 1f7019c3e4ac-f3fe2eed54b9 *)
Theorem not_attracting : exists n k d z v T rate, 0 < T /\ v 0%nat 0%nat <> v 1%nat 0%nat /\ 
  is_derive (work_near_collapse (ols_force k) n k d (shares k d T) z (centred k v)) 0 rate /\ ~ 0 < - rate.
Proof.
  destruct pair_repels as (rate & above & grows); exists 2%nat, 2%nat, 1%nat, pair, pair, 1, rate.
  refine (conj _ (conj _ (conj grows _))); unfold pair; lra.
Qed.

(** claim: ddcl.proposition5/full/stable
    role: refutes
    value: curvature_of (loss_near_collapse (ols k d) n (soft_jet 1 T T_value k d) (held z) (centred k (held v)))
    witness: {"z": [[1], [-1]], "v": [[1], [-1]], "T": 1}
    compared: 028fae446d28-274c83e83a6a *)
Theorem not_stable_through_the_softmax : exists n k d z v T curvature, 0 < T /\ 
  is_derive_n (loss_near_collapse (ols k d) n (shares k d T) z (centred k v)) 2 0 curvature /\ ~ 0 <= curvature.
Proof.
  destruct pair_repels_through_the_softmax as (rate & above & grows); exists 2%nat, 2%nat, 1%nat, pair, pair, 1, (- rate).
  refine (conj _ (conj grows _)); lra.
Qed.

(** claim: ddcl.proposition5/full/attractor
    role: refutes
    value: curvature_of (loss_near_collapse (ols k d) n (soft_jet 1 T T_value k d) (held z) (centred k (held v)))
    witness: {"z": [[1], [-1]], "v": [[1], [-1]], "T": 1}
    compared: e7bc85fee440-690a08b5ee97 *)
Theorem not_attracting_through_the_softmax : exists n k d z v T curvature, 0 < T /\ v 0%nat 0%nat <> v 1%nat 0%nat /\ 
  is_derive_n (loss_near_collapse (ols k d) n (shares k d T) z (centred k v)) 2 0 curvature /\ ~ 0 < curvature.
Proof.
  destruct pair_repels_through_the_softmax as (rate & above & grows); exists 2%nat, 2%nat, 1%nat, pair, pair, 1, (- rate).
  refine (conj _ (conj _ (conj grows _))); unfold pair; lra.
Qed.
