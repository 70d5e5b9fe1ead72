(** Labels of n instances in k clusters, one row an instance: weights, costs, bounds on the sizes and their prices. *)
From Coq Require Import Arith List.
From DDCL Require Import arithmetic.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n k b : nat) (c y : nat -> nat -> T) (rho : nat -> T) (gamma eta : T).

(** c_j = sum_i y_ij: how much of the instances cluster j has *)
Definition size n y (j : nat) : T := Σ (i < n) y i j.

(** sum_ij y_ij c_ij *)
Definition cost n k c y : T := Σ (i < n) Σ (j < k) (y i j * c i j).

(** sum_i y_ij - gamma n/k and gamma' n/k - sum_i y_ij: how far a bound is met *)
Definition room_below n k gamma y (j : nat) : T := size n y j - gamma * (number n / number k).
Definition room_above n k gamma y (j : nat) : T := gamma * (number n / number k) - size n y j.

End Definitions.
