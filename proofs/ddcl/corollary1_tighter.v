(** Appendix A, proof of Corollary 1: the weights q_j (1 - q_j)^2 bound V too, less tightly than the uncertainty does. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import definitions corollary1.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Tighter.
Variable R : realFieldType.
Implicit Types (k d : nat) (q : nat -> R) (p : nat -> nat -> R).

Lemma squares_of_nonnegative k q : (forall j, (j < k)%N -> 0 <= q j) ->
  sum k (fun j => q j ^+ 2) <= sum k q ^+ 2.
Proof.
elim: k => [|k IH] q0; first by rewrite !sum0 expr0n.
have before j : (j < k)%N -> 0 <= q j by move=> lt_jk; apply: q0; exact: ltnW.
rewrite !sumS sqrrD ler_add2r; apply: (le_trans (IH before)); rewrite ler_addl.
by apply: mulrn_wge0; apply: mulr_ge0; [exact: sum_ge0 | exact: q0].
Qed.

(** (sum q)^3 - 3 (sum q) (sum q^2) + 2 sum q^3 is six times the sum of q_i q_j q_l over i < j < l. *)
Lemma cubes_of_nonnegative k q : (forall j, (j < k)%N -> 0 <= q j) ->
  0 <= sum k q ^+ 3 - 3%:R * sum k q * sum k (fun j => q j ^+ 2) + 2%:R * sum k (fun j => q j ^+ 3).
Proof.
elim: k => [|k IH] q0; first by rewrite !sum0 expr0n /= !mulr0 subr0 addr0.
have before j : (j < k)%N -> 0 <= q j by move=> lt_jk; apply: q0; exact: ltnW.
rewrite !sumS; move: (IH before) (squares_of_nonnegative before) (q0 k (leqnn _)).
move: (sum k (fun j => q j ^+ 3)) (sum k (fun j => q j ^+ 2)) (sum k q) (q k) => c b s x F0 squares x0.
have -> : (s + x) ^+ 3 - 3%:R * (s + x) * (b + x ^+ 2) + 2%:R * (c + x ^+ 3) =
  s ^+ 3 - 3%:R * s * b + 2%:R * c + 3%:R * (x * (s ^+ 2 - b)) by ring.
by rewrite addr_ge0 // mulr_ge0 ?ler0n // mulr_ge0 // subr_ge0.
Qed.

(** claim: ddcl.corollary1/tighter/tighter
    value: sum k (fun j => q j * square (1 - q j)) *
           largest (concat (entries k (fun i => entries k (fun j => distance2 d (p i) (p j))))) - variance k d p q
    compared: af4b64600bb2-10809893c759 *)
Theorem by_weights k d p q (D2 : R) : simplex k q -> within k d p D2 ->
  variance k d p q <= sum k (fun j => q j * square (1 - q j)) * D2.
Proof.
move=> inside near; apply: le_trans (by_uncertainty inside near) _.
apply: ler_wpmul2r; first exact: within_ge0 inside near.
have [q0 mass] := inside; have := cubes_of_nonnegative q0; rewrite mass.
have -> : sum k (fun j => square (q j)) = sum k (fun j => q j ^+ 2) by apply: sum_ext => j _; rewrite expr2.
have -> : sum k (fun j => q j * square (1 - q j)) =
    1 - 2%:R * sum k (fun j => q j ^+ 2) + sum k (fun j => q j ^+ 3).
  rewrite -[X in X - _]mass -sum_mull -sum_sub -sum_add; apply: sum_ext => j _; to_field; by ring.
move: (sum k (fun j => q j ^+ 3)) (sum k (fun j => q j ^+ 2)) => c b F0; rewrite -subr_ge0.
have -> : 1 - 2%:R * b + c - (1 - b) / 2%:R = (1 ^+ 3 - 3%:R * 1 * b + 2%:R * c) / 2%:R by field.
by rewrite divr_ge0 // ler0n.
Qed.

End Tighter.
