(** Proposition 2 with two clusters, or with all centres at one place: neither the constant 1/2 nor the Remark holds.  Centres on a
    line, at 9/10 and -9/10; counterexamples. *)
From Coq Require Import QArith List Lia.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.secu Require Import proposition2_definitions proposition2_independent_definitions.
Open Scope Q_scope.

Ltac compute_entry :=
  lazymatch goal with
  | |- forall i, (i < _)%nat -> _ =>
      let i := fresh in let lt := fresh in
      intros i lt; do 4 (destruct i as [|i]; [first [exfalso; vm_compute in lt; lia | clear lt; compute_entry] |]); exfalso; lia
  | |- _ /\ _ => split; compute_entry
  | |- ~ _ => let said := fresh in intro said; vm_compute in said; first [discriminate said | apply said; reflexivity]
  | |- (_ < _)%nat => lia
  | |- _ => vm_compute; first [reflexivity | discriminate]
  end.

(** The values of the centres have the length a < 1, and each centre the mean 0. *)
Definition centred (g m d : nat) (c : nat -> nat -> nat -> Q) (a : Q) : Prop :=
  (forall j, (j < g)%nat -> (forall l, (l < m)%nat -> length2 d (c j l) == square a) /\
    forall b, (b < d)%nat -> sum m (fun l => c j l b) == 0) /\ a * a < 1.

(** One other centre, at 9/10 or at -9/10 *)
Definition ends (j l b : nat) : Q := if Nat.eqb l 0 then 9 # 10 else -9 # 10.

(** claim: secu.proposition2/independent/remark
    role: refutes
    value: (mean_variance_negative g m d c - M * (1 - square a))%A
    witness: {"c": [[["9/10"], ["-9/10"]]], "a": "9/10", "M": 2}
    compared: 3d5876c3d1ac-37a11e1d7567 *)
Theorem remark_fails : exists g m d c a M, centred g m d c a /\ 0 < M /\ M * (1 - a * a) <= 1 # 2 /\
  ~ M * (1 - a * a) <= mean_variance_negative g m d c.
Proof. exists 1%nat, 2%nat, 1%nat, ends, (9 # 10), 2; unfold centred; compute_entry. Qed.

(** claim: secu.proposition2/theta/theta-independent
    role: refutes
    value: (mean_variance_negative g m d c - inv 2)%A
    witness: {"c": [[["9/10"], ["-9/10"]]], "a": "9/10", "M": 2}
    compared: 11721cbb8bf9-d8d24a9da939 *)
Theorem less_than_half : exists g m d c a, centred g m d c a /\ ~ (1 # 2) <= mean_variance_negative g m d c.
Proof. exists 1%nat, 2%nat, 1%nat, ends, (9 # 10); unfold centred; compute_entry. Qed.

(** claim: secu.proposition2/theta/theta-balanced
    role: refutes
    value: (variance_negative k d mu - inv 2)%A
    witness: {"mu": [["9/10"], ["-9/10"]], "M": 2}
    compared: 4227208d1f2b-3ef6e7c039fa *)
Theorem less_than_half_balanced : exists k d mu, (1 < k)%nat /\
  (forall j, (j < k)%nat -> length2 d (mu j) == length2 d (mu 0%nat)) /\
  (forall b, (b < d)%nat -> sum k (fun j => mu j b) == 0) /\ length2 d (mu 0%nat) < 1 /\ ~ (1 # 2) <= variance_negative k d mu.
Proof. exists 2%nat, 1%nat, (matrix [[9 # 10]; [-9 # 10]]); compute_entry. Qed.

(** claim: secu.proposition2/theta/theta-any
    role: refutes
    value: (variance_negative k d mu - inv 2)%A
    witness: {"mu": [["9/10"], ["9/10"], ["9/10"]], "M": 2}
    compared: bbcd7ad9f93d-92651d8147ca *)
Theorem less_than_half_together : exists k d mu, (2 < k)%nat /\
  (forall j, (j < k)%nat -> length2 d (mu j) == length2 d (mu 0%nat)) /\ length2 d (mu 0%nat) < 1 /\
  ~ (1 # 2) <= variance_negative k d mu.
Proof. exists 3%nat, 1%nat, (matrix [[9 # 10]; [9 # 10]; [9 # 10]]); compute_entry. Qed.

(** claim: secu.proposition2/any/remark
    role: refutes
    value: (variance_negative k d mu - M * variance_positive d mu)%A
    witness: {"mu": [["9/10"], ["9/10"], ["9/10"]], "M": 2}
    compared: 270db0f9d20a-373072491d85 *)
Theorem remark_fails_together : exists k d mu M, (2 < k)%nat /\
  (forall j, (j < k)%nat -> length2 d (mu j) == length2 d (mu 0%nat)) /\ length2 d (mu 0%nat) < 1 /\ 0 < M /\
  M * variance_positive d mu <= 1 # 2 /\ ~ M * variance_positive d mu <= variance_negative k d mu.
Proof. exists 3%nat, 1%nat, (matrix [[9 # 10]; [9 # 10]; [9 # 10]]), 2; compute_entry. Qed.
