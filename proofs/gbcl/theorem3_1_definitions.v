(** Theorem 3.1: variances along a direction, and the share of the error that a step leaves. *)
From DDCL Require Import arithmetic.
From DDCL.gbcl Require Import flows_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n d : nat) (z : nat -> nat -> T) (u : nat -> T).

(** The mean of u . x_i *)
Definition mean_along n d z u : T := sum n (seen d z u) / number n.

(** 1/n sum_i (u . x_i)^2 - (the mean)^2 *)
Definition variance_along n d z u : T := sum n (fun i => square (seen d z u i)) / number n - square (mean_along n d z u).

(** (1 - 2 eps n_j sigma^2) b: the error along an axis after a step of (28) *)
Definition after_step (eps size sigma b : T) : T := (1 - 2 * eps * size * square sigma) * b.

End Definitions.
