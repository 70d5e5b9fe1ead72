(** Predictions (2) and weights 1 - p of SeCu.  e is the function u -> e^(-u/lambda); the other centres v are o in number. *)
From DDCL Require Import arithmetic.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n d o : nat) (e : T -> T) (a x w : nat -> T) (v rows : nat -> nat -> T).

Definition dot d x w : T := Σ (i < d) (x i * w i).

(** e^(x.w/lambda) *)
Definition attraction e d x w : T := e (- dot d x w).

(** sum_l e^(x.v_l/lambda) *)
Definition rivals e d o v x : T := Σ (l < o) attraction e d x (v l).

(** p at the own centre w, and 1 - p *)
Definition prediction e d o v w x : T := attraction e d x w / (attraction e d x w + rivals e d o v x).
Definition weight e d o v w x : T := rivals e d o v x / (attraction e d x w + rivals e d o v x).

(** s = sum_i (1 - p_i) x_i over the positives, coordinate a *)
Definition pull e n d o rows v w (a : nat) : T := Σ (i < n) (weight e d o v w (rows i) * rows i a).

(** |x - w|^2 *)
Definition apart2 d x w : T := Σ (i < d) square (x i - w i).

End Definitions.
