(** Proposition 6 at total collapse, soft assignments: under L_q collapse repels below a temperature that the variance of
    the data sets, under L_OLS at every temperature; the common shift decays. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions soft_definitions collapse_definitions jet_definitions minor_definitions.
From DDCL.ddcl Require Import collapse_softmax_definitions softmax derivatives collapse_softmax collapse_expansion collapse_growth.
Open Scope R_scope.

Implicit Types (n k d : nat) (a u : nat -> R) (z : nat -> nat -> R) (T : R).

(** The mean of (a_j - mean a)^2 *)
Definition spread_of k a : R := average k (fun j => square (a j - average k a)).

Lemma spread_gt0 k a j : (j < k)%nat -> a j <> average k a -> 0 < spread_of k a.
Proof.
  intros lt_j apart; unfold spread_of; rewrite average_eq; apply Rdiv_lt_0_compat; [|apply lt_0_INR; lia].
  assert (forall i, 0 <= square (a i - average k a)) as square0 by (intros; apply Rle_0_sqr).
  assert (0 <= sum k (fun i => square (a i - average k a))) as [|zero] by (apply sum_ge0; auto); [assumption|].
  assert (H := sum_eq0 k _ (fun i _ => square0 i) (eq_sym zero) j lt_j).
  assert (P := Rsqr_pos_lt (a j - average k a) (Rminus_eq_contra _ _ apart)); cbv beta in H; unfold Rsqr in P.
  to_reals; cbv [square] in H; cbn [mul real_arithmetic] in H; lra.
Qed.

Lemma variance_along_multiple n d z u (b : R) : variance_along n d z (fun c => b * u c) = b * b * variance_along n d z u.
Proof.
  unfold variance_along; rewrite !average_eq; unfold Rdiv; rewrite <- Rmult_assoc, <- sum_mull; f_equal.
  apply sum_ext; intros m _; unfold dot; to_reals.
  rewrite (sum_ext d _ (fun c => b * (u c * (z m c + - mean_of n z c)))) by (intros; ring); rewrite sum_mull; ring.
Qed.

Lemma average_mulr k (f : nat -> R) (c : R) : average k (fun j => f j * c) = average k f * c.
Proof. rewrite !average_eq, sum_mulr; unfold Rdiv; ring. Qed.

Lemma data_variance_along n k d z a u : data_variance n k d z (along k a u) = spread_of k a * variance_along n d z u.
Proof.
  unfold spread_of; rewrite <- average_mulr; apply average_ext; intros j _.
  exact (variance_along_multiple n d z u (a j - average k a)).
Qed.

Lemma mean_square_along k d a u : mean_square k d (along k a u) = spread_of k a * norm2 d u.
Proof.
  unfold spread_of; rewrite <- average_mulr; apply average_ext; intros j _.
  unfold norm2, along; to_reals; rewrite <- sum_mull; apply sum_ext; intros; ring.
Qed.

(** The rate is 2 |a - mean a|^2/k (c u^T Sigma u/T - |u|^2), c = 2 with the stopped gradient. *)
Theorem stopped_rate n k d z a u T : (0 < n)%nat -> (0 < k)%nat -> 0 < T ->
  is_derive (work_near_collapse quantization_force n k d (shares k d T) z (along k a u)) 0
    (2 * spread_of k a * (2 * variance_along n d z u / T - norm2 d u)).
Proof.
  intros n0 k0 T0; apply (is_derive_eq _ _ _ _ (quantization_growth n k d z _ T n0 k0 T0 (along_still k a u k0))).
  rewrite data_variance_along, mean_square_along; field; lra.
Qed.

(** c = 4 with the gradient through the softmax *)
Theorem full_rate n k d z a u T : (0 < n)%nat -> (0 < k)%nat -> 0 < T ->
  is_derive_n (loss_near_collapse (quantization k d) n (shares k d T) z (along k a u)) 2 0
    (- (2 * spread_of k a * (4 * variance_along n d z u / T - norm2 d u))).
Proof.
  intros n0 k0 T0; apply (is_derive_eq _ _ _ _ (quantization_curves n k d z _ T n0 k0 T0 (along_still k a u k0))).
  rewrite data_variance_along, mean_square_along; field; lra.
Qed.

Lemma above_threshold (s c w r T : R) : 0 < s -> 0 < T -> T * r < c * w -> 0 < 2 * s * (c * w / T - r).
Proof.
  intros s0 T0 cold; apply Rmult_lt_0_compat; [lra|].
  apply Rmult_lt_reg_l with T; [exact T0|]; replace (T * (c * w / T - r)) with (c * w - T * r) by (field; lra); lra.
Qed.

(** claim: ddcl.proposition6/stopped/growing-direction/amended
    value: positive_somewhere d (fun x => slope_of (work_near_collapse quantization_force n k d
             (soft_jet 1 T T_value k d) (held z) (along k (fixed a) (fixed x))))
    compared: 307847505317-82acbbd72370 *)
Theorem grows_when_cold n k d z a u T j : (0 < n)%nat -> 0 < T -> (j < k)%nat -> a j <> average k a ->
  T * norm2 d u < 2 * variance_along n d z u -> exists rate, 0 < rate /\
    is_derive (work_near_collapse quantization_force n k d (shares k d T) z (along k a u)) 0 rate.
Proof.
  intros n0 T0 lt_j apart cold; exists (2 * spread_of k a * (2 * variance_along n d z u / T - norm2 d u)); split.
  - exact (above_threshold _ _ _ _ _ (spread_gt0 k a j lt_j apart) T0 cold).
  - apply stopped_rate; [exact n0 | lia | exact T0].
Qed.

(** claim: ddcl.proposition6/full/growing-direction/amended
    value: positive_somewhere d (fun x => - curvature_of (loss_near_collapse (quantization k d) n
             (soft_jet 1 T T_value k d) (held z) (along k (fixed a) (fixed x))))
    compared: 41c132d6612c-c2260bdee8df *)
Theorem curves_downwards_when_cold n k d z a u T j : (0 < n)%nat -> 0 < T -> (j < k)%nat -> a j <> average k a ->
  T * norm2 d u < 4 * variance_along n d z u -> exists rate, 0 < rate /\
    is_derive_n (loss_near_collapse (quantization k d) n (shares k d T) z (along k a u)) 2 0 (- rate).
Proof.
  intros n0 T0 lt_j apart cold; exists (2 * spread_of k a * (4 * variance_along n d z u / T - norm2 d u)); split.
  - exact (above_threshold _ _ _ _ _ (spread_gt0 k a j lt_j apart) T0 cold).
  - apply full_rate; [exact n0 | lia | exact T0].
Qed.

(** claim: ddcl.proposition6/full/absent-under-ols/amended
    value: - curvature_of (loss_near_collapse (ols k d) n
             (soft_jet 1 T T_value k d) (held z) (along k (fixed a) (fixed u)))
    compared: 4b8e4637d9d2-9c64b2e8c32b *)
Theorem repels_under_ols n k d z a u T j m : 0 < T -> (j < k)%nat -> a j <> average k a ->
  (m < n)%nat -> dot d u (fun c => z m c - mean_of n z c) <> 0 -> exists rate, 0 < rate /\
    is_derive_n (loss_near_collapse (ols k d) n (shares k d T) z (along k a u)) 2 0 (- rate).
Proof.
  intros T0 lt_j apart lt_m vary; exists (8 / T * data_variance n k d z (along k a u)); split.
  - apply Rmult_lt_0_compat; [apply Rdiv_lt_0_compat; lra|]; apply (varies n k d z _ m j); [assumption | assumption|].
    assert (dot d (along k a u j) (fun c => z m c - mean_of n z c) =
      (a j - average k a) * dot d u (fun c => z m c - mean_of n z c)) as ->.
    { unfold dot, along; to_reals; rewrite <- sum_mull; apply sum_ext; intros; ring. }
    apply Rmult_integral_contrapositive_currified; [apply Rminus_eq_contra|]; assumption.
  - apply ols_curves; [lia | lia | exact T0 | apply along_still; lia].
Qed.

Lemma norm_falls d u c : (c < d)%nat -> u c <> 0 -> - (2 * norm2 d u) < 0.
Proof.
  intros lt_c u0; unfold norm2; to_reals; assert (P := Rsqr_pos_lt _ u0); unfold Rsqr in P.
  assert (0 <= sum d (fun c => u c * u c)) as [|zero] by (apply sum_ge0; intros; apply Rle_0_sqr); [lra|].
  assert (H := sum_eq0 d (fun c => u c * u c) (fun i _ => Rle_0_sqr (u i)) (eq_sym zero) c lt_c); cbv beta in H; lra.
Qed.

Lemma common_shift n k d z u T : (0 < n)%nat -> (0 < k)%nat -> 0 < T ->
  is_derive (work_near_collapse quantization_force n k d (shares k d T) z (fun _ => u)) 0 (- (2 * norm2 d u)).
Proof.
  intros n0 k0 T0; apply (is_derive_eq _ _ _ _ (quantization_work_expansion n k d z (mean_of n z) (fun _ => u) T n0 k0 T0)).
  assert (forall m, variance_of k (fun _ => dot d u (fun c => z m c - mean_of n z c)) = 0) as flat.
  { intros; unfold variance_of; rewrite !average_const by assumption; to_reals; ring. }
  rewrite (average_ext n _ (fun _ => 0) (fun m _ => flat m)), !average_const by assumption; ring.
Qed.

(** claim: ddcl.proposition6/stopped/decaying-direction
    value: - slope_of (work_near_collapse quantization_force n k d (soft_jet 1 T T_value k d) (held z) (fun _ => fixed u))
    compared: 28376a2ba0bf-05b2a1a6500d *)
Theorem shift_decays n k d z u T c : (0 < n)%nat -> (0 < k)%nat -> 0 < T -> (c < d)%nat -> u c <> 0 ->
  exists rate, rate < 0 /\
    is_derive (work_near_collapse quantization_force n k d (shares k d T) z (fun _ => u)) 0 rate.
Proof.
  intros n0 k0 T0 lt_c u0; exists (- (2 * norm2 d u)); split; [exact (norm_falls d u c lt_c u0)|].
  exact (common_shift n k d z u T n0 k0 T0).
Qed.

(** ** Counterexamples: samples 1, -1, T = 9 *)
Definition apart (i : nat) : R := match i with O => 1 | _ => -1 end.

Lemma apart_variance u : variance_along 2 1 (fun i _ => apart i) u = u 0%nat * u 0%nat.
Proof. unfold variance_along, average, dot, mean_of, apart, sum, number; to_reals; field. Qed.

Lemma one_norm u : norm2 1 u = u 0%nat * u 0%nat.
Proof. unfold norm2, sum; to_reals; ring. Qed.

Lemma apart_spread : 0 < spread_of 2 apart.
Proof. apply (spread_gt0 2 apart 0); [lia | unfold average, apart, sum, number; to_reals; lra]. Qed.

Lemma below_threshold (s c w T : R) : 0 < s -> 0 < T -> c < T -> 0 <= w -> 2 * s * (c * w / T - w) <= 0.
Proof.
  intros s0 T0 hot w0; apply Rmult_le_0_l; [lra|]; replace (c * w / T - w) with (- (w * ((T - c) / T))) by (field; lra).
  apply Ropp_le_cancel; rewrite Ropp_0, Ropp_involutive; apply Rmult_le_pos; [exact w0 | apply Rlt_le, Rdiv_lt_0_compat; lra].
Qed.

(** claim: ddcl.proposition6/stopped/growing-direction
    role: refutes
    value: positive_somewhere d (fun x => slope_of (work_near_collapse quantization_force n k d
             (soft_jet 1 T T_value k d) (held z) (along k (fixed a) (fixed x))))
    witness: {"z": [[1], [-1]], "a": [1, -1], "T": 9}
    compared: b9ddface343a-b8cff19bb314 *)
Theorem no_growing_direction : exists n k d z a T, 0 < T /\ a 0%nat <> a 1%nat /\ z 0%nat 0%nat <> z 1%nat 0%nat /\
  forall u, exists rate, rate <= 0 /\
    is_derive (work_near_collapse quantization_force n k d (shares k d T) z (along k a u)) 0 rate.
Proof.
  exists 2%nat, 2%nat, 1%nat, (fun i _ => apart i), apart, 9; do 3 (split; [unfold apart; lra|]).
  intros u; eexists; split; [|apply stopped_rate; [lia | lia | lra]]; rewrite apart_variance, one_norm.
  apply below_threshold; [exact apart_spread | lra | lra | apply Rle_0_sqr].
Qed.

(** claim: ddcl.proposition6/full/growing-direction
    role: refutes
    value: positive_somewhere d (fun x => - curvature_of (loss_near_collapse (quantization k d) n
             (soft_jet 1 T T_value k d) (held z) (along k (fixed a) (fixed x))))
    witness: {"z": [[1], [-1]], "a": [1, -1], "T": 9}
    compared: a16b336d4951-7fb8b8cc4d75 *)
Theorem no_direction_curves_downwards :
  exists n k d z a T, 0 < T /\ a 0%nat <> a 1%nat /\ z 0%nat 0%nat <> z 1%nat 0%nat /\
  forall u, exists rate, rate <= 0 /\
    is_derive_n (loss_near_collapse (quantization k d) n (shares k d T) z (along k a u)) 2 0 (- rate).
Proof.
  exists 2%nat, 2%nat, 1%nat, (fun i _ => apart i), apart, 9; do 3 (split; [unfold apart; lra|]).
  intros u; eexists; split; [|apply full_rate; [lia | lia | lra]]; rewrite apart_variance, one_norm.
  apply below_threshold; [exact apart_spread | lra | lra | apply Rle_0_sqr].
Qed.
