(** V at soft assignments, and its gradient, for evaluation. *)
From Coq Require Import QArith Arith.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions collapse_definitions collapse_softmax_definitions jet_definitions.
Open Scope arithmetic_scope.

(** V where the prototypes p have the shares `soft y p` *)
Definition soft_variance {T} `{Arithmetic T} (k d : nat) (soft : (nat -> T) -> (nat -> nat -> T) -> nat -> T)
  (y : nat -> T) (p : nat -> nat -> T) : T := variance k d p (soft y p).

(** sum_j G_j . v_j *)
Definition inner {T} `{Arithmetic T} (k d : nat) (G v : nat -> nat -> T) : T := Σ (j < k) dot d (G j) (v j).

(** The rate of V at p where the prototypes have the velocity v, with e^(-1/t) = s *)
Definition variance_slope (s t : Q) (k d : nat) (y : nat -> Q) (p v : nat -> nat -> Q) : Q :=
  slope_of (fun e => soft_variance k d (soft_jet 1 s t k d) (fixed y) (moved (held p) (held v) e)).

(** dV/dp_jc *)
Definition variance_gradient (s t : Q) (k d : nat) (y : nat -> Q) (p : nat -> nat -> Q) : nat -> nat -> Q :=
  kept k d (fun j c => variance_slope s t k d y p
    (fun i l => if (Nat.eqb i j && Nat.eqb l c)%bool then 1%Q else 0%Q)).

(** -dV/dp_jc *)
Definition variance_descent (s t : Q) (k d : nat) (y : nat -> Q) (p : nat -> nat -> Q) : nat -> nat -> Q :=
  let g := variance_gradient s t k d y p in fun j c => (- g j c)%Q.
