(** Prototypes 0 and 1 exchanged, and the energy (41) with both entropies. *)
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions remark3_definitions entropy_definitions.

Definition swapped (j : nat) : nat := match j with O => 1 | S O => 0 | _ => j end.
Definition relabelled {A} (x : nat -> A) (j : nat) : A := x (swapped j).

Definition full_energy {T} `{Arithmetic T} (ln : T -> T) (n k d : nat) (z p q : nat -> nat -> T) (sep weight bal ent : T) : T :=
  energy n k d z p q sep weight 1 + bal * balance ln n k q + ent * negative_entropy ln n k q.
