(** The two linear networks: X is d x n with the samples as columns, W1 is k x d and W2 is k x n. *)
From Coq Require Import Arith List QArith.
From DDCL Require Import arithmetic.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (k d n m : nat) (A B : nat -> nat -> T).

(** AB, where A has m columns and B as many rows *)
Definition product m A B (i j : nat) : T := Σ (l < m) (A i l * B l j).

Definition transposed A (i j : nat) : T := A j i.

Definition identity (i j : nat) : T := if Nat.eqb i j then 1 else 0.

(** The matrix with the given rows; what lies outside is 0. *)
Definition array (rows : list (list T)) (i j : nat) : T := nth j (nth i rows nil) 0.

(** c A *)
Definition scaled (c : T) A (i j : nat) : T := c * A i j.

Definition difference A B (i j : nat) : T := A i j - B i j.

(** XX^T *)
Definition feature_gram n X := product n X (transposed X).

(** X^T X *)
Definition sample_gram d X := product d (transposed X) X.

(** Y_1 = W_1 X *)
Definition base_output d W1 X := product d W1 X.

(** Y_2 = W_2 X^T *)
Definition dual_output n W2 X := product n W2 (transposed X).

(** |x_i - p_j|^2 *)
Definition sample_distance d (X P : nat -> nat -> T) (i j : nat) : T := Σ (c < d) square (X c i - P j c).

End Definitions.

(** The entries of an m x n matrix, for evaluation. *)
Definition table {T} (m n : nat) (A : nat -> nat -> T) := entries m (fun i => entries n (A i)).
