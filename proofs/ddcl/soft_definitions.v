(** The soft assignment, what is read off it, and the force 2 P S_q. *)
From Coq Require Import QArith.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions covariance_definitions.

(** The soft assignment (8) of z over the rationals, with s = e^(-1/T) *)
Definition soft_at (k d : nat) (z : nat -> Q) (p : nat -> nat -> Q) (s : Q) (j : nat) : Q :=
  share k (fun i => boltzmann s (distance2 d z (p i))) j.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (k d : nat) (q : nat -> T) (p : nat -> nat -> T).

(** |S_q|_F^2 *)
Definition covariance_norm2 k q : T := Σ (i < k) Σ (j < k) square (covariance q i j).

(** q with the part t of its first two entries exchanged *)
Definition averaged q (t : T) (j : nat) : T :=
  match j with
  | O => q 0%nat + t * (q 1%nat - q 0%nat)
  | S O => q 1%nat - t * (q 1%nat - q 0%nat)
  | _ => q j
  end.

(** Column j of 2 P S_q, coordinate c: 2 q_j (p_j - Pq) *)
Definition pull k q p (j c : nat) : T := 2 * q j * (p j c - mixture k q p c).

(** |2 P S_q|_F^2 *)
Definition force2 k d q p : T := Σ (j < k) norm2 d (pull k q p j).

(** |(2 P S_q)^T v|^2 *)
Definition force_along k d q p (v : nat -> T) : T := Σ (j < k) square (Σ (c < d) (pull k q p j c * v c)).

End Definitions.

(** z + t (P - z) *)
Definition scaled_about {T} `{Arithmetic T} (z : nat -> T) (t : T) (p : nat -> nat -> T) (j c : nat) : T :=
  z c + t * (p j c - z c).
