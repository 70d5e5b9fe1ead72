(** Theorem 1: the slope of the loss of one centre, and the converse: a centre along its pull s has the least loss on the ball. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.secu Require Import sphere_definitions proposition1_definitions theorem1_definitions.

Open Scope R_scope.

Implicit Types (n d o i : nat) (rows v : nat -> nat -> R) (w z u : nat -> R) (lambda : R).

(** u -> e^(-u/lambda) *)
Definition boltzmann_weight lambda (u : R) : R := exp (- u / lambda).

(** f(w) = sum_i (log (e^(x_i.w/lambda) + sum_l e^(x_i.v_l/lambda)) - x_i.w/lambda) *)
Definition loss lambda n d o rows v w : R := let e := boltzmann_weight lambda in
  sum n (fun i => ln (attraction e d (rows i) w + rivals e d o v (rows i)) - dot d (rows i) w / lambda).

Lemma dot_moved d (x w u : nat -> R) h : dot d x (fun a => w a + h * u a) = dot d x w + h * dot d x u.
Proof. unfold dot; to_reals; rewrite <- sum_mull, <- sum_add; apply sum_ext; intros; ring. Qed.

Lemma rivals_nonnegative lambda d o v x : 0 <= rivals (boltzmann_weight lambda) d o v x.
Proof. apply sum_ge0; intros; apply Rlt_le, exp_pos. Qed.

Lemma derivative_of_sum n (f : nat -> R -> R) (g : nat -> R) t : (forall i, (i < n)%nat -> is_derive (f i) t (g i)) ->
  is_derive (fun h => sum n (fun i => f i h)) t (sum n g).
Proof.
  induction n as [|n IH]; intros parts; [apply (is_derive_const 0 t) |].
  apply (is_derive_plus (fun h => sum n (fun i => f i h)) (f n) t); [apply IH; intros; apply parts; lia | apply parts; lia].
Qed.

Lemma slope_term lambda d o v w u x : lambda <> 0 -> let e := boltzmann_weight lambda in
  is_derive (fun h => ln (attraction e d x (fun a => w a + h * u a) + rivals e d o v x) - dot d x (fun a => w a + h * u a) / lambda)
    0 ((prediction e d o v w x - 1) * dot d x u / lambda).
Proof.
  intros lambda0 e; assert (S0 : 0 <= rivals e d o v x) by apply rivals_nonnegative; unfold prediction.
  assert (A : forall y, attraction e d x y = exp (dot d x y / lambda))
    by (intros y; unfold attraction, e, boltzmann_weight; to_reals; now rewrite Ropp_involutive).
  rewrite A; revert S0; generalize (rivals e d o v x); intros S S0.
  apply (is_derive_ext (fun h => ln (exp ((dot d x w + h * dot d x u) / lambda) + S) - (dot d x w + h * dot d x u) / lambda)).
  - intros h; rewrite A, dot_moved; reflexivity.
  - to_reals; generalize (dot d x w) (dot d x u); intros a b.
    assert (A0 := exp_pos (a / lambda)); auto_derive.
    + apply Rplus_lt_le_0_compat; [apply exp_pos | exact S0].
    + unfold Rdiv in *; rewrite Rmult_0_l, Rplus_0_r; field; split; lra.
Qed.

(** - lambda grad f(w) = s
    claim: secu.theorem1/stationary/sign/amended
    value: T_value * loss_slope (boltzmann T) T_value n d o x v w u + dot d (pull (boltzmann T) n d o x v w) u
    compared: f71af501bc18-fd38c4e1f05c *)
Theorem slope_of_the_loss lambda n d o rows v w u : 0 < lambda -> let e := boltzmann_weight lambda in
  is_derive (fun h => loss lambda n d o rows v (fun a => w a + h * u a)) 0 (loss_slope e lambda n d o rows v w u) /\
  - (lambda * loss_slope e lambda n d o rows v w u) = dot d (pull e n d o rows v w) u.
Proof.
  intros lambda0 e; split.
  - apply derivative_of_sum; intros i _; apply slope_term; lra.
  - unfold loss_slope, pull, dot at 2; to_reals.
    transitivity (sum n (fun i => weight e d o v w (rows i) * dot d (rows i) u)).
    + rewrite <- sum_mull, <- sum_neg; apply sum_ext; intros i _.
      assert (S0 := rivals_nonnegative lambda d o v (rows i)); assert (A0 := exp_pos (- - dot d (rows i) w / lambda)).
      change (exp (- - dot d (rows i) w / lambda)) with (attraction e d (rows i) w) in A0; fold e in S0.
      unfold weight, prediction; to_reals; revert A0 S0; generalize (attraction e d (rows i) w) (rivals e d o v (rows i)).
      intros A S A0 S0; field; split; lra.
    + unfold dot; to_reals; transitivity (sum n (fun i => sum d (fun a => weight e d o v w (rows i) * rows i a * u a))).
      * apply sum_ext; intros i _; rewrite <- sum_mull; apply sum_ext; intros; ring.
      * rewrite sum_exchange; apply sum_ext; intros a _; rewrite <- sum_mulr; reflexivity.
Qed.

(** Positives in an open half-space: the loss falls along u wherever the centre is.
    claim: secu.loss/unconstrained/attained/amended
    value: - (T_value * loss_slope (boltzmann T) T_value n d o x v w u)
    compared: 8dbeea1bd8ac-d0ad6dcd152f *)
Theorem downhill lambda n d o rows v w u : 0 < lambda -> (0 < n)%nat -> (0 < o)%nat ->
  (forall i, (i < n)%nat -> 0 < dot d (rows i) u) -> let e := boltzmann_weight lambda in
  is_derive (fun h => loss lambda n d o rows v (fun a => w a + h * u a)) 0 (loss_slope e lambda n d o rows v w u) /\
  0 < - (lambda * loss_slope e lambda n d o rows v w u).
Proof.
  intros lambda0 n0 o0 ahead e; split; [apply (slope_of_the_loss lambda n d o rows v w u lambda0) |].
  unfold loss_slope; rewrite <- sum_mull, <- sum_neg; apply sum_gt0; [exact n0 |]; intros i lt_in.
  assert (S0 : 0 < rivals e d o v (rows i)) by (apply sum_gt0; [exact o0 | intros; apply exp_pos]).
  assert (A0 : 0 < attraction e d (rows i) w) by apply exp_pos; assert (b0 := ahead i lt_in).
  unfold prediction; to_reals; revert A0 S0 b0.
  generalize (attraction e d (rows i) w) (rivals e d o v (rows i)) (dot d (rows i) u); intros A S b A0 S0 b0.
  replace (- (lambda * ((A * / (A + S) + - (1)) * b * / lambda))) with (S / (A + S) * b) by (field; lra).
  apply Rmult_lt_0_compat; [apply Rdiv_lt_0_compat; lra | exact b0].
Qed.

(** The mean of 1 and e^(-t) with the weights p and q is at least e^(-qt). *)
Lemma mean_of_exponentials p q t : 0 <= p -> 0 <= q -> p + q = 1 -> exp (- (q * t)) <= p + q * exp (- t).
Proof.
  intros p0 q0 total.
  assert (up := exp_ineq1_le (q * t)); assert (down := exp_ineq1_le (- (p * t))); assert (e0 := exp_pos (- (q * t))).
  assert (one : exp (- (q * t)) * exp (q * t) = 1) by (rewrite <- exp_plus, Rplus_opp_l; apply exp_0).
  assert (rest : exp (- t) = exp (- (q * t)) * exp (- (p * t))) by (rewrite <- exp_plus; f_equal; replace p with (1 - q) by lra; ring).
  rewrite rest.
  assert (1 <= p * exp (q * t) + q * exp (- (p * t))).
  { apply Rle_trans with (p * (1 + q * t) + q * (1 + - (p * t))); [right; replace p with (1 - q) by lra; ring |].
    apply Rplus_le_compat; apply Rmult_le_compat_l; assumption. }
  replace p with (p * (exp (- (q * t)) * exp (q * t))) at 1 by (rewrite one; ring).
  replace (p * (exp (- (q * t)) * exp (q * t)) + q * (exp (- (q * t)) * exp (- (p * t))))
    with (exp (- (q * t)) * (p * exp (q * t) + q * exp (- (p * t)))) by ring.
  rewrite <- (Rmult_1_r (exp (- (q * t)))) at 1; apply Rmult_le_compat_l; lra.
Qed.

Lemma odds_term lambda d o v w z x : 0 < lambda -> let e := boltzmann_weight lambda in
  (1 + sum o (fun l => e (dot d x w - dot d x (v l)))) * exp (- (weight e d o v w x * ((dot d x z - dot d x w) / lambda))) <=
  1 + sum o (fun l => e (dot d x z - dot d x (v l))).
Proof.
  intros lambda0 e; set (t := (dot d x z - dot d x w) / lambda).
  assert (S0 := rivals_nonnegative lambda d o v x); fold e in S0.
  assert (A0 : 0 < attraction e d x w) by apply exp_pos.
  assert (ratio : forall y, sum o (fun l => e (dot d x y - dot d x (v l))) = rivals e d o v x * exp (- (dot d x y / lambda))).
  { intros y; unfold rivals; rewrite <- sum_mulr; apply sum_ext; intros l _; unfold attraction, e, boltzmann_weight; to_reals.
    rewrite <- exp_plus; f_equal; field; lra. }
  rewrite !ratio.
  assert (own : exp (- (dot d x w / lambda)) = / attraction e d x w).
  { unfold attraction, e, boltzmann_weight; to_reals; rewrite Ropp_involutive, exp_Ropp; reflexivity. }
  assert (other : exp (- (dot d x z / lambda)) = / attraction e d x w * exp (- t)).
  { rewrite <- own, <- exp_plus; f_equal; unfold t; field; lra. }
  rewrite own, other; unfold weight; to_reals; revert A0 S0; generalize (attraction e d x w) (rivals e d o v x); intros A S A0 S0.
  assert (bound := mean_of_exponentials (A / (A + S)) (S / (A + S)) t).
  replace (1 + S * (/ A * exp (- t))) with ((1 + S * / A) * (A / (A + S) + S / (A + S) * exp (- t))) by (field; lra).
  apply Rmult_le_compat_l; [apply Rplus_le_le_0_compat; [lra | apply Rmult_le_pos; [lra | apply Rlt_le, Rinv_0_lt_compat; lra]] |].
  apply bound; [apply Rmult_le_pos; [lra | apply Rlt_le, Rinv_0_lt_compat; lra] .. | field; lra].
Qed.

Lemma multiplied_bound n (a b t : nat -> R) : (forall i, (i < n)%nat -> 0 <= a i /\ a i * exp (- t i) <= b i) ->
  0 <= multiplied n a /\ multiplied n a * exp (- sum n t) <= multiplied n b.
Proof.
  induction n as [|n IH]; intros terms; [simpl; rewrite Ropp_0, exp_0; lra |].
  destruct IH as [IH0 IH]; [intros; apply terms; lia |]; destruct (terms n) as [a0 an]; [lia |].
  simpl multiplied; rewrite sum_S; to_reals; rewrite Ropp_plus_distr, exp_plus; split; [apply Rmult_le_pos; assumption |].
  replace (multiplied n a * a n * (exp (- sum n t) * exp (- t n)))
    with (multiplied n a * exp (- sum n t) * (a n * exp (- t n))) by ring.
  apply Rmult_le_compat; try assumption; apply Rmult_le_pos; try assumption; apply Rlt_le, exp_pos.
Qed.

(** claim: secu.theorem1/stationary/converse
    value: odds (boltzmann T) n d o x v z - odds (boltzmann T) n d o x v w
    compared: a4ac9ff7cc5b-46f38fc0068e *)
Theorem converse lambda n d o rows v w z : 0 < lambda -> let e := boltzmann_weight lambda in
  let s := pull e n d o rows v w in
  dot d w w = 1 -> (forall a, (a < d)%nat -> s a = dot d s w * w a) -> 0 <= dot d s w -> dot d z z <= 1 ->
  odds e n d o rows v w <= odds e n d o rows v z.
Proof.
  intros lambda0 e s unit stationary outward ball.
  pose (t i := weight e d o v w (rows i) * ((dot d (rows i) z - dot d (rows i) w) / lambda)).
  destruct (multiplied_bound n (fun i => 1 + sum o (fun l => e (dot d (rows i) w - dot d (rows i) (v l))))
    (fun i => 1 + sum o (fun l => e (dot d (rows i) z - dot d (rows i) (v l)))) t) as [positive bound].
  { intros i _; split; [apply Rplus_le_le_0_compat; [lra | apply sum_ge0; intros; apply Rlt_le, exp_pos] |].
    apply odds_term; exact lambda0. }
  apply Rle_trans with (2 := bound).
  assert (total : sum n t = (dot d s z - dot d s w) / lambda).
  { assert (along : forall y, dot d s y = sum n (fun i => weight e d o v w (rows i) * dot d (rows i) y)).
    { intros y; unfold s, pull, dot at 1; to_reals.
      transitivity (sum d (fun a => sum n (fun i => weight e d o v w (rows i) * rows i a * y a))).
      - apply sum_ext; intros a _; rewrite <- sum_mulr; reflexivity.
      - rewrite sum_exchange; apply sum_ext; intros i _; unfold dot; to_reals; rewrite <- sum_mull; apply sum_ext; intros; ring. }
    rewrite !along; unfold t, Rdiv; rewrite <- sum_sub, <- sum_mulr; apply sum_ext; intros; ring. }
  assert (nearer : dot d w z <= 1).
  { assert (0 <= sum d (fun a => (w a - z a) * (w a - z a))) by (apply sum_ge0; intros a _; apply (Rle_0_sqr (w a - z a))).
    assert (sum d (fun a => (w a - z a) * (w a - z a)) = dot d w w - 2 * dot d w z + dot d z z) as same.
    { unfold dot; to_reals; rewrite <- sum_mull, <- sum_sub, <- sum_add; apply sum_ext; intros; ring. }
    lra. }
  assert (sz : dot d s z = dot d s w * dot d w z).
  { unfold dot at 1 3; to_reals; rewrite <- sum_mull; apply sum_ext; intros a lt_ad; rewrite (stationary a lt_ad); ring. }
  assert (falls : sum n t <= 0).
  { rewrite total, sz; unfold Rdiv; replace 0 with (0 * / lambda) by ring; apply Rmult_le_compat_r;
      [apply Rlt_le, Rinv_0_lt_compat, lambda0 | nra]. }
  unfold odds; to_reals; rewrite <- (Rmult_1_r (multiplied n _)) at 1; apply Rmult_le_compat_l; [exact positive |].
  rewrite <- exp_0; destruct falls as [below | ->]; [apply Rlt_le, exp_increasing; lra | rewrite Ropp_0; lra].
Qed.
