(** The cheapest cluster of an instance *)
From DDCL Require Import arithmetic.

(** The least of k numbers, k > 0.  smaller: the smaller of two numbers. *)
Fixpoint least {T} (smaller : T -> T -> T) (k : nat) (f : nat -> T) : T :=
  match k with
  | O => f O
  | S l => smaller (least smaller l f) (f l)
  end.
