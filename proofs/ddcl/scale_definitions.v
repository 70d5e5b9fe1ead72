(** Midpoints, scatter, and training of the prototypes for one sample. *)
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n k d : nat) (a b z q : nat -> T) (p x v : nat -> nat -> T).

(** (a + b)/2 *)
Definition midpoint a b (c : nat) : T := (a c + b c) / 2.

(** sum_n |x_n - mean of the x|^2 *)
Definition scatter n d x : T := Σ (m < n) distance2 d (x m) (fun c => (Σ (l < n) x l c) / number n).

(** -dL_q/dp_j at the assignment q, coordinate c: training with the gradient stopped at q *)
Definition stopped_velocity z q p (j c : nat) : T := - (2 * q j * (p j c - z c)).

(** The rate of |z - p_j|^2 where the prototypes have the velocity v *)
Definition distance_rate d z p v (j : nat) : T := Σ (c < d) (2 * (p j c - z c) * v j c).

End Definitions.
