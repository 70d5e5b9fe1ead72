(** (30), (34)-(37), (48), (50): solutions of the dual flow. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.gbcl Require Import flows_definitions cell_definitions base_flow_solutions.

Open Scope R_scope.

(** X^T X v = lambda v for the rows of v *)
Definition right_vectors (n d m : nat) (z v : nat -> nat -> R) (lam : nat -> R) : Prop :=
  forall l i, (l < m)%nat -> (i < n)%nat -> seen d z (combined n z (v l)) i = lam l * v l i.

Lemma derivative_sum m (f g : nat -> R -> R) t : (forall l, (l < m)%nat -> is_derive (f l) t (g l t)) ->
  is_derive (fun t => sum m (fun l => f l t)) t (sum m (fun l => g l t)).
Proof.
  induction m as [|m IH]; intros parts; [apply (is_derive_const 0 t) |].
  apply (is_derive_plus (fun t => sum m (fun l => f l t)) (f m) t); [apply IH; intros; apply parts; lia | apply parts; lia].
Qed.

Lemma seen_combined_sum n d m z (v : nat -> nat -> R) b i :
  seen d z (combined n z (combined m v b)) i = sum m (fun l => b l * seen d z (combined n z (v l)) i).
Proof.
  transitivity (sum d (fun c => sum m (fun l => b l * (z i c * combined n z (v l) c)))).
  - apply sum_ext; intros c _; unfold combined at 1; to_reals; rewrite <- sum_mull.
    transitivity (sum n (fun j => sum m (fun l => z i c * (b l * v l j * z j c)))).
    + apply sum_ext; intros j _; unfold combined; to_reals.
      rewrite <- sum_mulr, <- sum_mull; apply sum_ext; intros; ring.
    + rewrite sum_exchange; apply sum_ext; intros l _; unfold combined; to_reals.
      rewrite <- !sum_mull; apply sum_ext; intros; ring.
  - rewrite sum_exchange; apply sum_ext; intros l _; unfold seen; to_reals; apply sum_mull.
Qed.

Lemma seen_scaled d z x (g : nat -> R) i : seen d z (fun c => x * g c) i = x * seen d z g i.
Proof. unfold seen; to_reals; rewrite <- sum_mull; apply sum_ext; intros; ring. Qed.

(** w(t) = sum_l c_l e^(-lambda_l t) v_l solves dw/dt = - X^T X w, for any eigenvectors v_l of X^T X.
    claim: gbcl.dual-flow/frozen/modes
    value: let f := fun l => exponential (- (lam l * t)) in
      inner n r (fun i => combined m v (fun l => - (lam l * (c l * f l))) i + seen d z (combined n z (combined m v (fun l => c l * f l))) i)
    compared: 7f426b4dce90-91d87167d8ab *)
Theorem modes n d m z v lam (c : nat -> R) t i : right_vectors n d m z v lam -> (i < n)%nat ->
  let w t := combined m v (fun l => c l * exp (- (lam l * t))) in
  is_derive (fun t => w t i) t (- seen d z (combined n z (w t)) i).
Proof.
  intros vectors lt_in w; unfold w at 2; rewrite seen_combined_sum.
  replace (- sum m (fun l => c l * exp (- (lam l * t)) * seen d z (combined n z (v l)) i))
    with (sum m (fun l => - (lam l * (c l * exp (- (lam l * t)))) * v l i)).
  - apply (derivative_sum m (fun l t => c l * exp (- (lam l * t)) * v l i) (fun l t => - (lam l * (c l * exp (- (lam l * t)))) * v l i)); intros l _; auto_derive; [exact I | ring].
  - rewrite <- sum_neg; apply sum_ext; intros l lt_lm; rewrite vectors by assumption; ring.
Qed.

(** On a line (d = 1) X^T X has the one eigenvalue sum_i x_i^2 that is not 0.
    claim: gbcl.dual-flow/moving/exponential/amended
    value: let s := sum n (fun i => square (z i 0%nat)) in let y := combined n z o in let mu := centroid n z a in
      inner n r (seen 1 z (fun c => approach_speed s y mu x c + s * (approach y mu x c - mu c)))
    scope: all n, d = 1
    compared: 88d84242b946-ce3a1c270f56 *)
Theorem held n z a (o : nat -> R) t : 0 < sum n a ->
  let s := sum n (fun i => square (z i 0%nat)) in
  let y t := approach (combined n z o) (centroid n z a) (exp (- (s * t))) in
  is_derive (fun t => y t 0%nat) t (- (s * (y t 0%nat - centroid n z a 0%nat))).
Proof.
  intros _ s y.
  replace (- (s * (y t 0%nat - centroid n z a 0%nat)))
    with (approach_speed s (combined n z o) (centroid n z a) (exp (- (s * t))) 0%nat);
    [exact (approach_derivative s _ _ t 0) | unfold y, approach, approach_speed; to_reals; ring].
Qed.

(** (48): under X X^T = I, Omega(t) = Omega(0) - (1 - e^(-t)) X^T (X Omega(0) - mu) solves (30) and tends to
    Omega(0) - X^T (X Omega(0) - mu).
    claim: gbcl.theorem3.2/orthonormal/closed-form
    value: let v := dual_velocity n d z o (combined n z q) in let path := fun i => o i + (1 - x) * v i in
      entries n (fun i => x * v i - dual_velocity n d z path (combined n z q) i)
    compared: d93c08e7f187-bba08cf37488 *)
Theorem closed_form n d z (o mu : nat -> R) t i :
  (forall a b, (a < d)%nat -> (b < d)%nat -> gram n z a b = multiple_of_identity 1 a b) -> (i < n)%nat ->
  let path t i := o i + (1 - exp (- t)) * dual_velocity n d z o mu i in
  is_derive (fun t => path t i) t (dual_velocity n d z (path t) mu i).
Proof.
  intros unit _ path.
  assert (back : forall g b, (b < d)%nat -> combined n z (seen d z g) b = g b).
  { intros g b lt_bd; unfold combined, seen; to_reals.
    transitivity (sum d (fun c => gram n z b c * g c)).
    - transitivity (sum n (fun l => sum d (fun c => z l c * g c * z l b))).
      + apply sum_ext; intros; rewrite <- sum_mulr; reflexivity.
      + rewrite sum_exchange; apply sum_ext; intros c _; unfold gram; to_reals; rewrite <- sum_mulr; apply sum_ext; intros; ring.
    - transitivity (sum d (fun c => if Nat.eqb b c then g b else 0)).
      + apply sum_ext; intros c lt_cd; rewrite unit by assumption; unfold multiple_of_identity.
        destruct (Nat.eqb_spec b c) as [->|_]; to_reals; ring.
      + clear -lt_bd; induction d as [|e IH]; [lia |]; rewrite sum_S; destruct (Nat.eqb_spec b e) as [->|other].
        * assert (none : forall k, (k <= e)%nat -> sum k (fun c => if Nat.eqb e c then g e else 0) = 0).
          { induction k as [|k IHk]; intros le_ke; [reflexivity |]; rewrite sum_S, IHk by lia.
            destruct (Nat.eqb_spec e k); [lia | ring]. }
          rewrite none by lia; ring.
        * rewrite IH by lia; ring. }
  assert (out : dual_velocity n d z (path t) mu i = exp (- t) * dual_velocity n d z o mu i).
  { unfold dual_velocity at 1; to_reals.
    transitivity (- seen d z (fun c => exp (- t) * (combined n z o c - mu c)) i).
    - f_equal; apply sum_ext; intros b lt_bd; f_equal.
      set (g := seen d z (fun c => combined n z o c - mu c)).
      assert (combined n z (path t) b = combined n z o b - (1 - exp (- t)) * combined n z g b) as ->.
      { transitivity (sum n (fun l => (o l + (1 - exp (- t)) * - g l) * z l b)); [reflexivity | clearbody g].
        unfold combined; to_reals; rewrite <- sum_mull, <- sum_sub; apply sum_ext; intros; ring. }
      unfold g; rewrite back by assumption; to_reals; ring.
    - rewrite seen_scaled; change (dual_velocity n d z o mu i) with (- seen d z (fun c => combined n z o c - mu c) i); ring. }
  rewrite out; unfold path; generalize (dual_velocity n d z o mu i); intros v; auto_derive; [exact I | ring].
Qed.
