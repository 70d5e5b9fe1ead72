(** Section 4.4: what sets L_q and L_OLS apart on the simplex, where L_q is least, and least squares without constraint. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import definitions relaxation_definitions theorem1 relaxation_vertex.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Relaxation.
Variable R : realFieldType.
Implicit Types (k d : nat) (z q r lam : nat -> R) (p : nat -> nat -> R) (m : R).

(** A symmetric double sum without diagonal counts every pair twice. *)
Lemma pairs_twice k (f : nat -> nat -> R) : (forall i j, f i j = f j i) -> (forall i, f i i = 0) ->
  sum k (fun i => sum k (f i)) = 2%:R * sum k (fun j => sum j (fun i => f i j)).
Proof.
move=> symmetric diagonal; elim: k => [|k IH]; first by rewrite !sum0 mulr0.
rewrite !sumS [LHS](_ : _ = sum k (fun i => sum k (f i) + f i k) + (sum k (f k) + f k k)) //.
rewrite sum_add IH diagonal addr0 (sum_ext (fun i _ => symmetric k i)).
move: (sum k _) (sum k _) => a b; by ring.
Qed.

(** claim: ddcl.relaxation/literal/relaxed/amended
    value: quantization k d z p q - ols k d z p q - weighted_pairs k d p q
    compared: b3906e65c4a3-75e1092328e9 *)
Theorem gap_over_pairs k d z p q : sum k q = 1 -> quantization k d z p q - ols k d z p q = weighted_pairs k d p q.
Proof.
move=> mass; rewrite (@decomposition R k d z p q mass) addrC addKr (@pairwise R k d p q mass).
rewrite (@pairs_twice k (fun i j => q i * q j * distance2 d (p i) (p j))) ?mulKf ?pnatr_eq0 // => [i j|i].
  rewrite [q i * _]mulrC; congr (_ * _); apply: sum_ext => c _; to_field; by ring.
by rewrite [X in _ * X](_ : _ = 0) ?mulr0 //; apply: sum_all0 => c _; to_field; rewrite subrr mul0r.
Qed.

(** claim: ddcl.relaxation/literal/same-minimum/amended
    value: quantization k d z p q - smallest (entries k (fun j => distance2 d z (p j)))
    compared: 05354fcdbef8-a8dc14a8c5b4 *)
Theorem least_quantization k d z p q m : simplex k q -> below k d z p m -> m <= quantization k d z p q.
Proof. exact: least. Qed.

Lemma sum_against k d p x q : sum k (fun j => q j * against d p x j) = sum d (fun c => mixture k q p c * x c).
Proof.
rewrite /against /mixture; under [LHS]sum_ext => j _ do rewrite -sum_mull.
rewrite sum_exchange; apply: sum_ext => c _; rewrite -sum_mulr; apply: sum_ext => j _; to_field; by rewrite mulrA.
Qed.

(** claim: ddcl.relaxation/literal/closed-form/amended
    value: sum k (fun j => lam j * against d p z j)
    compared: 7da2a0290301-b9a60863fb69 *)
Theorem consistent k d z p lam : (forall j, (j < k)%N -> against d p (mixture k lam p) j = 0) ->
  sum k (fun j => lam j * against d p z j) = 0.
Proof.
move=> kernel; rewrite sum_against; apply: sum_all0 => c lt_cd.
have zero : sum d (fun c => square (mixture k lam p c)) = 0.
  rewrite -[LHS](@sum_against k d p (mixture k lam p) lam); apply: sum_all0 => j lt_jk.
  by rewrite kernel // mulr0.
have term e : (e < d)%N -> 0 <= square (mixture k lam p e) by move=> _; exact: sqr_ge0.
have := sum_eq0 term zero lt_cd.
by move/eqP; rewrite mulf_eq0 orbb => /eqP ->; rewrite mul0r.
Qed.

(** claim: ddcl.relaxation/normal-equations/optimal
    truth: Qle_bool (ols k d z p q) (ols k d z p r)
    compared: e37759780193-59627c806b56 *)
Theorem solutions_are_least k d z p q r : (forall j, (j < k)%N -> against d p (mixture k q p) j = against d p z j) ->
  ols k d z p q <= ols k d z p r.
Proof.
move=> normal; rewrite -subr_ge0.
have orthogonal : sum d (fun c => (mixture k r p c - mixture k q p c) * (z c - mixture k q p c)) = 0.
  have along s : sum d (fun c => mixture k s p c * (z c - mixture k q p c)) = 0.
    under sum_ext => c _ do rewrite mulrBr.
    rewrite sum_sub -!sum_against -sum_sub; apply: sum_all0 => j lt_jk.
    by rewrite normal // subrr.
  by under sum_ext => c _ do rewrite mulrBl; rewrite sum_sub !along subrr.
have -> : ols k d z p r - ols k d z p q = norm2 d (fun c => mixture k r p c - mixture k q p c)
    - 2%:R * sum d (fun c => (mixture k r p c - mixture k q p c) * (z c - mixture k q p c)).
  rewrite /ols /distance2 /norm2 -sum_mull -!sum_sub; apply: sum_ext => c _; to_field.
  move: (mixture k r p c) (mixture k q p c) => a b; by ring.
by rewrite orthogonal mulr0 subr0; apply: sum_ge0 => c _; exact: sqr_ge0.
Qed.

End Relaxation.
