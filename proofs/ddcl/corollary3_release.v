(** Appendix G, note 2, and section 9, prototypes that stay: what the gradient of V through the softmax does to the sample.
    T is given over the rationals by s = e^(-1/T) and, where it stands for itself, by a rational number. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions gap_definitions motion_definitions corollary3_definitions
  softmax_definitions derivatives proposition1 softmax_derivatives covariance_derivatives proposition4_softmax.
Open Scope R_scope.

Implicit Types (k d : nat) (T t : R) (p : nat -> nat -> R).

(** The gradient of V in the sample, (2/T) P S_q a with a_j = |p_j - Pq|^2 *)
Definition force k d T z p : nat -> R := let q := assigned k d z p T in correction k T p q (spread k d p q).

(** The sample as it descends on V *)
Definition descends k d T (z : R -> nat -> R) p t : Prop := moves z t (fun c => - force k d T (z t) p c).

(** claim: ddcl.corollary3.release/free/lowers-v
    value: let q := stored k (soft_assignment k d z p T) in let a := stored k (spread k d p q) in
           - rate_through k d T T_value z (fun c => - correction k T_value p q a c) p still (fun z p q => variance k d p q)
    compared: d07d7796f55d-2c903f4e4543 *)
Theorem variance_falls k d (z : R -> nat -> R) p T t : (0 < k)%nat -> 0 < T -> descends k d T z p t ->
  is_derive (fun t => variance k d p (assigned k d (z t) p T)) t (- norm2 d (force k d T (z t) p)) /\
  - norm2 d (force k d T (z t) p) <= 0.
Proof.
  intros k0 T0 down; split.
  - assert (H := variance_gradient k d z _ p T t k0 T0 down); apply (is_derive_eq _ _ _ _ H).
    unfold dot, norm2; rewrite <- sum_neg; apply sum_ext; intros; unfold force; to_reals; ring.
  - assert (0 <= norm2 d (force k d T (z t) p)) by (apply sum_ge0; intros; apply Rle_0_sqr); lra.
Qed.

(** ** Two prototypes *)

Lemma mass_of_two (q : nat -> R) : sum 2 q = 1 -> q 1%nat = 1 - q O.
Proof. simpl; to_reals; lra. Qed.

Lemma spread_of_two d p (q : nat -> R) : sum 2 q = 1 ->
  spread 2 d p q O = q 1%nat * q 1%nat * distance2 d (p O) (p 1%nat) /\
  spread 2 d p q 1%nat = q O * q O * distance2 d (p O) (p 1%nat).
Proof.
  intros one; assert (last := mass_of_two q one); unfold spread, distance2, norm2; to_reals; rewrite <- !sum_mull.
  split; apply sum_ext; intros c _; unfold mixture; simpl; to_reals; rewrite last; ring.
Qed.

Lemma correction_of_two d T p (q : nat -> R) c : sum 2 q = 1 -> correction 2 T p q (spread 2 d p q) c =
  2 / T * (q O * q 1%nat * (q 1%nat - q O)) * distance2 d (p O) (p 1%nat) * (p O c - p 1%nat c).
Proof.
  intros one; assert (last := mass_of_two q one); destruct (spread_of_two d p q one) as (at_0 & at_1).
  unfold correction; cbn [sum]; rewrite !covariance_derivatives.times_mean by lia; unfold mean; cbn [sum].
  rewrite at_0, at_1; to_reals; change (1 + 1) with 2; rewrite last; unfold Rdiv; ring.
Qed.

Lemma even_iff_halfway d z p T : 0 < T -> let q := assigned 2 d z p T in
  q 1%nat = q O <-> distance2 d z (p O) = distance2 d z (p 1%nat).
Proof.
  intros T0; unfold assigned, soft; set (x := distance2 d z (p O)); set (y := distance2 d z (p 1%nat)).
  assert (Z0 := partition_gt0 2 (fun j => distance2 d z (p j)) T ltac:(lia)); split; intros same.
  - apply Rmult_eq_reg_r in same; [|apply Rgt_not_eq, Rinv_0_lt_compat, Z0].
    apply exp_inv in same; apply Rmult_eq_reg_r in same; [lra | apply Rgt_not_eq, Rinv_0_lt_compat, T0].
  - now rewrite same.
Qed.

(** claim: ddcl.corollary3.release/free/active/amended
    value: let q := soft_assignment 2 d z p T in
           rate_through 2 d T T_value z u p still (fun z p q => variance 2 d p q)
           - dot d (fun c => 2 / T_value * (q 0%nat * q 1%nat * (q 1%nat - q 0%nat)) * distance2 d (p 0%nat) (p 1%nat)
                             * (p 0%nat c - p 1%nat c)) u
    compared: 68d8af2c9cad-a440184f7f82 *)
Theorem force_between_two d (z : R -> nat -> R) e p T t : 0 < T -> moves z t e -> let q := assigned 2 d (z t) p T in
  let pull c := 2 / T * (q O * q 1%nat * (q 1%nat - q O)) * distance2 d (p O) (p 1%nat) * (p O c - p 1%nat c) in
  is_derive (fun t => variance 2 d p (assigned 2 d (z t) p T)) t (dot d pull e) /\
  ((forall c, (c < d)%nat -> pull c = 0) <->
    distance2 d (z t) (p O) = distance2 d (z t) (p 1%nat) \/ (forall c, (c < d)%nat -> p O c = p 1%nat c)).
Proof.
  intros T0 sample q pull; assert (one : sum 2 q = 1) by (apply soft_mass; lia); split.
  - assert (H := variance_gradient 2 d z e p T t ltac:(lia) T0 sample); apply (is_derive_eq _ _ _ _ H).
    apply sum_ext; intros c _; now rewrite correction_of_two.
  - assert (q0 : 0 < q O) by (apply soft_gt0; lia); assert (q1 : 0 < q 1%nat) by (apply soft_gt0; lia).
    assert (0 < 2 / T) by (apply Rdiv_lt_0_compat; lra); assert (0 < q O * q 1%nat) by now apply Rmult_lt_0_compat.
    rewrite <- (even_iff_halfway d (z t) p T T0); fold q; split.
    + intros none; destruct (Req_dec (q 1%nat) (q O)) as [same | other]; [now left | right].
      assert (each : forall c, (c < d)%nat -> distance2 d (p O) (p 1%nat) * (p O c - p 1%nat c) = 0).
      { intros c lt; assert (N := none c lt); unfold pull in N; rewrite Rmult_assoc in N.
        apply Rmult_integral in N; destruct N as [N | N]; [|exact N].
        apply Rmult_integral in N; destruct N as [N | N]; [lra|]; apply Rmult_integral in N; lra. }
      intros c lt; assert (E := each c lt); apply Rmult_integral in E; destruct E as [E | E]; [|lra].
      assert (D := sum_eq0 d (fun c => square (p O c - p 1%nat c)) (fun i _ => Rle_0_sqr _) E c lt).
      apply Rsqr_0_uniq in D; lra.
    + intros [same | same] c lt; unfold pull; [rewrite same | rewrite (same c lt)]; ring.
Qed.

(** Two prototypes at one distance on either side: nothing moves the sample.

    claim: ddcl.corollary3.release/free/active
    role: refutes
    value: entries d (fun c => rate_through k d T T_value z (fun i => if Nat.eqb i c then 1 else 0) p still
                                 (fun z p q => variance k d p q))
    witness: {"z": [0], "p": [[-1], [1]], "T": 1}
    compared: 1352033e4a1a-219c36f5c8da *)
Theorem not_active : exists k d z p, (exists i j c, (i < j < k)%nat /\ (c < d)%nat /\ p i c <> p j c) /\
  forall T e, 0 < T -> is_derive (fun t => variance k d p (assigned k d (sample_along z e t) p T)) 0 0.
Proof.
  exists 2%nat, 1%nat, (fun _ => 0), (fun j _ => match j with O => - (1) | _ => 1 end); split.
  - exists O, 1%nat, O; repeat split; [lia | lia | lia |]; lra.
  - intros T e T0; set (p := fun _ _ => _).
    destruct (force_between_two 1 (sample_along (fun _ => 0) e) e p T 0 T0 (along_moves _ _)) as [H [_ halfway]].
    apply (is_derive_eq _ _ _ _ H); unfold dot; cbn [sum]; rewrite halfway; [to_reals; ring | | lia].
    left; rewrite sample_at_start; unfold p, distance2, norm2; simpl; to_reals; ring.
Qed.

(** claim: ddcl.corollary3.release/free/sharpens/amended
    value: let q := stored 2 (soft_assignment 2 d z p T) in let a := stored 2 (spread 2 d p q) in
           rate_through 2 d T T_value z (fun c => - correction 2 T_value p q a c) p still (fun z p q => norm2 2 q)
    compared: 5eb2d419a17a-f97edf8f9258 *)
Theorem two_sharpen d (z : R -> nat -> R) p T t : 0 < T -> descends 2 d T z p t -> let q := assigned 2 d (z t) p T in
  let rate := 2 * square (2 / T * (q O * q 1%nat * (q O - q 1%nat)) * distance2 d (p O) (p 1%nat)) in
  is_derive (fun t => norm2 2 (assigned 2 d (z t) p T)) t rate /\ 0 <= rate.
Proof.
  intros T0 down q rate; split; [|apply Rmult_le_pos; [lra | apply Rle_0_sqr]].
  assert (one : sum 2 q = 1) by (apply soft_mass; lia); assert (last := mass_of_two q one).
  assert (each : forall j, (j < 2)%nat -> is_derive (fun t => square (assigned 2 d (z t) p T j)) t
    (2 * q j * (2 / T * covariance_times 2 q (fun l => dot d (p l) (fun c => - force 2 d T (z t) p c)) j))).
  { intros j lt; assert (H := jacobian 2 d z _ p T t j lt T0 down).
    apply (is_derive_eq _ _ _ _ (derive_product _ _ t _ _ H H)); fold q; ring. }
  assert (H := is_derive_sum 2 _ _ t each); apply (is_derive_eq _ _ _ _ H); clear H each; cbn [sum]; to_reals.
  rewrite !covariance_derivatives.times_mean by lia; unfold mean; cbn [sum]; to_reals.
  set (a := dot d (p O) _); set (b := dot d (p 1%nat) _).
  set (D := distance2 d (p O) (p 1%nat)); set (h := 2 / T * (q O * q 1%nat * (q O - q 1%nat))).
  assert (apart : a - b = h * D * D).
  { unfold a, b, dot; to_reals; rewrite <- sum_sub; unfold D at 2, distance2, norm2; rewrite <- sum_mull.
    apply sum_ext; intros c _; unfold force; fold q; rewrite correction_of_two by exact one.
    fold D; unfold h; to_reals; ring. }
  unfold rate, square; fold h D; to_reals; replace a with (b + h * D * D) by lra; unfold h; rewrite last; ring.
Qed.

(** Three prototypes at -2, 0 and 1 and a sample at 0, e^(-1/T) = 1/2: the shares even out. *)
Definition uneven (j c : nat) : R := match j with O => - (2) | S O => 0 | _ => 1 end.

Lemma weight_at_half x : exp (- x / (/ ln 2)) = exp (- (x * ln 2)).
Proof. f_equal; field; assert (L := ln_lt_2); lra. Qed.

Lemma uneven_shares : let q := assigned 3 1 (fun _ => 0) uneven (/ ln 2) in q O = 1 / 25 /\ q 1%nat = 16 / 25 /\ q 2%nat = 8 / 25.
Proof.
  assert (e0 : exp (- (0 * ln 2)) = 1) by (rewrite Rmult_0_l, Ropp_0; exact exp_0).
  assert (e1 : exp (- (1 * ln 2)) = / 2) by (rewrite exp_Ropp, Rmult_1_l, exp_ln by lra; reflexivity).
  assert (e4 : exp (- (4 * ln 2)) = / 16).
  { replace (4 * ln 2) with (ln 2 + ln 2 + ln 2 + ln 2) by ring; rewrite exp_Ropp, !exp_plus, !exp_ln by lra; lra. }
  assert (d0 : distance2 1 (fun _ => 0) (uneven 0) = 4) by (unfold distance2, norm2, uneven; simpl; to_reals; ring).
  assert (d1 : distance2 1 (fun _ => 0) (uneven 1) = 0) by (unfold distance2, norm2, uneven; simpl; to_reals; ring).
  assert (d2 : distance2 1 (fun _ => 0) (uneven 2) = 1) by (unfold distance2, norm2, uneven; simpl; to_reals; ring).
  unfold assigned, soft, partition; cbn [sum]; rewrite d0, d1, d2, !weight_at_half, e0, e1, e4; to_reals; lra.
Qed.

(** claim: ddcl.corollary3.release/free/sharpens
    role: refutes
    value: let q := stored k (soft_assignment k d z p T) in let a := stored k (spread k d p q) in
           rate_through k d T T_value z (fun c => - correction k T_value p q a c) p still (fun z p q => norm2 k q)
    witness: {"z": [0], "p": [[-2], [0], [1]], "T": {"s": "1/2"}}
    compared: 5eb2d419a17a-8a96686c4caf *)
Theorem three_need_not_sharpen : exists k d z p T rate, 0 < T /\
  is_derive (fun t => norm2 k (assigned k d (sample_along z (fun c => - force k d T z p c) t) p T)) 0 rate /\ rate < 0.
Proof.
  assert (L0 : 0 < ln 2) by (assert (L := ln_lt_2); lra); set (T := / ln 2).
  exists 3%nat, 1%nat, (fun _ => 0), uneven, T.
  assert (T0 : 0 < T) by now apply Rinv_0_lt_compat.
  set (e := fun c => - force 3 1 T (fun _ => 0) uneven c); set (q := assigned 3 1 (fun _ => 0) uneven T).
  destruct uneven_shares as (q0 & q1 & q2); fold T in q0, q1, q2; fold q in q0, q1, q2.
  assert (each : forall j, (j < 3)%nat -> is_derive
    (fun t => square (assigned 3 1 (sample_along (fun _ => 0) e t) uneven T j)) 0
    (2 * q j * (2 / T * covariance_times 3 q (fun l => dot 1 (uneven l) e) j))).
  { intros j lt; assert (H := jacobian 3 1 (sample_along (fun _ => 0) e) e uneven T 0 j lt T0 (along_moves _ _)).
    cbv zeta in H; rewrite sample_at_start in H; fold q in H.
    apply (is_derive_eq _ _ _ _ (derive_product _ _ 0 _ _ H H)); rewrite sample_at_start; fold q; ring. }
  eexists; split; [exact T0 | split; [exact (is_derive_sum 3 _ _ 0 each)|]].
  cbn [sum]; rewrite !covariance_derivatives.times_mean by lia; unfold mean; cbn [sum]; to_reals.
  assert (down : e O = 2 / T * (4968 / 15625)).
  { unfold e, force; fold q; unfold correction; cbn [sum]; rewrite !covariance_derivatives.times_mean by lia.
    unfold mean, spread, distance2, norm2, mixture; cbn [sum]; rewrite q0, q1, q2; unfold uneven; to_reals.
    change (1 + 1) with 2; field; lra. }
  unfold dot; cbn [sum]; rewrite down, q0, q1, q2; unfold uneven; to_reals.
  assert (0 < / T) by (apply Rinv_0_lt_compat, T0); unfold Rdiv; nra.
Qed.
