(** Proposition 4 and the release of the stop-gradient: what the softmax adds to gradients in the features, for prototypes
    that stay and for P = Z^T W in the graph.  T is given over the rationals by s = e^(-1/T) and, where it stands for itself,
    by a rational number. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions gap_definitions motion_definitions corollary3_definitions
  proposition2_definitions native_definitions softmax_definitions derivatives proposition1 softmax_derivatives.
Open Scope R_scope.

Implicit Types (n k d : nat) (T t : R).

(** (S_q g)_j = q_j (g_j - <g>) *)
Lemma times_mean k (q g : nat -> R) j : (j < k)%nat -> covariance_times k q g j = q j * (g j - mean k q g).
Proof.
  intros lt; unfold covariance_times, covariance, mean; to_reals.
  rewrite (sum_ext k _ (fun i => (if Nat.eqb j i then q j * g j else 0) - q j * (q i * g i))).
  - rewrite sum_sub, sum_mull, sum_one by exact lt; ring.
  - intros i _; destruct (Nat.eqb_spec j i) as [->|]; ring.
Qed.

(** With prototypes that stay, the softmax adds (2/T) P S_q g. *)
Lemma part_is_correction k d T z e p (q g : nat -> R) : sum k q = 1 ->
  softmax_part k d T z e p still q g = dot d (correction k T p q g) e.
Proof.
  intros mass; unfold dot, correction.
  assert (centred : sum k (fun j => q j * (g j - mean k q g)) = 0).
  { rewrite (sum_ext k _ (fun j => q j * g j - mean k q g * q j)) by (intros; ring).
    rewrite sum_sub, sum_mull, mass; unfold mean; to_reals; ring. }
  rewrite (sum_ext d _ (fun c => sum k (fun j => 2 / T * (q j * (g j - mean k q g) * (p j c * e c))))).
  2: { intros c _; to_reals; rewrite <- sum_mull, <- sum_mulr; apply sum_ext; intros j lt.
       rewrite times_mean by exact lt; change (1 + 1) with 2; unfold Rdiv; ring. }
  rewrite <- sum_exchange; unfold softmax_part, approach, still; to_reals; change (1 + 1) with 2; rewrite Ropp_mult_distr_l.
  rewrite <- sum_mull; set (a := sum d (fun c => z c * e c)).
  rewrite (sum_ext k (fun j => sum d _) (fun j => - (2 * / T) * (q j * (g j + - mean k q g) *
    sum d (fun c => (z c + - p j c) * (e c + - 0))) + 2 * / T * a * (q j * (g j - mean k q g)))).
  - rewrite sum_add, (sum_mull k (2 * / T * a)), centred; ring.
  - intros j _; rewrite (sum_ext d (fun c => (z c + - p j c) * (e c + - 0)) (fun c => z c * e c - p j c * e c)) by (intros; ring).
    rewrite sum_sub; fold a; rewrite (sum_ext d _ (fun c => 2 * / T * (q j * (g j - mean k q g)) * (p j c * e c)))
      by (intros; unfold Rdiv; ring).
    rewrite sum_mull; ring.
Qed.

Lemma quantization_pulled k d z e p (q : nat -> R) : sum k q = 1 ->
  quantization_rate k d z e p still q = sample_pull k d z p q e.
Proof.
  intros mass; unfold quantization_rate, sample_pull, still; to_reals; change (1 + 1) with 2.
  rewrite (sum_ext k _ (fun j => sum d (fun c => 2 * z c * e c * q j - 2 * e c * (q j * p j c)))).
  2: { intros j _; rewrite <- sum_mull; apply sum_ext; intros; ring. }
  rewrite sum_exchange, <- sum_mull; apply sum_ext; intros c _; rewrite sum_sub, !sum_mull, mass; unfold mixture; to_reals; ring.
Qed.

Lemma ols_pulled k d z e p (q : nat -> R) : ols_rate k d z e p still q = sample_pull k d z p q e.
Proof.
  unfold ols_rate, sample_pull, mixture at 2, still; to_reals; change (1 + 1) with 2; rewrite <- sum_mull.
  apply sum_ext; intros c _; rewrite sum_mulr; ring.
Qed.

Lemma variance_unpulled k d p (q : nat -> R) : held_variance_rate k d p still q = 0.
Proof.
  unfold held_variance_rate, still; to_reals; rewrite (sum_ext k _ (fun _ => 0)), sum_const; [ring|]; intros j _.
  rewrite sum_mull; ring.
Qed.

(** ** Prototypes that stay, along every differentiable motion of the sample *)

(** claim: ddcl.proposition4/free/correction-quantization
    value: let q := soft_assignment k d z p T in
           rate_through k d T T_value z u p still (fun z p q => quantization k d z p q) - sample_pull k d z p q u
           - dot d (correction k T_value p q (fun j => distance2 d z (p j))) u
    compared: cf283e053300-149926643024 *)
Theorem quantization_gradient k d (z : R -> nat -> R) e p T t : (0 < k)%nat -> 0 < T -> moves z t e ->
  let q := assigned k d (z t) p T in
  is_derive (fun t => quantization k d (z t) p (assigned k d (z t) p T)) t
    (sample_pull k d (z t) p q e + dot d (correction k T p q (fun j => distance2 d (z t) (p j))) e).
Proof.
  intros k0 T0 sample q; assert (one : sum k q = 1) by exact (soft_mass k _ T k0).
  rewrite <- quantization_pulled, <- part_is_correction with (z := z t) by exact one.
  exact (quantization_moves k d z e (fun _ => p) still T t k0 (Rgt_not_eq _ _ T0) sample (all_rest p t)).
Qed.

(** claim: ddcl.proposition4/free/correction-ols
    value: let q := soft_assignment k d z p T in
           rate_through k d T T_value z u p still (fun z p q => ols k d z p q) - sample_pull k d z p q u
           - dot d (correction k T_value p q (ols_slope k d z p q)) u
    compared: ab0ef1739f0b-31e8f5f90c33 *)
Theorem ols_gradient k d (z : R -> nat -> R) e p T t : (0 < k)%nat -> 0 < T -> moves z t e ->
  let q := assigned k d (z t) p T in
  is_derive (fun t => ols k d (z t) p (assigned k d (z t) p T)) t
    (sample_pull k d (z t) p q e + dot d (correction k T p q (ols_slope k d (z t) p q)) e).
Proof.
  intros k0 T0 sample q; assert (one : sum k q = 1) by exact (soft_mass k _ T k0).
  rewrite <- ols_pulled, <- part_is_correction with (z := z t) by exact one.
  exact (ols_moves k d z e (fun _ => p) still T t k0 (Rgt_not_eq _ _ T0) sample (all_rest p t)).
Qed.

Lemma variance_gradient k d (z : R -> nat -> R) e p T t : (0 < k)%nat -> 0 < T -> moves z t e ->
  let q := assigned k d (z t) p T in
  is_derive (fun t => variance k d p (assigned k d (z t) p T)) t (dot d (correction k T p q (spread k d p q)) e).
Proof.
  intros k0 T0 sample q; assert (one : sum k q = 1) by exact (soft_mass k _ T k0).
  rewrite <- part_is_correction with (z := z t) by exact one.
  assert (H := variance_moves k d z e (fun _ => p) still T t k0 (Rgt_not_eq _ _ T0) sample (all_rest p t)).
  apply (is_derive_eq _ _ _ _ H); rewrite variance_unpulled; apply Rplus_0_l.
Qed.

(** L_q - L_OLS is V (Theorem 1). *)
Lemma gap k d z p (q : nat -> R) : sum k q = 1 -> quantization k d z p q - ols k d z p q = variance k d p q.
Proof.
  intros mass; unfold quantization, ols, variance, distance2, norm2; to_reals.
  rewrite (sum_ext k (fun j => q j * _) (fun j => sum d (fun c => q j * ((z c + - p j c) * (z c + - p j c)))))
    by (intros; rewrite <- sum_mull; reflexivity).
  rewrite (sum_ext k (fun j => q j * sum d (fun c => (p j c + - mixture k q p c) * _))
    (fun j => sum d (fun c => q j * ((p j c + - mixture k q p c) * (p j c + - mixture k q p c)))))
    by (intros; rewrite <- sum_mull; reflexivity).
  rewrite !(sum_exchange k d), <- sum_sub; apply sum_ext; intros c _; set (m := mixture k q p c).
  rewrite (sum_ext k (fun j => q j * ((z c + - p j c) * _)) (fun j => q j * ((p j c + - m) * (p j c + - m))
    + ((z c - m) * (z c + m) * q j - 2 * (z c - m) * (q j * p j c)))) by (intros; ring).
  rewrite sum_add, sum_sub, !sum_mull, mass; change (sum k (fun j => q j * p j c)) with m; ring.
Qed.

(** The gradients differ by (2/T) P S_q a, a_j = |p_j - Pq|^2, which is that of V.

    claim: ddcl.proposition4/parallel/parallel/amended
    claim: ddcl.corollary3.release/free/extra-term
    value: let q := soft_assignment k d z p T in
           rate_through k d T T_value z u p still (fun z p q => quantization k d z p q)
           - rate_through k d T T_value z u p still (fun z p q => ols k d z p q)
           - dot d (correction k T_value p q (spread k d p q)) u
    compared: 1dad40848851-f3cb749d09ea *)
Theorem gradients_differ k d (z : R -> nat -> R) e p T t : (0 < k)%nat -> 0 < T -> moves z t e ->
  let q t := assigned k d (z t) p T in let extra := dot d (correction k T p (q t) (spread k d p (q t))) e in
  is_derive (fun t => quantization k d (z t) p (q t) - ols k d (z t) p (q t)) t extra /\
  is_derive (fun t => variance k d p (q t)) t extra.
Proof.
  intros k0 T0 sample q extra; assert (H := variance_gradient k d z e p T t k0 T0 sample); split; [|exact H].
  apply (is_derive_ext (fun t => variance k d p (q t))); [|exact H].
  intros s; symmetry; apply gap; exact (soft_mass k _ T k0).
Qed.

(** ** Prototypes P = Z^T W in the graph *)

Lemma quantization_held k d (z : R -> nat -> R) e (p : R -> nat -> nat -> R) v q t : moves z t e -> all_move p t v ->
  is_derive (fun t => quantization k d (z t) (p t) q) t (quantization_rate k d (z t) e (p t) v q).
Proof.
  intros sample prototypes; apply (is_derive_sum k (fun j t => q j * distance2 d (z t) (p t j))); intros j _.
  assert (H := is_derive_scal _ t (q j) _ (distance_moves d z (fun t => p t j) t e (v j) sample (prototypes j))).
  apply (is_derive_eq _ _ _ _ H); to_reals; f_equal; rewrite <- sum_mull; apply sum_ext; intros; to_reals; ring.
Qed.

Lemma ols_held k d (z : R -> nat -> R) e (p : R -> nat -> nat -> R) v q t : moves z t e -> all_move p t v ->
  is_derive (fun t => ols k d (z t) (p t) q) t (ols_rate k d (z t) e (p t) v q).
Proof.
  intros sample prototypes.
  assert (mixed : moves (fun t => mixture k q (p t)) t (mixture k q v)).
  { intros c; apply (is_derive_sum k (fun j t => q j * p t j c)); intros j _.
    exact (is_derive_scal (fun t => p t j c) t (q j) (v j c) (prototypes j c)). }
  assert (H := distance_moves d z (fun t => mixture k q (p t)) t e (mixture k q v) sample mixed).
  apply (is_derive_eq _ _ _ _ H); unfold ols_rate; to_reals; rewrite <- sum_mull; apply sum_ext; intros; to_reals; ring.
Qed.

Lemma native_all_move n w (z : R -> nat -> nat -> R) u t : all_move z t u ->
  all_move (fun t => native n w (z t)) t (native n w u).
Proof.
  intros mz j c; apply (is_derive_sum n (fun m t => w m j * z t m c)); intros m _.
  exact (is_derive_scal (fun t => z t m c) t (w m j) (u m c) (mz m c)).
Qed.

(** What the softmax adds to the gradient of the sum over samples with the assignments q held, both along Z: the motion of the
    prototypes enters.

    claim: ddcl.proposition4/native/correction-quantization/amended
    value: let p := native n w z in let v := native n w u in let q := native_soft n k d w z T in
           sum n (fun m => rate_through k d T T_value (z m) (u m) p v (fun z p q => quantization k d z p q)
             - quantization_rate k d (z m) (u m) p v (q m)
             - softmax_part k d T_value (z m) (u m) p v (q m) (fun j => distance2 d (z m) (p j)))
    compared: 5916377aa5c8-ab2be3d25018 *)
Theorem native_quantization_gradient n k d w (z : R -> nat -> nat -> R) u T t : (0 < k)%nat -> 0 < T -> all_move z t u ->
  let p t := native n w (z t) in let v := native n w u in let q t m := assigned k d (z t m) (p t) T in
  exists held, is_derive (fun t' => sum n (fun m => quantization k d (z t' m) (p t') (q t m))) t held /\
  is_derive (fun t => sum n (fun m => quantization k d (z t m) (p t) (q t m))) t
    (held + sum n (fun m => softmax_part k d T (z t m) (u m) (p t) v (q t m) (fun j => distance2 d (z t m) (p t j)))).
Proof.
  intros k0 T0 mz p v q; exists (sum n (fun m => quantization_rate k d (z t m) (u m) (p t) v (q t m))); split.
  - apply is_derive_sum; intros m _; apply quantization_held; [apply mz | now apply native_all_move].
  - rewrite <- sum_add; apply is_derive_sum; intros m _.
    exact (quantization_moves k d (fun t => z t m) (u m) p v T t k0 (Rgt_not_eq _ _ T0) (mz m) (native_all_move n w z u t mz)).
Qed.

(** claim: ddcl.proposition4/native/correction-ols/amended
    value: let p := native n w z in let v := native n w u in let q := native_soft n k d w z T in
           sum n (fun m => rate_through k d T T_value (z m) (u m) p v (fun z p q => ols k d z p q)
             - ols_rate k d (z m) (u m) p v (q m)
             - softmax_part k d T_value (z m) (u m) p v (q m) (ols_slope k d (z m) p (q m)))
    compared: 6005ea990ad7-10ef13e30e1f *)
Theorem native_ols_gradient n k d w (z : R -> nat -> nat -> R) u T t : (0 < k)%nat -> 0 < T -> all_move z t u ->
  let p t := native n w (z t) in let v := native n w u in let q t m := assigned k d (z t m) (p t) T in
  exists held, is_derive (fun t' => sum n (fun m => ols k d (z t' m) (p t') (q t m))) t held /\
  is_derive (fun t => sum n (fun m => ols k d (z t m) (p t) (q t m))) t
    (held + sum n (fun m => softmax_part k d T (z t m) (u m) (p t) v (q t m) (ols_slope k d (z t m) (p t) (q t m)))).
Proof.
  intros k0 T0 mz p v q; exists (sum n (fun m => ols_rate k d (z t m) (u m) (p t) v (q t m))); split.
  - apply is_derive_sum; intros m _; apply ols_held; [apply mz | now apply native_all_move].
  - rewrite <- sum_add; apply is_derive_sum; intros m _.
    exact (ols_moves k d (fun t => z t m) (u m) p v T t k0 (Rgt_not_eq _ _ T0) (mz m) (native_all_move n w z u t mz)).
Qed.

(** One sample at 1, moving at 1, that is prototype j times the weight (0, -1)_j *)
Definition opposite (m j : nat) : R := match j with S O => - (1) | _ => 0 end.
Definition unit_rows (m c : nat) : R := 1.

(** At this point the softmax adds more than (2/T) P S_q g, unless g is constant. *)
Lemma more_than_printed T (q g : nat -> R) : 0 < T -> sum 2 q = 1 -> 0 < q O -> 0 < q 1%nat -> g O <> g 1%nat ->
  softmax_part 2 1 T (unit_rows O) (unit_rows O) (native 1 opposite unit_rows) (native 1 opposite unit_rows) q g <>
  dot 1 (correction 2 T (native 1 opposite unit_rows) q g) (unit_rows O).
Proof.
  intros T0 one q0 q1 differ; rewrite <- (part_is_correction 2 1 T (unit_rows O)) by exact one.
  unfold softmax_part, approach, mean, native, still, opposite, unit_rows; revert one; simpl; to_reals; intros one same.
  assert (last : q O = 1 - q 1%nat) by lra; assert (0 < / T) by (apply Rinv_0_lt_compat, T0).
  assert (E : / T * (q O * q 1%nat * (g 1%nat - g O)) = 0) by (rewrite last in *; unfold Rdiv in same; lra).
  apply Rmult_integral in E; destruct E as [E|E]; [lra|]; apply Rmult_integral in E; destruct E as [E|E]; [|lra].
  apply Rmult_integral in E; lra.
Qed.

Lemma two_shares (x : nat -> R) T : let q := soft 2 x T in sum 2 q = 1 /\ 0 < q O /\ 0 < q 1%nat.
Proof. intros q; repeat split; [apply soft_mass | apply soft_gt0 | apply soft_gt0]; lia. Qed.

(** claim: ddcl.proposition4/native/correction-quantization
    role: refutes
    value: let p := native n w z in let v := native n w u in let q := native_soft n k d w z T in
           sum n (fun m => rate_through k d T T_value (z m) (u m) p v (fun z p q => quantization k d z p q)
             - quantization_rate k d (z m) (u m) p v (q m)
             - dot d (correction k T_value p (q m) (fun j => distance2 d (z m) (p j))) (u m))
    witness: {"z": [[1]], "u": [[1]], "w": [[0, -1]], "T": 1}
    compared: 76ddefcbbb55-736275a3fe99 *)
Theorem native_quantization_not_printed : exists n k d w z u, forall T held, 0 < T ->
  let z' t := prototypes_along z u t in let p t := native n w (z' t) in
  let q t m := assigned k d (z' t m) (p t) T in
  is_derive (fun t => sum n (fun m => quantization k d (z' t m) (p t) (q 0 m))) 0 held ->
  ~ is_derive (fun t => sum n (fun m => quantization k d (z' t m) (p t) (q t m))) 0
      (held + sum n (fun m => dot d (correction k T (p 0) (q 0 m) (fun j => distance2 d (z' 0 m) (p 0 j))) (u m))).
Proof.
  exists 1%nat, 2%nat, 1%nat, opposite, unit_rows, unit_rows; intros T held T0 z' p q stopped printed.
  destruct (native_quantization_gradient 1 2 1 opposite z' unit_rows T 0 ltac:(lia) T0 (all_along_move _ _))
    as (held' & stopped' & full).
  assert (E := one_derivative _ _ _ _ printed full); rewrite (one_derivative _ _ _ _ stopped stopped') in E.
  apply Rplus_eq_reg_l in E; revert E; unfold q, p, z'; rewrite prototypes_at_start; cbn [sum]; to_reals; rewrite !Rplus_0_l.
  intros E; revert E; apply not_eq_sym.
  destruct (two_shares (fun j => distance2 1 (unit_rows O) (native 1 opposite unit_rows j)) T) as (one & q0 & q1).
  apply more_than_printed; [exact T0 | exact one | exact q0 | exact q1|].
  unfold distance2, norm2, native, opposite, unit_rows; simpl; to_reals; lra.
Qed.

(** claim: ddcl.proposition4/native/correction-ols
    role: refutes
    value: let p := native n w z in let v := native n w u in let q := native_soft n k d w z T in
           sum n (fun m => rate_through k d T T_value (z m) (u m) p v (fun z p q => ols k d z p q)
             - ols_rate k d (z m) (u m) p v (q m)
             - dot d (correction k T_value p (q m) (ols_slope k d (z m) p (q m))) (u m))
    witness: {"z": [[1]], "u": [[1]], "w": [[0, -1]], "T": 1}
    compared: 9dc5efe1833b-4a69a87e2faa *)
Theorem native_ols_not_printed : exists n k d w z u, forall T held, 0 < T ->
  let z' t := prototypes_along z u t in let p t := native n w (z' t) in
  let q t m := assigned k d (z' t m) (p t) T in
  is_derive (fun t => sum n (fun m => ols k d (z' t m) (p t) (q 0 m))) 0 held ->
  ~ is_derive (fun t => sum n (fun m => ols k d (z' t m) (p t) (q t m))) 0
      (held + sum n (fun m => dot d (correction k T (p 0) (q 0 m) (ols_slope k d (z' 0 m) (p 0) (q 0 m))) (u m))).
Proof.
  exists 1%nat, 2%nat, 1%nat, opposite, unit_rows, unit_rows; intros T held T0 z' p q stopped printed.
  destruct (native_ols_gradient 1 2 1 opposite z' unit_rows T 0 ltac:(lia) T0 (all_along_move _ _))
    as (held' & stopped' & full).
  assert (E := one_derivative _ _ _ _ printed full); rewrite (one_derivative _ _ _ _ stopped stopped') in E.
  apply Rplus_eq_reg_l in E; revert E; unfold q, p, z'; rewrite prototypes_at_start; cbn [sum]; to_reals; rewrite !Rplus_0_l.
  intros E; revert E; apply not_eq_sym.
  destruct (two_shares (fun j => distance2 1 (unit_rows O) (native 1 opposite unit_rows j)) T) as (one & q0 & q1).
  apply more_than_printed; [exact T0 | exact one | exact q0 | exact q1|].
  unfold assigned; set (s := soft _ _ _) in *; clearbody s.
  unfold ols_slope, mixture, native, opposite, unit_rows; simpl; to_reals; lra.
Qed.
