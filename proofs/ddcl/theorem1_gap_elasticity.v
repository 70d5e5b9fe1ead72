(** Section 5.1: how V answers to the size of the prototypes about the sample, through the softmax: the elasticity
    dV/d log sigma of V(q(z + sigma (P - z)), z + sigma (P - z)). *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions gap_definitions motion_definitions corollary3_definitions
  softmax_definitions derivatives proposition1 softmax_derivatives.
Open Scope R_scope.

Implicit Types (k d : nat) (z : nat -> R) (p : nat -> nat -> R) (T s : R).

(** The prototypes move away from z at their distance from it. *)
Lemma scaling_moves z p s : all_move (fun s => scaled_about z (exp s) p) s (fun j c => scaled_about z (exp s) p j c - z c).
Proof. intros j c; unfold scaled_about; to_reals; auto_derive; [exact I | ring]. Qed.

Section Elasticity.
Variables (k d : nat) (z : nat -> R) (p : nat -> nat -> R) (q : nat -> R) (T : R).
Hypothesis one : sum k q = 1.

Lemma centred (f : nat -> R) : sum k (fun j => q j * (f j - mean k q f)) = 0.
Proof.
  rewrite (sum_ext k _ (fun j => q j * f j - mean k q f * q j)) by (intros; ring).
  rewrite sum_sub, sum_mull, one; unfold mean; to_reals; ring.
Qed.

Lemma held_part : held_variance_rate k d p (fun j c => p j c - z c) q = 2 * variance k d p q.
Proof.
  unfold held_variance_rate, variance, distance2, norm2; to_reals; rewrite <- sum_mull.
  rewrite (sum_ext k (fun j => (1 + 1) * q j * _) (fun j => sum d (fun c => 2 * q j *
    ((p j c - z c) * (p j c - mixture k q p c))))).
  2: { intros j _; change (1 + 1) with 2; rewrite <- sum_mull; apply sum_ext; intros; ring. }
  rewrite (sum_ext k (fun j => 2 * (q j * _)) (fun j => sum d (fun c => 2 * q j *
    ((p j c - mixture k q p c) * (p j c - mixture k q p c))))).
  2: { intros j _; rewrite <- !sum_mull; apply sum_ext; intros; ring. }
  rewrite !(sum_exchange k d); apply sum_ext; intros c _; set (m := mixture k q p c).
  rewrite (sum_ext k _ (fun j => 2 * q j * ((p j c - m) * (p j c - m)) + 2 * (m - z c) * (q j * (p j c - m))))
    by (intros; ring).
  rewrite sum_add, sum_mull; assert (C : sum k (fun j => q j * (p j c - m)) = 0) by exact (centred (fun j => p j c)).
  rewrite C; ring.
Qed.

Lemma moving_part (g : nat -> R) :
  softmax_part k d T z at_rest p (fun j c => p j c - z c) q g = - (2 / T * correlation k q g (fun j => distance2 d z (p j))).
Proof.
  unfold softmax_part, correlation; change (add one one) with 2; to_reals; change (1 + 1) with 2; do 2 f_equal.
  set (x := fun j => distance2 d z (p j)); set (G := mean k q g).
  rewrite (sum_ext k _ (fun j => q j * (g j - G) * x j)).
  - rewrite (sum_ext k (fun j => q j * (g j + - G) * (x j + - _)) (fun j => q j * (g j - G) * x j
      - mean k q x * (q j * (g j - G)))) by (intros; ring).
    rewrite sum_sub, sum_mull; unfold G; rewrite centred; ring.
  - intros j _; unfold x, approach, distance2, norm2, at_rest; to_reals; unfold Rminus at 1; f_equal.
    apply sum_ext; intros; ring.
Qed.
End Elasticity.

(** claim: ddcl.theorem1.gap/softmax/grows/amended
    value: let q := soft_assignment k d z p T in
           rate_through k d T T_value z at_rest p (fun j c => p j c - z c) (fun z p q => variance k d p q)
           - (2 * variance k d p q - 2 / T_value * correlation k q (spread k d p q) (fun j => distance2 d z (p j)))
    compared: 4cf1cd791bad-2cec138d69da *)
Theorem elasticity k d z p T s : (0 < k)%nat -> 0 < T ->
  let p' s := scaled_about z (exp s) p in let q s := assigned k d z (p' s) T in
  is_derive (fun s => variance k d (p' s) (q s)) s
    (2 * variance k d (p' s) (q s)
     - 2 / T * correlation k (q s) (spread k d (p' s) (q s)) (fun j => distance2 d z (p' s j))).
Proof.
  intros k0 T0 p' q; assert (one : sum k (q s) = 1) by exact (soft_mass k _ T k0).
  assert (H := variance_moves k d (fun _ => z) at_rest p' _ T s k0 (Rgt_not_eq _ _ T0) (rests z s) (scaling_moves z p s)).
  apply (is_derive_eq _ _ _ _ H); change (assigned k d z (p' s) T) with (q s); fold (p' s).
  change (fun j c => scaled_about z (exp s) p j c - z c) with (fun j c => p' s j c - z c).
  rewrite (held_part k d z (p' s) (q s) one), (moving_part k d z (p' s) (q s) T one); unfold spread; ring.
Qed.
