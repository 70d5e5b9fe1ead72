(** Section 4.5: one pass over the rows need not reach the minimum.  Over the rationals, by computation. *)
From Coq Require Import QArith List Lia.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions incremental_definitions.
Open Scope Q_scope.

(** claim: ddcl.incremental/pass/update
    role: refutes
    value: ols k d z p y - ols k d z p (passed d k z p eta q)
    witness: {"z": [1], "p": [[0], [1]], "q": ["1/2", "1/2"], "y": [0, 1], "eta": 1}
    compared: aaa6a962151a-960f826f715d *)
Theorem not_yet_least : exists d z p q0 q1 y0 y1 eta, 0 <= q0 /\ 0 <= q1 /\ q0 + q1 == 1 /\ 0 <= y0 /\ 0 <= y1 /\ y0 + y1 == 1 /\
  0 < eta /\ (forall c, (c < d)%nat -> eta * norm2 2 (fun j => p j c) <= 2) /\
  ols 2 d z p (vector [y0; y1]) < ols 2 d z p (passed d 2 z p eta (vector [q0; q1])).
Proof.
  exists 1%nat, (vector [1]), (matrix [[0]; [1]]), (1 # 2), (1 # 2), 0, 1, 1.
  repeat split; try (vm_compute; congruence).
  intros [|c] lt; [vm_compute; congruence | lia].
Qed.
