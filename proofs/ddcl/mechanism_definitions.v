(** Moving prototypes along the gradient of V. *)
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (k d : nat) (q : nat -> T) (p v : nat -> nat -> T).

(** -dV/dp_j at fixed q, coordinate c: -2 q_j (p_j - Pq) *)
Definition descent k q p (j c : nat) : T := - (2 * q j * (p j c - mixture k q p c)).

(** The rate of sum_(i<j) |p_i - p_j|^2 where the prototypes have the velocity v *)
Definition spread_rate k d p v : T := Σ (i < k) Σ (j < k) Σ (c < d) ((p i c - p j c) * (v i c - v j c)).

(** The rate of V at fixed q where the prototypes have the velocity v *)
Definition variance_rate k d q p v : T := Σ (j < k) Σ (c < d) (2 * q j * (p j c - mixture k q p c) * v j c).

End Definitions.
