(** L_bal and L_ent, ln the logarithm; q m the assignment of sample m. *)
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions collapse_definitions remark3_definitions corollary4_definitions remark1_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T} (ln : T -> T).
Implicit Types (n k d : nat) (q z p v : nat -> nat -> T) (temperature : T).

(** The mean assignment *)
Definition mean_share n q (j : nat) : T := (Σ (m < n) q m j) / number n.

(** L_bal = KL(mean q || 1/k) (13), and L_ent = mean_m sum_j q_mj log q_mj (14) *)
Definition balance n k q : T := Σ (j < k) (mean_share n q j * ln (number k * mean_share n q j)).
Definition negative_entropy n k q : T := (Σ (m < n) Σ (j < k) (q m j * ln (q m j))) / number n.

(** n times their derivatives in q_mj *)
Definition balance_slope n k q (j : nat) : T := 1 + ln (number k * mean_share n q j).
Definition entropy_slope q (m j : nat) : T := 1 + ln (q m j).

(** mean_m (1 - |q_m|^2) *)
Definition softness n k q : T := (Σ (m < n) (1 - Σ (j < k) square (q m j))) / number n.

(** Every assignment uniform *)
Definition even k (m j : nat) : T := inv (number k).

End Definitions.

Section Collapse.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n k d : nat) (q z p v a : nat -> nat -> T) (temperature : T).

(** The derivative of q_mj at total collapse along the centred displacement: 2 u_j . (z_m - mean z)/(k T) *)
Definition collapse_rate temperature n k d z v (m j : nat) : T :=
  2 * dot d (centred k v j) (fun c => z m c - mean_of n z c) / (number k * temperature).

(** Minus the second derivatives of L_bal and of L_ent there: -k sum_j (mean_m dq_mj)^2 and -k mean_m sum_j (dq_mj)^2 *)
Definition balance_growth temperature n k d z v : T :=
  - (number k * Σ (j < k) square (mean_share n (collapse_rate temperature n k d z v) j)).
Definition entropy_growth temperature n k d z v : T :=
  - (number k * ((Σ (m < n) Σ (j < k) square (collapse_rate temperature n k d z v m j)) / number n)).

(** sum_j |F_j|^2 for the force F_j = 2 (k p_j - sum_i p_i) of L_sep *)
Definition separating_strength k d p : T := Σ (j < k) norm2 d (spread_gradient k p j).

(** sum_j u_j . (F_j - 2k p_j), u the centred displacement *)
Definition disproportion k d p v : T :=
  Σ (j < k) dot d (centred k v j) (fun c => spread_gradient k p j c - 2 * number k * p j c).

(** x + t a *)
Definition shifted p a (t : T) (j c : nat) : T := p j c + t * a j c.

(** f(2) - 4 f(1) + 6 f(0) - 4 f(-1) + f(-2): the fourth derivative of a polynomial of degree at most 4 *)
Definition fourth_difference (f : T -> T) : T :=
  f 2 - number 4 * f 1 + number 6 * f 0 - number 4 * f (- (1)) + f (- (2)).

End Collapse.
