(** Training with frozen features, and a step of both features and prototypes: what the two losses do. *)
From Coq Require Import QArith.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions covariance_definitions gibbs_definitions native_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n k d : nat) (eta : T) (z p w q g : nat -> nat -> T).

(** sum_m g_m, coordinate c of prototype j *)
Definition over_samples n (g : nat -> nat -> nat -> T) (j c : nat) : T := Σ (m < n) g m j c.

(** P - eta G *)
Definition stepped eta p g (j c : nat) : T := p j c - eta * g j c.

(** The features after a step of either loss, z_m - 2 eta (z_m - P q_m) *)
Definition features_after k eta z p q (m c : nat) : T := z m c - eta * (2 * (z m c - mixture k (q m) p c)).

(** W - eta Z G: the step of the weights with P = Z^T W *)
Definition weights_after d eta z w g (m j : nat) : T := w m j - eta * (Σ (c < d) (z m c * g j c)).

(** |z_m - p_1|^2 - |z_m - p_2|^2: whose cell the sample m lies in *)
Definition side d z p (m : nat) : T := distance2 d (z m) (p O) - distance2 d (z m) (p 1%nat).

(** The product over both samples: negative where they lie in two cells *)
Definition together d z p : T := side d z p O * side d z p 1%nat.

(** L_q + b |z|^2 *)
Definition other_loss k d (b : T) (z : nat -> T) p (q : nat -> T) : T := quantization k d z p q + b * norm2 d z.

End Definitions.

(** The soft assignment of z where the distances differ by whole numbers; s = e^(-1/T) *)
Definition soft_between (k d : nat) (s : Q) (z : nat -> Q) (p : nat -> nat -> Q) : nat -> Q :=
  share k (relative s (fun j => distance2 d z (p j))).
