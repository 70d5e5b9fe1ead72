(** Theorem 4 with all samples at the origin: the equilibria are a continuum, since E is flat to first order at P = 0. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions remark3_definitions dissipation_definitions derivatives theorem4_dissipation.
Open Scope R_scope.

(** All prototypes, or all samples, at the origin *)
Definition origin (j c : nat) : R := 0.

Lemma rate_at_the_origin n k d q sep weight a b : energy_rate n k d origin origin q sep weight a b = 0.
Proof.
  assert (none : forall m (f : nat -> R), (forall i, (i < m)%nat -> f i = 0) -> sum m f = 0).
  { intros m f f0; rewrite (sum_ext m f (fun _ => 0) f0), sum_const; ring. }
  unfold energy_rate, distance2, norm2, origin; to_reals.
  rewrite (none n), (none k), (none k); [ring | | |]; intros; repeat (apply none; intros); try ring.
  rewrite (none d), (none d); intros; ring.
Qed.

(** Along every direction a of the prototypes and b of the assignments

    claim: ddcl.theorem4/one-point/continuum
    value: energy_rate n k d (fun _ _ => 0) (fun _ _ => 0) q sep weight a b
    compared: ae642033372f-ac48cd47ef98 *)
Theorem every_assignment_is_at_rest n k d q sep weight a b :
  is_derive (moved_energy n k d origin origin q sep weight a b) 0 0.
Proof.
  assert (D := derive_energy n k d origin origin q sep weight a b); rewrite rate_at_the_origin in D; exact D.
Qed.
