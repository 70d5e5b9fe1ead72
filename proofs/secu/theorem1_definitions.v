(** The loss (3) of one centre by its exponential, and its slope.  e is the function u -> e^(-u/lambda). *)
From DDCL Require Import arithmetic.
From DDCL.secu Require Import sphere_definitions proposition1_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n d o : nat) (e : T -> T) (w u : nat -> T) (v rows : nat -> nat -> T) (lambda : T).

(** e^f(w) = prod_i (1 + sum_l e^((x_i.v_l - x_i.w)/lambda)) *)
Definition odds e n d o rows v w : T :=
  multiplied n (fun i => 1 + Σ (l < o) e (dot d (rows i) w - dot d (rows i) (v l))).

(** sum_i (p_i - 1) x_i.u / lambda, the slope of f at w along u *)
Definition loss_slope e lambda n d o rows v w u : T :=
  Σ (i < n) ((prediction e d o v w (rows i) - 1) * dot d (rows i) u / lambda).

(** The mirror image of w in the hyperplane across u *)
Definition mirror d u w (a : nat) : T := w a - 2 * dot d w u / dot d u u * u a.

End Definitions.
