(** Proposition 2: the variance of the negatives against that of the positives, for given centres of one length. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.secu Require Import proposition2_definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Proposition2.
Variable R : realFieldType.
Implicit Types (k d n : nat) (mu x : nat -> nat -> R) (q : nat -> R).

Lemma number_natr n : number n = n%:R :> R.
Proof. by elim: n => [|n /= ->] //; to_field; rewrite mulrSr. Qed.

Lemma length2_ge0 d (v : nat -> R) : 0 <= length2 d v.
Proof. by apply: sum_ge0 => a _; exact: sqr_ge0. Qed.

(** claim: secu.proposition2/independent/variances
    value: spread n d q x - 1 + length2 d (mean n q x)
    compared: 406546fe157e-a0811c06014c *)
Theorem variance_of_unit_instances n d q x : simplex n q -> (forall l, (l < n)%N -> length2 d (x l) = 1) ->
  spread n d q x = 1 - length2 d (mean n q x).
Proof.
move=> [_ mass] unit; pose m := @mean R (field_arithmetic R) n q x.
have row l : (l < n)%N -> q l * length2 d (fun a => x l a - m a) =
    q l * (1 + length2 d m) - sum d (fun a => 2%:R * m a * (q l * x l a)).
  move=> lt_ln; rewrite -[X in q l * (X + _)](unit l lt_ln) /length2 -sum_add -!sum_mull -sum_sub; apply: sum_ext => a _.
  by to_field; ring.
rewrite /spread (sum_ext row) sum_sub sum_mulr mass mul1r sum_exchange.
have -> : sum d (fun a => sum n (fun l => 2%:R * m a * (q l * x l a))) = 2%:R * length2 d m.
  by rewrite /length2 -sum_mull; apply: sum_ext => a _; rewrite sum_mull -/(mean n q x a) -/(m a) -mulrA.
by rewrite -/m; move: (length2 d m) => l; ring.
Qed.

Lemma sum_first n (f : nat -> R) : sum n.+1 f = f 0%N + sum n (fun i => f i.+1).
Proof. by rewrite !sum_bigop big_ord_recl. Qed.

(** claim: secu.proposition2/zero-sum/ratio/amended
    value: variance_negative k d mu - 1 + length2 d (mu 0%nat) / square (number (pred k))
    compared: 0d8da6b39c39-79cc38c9735e *)
Theorem balanced k d mu : (1 < k)%N -> (forall a, (a < d)%N -> sum k (mu^~ a) = 0) ->
  (forall j, (j < k)%N -> length2 d (mu j) = length2 d (mu 0%N)) -> length2 d (mu 0%N) < 1 ->
  variance_negative k d mu = 1 - length2 d (mu 0%N) / square (number k.-1).
Proof.
case: k => // k k1 zero _ _; rewrite /variance_negative; congr (1 - _ / _); apply: sum_ext => a lt_ad.
have := zero a lt_ad; rewrite sum_first => /eqP; rewrite addrC addr_eq0 => /eqP total.
by rewrite /others_sum /= total /square; to_field; rewrite mulrNN.
Qed.

(** n sum |v_i|^2 - |sum v_i|^2 = sum over pairs of |v_i - v_l|^2. *)
Lemma lagrange n d (v : nat -> nat -> R) :
  n%:R * sum n (fun i => length2 d (v i)) - length2 d (fun a => sum n (v^~ a)) =
  sum n (fun l => sum l (fun i => length2 d (fun a => v i a - v l a))).
Proof.
elim: n => [|n IH].
  by rewrite /= mul0r sub0r; apply/eqP; rewrite oppr_eq0; apply/eqP/sum_all0 => a _; to_field; rewrite mulr0.
rewrite [RHS]sumS -IH !sumS /length2; to_field.
have row i : sum d (fun a => (v i a - v n a) * (v i a - v n a)) =
    sum d (fun a => v i a * v i a) - sum d (fun a => 2%:R * (v i a * v n a)) + sum d (fun a => v n a * v n a).
  by rewrite -sum_sub -sum_add; apply: sum_ext => a _; ring.
under [X in _ = _ + X]sum_ext => i _ do rewrite row.
rewrite sum_add sum_sub sum_const [X in _ - X + _]sum_exchange.
have -> : sum d (fun a => (sum n (v^~ a) + v n a) * (sum n (v^~ a) + v n a)) =
    sum d (fun a => sum n (v^~ a) * sum n (v^~ a)) + sum d (fun a => sum n (fun i => 2%:R * (v i a * v n a))) +
    sum d (fun a => v n a * v n a).
  rewrite -!sum_add; apply: sum_ext => a _; rewrite sum_mull sum_mulr; move: (sum n _) => s; ring.
rewrite mulrSr; move: (sum n _) (sum d _) (sum d _) (sum d _) => s1 s2 s3 s4; ring.
Qed.

Lemma number_pred_neq0 k : (1 < k)%N -> number k.-1 != 0 :> R.
Proof. by case: k => [|[|k]] // _; rewrite number_natr pnatr_eq0. Qed.

(** claim: secu.proposition2/any/ratio/amended
    value: square (number (pred k)) * (variance_negative k d mu - 1 + length2 d (mu 0%nat)) - pair_spread k d mu
    compared: 647e8b6d510a-048b1581e77c *)
Theorem spread_of_others k d mu : (1 < k)%N -> (forall j, (j < k)%N -> length2 d (mu j) = length2 d (mu 0%N)) ->
  length2 d (mu 0%N) < 1 ->
  variance_negative k d mu = variance_positive d mu + pair_spread k d mu / square (number k.-1).
Proof.
move=> k1 lengths _; have := lagrange k.-1 d (fun j => mu j.+1); rewrite -/(pair_spread k d mu).
rewrite (@sum_ext _ _ _ (fun=> length2 d (mu 0%N))) => [|j lt_j]; last first.
  by apply: lengths; rewrite -(prednK (ltnW k1)) ltnS.
rewrite sum_const -number_natr -/(others_sum k mu) => <-.
rewrite /variance_negative /variance_positive /square; have := number_pred_neq0 k1; to_field.
by move: (number _) (length2 _ _) (length2 _ _) => N a b N0; field.
Qed.

(** claim: secu.proposition2/any/remark/amended
    value: variance_negative k d mu - variance_positive d mu
    compared: 704ab6a1a87b-eff92a8704ff *)
Theorem never_smaller k d mu : (1 < k)%N -> (forall j, (j < k)%N -> length2 d (mu j) = length2 d (mu 0%N)) ->
  length2 d (mu 0%N) < 1 -> variance_positive d mu <= variance_negative k d mu.
Proof.
move=> k1 lengths inside; rewrite (spread_of_others k1 lengths inside) ler_addl divr_ge0 //; last exact: sqr_ge0.
by apply: sum_ge0 => l _; apply: sum_ge0 => i _; exact: length2_ge0.
Qed.

(** claim: secu.proposition2/any/order
    claim: secu.proposition2/zero-sum/order
    value: variance_positive d mu / (1 - length2 d (mu 0%nat)) - variance_negative k d mu
    compared: 0ad627c76941-795651e1a4fd *)
Theorem order k d mu : length2 d (mu 0%N) < 1 ->
  variance_negative k d mu <= variance_positive d mu / (1 - length2 d (mu 0%N)).
Proof.
move=> inside; rewrite /variance_positive divff ?subr_eq0 ?gt_eqF //.
by rewrite /variance_negative ler_subl_addr ler_addl divr_ge0 ?length2_ge0 //; exact: sqr_ge0.
Qed.

(** Centres on a line, at 1/2 and at -1/2. *)
Let halves (j a : nat) : R := if (j < 2)%N then 2%:R^-1 else - 2%:R^-1.

(** claim: secu.proposition2/zero-sum/ratio
    role: refutes
    value: variance_negative k d mu - printed_ratio k d mu * (1 - length2 d (mu 0%nat))
    witness: {"mu": [["1/2"], ["1/2"], ["-1/2"], ["-1/2"]], "M": "1/4"}
    compared: 0a931404bb35-e1f1a2038543 *)
Theorem ratio_refuted_balanced : ~ (forall k d mu, (1 < k)%N ->
  (forall j, (j < k)%N -> length2 d (mu j) = length2 d (mu 0%N)) ->
  (forall a, (a < d)%N -> sum k (mu^~ a) = 0) -> length2 d (mu 0%N) < 1 ->
  variance_negative k d mu = printed_ratio k d mu * variance_positive d mu).
Proof.
move/(_ 4%N 1%N halves isT) => claimed.
have f2 : 2%:R != 0 :> R by rewrite pnatr_eq0.
suff : 1 / 18%:R = 0 :> R by apply/eqP; rewrite mulf_neq0 ?oner_eq0 ?invr_eq0 ?pnatr_eq0.
have -> : 1 / 18%:R = variance_negative 4 1 halves - printed_ratio 4 1 halves * variance_positive 1 halves.
  by rewrite /variance_negative /printed_ratio /variance_positive /others_sum /length2 /halves /square /=; to_field; field.
apply/eqP; rewrite subr_eq0; apply/eqP; apply: claimed.
- by case=> [|[|[|[|j]]]] // _; rewrite /length2 /halves /=; to_field; ring.
- by case=> [|a] // _; rewrite /halves /=; to_field; ring.
rewrite /length2 /halves /=; to_field; rewrite add0r -invfM -natrM.
by rewrite invf_lt1 ?ltr0n // ltr1n.
Qed.

(** claim: secu.proposition2/any/ratio
    role: refutes
    value: variance_negative k d mu - printed_ratio k d mu * (1 - length2 d (mu 0%nat))
    witness: {"mu": [["9/10"], ["9/10"], ["9/10"]], "M": 2}
    compared: 8348406fcc84-5d816dd1e63f *)
Theorem ratio_refuted : ~ (forall k d mu, (1 < k)%N ->
  (forall j, (j < k)%N -> length2 d (mu j) = length2 d (mu 0%N)) -> length2 d (mu 0%N) < 1 ->
  variance_negative k d mu = printed_ratio k d mu * variance_positive d mu).
Proof. by move=> claimed; apply: ratio_refuted_balanced => k d mu k1 lengths _; exact: claimed. Qed.

(** claim: secu.proposition2/zero-sum/remark
    role: refutes
    value: variance_negative k d mu - M * variance_positive d mu
    witness: {"mu": [["9/10"], ["-9/10"]], "M": 2}
    compared: 0b3fd0538e89-6d84625a5c59 *)
Theorem remark_refuted_balanced : ~ (forall k d mu (M : R), (1 < k)%N -> 0 < M ->
  (forall j, (j < k)%N -> length2 d (mu j) = length2 d (mu 0%N)) ->
  (forall a, (a < d)%N -> sum k (mu^~ a) = 0) -> length2 d (mu 0%N) < 1 ->
  M * variance_positive d mu <= 2%:R^-1 -> M * variance_positive d mu <= variance_negative k d mu).
Proof.
pose ends (j _ : nat) : R := if j is 0%N then 9%:R / 10%:R else - (9%:R / 10%:R).
move/(_ 2%N 1%N ends 2%:R isT) => claimed; have f10 : 10%:R != 0 :> R by rewrite pnatr_eq0.
have positive : @variance_positive R (field_arithmetic R) 1 ends = 19%:R / 100%:R.
  by rewrite /variance_positive /length2 /ends /square /=; to_field; field.
have negative : @variance_negative R (field_arithmetic R) 2 1 ends = 19%:R / 100%:R.
  by rewrite /variance_negative /others_sum /length2 /ends /square /=; to_field; field.
suff : 2%:R * (19%:R / 100%:R) <= 19%:R / 100%:R :> R.
  by rewrite ger_pmull ?divr_gt0 ?ltr0n // leNgt ltr1n.
rewrite -{1}positive -{1}negative; apply: claimed; rewrite ?ltr0n //.
- by case=> [|[|j]] // _; rewrite /length2 /ends /=; to_field; ring.
- by case=> [|a] // _; rewrite /ends /=; to_field; ring.
- have inside : 0 < variance_positive 1 ends by rewrite positive divr_gt0 ?ltr0n.
  by rewrite -subr_gt0; exact: inside.
rewrite positive -subr_ge0; have -> : 2%:R^-1 - 2%:R * (19%:R / 100%:R) = 12%:R / 100%:R :> R by field.
by rewrite divr_ge0 ?ler0n.
Qed.

End Proposition2.
