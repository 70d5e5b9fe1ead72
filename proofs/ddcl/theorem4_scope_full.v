(** Section 5.6 under the full gradient: the field of training changes its sign between two points. *)
From Coq Require Import Reals Lra.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions theorem2_dispersion_definitions theorem2_dispersion.
Open Scope R_scope.

(** One sample with a prototype on it, and another one at x: the field at x = 1 and at x = 2 has opposite signs, T = 1.

    claim: ddcl.theorem4.scope/full/limits
    role: refutes
    value: line_force T_value (boltzmann T) low * line_force T_value (boltzmann T) (low + gap)
    witness: {"low": 1, "gap": 1, "T": 1}
    compared: f1148917cf63-e21a0c9cb463 *)
Theorem field_changes_sign : exists low gap T, 0 < low /\ 0 < gap /\ 0 < T /\
  let E y := exp (- y / T) in ~ 0 <= line_force T E low * line_force T E (low + gap).
Proof.
  exists 1, 1, 1; do 3 (split; [lra|]); intros E.
  destruct (full_field_changes_sign 1 1 (1 + 1) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra)) as [_ [A B]].
  fold E in A, B; set (a := line_force 1 E 1) in *; set (b := line_force 1 E (1 + 1)) in *.
  assert (0 < - a * b) by (apply Rmult_lt_0_compat; lra); lra.
Qed.
