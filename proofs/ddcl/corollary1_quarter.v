(** Corollary 1 with c = 1/4 fails for three prototypes in the plane.  Over the rationals, by computation. *)
From Coq Require Import QArith List Lia.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions.
Open Scope Q_scope.

(** claim: ddcl.corollary1/quarter/bound
    role: refutes
    value: (1 # 4) * largest (concat (entries k (fun i => entries k (fun j => distance2 d (p i) (p j))))) - variance k d p q
    witness: {"p": [[0, 0], [2, 0], [1, 2]], "q": ["1/3", "1/3", "1/3"]}
    compared: 3cde750a0be1-e18fd540cf91 *)
Theorem above_a_quarter : exists p q0 q1 q2 D2, 0 <= q0 /\ 0 <= q1 /\ 0 <= q2 /\ q0 + q1 + q2 == 1 /\
  (forall i j, (i < 3)%nat -> (j < 3)%nat -> distance2 2 (p i) (p j) <= D2) /\
  (1 # 4) * D2 < variance 3 2 p (vector [q0; q1; q2]).
Proof.
  exists (matrix [[0; 0]; [2; 0]; [1; 2]]), (1 # 3), (1 # 3), (1 # 3), 5.
  do 3 (split; [vm_compute; congruence|]); split; [vm_compute; reflexivity | split; [|vm_compute; reflexivity]].
  intros [|[|[|i]]] [|[|[|j]]] lt_i lt_j; try lia; vm_compute; congruence.
Qed.
