(** Corollary 6: a unique KKT point exists and does not attract; it is a total collapse, from which E falls. *)
From Coq Require Import QArith List.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions collapse_definitions remark3_definitions corollary6_definitions.

(** claim: ddcl.corollary6/positive/stable
    role: refutes
    value: line_energy p q sep weight - line_energy (fun _ => 1 / (1 + 2 * weight)) (fun _ => 1 / 2) sep weight
    witness: {"p": [1, "-1/3"], "q": [1, 0], "weight": 1, "sep": 1}
    compared: 791acb02d3d7-bc5c6f0f88b0 *)
Theorem lower_than_the_kkt_point : exists p q sep weight,
  (0 < sep /\ 0 < weight /\ 1 + 2 * weight < 4 * sep /\ 0 <= q 0%nat /\ 0 <= q 1%nat /\ q 0%nat + q 1%nat == 1)%Q /\
  (~ line_energy (fun _ => 1 / (1 + 2 * weight)) (fun _ => 1 / 2) sep weight <= line_energy p q sep weight)%Q.
Proof.
  exists (vector [1; - (1 # 3)]%Q), (vector [1; 0]%Q), 1%Q, 1%Q; repeat split; vm_compute; (congruence || auto).
Qed.

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import remark3.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Line.
Variable R : realFieldType.
Variables (p q : nat -> R) (sep weight : R).
Hypotheses (weight0 : 0 < weight) (regime : 1 + 2%:R * weight < 4%:R * sep).
Hypotheses (q00 : 0 <= q 0%N) (q10 : 0 <= q 1%N) (mass : q 0%N + q 1%N = 1).
Hypotheses (pull0 : line_pull p q sep weight 0 = 0) (pull1 : line_pull p q sep weight 1 = 0).
Hypotheses (gap0 : 0 <= line_gap p q 0) (gap1 : 0 <= line_gap p q 1).

Lemma pull0_eq : q 0%N * (p 0%N - 1) + weight * p 0%N - sep * (p 0%N - p 1%N) = 0.
Proof. exact: pull0. Qed.

Lemma pull1_eq : q 1%N * (p 1%N - 1) + weight * p 1%N - sep * (p 1%N - p 0%N) = 0.
Proof. exact: pull1. Qed.

(** No vertex is stationary there: the assigned prototype is the farther one. *)
Lemma no_vertex (x y : R) : x - 1 + weight * x - sep * (x - y) = 0 -> weight * y - sep * (y - x) = 0 ->
  0 <= (y - 1) * (y - 1) - (x - 1) * (x - 1) -> False.
Proof.
move=> ex ey near; pose D := weight * (1 + weight) - sep * (1 + 2%:R * weight).
have Dx : D * (1 - x) = weight * (weight - 2%:R * sep).
  have -> : D * (1 - x) = weight * (weight - 2%:R * sep) - ((weight - sep) * (x - 1 + weight * x - sep * (x - y)) -
    sep * (weight * y - sep * (y - x))) by rewrite /D; ring.
  by rewrite ex ey !mulr0 subrr subr0.
have Dy : D * (1 - y) = weight * (1 + weight - 2%:R * sep).
  have -> : D * (1 - y) = weight * (1 + weight - 2%:R * sep) - ((1 + weight - sep) * (weight * y - sep * (y - x)) -
    sep * (x - 1 + weight * x - sep * (x - y))) by rewrite /D; ring.
  by rewrite ex ey !mulr0 subrr subr0.
have : 0 <= (D * (1 - y)) ^+ 2 - (D * (1 - x)) ^+ 2.
  have -> : (D * (1 - y)) ^+ 2 - (D * (1 - x)) ^+ 2 = D ^+ 2 * ((y - 1) * (y - 1) - (x - 1) * (x - 1)) by ring.
  by rewrite mulr_ge0 // sqr_ge0.
rewrite Dx Dy.
have -> : (weight * (1 + weight - 2%:R * sep)) ^+ 2 - (weight * (weight - 2%:R * sep)) ^+ 2 =
    - (weight ^+ 2 * (4%:R * sep - (1 + 2%:R * weight))) by ring.
by rewrite oppr_ge0 leNgt mulr_gt0 ?exprn_gt0 // subr_gt0.
Qed.

(** claim: ddcl.corollary6/positive/premise
    value: [(1 + 2 * weight) * p 0%nat - 1; (1 + 2 * weight) * p 1%nat - 1; q 0%nat - q 1%nat]
    compared: 625b31421472-bbf13ceaa597 *)
Theorem one_kkt_point : [/\ (1 + 2%:R * weight) * p 0%N = 1, (1 + 2%:R * weight) * p 1%N = 1 & q 0%N = q 1%N].
Proof.
have e0 := pull0_eq; have e1 := pull1_eq.
have [zero0|some0] := eqVneq (q 0%N) 0.
  have one1 : q 1%N = 1 by rewrite -mass zero0 add0r.
  case: (@no_vertex (p 1%N) (p 0%N)); first by rewrite -[RHS]e1 one1 mul1r.
    by rewrite -[RHS]e0 zero0 mul0r add0r.
  by move: gap1; rewrite /line_gap one1; to_field; rewrite mul1r.
have [zero1|some1] := eqVneq (q 1%N) 0.
  have one0 : q 0%N = 1 by rewrite -mass zero1 addr0.
  case: (@no_vertex (p 0%N) (p 1%N)); first by rewrite -[RHS]e0 one0 mul1r.
    by rewrite -[RHS]e1 zero1 mul0r add0r.
  by move: gap0; rewrite /line_gap one0; to_field; rewrite mul1r.
have equal : (p 0%N - p 1%N) * (p 0%N + p 1%N - 2%:R) = 0.
  have pos0 : 0 < q 0%N by rewrite lt_def some0.
  have pos1 : 0 < q 1%N by rewrite lt_def some1.
  move: gap0 gap1; rewrite /line_gap; to_field; rewrite !pmulr_rge0 // subr_ge0 => le01; rewrite subr_ge0 => le10.
  have : (p 0%N - 1) * (p 0%N - 1) = (p 1%N - 1) * (p 1%N - 1) by apply/eqP; rewrite eq_le le01 le10.
  move/eqP; rewrite -subr_eq0 => /eqP same; rewrite -[RHS]same; ring.
have wide : 1 + 2%:R * weight != 0 by rewrite gt_eqF // addr_gt0 ?ltr01 // mulr_gt0 ?ltr0n.
move/eqP: equal; rewrite mulf_eq0 => /orP [] /eqP.
  move/eqP; rewrite subr_eq0 => /eqP same.
  have total : (1 + 2%:R * weight) * p 0%N = 1.
    have : q 0%N * (p 0%N - 1) + weight * p 0%N - sep * (p 0%N - p 1%N) +
      (q 1%N * (p 1%N - 1) + weight * p 1%N - sep * (p 1%N - p 0%N)) = 0 by rewrite e0 e1 addr0.
    rewrite -same !subrr !mulr0 !subr0 => sum0; apply/eqP; rewrite -subr_eq0; apply/eqP; rewrite -[RHS]sum0.
    have -> : q 1%N = 1 - q 0%N by rewrite -mass addrC addKr.
    ring.
  split; rewrite -?same //.
  have off : p 0%N - 1 != 0.
    apply/negP; rewrite subr_eq0 => /eqP one; have : 2%:R * weight = 0.
      by rewrite -[RHS](subrr (1 : R)) -[X in _ = X - _]total one; ring.
    by apply/eqP; rewrite mulf_neq0 ?pnatr_eq0 // gt_eqF.
  have : (q 0%N - q 1%N) * (p 0%N - 1) = 0.
    have : q 0%N * (p 0%N - 1) + weight * p 0%N - sep * (p 0%N - p 1%N) -
      (q 1%N * (p 1%N - 1) + weight * p 1%N - sep * (p 1%N - p 0%N)) = 0 by rewrite e0 e1 subr0.
    by rewrite -same !subrr !mulr0 !subr0 => <-; ring.
  by move/eqP; rewrite mulf_eq0 (negbTE off) orbF subr_eq0 => /eqP.
move=> mirrored; exfalso; pose m := p 0%N - 1.
have p0 : p 0%N = 1 + m by rewrite /m addrC subrK.
have p1 : p 1%N = 1 - m.
  apply/eqP; rewrite -subr_eq0; apply/eqP; rewrite -[RHS]mirrored /m; ring.
have q1 : q 1%N = 1 - q 0%N by rewrite -mass addrC addKr.
have : m * (1 + 2%:R * weight - 4%:R * sep) = 0.
  have : q 0%N * (p 0%N - 1) + weight * p 0%N - sep * (p 0%N - p 1%N) -
    (q 1%N * (p 1%N - 1) + weight * p 1%N - sep * (p 1%N - p 0%N)) = 0 by rewrite e0 e1 subr0.
  by rewrite p0 p1 q1 => <-; ring.
move/eqP; rewrite mulf_eq0 [X in _ || X]lt_eqF ?subr_lt0 // orbF => /eqP m0.
have : weight = 0; last by move/eqP; rewrite gt_eqF.
have := e0; rewrite p0 p1 m0 subr0 addr0 !subrr !mulr0 subr0 add0r mulr1; done.
Qed.

End Line.

(** ** The split of a sample from collapse *)
Section Split.
Variable R : realFieldType.
Implicit Types (n k d : nat) (z p q : nat -> nat -> R) (sep weight eps : R).

Lemma sum_two k (f : nat -> R) : sum k.+2 f = f 0%N + f 1%N + sum k (fun j => f j.+2).
Proof. by rewrite !sum_bigop !big_ord_recl addrA. Qed.

(** Delta E = 2 eps^2 |r|^2 A - 4 eps |r|^2/k with r = z_i - c and A = n/k + lambda_P - k lambda_sep *)
Theorem split_law n k d z p sep weight eps i : (1 < k)%N -> (i < n)%N -> (forall j c, p j c = p 0%N c) ->
  split_change n k d z p sep weight eps i =
  2%:R * eps ^+ 2 * distance2 d (z i) (p 0%N) * (n%:R / k%:R + weight - k%:R * sep) -
  4%:R * eps * distance2 d (z i) (p 0%N) / k%:R.
Proof.
case: k => [|[|k]] // _ lt_in same; set C := p 0%N; set N2 := distance2 d (z i) C.
have k0 : number k.+2 = k.+2%:R :> R := number_eq R k.+2.
have k1 : k.+2%:R != 0 :> R by rewrite pnatr_eq0.
pose p' : nat -> nat -> R := @split_prototypes R (field_arithmetic R) i z p eps.
have both (x : nat -> R) : distance2 d x (p' 0%N) + distance2 d x (p' 1%N) = 2%:R * distance2 d x C + 2%:R * eps ^+ 2 * N2.
  rewrite /N2 /distance2 /norm2 -!sum_mull -!sum_add; apply: sum_ext => c _.
  by rewrite /p' /split_prototypes (same 1%N) -/C; to_field; ring.
have near : distance2 d (z i) (p' 0%N) = (1 - eps) ^+ 2 * N2.
  rewrite /N2 /distance2 /norm2 -!sum_mull; apply: sum_ext => c _.
  by rewrite /p' /split_prototypes -/C; to_field; ring.
have far (x : nat -> R) : distance2 d x (p 1%N) = distance2 d x C.
  by apply: sum_ext => c _; rewrite (same 1%N).
have sample m : quantization k.+2 d (z m) p' (split_shares k.+2 i m) =
    quantization k.+2 d (z m) p (fun=> (1 / number k.+2)%A) +
    ((if Nat.eqb i m then - (4%:R * eps * N2 / k.+2%:R) else 0) + 2%:R * eps ^+ 2 * N2 / k.+2%:R).
  rewrite /quantization !sum_two far /split_shares PeanoNat.Nat.eqb_sym k0; to_field.
  case: PeanoNat.Nat.eqb_spec => [<-|_]; rewrite !mul1r.
    rewrite near mul0r addr0 -/C -/N2; move: k1 (sum k _); move: (k.+2%:R) => K K0 rest; by field.
  have -> : k.+2%:R^-1 * distance2 d (z m) (p' 0%N) + k.+2%:R^-1 * distance2 d (z m) (p' 1%N) =
      k.+2%:R^-1 * (2%:R * distance2 d (z m) C + 2%:R * eps ^+ 2 * N2) by rewrite -both mulrDr.
  rewrite -/C; move: k1 (sum k _) (distance2 d (z m) C); move: (k.+2%:R) => K K0 rest x; by field.
have data : sum n (fun m => quantization k.+2 d (z m) p' (split_shares k.+2 i m)) =
    sum n (fun m => quantization k.+2 d (z m) p (fun=> (1 / number k.+2)%A)) +
    (- (4%:R * eps * N2 / k.+2%:R) + n%:R * (2%:R * eps ^+ 2 * N2 / k.+2%:R)).
  by rewrite (sum_ext (fun m _ => sample m)) !sum_add sum_const sum_indicator.
have ridge : frobenius2 k.+2 d p' = frobenius2 k.+2 d p + 2%:R * eps ^+ 2 * N2.
  rewrite /frobenius2 !sum_two.
  have -> : norm2 d (p' 0%N) + norm2 d (p' 1%N) = norm2 d (p 0%N) + norm2 d (p 1%N) + 2%:R * eps ^+ 2 * N2.
    rewrite /N2 /distance2 /norm2 -!sum_mull -!sum_add; apply: sum_ext => c _.
    by rewrite /p' /split_prototypes (same 1%N) -/C; to_field; ring.
  by rewrite addrAC.
have spread : pair_spread k.+2 d p' = pair_spread k.+2 d p + k.+2%:R * (2%:R * eps ^+ 2 * N2).
  rewrite !pair_spread_eq ridge mulrDr.
  have -> : sum d (fun a => square (sum k.+2 (fun j => p' j a))) = sum d (fun a => square (sum k.+2 (fun j => p j a))).
    apply: sum_ext => c _; congr square; rewrite !sum_two /p' /split_prototypes; congr (_ + _); to_field; ring.
  by rewrite addrAC.
rewrite /split_change /energy -/p' data ridge spread; to_field.
move: k1 (sum n _) (pair_spread _ _ _) (frobenius2 _ _ _); move: (k.+2%:R) => K K0 L S F; by field.
Qed.

(** claim: ddcl.corollary6/positive/stable/amended
    value: - split_change n k d z p sep weight eps 0
    compared: 7ee59c6f6cbf-805b80aecb15 *)
Theorem no_minimum n k d z p sep weight eps : (1 < k)%N -> (0 < n)%N -> 0 < eps -> (forall j c, p j c = p 0%N c) ->
  0 < distance2 d (z 0%N) (p 0%N) -> k%:R * eps * (n%:R / k%:R + weight - k%:R * sep) <= 1 ->
  split_change n k d z p sep weight eps 0 < 0.
Proof.
move=> k2 n0 eps0 same off small; rewrite split_law //; set N2 := distance2 _ _ _ in off *.
have k0 : 0 < k%:R :> R by rewrite ltr0n (ltn_trans _ k2).
have -> : 2%:R * eps ^+ 2 * N2 * (n%:R / k%:R + weight - k%:R * sep) - 4%:R * eps * N2 / k%:R =
    - (2%:R * eps * N2 / k%:R * (2%:R - k%:R * eps * (n%:R / k%:R + weight - k%:R * sep))) by field; rewrite gt_eqF.
rewrite oppr_lt0 mulr_gt0 //; first by rewrite divr_gt0 // !mulr_gt0 // ltr0n.
by rewrite subr_gt0 (le_lt_trans small) // ltr1n.
Qed.

(** A symmetric point that no split lowers has every sample on it, and then the energy does not depend on the assignment. *)
Lemma every_sample_on_it n k d z p sep weight eps : (1 < k)%N -> 0 < eps -> (forall j c, p j c = p 0%N c) ->
  k%:R * eps * (n%:R / k%:R + weight - k%:R * sep) <= 1 ->
  (forall i, (i < n)%N -> 0 <= split_change n k d z p sep weight eps i) ->
  (forall i c, (i < n)%N -> (c < d)%N -> z i c = p 0%N c) /\
  forall q, energy n k d z p q sep weight 1 = energy n k d z p (fun _ _ => (1 / number k)%A) sep weight 1.
Proof.
move=> k2 eps0 same small minimal; have k0 : 0 < k%:R :> R by rewrite ltr0n (ltn_trans _ k2).
have on i : (i < n)%N -> distance2 d (z i) (p 0%N) = 0.
  move=> lt_in; apply/eqP; have := minimal i lt_in; rewrite split_law //; set N2 := distance2 _ _ _.
  have N20 : 0 <= N2 by apply: sum_ge0 => c _; exact: sqr_ge0.
  have -> : 2%:R * eps ^+ 2 * N2 * (n%:R / k%:R + weight - k%:R * sep) - 4%:R * eps * N2 / k%:R =
      - (2%:R * eps * N2 / k%:R * (2%:R - k%:R * eps * (n%:R / k%:R + weight - k%:R * sep))) by field; rewrite gt_eqF.
  apply: contraTT => off; have pos : 0 < N2 by rewrite lt_def off.
  rewrite oppr_ge0 -ltNge mulr_gt0 //; first by rewrite divr_gt0 // !mulr_gt0 // ltr0n.
  by rewrite subr_gt0 (le_lt_trans small) // ltr1n.
have place i c : (i < n)%N -> (c < d)%N -> z i c = p 0%N c.
  move=> lt_in lt_cd; have nonneg b : (b < d)%N -> 0 <= square (z i b - p 0%N b) by move=> _; exact: sqr_ge0.
  have := sum_eq0 nonneg (on i lt_in) lt_cd; to_field.
  by move/eqP; rewrite mulf_eq0 orbb subr_eq0 => /eqP.
split=> // q; rewrite /energy; to_field; congr (_ - _ + _).
have none (r : nat -> nat -> R) m : (m < n)%N -> quantization k d (z m) p (r m) = 0.
  move=> lt_mn; rewrite /quantization; to_field; apply: sum_all0 => j _; rewrite [distance2 _ _ _](_ : _ = 0) ?mulr0 //.
  rewrite /distance2 /norm2; to_field.
  by apply: sum_all0 => c lt_cd; rewrite (place m c) // (same j); to_field; rewrite subrr mulr0.
rewrite [LHS](sum_all0 (f := fun m => quantization k d (z m) p (q m))) => [|m lt_mn]; last exact: none.
by symmetry; apply: sum_all0 => m lt_mn; exact: (none (fun _ _ => (1 / number k)%A)).
Qed.

(** No symmetric point is a minimum and alone: where no split lowers the energy, no sample is left off the prototypes.

    claim: ddcl.corollary6/remark3/stable
    role: vacuous
    value: energy n k d z place share sep weight 1 - energy n k d z p (fun _ _ => 1 / number k) sep weight 1
    compared: 32843273fcdb-7cb28a68650f *)
Theorem no_unique_minimum n k d z p sep weight eps : (1 < k)%N -> 0 < eps -> (forall j c, p j c = p 0%N c) ->
  k%:R * eps * (n%:R / k%:R + weight - k%:R * sep) <= 1 ->
  (forall i, (i < n)%N -> 0 <= split_change n k d z p sep weight eps i) ->
  ~ (exists i c, [/\ (i < n)%N, (c < d)%N & z i c != p 0%N c]).
Proof.
move=> k2 eps0 same small minimal [i [c [lt_in lt_cd off]]].
by have [on _] := every_sample_on_it k2 eps0 same small minimal; rewrite on ?eqxx in off.
Qed.

End Split.
