(** Section 5.5 in steps: a step that reverses no displacement. *)
From Coq Require Import Reals Lra Lia.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions training_definitions gibbs_definitions proposition1
  training_derivatives theorem3_applies.
Open Scope R_scope.

(** One sample, one prototype, eta = 1/2

    claim: ddcl.theorem3.applies/steps/oscillation
    role: refutes
    value: let s := joined k d p z in - kept k d n T_value (soft_table k d n T s) s v eta
    witness: {"z": [[0]], "p": [[0]], "T": 1, "v": [[1]], "eta": "1/2"}
    compared: a08be7da4291-ce17ab27f8b8 *)
Theorem need_not_overshoot : exists k d n T s (v : nat -> nat -> R) eta, 0 < T /\ 0 < eta /\
  0 < sum k (fun j => norm2 d (v j)) /\ ~ kept k d n T (soft_at_state k d T s) s v eta < 0.
Proof.
  exists 1%nat, 1%nat, 1%nat, 1, (fun _ => 0), (fun _ _ => 1), (1 / 2); do 2 (split; [lra|]); split.
  - unfold norm2; simpl; to_reals; lra.
  - assert (H := no_overshoot 1 1 1 1 (fun _ => 0) (fun _ _ => 1) (1 / 2) ltac:(lia) ltac:(lia) ltac:(lra) ltac:(lra)).
    cbv zeta in H; apply Rle_not_lt, H; intros j lt; replace j with 0%nat by lia.
    assert (M : 0 + soft_at_state 1 1 1 (fun _ => 0) 0%nat 0%nat = 1)
      by exact (soft_mass 1 (apart 1 1 (fun _ => 0) 0) 1 ltac:(lia)).
    rewrite sum_S; change (sum 0 _) with 0; rewrite M; simpl; lra.
Qed.
