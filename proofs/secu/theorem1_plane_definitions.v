(** Positives that occur c_i times each: their pull, their loss, and a matrix below its second derivative on the sphere.
    e is the function u -> e^(-u/lambda). *)
From DDCL Require Import arithmetic.
From DDCL.secu Require Import sphere_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n d o : nat) (ln e : T -> T) (c x w : nat -> T) (v rows : nat -> nat -> T) (lambda : T).

(** sum_i c_i (1 - p_i) x_i *)
Definition copies_pull e n d o c rows v w (a : nat) : T := Σ (i < n) (c i * weight e d o v w (rows i) * rows i a).

(** sum_i c_i log(1 + sum_l e^((x_i.v_l - x_i.w)/lambda)) *)
Definition copies_loss ln e n d o c rows v w : T :=
  Σ (i < n) (c i * ln (1 + Σ (l < o) e (dot d (rows i) w - dot d (rows i) (v l)))).

(** The smaller value of p (1 - p) where x.w = 1 and where x.w = -1 *)
Definition least_curvature (smaller : T -> T -> T) e d o v x : T := let rest := rivals e d o v x in
  let at_end own := own * rest / square (own + rest) in smaller (at_end (e (- (1)))) (at_end (e 1)).

(** M = sum_i c_i kappa_i x_i x_i^T + lambda (s.w) I *)
Definition second_order smaller e lambda n d o c rows v w (a b : nat) : T :=
  Σ (i < n) (c i * least_curvature smaller e d o v (rows i) * rows i a * rows i b)
  + (if Nat.eqb a b then lambda * dot d (copies_pull e n d o c rows v w) w else 0).

End Definitions.
