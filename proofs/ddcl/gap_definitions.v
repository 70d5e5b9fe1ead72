(** Soft assignments over the rationals, and prototypes that are scaled about a point. *)
From Coq Require Import QArith.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions covariance_definitions.

(** The soft assignment (8) of z at the temperature T that s = e^(-1/T) stands for; the distances are whole. *)
Definition soft_assignment (k d : nat) (z : nat -> Q) (p : nat -> nat -> Q) (s : Q) : nat -> Q :=
  share k (fun j => boltzmann s (distance2 d z (p j))).

(** z + sigma (p_j - z), coordinate c *)
Definition scaled_about {T} `{Arithmetic T} (z : nat -> T) (sigma : T) (p : nat -> nat -> T) (j c : nat) : T :=
  z c + sigma * (p j c - z c).
