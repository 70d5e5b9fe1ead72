(** Derivatives of the losses along moving samples and prototypes, the assignment held. *)
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n k d : nat) (z u q : nat -> T) (p v : nat -> nat -> T).

(** d/de L_q and d/de L_OLS at z + e u, p_j + e v_j, q held, e = 0 *)
Definition quantization_rate k d z u p v q : T := Σ (j < k) (q j * (Σ (c < d) (2 * (z c - p j c) * (u c - v j c)))).
Definition ols_rate k d z u p v q : T := Σ (c < d) (2 * (z c - mixture k q p c) * (u c - mixture k q v c)).

(** The same for V, which does not depend on z: 2 sum_j q_j v_j . (p_j - Pq) *)
Definition held_variance_rate k d p v q : T := Σ (j < k) (2 * q j * (Σ (c < d) (v j c * (p j c - mixture k q p c)))).

(** P = Z^T W: p_j = sum_m w_mj z_m *)
Definition combined n (w z : nat -> nat -> T) (j c : nat) : T := Σ (m < n) (w m j * z m c).

(** Prototypes that stay *)
Definition still (j c : nat) : T := 0.

End Definitions.
