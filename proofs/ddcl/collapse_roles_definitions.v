(** What becomes of D_P near total collapse, and what L_OLS alone does there. *)
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions collapse_definitions remark3_definitions corollary4_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n k d : nat) (z v : nat -> nat -> T) (multiple temperature : T).

(** The growth of a displacement from total collapse under L_OLS *)
Definition ols_growth multiple temperature n k d z v : T := 2 / number k * (multiple * data_along n k d z v / temperature).

(** Second derivative at 0 of the rate of sum_(i<j) |p_i - p_j|^2 at mean z + e u: for forces e f_j to first order, the
    rate is 2k e^2 sum_j u_j . f_j *)
Definition opening_rate multiple temperature n k d z v : T :=
  2 * (2 * number k * collapse_growth multiple temperature n k d z v).

End Definitions.
