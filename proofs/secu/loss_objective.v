(** The gradients of loss (3) in its centres are those of no common objective, but of one function of each centre, and that is convex. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.secu Require Import sphere_definitions loss_definitions theorem1 loss.

Open Scope R_scope.

Implicit Types (n k d j l : nat) (rows labels w : nat -> nat -> R) (x u v z : nat -> R) (lambda h : R).

Lemma mass_moved lambda k d w x l u h : (l < k)%nat -> let e := boltzmann_weight lambda in
  mass e k d (with_moved w l u h) x = exp ((dot d x (w l) + h * dot d x u) / lambda) + mass_but e k d w x l.
Proof.
  intros lt e; unfold e; rewrite (mass_split lambda k d (with_moved w l u h) x l lt); to_reals; f_equal.
  - rewrite attraction_exp; unfold with_moved; rewrite Nat.eqb_refl; to_reals; rewrite dot_moved; reflexivity.
  - apply sum_ext; intros m _; unfold with_moved; destruct (Nat.eqb m l); reflexivity.
Qed.

Lemma share_at_rest lambda k d w x j l : (l < k)%nat ->
  share (boltzmann_weight lambda) k d w x j =
  exp (dot d x (w j) / lambda) / (exp (dot d x (w l) / lambda) + mass_but (boltzmann_weight lambda) k d w x l).
Proof. intros lt; unfold share; rewrite (mass_split lambda k d w x l lt), !attraction_exp; reflexivity. Qed.

Lemma own_share_derivative lambda k d w x j z : lambda <> 0 -> (j < k)%nat ->
  let p := share (boltzmann_weight lambda) k d w x j in
  is_derive (fun h => share (boltzmann_weight lambda) k d (with_moved w j z h) x j) 0 (p * (1 - p) * dot d x z / lambda).
Proof.
  intros lambda0 lt p; assert (S0 := mass_but_ge0 lambda k d w x j); assert (A0 := exp_pos (dot d x (w j) / lambda)).
  apply (is_derive_ext (fun h => exp ((dot d x (w j) + h * dot d x z) / lambda) /
    (exp ((dot d x (w j) + h * dot d x z) / lambda) + mass_but (boltzmann_weight lambda) k d w x j))).
  - intros h; over_reals; unfold share; rewrite mass_moved by exact lt; rewrite attraction_exp; unfold with_moved.
    rewrite Nat.eqb_refl; to_reals; rewrite dot_moved; reflexivity.
  - unfold p; rewrite (share_at_rest lambda k d w x j j lt); auto_derive.
    + apply Rgt_not_eq, Rplus_lt_le_0_compat; [apply exp_pos | exact S0].
    + unfold Rdiv in *; rewrite Rmult_0_l, Rplus_0_r; field; split; lra.
Qed.

Lemma cross_share_derivative lambda k d w x j l z : lambda <> 0 -> (l < k)%nat -> j <> l ->
  let p := share (boltzmann_weight lambda) k d w x in
  is_derive (fun h => share (boltzmann_weight lambda) k d (with_moved w l z h) x j) 0 (- (p j * p l * dot d x z / lambda)).
Proof.
  intros lambda0 lt other p; assert (S0 := mass_but_ge0 lambda k d w x l); assert (A0 := exp_pos (dot d x (w l) / lambda)).
  apply (is_derive_ext (fun h => exp (dot d x (w j) / lambda) /
    (exp ((dot d x (w l) + h * dot d x z) / lambda) + mass_but (boltzmann_weight lambda) k d w x l))).
  - intros h; over_reals; unfold share; rewrite mass_moved by exact lt; rewrite attraction_exp; unfold with_moved.
    destruct (Nat.eqb_spec j l); [contradiction | reflexivity].
  - unfold p; rewrite !(share_at_rest lambda k d w x _ l lt); auto_derive.
    + apply Rgt_not_eq, Rplus_lt_le_0_compat; [apply exp_pos | exact S0].
    + unfold Rdiv in *; rewrite Rmult_0_l, Rplus_0_r; field; split; lra.
Qed.

Lemma gradient_derivative lambda n k d rows labels j u (moved : R -> nat -> nat -> R) (p' : nat -> R) : lambda <> 0 ->
  let e := boltzmann_weight lambda in
  (forall i, (i < n)%nat -> is_derive (fun h => share e k d (moved h) (rows i) j) 0 (p' i)) ->
  is_derive (fun h => centre_gradient e lambda n k d rows labels j u (moved h)) 0
    (sum n (fun i => labels i j * p' i * dot d (rows i) u / lambda)).
Proof.
  intros lambda0 e each.
  apply (derivative_of_sum n (fun i h => labels i j * (share e k d (moved h) (rows i) j - 1) * dot d (rows i) u / lambda)).
  intros i lt; set (c := labels i j * (dot d (rows i) u / lambda)).
  apply (is_derive_ext (fun h => c * (share e k d (moved h) (rows i) j + - (1)))).
  { intros h; over_reals; unfold c; to_reals; unfold Rdiv; ring. }
  replace (labels i j * p' i * dot d (rows i) u / lambda) with (c * (p' i + 0)) by (unfold c, Rdiv; ring).
  apply (is_derive_scal (fun h => share e k d (moved h) (rows i) j + - (1)) 0 c).
  apply (is_derive_plus (fun h => share e k d (moved h) (rows i) j)); [exact (each i lt) | exact (is_derive_const (- (1)) 0)].
Qed.

Lemma own_derivative lambda n k d rows labels w j u z : lambda <> 0 -> (j < k)%nat -> let e := boltzmann_weight lambda in
  is_derive (fun h => centre_gradient e lambda n k d rows labels j u (with_moved w j z h)) 0
    (own_slope e lambda n k d rows labels w j u z).
Proof.
  intros lambda0 lt e; unfold own_slope; erewrite sum_ext; [apply gradient_derivative; [exact lambda0 |] | ].
  - intros i _; apply own_share_derivative; assumption.
  - intros i _; to_reals; unfold e; field; exact lambda0.
Qed.

Lemma cross_derivative lambda n k d rows labels w j l u z : lambda <> 0 -> (l < k)%nat -> j <> l -> let e := boltzmann_weight lambda in
  is_derive (fun h => centre_gradient e lambda n k d rows labels j u (with_moved w l z h)) 0
    (cross_slope e lambda n k d rows labels w j l u z).
Proof.
  intros lambda0 lt other e; unfold cross_slope; to_reals; rewrite <- sum_neg; erewrite sum_ext;
    [apply gradient_derivative; [exact lambda0 |] | ].
  - intros i _; apply cross_share_derivative; assumption.
  - intros i _; unfold e; field; exact lambda0.
Qed.

Lemma share_bounds lambda k d w x j : (j < k)%nat -> 0 <= share (boltzmann_weight lambda) k d w x j <= 1.
Proof.
  intros lt; rewrite (share_at_rest lambda k d w x j j lt).
  assert (S0 := mass_but_ge0 lambda k d w x j); assert (A0 := exp_pos (dot d x (w j) / lambda)); revert S0 A0.
  generalize (exp (dot d x (w j) / lambda)) (mass_but (boltzmann_weight lambda) k d w x j); intros A S S0 A0.
  assert (inv := Rinv_0_lt_compat (A + S) ltac:(lra)); split; [apply Rmult_le_pos; lra |].
  apply Rmult_le_reg_r with (A + S); [lra |]; unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra; lra.
Qed.

Lemma own_slope_ge0 lambda n k d rows labels w j u : 0 < lambda -> (j < k)%nat -> (forall i, (i < n)%nat -> 0 <= labels i j) ->
  0 <= own_slope (boltzmann_weight lambda) lambda n k d rows labels w j u u.
Proof.
  intros lambda0 lt labels0; apply sum_ge0; intros i lt_in; assert (p01 := share_bounds lambda k d w (rows i) j lt); to_reals.
  assert (y0 := labels0 i lt_in); revert p01 y0.
  generalize (share (boltzmann_weight lambda) k d w (rows i) j) (dot d (rows i) u) (labels i j); intros p b y p01 y0.
  replace (y * p * (1 + - p) * b * b * / (lambda * lambda)) with (y * (p * (1 - p)) * (b * b * / (lambda * lambda))) by ring.
  apply Rmult_le_pos; [apply Rmult_le_pos; [exact y0 | apply Rmult_le_pos; lra] |].
  apply Rmult_le_pos; [apply Rle_0_sqr | apply Rlt_le, Rinv_0_lt_compat, Rmult_lt_0_compat; lra].
Qed.

(** claim: secu.loss/sphere/objective/amended
    value: let own := own_slope (boltzmann T) T_value n k d x y w 0 in [own u u; own u v - own v u; own v u - own u v]
    compared: d80984e1be4b-7cc48d1d688a *)
Theorem own_centre_convex lambda n k d rows labels w j : 0 < lambda -> (j < k)%nat ->
  (forall i, (i < n)%nat -> simplex k (labels i)) ->
  let e := boltzmann_weight lambda in let own := own_slope e lambda n k d rows labels w j in
  (forall u v, is_derive (fun h => centre_gradient e lambda n k d rows labels j u (with_moved w j v h)) 0 (own u v)) /\
  (forall u, 0 <= own u u) /\ (forall u v, own u v = own v u).
Proof.
  intros lambda0 lt simplices e own; split; [intros u v; apply own_derivative; [lra | exact lt] |]; split.
  - intros u; apply own_slope_ge0; [exact lambda0 | exact lt |]; intros i lt_in; apply (simplices i lt_in), lt.
  - intros u v; apply sum_ext; intros i _; to_reals; ring.
Qed.

Lemma cross_slope_witness j l : (j < 2)%nat -> (l < 2)%nat ->
  let e1 a := if Nat.eqb a 0 then 1 else 0 in let e2 a := if Nat.eqb a 1 then 1 else 0 in
  cross_slope (boltzmann_weight 1) 1 1 2 2 (fun _ => e2) (fun _ => e1) (fun _ => e1) j l e2 e2 = - (if Nat.eqb j 0 then 1 / 4 else 0).
Proof.
  intros j2 l2 e1 e2; destruct j as [|[|j]]; destruct l as [|[|l]]; try lia;
    unfold cross_slope, share, mass, attraction, boltzmann_weight, dot; simpl; unfold e1, e2; simpl; to_reals;
    repeat match goal with |- context [exp ?a] => progress replace (exp a) with 1
      by (replace a with 0 by field; rewrite exp_0; reflexivity) end; field.
Qed.

(** The mixed derivatives of the gradients of two centres, at w_1 = w_2 = e_1 with one positive at e_2 for the first
    claim: secu.loss/sphere/objective
    role: refutes
    value: let cross := cross_slope (boltzmann T) T_value n k d x y w in cross 0%nat 1%nat u v - cross 1%nat 0%nat v u
    witness: {"x": [[0, 1]], "w": [[1, 0], [1, 0]], "y": [[1, 0]], "u": [0, 1], "v": [0, 1], "T": 1}
    compared: ffc88b157d21-d9755e7385a8 *)
Theorem no_common_objective : ~ (forall lambda n k d rows labels w u v, 0 < lambda -> (1 < k)%nat ->
  (forall i, (i < n)%nat -> simplex k (labels i)) ->
  (forall i, (i < n)%nat -> dot d (rows i) (rows i) = 1) -> (forall j, (j < k)%nat -> dot d (w j) (w j) = 1) ->
  dot d u (w 0%nat) = 0 -> dot d v (w 1%nat) = 0 ->
  let e := boltzmann_weight lambda in let g := centre_gradient e lambda n k d rows labels in
  forall a b, is_derive (fun h => g 0%nat u (with_moved w 1 v h)) 0 a ->
    is_derive (fun h => g 1%nat v (with_moved w 0 u h)) 0 b -> a = b).
Proof.
  pose (e1 := fun a => if Nat.eqb a 0 then 1 else 0); pose (e2 := fun a => if Nat.eqb a 1 then 1 else 0).
  intros claimed; specialize (claimed 1 1%nat 2%nat 2%nat (fun _ => e2) (fun _ => e1) (fun _ => e1) e2 e2 Rlt_0_1).
  assert (slopes : cross_slope (boltzmann_weight 1) 1 1 2 2 (fun _ => e2) (fun _ => e1) (fun _ => e1) 0 1 e2 e2 =
    cross_slope (boltzmann_weight 1) 1 1 2 2 (fun _ => e2) (fun _ => e1) (fun _ => e1) 1 0 e2 e2).
  { apply claimed; try (apply cross_derivative; [apply R1_neq_R0 | lia | discriminate]); try lia;
      try (intros; unfold dot, e1, e2; simpl; to_reals; lra).
    intros i _; split; [intros [|j] _; unfold e1; simpl; lra | unfold e1; simpl; to_reals; lra]. }
  unfold e1, e2 in slopes; rewrite !cross_slope_witness in slopes by lia; simpl in slopes; lra.
Qed.
