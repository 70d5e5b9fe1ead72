(** The modes of the dual flow for n = d + e samples: X^T X has the eigenvalues s_0^2, ..., s_(d-1)^2 and e zeros. *)
From Coq Require Import Arith.
From DDCL Require Import arithmetic.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (d e moving i : nat) (s c h f : nat -> T).

(** The i-th of the numbers a_0, ..., a_(d-1), b_0, b_1, ... *)
Definition joined d (a b : nat -> T) (i : nat) : T := if Nat.ltb i d then a i else b (Nat.sub i d).

(** sigma_i *)
Definition singular d s i : T := joined d s (fun _ => 0) i.

(** sigma_i^2 *)
Definition eigenvalue d s i : T := joined d (fun l => square (s l)) (fun _ => 0) i.

(** Coordinate i of (43), whose modes i < moving carry f_i = e^(-sigma_i^2 t), and its derivative in t; c and h are the
    coordinates at t = 0 *)
Definition coordinate d moving c h f i : T :=
  if Nat.ltb i moving then joined d c h i * joined d f (fun _ => 1) i else joined d c h i.
Definition speed d s moving c h f i : T :=
  if Nat.ltb i moving then - (eigenvalue d s i * (joined d c h i * joined d f (fun _ => 1) i)) else 0.

(** dw_i/dt + sigma_i^2 w_i: 0 where mode i solves the equation of the flow *)
Definition residual d s moving c h f i : T :=
  speed d s moving c h f i + eigenvalue d s i * coordinate d moving c h f i.

(** - 1/2 d(w_i^2)/dt at the coordinates c and h *)
Definition decay d s c h i : T := eigenvalue d s i * square (joined d c h i).

End Definitions.
