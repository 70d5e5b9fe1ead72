(** Rational numbers that depend on e, up to the order of e^2, and soft assignments of them: for evaluation. *)
From Coq Require Import QArith List.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions covariance_definitions gibbs_definitions.
Open Scope Q_scope.
Open Scope arithmetic_scope.

(** a0 + a1 e + a2 e^2 *)
Inductive jet : Type := Jet (a0 a1 a2 : Q).

Definition level (a : jet) : Q := let (a0, _, _) := a in a0.

#[global] Instance jets : Arithmetic jet := {
  zero := Jet 0 0 0;
  one := Jet 1 0 0;
  add a b := match a, b with Jet a0 a1 a2, Jet b0 b1 b2 => Jet (a0 + b0)%A (a1 + b1)%A (a2 + b2)%A end;
  neg a := match a with Jet a0 a1 a2 => Jet (- a0)%A (- a1)%A (- a2)%A end;
  mul a b :=
    match a, b with
    | Jet a0 a1 a2, Jet b0 b1 b2 => Jet (a0 * b0)%A (a0 * b1 + a1 * b0)%A (a0 * b2 + a1 * b1 + a2 * b0)%A
    end;
  inv a := match a with Jet a0 a1 a2 => Jet (1 / a0)%A (- (a1 / square a0))%A ((a1 * a1 / a0 - a2) / square a0)%A end
}.

Definition constant (a : Q) : jet := Jet a 0 0.
Definition fixed (x : nat -> Q) (i : nat) : jet := constant (x i).
Definition held (x : nat -> nat -> Q) (i j : nat) : jet := constant (x i j).

(** The first and the second derivative at e = 0 *)
Definition slope_of (f : jet -> jet) : Q := match f (Jet 0 1 0) with Jet _ a1 _ => a1 end.
Definition curvature_of (f : jet -> jet) : Q := match f (Jet 0 1 0) with Jet _ _ a2 => (2 * a2)%A end.

(** s^x: for whole x, and nearly for multiples of 1/8 *)
Definition near_power (s x : Q) : Q :=
  let m := Z.div (8 * Qnum (Qred x)) (Z.pos (Qden (Qred x))) in
  if Z.eqb (Z.modulo m 8) 0 then Qpower s (Z.div m 8)
  else let r := exact_root s in let r2 := exact_root r in let r4 := exact_root r2 in
    Qpower s (Z.div m 8) * (if Z.testbit m 2 then r else 1) * (if Z.testbit m 1 then r2 else 1) * (if Z.testbit m 0 then r4 else 1).

(** e^(-x/t) where e^(-1/t) = s *)
Definition jet_boltzmann (s t : Q) (x : jet) : jet :=
  match x with Jet x0 x1 x2 => constant (near_power s x0) * Jet 1 (- (x1 / t))%A (square (x1 / t) / 2 - x2 / t)%A end.

(** q_j in proportion to e^(-factor |z - p_j|^2/t), exponents relative to the first *)
Definition soft_jet (factor s t : Q) (k d : nat) (z : nat -> jet) (p : nat -> nat -> jet) : nat -> jet :=
  let costs := map (fun j => distance2 d z (p j)) (seq 0 k) in
  let first := constant (level (nth 0 costs (constant 0))) in
  let weights := map (fun x => jet_boltzmann s t (constant factor * (x - first))) costs in
  let shares := map (share k (fun j => nth j weights (constant 0))) (seq 0 k) in
  fun j => nth j shares (constant 0).

(** A table of what f gives below k and d, so that it is computed once *)
Definition kept (k d : nat) (f : nat -> nat -> Q) : nat -> nat -> Q :=
  matrix (map (fun j => map (f j) (seq 0 d)) (seq 0 k)).
