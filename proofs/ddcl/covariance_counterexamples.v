(** Section 5.3: at a vertex more than the constants is in the kernel of S_q.  Over the rationals, by computation. *)
From Coq Require Import QArith List Lia.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import covariance_definitions.
Open Scope Q_scope.

(** claim: ddcl.covariance/any/kernel
    role: refutes
    truth: (forallb (fun i => Qeq_bool (v i) (v 0%nat)) (seq 0 k)
            || existsb (fun i => negb (Qeq_bool (covariance_times k q v i) 0)) (seq 0 k))%bool
    witness: {"q": [1, 0], "v": [1, 0]}
    compared: 33791285a969-b1e25276043a *)
Theorem kernel_at_a_vertex : exists q0 q1 v, 0 <= q0 /\ 0 <= q1 /\ q0 + q1 == 1 /\
  (forall i, (i < 2)%nat -> covariance_times 2 (vector [q0; q1]) v i == 0) /\ ~ v 0%nat == v 1%nat.
Proof.
  exists 1, 0, (vector [1; 0]); do 3 (split; [vm_compute; congruence|]); split; [|vm_compute; congruence].
  intros [|[|i]] lt; [vm_compute; reflexivity.. | lia].
Qed.
