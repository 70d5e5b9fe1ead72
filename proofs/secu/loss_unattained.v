(** Without the unit length the loss of a centre need not attain its infimum. *)
From Coq Require Import Reals Lra Lia QArith List.
From DDCL Require Import reals.
From DDCL.secu Require Import sphere_definitions theorem1.

Open Scope R_scope.

Lemma falls_on_the_line w : ln (exp (w + 1) + 1) - (w + 1) < ln (exp w + 1) - w.
Proof.
  assert (A0 := exp_pos w); assert (e0 := exp_ineq1 1 R1_neq_R0).
  assert (step : ln (exp (w + 1) + 1) < ln (exp 1 * (exp w + 1))) by (apply ln_increasing; rewrite exp_plus; nra).
  rewrite ln_mult, ln_exp in step by lra; lra.
Qed.

(** One positive at 1, the other centre at 0, u = 1: no positive has x_i.u < 0, not all have x_i.u = 0, and no centre has the least loss.
    claim: secu.loss/unconstrained/attained
    role: refutes
    truth: (existsb (fun i => negb (Qle_bool 0 (dot d (x i) u))) (seq 0 n) || forallb (fun i => Qeq_bool (dot d (x i) u) 0) (seq 0 n))%bool
    witness: {"x": [[1]], "w": [0], "v": [[0]], "u": [1], "T": 1}
    compared: 8370bbc8aef3-8810f26f9c4e *)
Theorem least_loss_unattained : exists lambda n d o (x v : nat -> nat -> R) (u : nat -> R),
  0 < lambda /\ (0 < n)%nat /\ (0 < o)%nat /\ (forall i, (i < n)%nat -> 0 <= dot d (x i) u) /\
  ~ (forall i, (i < n)%nat -> dot d (x i) u = 0) /\
  forall w, exists z, loss lambda n d o x v z < loss lambda n d o x v w.
Proof.
  exists 1, 1%nat, 1%nat, 1%nat, (fun _ _ => 1), (fun _ _ => 0), (fun _ => 1).
  split; [lra |]; split; [lia |]; split; [lia |]; split; [intros; unfold dot; simpl; to_reals; lra |]; split.
  - intros zero; specialize (zero 0%nat Nat.lt_0_1); revert zero; unfold dot; simpl; to_reals; lra.
  - intros w; exists (fun a => w a + 1); assert (falls := falls_on_the_line (w 0%nat)).
    unfold loss, rivals, attraction, boltzmann_weight, dot; simpl; to_reals.
    replace (- - (0 + 1 * (w 0%nat + 1)) / 1) with (w 0%nat + 1) by field; replace (- - (0 + 1 * w 0%nat) / 1) with (w 0%nat) by field.
    replace (0 + exp (- - (0 + 1 * 0) / 1)) with 1 by (replace (- - (0 + 1 * 0) / 1) with 0 by field; rewrite exp_0; ring); lra.
Qed.
