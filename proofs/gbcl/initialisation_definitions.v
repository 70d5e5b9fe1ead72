(** Prototypes at the start, where the weights are uncorrelated, of mean 0 and variance s. *)
From Coq Require Import Arith.
From DDCL Require Import arithmetic.
From DDCL.gbcl Require Import flows_definitions cell_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n d : nat) (z : nat -> nat -> T) (t : nat -> T) (s k : T).

(** The mean of a quadratic f of n such weights: f(0) + s/2 times the sum of its second derivatives *)
Definition mean_of n s (f : (nat -> T) -> T) : T :=
  let at_unit (x : T) (i j : nat) := if Nat.eqb i j then x else 0 in
  f (fun _ => 0) + s / 2 * Σ (i < n) (f (at_unit 1 i) + f (at_unit (neg 1) i) - 2 * f (fun _ => 0)).

(** E|XOmega - t|^2 for weights of variance s, by the theorem dual_mean_square *)
Definition dual_distance n d z t s : T := length2 d t + s * Σ (i < n) length2 d (z i).

(** E|W - t|^2, by the theorem base_mean_square *)
Definition base_distance d t s : T := length2 d t + number d * s.

(** The variance 2 / (fan in + fan out) *)
Definition glorot (fan_in fan_out : T) : T := 2 / (fan_in + fan_out).

End Definitions.
