(** Proposition 2 for random centres: the g other clusters have independent centres, each one of m equally likely values. *)
From Coq Require Import Arith List QArith.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.secu Require Import proposition2_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (g m d : nat) (c : nat -> nat -> nat -> T) (w : nat -> T).

(** E|w + mu_0 + ... + mu_(g-1)|^2, where mu_j is c_j0, ..., c_j(m-1) with equal chances *)
Fixpoint mean_square g m d c w : T :=
  match g with
  | O => length2 d w
  | S h => Σ (l < m) (mean_square h m d c (fun b => w b + c h l b) / number m)
  end.

(** E Var_neg = 1 - E|the mean of the other centres|^2 *)
Definition mean_variance_negative g m d c : T := 1 - mean_square g m d c (fun _ => 0) / square (number g).

End Definitions.

(** An array of rationals with three axes from lists; what lies outside is 0. *)
Definition tensor (blocks : list (list (list Q))) : nat -> nat -> nat -> Q := fun i => matrix (nth i blocks []).
