(** Theorem 1: L_q = L_OLS + V, and V, which is a sum over pairs, is never negative. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import definitions.

Import GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Theorem1.
Variable R : realFieldType.
Implicit Types (k d : nat) (z q : nat -> R) (p : nat -> nat -> R).

(** One coordinate: the second moment about c is the one about the mean, plus the squared offset. *)
Lemma moment k q (x : nat -> R) (c : R) : sum k q = 1 ->
  sum k (fun j => q j * square (c - x j)) =
  square (c - sum k (fun j => q j * x j)) + sum k (fun j => q j * square (x j - sum k (fun i => q i * x i))).
Proof.
move=> mass; set m := sum k (fun i => q i * x i).
have term j : q j * square (c - x j) =
    (square (c - m) + 2%:R * (c - m) * m) * q j - 2%:R * (c - m) * (q j * x j) + q j * square (x j - m).
  by to_field; ring.
under sum_ext => j _ do rewrite term.
rewrite sum_add sum_sub !sum_mull mass -/m; congr (_ + _).
by ring.
Qed.

(** claim: ddcl.theorem1/simplex/identity
    value: quantization k d z p q - ols k d z p q - variance k d p q
    compared: 3e6f08c39047-3367d5e3b787 *)
Theorem decomposition k d z p q : sum k q = 1 ->
  quantization k d z p q = ols k d z p q + variance k d p q.
Proof.
move=> mass; rewrite /quantization /ols /variance /distance2 /norm2; to_field.
under sum_ext => j _ do rewrite -sum_mull.
under [X in _ = _ + X]sum_ext => j _ do rewrite -sum_mull.
rewrite sum_exchange [X in _ = _ + X]sum_exchange -sum_add.
by apply: sum_ext => c _; exact: (@moment k q (fun j => p j c) (z c) mass).
Qed.

(** claim: ddcl.theorem1/simplex/non-negative
    value: quantization k d z p q - ols k d z p q
    compared: e53e9e2b1dd2-7d4cb8d6b20b *)
Theorem gap_is_nonnegative k d z p q : simplex k q -> ols k d z p q <= quantization k d z p q.
Proof.
move=> [q0 mass]; rewrite (@decomposition k d z p q mass) ler_addl.
apply: sum_ge0 => j lt_jk; apply: mulr_ge0; first exact: q0.
by apply: sum_ge0 => c _; exact: sqr_ge0.
Qed.

(** V is half the mean squared distance of two independent draws from q. *)
Theorem pairwise k d p q : sum k q = 1 ->
  variance k d p q = 2%:R^-1 * sum k (fun i => sum k (fun j => q i * q j * distance2 d (p i) (p j))).
Proof.
move=> mass; rewrite /variance /distance2 /norm2; to_field.
under sum_ext => j _ do rewrite -sum_mull.
under [X in _ = _ * X]sum_ext => i _ do under sum_ext => j _ do rewrite -sum_mull.
under [X in _ = _ * X]sum_ext => i _ do rewrite sum_exchange.
rewrite [LHS]sum_exchange [X in _ = _ * X]sum_exchange -[RHS]sum_mull; apply: sum_ext => c _.
set m := mixture k q p c.
have square_mean : sum k (fun j => q j * ((p j c - m) * (p j c - m))) = sum k (fun j => q j * (p j c * p j c)) - m * m.
  have term j : q j * ((p j c - m) * (p j c - m)) = q j * (p j c * p j c) - 2%:R * m * (q j * p j c) + m * m * q j.
    by ring.
  under sum_ext => j _ do rewrite term.
  rewrite sum_add sum_sub !sum_mull mass -/(mixture k q p c) -/m; move: (sum k _) => s; by ring.
have row i : sum k (fun j => q i * q j * ((p i c - p j c) * (p i c - p j c))) =
    q i * (p i c * p i c) - 2%:R * m * (q i * p i c) + sum k (fun j => q j * (p j c * p j c)) * q i.
  have term j : q i * q j * ((p i c - p j c) * (p i c - p j c)) =
      q i * (p i c * p i c) * q j - 2%:R * (q i * p i c) * (q j * p j c) + q i * (q j * (p j c * p j c)).
    by ring.
  under sum_ext => j _ do rewrite term.
  rewrite sum_add sum_sub !sum_mull mass -/(mixture k q p c) -/m; move: (sum k _) => s; by ring.
rewrite square_mean; under [X in _ = _ * X]sum_ext => i _ do rewrite row.
rewrite sum_add sum_sub !sum_mull mass -/(mixture k q p c) -/m; move: (sum k _) => s.
by field.
Qed.

End Theorem1.
