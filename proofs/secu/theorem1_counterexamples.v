(** Theorem 1 where the positives fit into no open half-space, for a stationary centre that need not be optimal, and for one objective
    of all centres: s.w < 0.  s = e^(-1/lambda); a rational counterexample is one over the reals. *)
From Coq Require Import QArith List Lia.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.secu Require Import sphere_definitions proposition1_definitions theorem1_definitions theorem1_joint_definitions.
Open Scope Q_scope.

(** A goal on numbers, or on each index below 3 *)
Ltac compute_entry :=
  lazymatch goal with
  | |- forall i, (i < _)%nat -> _ =>
      let i := fresh in let lt := fresh in
      intros i lt; do 3 (destruct i as [|i]; [first [vm_compute; reflexivity | exfalso; lia] |]); exfalso; lia
  | |- ~ _ => vm_compute; discriminate
  | |- _ => vm_compute; first [reflexivity | discriminate]
  end.

(** Rows of length 1 *)
Definition unit_rows (n d : nat) (rows : nat -> nat -> Q) : Prop := forall i, (i < n)%nat -> dot d (rows i) (rows i) == 1.

(** One positive at 1, the other centre with its own at -1
    claim: secu.theorem1/stationary/sign
    role: refutes
    value: dot d (pull (boltzmann T) n d o x v w) w
    witness: {"x": [[1]], "w": [-1], "v": [[-1]], "T": {"s": "1/2"}}
    compared: 767b90f1ecdf-4d31419f7b70 *)
Theorem stationary_opposite : exists n d o x v w s, 0 < s /\ s < 1 /\
  unit_rows n d x /\ dot d w w == 1 /\ unit_rows o d v /\
  let r := pull (boltzmann s) n d o x v w in
  ~ r 0%nat == 0 /\ (forall a, (a < d)%nat -> r a == dot d r w * w a) /\ ~ 0 < dot d r w.
Proof.
  exists 1%nat, 1%nat, 1%nat, (matrix [[1]]), (matrix [[-1 # 1]]), (vector [-1 # 1]), (1 # 2); unfold unit_rows.
  repeat split; compute_entry.
Qed.

(** On the line; positives 1, 1 and -1, the other centre at -1
    claim: secu.theorem1/blockwise/centre
    role: refutes
    value: dot 1 (pull (boltzmann T) n 1 o x v w) w
    witness: {"x": [[1], [1], [-1]], "w": [-1], "v": [[-1]], "u": [1], "T": {"s": "1/3"}}
    compared: 0871a5e17678-4f89ba32b4ec *)
Theorem optimal_opposite : exists n o x v w s, 0 < s /\ s < 1 /\
  unit_rows n 1 x /\ dot 1 w w == 1 /\ unit_rows o 1 v /\
  let e := boltzmann s in let r := pull e n 1 o x v w in
  ~ r 0%nat == 0 /\ odds e n 1 o x v w <= odds e n 1 o x v (fun a => - w a) /\ ~ 0 < dot 1 r w.
Proof.
  exists 3%nat, 1%nat, (matrix [[1]; [1]; [-1 # 1]]), (matrix [[-1 # 1]]), (vector [-1 # 1]), (1 # 3); unfold unit_rows.
  repeat split; compute_entry.
Qed.

(** Two classes on the line: one positive at 1 and three negatives there
    claim: secu.theorem1/joint/joint
    role: refutes
    value: dot 1 (pull (boltzmann T) n 1 1 x v w) w
    witness: {"x": [[1]], "b": [[1], [1], [1]], "w": [-1], "v": [[1]], "T": {"s": "1/2"}}
    compared: 3752a54629be-f1e5688f7147 *)
Theorem joint_opposite : exists n m x b w v s, 0 < s /\ s < 1 /\
  unit_rows n 1 x /\ unit_rows m 1 b /\ dot 1 w w == 1 /\ dot 1 v v == 1 /\
  let e := boltzmann s in let least := joint_odds e n m 1 x b w v in
  least <= joint_odds e n m 1 x b (fun a => - w a) v /\ least <= joint_odds e n m 1 x b w (fun a => - v a) /\
  least <= joint_odds e n m 1 x b (fun a => - w a) (fun a => - v a) /\
  ~ 0 < dot 1 (pull e n 1 1 x (fun _ => v) w) w.
Proof.
  exists 1%nat, 3%nat, (matrix [[1]]), (matrix [[1]; [1]; [1]]), (vector [-1 # 1]), (vector [1]), (1 # 2); unfold unit_rows.
  repeat split; compute_entry.
Qed.
