(** The tangent cone of the simplex at q, which is positive on its s supported entries and 0 on the e others.

    A vector g and its nearest point v of the cone are given by numbers c on the support, r off it and mu:
    v_i = c_i - q_i (sum c + sum max(0, r)) and g_i = v_i + mu on the support, v_j = max(0, r_j) and g_j = mu + r_j off it. *)
From Coq Require Import QArith.
From DDCL Require Import arithmetic.

Section Definitions.
Context {T : Type} `{Arithmetic T} (larger : T -> T -> T).
Implicit Types (s e : nat) (q c r b w : nat -> T) (mu : T).

(** v off the support *)
Definition cone_off r (j : nat) : T := larger 0 (r j).

(** v on the support *)
Definition cone_on s e q c r (i : nat) : T := c i - q i * (sum s c + Σ (j < e) cone_off r j).

(** <g, v> *)
Definition cone_product s e q c r mu : T :=
  Σ (i < s) ((cone_on s e q c r i + mu) * cone_on s e q c r i) + Σ (j < e) ((mu + r j) * cone_off r j).

(** |v|^2 *)
Definition cone_norm2 s e q c r : T := Σ (i < s) square (cone_on s e q c r i) + Σ (j < e) square (cone_off r j).

(** |g - u|^2 for the point u of the cone that is b - q (sum b + sum w) on the support and w off it *)
Definition cone_distance2 s e q c r mu b w : T :=
  Σ (i < s) square (cone_on s e q c r i + mu - (b i - q i * (sum s b + sum e w))) +
  Σ (j < e) square (mu + r j - w j).

(** |g - v|^2 *)
Definition cone_least2 s e q c r mu : T :=
  Σ (i < s) square (cone_on s e q c r i + mu - cone_on s e q c r i) + Σ (j < e) square (mu + r j - cone_off r j).

End Definitions.

(** For evaluation: the larger of two rationals. *)
Definition larger_rational (x y : Q) : Q := if Qle_bool x y then y else x.
