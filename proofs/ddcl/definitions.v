(** The quantities of DDCL: z a sample in d coordinates, p j the j-th of k prototypes, q an assignment. *)
From DDCL Require Import arithmetic.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (k d : nat) (z q : nat -> T) (p : nat -> nat -> T).

(** |x|^2 *)
Definition norm2 d (x : nat -> T) : T := Σ (c < d) square (x c).

(** |x - y|^2 *)
Definition distance2 d (x y : nat -> T) : T := norm2 d (fun c => x c - y c).

(** Pq, coordinate c *)
Definition mixture k (q : nat -> T) p (c : nat) : T := Σ (j < k) (q j * p j c).

(** L_q = sum_j q_j |z - p_j|^2, (11) *)
Definition quantization k d z p q : T := Σ (j < k) (q j * distance2 d z (p j)).

(** L_OLS = |z - Pq|^2, (16) *)
Definition ols k d z p q : T := distance2 d z (mixture k q p).

(** V = sum_j q_j |p_j - Pq|^2, (23) *)
Definition variance k d p q : T := Σ (j < k) (q j * distance2 d (p j) (mixture k q p)).

End Definitions.
