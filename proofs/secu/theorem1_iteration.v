(** After (15): iterating the closed form need not converge.  s = e^(-1/T) and lambda = T/5, so that e^(x.w/lambda) is rational
    where 5 x.w is a whole number; a rational counterexample is one over the reals. *)
From Coq Require Import QArith List Lia.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.secu Require Import sphere_definitions.
Open Scope Q_scope.

(** sum_i (1 - p_i) x_i at the centre w *)
Definition pull_at (s : Q) (n d o : nat) (x v : nat -> nat -> Q) (w : nat -> Q) : nat -> Q :=
  pull (fun u => boltzmann s (5 * u)) n d o x v w.

(** z = Pi(pull at w): the pull is a positive multiple of the unit vector z. *)
Definition updates (s : Q) (n d o : nat) (x v : nat -> nat -> Q) (w z : nat -> Q) : Prop :=
  (forall a, (a < d)%nat -> pull_at s n d o x v w a == dot d (pull_at s n d o x v w) z * z a) /\
  0 < dot d (pull_at s n d o x v w) z.

(** A goal on numbers, or on each index below 3 *)
Ltac compute_entry :=
  lazymatch goal with
  | |- forall i, (i < _)%nat -> _ =>
      let i := fresh in let lt := fresh in
      intros i lt; do 3 (destruct i as [|i]; [first [vm_compute; reflexivity | exfalso; lia] |]); exfalso; lia
  | |- ~ _ => vm_compute; discriminate
  | |- _ => vm_compute; reflexivity
  end.

(** claim: secu.theorem1.iteration/iteration/converges
    role: refutes
    value: entries d (fun a => z a - w a)
    witness: {"x": [[1], [-1], [-1]], "w": [1], "v": [[1]], "z": [-1], "u": [1], "T": {"s": "32/243"}}
    compared: 4ead0f898102-9ed60b75b093 *)
Theorem cycle_on_the_line : exists n d o x v w z s, 0 < s /\ s < 1 /\
  (forall i, (i < n)%nat -> dot d (x i) (x i) == 1) /\ dot d w w == 1 /\ dot d z z == 1 /\
  (forall l, (l < o)%nat -> dot d (v l) (v l) == 1) /\
  updates s n d o x v w z /\ updates s n d o x v z w /\ ~ z 0%nat == w 0%nat.
Proof.
  exists 3%nat, 1%nat, 1%nat, (matrix [[1]; [-1 # 1]; [-1 # 1]]), (matrix [[1]]), (vector [1]), (vector [-1 # 1]), (32 # 243).
  repeat split; compute_entry.
Qed.

(** The same with all positives in an open half-space.
    claim: secu.theorem1.iteration/half-space/converges
    role: refutes
    value: entries d (fun a => z a - w a)
    witness: {"x": [[1, 0], [0, 1]], "w": ["4/5", "3/5"], "v": [["4/5", "3/5"], ["3/5", "4/5"]], "z": ["3/5", "4/5"], "u": [1, 1], "T": {"s": "2/5"}}
    compared: a497ba01042c-a8f76e60d94f *)
Theorem cycle_in_the_plane : exists n d o x v w z u s, 0 < s /\ s < 1 /\
  (forall i, (i < n)%nat -> dot d (x i) (x i) == 1) /\ dot d w w == 1 /\ dot d z z == 1 /\
  (forall l, (l < o)%nat -> dot d (v l) (v l) == 1) /\
  (forall i, (i < n)%nat -> 0 < dot d (x i) u) /\
  updates s n d o x v w z /\ updates s n d o x v z w /\ ~ z 0%nat == w 0%nat.
Proof.
  exists 2%nat, 2%nat, 2%nat, (matrix [[1; 0]; [0; 1]]), (matrix [[4 # 5; 3 # 5]; [3 # 5; 4 # 5]]),
    (vector [4 # 5; 3 # 5]), (vector [3 # 5; 4 # 5]), (vector [1; 1]), (2 # 5).
  repeat split; compute_entry.
Qed.
