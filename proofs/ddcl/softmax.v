(** The soft assignment over the reals, and how it spreads as the temperature rises. *)
From Coq Require Import Reals Lia Lra.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions soft_definitions.
Open Scope R_scope.

Implicit Types (k d n : nat) (z q v : nat -> R) (p : nat -> nat -> R) (T : R).

(** q_j in proportion to e^(-|z - p_j|^2/T), (8) *)
Definition soft k d z p T (j : nat) : R := share k (fun i => exp (- (distance2 d z (p i) / T))) j.

Lemma weights_sum_gt0 n (w : nat -> R) : (0 < n)%nat -> (forall i, 0 < w i) -> 0 < sum n w.
Proof. intros n0 w0; apply sum_gt0; auto. Qed.

Lemma share_gt0 n (w : nat -> R) j : (0 < n)%nat -> (forall i, 0 < w i) -> 0 < share n w j.
Proof. intros n0 w0; unfold share; to_reals; apply Rdiv_lt_0_compat; auto using weights_sum_gt0. Qed.

Lemma share_mass n (w : nat -> R) : (0 < n)%nat -> (forall i, 0 < w i) -> sum n (share n w) = 1.
Proof.
  intros n0 w0; unfold share; to_reals; rewrite sum_mulr; apply Rinv_r, Rgt_not_eq, weights_sum_gt0; auto.
Qed.

Lemma soft_gt0 k d z p T j : (0 < k)%nat -> 0 < soft k d z p T j.
Proof. intros k0; apply share_gt0; [lia | intros; apply exp_pos]. Qed.

Lemma soft_mass k d z p T : (0 < k)%nat -> sum k (soft k d z p T) = 1.
Proof. intros k0; apply share_mass; [lia | intros; apply exp_pos]. Qed.

Lemma sum_first n (f : nat -> R) : sum (S n) f = f 0%nat + sum n (fun i => f (S i)).
Proof. induction n as [|n IH]; [simpl; to_reals; lra|]; rewrite sum_S, IH, sum_S; to_reals; lra. Qed.

(** Chebyshev's sum inequality: similarly ordered f and g are positively correlated. *)
Lemma chebyshev n (w f g : nat -> R) : (forall i, 0 <= w i) -> (forall i j, 0 <= (f i - f j) * (g i - g j)) ->
  sum n (fun i => w i * f i) * sum n (fun i => w i * g i) <= sum n w * sum n (fun i => w i * (f i * g i)).
Proof.
  intros w0 ordered.
  assert (0 <= sum n (fun i => sum n (fun j => w i * (w j * ((f i - f j) * (g i - g j)))))) as total.
  { apply sum_ge0; intros i _; apply sum_ge0; intros j _; auto using Rmult_le_pos. }
  rewrite (sum_ext n _ (fun i => w i * (f i * g i) * sum n w - w i * f i * sum n (fun j => w j * g j)
      - w i * g i * sum n (fun j => w j * f j) + w i * sum n (fun j => w j * (f j * g j)))) in total.
  - rewrite sum_add, !sum_sub, !sum_mulr in total; lra.
  - intros i _; rewrite <- !sum_mull, <- !sum_sub, <- sum_add; apply sum_ext; intros j _; ring.
Qed.

(** In a hotter assignment the weights u_j are those of a colder one, u_j b_j, without a factor b_j that is the larger
    the larger u_j is: the sum of the squared shares is smaller. *)
Lemma squares_fall n (u b : nat -> R) : (0 < n)%nat -> (forall i, 0 < u i) -> (forall i, 0 < b i) ->
  (forall i j, 0 <= (u i - u j) * (b i - b j)) ->
  sum n (fun i => square (share n u i)) <= sum n (fun i => square (share n (fun j => u j * b j) i)).
Proof.
  intros n0 u0 b0 ordered.
  assert (forall w : nat -> R, (forall i, 0 < w i) ->
    sum n (fun i => square (share n w i)) = sum n (fun i => w i * w i) / (sum n w * sum n w)) as squares.
  { intros w w0; unfold share; to_reals; unfold Rdiv; rewrite <- sum_mulr; apply sum_ext; intros i _.
    field; apply Rgt_not_eq, weights_sum_gt0; auto. }
  rewrite !squares by (intros; auto using Rmult_lt_0_compat).
  set (U := sum n u); set (B := sum n (fun j => u j * b j)); set (U2 := sum n (fun i => u i * u i)).
  set (B2 := sum n (fun i => u i * b i * (u i * b i))).
  assert (0 < U) by (apply weights_sum_gt0; auto).
  assert (0 < B) by (apply weights_sum_gt0; auto using Rmult_lt_0_compat).
  assert (0 < U2) by (apply weights_sum_gt0; auto using Rmult_lt_0_compat).
  pose (C := sum n (fun i => u i * u i * b i)).
  assert (0 < C) by (apply weights_sum_gt0; auto using Rmult_lt_0_compat).
  assert (B * U2 <= U * C) as first.
  { unfold B, U2, U, C; rewrite (sum_ext n (fun i => u i * u i * b i) (fun i => u i * (b i * u i))) by (intros; ring).
    apply (chebyshev n u b u); intros; [apply Rlt_le; auto|]; rewrite Rmult_comm; apply ordered. }
  assert (C * C <= U2 * B2) as second.
  { unfold B2; rewrite (sum_ext n (fun i => u i * b i * (u i * b i)) (fun i => u i * u i * (b i * b i))) by (intros; ring).
    apply (chebyshev n (fun i => u i * u i) b b); intros; [apply Rlt_le; auto using Rmult_lt_0_compat|apply Rle_0_sqr]. }
  assert (B * U2 * (B * U2) <= U * C * (U * C)) by (apply Rmult_le_compat; auto with real; apply Rlt_le; auto using Rmult_lt_0_compat).
  assert (U2 * (B * B) <= B2 * (U * U)) as key.
  { apply Rmult_le_reg_l with U2; [assumption|]. apply Rle_trans with (U * C * (U * C)); [lra|].
    replace (U2 * (B2 * (U * U))) with (U * U * (U2 * B2)) by ring.
    replace (U * C * (U * C)) with (U * U * (C * C)) by ring.
    apply Rmult_le_compat_l; [apply Rle_0_sqr | assumption]. }
  apply Rmult_le_reg_r with (U * U * (B * B)); [auto 6 using Rmult_lt_0_compat|].
  replace (U2 / (U * U) * (U * U * (B * B))) with (U2 * (B * B)) by (field; lra).
  replace (B2 / (B * B) * (U * U * (B * B))) with (B2 * (U * U)) by (field; lra).
  exact key.
Qed.

(** Weights at a lower temperature: those at a higher one times a factor that falls with the distance as they do. *)
Lemma cooled k d z p T1 T2 : 0 < T1 -> T1 < T2 -> exists b : nat -> R, (forall i, 0 < b i) /\
  (forall i j, 0 <= (exp (- (distance2 d z (p i) / T2)) - exp (- (distance2 d z (p j) / T2))) * (b i - b j)) /\
  (forall i, exp (- (distance2 d z (p i) / T1)) = exp (- (distance2 d z (p i) / T2)) * b i).
Proof.
  intros T0 hotter; pose (c := / T1 - / T2).
  assert (0 < c) by (unfold c; apply Rlt_Rminus, Rinv_lt_contravar; [apply Rmult_lt_0_compat|]; lra).
  assert (0 < / T2) by (apply Rinv_0_lt_compat; lra).
  exists (fun i => exp (- (distance2 d z (p i) * c))); repeat split.
  - intros; apply exp_pos.
  - assert (forall x y a, 0 < a -> x <= y -> exp (- (y * a)) <= exp (- (x * a))) as falls.
    { intros x y a a0 [lt_xy | ->]; [|lra]. apply Rlt_le, exp_increasing.
      assert (x * a < y * a) by (apply Rmult_lt_compat_r; lra); lra. }
    intros i j; unfold Rdiv; set (x := distance2 d z (p i)); set (y := distance2 d z (p j)).
    destruct (Rle_dec x y) as [le_xy | gt_xy].
    + pose proof (falls x y (/ T2) ltac:(assumption) le_xy); pose proof (falls x y c ltac:(assumption) le_xy).
      apply Rmult_le_pos; lra.
    + assert (y <= x) as le_yx by lra.
      pose proof (falls y x (/ T2) ltac:(assumption) le_yx); pose proof (falls y x c ltac:(assumption) le_yx).
      rewrite <- Rmult_opp_opp; apply Rmult_le_pos; lra.
  - intros i; rewrite <- exp_plus; f_equal; unfold c; field; lra.
Qed.

Lemma soft_squares_fall k d z p T1 T2 : (0 < k)%nat -> 0 < T1 -> T1 < T2 ->
  sum k (fun j => square (soft k d z p T2 j)) <= sum k (fun j => square (soft k d z p T1 j)).
Proof.
  intros k0 T0 hotter; destruct (cooled k d z p T1 T2 T0 hotter) as (b & b0 & ordered & same).
  pose (u := fun i => exp (- (distance2 d z (p i) / T2))).
  assert (forall i, 0 < u i) as u0 by (intros; apply exp_pos).
  pose proof (squares_fall k u b k0 u0 b0 ordered) as falls.
  unfold soft; apply Rle_trans with (1 := falls), Req_le, sum_ext; intros j _; f_equal; unfold share; to_reals.
  rewrite (sum_ext k (fun i => exp (- (distance2 d z (p i) / T1))) (fun j => u j * b j)) by (intros; apply same).
  now rewrite (same j).
Qed.

(** Two prototypes: the product of the shares grows with the temperature. *)
Lemma two_shares q : sum 2 q = 1 -> q 1%nat = 1 - q 0%nat.
Proof. simpl; to_reals; lra. Qed.

Lemma soft_product_grows d z p T1 T2 : 0 < T1 -> T1 < T2 ->
  soft 2 d z p T1 0%nat * soft 2 d z p T1 1%nat <= soft 2 d z p T2 0%nat * soft 2 d z p T2 1%nat.
Proof.
  intros T0 hotter; pose proof (soft_squares_fall 2 d z p T1 T2 ltac:(lia) T0 hotter) as falls.
  pose proof (two_shares _ (soft_mass 2 d z p T1 ltac:(lia))) as one1.
  pose proof (two_shares _ (soft_mass 2 d z p T2 ltac:(lia))) as one2.
  cbn [sum] in falls; to_reals; cbv [square] in falls; cbn [zero add mul real_arithmetic] in falls; rewrite one1, one2 in *; nra.
Qed.
