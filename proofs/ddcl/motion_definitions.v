(** Gradients in the prototypes and in the sample, the assignment held. *)
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions covariance_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (k d : nat) (z e q : nat -> T) (p u : nat -> nat -> T).

(** P + t U, coordinate c of prototype j *)
Definition prototypes_along p u (t : T) (j c : nat) : T := p j c + t * u j c.

(** z + t e, coordinate c *)
Definition sample_along z e (t : T) (c : nat) : T := z c + t * e c.

(** -2 q_j (z - p_j), (29) *)
Definition quantization_pull z p q (j c : nat) : T := - (2 * q j * (z c - p j c)).

(** Column j of -2 (z - Pq) q^T, (30) *)
Definition ols_pull k z p q (j c : nat) : T := - (2 * (z c - mixture k q p c) * q j).

(** Column j of 2 P S_q, (31) *)
Definition variance_pull k p q (j c : nat) : T := 2 * Σ (i < k) (p i c * covariance q i j).

(** sum_j g_j . u_j *)
Definition paired k d (g u : nat -> nat -> T) : T := Σ (j < k) Σ (c < d) (g j c * u j c).

(** 2 (z - Pq) . e, (32) *)
Definition sample_pull k d z p q e : T := 2 * Σ (c < d) ((z c - mixture k q p c) * e c).

End Definitions.
