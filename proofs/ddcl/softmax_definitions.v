(** What the softmax adds to a derivative, and derivatives through the softmax over the rationals, by dual numbers. *)
From Coq Require Import QArith List.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions covariance_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (k d : nat) (t : T) (z e q g : nat -> T) (p v : nat -> nat -> T).

(** <g> = sum_j q_j g_j *)
Definition mean k q g : T := Σ (j < k) (q j * g j).

(** sum_j q_j (f_j - <f>) (g_j - <g>) *)
Definition correlation k q (f g : nat -> T) : T := Σ (j < k) (q j * (f j - mean k q f) * (g j - mean k q g)).

(** (z - p_j) . (e - v_j): half the rate of d_j where z moves at e and p_j at v_j *)
Definition approach d z e p v (j : nat) : T := Σ (c < d) ((z c - p j c) * (e c - v j c)).

(** -(2/T) sum_j q_j (g_j - <g>) (z - p_j) . (e - v_j) *)
Definition softmax_part k d t z e p v q g : T :=
  - (2 / t * Σ (j < k) (q j * (g j - mean k q g) * approach d z e p v j)).

(** (2/T) P S_q g, coordinate c *)
Definition correction k t p q g (c : nat) : T := 2 / t * Σ (j < k) (p j c * covariance_times k q g j).

(** 2 c_j (p_j - z) with c_j = -(1/T) q_j (g_j - <g>), coordinate c *)
Definition softmax_pull k t z p q g (j c : nat) : T := - (2 * (q j * (g j - mean k q g)) / t) * (p j c - z c).

(** The sum of two gradients in the prototypes *)
Definition both (g h : nat -> nat -> T) (j c : nat) : T := g j c + h j c.

(** |p_j - Pq|^2 *)
Definition spread k d p q (j : nat) : T := distance2 d (p j) (mixture k q p).

(** x . y *)
Definition dot d (x y : nat -> T) : T := Σ (c < d) (x c * y c).

(** A sample that does not move *)
Definition at_rest (c : nat) : T := 0.

End Definitions.

(** Dual numbers: a value and its derivative *)
#[global] Instance duals : Arithmetic (Q * Q) := {
  zero := (0, 0);
  one := (1, 0);
  add x y := (fst x + fst y, snd x + snd y);
  neg x := (- fst x, - snd x);
  mul x y := (fst x * fst y, fst x * snd y + snd x * fst y);
  inv x := (inv (fst x), - (snd x * inv (fst x) * inv (fst x)))
}.

(** e^(-x/T) where x moves; s = e^(-1/T) *)
Definition moving_boltzmann (s t : Q) (x : Q * Q) : Q * Q :=
  let b := boltzmann s (fst x) in (b, - (b * snd x / t)).

(** e^(-x/T) where T moves at the rate 1 *)
Definition heated_boltzmann (s t x : Q) : Q * Q :=
  let b := boltzmann s x in (b, b * x / (t * t)).

(** The soft assignment (8) of a sample that moves, to prototypes that move; the weights relative to the first *)
Definition moving_soft (k d : nat) (s t : Q) (z : nat -> Q * Q) (p : nat -> nat -> Q * Q) : nat -> Q * Q :=
  share k (fun j => moving_boltzmann s t (distance2 d z (p j) - distance2 d z (p O))).

(** x moving at u *)
Definition moving (x u : nat -> Q) (c : nat) : Q * Q := (x c, u c).
Definition all_moving (x u : nat -> nat -> Q) (j c : nat) : Q * Q := (x j c, u j c).

(** The same numbers, each computed once *)
Definition stored {T} `{Arithmetic T} (n : nat) (f : nat -> T) : nat -> T := let found := entries n f in fun i => nth i found 0.
Definition stored_rows {T} `{Arithmetic T} (n m : nat) (f : nat -> nat -> T) : nat -> nat -> T :=
  let found := map (fun i => stored m (f i)) (seq 0 n) in fun i => nth i found (fun _ => 0).

(** The derivative of a loss of z, P and q where z moves at e, P at V, and q is the soft assignment *)
Definition rate_through (k d : nat) (s t : Q) (z e : nat -> Q) (p v : nat -> nat -> Q)
    (loss : (nat -> Q * Q) -> (nat -> nat -> Q * Q) -> (nat -> Q * Q) -> Q * Q) : Q :=
  let z' := stored d (moving z e) in let p' := stored_rows k d (all_moving p v) in
  snd (loss z' p' (stored k (moving_soft k d s t z' p'))).

(** The soft assignment with exponents d/(2T): d_j - d_1 is even *)
Definition halved_soft (k d : nat) (s t : Q) (z : nat -> Q * Q) (p : nat -> nat -> Q * Q) : nat -> Q * Q :=
  share k (fun j => moving_boltzmann s t ((distance2 d z (p j) - distance2 d z (p O)) / 2)).

(** The soft assignment where the temperature moves at the rate 1 *)
Definition heated_soft (k d : nat) (s t : Q) (z : nat -> Q) (p : nat -> nat -> Q) : nat -> Q * Q :=
  share k (fun j => heated_boltzmann s t (distance2 d z (p j))).

(** The plain mean of the prototypes, coordinate c *)
Definition centre {T} `{Arithmetic T} (k : nat) (p : nat -> nat -> T) (c : nat) : T := (Σ (j < k) p j c) / number k.
