(** Growth of displacements from total collapse p_j = mean z: of L_q with the gradient stopped (multiple 2) or full
    (multiple 4), and with lambda_sep L_sep added, c the weight of a pair in -L_sep. *)
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions collapse_definitions remark3_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n k d : nat) (z v : nat -> nat -> T) (multiple temperature sep c : T).

(** N = sum_j |v_j - mean v|^2 *)
Definition displacement k d v : T := frobenius2 k d (centred k v).

(** S = mean_m sum_j ((v_j - mean v) . (z_m - mean z))^2 *)
Definition data_along n k d z v : T :=
  (Σ (m < n) Σ (j < k) square (dot d (centred k v j) (fun a => z m a - mean_of n z a))) / number n.

(** (2/k)(multiple S/T - N): the rate at 0 of sum_j u_j . F_j at mean z + e u, u the centred displacement *)
Definition collapse_growth multiple temperature n k d z v : T :=
  2 / number k * (multiple * data_along n k d z v / temperature - displacement k d v).

(** The same with sep L_sep: minus its second derivative added *)
Definition separated_growth multiple temperature n k d z v sep c : T :=
  collapse_growth multiple temperature n k d z v + sep * (2 * (c * pair_spread k d (centred k v))).

(** Minus the second derivative of sep L_sep + weight |P|^2 along v *)
Definition ridge_growth k d v sep weight : T := sep * (2 * pair_spread k d v) - weight * (2 * frobenius2 k d v).

End Definitions.
