(** Corollary 1, the smallest constant: V <= m/(2(m+1)) D^2 with m = min(k - 1, d), for every k and d.

    With x_i = p_i - Pq, the mean of |p_i - p_j|^4 over two draws from q is at least 4 V^2 (1 + 1/d), as the covariance
    matrix of the x_i has d rows and the trace V; and it is at most D^2 times the mean of |p_i - p_j|^2, which is 2V. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import definitions corollary1 theorem1.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Sharp.
Variable R : realFieldType.
Implicit Types (k d n : nat) (q f : nat -> R) (p x : nat -> nat -> R).

(** The square of a sum of n numbers is at most n times the sum of their squares. *)
Lemma square_of_sum n f : sum n f ^+ 2 <= n%:R * sum n (fun i => f i ^+ 2).
Proof.
case: n => [|n]; first by rewrite !sum0 expr0n mul0r.
rewrite -subr_ge0 -(pmulr_rge0 _ (ltr0Sn R n)); set s := sum _ f.
have -> : n.+1%:R * (n.+1%:R * sum n.+1 (fun i => f i ^+ 2) - s ^+ 2) =
    sum n.+1 (fun i => (n.+1%:R * f i - s) ^+ 2).
  have term i : (n.+1%:R * f i - s) ^+ 2 = n.+1%:R ^+ 2 * f i ^+ 2 - 2%:R * n.+1%:R * s * f i + s ^+ 2 by ring.
  under [RHS]sum_ext => i _ do rewrite term.
  by rewrite sum_add sum_sub !sum_mull sum_const -/s; move: (sum _ _) => b; ring.
by apply: sum_ge0 => i _; exact: sqr_ge0.
Qed.

(** The second moment is at least the square of the mean. *)
Lemma square_of_mean k q f : simplex k q -> sum k (fun i => q i * f i) ^+ 2 <= sum k (fun i => q i * f i ^+ 2).
Proof.
move=> [q0 mass]; set m := sum _ _; rewrite -subr_ge0.
have -> : sum k (fun i => q i * f i ^+ 2) - m ^+ 2 = sum k (fun i => q i * (f i - m) ^+ 2).
  have term i : q i * (f i - m) ^+ 2 = q i * f i ^+ 2 - 2%:R * m * (q i * f i) + m ^+ 2 * q i by ring.
  under [RHS]sum_ext => i _ do rewrite term.
  by rewrite sum_add sum_sub !sum_mull mass -/m; move: (sum _ _) => b; ring.
by apply: sum_ge0 => i lt_ik; rewrite mulr_ge0 ?sqr_ge0 // q0.
Qed.

Section Centred.
Variables (k d : nat) (q : nat -> R) (x : nat -> nat -> R).
Hypothesis inside : simplex k q.
Hypothesis centred : forall c, (c < d)%N -> sum k (fun i => q i * x i c) = 0.

Let a i := sum d (fun c => x i c ^+ 2).
Let G i j := sum d (fun c => x i c * x j c).
Let M c e := sum k (fun i => q i * (x i c * x i e)).
Let V := sum k (fun i => q i * a i).

Lemma trace_of_moments : sum d (fun c => M c c) = V.
Proof.
rewrite /M /V /a sum_exchange; apply: sum_ext => i _.
by rewrite -sum_mull; apply: sum_ext => c _; rewrite expr2.
Qed.

Lemma products_vanish i : sum k (fun j => q j * G i j) = 0.
Proof.
rewrite /G; under sum_ext => j _ do rewrite -sum_mull.
rewrite sum_exchange; apply: sum_all0 => c lt_cd.
under sum_ext => j _ do rewrite mulrCA.
by rewrite sum_mull centred // mulr0.
Qed.

(** The mean square of the inner products of two draws is the sum of the squares of the second moments. *)
Lemma squared_products : sum k (fun i => sum k (fun j => q i * q j * G i j ^+ 2)) = sum d (fun c => sum d (fun e => M c e ^+ 2)).
Proof.
have row i j : q i * q j * G i j ^+ 2 = sum d (fun c => sum d (fun e => (q i * (x i c * x i e)) * (q j * (x j c * x j e)))).
  rewrite expr2 /G sum_product -sum_mull; apply: sum_ext => c _; rewrite -sum_mull; apply: sum_ext => e _; by ring.
under [LHS]sum_ext => i _ do under sum_ext => j _ do rewrite row.
under [LHS]sum_ext => i _ do rewrite sum_exchange.
rewrite sum_exchange; apply: sum_ext => c _.
under [LHS]sum_ext => i _ do rewrite sum_exchange.
rewrite sum_exchange; apply: sum_ext => e _.
by rewrite expr2 /M sum_product.
Qed.

Lemma moments_bound : V ^+ 2 <= d%:R * sum k (fun i => sum k (fun j => q i * q j * G i j ^+ 2)).
Proof.
rewrite squared_products -trace_of_moments; apply: le_trans (square_of_sum _ _) _.
apply: ler_wpmul2l; first exact: ler0n.
apply: sum_le => c lt_cd.
by apply: (sum_ge_term (f := fun e => M c e ^+ 2)) lt_cd _ => e _; exact: sqr_ge0.
Qed.

Lemma fourth_moment : sum k (fun i => sum k (fun j => q i * q j * (a i + a j - 2%:R * G i j) ^+ 2)) =
  2%:R * sum k (fun i => q i * a i ^+ 2) + 2%:R * V ^+ 2 + 4%:R * sum k (fun i => sum k (fun j => q i * q j * G i j ^+ 2)).
Proof.
have [_ mass] := inside.
have symmetric i j : G j i = G i j by apply: sum_ext => c _; rewrite mulrC.
have row i : sum k (fun j => q i * q j * (a i + a j - 2%:R * G i j) ^+ 2) =
    q i * a i ^+ 2 + sum k (fun j => q j * a j ^+ 2) * q i + 2%:R * V * (q i * a i)
    + 4%:R * sum k (fun j => q i * q j * G i j ^+ 2) - 4%:R * sum k (fun j => (q j * a j) * (q i * G j i)).
  have term j : q i * q j * (a i + a j - 2%:R * G i j) ^+ 2 =
     q i * a i ^+ 2 * q j + q i * (q j * a j ^+ 2) + 2%:R * (q i * a i) * (q j * a j)
     + 4%:R * (q i * q j * G i j ^+ 2) - 4%:R * ((q j * a j) * (q i * G j i)) - 4%:R * (q i * a i) * (q j * G i j).
    by rewrite symmetric; ring.
  under [LHS]sum_ext => j _ do rewrite term.
  rewrite !sum_sub !sum_add !sum_mull products_vanish mass -/V.
  by move: (sum k _) (sum k _) (sum k _) => s t u; ring.
under [LHS]sum_ext => i _ do rewrite row.
rewrite sum_sub !sum_add !sum_mull -/V.
have -> : sum k (fun i => sum k (fun j => (q j * a j) * (q i * G j i))) = 0.
  rewrite sum_exchange; apply: sum_all0 => j _; by rewrite sum_mull products_vanish mulr0.
by rewrite mass; move: (sum k _) (sum k _) => s t; ring.
Qed.

Lemma fourth_moment_bound : 4%:R * d.+1%:R * V ^+ 2 <=
  d%:R * sum k (fun i => sum k (fun j => q i * q j * (a i + a j - 2%:R * G i j) ^+ 2)).
Proof.
have := moments_bound; have := square_of_mean a inside; rewrite -/V fourth_moment -[d.+1]addn1 natrD.
move: (sum k _) (sum k _) (ler0n R d) => t s d0 s0 t0.
rewrite -subr_ge0.
have -> : d%:R * (2%:R * s + 2%:R * V ^+ 2 + 4%:R * t) - 4%:R * (d%:R + 1%:R) * V ^+ 2 =
  2%:R * (d%:R * (s - V ^+ 2)) + 4%:R * (d%:R * t - V ^+ 2) :> R by ring.
by apply: addr_ge0; apply: mulr_ge0; rewrite ?ler0n ?subr_ge0 // mulr_ge0 // subr_ge0.
Qed.

End Centred.

(** V <= d/(2(d+1)) D^2 *)
Theorem by_dimension k d p q (D2 : R) : simplex k q -> within k d p D2 -> variance k d p q <= d%:R / (2 * d.+1)%:R * D2.
Proof.
move=> inside near; have [q0 mass] := inside; have D0 := within_ge0 inside near.
have V0 : 0 <= variance k d p q.
  apply: sum_ge0 => j lt_jk; apply: mulr_ge0; first exact: q0.
  by apply: sum_ge0 => c _; exact: sqr_ge0.
pose m := @mixture R (field_arithmetic R) k q p; pose x i c := p i c - m c.
have centred c : (c < d)%N -> sum k (fun i => q i * x i c) = 0.
  move=> _; under sum_ext => i _ do rewrite /x mulrBr.
  by rewrite sum_sub sum_mulr mass mul1r subrr.
have distance_eq i j : distance2 d (p i) (p j) =
    sum d (fun c => x i c ^+ 2) + sum d (fun c => x j c ^+ 2) - 2%:R * sum d (fun c => x i c * x j c).
  by rewrite /distance2 /norm2 -sum_mull -sum_add -sum_sub; apply: sum_ext => c _; rewrite /x; to_field; ring.
have V_eq : variance k d p q = sum k (fun i => q i * sum d (fun c => x i c ^+ 2)).
  by apply: sum_ext => i _; to_field; congr (_ * _); apply: sum_ext => c _; rewrite expr2.
have := fourth_moment_bound inside centred; rewrite -V_eq => lower.
have upper : sum k (fun i => sum k (fun j => q i * q j * distance2 d (p i) (p j) ^+ 2)) <= 2%:R * variance k d p q * D2.
  rewrite (@pairwise R k d p q mass) mulrA mulfV ?pnatr_eq0 // mul1r -sum_mulr.
  apply: sum_le => i lt_ik; rewrite -sum_mulr; apply: sum_le => j lt_jk.
  rewrite expr2 mulrA; apply: ler_wpmul2l; last exact: near.
  by rewrite !mulr_ge0 ?q0 //; apply: sum_ge0 => c _; exact: sqr_ge0.
have both : 4%:R * d.+1%:R * variance k d p q ^+ 2 <= d%:R * (2%:R * variance k d p q * D2).
  apply: le_trans lower _; apply: ler_wpmul2l; first exact: ler0n.
  apply: le_trans upper; rewrite le_eqVlt; apply/orP; left; apply/eqP.
  by apply: sum_ext => i _; apply: sum_ext => j _; rewrite distance_eq.
have [->|V_neq0] := eqVneq (variance k d p q) 0.
  by rewrite !mulr_ge0 ?ler0n // invr_ge0 ler0n.
have Vpos : 0 < variance k d p q by rewrite lt_def V_neq0.
rewrite mulrAC ler_pdivl_mulr ?ltr0n ?muln_gt0 // natrM.
rewrite -(ler_pmul2r Vpos) -(ler_pmul2l (ltr0Sn R 1)).
have -> : 2%:R * (variance k d p q * (2%:R * d.+1%:R) * variance k d p q) = 4%:R * d.+1%:R * variance k d p q ^+ 2 by ring.
have -> : 2%:R * (d%:R * D2 * variance k d p q) = d%:R * (2%:R * variance k d p q * D2) by ring.
exact: both.
Qed.

(** claim: ddcl.corollary1/sharp/bound
    claim: ddcl.corollary1/quarter/bound/amended
    value: (let m := Nat.min (k - 1) d in (Z.of_nat m # Pos.of_nat (2 * (m + 1)))) *
           largest (concat (entries k (fun i => entries k (fun j => distance2 d (p i) (p j))))) - variance k d p q
    compared: 3cde750a0be1-072dfbb7d636 *)
Theorem sharp k d p q (D2 : R) : simplex k q -> within k d p D2 -> (0 < k)%N ->
  let m := minn k.-1 d in variance k d p q <= m%:R / (2 * m.+1)%:R * D2.
Proof.
move=> inside near k0; rewrite /minn; case: ifP => _ /=; last exact: by_dimension.
by rewrite prednK //; exact: by_count.
Qed.

End Sharp.
