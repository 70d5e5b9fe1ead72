(** Theorem 4: dE/dt = -|P'|^2 - sum_n |q_n'|^2 along the reduced flow, without the terms of E in log q. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions remark3_definitions dissipation_definitions derivatives.
Open Scope R_scope.

(** E, with unordered pairs, where the prototypes have moved by t u and the assignments by t v *)
Definition moved_energy n k d z p q sep weight u v (t : R) : R :=
  energy n k d z (fun j c => p j c + t * u j c) (fun m j => q m j + t * v m j) sep weight 1.

Lemma derive_gap x y a b :
  is_derive (fun t => (x + t * a + - (y + t * b)) * (x + t * a + - (y + t * b))) 0 ((1 + 1) * (x + - y) * (a + - b)).
Proof. auto_derive; [trivial | ring]. Qed.

Lemma derive_energy n k d z p q sep weight u v :
  is_derive (moved_energy n k d z p q sep weight u v) 0 (energy_rate n k d z p q sep weight u v).
Proof.
  unfold moved_energy, energy, energy_rate, quantization, distance2, norm2, pair_spread, frobenius2, norm2; to_reals.
  apply (is_derive_plus (fun t => _ - _) (fun t => weight * _)).
  - apply (is_derive_minus (fun t => sum n _) (fun t => sep * _)).
    + apply is_derive_sum; intros m _; apply is_derive_sum; intros j _.
      refine (is_derive_eq _ _ _ _ (is_derive_mult (fun t => q m j + t * v m j) _ 0 (v m j)
        (sum d (fun c => (1 + 1) * (p j c + - z m c) * u j c)) _ _ Rmult_comm) _).
      * auto_derive; [trivial | ring].
      * apply is_derive_sum; intros c _; auto_derive; [trivial | ring].
      * transitivity (v m j * sum d (fun c => (z m c + - (p j c + 0 * u j c)) * (z m c + - (p j c + 0 * u j c))) +
          (q m j + 0 * v m j) * sum d (fun c => (1 + 1) * (p j c + - z m c) * u j c)); [reflexivity|].
        rewrite (sum_ext d _ (fun c => (z m c + - p j c) * (z m c + - p j c))) by (intros; ring).
        match goal with |- ?l = ?r => change (@eq R l r) end; ring.
    + apply is_derive_scal; refine (is_derive_eq _ _ _ _ (is_derive_scal _ 0 1 _ _) (Rmult_1_l _)).
      apply is_derive_sum; intros j _; apply is_derive_sum; intros i _; apply is_derive_sum; intros c _.
      exact (derive_gap (p i c) (p j c) (u i c) (u j c)).
  - apply is_derive_scal; apply is_derive_sum; intros j _; apply is_derive_sum; intros c _.
    auto_derive; [trivial | ring].
Qed.

Lemma number_INR k : number k = INR k.
Proof. induction k as [|k IH]; [reflexivity|]; rewrite S_INR, <- IH; reflexivity. Qed.

(** sum_(i<j) (x_i - x_j)(y_i - y_j) = k sum x_j y_j - sum x sum y *)
Lemma pairs_in_one_coordinate k (x y : nat -> R) :
  sum k (fun j => sum j (fun i => 2 * (x i - x j) * (y i - y j))) =
  2 * (INR k * sum k (fun j => x j * y j) - sum k x * sum k y).
Proof.
  induction k as [|k IH]; [simpl; ring|]; rewrite !sum_S, IH, S_INR.
  rewrite (sum_ext k (fun i => 2 * (x i - x k) * (y i - y k))
    (fun i => 2 * (x i * y i) - (2 * x k) * y i - (2 * y k) * x i + 2 * x k * y k)) by (intros; ring).
  rewrite sum_add, !sum_sub, !sum_mull, sum_const; ring.
Qed.

(** The rate of E is -<pull, u> + sum_n <dE/dq_n, v_n>. *)
Lemma rate_by_slopes n k d z p q sep weight u v :
  energy_rate n k d z p q sep weight u v =
  - inner k d (pull n k z p q sep weight) u + power_of_shares n k d z p v.
Proof.
  unfold energy_rate, inner, power_of_shares; to_reals.
  rewrite (sum_ext n _ (fun m => sum k (fun j => distance2 d (z m) (p j) * v m j) +
    sum k (fun j => sum d (fun c => (1 + 1) * q m j * (p j c + - z m c) * u j c)))).
  2: { intros m _; rewrite <- sum_add; apply sum_ext; intros j _; rewrite <- sum_mull, (Rmult_comm (v m j)); f_equal.
       apply sum_ext; intros; to_reals; ring. }
  rewrite sum_add.
  rewrite (sum_ext k (fun j => sum j _) (fun j => sum d (fun c => sum j (fun i => 2 * (p i c - p j c) * (u i c - u j c)))))
    by (intros; apply sum_exchange).
  rewrite (sum_exchange k d (fun j c => sum j _)).
  rewrite (sum_ext d _ (fun c => 2 * (INR k * sum k (fun j => p j c * u j c) - sum k (fun j => p j c) * sum k (fun j => u j c))))
    by (intros c _; apply (pairs_in_one_coordinate k (fun j => p j c) (fun j => u j c))).
  rewrite (sum_exchange n k (fun m j => sum d (fun c => (1 + 1) * q m j * (p j c + - z m c) * u j c))).
  rewrite (sum_exchange k d (fun j c => pull n k z p q sep weight j c * u j c)).
  rewrite (sum_ext k (fun j => sum n _) (fun j => sum d (fun c => sum n (fun m => (1 + 1) * q m j * (p j c + - z m c)) * u j c))).
  2: { intros j _; rewrite sum_exchange; apply sum_ext; intros c _; apply sum_mulr. }
  rewrite (sum_exchange k d (fun j c => sum n _ * u j c)), (sum_exchange k d (fun j c => (1 + 1) * p j c * u j c)).
  assert (slopes : forall c, sum k (fun j => pull n k z p q sep weight j c * u j c) =
    - (sum k (fun j => sum n (fun m => (1 + 1) * q m j * (p j c + - z m c)) * u j c) -
       sep * (2 * (INR k * sum k (fun j => p j c * u j c) - sum k (fun j => p j c) * sum k (fun j => u j c))) +
       weight * sum k (fun j => (1 + 1) * p j c * u j c))).
  { intros c; unfold pull; to_reals; rewrite number_INR.
    rewrite (sum_ext k _ (fun j => - (sum n (fun m => (1 + 1) * q m j * (p j c + - z m c)) * u j c) +
      ((2 * sep * INR k) * (p j c * u j c) - (2 * sep * sum k (fun i => p i c)) * u j c - weight * ((1 + 1) * p j c * u j c))))
      by (intros; ring).
    rewrite sum_add, sum_neg, !sum_sub, !sum_mull; ring. }
  rewrite (sum_ext d (fun c => sum k (fun j => pull n k z p q sep weight j c * u j c)) _ (fun c _ => slopes c)).
  rewrite sum_neg, sum_add, sum_sub, !sum_mull; ring.
Qed.

(** claim: ddcl.theorem4.dissipation/cone/rate
    value: energy_rate n k d z p q sep weight (pull n k z p q sep weight) v + inner k d (pull n k z p q sep weight) (pull n k z p q sep weight) - power_of_shares n k d z p v
    compared: 3410c81955b0-460f4d05c40b *)
Theorem chain_rule n k d z p q sep weight v : let P' := pull n k z p q sep weight in
  is_derive (moved_energy n k d z p q sep weight P' v) 0 (- inner k d P' P' + power_of_shares n k d z p v).
Proof. intros P'; apply (is_derive_eq _ _ _ _ (derive_energy n k d z p q sep weight P' v)), rate_by_slopes. Qed.

Lemma sum_first m k (f : nat -> R) : (m <= k)%nat -> sum k (fun j => if Nat.ltb j m then f j else 0) = sum m f.
Proof.
  revert m; induction k as [|k IH]; intros m le; [replace m with O by lia; reflexivity|].
  rewrite sum_S; destruct (Nat.ltb_spec k m) as [inside | out].
  - replace m with (S k) by lia; rewrite sum_S; f_equal; apply sum_ext; intros i Hi.
    destruct (Nat.ltb_spec i (S k)); [reflexivity | lia].
  - rewrite IH by lia; ring.
Qed.

(** With g = -dE/dq: <g, q'> = |q'|^2, because the moving shares keep their sum. *)
Lemma power_of_turn k m d z p : (0 < m <= k)%nat ->
  power_of_shares 1 k d (row z) p (row (turn m d z p)) = - inner 1 k (row (turn m d z p)) (row (turn m d z p)).
Proof.
  intros [m0 le]; set (g j := - distance2 d z (p j)); set (mu := mean_push m d z p).
  assert (first : forall f, sum 1 f = f O) by (intros f; apply Rplus_0_l).
  assert (turns : forall j, turn m d z p j = if Nat.ltb j m then g j - mu else 0) by reflexivity.
  unfold power_of_shares, inner, row; rewrite !first; to_reals.
  rewrite (sum_ext k _ (fun j => if Nat.ltb j m then - g j * (g j - mu) else 0))
    by (intros j _; rewrite turns; unfold g; destruct (Nat.ltb j m); ring).
  rewrite (sum_ext k (fun j => turn m d z p j * turn m d z p j) (fun j => if Nat.ltb j m then (g j - mu) * (g j - mu) else 0))
    by (intros j _; rewrite turns; destruct (Nat.ltb j m); ring).
  rewrite !sum_first by exact le.
  assert (balanced : sum m (fun j => g j - mu) = 0).
  { rewrite sum_sub, sum_const; unfold mu, mean_push; to_reals; rewrite number_INR; fold g.
    change (sum m (fun j => - distance2 d z (p j))) with (sum m g); field; apply not_0_INR; lia. }
  rewrite (sum_ext m (fun j => - g j * (g j - mu)) (fun j => - ((g j - mu) * (g j - mu)) - mu * (g j - mu))) by (intros; ring).
  rewrite sum_sub, sum_neg, (sum_mull m mu), balanced; ring.
Qed.

(** One sample on a face: the first m shares are free to move, the others are held.

    claim: ddcl.theorem4.dissipation/cone/faces
    value: let rows := rows3 s f on free held in let k := (s + f + b)%nat in let P' := pull 1 k (row z) rows (row (padded s q)) sep weight in let q' := row (turn (s + f) d z rows) in energy_rate 1 k d (row z) rows (row (padded s q)) sep weight P' q' + inner k d P' P' + inner 1 k q' q'
    scope: all s, f, b, d
    compared: f68d0933044f-11a3e760f084 *)
Theorem on_faces k m d z p q sep weight : (0 < m <= k)%nat ->
  let P' := pull 1 k (row z) p (row q) sep weight in let q' := row (turn m d z p) in
  is_derive (moved_energy 1 k d (row z) p (row q) sep weight P' q') 0 (- inner k d P' P' - inner 1 k q' q').
Proof.
  intros sizes P' q'; apply (is_derive_eq _ _ _ _ (chain_rule 1 k d (row z) p (row q) sep weight q')).
  unfold q'; rewrite (power_of_turn k m d z p sizes); reflexivity.
Qed.

Lemma inner_ge0 k d u : 0 <= inner k d u u.
Proof. apply sum_ge0; intros j _; apply sum_ge0; intros c _; apply Rle_0_sqr. Qed.

(** claim: ddcl.theorem4/positive/descent
    claim: ddcl.theorem4/remark3/descent
    value: let rows := rows3 s f on free held in let k := (s + f + b)%nat in let P' := pull 1 k (row z) rows (row (padded s q)) sep weight in - energy_rate 1 k d (row z) rows (row (padded s q)) sep weight P' (row (turn (s + f) d z rows))
    scope: all s, f, b, d
    compared: 34b6a0a3007e-6d8c6fe8f38a *)
Theorem descent k m d z p q sep weight : (0 < m <= k)%nat ->
  let P' := pull 1 k (row z) p (row q) sep weight in let q' := row (turn m d z p) in
  exists rate, is_derive (moved_energy 1 k d (row z) p (row q) sep weight P' q') 0 rate /\ rate <= 0.
Proof.
  intros sizes P' q'; exists (- inner k d P' P' - inner 1 k q' q'); split; [now apply on_faces|].
  assert (H := inner_ge0 k d P'); assert (H' := inner_ge0 1 k q'); lra.
Qed.
