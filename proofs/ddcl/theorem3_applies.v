(** Section 5.5: the Jacobian of training is -D H with D > 0 diagonal and H symmetric, so that its spectrum is real. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions training_definitions gibbs_definitions derivatives proposition1
  training_derivatives.
Open Scope R_scope.

Implicit Types (k d n N i l : nat) (T : R) (s u v rate : nat -> R).

(** J is the Jacobian of a field at s, in the first N coordinates. *)
Definition is_jacobian N (field : (nat -> R) -> nat -> R) s (J : nat -> nat -> R) : Prop :=
  forall i l, (i < N)%nat -> (l < N)%nat -> is_derive (fun t => field (from s (axis l) t) i) 0 (J i l).

(** J (u + iv) = (x + iy)(u + iv) only with y = 0 or u + iv = 0 *)
Definition has_real_eigenvalues N (J : nat -> nat -> R) : Prop := forall x y u v,
  (forall i, (i < N)%nat -> sum N (fun l => J i l * u l) = x * u i - y * v i) ->
  (forall i, (i < N)%nat -> sum N (fun l => J i l * v l) = x * v i + y * u i) ->
  y = 0 \/ forall i, (i < N)%nat -> u i = 0 /\ v i = 0.

(** Training with rates r_i: -r_i dL_q/ds_i, the assignments held or differentiated *)
Definition stopped_training k d n T rate s i : R :=
  - (rate i * pulled k d n (fun _ => 1) (soft_at_state k d T s) s (axis i)).
Definition full_training k d n T rate s i : R :=
  - (rate i * pulled k d n (fun _ => 1) (full_weight k d T (soft_at_state k d T s) s) s (axis i)).

(** The latter is the gradient of sum_m L_q with q = softmax. *)
Theorem full_training_descends k d n T rate s i : (0 < k)%nat -> 0 < T ->
  is_derive (fun t => let s' := from s (axis i) t in
    sum n (fun m => sum k (fun j => soft_at_state k d T s' m j * apart k d s' m j))) 0
    (pulled k d n (fun _ => 1) (full_weight k d T (soft_at_state k d T s) s) s (axis i)).
Proof.
  intros k0 T0; unfold pulled; to_reals; apply is_derive_sum; intros m _; rewrite Rmult_1_l.
  exact (level_derivative k d T s k0 T0 (axis i) m).
Qed.

Lemma number_INR n : number n = INR n.
Proof. induction n as [|n IH]; [reflexivity|]; rewrite S_INR, <- IH; reflexivity. Qed.

Lemma symmetric_up_to_rates N rate (J : nat -> nat -> R) : (forall i, (i < N)%nat -> 0 < rate i) ->
  (forall i l, J i l * rate l = J l i * rate i) -> has_real_eigenvalues N J.
Proof.
  intros rate0 same x y u v on_u on_v.
  assert (entry : forall i l, (i < N)%nat -> (l < N)%nat -> J i l / rate i = J l i / rate l).
  { intros i l Hi Hl; assert (A := rate0 i Hi); assert (B := rate0 l Hl); assert (C := same i l).
    apply (Rmult_eq_reg_r (rate i * rate l)); [|nra].
    replace (J i l / rate i * (rate i * rate l)) with (J i l * rate l) by (field; lra).
    replace (J l i / rate l * (rate i * rate l)) with (J l i * rate i) by (field; lra); exact C. }
  (* <J u, v> = <u, J v> with the weights 1/r_i *)
  assert (swap : sum N (fun i => sum N (fun l => J i l * u l) * v i / rate i) =
                 sum N (fun i => sum N (fun l => J i l * v l) * u i / rate i)).
  { rewrite (sum_ext N _ (fun i => sum N (fun l => J i l / rate i * (u l * v i)))).
    2: { intros i _; unfold Rdiv; rewrite Rmult_assoc, <- sum_mulr; apply sum_ext; intros; ring. }
    rewrite (sum_ext N (fun i => sum N (fun l => J i l * v l) * u i / rate i)
      (fun i => sum N (fun l => J i l / rate i * (v l * u i)))).
    2: { intros i _; unfold Rdiv; rewrite Rmult_assoc, <- sum_mulr; apply sum_ext; intros; ring. }
    rewrite sum_exchange; apply sum_ext; intros l Hl; apply sum_ext; intros i Hi; rewrite (entry i l Hi Hl); ring. }
  rewrite (sum_ext N _ (fun i => x * (u i * v i / rate i) - y * (v i * v i / rate i))) in swap
    by (intros i Hi; rewrite (on_u i Hi); unfold Rdiv; ring).
  rewrite (sum_ext N (fun i => sum N (fun l => J i l * v l) * u i / rate i)
    (fun i => x * (u i * v i / rate i) + y * (u i * u i / rate i))) in swap
    by (intros i Hi; rewrite (on_v i Hi); unfold Rdiv; ring).
  rewrite sum_sub, sum_add, !sum_mull in swap.
  destruct (Req_dec y 0) as [|y0]; [now left | right].
  assert (none : sum N (fun i => u i * u i / rate i + v i * v i / rate i) = 0)
    by (rewrite sum_add; apply (Rmult_eq_reg_l y); lra).
  assert (term : forall i, (i < N)%nat -> 0 <= u i * u i / rate i /\ 0 <= v i * v i / rate i).
  { intros i Hi; assert (A := Rinv_0_lt_compat _ (rate0 i Hi)); split; apply Rmult_le_pos; (apply Rle_0_sqr || lra). }
  intros i Hi; destruct (term i Hi) as [A B].
  assert (E := sum_eq0 N _ (fun i Hi => Rplus_le_le_0_compat _ _ (proj1 (term i Hi)) (proj2 (term i Hi))) none i Hi); cbv beta in E.
  assert (C := rate0 i Hi); split; apply Rsqr_0_uniq; unfold Rsqr.
  - assert (D : u i * u i / rate i = 0) by lra; replace (u i * u i) with (u i * u i / rate i * rate i) by (field; lra); rewrite D; ring.
  - assert (D : v i * v i / rate i = 0) by lra; replace (v i * v i) with (v i * v i / rate i * rate i) by (field; lra); rewrite D; ring.
Qed.

Lemma stopped_spectrum k d n N T rate s : (0 < k)%nat -> 0 < T -> (forall i, (i < N)%nat -> 0 < rate i) ->
  let J := stopped_jacobian k d n (fun _ => 1) T (soft_at_state k d T s) rate s in
  is_jacobian N (stopped_training k d n T rate) s J /\
  (forall i l, J i l * rate l = J l i * rate i) /\ has_real_eigenvalues N J.
Proof.
  intros k0 T0 rate0 J.
  assert (same : forall i l, J i l * rate l = J l i * rate i)
    by (intros i l; unfold J, stopped_jacobian; to_reals; rewrite (bent_symmetric k d n T s T0); ring).
  split; [|split; [exact same | exact (symmetric_up_to_rates N rate J rate0 same)]].
  intros i l _ _; unfold stopped_training, J, stopped_jacobian; to_reals.
  apply (is_derive_opp (fun t => rate i * pulled k d n (fun _ => 1) (soft_at_state k d T (from s (axis l) t)) (from s (axis l) t) (axis i))).
  apply is_derive_scaled, (pulled_derivative k d n s (fun _ => 1) (soft_at_state k d T)); intros m j lt.
  - now apply soft_at_from_0.
  - now apply soft_state_derivative.
Qed.

(** Prototypes move, features are fixed.

    claim: ddcl.theorem3.applies/stopped/oscillation/amended
    value: let s := joined k d p z in
           let r := rates k d rate_p rate_z in
           imbalance (k * d) (stopped_jacobian k d n (fun _ => 1) T_value (soft_table k d n T s) r s) r
    compared: 6b7a11e37ab3-2f889478eed9 *)
Theorem stopped_spectrum_is_real k d n T rate s : (0 < k)%nat -> 0 < T -> (forall i, (i < k * d)%nat -> 0 < rate i) ->
  let J := stopped_jacobian k d n (fun _ => 1) T (soft_at_state k d T s) rate s in
  is_jacobian (k * d) (stopped_training k d n T rate) s J /\
  (forall i l, J i l * rate l = J l i * rate i) /\ has_real_eigenvalues (k * d) J.
Proof. exact (stopped_spectrum k d n (k * d) T rate s). Qed.

(** Prototypes and features move.

    claim: ddcl.theorem3.applies/joint/oscillation/amended
    value: let s := joined k d p z in
           let r := rates k d rate_p rate_z in
           imbalance ((k + n) * d) (stopped_jacobian k d n (fun _ => 1) T_value (soft_table k d n T s) r s) r
    compared: 2b13fe1f4e4e-3f6710166cb7 *)
Theorem joint_spectrum_is_real k d n T rate s :
  (0 < k)%nat -> 0 < T -> (forall i, (i < (k + n) * d)%nat -> 0 < rate i) ->
  let J := stopped_jacobian k d n (fun _ => 1) T (soft_at_state k d T s) rate s in
  is_jacobian ((k + n) * d) (stopped_training k d n T rate) s J /\
  (forall i l, J i l * rate l = J l i * rate i) /\ has_real_eigenvalues ((k + n) * d) J.
Proof. exact (stopped_spectrum k d n ((k + n) * d) T rate s). Qed.

(** claim: ddcl.theorem3.applies/full/oscillation/amended
    value: let s := joined k d p z in
           let r := rates k d rate_p rate_z in
           imbalance (k * d) (full_jacobian k d n (fun _ => 1) T_value (soft_table k d n T s) r s) r
    compared: 43939a59d6b2-21cf2e1d6faf *)
Theorem full_spectrum_is_real k d n T rate s : (0 < k)%nat -> 0 < T -> (forall i, (i < k * d)%nat -> 0 < rate i) ->
  let J := full_jacobian k d n (fun _ => 1) T (soft_at_state k d T s) rate s in
  is_jacobian (k * d) (full_training k d n T rate) s J /\
  (forall i l, J i l * rate l = J l i * rate i) /\ has_real_eigenvalues (k * d) J.
Proof.
  intros k0 T0 rate0 J.
  assert (same : forall i l, J i l * rate l = J l i * rate i)
    by (intros i l; unfold J, full_jacobian; to_reals; rewrite (full_bent_symmetric k d n T s T0); ring).
  split; [|split; [exact same | exact (symmetric_up_to_rates (k * d) rate J rate0 same)]].
  intros i l _ _; unfold full_training, J, full_jacobian; to_reals.
  apply (is_derive_opp (fun t => rate i * pulled k d n (fun _ => 1)
    (full_weight k d T (soft_at_state k d T (from s (axis l) t)) (from s (axis l) t)) (from s (axis l) t) (axis i))).
  apply is_derive_scaled, (pulled_derivative k d n s (fun _ => 1) (fun s => full_weight k d T (soft_at_state k d T s) s));
    intros m j lt.
  - now apply full_weight_from_0.
  - now apply full_weight_derivative.
Qed.

(** ** How far training may step before a displacement changes sign *)

(** claim: ddcl.theorem3.applies/steps/oscillation/amended
    value: let s := joined k d p z in kept k d n T_value (soft_table k d n T s) s v eta
    compared: 903b7b705deb-78f578556f44 *)
Theorem no_overshoot k d n T s (v : nat -> nat -> R) eta : (0 < k)%nat -> (0 < n)%nat -> 0 < T -> 0 < eta ->
  let q := soft_at_state k d T s in
  (forall j, (j < k)%nat -> eta * (sum n (fun m => q m j) / INR n) <= 1 / 2) ->
  0 <= kept k d n T q s v eta.
Proof.
  intros k0 n0 T0 eta0 q short; unfold kept, free_curvature; to_reals; set (u := joined k d v (fun _ _ => 0)).
  assert (N0 : 0 < INR n) by (apply lt_0_INR; exact n0).
  assert (bound := soft_bent_le k d n T (fun _ => 1) s u k0 T0 (fun _ _ => Rle_0_1)); cbv zeta in bound; fold q in bound.
  set (B := bent k d n (fun _ => 1) q (soft_rate k d T q s u) s u u) in *.
  assert (held : sum n (fun m => 1 * sum k (fun j => q m j * stretch k d u u m j)) =
    2 * sum k (fun j => sum n (fun m => q m j) * norm2 d (v j))).
  { rewrite (sum_ext n _ (fun m => sum k (fun j => 2 * (q m j * norm2 d (v j))))).
    - rewrite sum_exchange, <- sum_mull; apply sum_ext; intros j _; rewrite sum_mull, <- sum_mulr; reflexivity.
    - intros m _; rewrite Rmult_1_l; apply sum_ext; intros j lt; unfold u; rewrite stretch_of_prototypes by exact lt; ring. }
  cbv beta in bound; rewrite held in bound; clear held; rewrite number_INR.
  assert (within : 2 * (eta / INR n) * sum k (fun j => sum n (fun m => q m j) * norm2 d (v j)) <= sum k (fun j => norm2 d (v j))).
  { rewrite <- sum_mull; apply sum_le; intros j lt; assert (S := short j lt).
    assert (V : 0 <= norm2 d (v j)) by (apply sum_ge0; intros; apply Rle_0_sqr).
    replace (2 * (eta / INR n) * (sum n (fun m => q m j) * norm2 d (v j)))
      with (2 * (eta * (sum n (fun m => q m j) / INR n)) * norm2 d (v j)) by (field; lra).
    rewrite <- (Rmult_1_l (norm2 d (v j))) at 2; apply Rmult_le_compat_r; lra. }
  assert (eta / INR n * B <= eta / INR n * (2 * sum k (fun j => sum n (fun m => q m j) * norm2 d (v j)))).
  { apply Rmult_le_compat_l; [apply Rlt_le, Rdiv_lt_0_compat|]; assumption. }
  unfold Rdiv in *; lra.
Qed.
