(** Proposition 4: what P = Z^T W in the graph spoils, and two corrections that are not parallel.  Over the rationals, by
    computation; with q held the losses are polynomials of degree at most 4 in a step, whose slope at 0 `slope` gives. *)
From Coq Require Import QArith List.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions covariance_definitions proposition2_definitions gap_definitions motion_definitions
  native_definitions.
Open Scope Q_scope.

(** claim: ddcl.proposition4/native/quantization
    role: refutes
    value: let q := native_soft n k d w z T in
           slope (fun t => native_quantization n k d w q (prototypes_along z u t)) - native_pull n k d w q z u
    witness: {"z": [[1]], "u": [[1]], "w": [[2]], "T": {"s": "1/2"}}
    compared: 2b69f2b8c407-5c2bbab185b3 *)
Theorem native_moves_quantization : exists n k d w z u s, 0 < s < 1 /\ let q := native_soft n k d w z s in
  ~ slope (fun t => native_quantization n k d w q (prototypes_along z u t)) == native_pull n k d w q z u.
Proof.
  exists 1%nat, 1%nat, 1%nat, (matrix [[2]]), (matrix [[1]]), (matrix [[1]]), (1 # 2); repeat split; vm_compute; congruence.
Qed.

(** claim: ddcl.proposition4/native/ols
    role: refutes
    value: let q := native_soft n k d w z T in
           slope (fun t => native_ols n k d w q (prototypes_along z u t)) - native_pull n k d w q z u
    witness: {"z": [[1]], "u": [[1]], "w": [[2]], "T": {"s": "1/2"}}
    compared: 1682d7091209-61deb8224808 *)
Theorem native_moves_ols : exists n k d w z u s, 0 < s < 1 /\ let q := native_soft n k d w z s in
  ~ slope (fun t => native_ols n k d w q (prototypes_along z u t)) == native_pull n k d w q z u.
Proof.
  exists 1%nat, 1%nat, 1%nat, (matrix [[2]]), (matrix [[1]]), (matrix [[1]]), (1 # 2); repeat split; vm_compute; congruence.
Qed.

(** claim: ddcl.proposition4/native/equal
    claim: ddcl.corollary3.release/native/inactive-before
    role: refutes
    value: let q := native_soft n k d w z T in
           slope (fun t => native_quantization n k d w q (prototypes_along z u t))
           - slope (fun t => native_ols n k d w q (prototypes_along z u t))
    witness: {"z": [[1]], "u": [[1]], "w": [[0, 1]], "T": {"s": "1/2"}}
    compared: 518e5313375a-f29d077ddc20 *)
Theorem native_slopes_differ : exists n k d w z u s, 0 < s < 1 /\ let q := native_soft n k d w z s in
  ~ slope (fun t => native_quantization n k d w q (prototypes_along z u t)) ==
    slope (fun t => native_ols n k d w q (prototypes_along z u t)).
Proof.
  exists 1%nat, 2%nat, 1%nat, (matrix [[0; 1]]), (matrix [[1]]), (matrix [[1]]), (1 # 2);
    repeat split; vm_compute; congruence.
Qed.

(** P S_q g, coordinate c *)
Definition correction (k : nat) (q : nat -> Q) (p : nat -> nat -> Q) (g : nat -> Q) (c : nat) : Q :=
  sum k (fun j => p j c * covariance_times k q g j).

(** claim: ddcl.proposition4/parallel/parallel
    role: refutes
    value: let q := soft_assignment k d z p T in
           let x := correction k q p (fun j => distance2 d z (p j)) in
           let y := correction k q p (ols_slope k d z p q) in
           concat (entries d (fun i => map (fun j => x i * y j - x j * y i) (seq (S i) (d - S i))))
    witness: {"z": [1, 1], "p": [[0, 0], [1, 0], [0, 2]], "T": {"s": "1/2"}}
    compared: 94dba302b7a7-9526a7cb9024 *)
Theorem not_parallel : exists k z p s, 0 < s < 1 /\ let q := soft_assignment k 2 z p s in
  let x := correction k q p (fun j => distance2 2 z (p j)) in
  let y := correction k q p (ols_slope k 2 z p q) in
  ~ x 0%nat * y 1%nat == x 1%nat * y 0%nat.
Proof.
  exists 3%nat, (vector [1; 1]), (matrix [[0; 0]; [1; 0]; [0; 2]]), (1 # 2); repeat split; vm_compute; congruence.
Qed.
