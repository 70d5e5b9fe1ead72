(** Theorem 2 far out: no prototype is driven out of a ball with the data in it, and little draws a lost one back. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From Interval Require Import Tactic.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions soft_definitions remark3_definitions mechanism_definitions
  descent_definitions theorem2_dispersion_definitions softmax.
Open Scope R_scope.

Implicit Types (n k d m j : nat) (z p : nat -> nat -> R) (T x : R).

(** The soft assignments of all samples, and training of the prototypes on the mean of L_q with the gradient stopped *)
Definition softly k d z p T m : nat -> R := soft k d (z m) p T.
Definition training n k d z p T : nat -> nat -> R := mean_force n z p (softly k d z p T).

Lemma inner_le d (x y : nat -> R) : norm2 d y <= norm2 d x -> along d x y <= norm2 d x.
Proof.
  intros le; assert (half : 2 * along d x y <= norm2 d x + norm2 d y).
  { unfold along, norm2; rewrite <- sum_mull, <- sum_add; apply sum_le; intros c _; to_reals.
    assert (0 <= (x c - y c) * (x c - y c)) by apply Rle_0_sqr; lra. }
  lra.
Qed.

Lemma along_training n k d z p T j : along d (p j) (training n k d z p T j) =
  - (2 * sum n (fun m => softly k d z p T m j * (norm2 d (p j) - along d (p j) (z m))) / number n).
Proof.
  set (q m := softly k d z p T m j); set (g m c := p j c * p j c - p j c * z m c).
  assert (each : forall c, p j c * training n k d z p T j c = - (2 * / number n) * sum n (fun m => q m * g m c)).
  { intros c; unfold training, mean_force, stopped_flow; to_reals; fold (softly k d z p T).
    set (S := sum n (fun m => (1 + 1) * softly k d z p T m j * (p j c + - z m c))).
    assert (H : p j c * S = 2 * sum n (fun m => q m * g m c))
      by (unfold S, q, g; rewrite <- !sum_mull; apply sum_ext; intros; ring).
    replace (p j c * (- S * / number n)) with (- / number n * (p j c * S)) by ring; rewrite H; ring. }
  transitivity (sum d (fun c => p j c * training n k d z p T j c)); [reflexivity|].
  rewrite (sum_ext d _ _ (fun c _ => each c)), sum_mull, (sum_exchange d n).
  replace (sum n (fun m => sum d (fun c => q m * g m c)))
    with (sum n (fun m => softly k d z p T m j * (norm2 d (p j) - along d (p j) (z m)))); [unfold Rdiv; ring|].
  apply sum_ext; intros m _; rewrite sum_mull; unfold q; f_equal; unfold g; rewrite sum_sub; reflexivity.
Qed.

Lemma number_ge0 n : 0 <= / number n.
Proof.
  assert (H : 0 <= number n) by (induction n as [|n IH]; simpl; to_reals; lra).
  destruct H as [pos|<-]; [left; apply Rinv_0_lt_compat; exact pos | rewrite Rinv_0; lra].
Qed.

(** d|p_j|^2/dt = 2 p_j . p_j'

    claim: ddcl.theorem2/stopped/resists-dispersion/amended
    value: let q := fun m => soft_at k d (z m) p T in - along d (p 0%nat) (mean_force n z p q 0)
    compared: f20a26889d3b-ae9e3fe1bb91 *)
Theorem stays_in_the_ball n k d z p T j : (0 < k)%nat -> 0 < T -> (j < k)%nat ->
  (forall m, (m < n)%nat -> norm2 d (z m) <= norm2 d (p j)) -> along d (p j) (training n k d z p T j) <= 0.
Proof.
  intros k0 T0 lt outside; rewrite along_training.
  assert (0 <= 2 * sum n (fun m => softly k d z p T m j * (norm2 d (p j) - along d (p j) (z m))) / number n); [|lra].
  apply Rmult_le_pos; [|apply number_ge0]; apply Rmult_le_pos; [lra|]; apply sum_ge0; intros m Hm.
  apply Rmult_le_pos; [apply Rlt_le, soft_gt0; exact k0|]; assert (H := inner_le d (p j) (z m) (outside m Hm)); lra.
Qed.

(** One sample at 0, prototypes 1 and 3, T = 1/8

    claim: ddcl.theorem2/stopped/resists-dispersion
    role: refutes
    value: let q := fun m => soft_at k d (z m) p T in - spread_rate k d p (mean_force n z p q)
    witness: {"z": [[0]], "p": [[1], [3]], "T": "1/8"}
    compared: 5a851ed942ec-287f25f354d6 *)
Theorem may_spread_further : exists n k d z p T, 0 < T /\
  16 * (T + pair_spread n d z) <= pair_spread k d p /\ ~ spread_rate k d p (training n k d z p T) <= 0.
Proof.
  exists 1%nat, 2%nat, 1%nat, (fun _ _ => 0), (fun j _ => match j with O => 1 | _ => 3 end), (1 / 8).
  split; [lra|]; split.
  - unfold pair_spread, distance2, norm2; simpl; to_reals; lra.
  - apply Rlt_not_le; unfold spread_rate, training, mean_force, stopped_flow, softly, soft, share, distance2, norm2; simpl; to_reals.
    interval.
Qed.

(** x = 1 and T = 1

    claim: ddcl.theorem2/stopped/attraction-remains
    role: refutes
    value: line_pull (boltzmann T) (2 * x) - line_pull (boltzmann T) x
    witness: {"x": 1, "T": 1}
    compared: 0a055ba7d465-ed19c99c3d1e *)
Theorem attraction_need_not_remain : exists x T, 0 < x /\ 0 < T /\
  let E y := exp (- y / T) in ~ line_pull E x <= line_pull E (2 * x).
Proof.
  exists 1, 1; do 2 (split; [lra|]); intros E; apply Rlt_not_le; unfold E, line_pull, line_share, share; simpl; to_reals; interval.
Qed.

(** claim: ddcl.theorem2/stopped/attraction-remains/amended
    value: entries (k - 1) (fun i => boltzmann T (distance2 d z (p (S i)) - distance2 d z (p 0%nat)) - soft_at k d z p T (S i))
    compared: 3cdd542e59e7-6b88b69ab530 *)
Theorem attraction_fades k d (z : nat -> R) p T j : 0 < T -> (0 < j < k)%nat ->
  soft k d z p T j <= exp (- (distance2 d z (p j) - distance2 d z (p 0%nat)) / T).
Proof.
  intros T0 [j0 lt]; unfold soft, share; to_reals; set (W := sum k _); set (e := fun i => exp (- (distance2 d z (p i) / T))).
  assert (first : e 0%nat <= W).
  { unfold W; destruct k as [|k]; [lia|]; rewrite sum_first; fold e.
    assert (0 <= sum k (fun i => e (S i))) by (apply sum_ge0; intros; apply Rlt_le, exp_pos); unfold e in *; lra. }
  assert (e0 : 0 < e 0%nat) by apply exp_pos.
  replace (exp (- (distance2 d z (p j) - distance2 d z (p 0%nat)) / T)) with (e j / e 0%nat).
  - apply Rmult_le_compat_l; [apply Rlt_le, exp_pos | apply Rinv_le_contravar; assumption].
  - unfold e, Rdiv; rewrite <- exp_Ropp, <- exp_plus; f_equal; field; lra.
Qed.

(** ** One prototype at x, with another one on the sample, under the full gradient *)

Lemma line_share_eq T x : line_share (fun y => exp (- y / T)) x = / (1 + exp (x * x / T)).
Proof.
  unfold line_share, share; simpl; to_reals; replace (- (x * x) / T) with (- (x * x / T)) by (unfold Rdiv; ring).
  rewrite exp_Ropp; assert (0 < exp (x * x / T)) by apply exp_pos; field; lra.
Qed.

Lemma line_derivative T x : 0 < T ->
  is_derive (fun y => line_share (fun u => exp (- u / T)) y * square y) x (- line_force T (fun u => exp (- u / T)) x).
Proof.
  intros T0; apply (is_derive_ext (fun y => / (1 + exp (y * y / T)) * (y * y))).
  { intros y; now rewrite line_share_eq. }
  unfold line_force; rewrite line_share_eq; to_reals; assert (0 < exp (x * x / T)) by apply exp_pos.
  change (x * x / T) with (x * x * / T) in *.
  auto_derive; [apply Rgt_not_eq; lra | set (e := exp _) in *; field; lra].
Qed.

Lemma line_force_sign T x : 0 < T -> 0 < x -> let u := x * x / T in
  line_force T (fun y => exp (- y / T)) x = - (2 * x * / (1 + exp u) * / (1 + exp u) * (1 + exp u - u * exp u)).
Proof.
  intros T0 x0 u; unfold line_force; rewrite line_share_eq; to_reals; fold u; assert (0 < exp u) by apply exp_pos.
  change (exp (x * x / T)) with (exp u); set (e := exp u) in *; unfold u; field; lra.
Qed.

Lemma positive_factor x u : 0 < x -> 0 < 2 * x * / (1 + exp u) * / (1 + exp u).
Proof.
  intros x0; assert (0 < exp u) by apply exp_pos; assert (0 < / (1 + exp u)) by (apply Rinv_0_lt_compat; lra).
  repeat apply Rmult_lt_0_compat; lra.
Qed.

(** The force, minus the derivative of L_q = q_2 x^2, draws inwards where x^2 <= T and pushes outwards where x^2 >= 2T.

    claim: ddcl.theorem2/full/equilibrium
    value: [- line_force T_value (boltzmann T) low; line_force T_value (boltzmann T) high]
    compared: 9d8261c5e223-30d41bf36eb0 *)
Theorem full_field_changes_sign T low high : 0 < T -> 0 < low -> 0 < high -> low * low <= T -> 2 * T <= high * high ->
  let E y := exp (- y / T) in
  (forall x, is_derive (fun y => line_share E y * square y) x (- line_force T E x)) /\
  line_force T E low < 0 /\ 0 < line_force T E high.
Proof.
  intros T0 l0 h0 inner outer E; split; [intros x; now apply line_derivative|].
  unfold E; rewrite !line_force_sign by assumption; assert (I0 : 0 < / T) by (apply Rinv_0_lt_compat; exact T0); split.
  - assert (F := positive_factor low (low * low / T) l0); set (u := low * low / T) in *; set (f := 2 * low * _ * _) in *.
    assert (u <= 1) by (unfold u; apply (Rmult_le_reg_r T); [exact T0|]; field_simplify; lra).
    assert (0 < exp u) by apply exp_pos; assert (u * exp u <= 1 * exp u) by (apply Rmult_le_compat_r; lra).
    assert (0 < f * (1 + exp u - u * exp u)) by (apply Rmult_lt_0_compat; lra); lra.
  - assert (F := positive_factor high (high * high / T) h0); set (u := high * high / T) in *; set (f := 2 * high * _ * _) in *.
    assert (2 <= u) by (unfold u; apply (Rmult_le_reg_r T); [exact T0|]; field_simplify; lra).
    assert (1 < exp u) by (rewrite <- exp_0; apply exp_increasing; lra).
    assert (2 * exp u <= u * exp u) by (apply Rmult_le_compat_r; lra).
    assert (0 < f * (u * exp u - (1 + exp u))) by (apply Rmult_lt_0_compat; lra); lra.
Qed.
