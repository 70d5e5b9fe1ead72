(** Corollary 2 and Proposition 7 as T -> 0 and as T -> oo: the variance V and the force 2 P S_q. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions soft_definitions gibbs_definitions gap_definitions
  softmax_definitions proposition1.
Open Scope R_scope.

Implicit Types (k d : nat) (z : nat -> R) (p : nat -> nat -> R).

(** ** V, the force and its norm are continuous in q. *)
Section Continuity.
Variables (F : (R -> Prop) -> Prop) (filter : Filter F).

Lemma lim_times (f g : R -> R) (a b : R) :
  filterlim f F (locally a) -> filterlim g F (locally b) -> filterlim (fun T => f T * g T) F (locally (a * b)).
Proof. intros Hf Hg; exact (filterlim_comp_2 f g Rmult Hf Hg (filterlim_mult a b)). Qed.

Lemma lim_minus (f g : R -> R) (a b : R) :
  filterlim f F (locally a) -> filterlim g F (locally b) -> filterlim (fun T => f T + - g T) F (locally (a + - b)).
Proof.
  intros Hf Hg; apply (filterlim_comp_2 (G := locally a) (H := locally (- b)) f (fun T => - g T) Rplus Hf);
    [exact (filterlim_comp _ _ _ g Ropp F (locally b) (locally (- b)) Hg (filterlim_opp b)) | exact (filterlim_plus a (- b))].
Qed.

Lemma lim_constant (a : R) : filterlim (fun _ : R => a) F (locally a).
Proof. apply filterlim_const. Qed.

Variables (k d : nat) (p : nat -> nat -> R) (q : R -> nat -> R) (l : nat -> R).
Hypothesis each : forall j, (j < k)%nat -> filterlim (fun T => q T j) F (locally (l j)).

Lemma mixture_limit c : filterlim (fun T => mixture k (q T) p c) F (locally (mixture k l p c)).
Proof. apply is_lim_sum; [exact filter | intros j lt; apply lim_times; [now apply each | apply lim_constant]]. Qed.

Lemma variance_limit : filterlim (fun T => variance k d p (q T)) F (locally (variance k d p l)).
Proof.
  apply is_lim_sum; [exact filter | intros j lt; apply lim_times; [now apply each|]].
  apply is_lim_sum; [exact filter | intros c _]; unfold square.
  apply lim_times; apply lim_minus; (apply lim_constant || apply mixture_limit).
Qed.

Lemma pull_limit j c : (j < k)%nat -> filterlim (fun T => pull k (q T) p j c) F (locally (pull k l p j c)).
Proof.
  intros lt; apply lim_times; [apply lim_times; [apply lim_constant | now apply each]|].
  apply lim_minus; (apply lim_constant || apply mixture_limit).
Qed.

Lemma force_limit : filterlim (fun T => sqrt (force2 k d (q T) p)) F (locally (sqrt (force2 k d l p))).
Proof.
  apply (filterlim_comp _ _ _ (fun T => force2 k d (q T) p) sqrt F (locally (force2 k d l p))); [|apply continuous_sqrt].
  apply is_lim_sum; [exact filter | intros j lt; apply is_lim_sum; [exact filter | intros c _]]; unfold square.
  apply lim_times; now apply pull_limit.
Qed.
End Continuity.

(** ** At a vertex nothing is left. *)
Lemma mixture_at_vertex k p c : (0 < k)%nat -> mixture k first_vertex p c = p O c.
Proof.
  intros k0; unfold mixture; to_reals; induction k as [|[|k] IH]; [lia | |].
  - unfold first_vertex; simpl; to_reals; ring.
  - rewrite sum_S, IH by lia; unfold first_vertex; simpl; ring.
Qed.

Lemma pull_at_vertex k p j c : (0 < k)%nat -> pull k first_vertex p j c = 0.
Proof.
  intros k0; unfold pull; rewrite mixture_at_vertex by exact k0; destruct j; unfold first_vertex; simpl; to_reals; ring.
Qed.

Lemma variance_at_vertex k d p : (0 < k)%nat -> variance k d p first_vertex = 0.
Proof.
  intros k0; unfold variance; rewrite (sum_ext k _ (fun _ => 0)), sum_const; [ring|]; intros j _.
  destruct j as [|j]; [|unfold first_vertex; simpl; to_reals; ring].
  unfold distance2, norm2; rewrite (sum_ext d _ (fun _ => 0)), sum_const; [to_reals; ring|]; intros c _.
  rewrite mixture_at_vertex by exact k0; to_reals; ring.
Qed.

Lemma force_at_vertex k d p : (0 < k)%nat -> force2 k d first_vertex p = 0.
Proof.
  intros k0; unfold force2, norm2; rewrite (sum_ext k _ (fun _ => 0)), sum_const; [ring|]; intros j _.
  rewrite (sum_ext d _ (fun _ => 0)), sum_const; [ring|]; intros c _.
  rewrite pull_at_vertex by exact k0; to_reals; ring.
Qed.

(** ** T -> 0 where the first prototype is the nearest alone *)

(** claim: ddcl.corollary2/softmax/cold/amended
    value: variance k d p (cold_share k (fun j => distance2 d z (p j)))
    compared: 3b4c4f91c2a8-d056e9227153 *)
Theorem cold_variance k d z p : let x j := distance2 d z (p j) in (0 < k)%nat ->
  (forall j, (0 < j < k)%nat -> x O < x j) ->
  filterlim (fun T => variance k d p (soft k x T)) (at_right 0) (locally 0).
Proof.
  intros x k0 nearest; replace 0 with (variance k d p first_vertex) at 2 by exact (variance_at_vertex k d p k0).
  apply variance_limit; [typeclasses eauto | intros j lt; now apply cold_vertex].
Qed.

(** claim: ddcl.proposition7/frobenius/cold/amended
    value: force2 k d (cold_share k (fun j => distance2 d z (p j))) p
    compared: 7cd5ecfb0ade-4387fca7331b *)
Theorem cold_force k d z p : let x j := distance2 d z (p j) in (0 < k)%nat ->
  (forall j, (0 < j < k)%nat -> x O < x j) ->
  filterlim (fun T => sqrt (force2 k d (soft k x T) p)) (at_right 0) (locally 0).
Proof.
  intros x k0 nearest; replace 0 with (sqrt (force2 k d first_vertex p)) at 2 by (rewrite force_at_vertex by exact k0; exact sqrt_0).
  apply force_limit; [typeclasses eauto | intros j lt; now apply cold_vertex].
Qed.

(** claim: ddcl.proposition7/operator/cold/amended
    value: let q := cold_share k (fun i => distance2 d z (p i)) in entries k (fun j => entries d (fun c => pull k q p j c))
    compared: 2bc37049397b-783873dfd756 *)
Theorem cold_columns k d z p j c : let x i := distance2 d z (p i) in (j < k)%nat ->
  (forall i, (0 < i < k)%nat -> x O < x i) ->
  filterlim (fun T => pull k (soft k x T) p j c) (at_right 0) (locally 0).
Proof.
  intros x lt nearest; replace 0 with (pull k first_vertex p j c) at 2 by (apply pull_at_vertex; lia).
  apply pull_limit; [typeclasses eauto | intros i Hi; now apply cold_vertex | exact lt].
Qed.

(** ** At a tie both are left: prototypes at 1 and -1, seen from 0. *)
Definition opposite (j c : nat) : R := match j with O => 1 | _ => - (1) end.

Lemma halves j : (j < 2)%nat ->
  filterlim (fun T => soft 2 (fun i => distance2 1 (fun _ => 0) (opposite i)) T j) (at_right 0) (locally (even_share 2 j)).
Proof.
  assert (same : forall i, distance2 1 (fun _ => 0) (opposite i) = 1)
    by (intros [|i]; unfold distance2, norm2, opposite; simpl; to_reals; ring).
  intros lt; apply cold_limit; [lia | intros; rewrite !same; reflexivity | intros; lia | exact lt].
Qed.

(** claim: ddcl.corollary2/softmax/cold
    role: refutes
    value: variance k d p (cold_share k (fun j => distance2 d z (p j)))
    witness: {"z": [0], "p": [[1], [-1]], "T": {"s": 0}}
    compared: 78b9f5d2103d-bd2deb83036b *)
Theorem variance_stays : exists k d z p, (0 < k)%nat /\
  ~ filterlim (fun T => variance k d p (soft k (fun j => distance2 d z (p j)) T)) (at_right 0) (locally 0).
Proof.
  exists 2%nat, 1%nat, (fun _ => 0), opposite; split; [lia|]; intros vanishes.
  assert (kept := variance_limit (at_right 0) ltac:(typeclasses eauto) 2 1 opposite _ _ halves).
  assert (same : 0 = variance 2 1 opposite (even_share 2)) by exact (filterlim_locally_unique _ _ _ vanishes kept).
  unfold variance, distance2, norm2, mixture, even_share, opposite in same; simpl in same; revert same; to_reals; lra.
Qed.

(** claim: ddcl.proposition7/frobenius/cold
    role: refutes
    value: force2 k d (cold_share k (fun j => distance2 d z (p j))) p
    witness: {"z": [0], "p": [[1], [-1]], "T": {"s": 0}}
    compared: 916c32881e24-c296de2ef8c5 *)
Theorem force_stays : exists k d z p, (0 < k)%nat /\
  ~ filterlim (fun T => sqrt (force2 k d (soft k (fun j => distance2 d z (p j)) T) p)) (at_right 0) (locally 0).
Proof.
  exists 2%nat, 1%nat, (fun _ => 0), opposite; split; [lia|]; intros vanishes.
  assert (kept := force_limit (at_right 0) ltac:(typeclasses eauto) 2 1 opposite _ _ halves).
  assert (same : 0 = sqrt (force2 2 1 (even_share 2) opposite)) by exact (filterlim_locally_unique _ _ _ vanishes kept).
  assert (two : force2 2 1 (even_share 2) opposite = 2).
  { unfold force2, norm2, pull, mixture, even_share, opposite; simpl; to_reals; lra. }
  rewrite two in same; assert (0 < sqrt 2) by (apply sqrt_lt_R0; lra); lra.
Qed.

(** claim: ddcl.proposition7/operator/cold
    role: refutes
    value: let q := cold_share k (fun i => distance2 d z (p i)) in entries k (fun j => entries d (fun c => pull k q p j c))
    witness: {"z": [0], "p": [[1], [-1]], "T": {"s": 0}}
    compared: bcc69d7641c4-f082aee5361d *)
Theorem columns_stay : exists k d z p j c, (j < k)%nat /\ (c < d)%nat /\
  ~ filterlim (fun T => pull k (soft k (fun i => distance2 d z (p i)) T) p j c) (at_right 0) (locally 0).
Proof.
  exists 2%nat, 1%nat, (fun _ => 0), opposite, O, O; split; [lia | split; [lia|]]; intros vanishes.
  assert (kept := pull_limit (at_right 0) ltac:(typeclasses eauto) 2 opposite _ _ halves 0 0 ltac:(lia)).
  assert (same : 0 = pull 2 (even_share 2) opposite 0 0) by exact (filterlim_locally_unique _ _ _ vanishes kept).
  unfold pull, mixture, even_share, opposite in same; simpl in same; revert same; to_reals; lra.
Qed.

(** ** T -> oo *)
Lemma number_INR n : number n = INR n.
Proof. induction n as [|n IH]; [reflexivity|]; rewrite S_INR, <- IH; reflexivity. Qed.

Lemma mixture_even k p c : mixture k (fun _ => 1 / INR k) p c = centre k p c.
Proof. unfold mixture, centre; to_reals; rewrite number_INR, sum_mull; unfold Rdiv; ring. Qed.

(** claim: ddcl.corollary2/softmax/hot
    value: variance k d p (soft_assignment k d z p T)
           - 1 / number k * sum k (fun j => distance2 d (p j) (centre k p))
    compared: 24ca45d9e77d-7b962d02ea96 *)
Theorem hot_variance k d z p : let x j := distance2 d z (p j) in (0 < k)%nat ->
  filterlim (fun T => variance k d p (soft k x T)) (Rbar_locally p_infty)
    (locally (1 / INR k * sum k (fun j => distance2 d (p j) (centre k p)))).
Proof.
  intros x k0; rewrite <- sum_mull.
  replace (sum k _) with (variance k d p (fun _ => 1 / INR k)).
  - apply variance_limit; [typeclasses eauto | intros j lt; now apply proposition1.hot].
  - apply sum_ext; intros j _; to_reals; f_equal; unfold distance2, norm2; apply sum_ext; intros c _.
    now rewrite mixture_even.
Qed.

(** claim: ddcl.proposition7/operator/hot
    value: entries k (fun j => entries d (fun c => number k * pull k (soft_assignment k d z p T) p j c - 2 * (p j c - centre k p c)))
    compared: 0bb7a2b45cbc-45f67a2c9ef6 *)
Theorem hot_columns k d z p j c : let x i := distance2 d z (p i) in (j < k)%nat ->
  filterlim (fun T => pull k (soft k x T) p j c) (Rbar_locally p_infty) (locally (2 / INR k * (p j c - centre k p c))).
Proof.
  intros x lt; replace (2 / INR k * (p j c - centre k p c)) with (pull k (fun _ => 1 / INR k) p j c).
  - apply pull_limit; [typeclasses eauto | intros i Hi; apply proposition1.hot; lia | exact lt].
  - unfold pull; rewrite mixture_even; to_reals; unfold Rdiv; ring.
Qed.

(** claim: ddcl.proposition7/frobenius/hot
    value: square (number k) * force2 k d (soft_assignment k d z p T) p
           - square 2 * sum k (fun j => distance2 d (p j) (centre k p))
    compared: dbd7dcba6dc0-4fecda7252ad *)
Theorem hot_force k d z p : let x j := distance2 d z (p j) in (0 < k)%nat ->
  filterlim (fun T => sqrt (force2 k d (soft k x T) p)) (Rbar_locally p_infty)
    (locally (2 / INR k * sqrt (sum k (fun j => distance2 d (p j) (centre k p))))).
Proof.
  intros x k0; assert (0 < 2 / INR k) by (apply Rdiv_lt_0_compat; [lra | apply lt_0_INR, k0]).
  replace (2 / INR k * _) with (sqrt (force2 k d (fun _ => 1 / INR k) p)).
  - apply force_limit; [typeclasses eauto | intros j lt; now apply proposition1.hot].
  - rewrite <- (sqrt_square (2 / INR k)) at 1 by lra; rewrite <- sqrt_mult_alt by nra; f_equal.
    rewrite <- sum_mull; apply sum_ext; intros j _; unfold distance2, norm2; rewrite <- sum_mull; apply sum_ext; intros c _.
    unfold pull; rewrite mixture_even; to_reals; unfold Rdiv; ring.
Qed.
