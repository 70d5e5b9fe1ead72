(** Steps with momentum: the multipliers of one mode, and of a field of two variables.  root is the square root, larger the
    maximum of two numbers. *)
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions covariance_definitions training_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T} (root : T -> T) (larger : T -> T -> T).
Implicit Types (curvature eta beta : T) (J : nat -> nat -> T).

(** The sum of the two multipliers, and minus the discriminant of x^2 - (1 + beta - eta lambda) x + beta *)
Definition mode_sum curvature eta beta : T := 1 + beta - eta * curvature.
Definition mode_turning curvature eta beta : T := 2 * 2 * beta - square (mode_sum curvature eta beta).

(** Their real parts, the smaller first *)
Definition mode_root curvature eta beta : T := root (larger (- mode_turning curvature eta beta) 0).
Definition lower_multiplier curvature eta beta : T := (mode_sum curvature eta beta - mode_root curvature eta beta) / 2.
Definition upper_multiplier curvature eta beta : T := (mode_sum curvature eta beta + mode_root curvature eta beta) / 2.

(** 1 - |x|^2 for the larger |x| *)
Definition contraction curvature eta beta : T :=
  1 - larger (square (lower_multiplier curvature eta beta)) (square (upper_multiplier curvature eta beta)) -
  larger (mode_turning curvature eta beta) 0 / (2 * 2).

(** (tr J)^2 - 4 det J, the real parts of the eigenvalues of -J, and what is under the root of the multipliers, with the
    smaller multiplier *)
Definition stretched_by J : T := - turning J.
Definition decay J (sign : T) : T := (- matrix_trace J + sign * root (larger (stretched_by J) 0)) / 2.
Definition under_root eta beta x : T := square (1 + beta - eta * x) - 2 * 2 * beta.
Definition smaller eta beta x : T := (1 + beta - eta * x - root (larger (under_root eta beta x) 0)) / 2.

End Definitions.
