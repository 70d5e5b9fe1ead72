(** (20)-(23): no epoch reaches the centroid within every tolerance, samples change cells on the way, (20) is half of the gradient,
    and a step can be too long.  Counterexamples. *)
From DDCL.gbcl Require Import counterexamples base_flow_definitions.
Open Scope Q_scope.

(** claim: gbcl.base-flow/any-epoch/epoch
    role: refutes
    value: (let mu := centroid n z a in
      square delta * length2 d (fun c => w c - mu c) - length2 d (fun c => approach w mu x c - mu c))%A
    witness: {"z": [[0, 0], [2, 0]], "a": [1, 1], "w": [3, 1], "x": "1/2", "delta": "1/4"}
    compared: ef0587dbbbc1-01b4030fa8cf *)
Theorem still_far : exists n d z a w x delta, let mu := centroid n z a in
  0 < sum n a /\ 0 < x /\ x < 1 /\ 0 < delta /\
  ~ (length2 d (fun c => approach w mu x c - mu c) <= square delta * length2 d (fun c => w c - mu c))%A.
Proof.
  exists 2%nat, 2%nat, (matrix [[0; 0]; [2; 0]]), (vector [1; 1]), (vector [3; 1]), (1 # 2), (1 # 4); intro mu; compute_entry.
Qed.

(** The cells q are Voronoi cells of the prototypes w: one-hot, each sample with a nearest prototype, none empty. *)
Definition voronoi_cells (n d k : nat) (z w q : nat -> nat -> Q) : Prop :=
  (forall i, (i < n)%nat -> sum k (q i) == 1 /\ forall j, (j < k)%nat -> q i j * (q i j - 1) == 0 /\
    forall l, (l < k)%nat -> 0 <= margin d z w q i j l) /\
  forall j, (j < k)%nat -> 0 < sum n (cell q j).

Ltac compute_cells := unfold voronoi_cells; compute_entry.

(** claim: gbcl.base-flow/cells-stay/cells-stay
    role: refutes
    value: entries n (fun i => entries k (fun j => entries k (margin d z (later n z w q x) q i j)))
    witness: {"z": [[0], [3], [10]], "w": [[-10], [12]], "q": [[1, 0], [0, 1], [0, 1]], "x": "1/18"}
    compared: 1b75f9c2efb2-e83d94fa8d2a *)
Theorem changes_sides : exists n d k z w q x, voronoi_cells n d k z w q /\ 0 < x /\ x <= 1 /\
  exists i, (i < n)%nat /\ exists j, (j < k)%nat /\ exists l, (l < k)%nat /\ ~ 0 <= margin d z (later n z w q x) q i j l.
Proof.
  exists 3%nat, 1%nat, 2%nat, (matrix [[0]; [3]; [10]]), (matrix [[-10 # 1]; [12]]), (matrix [[1; 0]; [0; 1]; [0; 1]]), (1 # 18).
  split; [compute_cells | split; [compute_entry | split; [compute_entry |]]].
  exists 1%nat; split; [lia |]; exists 1%nat; split; [lia |]; exists 0%nat; split; [lia | compute_entry].
Qed.

(** The centroids that the path is heading for are those of the cells p at that time, not those of the start.
    claim: gbcl.base-flow/moving/exponential
    role: refutes
    value: entries k (fun j => entries d (fun c => approach_speed 1 (w j) (centroid n z (cell q j)) x c
      - (centroid n z (cell p j) c - later n z w q x j c)))%A
    witness: {"z": [[0], [3], [10]], "w": [[-10], [12]], "q": [[1, 0], [0, 1], [0, 1]], "x": "1/18", "p": [[1, 0], [1, 0], [0, 1]]}
    compared: f5fab42b4f62-9366a6c99de8 *)
Theorem other_centroids : exists n d k z w q p x, voronoi_cells n d k z w q /\ 0 < x /\ x <= 1 /\
  voronoi_cells n d k z (later n z w q x) p /\ exists j, (j < k)%nat /\ exists c, (c < d)%nat /\
  ~ approach_speed 1 (w j) (centroid n z (cell q j)) x c == (centroid n z (cell p j) c - later n z w q x j c)%A.
Proof.
  exists 3%nat, 1%nat, 2%nat, (matrix [[0]; [3]; [10]]), (matrix [[-10 # 1]; [12]]), (matrix [[1; 0]; [0; 1]; [0; 1]]),
    (matrix [[1; 0]; [1; 0]; [0; 1]]), (1 # 18).
  split; [compute_cells | split; [compute_entry | split; [compute_entry | split; [compute_cells |]]]].
  exists 0%nat; split; [lia |]; exists 0%nat; split; [lia | compute_entry].
Qed.

(** claim: gbcl.base-flow/moving/unique
    claim: gbcl.dual-flow/moving/unique
    role: refutes
    value: (entries d (fun c => sum k (fun j => w j c) - sum k (fun j => v j c)) ++
      [sum k (fun j => length2 d (w j)) - sum k (fun j => length2 d (v j))])%A
    witness: {"z": [[0], [2], [3], [5]], "w": [[1], [4]], "v": [[0], ["10/3"]], "q": [[1, 0], [1, 0], [0, 1], [0, 1]], "p": [[1, 0], [0, 1], [0, 1], [0, 1]]}
    compared: 19521b577fbf-29828e514121 *)
Theorem two_optima : exists n d k z w v q p, voronoi_cells n d k z w q /\ voronoi_cells n d k z v p /\
  (forall j, (j < k)%nat -> forall c, (c < d)%nat -> pull n z (cell q j) (w j) c == 0) /\
  (forall j, (j < k)%nat -> forall c, (c < d)%nat -> pull n z (cell p j) (v j) c == 0) /\
  exists c, (c < d)%nat /\ ~ sum k (fun j => w j c) == sum k (fun j => v j c).
Proof.
  exists 4%nat, 1%nat, 2%nat, (matrix [[0]; [2]; [3]; [5]]), (matrix [[1]; [4]]), (matrix [[0]; [10 # 3]]),
    (matrix [[1; 0]; [1; 0]; [0; 1]; [0; 1]]), (matrix [[1; 0]; [0; 1]; [0; 1]; [0; 1]]); compute_cells.
Qed.

(** claim: gbcl.base-flow/gradient/gradient
    role: refutes
    value: (slope (fun h => cell_error n d z a (fun c => w c + h * r c)) - inner d r (pull n z a w))%A
    witness: {"z": [[0]], "a": [1], "w": [1], "r": [1]}
    compared: 6d3bf3a6847c-5de0dfab0066 *)
Theorem twice_the_pull : exists n d z a w r,
  ~ slope (fun h => cell_error n d z a (fun c => w c + h * r c)%A) == inner d r (pull n z a w).
Proof. exists 1%nat, 1%nat, (matrix [[0]]), (vector [1]), (vector [1]), (vector [1]); compute_entry. Qed.

(** 2 sum_i a_i (W - x_i) is the gradient, by the theorem gradient in base_flow.v.
    claim: gbcl.base-flow/gradient/rate
    role: refutes
    value: (let mu := centroid n z a in
      inner d r (fun c => approach_speed 1 w mu x c + 2 * pull n z a (approach w mu x) c))%A
    witness: {"z": [[0, 0], [2, 0]], "a": [1, 1], "w": [3, 1], "r": [1, 1], "x": "1/2"}
    compared: 8ef430afcc60-623825b96001 *)
Theorem another_rate : exists n d z a w x, let mu := centroid n z a in 0 < sum n a /\ 0 < x /\
  exists c, (c < d)%nat /\ ~ (approach_speed 1 w mu x c == - (2 * pull n z a (approach w mu x) c))%A.
Proof.
  exists 2%nat, 2%nat, (matrix [[0; 0]; [2; 0]]), (vector [1; 1]), (vector [3; 1]), (1 # 2); intro mu; compute_entry.
Qed.

(** An empty cell has the gradient 0 everywhere.
    claim: gbcl.base-flow/gradient/unique
    role: refutes
    value: (inner d (fun c => w c - v c) (fun c => 2 * pull n z a w c - 2 * pull n z a v c))%A
    witness: {"z": [[0]], "a": [0], "w": [0], "v": [1]}
    compared: 1f62e42d305a-8e58d3eb8e80 *)
Theorem empty_cell : exists n d z a w v, (forall i, (i < n)%nat -> 0 <= a i) /\ (exists c, (c < d)%nat /\ ~ w c == v c) /\
  ~ 0 < inner d (fun c => w c - v c)%A (fun c => 2 * pull n z a w c - 2 * pull n z a v c)%A.
Proof. exists 1%nat, 1%nat, (matrix [[0]]), (vector [0]), (vector [0]), (vector [1]); compute_entry. Qed.

(** claim: gbcl.base-flow/one-step/one-step
    role: refutes
    value: (let mu := centroid n z a in
      length2 d (fun c => w c - mu c) - length2 d (fun c => stepped eps n z a w c - mu c))%A
    witness: {"z": [[0]], "a": [1], "w": [1], "eps": 2}
    compared: 948b77e5a107-7da99402deae *)
Theorem long_step : exists n d z a w eps, let mu := centroid n z a in 0 < sum n a /\ 0 < eps /\
  (exists c, (c < d)%nat /\ ~ w c == mu c) /\
  ~ (length2 d (fun c => stepped eps n z a w c - mu c) < length2 d (fun c => w c - mu c))%A.
Proof. exists 1%nat, 1%nat, (matrix [[0]]), (vector [1]), (vector [1]), 2; intro mu; compute_entry. Qed.

(** claim: gbcl.base-flow/sample-by-sample/sample-by-sample
    role: refutes
    value: (let mu := fun c => sum n (fun i => z i c) / number n in
      length2 d (fun c => w c - mu c) - length2 d (fun c => one_by_one eps n z w c - mu c))%A
    witness: {"z": [[-1], [1]], "w": [0], "eps": "1/2"}
    compared: 646fad7c1cda-aeafcd506237 *)
Theorem swings : exists n d z w eps, let mu := (fun c => sum n (fun i => z i c) / number n)%A in 0 < eps /\ eps <= 1 /\
  ~ (length2 d (fun c => one_by_one eps n z w c - mu c) <= length2 d (fun c => w c - mu c))%A.
Proof. exists 2%nat, 1%nat, (matrix [[-1 # 1]; [1]]), (vector [0]), (1 # 2); intro mu; compute_entry. Qed.
