(** (50): the modes that X does not see keep their part of the start, so that not all weights tend to X^+ mu = X^T mu. *)
From DDCL.gbcl Require Import counterexamples.
Open Scope Q_scope.

(** claim: gbcl.theorem3.2/centres/all-modes-decay
    role: refutes
    value: (let mu := combined n z q in let v := dual_velocity n d z o mu in
      inner n u (fun i => o i + (1 - x) * v i - seen d z mu i - x * (o i - seen d z mu i)))%A
    witness: {"z": [[1], [0]], "o": [1, 1], "q": [1, 0], "u": [0, 1], "x": "1/2"}
    compared: 7bad021066d8-125310f44572 *)
Theorem null_mode_stays : exists n d z o q x, let mu := combined n z q in
  (forall a, (a < d)%nat -> forall b, (b < d)%nat -> gram n z a b == multiple_of_identity 1 a b) /\ 0 < x /\ x <= 1 /\
  exists i, (i < n)%nat /\
  ~ (o i + (1 - x) * dual_velocity n d z o mu i - seen d z mu i == x * (o i - seen d z mu i))%A.
Proof.
  exists 2%nat, 1%nat, (matrix [[1]; [0]]), (vector [1; 1]), (vector [1; 0]), (1 # 2); intro mu; compute_entry.
Qed.
