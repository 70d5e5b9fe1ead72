(** Section 5.7 in steps: features and prototypes that step together may overshoot. *)
From Coq Require Import Reals Lra Lia.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions gibbs_definitions proposition1 descent_definitions
  theorem4_scope theorem4_scope_steps_definitions theorem4_scope_joint_step_definitions.
Open Scope R_scope.

(** One sample at 0 and two prototypes at 1, T = 1: the sample steps to 3/2, the prototypes to 0.

    claim: ddcl.theorem4.scope/steps/joint-step
    role: refutes
    truth: let E := fun x => exp_digits (- x / T_value) in let q := soft_row k d E z p in
           let z' := stepped_features n k z p q eta_z in let p' := stepped_down n z p q eta_p in
           Qle_bool (mean_free log_digits E n k d z' p' T_value 1) (mean_free log_digits E n k d z p T_value 1)
    witness: {"z": [[0]], "p": [[1], [1]], "T": 1, "eta_z": "3/4", "eta_p": 1}
    compared: 0a53d83f0bb2-eccdfc0e8f5d *)
Theorem joint_step_may_ascend : exists n k d z p T eta_z eta_p, 0 < T /\ 0 < eta_z /\ 0 < eta_p /\
  let q := softened k d z p T in
  ~ free_energy n k d (stepped_features n k z p q eta_z) (stepped_down n z p q eta_p) T / INR n <=
    free_energy n k d z p T / INR n.
Proof.
  exists 1%nat, 2%nat, 1%nat, (fun _ _ => 0), (fun _ _ => 1), 1, (3 / 4), 1; do 3 (split; [lra|]); intros q.
  assert (half : forall m j, q m j = 1 / 2).
  { intros m j; unfold q, softened, soft, partition; cbn [sum]; to_reals.
    change (costs 1 (fun _ _ => 0) (fun _ _ => 1) m 1) with (costs 1 (fun _ _ => 0) (fun _ _ => 1) m 0).
    change (costs 1 (fun _ _ => 0) (fun _ _ => 1) m j) with (costs 1 (fun _ _ => 0) (fun _ _ => 1) m 0).
    set (e := exp _); assert (0 < e) by apply exp_pos; field; lra. }
  assert (energy : forall (z p : nat -> nat -> R) x, (forall j, (j < 2)%nat -> costs 1 z p 0 j = x) ->
    free_energy 1 2 1 z p 1 / INR 1 = x - ln 2).
  { intros z p x same; unfold free_energy, partition; cbn [sum INR]; to_reals; rewrite !same by lia.
    replace (0 + exp (- x / 1) + exp (- x / 1)) with (2 * exp (- x / 1)) by ring.
    rewrite ln_mult, ln_exp; [field | lra | apply exp_pos]. }
  apply Rlt_not_le; rewrite (energy _ _ 1), (energy _ _ (9 / 4)); [lra | |];
    intros j _; unfold costs, distance2, norm2, stepped_features, stepped_down, mixture; cbn [sum number]; to_reals;
    rewrite ?half; field.
Qed.
