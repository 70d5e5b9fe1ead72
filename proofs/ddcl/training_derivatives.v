(** Derivatives of the soft assignment and of both gradients along any direction in which prototypes and features move. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions training_definitions gibbs_definitions derivatives proposition1.
Open Scope R_scope.

(** s + t u *)
Definition from (s u : nat -> R) (t : R) (i : nat) : R := s i + t * u i.

(** The soft assignment of feature m at a state *)
Definition soft_at_state k d T s (m j : nat) : R := soft k (apart k d s m) T j.

Lemma derive_ext (f g : R -> R) (x l : R) : (forall t, f t = g t) -> is_derive f x l -> is_derive g x l.
Proof. intros same; apply is_derive_ext; exact same. Qed.

Lemma is_derive_scaled (f : R -> R) x l c : is_derive f x l -> is_derive (fun t => c * f t) x (c * l).
Proof. intros H; exact (is_derive_scal f x c l H). Qed.

Lemma is_derive_product (f g : R -> R) x df dg : is_derive f x df -> is_derive g x dg ->
  is_derive (fun t => f t * g t) x (df * g x + f x * dg).
Proof. intros Hf Hg; exact (is_derive_mult f g x df dg Hf Hg Rmult_comm). Qed.

(** q_j = softmax(-x/T): dq_j = -q_j (dx_j - sum_i q_i dx_i)/T *)
Lemma soft_derivative k T (x : nat -> R -> R) (dx : nat -> R) a j : (0 < k)%nat -> 0 < T -> (j < k)%nat ->
  (forall i, (i < k)%nat -> is_derive (x i) a (dx i)) ->
  is_derive (fun t => soft k (fun i => x i t) T j) a
    (- (soft k (fun i => x i a) T j * (dx j - sum k (fun i => soft k (fun i => x i a) T i * dx i)) / T)).
Proof.
  intros k0 T0 lt each; assert (Z0 := partition_gt0 k (fun i => x i a) T k0).
  assert (weight : forall i, (i < k)%nat -> is_derive (fun t => exp (- x i t / T)) a (exp (- x i a / T) * (- dx i / T))).
  { intros i Hi; apply (is_derive_eq _ _ (scal (- dx i / T) (exp (- x i a / T)))); [|apply Rmult_comm].
    apply (is_derive_comp exp (fun t => - x i t / T)); [apply is_derive_exp|].
    apply (derive_ext (fun t => - / T * x i t)); [intros t; field; lra|].
    apply (is_derive_eq _ _ _ _ (is_derive_scaled _ _ _ (- / T) (each i Hi))); field; lra. }
  assert (total : is_derive (fun t => partition k (fun i => x i t) T) a (sum k (fun i => exp (- x i a / T) * (- dx i / T))))
    by (apply is_derive_sum; exact weight).
  apply (is_derive_eq _ _ _ _ (is_derive_div _ _ a _ _ (weight j lt) total (Rgt_not_eq _ _ Z0))).
  assert (mean : sum k (fun i => soft k (fun i => x i a) T i * dx i) =
    - (sum k (fun i => exp (- x i a / T) * (- dx i / T)) * T / partition k (fun i => x i a) T)).
  { unfold soft, Rdiv; rewrite <- !sum_mulr, <- sum_neg; apply sum_ext; intros i _; field; lra. }
  rewrite mean; unfold soft; cbv beta; set (M := sum k _); field; lra.
Qed.

Lemma is_derive_from s u a t : is_derive (fun t => from s u t a) t (u a).
Proof. unfold from; auto_derive; [exact I | ring]. Qed.

(** d_mj has the derivative stretch, and stretch changes at a constant rate. *)
Lemma apart_derivative k d s v m j : is_derive (fun t => apart k d (from s v t) m j) 0 (stretch k d s v m j).
Proof.
  unfold apart, stretch.
  apply (is_derive_eq _ _ (sum d (fun c => 2 * (offset k d s m j c * offset k d v m j c)))).
  2: { rewrite sum_mull; to_reals; ring. }
  apply is_derive_sum; intros c _; to_reals; unfold offset, feature, prototype, from; to_reals.
  auto_derive; [exact I | ring].
Qed.

Lemma stretch_affine k d s u v t m j : stretch k d (from s v t) u m j = stretch k d s u m j + t * stretch k d v u m j.
Proof.
  unfold stretch; to_reals; rewrite <- !sum_mull, <- sum_add; apply sum_ext; intros c _.
  unfold offset, feature, prototype, from; to_reals; ring.
Qed.

Lemma stretch_symmetric k d u v m j : stretch k d u v m j = stretch k d v u m j.
Proof. unfold stretch; to_reals; f_equal; apply sum_ext; intros; ring. Qed.

Lemma stretch_derivative k d s u v m j :
  is_derive (fun t => stretch k d (from s v t) u m j) 0 (stretch k d v u m j).
Proof.
  apply (derive_ext (fun t => stretch k d s u m j + t * stretch k d v u m j)); [intros; symmetry; apply stretch_affine|].
  auto_derive; [exact I|]; rewrite Rmult_1_l; reflexivity.
Qed.

Lemma from_0 s v : forall a, from s v 0 a = s a.
Proof. intros; unfold from; ring. Qed.

Lemma apart_from_0 k d s v m j : apart k d (from s v 0) m j = apart k d s m j.
Proof. unfold apart; apply sum_ext; intros; unfold offset, feature, prototype; rewrite !from_0; reflexivity. Qed.

Lemma stretch_from_0 k d s u v m j : stretch k d (from s v 0) u m j = stretch k d s u m j.
Proof. rewrite stretch_affine; ring. Qed.

Lemma soft_ext k x y T j : (forall i, (i < k)%nat -> x i = y i) -> (j < k)%nat -> soft k x T j = soft k y T j.
Proof.
  intros same lt; unfold soft, partition; rewrite same by exact lt.
  rewrite (sum_ext k (fun j => exp (- x j / T)) (fun j => exp (- y j / T))); [reflexivity|].
  intros i Hi; rewrite same by exact Hi; reflexivity.
Qed.

Section Along.
Variables (k d n : nat) (T : R) (s : nat -> R).
Hypotheses (k0 : (0 < k)%nat) (T0 : 0 < T).
Let q := soft_at_state k d T.

Lemma soft_at_from_0 v m j : (j < k)%nat -> q (from s v 0) m j = q s m j.
Proof. intros lt; apply soft_ext; [intros; apply apart_from_0 | exact lt]. Qed.

(** The soft assignments change at soft_rate. *)
Lemma soft_state_derivative v m j : (j < k)%nat ->
  is_derive (fun t => q (from s v t) m j) 0 (soft_rate k d T (q s) s v m j).
Proof.
  intros lt; apply (is_derive_eq _ _ _ _ (soft_derivative k T (fun i t => apart k d (from s v t) m i) _ 0 j k0 T0 lt
    (fun i _ => apart_derivative k d s v m i))).
  unfold soft_rate; to_reals; unfold Rdiv, Rminus.
  change (soft k (fun i => apart k d (from s v 0) m i) T j) with (q (from s v 0) m j); rewrite soft_at_from_0 by exact lt.
  rewrite (sum_ext k (fun i => soft k (fun i => apart k d (from s v 0) m i) T i * stretch k d s v m i)
    (fun i => q s m i * stretch k d s v m i)); [reflexivity|].
  intros i Hi; f_equal; exact (soft_at_from_0 v m i Hi).
Qed.

(** The pull along u of weights g that change at the rate h is bent at the rate `bent`. *)
Lemma pulled_derivative w (g : (nat -> R) -> nat -> nat -> R) h u v :
  (forall m j, (j < k)%nat -> g (from s v 0) m j = g s m j) ->
  (forall m j, (j < k)%nat -> is_derive (fun t => g (from s v t) m j) 0 (h m j)) ->
  is_derive (fun t => pulled k d n w (g (from s v t)) (from s v t) u) 0 (bent k d n w (g s) h s u v).
Proof.
  intros start each; unfold pulled, bent; to_reals; apply is_derive_sum; intros m _; apply is_derive_scaled.
  apply is_derive_sum; intros j lt.
  apply (is_derive_eq _ _ _ _ (is_derive_product _ _ 0 _ _ (each m j lt) (stretch_derivative k d s u v m j))).
  rewrite start, stretch_from_0 by exact lt; ring.
Qed.

(** The same for the full gradient: its weights change at full_rate. *)
Lemma full_weight_from_0 v m j : (j < k)%nat ->
  full_weight k d T (q (from s v 0)) (from s v 0) m j = full_weight k d T (q s) s m j.
Proof.
  intros lt; unfold full_weight; rewrite soft_at_from_0, apart_from_0 by exact lt; to_reals.
  rewrite (sum_ext k (fun i => q (from s v 0) m i * apart k d (from s v 0) m i) (fun i => q s m i * apart k d s m i));
    [reflexivity|].
  intros i Hi; rewrite soft_at_from_0, apart_from_0 by exact Hi; reflexivity.
Qed.

Lemma level_derivative v m : is_derive (fun t => sum k (fun i => q (from s v t) m i * apart k d (from s v t) m i)) 0
  (sum k (fun i => full_weight k d T (q s) s m i * stretch k d s v m i)).
Proof.
  set (x := stretch k d s v m); set (dist := apart k d s m); set (a := q s m).
  apply (is_derive_eq _ _ (sum k (fun i => soft_rate k d T (q s) s v m i * dist i + a i * x i))).
  - apply is_derive_sum; intros i Hi.
    apply (is_derive_eq _ _ _ _ (is_derive_product _ _ 0 _ _ (soft_state_derivative v m i Hi) (apart_derivative k d s v m i))).
    rewrite soft_at_from_0, apart_from_0 by exact Hi; reflexivity.
  - unfold full_weight, soft_rate; to_reals; fold x dist a.
    rewrite (sum_ext k _ (fun i => a i * x i - / T * (a i * x i * dist i) + / T * sum k (fun i => a i * x i) * (a i * dist i)))
      by (intros; field; lra).
    rewrite (sum_ext k (fun i => a i * (1 + - ((dist i + - sum k (fun i0 => a i0 * dist i0)) * / T)) * x i)
      (fun i => a i * x i - / T * (a i * x i * dist i) + / T * sum k (fun i => a i * dist i) * (a i * x i)))
      by (intros; field; lra).
    rewrite !sum_add, !sum_sub, !sum_mull; ring.
Qed.

Lemma full_weight_derivative v m j : (j < k)%nat ->
  is_derive (fun t => full_weight k d T (q (from s v t)) (from s v t) m j) 0 (full_rate k d T (q s) s v m j).
Proof.
  intros lt; unfold full_weight; to_reals.
  set (L := fun t => sum k (fun i => q (from s v t) m i * apart k d (from s v t) m i)).
  assert (inner : is_derive (fun t => 1 + - ((apart k d (from s v t) m j + - L t) * / T)) 0
    (- (stretch k d s v m j - sum k (fun i => full_weight k d T (q s) s m i * stretch k d s v m i)) / T)).
  { apply (derive_ext (fun t => plus 1 (- / T * minus (apart k d (from s v t) m j) (L t)))).
    { intros t; unfold minus, plus, opp; simpl; ring. }
    apply (is_derive_eq _ _ (plus 0 (- / T * minus (stretch k d s v m j) (sum k (fun i => full_weight k d T (q s) s m i * stretch k d s v m i))))).
    2: { unfold minus, plus, opp; simpl; field; lra. }
    apply (is_derive_plus (fun _ => 1)); [exact (is_derive_const (1 : R) 0)|].
    apply is_derive_scaled, (is_derive_minus (fun t => apart k d (from s v t) m j) L);
      [apply apart_derivative | apply level_derivative]. }
  apply (is_derive_eq _ _ _ _ (is_derive_product _ _ 0 _ _ (soft_state_derivative v m j lt) inner)).
  assert (start : L 0 = sum k (fun i => q s m i * apart k d s m i)).
  { unfold L; apply sum_ext; intros i Hi; rewrite soft_at_from_0, apart_from_0 by exact Hi; reflexivity. }
  rewrite start, soft_at_from_0, apart_from_0 by exact lt; unfold full_rate; to_reals; unfold Rdiv; ring.
Qed.

(** Both are symmetric in the two directions: they are second derivatives. *)
Lemma bent_symmetric w u v : bent k d n w (q s) (soft_rate k d T (q s) s v) s u v =
  bent k d n w (q s) (soft_rate k d T (q s) s u) s v u.
Proof.
  unfold bent; to_reals; apply sum_ext; intros m _; f_equal; rewrite !sum_add; f_equal.
  2: { apply sum_ext; intros j _; f_equal; apply stretch_symmetric. }
  unfold soft_rate; to_reals; set (x := stretch k d s u m); set (y := stretch k d s v m); set (a := q s m).
  rewrite (sum_ext k _ (fun j => / T * sum k (fun i => a i * y i) * (a j * x j) - / T * (a j * x j * y j)))
    by (intros; field; lra).
  rewrite (sum_ext k (fun j => - (a j * (x j + - sum k (fun i => a i * x i)) * / T) * y j)
    (fun j => / T * sum k (fun i => a i * x i) * (a j * y j) - / T * (a j * x j * y j))) by (intros; field; lra).
  rewrite !sum_sub, !sum_mull; ring.
Qed.

Lemma full_bent_symmetric w u v :
  bent k d n w (full_weight k d T (q s) s) (full_rate k d T (q s) s v) s u v =
  bent k d n w (full_weight k d T (q s) s) (full_rate k d T (q s) s u) s v u.
Proof.
  unfold bent; to_reals; apply sum_ext; intros m _; f_equal; rewrite !sum_add; f_equal.
  2: { apply sum_ext; intros j _; f_equal; apply stretch_symmetric. }
  unfold full_rate, soft_rate; to_reals; set (x := stretch k d s u m); set (y := stretch k d s v m); set (a := q s m).
  set (L := sum k (fun i => a i * apart k d s m i)).
  set (g := full_weight k d T (q s) s m).
  assert (weight : forall i, g i = a i * (1 - (apart k d s m i - L) / T)).
  { intros i; unfold g, full_weight; to_reals; fold a L; unfold Rdiv; ring. }
  set (X := sum k (fun i => g i * x i)); set (Y := sum k (fun i => g i * y i)).
  set (AX := sum k (fun i => a i * x i)); set (AY := sum k (fun i => a i * y i)).
  rewrite (sum_ext k _ (fun j => / T * AY * (g j * x j) + / T * Y * (a j * x j) - / T * (g j * (x j * y j) + a j * (x j * y j))))
    by (intros; rewrite weight; field; lra).
  rewrite (sum_ext k (fun j => (- (a j * (x j + - AX) * / T) * (1 + - ((apart k d s m j + - L) * / T)) +
      - (a j * (x j + - X) * / T)) * y j)
    (fun j => / T * AX * (g j * y j) + / T * X * (a j * y j) - / T * (g j * (x j * y j) + a j * (x j * y j))))
    by (intros; rewrite weight; field; lra).
  rewrite !sum_sub, !sum_add, !sum_mull; fold X Y AX AY; ring.
Qed.

End Along.

(** A state gives back what it is made of. *)
Lemma joined_prototype k d (p z : nat -> nat -> R) j c : (j < k)%nat -> (c < d)%nat -> prototype d (joined k d p z) j c = p j c.
Proof.
  intros lt Hc; unfold prototype, joined.
  assert (small : (j * d + c < k * d)%nat) by nia.
  rewrite (proj2 (PeanoNat.Nat.ltb_lt _ _) small), PeanoNat.Nat.div_add_l, PeanoNat.Nat.div_small by lia.
  rewrite (PeanoNat.Nat.add_comm (j * d)), PeanoNat.Nat.mod_add, PeanoNat.Nat.mod_small, PeanoNat.Nat.add_0_r by lia; reflexivity.
Qed.

Lemma joined_feature k d (p z : nat -> nat -> R) m c : (c < d)%nat -> feature k d (joined k d p z) m c = z m c.
Proof.
  intros Hc; unfold feature, joined.
  assert (large : ~ ((k + m) * d + c < k * d)%nat) by nia.
  rewrite (proj2 (PeanoNat.Nat.ltb_ge _ _)) by lia.
  rewrite PeanoNat.Nat.div_add_l, PeanoNat.Nat.div_small by lia.
  rewrite (PeanoNat.Nat.add_comm ((k + m) * d)), PeanoNat.Nat.mod_add, PeanoNat.Nat.mod_small by lia; f_equal; lia.
Qed.

(** Under the soft assignments the pull is bent at most as much as with the assignments held. *)
Lemma soft_bent_le k d n T w s u : (0 < k)%nat -> 0 < T -> (forall m, (m < n)%nat -> 0 <= w m) ->
  let q := soft_at_state k d T s in
  bent k d n w q (soft_rate k d T q s u) s u u <=
  sum n (fun m => w m * sum k (fun j => q m j * stretch k d u u m j)).
Proof.
  intros k0 T0 w0 q; unfold bent; to_reals; apply sum_le; intros m Hm; apply Rmult_le_compat_l; [exact (w0 m Hm)|].
  rewrite sum_add; set (S := sum k (fun j => q m j * stretch k d u u m j)); apply (Rplus_le_reg_r (- S)).
  ring_simplify; unfold soft_rate; to_reals; set (x := stretch k d s u m); set (a := q m).
  assert (a0 : forall j, 0 < a j) by (intros; apply soft_gt0; exact k0).
  assert (mass : sum k a = 1) by (apply soft_mass; exact k0).
  set (A := sum k (fun i => a i * x i)).
  assert (spread : sum k (fun j => - (a j * (x j + - A) * / T) * x j) = - (/ T * sum k (fun j => a j * ((x j - A) * (x j - A))))).
  { rewrite (sum_ext k _ (fun j => - / T * (a j * ((x j - A) * (x j - A))) + - / T * A * (a j * x j - A * a j)))
      by (intros; field; lra).
    rewrite sum_add, !sum_mull, sum_sub, sum_mull, mass; fold A; ring. }
  rewrite spread; apply Rge_le, Ropp_0_le_ge_contravar, Rmult_le_pos; [apply Rlt_le, Rinv_0_lt_compat; exact T0|].
  apply sum_ge0; intros j _; apply Rmult_le_pos; [apply Rlt_le, a0 | apply Rle_0_sqr].
Qed.

(** Where only prototypes move, along v, the second derivative of d_mj is 2 |v_j|^2. *)
Lemma stretch_of_prototypes k d (v : nat -> nat -> R) m j : (j < k)%nat ->
  stretch k d (joined k d v (fun _ _ => 0)) (joined k d v (fun _ _ => 0)) m j = 2 * norm2 d (v j).
Proof.
  intros lt; unfold stretch, norm2; to_reals; f_equal; apply sum_ext; intros c Hc; unfold offset.
  rewrite joined_feature, joined_prototype by assumption; to_reals; ring.
Qed.
