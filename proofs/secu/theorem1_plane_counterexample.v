(** In the plane a centre that is optimal on the sphere, and certified to be by second order, may lie opposite to its pull. *)
From Coq Require Import Reals Lra Lia.
From Interval Require Import Tactic.
From DDCL Require Import reals.
From DDCL.secu Require Import sphere_definitions theorem1_plane_definitions theorem1 theorem1_plane.

Open Scope R_scope.

(** Positives e_1, -e_1, e_2, -e_2, which occur 3, 2, 2 and 2 times; the centre and the other one at -e_1; e^(1/lambda) = 2 *)
Definition pair (p q : R) (a : nat) : R := match a with O => p | _ => q end.
Definition cross (i : nat) : nat -> R := match i with O => pair 1 0 | 1%nat => pair (-1) 0 | 2%nat => pair 0 1 | _ => pair 0 (-1) end.
Definition copies (i : nat) : R := match i with O => 3 | _ => 2 end.
Definition west : nat -> R := pair (-1) 0.
Definition weight_2 : R -> R := boltzmann_weight (/ ln 2).

Lemma ln2_pos : 0 < ln 2.
Proof. interval. Qed.

Lemma weight_exp u : weight_2 u = exp (- u * ln 2).
Proof. assert (l0 := ln2_pos); unfold weight_2, boltzmann_weight; f_equal; field; lra. Qed.

Lemma weight_0 : weight_2 0 = 1.
Proof. rewrite weight_exp, Ropp_0, Rmult_0_l; apply exp_0. Qed.

Lemma weight_minus : weight_2 (- (1)) = 2.
Proof. rewrite weight_exp, Ropp_involutive, Rmult_1_l; apply exp_ln; lra. Qed.

Lemma weight_plus : weight_2 1 = / 2.
Proof. rewrite weight_exp, Ropp_mult_distr_l_reverse, Rmult_1_l, exp_Ropp, exp_ln by lra; reflexivity. Qed.

Lemma half i : weight weight_2 2 1 (fun _ => west) west (cross i) = / 2.
Proof.
  unfold weight, rivals; simpl; to_reals; assert (A0 : 0 < attraction weight_2 2 (cross i) west) by apply exp_pos.
  rewrite Rplus_0_l; field; lra.
Qed.

Lemma pull_at_west a : copies_pull weight_2 4 2 1 copies cross (fun _ => west) west a = pair (/ 2) 0 a.
Proof. unfold copies_pull; cbn [sum]; rewrite !half; to_reals; destruct a as [|a]; simpl; lra. Qed.

Lemma outward : dot 2 (copies_pull weight_2 4 2 1 copies cross (fun _ => west) west) west = - / 2.
Proof. unfold dot; cbn [sum]; rewrite !pull_at_west; unfold west, pair; to_reals; lra. Qed.

Lemma curvature i (rest least : R) : rivals weight_2 2 1 (fun _ => west) (cross i) = rest ->
  least <= 2 * rest * / ((2 + rest) * (2 + rest)) -> least <= / 2 * rest * / ((/ 2 + rest) * (/ 2 + rest)) ->
  least <= least_curvature Rmin weight_2 2 1 (fun _ => west) (cross i).
Proof. intros same high low; unfold least_curvature; to_reals; rewrite same, weight_minus, weight_plus; apply Rmin_glb; assumption. Qed.

Lemma curvatures : let kappa i := least_curvature Rmin weight_2 2 1 (fun _ => west) (cross i) in
  4 / 25 <= kappa 0%nat /\ 4 / 25 <= kappa 1%nat /\ 2 / 9 <= kappa 2%nat /\ 2 / 9 <= kappa 3%nat.
Proof.
  intros kappa; repeat split.
  - apply (curvature 0 (/ 2)); [unfold rivals, attraction, dot; simpl; to_reals; rewrite Rplus_0_l, <- weight_plus; f_equal; lra | lra ..].
  - apply (curvature 1 2); [unfold rivals, attraction, dot; simpl; to_reals; rewrite Rplus_0_l, <- weight_minus; f_equal; lra | lra ..].
  - apply (curvature 2 1); [unfold rivals, attraction, dot; simpl; to_reals; rewrite Rplus_0_l, <- weight_0; f_equal; lra | lra ..].
  - apply (curvature 3 1); [unfold rivals, attraction, dot; simpl; to_reals; rewrite Rplus_0_l, <- weight_0; f_equal; lra | lra ..].
Qed.

Lemma certified : dominant 2 (second_order Rmin weight_2 (/ ln 2) 4 2 1 copies cross (fun _ => west) west).
Proof.
  destruct curvatures as [k0 [k1 [k2 k3]]]; assert (lambda0 : / ln 2 <= 8 / 5) by interval.
  intros [|[|a]] lt; try lia; unfold second_order; rewrite outward; simpl; to_reals; unfold copies, cross; simpl;
    rewrite ?Rmult_0_r, ?Rmult_0_l, ?Rplus_0_l, ?Rmult_0_r, ?Rplus_0_r, ?Rabs_R0; unfold cross in k0, k1, k2, k3; lra.
Qed.

(** claim: secu.theorem1/blockwise/plane
    role: refutes
    value: dot d (copies_pull (boltzmann T) n d o c x v w) w
    witness: {"x": [[1, 0], [-1, 0], [0, 1], [0, -1]], "c": [3, 2, 2, 2], "w": [-1, 0], "v": [[-1, 0]], "u": [1, 0], "T": {"s": "1/2"}}
    compared: 906e84902702-ccecfa6dd245 *)
Theorem plane_refuted : ~ (forall lambda n d o c rows v w, 0 < lambda -> (0 < n)%nat -> (0 < o)%nat -> (1 < d)%nat ->
  (forall i, (i < n)%nat -> 0 < c i) -> (forall i, (i < n)%nat -> dot d (rows i) (rows i) = 1) -> dot d w w = 1 ->
  (forall l, (l < o)%nat -> dot d (v l) (v l) = 1) ->
  let e := boltzmann_weight lambda in let s := copies_pull e n d o c rows v w in
  (forall a, (a < d)%nat -> s a = dot d s w * w a) -> dominant d (second_order Rmin e lambda n d o c rows v w) ->
  0 < dot d s w).
Proof.
  intros claimed; specialize (claimed (/ ln 2) 4%nat 2%nat 1%nat copies cross (fun _ => west) west); cbv zeta in claimed.
  change (boltzmann_weight (/ ln 2)) with weight_2 in claimed; rewrite outward in claimed.
  enough (0 < - / 2) by lra; apply claimed; try lia; try exact certified.
  - apply Rinv_0_lt_compat, ln2_pos.
  - intros [|i] _; simpl; lra.
  - intros i _; unfold dot; simpl; to_reals; destruct i as [|[|[|i]]]; simpl; lra.
  - unfold dot; simpl; to_reals; lra.
  - intros; unfold dot; simpl; to_reals; lra.
  - intros [|a] _; rewrite pull_at_west; simpl; lra.
Qed.
