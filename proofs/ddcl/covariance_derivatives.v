(** Section 5.3 and Appendix B: dq/dz = (2/T) S_q P^T, and the rate of v^T S_q v in T.  T is given over the rationals by
    s = e^(-1/T) and, where it stands for itself, by a rational number. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions gap_definitions motion_definitions corollary3_definitions
  softmax_definitions derivatives proposition1 softmax_derivatives.
Open Scope R_scope.

Implicit Types (k d : nat) (T t : R).

(** (S_q v)_j = q_j (v_j - <v>) *)
Lemma times_mean k (q v : nat -> R) j : (j < k)%nat -> covariance_times k q v j = q j * (v j - mean k q v).
Proof.
  intros lt; unfold covariance_times, covariance, mean; to_reals.
  rewrite (sum_ext k _ (fun i => (if Nat.eqb j i then q j * v j else 0) - q j * (q i * v i))).
  - rewrite sum_sub, sum_mull, sum_one by exact lt; ring.
  - intros i _; destruct (Nat.eqb_spec j i) as [->|]; ring.
Qed.

(** * In the sample *)

(** claim: ddcl.covariance/softmax/jacobian
    value: let q := soft_assignment k d z p T in
           entries k (fun j => rate_through k d T T_value z e p still (fun z p q => q j)
                               - 2 / T_value * covariance_times k q (fun l => dot d (p l) e) j)
    compared: 8cca9ba4034f-7092189cd10e *)
Theorem jacobian k d (z : R -> nat -> R) e p T t j : (j < k)%nat -> 0 < T -> moves z t e ->
  let q := assigned k d (z t) p T in
  is_derive (fun t => assigned k d (z t) p T j) t (2 / T * covariance_times k q (fun l => dot d (p l) e) j).
Proof.
  intros lt T0 sample q; assert (k0 : (0 < k)%nat) by lia.
  assert (H := shares_move k (fun t l => distance2 d (z t) (p l)) (fun l => 2 * approach d (z t) e p still l) T t j k0
    (Rgt_not_eq _ _ T0) (fun l _ => distance_moves d z (fun _ => p l) t e at_rest sample (rests (p l) t)) lt).
  apply (is_derive_eq _ _ _ _ H); cbv zeta; fold (assigned k d (z t) p T); fold q; rewrite times_mean by exact lt.
  assert (one : sum k q = 1) by exact (soft_mass k _ T k0).
  assert (rate : forall l, 2 * approach d (z t) e p still l = 2 * dot d (z t) e - 2 * dot d (p l) e).
  { intros l; unfold approach, dot, still; to_reals; rewrite <- !sum_mull, <- sum_sub; apply sum_ext; intros; ring. }
  assert (average : mean k q (fun l => 2 * approach d (z t) e p still l) =
    2 * dot d (z t) e - 2 * mean k q (fun l => dot d (p l) e)).
  { unfold mean; to_reals.
    rewrite (sum_ext k _ (fun l => 2 * dot d (z t) e * q l - 2 * (q l * dot d (p l) e))) by (intros; rewrite rate; ring).
    rewrite sum_sub, !sum_mull, one; ring. }
  rewrite average, rate; unfold Rdiv; ring.
Qed.

(** Exponents d/(2T) are those of the temperature 2T.

    claim: ddcl.covariance/halved/jacobian/amended
    value: let q' := halved_soft k d T T_value (moving z e) (all_moving p still) in let q j := fst (q' j) in
           entries k (fun j => snd (q' j) - 1 / T_value * covariance_times k q (fun l => dot d (p l) e) j)
    compared: b8d97817efb3-2aa9653cb269 *)
Theorem jacobian_halved k d (z : R -> nat -> R) e p T t j : (j < k)%nat -> 0 < T -> moves z t e ->
  let q := assigned k d (z t) p (2 * T) in
  is_derive (fun t => assigned k d (z t) p (2 * T) j) t (1 / T * covariance_times k q (fun l => dot d (p l) e) j).
Proof.
  intros lt T0 sample q; assert (T2 : 0 < 2 * T) by lra; assert (H := jacobian k d z e p (2 * T) t j lt T2 sample).
  apply (is_derive_eq _ _ _ _ H); fold q; field; lra.
Qed.

(** Prototypes at 0 and 1, the sample moving at 1 *)
Definition zero_one (j c : nat) : R := match j with S O => 1 | _ => 0 end.
Definition along_one (c : nat) : R := 1.

(** claim: ddcl.covariance/halved/jacobian
    role: refutes
    value: let q' := halved_soft k d T T_value (moving z e) (all_moving p still) in let q j := fst (q' j) in
           entries k (fun j => snd (q' j) - 2 / T_value * covariance_times k q (fun l => dot d (p l) e) j)
    witness: {"z": [0], "p": [[0], [1]], "T": {"s": "1/3"}, "e": [1]}
    compared: fb820eb8843c-986f01ea1d67 *)
Theorem jacobian_not_doubled : exists k d z e p j, (j < k)%nat /\ forall T, 0 < T ->
  let q := assigned k d z p (2 * T) in
  ~ is_derive (fun t => assigned k d (sample_along z e t) p (2 * T) j) 0
      (2 / T * covariance_times k q (fun l => dot d (p l) e) j).
Proof.
  exists 2%nat, 1%nat, (fun _ => 0), along_one, zero_one, O; split; [lia|]; intros T T0 q printed.
  assert (H := jacobian_halved 2 1 (sample_along (fun _ => 0) along_one) along_one zero_one T 0 0 ltac:(lia) T0
    (along_moves _ _)); cbv zeta in H; rewrite sample_at_start in H; fold q in H.
  assert (E := one_derivative _ _ _ _ H printed); rewrite times_mean in E by lia.
  assert (q0 : 0 < q O) by (apply soft_gt0; lia); assert (q1 : 0 < q 1%nat) by (apply soft_gt0; lia).
  assert (0 < / T * (q O * q 1%nat)) by auto using Rmult_lt_0_compat, Rinv_0_lt_compat.
  revert E; unfold mean, dot, zero_one, along_one, Rdiv; simpl; to_reals; lra.
Qed.

(** * In the temperature *)

(** v^T S_q v is the variance of v under q. *)
Lemma form_mean k (q v : nat -> R) :
  covariance_form k q v = mean k q (fun j => v j * v j) - mean k q v * mean k q v.
Proof.
  unfold covariance_form; to_reals.
  rewrite (sum_ext k _ (fun i => q i * (v i * v i) - mean k q v * (q i * v i)))
    by (intros i lt; rewrite times_mean by exact lt; ring).
  rewrite sum_sub, sum_mull; unfold mean; to_reals; ring.
Qed.

Lemma correlation_symmetric k (q f g : nat -> R) : correlation k q f g = correlation k q g f.
Proof. apply sum_ext; intros; to_reals; ring. Qed.

Lemma correlation_moments k (q f g : nat -> R) : sum k q = 1 ->
  correlation k q f g = mean k q (fun j => f j * g j) - mean k q f * mean k q g.
Proof.
  intros one; unfold correlation; to_reals.
  rewrite (sum_ext k _ (fun j => q j * (f j * g j) - mean k q g * (q j * f j) - mean k q f * (q j * g j)
    + mean k q f * mean k q g * q j)) by (intros; ring).
  rewrite sum_add, !sum_sub, !sum_mull, one.
  change (sum k (fun j => q j * f j)) with (mean k q f); change (sum k (fun j => q j * g j)) with (mean k q g).
  change (sum k (fun j => q j * (f j * g j))) with (mean k q (fun j => f j * g j)); ring.
Qed.

(** claim: ddcl.covariance.monotone/loewner/monotone/amended
    value: let q := soft_assignment k d z p T in
           square T_value * snd (covariance_form k (heated_soft k d T T_value z p) (fun j => (v j, 0)))
           - correlation k q (fun j => square (v j - mean k q v)) (fun j => distance2 d z (p j))
    compared: 9210c14e6e7c-819ffecb5d08 *)
Theorem rate_of_form k d z p v T : (0 < k)%nat -> 0 < T -> let q := assigned k d z p T in
  is_derive (fun t => covariance_form k (assigned k d z p t) v) T
    (correlation k q (fun j => square (v j - mean k q v)) (fun j => distance2 d z (p j)) / T ^ 2).
Proof.
  intros k0 T0 q; set (x := fun j => distance2 d z (p j)); assert (one : sum k q = 1) by exact (soft_mass k x T k0).
  assert (each : forall f, is_derive (fun t => mean k (assigned k d z p t) f) T (correlation k q x f / T ^ 2))
    by (intros f; exact (derivative_of_a_mean k x f T k0 T0)).
  apply (is_derive_ext (fun t => mean k (assigned k d z p t) (fun j => v j * v j)
    - mean k (assigned k d z p t) v * mean k (assigned k d z p t) v)); [intros t; symmetry; apply form_mean|].
  assert (H := derive_difference _ _ T _ _ (each (fun j => v j * v j)) (derive_product _ _ T _ _ (each v) (each v))).
  apply (is_derive_eq _ _ _ _ H); fold q.
  replace (correlation k q (fun j => square (v j - mean k q v)) x)
    with (correlation k q x (fun j => v j * v j) - 2 * mean k q v * correlation k q x v); [field; lra|].
  rewrite (correlation_symmetric k q _ x), !correlation_moments by exact one; set (m := mean k q v).
  assert (terms : forall w : nat -> R, mean k q (fun j => w j * square (v j - m)) =
    mean k q (fun j => w j * (v j * v j)) - 2 * m * mean k q (fun j => w j * v j) + m * m * mean k q w).
  { intros w; unfold mean; to_reals; rewrite <- !sum_mull, <- sum_sub, <- sum_add; apply sum_ext; intros; ring. }
  rewrite terms; assert (ones := terms (fun _ => 1)).
  assert (unit_mean : mean k q (fun _ => 1) = 1).
  { unfold mean; to_reals; rewrite (sum_ext k _ q) by (intros; ring); exact one. }
  assert (drop : forall f : nat -> R, mean k q (fun j => 1 * f j) = mean k q f).
  { intros f; apply sum_ext; intros; to_reals; ring. }
  rewrite !drop, unit_mean in ones; rewrite ones; fold m; ring.
Qed.
