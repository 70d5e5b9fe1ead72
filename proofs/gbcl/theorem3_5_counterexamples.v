(** Theorem 3.5: the paths differ, a bias removes no null mode, the weights need not lie in R(X^T), and the base prototype not in
    R(X).  Counterexamples. *)
From DDCL.gbcl Require Import counterexamples.
Open Scope Q_scope.

(** XA = I_d *)
Definition inverted (n d : nat) (z a : nat -> nat -> Q) : Prop :=
  forall b, (b < d)%nat -> forall c, (c < d)%nat -> sum n (fun i => z i b * a i c)%A == multiple_of_identity 1 b c.

Ltac compute_entries := unfold inverted; compute_entry.

(** The velocity -X X^T g of the error g is not along g.
    claim: gbcl.theorem3.5/full-rank/only-the-temporal-law
    role: refutes
    value: (let turned := combined n z (seen d z g) in
      let pairs := concat (entries d (fun i => map (fun j => turned i * g j - turned j * g i) (seq (S i) (d - S i)))) in
      match pairs with nil => 0 :: nil | _ => pairs end)%A
    witness: {"z": [[1, 0], [0, 2]], "g": [1, 1]}
    compared: e335217aa988-be599adeb9bd *)
Theorem bent : exists n d z g i j, (i < d)%nat /\ (j < d)%nat /\
  ~ combined n z (seen d z g) i * g j == combined n z (seen d z g) j * g i.
Proof.
  exists 2%nat, 2%nat, (matrix [[1; 0]; [0; 2]]), (vector [1; 1]), 0%nat, 1%nat; split; [lia | split; [lia | compute_entry]].
Qed.

(** claim: gbcl.theorem3.5/full-rank/bias
    role: refutes
    value: entries n u
    witness: {"z": [[1], [0]], "a": [[1], [0]], "u": [0, 1], "b": 0}
    compared: 7de3bfdc4c63-93e18798fcf6 *)
Theorem null_mode_left : exists n d z a u b, inverted n d z a /\ (forall c, (c < d)%nat -> combined n z u c == 0) /\
  (forall c, (c < d)%nat -> combined n z u c + b == 0) /\ exists i, (i < n)%nat /\ ~ u i == 0.
Proof. exists 2%nat, 1%nat, (matrix [[1]; [0]]), (matrix [[1]; [0]]), (vector [0; 1]), 0; compute_entries. Qed.

(** claim: gbcl.theorem3.5/weights/same-space
    role: refutes
    value: inner n u o
    witness: {"z": [[1], [0]], "o": [1, 1], "u": [0, 1], "a": [[1], [0]]}
    compared: 53f83359d656-655078b70960 *)
Theorem off_the_rows : exists n d z a o u, inverted n d z a /\ (forall c, (c < d)%nat -> combined n z u c == 0) /\
  ~ inner n u o == 0.
Proof. exists 2%nat, 1%nat, (matrix [[1]; [0]]), (matrix [[1]; [0]]), (vector [1; 1]), (vector [0; 1]); compute_entries. Qed.

(** claim: gbcl.theorem3.5/any-rank/same-space
    role: refutes
    value: inner d v w
    witness: {"z": [[1, 0], [2, 0]], "w": [0, 1], "v": [0, 1]}
    compared: 9058d02c0c60-461bca078b47 *)
Theorem off_the_span : exists n d z w v, (d <= n)%nat /\ (forall i, (i < n)%nat -> seen d z v i == 0) /\ ~ inner d v w == 0.
Proof.
  exists 2%nat, 2%nat, (matrix [[1; 0]; [2; 0]]), (vector [0; 1]), (vector [0; 1]); split; [lia | compute_entry].
Qed.
