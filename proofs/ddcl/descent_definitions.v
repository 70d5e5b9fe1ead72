(** The free energy, and training of the prototypes with the gradient stopped, as a flow and in steps.
    ln the logarithm, w m j = e^(-(d_mj - d_m0)/T), q m the soft assignment of sample m. *)
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions covariance_definitions training_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n k d : nat) (z p q w : nat -> nat -> T) (temperature eta kappa : T).

(** -sum_m 2 q_mj (p_j - z_m) *)
Definition stopped_flow n z p q (j c : nat) : T := - Σ (m < n) (2 * q m j * (p j c - z m c)).

(** p_j + share (c_j - p_j), c_j the mean of the samples with the weights q_mj *)
Definition to_means n z p q (share : T) (j c : nat) : T :=
  p j c + share * ((Σ (m < n) (q m j * z m c)) / (Σ (m < n) q m j) - p j c).

(** p_j - eta g_j, g_j = (2/n) sum_m q_mj (p_j - z_m) *)
Definition stepped_down n z p q eta (j c : nat) : T :=
  p j c - eta * (2 * ((Σ (m < n) (q m j * (p j c - z m c))) / number n)).

(** -d/dt (F_T + n T log k) along the flow while T falls at the rate kappa: |dF/dp|^2 + kappa sum_m (log k - H(q_m)), with
    log k - H(q_m) = -log(sum_j w_mj/k) - sum_j q_mj (d_mj - d_m0)/T *)
Definition flow_fall n k d z p q : T := Σ (j < k) norm2 d (stopped_flow n z p q j).
Definition cooled_fall (ln : T -> T) n k d z p q w temperature kappa : T :=
  flow_fall n k d z p q +
  kappa * Σ (m < n) (- ln (1 / number k * Σ (j < k) w m j) -
    (Σ (j < k) (q m j * (distance2 d (z m) (p j) - distance2 d (z m) (p 0%nat)))) / temperature).

(** -T mean_m log(share sum_j e^(-d_mj/T)) *)
Definition mean_free (ln E : T -> T) n k d z p temperature (share : T) : T :=
  (Σ (m < n) (distance2 d (z m) (p 0%nat) -
    temperature * ln ((Σ (j < k) E (distance2 d (z m) (p j) - distance2 d (z m) (p 0%nat))) * share))) / number n.

(** The soft assignment of sample m *)
Definition soft_row k d (E : T -> T) z p (m : nat) : nat -> T :=
  share k (fun j => E (distance2 d (z m) (p j) - distance2 d (z m) (p 0%nat))).

End Definitions.
