(** (38), what the force does: it is bounded by the uncertainty, and the stronger it is, the faster the prototypes close. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import definitions covariance_definitions soft_definitions mechanism_definitions.
From DDCL.ddcl Require Import covariance corollary1 proposition6_mechanism proposition7.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Force.
Variable R : realFieldType.
Implicit Types (k d i j c : nat) (q w x : nat -> R) (p : nat -> nat -> R).

(** |2 P S_q|^2 <= 2 V for every assignment *)
Lemma force_below_variance k d p q : simplex k q -> force2 k d q p <= 2%:R * variance k d p q.
Proof.
move=> inside; rewrite force2_by_coordinates variance_by_coordinates -sum_mull; apply: sum_le => c _.
apply: (force_le_variance inside); apply: deviations_vanish; exact: (proj2 inside).
Qed.

(** Along -grad_P V at fixed q

    claim: ddcl.feedback/trace/separation/amended
    value: - spread_rate k d p (descent k q p) - 2 * number k * force2 k d q p
    compared: 6638dfc35a68-a6cb2e219fdc *)
Theorem contracts k d p q : simplex k q ->
  spread_rate k d p (descent k q p) <= - (2%:R * k%:R * force2 k d q p).
Proof.
move=> inside; rewrite contraction; last exact: (proj2 inside).
rewrite ler_opp2; have -> : 4%:R * k%:R * variance k d p q = 2%:R * k%:R * (2%:R * variance k d p q) by ring.
by apply: ler_wpmul2l; [rewrite mulr_ge0 ?ler0n | exact: force_below_variance].
Qed.

(** (sum_i w_i x_i)^2 <= (sum_i w_i) sum_i w_i x_i^2 *)
Lemma weighted_square k w x : (forall i, (i < k)%N -> 0 <= w i) ->
  square (sum k (fun i => w i * x i)) <= sum k w * sum k (fun i => w i * square (x i)).
Proof.
move=> w0; have : 0 <= sum k (fun i => sum k (fun j => w i * w j * (x i - x j) ^+ 2)).
  apply: sum_ge0 => i lt_ik; apply: sum_ge0 => j lt_jk; by rewrite mulr_ge0 ?sqr_ge0 // mulr_ge0 ?w0.
have -> : sum k (fun i => sum k (fun j => w i * w j * (x i - x j) ^+ 2)) =
    2%:R * (sum k w * sum k (fun i => w i * square (x i)) - square (sum k (fun i => w i * x i))).
  have row i : sum k (fun j => w i * w j * (x i - x j) ^+ 2) =
      w i * square (x i) * sum k w - 2%:R * (w i * x i) * sum k (fun j => w j * x j) +
      w i * sum k (fun j => w j * square (x j)).
    rewrite -!sum_mull -sum_sub -sum_add; apply: sum_ext => j _; to_field; ring.
  under [LHS]sum_ext => i _ do rewrite row.
  rewrite sum_add sum_sub !sum_mulr.
  have -> : sum k (fun i => 2%:R * (w i * x i)) = 2%:R * sum k (fun i => w i * x i) by rewrite sum_mull.
  have twice (a b e : R) : b * a - 2%:R * e * e + a * b = 2%:R * (a * b - e * e) by ring.
  exact: twice.
by rewrite pmulr_rge0 ?ltr0n // subr_ge0.
Qed.

(** q without its entry j *)
Let others q j i : R := if Nat.eqb j i then 0 else q i.

Lemma sum_others k q j : (j < k)%N -> sum k (others q j) = sum k q - q j.
Proof.
move=> lt_jk; rewrite -(sum_indicator (q j) lt_jk) -sum_sub; apply: sum_ext => i _; rewrite /others.
by case: PeanoNat.Nat.eqb_spec => [<-|_]; rewrite ?subrr ?subr0.
Qed.

(** |p_j - Pq| <= (1 - q_j) D *)
Lemma reach_of_mixture k d p q j (D2 : R) : simplex k q -> within k d p D2 -> (j < k)%N ->
  sum d (fun c => square (p j c - mixture k q p c)) <= square (1 - q j) * D2.
Proof.
move=> [q0 mass] near lt_jk.
have o0 i : (i < k)%N -> 0 <= others q j i by move=> lt_ik; rewrite /others; case: (Nat.eqb _ _) => //; exact: q0.
have each c : p j c - mixture k q p c = sum k (fun i => others q j i * (p j c - p i c)).
  have -> : p j c - mixture k q p c = sum k (fun i => q i * (p j c - p i c)).
    have term i : q i * (p j c - p i c) = p j c * q i - q i * p i c by ring.
    by under [RHS]sum_ext => i _ do rewrite term; rewrite sum_sub sum_mull mass mulr1.
  apply: sum_ext => i _; rewrite /others; case: PeanoNat.Nat.eqb_spec => [<-|_] //.
  by rewrite subrr !mulr0.
under [X in X <= _]sum_ext => c _ do rewrite each.
apply: le_trans (_ : sum d (fun c => sum k (others q j) * sum k (fun i => others q j i * square (p j c - p i c))) <= _).
  by apply: sum_le => c _; exact: weighted_square.
rewrite sum_mull sum_exchange sum_others // mass [square _]/square; to_field; rewrite -mulrA.
have left0 : 0 <= 1 - q j by rewrite -mass -sum_others //; apply: sum_ge0.
apply: ler_wpmul2l => //.
apply: le_trans (_ : sum k (fun i => others q j i * D2) <= _); last by rewrite sum_mulr sum_others // mass.
by apply: sum_le => i lt_ik; rewrite sum_mull; apply: ler_wpmul2l; [exact: o0 | exact: near].
Qed.

(** sum a_j^2 <= (sum a_j)^2 / 2 for a_j = q_j (1 - q_j) *)
Lemma half_of_square k q : simplex k q ->
  2%:R * sum k (fun j => square (q j * (1 - q j))) <= square (sum k (fun j => q j * (1 - q j))).
Proof.
move=> [q0 mass]; set A := sum k (fun j => q j * (1 - q j)).
have le1 j : (j < k)%N -> q j <= 1 by move=> lt_jk; rewrite -mass; exact: sum_ge_term.
have share j : (j < k)%N -> 2%:R * (q j * (1 - q j)) <= A.
  move=> lt_jk; rewrite /A.
  have -> : 2%:R * (q j * (1 - q j)) = sum k (fun i => if Nat.eqb j i then q j * (1 - q j) else 0) +
      sum k (fun i => others q j i * q j).
    by rewrite sum_indicator // sum_mulr sum_others // mass; ring.
  rewrite -sum_add; apply: sum_le => i lt_ik; rewrite /others; case: PeanoNat.Nat.eqb_spec => [<-|other].
    by rewrite mul0r addr0.
  rewrite add0r; apply: ler_wpmul2l; first exact: q0.
  rewrite -mass ler_subr_addl.
  have -> : q i + q j = sum k (fun l => (if Nat.eqb i l then q i else 0) + (if Nat.eqb j l then q j else 0)).
    by rewrite sum_add !sum_indicator.
  apply: sum_le => l lt_lk; case: (PeanoNat.Nat.eqb_spec i l) => [eq_il|_].
    by case: (PeanoNat.Nat.eqb_spec j l) => [eq_jl|_]; [case: other; rewrite eq_jl | rewrite addr0 eq_il].
  by rewrite add0r; case: PeanoNat.Nat.eqb_spec => [<-|_] //; exact: q0.
rewrite -sum_mull [square A]/square; to_field; rewrite /A -sum_mulr; apply: sum_le => j lt_jk.
have a0 : 0 <= q j * (1 - q j) by rewrite mulr_ge0 ?q0 // subr_ge0 le1.
by rewrite mulrCA; apply: ler_wpmul2l => //; exact: share.
Qed.

(** D2 bounds the squared distance of any two prototypes.

    claim: ddcl.feedback/trace/force/amended
    claim: ddcl.feedback/trace/force-moving/amended
    value: let D2 := largest (concat (entries k (fun i => entries k (fun j => distance2 d (p i) (p j))))) in
           2 * D2 * square (covariance_trace k q) - force2 k d q p
    compared: 13a8edbb1f3b-68671ce61826 *)
Theorem bounded_by_uncertainty k d p q (D2 : R) : simplex k q -> within k d p D2 ->
  force2 k d q p <= 2%:R * D2 * square (covariance_trace k q).
Proof.
move=> inside near; have [q0 mass] := inside; have D0 := within_ge0 inside near.
have trace : covariance_trace k q = sum k (fun j => q j * (1 - q j)).
  rewrite /covariance_trace; apply: sum_ext => j _; rewrite /covariance PeanoNat.Nat.eqb_refl; to_field; ring.
rewrite trace; apply: le_trans (_ : sum k (fun j => 4%:R * D2 * square (q j * (1 - q j))) <= _).
  rewrite /force2; apply: sum_le => j lt_jk; rewrite /norm2 /soft_definitions.pull.
  have -> : sum d (fun c => square (2%:R * q j * (p j c - mixture k q p c))) =
      4%:R * square (q j) * sum d (fun c => square (p j c - mixture k q p c)).
    by rewrite -sum_mull; apply: sum_ext => c _; to_field; ring.
  have -> : 4%:R * D2 * square (q j * (1 - q j)) = 4%:R * square (q j) * (square (1 - q j) * D2) by to_field; ring.
  by apply: ler_wpmul2l; [rewrite mulr_ge0 ?ler0n // sqr_ge0 | exact: reach_of_mixture].
rewrite sum_mull; have -> : 4%:R * D2 = 2%:R * D2 * 2%:R by ring.
rewrite -mulrA; apply: ler_wpmul2l; first by rewrite mulr_ge0 ?ler0n.
exact: half_of_square.
Qed.

End Force.
