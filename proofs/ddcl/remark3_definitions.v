(** The quadratic part of the reduced energy in the prototypes, with c the weight of one unordered pair in -L_sep. *)
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n k d : nat) (p z q : nat -> nat -> T).

(** |P|_F^2 *)
Definition frobenius2 k d p : T := Σ (j < k) norm2 d (p j).

(** sum_(i<j) |p_i - p_j|^2 *)
Definition pair_spread k d p : T := Σ (j < k) Σ (i < j) distance2 d (p i) (p j).

(** E(P, Q) without the two terms in log q, (41) *)
Definition energy n k d z p q (sep weight c : T) : T :=
  Σ (m < n) quantization k d (z m) p (q m) - sep * (c * pair_spread k d p) + weight * frobenius2 k d p.

(** The coefficient of t^2 in E(tP, Q) *)
Definition growth n k d p q (sep weight c : T) : T :=
  Σ (m < n) Σ (j < k) (q m j * norm2 d (p j)) - sep * (c * pair_spread k d p) + weight * frobenius2 k d p.

(** p_0 moved to the origin and the others about their mean *)
Definition recentred k p (j a : nat) : T :=
  match j with
  | O => 0
  | S i => p j a - Σ (l < k - 1) p (S l) a / number (k - 1)
  end.

(** Every sample assigned to prototype 0 *)
Definition all_first (m j : nat) : T := if Nat.eqb j 0 then 1 else 0.

(** The weight of a pair in the mean over pairs *)
Definition mean_weight k : T := 2 / (number k * number (k - 1)).

End Definitions.
