(** Section 4.4: as T -> 0 the soft loss tends to the least distance; the assignment to one-hot, and L_OLS to that distance,
    only where one prototype is nearest. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions gibbs_definitions proposition1.
Open Scope R_scope.

(** One term of L_q - min d fades. *)
Lemma fading_term k x T j l : 0 < T -> (j < k)%nat -> (l < k)%nat -> soft k x T j <= exp (- (x j - x l) / T).
Proof.
  intros T0 lt_j lt_l; unfold soft.
  assert (Z0 : 0 < partition k x T) by (apply partition_gt0; lia).
  assert (large : exp (- x l / T) <= partition k x T).
  { unfold partition; clear Z0 lt_j; induction k as [|k IH]; [lia|]; rewrite sum_S.
    assert (0 <= sum k (fun j => exp (- x j / T))) by (apply sum_ge0; intros; apply Rlt_le, exp_pos).
    assert (0 < exp (- x k / T)) by apply exp_pos.
    destruct (Nat.eq_dec l k) as [-> | other]; [lra|].
    assert (exp (- x l / T) <= sum k (fun j => exp (- x j / T))) by (apply IH; lia); lra. }
  replace (- (x j - x l) / T) with (- x j / T - - x l / T) by (field; lra).
  unfold Rminus; rewrite exp_plus, exp_Ropp.
  apply Rmult_le_compat_l; [apply Rlt_le, exp_pos|]; apply Rinv_le_contravar; [apply exp_pos | exact large].
Qed.

(** claim: ddcl.relaxation/literal/cold-loss
    value: quantization k d z p (cold_share k (fun j => distance2 d z (p j))) - smallest (entries k (fun j => distance2 d z (p j)))
    compared: 8ca90a7bdd21-b0c9a873a1b5 *)
Theorem cold_loss k d z p l : let x j := distance2 d z (p j) in
  (l < k)%nat -> (forall j, (j < k)%nat -> x l <= x j) ->
  filterlim (fun T => quantization k d z p (soft k x T)) (at_right 0) (locally (x l)).
Proof.
  intros x lt_l least.
  assert (rest : filterlim (fun T => sum k (fun j => soft k x T j * (x j - x l))) (at_right 0) (locally 0)).
  { replace 0 with (sum k (fun _ => 0)) at 2 by (rewrite sum_const; ring).
    apply is_lim_sum; [typeclasses eauto | intros j lt_j].
    destruct (Req_dec (x j) (x l)) as [same | other].
    - apply (filterlim_ext (fun _ => 0)); [intros T; rewrite same; ring | apply filterlim_const].
    - assert (apart : 0 < x j - x l) by (assert (H := least j lt_j); lra).
      apply (filterlim_le_le (fun _ => 0) _ (fun T => exp (- (x j - x l) / T) * (x j - x l)) (Finite 0)).
      + exists (mkposreal 1 Rlt_0_1); intros T _ T0; split.
        * apply Rmult_le_pos; [apply Rlt_le, soft_gt0; lia | lra].
        * apply Rmult_le_compat_r; [lra | apply fading_term; assumption].
      + apply filterlim_const.
      + replace (Finite 0) with (Finite (0 * (x j - x l))) by (f_equal; ring).
        apply (filterlim_comp_2 (G := locally 0) (H := locally (x j - x l)) (fun T => exp (- (x j - x l) / T))
          (fun _ => x j - x l) Rmult); [now apply fading | apply filterlim_const | apply (filterlim_mult 0 (x j - x l))]. }
  apply (filterlim_ext (fun T => sum k (fun j => soft k x T j * (x j - x l)) + x l)).
  - intros T; unfold quantization; to_reals; fold x.
    rewrite (sum_ext k (fun j => soft k x T j * (x j - x l)) (fun j => soft k x T j * x j - soft k x T j * x l)) by (intros; ring).
    rewrite sum_sub, sum_mulr, soft_mass by lia; unfold x; ring.
  - replace (locally (x l)) with (locally (0 + x l)) by (f_equal; ring).
    apply (filterlim_comp_2 (G := locally 0) (H := locally (x l)) (fun T => sum k (fun j => soft k x T j * (x j - x l)))
      (fun _ => x l) Rplus); [exact rest | apply filterlim_const | apply (filterlim_plus 0 (x l))].
Qed.

Lemma squared_limit (f : R -> R) (a : R) (F : (R -> Prop) -> Prop) : Filter F ->
  filterlim f F (locally a) -> filterlim (fun T => f T * f T) F (locally (a * a)).
Proof.
  intros filter lim; apply (filterlim_comp_2 (G := locally a) (H := locally a) f f Rmult);
    [exact lim | exact lim | apply (filterlim_mult a a)].
Qed.

(** 1 - |q|^2 and L_OLS are continuous in q. *)
Lemma uncertainty_limit k (q : R -> nat -> R) (l : nat -> R) (F : (R -> Prop) -> Prop) : Filter F ->
  (forall j, (j < k)%nat -> filterlim (fun T => q T j) F (locally (l j))) ->
  filterlim (fun T => 1 - norm2 k (q T)) F (locally (1 - norm2 k l)).
Proof.
  intros filter each; unfold norm2; to_reals.
  apply (filterlim_comp _ _ _ (fun T => sum k (fun j => q T j * q T j)) (fun s => 1 - s) _ (locally (sum k (fun j => l j * l j)))).
  - apply is_lim_sum; [exact filter | intros j lt; apply squared_limit; [exact filter | now apply each]].
  - apply (continuous_minus (fun _ => 1) (fun s => s)); [apply continuous_const | apply continuous_id].
Qed.

Lemma ols_limit k d z p (q : R -> nat -> R) (l : nat -> R) (F : (R -> Prop) -> Prop) : Filter F ->
  (forall j, (j < k)%nat -> filterlim (fun T => q T j) F (locally (l j))) ->
  filterlim (fun T => ols k d z p (q T)) F (locally (ols k d z p l)).
Proof.
  intros filter each; unfold ols, distance2, norm2; to_reals; apply is_lim_sum; [exact filter | intros c _].
  apply squared_limit; [exact filter|].
  apply (filterlim_comp _ _ _ (fun T => mixture k (q T) p c) (fun m => z c + - m) _ (locally (mixture k l p c))).
  - unfold mixture; to_reals; apply is_lim_sum; [exact filter | intros j lt].
    apply (filterlim_comp_2 (G := locally (l j)) (H := locally (p j c)) (fun T => q T j) (fun _ => p j c) Rmult);
      [now apply each | apply filterlim_const | apply (filterlim_mult (l j) (p j c))].
  - apply (continuous_minus (fun _ => z c) (fun m => m)); [apply continuous_const | apply continuous_id].
Qed.

Lemma sum_first_vertex k (f : nat -> R) : (0 < k)%nat -> sum k (fun j => first_vertex j * f j) = f O.
Proof.
  intros k0; induction k as [|k IH]; [lia|]; rewrite sum_S; destruct k as [|k].
  - unfold first_vertex; simpl; to_reals; ring.
  - rewrite IH by lia; unfold first_vertex; simpl; ring.
Qed.

(** claim: ddcl.relaxation/literal/cold-assignment/amended
    value: 1 - norm2 k (cold_share k (fun j => distance2 d z (p j)))
    compared: 519dd9a57280-9f1dd2412934 *)
Theorem cold_one_hot k d z p : let x j := distance2 d z (p j) in (0 < k)%nat ->
  (forall j, (0 < j < k)%nat -> x O < x j) ->
  filterlim (fun T => 1 - norm2 k (soft k x T)) (at_right 0) (locally 0).
Proof.
  intros x k0 nearest; replace 0 with (1 - norm2 k first_vertex) at 2.
  - apply uncertainty_limit; [typeclasses eauto | intros j lt; now apply cold_vertex].
  - unfold norm2; to_reals; rewrite sum_first_vertex by lia; unfold first_vertex; simpl; ring.
Qed.

(** claim: ddcl.relaxation/literal/cold-ols/amended
    value: ols k d z p (cold_share k (fun j => distance2 d z (p j))) - smallest (entries k (fun j => distance2 d z (p j)))
    compared: 727cd4e40a1d-a61e9fb29876 *)
Theorem cold_ols k d z p : let x j := distance2 d z (p j) in (0 < k)%nat ->
  (forall j, (0 < j < k)%nat -> x O < x j) ->
  filterlim (fun T => ols k d z p (soft k x T)) (at_right 0) (locally (x O)).
Proof.
  intros x k0 nearest; replace (x O) with (ols k d z p first_vertex).
  - apply ols_limit; [typeclasses eauto | intros j lt; now apply cold_vertex].
  - unfold x, ols, distance2, norm2; apply sum_ext; intros c _; unfold mixture; to_reals; rewrite sum_first_vertex by lia; reflexivity.
Qed.

(** Two prototypes at 1 and -1, seen from 0 *)
Definition opposite (j c : nat) : R := match j with O => 1 | _ => - (1) end.

Lemma opposite_share j : (j < 2)%nat ->
  filterlim (fun T => soft 2 (fun i => distance2 1 (fun _ => 0) (opposite i)) T j) (at_right 0) (locally (even_share 2 j)).
Proof.
  assert (same : forall i, distance2 1 (fun _ => 0) (opposite i) = 1)
    by (intros [|i]; unfold distance2, norm2, opposite; simpl; to_reals; ring).
  intros lt; apply cold_limit; [lia | intros; rewrite !same; reflexivity | intros; lia | exact lt].
Qed.

(** claim: ddcl.relaxation/literal/cold-assignment
    role: refutes
    value: 1 - norm2 k (cold_share k (fun j => distance2 d z (p j)))
    witness: {"z": [0], "p": [[-1], [1]], "T": {"s": 0}}
    compared: 4a42e0b87a87-1ffff86e0d4b *)
Theorem cold_and_soft : exists k d z p,
  ~ filterlim (fun T => 1 - norm2 k (soft k (fun j => distance2 d z (p j)) T)) (at_right 0) (locally 0).
Proof.
  exists 2%nat, 1%nat, (fun _ => 0), opposite; intros vanishes.
  assert (kept := uncertainty_limit 2 _ _ (at_right 0) ltac:(typeclasses eauto) opposite_share).
  assert (same : 0 = 1 - norm2 2 (even_share 2)) by exact (filterlim_locally_unique _ _ _ vanishes kept).
  unfold norm2, even_share in same; simpl in same; to_reals; revert same; to_reals; lra.
Qed.

(** claim: ddcl.relaxation/literal/cold-ols
    role: refutes
    value: ols k d z p (cold_share k (fun j => distance2 d z (p j))) - smallest (entries k (fun j => distance2 d z (p j)))
    witness: {"z": [0], "p": [[-1], [1]], "T": {"s": 0}}
    compared: cba56c202437-285071407abc *)
Theorem cold_below_the_least : exists k d z p l, let x j := distance2 d z (p j) in
  (l < k)%nat /\ (forall j, (j < k)%nat -> x l <= x j) /\
  ~ filterlim (fun T => ols k d z p (soft k x T)) (at_right 0) (locally (x l)).
Proof.
  exists 2%nat, 1%nat, (fun _ => 0), opposite, O; intros x.
  assert (same : forall i, x i = 1) by (intros [|i]; unfold x, distance2, norm2, opposite; simpl; to_reals; ring).
  split; [lia | split; [intros; rewrite !same; lra|]]; intros tends.
  assert (kept := ols_limit 2 1 (fun _ => 0) opposite _ _ (at_right 0) ltac:(typeclasses eauto) opposite_share).
  assert (limits : x O = ols 2 1 (fun _ => 0) opposite (even_share 2)) by exact (filterlim_locally_unique _ _ _ tends kept).
  rewrite same in limits; unfold ols, distance2, norm2, mixture, opposite, even_share in limits; simpl in limits.
  revert limits; to_reals; lra.
Qed.
