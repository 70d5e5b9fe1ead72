(** (10), (11): the entropy of the sizes of k clusters, the objective, and the scores of the label of one instance. *)
From Coq Require Import Arith.
From DDCL Require Import arithmetic.
From DDCL.secu Require Import labels_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n r k i j l : nat) (c y u o : nat -> nat -> T) (alpha : T) (ln : T -> T) (larger : T -> T -> T).

(** H = - sum_j (m_j / n) ln (m_j / n) for the sizes m_j of whole instances; ln (max (m_j, 1) / n) is the same for m_j > 0 and finite at 0.
    larger: the larger of two numbers. *)
Definition entropy ln larger n k y : T := - Σ (j < k) (size n y j * (1 / number n) * ln (larger (size n y j) 1 * (1 / number n))).

(** The label of cluster j *)
Definition unit_label j l : T := if Nat.eqb j l then 1 else 0.

(** The labels y of n instances, and those of the others after them *)
Definition joined n y o l : nat -> T := if Nat.ltb l n then y l else o (Nat.sub l n).

(** New labels before instance i, [row] at i, old ones after it; the others keep theirs. *)
Definition state n y u o i (row : nat -> T) l : nat -> T :=
  if Nat.ltb l i then u l else if Nat.eqb l i then row else joined n y o l.

(** c_ij - alpha H(u_(<i), e_j, y_(>i)), with r other instances *)
Definition score ln larger n r k c alpha y u o i j : T :=
  c i j - alpha * entropy ln larger (n + r) k (state n y u o i (unit_label j)).

(** sum y c - alpha H *)
Definition objective ln larger n r k c alpha y o : T :=
  cost n k c y - alpha * entropy ln larger (n + r) k (joined n y o).

(** -log p_ij = log sum_l e^(s_il / lambda) - s_ij / lambda *)
Definition log_cost ln (e : T -> T) k (s : nat -> nat -> T) (lam : T) i j : T := ln (Σ (l < k) e (s i l / lam)) - s i j / lam.

End Definitions.
