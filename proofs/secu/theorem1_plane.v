(** Theorem 1 with optimality on the sphere certified by second order, in every dimension. *)
From Coq Require Import Reals Lra Lia.
From DDCL Require Import reals.
From DDCL.secu Require Import sphere_definitions theorem1_definitions theorem1_plane_definitions theorem1 theorem1_half_space
  theorem1_curvature.

Open Scope R_scope.

Implicit Types (n d o i a b : nat) (rows v m : nat -> nat -> R) (c x w z y u : nat -> R) (lambda : R).

(** The diagonal dominates the rows: m_aa >= sum_(b /= a) |m_ab| *)
Definition dominant d m : Prop := forall a, (a < d)%nat -> sum d (fun b => if Nat.eqb a b then 0 else Rabs (m a b)) <= m a a.

Lemma sum_at d a (f : nat -> R) : (a < d)%nat -> sum d (fun b => if Nat.eqb a b then f b else 0) = f a.
Proof.
  assert (absent : forall k, (k <= a)%nat -> sum k (fun b => if Nat.eqb a b then f b else 0) = 0).
  { induction k as [|k IH]; intros le; [reflexivity |]; rewrite sum_S, IH by lia; destruct (Nat.eqb_spec a k); [lia | ring]. }
  induction d as [|d IH]; intros lt; [lia |]; rewrite sum_S; destruct (Nat.eqb_spec a d) as [-> | other].
  - rewrite absent by lia; ring.
  - rewrite IH by lia; ring.
Qed.

(** A symmetric matrix with a dominant diagonal is non-negative. *)
Lemma dominance d m y : (forall a b, m a b = m b a) -> dominant d m -> 0 <= sum d (fun a => sum d (fun b => y a * m a b * y b)).
Proof.
  intros symmetric dominates; pose (off a b := if Nat.eqb a b then 0 else Rabs (m a b)).
  assert (swap : forall a b, off a b = off b a) by (intros; unfold off; rewrite Nat.eqb_sym, symmetric; reflexivity).
  apply Rle_trans with (sum d (fun a => sum d (fun b => (if Nat.eqb a b then m a b * (y a * y a) else 0)
    - (off a b * (y a * y a) / 2 + off a b * (y b * y b) / 2)))).
  2: { apply sum_le; intros a _; apply sum_le; intros b _; unfold off; destruct (Nat.eqb_spec a b) as [-> | other]; [right; field |].
    assert (sides := Rle_abs (m a b)); assert (other_side := Rle_abs (- m a b)); rewrite Rabs_Ropp in other_side.
    assert (plus := Rle_0_sqr (y a + y b)); assert (minus := Rle_0_sqr (y a - y b)); unfold Rsqr in plus, minus.
    assert (0 <= (Rabs (m a b) + m a b) * ((y a + y b) * (y a + y b))) by (apply Rmult_le_pos; lra).
    assert (0 <= (Rabs (m a b) - m a b) * ((y a - y b) * (y a - y b))) by (apply Rmult_le_pos; lra); lra. }
  assert (same : sum d (fun a => sum d (fun b => off a b * (y b * y b) / 2)) =
    sum d (fun a => sum d (fun b => off a b * (y a * y a) / 2))).
  { rewrite sum_exchange; apply sum_ext; intros a _; apply sum_ext; intros b _; rewrite (swap b a); reflexivity. }
  rewrite (sum_ext d _ (fun a => m a a * (y a * y a) -
    (sum d (fun b => off a b * (y a * y a) / 2) + sum d (fun b => off a b * (y b * y b) / 2)))).
  2: { intros a lt; rewrite sum_sub, sum_add, (sum_at d a (fun b => m a b * (y a * y a)) lt); reflexivity. }
  rewrite sum_sub, sum_add, same, <- sum_add, <- sum_sub; apply sum_ge0; intros a lt.
  replace (m a a * (y a * y a) - (sum d (fun b => off a b * (y a * y a) / 2) + sum d (fun b => off a b * (y a * y a) / 2)))
    with ((m a a - sum d (off a)) * (y a * y a)).
  - apply Rmult_le_pos; [apply Rge_le, Rge_minus, Rle_ge, dominates, lt | apply Rle_0_sqr].
  - rewrite <- (sum_add d), Rmult_minus_distr_r, <- sum_mulr; f_equal; apply sum_ext; intros; field.
Qed.

Lemma rank_one d x y : sum d (fun a => sum d (fun b => y a * (x a * x b) * y b)) = dot d x y * dot d x y.
Proof.
  unfold dot at 1; to_reals; rewrite <- sum_mulr; apply sum_ext; intros a _; unfold dot; to_reals; rewrite <- sum_mull.
  apply sum_ext; intros; ring.
Qed.

Lemma quadratic_form (kappa : nat -> R) n d rows l y :
  sum d (fun a => sum d (fun b => y a * (sum n (fun i => kappa i * rows i a * rows i b) + (if Nat.eqb a b then l else 0)) * y b)) =
  sum n (fun i => kappa i * (dot d (rows i) y * dot d (rows i) y)) + l * dot d y y.
Proof.
  rewrite (sum_ext d _ (fun a => sum n (fun i => sum d (fun b => kappa i * (y a * (rows i a * rows i b) * y b))) + l * (y a * y a))).
  - rewrite sum_add, sum_mull, sum_exchange; f_equal; apply sum_ext; intros i _.
    rewrite <- rank_one, <- sum_mull; apply sum_ext; intros a _; rewrite <- sum_mull; reflexivity.
  - intros a lt; rewrite sum_exchange, <- (sum_at d a (fun b => l * (y a * y b)) lt), <- sum_add; apply sum_ext; intros b _.
    rewrite Rmult_plus_distr_l, Rmult_plus_distr_r, <- sum_mull, <- sum_mulr; f_equal; [apply sum_ext; intros; ring |].
    destruct (Nat.eqb_spec a b) as [-> |]; ring.
Qed.

Lemma least_curvature_below lambda d o v x t : 0 < lambda -> - (1) <= t * lambda <= 1 ->
  let S := rivals (boltzmann_weight lambda) d o v x in
  least_curvature Rmin (boltzmann_weight lambda) d o v x <= exp t * S / ((exp t + S) * (exp t + S)).
Proof.
  intros lambda0 between S; assert (S0 := rivals_nonnegative lambda d o v x); fold S in S0.
  assert (inv := Rinv_0_lt_compat lambda lambda0).
  unfold least_curvature; fold S; unfold boltzmann_weight; to_reals.
  replace (- - (1) / lambda) with (/ lambda) by (field; lra); replace (- (1) / lambda) with (- / lambda) by (field; lra).
  set (A := exp (- / lambda)); set (B := exp (/ lambda)).
  assert (A0 : 0 < A) by apply exp_pos; assert (B0 : 0 < B) by apply exp_pos.
  assert (positive : forall D, 0 < D -> 0 <= D * S * / ((D + S) * (D + S))).
  { intros D D0; apply Rmult_le_pos; [apply Rmult_le_pos; lra | apply Rlt_le, Rinv_0_lt_compat, Rmult_lt_0_compat; lra]. }
  assert (monotone : forall p q, p <= q -> exp p <= exp q) by (intros p q [lt | ->]; [apply Rlt_le, exp_increasing, lt | apply Rle_refl]).
  apply (curvature_between S _ A B); [exact S0 | apply Rmin_glb; apply positive; assumption | exact A0 | | apply Rmin_r | apply Rmin_l].
  replace t with (t * lambda * / lambda) by (field; lra); split; apply monotone.
  - replace (- / lambda) with (- (1) * / lambda) by ring; apply Rmult_le_compat_r; lra.
  - replace (/ lambda) with (1 * / lambda) at 2 by ring; apply Rmult_le_compat_r; lra.
Qed.

Lemma copies_pull_along (e : R -> R) n d o c rows v w u :
  dot d (copies_pull e n d o c rows v w) u = sum n (fun i => c i * weight e d o v w (rows i) * dot d (rows i) u).
Proof.
  unfold copies_pull, dot at 1; to_reals.
  transitivity (sum d (fun a => sum n (fun i => c i * weight e d o v w (rows i) * rows i a * u a))).
  - apply sum_ext; intros a _; rewrite <- sum_mulr; reflexivity.
  - rewrite sum_exchange; apply sum_ext; intros i _; unfold dot; to_reals; rewrite <- sum_mull; apply sum_ext; intros; ring.
Qed.

Lemma unit_product d x w : dot d x x = 1 -> dot d w w = 1 -> - (1) <= dot d x w <= 1.
Proof. intros unit_x unit_w; assert (square := cauchy d x w unit_x); rewrite unit_w in square; split; nra. Qed.

Lemma copies_loss_phi lambda n d o c rows v w : 0 < lambda -> let e := boltzmann_weight lambda in
  copies_loss ln e n d o c rows v w = sum n (fun i => c i * phi (rivals e d o v (rows i)) (dot d (rows i) w / lambda)).
Proof.
  intros lambda0 e; apply sum_ext; intros i _; exact (f_equal (fun p => c i * ln p) (others_by_rivals lambda d o v w (rows i) lambda0)).
Qed.

(** 2 lambda^2 (f(z) - f(w)) >= (z - w)^T M (z - w) *)
Lemma above_the_matrix lambda n d o c rows v w z : 0 < lambda -> (forall i, (i < n)%nat -> 0 <= c i) ->
  (forall i, (i < n)%nat -> dot d (rows i) (rows i) = 1) -> dot d w w = 1 -> dot d z z = 1 ->
  let e := boltzmann_weight lambda in let s := copies_pull e n d o c rows v w in let y := fun a => z a - w a in
  (forall a, (a < d)%nat -> s a = dot d s w * w a) ->
  copies_loss ln e n d o c rows v w +
    sum d (fun a => sum d (fun b => y a * second_order Rmin e lambda n d o c rows v w a b * y b)) / (2 * (lambda * lambda)) <=
  copies_loss ln e n d o c rows v z.
Proof.
  intros lambda0 c0 units unit_w unit_z e s y stationary; unfold e; rewrite !copies_loss_phi by exact lambda0; fold e.
  assert (sy : dot d s y = - (dot d s w * dot d y y / 2)).
  { rewrite (dot_along d s w y stationary); unfold y; rewrite unit_apart, dot_minus, unit_w by assumption; field. }
  unfold second_order; to_reals; rewrite (quadratic_form (fun i => c i * least_curvature Rmin e d o v (rows i))); fold s.
  apply Rle_trans with (sum n (fun i => c i * phi (rivals e d o v (rows i)) (dot d (rows i) w / lambda)
    - c i * weight e d o v w (rows i) * dot d (rows i) y * / lambda
    + c i * least_curvature Rmin e d o v (rows i) * (dot d (rows i) y * dot d (rows i) y) * / (2 * (lambda * lambda)))).
  - right; rewrite sum_add, sum_sub, !sum_mulr, <- copies_pull_along; fold s; rewrite sy; field; lra.
  - apply sum_le; intros i lt; unfold e; rewrite weight_remaining.
    assert (S0 := rivals_nonnegative lambda d o v (rows i)); set (S := rivals (boltzmann_weight lambda) d o v (rows i)) in *.
    assert (at_w := unit_product d (rows i) w (units i lt) unit_w); assert (at_z := unit_product d (rows i) z (units i lt) unit_z).
    assert (below : phi S (dot d (rows i) w / lambda)
      - remaining S (dot d (rows i) w / lambda) * (dot d (rows i) z / lambda - dot d (rows i) w / lambda)
      + least_curvature Rmin (boltzmann_weight lambda) d o v (rows i) * ((dot d (rows i) z / lambda - dot d (rows i) w / lambda) *
        (dot d (rows i) z / lambda - dot d (rows i) w / lambda)) / 2 <= phi S (dot d (rows i) z / lambda)).
    { apply phi_below; [exact S0 |]; intros t inside; apply least_curvature_below; [exact lambda0 |].
      assert (w_back : dot d (rows i) w / lambda * lambda = dot d (rows i) w) by (field; lra).
      assert (z_back : dot d (rows i) z / lambda * lambda = dot d (rows i) z) by (field; lra).
      revert inside; unfold Rmin, Rmax; destruct (Rle_dec _ _); intros [low high];
        apply (Rmult_le_compat_r lambda) in low; apply (Rmult_le_compat_r lambda) in high; lra. }
    apply Rle_trans with (c i * phi S (dot d (rows i) z / lambda)); [| apply Rle_refl].
    apply (Rmult_le_compat_l (c i)) in below; [| apply c0, lt]; apply Rle_trans with (2 := below).
    right; unfold y; rewrite dot_minus; field; lra.
Qed.

Lemma second_order_symmetric lambda n d o c rows v w a b : let e := boltzmann_weight lambda in
  second_order Rmin e lambda n d o c rows v w a b = second_order Rmin e lambda n d o c rows v w b a.
Proof. intros e; unfold second_order; rewrite (Nat.eqb_sym a b); to_reals; f_equal; apply sum_ext; intros; ring. Qed.

(** claim: secu.theorem1/stationary/certificate
    value: copies_loss log (boltzmann T) n d o c x v z - copies_loss log (boltzmann T) n d o c x v w
    compared: 9a7d06a87375-9832aaea1a7b *)
Theorem certificate lambda n d o c rows v w z : 0 < lambda -> (forall i, (i < n)%nat -> 0 < c i) ->
  (forall i, (i < n)%nat -> dot d (rows i) (rows i) = 1) -> dot d w w = 1 -> dot d z z = 1 ->
  let e := boltzmann_weight lambda in let s := copies_pull e n d o c rows v w in
  (forall a, (a < d)%nat -> s a = dot d s w * w a) -> dominant d (second_order Rmin e lambda n d o c rows v w) ->
  copies_loss ln e n d o c rows v w <= copies_loss ln e n d o c rows v z.
Proof.
  intros lambda0 c0 units unit_w unit_z e s stationary dominates.
  assert (above := above_the_matrix lambda n d o c rows v w z lambda0 (fun i lt => Rlt_le _ _ (c0 i lt)) units unit_w unit_z stationary).
  apply Rle_trans with (2 := above); fold e; rewrite <- (Rplus_0_r (copies_loss ln e n d o c rows v w)) at 1.
  apply Rplus_le_compat_l, Rmult_le_pos; [| apply Rlt_le, Rinv_0_lt_compat; nra].
  apply dominance; [apply second_order_symmetric | exact dominates].
Qed.

Lemma copies_ahead lambda n d o c rows v w u : (0 < n)%nat -> (0 < o)%nat -> (forall i, (i < n)%nat -> 0 < c i) ->
  (forall i, (i < n)%nat -> 0 < dot d (rows i) u) -> 0 < dot d (copies_pull (boltzmann_weight lambda) n d o c rows v w) u.
Proof.
  intros n0 o0 c0 ahead; rewrite copies_pull_along; apply sum_gt0; [exact n0 |]; intros i lt.
  assert (S0 : 0 < rivals (boltzmann_weight lambda) d o v (rows i)) by (apply sum_gt0; [exact o0 | intros; apply exp_pos]).
  apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat; [apply c0, lt |] | apply ahead, lt].
  apply Rdiv_lt_0_compat; [exact S0 | apply Rplus_lt_0_compat; [apply exp_pos | exact S0]].
Qed.

Lemma copies_closer lambda n d o c rows v w z : 0 < lambda -> (0 < n)%nat -> (0 < o)%nat -> (forall i, (i < n)%nat -> 0 < c i) ->
  (forall i, (i < n)%nat -> dot d (rows i) w < dot d (rows i) z) -> let e := boltzmann_weight lambda in
  copies_loss ln e n d o c rows v z < copies_loss ln e n d o c rows v w.
Proof.
  intros lambda0 n0 o0 c0 closer e; unfold e; rewrite !copies_loss_phi by exact lambda0; fold e.
  apply Rminus_gt_0_lt; rewrite <- sum_sub; apply sum_gt0; [exact n0 |]; intros i lt.
  assert (S0 : 0 < rivals e d o v (rows i)) by (apply sum_gt0; [exact o0 | intros; apply exp_pos]).
  rewrite <- Rmult_minus_distr_l; apply Rmult_lt_0_compat; [apply c0, lt | apply Rgt_minus; unfold phi].
  assert (farther : exp (- (dot d (rows i) z / lambda)) < exp (- (dot d (rows i) w / lambda))).
  { apply exp_increasing, Ropp_lt_contravar, Rmult_lt_compat_r; [apply Rinv_0_lt_compat, lambda0 | apply closer, lt]. }
  assert (E0 := exp_pos (- (dot d (rows i) z / lambda))).
  apply ln_increasing; [apply Rplus_lt_0_compat; [lra | apply Rmult_lt_0_compat; assumption] |].
  apply Rplus_lt_compat_l, Rmult_lt_compat_l; assumption.
Qed.

Lemma unit_mirror d w u : 0 < dot d u u -> dot d w w = 1 -> dot d (mirror d u w) (mirror d u w) = 1.
Proof.
  intros long unit; rewrite dot_mirror, !(dot_symmetric d (mirror d u w)), !dot_mirror, unit, (dot_symmetric d u w); field; lra.
Qed.

(** The same with the positives in an open half-space
    claim: secu.theorem1/blockwise/plane/amended
    value: dot d (copies_pull (boltzmann T) n d o c x v w) w
    compared: 972e9f8c88f1-8e9b0c5c5093 *)
Theorem certified_half_space lambda n d o c rows v w u : 0 < lambda -> (0 < n)%nat -> (0 < o)%nat ->
  (forall i, (i < n)%nat -> 0 < c i) -> (forall i, (i < n)%nat -> dot d (rows i) (rows i) = 1) -> dot d w w = 1 ->
  let e := boltzmann_weight lambda in let s := copies_pull e n d o c rows v w in
  (forall a, (a < d)%nat -> s a = dot d s w * w a) -> dominant d (second_order Rmin e lambda n d o c rows v w) ->
  (forall i, (i < n)%nat -> 0 < dot d (rows i) u) -> 0 < dot d s w.
Proof.
  intros lambda0 n0 o0 c0 units unit e s stationary dominates ahead; apply Rnot_le_lt; intros inward.
  assert (su := copies_ahead lambda n d o c rows v w u n0 o0 c0 ahead); fold e s in su.
  rewrite (dot_along d s w u stationary) in su; assert (wu : dot d w u < 0) by nra.
  assert (long := ahead_is_long d (rows 0%nat) u (ahead 0%nat n0)).
  apply (Rlt_not_le (copies_loss ln e n d o c rows v w) (copies_loss ln e n d o c rows v (mirror d u w))).
  - apply copies_closer; try assumption; intros i lt; rewrite dot_mirror; assert (xu := ahead i lt).
    assert (step : 0 < 2 * - dot d w u / dot d u u * dot d (rows i) u) by (apply Rmult_lt_0_compat; [apply Rdiv_lt_0_compat |]; lra).
    replace (2 * - dot d w u / dot d u u) with (- (2 * dot d w u / dot d u u)) in step by (field; lra); lra.
  - apply certificate; try assumption; apply unit_mirror; assumption.
Qed.
