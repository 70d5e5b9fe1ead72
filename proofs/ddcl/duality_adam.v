(** The first steps of Adam on W and on P differ under Z^T Z = I; a rational counterexample is one over the reals. *)
From Coq Require Import QArith List Lia.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions span_definitions.
Open Scope Q_scope.

(** The rows (3/5, -4/5) and (4/5, 3/5), with the slope (1, 1).

    claim: ddcl.duality/adam/same-step
    role: refutes
    value: entries d (signed_gap n d z g)
    witness: {"z": [["3/5", "-4/5"], ["4/5", "3/5"]], "g": [1, 1]}
    compared: 7cc16eb8761e-c99101d73856 *)
Theorem first_steps_differ : exists n d z g,
  (forall i j, (i < d)%nat -> (j < d)%nat -> gram n z i j == if Nat.eqb i j then 1 else 0) /\
  (forall i, (i < d)%nat -> ~ g i == 0) /\ (forall m, (m < n)%nat -> ~ dot d (z m) g == 0) /\
  exists i, (i < d)%nat /\ ~ signed_gap n d z g i == 0.
Proof.
  exists 2%nat, 2%nat, (matrix [[3 # 5; -4 # 5]; [4 # 5; 3 # 5]]), (vector [1; 1]).
  assert (below : forall i, (i < 2)%nat -> i = 0%nat \/ i = 1%nat) by lia.
  repeat split.
  - intros i j Hi Hj; destruct (below i Hi) as [-> | ->], (below j Hj) as [-> | ->]; reflexivity.
  - intros i Hi; destruct (below i Hi) as [-> | ->]; discriminate.
  - intros m Hm; destruct (below m Hm) as [-> | ->]; discriminate.
  - exists 0%nat; split; [lia | discriminate].
Qed.
