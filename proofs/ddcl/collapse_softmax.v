(** Losses and forces along a straight motion of the prototypes, the assignment being their softmax: derivatives at every
    place, and the expansion to second order where the prototypes coincide. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions soft_definitions collapse_definitions.
From DDCL.ddcl Require Import collapse_softmax_definitions softmax derivatives.
Open Scope R_scope.

Implicit Types (n k d : nat) (x y u : nat -> R) (z p q v : nat -> nat -> R) (T e : R).

(** The shares of a sample y, (8) *)
Definition shares k d T y p (j : nat) : R := soft k d y p T j.

Lemma product_rule (f g : R -> R) e (a b : R) :
  is_derive f e a -> is_derive g e b -> is_derive (fun t => f t * g t) e (a * g e + f e * b).
Proof. intros Hf Hg; exact (is_derive_mult f g e a b Hf Hg Rmult_comm). Qed.

Lemma sum_rule (f g : R -> R) e (a b : R) :
  is_derive f e a -> is_derive g e b -> is_derive (fun t => f t + g t) e (a + b).
Proof. intros Hf Hg; exact (is_derive_plus f g e a b Hf Hg). Qed.

Lemma difference_rule (f g : R -> R) e (a b : R) :
  is_derive f e a -> is_derive g e b -> is_derive (fun t => f t - g t) e (a - b).
Proof. intros Hf Hg; exact (is_derive_minus f g e a b Hf Hg). Qed.

Lemma multiple_rule (f : R -> R) e (c a : R) : is_derive f e a -> is_derive (fun t => c * f t) e (c * a).
Proof. intros Hf; exact (is_derive_scal f e c a Hf). Qed.

Lemma constant_rule (c e : R) : is_derive (fun _ => c) e 0.
Proof. exact (is_derive_const c e). Qed.

Lemma identity_rule e : is_derive (fun t => t) e 1.
Proof. exact (is_derive_id e). Qed.

(** A function may be written in another form. *)
Lemma is_derive_same (f f' : R -> R) e (a : R) : (forall t, f t = f' t) -> is_derive f e a -> is_derive f' e a.
Proof. exact (is_derive_ext f f' e a). Qed.

Lemma average_eq n (a : nat -> R) : average n a = sum n a / INR n.
Proof.
  assert (number n = INR n) as same.
  { induction n as [|n IH]; [reflexivity|]; rewrite S_INR, <- IH; reflexivity. }
  unfold average; rewrite same; reflexivity.
Qed.

Lemma average_rule n (f : nat -> R -> R) (l : nat -> R) e :
  (forall m, (m < n)%nat -> is_derive (f m) e (l m)) -> is_derive (fun t => average n (fun m => f m t)) e (average n l).
Proof.
  intros each; apply (is_derive_same (fun t => / INR n * sum n (fun m => f m t))).
  - intros t; rewrite average_eq; apply Rmult_comm.
  - rewrite average_eq; unfold Rdiv; rewrite Rmult_comm; apply multiple_rule, is_derive_sum, each.
Qed.

Lemma average_ext n (f g : nat -> R) : (forall m, (m < n)%nat -> f m = g m) -> average n f = average n g.
Proof. intros same; rewrite !average_eq; f_equal; apply sum_ext, same. Qed.

(** * Means under shares that follow their weights: the weight w_j grows at the rate w_j g_j *)
Section Means.
Variables (k : nat) (q : R -> nat -> R) (g : R -> nat -> R) (h : nat -> R).
Let M e (f : nat -> R) : R := sum k (fun j => q e j * f j).
Hypothesis shares_follow : forall e j, is_derive (fun t => q t j) e (q e j * (g e j - M e (g e))).
Hypothesis rates_follow : forall e j, is_derive (fun t => g t j) e (h j).

Lemma mean_rule (f : R -> nat -> R) (f' : nat -> R) e : (forall j, is_derive (fun t => f t j) e (f' j)) ->
  is_derive (fun t => M t (f t)) e (M e f' + M e (fun j => g e j * f e j) - M e (f e) * M e (g e)).
Proof.
  intros each; unfold M.
  apply (is_derive_eq _ _ (sum k (fun j => q e j * (g e j - M e (g e)) * f e j + q e j * f' j))).
  - apply is_derive_sum; intros j _; exact (product_rule (fun t => q t j) (fun t => f t j) _ _ _ (shares_follow e j) (each j)).
  - fold (M e (g e)); rewrite (sum_ext k _ (fun j => q e j * f' j + q e j * (g e j * f e j) - q e j * f e j * M e (g e)))
      by (intros; ring).
    rewrite sum_sub, sum_add, sum_mulr; reflexivity.
Qed.

(** The slope of sum_j q_j f_j, and the slope of that slope, where f_j has the slope a_j and a_j the slope b_j *)
Definition first_slope (f a : nat -> R) e : R := M e a + M e (fun j => g e j * f j) - M e f * M e (g e).
Definition rate_slope e : R := M e h + M e (fun j => g e j * g e j) - M e (g e) * M e (g e).
Definition second_slope (f a b : nat -> R) e : R :=
  (M e b + M e (fun j => g e j * a j) - M e a * M e (g e)) +
  (M e (fun j => h j * f j + g e j * a j) + M e (fun j => g e j * (g e j * f j)) - M e (fun j => g e j * f j) * M e (g e)) -
  (first_slope f a e * M e (g e) + M e f * rate_slope e).

Lemma first_slope_rule (f a : R -> nat -> R) (b : nat -> R) e :
  (forall t j, is_derive (fun t => f t j) t (a t j)) -> (forall j, is_derive (fun t => a t j) e (b j)) ->
  is_derive (fun t => first_slope (f t) (a t) t) e (second_slope (f e) (a e) b e).
Proof.
  intros of_f of_a; unfold first_slope, second_slope.
  apply (difference_rule (fun t => M t (a t) + M t (fun j => g t j * f t j)) (fun t => M t (f t) * M t (g t))).
  - apply (sum_rule (fun t => M t (a t)) (fun t => M t (fun j => g t j * f t j))).
    + apply mean_rule, of_a.
    + apply (mean_rule (fun t j => g t j * f t j)); intros j.
      exact (product_rule (fun t => g t j) (fun t => f t j) e _ _ (rates_follow e j) (of_f e j)).
  - apply (product_rule (fun t => M t (f t)) (fun t => M t (g t))).
    + apply mean_rule; intros; apply of_f.
    + apply (mean_rule g h); intros; apply rates_follow.
Qed.

End Means.

Lemma share_rule k (w g : R -> nat -> R) e j : (0 < k)%nat -> (forall t i, 0 < w t i) ->
  (forall t i, is_derive (fun t => w t i) t (w t i * g t i)) ->
  is_derive (fun t => share k (w t) j) e (share k (w e) j * (g e j - sum k (fun i => share k (w e) i * g e i))).
Proof.
  intros k0 w0 rates.
  assert (total : 0 < sum k (w e)) by (apply weights_sum_gt0; auto).
  assert (H := is_derive_div (fun t => w t j) (fun t => sum k (w t)) e _ _ (rates e j)
    (is_derive_sum k (fun i t => w t i) _ e (fun i _ => rates e i)) (Rgt_not_eq _ _ total)).
  apply (is_derive_eq _ _ _ _ H); unfold share; to_reals.
  rewrite (sum_ext k (fun i => w e i * / sum k (w e) * g e i) (fun i => w e i * g e i * / sum k (w e))) by (intros; ring).
  rewrite sum_mulr; set (S := sum k (w e)) in *; unfold S; fold S; set (G := sum k (fun i => w e i * g e i)); field; lra.
Qed.

(** * One sample, prototypes p + e v *)
Section Motion.
Variables (k d : nat) (y : nat -> R) (p v : nat -> nat -> R) (T : R).
Hypotheses (k0 : (0 < k)%nat) (T0 : 0 < T).

(** v_j . (y - p_j), |v_j|^2, and the rate of the logarithm of the weight of p_j + e v_j *)
Let t j : R := dot d (v j) (fun c => y c - p j c).
Let N j : R := norm2 d (v j).
Let D e j : R := distance2 d y (moved p v e j).
Let g e j : R := 2 / T * (t j - e * N j).
Let h j : R := - (2 / T * N j).
Let q e : nat -> R := shares k d T y (moved p v e).
Let M e (f : nat -> R) : R := sum k (fun j => q e j * f j).

Lemma distance_along e j : D e j = D 0 j - 2 * e * t j + e * e * N j.
Proof.
  unfold D, t, N, distance2, norm2, dot, moved; to_reals; rewrite <- !sum_mull, <- sum_sub, <- sum_add.
  apply sum_ext; intros; ring.
Qed.

Lemma distance_slope e j : is_derive (fun t => D t j) e (- T * g e j).
Proof.
  apply (is_derive_same (fun e => D 0 j - 2 * e * t j + e * e * N j)); [intros; symmetry; apply distance_along|].
  unfold g; auto_derive; [exact I | field; lra].
Qed.

Lemma rate_rule e j : is_derive (fun t => g t j) e (h j).
Proof. unfold g, h; auto_derive; [exact I | ring]. Qed.

Lemma shares_rule e j : is_derive (fun t => q t j) e (q e j * (g e j - M e (g e))).
Proof.
  apply (share_rule k (fun t i => exp (- (D t i / T))) g e j k0); [intros; apply exp_pos|].
  intros s i; apply (is_derive_eq _ _ (- (- T * g s i) / T * exp (- (D s i / T)))); [|field; lra].
  apply (is_derive_comp exp (fun t => - (D t i / T)) s).
  - apply is_derive_Reals, derivable_pt_lim_exp.
  - apply (is_derive_same (fun t => - / T * D t i)); [intros; field; lra|].
    apply (is_derive_eq _ _ (- / T * (- T * g s i))); [apply multiple_rule, distance_slope | field; lra].
Qed.

Lemma shares_mass e : sum k (q e) = 1.
Proof. exact (soft_mass k d y (moved p v e) T k0). Qed.

(** L_q *)
Definition quantization_slope e : R := first_slope k q g (D e) (fun j => - T * g e j) e.
Definition quantization_curvature : R := second_slope k q g h (D 0) (fun j => - T * g 0 j) (fun j => - T * h j) 0.

Lemma quantization_rule e :
  is_derive (fun e => quantization k d y (moved p v e) (shares k d T y (moved p v e))) e (quantization_slope e).
Proof. apply (mean_rule k q g shares_rule D); intros; apply distance_slope. Qed.

Lemma quantization_second_rule : is_derive quantization_slope 0 quantization_curvature.
Proof.
  apply (first_slope_rule k q g h shares_rule rate_rule D (fun e j => - T * g e j)).
  - intros; apply distance_slope.
  - intros; apply multiple_rule, rate_rule.
Qed.

(** Pq in one coordinate, and L_OLS *)
Definition mixture_slope e c : R := first_slope k q g (fun j => moved p v e j c) (fun j => v j c) e.
Definition mixture_curvature c : R := second_slope k q g h (fun j => p j c) (fun j => v j c) (fun _ => 0) 0.
Definition ols_slope e : R := sum d (fun c => - 2 * (y c - mixture k (q e) (moved p v e) c) * mixture_slope e c).
Definition ols_curvature : R :=
  sum d (fun c => 2 * (mixture_slope 0 c * mixture_slope 0 c) - 2 * (y c - mixture k (q 0) p c) * mixture_curvature c).

Lemma moved_rule e j c : is_derive (fun t => moved p v t j c) e (v j c).
Proof. unfold moved; to_reals; auto_derive; [exact I | ring]. Qed.

Lemma mixture_rule e c : is_derive (fun e => mixture k (q e) (moved p v e) c) e (mixture_slope e c).
Proof. apply (mean_rule k q g shares_rule (fun e j => moved p v e j c)); intros; apply moved_rule. Qed.

Lemma mixture_at_0 c : mixture k (q 0) (moved p v 0) c = mixture k (q 0) p c.
Proof. unfold mixture, moved; to_reals; apply sum_ext; intros; ring. Qed.

Lemma mixture_second_rule c : is_derive (fun e => mixture_slope e c) 0 (mixture_curvature c).
Proof.
  unfold mixture_curvature.
  apply (is_derive_eq _ _ (second_slope k q g h (fun j => moved p v 0 j c) (fun j => v j c) (fun _ => 0) 0)).
  - apply (first_slope_rule k q g h shares_rule rate_rule (fun e j => moved p v e j c) (fun _ j => v j c)).
    + intros; apply moved_rule.
    + intros; apply constant_rule.
  - assert (forall j, moved p v 0 j c = p j c) as same by (intros; unfold moved; to_reals; ring).
    unfold second_slope, first_slope; cbv zeta.
    repeat (rewrite (sum_ext k (fun j => q 0 j * (h j * moved p v 0 j c + g 0 j * v j c)) (fun j => q 0 j * (h j * p j c + g 0 j * v j c)))
      by (intros; rewrite same; reflexivity)).
    rewrite (sum_ext k (fun j => q 0 j * (g 0 j * (g 0 j * moved p v 0 j c))) (fun j => q 0 j * (g 0 j * (g 0 j * p j c))))
      by (intros; rewrite same; reflexivity).
    rewrite (sum_ext k (fun j => q 0 j * (g 0 j * moved p v 0 j c)) (fun j => q 0 j * (g 0 j * p j c)))
      by (intros; rewrite same; reflexivity).
    rewrite (sum_ext k (fun j => q 0 j * moved p v 0 j c) (fun j => q 0 j * p j c)) by (intros; rewrite same; reflexivity).
    reflexivity.
Qed.

Lemma ols_rule e : is_derive (fun e => ols k d y (moved p v e) (shares k d T y (moved p v e))) e (ols_slope e).
Proof.
  unfold ols, distance2, norm2; to_reals; apply is_derive_sum; intros c _.
  assert (residual : is_derive (fun e => y c + - mixture k (q e) (moved p v e) c) e (0 - mixture_slope e c)).
  { apply (difference_rule (fun _ => y c) (fun e => mixture k (q e) (moved p v e) c)); [apply constant_rule | apply mixture_rule]. }
  apply (is_derive_eq _ _ _ _ (product_rule _ _ _ _ _ residual residual)); ring.
Qed.

Lemma ols_second_rule : is_derive ols_slope 0 ols_curvature.
Proof.
  apply is_derive_sum; intros c _.
  assert (residual : is_derive (fun e => - 2 * (y c - mixture k (q e) (moved p v e) c)) 0 (- 2 * (0 - mixture_slope 0 c))).
  { apply multiple_rule, (difference_rule (fun _ => y c) (fun e => mixture k (q e) (moved p v e) c));
      [apply constant_rule | apply mixture_rule]. }
  apply (is_derive_eq _ _ _ _ (product_rule _ _ _ _ _ residual (mixture_second_rule c))).
  rewrite mixture_at_0; ring.
Qed.

(** The work of the stopped forces on changes u of the prototypes *)
Lemma quantization_work_rule :
  is_derive (fun e => sum k (fun j => dot d (v j) (quantization_force y (moved p v e) (q e) j))) 0
    (2 * first_slope k q g t (fun j => - N j) 0).
Proof.
  apply (is_derive_same (fun e => 2 * M e (fun j => t j - e * N j))).
  - intros e; unfold M; rewrite <- sum_mull; apply sum_ext; intros j _.
    unfold dot, quantization_force, t, N, norm2, dot, moved; to_reals.
    replace (2 * (q e j * (sum d (fun c => v j c * (y c + - p j c)) - e * sum d (fun c => v j c * v j c))))
      with (2 * q e j * (sum d (fun c => v j c * (y c + - p j c)) - e * sum d (fun c => v j c * v j c))) by ring.
    rewrite <- sum_mull, <- sum_sub, <- sum_mull; apply sum_ext; intros; ring.
  - apply multiple_rule; unfold first_slope.
    apply (is_derive_eq _ _ (M 0 (fun j => - N j) + M 0 (fun j => g 0 j * (t j - 0 * N j)) - M 0 (fun j => t j - 0 * N j) * M 0 (g 0))).
    + apply (mean_rule k q g shares_rule (fun e j => t j - e * N j)); intros j; auto_derive; [exact I | ring].
    + unfold M.
      rewrite (sum_ext k (fun j => q 0 j * (g 0 j * (t j - 0 * N j))) (fun j => q 0 j * (g 0 j * t j))) by (intros; ring).
      rewrite (sum_ext k (fun j => q 0 j * (t j - 0 * N j)) (fun j => q 0 j * t j)) by (intros; ring); reflexivity.
Qed.

(** v_j . (y - Pq) *)
Let s j : R := dot d (v j) (fun c => y c - mixture k (q 0) p c).

Lemma ols_work_rule :
  is_derive (fun e => sum k (fun j => dot d (v j) (ols_force k y (moved p v e) (q e) j))) 0
    (2 * (M 0 (fun j => g 0 j * s j) - M 0 s * M 0 (g 0) - sum d (fun c => M 0 (fun j => v j c) * mixture_slope 0 c))).
Proof.
  apply (is_derive_same (fun e => 2 * sum d (fun c => M e (fun j => v j c) * (y c - mixture k (q e) (moved p v e) c)))).
  - intros e; unfold dot, ols_force, M; to_reals.
    rewrite (sum_exchange k d), <- sum_mull; apply sum_ext; intros c _.
    rewrite <- sum_mulr, <- sum_mull; apply sum_ext; intros; unfold q; ring.
  - apply multiple_rule.
    apply (is_derive_eq _ _ (sum d (fun c => (M 0 (fun _ => 0) + M 0 (fun j => g 0 j * v j c) - M 0 (fun j => v j c) * M 0 (g 0)) *
      (y c - mixture k (q 0) (moved p v 0) c) + M 0 (fun j => v j c) * (0 - mixture_slope 0 c)))).
    + apply is_derive_sum; intros c _.
      apply (product_rule (fun e => M e (fun j => v j c)) (fun e => y c - mixture k (q e) (moved p v e) c)).
      * apply (mean_rule k q g shares_rule (fun _ j => v j c)); intros; apply constant_rule.
      * apply (difference_rule (fun _ => y c) (fun e => mixture k (q e) (moved p v e) c)); [apply constant_rule | apply mixture_rule].
    + unfold M, s, dot; to_reals.
      rewrite (sum_ext k (fun j => q 0 j * (g 0 j * sum d (fun c => v j c * (y c - mixture k (q 0) p c))))
        (fun j => sum d (fun c => q 0 j * (g 0 j * v j c) * (y c - mixture k (q 0) p c))))
        by (intros; rewrite <- !sum_mull; apply sum_ext; intros; ring).
      rewrite (sum_ext k (fun j => q 0 j * sum d (fun c => v j c * (y c - mixture k (q 0) p c)))
        (fun j => sum d (fun c => q 0 j * v j c * (y c - mixture k (q 0) p c))))
        by (intros; rewrite <- !sum_mull; apply sum_ext; intros; ring).
      rewrite !(sum_exchange k d), <- sum_mulr, <- !sum_sub; apply sum_ext; intros c _.
      rewrite !sum_mulr, mixture_at_0; ring.
Qed.

End Motion.
