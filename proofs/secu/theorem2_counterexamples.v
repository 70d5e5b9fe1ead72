(** Theorem 2 fails where labels do not see one another's moves and for one view of two, and labels may rest where nothing is
    least.  Over the reals with their logarithm; counterexamples. *)
From Coq Require Import QArith Reals Lra Lia.
From DDCL Require Import reals.
From DDCL.secu Require Import labels_definitions theorem2_definitions.
Open Scope R_scope.

(** Each of the n labels is that of one of k clusters. *)
Definition one_hot (n k : nat) (y : nat -> nat -> R) : Prop :=
  forall i, (i < n)%nat -> exists m, (m < k)%nat /\ forall l, (l < k)%nat -> y i l = unit_label m l.

(** (11): u_i is the label of least score, the instances before i having the labels [seen] and those after i the labels y. *)
Definition follows_rule (n r k : nat) (c : nat -> nat -> R) (alpha : R) (y seen u o : nat -> nat -> R) : Prop :=
  forall i, (i < n)%nat -> exists m, (m < k)%nat /\ (forall l, (l < k)%nat -> u i l = unit_label m l) /\
    forall j, (j < k)%nat -> score ln Rmax n r k c alpha y seen o i m <= score ln Rmax n r k c alpha y seen o i j.

(** Labels given as numbers of clusters, and costs given by rows *)
Definition of_clusters (m : nat -> nat) (i : nat) : nat -> R := unit_label (m i).
Definition first (i : nat) : nat := 0%nat.
Definition second (i : nat) : nat := 1%nat.
Definition in_order (i : nat) : nat := i.
Definition swapped (i : nat) : nat := (1 - i)%nat.
Definition dearer (x : R) (i j : nat) : R := match j with O => 0 | _ => x end.
Definition cheap_own (i j : nat) : R := if Nat.eqb i j then 0 else 1.

Lemma of_clusters_one_hot n k m : (forall i, (i < n)%nat -> (m i < k)%nat) -> one_hot n k (of_clusters m).
Proof. intros lt_mk i lt_in; exists (m i); split; [now apply lt_mk | reflexivity]. Qed.

Lemma of_clusters_rule n r k c alpha y seen o m : (forall i, (i < n)%nat -> (m i < k)%nat) ->
  (forall i, (i < n)%nat -> forall j, (j < k)%nat ->
    score ln Rmax n r k c alpha y seen o i (m i) <= score ln Rmax n r k c alpha y seen o i j) ->
  follows_rule n r k c alpha y seen (of_clusters m) o.
Proof. intros lt_mk least i lt_in; exists (m i); repeat split; [now apply lt_mk | now apply least]. Qed.

Lemma not_above (a b : R) : b < a -> ~ a <= b.
Proof. lra. Qed.

(** Logarithms of what shares of two or three instances there are, by those of 2 and 3, and how large these are *)
Lemma ln_one x : x = 1 -> ln x = 0.
Proof. intros ->; exact ln_1. Qed.

Lemma ln_half x : x = 1 / 2 -> ln x = - ln 2.
Proof. intros ->; unfold Rdiv; rewrite Rmult_1_l; apply ln_Rinv; lra. Qed.

Lemma ln_third x : x = 1 / 3 -> ln x = - ln 3.
Proof. intros ->; unfold Rdiv; rewrite Rmult_1_l; apply ln_Rinv; lra. Qed.

Lemma ln_two_thirds x : x = 2 / 3 -> ln x = ln 2 - ln 3.
Proof. intros ->; unfold Rdiv; rewrite ln_mult, ln_Rinv; lra. Qed.

Lemma ln_numbers : 1 / 2 < ln 2 <= 1 /\ 3 / 2 < 3 * ln 3 - 2 * ln 2 < 3.
Proof.
  assert (two : ln 2 <= 1).
  { rewrite <- (ln_exp 1); assert (above := exp_ineq1_le 1).
    destruct (Req_dec (exp 1) 2) as [-> | other]; [lra | apply Rlt_le, ln_increasing; lra]. }
  assert (twenty_seven : ln 27 = 3 * ln 3) by (replace 27 with (3 * (3 * 3)) by ring; rewrite !ln_mult; lra).
  assert (thirty_two : ln 32 = 5 * ln 2) by (replace 32 with (2 * (2 * (2 * (2 * 2)))) by ring; rewrite !ln_mult; lra).
  assert (ln 27 < ln 32) by (apply ln_increasing; lra).
  assert (three : 1 <= ln 3).
  { rewrite <- (ln_exp 1) at 1; assert (below := exp_le_3); assert (0 < exp 1) by apply exp_pos.
    destruct (Req_dec (exp 1) 3) as [-> | other]; [lra | apply Rlt_le, ln_increasing; lra]. }
  assert (sixteen : ln 16 = 4 * ln 2) by (replace 16 with (2 * (2 * (2 * 2))) by ring; rewrite !ln_mult; lra).
  assert (ln 16 < ln 27) by (apply ln_increasing; lra).
  assert (half := ln_lt_2); lra.
Qed.

(** With the sizes computed, what is left is an inequality between logarithms. *)
Ltac compute_scores :=
  cbv [objective score entropy cost size state joined of_clusters unit_label first second in_order swapped dearer cheap_own
    sum number Nat.eqb Nat.ltb Nat.leb Nat.add Nat.sub zero one add neg mul inv real_arithmetic];
  repeat first [rewrite Rmax_right by lra | rewrite Rmax_left by lra]; rewrite ?Rmult_0_l;
  repeat match goal with |- context [ln ?x] =>
    first [rewrite (ln_one x) by field | rewrite (ln_half x) by field | rewrite (ln_third x) by field
      | rewrite (ln_two_thirds x) by field] end;
  generalize ln_numbers; lra.
Ltac below_two i := destruct i as [ | [ | i]]; [idtac | idtac | exfalso; lia].

(** claim: secu.theorem2/printed/descent
    role: refutes
    value: let larger := fun x y => if Qle_bool x y then y else x in let none := fun _ _ => 0 in
      objective log larger n 0 k c alpha y none - objective log larger n 0 k c alpha u none
    witness: {"c": [[0, "1/2"], [0, "1/2"]], "y": [[1, 0], [1, 0]], "u": [[0, 1], [0, 1]], "alpha": 1}
    compared: da03dc1ade14-26f15ddb265c *)
Theorem printed_rises : ~ (forall n k c alpha y u none, 0 <= alpha -> one_hot n k y -> follows_rule n 0 k c alpha y y u none ->
  objective ln Rmax n 0 k c alpha u none <= objective ln Rmax n 0 k c alpha y none).
Proof.
  intro claimed; apply (not_above (objective ln Rmax 2 0 2 (dearer (1 / 2)) 1 (of_clusters second) (of_clusters first))
    (objective ln Rmax 2 0 2 (dearer (1 / 2)) 1 (of_clusters first) (of_clusters first))); [compute_scores |].
  apply claimed; [lra | apply of_clusters_one_hot; unfold first; lia |].
  apply of_clusters_rule; [unfold second; lia |].
  intros i lt_i j lt_j; below_two i; below_two j; solve [right; reflexivity | compute_scores].
Qed.

(** claim: secu.theorem2/mini-batch/batch
    role: refutes
    value: let larger := fun x y => if Qle_bool x y then y else x in
      objective log larger n r k c alpha y o - objective log larger n r k c alpha u o
    witness: {"c": [[0, "1/2"], [0, "1/2"]], "y": [[1, 0], [1, 0]], "u": [[0, 1], [0, 1]], "alpha": 1, "o": [[1, 0]]}
    compared: 61579857684c-12e3fd9deac4 *)
Theorem batch_rises : ~ (forall n r k c alpha y u o, (0 < r)%nat -> 0 <= alpha -> one_hot n k y -> one_hot r k o ->
  follows_rule n r k c alpha y y u o -> objective ln Rmax n r k c alpha u o <= objective ln Rmax n r k c alpha y o).
Proof.
  intro claimed; apply (not_above (objective ln Rmax 2 1 2 (dearer (1 / 2)) 1 (of_clusters second) (of_clusters first))
    (objective ln Rmax 2 1 2 (dearer (1 / 2)) 1 (of_clusters first) (of_clusters first))); [compute_scores |].
  apply claimed; [lia | lra | | |]; try (apply of_clusters_one_hot; unfold first; lia).
  apply of_clusters_rule; [unfold second; lia |].
  intros i lt_i j lt_j; below_two i; below_two j; solve [right; reflexivity | compute_scores].
Qed.

(** Labels by the mean of two views' costs; the objective of the first view
    claim: secu.theorem2/each-view/each-view
    role: refutes
    value: let larger := fun x y => if Qle_bool x y then y else x in let none := fun _ _ => 0 in
      objective log larger n 0 k c1 alpha y none - objective log larger n 0 k c1 alpha u none
    witness: {"c1": [[0, 1]], "c2": [[2, 0]], "y": [[1, 0]], "u": [[0, 1]], "alpha": 0}
    compared: a3b155ecc78d-4112ecab629c *)
Theorem first_view_rises : ~ (forall n k c1 c2 alpha y u none, 0 <= alpha -> one_hot n k y ->
  follows_rule n 0 k (fun i j => (c1 i j + c2 i j) / 2) alpha y u u none ->
  objective ln Rmax n 0 k c1 alpha u none <= objective ln Rmax n 0 k c1 alpha y none).
Proof.
  intro claimed; apply (not_above (objective ln Rmax 1 0 2 (dearer 1) 0 (of_clusters second) (of_clusters first))
    (objective ln Rmax 1 0 2 (dearer 1) 0 (of_clusters first) (of_clusters first))); [compute_scores |].
  apply (claimed 1%nat 2%nat (dearer 1) (fun i j => 2 - dearer 2 i j)); [lra | apply of_clusters_one_hot; unfold first; lia |].
  apply of_clusters_rule; [unfold second; lia |].
  intros [ | i] lt_i j lt_j; [ | lia]; below_two j; compute_scores.
Qed.

(** claim: secu.theorem2/labels/settles
    role: refutes
    value: let larger := fun x y => if Qle_bool x y then y else x in let none := fun _ _ => 0 in
      [concat (entries n (fun i => entries k (fun j => u i j - y i j)));
       [objective log larger n 0 k c alpha y none - objective log larger n 0 k c alpha u none]]
    witness: {"c": [[0, 0]], "y": [[1, 0]], "u": [[0, 1]], "alpha": 0}
    compared: c7a801023ea2-9b5ee51c91d4 *)
Theorem need_not_settle : ~ (forall n k c alpha y u none, 0 <= alpha -> one_hot n k y -> follows_rule n 0 k c alpha y u u none ->
  (forall i j, (i < n)%nat -> (j < k)%nat -> u i j = y i j) \/
  objective ln Rmax n 0 k c alpha u none < objective ln Rmax n 0 k c alpha y none).
Proof.
  intro claimed; destruct (claimed 1%nat 2%nat (dearer 0) 0 (of_clusters first) (of_clusters second) (of_clusters first))
    as [same | falls]; [lra | apply of_clusters_one_hot; unfold first; lia | | |].
  - apply of_clusters_rule; [unfold second; lia |].
    intros [ | i] lt_i j lt_j; [ | lia]; below_two j; compute_scores.
  - specialize (same 0%nat 0%nat Nat.lt_0_1 Nat.lt_0_2); revert same; cbv [of_clusters unit_label first second Nat.eqb zero one real_arithmetic]; lra.
  - revert falls; apply Rle_not_lt; compute_scores.
Qed.

(** No single label can move to a smaller score.
    claim: secu.theorem2/labels/best
    role: refutes
    value: let larger := fun x y => if Qle_bool x y then y else x in let none := fun _ _ => 0 in
      objective log larger n 0 k c alpha v none - objective log larger n 0 k c alpha y none
    witness: {"c": [[0, 1], [1, 0]], "y": [[0, 1], [1, 0]], "v": [[1, 0], [0, 1]], "alpha": 2}
    compared: 458a32f69370-1447b13dd8a1 *)
Theorem rest_is_not_best : ~ (forall n k c alpha y v none, 0 <= alpha -> one_hot n k y -> one_hot n k v ->
  follows_rule n 0 k c alpha y y y none -> objective ln Rmax n 0 k c alpha y none <= objective ln Rmax n 0 k c alpha v none).
Proof.
  intro claimed; apply (not_above (objective ln Rmax 2 0 2 cheap_own 2 (of_clusters swapped) (of_clusters first))
    (objective ln Rmax 2 0 2 cheap_own 2 (of_clusters in_order) (of_clusters first))); [compute_scores |].
  apply claimed; [lra | | |]; try (apply of_clusters_one_hot; unfold swapped, in_order; lia).
  apply of_clusters_rule; [unfold swapped; lia |].
  intros i lt_i j lt_j; below_two i; below_two j; solve [right; reflexivity | compute_scores].
Qed.
