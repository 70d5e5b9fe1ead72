(** (56)-(59): squared distances between samples and prototypes without the prototypes. *)
From DDCL Require Import arithmetic.
From DDCL.gbcl Require Import definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (k d n : nat) (X Y G U : nat -> nat -> T).

(** diag(X^T X) 1^T - 2 X^T Y^T + 1 diag(Y Y^T)^T, (57), entry (i, j) *)
Definition from_outputs d X Y (i j : nat) : T :=
  sample_gram d X i i - 2 * product d (transposed X) (transposed Y) i j + product d Y (transposed Y) j j.

(** diag(G) 1^T - 2 G Omega^T + 1 diag(Omega G Omega^T)^T, (59), entry (i, j) *)
Definition from_gram n G (W2 : nat -> nat -> T) (i j : nat) : T :=
  G i i - 2 * product n G (transposed W2) i j + product n W2 (product n G (transposed W2)) j j.

(** Omega + t U *)
Definition along (W2 : nat -> nat -> T) U (t : T) (i j : nat) : T := W2 i j + t * U i j.

(** f(3) - 3 f(2) + 3 f(1) - f(0), the third derivative of a polynomial f of degree 3 or less *)
Definition third_difference (f : T -> T) : T :=
  f (number 3) - number 3 * f (number 2) + number 3 * f (number 1) - f (number 0).

End Definitions.
