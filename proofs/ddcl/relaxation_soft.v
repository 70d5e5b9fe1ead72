(** Section 4.4: what the soft assignment minimises, in terms of least squares. *)
From Coq Require Import Reals Lra Lia.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions gibbs_definitions proposition1.
Open Scope R_scope.

(** One coordinate: the second moment about c is the one about the mean, plus the squared offset. *)
Lemma moment k q (x : nat -> R) c : sum k q = 1 -> let m := sum k (fun j => q j * x j) in
  sum k (fun j => q j * ((c - x j) * (c - x j))) = (c - m) * (c - m) + sum k (fun j => q j * ((x j - m) * (x j - m))).
Proof.
  intros mass m.
  rewrite (sum_ext k (fun j => q j * ((c - x j) * (c - x j)))
    (fun j => ((c - m) * (c - m) + 2 * (c - m) * m) * q j - 2 * (c - m) * (q j * x j) + q j * ((x j - m) * (x j - m))))
    by (intros; ring).
  rewrite sum_add, sum_sub, !sum_mull, mass; fold m; ring.
Qed.

Lemma decomposition k d z p q : sum k q = 1 -> ols k d z p q + variance k d p q = quantization k d z p q.
Proof.
  intros mass; unfold ols, variance, quantization, distance2, norm2; to_reals.
  rewrite (sum_ext k (fun j => q j * sum d (fun c => (z c + - p j c) * (z c + - p j c)))
    (fun j => sum d (fun c => q j * ((z c - p j c) * (z c - p j c))))) by (intros; rewrite sum_mull; reflexivity).
  rewrite (sum_ext k (fun j => q j * sum d (fun c => (p j c + - mixture k q p c) * (p j c + - mixture k q p c)))
    (fun j => sum d (fun c => q j * ((p j c - mixture k q p c) * (p j c - mixture k q p c)))))
    by (intros; rewrite sum_mull; reflexivity).
  rewrite !(sum_exchange k d), <- sum_add; apply sum_ext; intros c _; symmetry.
  exact (moment k q (fun j => p j c) (z c) mass).
Qed.

(** claim: ddcl.relaxation/literal/soft/amended
    truth: Qle_bool 1 (excess_power k k (relative T (fun j => distance2 d z (p j))) r)
    compared: 6b8ce506a66b-056f2e479c54 *)
Theorem entropic k d z p T r : 0 < T -> simplex k r -> let x j := distance2 d z (p j) in
  let objective q := ols k d z p q + variance k d p q + T * sum k (fun j => q j * ln (q j)) in
  objective (soft k x T) <= objective r.
Proof.
  intros T0 on x objective; unfold objective; rewrite !decomposition;
    [exact (minimum k x T r T0 on) | exact (proj2 on) | apply soft_mass, (simplex_size k r on)].
Qed.
