(** The damped update w <- Pi(s + n w/(4 lambda)) never raises the loss of a centre. *)
From Coq Require Import Reals Lra Lia.
From DDCL Require Import reals.
From DDCL.secu Require Import sphere_definitions proposition1_definitions theorem1_definitions theorem1
  theorem1_half_space theorem1_curvature.

Open Scope R_scope.

Implicit Types (n d o i : nat) (rows v : nat -> nat -> R) (x w z g : nat -> R) (lambda : R).

(** g = s + n w/(4 lambda) *)
Definition damped_pull lambda n d o rows v w (a : nat) : R :=
  pull (boltzmann_weight lambda) n d o rows v w a + INR n * w a / (4 * lambda).

Lemma multiplied_exp n (f : nat -> R) : (forall i, (i < n)%nat -> 0 < f i) -> multiplied n f = exp (sum n (fun i => ln (f i))).
Proof.
  induction n as [|n IH]; intros positive; simpl; to_reals; [now rewrite exp_0 |].
  rewrite exp_plus, exp_ln by (apply positive; lia); rewrite IH by (intros; apply positive; lia); reflexivity.
Qed.

Lemma odds_exp lambda n d o rows v w : 0 < lambda -> let e := boltzmann_weight lambda in
  odds e n d o rows v w = exp (sum n (fun i => phi (rivals e d o v (rows i)) (dot d (rows i) w / lambda))).
Proof.
  intros lambda0 e; unfold odds; to_reals; rewrite multiplied_exp.
  - f_equal; apply sum_ext; intros i _; exact (f_equal ln (others_by_rivals lambda d o v w (rows i) lambda0)).
  - intros i _; apply Rplus_lt_le_0_compat; [lra | apply sum_ge0; intros; apply Rlt_le, exp_pos].
Qed.

Lemma dot_damped lambda n d o rows v w u : lambda <> 0 ->
  dot d (damped_pull lambda n d o rows v w) u =
  sum n (fun i => weight (boltzmann_weight lambda) d o v w (rows i) * dot d (rows i) u) + INR n * dot d w u / (4 * lambda).
Proof.
  intros lambda0; rewrite <- pull_along; unfold dot at 1, damped_pull; to_reals.
  rewrite (sum_ext d _ (fun a => pull (boltzmann_weight lambda) n d o rows v w a * u a + INR n / (4 * lambda) * (w a * u a)))
    by (intros; field; exact lambda0).
  rewrite sum_add, sum_mull; change (sum d (fun a => w a * u a)) with (dot d w u).
  change (sum d (fun a => pull (boltzmann_weight lambda) n d o rows v w a * u a))
    with (dot d (pull (boltzmann_weight lambda) n d o rows v w) u).
  field; exact lambda0.
Qed.

Lemma along_the_target d g z w : dot d z z = 1 -> (forall a b, (a < d)%nat -> (b < d)%nat -> g a * z b = g b * z a) ->
  dot d g w = dot d g z * dot d z w.
Proof.
  intros unit parallel; unfold dot at 1 3; to_reals; rewrite <- sum_mull; apply sum_ext; intros a lt.
  replace (g a) with (g a * dot d z z) by (rewrite unit; ring).
  rewrite <- Rmult_assoc; f_equal; unfold dot; to_reals; rewrite <- sum_mull, <- sum_mulr; apply sum_ext; intros b ltb.
  rewrite <- Rmult_assoc, (parallel a b lt ltb); ring.
Qed.

Lemma loss_falls_by lambda n d o rows v w z : 0 < lambda -> let e := boltzmann_weight lambda in
  (forall i, (i < n)%nat -> dot d (rows i) (rows i) = 1) -> dot d w w = 1 -> dot d z z = 1 ->
  sum n (fun i => phi (rivals e d o v (rows i)) (dot d (rows i) z / lambda)) <=
  sum n (fun i => phi (rivals e d o v (rows i)) (dot d (rows i) w / lambda))
    - dot d (damped_pull lambda n d o rows v w) (fun a => z a - w a) / lambda.
Proof.
  intros lambda0 e units unit_w unit_z; set (y := fun a => z a - w a).
  assert (inv0 := Rinv_0_lt_compat lambda lambda0).
  assert (length : dot d y y = - 2 * dot d w y) by (unfold y; rewrite unit_apart, dot_minus, unit_w by assumption; ring).
  rewrite dot_damped by lra.
  apply Rle_trans with (sum n (fun i => phi (rivals e d o v (rows i)) (dot d (rows i) w / lambda)
    - weight e d o v w (rows i) * dot d (rows i) y / lambda + dot d y y / (8 * (lambda * lambda)))).
  - apply sum_le; intros i lt; assert (S0 := rivals_nonnegative lambda d o v (rows i)); unfold e; rewrite weight_remaining.
    assert (above := phi_above (rivals (boltzmann_weight lambda) d o v (rows i)) (dot d (rows i) w / lambda)
      (dot d (rows i) z / lambda) S0).
    apply Rle_trans with (1 := above).
    replace (dot d (rows i) z / lambda - dot d (rows i) w / lambda) with (dot d (rows i) y / lambda)
      by (unfold y; rewrite dot_minus; field; lra).
    apply Rle_trans with (phi (rivals (boltzmann_weight lambda) d o v (rows i)) (dot d (rows i) w / lambda)
      - remaining (rivals (boltzmann_weight lambda) d o v (rows i)) (dot d (rows i) w / lambda) * (dot d (rows i) y / lambda)
      + dot d (rows i) y * dot d (rows i) y * / (8 * (lambda * lambda))); [right; field; lra |].
    apply Rplus_le_compat; [right; field; lra |].
    apply Rmult_le_compat_r; [apply Rlt_le, Rinv_0_lt_compat; nra | apply cauchy, units, lt].
  - right; unfold e; rewrite sum_add, sum_sub, sum_const, length; unfold Rdiv; rewrite sum_mulr; field; lra.
Qed.

(** claim: secu.theorem1.iteration/iteration/converges/amended
    claim: secu.theorem1.iteration/half-space/converges/amended
    value: odds (boltzmann T) n d o x v w - odds (boltzmann T) n d o x v z
    compared: ac86842a6ba5-7ecb8cf59158 *)
Theorem damped_update_descends lambda n d o rows v w z : 0 < lambda ->
  (forall i, (i < n)%nat -> dot d (rows i) (rows i) = 1) -> dot d w w = 1 -> dot d z z = 1 ->
  let e := boltzmann_weight lambda in let g := damped_pull lambda n d o rows v w in
  (forall a b, (a < d)%nat -> (b < d)%nat -> g a * z b = g b * z a) -> 0 <= dot d g z ->
  odds e n d o rows v z <= odds e n d o rows v w.
Proof.
  intros lambda0 units unit_w unit_z e g parallel ahead; unfold e; rewrite !odds_exp by exact lambda0; fold e.
  assert (falls := loss_falls_by lambda n d o rows v w z lambda0 units unit_w unit_z); cbv zeta in falls; fold e g in falls.
  assert (near : dot d z w <= 1).
  { assert (apart := unit_apart d w z unit_w unit_z); rewrite (dot_symmetric d w z) in apart.
    assert (0 <= dot d (fun a => z a - w a) (fun a => z a - w a)) by (apply sum_ge0; intros a _; apply (Rle_0_sqr (z a - w a))); lra. }
  assert (gain : 0 <= dot d g (fun a => z a - w a) / lambda).
  { apply Rmult_le_pos; [| apply Rlt_le, Rinv_0_lt_compat, lambda0].
    rewrite dot_minus, (along_the_target d g z w unit_z parallel).
    replace (dot d g z - dot d g z * dot d z w) with (dot d g z * (1 - dot d z w)) by ring; apply Rmult_le_pos; lra. }
  assert (less : sum n (fun i => phi (rivals e d o v (rows i)) (dot d (rows i) z / lambda)) <=
    sum n (fun i => phi (rivals e d o v (rows i)) (dot d (rows i) w / lambda))) by lra.
  destruct less as [below | ->]; [apply Rlt_le, exp_increasing, below | apply Rle_refl].
Qed.
