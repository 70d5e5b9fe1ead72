(** The expansion of L_q and L_OLS to second order where all prototypes coincide, for any data, any number of prototypes and
    any dimension: with the gradient through the softmax and with the stopped gradient. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions soft_definitions collapse_definitions.
From DDCL.ddcl Require Import collapse_softmax_definitions softmax derivatives collapse_softmax.
Open Scope R_scope.

Implicit Types (n k d : nat) (x y u : nat -> R) (z p q v : nat -> nat -> R) (T e : R).

Lemma second_derivative (f f1 : R -> R) (l : R) :
  (forall e, is_derive f e (f1 e)) -> is_derive f1 0 l -> is_derive_n f 2 0 l.
Proof.
  intros first; apply is_derive_same; intros e; symmetry; exact (is_derive_unique f e (f1 e) (first e)).
Qed.

Lemma moved_0 p v j : forall c, moved p v 0 j c = p j c.
Proof. intros; unfold moved; to_reals; ring. Qed.

Lemma even_shares k (w : R) j : (0 < k)%nat -> 0 < w -> share k (fun _ => w) j = / INR k.
Proof.
  intros k0 w0; unfold share; to_reals; rewrite sum_const.
  assert (INR k <> 0) by (apply not_0_INR; lia); field; lra.
Qed.

Section OnePlace.
Variables (k d : nat) (y x : nat -> R) (v : nat -> nat -> R) (T : R).
Hypotheses (k0 : (0 < k)%nat) (T0 : 0 < T).
Let place : nat -> nat -> R := fun _ => x.
Let t j : R := dot d (v j) (fun c => y c - x c).
Let N j : R := norm2 d (v j).
Let D : R := distance2 d y x.

Lemma k_not_0 : INR k <> 0.
Proof. apply not_0_INR; lia. Qed.

Lemma distance_at j : distance2 d y (moved place v 0 j) = D.
Proof.
  unfold D, distance2, norm2, moved, place; to_reals; apply sum_ext; intros; ring.
Qed.

Lemma shares_at j : shares k d T y (moved place v 0) j = / INR k.
Proof.
  unfold shares, soft, share; to_reals; rewrite distance_at.
  rewrite (sum_ext k _ (fun _ => exp (- (D / T)))) by (intros; rewrite distance_at; reflexivity).
  rewrite sum_const; assert (H := exp_pos (- (D / T))); assert (K := k_not_0); field; lra.
Qed.

Lemma mean_at (f : nat -> R) : sum k (fun j => shares k d T y (moved place v 0) j * f j) = sum k f / INR k.
Proof.
  rewrite (sum_ext k _ (fun j => f j * / INR k)) by (intros; rewrite shares_at; ring).
  apply sum_mulr.
Qed.

Lemma mixture_at c : mixture k (shares k d T y (moved place v 0)) place c = x c.
Proof.
  unfold mixture; to_reals; rewrite mean_at; unfold place; rewrite sum_const; field; exact k_not_0.
Qed.

(** A sum in terms of those of t_j, t_j^2 and |v_j|^2 *)
Lemma combine (f : nat -> R) (a b c e : R) : (forall j, f j = a + b * t j + c * (t j * t j) + e * N j) ->
  sum k f = INR k * a + b * sum k t + c * sum k (fun j => t j * t j) + e * sum k N.
Proof.
  intros same; rewrite (sum_ext k f _ (fun j _ => same j)), !sum_add, !sum_mull, sum_const; reflexivity.
Qed.

Lemma combine2 (f r : nat -> R) (a b c e l s : R) :
  (forall j, f j = a + b * t j + c * (t j * t j) + e * N j + l * r j + s * (t j * r j)) ->
  sum k f = INR k * a + b * sum k t + c * sum k (fun j => t j * t j) + e * sum k N + l * sum k r + s * sum k (fun j => t j * r j).
Proof.
  intros same; rewrite (sum_ext k f _ (fun j _ => same j)), !sum_add, !sum_mull, sum_const; reflexivity.
Qed.

Lemma quantization_slope_at : quantization_slope k d y place v T 0 = - 2 * average k t.
Proof.
  assert (K := k_not_0); unfold quantization_slope, first_slope; rewrite !mean_at, average_eq.
  rewrite (combine _ 0 (- 2) 0 0) by (intros; unfold t, N, place; field; lra).
  rewrite (combine (fun j => 2 / T * _ * distance2 d y (moved place v 0 j)) 0 (2 / T * D) 0 0)
    by (intros; rewrite distance_at; unfold t, N, place; field; lra).
  rewrite (combine (fun j => distance2 d y (moved place v 0 j)) D 0 0 0) by (intros; rewrite distance_at; ring).
  rewrite (combine (fun j => 2 / T * _) 0 (2 / T) 0 0) by (intros; unfold t, N, place; field; lra).
  field; lra.
Qed.

Lemma quantization_curvature_at :
  quantization_curvature k d y place v T = 2 * average k N - 8 / T * variance_of k t.
Proof.
  assert (K := k_not_0); unfold quantization_curvature, second_slope, first_slope, rate_slope.
  rewrite !mean_at; unfold variance_of; rewrite !average_eq; to_reals.
  rewrite (combine (fun j => - T * - _) 0 0 0 2) by (intros; unfold t, N, place; field; lra).
  rewrite (combine (fun j => 2 / T * _ * (- T * _)) 0 0 (- (4 / T)) 0) by (intros; unfold t, N, place; field; lra).
  rewrite (combine (fun j => - T * _) 0 (- 2) 0 0) by (intros; unfold t, N, place; field; lra).
  rewrite (combine (fun j => - _ * _ + 2 / T * _ * (- T * _)) 0 0 (- (4 / T)) (- (2 / T * D)))
    by (intros; rewrite distance_at; unfold t, N, place; field; lra).
  rewrite (combine (fun j => 2 / T * _ * (2 / T * _ * _)) 0 0 (4 / T * D / T) 0)
    by (intros; rewrite distance_at; unfold t, N, place; field; lra).
  rewrite (combine (fun j => 2 / T * _ * distance2 d y (moved place v 0 j)) 0 (2 / T * D) 0 0)
    by (intros; rewrite distance_at; unfold t, N, place; field; lra).
  rewrite (combine (fun j => distance2 d y (moved place v 0 j)) D 0 0 0) by (intros; rewrite distance_at; ring).
  rewrite (combine (fun j => 2 / T * _ * (2 / T * _)) 0 0 (4 / T / T) 0) by (intros; unfold t, N, place; field; lra).
  rewrite (combine (fun j => - _) 0 0 0 (- (2 / T))) by (intros; unfold t, N, place; field; lra).
  rewrite (combine (fun j => 2 / T * _) 0 (2 / T) 0 0) by (intros; unfold t, N, place; field; lra).
  field; lra.
Qed.

Lemma quantization_work_at : 2 * first_slope k (fun e => shares k d T y (moved place v e))
    (fun e j => 2 / T * (t j - e * N j)) t (fun j => - N j) 0 = 4 / T * variance_of k t - 2 * average k N.
Proof.
  assert (K := k_not_0); unfold first_slope; rewrite !mean_at; unfold variance_of; rewrite !average_eq; to_reals.
  rewrite (combine (fun j => - N j) 0 0 0 (- 1)) by (intros; ring).
  rewrite (combine (fun j => 2 / T * _ * t j) 0 0 (2 / T) 0) by (intros; field; lra).
  rewrite (combine (fun j => 2 / T * _) 0 (2 / T) 0 0) by (intros; field; lra).
  field; lra.
Qed.

Lemma mixture_slope_at c : mixture_slope k d y place v T 0 c = average k (fun j => v j c).
Proof.
  assert (K := k_not_0); unfold mixture_slope, first_slope; rewrite !mean_at, average_eq.
  rewrite (combine (fun j => 2 / T * _ * _) 0 (2 / T * x c) 0 0)
    by (intros; rewrite moved_0; unfold t, N, place; field; lra).
  rewrite (combine (fun j => moved place v 0 j c) (x c) 0 0 0) by (intros; rewrite moved_0; unfold place; ring).
  rewrite (combine (fun j => 2 / T * _) 0 (2 / T) 0 0) by (intros; unfold t, N, place; field; lra).
  field; lra.
Qed.

Lemma mixture_curvature_at c : mixture_curvature k d y place v T c =
  4 / T * (average k (fun j => t j * v j c) - average k t * average k (fun j => v j c)).
Proof.
  assert (K := k_not_0); unfold mixture_curvature, second_slope, first_slope, rate_slope.
  rewrite !mean_at, !average_eq; set (r := fun j => v j c).
  rewrite (combine (fun _ => 0) 0 0 0 0) by (intros; ring).
  rewrite (combine2 (fun j => - _ * _ + 2 / T * _ * _) r 0 0 0 (- (2 / T * x c)) 0 (2 / T))
    by (intros; unfold r, t, N, place; field; lra).
  rewrite (combine (fun j => 2 / T * _ * (2 / T * _ * _)) 0 0 (4 / T * x c / T) 0) by (intros; unfold t, N, place; field; lra).
  rewrite (combine (fun j => 2 / T * _ * place j c) 0 (2 / T * x c) 0 0) by (intros; unfold t, N, place; field; lra).
  rewrite (combine (fun j => place j c) (x c) 0 0 0) by (intros; unfold place; ring).
  rewrite (combine (fun j => 2 / T * _ * (2 / T * _)) 0 0 (4 / T / T) 0) by (intros; unfold t, N, place; field; lra).
  rewrite (combine2 (fun j => 2 / T * _ * v j c) r 0 0 0 0 0 (2 / T)) by (intros; unfold r, t, N, place; field; lra).
  rewrite (combine (fun j => - _) 0 0 0 (- (2 / T))) by (intros; unfold t, N, place; field; lra).
  rewrite (combine (fun j => 2 / T * _) 0 (2 / T) 0 0) by (intros; unfold t, N, place; field; lra).
  unfold r; field; lra.
Qed.

(** Sums over coordinates of products with y - x *)
Lemma dots (a : nat -> R) : sum d (fun c => (y c - x c) * average k (fun j => a j * v j c)) = average k (fun j => a j * t j).
Proof.
  rewrite average_eq; unfold Rdiv; rewrite <- sum_mulr.
  rewrite (sum_ext d _ (fun c => sum k (fun j => a j * (v j c * (y c - x c)) * / INR k))).
  - rewrite sum_exchange; apply sum_ext; intros j _.
    rewrite sum_mulr, sum_mull; reflexivity.
  - intros c _; rewrite average_eq; unfold Rdiv; rewrite <- sum_mulr, <- sum_mull; apply sum_ext; intros; ring.
Qed.

Lemma dots_1 : sum d (fun c => (y c - x c) * average k (fun j => v j c)) = average k t.
Proof.
  rewrite (average_ext k t (fun j => 1 * t j)) by (intros; ring); rewrite <- dots.
  apply sum_ext; intros; f_equal; apply average_ext; intros; ring.
Qed.

Lemma ols_slope_at : ols_slope k d y place v T 0 = - 2 * average k t.
Proof.
  unfold ols_slope; rewrite <- dots_1, <- sum_mull; apply sum_ext; intros c _.
  rewrite mixture_slope_at, mixture_at_0, mixture_at by assumption; ring.
Qed.

Lemma ols_curvature_at :
  ols_curvature k d y place v T = 2 * norm2 d (fun c => average k (fun j => v j c)) - 8 / T * variance_of k t.
Proof.
  assert (K := k_not_0); unfold ols_curvature, variance_of, norm2; to_reals.
  assert (A := dots_1); assert (B := dots t); cbv beta in B.
  rewrite (sum_ext d _ (fun c => 2 * (average k (fun j => v j c) * average k (fun j => v j c)) -
    8 / T * ((y c - x c) * average k (fun j => t j * v j c)) +
    8 / T * average k t * ((y c - x c) * average k (fun j => v j c)))).
  - rewrite sum_add, sum_sub, !sum_mull, A, B; ring.
  - intros c _; rewrite mixture_slope_at, mixture_curvature_at, mixture_at; field; lra.
Qed.

Lemma ols_work_at :
  2 * (sum k (fun j => shares k d T y (moved place v 0) j * (2 / T * (t j - 0 * N j) * t j)) -
    sum k (fun j => shares k d T y (moved place v 0) j * t j) *
    sum k (fun j => shares k d T y (moved place v 0) j * (2 / T * (t j - 0 * N j))) -
    sum d (fun c => sum k (fun j => shares k d T y (moved place v 0) j * v j c) * mixture_slope k d y place v T 0 c)) =
  4 / T * variance_of k t - 2 * norm2 d (fun c => average k (fun j => v j c)).
Proof.
  assert (K := k_not_0); rewrite !mean_at; unfold variance_of, norm2; rewrite !average_eq; to_reals.
  rewrite (combine (fun j => 2 / T * _ * t j) 0 0 (2 / T) 0) by (intros; field; lra).
  rewrite (combine (fun j => 2 / T * _) 0 (2 / T) 0 0) by (intros; field; lra).
  rewrite (sum_ext d _ (fun c => average k (fun j => v j c) * average k (fun j => v j c)))
    by (intros; rewrite mean_at, mixture_slope_at, average_eq by assumption; reflexivity).
  field; lra.
Qed.

End OnePlace.

(** * Data sets *)

Lemma number_INR n : number n = INR n.
Proof. induction n as [|n IH]; [reflexivity|]; rewrite S_INR, <- IH; reflexivity. Qed.

Lemma average_linear n (a b : R) (f g : nat -> R) :
  average n (fun m => a * f m - b * g m) = a * average n f - b * average n g.
Proof. rewrite !average_eq, sum_sub, !sum_mull; unfold Rdiv; ring. Qed.

Lemma average_const n (a : R) : (0 < n)%nat -> average n (fun _ => a) = a.
Proof. intros n0; rewrite average_eq, sum_const; field; apply not_0_INR; lia. Qed.

(** Second derivative of L_q at e = 0 where p_j = x + e v_j, with the gradient through the softmax *)
Theorem quantization_expansion n k d z x v T : (0 < n)%nat -> (0 < k)%nat -> 0 < T ->
  is_derive_n (fun e => mean_loss (quantization k d) n (shares k d T) z (moved (fun _ => x) v e)) 2 0
    (2 * average k (fun j => norm2 d (v j)) -
     8 / T * average n (fun m => variance_of k (fun j => dot d (v j) (fun c => z m c - x c)))).
Proof.
  intros n0 k0 T0; apply (second_derivative _ (fun e => average n (fun m => quantization_slope k d (z m) (fun _ => x) v T e))).
  - intros e; apply average_rule; intros m _; apply quantization_rule; assumption.
  - apply (is_derive_eq _ _ (average n (fun m => quantization_curvature k d (z m) (fun _ => x) v T))).
    + apply average_rule; intros m _; apply quantization_second_rule; assumption.
    + rewrite <- (average_const n (average k (fun j => norm2 d (v j))) n0), <- average_linear.
      apply average_ext; intros m _; apply quantization_curvature_at; assumption.
Qed.

(** The same for L_OLS *)
Theorem ols_expansion n k d z x v T : (0 < n)%nat -> (0 < k)%nat -> 0 < T ->
  is_derive_n (fun e => mean_loss (ols k d) n (shares k d T) z (moved (fun _ => x) v e)) 2 0
    (2 * norm2 d (fun c => average k (fun j => v j c)) -
     8 / T * average n (fun m => variance_of k (fun j => dot d (v j) (fun c => z m c - x c)))).
Proof.
  intros n0 k0 T0; apply (second_derivative _ (fun e => average n (fun m => ols_slope k d (z m) (fun _ => x) v T e))).
  - intros e; apply average_rule; intros m _; apply ols_rule; assumption.
  - apply (is_derive_eq _ _ (average n (fun m => ols_curvature k d (z m) (fun _ => x) v T))).
    + apply average_rule; intros m _; apply ols_second_rule; assumption.
    + rewrite <- (average_const n (norm2 d (fun c => average k (fun j => v j c))) n0), <- average_linear.
      apply average_ext; intros m _; apply ols_curvature_at; assumption.
Qed.

(** The rate at which the stopped forces of L_q do work on the displacements *)
Theorem quantization_work_expansion n k d z x v T : (0 < n)%nat -> (0 < k)%nat -> 0 < T ->
  is_derive (fun e => work quantization_force n k d (shares k d T) z (moved (fun _ => x) v e) v) 0
    (4 / T * average n (fun m => variance_of k (fun j => dot d (v j) (fun c => z m c - x c))) -
     2 * average k (fun j => norm2 d (v j))).
Proof.
  intros n0 k0 T0; rewrite <- (average_const n (average k (fun j => norm2 d (v j))) n0), <- average_linear.
  apply average_rule; intros m _; rewrite <- quantization_work_at by assumption.
  apply (quantization_work_rule k d (z m) (fun _ => x) v T); assumption.
Qed.

(** The same for L_OLS *)
Theorem ols_work_expansion n k d z x v T : (0 < n)%nat -> (0 < k)%nat -> 0 < T ->
  is_derive (fun e => work (ols_force k) n k d (shares k d T) z (moved (fun _ => x) v e) v) 0
    (4 / T * average n (fun m => variance_of k (fun j => dot d (v j) (fun c => z m c - x c))) -
     2 * norm2 d (fun c => average k (fun j => v j c))).
Proof.
  intros n0 k0 T0; rewrite <- (average_const n (norm2 d (fun c => average k (fun j => v j c))) n0), <- average_linear.
  apply average_rule; intros m _; rewrite <- ols_work_at by assumption.
  apply (is_derive_eq _ _ _ _ (ols_work_rule k d (z m) (fun _ => x) v T k0 T0)).
  assert (forall j, dot d (v j) (fun c => z m c - mixture k (shares k d T (z m) (moved (fun _ => x) v 0)) (fun _ => x) c) =
    dot d (v j) (fun c => z m c - x c)) as same.
  { intros j; unfold dot; apply sum_ext; intros c _; rewrite mixture_at by assumption; reflexivity. }
  f_equal; f_equal; f_equal; [|f_equal]; apply sum_ext; intros j _; rewrite same; reflexivity.
Qed.
