(** Clusters without positives in a batch of b instances with labels y. *)
From Coq Require Import List.
From DDCL Require Import arithmetic.
From DDCL.secu Require Import labels_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (k b : nat) (y : nat -> nat -> T).

(** f 0 * ... * f (n - 1) *)
Fixpoint multiplied (n : nat) (f : nat -> T) : T :=
  match n with
  | O => 1
  | S m => multiplied m f * f m
  end.

(** The number of clusters without a positive instance, for one-hot labels: prod_i (1 - y_ij) is 1 where all y_ij are 0,
    and 0 otherwise *)
Definition empty_clusters b k y : T := Σ (j < k) multiplied b (fun i => 1 - y i j).

(** sum_j max(0, 1 - c_j), c_j = sum_i y_ij.  larger: the larger of two numbers. *)
Definition shortfall (larger : T -> T -> T) b k y : T := Σ (j < k) larger 0 (1 - size b y j).

Fixpoint inserted (below : T -> T -> bool) (x : T) (xs : list T) : list T :=
  match xs with
  | nil => cons x nil
  | cons y rest => if below x y then cons x xs else cons y (inserted below x rest)
  end.

Definition sorted (below : T -> T -> bool) (xs : list T) : list T := fold_right (inserted below) nil xs.

(** The total weight of the k - b clusters with the least: 0 iff that many have none.  below: <= on the numbers. *)
Definition lightest (below : T -> T -> bool) b k y : T :=
  fold_right add 0 (firstn (k - b) (sorted below (entries k (size b y)))).

End Definitions.
