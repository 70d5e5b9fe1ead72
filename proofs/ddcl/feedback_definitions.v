(** The feedback cycle (38): velocities of the prototypes along L_q. *)
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (k d : nat) (z q : nat -> T) (p : nat -> nat -> T).

(** -dL_q/dp_j at fixed q, coordinate c *)
Definition loss_descent z q p (j c : nat) : T := 2 * q j * (z c - p j c).

(** sum_j q_j (p_j - mean of the prototypes) . (z - p_j) *)
Definition outward k d z q p : T :=
  Σ (j < k) (q j * Σ (c < d) ((p j c - (Σ (i < k) p i c) / number k) * (z c - p j c))).

End Definitions.
