(** Section 5.6: equilibria of training with the gradient stopped are stationary points of F_T, and need not be KKT points of E. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions gibbs_definitions derivatives proposition1
  descent_definitions training_derivatives theorem4_scope theorem4_scope_cooling.
Open Scope R_scope.

Implicit Types (n k d m j : nat) (z p v : nat -> nat -> R) (T : R).

(** Along every motion v of the prototypes dF_T = -<P', v>: training is P' = -grad F_T.

    claim: ddcl.theorem4.scope/stopped/limits/amended
    value: let q := fun m => soft_row k d (boltzmann T) z p m in
           entries k (fun j => entries d (fun c => T_value * sum n (fun m => q m j * (2 * (p j c - z m c) / T_value)) + stopped_flow n z p q j c))
    compared: 142d36a8937b-5d8aea86c646 *)
Theorem training_is_a_gradient n k d z p v T : (0 < k)%nat -> 0 < T ->
  is_derive (fun t => free_energy n k d z (advanced p v t) T) 0
    (- sum k (fun j => sum d (fun c => stopped_flow n z p (softened k d z p T) j c * v j c))).
Proof.
  intros k0 T0; apply (is_derive_eq _ _ _ _ (free_energy_derivative n k d z p v T k0 T0)), along_a_motion.
Qed.

(** Samples 1 and -1, prototypes 1/4 and -1/4, e^(-1/T) = 3/5 *)
Definition ends (m c : nat) : R := match m with O => 1 | _ => -1 end.
Definition quarters (j c : nat) : R := match j with O => 1 / 4 | _ => - (1 / 4) end.

Lemma cost_of_ends m j : costs 1 ends quarters m j = (ends m 0%nat - quarters j 0%nat) * (ends m 0%nat - quarters j 0%nat).
Proof. unfold costs, distance2, norm2; simpl; to_reals; ring. Qed.

Lemma shares_of_ends m j : (m < 2)%nat -> (j < 2)%nat ->
  softened 2 1 ends quarters (/ ln (5 / 3)) m j = if Nat.eqb m j then 5 / 8 else 3 / 8.
Proof.
  intros lt_m lt_j; assert (L : 0 < ln (5 / 3)) by (rewrite <- ln_1; apply ln_increasing; lra).
  set (w x := exp (- x / / ln (5 / 3))).
  assert (far : w (25 / 16) = 3 / 5 * w (9 / 16)).
  { unfold w; replace (- (25 / 16) / / ln (5 / 3)) with (- ln (5 / 3) + - (9 / 16) / / ln (5 / 3)) by (field; lra).
    rewrite exp_plus, exp_Ropp, exp_ln by lra; field; apply Rgt_not_eq, exp_pos. }
  assert (W : 0 < w (9 / 16)) by apply exp_pos.
  unfold softened, soft, partition; simpl sum; to_reals.
  fold (w (costs 1 ends quarters m 0)) (w (costs 1 ends quarters m 1)) (w (costs 1 ends quarters m j)); rewrite !cost_of_ends.
  destruct m as [|[|m]]; destruct j as [|[|j]]; try lia; simpl;
    replace ((1 - 1 / 4) * (1 - 1 / 4)) with (9 / 16) by field;
    replace ((1 - - (1 / 4)) * (1 - - (1 / 4))) with (25 / 16) by field;
    replace ((-1 - 1 / 4) * (-1 - 1 / 4)) with (25 / 16) by field;
    replace ((-1 - - (1 / 4)) * (-1 - - (1 / 4))) with (9 / 16) by field; rewrite ?far; field; lra.
Qed.

(** claim: ddcl.theorem4.scope/stopped/limits
    role: refutes
    value: let q := fun m => soft_row k d (boltzmann T) z p m in
           let others i := filter (fun j => negb (Nat.eqb i j)) (seq 0 k) in
           if Nat.eqb k 1 then [0] else concat (entries n (fun m => concat (entries k (fun i =>
             map (fun j => q m i * (distance2 d (z m) (p j) - distance2 d (z m) (p i))) (others i)))))
    witness: {"z": [[1], [-1]], "p": [["1/4"], ["-1/4"]], "T": {"s": "3/5"}}
    compared: 715785a1e019-49762e1d6dbe *)
Theorem equilibrium_need_not_be_kkt : exists n k d z p T, 0 < T /\
  (forall j c, (j < k)%nat -> (c < d)%nat -> stopped_flow n z p (softened k d z p T) j c = 0) /\
  ~ forall m i j, (m < n)%nat -> (i < k)%nat -> (j < k)%nat ->
      0 <= softened k d z p T m i * (costs d z p m j - costs d z p m i).
Proof.
  exists 2%nat, 2%nat, 1%nat, ends, quarters, (/ ln (5 / 3)).
  split; [apply Rinv_0_lt_compat; rewrite <- ln_1; apply ln_increasing; lra|]; split.
  - intros j c lt _; unfold stopped_flow; simpl sum; to_reals; rewrite !shares_of_ends by lia.
    destruct j as [|[|j]]; [| |lia]; simpl; field.
  - intros kkt; assert (H := kkt 0%nat 1%nat 0%nat ltac:(lia) ltac:(lia) ltac:(lia)).
    rewrite shares_of_ends, !cost_of_ends in H by lia; simpl in H; lra.
Qed.
