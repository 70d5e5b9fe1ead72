(** Soft assignments at rational temperatures, for evaluation: T is given by s = e^(-1/T), squared distances are whole. *)
From Coq Require Import QArith List.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions.
Open Scope Q_scope.
Open Scope arithmetic_scope.

(** The squared distances to s + e prototypes, those of o after those of p *)
Definition cost (s d : nat) (z : nat -> Q) (p o : nat -> nat -> Q) (j : nat) : Q :=
  if Nat.ltb j s then distance2 d z (p j) else distance2 d z (o (j - s)%nat).

(** The square root of a rational number, where it is rational *)
Definition exact_root (x : Q) : Q := Qmake (Z.sqrt (Qnum x * Z.pos (Qden x) * 10 ^ 24)) (Qden x * 10 ^ 12).

(** e^(-x/T) and e^(-x/(2T)) for whole x *)
Definition half_boltzmann (s x : Q) : Q :=
  let half := Z.div (Qnum (Qred x)) 2 in Qpower s half * if Z.even (Qnum (Qred x)) then 1 else exact_root s.

(** e^(N X/T) where X = sum_j r_j x_j + T sum_j r_j log r_j + T log sum_j e^(-x_j/T) is the excess of the functional, w_j
    is e^(-(x_j - x_0)/T) and N a common denominator of the r_j: above 1 exactly where X > 0 *)
Definition excess_power (s k : nat) (w r : nat -> Q) : Q :=
  let N := fold_right Z.lcm 1%Z (map (fun j => Z.pos (Qden (Qred (r j)))) (seq 0 s)) in
  power (sum k w) (Z.to_nat N) *
  fold_right mul 1 (map (fun j => power (r j / w j) (Z.to_nat (Qnum (Qred (inject_Z N * r j))))) (seq 0 s)).

(** w_j with exponents d/T, and with exponents d/(2T) *)
Definition relative (T : Q) (costs : nat -> Q) (j : nat) : Q := boltzmann T (costs j - costs O).
Definition relative_half (T : Q) (costs : nat -> Q) (j : nat) : Q := half_boltzmann T (costs j - costs O).

(** Whether r is w in proportion, and 0 beyond its s entries *)
Definition is_share (s k : nat) (w r : nat -> Q) : bool :=
  forallb (fun j => Qeq_bool (sum k w * if Nat.ltb j s then r j else 0) (w j)) (seq 0 k).

(** The limit of the soft assignment as T -> 0: uniform on the prototypes with the least cost *)
Definition cold_share (k : nat) (costs : nat -> Q) (j : nat) : Q :=
  let least i := forallb (fun l => Qle_bool (costs i) (costs l)) (seq 0 k) in
  if least j then 1 / number (length (filter least (seq 0 k))) else 0.
