(** The loss of one prototype with shares q_m of n samples, and its curvature. *)
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n d : nat) (q w x p r : nat -> T) (z : nat -> nat -> T).

(** sum_m q_m |z_m - p|^2 *)
Definition block_loss n d z q p : T := Σ (m < n) (q m * distance2 d (z m) p).

(** Z^T w *)
Definition output n z w (c : nat) : T := Σ (m < n) (w m * z m c).

(** Z a, a change of the weights in the range of Z *)
Definition in_range d z (a : nat -> T) (m : nat) : T := Σ (c < d) (z m c * a c).

(** v + e x *)
Definition step_along (v x : nat -> T) (e : T) (i : nat) : T := v i + e * x i.

(** The second derivative at 0 of a polynomial of degree at most 3 *)
Definition second (f : T -> T) : T := f 1 + f (neg 1) - 2 * f 0.

(** X . H X *)
Definition curvature n d z w q x : T := second (fun e => block_loss n d z q (output n z (step_along w x e))).

(** The same along a change r of a free prototype p *)
Definition free_curvature n d z p q r : T := second (fun e => block_loss n d z q (step_along p r e)).

(** bound H(y)/|y|^2 - H(x)/|x|^2, times |x|^2 |y|^2 *)
Definition ratio n d z w q x y (bound : T) : T :=
  bound * curvature n d z w q y * norm2 n x - curvature n d z w q x * norm2 n y.

(** Samples with the coordinate f after their d others *)
Definition appended d z (f : nat -> T) (m c : nat) : T := if Nat.eqb c d then f m else z m c.

(** Sum over the samples of feature c, and of its square less 1 *)
Definition first_moment n z (c : nat) : T := Σ (m < n) z m c.
Definition second_moment n z (c : nat) : T := Σ (m < n) (square (z m c) - 1).

(** Four samples with two features, (1, -1, 1, -1) and its correlated partner of correlation (1 - t^2)/(1 + t^2) *)
Definition correlated (t : T) (m c : nat) : T :=
  let f := match m with O | 2%nat => 1 | _ => neg 1 end in
  let h := match m with O | 1%nat => 1 | _ => neg 1 end in
  match c with
  | O => f
  | _ => (1 - square t) / (1 + square t) * f + 2 * t / (1 + square t) * h
  end.

End Definitions.
