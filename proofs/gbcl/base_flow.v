(** (19)-(23): the error of a cell, its gradient, and the flow of the base layer towards the centroid of the cell. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.gbcl Require Import vectors base_flow_definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section BaseFlow.
Variable R : realFieldType.
Implicit Types (n d k i b : nat) (z : nat -> nat -> R) (a v w r : nat -> R) (x h : R).

Lemma length2_ext d v w : (forall b, (b < d)%N -> v b = w b) -> length2 d v = length2 d w.
Proof. by move=> vw; rewrite !length2E; apply: inner_ext. Qed.

Lemma length2_scale d x v : length2 d (fun b => x * v b) = x ^+ 2 * length2 d v.
Proof. by rewrite !length2E inner_scaler inner_scalel mulrA expr2. Qed.

Lemma length2_gt0 d v : (exists2 b, (b < d)%N & v b != 0) -> 0 < length2 d v.
Proof.
case=> b lt_bd vb; rewrite lt_neqAle length2_ge0 andbT eq_sym length2E; apply/eqP => /inner_eq0 /(_ b lt_bd) v0.
by move: vb; rewrite v0 eqxx.
Qed.

(** sum_i a_i (y - x_i) = A y - sum_i a_i x_i *)
Lemma pullE n z a w b : pull n z a w b = sum n a * w b - combined n z a b.
Proof. by rewrite /pull /combined -sum_mulr -sum_sub; apply: sum_ext => i _; to_field; ring. Qed.

Lemma centroidE n z a b : 0 < sum n a -> combined n z a b = sum n a * centroid n z a b.
Proof. by move=> A0; rewrite /centroid; to_field; rewrite mulrC divfK // gt_eqF. Qed.

(** A (y - mu) *)
Lemma pull_centroid n z a w b : 0 < sum n a -> pull n z a w b = sum n a * (w b - centroid n z a b).
Proof. by move=> A0; rewrite pullE centroidE // -mulrBr. Qed.

(** claim: gbcl.base-flow/frozen/unique
    value: inner d (fun c => w c - v c) (fun c => base_velocity v (centroid n z a) c - base_velocity w (centroid n z a) c)
    compared: 9238043007e6-d82adc70cc9d *)
Theorem unique n d z a w v : let mu := centroid n z a in 0 < sum n a -> (exists2 b, (b < d)%N & w b - v b != 0) ->
  0 < inner d (fun b => w b - v b) (fun b => base_velocity v mu b - base_velocity w mu b).
Proof.
move=> mu _ apart; rewrite (@inner_ext R d _ (fun b => w b - v b) _ (fun b => w b - v b)) //.
  exact: length2_gt0 apart.
by move=> b _; rewrite /base_velocity; to_field; move: (mu b) => c; ring.
Qed.

(** claim: gbcl.base-flow/frozen/epoch-error
    claim: gbcl.base-flow/any-epoch/epoch/amended
    value: let mu := centroid n z a in
      square x * length2 d (fun c => w c - mu c) - length2 d (fun c => approach w mu x c - mu c)
    compared: eca435f29a06-7a035dc4ac3f *)
Theorem epoch_error n d z a w x : 0 < sum n a -> let mu := centroid n z a in
  length2 d (fun b => approach w mu x b - mu b) = x ^+ 2 * length2 d (fun b => w b - mu b).
Proof.
move=> _ mu; rewrite -length2_scale; apply: length2_ext => b _; rewrite /approach; to_field; ring.
Qed.

(** Cells q_nj with the centroids m_j: where no prototype moves, each is at the centroid of its cell.
    claim: gbcl.base-flow/moving/rest
    value: Σ (j < k) inner d (r j) (fun c => - pull n z (cell q j) (w j) c)
    compared: 943d3c9411c2-c906327aa350 *)
Theorem at_rest n k d z (q w m : nat -> nat -> R) :
  (forall j b, (j < k)%N -> (b < d)%N -> sum n (cell q j) * m j b = combined n z (cell q j) b) ->
  (forall j b, (j < k)%N -> (b < d)%N -> base_velocity (w j) (m j) b = 0) ->
  forall j b, (j < k)%N -> (b < d)%N -> pull n z (cell q j) (w j) b = 0.
Proof.
move=> centroids rest j b lt_jk lt_bd; rewrite pullE -centroids // -mulrBr.
by rewrite -[w j b - m j b]opprB; move: (rest j b lt_jk lt_bd); rewrite /base_velocity; to_field => ->; rewrite oppr0 mulr0.
Qed.

(** claim: gbcl.base-flow/moving/unique/amended
    claim: gbcl.dual-flow/moving/unique/amended
    value: sum n a * inner d r (fun c => w c - v c)
    compared: a43e5ec7d9b0-188ec9b641a2 *)
Theorem given_cells n d z a w v : (forall b, (b < d)%N -> pull n z a w b = 0) ->
  (forall b, (b < d)%N -> pull n z a v b = 0) -> forall b, (b < d)%N -> sum n a * (w b - v b) = 0.
Proof.
move=> critical_w critical_v b lt_bd.
have := critical_w b lt_bd; have := critical_v b lt_bd; rewrite !pullE => /eqP; rewrite subr_eq0 => /eqP v0 /eqP.
by rewrite subr_eq0 => /eqP w0; rewrite mulrBr v0 w0 subrr.
Qed.

(** E(y + h r) as a polynomial in h; the coefficient of h is r . grad E.
    claim: gbcl.base-flow/gradient/gradient/amended
    value: slope (fun h => cell_error n d z a (fun c => w c + h * r c)) - 2 * inner d r (pull n z a w)
    compared: 3a40184e7699-9463ea1b4bf2 *)
Theorem gradient n d z a w r h :
  cell_error n d z a (fun b => w b + h * r b) =
  cell_error n d z a w + h * (2%:R * inner d r (pull n z a w)) + h ^+ 2 * (sum n a * length2 d r).
Proof.
have -> : inner d r (pull n z a w) = sum n (fun i => a i * inner d r (fun b => w b - z i b)).
  rewrite /inner /pull; to_field; under sum_ext => b _ do rewrite -sum_mull.
  by rewrite sum_exchange; apply: sum_ext => i _; rewrite -sum_mull; apply: sum_ext => b _; rewrite mulrCA.
rewrite -sum_mulr -!sum_mull -!sum_add; apply: sum_ext => i _; to_field.
have -> : length2 d (fun b => z i b - (w b + h * r b)) =
    length2 d (fun b => z i b - w b) + 2%:R * h * inner d r (fun b => w b - z i b) + h ^+ 2 * length2 d r.
  rewrite /length2 /inner -!sum_mull -!sum_add; apply: sum_ext => b _; rewrite /square; to_field; ring.
move: (length2 d (fun b => z i b - w b)) (inner _ _ _) (length2 d r) => p q s; ring.
Qed.

(** claim: gbcl.base-flow/gradient/unique/amended
    value: inner d (fun c => w c - v c) (fun c => 2 * pull n z a w c - 2 * pull n z a v c)
    compared: 7f07663b4e8d-a241a7576fbb *)
Theorem unique_gradient n d z a w v : 0 < sum n a -> (exists2 b, (b < d)%N & w b - v b != 0) ->
  0 < inner d (fun b => w b - v b) (fun b => 2%:R * pull n z a w b - 2%:R * pull n z a v b).
Proof.
move=> A0 apart; rewrite (@inner_ext R d _ (fun b => w b - v b) _ (fun b => 2%:R * sum n a * (w b - v b))) //.
  by rewrite inner_scaler mulr_gt0 ?length2_gt0 // mulr_gt0 // ltr0n.
by move=> b _; rewrite !pullE; to_field; ring.
Qed.

(** claim: gbcl.base-flow/cells-stay/cells-stay/amended
    value: let mu := centroid n z a in cell_error n d z a w - cell_error n d z a (approach w mu x)
      - (1 - square x) * sum n a * length2 d (fun c => w c - mu c)
    compared: 645e4af51380-ab525dcfbfe3 *)
Theorem descent n d z a w x : 0 < sum n a -> let mu := centroid n z a in
  cell_error n d z a w - cell_error n d z a (approach w mu x) = (1 - x ^+ 2) * (sum n a * length2 d (fun b => w b - mu b)).
Proof.
move=> A0 mu; set r := fun b => w b - mu b.
have at_left y : cell_error n d z a (approach w mu y) = cell_error n d z a mu + y ^+ 2 * (sum n a * length2 d r).
  rewrite [LHS](gradient n d z a mu r y) [inner _ _ _]inner_sym inner_0l ?mulr0 ?addr0 // => b lt_bd.
  by rewrite pull_centroid // subrr mulr0.
have -> : cell_error n d z a w = cell_error n d z a (approach w mu 1).
  rewrite /cell_error; apply: sum_ext => i _; congr (_ * _); apply: length2_ext => b _.
  by rewrite /approach; to_field; move: (mu b) => m; ring.
rewrite !at_left expr1n; move: (cell_error _ _ _ _ _) (_ * length2 _ _) => p q; ring.
Qed.

(** claim: gbcl.base-flow/one-step/step-error
    value: let mu := centroid n z a in length2 d (fun c => stepped eps n z a w c - mu c)
      - square (1 - eps * sum n a) * length2 d (fun c => w c - mu c)
    compared: 15c1ddbef138-6f740da7b4bf *)
Theorem step_error eps n d z a w : 0 < sum n a -> let mu := centroid n z a in
  length2 d (fun b => stepped eps n z a w b - mu b) = (1 - eps * sum n a) ^+ 2 * length2 d (fun b => w b - mu b).
Proof.
move=> A0 mu; rewrite -length2_scale; apply: length2_ext => b _; rewrite /stepped pull_centroid // -/mu; to_field; ring.
Qed.

(** claim: gbcl.base-flow/one-step/one-step/amended
    value: let mu := centroid n z a in
      length2 d (fun c => w c - mu c) - length2 d (fun c => stepped eps n z a w c - mu c)
    compared: f2c588d5bfc1-c31ce6b15ed0 *)
Theorem one_step eps n d z a w : 0 < sum n a -> let mu := centroid n z a in
  0 < eps -> (exists2 b, (b < d)%N & w b - mu b != 0) -> eps * sum n a < 2%:R ->
  length2 d (fun b => stepped eps n z a w b - mu b) < length2 d (fun b => w b - mu b).
Proof.
move=> A0 mu eps0 off stable; rewrite step_error // gtr_pmull ?length2_gt0 //.
have g0 : 0 < eps * sum n a by rewrite mulr_gt0.
move: (eps * _) g0 stable => g g0 g2; rewrite -subr_gt0.
have -> : 1 - (1 - g) ^+ 2 = g * (2%:R - g) by ring.
by rewrite mulr_gt0 ?subr_gt0.
Qed.

(** From the mean s / i of i samples the rate 1 / (i + 1) leads to the mean of i + 1.
    claim: gbcl.base-flow/sample-by-sample/sample-by-sample/amended
    value: inner d r (fun c => (i + 1) * running s z i c - (s c + z c))
    compared: 35a9051a4bca-9943e11197c3 *)
Theorem running_mean d (s z : nat -> R) (i : R) : 0 < i -> forall b, (b < d)%N -> running s z i b = (s b + z b) / (i + 1).
Proof.
move=> i0 b _; rewrite /running; to_field; have i1 : i + 1 != 0 by rewrite gt_eqF ?addr_gt0 ?ltr01.
apply: (mulIf i1); rewrite divfK // mulrDl divfK //.
have : s b / i * i = s b by rewrite divfK // gt_eqF.
by move: (s b / i) => q <-; ring.
Qed.

End BaseFlow.
