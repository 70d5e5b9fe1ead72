(** (8), (9): the cheapest labels under bounds gamma n/k on the sizes, and the Lagrangian at prices rho. *)
From DDCL Require Import arithmetic.
From DDCL.secu Require Import labels_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n k : nat) (c y : nat -> nat -> T) (rho : nat -> T) (gamma : T).

(** sum y c - sum_j rho_j (sum_i y_ij - gamma n/k) *)
Definition lagrangian n k c rho gamma y : T := cost n k c y - Σ (j < k) (rho j * room_below n k gamma y j).

(** c_ij - rho_j *)
Definition score c rho (i j : nat) : T := c i j - rho j.

End Definitions.
