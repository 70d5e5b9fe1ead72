(** Loss (3): only positives pull a centre, the encoder has the gradient of cross-entropy, and no objective of all centres has these
    gradients.  *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.secu Require Import sphere_definitions theorem1_definitions loss_definitions theorem1.

Open Scope R_scope.

Implicit Types (n k d j l : nat) (rows labels w : nat -> nat -> R) (x y u z : nat -> R) (lambda : R).

(** Coquelicot states equations over structures of which R is one. *)
Ltac over_reals := match goal with |- @eq _ ?a ?b => change (@eq R a b) end.

Lemma sum_without k j (f : nat -> R) : (j < k)%nat -> sum k f = f j + sum k (fun l => if Nat.eqb l j then 0 else f l).
Proof.
  assert (absent : forall m, (m <= j)%nat -> sum m (fun l => if Nat.eqb l j then 0 else f l) = sum m f).
  { intros m le; apply sum_ext; intros l lt; destruct (Nat.eqb_spec l j); [lia | reflexivity]. }
  induction k as [|k IH]; intros lt; [lia |]; rewrite !sum_S.
  destruct (Nat.eqb_spec k j) as [-> | other]; [rewrite absent by lia; ring | rewrite IH by lia; ring].
Qed.

Lemma attraction_exp lambda d x u : attraction (boltzmann_weight lambda) d x u = exp (dot d x u / lambda).
Proof. unfold attraction, boltzmann_weight; to_reals; now rewrite Ropp_involutive. Qed.

Lemma mass_split lambda k d w x j : (j < k)%nat -> let e := boltzmann_weight lambda in
  mass e k d w x = attraction e d x (w j) + mass_but e k d w x j.
Proof. intros lt e; exact (sum_without k j (fun l => attraction e d x (w l)) lt). Qed.

Lemma mass_but_ge0 lambda k d w x j : 0 <= mass_but (boltzmann_weight lambda) k d w x j.
Proof.
  apply sum_ge0; intros l _; destruct (Nat.eqb l j); [apply Rle_refl | rewrite attraction_exp; apply Rlt_le, exp_pos].
Qed.

Lemma log_term lambda a b S : lambda <> 0 -> 0 <= S ->
  is_derive (fun h => ln (exp ((a + h * b) / lambda) + S) - (a + h * b) / lambda) 0
    ((exp (a / lambda) / (exp (a / lambda) + S) - 1) * b / lambda).
Proof.
  intros lambda0 S0; assert (A0 := exp_pos (a / lambda)); auto_derive.
  - apply Rplus_lt_le_0_compat; [apply exp_pos | exact S0].
  - unfold Rdiv in *; rewrite Rmult_0_l, Rplus_0_r; field; split; lra.
Qed.

Lemma weighted_derivative k (y : nat -> R) (f : nat -> R -> R) (g : nat -> R) :
  (forall j, (j < k)%nat -> is_derive (f j) 0 (g j)) ->
  is_derive (fun h => sum k (fun j => y j * f j h)) 0 (sum k (fun j => y j * g j)).
Proof.
  intros each; apply (derivative_of_sum k (fun j h => y j * f j h)); intros j lt.
  exact (is_derive_scal (f j) 0 (y j) (g j) (each j lt)).
Qed.

(** claim: secu.loss/sphere/centre
    value: stable_slope (boltzmann T) T_value k d y w x u - pull_slope (boltzmann T) T_value k d y w x u
    compared: 13e68bd23085-0c1560ae2c8a *)
Theorem only_positives_pull lambda k d y w x (u : nat -> nat -> R) : 0 < lambda -> let e := boltzmann_weight lambda in
  is_derive (fun h => stable_loss ln e lambda k d y w x (fun j a => w j a + h * u j a)) 0 (stable_slope e lambda k d y w x u) /\
  stable_slope e lambda k d y w x u = pull_slope e lambda k d y w x u.
Proof.
  intros lambda0 e; split.
  - apply (weighted_derivative k y (fun j h => ln (attraction e d x (fun a => w j a + h * u j a) + mass_but e k d w x j)
      - dot d x (fun a => w j a + h * u j a) / lambda)); intros j lt; unfold e at 3 4; rewrite attraction_exp.
    refine (is_derive_ext _ _ 0 _ _ (log_term lambda (dot d x (w j)) (dot d x (u j)) (mass_but e k d w x j) _ _));
      [| lra | apply mass_but_ge0].
    intros h; unfold e; rewrite attraction_exp, dot_moved; reflexivity.
  - unfold stable_slope, pull_slope, share; to_reals; apply sum_ext; intros j lt; unfold e; rewrite (mass_split lambda k d w x j lt).
    unfold Rdiv; ring.
Qed.

Lemma stable_is_entropy lambda k d y w x : let e := boltzmann_weight lambda in
  stable_loss ln e lambda k d y w x w = cross_entropy ln e lambda k d y x w.
Proof. intros e; apply sum_ext; intros j lt; unfold e; rewrite (mass_split lambda k d w x j lt); reflexivity. Qed.

Lemma log_mass_derivative lambda k (a b : nat -> R) : lambda <> 0 -> (0 < k)%nat ->
  let total := sum k (fun l => exp (a l / lambda)) in
  is_derive (fun h => ln (sum k (fun l => exp ((a l + h * b l) / lambda)))) 0
    (sum k (fun l => exp (a l / lambda) / total * b l) / lambda).
Proof.
  intros lambda0 k0 total; assert (total0 : 0 < total) by (apply sum_gt0; [exact k0 | intros; apply exp_pos]).
  assert (at_rest : sum k (fun l => exp ((a l + 0 * b l) / lambda)) = total).
  { apply sum_ext; intros l _; do 2 f_equal; ring. }
  assert (inner : is_derive (fun h => sum k (fun l => exp ((a l + h * b l) / lambda))) 0
    (sum k (fun l => exp (a l / lambda) * b l / lambda))).
  { apply (derivative_of_sum k (fun l h => exp ((a l + h * b l) / lambda))); intros l _; auto_derive; [exact I |].
    unfold Rdiv; rewrite Rmult_0_l, Rplus_0_r; ring. }
  assert (outer := is_derive_comp ln (fun h => sum k (fun l => exp ((a l + h * b l) / lambda))) 0 (/ total) _
    ltac:(cbv beta; rewrite at_rest; apply is_derive_ln, total0) inner).
  replace (sum k (fun l => exp (a l / lambda) / total * b l) / lambda)
    with (sum k (fun l => exp (a l / lambda) * b l / lambda) * / total); [exact outer |].
  unfold Rdiv; rewrite <- !sum_mulr; apply sum_ext; intros l _; ring.
Qed.

Lemma entropy_derivative lambda k d y w x z : lambda <> 0 -> let e := boltzmann_weight lambda in
  is_derive (fun h => cross_entropy ln e lambda k d y (fun a => x a + h * z a) w) 0 (entropy_encoder_slope e lambda k d y w x z).
Proof.
  intros lambda0 e; unfold entropy_encoder_slope, cross_entropy.
  assert (moved : forall h l, dot d (fun a => x a + h * z a) (w l) = dot d x (w l) + h * dot d z (w l)).
  { intros h l; unfold dot; to_reals; rewrite <- sum_mull, <- sum_add; apply sum_ext; intros; ring. }
  replace (sum k _) with (sum k (fun j => y j * (sum k (fun l => share e k d w x l * dot d z (w l)) / lambda - dot d z (w j) / lambda)))
    by (apply sum_ext; intros; to_reals; unfold Rdiv; ring).
  apply (weighted_derivative k y (fun j h => ln (mass e k d w (fun a => x a + h * z a)) - dot d (fun a => x a + h * z a) (w j) / lambda)).
  intros j lt.
  apply (is_derive_ext (fun h => ln (sum k (fun l => exp ((dot d x (w l) + h * dot d z (w l)) / lambda)))
    - (dot d x (w j) + h * dot d z (w j)) / lambda)).
  - intros h; over_reals; rewrite moved; f_equal; f_equal; apply sum_ext; intros l _; unfold e; rewrite attraction_exp, moved; reflexivity.
  - apply (is_derive_minus (fun h => ln (sum k (fun l => exp ((dot d x (w l) + h * dot d z (w l)) / lambda))))
      (fun h => (dot d x (w j) + h * dot d z (w j)) / lambda)).
    + replace (sum k (fun l => share e k d w x l * dot d z (w l))) with (sum k (fun l => exp (dot d x (w l) / lambda) /
        sum k (fun l => exp (dot d x (w l) / lambda)) * dot d z (w l))).
      { apply (log_mass_derivative lambda k (fun l => dot d x (w l)) (fun l => dot d z (w l))); [exact lambda0 | lia]. }
      assert (same : mass e k d w x = sum k (fun l => exp (dot d x (w l) / lambda)))
        by (apply sum_ext; intros; apply attraction_exp).
      apply sum_ext; intros l _; unfold share; rewrite same; unfold e; rewrite attraction_exp; reflexivity.
    + auto_derive; [exact I | field; exact lambda0].
Qed.

Lemma encoder_slopes_agree lambda k d y w x z : let e := boltzmann_weight lambda in
  stable_encoder_slope e lambda k d y w x z = entropy_encoder_slope e lambda k d y w x z.
Proof.
  intros e; apply sum_ext; intros j lt; to_reals; unfold Rdiv; do 4 f_equal.
  rewrite <- (sum_without k j (fun l => attraction e d x (w l) * dot d z (w l)) lt).
  unfold e; rewrite <- (mass_split lambda k d w x j lt); fold e; rewrite <- sum_mulr; apply sum_ext; intros l _.
  unfold share; to_reals; ring.
Qed.

(** claim: secu.loss/sphere/encoder
    value: stable_encoder_slope (boltzmann T) T_value k d y w x u - entropy_encoder_slope (boltzmann T) T_value k d y w x u
    compared: 1cfe15b11211-2ab895e3ed48 *)
Theorem encoder_gradient lambda k d y w x u : 0 < lambda -> let e := boltzmann_weight lambda in
  is_derive (fun h => stable_loss ln e lambda k d y w (fun a => x a + h * u a) w) 0 (stable_encoder_slope e lambda k d y w x u) /\
  is_derive (fun h => cross_entropy ln e lambda k d y (fun a => x a + h * u a) w) 0 (entropy_encoder_slope e lambda k d y w x u) /\
  stable_encoder_slope e lambda k d y w x u = entropy_encoder_slope e lambda k d y w x u.
Proof.
  intros lambda0 e; assert (same := encoder_slopes_agree lambda k d y w x u); fold e in same.
  assert (slope : is_derive (fun h => cross_entropy ln e lambda k d y (fun a => x a + h * u a) w) 0
    (entropy_encoder_slope e lambda k d y w x u)) by (apply entropy_derivative; lra).
  split; [| split; [exact slope | exact same]].
  rewrite same; apply (is_derive_ext _ _ 0 _ (fun h => eq_sym (stable_is_entropy lambda k d y w (fun a => x a + h * u a))) slope).
Qed.
