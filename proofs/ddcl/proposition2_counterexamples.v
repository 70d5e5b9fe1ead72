(** Proposition 2 in R^k: (28) is the gradient neither of V as printed in (23) nor of the difference of moments.  Over the
    rationals, by computation; along a line both are polynomials of degree at most 3, whose slope at 0 `slope` gives. *)
From Coq Require Import QArith List.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions proposition2_definitions.
Open Scope Q_scope.

(** claim: ddcl.proposition2/ambient/variance
    role: refutes
    value: slope (fun t => variance k d p (along q v t)) - inner k (variance_slope k d z p q) v
    witness: {"z": [1], "p": [[0], [2]], "q": ["3/4", "1/4"], "v": [1, 0]}
    compared: c947aae6348d-0ceb49eb35ce *)
Theorem printed_form : exists d z p q0 q1 v, 0 <= q0 /\ 0 <= q1 /\ q0 + q1 == 1 /\ let q := vector [q0; q1] in
  ~ slope (fun t => variance 2 d p (along q v t)) == inner 2 (variance_slope 2 d z p q) v.
Proof.
  exists 1%nat, (vector [1]), (matrix [[0]; [2]]), (3 # 4), (1 # 4), (vector [1; 0]); repeat split; vm_compute; congruence.
Qed.

(** claim: ddcl.proposition2/ambient/variance-moments
    role: refutes
    value: slope (fun t => variance_by_moments k d p (along q v t)) - inner k (variance_slope k d z p q) v
    witness: {"z": [1], "p": [[0], [2]], "q": ["3/4", "1/4"], "v": [1, 0]}
    compared: 37a6fffd1965-7ac6976488db *)
Theorem moments_form : exists d z p q0 q1 v, 0 <= q0 /\ 0 <= q1 /\ q0 + q1 == 1 /\ let q := vector [q0; q1] in
  ~ slope (fun t => variance_by_moments 2 d p (along q v t)) == inner 2 (variance_slope 2 d z p q) v.
Proof.
  exists 1%nat, (vector [1]), (matrix [[0]; [2]]), (3 # 4), (1 # 4), (vector [1; 0]); repeat split; vm_compute; congruence.
Qed.
