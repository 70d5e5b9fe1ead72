(** Distance from the own centre alone does not order the weights.  lambda is given by s = e^(-1/lambda); where inner products
    are whole numbers the weights are rational, and a rational counterexample is one over the reals. *)
From Coq Require Import QArith List.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.secu Require Import sphere_definitions.
Open Scope Q_scope.

(** claim: secu.hardness/distance/distance
    role: refutes
    value: weight (boltzmann T) d o v w a - weight (boltzmann T) d o v w b
    witness: {"a": [0, -1], "b": [0, 1], "w": [1, 0], "v": [[0, 1]], "T": {"s": "1/2"}}
    compared: 63e3ca9d8e19-6f61c3c3ef4b *)
Theorem distance_refuted : exists d o v w a b s, 0 < s /\ s < 1 /\
  dot d a a == 1 /\ dot d b b == 1 /\ dot d w w == 1 /\ (forall l, (l < o)%nat -> dot d (v l) (v l) == 1) /\
  apart2 d b w <= apart2 d a w /\ weight (boltzmann s) d o v w a < weight (boltzmann s) d o v w b.
Proof.
  exists 2%nat, 1%nat, (matrix [[0; 1]]), (vector [1; 0]), (vector [0; -1 # 1]), (vector [0; 1]), (1 # 2).
  repeat split; try (vm_compute; reflexivity).
  - intros [|l] lt; [vm_compute; reflexivity | inversion lt as [|m lt' eq]; inversion lt'].
  - vm_compute; discriminate.
Qed.
