(** The mean squared distance from a start to the nearest of two samples c and -c. *)
From DDCL Require Import arithmetic.

Section Definitions.
Context {T : Type} `{Arithmetic T}.

(** E min (|y - c|^2, |y + c|^2) where y has the deviation s and E|y| = m s, by the lemma mean_nearest *)
Definition to_nearest (c s m : T) : T := square s - 2 * c * m * s + square c.

End Definitions.
