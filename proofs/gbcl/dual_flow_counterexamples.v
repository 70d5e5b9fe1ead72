(** (29)-(37): critical weights are not unique, exist without full rank, samples change cells, (29) lacks the size of the cell, and the
    mean of a population need not be reached.  Counterexamples. *)
From DDCL.gbcl Require Import counterexamples base_flow_definitions.
Open Scope Q_scope.

(** claim: gbcl.dual-flow/frozen/unique
    role: refutes
    value: entries n (fun i => seen d z (fun c => combined n z o c - m c) i - seen d z (fun c => combined n z v c - m c) i)%A
    witness: {"z": [[1], [1]], "o": [1, 0], "v": [0, 1], "m": [1]}
    compared: ded5b708cb86-48c9d2b64ab7 *)
Theorem same_velocity : exists n d z o v m, (exists i, (i < n)%nat /\ ~ o i == v i) /\
  forall i, (i < n)%nat -> dual_velocity n d z o m i == dual_velocity n d z v m i.
Proof. exists 2%nat, 1%nat, (matrix [[1]; [1]]), (vector [1; 0]), (vector [0; 1]), (vector [1]); compute_entry. Qed.

(** Full rank of X^T X means that no u that is not 0 has X^T X u = 0.  The determinant is that of up to three rows.
    claim: gbcl.dual-flow/frozen/solvable
    role: refutes
    value: (let g := fun i j => inner d (z i) (z j) in
      match n with
      | 1%nat => g 0%nat 0%nat
      | 2%nat => g 0%nat 0%nat * g 1%nat 1%nat - g 0%nat 1%nat * g 1%nat 0%nat
      | _ => g 0%nat 0%nat * (g 1%nat 1%nat * g 2%nat 2%nat - g 1%nat 2%nat * g 2%nat 1%nat)
        - g 0%nat 1%nat * (g 1%nat 0%nat * g 2%nat 2%nat - g 1%nat 2%nat * g 2%nat 0%nat)
        + g 0%nat 2%nat * (g 1%nat 0%nat * g 2%nat 1%nat - g 1%nat 1%nat * g 2%nat 0%nat)
      end)%A
    witness: {"z": [[1], [1]], "o": ["1/2", "1/2"], "m": [1]}
    compared: 76dd1501c508-d9221af93429 *)
Theorem solvable_without_rank : exists n d z o m u,
  (forall i, (i < n)%nat -> dual_velocity n d z o m i == 0) /\ (exists i, (i < n)%nat /\ ~ u i == 0) /\
  forall i, (i < n)%nat -> seen d z (combined n z u) i == 0.
Proof.
  exists 2%nat, 1%nat, (matrix [[1]; [1]]), (vector [1 # 2; 1 # 2]), (vector [1]), (vector [1; -1 # 1]); compute_entry.
Qed.

(** The outputs of the dual layers with the weights w, one column each *)
Definition outputs (n : nat) (z w : nat -> nat -> Q) (j : nat) : nat -> Q := combined n z (cell w j).

(** sigma^2 on a line *)
Definition energy (n : nat) (z : nat -> nat -> Q) : Q := sum n (fun i => square (z i 0%nat)).

Definition voronoi_cells (n k : nat) (z y q : nat -> nat -> Q) : Prop :=
  (forall i, (i < n)%nat -> sum k (q i) == 1 /\ forall j, (j < k)%nat -> q i j * (q i j - 1) == 0 /\
    forall l, (l < k)%nat -> 0 <= margin 1 z y q i j l) /\
  forall j, (j < k)%nat -> 0 < sum n (cell q j).

Ltac compute_cells := unfold voronoi_cells; compute_entry.

(** claim: gbcl.dual-flow/cells-stay/cells-stay
    role: refutes
    value: entries n (fun i => entries k (fun j => entries k
      (margin 1 z (later n z (fun j => combined n z (cell w j)) q x) q i j)))
    witness: {"z": [[0], [3], [10]], "w": [[0, 0], [0, 0], [-1, "6/5"]], "q": [[1, 0], [0, 1], [0, 1]], "x": "1/18"}
    compared: 7c1f0ee75bb3-be62a891729f *)
Theorem changes_sides : exists n k z w q x, voronoi_cells n k z (outputs n z w) q /\ 0 < x /\ x <= 1 /\
  exists i, (i < n)%nat /\ exists j, (j < k)%nat /\ exists l, (l < k)%nat /\
  ~ 0 <= margin 1 z (later n z (outputs n z w) q x) q i j l.
Proof.
  exists 3%nat, 2%nat, (matrix [[0]; [3]; [10]]), (matrix [[0; 0]; [0; 0]; [-1 # 1; 6 # 5]]),
    (matrix [[1; 0]; [0; 1]; [0; 1]]), (1 # 18).
  split; [compute_cells | split; [compute_entry | split; [compute_entry |]]].
  exists 1%nat; split; [lia |]; exists 1%nat; split; [lia |]; exists 0%nat; split; [lia | compute_entry].
Qed.

(** claim: gbcl.dual-flow/moving/exponential
    role: refutes
    value: entries k (fun j => let y := fun j => combined n z (cell w j) in let s := sum n (fun i => square (z i 0%nat)) in
      approach_speed s (y j) (centroid n z (cell q j)) x 0%nat
      + s * (later n z y q x j 0%nat - centroid n z (cell p j) 0%nat))%A
    witness: {"z": [[0], [3], [10]], "w": [[0, 0], [0, 0], [-1, "6/5"]], "q": [[1, 0], [0, 1], [0, 1]], "x": "1/18", "p": [[1, 0], [1, 0], [0, 1]]}
    compared: 91eafd810294-155b0363cb2b *)
Theorem other_centroids : exists n k z w q p x, let y := outputs n z w in
  voronoi_cells n k z y q /\ 0 < x /\ x <= 1 /\ voronoi_cells n k z (later n z y q x) p /\ exists j, (j < k)%nat /\
  ~ (approach_speed (energy n z) (y j) (centroid n z (cell q j)) x 0%nat ==
     - (energy n z * (later n z y q x j 0%nat - centroid n z (cell p j) 0%nat)))%A.
Proof.
  exists 3%nat, 2%nat, (matrix [[0]; [3]; [10]]), (matrix [[0; 0]; [0; 0]; [-1 # 1; 6 # 5]]),
    (matrix [[1; 0]; [0; 1]; [0; 1]]), (matrix [[1; 0]; [1; 0]; [0; 1]]), (1 # 18); intro y.
  split; [compute_cells | split; [compute_entry | split; [compute_entry | split; [compute_cells |]]]].
  exists 0%nat; split; [lia | compute_entry].
Qed.

(** claim: gbcl.dual-flow/gradient/gradient
    role: refutes
    value: (slope (fun h => cell_error n d z a (combined n z (fun i => o i + h * r i)))
      - 2 * inner n r (fun i => seen d z (fun c => combined n z o c - m c) i))%A
    witness: {"z": [[1], [1]], "a": [1, 1], "o": [1, 1], "m": [1], "r": [1, 0]}
    compared: e683de075834-ba5d9f8f1911 *)
Theorem size_is_missing : exists n d z a o m r, 0 < sum n a /\
  (forall c, (c < d)%nat -> sum n a * m c == combined n z a c) /\
  ~ (slope (fun h => cell_error n d z a (combined n z (fun i => o i + h * r i))) ==
     2 * inner n r (fun i => seen d z (fun c => combined n z o c - m c) i))%A.
Proof.
  exists 2%nat, 1%nat, (matrix [[1]; [1]]), (vector [1; 1]), (vector [1; 1]), (vector [1]), (vector [1; 0]); compute_entry.
Qed.

(** claim: gbcl.dual-flow/population/population-mean
    role: refutes
    value: entries d (fun c => combined n z o c - y c)%A
    witness: {"z": [[1, 0]], "o": [0], "y": [0, 1]}
    compared: 2b28f704505d-3c55ed1ed1e0 *)
Theorem mean_off_the_span : exists n d z o y, (forall i, (i < n)%nat -> seen d z (combined n z o) i == seen d z y i) /\
  exists c, (c < d)%nat /\ ~ combined n z o c == y c.
Proof. exists 1%nat, 2%nat, (matrix [[1; 0]]), (vector [0]), (vector [0; 1]); compute_entry. Qed.
