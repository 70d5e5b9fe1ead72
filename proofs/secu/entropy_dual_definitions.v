(** (10) for labels that are shares: the entropy of the sizes of the clusters, and what it lacks of the largest. *)
From DDCL Require Import arithmetic.
From DDCL.secu Require Import labels_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n k : nat) (y v w : nat -> nat -> T) (ln : T -> T).

(** q_j: the share of cluster j *)
Definition share n y (j : nat) : T := size n y j / number n.

(** H = - sum_j q_j log q_j *)
Definition share_entropy ln n k y : T := - Σ (j < k) (share n y j * ln (share n y j)).

(** sum_j q_j log (k q_j), which is log k - H *)
Definition divergence ln n k y : T := Σ (j < k) (share n y j * ln (number k * share n y j)).

(** t v + (1 - t) w *)
Definition mixed (t : T) v w (i j : nat) : T := t * v i j + (1 - t) * w i j.

End Definitions.
