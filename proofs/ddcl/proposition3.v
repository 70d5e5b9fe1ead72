(** Proposition 3 with q held: gradients in the prototypes as exact expansions in a step along U. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import definitions covariance_definitions gap_definitions motion_definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Proposition3.
Variable R : realFieldType.
Implicit Types (k d : nat) (z q : nat -> R) (p u : nat -> nat -> R) (t : R).

(** claim: ddcl.proposition3/stopped/quantization
    value: let q := soft_assignment k d z p T in
           slope (fun t => quantization k d z (prototypes_along p u t) q) - paired k d (quantization_pull z p q) u
    compared: 2a5fe130cdb3-21f41f10ddd4 *)
Theorem quantization_expands k d z p q u t : quantization k d z (prototypes_along p u t) q =
  quantization k d z p q + t * paired k d (quantization_pull z p q) u + t ^+ 2 * sum k (fun j => q j * norm2 d (u j)).
Proof.
rewrite /quantization /paired -!sum_mull -!sum_add; apply: sum_ext => j _.
rewrite /distance2 /norm2 /quantization_pull /prototypes_along; to_field.
rewrite -!sum_mull -!sum_add; apply: sum_ext => c _; by ring.
Qed.

Lemma mixture_moves k p q u t c :
  mixture k q (prototypes_along p u t) c = mixture k q p c + t * mixture k q u c.
Proof. by rewrite /mixture -sum_mull -sum_add; apply: sum_ext => j _; rewrite /prototypes_along; to_field; ring. Qed.

Lemma paired_by_coordinates k d (g u : nat -> nat -> R) : paired k d g u = sum d (fun c => sum k (fun j => g j c * u j c)).
Proof. by rewrite /paired sum_exchange. Qed.

(** claim: ddcl.proposition3/stopped/ols
    value: let q := soft_assignment k d z p T in
           slope (fun t => ols k d z (prototypes_along p u t) q) - paired k d (ols_pull k z p q) u
    compared: 9665f74c2a2e-6eea22a88ac3 *)
Theorem ols_expands k d z p q u t : ols k d z (prototypes_along p u t) q =
  ols k d z p q + t * paired k d (ols_pull k z p q) u + t ^+ 2 * norm2 d (mixture k q u).
Proof.
rewrite paired_by_coordinates /ols /distance2 /norm2 -!sum_mull -!sum_add; apply: sum_ext => c _.
have -> : sum k (fun j => ols_pull k z p q j c * u j c) = - (2%:R * (z c - mixture k q p c) * mixture k q u c).
  rewrite -mulNr /mixture -/(mixture k q p c) -sum_mull; apply: sum_ext => j _; rewrite /ols_pull; to_field.
  by move: (mixture k q p c) => m; ring.
rewrite mixture_moves; to_field; move: (mixture k q p c) (mixture k q u c) => m v; by ring.
Qed.

Lemma variance_pull_eq k p q j c : (j < k)%N -> variance_pull k p q j c = 2%:R * q j * (p j c - mixture k q p c).
Proof.
move=> lt_jk; rewrite /variance_pull /covariance; to_field; rewrite -mulrA; congr (_ * _).
have term i : p i c * ((if Nat.eqb i j then q i else 0) - q i * q j) =
    (if Nat.eqb j i then q j * p j c else 0) - q j * (q i * p i c).
  by rewrite PeanoNat.Nat.eqb_sym; case: (PeanoNat.Nat.eqb_spec j i) => [<-|_]; ring.
under sum_ext => i _ do rewrite term.
by rewrite sum_sub sum_mull sum_indicator // mulrBr.
Qed.

(** claim: ddcl.proposition3/stopped/variance
    value: let q := soft_assignment k d z p T in
           slope (fun t => variance k d (prototypes_along p u t) q) - paired k d (variance_pull k p q) u
    compared: d19495cd3c04-2cab419b21cb *)
Theorem variance_expands k d p q u t : sum k q = 1 -> variance k d (prototypes_along p u t) q =
  variance k d p q + t * paired k d (variance_pull k p q) u + t ^+ 2 * variance k d u q.
Proof.
move=> mass; have by_coordinates p' : variance k d p' q = sum d (fun c => sum k (fun j => q j * square (p' j c - mixture k q p' c))).
  rewrite /variance /distance2 /norm2 sum_exchange; apply: sum_ext => j _; by to_field; rewrite -sum_mull.
rewrite paired_by_coordinates !by_coordinates -!sum_mull -!sum_add; apply: sum_ext => c _.
rewrite mixture_moves; set m := mixture k q p c; set v := mixture k q u c.
have pulled : sum k (fun j => variance_pull k p q j c * u j c) = sum k (fun j => 2%:R * q j * (p j c - m) * u j c).
  by apply: sum_ext => j lt_jk; rewrite variance_pull_eq.
have mean : sum k (fun j => q j * p j c) = m by [].
rewrite pulled; clearbody m v; rewrite -!sum_mull -!sum_add; to_field.
have term j : q j * ((p j c + t * u j c - (m + t * v)) * (p j c + t * u j c - (m + t * v))) =
   q j * ((p j c - m) * (p j c - m)) + t * (2%:R * q j * (p j c - m) * u j c)
   + t ^+ 2 * (q j * ((u j c - v) * (u j c - v))) - 2%:R * t * v * (q j * p j c - m * q j).
  by ring.
rewrite /prototypes_along; to_field; under [LHS]sum_ext => j _ do rewrite term.
by rewrite sum_sub [X in _ - X]sum_mull sum_sub sum_mull mass mean mulr1 subrr mulr0 subr0.
Qed.

End Proposition3.
