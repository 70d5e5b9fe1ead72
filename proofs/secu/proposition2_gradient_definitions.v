(** Variances of instances, and of what they contribute to the gradient of a centre w: (1 - p) x for a positive, p b for a negative.
    e is the function u -> e^(-u/lambda). *)
From DDCL Require Import arithmetic.
From DDCL.secu Require Import sphere_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n d o : nat) (e : T -> T) (w : nat -> T) (v rows : nat -> nat -> T).

(** The mean of |x_i|^2 less the square of the mean *)
Definition variance n d rows : T :=
  (Σ (i < n) dot d (rows i) (rows i)) / number n - (Σ (a < d) square ((Σ (i < n) rows i a) / number n)).

(** p_i x_i and (1 - p_i) x_i *)
Definition with_prediction e d o v w rows (i a : nat) : T := prediction e d o v w (rows i) * rows i a.
Definition with_weight e d o v w rows (i a : nat) : T := weight e d o v w (rows i) * rows i a.

(** The mean of p^2 *)
Definition mean_square_prediction e n d o v w rows : T := (Σ (i < n) square (prediction e d o v w (rows i))) / number n.

End Definitions.
