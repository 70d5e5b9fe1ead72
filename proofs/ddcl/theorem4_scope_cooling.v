(** Section 5.6 while the temperature falls: full training descends the loss, training with the gradient stopped need not. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From Interval Require Import Tactic.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions training_definitions gibbs_definitions derivatives proposition1
  training_derivatives descent_definitions theorem4_scope theorem4_scope_loss
  theorem4_scope_cooling_definitions.
Open Scope R_scope.

Implicit Types (n k d m j : nat) (z p q v : nat -> nat -> R) (T kappa : R).

Lemma quotient_rule (N Z : R -> R) dN dZ : is_derive N 0 dN -> is_derive Z 0 dZ -> 0 < Z 0 ->
  is_derive (fun t => N t / Z t) 0 ((dN - N 0 / Z 0 * dZ) / Z 0).
Proof.
  intros HN HZ Z0; apply (is_derive_eq _ _ _ _ (is_derive_div N Z 0 dN dZ HN HZ (Rgt_not_eq _ _ Z0))); field; lra.
Qed.

(** L_q of costs x_j that move while T falls at the rate kappa *)
Lemma cooled_derivative k (x : nat -> R -> R) (dx : nat -> R) T kappa : (0 < k)%nat -> 0 < T ->
  (forall j, (j < k)%nat -> is_derive (x j) 0 (dx j)) ->
  let q := soft k (fun j => x j 0) T in let L := sum k (fun j => q j * x j 0) in
  is_derive (fun t => sum k (fun j => soft k (fun i => x i t) (T - kappa * t) j * x j t)) 0
    (sum k (fun j => q j * (1 - (x j 0 - L) / T) * dx j) - kappa * (cost_variance k (fun j => x j 0) q / square T)).
Proof.
  intros k0 T0 each q L.
  set (e j t := exp (- x j t / (T - kappa * t))); set (a j := - dx j / T - kappa * x j 0 / T ^ 2).
  assert (start : forall j, e j 0 = exp (- x j 0 / T)) by (intros; unfold e; rewrite Rmult_0_r, Rminus_0_r; reflexivity).
  assert (He : forall j, (j < k)%nat -> is_derive (e j) 0 (e j 0 * a j)).
  { intros j lt; assert (H := each j lt).
    assert (E : is_derive (fun t => - x j t / (T - kappa * t)) 0 (a j)).
    { assert (D : Derive (fun t : R => x j t) 0 = dx j) by exact (is_derive_unique _ _ _ H).
      auto_derive; [split; [exists (dx j); exact H | split; [lra | exact I]] | rewrite D; unfold a; field; lra]. }
    apply (is_derive_eq _ _ (scal (a j) (exp (- x j 0 / (T - kappa * 0))))).
    - exact (is_derive_comp exp (fun t => - x j t / (T - kappa * t)) 0 _ _ (is_derive_exp _) E).
    - apply Rmult_comm. }
  set (Z t := sum k (fun j => e j t)); set (N t := sum k (fun j => e j t * x j t)).
  assert (HZ : is_derive Z 0 (sum k (fun j => e j 0 * a j))) by (apply is_derive_sum; exact He).
  assert (HN : is_derive N 0 (sum k (fun j => e j 0 * a j * x j 0 + e j 0 * dx j))).
  { apply is_derive_sum; intros j lt; exact (is_derive_product _ _ 0 _ _ (He j lt) (each j lt)). }
  assert (Z0 : 0 < Z 0) by (apply sum_gt0; [exact k0 | intros; apply exp_pos]).
  apply (derive_ext (fun t => N t / Z t)).
  { intros t; unfold N, soft, partition; fold (Z t); unfold Rdiv; rewrite <- sum_mulr; apply sum_ext; intros j _.
    change (exp (- x j t * / (T - kappa * t))) with (e j t); change (sum k (fun i => exp (- x i t * / (T - kappa * t)))) with (Z t); ring. }
  apply (is_derive_eq _ _ _ _ (quotient_rule N Z _ _ HN HZ Z0)).
  assert (share : forall j, e j 0 = q j * Z 0).
  { intros j; unfold q, soft, partition; rewrite start.
    replace (sum k (fun i => exp (- x i 0 / T))) with (Z 0) by (apply sum_ext; intros; apply start); field; lra. }
  assert (level : N 0 / Z 0 = L).
  { unfold N, L, Rdiv; rewrite <- sum_mulr; apply sum_ext; intros j _; rewrite share; field; lra. }
  rewrite level.
  replace (sum k (fun j => e j 0 * a j * x j 0 + e j 0 * dx j)) with (Z 0 * sum k (fun j => q j * (a j * x j 0 + dx j)))
    by (rewrite <- sum_mull; apply sum_ext; intros j _; rewrite share; ring).
  replace (sum k (fun j => e j 0 * a j)) with (Z 0 * sum k (fun j => q j * a j))
    by (rewrite <- sum_mull; apply sum_ext; intros j _; rewrite share; ring).
  replace ((Z 0 * sum k (fun j => q j * (a j * x j 0 + dx j)) - L * (Z 0 * sum k (fun j => q j * a j))) / Z 0)
    with (sum k (fun j => q j * (a j * x j 0 + dx j)) - L * sum k (fun j => q j * a j)) by (field; lra).
  unfold cost_variance, square; to_reals; rewrite <- (sum_mull k L).
  rewrite (sum_ext k (fun j => q j * (1 - (x j 0 - L) / T) * dx j)
    (fun j => q j * dx j - / T * (q j * x j 0 * dx j) + L / T * (q j * dx j))) by (intros; field; lra).
  rewrite (sum_ext k (fun j => q j * (a j * x j 0 + dx j))
    (fun j => q j * dx j - / T * (q j * x j 0 * dx j) - kappa / T ^ 2 * (q j * (x j 0 * x j 0)))) by (intros; unfold a; field; lra).
  rewrite (sum_ext k (fun j => L * (q j * a j)) (fun j => - (L / T) * (q j * dx j) - L * kappa / T ^ 2 * (q j * x j 0)))
    by (intros; unfold a; field; lra).
  rewrite !sum_sub, !sum_add, !sum_sub, !sum_mull; fold L; field; lra.
Qed.

Lemma costs_0 d z p v m j : costs d z (advanced p v 0) m j = costs d z p m j.
Proof. unfold costs, distance2, norm2; apply sum_ext; intros c _; unfold advanced; to_reals; ring. Qed.

Lemma full_share_eq k d z p T m j : (j < k)%nat -> full_share k d z p T m j =
  softened k d z p T m j * (1 - (costs d z p m j - sum k (fun i => softened k d z p T m i * costs d z p m i)) / T).
Proof.
  intros lt; unfold full_share, full_weight; to_reals; rewrite soft_agrees, distances_agree by exact lt.
  rewrite (sum_ext k _ (fun i => softened k d z p T m i * costs d z p m i)); [reflexivity|].
  intros i Hi; now rewrite soft_agrees, distances_agree by exact Hi.
Qed.

Lemma loss_derivative n k d z p v T kappa : (0 < k)%nat -> 0 < T ->
  is_derive (fun t => loss n k d z (advanced p v t) (T - kappa * t)) 0
    (sum n (fun m => sum k (fun j => full_share k d z p T m j * sum d (fun c => 2 * (p j c - z m c) * v j c))) -
     kappa * sum n (fun m => cost_variance k (costs d z p m) (softened k d z p T m) / square T)).
Proof.
  intros k0 T0; rewrite <- (sum_mull n kappa), <- sum_sub; apply is_derive_sum; intros m _.
  assert (H := cooled_derivative k (fun j t => costs d z (advanced p v t) m j) _ T kappa k0 T0
    (fun j _ => costs_derivative d z p v m j)); cbv zeta beta in H.
  apply (is_derive_eq _ _ _ _ H).
  assert (level : sum k (fun j => soft k (fun j0 => costs d z (advanced p v 0) m j0) T j * costs d z (advanced p v 0) m j) =
    sum k (fun j => softened k d z p T m j * costs d z p m j)).
  { apply sum_ext; intros j _; now rewrite start, costs_0. }
  f_equal; [|f_equal; f_equal].
  - apply sum_ext; intros j lt; rewrite full_share_eq, start, costs_0, level by exact lt; reflexivity.
  - unfold cost_variance; to_reals; rewrite level; f_equal; apply sum_ext; intros j _; now rewrite start, costs_0.
Qed.

Lemma along_a_motion n k d z p g v :
  sum n (fun m => sum k (fun j => g m j * sum d (fun c => 2 * (p j c - z m c) * v j c))) =
  - sum k (fun j => sum d (fun c => stopped_flow n z p g j c * v j c)).
Proof.
  rewrite sum_exchange, <- sum_neg; apply sum_ext; intros j _.
  rewrite (sum_ext n _ (fun m => sum d (fun c => 2 * g m j * (p j c - z m c) * v j c)))
    by (intros; rewrite <- sum_mull; apply sum_ext; intros; ring).
  rewrite sum_exchange, <- sum_neg; apply sum_ext; intros c _.
  rewrite sum_mulr; change (stopped_flow n z p g j c) with (- sum n (fun m => 2 * g m j * (p j c - z m c))); ring.
Qed.

Lemma cost_variance_ge0 k (x q : nat -> R) : (forall j, (j < k)%nat -> 0 <= q j) -> sum k q = 1 -> 0 <= cost_variance k x q.
Proof.
  intros q0 mass; unfold cost_variance, square; to_reals; set (L := sum k (fun j => q j * x j)).
  replace (sum k (fun j => q j * (x j * x j)) + - (L * L)) with (sum k (fun j => q j * ((x j - L) * (x j - L)))).
  - apply sum_ge0; intros j lt; apply Rmult_le_pos; [now apply q0 | apply Rle_0_sqr].
  - rewrite (sum_ext k _ (fun j => q j * (x j * x j) - 2 * L * (q j * x j) + L * L * q j)) by (intros; ring).
    rewrite sum_add, sum_sub, !sum_mull, mass; fold L; ring.
Qed.

(** claim: ddcl.theorem4.scope/full/cooling
    value: let s := joined k d p z in let q := soft_table k d n T s in
           flow_fall n k d z p (full_weight k d T_value q s) +
           kappa * sum n (fun m => cost_variance k (fun j => distance2 d (z m) (p j)) (q m) / square T_value)
    compared: 4f0f75e723d6-bc5bec84a6d7 *)
Theorem loss_falls_under_cooling n k d z p T kappa : (0 < k)%nat -> 0 < T -> 0 < kappa ->
  let g := full_share k d z p T in
  let rate := - flow_fall n k d z p g -
    kappa * sum n (fun m => cost_variance k (costs d z p m) (softened k d z p T m) / square T) in
  is_derive (fun t => loss n k d z (advanced p (stopped_flow n z p g) t) (T - kappa * t)) 0 rate /\ rate <= 0.
Proof.
  intros k0 T0 kappa0 g rate; split.
  - apply (is_derive_eq _ _ _ _ (loss_derivative n k d z p (stopped_flow n z p g) T kappa k0 T0)).
    unfold rate; f_equal; apply along_the_flow.
  - assert (0 <= flow_fall n k d z p g) by (apply sum_ge0; intros; apply sum_ge0; intros; apply Rle_0_sqr).
    assert (0 <= kappa * sum n (fun m => cost_variance k (costs d z p m) (softened k d z p T m) / square T)).
    { apply Rmult_le_pos; [lra|]; apply sum_ge0; intros m _; apply Rmult_le_pos.
      - apply cost_variance_ge0; [intros; apply Rlt_le, soft_gt0, k0 | apply soft_mass, k0].
      - apply Rlt_le, Rinv_0_lt_compat; unfold square; to_reals; apply Rmult_lt_0_compat; assumption. }
    unfold rate; lra.
Qed.

(** ** The gradient stopped: the sample 0, prototypes 0 and 1, T = 1/2 *)

Definition rate_when_stopped n k d z p T kappa : R :=
  - flow_product n k d z p (full_share k d z p T) (softened k d z p T) -
  kappa * sum n (fun m => cost_variance k (costs d z p m) (softened k d z p T m) / square T).

Lemma stopped_derivative n k d z p T kappa : (0 < k)%nat -> 0 < T ->
  is_derive (fun t => loss n k d z (advanced p (stopped_flow n z p (softened k d z p T)) t) (T - kappa * t)) 0
    (rate_when_stopped n k d z p T kappa).
Proof.
  intros k0 T0; apply (is_derive_eq _ _ _ _ (loss_derivative n k d z p _ T kappa k0 T0)).
  unfold rate_when_stopped; f_equal; apply along_a_motion.
Qed.

Definition places (j c : nat) : R := match j with O => 0 | _ => 1 end.

Lemma it_rises kappa : 0 <= kappa <= 1 / 100 -> 0 < rate_when_stopped 1 2 1 (fun _ _ => 0) places (1 / 2) kappa.
Proof.
  intros small; unfold rate_when_stopped, flow_product, stopped_flow; simpl sum; to_reals; rewrite !full_share_eq by lia.
  unfold softened, soft, partition, costs, cost_variance, distance2, norm2, square, places; simpl; to_reals; interval.
Qed.

(** claim: ddcl.theorem4.scope/stopped/monotone
    role: refutes
    value: let s := joined k d p z in let q := soft_table k d n T s in flow_product n k d z p (full_weight k d T_value q s) q
    witness: {"z": [[0]], "p": [[0], [1]], "T": "1/2"}
    compared: 4037c11dafd9-e4da9e4b9dc5 *)
Theorem loss_may_rise : exists n k d z p T rate, 0 < T /\
  is_derive (fun t => loss n k d z (advanced p (stopped_flow n z p (softened k d z p T)) t) T) 0 rate /\ ~ rate <= 0.
Proof.
  exists 1%nat, 2%nat, 1%nat, (fun _ _ => 0), places, (1 / 2), (rate_when_stopped 1 2 1 (fun _ _ => 0) places (1 / 2) 0).
  split; [lra|]; split; [|apply Rlt_not_le, it_rises; lra].
  refine (derive_ext _ _ _ _ _ (stopped_derivative 1 2 1 (fun _ _ => 0) places (1 / 2) 0 ltac:(lia) ltac:(lra))).
  intros t; now rewrite Rmult_0_l, Rminus_0_r.
Qed.

(** claim: ddcl.theorem4.scope/stopped/cooling
    role: refutes
    value: let s := joined k d p z in let q := soft_table k d n T s in
           flow_product n k d z p (full_weight k d T_value q s) q +
           kappa * sum n (fun m => cost_variance k (fun j => distance2 d (z m) (p j)) (q m) / square T_value)
    witness: {"z": [[0]], "p": [[0], [1]], "T": "1/2", "kappa": "1/100"}
    compared: 126ebd101163-95938750bc85 *)
Theorem loss_may_rise_under_cooling : exists n k d z p T kappa rate, 0 < T /\ 0 < kappa /\
  is_derive (fun t => loss n k d z (advanced p (stopped_flow n z p (softened k d z p T)) t) (T - kappa * t)) 0 rate /\
  ~ rate <= 0.
Proof.
  exists 1%nat, 2%nat, 1%nat, (fun _ _ => 0), places, (1 / 2), (1 / 100),
    (rate_when_stopped 1 2 1 (fun _ _ => 0) places (1 / 2) (1 / 100)).
  do 2 (split; [lra|]); split; [apply stopped_derivative; [lia | lra] | apply Rlt_not_le, it_rises; lra].
Qed.
