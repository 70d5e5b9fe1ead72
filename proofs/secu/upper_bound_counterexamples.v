(** Appendix B: prices that repeat after two batches, neither of which met the bounds.  Over the rationals, by computation. *)
From Coq Require Import QArith List Lia.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.secu Require Import labels_definitions upper_bound_definitions.
Open Scope Q_scope.

Definition larger (x y : Q) : Q := if Qle_bool x y then y else x.

(** Each of the n labels is that of one of k clusters, which no other has a smaller score than, c_ij - rho_j + rho'_j. *)
Definition follows_rule (n k : nat) (c : nat -> nat -> Q) (rho rho2 : nat -> Q) (y : nat -> nat -> Q) : Prop :=
  forall i, (i < n)%nat -> exists m, (m < k)%nat /\ (forall l, (l < k)%nat -> y i l == if Nat.eqb m l then 1 else 0) /\
    forall j, (j < k)%nat -> c i m - rho m + rho2 m <= c i j - rho j + rho2 j.

(** The sizes of y are within both bounds. *)
Definition feasible (n k : nat) (gamma gamma2 : Q) (y : nat -> nat -> Q) : Prop :=
  forall j, (j < k)%nat -> 0 <= room_below n k gamma y j /\ 0 <= room_above n k gamma2 y j.

Ltac below_two i := destruct i as [ | [ | i]]; [idtac | idtac | exfalso; lia].
Ltac compute_number := vm_compute; congruence.

(** claim: secu.upper-bound/literal/reaches
    role: refutes
    value: let rooms := fun y => [entries k (room_below n k gamma y); entries k (room_above n k gamma2 y)] in [rooms y; rooms t]
    witness: {"c": [[0, 1], [0, 1]], "y": [[0, 1], [0, 1]], "t": [[1, 0], [1, 0]], "rho": [0, "3/2"], "rho2": [0, 0],
      "gamma": 1, "gamma2": 2, "eta": 1}
    compared: 2fe3d35e3166-92fcca624fe1 *)
Theorem cycle : ~ (forall n k c y t rho rho2 gamma gamma2 eta, (forall j, (j < k)%nat -> 0 <= rho j /\ 0 <= rho2 j) ->
  0 <= gamma -> gamma <= 1 -> 1 <= gamma2 -> 0 < eta -> follows_rule n k c rho rho2 y ->
  let after := lower_price larger n k y gamma eta rho in let after2 := upper_price larger n k y gamma2 eta rho2 in
  follows_rule n k c after after2 t ->
  (forall j, (j < k)%nat -> lower_price larger n k t gamma eta after j == rho j /\
    upper_price larger n k t gamma2 eta after2 j == rho2 j) ->
  feasible n k gamma gamma2 y \/ feasible n k gamma gamma2 t).
Proof.
  intro claimed; pose (second := matrix [[0; 1]; [0; 1]]); pose (first := matrix [[1; 0]; [1; 0]]).
  destruct (claimed 2%nat 2%nat second second first (vector [0; 3 # 2]) (vector [0; 0]) 1 2 1) as [met | met].
  1: intros j lt_j; below_two j; split; compute_number.
  1-4: compute_number.
  1: intros i lt_i; below_two i; exists 1%nat; repeat split; try lia; intros j lt_j; below_two j; compute_number.
  1: intros i lt_i; below_two i; exists 0%nat; repeat split; try lia; intros j lt_j; below_two j; compute_number.
  1: intros j lt_j; below_two j; split; compute_number.
  - destruct (met 0%nat Nat.lt_0_2) as [below _]; vm_compute in below; congruence.
  - destruct (met 1%nat Nat.lt_1_2) as [below _]; vm_compute in below; congruence.
Qed.
