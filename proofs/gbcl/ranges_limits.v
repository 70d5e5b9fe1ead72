(** (45): off the span of the samples the base flow tends to 0. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.gbcl Require Import flows_definitions cell_definitions.

Open Scope R_scope.

Lemma orthogonal_output n d z (v q : nat -> R) : (forall i, (i < n)%nat -> seen d z v i = 0) -> inner d v (combined n z q) = 0.
Proof.
  intros off; transitivity (sum n (fun i => q i * seen d z v i)).
  - unfold inner, combined, seen; to_reals.
    transitivity (sum d (fun c => sum n (fun i => q i * (z i c * v c)))).
    + apply sum_ext; intros c _; rewrite <- sum_mull; apply sum_ext; intros; ring.
    + rewrite sum_exchange; apply sum_ext; intros i _; apply sum_mull.
  - transitivity (sum n (fun _ => 0)); [apply sum_ext; intros i lt_in; rewrite off by assumption; ring |].
    rewrite sum_const; ring.
Qed.

Lemma decay : is_lim (fun t => exp (- t)) p_infty 0.
Proof.
  apply (is_lim_comp exp Ropp p_infty 0 m_infty); [exact is_lim_exp_m | | exists 0; intros; discriminate].
  apply (is_lim_opp (fun t => t) p_infty p_infty), is_lim_id.
Qed.

(** v . W(t) -> 0 for W(t) = mu + e^(-t) (W(0) - mu), mu = Xq
    claim: gbcl.ranges/limit/base-tends
    claim: gbcl.theorem3.4/printed/base-tends
    value: inner d v (approach w (combined n z q) 0)
    compared: ee22a498f1f8-81d12c374097 *)
Theorem base_tends n d z (q w v : nat -> R) : (forall i, (i < n)%nat -> seen d z v i = 0) ->
  is_lim (fun t => inner d v (approach w (combined n z q) (exp (- t)))) p_infty 0.
Proof.
  intros off; apply (is_lim_ext (fun t => exp (- t) * inner d v w)).
  - intros t; transitivity (inner d v (combined n z q) + exp (- t) * (inner d v w - inner d v (combined n z q))).
    + rewrite orthogonal_output by exact off; ring.
    + generalize (combined n z q); intros mu; unfold inner, approach; to_reals.
      rewrite <- sum_sub, <- sum_mull, <- sum_add; apply sum_ext; intros; ring.
  - replace (Finite 0) with (Rbar_mult 0 (inner d v w)) by (simpl; f_equal; ring).
    apply (is_lim_scal_r (fun t => exp (- t)) (inner d v w) p_infty 0), decay.
Qed.
