(** The dual network on a first feature f and other features A, over n samples. *)
From Coq Require Import List QArith.
From DDCL Require Import arithmetic.
From DDCL.gbcl Require Import definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (k d n : nat) (f : nat -> T) (A X q : nat -> nat -> T) (eta : T).

(** The input with the rows f, A_1, A_2, ... *)
Definition stacked f A (c : nat) : nat -> T :=
  match c with
  | O => f
  | S b => A b
  end.

(** dQ/dY_2 for the quantisation error Q = sum_ji q_ji |x_i - y_j|^2 at fixed cells q *)
Definition output_slope n X (W2 q : nat -> nat -> T) (j c : nat) : T := 2 * Σ (i < n) (q j i * (dual_output n W2 X j c - X c i)).

(** The output of the dual network of d components after a step of W_2 along -dQ/dW_2 = -(dQ/dY_2) X *)
Definition output_after n d X (W2 : nat -> nat -> T) q eta :=
  dual_output n (fun j i => W2 j i - eta * product d (output_slope n X W2 q) X j i) X.

(** |x_i - y_j|^2 for the input with the rows f and A, of which A has d *)
Definition cell_distance n d f A (W2 : nat -> nat -> T) (i j : nat) : T :=
  sample_distance (S d) (stacked f A) (dual_output n W2 (stacked f A)) i j.

End Definitions.
