(** Derivatives through the softmax, along curves of samples, prototypes and distances. *)
From Coq Require Import Reals Lra Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions gibbs_definitions gap_definitions motion_definitions
  corollary3_definitions proposition2_definitions softmax_definitions derivatives proposition1.
Open Scope R_scope.

Implicit Types (k d : nat) (T t : R).

(** Coquelicot states equations over structures of which R is one. *)
Ltac over_reals := match goal with |- @eq _ ?a ?b => change (@eq R a b) end.

(** x is differentiable at t, with the derivative u. *)
Definition moves (x : R -> nat -> R) t (u : nat -> R) : Prop := forall c, is_derive (fun t => x t c) t (u c).
Definition all_move (p : R -> nat -> nat -> R) t (v : nat -> nat -> R) : Prop := forall j, moves (fun t => p t j) t (v j).

(** (8) for z and P *)
Definition assigned k d (z : nat -> R) (p : nat -> nat -> R) T : nat -> R := soft k (fun j => distance2 d z (p j)) T.

Lemma derive_product (f g : R -> R) t f' g' :
  is_derive f t f' -> is_derive g t g' -> is_derive (fun t => f t * g t) t (f' * g t + f t * g').
Proof. intros H H'; exact (is_derive_mult f g t f' g' H H' Rmult_comm). Qed.

Lemma derive_sum (f g : R -> R) t f' g' :
  is_derive f t f' -> is_derive g t g' -> is_derive (fun t => f t + g t) t (f' + g').
Proof. exact (is_derive_plus f g t f' g'). Qed.

Lemma derive_difference (f g : R -> R) t f' g' :
  is_derive f t f' -> is_derive g t g' -> is_derive (fun t => f t - g t) t (f' - g').
Proof. exact (is_derive_minus f g t f' g'). Qed.

Lemma derive_constant (c : R) t : is_derive (fun _ => c) t 0.
Proof. exact (is_derive_const c t). Qed.

Lemma rests (x : nat -> R) t : moves (fun _ => x) t at_rest.
Proof. intros c; exact (derive_constant (x c) t). Qed.

Lemma all_rest (p : nat -> nat -> R) t : all_move (fun _ => p) t still.
Proof. intros j c; exact (derive_constant (p j c) t). Qed.

Lemma distance_moves d (x y : R -> nat -> R) t u v : moves x t u -> moves y t v ->
  is_derive (fun t => distance2 d (x t) (y t)) t (2 * sum d (fun c => (x t c - y t c) * (u c - v c))).
Proof.
  intros mx my; unfold distance2, norm2; to_reals; rewrite <- sum_mull; apply is_derive_sum; intros c _.
  apply is_derive_eq with ((u c - v c) * (x t c - y t c) + (x t c - y t c) * (u c - v c)); [|ring].
  apply (derive_product (fun t => x t c - y t c) (fun t => x t c - y t c)); apply derive_difference; auto.
Qed.

(** q_j' = -q_j (x_j' - <x'>)/T *)
Lemma shares_move k (x : R -> nat -> R) (x' : nat -> R) T t j : (0 < k)%nat -> T <> 0 ->
  (forall i, (i < k)%nat -> is_derive (fun t => x t i) t (x' i)) -> (j < k)%nat ->
  let q := soft k (x t) T in is_derive (fun t => soft k (x t) T j) t (- (q j * (x' j - mean k q x') / T)).
Proof.
  intros k0 T0 mx lt q; assert (Z0 := partition_gt0 k (x t) T k0).
  assert (each : forall i, (i < k)%nat ->
    is_derive (fun t => exp (- x t i / T)) t (- (exp (- x t i / T) * x' i / T))).
  { intros i Hi; assert (inner : is_derive (fun t => - x t i / T) t (- x' i / T)).
    { apply (is_derive_ext (fun t => - / T * x t i)); [intros s; over_reals; unfold Rdiv; ring|].
      apply is_derive_eq with (- / T * x' i); [|unfold Rdiv; ring].
      exact (is_derive_scal (fun t => x t i) t (- / T) (x' i) (mx i Hi)). }
    assert (H := is_derive_comp exp (fun t => - x t i / T) t _ _ (is_derive_exp (- x t i / T)) inner).
    apply (is_derive_eq _ _ _ _ H); unfold scal; simpl; unfold mult; simpl; field; exact T0. }
  assert (total : is_derive (fun t => partition k (x t) T) t (sum k (fun i => - (exp (- x t i / T) * x' i / T))))
    by (apply is_derive_sum; exact each).
  assert (H := is_derive_div _ _ t _ _ (each j lt) total (Rgt_not_eq _ _ Z0)).
  apply (is_derive_eq _ _ _ _ H); clear H total each.
  assert (average : mean k q x' = - sum k (fun i => - (exp (- x t i / T) * x' i / T)) * T / partition k (x t) T).
  { unfold mean, q, soft; to_reals; unfold Rdiv; rewrite <- sum_neg, <- !sum_mulr.
    apply sum_ext; intros i _; field; lra. }
  rewrite average; unfold q, soft; cbv beta; set (M := sum k _); field; lra.
Qed.

(** The mean of f_j: sum_j q_j f_j' - (1/T) sum_j q_j (f_j - <f>) x_j' *)
Lemma mean_moves k (x f : R -> nat -> R) (x' f' : nat -> R) T t : (0 < k)%nat -> T <> 0 ->
  (forall i, (i < k)%nat -> is_derive (fun t => x t i) t (x' i)) ->
  (forall i, (i < k)%nat -> is_derive (fun t => f t i) t (f' i)) ->
  let q := soft k (x t) T in is_derive (fun t => mean k (soft k (x t) T) (f t)) t
    (mean k q f' - / T * sum k (fun j => q j * (f t j - mean k q (f t)) * x' j)).
Proof.
  intros k0 T0 mx mf q.
  assert (H : is_derive (fun t => mean k (soft k (x t) T) (f t)) t
    (sum k (fun j => - (q j * (x' j - mean k q x') / T) * f t j + q j * f' j))).
  { apply (is_derive_sum k (fun j t => soft k (x t) T j * f t j)); intros j lt.
    apply (derive_product (fun t => soft k (x t) T j) (fun t => f t j)); [now apply shares_move | now apply mf]. }
  apply (is_derive_eq _ _ _ _ H); clear H; rewrite sum_add.
  unfold mean at 2; to_reals; set (F := mean k q (f t)).
  replace (sum k (fun j => q j * (f t j - F) * x' j)) with (sum k (fun j => q j * (x' j - mean k q x') * f t j)).
  - rewrite (sum_ext k (fun j => - (q j * (x' j - mean k q x') / T) * f t j)
      (fun j => - / T * (q j * (x' j - mean k q x') * f t j))) by (intros; unfold Rdiv; ring).
    rewrite sum_mull; ring.
  - rewrite (sum_ext k (fun j => q j * (x' j - mean k q x') * f t j)
      (fun j => q j * f t j * x' j - mean k q x' * (q j * f t j))) by (intros; ring).
    rewrite (sum_ext k (fun j => q j * (f t j - F) * x' j) (fun j => q j * f t j * x' j - F * (q j * x' j))) by (intros; ring).
    rewrite !sum_sub, !sum_mull; unfold F, mean; to_reals; ring.
Qed.

Section Losses.
Variables (k d : nat) (z : R -> nat -> R) (e : nat -> R) (p : R -> nat -> nat -> R) (v : nat -> nat -> R) (T t : R).
Hypothesis (k0 : (0 < k)%nat) (T0 : T <> 0) (sample : moves z t e) (prototypes : all_move p t v).

Let q := assigned k d (z t) (p t) T.

Lemma costs_move j : is_derive (fun t => distance2 d (z t) (p t j)) t (2 * approach d (z t) e (p t) v j).
Proof. exact (distance_moves d z (fun t => p t j) t e (v j) sample (prototypes j)). Qed.

(** What the softmax adds to the rate at which the mean of fixed values g moves *)
Lemma softmax_adds g : - / T * sum k (fun j => q j * (g j - mean k q g) * (2 * approach d (z t) e (p t) v j)) =
  softmax_part k d T (z t) e (p t) v q g.
Proof.
  unfold softmax_part; to_reals; rewrite Ropp_mult_distr_l, <- !sum_mull; apply sum_ext; intros j _.
  change (1 + 1) with 2; ring.
Qed.

Lemma averages_move (f : R -> nat -> R) f' : (forall i, (i < k)%nat -> is_derive (fun t => f t i) t (f' i)) ->
  is_derive (fun t => mean k (assigned k d (z t) (p t) T) (f t)) t
    (mean k q f' + softmax_part k d T (z t) e (p t) v q (f t)).
Proof.
  intros mf; rewrite <- softmax_adds.
  assert (H := mean_moves k (fun t j => distance2 d (z t) (p t j)) f (fun j => 2 * approach d (z t) e (p t) v j) f' T t
    k0 T0 (fun i _ => costs_move i) mf).
  apply (is_derive_eq _ _ _ _ H); unfold q, assigned; ring.
Qed.

Lemma mass : sum k q = 1.
Proof. exact (soft_mass k _ T k0). Qed.

(** L_q along the curve *)
Lemma quantization_moves : is_derive (fun t => quantization k d (z t) (p t) (assigned k d (z t) (p t) T)) t
  (quantization_rate k d (z t) e (p t) v q + softmax_part k d T (z t) e (p t) v q (fun j => distance2 d (z t) (p t j))).
Proof.
  assert (H := averages_move (fun t j => distance2 d (z t) (p t j)) _ (fun i _ => costs_move i)).
  apply (is_derive_eq _ _ _ _ H); f_equal; unfold mean, quantization_rate, approach; to_reals.
  apply sum_ext; intros j _; f_equal; rewrite <- sum_mull; apply sum_ext; intros c _; change (1 + 1) with 2; ring.
Qed.

Lemma mixture_moves c : is_derive (fun t => mixture k (assigned k d (z t) (p t) T) (p t) c) t
  (mixture k q v c + softmax_part k d T (z t) e (p t) v q (fun j => p t j c)).
Proof. exact (averages_move (fun t j => p t j c) (fun j => v j c) (fun i _ => prototypes i c)). Qed.

Lemma mean_shift (f : nat -> R) (b : R) : mean k q (fun j => f j - b) = mean k q f - b.
Proof.
  unfold mean; to_reals; rewrite (sum_ext k _ (fun j => q j * f j - b * q j)) by (intros; ring).
  rewrite sum_sub, sum_mull, mass; ring.
Qed.

(** The softmax part is a sum over g with weights that sum to 0. *)
Let weight j := - (2 / T) * (q j * (approach d (z t) e (p t) v j - mean k q (approach d (z t) e (p t) v))).

Lemma part_weights g : softmax_part k d T (z t) e (p t) v q g = sum k (fun j => weight j * g j).
Proof.
  unfold softmax_part, weight; to_reals; set (a := approach d (z t) e (p t) v).
  rewrite (sum_ext k (fun j => - (2 / T) * (q j * (a j - mean k q a)) * g j)
    (fun j => - (2 / T) * (q j * a j * g j - mean k q a * (q j * g j)))) by (intros; ring).
  rewrite (sum_ext k (fun j => q j * (g j + - mean k q g) * a j)
    (fun j => q j * a j * g j - mean k q g * (q j * a j))) by (intros; ring).
  rewrite sum_mull, !sum_sub, !sum_mull; unfold mean; to_reals; change (1 + 1) with 2; unfold Rdiv; ring.
Qed.

Lemma weights_vanish : sum k weight = 0.
Proof.
  unfold weight; rewrite sum_mull; set (a := approach d (z t) e (p t) v).
  rewrite (sum_ext k (fun j => q j * (a j - mean k q a)) (fun j => q j * a j - mean k q a * q j)) by (intros; ring).
  rewrite sum_sub, sum_mull, mass; unfold mean; to_reals; ring.
Qed.

(** L_OLS along the curve *)
Lemma ols_moves : is_derive (fun t => ols k d (z t) (p t) (assigned k d (z t) (p t) T)) t
  (ols_rate k d (z t) e (p t) v q + softmax_part k d T (z t) e (p t) v q (ols_slope k d (z t) (p t) q)).
Proof.
  set (m' := fun c => mixture k q v c + softmax_part k d T (z t) e (p t) v q (fun j => p t j c)).
  assert (H := distance_moves d z (fun t c => mixture k (assigned k d (z t) (p t) T) (p t) c) t e m' sample mixture_moves).
  apply (is_derive_eq _ _ _ _ H); clear H; unfold ols_rate, ols_slope; rewrite part_weights; to_reals; fold q.
  rewrite (sum_ext k (fun j => weight j * _)
    (fun j => sum d (fun c => - (2 * (z t c - mixture k q (p t) c)) * (weight j * p t j c)))).
  - rewrite sum_exchange, <- sum_mull, <- sum_add; apply sum_ext; intros c _; unfold m'; rewrite part_weights, sum_mull.
    set (s := sum k _); change (1 + 1) with 2; ring.
  - intros j _; change (1 + 1) with 2; rewrite Ropp_mult_distr_l, <- !sum_mull; apply sum_ext; intros; ring.
Qed.

(** V along the curve *)
Lemma variance_moves : is_derive (fun t => variance k d (p t) (assigned k d (z t) (p t) T)) t
  (held_variance_rate k d (p t) v q + softmax_part k d T (z t) e (p t) v q (spread k d (p t) q)).
Proof.
  set (m' := fun c => mixture k q v c + softmax_part k d T (z t) e (p t) v q (fun j => p t j c)).
  assert (H := averages_move (fun t j => spread k d (p t) (assigned k d (z t) (p t) T) j)
    (fun j => 2 * sum d (fun c => (p t j c - mixture k q (p t) c) * (v j c - m' c)))
    (fun j _ => distance_moves d (fun t => p t j) (fun t c => mixture k (assigned k d (z t) (p t) T) (p t) c) t (v j) m'
      (prototypes j) mixture_moves)).
  apply (is_derive_eq _ _ _ _ H); clear H; f_equal; unfold held_variance_rate, mean; to_reals; change (1 + 1) with 2.
  rewrite (sum_ext k (fun j => q j * _) (fun j => sum d (fun c => 2 * q j * (v j c * (p t j c - mixture k q (p t) c))
    - 2 * m' c * (q j * (p t j c - mixture k q (p t) c))))).
  2: { intros j _; rewrite <- !sum_mull; apply sum_ext; intros; ring. }
  rewrite (sum_ext k (fun j => 2 * q j * _) (fun j => sum d (fun c => 2 * q j * (v j c * (p t j c - mixture k q (p t) c))))).
  2: { intros j _; rewrite <- !sum_mull; apply sum_ext; intros; ring. }
  rewrite (sum_exchange k d), (sum_exchange k d); apply sum_ext; intros c _; rewrite sum_sub, sum_mull.
  assert (centred : sum k (fun j => q j * (p t j c - mixture k q (p t) c)) = 0).
  { change (mean k q (fun j => p t j c - mixture k q (p t) c) = 0); rewrite mean_shift; apply Rminus_diag_eq; reflexivity. }
  rewrite centred; ring.
Qed.

End Losses.

(** A function has one derivative at a point. *)
Lemma one_derivative (f : R -> R) t l l' : is_derive f t l -> is_derive f t l' -> l = l'.
Proof. intros H H'; rewrite <- (is_derive_unique f t l H); apply is_derive_unique, H'. Qed.

(** Curves through a point at t = 0 *)
Lemma prototypes_at_start (p u : nat -> nat -> R) : prototypes_along p u 0 = p.
Proof.
  apply functional_extensionality; intros j; apply functional_extensionality; intros c; unfold prototypes_along; to_reals; ring.
Qed.

Lemma sample_at_start (z e : nat -> R) : sample_along z e 0 = z.
Proof. apply functional_extensionality; intros c; unfold sample_along; to_reals; ring. Qed.

Lemma along_moves (z e : nat -> R) : moves (sample_along z e) 0 e.
Proof. intros c; unfold sample_along; to_reals; auto_derive; [exact I | ring]. Qed.

Lemma all_along_move (p u : nat -> nat -> R) : all_move (prototypes_along p u) 0 u.
Proof. intros j c; unfold prototypes_along; to_reals; auto_derive; [exact I | ring]. Qed.

(** A sum with one term *)
Lemma sum_one k j (a : R) : (j < k)%nat -> sum k (fun i => if Nat.eqb j i then a else 0) = a.
Proof.
  intros lt; induction k as [|k IH]; [lia|]; rewrite sum_S; destruct (Nat.eqb_spec j k) as [->|other].
  - rewrite (sum_ext k _ (fun _ => 0)), sum_const; [ring|]; intros i Hi; destruct (Nat.eqb_spec k i); [lia | reflexivity].
  - rewrite IH by lia; ring.
Qed.

(** Prototypes at one distance share evenly. *)
Lemma even_shares k (x : nat -> R) T j : (j < k)%nat -> (forall i, (i < k)%nat -> x i = x j) -> soft k x T j = / INR k.
Proof.
  intros lt same; unfold soft, partition; rewrite (sum_ext k _ (fun _ => exp (- x j / T))) by (intros; rewrite same; auto).
  rewrite sum_const; field; split; [apply not_0_INR; lia | apply Rgt_not_eq, exp_pos].
Qed.
