(** Prototypes that follow minus the gradient of lambda_P |P|^2 + lambda_sep L_sep, c the weight of a pair in -L_sep. *)
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions remark3_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (k d : nat) (p : nat -> nat -> T).

(** t P *)
Definition stretched (t : T) p (j a : nat) : T := t * p j a.

(** The gradient of sum_(i<j) |p_i - p_j|^2 in p_j, coordinate a: 2 (k p_j - sum_i p_i) *)
Definition spread_gradient k p (j a : nat) : T := 2 * (number k * p j a - Σ (i < k) p i a).

(** Its rate along the velocity -2 lambda_P p_j + lambda_sep c . spread_gradient *)
Definition opening k d p (sep weight c : T) : T :=
  Σ (j < k) Σ (a < d) (spread_gradient k p j a * (sep * c * spread_gradient k p j a - 2 * weight * p j a)).

End Definitions.
