(** Section 4.5: where z is no mixture of the prototypes, a pass over the rows moves the minimiser of |z - Pq|^2. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import definitions incremental_definitions incremental.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** claim: ddcl.incremental/repeated/fixed
    role: refutes
    value: let p := fun j a => match a with O => base 0%nat - h j * c 1%nat | _ => base 1%nat + h j * c 0%nat end in
           let z := fun a => mixture k q p a + c a in
           entries k (fun j => passed 2 k z p eta q j - q j)
    witness: {"c": ["-1/2", "1/2"], "base": [0, 0], "h": [0, -2], "q": ["1/2", "1/2"], "eta": "1/2"}
    compared: bc686c7a1fed-233a30550b23 *)
Theorem minimiser_moves (R : realFieldType) : exists (z : nat -> R) (p : nat -> nat -> R) (q q1 q2 : nat -> R) (eta : R),
  [/\ 0 < eta, simplex 2 q & forall y, simplex 2 y -> ols 2 2 z p q <= ols 2 2 z p y] /\
  [/\ projects 2 (stepped 2 (fun j => p j 0%N) (z 0%N) eta q) q1,
      projects 2 (stepped 2 (fun j => p j 1%N) (z 1%N) eta q1) q2 & q2 0%N != q 0%N].
Proof.
pose two (a b : R) (j : nat) := if j is O then a else b.
have sum2 f : sum 2 f = f 0%N + f 1%N :> R by rewrite !sumS sum0 add0r.
have on a b : 0 <= a -> 0 <= b -> a + b = 1 -> simplex 2 (two a b).
  by move=> a0 b0 mass; split; [case=> [|[|j]] | rewrite sum2].
exists (two 0 1), (fun j _ => two 0 1 j), (two 2%:R^-1 2%:R^-1), (two (5%:R / 8%:R) (3%:R / 8%:R)),
  (two (15%:R / 32%:R) (17%:R / 32%:R)), 2%:R^-1; split.
  split; [by rewrite invr_gt0 ltr0n | by apply: on; rewrite ?invr_ge0 ?ler0n //; field | move=> y _].
  rewrite /ols /distance2 /norm2 /mixture !sum2 /two; to_field; rewrite -subr_ge0.
  rewrite [X in 0 <= X](_ : _ = 2%:R * (y 1%N - 2%:R^-1) ^+ 2); last by field.
  by rewrite mulr_ge0 ?ler0n ?sqr_ge0.
have cut (a b : R) : 0 <= a -> b = a -> a = Num.max 0 b by move=> a0 ->; rewrite max_r.
split.
- split; first by apply: on; rewrite ?divr_ge0 ?ler0n //; field.
  exists (- (8%:R^-1)); case=> [|[|j]] // _; apply: cut; rewrite ?divr_ge0 ?ler0n //.
    by rewrite /stepped /row_error sum2 /two; to_field; field.
  by rewrite /stepped /row_error sum2 /two; to_field; field.
- split; first by apply: on; rewrite ?divr_ge0 ?ler0n //; field.
  exists (5%:R / 32%:R); case=> [|[|j]] // _; apply: cut; rewrite ?divr_ge0 ?ler0n //.
    by rewrite /stepped /row_error sum2 /two; to_field; field.
  by rewrite /stepped /row_error sum2 /two; to_field; field.
- rewrite /two -subr_eq0; have -> : 15%:R / 32%:R - 2%:R^-1 = - (32%:R^-1) :> R by field.
  by rewrite oppr_eq0 invr_eq0 pnatr_eq0.
Qed.
