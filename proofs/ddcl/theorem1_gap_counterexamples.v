(** Section 5.1, after Corollary 1: V vanishes at assignments that are no vertices, and falls where the prototypes move
    apart.  Over the rationals, by computation. *)
From Coq Require Import QArith List.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions remark3_definitions gap_definitions.
Open Scope Q_scope.

(** claim: ddcl.theorem1.gap/softmax/only-hard
    role: refutes
    value: variance k d p (soft_assignment k d z p T)
    witness: {"z": [0], "p": [[0], [0]], "T": {"s": "1/2"}}
    compared: b171473fdc8b-1e8aa3e0a45b *)
Theorem soft_and_collapsed : exists k d z p s,
  0 < s < 1 /\ (forall j, (j < k)%nat -> 0 < soft_assignment k d z p s j < 1) /\
  variance k d p (soft_assignment k d z p s) == 0.
Proof.
  exists 2%nat, 1%nat, (vector [0]), (matrix [[0]; [0]]), (1 # 2).
  split; [split; reflexivity|]; split; [|vm_compute; reflexivity].
  intros [|[|j]] lt; [split; vm_compute; reflexivity.. | exfalso; inversion lt as [|? l]; inversion l as [|? l']; inversion l'].
Qed.

(** claim: ddcl.theorem1.gap/fixed/only-hard
    role: refutes
    value: variance k d p q
    witness: {"p": [[0], [0]], "q": ["1/2", "1/2"]}
    compared: 334c000fc12f-3cffa8bfd13b *)
Theorem fixed_and_collapsed : exists d p q0 q1,
  0 < q0 /\ 0 < q1 /\ q0 + q1 == 1 /\ variance 2 d p (vector [q0; q1]) == 0.
Proof.
  exists 1%nat, (matrix [[0]; [0]]), (1 # 2), (1 # 2); repeat split; vm_compute; reflexivity.
Qed.

(** claim: ddcl.theorem1.gap/softmax/grows
    role: refutes
    value: variance k d r (soft_assignment k d z r T) - variance k d p (soft_assignment k d z p T)
    witness: {"z": [0], "p": [[0], [1]], "r": [[0], [2]], "T": {"s": "1/3"}}
    compared: 22936c0a4f21-d1e3fa6cf632 *)
Theorem soft_falls_with_dispersion : exists k d z p r s, 0 < s < 1 /\ pair_spread k d p < pair_spread k d r /\
  variance k d r (soft_assignment k d z r s) < variance k d p (soft_assignment k d z p s).
Proof.
  exists 2%nat, 1%nat, (vector [0]), (matrix [[0]; [1]]), (matrix [[0]; [2]]), (1 # 3).
  repeat split; vm_compute; reflexivity.
Qed.

(** claim: ddcl.theorem1.gap/fixed/grows
    role: refutes
    value: variance k d r q - variance k d p q
    witness: {"p": [[0], [1], [0]], "r": [[0], [0], [2]], "q": ["1/2", "1/2", 0]}
    compared: 2eea893791b1-5897aafb612e *)
Theorem fixed_falls_with_dispersion : exists d p r q0 q1 q2, 0 <= q0 /\ 0 <= q1 /\ 0 <= q2 /\ q0 + q1 + q2 == 1 /\
  pair_spread 3 d p < pair_spread 3 d r /\ variance 3 d r (vector [q0; q1; q2]) < variance 3 d p (vector [q0; q1; q2]).
Proof.
  exists 1%nat, (matrix [[0]; [1]; [0]]), (matrix [[0]; [0]; [2]]), (1 # 2), (1 # 2), 0.
  repeat split; vm_compute; congruence.
Qed.
