(** As lambda grows the predictions tend to 1/K, and the centres to the means of their positives. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.secu Require Import sphere_definitions.

Open Scope R_scope.

(** u -> e^(-u/lambda) *)
Definition boltzmann_weight (lambda u : R) : R := exp (- u / lambda).

Implicit Types (n d o : nat) (x w : nat -> R) (v rows : nat -> nat -> R) (lambda bound : R).

Lemma attraction_eq lambda d x w : attraction (boltzmann_weight lambda) d x w = exp (dot d x w / lambda).
Proof. unfold attraction, boltzmann_weight; to_reals; now rewrite Ropp_involutive. Qed.

Lemma closer_than lambda bound a b : 0 < lambda -> Rabs a <= bound -> Rabs b <= bound ->
  exp (a / lambda) <= exp (2 * bound / lambda) * exp (b / lambda).
Proof.
  intros lambda0 ha hb; apply Rabs_le_between in ha; apply Rabs_le_between in hb; rewrite <- exp_plus.
  destruct (Rle_lt_or_eq_dec (a / lambda) (2 * bound / lambda + b / lambda)) as [below | ->]; [| apply Rlt_le, exp_increasing, below | lra].
  unfold Rdiv; rewrite <- Rmult_plus_distr_r; apply Rmult_le_compat_r; [apply Rlt_le, Rinv_0_lt_compat, lambda0 | lra].
Qed.

(** Where |x.w| and all |x.v_l| are at most [bound] *)
Lemma between lambda bound d o v w x : 0 < lambda -> Rabs (dot d x w) <= bound ->
  (forall l, (l < o)%nat -> Rabs (dot d x (v l)) <= bound) ->
  let p := prediction (boltzmann_weight lambda) d o v w x in let k := INR (S o) in
  exp (- (2 * bound / lambda)) / k <= p <= exp (2 * bound / lambda) / k.
Proof.
  intros lambda0 hw hv p k; unfold p, prediction; rewrite attraction_eq.
  set (A := exp (dot d x w / lambda)); set (E := exp (2 * bound / lambda)).
  assert (A0 : 0 < A) by apply exp_pos; assert (E0 : 0 < E) by apply exp_pos.
  assert (k0 : 0 < k) by (apply lt_0_INR; lia).
  assert (above : A + rivals (boltzmann_weight lambda) d o v x <= k * (E * A)).
  { unfold k; rewrite S_INR, Rmult_plus_distr_r, Rmult_1_l, Rplus_comm; apply Rplus_le_compat.
    - rewrite <- sum_const; apply sum_le; intros l lt_lo; rewrite attraction_eq; apply closer_than; auto.
    - apply closer_than; auto. }
  assert (below : k * A <= E * (A + rivals (boltzmann_weight lambda) d o v x)).
  { unfold k; rewrite S_INR, Rmult_plus_distr_r, Rmult_1_l, Rplus_comm, Rmult_plus_distr_l; apply Rplus_le_compat.
    - apply closer_than; auto.
    - rewrite <- sum_const; unfold rivals; rewrite <- sum_mull; apply sum_le; intros l lt_lo; rewrite attraction_eq.
      apply closer_than; auto. }
  assert (S0 : 0 <= rivals (boltzmann_weight lambda) d o v x) by (apply sum_ge0; intros; apply Rlt_le, exp_pos).
  rewrite exp_Ropp; fold E; revert above below S0; to_reals; generalize (rivals (boltzmann_weight lambda) d o v x).
  intros S above below S0; split.
  - apply Rmult_le_reg_r with (k * E * (A + S)); [repeat apply Rmult_lt_0_compat; lra |].
    replace (/ E / k * (k * E * (A + S))) with (A + S) by (field; lra).
    replace (A * / (A + S) * (k * E * (A + S))) with (k * (E * A)) by (field; lra); exact above.
  - apply Rmult_le_reg_r with (k * (A + S)); [apply Rmult_lt_0_compat; lra |].
    replace (A * / (A + S) * (k * (A + S))) with (k * A) by (field; lra).
    replace (E / k * (k * (A + S))) with (E * (A + S)) by (field; lra); exact below.
Qed.

Lemma unit_dot d x w : dot d x x = 1 -> dot d w w = 1 -> Rabs (dot d x w) <= 1.
Proof.
  intros unit_x unit_w; apply Rabs_le_between.
  assert (part : forall s, s * s = 1 -> 0 <= dot d x x - 2 * (s * dot d x w) + dot d w w).
  { intros s s1; replace (dot d x x - 2 * (s * dot d x w) + dot d w w) with (sum d (fun a => (x a - s * w a) * (x a - s * w a))).
    - apply sum_ge0; intros a _; apply (Rle_0_sqr (x a - s * w a)).
    - unfold dot; to_reals; rewrite <- !sum_mull, <- sum_sub, <- sum_add; apply sum_ext; intros a _.
      replace (w a * w a) with (s * s * (w a * w a)) by (rewrite s1; ring); ring. }
  assert (plus := part 1 ltac:(ring)); assert (minus := part (-1) ltac:(ring)); lra.
Qed.

(** At all unit centres, K = o + 1
    claim: secu.limit/limit/uniformly
    value: let p := prediction (boltzmann T) d o v w x in let k := number (S o) in
      [p - boltzmann T 2 / k; boltzmann T (-2 # 1) / k - p]
    compared: 31e68c4c38c4-09401d68c1b8 *)
Theorem uniformly lambda d o v w x : 0 < lambda -> dot d x x = 1 -> dot d w w = 1 ->
  (forall l, (l < o)%nat -> dot d (v l) (v l) = 1) ->
  let p := prediction (boltzmann_weight lambda) d o v w x in
  exp (- (2 / lambda)) / INR (S o) <= p <= exp (2 / lambda) / INR (S o).
Proof.
  intros lambda0 unit_x unit_w unit_v p.
  replace (2 / lambda) with (2 * 1 / lambda) by (field; lra).
  apply (between lambda 1); [exact lambda0 | apply unit_dot; assumption |].
  intros l lt_lo; apply unit_dot; [assumption | apply unit_v, lt_lo].
Qed.

Lemma tends_to_one c : is_lim (fun lambda => exp (c / lambda)) p_infty 1.
Proof.
  rewrite <- exp_0; apply (is_lim_comp_continuous (fun lambda => c / lambda) exp p_infty 0).
  - replace (Finite 0) with (Rbar_mult c 0) by (simpl; now rewrite Rmult_0_r).
    unfold Rdiv; apply is_lim_scal_l; replace (Finite 0) with (Rbar_inv p_infty) by reflexivity.
    apply is_lim_inv; [apply is_lim_id | discriminate].
  - apply (ex_derive_continuous exp 0); auto_derive; exact I.
Qed.

(** The prediction of every instance tends to 1/K.
    claim: secu.limit/limit/predictions
    value: entries n (fun i => prediction (boltzmann T) d o v w (x i) - 1 / number (S o))
    scope: all n, o, d
    compared: 69090f79ce53-6b200086a13a *)
Theorem predictions d o v w x :
  is_lim (fun lambda => prediction (boltzmann_weight lambda) d o v w x) p_infty (1 / INR (S o)).
Proof.
  pose (bound := Rabs (dot d x w) + sum o (fun l => Rabs (dot d x (v l)))).
  assert (others : forall m, 0 <= sum m (fun l => Rabs (dot d x (v l)))) by (intros; apply sum_ge0; intros; apply Rabs_pos).
  assert (hw : Rabs (dot d x w) <= bound) by (unfold bound; specialize (others o); lra).
  assert (hv : forall l, (l < o)%nat -> Rabs (dot d x (v l)) <= bound).
  { assert (all : forall m l, (l < m)%nat -> Rabs (dot d x (v l)) <= sum m (fun l => Rabs (dot d x (v l)))).
    { induction m as [|m IH]; intros l lt_lm; [lia |]; rewrite sum_S; assert (h := others m).
      destruct (Nat.eq_dec l m) as [-> | other]; [lra |].
      assert (t := IH l ltac:(lia)); assert (p := Rabs_pos (dot d x (v m))); lra. }
    intros l lt_lo; assert (h := all o l lt_lo); assert (p := Rabs_pos (dot d x w)); unfold bound; lra. }
  assert (k0 : INR (S o) <> 0) by (apply not_0_INR; lia).
  apply (is_lim_le_le_loc (fun lambda => exp (- (2 * bound) / lambda) * / INR (S o))
    (fun lambda => exp (2 * bound / lambda) * / INR (S o))).
  - exists 0; intros lambda lambda0.
    destruct (between lambda bound d o v w x lambda0 hw hv) as [low high]; split; [| exact high].
    replace (- (2 * bound) / lambda) with (- (2 * bound / lambda)) by (field; lra); exact low.
  - replace (1 / INR (S o)) with (1 * / INR (S o)) by reflexivity.
    apply (is_lim_scal_r _ (/ INR (S o)) p_infty 1), tends_to_one.
  - replace (1 / INR (S o)) with (1 * / INR (S o)) by reflexivity.
    apply (is_lim_scal_r _ (/ INR (S o)) p_infty 1), tends_to_one.
Qed.
