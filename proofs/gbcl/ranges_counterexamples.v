(** (45), (49): neither flow need lie in its range after a finite time, nor the dual flow in the limit; independent samples may
    be equal.  Counterexamples. *)
From DDCL.gbcl Require Import counterexamples.
Open Scope Q_scope.

(** claim: gbcl.ranges/printed/base-after-finite-time
    role: refutes
    value: inner d v (approach w (combined n z q) x)
    witness: {"z": [[1, 0]], "q": [1], "w": [0, 1], "v": [0, 1], "x": "1/2"}
    compared: 53000abcf1d6-db3dd54d85b1 *)
Theorem base_after_finite_time : exists n d z q w v x,
  (forall i, (i < n)%nat -> seen d z v i == 0) /\ (forall i, (i < n)%nat -> 0 <= q i) /\ sum n q == 1 /\ 0 < x /\ x <= 1 /\
  ~ inner d v (approach w (combined n z q) x) == 0.
Proof.
  exists 1%nat, 2%nat, (matrix [[1; 0]]), (vector [1]), (vector [0; 1]), (vector [0; 1]), (1 # 2); compute_entry.
Qed.

(** claim: gbcl.ranges/printed/dual-after-finite-time
    role: refutes
    value: inner n u o
    witness: {"z": [[1], [0]], "c": [1], "o": [1, 1], "u": [0, 1]}
    compared: 3726153dc4f5-dd681a593d9c *)
Theorem dual_after_finite_time : exists n d z o u,
  (forall a, (a < d)%nat -> combined n z u a == 0) /\ ~ inner n u o == 0.
Proof. exists 2%nat, 1%nat, (matrix [[1]; [0]]), (vector [1; 1]), (vector [0; 1]); compute_entry. Qed.

(** claim: gbcl.ranges/limit/dual-tends
    role: refutes
    value: inner n u (fun i => o i - seen d z r i)
    witness: {"z": [[1], [1]], "c": [1], "o": [1, -1], "u": [1, -1], "r": ["-1/2"]}
    compared: 67644875effd-cbda5eba463d *)
Theorem dual_tends : exists n d z c o u r, let limit := fun i => o i - seen d z r i in
  (forall a, (a < d)%nat -> combined n z u a == 0) /\ (forall i, (i < n)%nat -> dual_velocity n d z limit c i == 0) /\
  ~ inner n u limit == 0.
Proof.
  exists 2%nat, 1%nat, (matrix [[1]; [1]]), (vector [1]), (vector [1; -1 # 1]), (vector [1; -1 # 1]), (vector [-1 # 2]).
  intro limit; compute_entry.
Qed.

(** Two draws from a law with atoms p_i and the atomless share c are equal with the probability sum_i p_i^2.
    claim: gbcl.ranges/printed/rank
    role: refutes
    value: Σ (i < k) square (p i)
    witness: {"p": ["1/2", "1/2"], "c": 0}
    compared: cf14be71cda1-d0ce7bf1ad94 *)
Theorem equal_draws : exists k p c, (forall i, (i < k)%nat -> 0 <= p i) /\ 0 <= c /\ c + sum k p == 1 /\
  ~ sum k (fun i => square (p i)) == 0.
Proof. exists 2%nat, (vector [1 # 2; 1 # 2]), 0; compute_entry. Qed.
