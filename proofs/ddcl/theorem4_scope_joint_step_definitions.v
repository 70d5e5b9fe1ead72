(** A step of the features at held assignments. *)
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions.

(** z_m - eta g_m, g_m = (2/n)(z_m - P q_m) *)
Definition stepped_features {T} `{Arithmetic T} (n k : nat) (z p q : nat -> nat -> T) (eta : T) (m c : nat) : T :=
  z m c - eta * (2 * ((z m c - mixture k (q m) p c) / number n)).
