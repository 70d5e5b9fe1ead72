(** Section 5.4: along -grad V, at fixed q, the spread of the prototypes falls at the rate 4kV. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import definitions mechanism_definitions theorem1.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Mechanism.
Variable R : realFieldType.
Implicit Types (k d : nat) (q x : nat -> R) (p v : nat -> nat -> R).

(** spread_rate is what it says: moving by e v changes the sum over ordered pairs by 2 e spread_rate + O(e^2). *)
Theorem spread_expands k d p v (e : R) :
  sum k (fun i => sum k (fun j => distance2 d (fun c => p i c + e * v i c) (fun c => p j c + e * v j c))) =
  sum k (fun i => sum k (fun j => distance2 d (p i) (p j))) + 2%:R * e * spread_rate k d p v
  + e ^+ 2 * sum k (fun i => sum k (fun j => distance2 d (v i) (v j))).
Proof.
rewrite /spread_rate -!sum_mull -!sum_add; apply: sum_ext => i _; rewrite -!sum_mull -!sum_add; apply: sum_ext => j _.
rewrite /distance2 /norm2 -!sum_mull -!sum_add; apply: sum_ext => c _; to_field; by ring.
Qed.

(** V, coordinate by coordinate *)
Lemma variance_by_coordinates k d q p :
  variance k d p q = sum d (fun c => sum k (fun j => q j * square (p j c - mixture k q p c))).
Proof.
rewrite /variance /distance2 /norm2 sum_exchange; apply: sum_ext => j _.
by to_field; rewrite -sum_mull.
Qed.

(** The same for V at fixed q. *)
Theorem variance_expands k d q p v (e : R) : sum k q = 1 ->
  variance k d (fun j c => p j c + e * v j c) q =
  variance k d p q + e * variance_rate k d q p v + e ^+ 2 * variance k d v q.
Proof.
move=> mass; rewrite !variance_by_coordinates /variance_rate sum_exchange -!sum_mull -!sum_add.
apply: sum_ext => c _; rewrite -!sum_mull -!sum_add; to_field.
have moved : mixture k q (fun j c => p j c + e * v j c) c = mixture k q p c + e * mixture k q v c.
  by rewrite /mixture; to_field; rewrite -sum_mull -sum_add; apply: sum_ext => j _; ring.
rewrite moved; set m := mixture k q p c; set u := mixture k q v c.
have term j : q j * ((p j c + e * v j c - (m + e * u)) * (p j c + e * v j c - (m + e * u))) =
   q j * ((p j c - m) * (p j c - m)) + e * ((1 + 1) * q j * (p j c - m) * v j c)
   + e ^+ 2 * (q j * ((v j c - u) * (v j c - u))) - (2%:R * e * u) * (q j * p j c - m * q j).
  by ring.
under sum_ext => j _ do rewrite term.
by rewrite sum_sub [X in _ - X]sum_mull sum_sub sum_mull mass -/(mixture k q p c) -/m mulr1 subrr mulr0 subr0.
Qed.

(** In one coordinate: pairs of differences in terms of sums. *)
Lemma pair_products k x (y : nat -> R) :
  sum k (fun i => sum k (fun j => (x i - x j) * (y i - y j))) =
  2%:R * (k%:R * sum k (fun j => x j * y j) - sum k x * sum k y).
Proof.
have row i : sum k (fun j => (x i - x j) * (y i - y j)) =
    k%:R * (x i * y i) - x i * sum k y - sum k x * y i + sum k (fun j => x j * y j).
  have term j : (x i - x j) * (y i - y j) = x i * y i - x i * y j - x j * y i + x j * y j by ring.
  under [LHS]sum_ext => j _ do rewrite term.
  by rewrite sum_add !sum_sub sum_const sum_mull sum_mulr.
under [LHS]sum_ext => i _ do rewrite row.
by rewrite sum_add !sum_sub sum_const !sum_mull sum_mulr; move: (sum k x) (sum k y) (sum k _) => a b s; ring.
Qed.

(** claim: ddcl.proposition6.mechanism/stopped/spread/amended
    value: spread_rate k d p (descent k q p) + (inject_Z 4) * (inject_Z (Z.of_nat k)) * variance k d p q
    compared: c22e54414ce2-6784c236c8aa *)
Theorem contraction k d p q : sum k q = 1 ->
  spread_rate k d p (descent k q p) = - (4%:R * k%:R * variance k d p q).
Proof.
move=> mass; rewrite /spread_rate /descent variance_by_coordinates; to_field.
under [LHS]sum_ext => i _ do rewrite sum_exchange.
rewrite [LHS]sum_exchange -sum_mull -sum_neg; apply: sum_ext => c _.
rewrite pair_products; set m := mixture k q p c.
have still : sum k (fun j => - ((1 + 1) * q j * (p j c - m))) = 0.
  have term j : - ((1 + 1) * q j * (p j c - m)) = - 2%:R * (q j * p j c) + 2%:R * m * q j by ring.
  by under [LHS]sum_ext => j _ do rewrite term; rewrite sum_add !sum_mull mass -/(mixture k q p c) -/m; ring.
have work : sum k (fun j => p j c * - ((1 + 1) * q j * (p j c - m))) =
    - 2%:R * sum k (fun j => q j * ((p j c - m) * (p j c - m))).
  have term j : p j c * - ((1 + 1) * q j * (p j c - m)) =
      - 2%:R * (q j * ((p j c - m) * (p j c - m))) + m * - ((1 + 1) * q j * (p j c - m)) by ring.
  by under [LHS]sum_ext => j _ do rewrite term; rewrite sum_add !sum_mull still mulr0 addr0.
rewrite still work; move: (sum k _) (sum k (fun i => p i c)) => s t; by ring.
Qed.

(** claim: ddcl.proposition6.mechanism/stopped/decreases-v
    value: - variance_rate k d q p (descent k q p)
    compared: 197ef5ea9ac3-a5be7d95289d *)
Theorem fall_of_v k d p q : 0 <= - variance_rate k d q p (descent k q p).
Proof.
rewrite -sum_neg; apply: sum_ge0 => j _; rewrite -sum_neg; apply: sum_ge0 => c _; rewrite /descent; to_field.
have -> : - ((1 + 1) * q j * (p j c - mixture k q p c) * - ((1 + 1) * q j * (p j c - mixture k q p c))) =
    ((1 + 1) * q j * (p j c - mixture k q p c)) ^+ 2 by ring.
exact: sqr_ge0.
Qed.

End Mechanism.
