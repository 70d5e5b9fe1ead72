(** The corners of a regular simplex. *)
From Coq Require Import Arith.
From DDCL Require Import arithmetic.

(** z + s e_j, coordinate c *)
Definition corner {T} `{Arithmetic T} (z : nat -> T) (s : T) (j c : nat) : T := z c + if Nat.eqb j c then s else 0.
