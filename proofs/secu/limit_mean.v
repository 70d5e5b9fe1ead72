(** As lambda grows the closed form (4) tends to the mean of the positives, and its projection to that of the mean. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.secu Require Import sphere_definitions limit_definitions limit.

Open Scope R_scope.

Implicit Types (n d o : nat) (x w s : nat -> R) (v rows : nat -> nat -> R) (f g : R -> R) (lambda c l : R).

Lemma limit_constant c : is_lim (fun _ => c) p_infty c.
Proof. exact (is_lim_const c p_infty). Qed.

Lemma limit_product f g l c : is_lim f p_infty l -> is_lim g p_infty c -> is_lim (fun t => f t * g t) p_infty (l * c).
Proof. intros hf hg; exact (is_lim_mult f g p_infty l c hf hg I). Qed.

Lemma limit_inverse f l : is_lim f p_infty l -> l <> 0 -> is_lim (fun t => / f t) p_infty (/ l).
Proof. intros hf l0; apply (is_lim_inv f p_infty l hf); intros same; injection same; exact l0. Qed.

Lemma limit_sum n (f : nat -> R -> R) (l : nat -> R) : (forall i, (i < n)%nat -> is_lim (f i) p_infty (l i)) ->
  is_lim (fun t => sum n (fun i => f i t)) p_infty (sum n l).
Proof.
  induction n as [|n IH]; intros each; [exact (limit_constant 0) |].
  apply (is_lim_plus' (fun t => sum n (fun i => f i t)) (f n) p_infty); [apply IH; intros; apply each; lia | apply each; lia].
Qed.

Lemma limit_root f l : 0 < l -> is_lim f p_infty l -> is_lim (fun t => sqrt (f t)) p_infty (sqrt l).
Proof.
  intros l0 hf; apply (is_lim_comp_continuous f sqrt p_infty l hf).
  apply continuity_pt_filterlim, continuity_pt_sqrt; lra.
Qed.

(** 1 - 1/K of K = o + 1 *)
Definition share o : R := INR o / INR (S o).

Lemma share_gt0 o : (0 < o)%nat -> 0 < share o.
Proof. intros o0; apply Rdiv_lt_0_compat; apply lt_0_INR; lia. Qed.

Lemma weights_tend d o v w x : is_lim (fun lambda => weight (boltzmann_weight lambda) d o v w x) p_infty (share o).
Proof.
  apply (is_lim_ext (fun lambda => 1 + - (1) * prediction (boltzmann_weight lambda) d o v w x)).
  - intros lambda; assert (A0 := exp_pos (- - dot d x w / lambda)).
    assert (S0 : 0 <= rivals (boltzmann_weight lambda) d o v x) by (apply sum_ge0; intros; apply Rlt_le, exp_pos).
    change (exp (- - dot d x w / lambda)) with (attraction (boltzmann_weight lambda) d x w) in A0.
    unfold prediction, weight; to_reals; field; lra.
  - replace (share o) with (1 + - (1) * (1 / INR (S o)))
      by (unfold share; rewrite S_INR; field; rewrite <- S_INR; apply not_0_INR; lia).
    apply is_lim_plus'; [apply limit_constant | apply limit_product; [apply limit_constant | apply predictions]].
Qed.

Lemma pull_tends n d o rows v w a :
  is_lim (fun lambda => pull (boltzmann_weight lambda) n d o rows v w a) p_infty (share o * total n rows a).
Proof.
  unfold total; rewrite <- sum_mull; apply (limit_sum n (fun i lambda => weight (boltzmann_weight lambda) d o v w (rows i) * rows i a)).
  intros i _; apply limit_product; [apply weights_tend | apply limit_constant].
Qed.

(** The mean (5) for n positives and at least one other centre
    claim: secu.limit/limit/mean
    value: entries d (fun a => weighted_mean (boltzmann T) n d o x v w a - total n x a / number n)
    compared: f0373ab58a22-ea07ba82939c *)
Theorem closed_form_tends_to_the_mean n d o rows v w a : (0 < n)%nat -> (0 < o)%nat -> (a < d)%nat ->
  is_lim (fun lambda => weighted_mean (boltzmann_weight lambda) n d o rows v w a) p_infty (total n rows a / INR n).
Proof.
  intros n0 o0 _; assert (s0 := share_gt0 o o0); assert (m0 := lt_0_INR n n0).
  replace (total n rows a / INR n) with (share o * total n rows a * / (INR n * share o)) by (field; lra).
  apply limit_product; [apply pull_tends |]; apply limit_inverse; [| apply Rgt_not_eq, Rmult_lt_0_compat; lra].
  rewrite <- sum_const; apply (limit_sum n (fun i lambda => weight (boltzmann_weight lambda) d o v w (rows i))).
  intros; apply weights_tend.
Qed.

Lemma length_gt0 d s a : (a < d)%nat -> s a <> 0 -> 0 < dot d s s.
Proof.
  intros lt nonzero; assert (length := sum_ge0 d (fun a => s a * s a) (fun a _ => Rle_0_sqr (s a))).
  destruct (Rle_lt_or_eq_dec _ _ length) as [long | short]; [exact long | exfalso; apply nonzero].
  exact (Rsqr_0_uniq _ (sum_eq0 d (fun a => s a * s a) (fun a _ => Rle_0_sqr (s a)) (eq_sym short) a lt)).
Qed.

Lemma projected_scaled d s c a : 0 < c -> 0 < dot d s s ->
  c * s a * / sqrt (sum d (fun b => c * s b * (c * s b))) = projected sqrt d s a.
Proof.
  intros c0 long; unfold projected; to_reals.
  replace (sum d (fun b => c * s b * (c * s b))) with (c * c * dot d s s)
    by (unfold dot; to_reals; rewrite <- sum_mull; apply sum_ext; intros; ring).
  rewrite sqrt_mult, sqrt_square by nra; assert (root := sqrt_lt_R0 _ long); field; lra.
Qed.

(** The projection, where the positives do not sum to 0
    claim: secu.limit/limit/projected
    value: let direction := projected root_of_square d in
      entries d (fun a => direction (pull (boltzmann T) n d o x v w) a - direction (total n x) a)
    compared: 96d54f8fcf90-82eceb19a8db *)
Theorem projection_tends_to_that_of_the_mean n d o rows v w : (0 < n)%nat -> (0 < o)%nat ->
  (exists a, (a < d)%nat /\ total n rows a <> 0) -> forall a, (a < d)%nat ->
  is_lim (fun lambda => projected sqrt d (pull (boltzmann_weight lambda) n d o rows v w) a) p_infty
    (projected sqrt d (total n rows) a).
Proof.
  intros _ o0 [b [lt nonzero]] a _; assert (s0 := share_gt0 o o0); assert (long := length_gt0 d (total n rows) b lt nonzero).
  rewrite <- (projected_scaled d (total n rows) (share o) a s0 long).
  assert (0 < sum d (fun b => share o * total n rows b * (share o * total n rows b))).
  { apply (length_gt0 d (fun b => share o * total n rows b) b lt), Rmult_integral_contrapositive; split; lra. }
  apply limit_product; [apply pull_tends |]; apply limit_inverse; [| apply Rgt_not_eq, sqrt_lt_R0; assumption].
  apply limit_root; [assumption |].
  apply (limit_sum d (fun b lambda => pull (boltzmann_weight lambda) n d o rows v w b * pull (boltzmann_weight lambda) n d o rows v w b)).
  intros; apply limit_product; apply pull_tends.
Qed.
