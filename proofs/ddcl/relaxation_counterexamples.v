(** Section 4.4: L_OLS is not L_q on the simplex, has another minimum there, and soft assignments do not reach it; P^T P need
    not be invertible.  Over the rationals, by computation. *)
From Coq Require Import QArith List Lia.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions relaxation_definitions gap_definitions determinant_definitions.
Open Scope Q_scope.

(** claim: ddcl.relaxation/literal/relaxed
    role: refutes
    value: quantization k d z p q - ols k d z p q
    witness: {"z": [0], "p": [[1], [-1]], "q": ["1/2", "1/2"]}
    compared: 59137651485e-8f11d50fbd32 *)
Theorem another_loss : exists d z p q0 q1, 0 <= q0 /\ 0 <= q1 /\ q0 + q1 == 1 /\
  ~ quantization 2 d z p (vector [q0; q1]) == ols 2 d z p (vector [q0; q1]).
Proof.
  exists 1%nat, (vector [0]), (matrix [[1]; [-1 # 1]]), (1 # 2), (1 # 2); repeat split; vm_compute; congruence.
Qed.

(** claim: ddcl.relaxation/literal/same-minimum
    role: refutes
    value: ols k d z p q - smallest (entries k (fun j => distance2 d z (p j)))
    witness: {"z": [0], "p": [[1], [-1]], "q": ["1/2", "1/2"]}
    compared: b48d743d1808-72c796f4b3d5 *)
Theorem a_smaller_minimum : exists d z p q0 q1, 0 <= q0 /\ 0 <= q1 /\ q0 + q1 == 1 /\
  ols 2 d z p (vector [q0; q1]) < distance2 d z (p 0%nat) /\ ols 2 d z p (vector [q0; q1]) < distance2 d z (p 1%nat).
Proof.
  exists 1%nat, (vector [0]), (matrix [[1]; [-1 # 1]]), (1 # 2), (1 # 2); repeat split; vm_compute; congruence.
Qed.

(** claim: ddcl.relaxation/literal/soft
    role: refutes
    value: ols k d z p r - ols k d z p (soft_assignment k d z p T)
    witness: {"z": [0], "p": [[0], [1]], "r": [1, 0], "T": {"s": "1/2"}}
    compared: 5c24624fece5-72abff6406c1 *)
Theorem a_better_assignment : exists d z p s r0 r1, 0 < s < 1 /\ 0 <= r0 /\ 0 <= r1 /\ r0 + r1 == 1 /\
  ols 2 d z p (vector [r0; r1]) < ols 2 d z p (soft_assignment 2 d z p s).
Proof.
  exists 1%nat, (vector [0]), (matrix [[0]; [1]]), (1 # 2), 1, 0; repeat split; vm_compute; congruence.
Qed.

(** claim: ddcl.relaxation/literal/closed-form
    role: refutes
    value: determinant k (gram d p)
    witness: {"p": [[1], [2]]}
    compared: bcb7aea929ff-03d4dbf0827d *)
Theorem singular_gram : exists k d p, (0 < k)%nat /\ (0 < d)%nat /\ determinant k (gram d p) == 0.
Proof. exists 2%nat, 1%nat, (matrix [[1]; [2]]); split; [lia | split; [lia | vm_compute; reflexivity]]. Qed.
