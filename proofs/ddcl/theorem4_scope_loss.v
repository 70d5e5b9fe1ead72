(** Section 5.6: training with the full gradient descends the loss itself. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions training_definitions gibbs_definitions derivatives proposition1
  training_derivatives descent_definitions theorem4_scope.
Open Scope R_scope.

Implicit Types (n k d m j : nat) (z p v : nat -> nat -> R) (T : R).

(** sum_m L_q with the soft assignments *)
Definition loss n k d z p T : R := sum n (fun m => sum k (fun j => softened k d z p T m j * costs d z p m j)).

(** dL_q/dd_mj through the softmax: q_mj (1 - (d_mj - L_q)/T), so that -grad_P is the stopped flow with these for q *)
Definition full_share k d z p T : nat -> nat -> R := let s := joined k d p z in full_weight k d T (soft_at_state k d T s) s.

Lemma distances_agree k d z p m j : (j < k)%nat -> apart k d (joined k d p z) m j = costs d z p m j.
Proof.
  intros lt; unfold apart, offset, costs, distance2, norm2; apply sum_ext; intros c Hc.
  now rewrite joined_prototype, joined_feature by assumption.
Qed.

Lemma soft_agrees k d z p T m j : (j < k)%nat -> soft_at_state k d T (joined k d p z) m j = softened k d z p T m j.
Proof. intros lt; apply soft_ext; [intros; now apply distances_agree | exact lt]. Qed.

(** The state along a motion of the prototypes *)
Definition still (m c : nat) : R := 0.

Lemma moved_distances k d z p v t m j : (j < k)%nat ->
  apart k d (from (joined k d p z) (joined k d v still) t) m j = costs d z (advanced p v t) m j.
Proof.
  intros lt; unfold apart, offset, costs, distance2, norm2; apply sum_ext; intros c Hc; f_equal.
  change (feature k d (from (joined k d p z) (joined k d v still) t) m c)
    with (feature k d (joined k d p z) m c + t * feature k d (joined k d v still) m c).
  change (prototype d (from (joined k d p z) (joined k d v still) t) j c)
    with (prototype d (joined k d p z) j c + t * prototype d (joined k d v still) j c).
  rewrite !joined_prototype, !joined_feature by assumption; unfold still, advanced; to_reals; ring.
Qed.

Lemma moved_loss n k d z p v T t : loss n k d z (advanced p v t) T =
  sum n (fun m => sum k (fun j => let s := from (joined k d p z) (joined k d v still) t in
    soft_at_state k d T s m j * apart k d s m j)).
Proof.
  unfold loss; apply sum_ext; intros m _; apply sum_ext; intros j lt; cbv zeta; rewrite moved_distances by exact lt; f_equal.
  symmetry; apply soft_ext; [intros; now apply moved_distances | exact lt].
Qed.

Lemma stretch_of_motion k d z p v m j : (j < k)%nat ->
  stretch k d (joined k d p z) (joined k d v still) m j = sum d (fun c => 2 * (p j c - z m c) * v j c).
Proof.
  intros lt; unfold stretch, offset; rewrite <- sum_mull; apply sum_ext; intros c Hc.
  rewrite !joined_prototype, !joined_feature by assumption; unfold still; to_reals; ring.
Qed.

(** claim: ddcl.theorem4.scope/full/monotone
    claim: ddcl.theorem4.scope/full/limits/amended
    value: let s := joined k d p z in flow_fall n k d z p (full_weight k d T_value (soft_table k d n T s) s)
    compared: 067885da56fa-d75788855cd5 *)
Theorem loss_falls n k d z p T : (0 < k)%nat -> 0 < T -> let g := full_share k d z p T in
  is_derive (fun t => loss n k d z (advanced p (stopped_flow n z p g) t) T) 0 (- flow_fall n k d z p g) /\
  - flow_fall n k d z p g <= 0.
Proof.
  intros k0 T0 g; set (v := stopped_flow n z p g); split.
  - apply (derive_ext (fun t => sum n (fun m => sum k (fun j => let s := from (joined k d p z) (joined k d v still) t in
      soft_at_state k d T s m j * apart k d s m j)))); [intros; symmetry; apply moved_loss|].
    apply (is_derive_eq _ _ (sum n (fun m => sum k (fun j => g m j * sum d (fun c => 2 * (p j c - z m c) * v j c))))).
    + apply is_derive_sum; intros m _; apply (is_derive_eq _ _ _ _ (level_derivative k d T (joined k d p z) k0 T0 _ m)).
      apply sum_ext; intros j lt; rewrite stretch_of_motion by exact lt; reflexivity.
    + apply along_the_flow.
  - assert (0 <= flow_fall n k d z p g) by (apply sum_ge0; intros; apply sum_ge0; intros; apply Rle_0_sqr); lra.
Qed.
