(** The objective (12), its slope, and the field that is printed as its gradient.  e is the function u -> e^(-u/lambda). *)
From DDCL Require Import arithmetic.
From DDCL.secu Require Import sphere_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n d o : nat) (e : T -> T) (x w u : nat -> T) (v rows : nat -> nat -> T) (lambda : T).

(** sum_l e^((|x - w|^2 - |x - v_l|^2)/(2 lambda)): the odds of the other centres against w *)
Definition odds_of_others e d o v w x : T := Σ (l < o) e ((apart2 d x (v l) - apart2 d x w) / 2).

(** 1 - p *)
Definition held e d o v w x : T := odds_of_others e d o v w x / (1 + odds_of_others e d o v w x).

(** sum_i 1 - p_i *)
Definition all_held e n d o rows v w : T := Σ (i < n) held e d o v w (rows i).

(** sum_i (1 - p_i) x_i / sum_i 1 - p_i *)
Definition held_mean e n d o rows v w (a : nat) : T := (Σ (i < n) (held e d o v w (rows i) * rows i a)) / all_held e n d o rows v w.

(** (12): sum_i log(1 + the odds of the others), which is log sum_j e^(-|x_i - w_j|^2/(2 lambda)) + |x_i - w|^2/(2 lambda) *)
Definition objective (ln : T -> T) e n d o rows v w : T := Σ (i < n) ln (1 + odds_of_others e d o v w (rows i)).

(** Its slope at w along u: sum_i (1 - p_i) (w - x_i).u / lambda *)
Definition objective_slope e lambda n d o rows v w u : T :=
  Σ (i < n) (held e d o v w (rows i) * dot d (fun a => w a - rows i a) u / lambda).

End Definitions.
