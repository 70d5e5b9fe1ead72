(** (14): the output of the dual network has any rank, and is no outer product.  Counterexample. *)
From DDCL.gbcl Require Import definitions forward_definitions counterexamples.
Open Scope Q_scope.

(** claim: gbcl.forward/rank-one/outer-products
    role: refutes
    value: (let Y := dual_output n W2 (stacked f A) in
      concat (entries k (fun j => concat (map (fun i => map (fun c => Y j 0%nat * Y i c - Y j c * Y i 0%nat) (seq 1 d)) (seq (S j) (k - S j))))))%A
    witness: {"f": [1, 0], "A": [[0, 1]], "B": [[0, 0]], "W2": [[1, 0], [0, 1]]}
    compared: f030be275af7-a95c880241b1 *)
Theorem no_outer_product : exists n d k f A W2 j i c, let Y := dual_output n W2 (stacked f A) in
  (j < k)%nat /\ (i < k)%nat /\ (c < S d)%nat /\ ~ Y j 0%nat * Y i c == Y j c * Y i 0%nat.
Proof.
  exists 2%nat, 1%nat, 2%nat, (vector [1; 0]), (matrix [[0; 1]]), (matrix [[1; 0]; [0; 1]]), 0%nat, 1%nat, 1%nat; intro Y.
  split; [lia | split; [lia | split; [lia | compute_entry]]].
Qed.
