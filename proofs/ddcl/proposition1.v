(** Proposition 1: the soft assignment is the only minimiser of sum_j r_j d_j + T sum_j r_j log r_j on the simplex (Gibbs),
    and its limits as T -> 0 and T -> oo.  ln 0 is 0 in Coq, so that 0 log 0 = 0: assignments on faces are included. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions gibbs_definitions derivatives.
Open Scope R_scope.

(** sum_j e^(-x_j/T) *)
Definition partition (k : nat) (x : nat -> R) (T : R) : R := sum k (fun j => exp (- x j / T)).

(** q_j = e^(-x_j/T) / sum_i e^(-x_i/T), (8) *)
Definition soft (k : nat) (x : nat -> R) (T : R) (j : nat) : R := exp (- x j / T) / partition k x T.

(** sum_j r_j x_j + weight sum_j r_j log r_j, (24) *)
Definition functional (k : nat) (x : nat -> R) (weight : R) (r : nat -> R) : R :=
  sum k (fun j => r j * x j) + weight * sum k (fun j => r j * ln (r j)).

Lemma partition_gt0 k x T : (0 < k)%nat -> 0 < partition k x T.
Proof. intros k0; apply sum_gt0; [exact k0 | intros; apply exp_pos]. Qed.

Lemma soft_gt0 k x T j : (0 < k)%nat -> 0 < soft k x T j.
Proof. intros k0; apply Rdiv_lt_0_compat; [apply exp_pos | now apply partition_gt0]. Qed.

Lemma soft_mass k x T : (0 < k)%nat -> sum k (soft k x T) = 1.
Proof.
  intros k0; unfold soft, Rdiv; rewrite sum_mulr; fold (partition k x T); apply Rinv_r.
  apply Rgt_not_eq, partition_gt0; exact k0.
Qed.

Lemma ln_soft k x T j : (0 < k)%nat -> ln (soft k x T j) = - x j / T - ln (partition k x T).
Proof.
  intros k0; unfold soft, Rdiv; rewrite ln_mult; [| apply exp_pos | apply Rinv_0_lt_compat, partition_gt0, k0].
  rewrite ln_exp, ln_Rinv by now apply partition_gt0. reflexivity.
Qed.

(** The excess of r is T times its divergence from q. *)
Lemma excess_is_divergence k x T r : (0 < k)%nat -> 0 < T -> sum k r = 1 ->
  functional k x T r - functional k x T (soft k x T) = T * sum k (fun j => r j * (ln (r j) - ln (soft k x T j))).
Proof.
  intros k0 T0 mass.
  assert (value : forall q, sum k q = 1 -> sum k (fun j => q j * x j) =
    - T * sum k (fun j => q j * ln (soft k x T j)) - T * ln (partition k x T)).
  { intros q one. rewrite <- (Rmult_1_l (T * _)), <- one, <- sum_mulr, <- sum_mull, <- sum_sub.
    apply sum_ext; intros j _; rewrite ln_soft by exact k0; field; lra. }
  unfold functional; rewrite (value r mass), (value (soft k x T) (soft_mass k x T k0)).
  rewrite (sum_ext k (fun j => r j * (ln (r j) - ln (soft k x T j))) (fun j => r j * ln (r j) - r j * ln (soft k x T j)))
    by (intros; ring).
  rewrite sum_sub; ring.
Qed.

(** x log x >= x - 1 with x = r/q, where r = 0 is allowed. *)
Lemma divergence_term r q : 0 <= r -> 0 < q -> r - q <= r * (ln r - ln q).
Proof.
  intros r0 q0; destruct (Req_dec r 0) as [-> | pos]; [lra|].
  assert (0 < r) by lra; assert (bound := exp_ineq1_le (ln q - ln r)).
  unfold Rminus in bound at 2; rewrite exp_plus, exp_Ropp, !exp_ln in bound by assumption.
  apply (Rmult_le_compat_l r) in bound; [|lra].
  replace (r * (q * / r)) with q in bound by (field; lra); lra.
Qed.

Lemma divergence_term_strict r q : 0 <= r -> 0 < q -> r <> q -> r - q < r * (ln r - ln q).
Proof.
  intros r0 q0 other; destruct (Req_dec r 0) as [-> | pos]; [lra|].
  assert (0 < r) by lra.
  assert (bound : 1 + (ln q - ln r) < exp (ln q - ln r)).
  { apply exp_ineq1; intros same; apply other, ln_inv; [assumption | assumption | lra]. }
  unfold Rminus in bound at 2; rewrite exp_plus, exp_Ropp, !exp_ln in bound by assumption.
  apply (Rmult_lt_compat_l r) in bound; [|lra].
  replace (r * (q * / r)) with q in bound by (field; lra); lra.
Qed.

Lemma simplex_size k r : simplex k r -> (0 < k)%nat.
Proof. intros [_ mass]; destruct k; [simpl in mass; lra | lia]. Qed.

Lemma minimum k x T r : 0 < T -> simplex k r -> functional k x T (soft k x T) <= functional k x T r.
Proof.
  intros T0 on; assert (k0 := simplex_size k r on); destruct on as [r0 mass].
  assert (excess := excess_is_divergence k x T r k0 T0 mass).
  assert (0 <= sum k (fun j => r j * (ln (r j) - ln (soft k x T j)))).
  { replace 0 with (sum k (fun j => r j - soft k x T j)) by (rewrite sum_sub, mass, (soft_mass k x T k0); ring).
    apply sum_le; intros j lt; apply divergence_term; [apply r0, lt | apply soft_gt0, k0]. }
  assert (0 <= T * sum k (fun j => r j * (ln (r j) - ln (soft k x T j)))) by (apply Rmult_le_pos; lra); lra.
Qed.

Lemma sum_lt n f g j : (j < n)%nat -> (forall i, (i < n)%nat -> f i <= g i) -> f j < g j -> sum n f < sum n g.
Proof.
  intros lt le strict; assert (gap : 0 <= sum n (fun i => g i - f i)) by (apply sum_ge0; intros i Hi; assert (H := le i Hi); lra).
  destruct (Req_dec (sum n (fun i => g i - f i)) 0) as [none | some]; rewrite sum_sub in *; [|lra].
  assert (g j - f j = 0); [|lra].
  apply (sum_eq0 n (fun i => g i - f i)); [intros i Hi; assert (H := le i Hi); lra | rewrite sum_sub; exact none | exact lt].
Qed.

Lemma unique_minimum k x T r j : 0 < T -> simplex k r -> (j < k)%nat -> r j <> soft k x T j ->
  functional k x T (soft k x T) < functional k x T r.
Proof.
  intros T0 on lt other; assert (k0 := simplex_size k r on); destruct on as [r0 mass].
  assert (excess := excess_is_divergence k x T r k0 T0 mass).
  assert (0 < sum k (fun j => r j * (ln (r j) - ln (soft k x T j)))).
  { replace 0 with (sum k (fun j => r j - soft k x T j)) by (rewrite sum_sub, mass, (soft_mass k x T k0); ring).
    apply sum_lt with j; [exact lt | |].
    - intros i Hi; apply divergence_term; [apply r0, Hi | apply soft_gt0, k0].
    - apply divergence_term_strict; [apply r0, lt | apply soft_gt0, k0 | exact other]. }
  assert (0 < T * sum k (fun j => r j * (ln (r j) - ln (soft k x T j)))) by (apply Rmult_lt_0_compat; lra); lra.
Qed.

(** The prototypes of the claim are the k of the theorem: those with r_j > 0 first, the others after them.

    claim: ddcl.proposition1/softmax/minimiser
    truth: Qle_bool 1 (excess_power s (s + e) (relative T (cost s d z p o)) r)
    scope: all s, e, d
    compared: 6061509d2212-0ca7f89cf723 *)
Theorem minimiser k d z p T r : 0 < T -> simplex k r -> let x j := distance2 d z (p j) in
  functional k x T (soft k x T) <= functional k x T r.
Proof. intros T0 on x; exact (minimum k x T r T0 on). Qed.

(** claim: ddcl.proposition1/softmax/unique
    truth: is_share s (s + e) (relative T (cost s d z p o)) r || negb (Qle_bool (excess_power s (s + e) (relative T (cost s d z p o)) r) 1)
    scope: all s, e, d
    compared: 93884add65be-6226cb156741 *)
Theorem unique k d z p T r : 0 < T -> simplex k r -> let x j := distance2 d z (p j) in
  (forall j, (j < k)%nat -> r j = soft k x T j) \/ functional k x T (soft k x T) < functional k x T r.
Proof.
  intros T0 on x.
  destruct (Rle_lt_dec (functional k x T r) (functional k x T (soft k x T))) as [low | high]; [left | now right].
  intros j lt; destruct (Req_dec (r j) (soft k x T j)) as [same | other]; [exact same|].
  assert (H := unique_minimum k x T r j T0 on lt other); lra.
Qed.

(** Exponents d/(2T), with 2T before the entropy.

    claim: ddcl.proposition1/halved/minimiser/amended
    claim: ddcl.proposition1/doubled/minimiser
    truth: Qle_bool 1 (excess_power s (s + e) (relative_half T (cost s d z p o)) r)
    scope: all s, e, d
    compared: c2ef8b7c031d-c80d6839cee2 *)
Theorem minimiser_doubled k d z p T r : 0 < T -> simplex k r -> let x j := distance2 d z (p j) in
  functional k x (2 * T) (soft k x (2 * T)) <= functional k x (2 * T) r.
Proof. intros T0 on x; apply minimum; [lra | exact on]. Qed.

(** claim: ddcl.proposition1/doubled/unique
    truth: is_share s (s + e) (relative_half T (cost s d z p o)) r || negb (Qle_bool (excess_power s (s + e) (relative_half T (cost s d z p o)) r) 1)
    scope: all s, e, d
    compared: e35411d1f52b-874b48c35539 *)
Theorem unique_doubled k d z p T r : 0 < T -> simplex k r -> let x j := distance2 d z (p j) in
  (forall j, (j < k)%nat -> r j = soft k x (2 * T) j) \/
  functional k x (2 * T) (soft k x (2 * T)) < functional k x (2 * T) r.
Proof. intros T0 on x; apply (unique k d z p (2 * T) r); [lra | exact on]. Qed.

(** What the powers that are computed stand for: N r_j is the whole number m_j, and the power is e^(N X/T) for the excess X. *)
Theorem power_of_the_excess k x T r N (m : nat -> nat) : 0 < T -> simplex k r ->
  (forall j, (j < k)%nat -> INR N * r j = INR (m j)) -> (forall j, (j < k)%nat -> 0 < r j) ->
  INR N * (functional k x T r - functional k x T (soft k x T)) / T =
  INR N * ln (partition k x T) + sum k (fun j => INR (m j) * ln (r j / exp (- x j / T))).
Proof.
  intros T0 on whole r0; assert (k0 := simplex_size k r on); destruct on as [_ mass].
  rewrite (excess_is_divergence k x T r k0 T0 mass).
  replace (INR N * (T * sum k (fun j => r j * (ln (r j) - ln (soft k x T j)))) / T)
    with (sum k (fun j => INR (m j) * (ln (r j) - ln (soft k x T j)))).
  2: { rewrite (sum_ext k _ (fun j => INR N * (r j * (ln (r j) - ln (soft k x T j))))).
       - rewrite sum_mull; field; lra.
       - intros j lt; rewrite <- (whole j lt); ring. }
  rewrite (sum_ext k _ (fun j => INR (m j) * ln (partition k x T) + INR (m j) * ln (r j / exp (- x j / T)))).
  - rewrite sum_add, sum_mulr; f_equal; f_equal.
    rewrite (sum_ext k _ (fun j => INR N * r j)) by (intros; symmetry; now apply whole).
    rewrite sum_mull, mass; ring.
  - intros j lt; rewrite ln_soft by exact k0; change (r j / exp (- x j / T)) with (r j * / exp (- x j / T)).
    rewrite ln_mult, ln_Rinv, ln_exp; [ring | apply exp_pos | now apply r0 | apply Rinv_0_lt_compat, exp_pos].
Qed.

(** * Limits *)

Lemma is_lim_sum n (f : nat -> R -> R) (l : nat -> R) (F : (R -> Prop) -> Prop) : Filter F ->
  (forall j, (j < n)%nat -> filterlim (f j) F (locally (l j))) ->
  filterlim (fun T => sum n (fun j => f j T)) F (locally (sum n l)).
Proof.
  intros filter; induction n as [|n IH]; intros lim; [apply filterlim_const|].
  apply (filterlim_comp_2 (G := locally (sum n l)) (H := locally (l n)) (fun T => sum n (fun j => f j T)) (f n) Rplus).
  - apply IH; intros j lt; apply lim; lia.
  - apply lim; lia.
  - apply (filterlim_plus (sum n l) (l n)).
Qed.

Lemma lim_div (f g : R -> R) (a b : R) (F : (R -> Prop) -> Prop) : Filter F -> b <> 0 ->
  filterlim f F (locally a) -> filterlim g F (locally b) -> filterlim (fun T => f T / g T) F (locally (a / b)).
Proof.
  intros filter b0 lf lg.
  apply (filterlim_comp_2 (G := locally a) (H := locally (/ b)) f (fun T => / g T) Rmult); [exact lf | |].
  - apply (filterlim_comp _ _ _ g Rinv _ (locally b)); [exact lg | now apply continuous_Rinv].
  - apply (filterlim_mult a (/ b)).
Qed.

(** claim: ddcl.proposition1/softmax/hot
    value: entries k (fun j => number k * (1 / number k) - 1)
    compared: df82b9bab903-3b98fc475716 *)
Theorem hot k d z p j : (0 < k)%nat -> let x j := distance2 d z (p j) in
  filterlim (fun T => soft k x T j) (Rbar_locally p_infty) (locally (1 / INR k)).
Proof.
  intros k0 x.
  assert (one : forall i, filterlim (fun T => exp (- x i / T)) (Rbar_locally p_infty) (locally 1)).
  { intros i; rewrite <- exp_0; apply (filterlim_comp _ _ _ (fun T => - x i / T) exp _ (locally 0)).
    - replace 0 with (- x i * 0) by ring; unfold Rdiv.
      apply (is_lim_scal_l Rinv (- x i) p_infty 0).
      apply (is_lim_inv (fun T => T) p_infty p_infty); [apply is_lim_id | discriminate].
    - apply continuous_exp. }
  assert (total : filterlim (partition k x) (Rbar_locally p_infty) (locally (INR k))).
  { replace (INR k) with (sum k (fun _ => 1)) by (rewrite sum_const; ring).
    apply is_lim_sum; [typeclasses eauto | intros; apply one]. }
  apply lim_div; [typeclasses eauto | apply not_0_INR; lia | apply one | exact total].
Qed.

(** 1/s on the first s prototypes, 0 on the others *)
Definition even_share (s j : nat) : R := if Nat.ltb j s then 1 / INR s else 0.

(** e_1 *)
Definition first_vertex (j : nat) : R := if Nat.eqb j 0 then 1 else 0.

(** Relative to the nearest prototype, the weight of one that is farther tends to 0. *)
Lemma fading c : 0 < c -> filterlim (fun T => exp (- c / T)) (at_right 0) (locally 0).
Proof.
  intros c0; apply (filterlim_comp _ _ _ Rinv (fun b => exp (- c * b)) _ (Rbar_locally p_infty)).
  - exact filterlim_Rinv_0_right.
  - apply (filterlim_comp _ _ _ (fun b => - c * b) exp _ (Rbar_locally m_infty)).
    + assert (H := is_lim_scal_l (fun b => b) (- c) p_infty p_infty (is_lim_id p_infty)).
      replace (Rbar_mult (- c) p_infty) with m_infty in H; [exact H|].
      symmetry; apply is_Rbar_mult_unique, is_Rbar_mult_sym, is_Rbar_mult_p_infty_neg; simpl; lra.
    + exact is_lim_exp_m.
Qed.

Lemma count_first s k : (s <= k)%nat -> sum k (fun i => if Nat.ltb i s then 1 else 0) = INR s.
Proof.
  revert s; induction k as [|k IH]; intros s le; [replace s with O by lia; reflexivity|].
  rewrite sum_S; destruct (Nat.ltb_spec k s) as [in_s | out].
  - replace s with (S k) by lia; rewrite (sum_ext k _ (fun _ => 1)), sum_const, S_INR; [ring|].
    intros i Hi; destruct (Nat.ltb_spec i (S k)); [reflexivity | lia].
  - rewrite IH by lia; ring.
Qed.

(** The first s prototypes are the nearest ones and tied: in the limit they share the mass evenly. *)
Lemma cold_limit k s x j : (0 < s <= k)%nat -> (forall i, (i < s)%nat -> x i = x O) ->
  (forall i, (s <= i < k)%nat -> x O < x i) -> (j < k)%nat ->
  filterlim (fun T => soft k x T j) (at_right 0) (locally (even_share s j)).
Proof.
  intros sizes tied farther lt.
  set (w i := if Nat.ltb i s then 1 else 0).
  assert (each : forall i, (i < k)%nat -> filterlim (fun T => exp (- (x i - x O) / T)) (at_right 0) (locally (w i))).
  { intros i Hi; unfold w; destruct (Nat.ltb_spec i s) as [near | far].
    - apply (filterlim_ext (fun _ => 1)); [|apply filterlim_const].
      intros T; rewrite (tied i near); unfold Rminus, Rdiv; rewrite Rplus_opp_r, Ropp_0, Rmult_0_l, exp_0; reflexivity.
    - apply fading; assert (H := farther i (conj far Hi)); lra. }
  assert (total : sum k w = INR s) by (apply count_first; lia).
  assert (target : even_share s j = w j / INR s)
    by (unfold w, even_share; destruct (Nat.ltb j s); unfold Rdiv; ring).
  rewrite target; clear target.
  apply (filterlim_ext (fun T => exp (- (x j - x O) / T) / sum k (fun i => exp (- (x i - x O) / T)))).
  - intros T; unfold soft, partition.
    assert (shift : forall i, exp (- (x i - x O) / T) = exp (- x i / T) * exp (x O / T)).
    { intros i; rewrite <- exp_plus; f_equal; unfold Rdiv; ring. }
    rewrite shift, (sum_ext k _ (fun i => exp (- x i / T) * exp (x O / T))) by (intros; apply shift).
    rewrite sum_mulr; assert (0 < exp (x O / T)) by apply exp_pos.
    assert (0 < partition k x T) by (apply partition_gt0; lia); unfold partition in *; field; lra.
  - apply lim_div; [typeclasses eauto | apply not_0_INR; lia | now apply each |].
    rewrite <- total; apply is_lim_sum; [typeclasses eauto | exact each].
Qed.

(** claim: ddcl.proposition1/ties/cold
    value: entries (s + e) (fun j => if Nat.ltb j s then number s * cold_share (s + e) (cost s d z p o) j - 1 else cold_share (s + e) (cost s d z p o) j)
    scope: all s, e, d
    compared: 732e44209aff-266f8cc532be *)
Theorem cold_ties k s d z p j : let x i := distance2 d z (p i) in (0 < s <= k)%nat ->
  (forall i, (i < s)%nat -> x i = x O) -> (forall i, (s <= i < k)%nat -> x O < x i) -> (j < k)%nat ->
  filterlim (fun T => soft k x T j) (at_right 0) (locally (even_share s j)).
Proof. intros x; apply cold_limit. Qed.

(** claim: ddcl.proposition1/softmax/cold/amended
    value: entries k (fun j => cold_share k (fun i => distance2 d z (p i)) j - if Nat.eqb j 0 then 1 else 0)
    compared: 2509d8b9143e-b02304750746 *)
Theorem cold_vertex k d z p j : let x i := distance2 d z (p i) in
  (forall i, (0 < i < k)%nat -> x O < x i) -> (j < k)%nat ->
  filterlim (fun T => soft k x T j) (at_right 0) (locally (first_vertex j)).
Proof.
  intros x farther lt.
  replace (first_vertex j) with (even_share 1 j) by (destruct j; unfold even_share, first_vertex; simpl; [field | reflexivity]).
  apply cold_limit; [lia | intros i Hi; f_equal; lia | intros i Hi; apply farther; lia | exact lt].
Qed.

(** Two prototypes at the same distance keep one half each.

    claim: ddcl.proposition1/softmax/cold
    role: refutes
    value: entries k (fun j => cold_share k (fun i => distance2 d z (p i)) j - if Nat.eqb j 0 then 1 else 0)
    witness: {"z": [0], "p": [[1], [-1]], "T": {"s": 0}}
    compared: c8db2c9fc079-cb64dd166a8e *)
Theorem cold_not_a_vertex : exists k d z p, let x i := distance2 d z (p i) in
  (forall i, (i < k)%nat -> x O <= x i) /\ ~ filterlim (fun T => soft k x T O) (at_right 0) (locally 1).
Proof.
  exists 2%nat, 1%nat, (fun _ => 0), (fun j _ => match j with O => 1 | _ => - (1) end); intros x.
  assert (same : forall i, x i = 1) by (intros [|i]; unfold x, distance2, norm2; simpl; to_reals; ring).
  split; [intros i _; rewrite !same; lra|]; intros vertex.
  assert (half := cold_limit 2 2 x 0 ltac:(lia) ltac:(intros; rewrite !same; reflexivity) ltac:(intros; lia) ltac:(lia)).
  assert (1 = 1 / INR 2) by exact (filterlim_locally_unique _ _ _ vertex half).
  simpl in *; lra.
Qed.

(** * Derivatives in T *)

(** dq_j/dT = q_j (x_j - <x>_q)/T^2 *)
Theorem derivative_of_soft k x T j : (0 < k)%nat -> 0 < T ->
  is_derive (fun t => soft k x t j) T (soft k x T j * (x j - sum k (fun i => soft k x T i * x i)) / T ^ 2).
Proof.
  intros k0 T0; assert (Z0 := partition_gt0 k x T k0).
  assert (each : forall i, is_derive (fun t => exp (- x i / t)) T (exp (- x i / T) * (x i / T ^ 2))).
  { intros i; auto_derive; [lra|]; unfold Rdiv; field; lra. }
  assert (total : is_derive (partition k x) T (sum k (fun i => exp (- x i / T) * (x i / T ^ 2))))
    by (apply is_derive_sum; intros; apply each).
  assert (H := is_derive_div _ _ T _ _ (each j) total (Rgt_not_eq _ _ Z0)).
  apply (is_derive_eq _ _ _ _ H); clear H total each.
  assert (mean : sum k (fun i => soft k x T i * x i) = sum k (fun i => exp (- x i / T) * (x i / T ^ 2)) * T ^ 2 / partition k x T).
  { unfold soft, Rdiv; rewrite <- !sum_mulr; apply sum_ext; intros i _; field; lra. }
  rewrite mean; unfold soft; cbv beta; set (M := sum k _); field; lra.
Qed.

(** The rate of the mean sum_j q_j v_j of fixed numbers v is their covariance with x, over T^2. *)
Theorem derivative_of_a_mean k x v T : (0 < k)%nat -> 0 < T -> let q := soft k x T in
  is_derive (fun t => sum k (fun j => soft k x t j * v j)) T
    (sum k (fun j => q j * (x j - sum k (fun i => q i * x i)) * (v j - sum k (fun i => q i * v i))) / T ^ 2).
Proof.
  intros k0 T0 q.
  assert (H : is_derive (fun t => sum k (fun j => soft k x t j * v j)) T
    (sum k (fun j => soft k x T j * (x j - sum k (fun i => soft k x T i * x i)) / T ^ 2 * v j))).
  { apply is_derive_sum; intros j _; apply (is_derive_ext (fun t => scal (v j) (soft k x t j)));
      [intros t; apply Rmult_comm|].
    rewrite Rmult_comm; apply (is_derive_scal (fun t => soft k x t j)), derivative_of_soft; assumption. }
  apply (is_derive_eq _ _ _ _ H); clear H; fold q.
  set (m := sum k (fun i => q i * x i)); set (u := sum k (fun i => q i * v i)).
  assert (centred : sum k (fun j => q j * (x j - m)) = 0).
  { rewrite (sum_ext k _ (fun j => q j * x j - q j * m)) by (intros; ring).
    assert (mass : sum k q = 1) by exact (soft_mass k x T k0).
    rewrite sum_sub, sum_mulr, mass; unfold m; ring. }
  unfold Rdiv; rewrite (sum_ext k (fun j => q j * (x j - m) * (v j - u)) (fun j => q j * (x j - m) * v j - q j * (x j - m) * u))
    by (intros; ring).
  rewrite sum_sub, (sum_mulr k u), centred, Rmult_0_l, Rminus_0_r, <- sum_mulr.
  apply sum_ext; intros; ring.
Qed.
