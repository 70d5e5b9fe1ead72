(** Corollary 2: V(q(T), P) need not grow with T.  A temperature T is given by s = e^(-1/T), which grows with it; for
    whole distances the soft assignment is then rational, and a rational counterexample is one over the reals. *)
From Coq Require Import QArith List.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions covariance_definitions.
Open Scope Q_scope.

(** V at the soft assignment of z, with s = e^(-1/T) *)
Definition soft_variance (k d : nat) (z : nat -> Q) (p : nat -> nat -> Q) (s : Q) : Q :=
  variance k d p (share k (fun j => boltzmann s (distance2 d z (p j)))).

(** claim: ddcl.corollary2/softmax/monotone
    role: refutes
    value: soft_variance k d z p T2 - soft_variance k d z p T1
    witness: {"z": [0], "p": [[0], [1], [1]], "T1": {"s": "1/2"}, "T2": {"s": "3/4"}}
    compared: 549f230dda6b-c27f2cf5dcf3 *)
Theorem not_monotone : exists k d z p s1 s2,
  0 < s1 /\ s1 < s2 /\ s2 < 1 /\ soft_variance k d z p s2 < soft_variance k d z p s1.
Proof.
  exists 3%nat, 1%nat, (vector [0]), (matrix [[0]; [1]; [1]]), (1 # 2), (3 # 4).
  repeat split; vm_compute; reflexivity.
Qed.

(** The values themselves: 1/4 at s = 1/2 and 6/25 at s = 3/4. *)
Theorem values : let V := soft_variance 3 1 (vector [0]) (matrix [[0]; [1]; [1]]) in
  V (1 # 2) == 1 # 4 /\ V (3 # 4) == 6 # 25.
Proof. split; vm_compute; reflexivity. Qed.
