(** Section 5.2: with two nearest prototypes a minimiser of L_q need not be a vertex.  Over the rationals, by computation. *)
From Coq Require Import QArith List.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions.
Open Scope Q_scope.

(** claim: ddcl.relaxation.vertex/every/vertex
    role: refutes
    truth: (let m := smallest (entries k (fun j => distance2 d z (p j))) in
            forallb (fun i => forallb (fun j => Nat.eqb i j || Qeq_bool (q i * q j) 0)%bool (seq 0 k)) (seq 0 k)
            || negb (Qle_bool (quantization k d z p q) m))%bool
    witness: {"z": [0], "p": [[1], [-1]], "q": ["1/2", "1/2"]}
    compared: 1b65d7027d61-111da4226c26 *)
Theorem inner_minimiser : exists d z p q0 q1,
  0 < q0 /\ 0 < q1 /\ q0 + q1 == 1 /\
  quantization 2 d z p (vector [q0; q1]) <= distance2 d z (p 0%nat) /\
  quantization 2 d z p (vector [q0; q1]) <= distance2 d z (p 1%nat).
Proof.
  exists 1%nat, (vector [0]), (matrix [[1]; [-1 # 1]]), (1 # 2), (1 # 2).
  repeat split; vm_compute; congruence.
Qed.
