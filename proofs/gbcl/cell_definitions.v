(** One prototype and its cell: the samples are the rows of z, a_i is the mass of sample i in the cell. *)
From Coq Require Import Arith.
From DDCL Require Import arithmetic.
From DDCL.gbcl Require Import flows_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n d : nat) (z : nat -> nat -> T) (a w v y f centre : nat -> T) (x : T).

Definition length2 d v : T := Σ (c < d) square (v c).

(** sum_i a_i x_i / sum_i a_i *)
Definition centroid n z a (c : nat) : T := combined n z a c / sum n a.

(** W = mu + x (W(0) - mu), where x = e^(-t) along (21) *)
Definition approach w centre x (c : nat) : T := centre c + x * (w c - centre c).

(** The derivative of [approach] in t where x = e^(-rate t) *)
Definition approach_speed rate w centre x (c : nat) : T := - (rate * x * (w c - centre c)).

(** E = sum_i a_i |x_i - y|^2, the cell's part of (19) and (27) *)
Definition cell_error n d z a y : T := Σ (i < n) (a i * length2 d (fun c => z i c - y c)).

(** sum_i a_i (y - x_i) *)
Definition pull n z a y (c : nat) : T := Σ (i < n) (a i * (y c - z i c)).

(** The samples with one more feature f, which stands first *)
Definition widened z f (i c : nat) : T := match c with O => f i | S b => z i b end.

(** |x_i - y|^2 *)
Definition gap2 d z y (i : nat) : T := length2 d (fun c => z i c - y c).

End Definitions.
