(** Theorem 3.1: the rates are no variances, need not exceed 1, and no constant step settles all axes at once.  Counterexamples. *)
From DDCL.gbcl Require Import counterexamples theorem3_1_definitions.
Open Scope Q_scope.

(** claim: gbcl.theorem3.1/flow/variances
    role: refutes
    value: (lam - variance_along n d z u)%A
    witness: {"z": [[1], [-1]], "u": [1], "lam": 2}
    compared: f907bbe4130b-ce2c452d8882 *)
Theorem no_variance : exists n d z u s, (forall b, (b < d)%nat -> combined n z (seen d z u) b == s * u b) /\
  length2 d u == 1 /\ ~ s == variance_along n d z u.
Proof. exists 2%nat, 1%nat, (matrix [[1]; [-1 # 1]]), (vector [1]), 2; compute_entry. Qed.

(** claim: gbcl.theorem3.1/flow/faster
    role: refutes
    value: (sum m (fun i => lam i * square (b i)) - sum m (fun i => square (b i)))%A
    witness: {"lam": ["1/4"], "b": [1]}
    compared: 2b2283d854bf-8ddc5317e913 *)
Theorem slower : exists m lam b, (forall i, (i < m)%nat -> 0 < lam i) /\ 0 < sum m (fun i => square (b i)) /\
  ~ sum m (fun i => square (b i)) < sum m (fun i => lam i * square (b i))%A.
Proof. exists 1%nat, (vector [1 # 4]), (vector [1]); compute_entry. Qed.

(** claim: gbcl.theorem3.1/best-step/best-step
    role: refutes
    value: [1 - eta * lo; 1 - eta * hi]%A
    witness: {"lo": 1, "hi": 3, "eta": "1/2", "rho": "1/2"}
    compared: 6ce668ef6637-4088e49235c8 *)
Theorem not_at_once : exists lo hi eta, 0 < lo /\ 0 < hi /\ eta == 2 / (hi + lo) /\ ~ 1 - eta * lo == 0.
Proof. exists 1, 3, (1 # 2); compute_entry. Qed.

(** The published rate 1/1250, 50/3 samples to a cell, and the largest singular value 22.39 of the circles
    claim: gbcl.theorem3.1/one-step/step
    role: refutes
    value: (square b - square (after_step eps size sigma b))%A
    witness: {"eps": "1/1250", "size": "50/3", "sigma": "2239/100", "b": 1}
    compared: af59eedb970b-ba48336ec0b7 *)
Theorem overshoots : exists eps size sigma b, 0 < eps /\ 0 < size /\ 0 < sigma /\ ~ b == 0 /\
  ~ square (after_step eps size sigma b) < square b.
Proof. exists (1 # 1250), (50 # 3), (2239 # 100), 1; compute_entry. Qed.
