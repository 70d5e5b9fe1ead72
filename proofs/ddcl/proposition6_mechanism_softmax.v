(** Section 5.4 with the gradient through the softmax: along -grad V the loss V falls, and the spread of the prototypes
    changes as V does with their scale. *)
From Coq Require Import Reals Lra Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions soft_definitions collapse_definitions jet_definitions.
From DDCL.ddcl Require Import mechanism_definitions collapse_softmax_definitions mechanism_softmax_definitions.
From DDCL.ddcl Require Import softmax derivatives collapse_softmax collapse_expansion.
From DDCL.ddcl Require relaxation_soft.
Open Scope R_scope.

Implicit Types (k d : nat) (y : nat -> R) (p v G : nat -> nat -> R) (T : R).

(** G is the gradient of f at p: along every straight line through p the slope of f is G . v. *)
Definition is_gradient k d (f : (nat -> nat -> R) -> R) p G : Prop :=
  forall v, is_derive (fun e => f (moved p v e)) 0 (inner k d G v).

(** dV/dp_j, with q the shares at p, m = Pq and L = L_q *)
Definition gradient_of_v k d T y p (j c : nat) : R :=
  let q := shares k d T y p in let m := mixture k q p in
  q j * (2 / T * (distance2 d y (p j) - quantization k d y p q - T + 2 * dot d (fun a => y a - m a) (fun a => p j a - m a))
    * (y c - p j c) + 2 * (y c - m c)).

Lemma moved_at_0 p v : moved p v 0 = p.
Proof. extensionality j; extensionality c; unfold moved; to_reals; ring. Qed.

Theorem gradient k d y p T : (0 < k)%nat -> 0 < T ->
  is_gradient k d (soft_variance k d (shares k d T) y) p (gradient_of_v k d T y p).
Proof.
  intros k0 T0 v.
  apply (is_derive_same (fun e => quantization k d y (moved p v e) (shares k d T y (moved p v e)) -
    ols k d y (moved p v e) (shares k d T y (moved p v e)))).
  { intros e; unfold soft_variance.
    rewrite <- (relaxation_soft.decomposition k d y (moved p v e) (shares k d T y (moved p v e))
      (soft_mass k d y (moved p v e) T k0)); ring. }
  apply (is_derive_eq _ _ _ _ (difference_rule _ _ _ _ _ (quantization_rule k d y p v T k0 T0 0) (ols_rule k d y p v T k0 T0 0))).
  unfold quantization_slope, ols_slope, mixture_slope, first_slope; rewrite !moved_at_0.
  unfold inner, gradient_of_v; cbv zeta; set (q := shares k d T y p); set (m := mixture k q p).
  set (t := fun j => dot d (v j) (fun c => y c - p j c)); set (L := quantization k d y p q).
  set (S := fun j => dot d (fun a => y a - m a) (fun a => p j a - m a)).
  transitivity (sum k (fun j => q j * (2 / T * (distance2 d y (p j) - L - T + 2 * S j) * t j + 2 * dot d (fun c => y c - m c) (v j)))).
  - assert (mean_g : sum k (fun j => q j * (2 / T * (t j - 0 * norm2 d (v j)))) = 2 / T * sum k (fun j => q j * t j))
      by (rewrite <- sum_mull; apply sum_ext; intros; ring).
    assert (ols_part : sum d (fun c => - 2 * (y c - m c) * (sum k (fun j => q j * v j c) +
        sum k (fun j => q j * (2 / T * (t j - 0 * norm2 d (v j)) * p j c)) -
        sum k (fun j => q j * p j c) * sum k (fun j => q j * (2 / T * (t j - 0 * norm2 d (v j)))))) =
      - 2 * sum k (fun j => q j * (2 / T * S j * t j + dot d (fun c => y c - m c) (v j)))).
    { rewrite mean_g; unfold S, dot; to_reals.
      rewrite (sum_ext k (fun j => q j * (2 / T * sum d (fun c => (y c - m c) * (p j c - m c)) * t j + sum d (fun c => (y c - m c) * v j c)))
        (fun j => sum d (fun c => q j * (2 / T * ((y c - m c) * (p j c - m c)) * t j + (y c - m c) * v j c)))).
      - rewrite sum_exchange, <- (sum_mull d (-2)); apply sum_ext; intros c _.
        change (sum k (fun j => q j * p j c)) with (m c).
        rewrite (sum_ext k (fun j => q j * (2 / T * ((y c - m c) * (p j c - m c)) * t j + (y c - m c) * v j c))
          (fun j => (y c - m c) * (q j * v j c) + (y c - m c) * (q j * (2 / T * (t j - 0 * norm2 d (v j)) * p j c))
            - (y c - m c) * m c * (2 / T) * (q j * t j))) by (intros; ring).
        rewrite sum_sub, sum_add, !sum_mull; ring.
      - intros j _; rewrite <- (sum_mull d (2 / T)), <- (sum_mulr d (t j)), <- sum_add, <- sum_mull; reflexivity. }
    unfold t in *; rewrite ols_part, mean_g.
    change (sum k (fun j => q j * distance2 d y (p j))) with L.
    rewrite (sum_ext k (fun j => q j * (2 / T * (distance2 d y (p j) - L - T + 2 * S j) * dot d (v j) (fun c => y c - p j c) + 2 * dot d (fun c => y c - m c) (v j)))
      (fun j => q j * (- T * (2 / T * (t j - 0 * norm2 d (v j)))) + q j * (2 / T * (t j - 0 * norm2 d (v j)) * distance2 d y (p j))
        - L * (2 / T) * (q j * t j) + 2 * (q j * (2 / T * S j * t j + dot d (fun c => y c - m c) (v j)))))
      by (intros; unfold t; field; lra).
    unfold t; rewrite sum_add, sum_sub, sum_add, !sum_mull; ring.
  - apply sum_ext; intros j _; unfold t; set (A := 2 / T * (distance2 d y (p j) - L - T + 2 * S j)).
    transitivity (sum d (fun c => q j * (A * (v j c * (y c - p j c)) + 2 * ((y c - m c) * v j c)))).
    + rewrite sum_mull, sum_add, !sum_mull; reflexivity.
    + unfold A, S, dot; apply sum_ext; intros c _; to_reals; ring.
Qed.

(** The spread grows by 2k times the work on the differences from the mean. *)
Lemma spread_by_differences k d p v : (0 < k)%nat -> spread_rate k d p v = 2 * INR k * inner k d v (centred k p).
Proof.
  intros k0; unfold spread_rate, inner, dot; to_reals; rewrite (sum_exchange k d (fun j c => v j c * centred k p j c)).
  rewrite (sum_ext k _ (fun i => sum d (fun c => sum k (fun j => (p i c + - p j c) * (v i c + - v j c)))))
    by (intros; apply sum_exchange).
  rewrite sum_exchange, <- (sum_mull d (2 * INR k)); apply sum_ext; intros c _.
  set (P := sum k (fun j => p j c)); set (W := sum k (fun j => v j c)); set (X := sum k (fun j => p j c * v j c)).
  rewrite (sum_ext k _ (fun i => INR k * (p i c * v i c) - W * p i c - P * v i c + X)).
  - rewrite sum_add, !sum_sub, !sum_mull, sum_const; fold P W X.
    rewrite (sum_ext k (fun j => v j c * centred k p j c) (fun j => p j c * v j c - P / INR k * v j c)).
    + rewrite sum_sub, sum_mull; fold W X; field; apply not_0_INR; lia.
    + intros j _; unfold centred; to_reals; change (mean_of k p c) with (average k (fun j => p j c)); rewrite average_eq; fold P; ring.
  - intros i _; rewrite (sum_ext k _ (fun j => p i c * v i c - p i c * v j c - p j c * v i c + p j c * v j c)) by (intros; ring).
    rewrite sum_add, !sum_sub, sum_const, sum_mull, sum_mulr; fold P W X; ring.
Qed.

Lemma inner_neg k d G v : inner k d (fun j c => - G j c) v = - inner k d G v.
Proof.
  unfold inner; rewrite <- sum_neg; apply sum_ext; intros j _; unfold dot; rewrite <- sum_neg; apply sum_ext; intros; to_reals; ring.
Qed.

Lemma inner_square k d G : 0 <= inner k d G G.
Proof. apply sum_ge0; intros j _; apply sum_ge0; intros c _; apply Rle_0_sqr. Qed.

Lemma inner_neg_right k d G v : inner k d G (fun j c => - v j c) = - inner k d G v.
Proof.
  unfold inner; rewrite <- sum_neg; apply sum_ext; intros j _; unfold dot; rewrite <- sum_neg; apply sum_ext; intros; to_reals; ring.
Qed.

(** claim: ddcl.proposition6.mechanism/full/decreases-v
    value: let G := variance_gradient T T_value k d z p in inner k d G G
    compared: ec9de37b1005-a4a00def7a00 *)
Theorem fall_of_v k d z p T : (0 < k)%nat -> 0 < T -> exists G,
  is_gradient k d (soft_variance k d (shares k d T) z) p G /\
  is_derive (fun e => soft_variance k d (shares k d T) z (moved p (fun j c => - G j c) e)) 0 (- inner k d G G) /\
  0 <= inner k d G G.
Proof.
  intros k0 T0; assert (H := gradient k d z p T k0 T0); set (G := gradient_of_v k d T z p) in H.
  exists G; refine (conj H (conj _ (inner_square k d G))).
  rewrite <- inner_neg_right; exact (H (fun j c => - G j c)).
Qed.

(** claim: ddcl.proposition6.mechanism/full/spread/amended
    value: spread_rate k d p (variance_descent T T_value k d z p)
           + 2 * number k * variance_slope T T_value k d z p (centred k p)
    compared: d234ba223a6b-42a5a87cd9e9 *)
Theorem follows_the_scale k d z p T : (0 < k)%nat -> 0 < T -> exists G slope,
  is_gradient k d (soft_variance k d (shares k d T) z) p G /\
  is_derive (fun e => soft_variance k d (shares k d T) z (moved p (centred k p) e)) 0 slope /\
  spread_rate k d p (fun j c => - G j c) = - (2 * INR k * slope).
Proof.
  intros k0 T0; assert (H := gradient k d z p T k0 T0).
  exists (gradient_of_v k d T z p), (inner k d (gradient_of_v k d T z p) (centred k p)).
  refine (conj H (conj (H (centred k p)) _)); rewrite spread_by_differences, inner_neg by exact k0; ring.
Qed.

(** ** Counterexample: a sample at 0, prototypes 1 and -1 *)
Definition opposite (j c : nat) : R := match j with O => 1 | S O => -1 | _ => 0 end.

Lemma stretched e : soft_variance 2 1 (shares 2 1 1) (fun _ => 0) (moved opposite (centred 2 opposite) e) = (1 + e) * (1 + e).
Proof.
  set (p := moved opposite (centred 2 opposite) e).
  assert (first : p 0%nat 0%nat = 1 + e) by (unfold p, moved, centred, mean_of, opposite; cbn [sum number]; to_reals; field).
  assert (second : p 1%nat 0%nat = - (1 + e)) by (unfold p, moved, centred, mean_of, opposite; cbn [sum number]; to_reals; field).
  assert (same : distance2 1 (fun _ => 0) (p 1%nat) = distance2 1 (fun _ => 0) (p 0%nat)).
  { unfold distance2, norm2; cbn [sum]; to_reals; rewrite first, second; ring. }
  assert (half : forall j, (j < 2)%nat -> shares 2 1 1 (fun _ => 0) p j = / 2).
  { assert (E := exp_pos (- (distance2 1 (fun _ => 0) (p 0%nat) / 1))).
    intros [|[|j]] lt_j; [| | lia]; unfold shares, soft, share; cbn [sum]; to_reals; rewrite ?same; field; lra. }
  unfold soft_variance, variance, distance2, norm2, mixture; cbn [sum]; to_reals.
  rewrite !half, first, second by lia; field.
Qed.

(** claim: ddcl.proposition6.mechanism/full/spread
    role: refutes
    value: spread_rate k d p (variance_descent T T_value k d z p)
    witness: {"z": [0], "p": [[1], [-1]], "T": 1}
    compared: 66a35bf6c199-2b694a46f024 *)
Theorem spread_falls : exists k d z p T G, 0 < T /\ is_gradient k d (soft_variance k d (shares k d T) z) p G /\
  ~ 0 <= spread_rate k d p (fun j c => - G j c).
Proof.
  destruct (follows_the_scale 2 1 (fun _ => 0) opposite 1 ltac:(lia) Rlt_0_1) as (G & slope & gradient_G & of_scale & rate).
  exists 2%nat, 1%nat, (fun _ => 0), opposite, 1, G; refine (conj Rlt_0_1 (conj gradient_G _)); rewrite rate.
  assert (two : slope = 2); [|rewrite two; simpl; lra].
  rewrite <- (is_derive_unique _ _ _ of_scale); apply is_derive_unique.
  apply (is_derive_same (fun e => (1 + e) * (1 + e))); [intros; symmetry; apply stretched | auto_derive; [exact I | ring]].
Qed.
