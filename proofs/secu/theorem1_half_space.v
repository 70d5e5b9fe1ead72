(** Theorem 1 with the positives in an open half-space: a stationary centre that is no worse than its mirror image is along s. *)
From Coq Require Import Reals Lra Lia.
From DDCL Require Import reals.
From DDCL.secu Require Import sphere_definitions proposition1_definitions theorem1_definitions theorem1.

Open Scope R_scope.

Implicit Types (n d o i : nat) (rows v : nat -> nat -> R) (w z u : nat -> R) (lambda : R).

Lemma multiplied_increasing n (a b : nat -> R) : (forall i, (i < n)%nat -> 0 < a i < b i) ->
  0 < multiplied n a <= multiplied n b /\ ((0 < n)%nat -> multiplied n a < multiplied n b).
Proof.
  induction n as [|n IH]; intros terms; simpl; to_reals; [split; [lra | lia] |].
  destruct IH as [[positive below] _]; [intros; apply terms; lia |]; destruct (terms n) as [a0 ab]; [lia |].
  assert (multiplied n a * a n < multiplied n b * b n).
  { apply Rle_lt_trans with (multiplied n b * a n); [apply Rmult_le_compat_r | apply Rmult_lt_compat_l]; lra. }
  split; [split; [apply Rmult_lt_0_compat | apply Rlt_le]; assumption | intros _; assumption].
Qed.

(** A centre closer to every positive has less loss. *)
Lemma closer_is_better lambda n d o rows v w z : 0 < lambda -> (0 < n)%nat -> (0 < o)%nat ->
  (forall i, (i < n)%nat -> dot d (rows i) w < dot d (rows i) z) -> let e := boltzmann_weight lambda in
  odds e n d o rows v z < odds e n d o rows v w.
Proof.
  intros lambda0 n0 o0 closer e; apply multiplied_increasing; [|exact n0]; intros i lt_in; split.
  - apply Rplus_lt_le_0_compat; [apply Rlt_0_1 | apply sum_ge0; intros; apply Rlt_le, exp_pos].
  - apply Rplus_lt_compat_l; apply Rminus_gt_0_lt; unfold Rminus; rewrite <- sum_neg, <- sum_add; apply sum_gt0; [exact o0 |].
    intros l _; apply Rgt_minus, exp_increasing; to_reals; unfold Rdiv; apply Rmult_lt_compat_r;
      [apply Rinv_0_lt_compat, lambda0 | specialize (closer i lt_in); lra].
Qed.

Lemma pull_along lambda n d o rows v w u : let e := boltzmann_weight lambda in
  dot d (pull e n d o rows v w) u = sum n (fun i => weight e d o v w (rows i) * dot d (rows i) u).
Proof.
  intros e; unfold pull, dot at 1; to_reals.
  transitivity (sum d (fun a => sum n (fun i => weight e d o v w (rows i) * rows i a * u a))).
  - apply sum_ext; intros a _; rewrite <- sum_mulr; reflexivity.
  - rewrite sum_exchange; apply sum_ext; intros i _; unfold dot; to_reals; rewrite <- sum_mull; apply sum_ext; intros; ring.
Qed.

Lemma pull_ahead lambda n d o rows v w u : (0 < n)%nat -> (0 < o)%nat ->
  (forall i, (i < n)%nat -> 0 < dot d (rows i) u) -> 0 < dot d (pull (boltzmann_weight lambda) n d o rows v w) u.
Proof.
  intros n0 o0 ahead; rewrite pull_along; apply sum_gt0; [exact n0 |]; intros i lt_in.
  apply Rmult_lt_0_compat; [| apply ahead, lt_in].
  assert (S0 : 0 < rivals (boltzmann_weight lambda) d o v (rows i)) by (apply sum_gt0; [exact o0 | intros; apply exp_pos]).
  apply Rdiv_lt_0_compat; [exact S0 | apply Rplus_lt_0_compat; [apply exp_pos | exact S0]].
Qed.

Lemma dot_along d s w u : (forall a, (a < d)%nat -> s a = dot d s w * w a) -> dot d s u = dot d s w * dot d w u.
Proof. intros along; unfold dot at 1 3; to_reals; rewrite <- sum_mull; apply sum_ext; intros a lt; rewrite (along a lt); ring. Qed.

Lemma dot_mirror d (x w u : nat -> R) : dot d x (mirror d u w) = dot d x w - 2 * dot d w u / dot d u u * dot d x u.
Proof.
  unfold dot at 1 2 5; unfold mirror, Rdiv; to_reals; rewrite <- sum_mull; unfold Rminus; rewrite <- sum_neg, <- sum_add.
  apply sum_ext; intros; ring.
Qed.

Lemma ahead_is_long d (x u : nat -> R) : 0 < dot d x u -> 0 < dot d u u.
Proof.
  intros ahead; assert (length := sum_ge0 d (fun a => u a * u a) (fun a _ => Rle_0_sqr (u a))).
  destruct (Rle_lt_or_eq_dec _ _ length) as [long | short]; [exact long | exfalso].
  assert (vanishes : dot d x u = 0); [| lra].
  unfold dot; to_reals; rewrite (sum_ext d _ (fun _ => 0)), sum_const; [ring |]; intros a lt.
  assert (at_a := sum_eq0 d (fun a => u a * u a) (fun a _ => Rle_0_sqr (u a)) (eq_sym short) a lt).
  rewrite (Rsqr_0_uniq (u a) at_a); ring.
Qed.

(** A centre with s.w <= 0 would be farther from every positive than its mirror image. *)
Lemma wrong_side_is_worse lambda n d o rows v w u : 0 < lambda -> (0 < n)%nat -> (0 < o)%nat ->
  let e := boltzmann_weight lambda in let s := pull e n d o rows v w in
  (forall a, (a < d)%nat -> s a = dot d s w * w a) -> (forall i, (i < n)%nat -> 0 < dot d (rows i) u) ->
  dot d s w <= 0 -> dot d w u < 0 /\ odds e n d o rows v (mirror d u w) < odds e n d o rows v w.
Proof.
  intros lambda0 n0 o0 e s stationary ahead inward.
  assert (su := pull_ahead lambda n d o rows v w u n0 o0 ahead); fold e in su; fold s in su.
  rewrite (dot_along d s w u stationary) in su; assert (wu : dot d w u < 0) by nra; split; [exact wu |].
  apply closer_is_better; try assumption; intros i lt_in; rewrite dot_mirror.
  assert (xu := ahead i lt_in); assert (uu := ahead_is_long d (rows i) u xu).
  assert (0 < - (2 * dot d w u / dot d u u) * dot d (rows i) u); [| lra].
  apply Rmult_lt_0_compat; [| exact xu].
  replace (- (2 * dot d w u / dot d u u)) with (2 * - dot d w u / dot d u u) by (field; lra).
  apply Rdiv_lt_0_compat; lra.
Qed.

(** claim: secu.theorem1/half-space/centre
    value: dot d (pull (boltzmann T) n d o x v w) w
    compared: 436606555b6f-9784f9f164bc *)
Theorem half_space lambda n d o rows v w u : 0 < lambda -> (0 < n)%nat -> (0 < o)%nat ->
  let e := boltzmann_weight lambda in let s := pull e n d o rows v w in
  (forall a, (a < d)%nat -> s a = dot d s w * w a) -> (forall i, (i < n)%nat -> 0 < dot d (rows i) u) ->
  odds e n d o rows v w <= odds e n d o rows v (mirror d u w) -> 0 < dot d s w.
Proof.
  intros lambda0 n0 o0 e s stationary ahead optimal; apply Rnot_le_lt; intros inward.
  destruct (wrong_side_is_worse lambda n d o rows v w u lambda0 n0 o0 stationary ahead inward) as [_ worse].
  exact (Rlt_not_le _ _ worse optimal).
Qed.

Lemma line_stationary lambda n o rows v w : dot 1 w w = 1 -> let s := pull (boltzmann_weight lambda) n 1 o rows v w in
  forall a, (a < 1)%nat -> s a = dot 1 s w * w a.
Proof.
  intros unit s a lt; replace a with 0%nat by lia; revert unit; unfold dot; simpl; to_reals; generalize (s 0%nat) (w 0%nat).
  intros b c unit; replace ((0 + b * c) * c) with (b * (0 + c * c)) by ring; rewrite unit; ring.
Qed.

Lemma line_closer x w u : dot 1 w u < 0 -> 0 < dot 1 x u -> dot 1 x w < dot 1 x (fun a => - w a).
Proof.
  unfold dot; simpl; to_reals; generalize (x 0%nat) (w 0%nat) (u 0%nat); intros a b c behind ahead.
  assert (0 < - (b * c) * (a * c)) by (apply Rmult_lt_0_compat; lra).
  assert (0 < - (a * b) * (c * c)) by lra; assert (0 <= c * c) by apply (Rle_0_sqr c).
  assert (0 < - (a * b)); [apply Rnot_le_lt; intros wrong | lra].
  assert (- (a * b) * (c * c) <= 0 * (c * c)) by (apply Rmult_le_compat_r; assumption); lra.
Qed.

(** On the line, d = 1
    claim: secu.theorem1/blockwise/centre/amended
    value: dot 1 (pull (boltzmann T) n 1 o x v w) w
    compared: ea1d2a460242-c8a715530021 *)
Theorem half_line lambda n o rows v w u : 0 < lambda -> (0 < n)%nat -> (0 < o)%nat -> dot 1 w w = 1 ->
  let e := boltzmann_weight lambda in let s := pull e n 1 o rows v w in
  (forall i, (i < n)%nat -> 0 < dot 1 (rows i) u) ->
  odds e n 1 o rows v w <= odds e n 1 o rows v (fun a => - w a) -> 0 < dot 1 s w.
Proof.
  intros lambda0 n0 o0 unit e s ahead optimal; apply Rnot_le_lt; intros inward.
  destruct (wrong_side_is_worse lambda n 1 o rows v w u lambda0 n0 o0) as [wu _]; try assumption.
  { apply line_stationary, unit. }
  apply (Rlt_not_le _ _ (closer_is_better lambda n 1 o rows v w (fun a => - w a) lambda0 n0 o0
    (fun i lt => line_closer (rows i) w u wu (ahead i lt)))), optimal.
Qed.
