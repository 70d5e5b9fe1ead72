(** After (42): neither are the weights that the flow reaches unique, nor of minimum norm from every start.  Counterexamples. *)
From DDCL.gbcl Require Import counterexamples.
Open Scope Q_scope.

(** claim: gbcl.minimum-norm/any-start/unique
    role: refutes
    value: inner n r (fun i => o i - v i)%A
    witness: {"z": [[1], [1]], "o": ["1/2", "1/2"], "v": [1, 0], "y": [1], "r": [1, 0]}
    compared: ca91616c9805-83506832bd40 *)
Theorem two_solutions : exists n d z o v y, (forall i, (i < n)%nat -> seen d z (combined n z o) i == seen d z y i) /\
  (forall i, (i < n)%nat -> seen d z (combined n z v) i == seen d z y i) /\ exists i, (i < n)%nat /\ ~ o i == v i.
Proof.
  exists 2%nat, 1%nat, (matrix [[1]; [1]]), (vector [1 # 2; 1 # 2]), (vector [1; 0]), (vector [1]); compute_entry.
Qed.

(** claim: gbcl.minimum-norm/any-start/orthogonal-to-the-kernel
    role: refutes
    value: inner n u (fun i => o i + seen d z s i)%A
    witness: {"z": [[1], [1]], "o": [1, -1], "s": ["1/2"], "u": [1, -1], "y": [1]}
    compared: c2437f6914d6-3e839bc465cf *)
Theorem kernel_left : exists n d z o s u y, let limit := (fun i => o i + seen d z s i)%A in
  (forall i, (i < n)%nat -> seen d z (combined n z limit) i == seen d z y i) /\
  (forall b, (b < d)%nat -> combined n z u b == 0) /\ ~ inner n u limit == 0.
Proof.
  exists 2%nat, 1%nat, (matrix [[1]; [1]]), (vector [1; -1 # 1]), (vector [1 # 2]), (vector [1; -1 # 1]), (vector [1]).
  intro limit; compute_entry.
Qed.
