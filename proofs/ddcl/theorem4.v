(** Theorem 4: lambda_P > 0 does not bound the prototypes; lambda_P > k lambda_sep makes them shrink where z = 0. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import definitions remark3_definitions dissipation_definitions remark3.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Theorem4.
Variable R : realFieldType.
Implicit Types (n k d : nat) (z p q : nat -> nat -> R) (sep weight : R).

Lemma norm2_ge0 d (x : nat -> R) : 0 <= norm2 d x.
Proof. by apply: sum_ge0 => c _; apply: sqr_ge0. Qed.

Lemma frobenius2_ge0 k d p : 0 <= frobenius2 k d p.
Proof. by apply: sum_ge0 => j _; apply: norm2_ge0. Qed.

(** All samples at the origin: the rate at which |P|^2 / 2 falls along P' = -dE/dP. *)
Lemma inward n k d p q sep weight :
  - inner k d (pull n k (fun _ _ => 0) p q sep weight) p =
  2%:R * (sum n (fun m => sum k (fun j => q m j * norm2 d (p j))) + weight * frobenius2 k d p - sep * pair_spread k d p).
Proof.
rewrite pair_spread_eq.
have -> : inner k d (pull n k (fun _ _ => 0) p q sep weight) p =
    sum k (fun j => sum d (fun c => pull n k (fun _ _ => 0) p q sep weight j c * p j c)) by [].
have term j c : pull n k (fun _ _ => 0) p q sep weight j c * p j c =
    - (2%:R * (sum n (fun m => q m j * (p j c * p j c)) + weight * (p j c * p j c) - sep * (k%:R * (p j c * p j c)) +
       sep * (sum k (fun i => p i c) * p j c))).
  rewrite /pull number_eq; to_field.
  have -> : sum n (fun m => (1 + 1) * q m j * (p j c - 0)) = 2%:R * sum n (fun m => q m j) * p j c.
    by rewrite -sum_mull -sum_mulr; apply: sum_ext => m _; ring.
  rewrite [sum n (fun m => q m j * _)]sum_mulr; move: (sum n _) (sum k _) => s t; ring.
under [X in - X = _]sum_ext => j _ do under sum_ext => c _ do rewrite term.
under [X in - X = _]sum_ext => j _ do rewrite sum_neg sum_mull sum_add sum_sub sum_add !sum_mull.
rewrite sum_neg sum_mull sum_add sum_sub sum_add !sum_mull opprK; congr (_ * _).
rewrite /frobenius2 /norm2; to_field.
have -> : sum k (fun j => sum d (fun c => sum n (fun m => q m j * (p j c * p j c)))) =
    sum n (fun m => sum k (fun j => q m j * sum d (fun c => p j c * p j c))).
  under [RHS]sum_ext => m _ do under sum_ext => j _ do rewrite -sum_mull.
  by rewrite [RHS]sum_exchange; apply: sum_ext => j _; rewrite sum_exchange.
have -> : sum k (fun j => sum d (fun c => sum k (fun i => p i c) * p j c)) =
    sum d (fun c => sum k (fun j => p j c) * sum k (fun j => p j c)).
  by rewrite sum_exchange; apply: sum_ext => c _; rewrite sum_mull.
move: (sum n _) (sum k _) (sum d _) => A F S; ring.
Qed.

Lemma data_ge0 n k d p q : (forall m j, (m < n)%N -> (j < k)%N -> 0 <= q m j) ->
  0 <= sum n (fun m => sum k (fun j => q m j * norm2 d (p j))).
Proof.
move=> q0; apply: sum_ge0 => m lt_mn; apply: sum_ge0 => j lt_jk; apply: mulr_ge0; first exact: q0.
exact: norm2_ge0.
Qed.

(** claim: ddcl.theorem4/one-point/centred
    value: - inner k d (pull n k (fun _ _ => 0) p q sep weight) p - 2 * (weight - number k * sep) * frobenius2 k d p
    compared: 42d10338ce0e-f3a2246f77e0 *)
Theorem centred n k d p q sep weight : (forall m j, (m < n)%N -> (j < k)%N -> 0 <= q m j) -> 0 <= sep ->
  2%:R * (weight - k%:R * sep) * frobenius2 k d p <= - inner k d (pull n k (fun _ _ => 0) p q sep weight) p.
Proof.
move=> q0 sep0; rewrite inward -mulrA ler_pmul2l ?ltr0n // -subr_ge0.
have A0 := data_ge0 d p q0; have S0 := pair_spread_le k d p.
move: (sum n _) A0 (frobenius2 _ _ _) (pair_spread _ _ _) S0 => A A0 F S S0.
have -> : A + weight * F - sep * S - (weight - k%:R * sep) * F = A + sep * (k%:R * F - S) by ring.
by rewrite addr_ge0 // mulr_ge0 // subr_ge0.
Qed.

(** On the rays of the claim: samples at 0 with prototype 0, which stays, and the others about their mean.

    claim: ddcl.theorem4/positive/bounded/amended
    claim: ddcl.theorem4/remark3/bounded
    value: - inner k d (pull 1 k (fun _ _ => 0) (recentred k p) all_first sep weight) (recentred k p)
    compared: 1231b450aa1b-85d28e4f5fc4 *)
Theorem rays_shrink k d p sep weight : 0 <= sep -> k%:R * sep < weight ->
  0 <= - inner k d (pull 1 k (fun _ _ => 0) (recentred k p) all_first sep weight) (recentred k p).
Proof.
move=> sep0 above; have q0 m j : (m < 1)%N -> (j < k)%N -> 0 <= all_first m j :> R.
  by move=> _ _; rewrite /all_first; case: Nat.eqb; rewrite ?ler01 ?lexx.
apply: le_trans (@centred 1 k d (recentred k p) all_first sep weight q0 sep0).
by rewrite mulr_ge0 ?frobenius2_ge0 // mulr_ge0 ?ler0n // subr_ge0 ltW.
Qed.

(** claim: ddcl.theorem4/threshold/mean
    value: energy n k d z p q sep weight 1 - sep * norm2 d (fun c => Σ (j < k) p j c)
    compared: 311588c56bbe-fd4969648645 *)
Theorem mean_is_held n k d z p q sep weight : (forall m j, (m < n)%N -> (j < k)%N -> 0 <= q m j) -> k%:R * sep <= weight ->
  sep * norm2 d (fun c => sum k (fun j => p j c)) <= energy n k d z p q sep weight 1.
Proof.
move=> q0 enough; rewrite /energy pair_spread_eq; to_field; rewrite mul1r.
set A := sum n _; set F := frobenius2 k d p; set S := sum d _.
have A0 : 0 <= A.
  apply: sum_ge0 => m lt_mn; apply: sum_ge0 => j lt_jk; apply: mulr_ge0; first exact: q0.
  exact: norm2_ge0.
have -> : norm2 d (fun c => sum k (fun j => p j c)) = S by [].
have -> : A - sep * (k%:R * F - S) + weight * F = A + (weight - k%:R * sep) * F + sep * S by ring.
by rewrite ler_addr addr_ge0 // mulr_ge0 ?frobenius2_ge0 // subr_ge0.
Qed.

(** Prototypes 0, 1 and -1 on a line, lambda_sep = lambda_P = 1: P' is 4 P there, so that P = P_0 e^(4t) leaves every ball.

    claim: ddcl.theorem4/positive/bounded
    claim: ddcl.theorem4/positive/convergence
    role: refutes
    value: - inner k d (pull 1 k (fun _ _ => 0) (recentred k p) all_first sep weight) (recentred k p)
    witness: {"p": [[0], [1], [-1]], "sep": 1, "weight": 1}
    compared: 063f0efd002a-7f3fd0da0892 *)
Theorem rays_escape : exists k p sep weight, [/\ 0 <= sep, 0 < weight, p 1%N 0%N <> 0,
  forall j, (j < k)%N -> norm2 1 (p 0%N) <= norm2 1 (p j) &
  exists2 rate, 0 < rate & forall t j, (j < k)%N ->
    pull 1 k (fun _ _ => 0) (fun i c => t * p i c) all_first sep weight j 0%N = rate * (t * p j 0%N)].
Proof.
exists 3%N, (fun j _ => if j is 0%N then 0 else if j is 1%N then 1 else -1), 1, 1; split; rewrite ?ler01 ?ltr01 //.
- by apply/eqP; rewrite oner_eq0.
- by move=> [|j] _; rewrite /norm2 /=; to_field; rewrite ?mul0r ?addr0 // addr_ge0 // sqr_ge0.
exists 4%:R; rewrite ?ltr0n // => t [|[|[|j]]] // _; by rewrite /pull /all_first /=; to_field; ring.
Qed.

End Theorem4.
