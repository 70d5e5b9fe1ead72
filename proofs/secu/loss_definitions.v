(** Loss (3) of one instance x with label weights y on k centres w, and its slopes.  e is the function u -> e^(-u/lambda). *)
From DDCL Require Import arithmetic.
From DDCL.secu Require Import sphere_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n k d j : nat) (ln e : T -> T) (x y z u : nat -> T) (w moved rows labels : nat -> nat -> T) (lambda : T).

(** sum_l e^(x.w_l/lambda), and without l = j *)
Definition mass e k d w x : T := Σ (l < k) attraction e d x (w l).
Definition mass_but e k d w x j : T := Σ (l < k) (if Nat.eqb l j then 0 else attraction e d x (w l)).

(** p_j (2) *)
Definition share e k d w x j : T := attraction e d x (w j) / mass e k d w x.

(** (3): the target's centre from [moved], all others, which the stop-gradient holds, from w *)
Definition stable_loss ln e lambda k d y w x moved : T :=
  Σ (j < k) (y j * (ln (attraction e d x (moved j) + mass_but e k d w x j) - dot d x (moved j) / lambda)).

(** -sum_j y_j log p_j *)
Definition cross_entropy ln e lambda k d y x w : T := Σ (j < k) (y j * (ln (mass e k d w x) - dot d x (w j) / lambda)).

(** The slope of (3) as every centre w_j moves along u_j, and sum_j y_j (p_j - 1) x.u_j / lambda *)
Definition stable_slope e lambda k d y w x (u : nat -> nat -> T) : T :=
  Σ (j < k) (y j * ((attraction e d x (w j) / (attraction e d x (w j) + mass_but e k d w x j) - 1) * dot d x (u j) / lambda)).
Definition pull_slope e lambda k d y w x (u : nat -> nat -> T) : T :=
  Σ (j < k) (y j * (share e k d w x j - 1) * dot d x (u j)) / lambda.

(** The slopes of (3) and of cross-entropy as x moves along z *)
Definition stable_encoder_slope e lambda k d y w x z : T :=
  Σ (j < k) (y j * ((attraction e d x (w j) * dot d z (w j) +
    Σ (l < k) (if Nat.eqb l j then 0 else attraction e d x (w l) * dot d z (w l))) /
    (attraction e d x (w j) + mass_but e k d w x j) - dot d z (w j)) / lambda).
Definition entropy_encoder_slope e lambda k d y w x z : T :=
  Σ (j < k) (y j * (Σ (l < k) (share e k d w x l * dot d z (w l)) - dot d z (w j)) / lambda).

(** u . sum_i y_ij (p_ij - 1) x_i / lambda: the gradient of the loss of n instances in centre j, along u *)
Definition centre_gradient e lambda n k d rows labels j (u : nat -> T) w : T :=
  Σ (i < n) (labels i j * (share e k d w (rows i) j - 1) * dot d (rows i) u / lambda).

(** Its slope as another centre l moves along z, and as centre j itself does *)
Definition cross_slope e lambda n k d rows labels w j l u z : T :=
  - Σ (i < n) (labels i j * share e k d w (rows i) j * share e k d w (rows i) l * dot d (rows i) u * dot d (rows i) z
    / (lambda * lambda)).
Definition own_slope e lambda n k d rows labels w j u z : T :=
  Σ (i < n) (labels i j * share e k d w (rows i) j * (1 - share e k d w (rows i) j) * dot d (rows i) u * dot d (rows i) z
    / (lambda * lambda)).

(** The centres with w_j at w_j + h u *)
Definition with_moved w j u (h : T) (l a : nat) : T := if Nat.eqb l j then w l a + h * u a else w l a.

End Definitions.
