(** Determinants of matrices that are functions of two indices. *)
From Coq Require Import Arith.
From DDCL Require Import arithmetic.

Section Definitions.
Context {T : Type} `{Arithmetic T}.

(** The matrix without its row 0 and its column j *)
Definition minor (a : nat -> nat -> T) (j i l : nat) : T := a (S i) (if Nat.leb j l then S l else l).

(** (-1)^j *)
Definition sign (j : nat) : T := power (neg 1) j.

(** The determinant of n rows and columns, by expansion along the first row; 1 for none *)
Fixpoint determinant (n : nat) (a : nat -> nat -> T) : T :=
  match n with
  | O => 1
  | S m => Σ (j < S m) (sign j * a O j * determinant m (minor a j))
  end.

End Definitions.
