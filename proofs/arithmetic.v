(** Arithmetic that definitions are written in: once for every kind of number.

    A definition that is made of these operations can be computed over the rationals (instance [rationals]) and reasoned
    about over an ordered field (instance [field_arithmetic] in algebra.v) or over the reals ([real_arithmetic] in
    reals.v).  Vectors are functions of an index below their length; indices start at 0. *)
From Coq Require Import QArith List.
Import ListNotations.

Class Arithmetic (T : Type) := {
  zero : T;
  one : T;
  add : T -> T -> T;
  neg : T -> T;
  mul : T -> T -> T;
  inv : T -> T
}.

Declare Scope arithmetic_scope.
Delimit Scope arithmetic_scope with A.
Notation "0" := zero : arithmetic_scope.
Notation "1" := one : arithmetic_scope.
Notation "2" := (add one one) : arithmetic_scope.
Notation "x + y" := (add x y) : arithmetic_scope.
Notation "- x" := (neg x) : arithmetic_scope.
Notation "x - y" := (add x (neg y)) : arithmetic_scope.
Notation "x * y" := (mul x y) : arithmetic_scope.
Notation "x / y" := (mul x (inv y)) : arithmetic_scope.
Open Scope arithmetic_scope.

(** f 0 + ... + f (n - 1) *)
Fixpoint sum {T} `{Arithmetic T} (n : nat) (f : nat -> T) : T :=
  match n with
  | O => 0
  | S m => sum m f + f m
  end.

Notation "'Σ' ( i < n ) F" := (sum n (fun i => F)) (at level 40, i name, n at level 39, F at level 40) : arithmetic_scope.

(** x multiplied by itself n times *)
Fixpoint power {T} `{Arithmetic T} (x : T) (n : nat) : T :=
  match n with
  | O => 1
  | S m => power x m * x
  end.

Definition square {T} `{Arithmetic T} (x : T) : T := x * x.

(** The number n. *)
Fixpoint number {T} `{Arithmetic T} (n : nat) : T :=
  match n with
  | O => 0
  | S m => number m + 1
  end.

#[global] Instance rationals : Arithmetic Q := {
  zero := 0%Q;
  one := 1%Q;
  add x y := Qred (Qplus x y);
  neg := Qopp;
  mul x y := Qred (Qmult x y);
  inv := Qinv
}.

(** Vectors and matrices of rationals from lists; what lies outside is 0. *)
Definition vector (entries : list Q) : nat -> Q := fun i => nth i entries 0%Q.
Definition matrix (rows : list (list Q)) : nat -> nat -> Q := fun i => vector (nth i rows []).

(** f 0, ..., f (n - 1), for evaluation. *)
Definition entries {T} (n : nat) (f : nat -> T) : list T := map f (seq 0 n).

(** e^(-x/T) where e^(-1/T) = s and x is a whole number. *)
Definition boltzmann (s x : Q) : Q := Qpower s (Qnum (Qred x)).

(** For evaluation: the numbers that a value consists of. *)
Class Evaluated (A : Type) := values : A -> list Q.
#[global] Instance one_value : Evaluated Q := fun x => [x].
#[global] Instance many_values : Evaluated (list Q) := fun x => x.
#[global] Instance listed_values {A} `{Evaluated A} : Evaluated (list A) := fun x => concat (map values x).
Definition shown {A} `{Evaluated A} (x : A) : list (Z * Z) := map (fun y => (Qnum (Qred y), Z.pos (Qden (Qred y)))) (values x).

(** The largest of some rationals, and 0 *)
Definition largest (xs : list Q) : Q := fold_right (fun x y => if Qle_bool x y then y else x) 0%Q xs.

(** The slope at 0 of a polynomial of degree at most 4 *)
Definition slope (f : Q -> Q) : Q := (((8 # 1) * (f (1 # 1) - f (-1 # 1)) - (f (2 # 1) - f (-2 # 1))) / (12 # 1))%Q.

(** The smallest of some rationals; 0 of none *)
Definition smallest (xs : list Q) : Q :=
  match xs with
  | [] => 0%Q
  | x :: ys => fold_right (fun x y => if Qle_bool x y then x else y) x ys
  end.
