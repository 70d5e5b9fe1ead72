(** Proposition 2: the centres mu_0, ..., mu_(k-1) of k clusters of unit instances; cluster 0 has the positives. *)
From DDCL Require Import arithmetic.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (k d n : nat) (mu x : nat -> nat -> T) (q : nat -> T).

Definition length2 d (v : nat -> T) : T := Σ (a < d) square (v a).

(** sum_l q_l x_l *)
Definition mean n q x (a : nat) : T := Σ (l < n) (q l * x l a).

(** sum_l q_l |x_l - m|^2 *)
Definition spread n d q x : T := Σ (l < n) (q l * length2 d (fun a => x l a - mean n q x a)).

(** The sum of the centres of the other clusters *)
Definition others_sum k mu (a : nat) : T := Σ (j < pred k) mu (S j) a.

(** Var_pos = 1 - |mu_0|^2 and Var_neg = 1 - |mean of the other centres|^2 *)
Definition variance_positive d mu : T := 1 - length2 d (mu 0%nat).
Definition variance_negative k d mu : T := 1 - length2 d (others_sum k mu) / square (number (pred k)).

(** The ratio that the appendix prints: (K - 2) / ((K - 1)(1 - a^2)) + 1 / (K - 1), a = |mu_0| *)
Definition printed_ratio k d mu : T :=
  (number (pred k) - 1) / (number (pred k) * (1 - length2 d (mu 0%nat))) + 1 / number (pred k).

(** sum_(i < l) |mu_i - mu_l|^2 over the other centres *)
Definition pair_spread k d mu : T :=
  Σ (l < pred k) Σ (i < l) length2 d (fun a => mu (S i) a - mu (S l) a).

End Definitions.
