(** Prototypes P = Z^T W in the graph: features along z + t u, W and the assignments held. *)
From Coq Require Import QArith.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions gap_definitions motion_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n k d : nat) (z u w q p v : nat -> nat -> T).

(** Row j of W^T Z, coordinate c: sum_n W_nj z_n *)
Definition native n w z (j c : nat) : T := Σ (m < n) (w m j * z m c).

(** sum_m L_q and sum_m L_OLS at prototypes that are P = Z^T W *)
Definition native_quantization n k d w q z : T := Σ (m < n) quantization k d (z m) (native n w z) (q m).
Definition native_ols n k d w q z : T := Σ (m < n) ols k d (z m) (native n w z) (q m).

(** sum_m 2 (z_m - P q_m) . u_m *)
Definition native_pull n k d w q z u : T := Σ (m < n) sample_pull k d (z m) (native n w z) (q m) (u m).

(** sum_m sum_j g_mj . v_j with v_j = sum_n W_nj u_n, g_mj = dL_m/dp_j *)
Definition native_rest n k d w u (g : nat -> nat -> nat -> T) : T := Σ (m < n) paired k d (g m) (native n w u).

End Definitions.

(** The soft assignments of the samples, with s = e^(-1/T) *)
Definition native_soft (n k d : nat) (w z : nat -> nat -> Q) (s : Q) (m : nat) : nat -> Q :=
  soft_assignment k d (z m) (native n w z) s.
