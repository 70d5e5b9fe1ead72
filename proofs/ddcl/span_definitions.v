(** Prototypes that are combinations of samples, P = Z^T W, and the steps of their weights. *)
From Coq Require Import QArith List.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions.
Open Scope arithmetic_scope.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n k d : nat) (u v p : nat -> T) (z w g : nat -> nat -> T).

(** u . v *)
Definition dot d u v : T := Σ (c < d) (u c * v c).

(** Prototype j of Z^T W: sum_m W_mj z_m *)
Definition combined n z w (j : nat) : nat -> T := mixture n (fun m => w m j) z.

(** Entry (i, j) of Z^T Z *)
Definition gram n z (i j : nat) : T := Σ (m < n) (z m i * z m j).

(** The gradient in W_mj of a loss whose gradient in p_j is g_j: z_m . g_j *)
Definition weight_slope d z g (m j : nat) : T := dot d (z m) (g j).

(** sum_j r_j . (p'_j - p_j - step g_j): a step of the weights at the rate eta, p' = Z^T (W - eta dL/dW), against a step of
    the prototypes at the rate step, along r *)
Definition step_gap n k d z w g (r : nat -> nat -> T) (eta step : T) : T :=
  Σ (j < k) dot d (r j) (fun c => combined n z (fun m i => w m i - eta * weight_slope d z g m i) j c -
                                  (combined n z w j c - step * g j c)).

(** r . (Z^T W - p) for one prototype with the weights W = Z p *)
Definition start_gap n d z p (r : nat -> T) : T := dot d r (mixture n (fun m => dot d (z m) p) z) - dot d r p.

(** r . (Z^T W - p) for one prototype with the weights W = Z A p *)
Definition inverted_gap n d z (a : nat -> nat -> T) p (r : nat -> T) : T :=
  dot d r (mixture n (fun m => dot d (z m) (fun i => dot d (a i) p)) z) - dot d r p.

End Definitions.

(** x/|x| *)
Definition sign (x : Q) : Q := if Qle_bool 0 x then if Qle_bool x 0 then 0%Q else 1%Q else (-1)%Q.

(** Z^T sign(Z g) - sign(g), coordinate c: the first steps of Adam of both layers, for one prototype *)
Definition signed_gap (n d : nat) (z : nat -> nat -> Q) (g : nat -> Q) (c : nat) : Q :=
  mixture n (fun m => sign (dot d (z m) g)) z c - sign (g c).

(** The entries of Z^T Z beside the diagonal; 0 where there are none *)
Definition correlations (n d : nat) (z : nat -> nat -> Q) : list Q :=
  match concat (map (fun i => map (gram n z i) (seq (S i) (d - S i))) (seq 0 d)) with
  | [] => [0%Q]
  | found => found
  end.
