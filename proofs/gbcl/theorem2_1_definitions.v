(** Losses and steps of the two networks of Theorem 2.1. *)
From Coq Require Import Arith List QArith.
From DDCL Require Import arithmetic.
From DDCL.gbcl Require Import definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (k d n : nat) (X P W V G : nat -> nat -> T) (eta beta : T).

(** The least of f 0, ..., f k.  smaller: the smaller of two numbers. *)
Fixpoint least (smaller : T -> T -> T) k (f : nat -> T) : T :=
  match k with
  | O => f O
  | S l => smaller (least smaller l f) (f (S l))
  end.

(** (12) with lambda = 0 and k + 1 prototypes: sum_i min_j |x_i - p_j|^2 *)
Definition winner_loss smaller n k d X P : T := Σ (i < n) least smaller k (sample_distance d X P i).

(** dL/dW_2 for the network Y_2 = W_2 X^T, where G = dL/dY_2 *)
Definition weight_slope d G X := product d G X.

(** A step of heavy-ball descent: W + beta V - eta slope *)
Definition moved eta beta W V slope (i j : nat) : T := W i j + beta * V i j - eta * slope i j.

(** The output of the dual network after a step *)
Definition dual_step n d X W V G eta beta := dual_output n (moved eta beta W V (weight_slope d G X)) X.

(** The weights of the base network after a step from the place and the velocity that the dual network has *)
Definition base_step n X W V G eta beta := moved eta beta (dual_output n W X) (dual_output n V X) G.

(** Z^T sign(Z g), entry c, for one prototype: where the first step of Adam on the dual weights moves it; samples are the
    rows of Z.  magnitude: the absolute value of a number. *)
Definition dual_sign_step (magnitude : T -> T) n d (z : nat -> nat -> T) (g : nat -> T) (c : nat) : T :=
  Σ (i < n) (z i c * (Σ (a < d) (z i a * g a) / magnitude (Σ (a < d) (z i a * g a)))).

End Definitions.

(** The smaller of two rationals *)
Definition smaller_rational (x y : Q) : Q := if Qle_bool x y then x else y.

Definition magnitude_rational (x : Q) : Q := if Qle_bool 0%Q x then x else Qopp x.
