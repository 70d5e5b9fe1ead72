(** Epochs of the base layer in steps. *)
From Coq Require Import Arith.
From DDCL Require Import arithmetic.
From DDCL.gbcl Require Import flows_definitions cell_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n d : nat) (z w q : nat -> nat -> T) (a v s : nat -> T) (eps : T).

(** (20): W - eps sum_i a_i (W - x_i) *)
Definition stepped eps n z a v (c : nat) : T := v c - eps * pull n z a v c.

(** A step W + eps (x_i - W) for each sample in turn *)
Fixpoint one_by_one eps n z v : nat -> T :=
  match n with
  | O => v
  | S m => fun c => one_by_one eps m z v c + eps * (z m c - one_by_one eps m z v c)
  end.

(** The masses of cell j *)
Definition cell q (j i : nat) : T := q i j.

(** The prototypes at e^(-t) = x with the cells q held *)
Definition later n z w q (x : T) (j : nat) : nat -> T := approach (w j) (centroid n z (cell q j)) x.

(** |x_i - w_l|^2 - |x_i - w_j|^2, weighed by the share of sample i in cell j *)
Definition margin d z w q (i j l : nat) : T := q i j * (gap2 d z (w l) i - gap2 d z (w j) i).

(** For step 1/(i + 1) from s/i: (s/i) + (x - s/i)/(i + 1) *)
Definition running s (x : nat -> T) (i : T) (c : nat) : T := s c / i + (x c - s c / i) / (i + 1).

End Definitions.
