(** (54), (55): a singular value can be 0 among the first n, and the mean of a population need not be an output.  Counterexamples. *)
From DDCL.gbcl Require Import counterexamples.
Open Scope Q_scope.

(** claim: gbcl.lemma3.3/any-rank/index-range
    role: refutes
    value: s
    witness: {"z": [[1, 0, 0], [1, 0, 0]], "a": [1, -1], "s": 0}
    compared: 55bae322985e-daad8122f81e *)
Theorem value_zero : exists n d z v s, (n <= d)%nat /\
  (forall i, (i < n)%nat -> seen d z (combined n z v) i == square s * v i) /\ (exists i, (i < n)%nat /\ ~ v i == 0) /\ s == 0.
Proof.
  exists 2%nat, 3%nat, (matrix [[1; 0; 0]; [1; 0; 0]]), (vector [1; -1 # 1]), 0; split; [lia | compute_entry].
Qed.

(** claim: gbcl.lemma3.3/population/expectation
    role: refutes
    value: entries d (fun b => combined n z o b - c b)%A
    witness: {"z": [[1, 0]], "o": [0], "q": [1], "c": [0, 1]}
    compared: da35d4559694-27e1d8259954 *)
Theorem mean_off_the_span : exists n d z o c, (forall i, (i < n)%nat -> seen d z (combined n z o) i == seen d z c i) /\
  exists b, (b < d)%nat /\ ~ combined n z o b == c b.
Proof. exists 1%nat, 2%nat, (matrix [[1; 0]]), (vector [0]), (vector [0; 1]); compute_entry. Qed.
