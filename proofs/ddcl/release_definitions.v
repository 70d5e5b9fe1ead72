(** Prototypes P = Z^T W whose samples descend on V: the gradients, with q held and through the softmax, and the spread. *)
From Coq Require Import QArith.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions soft_definitions native_definitions softmax_definitions frozen_definitions.

(** Rationals that are reduced only where two denominators meet: for long computations *)
#[local] Instance light : Arithmetic Q | 0 := {
  zero := 0%Q;
  one := 1%Q;
  add x y := if Pos.eqb (Qden x) (Qden y) then Qmake (Qnum x + Qnum y) (Qden x) else Qred (Qplus x y);
  neg := Qopp;
  mul x y := if (Pos.eqb (Qden x) 1 || Pos.eqb (Qden y) 1)%bool then Qmult x y else Qred (Qmult x y);
  inv := Qinv
}.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n k d : nat) (t : T) (w z q p b : nat -> nat -> T).

(** sum_{i<j} |p_i - p_j|^2 *)
Definition dispersion k d p : T := Σ (j < k) Σ (i < j) distance2 d (p i) (p j).

(** Its rate where the prototypes move at v *)
Definition dispersion_rate k d p (v : nat -> nat -> T) : T :=
  2 * Σ (j < k) Σ (i < j) Σ (c < d) ((p i c - p j c) * (v i c - v j c)).

(** I *)
Definition identity (m j : nat) : T := if Nat.eqb m j then 1 else 0.

(** -x *)
Definition opposite_of (x : nat -> nat -> T) (m c : nat) : T := - x m c.

(** sum_l 2 q_lj (p_j - P q_l), coordinate c: the gradient of sum_l V in p_j at held q *)
Definition total_pull n k w z q (j c : nat) : T := Σ (l < n) pull k (q l) (native n w z) j c.

(** The gradient of sum_l V in sample m at held q: sum_j W_mj sum_l 2 q_lj (p_j - P q_l), coordinate c *)
Definition held_force n k w z q (m c : nat) : T := Σ (j < k) (w m j * total_pull n k w z q j c).

(** b_j = (1/T) q_j (a_j - <a>), a_j = |p_j - Pq|^2 *)
Definition tilt k t (q a : nat -> T) (j : nat) : T := q j * (a j - mean k q a) / t.

(** The gradient of V in p_j through the softmax, 2 q_j (p_j - Pq) - 2 b_j (p_j - z), coordinate c *)
Definition prototype_force k (z : nat -> T) p (q b : nat -> T) (j c : nat) : T :=
  pull k q p j c - 2 * (b j * (p j c - z c)).

End Definitions.

(** For evaluation: what both forces do to the spread.  Through the softmax the force on sample m is its own,
    2 sum_j b_mj p_j, and what the prototypes hand on, sum_j W_mj g_j. *)
Definition held_spreading (n k d : nat) (s : Q) (w z : nat -> nat -> Q) : Q :=
  let p := stored_rows k d (native n w z) in let q := stored_rows n k (fun l => soft_between k d s (z l) p) in
  let force := stored_rows n d (held_force n k w z q) in
  dispersion_rate k d p (stored_rows k d (native n w (opposite_of force))).

Definition released_spreading (n k d : nat) (s t : Q) (w z : nat -> nat -> Q) : Q :=
  let p := stored_rows k d (native n w z) in let q := stored_rows n k (fun l => soft_between k d s (z l) p) in
  let b := stored_rows n k (fun l => tilt k t (q l) (stored k (spread k d p (q l)))) in
  let g := stored_rows k d (fun j c => Σ (l < n) prototype_force k (z l) p (q l) (b l) j c) in
  let force := stored_rows n d (fun m c => 2 * (Σ (j < k) (b m j * p j c)) + Σ (j < k) (w m j * g j c)) in
  dispersion_rate k d p (stored_rows k d (native n w (opposite_of force))).
