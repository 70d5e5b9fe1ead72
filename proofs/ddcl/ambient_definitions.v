(** Gradients in the assignment at points that need not lie in the simplex. *)
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions proposition2_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (k d : nat) (z q v : nat -> T) (p : nat -> nat -> T).

(** |p_j - Pq|^2 - 2 (1 - sum q) p_j . Pq *)
Definition ambient_slope k d p q (j : nat) : T :=
  distance2 d (p j) (mixture k q p) - 2 * (1 - sum k q) * inner d (p j) (mixture k q p).

(** Component j of (28) less |z|^2 *)
Definition moments_slope k d z p q (j : nat) : T := variance_slope k d z p q j - norm2 d z.

End Definitions.
