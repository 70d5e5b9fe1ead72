(** Gradients in the assignment. *)
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (k d : nat) (z q v : nat -> T) (p : nat -> nat -> T).

(** Component j of -2 P^T (z - Pq), (27) *)
Definition ols_slope k d z p q (j : nat) : T := - (2 * Σ (c < d) (p j c * (z c - mixture k q p c))).

(** Component j of their difference, (28) *)
Definition variance_slope k d z p q (j : nat) : T := distance2 d z (p j) - ols_slope k d z p q j.

(** sum_j q_j |p_j|^2 - |Pq|^2 *)
Definition variance_by_moments k d p q : T := Σ (j < k) (q j * norm2 d (p j)) - norm2 d (mixture k q p).

(** q + t v *)
Definition along (q v : nat -> T) (t : T) (j : nat) : T := q j + t * v j.

(** From q to r *)
Definition towards (q r : nat -> T) (j : nat) : T := r j - q j.

(** <g, v> *)
Definition inner k (g v : nat -> T) : T := Σ (j < k) (g j * v j).

End Definitions.
