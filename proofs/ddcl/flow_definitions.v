(** Stability, flows and steps: the linear model of Theorem 3, projections, energies. *)
From Coq Require Import Arith QArith.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions cone_definitions.

(** * The linear model J = [[eta_theta a - eta_P b, -c], [e, 0]] of Theorem 3

    root is the square root, 0 for negative numbers; larger is the maximum of two numbers. *)
Section Linear.
Context {T : Type} `{Arithmetic T} (root : T -> T) (larger : T -> T -> T).
Implicit Types a b c e eta_theta eta_P : T.

(** tr J *)
Definition loop_trace a b eta_theta eta_P : T := eta_theta * a - eta_P * b.

(** (tr J)^2 - 4 det J with det J = ce *)
Definition discriminant a b c e eta_theta eta_P : T := square (loop_trace a b eta_theta eta_P) - 2 * 2 * (c * e).

(** The largest real part of the eigenvalues *)
Definition growth a b c e eta_theta eta_P : T :=
  (loop_trace a b eta_theta eta_P + root (discriminant a b c e eta_theta eta_P)) / 2.

(** The largest imaginary part of the eigenvalues *)
Definition frequency a b c e eta_theta eta_P : T := root (- discriminant a b c e eta_theta eta_P) / 2.

(** The largest |1 + lambda|^2 of the eigenvalues lambda *)
Definition squared_radius a b c e eta_theta eta_P : T :=
  let t := loop_trace a b eta_theta eta_P in
  let D := discriminant a b c e eta_theta eta_P in
  larger (square (1 + (t + root D) / 2)) (square (1 + (t - root D) / 2)) + larger (- D) 0 / (2 * 2).

(** x + iy is a root of the characteristic polynomial lambda^2 - (tr J) lambda + ce *)
Definition eigenvalue a b c e eta_theta eta_P (x y : T) : Prop :=
  let t := loop_trace a b eta_theta eta_P in
  square x - square y - t * x + c * e = 0 /\ 2 * x * y - t * y = 0.

End Linear.

(** For evaluation: a root, exact where it is rational. *)
Definition rational_root (x : Q) : Q :=
  Qmake (Z.sqrt (Qnum x * Z.pos (Qden x) * 10 ^ 24)) (Qden x * 10 ^ 12).
