(** Section 5.7 in steps: the loss at held assignments majorises the free energy, so that EM steps and short gradient steps
    do not raise it. *)
From Coq Require Import Reals Lra Lia.
From Interval Require Import Tactic.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions training_definitions gibbs_definitions proposition1
  descent_definitions theorem4_scope theorem4_scope_steps_definitions.
Open Scope R_scope.

Implicit Types (n k d m j : nat) (z p q : nat -> nat -> R) (T eta : R).

(** The least value of sum_j r_j x_j + T sum_j r_j log r_j is -T log sum_j e^(-x_j/T). *)
Lemma least_functional k x T : (0 < k)%nat -> 0 < T -> functional k x T (soft k x T) = - T * ln (partition k x T).
Proof.
  intros k0 T0; unfold functional; assert (mass := soft_mass k x T k0).
  rewrite (sum_ext k (fun j => soft k x T j * ln (soft k x T j))
    (fun j => - / T * (soft k x T j * x j) - ln (partition k x T) * soft k x T j)).
  - rewrite sum_sub, !sum_mull, mass; field; lra.
  - intros j _; rewrite ln_soft by exact k0; field; lra.
Qed.

Lemma on_the_simplex k x T : (0 < k)%nat -> simplex k (soft k x T).
Proof. intros k0; split; [intros; apply Rlt_le, soft_gt0, k0 | apply soft_mass, k0]. Qed.

(** What F_T loses is at least what the loss loses at held assignments. *)
Lemma majorised n k d z p p' T : (0 < k)%nat -> 0 < T -> let q := softened k d z p T in
  free_energy n k d z p' T <= free_energy n k d z p T -
    sum k (fun j => sum d (fun c => sum n (fun m => q m j * ((z m c - p j c) * (z m c - p j c) - (z m c - p' j c) * (z m c - p' j c))))).
Proof.
  intros k0 T0 q.
  assert (swap : sum k (fun j => sum d (fun c => sum n (fun m => q m j * ((z m c - p j c) * (z m c - p j c) -
      (z m c - p' j c) * (z m c - p' j c))))) =
    sum n (fun m => sum k (fun j => q m j * (costs d z p m j - costs d z p' m j)))).
  { rewrite (sum_exchange n k); apply sum_ext; intros j _; rewrite sum_exchange; apply sum_ext; intros m _.
    unfold costs, distance2, norm2; to_reals; rewrite <- sum_sub, <- sum_mull; apply sum_ext; intros; ring. }
  rewrite swap; unfold free_energy; rewrite <- sum_sub; apply sum_le; intros m _.
  rewrite <- !least_functional by assumption.
  apply Rle_trans with (functional k (costs d z p' m) T (q m)); [apply minimum; [exact T0 | apply on_the_simplex, k0]|].
  unfold functional; change (soft k (costs d z p m) T) with (q m).
  assert (split : sum k (fun j => q m j * (costs d z p m j - costs d z p' m j)) =
    sum k (fun j => q m j * costs d z p m j) - sum k (fun j => q m j * costs d z p' m j))
    by (rewrite <- sum_sub; apply sum_ext; intros; ring).
  rewrite split; lra.
Qed.

(** A move by e in one coordinate, weights a *)
Lemma moved_by n (a z : nat -> R) x e :
  sum n (fun m => a m * ((z m - x) * (z m - x) - (z m - (x - e)) * (z m - (x - e)))) =
  2 * e * sum n (fun m => a m * (x - z m)) - e * e * sum n a.
Proof. rewrite <- !sum_mull, <- sum_sub; apply sum_ext; intros; ring. Qed.

Lemma softened_gt0 k d z p T m j : (0 < k)%nat -> 0 < softened k d z p T m j.
Proof. intros k0; apply soft_gt0; exact k0. Qed.

Lemma to_means_gains n k d z p T : (0 < n)%nat -> (0 < k)%nat -> let q := softened k d z p T in
  let p' := to_means n z p q 1 in
  0 <= sum k (fun j => sum d (fun c => sum n (fun m => q m j * ((z m c - p j c) * (z m c - p j c) - (z m c - p' j c) * (z m c - p' j c))))).
Proof.
  intros n0 k0 q p'; apply sum_ge0; intros j _; apply sum_ge0; intros c _.
  set (N := sum n (fun m => q m j)); assert (N0 : 0 < N) by (apply sum_gt0; [exact n0 | intros; apply softened_gt0, k0]).
  set (h := sum n (fun m => q m j * (p j c - z m c))).
  assert (mean : p' j c = p j c - h / N).
  { unfold p', to_means; to_reals; fold N; unfold h.
    rewrite (sum_ext n (fun m => q m j * (p j c - z m c)) (fun m => p j c * q m j - q m j * z m c)) by (intros; ring).
    rewrite sum_sub, sum_mull; fold N; field; lra. }
  rewrite mean, (moved_by n (fun m => q m j) (fun m => z m c) (p j c) (h / N)); fold N h.
  replace (2 * (h / N) * h - h / N * (h / N) * N) with (h * h / N) by (field; lra).
  apply Rmult_le_pos; [apply Rle_0_sqr | apply Rlt_le, Rinv_0_lt_compat; exact N0].
Qed.

(** claim: ddcl.theorem4.scope/steps/em
    truth: let E := fun x => exp_digits (- x / T_value) in
           let p' := to_means n z p (soft_row k d E z p) 1 in
           Qle_bool (mean_free log_digits E n k d z p' T_value 1) (mean_free log_digits E n k d z p T_value 1)
    compared: 786f62c25acb-e32b2d7eb358 *)
Theorem em_step_descends n k d z p T : (0 < n)%nat -> (0 < k)%nat -> 0 < T -> let q := softened k d z p T in
  free_energy n k d z (to_means n z p q 1) T / INR n <= free_energy n k d z p T / INR n.
Proof.
  intros n0 k0 T0 q; assert (N0 : 0 < / INR n) by (apply Rinv_0_lt_compat, lt_0_INR; exact n0).
  apply Rmult_le_compat_r; [lra|].
  assert (M := majorised n k d z p (to_means n z p q 1) T k0 T0); assert (G := to_means_gains n k d z p T n0 k0).
  cbv zeta in M, G; fold q in M, G; lra.
Qed.

(** F_T + T log k does not fall as T rises. *)
Lemma shifted_rises k x T T' : (0 < k)%nat -> 0 < T' -> T' <= T ->
  - T' * ln (partition k x T') + T' * ln (INR k) <= - T * ln (partition k x T) + T * ln (INR k).
Proof.
  intros k0 T0 cooler; assert (T1 : 0 < T) by lra; rewrite <- !least_functional by assumption.
  assert (M := minimum k x T' (soft k x T) T0 (on_the_simplex k x T k0)).
  assert (E := entropy_le k (soft k x T) k0 (fun j _ => soft_gt0 k x T j k0) (soft_mass k x T k0)).
  unfold functional in *; set (S := sum k (fun j => soft k x T j * ln (soft k x T j))) in *.
  assert (0 <= (T - T') * (ln (INR k) + S)) by (apply Rmult_le_pos; lra); lra.
Qed.

(** claim: ddcl.theorem4.scope/steps/annealed-em
    truth: let E := fun x => exp_digits (- x / T_value) in let E' := fun x => exp_digits (- x / cooler_value) in
           let p' := to_means n z p (soft_row k d E z p) 1 in let share := 1 / number k in
           Qle_bool (mean_free log_digits E' n k d z p' cooler_value share) (mean_free log_digits E n k d z p T_value share)
    compared: ed93e2be36e1-6efc44764fa3 *)
Theorem annealed_em_step_descends n k d z p T cooler : (0 < n)%nat -> (0 < k)%nat -> 0 < cooler -> cooler <= T ->
  let q := softened k d z p T in
  free_energy n k d z (to_means n z p q 1) cooler / INR n + cooler * ln (INR k) <= free_energy n k d z p T / INR n + T * ln (INR k).
Proof.
  intros n0 k0 c0 le q; assert (N0 : 0 < INR n) by (apply lt_0_INR; exact n0).
  assert (step := em_step_descends n k d z p T n0 k0 ltac:(lra)); cbv zeta in step; fold q in step.
  assert (cool : free_energy n k d z (to_means n z p q 1) cooler + INR n * (cooler * ln (INR k)) <=
    free_energy n k d z (to_means n z p q 1) T + INR n * (T * ln (INR k))).
  { unfold free_energy; rewrite <- !sum_const, <- !sum_add; apply sum_le; intros m _; apply shifted_rises; assumption. }
  apply (Rmult_le_compat_r (/ INR n)) in cool; [|apply Rlt_le, Rinv_0_lt_compat; exact N0].
  rewrite !Rmult_plus_distr_r in cool.
  replace (INR n * (cooler * ln (INR k)) * / INR n) with (cooler * ln (INR k)) in cool by (field; lra).
  replace (INR n * (T * ln (INR k)) * / INR n) with (T * ln (INR k)) in cool by (field; lra).
  unfold Rdiv in *; lra.
Qed.

(** claim: ddcl.theorem4.scope/steps/gradient-step/amended
    truth: let E := fun x => exp_digits (- x / T_value) in
           let p' := stepped_down n z p (soft_row k d E z p) eta in
           Qle_bool (mean_free log_digits E n k d z p' T_value 1) (mean_free log_digits E n k d z p T_value 1)
    compared: e496c04986b3-fb05741d536a *)
Theorem short_step_descends n k d z p T eta : (0 < n)%nat -> (0 < k)%nat -> 0 < T -> 0 < eta ->
  let q := softened k d z p T in
  (forall j, (j < k)%nat -> eta * (sum n (fun m => q m j) / INR n) <= 1) ->
  free_energy n k d z (stepped_down n z p q eta) T / INR n <= free_energy n k d z p T / INR n.
Proof.
  intros n0 k0 T0 eta0 q short; assert (N0 : 0 < INR n) by (apply lt_0_INR; exact n0).
  assert (I0 : 0 < / INR n) by (apply Rinv_0_lt_compat; exact N0); apply Rmult_le_compat_r; [lra|].
  assert (M := majorised n k d z p (stepped_down n z p q eta) T k0 T0); cbv zeta in M; fold q in M.
  set (p' := stepped_down n z p q eta) in *.
  assert (G : 0 <= sum k (fun j => sum d (fun c => sum n (fun m => q m j * ((z m c - p j c) * (z m c - p j c) -
    (z m c - p' j c) * (z m c - p' j c)))))); [|lra].
  apply sum_ge0; intros j lt; apply sum_ge0; intros c _; assert (S := short j lt).
  set (N := sum n (fun m => q m j)) in *; set (h := sum n (fun m => q m j * (p j c - z m c))).
  assert (step : p' j c = p j c - 2 * eta * h / INR n).
  { unfold p', stepped_down; to_reals; rewrite number_INR.
    change (sum n (fun m => q m j * (p j c + - z m c))) with h; field; lra. }
  rewrite step, (moved_by n (fun m => q m j) (fun m => z m c) (p j c)); fold N h.
  replace (2 * (2 * eta * h / INR n) * h - 2 * eta * h / INR n * (2 * eta * h / INR n) * N)
    with (4 * eta / INR n * (h * h) * (1 - eta * (N / INR n))) by (field; lra).
  apply Rmult_le_pos; [apply Rmult_le_pos; [|apply Rle_0_sqr]|lra].
  apply Rmult_le_pos; lra.
Qed.

(** One sample at 0 and two prototypes at 1, T = 1, eta = 17/8

    claim: ddcl.theorem4.scope/steps/gradient-step
    role: refutes
    truth: let E := fun x => exp_digits (- x / T_value) in
           let p' := stepped_down n z p (soft_row k d E z p) eta in
           Qle_bool (mean_free log_digits E n k d z p' T_value 1) (mean_free log_digits E n k d z p T_value 1)
    witness: {"z": [[0]], "p": [[1], [1]], "T": 1, "eta": "17/8"}
    compared: c637dc8fc86c-57a0e7ad215c *)
Theorem long_step_ascends : exists n k d z p T eta, 0 < T /\ 0 < eta /\ let q := softened k d z p T in
  ~ free_energy n k d z (stepped_down n z p q eta) T / INR n <= free_energy n k d z p T / INR n.
Proof.
  exists 1%nat, 2%nat, 1%nat, (fun _ _ => 0), (fun _ _ => 1), 1, (17 / 8); do 2 (split; [lra|]); intros q.
  assert (half : forall m j, q m j = 1 / 2).
  { intros m j; unfold q, softened, soft, partition; cbn [sum]; to_reals.
    change (costs 1 (fun _ _ => 0) (fun _ _ => 1) m 1) with (costs 1 (fun _ _ => 0) (fun _ _ => 1) m 0).
    change (costs 1 (fun _ _ => 0) (fun _ _ => 1) m j) with (costs 1 (fun _ _ => 0) (fun _ _ => 1) m 0).
    set (e := exp _); assert (0 < e) by apply exp_pos; field; lra. }
  apply Rlt_not_le; unfold free_energy, partition, costs, distance2, norm2, stepped_down; cbn [sum number INR]; to_reals.
  rewrite !half; interval.
Qed.
