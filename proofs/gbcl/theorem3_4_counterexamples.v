(** Theorem 3.4: for d > n the subspace can have less than n dimensions, the weights need not lie in R(X^T), and further features
    do have an influence.  Counterexamples. *)
From DDCL.gbcl Require Import counterexamples.
Open Scope Q_scope.

(** LX = I_n *)
Definition inverted (n d : nat) (l z : nat -> nat -> Q) : Prop :=
  forall i, (i < n)%nat -> forall j, (j < n)%nat -> inner d (l i) (z j) == multiple_of_identity 1 i j.

Ltac compute_entries := unfold inverted; compute_entry.

(** claim: gbcl.theorem3.4/any-rank/dimension
    role: refutes
    value: entries d (combined n z u)
    witness: {"z": [[1, 0, 0], [1, 0, 0]], "u": [1, -1]}
    compared: db17af973f1e-f3ff242bee43 *)
Theorem equal_samples : exists n d z u, (n < d)%nat /\ (exists i, (i < n)%nat /\ ~ u i == 0) /\
  forall c, (c < d)%nat -> combined n z u c == 0.
Proof.
  exists 2%nat, 3%nat, (matrix [[1; 0; 0]; [1; 0; 0]]), (vector [1; -1 # 1]); split; [lia | compute_entry].
Qed.

(** claim: gbcl.theorem3.4/any-rank/weights-stay
    role: refutes
    value: inner n u o
    witness: {"z": [[1, 0, 0], [1, 0, 0]], "o": [1, 0], "u": [1, -1]}
    compared: 3726153dc4f5-c3db41ae89fb *)
Theorem off_the_rows : exists n d z o u, (n < d)%nat /\ (forall c, (c < d)%nat -> combined n z u c == 0) /\
  ~ inner n u o == 0.
Proof.
  exists 2%nat, 3%nat, (matrix [[1; 0; 0]; [1; 0; 0]]), (vector [1; 0]), (vector [1; -1 # 1]); split; [lia | compute_entry].
Qed.

(** claim: gbcl.theorem3.4/printed/velocity
    role: refutes
    value: entries n (fun i => dual_velocity n (S d) (widened z f) o (combined n (widened z f) q) i
      - dual_velocity n d z o (combined n z q) i)
    witness: {"z": [[1, 0]], "o": [0], "q": [1], "f": [1], "l": [[1, 0]]}
    compared: 22d07c36468d-f1436d62b850 *)
Theorem velocity_changes : exists n d z l o q f, inverted n d l z /\ exists i, (i < n)%nat /\
  ~ dual_velocity n (S d) (widened z f) o (combined n (widened z f) q) i == dual_velocity n d z o (combined n z q) i.
Proof.
  exists 1%nat, 2%nat, (matrix [[1; 0]]), (matrix [[1; 0]]), (vector [0]), (vector [1]), (vector [1]); compute_entries.
Qed.

(** By how much sample 0 is nearer to Xb than to Xa *)
Definition preference (n d : nat) (z : nat -> nat -> Q) (a b : nat -> Q) : Q :=
  (gap2 d z (combined n z a) 0 - gap2 d z (combined n z b) 0)%A.

(** A further feature can change the nearest prototype of a sample: it is nearer to Xb without the feature, to Xa with it.
    claim: gbcl.theorem3.4/printed/cells
    role: refutes
    value: (let pref := fun d z => gap2 d z (combined n z a) 0 - gap2 d z (combined n z b) 0 in
      pref d z * pref (S d) (widened z f))%A
    witness: {"z": [[1, 0, 0], [1, "1/4", 0]], "l": [[1, -4, 0], [0, 4, 0]], "a": [0, 1], "b": ["1/2", 0], "f": [0, 1]}
    compared: 68bb1aff55bc-64ee4efe2721 *)
Theorem cells_change : exists n d z l a b f, inverted n d l z /\
  preference n d z a b < 0 /\ 0 < preference n (S d) (widened z f) a b.
Proof.
  exists 2%nat, 3%nat, (matrix [[1; 0; 0]; [1; 1 # 4; 0]]), (matrix [[1; -4 # 1; 0]; [0; 4; 0]]),
    (vector [0; 1]), (vector [1 # 2; 0]), (vector [0; 1]); compute_entries.
Qed.

(** A prototype with an empty cell does not move.
    claim: gbcl.theorem3.4/moving/base-tends
    role: refutes
    value: (- (inner d v w * inner d v (fun c => - pull n z a w c)))%A
    witness: {"z": [[1, 0]], "w": [0, 5], "p": [1, 0], "v": [0, 1], "a": [0]}
    compared: 228a4cde2af8-66b7abcfad3d *)
Theorem empty_cell : exists n d z w p v a, (forall i, (i < n)%nat -> seen d z v i == 0) /\
  (forall i, (i < n)%nat -> a i * (1 - a i) == 0) /\
  (forall i, (i < n)%nat -> 0 <= (2 * a i - 1) * (gap2 d z p i - gap2 d z w i)) /\ ~ inner d v w == 0 /\
  ~ 0 < - (inner d v w * inner d v (fun c => - pull n z a w c)).
Proof.
  exists 1%nat, 2%nat, (matrix [[1; 0]]), (vector [0; 5]), (vector [1; 0]), (vector [0; 1]), (vector [0]); compute_entry.
Qed.
