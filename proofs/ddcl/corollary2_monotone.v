(** Corollary 2 with a condition: dV/dT = Cov_q(|p - Pq|^2, d)/T^2, and V grows with T where nearer prototypes are also nearer
    to the mean of the r nearest, for every r. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions gap_definitions softmax_definitions derivatives softmax
  proposition1 softmax_derivatives covariance_derivatives softmax_limits.
Open Scope R_scope.

Implicit Types (k d : nat) (z : nat -> R) (p : nat -> nat -> R) (T : R).

(** V is the sum over the coordinates of p^T S_q p. *)
Lemma variance_by_forms k d p (q : nat -> R) : sum k q = 1 ->
  variance k d p q = sum d (fun c => covariance_form k q (fun j => p j c)).
Proof.
  intros one; unfold variance, distance2, norm2; to_reals.
  rewrite (sum_ext k _ (fun j => sum d (fun c => q j * ((p j c - mixture k q p c) * (p j c - mixture k q p c)))))
    by (intros; rewrite <- sum_mull; reflexivity).
  rewrite sum_exchange; apply sum_ext; intros c _; rewrite form_mean; set (m := mixture k q p c).
  rewrite (sum_ext k _ (fun j => q j * (p j c * p j c) - 2 * m * (q j * p j c) + m * m * q j)) by (intros; ring).
  rewrite sum_add, sum_sub, !sum_mull, one; change (sum k (fun j => q j * p j c)) with m.
  change (mean k q (fun j => p j c)) with m; unfold mean; to_reals; ring.
Qed.

(** dV/dT = Cov_q(|p - Pq|^2, d)/T^2 *)
Theorem rate_of_variance k d z p T : (0 < k)%nat -> 0 < T -> let q := assigned k d z p T in
  is_derive (fun t => variance k d p (assigned k d z p t)) T
    (correlation k q (spread k d p q) (fun j => distance2 d z (p j)) / T ^ 2).
Proof.
  intros k0 T0 q; set (x := fun j => distance2 d z (p j)).
  assert (mass : forall t, sum k (assigned k d z p t) = 1) by (intros t; exact (soft_mass k x t k0)).
  apply (is_derive_ext (fun t => sum d (fun c => covariance_form k (assigned k d z p t) (fun j => p j c)))).
  { intros t; symmetry; apply variance_by_forms, mass. }
  assert (H := is_derive_sum d _ _ T (fun c _ => rate_of_form k d z p (fun j => p j c) T k0 T0)).
  apply (is_derive_eq _ _ _ _ H); fold q; unfold Rdiv; rewrite sum_mulr; f_equal.
  rewrite (sum_ext d _ (fun c => sum k (fun j => q j * (x j - mean k q x) * square (p j c - mixture k q p c)))).
  - rewrite <- sum_exchange, correlation_symmetric, correlation_moments by exact (mass T).
    rewrite (sum_ext k _ (fun j => q j * (x j * spread k d p q j) - mean k q x * (q j * spread k d p q j))).
    2: { intros j _; rewrite sum_mull; change (sum d _) with (spread k d p q j); ring. }
    rewrite sum_sub, sum_mull; reflexivity.
  - intros c _; rewrite correlation_symmetric, correlation_moments by exact (mass T).
    set (s := fun j => square (p j c - mean k q (fun j => p j c))).
    rewrite (sum_ext k _ (fun j => q j * (x j * s j) - mean k q x * (q j * s j))) by (intros; unfold s, mean, mixture; to_reals; ring).
    rewrite sum_sub, sum_mull; reflexivity.
Qed.

(** Similarly ordered values are positively correlated. *)
Lemma ordered_correlation k (q f g : nat -> R) : (0 < k)%nat -> sum k q = 1 -> (forall i, 0 <= q i) ->
  (forall i j, (i < j < k)%nat -> f i <= f j) -> (forall i j, (i < j < k)%nat -> g i <= g j) -> 0 <= correlation k q f g.
Proof.
  intros k0 one q0 mf mg; pose (cut i := Nat.min i (k - 1)).
  assert (grows : forall h : nat -> R, (forall i j, (i < j < k)%nat -> h i <= h j) ->
    forall i j, (i <= j)%nat -> h (cut i) <= h (cut j)).
  { intros h mh i j le; unfold cut; destruct (Nat.eq_dec (Nat.min i (k - 1)) (Nat.min j (k - 1))) as [-> | other]; [lra|].
    apply mh; lia. }
  assert (C := chebyshev k q (fun i => f (cut i)) (fun i => g (cut i)) q0); cbv beta in C.
  rewrite correlation_moments by exact one.
  assert (inside : forall h : nat -> R, sum k (fun i => q i * h (cut i)) = mean k q h).
  { intros h; apply sum_ext; intros i lt; unfold cut; now replace (Nat.min i (k - 1)) with i by lia. }
  rewrite !(inside f), !(inside g), (inside (fun i => f i * g i)), one in C; apply Rge_le, Rge_minus, Rle_ge.
  rewrite Rmult_1_l in C; apply C; intros i j; destruct (Nat.le_ge_cases i j) as [le | le].
  - assert (F := grows f mf i j le); assert (G := grows g mg i j le); rewrite <- Rmult_opp_opp; apply Rmult_le_pos; lra.
  - assert (F := grows f mf j i le); assert (G := grows g mg j i le); apply Rmult_le_pos; lra.
Qed.

(** Weights that fall, and values whose partial sums are not negative (summation by parts) *)
Lemma falling_weights n (q f : nat -> R) : (forall i, 0 <= q i) -> (forall i j, (i < j < n)%nat -> q j <= q i) ->
  (forall r, (0 < r <= n)%nat -> 0 <= sum r f) -> 0 <= sum n (fun j => q j * f j).
Proof.
  intros q0 falls partial; destruct n as [|n]; [simpl; lra|].
  enough (H : forall m, (m <= n)%nat -> q m * sum (S m) f <= sum (S m) (fun j => q j * f j)).
  { apply Rle_trans with (2 := H n (le_n n)); apply Rmult_le_pos; [apply q0 | apply partial; lia]. }
  induction m as [|m IH]; intros le; [simpl; to_reals; lra|].
  rewrite sum_S, (sum_S (S m) (fun j => q j * f j)).
  assert (first := IH ltac:(lia)); assert (step := falls m (S m) ltac:(lia)); assert (S0 := partial (S m) ltac:(lia)).
  apply Rle_trans with (q m * sum (S m) f + q (S m) * f (S m)); [|lra].
  rewrite Rmult_plus_distr_l; apply Rplus_le_compat_r, Rmult_le_compat_r; assumption.
Qed.

(** |p_i - y|^2 - |p_j - y|^2 is affine in y. *)
Definition nearer d (a b y : nat -> R) : R := distance2 d a y - distance2 d b y.

Lemma nearer_affine d (a b y : nat -> R) :
  nearer d a b y = nearer d a b (fun _ => 0) - 2 * sum d (fun c => (a c - b c) * y c).
Proof.
  unfold nearer, distance2, norm2; to_reals; rewrite <- !sum_sub, <- sum_mull, <- sum_sub; apply sum_ext; intros; ring.
Qed.

Lemma nearer_to_mixture k d p (q : nat -> R) a b : sum k q = 1 ->
  nearer d a b (mixture k q p) = sum k (fun j => q j * nearer d a b (p j)).
Proof.
  intros one; rewrite nearer_affine, (sum_ext k _ (fun j => nearer d a b (fun _ => 0) * q j
    - 2 * sum d (fun c => (a c - b c) * (q j * p j c)))).
  - rewrite sum_sub, !sum_mull, one, sum_exchange, Rmult_1_r; do 2 f_equal; apply sum_ext; intros c _.
    unfold mixture; to_reals; now rewrite sum_mull.
  - intros j _; rewrite (nearer_affine d a b (p j)), (sum_ext d (fun c => (a c - b c) * (q j * p j c)) (fun c => q j * ((a c - b c) * p j c))) by (intros; ring).
    rewrite sum_mull; ring.
Qed.

Lemma nearer_to_centre r d p a b : (0 < r)%nat -> sum r (fun j => nearer d a b (p j)) = INR r * nearer d a b (centre r p).
Proof.
  intros r0; assert (R0 : INR r <> 0) by (apply not_0_INR; lia).
  assert (one : sum r (fun _ => 1 / INR r) = 1) by (rewrite sum_const; field; exact R0).
  assert (H := nearer_to_mixture r d p (fun _ => 1 / INR r) a b one); cbv beta in H; rewrite sum_mull in H.
  replace (nearer d a b (centre r p)) with (nearer d a b (mixture r (fun _ => 1 / INR r) p)); [rewrite H; field; exact R0|].
  unfold nearer; f_equal; apply sum_ext; intros c _; to_reals; rewrite mixture_even; reflexivity.
Qed.

Lemma shares_fall k (x : nat -> R) T i j : (0 < k)%nat -> 0 < T -> x i <= x j -> proposition1.soft k x T j <= proposition1.soft k x T i.
Proof.
  intros k0 T0 le; unfold proposition1.soft, Rdiv; apply Rmult_le_compat_r.
  - apply Rlt_le, Rinv_0_lt_compat, partition_gt0, k0.
  - destruct le as [lt | ->]; [|lra]; apply Rlt_le, exp_increasing.
    apply Rmult_lt_compat_r; [apply Rinv_0_lt_compat, T0 | lra].
Qed.

Lemma grows (f f' : R -> R) a b : a < b -> (forall t, a <= t <= b -> is_derive f t (f' t)) ->
  (forall t, a <= t <= b -> 0 <= f' t) -> f a <= f b.
Proof.
  intros lt rate rising; destruct (MVT_cor2 f f' a b lt (fun t H => proj1 (is_derive_Reals f t (f' t)) (rate t H)))
    as (t & same & inside).
  assert (0 <= f' t * (b - a)) by (apply Rmult_le_pos; [apply rising|]; lra); lra.
Qed.

(** claim: ddcl.corollary2/softmax/monotone/amended
    value: variance k d p (soft_assignment k d z p T2) - variance k d p (soft_assignment k d z p T1)
    compared: a610e1e6278c-4b82847980b5 *)
Theorem monotone_if_nested k d z p T1 T2 : (0 < k)%nat -> 0 < T1 -> T1 < T2 -> let x j := distance2 d z (p j) in
  (forall i j, (i < j < k)%nat -> x i <= x j) ->
  (forall r i j, (0 < r <= k)%nat -> (i < j < k)%nat -> distance2 d (p i) (centre r p) <= distance2 d (p j) (centre r p)) ->
  variance k d p (assigned k d z p T1) <= variance k d p (assigned k d z p T2).
Proof.
  intros k0 T0 hotter x labelled nested.
  apply (grows (fun T => variance k d p (assigned k d z p T))
    (fun T => correlation k (assigned k d z p T) (spread k d p (assigned k d z p T)) x / T ^ 2)); [exact hotter | |].
  - intros T le; apply rate_of_variance; [exact k0 | lra].
  - intros T le; assert (positive : 0 < T) by lra.
    assert (mass : sum k (assigned k d z p T) = 1) by exact (soft_mass k x T k0).
    apply Rmult_le_pos; [|apply Rlt_le, Rinv_0_lt_compat, pow_lt, positive].
    apply ordered_correlation; [exact k0 | exact mass | intros; apply Rlt_le, soft_gt0, k0 | | exact labelled].
    intros i j lt; unfold spread; apply Rge_le, Rminus_ge, Rle_ge.
    change (0 <= nearer d (p j) (p i) (mixture k (assigned k d z p T) p)); rewrite nearer_to_mixture by exact mass.
    apply falling_weights; [intros; apply Rlt_le, soft_gt0, k0 | |].
    + intros a b ab; apply shares_fall; [exact k0 | exact positive | now apply labelled].
    + intros r Hr; rewrite nearer_to_centre by lia; apply Rmult_le_pos; [apply pos_INR|].
      unfold nearer; assert (N := nested r i j Hr lt); lra.
Qed.
