(** The frozen flows of one prototype; the n samples are the rows of z and the columns of X. *)
From Coq Require Import Arith.
From DDCL Require Import arithmetic.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n d : nat) (z : nat -> nat -> T) (v w o q centre : nat -> T).

(** X^T v: the inner products with the samples *)
Definition seen d z v (i : nat) : T := Σ (c < d) (z i c * v c).

(** X w, the combination of the samples with the weights w *)
Definition combined n z w (c : nat) : T := Σ (i < n) (w i * z i c).

(** Entry (a, b) of X X^T *)
Definition gram n z (a b : nat) : T := Σ (i < n) (z i a * z i b).

(** c I *)
Definition multiple_of_identity (c : T) (a b : nat) : T := if Nat.eqb a b then c else 0.

(** (21): dW/dt = mu - W *)
Definition base_velocity w centre (c : nat) : T := centre c - w c.

(** (30): dOmega/dt = - X^T (X Omega - mu) *)
Definition dual_velocity n d z o centre (i : nat) : T := - seen d z (fun c => combined n z o c - centre c) i.

Definition inner n v w : T := Σ (i < n) (v i * w i).

End Definitions.
