(** Least squares without constraint: normal equations. *)
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (k d : nat) (z x q : nat -> T) (p : nat -> nat -> T).

(** sum_(i<j) q_i q_j |p_i - p_j|^2 *)
Definition weighted_pairs k d p q : T := Σ (j < k) Σ (i < j) (q i * q j * distance2 d (p i) (p j)).

(** Entry j of P^T x *)
Definition against d p x (j : nat) : T := Σ (c < d) (p j c * x c).

(** Entry (i, j) of P^T P *)
Definition gram d p (i j : nat) : T := Σ (c < d) (p i c * p j c).

End Definitions.
