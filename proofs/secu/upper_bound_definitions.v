(** Appendix B: prices rho and rho' for the bounds gamma n/k <= sum_i y_ij <= gamma' n/k, and their steps. *)
From Coq Require Import Arith.
From DDCL Require Import arithmetic.
From DDCL.secu Require Import labels_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n k : nat) (c y share : nat -> nat -> T) (rho : nat -> T) (eta : T).

(** sum y c - sum_j rho_j (sum_s y_sj - gamma n/k) - sum_j rho'_j (gamma' n/k - sum_s y_sj) *)
Definition batch_lagrangian n k c y (gamma gamma2 : T) rho (rho2 : nat -> T) : T :=
  cost n k c y - Σ (j < k) (rho j * room_below n k gamma y j) - Σ (j < k) (rho2 j * room_above n k gamma2 y j).

(** The price j changed by t *)
Definition changed rho (j : nat) (t : T) (i : nat) : T := rho i + (if Nat.eqb j i then t else 0).

(** - eta (share_j - gamma/k) and eta (share_j - gamma'/k), where share_j = 1/n sum_s y_sj *)
Definition lower_step n k y (gamma : T) eta (j : nat) : T := - (eta * (size n y j / number n - gamma / number k)).
Definition upper_step n k y (gamma2 : T) eta (j : nat) : T := eta * (size n y j / number n - gamma2 / number k).

(** The prices after a batch: max(0, price + step).  larger: the larger of two numbers. *)
Definition lower_price (larger : T -> T -> T) n k y gamma eta rho (j : nat) : T :=
  larger 0 (rho j + lower_step n k y gamma eta j).
Definition upper_price (larger : T -> T -> T) n k y gamma2 eta rho (j : nat) : T :=
  larger 0 (rho j + upper_step n k y gamma2 eta j).

(** The prices after r batches with the given shares *)
Fixpoint lower_price_after larger r k share gamma eta rho : nat -> T :=
  match r with
  | O => rho
  | S l => lower_price larger 1 k (fun _ => share l) gamma eta (lower_price_after larger l k share gamma eta rho)
  end.
Fixpoint upper_price_after larger r k share gamma2 eta rho : nat -> T :=
  match r with
  | O => rho
  | S l => upper_price larger 1 k (fun _ => share l) gamma2 eta (upper_price_after larger l k share gamma2 eta rho)
  end.

End Definitions.
