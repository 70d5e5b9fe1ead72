(** Corollary 3 in training, and section 8.2: after one step of the prototypes the two losses drive the features apart, and
    prototypes at rest under L_q are not at rest under L_OLS.  T is given by e^(-1/T). *)
From Coq Require Import Reals Lra Lia.
From Interval Require Import Tactic.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions gap_definitions motion_definitions native_definitions
  gibbs_definitions softmax_definitions frozen_definitions proposition1 softmax_derivatives.
Open Scope R_scope.

Implicit Types (n k d : nat) (T eta : R) (z p w : nat -> nat -> R).

(** The share of the first of two prototypes *)
Lemma first_share (x : nat -> R) T : T <> 0 -> soft 2 x T O = / (1 + exp (- (x 1%nat - x O) / T)).
Proof.
  intros T0; unfold soft, partition; cbn [sum]; to_reals.
  replace (- (x 1%nat - x O) / T) with (- x 1%nat / T + - (- x O / T)) by (field; exact T0).
  rewrite exp_plus, exp_Ropp; assert (A := exp_pos (- x O / T)); assert (B := exp_pos (- x 1%nat / T)); field; lra.
Qed.

Lemma second_share (x : nat -> R) T : soft 2 x T 1%nat = 1 - soft 2 x T O.
Proof. assert (one := soft_mass 2 x T ltac:(lia)); simpl in one; revert one; to_reals; lra. Qed.

(** Half a weight of another exponent: where e^(-1/T) = 1/b *)
Lemma weight_at b x : 0 < ln b -> exp (- x / (/ ln b)) = exp (- (x * ln b)).
Proof. intros b0; f_equal; field; lra. Qed.

Lemma weight_one b : 1 < b -> exp (- (1) / (/ ln b)) = / b.
Proof.
  intros b1; assert (0 < ln b) by (rewrite <- ln_1; apply ln_increasing; lra).
  rewrite weight_at, Rmult_1_l, exp_Ropp, exp_ln by lra; reflexivity.
Qed.

(** ** At rest under L_q, e^(-1/T) = 3/5: samples at 1 and -1, prototypes at 1/4 and -1/4 *)

(** claim: ddcl.proposition4.frozen/inference/same-limits
    role: refutes
    value: entries k (fun j => entries d (fun c => over_samples n (fun m => ols_pull k (z m) p (soft_between k d T (z m) p)) j c))
    witness: {"z": [[1], [-1]], "p": [["1/4"], ["-1/4"]], "T": {"s": "3/5"}}
    compared: 820da78e532a-f8a398bd8d5b *)
Theorem at_rest_under_one_loss : exists n k d z p T, 0 < T /\ let q m := assigned k d (z m) p T in
  (forall j c, (j < k)%nat -> (c < d)%nat -> over_samples n (fun m => quantization_pull (z m) p (q m)) j c = 0) /\
  exists j c, (j < k)%nat /\ (c < d)%nat /\ over_samples n (fun m => ols_pull k (z m) p (q m)) j c <> 0.
Proof.
  set (z := fun m c : nat => match m with O => 1 | _ => - (1) end).
  set (p := fun j c : nat => match j with O => / 4 | _ => - / 4 end).
  assert (L : 0 < ln (5 / 3)) by (rewrite <- ln_1; apply ln_increasing; lra); set (T := / ln (5 / 3)).
  assert (T0 : 0 < T) by now apply Rinv_0_lt_compat.
  exists 2%nat, 2%nat, 1%nat, z, p, T; split; [exact T0|]; intros q.
  assert (a : q O O = 5 / 8).
  { unfold q, assigned; rewrite first_share by lra.
    replace (distance2 1 (z O) (p 1%nat) - distance2 1 (z O) (p O)) with 1
      by (unfold distance2, norm2, z, p; simpl; to_reals; field).
    unfold T; rewrite weight_one by lra; field. }
  assert (b : q 1%nat O = 3 / 8).
  { unfold q, assigned; rewrite first_share by lra.
    replace (- (distance2 1 (z 1%nat) (p 1%nat) - distance2 1 (z 1%nat) (p O)) / T) with (- (- (1) / T))
      by (unfold distance2, norm2, z, p; simpl; to_reals; field; lra).
    rewrite exp_Ropp; unfold T; rewrite weight_one by lra; field. }
  assert (a' : q O 1%nat = 3 / 8) by (unfold q, assigned in *; rewrite second_share, a; field).
  assert (b' : q 1%nat 1%nat = 5 / 8) by (unfold q, assigned in *; rewrite second_share, b; field).
  clearbody q; split.
  - intros [|[|j]] c lt_j lt_c; [| |lia]; unfold over_samples, quantization_pull; cbn [sum];
      rewrite ?a, ?b, ?a', ?b'; unfold z, p; to_reals; field.
  - exists O, O; split; [lia | split; [lia|]]; unfold over_samples, ols_pull, mixture; cbn [sum].
    rewrite a, b, a', b'; unfold z, p; to_reals; lra.
Qed.

(** ** After a step of both, e^(-1/T) = 1/3 *)

(** z_m - P q_m after a step at gradients g in the prototypes *)
Definition deviation_after k d T eta z p (g : nat -> nat -> R) (m c : nat) : R :=
  let z' := features_after k eta z p (fun m => assigned k d (z m) p T) in let p' := stepped eta p g in
  z' m c - mixture k (assigned k d (z' m) p' T) p' c.

(** claim: ddcl.corollary3/training-free/second-step
    role: refutes
    value: let q := stored_rows n k (fun m => soft_between k d T (z m) p) in let z' := stored_rows n d (features_after k eta z p q) in
           let deviation g m c := let p' := stored_rows k d (stepped eta p (over_samples n g)) in
             z' m c - mixture k (stored k (soft_between k d T (z' m) p')) p' c in
           entries n (fun m => entries d (fun c => deviation (fun m => quantization_pull (z m) p (q m)) m c
                                                   - deviation (fun m => ols_pull k (z m) p (q m)) m c))
    witness: {"z": [[0]], "p": [[0], [1]], "T": {"s": "1/3"}, "eta": 2}
    compared: 399605b48c1f-9ade7a5365c2 *)
Theorem second_steps_differ : exists n k d z p T eta m c, 0 < T /\ 0 < eta /\ (m < n)%nat /\ (c < d)%nat /\
  let q m := assigned k d (z m) p T in
  deviation_after k d T eta z p (over_samples n (fun m => quantization_pull (z m) p (q m))) m c <>
  deviation_after k d T eta z p (over_samples n (fun m => ols_pull k (z m) p (q m))) m c.
Proof.
  assert (L : 0 < ln 3) by (rewrite <- ln_1; apply ln_increasing; lra); set (T := / ln 3).
  assert (T0 : 0 < T) by now apply Rinv_0_lt_compat.
  set (z := fun _ _ : nat => 0); set (p := fun j _ : nat => match j with O => 0 | _ => 1 end).
  exists 1%nat, 2%nat, 1%nat, z, p, T, 2, O, O; split; [exact T0 | split; [lra | split; [lia | split; [lia|]]]]; intros q.
  assert (a : q O O = 3 / 4).
  { unfold q, assigned; rewrite first_share by lra.
    replace (distance2 1 (z O) (p 1%nat) - distance2 1 (z O) (p O)) with 1
      by (unfold distance2, norm2, z, p; simpl; to_reals; field).
    unfold T; rewrite weight_one by lra; field. }
  assert (b : q O 1%nat = 1 / 4) by (unfold q, assigned in *; rewrite second_share, a; field).
  unfold deviation_after; fold q.
  assert (moved : forall c, features_after 2 2 z p q O c = 1).
  { intros c; unfold features_after, mixture; cbn [sum]; rewrite a, b; unfold z, p; to_reals; field. }
  set (z' := features_after 2 2 z p q) in *.
  set (p1 := stepped 2 p (over_samples 1 (fun m => quantization_pull (z m) p (q m)))).
  set (p2 := stepped 2 p (over_samples 1 (fun m => ols_pull 2 (z m) p (q m)))).
  assert (first : forall j, (j < 2)%nat -> p1 j O = 0).
  { intros [|[|j]] lt; [| |lia]; unfold p1, stepped, over_samples, quantization_pull; cbn [sum]; rewrite ?a, ?b;
      unfold z, p; to_reals; field. }
  assert (left : p2 O O = - (3 / 4)).
  { unfold p2, stepped, over_samples, ols_pull, mixture; cbn [sum]; rewrite a, b; unfold z, p; to_reals; field. }
  assert (right : p2 1%nat O = 3 / 4).
  { unfold p2, stepped, over_samples, ols_pull, mixture; cbn [sum]; rewrite a, b; unfold z, p; to_reals; field. }
  unfold mixture; cbn [sum]; rewrite !first, left, right by lia.
  assert (nearer : assigned 2 1 (z' O) p2 T O < / 2).
  { unfold assigned; rewrite first_share by lra.
    replace (distance2 1 (z' O) (p2 1%nat) - distance2 1 (z' O) (p2 O)) with (- (3))
      by (unfold distance2, norm2; cbn [sum]; rewrite moved, left, right; to_reals; field).
    assert (1 < exp (- - (3) / T)).
    { rewrite <- exp_0; apply exp_increasing; unfold T; unfold Rdiv; rewrite Rinv_inv; lra. }
    apply Rinv_lt_contravar; lra. }
  unfold assigned at 3 4; rewrite second_share; change (soft 2 _ T O) with (assigned 2 1 (z' O) p2 T O).
  to_reals; lra.
Qed.

(** z_m - P q_m with P = Z^T W after a step of W *)
Definition deviation_of_weights n k d T eta z w (g : nat -> nat -> R) (m c : nat) : R :=
  let z' := features_after k eta z (native n w z) (fun m => assigned k d (z m) (native n w z) T) in
  let p' := native n (weights_after d eta z w g) z' in z' m c - mixture k (assigned k d (z' m) p' T) p' c.

(** claim: ddcl.corollary3/training-detached/second-step
    role: refutes
    value: let p := stored_rows k d (native n w z) in let q := stored_rows n k (fun m => soft_between k d T (z m) p) in
           let z' := stored_rows n d (features_after k eta z p q) in
           let deviation g m c := let p' := stored_rows k d (native n (weights_after d eta z w (over_samples n g)) z') in
             z' m c - mixture k (stored k (soft_between k d T (z' m) p')) p' c in
           entries n (fun m => entries d (fun c => deviation (fun m => quantization_pull (z m) p (q m)) m c
                                                   - deviation (fun m => ols_pull k (z m) p (q m)) m c))
    witness: {"z": [[1]], "w": [[0, 1]], "T": {"s": "1/3"}, "eta": "1/4"}
    compared: 4ad28844d83f-3722d0fce887 *)
Theorem second_steps_differ_when_detached : exists n k d z w T eta m c, 0 < T /\ 0 < eta /\ (m < n)%nat /\ (c < d)%nat /\
  let p := native n w z in let q m := assigned k d (z m) p T in
  deviation_of_weights n k d T eta z w (over_samples n (fun m => quantization_pull (z m) p (q m))) m c <>
  deviation_of_weights n k d T eta z w (over_samples n (fun m => ols_pull k (z m) p (q m))) m c.
Proof.
  assert (L : 0 < ln 3) by (rewrite <- ln_1; apply ln_increasing; lra); set (T := / ln 3).
  assert (T0 : 0 < T) by now apply Rinv_0_lt_compat.
  set (z := fun _ _ : nat => 1); set (w := fun _ j : nat => match j with O => 0 | _ => 1 end).
  exists 1%nat, 2%nat, 1%nat, z, w, T, (/ 4), O, O; split; [exact T0 | split; [lra | split; [lia | split; [lia|]]]]; intros p q.
  assert (p0 : p O O = 0) by (unfold p, native, w, z; simpl; to_reals; ring).
  assert (p1 : p 1%nat O = 1) by (unfold p, native, w, z; simpl; to_reals; ring).
  assert (a : q O O = 1 / 4).
  { unfold q, assigned; rewrite first_share by lra.
    replace (- (distance2 1 (z O) (p 1%nat) - distance2 1 (z O) (p O)) / T) with (- (- (1) / T))
      by (unfold distance2, norm2; cbn [sum]; rewrite p0, p1; unfold z; to_reals; field; lra).
    rewrite exp_Ropp; unfold T; rewrite weight_one by lra; field. }
  assert (b : q O 1%nat = 3 / 4) by (unfold q, assigned in *; rewrite second_share, a; field).
  unfold deviation_of_weights; fold p; fold q.
  assert (moved : features_after 2 (/ 4) z p q O O = 7 / 8).
  { unfold features_after, mixture; cbn [sum]; rewrite a, b, p0, p1; unfold z; to_reals; field. }
  set (z' := features_after 2 (/ 4) z p q) in *.
  set (r1 := native 1 (weights_after 1 (/ 4) z w (over_samples 1 (fun m => quantization_pull (z m) p (q m)))) z').
  set (r2 := native 1 (weights_after 1 (/ 4) z w (over_samples 1 (fun m => ols_pull 2 (z m) p (q m)))) z').
  assert (values : r1 O O = 7 / 64 /\ r1 1%nat O = 7 / 8 /\ r2 O O = 7 / 256 /\ r2 1%nat O = 245 / 256).
  { unfold r1, r2, native, weights_after, over_samples, quantization_pull, ols_pull, mixture; cbn [sum].
    rewrite moved, a, b, p0, p1; unfold z, w; to_reals; repeat split; field. }
  destruct values as (x1 & y1 & x2 & y2); unfold mixture; cbn [sum]; rewrite x1, y1, x2, y2.
  assert (above : 16 / 49 < assigned 2 1 (z' O) r1 T O).
  { unfold assigned; rewrite first_share by lra.
    replace (distance2 1 (z' O) (r1 1%nat) - distance2 1 (z' O) (r1 O)) with (- (2401 / 4096))
      by (unfold distance2, norm2; cbn [sum]; rewrite moved, x1, y1; to_reals; field).
    unfold T; interval. }
  assert (below : assigned 2 1 (z' O) r2 T O < 85 / 238).
  { unfold assigned; rewrite first_share by lra.
    replace (distance2 1 (z' O) (r2 1%nat) - distance2 1 (z' O) (r2 O)) with (- (46648 / 65536))
      by (unfold distance2, norm2; cbn [sum]; rewrite moved, x2, y2; to_reals; field).
    unfold T; interval. }
  assert (second : forall r, assigned 2 1 (z' O) r T 1%nat = 1 - assigned 2 1 (z' O) r T O) by (intros; apply second_share).
  rewrite !second, moved; to_reals; lra.
Qed.
