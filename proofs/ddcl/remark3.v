(** Remark 3: k lambda_sep (for a sum over i < j) is the threshold of lambda_P at which E ceases to be coercive in P. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import definitions remark3_definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Remark3.
Variable R : realFieldType.
Implicit Types (n k d : nat) (p z q : nat -> nat -> R) (sep weight c : R).

Lemma number_eq k : number k = k%:R :> R.
Proof. by elim: k => [|k IH] //=; to_field; rewrite IH -mulrSr. Qed.

(** sum_(i<j) (x_i - x_j)^2 = k sum x_j^2 - (sum x_j)^2 *)
Lemma pairs_in_one_coordinate k (x : nat -> R) :
  sum k (fun j => sum j (fun i => square (x i - x j))) = k%:R * sum k (fun j => square (x j)) - square (sum k x).
Proof.
elim: k => [|k IH]; first by to_field; rewrite /sum /=; ring.
rewrite !sumS IH mulrSr.
have row : sum k (fun i => square (x i - x k)) = sum k (fun i => square (x i)) - 2%:R * x k * sum k x + k%:R * square (x k).
  have term i : square (x i - x k) = square (x i) - 2%:R * x k * x i + square (x k) by to_field; ring.
  under [LHS]sum_ext => i _ do rewrite term.
  by rewrite sum_add sum_sub sum_mull sum_const.
rewrite row; to_field; move: (sum k _) (sum k x) => s t; by ring.
Qed.

Lemma pair_spread_eq k d p :
  pair_spread k d p = k%:R * frobenius2 k d p - sum d (fun a => square (sum k (fun j => p j a))).
Proof.
rewrite /pair_spread /frobenius2 /distance2 /norm2.
under [LHS]sum_ext => j _ do rewrite sum_exchange.
rewrite [LHS]sum_exchange [X in _ = _ * X - _]sum_exchange -sum_mull -sum_sub; apply: sum_ext => a _.
exact: pairs_in_one_coordinate.
Qed.

Lemma pair_spread_le k d p : pair_spread k d p <= k%:R * frobenius2 k d p.
Proof. by rewrite pair_spread_eq ler_subl_addr ler_addl; apply: sum_ge0 => a _; exact: sqr_ge0. Qed.

Lemma frobenius2_gt0 k d p j a : (j < k)%N -> (a < d)%N -> p j a != 0 -> 0 < frobenius2 k d p.
Proof.
move=> lt_jk lt_ad nonzero.
have norm0 i : 0 <= norm2 d (p i) by apply: sum_ge0 => b _; exact: sqr_ge0.
apply: lt_le_trans (sum_ge_term (f := fun i => norm2 d (p i)) lt_jk (fun i _ => norm0 i)).
apply: lt_le_trans (sum_ge_term (f := fun b => square (p j b)) lt_ad _); last by move=> b _; exact: sqr_ge0.
by rewrite lt_def mulf_neq0 //= sqr_ge0.
Qed.

(** Above the threshold the energy grows along every ray. *)
Lemma coercive n k d p q sep weight c j a : (forall m i, (m < n)%N -> (i < k)%N -> 0 <= q m i) -> 0 <= sep -> 0 <= c ->
  k%:R * c * sep < weight -> (j < k)%N -> (a < d)%N -> p j a != 0 -> 0 < growth n k d p q sep weight c.
Proof.
move=> q0 sep0 c0 above lt_jk lt_ad nonzero; have P0 := frobenius2_gt0 lt_jk lt_ad nonzero.
have data : 0 <= sum n (fun m => sum k (fun i => q m i * norm2 d (p i))).
  apply: sum_ge0 => m lt_mn; apply: sum_ge0 => i lt_ik; apply: mulr_ge0; first exact: q0.
  by apply: sum_ge0 => b _; exact: sqr_ge0.
rewrite /growth; to_field; rewrite -addrA; apply: ltr_paddl => //; rewrite addrC subr_gt0 mulrA.
apply: le_lt_trans (ler_wpmul2l (mulr_ge0 sep0 c0) (pair_spread_le k d p)) _.
by rewrite mulrA ltr_pmul2r // [_ * k%:R]mulrC [sep * c]mulrC mulrA.
Qed.

(** claim: ddcl.remark3/unordered/suffices
    value: growth n k d p q sep weight 1
    compared: 056428105f92-35464c1d227b *)
Theorem coercive_unordered n k d p q sep weight j a : (forall m i, (m < n)%N -> (i < k)%N -> 0 <= q m i) -> 0 <= sep ->
  k%:R * sep < weight -> (j < k)%N -> (a < d)%N -> p j a != 0 -> 0 < growth n k d p q sep weight 1.
Proof. by move=> q0 sep0 above; apply: coercive; rewrite ?mulr1 ?ler01. Qed.

(** claim: ddcl.remark3/ordered/suffices
    value: growth n k d p q sep weight 2
    compared: cf51fe049f4a-79d547de88f2 *)
Theorem coercive_ordered n k d p q sep weight j a : (forall m i, (m < n)%N -> (i < k)%N -> 0 <= q m i) -> 0 <= sep ->
  2%:R * k%:R * sep < weight -> (j < k)%N -> (a < d)%N -> p j a != 0 -> 0 < growth n k d p q sep weight 2%:R.
Proof. by move=> q0 sep0 above; apply: coercive; rewrite ?[k%:R * _]mulrC ?ler0n. Qed.

(** claim: ddcl.remark3/mean/suffices
    value: growth n k d p q sep weight (mean_weight k)
    compared: d999aa8312ee-74d8aa22b8c0 *)
Theorem coercive_mean n k d p q sep weight j a : (forall m i, (m < n)%N -> (i < k)%N -> 0 <= q m i) -> 0 <= sep -> (1 < k)%N ->
  2%:R / k.-1%:R * sep < weight -> (j < k)%N -> (a < d)%N -> p j a != 0 ->
  0 < growth n k d p q sep weight (mean_weight k).
Proof.
move=> q0 sep0 k1 above; have weight_eq : mean_weight k = 2%:R / (k%:R * k.-1%:R) :> R.
  by rewrite /mean_weight !number_eq minusE subn1.
have nonzero : k%:R != 0 :> R by rewrite pnatr_eq0 -lt0n (ltn_trans _ k1).
apply: coercive => //; rewrite weight_eq; first by rewrite divr_ge0 ?mulr_ge0 ?ler0n.
have nonzero1 : k.-1%:R != 0 :> R by rewrite pnatr_eq0 -lt0n -subn1 subn_gt0.
by have -> : k%:R * (2%:R / (k%:R * k.-1%:R)) = 2%:R / k.-1%:R :> R by field; rewrite nonzero nonzero1.
Qed.

(** At or below it, with all samples on one prototype, the energy does not rise along a ray of the others. *)
Lemma fall_ge0 n k d z p sep weight c : (2 < k)%N -> weight <= k%:R * c * sep ->
  energy n k d z (recentred k p) all_first sep weight c <= energy n k d z (fun _ _ => 0) all_first sep weight c.
Proof.
case: k => [|k] // k2 below; have k_neq0 : k%:R != 0 :> R by rewrite pnatr_eq0; move: k2; clear; case: k.
have same m p' : (forall a, p' 0%N a = 0) -> quantization k.+1 d (z m) p' (all_first m) = norm2 d (z m) :> R.
  move=> first; rewrite /quantization /all_first.
  have term j : ((if Nat.eqb j 0 then 1 else 0) * distance2 d (z m) (p' j))%A =
      if Nat.eqb 0 j then distance2 d (z m) (p' 0%N) else 0.
    by case: j => [|j]; to_field; rewrite ?mul1r ?mul0r.
  under [LHS]sum_ext => j _ do rewrite term.
  by rewrite sum_indicator //; apply: sum_ext => a _; rewrite first; to_field; rewrite subr0.
rewrite /energy; to_field.
rewrite (sum_ext (fun m _ => same m _ (fun a => erefl))) (sum_ext (fun m _ => same m _ (fun a => erefl))).
rewrite !pair_spread_eq -!addrA ler_add2l.
have no_sum a : sum k.+1 (fun j => recentred k.+1 p j a) = 0.
  have -> : sum k.+1 (fun j => recentred k.+1 p j a) = sum k (fun i => recentred k.+1 p i.+1 a).
    by rewrite !sum_bigop big_ord_recl /= add0r.
  rewrite /recentred minusE subn1 /= sum_sub sum_const number_eq; to_field.
  by rewrite sum_mulr mulrCA mulfV // mulr1 subrr.
have -> : sum d (fun a => square (sum k.+1 (fun j => recentred k.+1 p j a))) = 0.
  by apply: sum_all0 => a _; rewrite no_sum; to_field; rewrite mul0r.
have -> : frobenius2 k.+1 d (fun _ _ => 0 : R) = 0.
  by apply: sum_all0 => j _; apply: sum_all0 => a _; to_field; rewrite mul0r.
have -> : sum d (fun a => square (sum k.+1 (fun=> 0 : R))) = 0.
  by apply: sum_all0 => a _; rewrite sum_zero; to_field; rewrite mul0r.
rewrite !mulr0 !subr0 !mulr0 oppr0 addr0 addrC subr_le0.
have P0 : 0 <= frobenius2 k.+1 d (recentred k.+1 p).
  by apply: sum_ge0 => j _; apply: sum_ge0 => a _; exact: sqr_ge0.
move: (frobenius2 _ _ _) P0 => F F0.
have -> : sep * (c * (k.+1%:R * F)) = k.+1%:R * c * sep * F by ring.
exact: ler_wpmul2r.
Qed.

(** claim: ddcl.remark3/unordered/sharp
    value: energy n k d z (fun _ _ => 0) all_first sep weight 1 - energy n k d z (recentred k p) all_first sep weight 1
    compared: 1304afc55635-28177b9b49a8 *)
Theorem sharp_unordered n k d z p sep weight : (2 < k)%N -> weight <= k%:R * sep ->
  energy n k d z (recentred k p) all_first sep weight 1 <= energy n k d z (fun _ _ => 0) all_first sep weight 1.
Proof. by move=> k2 below; apply: fall_ge0; rewrite ?mulr1. Qed.

(** claim: ddcl.remark3/ordered/sharp
    value: energy n k d z (fun _ _ => 0) all_first sep weight 2 - energy n k d z (recentred k p) all_first sep weight 2
    compared: dd28c6439e18-a56e529d62db *)
Theorem sharp_ordered n k d z p sep weight : (2 < k)%N -> weight <= 2%:R * k%:R * sep ->
  energy n k d z (recentred k p) all_first sep weight 2%:R <= energy n k d z (fun _ _ => 0) all_first sep weight 2%:R.
Proof. by move=> k2 below; apply: fall_ge0; rewrite // [k%:R * _]mulrC. Qed.

End Remark3.
