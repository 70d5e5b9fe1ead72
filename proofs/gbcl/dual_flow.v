(** (29)-(37): critical points of the dual flow, its gradient, and the output that it leads to. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.gbcl Require Import vectors theorem3_4 minimum_norm lemma3_3_vectors base_flow_definitions base_flow.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** Entry (c, e) of XB, where the rows of b are those of B *)
Definition projector (R : realFieldType) (n : nat) (z b : nat -> nat -> R) (c e : nat) : R := sum n (fun i => z i c * b i e).

(** (XB)^T = XB *)
Definition symmetric (R : realFieldType) (n d : nat) (z b : nat -> nat -> R) : Prop :=
  forall c e, (c < d)%N -> (e < d)%N -> projector n z b c e = projector n z b e c.

(** X^T X *)
Definition sample_matrix (R : realFieldType) (n d : nat) (z : nat -> nat -> R) : 'M[R]_n := \matrix_(i, j) inner d (z i) (z j).

Section DualFlow.
Variable R : realFieldType.
Implicit Types (n d m i c : nat) (z b : nat -> nat -> R) (o u w y r a : nat -> R) (h : R).

(** XBv and (XB)^T v *)
Lemma projected n d z b (v : nat -> R) c : combined n z (seen d b v) c = sum d (fun e => projector n z b c e * v e).
Proof.
rewrite /combined /seen /projector; to_field; under sum_ext => i _ do rewrite -sum_mulr.
by rewrite sum_exchange; apply: sum_ext => e _; rewrite -sum_mulr; apply: sum_ext => i _; ring.
Qed.

Lemma projected_symmetric n d z b (v : nat -> R) c : symmetric n d z b -> (c < d)%N ->
  combined n z (seen d b v) c = combined n b (seen d z v) c.
Proof.
move=> sym lt_cd; rewrite !projected; apply: sum_ext => e lt_ed; rewrite sym //; congr (_ * _).
by apply: sum_ext => i _; to_field; rewrite mulrC.
Qed.

(** X^+ mu is a critical point.
    claim: gbcl.dual-flow/frozen/pseudoinverse
    value: inner n r (fun i => seen d z (fun c => combined n z (seen d b m) c - m c) i)
    compared: 681b11d9fe90-7a19e2132320 *)
Theorem pseudoinverse n d z b (mu : nat -> R) :
  (forall i c, (i < n)%N -> (c < d)%N -> sum d (fun e => projector n z b c e * z i e) = z i c) ->
  symmetric n d z b -> forall i, (i < n)%N -> seen d z (combined n z (seen d b mu)) i = seen d z mu i.
Proof.
move=> reproduced sym i lt_in; rewrite -[LHS]/(inner d (z i) (combined n z (seen d b mu))).
rewrite (@inner_ext R d _ (z i) _ (combined n b (seen d z mu))) //; last by move=> c lt_cd; exact: projected_symmetric.
rewrite adjoint inner_sym -adjoint inner_sym; apply: inner_ext => // c lt_cd.
by rewrite projected reproduced.
Qed.

(** claim: gbcl.dual-flow/frozen/unique/amended
    value: entries n (fun i => seen d z (fun c => combined n z o c - m c) i - seen d z (fun c => combined n z v c - m c) i)
    compared: 42ed918748d2-bf3f8bb199f0 *)
Theorem unique n d z o w (mu : nat -> R) : 0 < \det (sample_matrix n d z) -> (exists2 i, (i < n)%N & o i != w i) ->
  exists2 i, (i < n)%N & dual_velocity n d z o mu i != dual_velocity n d z w mu i.
Proof.
move=> full [i lt_in apart]; have [/existsP[j vj]|none] :=
  boolP [exists j : 'I_n, dual_velocity n d z o mu j != dual_velocity n d z w mu j]; first by exists j.
case/negP: apart; rewrite -subr_eq0; apply/eqP.
pose A := sample_matrix n d z; pose x := \col_(j < n) (o j - w j).
have Ax : A *m x = 0.
  apply/matrixP => j l; rewrite !mxE; under eq_bigr do rewrite !mxE.
  rewrite -(sum_bigop n (fun e => inner d (z j) (z e) * (o e - w e))).
  have -> : sum n (fun e => inner d (z j) (z e) * (o e - w e)) = seen d z (combined n z o) j - seen d z (combined n z w) j.
    by rewrite !seen_combined -sum_sub; apply: sum_ext => e _; rewrite mulrC mulrBl.
  have /eqP : dual_velocity n d z o mu j == dual_velocity n d z w mu j.
    by apply: contraR none => vj; apply/existsP; exists j.
  by rewrite /dual_velocity !seen_sub => /oppr_inj/addIr ->; rewrite subrr.
have unitA : A \in unitmx by rewrite unitmxE unitfE gt_eqF.
have x0 : x = 0 by rewrite -[x]mul1mx -(mulVmx unitA) -mulmxA Ax mulmx0.
by have := congr1 (fun M : 'cV_n => M (Ordinal lt_in) 0) x0; rewrite !mxE.
Qed.

(** The masses of the cell, divided by their sum, are a critical point.
    claim: gbcl.dual-flow/frozen/solvable/amended
    value: inner n r (fun i => seen d z (fun c => combined n z (fun l => a l / sum n a) c - centroid n z a c) i)
    compared: 8c87f270dcab-5b7993a40d9b *)
Theorem masses n d z a : 0 < sum n a ->
  forall i, (i < n)%N -> seen d z (combined n z (fun l => a l / sum n a)) i = seen d z (centroid n z a) i.
Proof.
move=> _ i _; apply: seen_ext => c _; rewrite /centroid.
rewrite (@combined_ext R n z _ (fun l => (sum n a)^-1 * a l)) ?combined_scale; first exact: mulrC.
by move=> l _; to_field; rewrite mulrC.
Qed.

(** claim: gbcl.dual-flow/frozen/full-rank
    value: number d - number n
    compared: 0a959ab42d57-60ce4e78f5c7 *)
Theorem at_most n d b z : left_inverse n d b z -> symmetric n d z b -> (n <= d)%N.
Proof.
move=> inverse _; pose L : 'M[R]_(n, d) := \matrix_(i, c) b i c; pose X : 'M[R]_(d, n) := \matrix_(c, i) z i c.
apply: (@mulmx1_min _ n d L X); apply/matrixP => i j; rewrite !mxE; under eq_bigr do rewrite !mxE.
rewrite -(sum_bigop d (fun c => b i c * z j c)) -[LHS]/(inner d (b i) (z j)) inverse // /multiple_of_identity.
by case: PeanoNat.Nat.eqb_spec => [eq_ij|neq_ij]; case: eqP => // ij; [case: ij; exact: val_inj | case: neq_ij; rewrite ij].
Qed.

(** (32): independent samples, whose left inverse with symmetric XL is X^+
    claim: gbcl.dual-flow/frozen/inverse
    value: inner n r (fun i => o i - seen d b m i)
    compared: 12afbb5a10ad-b628f0406952 *)
Theorem inverse n d z b o (mu : nat -> R) : left_inverse n d b z -> symmetric n d z b -> normal_equations n d z o mu ->
  forall i, (i < n)%N -> o i = seen d b mu i.
Proof.
move=> left sym normal i lt_in; rewrite -[LHS](left_inverts o left lt_in) -[inner _ _ _]/(seen d b (combined n z o) i).
apply/eqP; rewrite -subr_eq0 -seen_sub; set e := fun c => combined n z o c - mu c.
rewrite -(left_inverts (seen d b e) left lt_in) inner_sym; apply/eqP/inner_0l => c lt_cd.
rewrite projected_symmetric // combined_0 // => l lt_ln.
by rewrite /e seen_sub normal // subrr.
Qed.

(** What is left of the modes as t -> oo are those of the value 0, which outputs do not see.
    claim: gbcl.dual-flow/frozen/centroids
    value: length2 d (fun b => combined n z (fun i => o i + combined m v (fun l => c l * e l) i) b - y b)
    compared: 5891896b88c2-eebf763fac27 *)
Theorem centroids n d m z (v : nat -> nat -> R) (lam e beta : nat -> R) o y :
  (forall l i, (l < m)%N -> (i < n)%N -> seen d z (combined n z (v l)) i = lam l * v l i) ->
  (forall l, (l < m)%N -> e l * lam l = 0) -> reproduces n d z o y ->
  reproduces n d z (fun i => o i + combined m v (fun l => beta l * e l) i) y.
Proof.
move=> modes settled start c lt_cd; rewrite combined_add start // -[RHS]addr0; congr (_ + _); move: c lt_cd.
apply: output_eq0 => i lt_in.
have -> : seen d z (combined n z (combined m v (fun l => beta l * e l))) i =
    sum m (fun l => beta l * e l * seen d z (combined n z (v l)) i).
  rewrite seen_combined /combined; to_field; under sum_ext => j _ do rewrite -sum_mulr.
  rewrite sum_exchange; apply: sum_ext => l _; rewrite seen_combined -sum_mull; apply: sum_ext => j _; ring.
by apply: sum_all0 => l lt_lm; rewrite modes // mulrA -[beta l * e l * _]mulrA settled // mulr0 mul0r.
Qed.

(** claim: gbcl.dual-flow/moving/rest
    value: length2 d (fun c => combined n z (fun i => sum n a * o i) c - combined n z a c)
    compared: 98ff9ded8395-86bbfdd9d422 *)
Theorem at_rest n d z a o : 0 < sum n a ->
  (forall i, (i < n)%N -> dual_velocity n d z (fun l => sum n a * o l) (combined n z a) i = 0) ->
  forall c, (c < d)%N -> sum n a * combined n z o c = combined n z a c.
Proof.
move=> _ rest c lt_cd; rewrite -combined_scale.
apply: (@centroid_reached R n d z (fun l => sum n a * o l) a _ c lt_cd) => i lt_in.
by have /eqP := rest i lt_in; rewrite oppr_eq0 seen_sub subr_eq0 => /eqP.
Qed.

(** E(X (o + h r)) as a polynomial in h; the coefficient of h is r . grad E = 2 n_j r . (X^T X o - X^T mu).  Along the flow (30),
    where r is minus the bracket, E falls at the rate 2 n_j |X^T X o - X^T mu|^2.
    claim: gbcl.dual-flow/gradient/gradient/amended
    value: slope (fun h => cell_error n d z a (combined n z (fun i => o i + h * r i)))
      - 2 * sum n a * inner n r (fun i => seen d z (fun c => combined n z o c - m c) i)
    compared: bb9699a737b4-680975137ee4 *)
Theorem gradient n d z a o (mu r : nat -> R) h : (forall c, (c < d)%N -> sum n a * mu c = combined n z a c) ->
  cell_error n d z a (combined n z (fun i => o i + h * r i)) =
  cell_error n d z a (combined n z o) +
    h * (2%:R * (sum n a * inner n r (fun i => seen d z (combined n z o) i - seen d z mu i))) +
    h ^+ 2 * (sum n a * length2 d (combined n z r)).
Proof.
move=> centred; rewrite [LHS](_ : _ = cell_error n d z a (fun c => combined n z o c + h * combined n z r c)); last first.
  apply: sum_ext => i _; congr (_ * _); apply: length2_ext => c _; by rewrite combined_add combined_scale.
rewrite base_flow.gradient; congr (_ + _ + _); congr (_ * (_ * _)).
rewrite -inner_scaler (@inner_ext R d _ (combined n z r) _ (fun c => sum n a * (combined n z o c - mu c))) //; last first.
  by move=> c lt_cd; rewrite pullE -centred // -mulrBr.
rewrite inner_scaler inner_sym adjoint inner_sym inner_scaler; congr (_ * _).
by apply: inner_ext => // i _; rewrite seen_sub.
Qed.

(** claim: gbcl.dual-flow/cells-stay/cells-stay/amended
    value: let gap := fun i => seen d z (fun c => combined n z o c - m c) i in
      2 * sum n a * length2 n gap - slope (fun h => cell_error n d z a (combined n z (fun i => o i + h * gap i)))
    compared: a82c49a5f254-7036b5e8e17f *)
Theorem descent n d z a o (mu : nat -> R) h : (forall c, (c < d)%N -> sum n a * mu c = combined n z a c) ->
  let flow := dual_velocity n d z o mu in
  cell_error n d z a (combined n z (fun i => o i + h * flow i)) =
  cell_error n d z a (combined n z o) - h * (2%:R * (sum n a * length2 n flow)) +
    h ^+ 2 * (sum n a * length2 d (combined n z flow)).
Proof.
move=> centred flow; rewrite (gradient _ _ _ centred); congr (_ + _ + _).
rewrite -mulrN -!mulrN length2E -inner_oppr; congr (_ * (_ * (_ * _))).
by apply: inner_ext => // i _; rewrite /flow /dual_velocity seen_sub opprK.
Qed.

(** For any point mu the outputs at the critical points are those nearest to it.
    claim: gbcl.dual-flow/population/population-mean/amended
    value: length2 d (fun c => combined n z v c - y c) - length2 d (fun c => combined n z o c - y c)
    compared: 14fb400e79cd-c059b7638c2e *)
Theorem nearest n d z o w y : normal_equations n d z o y ->
  length2 d (fun c => combined n z o c - y c) <= length2 d (fun c => combined n z w c - y c).
Proof. by move=> normal; rewrite (nearest_in_range w normal) ler_addl; exact: length2_ge0. Qed.

End DualFlow.
