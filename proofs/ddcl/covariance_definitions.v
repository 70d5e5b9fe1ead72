(** The covariance of an assignment, and assignments that are in proportion to positive weights. *)
From Coq Require Import Arith.
From DDCL Require Import arithmetic.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (k : nat) (q v w : nat -> T).

(** Entry (i, j) of S_q = diag(q) - q q^T *)
Definition covariance q (i j : nat) : T := (if Nat.eqb i j then q i else 0) - q i * q j.

(** S_q v, entry i *)
Definition covariance_times k q v (i : nat) : T := Σ (j < k) (covariance q i j * v j).

(** v^T S_q v *)
Definition covariance_form k q v : T := Σ (i < k) (v i * covariance_times k q v i).

(** tr S_q *)
Definition covariance_trace k q : T := Σ (i < k) covariance q i i.

(** w_j / (w_1 + ... + w_k): the soft assignment (8) where w_j = e^(-d_j/T) *)
Definition share k w (j : nat) : T := w j / sum k w.

End Definitions.
