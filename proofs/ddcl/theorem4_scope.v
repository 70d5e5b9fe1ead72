(** Section 5.6: what falls under training with the gradient stopped is the free energy. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions training_definitions gibbs_definitions derivatives proposition1
  training_derivatives descent_definitions.
Open Scope R_scope.

Implicit Types (n k d m j : nat) (z p q v : nat -> nat -> R) (T kappa eta : R).

(** d_mj, the soft assignments, and F_T = -T sum_m log sum_j e^(-d_mj/T) *)
Definition costs d z p m j : R := distance2 d (z m) (p j).
Definition softened k d z p T m j : R := soft k (costs d z p m) T j.
Definition free_energy n k d z p T : R := sum n (fun m => - T * ln (partition k (costs d z p m) T)).

Definition advanced p v (t : R) j (c : nat) : R := p j c + t * v j c.

Lemma number_INR n : number n = INR n.
Proof. induction n as [|n IH]; [reflexivity|]; rewrite S_INR, <- IH; reflexivity. Qed.

Lemma costs_derivative d z p v m j :
  is_derive (fun t => costs d z (advanced p v t) m j) 0 (sum d (fun c => 2 * (p j c - z m c) * v j c)).
Proof.
  unfold costs, distance2, norm2; apply is_derive_sum; intros c _; to_reals; unfold advanced.
  auto_derive; [exact I | ring].
Qed.

(** -T log sum_j e^(-x_j/T) + T log k where the x_j move and T falls at the rate kappa *)
Lemma free_derivative k (x : nat -> R -> R) (dx : nat -> R) T kappa : (0 < k)%nat -> 0 < T ->
  (forall j, (j < k)%nat -> is_derive (x j) 0 (dx j)) -> let q := soft k (fun j => x j 0) T in
  is_derive (fun t => - (T - kappa * t) * ln (partition k (fun j => x j t) (T - kappa * t)) + (T - kappa * t) * ln (INR k)) 0
    (sum k (fun j => q j * dx j) - kappa * (ln (INR k) + sum k (fun j => q j * ln (q j)))).
Proof.
  intros k0 T0 each q; set (Z := partition k (fun j => x j 0) T).
  assert (Z0 : 0 < Z) by (apply partition_gt0; exact k0).
  set (P := fun t => partition k (fun j => x j t) (T - kappa * t)).
  assert (P0 : P 0 = Z) by (unfold P, Z; rewrite Rmult_0_r, Rminus_0_r; reflexivity).
  set (dP := sum k (fun j => exp (- x j 0 / T) * (- dx j / T - kappa * x j 0 / T ^ 2))).
  assert (HP : is_derive P 0 dP).
  { unfold P, partition; apply is_derive_sum; intros j lt.
    apply (is_derive_eq _ _ (scal (- dx j / T - kappa * x j 0 / T ^ 2) (exp (- x j 0 / T)))); [|apply Rmult_comm].
    assert (H := each j lt).
    assert (E : is_derive (fun t => - x j t / (T - kappa * t)) 0 (- dx j / T - kappa * x j 0 / T ^ 2)).
    { assert (D : Derive (fun t : R => x j t) 0 = dx j) by exact (is_derive_unique _ _ _ H).
      auto_derive; [split; [exists (dx j); exact H | split; [lra | exact I]] | rewrite D; field; lra]. }
    assert (F : is_derive exp (- x j 0 / (T - kappa * 0)) (exp (- x j 0 / T)))
      by (rewrite Rmult_0_r, Rminus_0_r; apply is_derive_exp).
    exact (is_derive_comp exp (fun t => - x j t / (T - kappa * t)) 0 _ _ F E). }
  assert (D : Derive (fun t : R => P t) 0 = dP) by exact (is_derive_unique _ _ _ HP).
  apply (is_derive_eq _ _ (kappa * ln Z - T * (dP / Z) - kappa * ln (INR k))).
  - change (is_derive (fun t => - (T - kappa * t) * ln (P t) + (T - kappa * t) * ln (INR k)) 0
      (kappa * ln Z - T * (dP / Z) - kappa * ln (INR k))).
    auto_derive; [repeat split; [exists dP; exact HP | rewrite P0; exact Z0] | rewrite D, P0; field; lra].
  - assert (mass := soft_mass k (fun j => x j 0) T k0); fold q in mass.
    assert (entropy : sum k (fun j => q j * ln (q j)) = - (sum k (fun j => q j * x j 0) / T) - ln Z).
    { rewrite (sum_ext k _ (fun j => - / T * (q j * x j 0) - ln Z * q j)).
      - rewrite sum_sub, !sum_mull, mass; field; lra.
      - intros j _; unfold q at 2; rewrite ln_soft by exact k0; fold Z; field; lra. }
    assert (slope : dP / Z = - (sum k (fun j => q j * dx j) / T) - kappa * (sum k (fun j => q j * x j 0) / T ^ 2)).
    { unfold dP; unfold Rdiv at 1; rewrite <- sum_mulr.
      rewrite (sum_ext k _ (fun j => q j * dx j * (- / T) + q j * x j 0 * (- (kappa / T ^ 2)))).
      - rewrite sum_add, !sum_mulr; field; lra.
      - intros j _; unfold q, soft; fold Z; field; lra. }
    rewrite entropy, slope; field; lra.
Qed.

(** -sum_j q_j log q_j <= log k *)
Lemma entropy_le k (q : nat -> R) : (0 < k)%nat -> (forall j, (j < k)%nat -> 0 < q j) -> sum k q = 1 -> 0 <= ln (INR k) + sum k (fun j => q j * ln (q j)).
Proof.
  intros k0 q0 mass; assert (K0 : 0 < INR k) by (apply lt_0_INR; exact k0).
  replace (ln (INR k)) with (sum k (fun j => q j * ln (INR k))) by (rewrite sum_mulr, mass; ring).
  rewrite <- sum_add; replace 0 with (sum k (fun j => q j - / INR k)) by (rewrite sum_sub, mass, sum_const; field; lra).
  apply sum_le; intros j lt; assert (P := q0 j lt).
  assert (H := divergence_term (q j) (/ INR k) ltac:(lra) (Rinv_0_lt_compat _ K0)); rewrite ln_Rinv in H by exact K0; lra.
Qed.

Lemma start k d z p v T m j : soft k (fun j => costs d z (advanced p v 0) m j) T j = softened k d z p T m j.
Proof.
  assert (same : forall j, costs d z (advanced p v 0) m j = costs d z p m j).
  { intros i; unfold costs, distance2, norm2; apply sum_ext; intros c _; unfold advanced; to_reals; ring. }
  unfold softened, soft, partition; rewrite same; f_equal; apply sum_ext; intros; rewrite same; reflexivity.
Qed.

Lemma along_the_flow n k d z p q : let v := stopped_flow n z p q in
  sum n (fun m => sum k (fun j => q m j * sum d (fun c => 2 * (p j c - z m c) * v j c))) = - flow_fall n k d z p q.
Proof.
  intros v; unfold flow_fall.
  rewrite (sum_ext n _ (fun m => sum k (fun j => sum d (fun c => 2 * q m j * (p j c - z m c) * v j c))))
    by (intros m _; apply sum_ext; intros j _; rewrite <- sum_mull; apply sum_ext; intros; ring).
  rewrite sum_exchange, <- sum_neg; apply sum_ext; intros j _; rewrite sum_exchange.
  unfold norm2; rewrite <- sum_neg; apply sum_ext; intros c _.
  rewrite sum_mulr; unfold v, stopped_flow; to_reals; set (S := sum n _); unfold Rminus in *; ring.
Qed.

(** claim: ddcl.theorem4.scope/stopped/cooling/amended
    value: let q := soft_row k d (boltzmann T) z p in
           let w m j := boltzmann T (distance2 d (z m) (p j) - distance2 d (z m) (p 0%nat)) in
           cooled_fall log n k d z p q w T_value kappa
    compared: ca9401f19e26-964df2ba0864 *)
Theorem shifted_free_energy_falls n k d z p T kappa : (0 < k)%nat -> 0 < T -> 0 < kappa ->
  let q := softened k d z p T in
  let rate := - flow_fall n k d z p q - kappa * sum n (fun m => ln (INR k) + sum k (fun j => q m j * ln (q m j))) in
  is_derive (fun t => let T' := T - kappa * t in
    free_energy n k d z (advanced p (stopped_flow n z p q) t) T' + INR n * T' * ln (INR k)) 0 rate /\ rate <= 0.
Proof.
  intros k0 T0 kappa0 q rate; set (v := stopped_flow n z p q); split.
  - set (each m t := - (T - kappa * t) * ln (partition k (costs d z (advanced p v t) m) (T - kappa * t)) + (T - kappa * t) * ln (INR k)).
    apply (derive_ext (fun t => sum n (fun m => each m t))).
    { intros t; unfold each, free_energy; rewrite sum_add, sum_const; ring. }
    apply (is_derive_eq _ _ (sum n (fun m => sum k (fun j => q m j * sum d (fun c => 2 * (p j c - z m c) * v j c))
      - kappa * (ln (INR k) + sum k (fun j => q m j * ln (q m j)))))).
    + apply is_derive_sum; intros m _; unfold each.
      assert (H := free_derivative k (fun j t => costs d z (advanced p v t) m j) _ T kappa k0 T0
        (fun j _ => costs_derivative d z p v m j)); cbv zeta beta in H.
      apply (is_derive_eq _ _ _ _ H); f_equal; [|f_equal; f_equal]; apply sum_ext; intros j _; rewrite start; reflexivity.
    + rewrite sum_sub, sum_mull; unfold rate; f_equal; apply along_the_flow.
  - assert (0 <= flow_fall n k d z p q).
    { apply sum_ge0; intros; apply sum_ge0; intros; apply Rle_0_sqr. }
    assert (0 <= sum n (fun m => ln (INR k) + sum k (fun j => q m j * ln (q m j)))).
    { apply sum_ge0; intros m _; apply (entropy_le k (q m) k0); [intros; apply soft_gt0; exact k0 | apply soft_mass; exact k0]. }
    unfold rate; assert (0 <= kappa * sum n (fun m => ln (INR k) + sum k (fun j => q m j * ln (q m j)))) by (apply Rmult_le_pos; lra); lra.
Qed.

Lemma free_energy_derivative n k d z p v T : (0 < k)%nat -> 0 < T ->
  is_derive (fun t => free_energy n k d z (advanced p v t) T) 0
    (sum n (fun m => sum k (fun j => softened k d z p T m j * sum d (fun c => 2 * (p j c - z m c) * v j c)))).
Proof.
  intros k0 T0; apply is_derive_sum; intros m _.
  assert (H := free_derivative k (fun j t => costs d z (advanced p v t) m j) _ T 0 k0 T0
    (fun j _ => costs_derivative d z p v m j)); cbv zeta beta in H.
  apply (derive_ext (fun t => (- (T - 0 * t) * ln (partition k (costs d z (advanced p v t) m) (T - 0 * t)) +
    (T - 0 * t) * ln (INR k)) + - (T * ln (INR k)))).
  { intros t; rewrite Rmult_0_l, Rminus_0_r; ring. }
  apply (is_derive_eq _ _ _ _ (is_derive_plus _ _ _ _ _ H (is_derive_const (- (T * ln (INR k))) 0))).
  unfold plus, zero; simpl; rewrite Rmult_0_l, Rminus_0_r, Rplus_0_r; apply sum_ext; intros j _.
  rewrite (start k d z p v T m j); reflexivity.
Qed.

(** claim: ddcl.theorem4.scope/stopped/monotone/amended
    value: let q := soft_row k d (boltzmann T) z p in
           let w m j := boltzmann T (distance2 d (z m) (p j) - distance2 d (z m) (p 0%nat)) in
           cooled_fall log n k d z p q w T_value 0
    compared: 6e77f50347de-12a16ff2829e *)
Theorem free_energy_falls n k d z p T : (0 < k)%nat -> 0 < T -> let q := softened k d z p T in
  is_derive (fun t => free_energy n k d z (advanced p (stopped_flow n z p q) t) T) 0 (- flow_fall n k d z p q) /\
  - flow_fall n k d z p q <= 0.
Proof.
  intros k0 T0 q; set (v := stopped_flow n z p q); split.
  - apply (is_derive_eq _ _ (sum n (fun m => sum k (fun j => q m j * sum d (fun c => 2 * (p j c - z m c) * v j c))))).
    + exact (free_energy_derivative n k d z p v T k0 T0).
    + apply along_the_flow.
  - assert (0 <= flow_fall n k d z p q) by (apply sum_ge0; intros; apply sum_ge0; intros; apply Rle_0_sqr); lra.
Qed.
