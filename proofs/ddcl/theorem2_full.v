(** Theorem 2 under the full gradient: a prototype farther than L_q + T is pushed away from the sample. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From Interval Require Import Tactic.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions soft_definitions derivatives softmax.
Open Scope R_scope.

Implicit Types (k d : nat) (z : nat -> R) (p : nat -> nat -> R) (T e : R).

(** Prototype 0 moved by e (p_0 - z), and L_q there through the softmax: (p_0 - z) . F_0 is minus its derivative at e = 0 *)
Definition outwards z p e (j c : nat) : R := match j with O => p 0%nat c + e * (p 0%nat c - z c) | _ => p j c end.
Definition level k d z p T e : R := let p' := outwards z p e in quantization k d z p' (soft k d z p' T).

(** 2 q_0 d_0 ((d_0 - L_q)/T - 1) *)
Definition outward_force k d z p T : R :=
  let q := soft k d z p T in let d0 := distance2 d z (p 0%nat) in
  2 * q 0%nat * d0 * ((d0 - quantization k d z p q) / T - 1).

Lemma first_distance d z p e : distance2 d z (outwards z p e 0) = (1 + e) * (1 + e) * distance2 d z (p 0%nat).
Proof. unfold distance2, norm2; rewrite <- sum_mull; apply sum_ext; intros c _; unfold outwards; to_reals; ring. Qed.

Section Level.
Variables (k d : nat) (z : nat -> R) (p : nat -> nat -> R) (T : R).
Hypothesis T0 : 0 < T.

Let x0 := distance2 d z (p 0%nat).
Let weight j := exp (- (distance2 d z (p (S j)) / T)).
Let mass := sum k weight.
Let rest := sum k (fun j => weight j * distance2 d z (p (S j))).

Lemma level_eq e : level (S k) d z p T e =
  (exp (- ((1 + e) * (1 + e) * x0 / T)) * ((1 + e) * (1 + e) * x0) + rest) / (exp (- ((1 + e) * (1 + e) * x0 / T)) + mass).
Proof.
  unfold level, quantization, soft, share; to_reals; rewrite !sum_first, first_distance; fold x0.
  change (fun i => exp (- (distance2 d z (outwards z p e (S i)) / T))) with weight; fold mass.
  set (u := exp _); set (v := (1 + e) * (1 + e) * x0).
  assert (others : forall i, distance2 d z (outwards z p e (S i)) = distance2 d z (p (S i))) by reflexivity.
  rewrite (sum_ext k _ (fun j => weight j * distance2 d z (p (S j)) * / (u + mass)))
    by (intros i _; rewrite others; fold (weight i); ring).
  rewrite sum_mulr; fold rest; unfold Rdiv; ring.
Qed.

Lemma mass_ge0 : 0 <= mass.
Proof. apply sum_ge0; intros; apply Rlt_le, exp_pos. Qed.

Lemma level_derivative : is_derive (level (S k) d z p T) 0 (- outward_force (S k) d z p T).
Proof.
  apply (is_derive_ext (fun e => (exp (- ((1 + e) * (1 + e) * x0 / T)) * ((1 + e) * (1 + e) * x0) + rest) /
    (exp (- ((1 + e) * (1 + e) * x0 / T)) + mass))); [intros; now rewrite level_eq|].
  assert (same : quantization (S k) d z p (soft (S k) d z p T) = level (S k) d z p T 0).
  { unfold level, quantization, soft, share; to_reals; rewrite !sum_first, first_distance.
    replace ((1 + 0) * (1 + 0) * distance2 d z (p 0%nat)) with (distance2 d z (p 0%nat)) by ring; reflexivity. }
  unfold outward_force; rewrite same, level_eq; unfold soft, share; to_reals; rewrite sum_first; fold x0 mass.
  assert (M := mass_ge0); assert (pos := exp_pos (- ((1 + 0) * (1 + 0) * x0 / T))).
  change (sum k (fun i => exp (- (distance2 d z (p (S i)) / T)))) with mass.
  replace (x0 / T) with ((1 + 0) * (1 + 0) * x0 / T) by (field; lra).
  auto_derive; [apply Rgt_not_eq; unfold Rdiv in pos; lra|].
  change ((1 + 0) * (1 + 0) * x0 / T) with ((1 + 0) * (1 + 0) * x0 * / T) in *; set (g := exp _) in *.
  clearbody g; field; lra.
Qed.
End Level.

(** claim: ddcl.theorem2/full/resists-dispersion/amended
    value: let q := soft_at k d z p T in let d0 := distance2 d z (p 0%nat) in
           2 * q 0%nat * d0 * ((d0 - quantization k d z p q) / T_value - 1)
    compared: 7801b580f6a9-42d00fdb5977 *)
Theorem pushed_out k d z p T : (0 < k)%nat -> 0 < T ->
  quantization k d z p (soft k d z p T) + T < distance2 d z (p 0%nat) ->
  is_derive (level k d z p T) 0 (- outward_force k d z p T) /\ 0 < outward_force k d z p T.
Proof.
  intros k0 T0 beyond; destruct k as [|k]; [lia|]; split; [now apply level_derivative|].
  unfold outward_force; set (q := soft (S k) d z p T) in *; set (d0 := distance2 d z (p 0%nat)) in *.
  assert (L0 : 0 <= quantization (S k) d z p q).
  { apply sum_ge0; intros j _; apply Rmult_le_pos; [apply Rlt_le, soft_gt0; lia|]; apply sum_ge0; intros; apply Rle_0_sqr. }
  set (L := quantization (S k) d z p q) in *; assert (0 < q 0%nat) by (apply soft_gt0; lia).
  assert (1 < (d0 - L) / T) by (apply (Rmult_lt_reg_r T); [exact T0|]; unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra).
  assert (0 < d0) by lra.
  assert (0 < q 0%nat * d0) by (apply Rmult_lt_0_compat; assumption).
  assert (0 < q 0%nat * d0 * ((d0 - L) / T - 1)) by (apply Rmult_lt_0_compat; lra).
  fold L; lra.
Qed.

(** The sample 0, prototypes 2 and 0, T = 1

    claim: ddcl.theorem2/full/resists-dispersion
    role: refutes
    value: let q := soft_at k d z p T in let d0 := distance2 d z (p 0%nat) in
           - (2 * q 0%nat * d0 * ((d0 - quantization k d z p q) / T_value - 1))
    witness: {"z": [0], "p": [[2], [0]], "T": 1}
    compared: 0fd7b835f317-7e4496796c51 *)
Theorem need_not_be_drawn_back : exists k d z p T, 0 < T /\
  quantization k d z p (soft k d z p T) + T < distance2 d z (p 0%nat) /\
  is_derive (level k d z p T) 0 (- outward_force k d z p T) /\ ~ outward_force k d z p T < 0.
Proof.
  exists 2%nat, 1%nat, (fun _ => 0), (fun j _ => match j with O => 2 | _ => 0 end), 1; split; [lra|].
  set (z := fun _ => 0); set (p := fun j _ => match j with O => 2 | _ => 0 end).
  assert (beyond : quantization 2 1 z p (soft 2 1 z p 1) + 1 < distance2 1 z (p 0%nat)).
  { unfold quantization, soft, share, distance2, norm2, z, p; simpl; to_reals; interval. }
  destruct (pushed_out 2 1 z p 1 ltac:(lia) ltac:(lra) beyond) as [D F]; split; [exact beyond|]; split; [exact D | lra].
Qed.
