(** What the loss gains along a training flow while the temperature falls. *)
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions descent_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.

(** sum_j q_j x_j^2 - (sum_j q_j x_j)^2 *)
Definition cost_variance (k : nat) (x q : nat -> T) : T :=
  Σ (j < k) (q j * square (x j)) - square (Σ (j < k) (q j * x j)).

(** The inner product of the flows with the assignments g and q *)
Definition flow_product n k d (z p g q : nat -> nat -> T) : T :=
  Σ (j < k) Σ (c < d) (stopped_flow n z p g j c * stopped_flow n z p q j c).

End Definitions.
