(** Rates of the reduced energy (41) without the terms in log q, where the prototypes move by u and assignments by v. *)
From Coq Require Import Arith.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions remark3_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n k d : nat) (z p q u v : nat -> nat -> T) (sep weight : T).

(** -dE/dp_j, coordinate c: the velocity of prototype j, (42) *)
Definition pull n k z p q sep weight (j c : nat) : T :=
  - ((Σ (m < n) (2 * q m j * (p j c - z m c))) - 2 * sep * (number k * p j c - Σ (i < k) p i c) + 2 * weight * p j c).

(** sum_j u_j . v_j *)
Definition inner k d u v : T := Σ (j < k) Σ (c < d) (u j c * v j c).

(** The rate of E *)
Definition energy_rate n k d z p q sep weight u v : T :=
  (Σ (m < n) Σ (j < k) (v m j * distance2 d (z m) (p j) + q m j * Σ (c < d) (2 * (p j c - z m c) * u j c))) -
  sep * (Σ (j < k) Σ (i < j) Σ (c < d) (2 * (p i c - p j c) * (u i c - u j c))) +
  weight * (Σ (j < k) Σ (c < d) (2 * p j c * u j c)).

(** sum_n <dE/dq_n, v_n> with dE/dq_nj = |z_n - p_j|^2 *)
Definition power_of_shares n k d z p v : T := Σ (m < n) Σ (j < k) (distance2 d (z m) (p j) * v m j).

(** One sample.  The first m shares move, by g_j less the mean of g over them, g_j = -|z - p_j|^2; the others are held. *)
Definition mean_push m d (z : nat -> T) p : T := (Σ (j < m) (- distance2 d z (p j))) / number m.
Definition turn m d (z : nat -> T) p (j : nat) : T :=
  if Nat.ltb j m then - distance2 d z (p j) - mean_push m d z p else 0.

(** The sample, and an assignment, as rows *)
Definition row (x : nat -> T) (m : nat) : nat -> T := x.

(** The s prototypes of the support, then f free ones, then those that are held; q is 0 beyond the support. *)
Definition rows3 (s f : nat) (on free held : nat -> nat -> T) (j : nat) : nat -> T :=
  if Nat.ltb j s then on j else if Nat.ltb j (s + f) then free (j - s)%nat else held (j - s - f)%nat.
Definition padded (s : nat) (q : nat -> T) (j : nat) : T := if Nat.ltb j s then q j else 0.

End Definitions.
