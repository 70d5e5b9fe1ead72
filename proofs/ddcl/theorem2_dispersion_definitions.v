(** Theorem 2 far out: forces on prototypes, and one prototype on a line. *)
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions covariance_definitions descent_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n k d : nat) (z p q : nat -> nat -> T) (E : T -> T).

(** The mean over the samples of 2 q_mj (z_m - p_j) *)
Definition mean_force n z p q (j c : nat) : T := stopped_flow n z p q j c / number n.

(** x . y *)
Definition along d (x y : nat -> T) : T := Σ (c < d) (x c * y c).

(** Share of a prototype at the distance x from a sample that another prototype holds, and the pull on it *)
Definition line_share E (x : T) : T := share 2 (fun j => match j with O => 1 | _ => E (square x) end) 1.
Definition line_pull E (x : T) : T := 2 * line_share E x * x.

(** The force of the full gradient there: minus the derivative of q_2 x^2, where dq_2/dx = -q_1 q_2 2x/T *)
Definition line_force temperature E (x : T) : T :=
  - (2 * x * line_share E x * (1 - square x / temperature * (1 - line_share E x))).

End Definitions.
