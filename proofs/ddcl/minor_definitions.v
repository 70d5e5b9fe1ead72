(** Whether a quadratic form is positive anywhere, read off the principal minors of its matrix. *)
From Coq Require Import QArith List.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import determinant_definitions.
Open Scope Q_scope.
Open Scope arithmetic_scope.

(** The unit vector e_i *)
Definition axis (i j : nat) : Q := if Nat.eqb i j then 1 else 0.

(** Entry (i, j) of the symmetric matrix A with u^T A u = form u *)
Definition entry_of (form : (nat -> Q) -> Q) (i j : nat) : Q :=
  if Nat.eqb i j then form (axis i)
  else (form (fun c => axis i c + axis j c) - form (axis i) - form (axis j)) / 2.

(** All sets of indices out of a list, the empty one left out *)
Fixpoint sets_of (indices : list nat) : list (list nat) :=
  match indices with
  | [] => []
  | i :: others => [i] :: sets_of others ++ map (cons i) (sets_of others)
  end.

(** The largest of the numbers -det(-A_S), S a set of indices below d: positive iff the form is positive somewhere *)
Definition positive_somewhere (d : nat) (form : (nat -> Q) -> Q) : Q :=
  - smallest (map (fun s => determinant (length s) (fun i j => - entry_of form (nth i s 0%nat) (nth j s 0%nat)))
    (sets_of (seq 0 d))).
