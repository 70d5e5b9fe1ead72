(** Forces on prototypes that lie at one place or near it: z n samples, p k prototypes, q m the assignment of sample m. *)
From Coq Require Import Arith.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n k d : nat) (x y u : nat -> T) (z p q v : nat -> nat -> T).

(** x . y *)
Definition dot d x y : T := Σ (c < d) (x c * y c).

(** Mean of n vectors *)
Definition mean_of n z (c : nat) : T := (Σ (m < n) z m c) / number n.

(** -dL_q/dp_j = 2 q_j (z - p_j) and -dL_OLS/dp_j = 2 q_j (z - Pq) at given q, for one sample *)
Definition quantization_force (z : nat -> T) p (q : nat -> T) (j c : nat) : T := 2 * q j * (z c - p j c).
Definition ols_force k (z : nat -> T) p (q : nat -> T) (j c : nat) : T := 2 * q j * (z c - mixture k q p c).

(** The force of L_OLS on prototype j, mean over the samples *)
Definition mean_force n k z p q (j c : nat) : T := (Σ (m < n) ols_force k (z m) p (q m) j c) / number n.

(** sum_j v_j . F_j *)
Definition ols_power n k d z p q v : T := Σ (j < k) dot d (v j) (mean_force n k z p q j).

(** Every prototype at the mean of the data *)
Definition collapsed n z (j : nat) : nat -> T := mean_of n z.

(** q = 1/k *)
Definition uniform k (m j : nat) : T := inv (number k).

(** x_j - mean x *)
Definition centred k v (j c : nat) : T := v j c - mean_of k v c.

(** The pair at c + e u and c - e u, c and u half the sum and half the difference of p_0 and p_1; the others stay *)
Definition half_difference p (c : nat) : T := (p 0%nat c - p 1%nat c) / 2.
Definition opened p (e : T) (j c : nat) : T :=
  match j with
  | O => (p 0%nat c + p 1%nat c) / 2 + e * half_difference p c
  | S O => (p 0%nat c + p 1%nat c) / 2 - e * half_difference p c
  | _ => p j c
  end.

(** u . (F_0 - F_1) for the opened pair, one sample, q given: under L_q and under L_OLS *)
Definition net_quantization d (z : nat -> T) p (q : nat -> T) (e : T) : T :=
  dot d (half_difference p)
    (fun c => quantization_force z (opened p e) q 0 c - quantization_force z (opened p e) q 1 c).
Definition net_ols k d (z : nat -> T) p (q : nat -> T) (e : T) : T :=
  dot d (half_difference p) (fun c => ols_force k z (opened p e) q 0 c - ols_force k z (opened p e) q 1 c).

(** Prototypes z + v_0, z - v_0, z + v_1, z - v_1, ... *)
Definition paired (z : nat -> T) v (i c : nat) : T :=
  if Nat.even i then z c + v (Nat.div2 i) c else z c - v (Nat.div2 i) c.

(** Two prototypes at c, and the prototypes r *)
Definition doubled (c : nat -> T) v (j : nat) : nat -> T :=
  match j with
  | S (S i) => v i
  | _ => c
  end.

(** L_OLS, mean over the samples, at p_j = mean z + e v_j and q_mj = 1/k + e (v_j - mean v) . (z_m - mean z) *)
Definition free_level n k d z v (e : T) : T :=
  (Σ (m < n) ols k d (z m) (fun j c => mean_of n z c + e * v j c)
    (fun j => inv (number k) + e * dot d (centred k v j) (fun c => z m c - mean_of n z c))) / number n.

(** The first and the second derivative at 0 of a polynomial of a degree up to 4 *)
Definition slope_at_0 (f : T -> T) : T := (f (- (2)) - number 8 * f (- (1)) + number 8 * f 1 - f 2) / number 12.
Definition curvature_at_0 (f : T -> T) : T :=
  (- f (- (2)) + number 16 * f (- (1)) - number 30 * f 0 + number 16 * f 1 - f 2) / number 12.

End Definitions.
