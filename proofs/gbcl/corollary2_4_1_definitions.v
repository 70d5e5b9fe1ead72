(** Outputs of the base network as labels. *)
From DDCL Require Import arithmetic.
From DDCL.gbcl Require Import definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.

(** Output j for sample i with the bias -|w_j|^2 / 2 *)
Definition biased_output d (X W1 : nat -> nat -> T) (j i : nat) : T :=
  base_output d W1 X j i - inv 2 * Σ (c < d) square (W1 j c).

(** |x_i|^2 *)
Definition sample_norm2 d (X : nat -> nat -> T) (i : nat) : T := Σ (c < d) square (X c i).

End Definitions.
