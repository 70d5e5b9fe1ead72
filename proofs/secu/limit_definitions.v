(** Means of positives, weighted as in (4) and plain as in (5), and the projection to the sphere.
    e is the function u -> e^(-u/lambda). *)
From Coq Require Import QArith.
From DDCL Require Import arithmetic.
From DDCL.secu Require Import sphere_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n d o : nat) (e : T -> T) (s w : nat -> T) (v rows : nat -> nat -> T).

(** sum_i x_i *)
Definition total n rows (a : nat) : T := Σ (i < n) rows i a.

(** sum_i (1 - p_i) x_i / sum_i 1 - p_i *)
Definition weighted_mean e n d o rows v w (a : nat) : T := pull e n d o rows v w a / (Σ (i < n) weight e d o v w (rows i)).

(** s/|s| *)
Definition projected (root : T -> T) d s (a : nat) : T := s a / root (dot d s s).

End Definitions.

(** The root of a rational number that is a square *)
Definition root_of_square (x : Q) : Q := Qmake (Z.sqrt (Qnum (Qred x))) (Pos.sqrt (Qden (Qred x))).
