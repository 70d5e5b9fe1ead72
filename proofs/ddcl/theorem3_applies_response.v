(** Section 5.5: prototypes -x and x with data a, -a and b, -b, at rest at x = 1: the concentration falls where they return. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From Interval Require Import Tactic.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions training_definitions derivatives training_derivatives.
Open Scope R_scope.

(** The share of the nearer prototype in the assignment of a sample z > 0: |z + x|^2 - |z - x|^2 = 4 z x *)
Definition near (T z x : R) : R := / (1 + exp (- (4 * z * x) / T)).

(** |q|^2 of that sample, and the velocity of the prototype at x for one unit of mass at each of z and -z *)
Definition sample_concentration (T z x : R) : R := near T z x ^ 2 + (1 - near T z x) ^ 2.
Definition pair_velocity (T z x : R) : R := 2 * near T z x * (z - x) + 2 * (1 - near T z x) * (- z - x).

Section Response.
Variables a b T : R.
Hypotheses (a0 : 0 < a) (b0 : 0 < b) (T0 : 0 < T).

(** Masses u at a and -a, v at b and -b, for which x = 1 is at rest *)
Let u := - pair_velocity T b 1.
Let v := pair_velocity T a 1.

Definition concentration (x : R) : R := (u * sample_concentration T a x + v * sample_concentration T b x) / (u + v).
Definition velocity (x : R) : R := u * pair_velocity T a x + v * pair_velocity T b x.

Definition concentration_response : R := mean_concentration_slope T a b u v (near T a 1) (near T b 1).
Definition velocity_response : R := total_velocity_slope T a b u v (near T a 1) (near T b 1).

Lemma near_derivative z : is_derive (near T z) 1 (near T z 1 * (1 - near T z 1) * (4 * z / T)).
Proof.
  unfold near; assert (0 < exp (- (4 * z * 1) / T)) by apply exp_pos.
  auto_derive; [repeat split; lra|].
  replace (- (4 * z * 1) * / T) with (- (4 * z * 1) / T) by reflexivity; set (e := exp _) in *; field; lra.
Qed.

Lemma near_large z : 0 < z -> 1 / 2 < near T z 1 < 1.
Proof.
  intros z0; unfold near; assert (e0 := exp_pos (- (4 * z * 1) / T)).
  assert (exp (- (4 * z * 1) / T) < 1).
  { apply (Rlt_le_trans _ (exp 0)); [apply exp_increasing | rewrite exp_0; lra]; assert (0 < 4 * z * 1 * / T) by (apply Rmult_lt_0_compat; [lra | apply Rinv_0_lt_compat; exact T0]); unfold Rdiv; lra. }
  set (e := exp _) in *; split; [apply (Rmult_lt_reg_r (1 + e)) | apply (Rmult_lt_reg_r (1 + e))]; try lra;
    rewrite Rinv_l by lra; lra.
Qed.

Lemma sample_derivative z : is_derive (sample_concentration T z) 1 (concentration_slope T z (near T z 1)).
Proof.
  assert (H := near_derivative z); unfold sample_concentration, concentration_slope; to_reals.
  auto_derive; [repeat split; exists (near T z 1 * (1 - near T z 1) * (4 * z / T)); exact H|].
  assert (E : Derive (fun x : R => near T z x) 1 = near T z 1 * (1 - near T z 1) * (4 * z / T)) by exact (is_derive_unique _ _ _ H).
  rewrite E; unfold Rdiv; ring.
Qed.

Lemma pair_derivative z : is_derive (pair_velocity T z) 1 (velocity_slope T z (near T z 1)).
Proof.
  assert (H := near_derivative z); unfold pair_velocity, velocity_slope; to_reals.
  auto_derive; [repeat split; exists (near T z 1 * (1 - near T z 1) * (4 * z / T)); exact H|].
  assert (E : Derive (fun x : R => near T z x) 1 = near T z 1 * (1 - near T z 1) * (4 * z / T)) by exact (is_derive_unique _ _ _ H).
  rewrite E; unfold Rdiv; ring.
Qed.

Lemma combined (f g : R -> R) x l m c e : is_derive f x l -> is_derive g x m ->
  is_derive (fun t => c * f t + e * g t) x (c * l + e * m).
Proof. intros F G; exact (is_derive_plus _ _ _ _ _ (is_derive_scaled f x l c F) (is_derive_scaled g x m e G)). Qed.

Lemma responses : is_derive concentration 1 concentration_response /\ velocity 1 = 0 /\
  is_derive velocity 1 velocity_response.
Proof.
  assert (A := sample_derivative a); assert (B := sample_derivative b).
  assert (C := pair_derivative a); assert (D := pair_derivative b); split; [|split].
  - apply (derive_ext (fun x => u * / (u + v) * sample_concentration T a x + v * / (u + v) * sample_concentration T b x));
      [intros x; unfold concentration, Rdiv; ring|].
    apply (is_derive_eq _ _ _ _ (combined _ _ _ _ _ (u * / (u + v)) (v * / (u + v)) A B)).
    unfold concentration_response, mean_concentration_slope; to_reals; unfold Rdiv; ring.
  - unfold velocity, u, v; ring.
  - exact (combined _ _ _ _ _ u v C D).
Qed.

(** As the velocity vanishes at x = 1, the concentration's own velocity C'(x) v(x) has the derivative C'(1) v'(1) there;
    the squared distance 4 x^2 has the derivative 8.

    claim: ddcl.theorem3.applies/stopped/response-of-concentration/amended
    value: let push := stopped_push (boltzmann T) in
           let near z := soft_of 2 1 (boltzmann T) (two_pairs a b) (if Qeq_bool z a then 1%nat else 3%nat) 1%nat in
           - (mean_concentration_slope T_value a b (- push b) (push a) (near a) (near b) *
              total_velocity_slope T_value a b (- push b) (push a) (near a) (near b) / number 8)
    compared: ba799e52d573-68a5575f6d41 *)
Theorem concentration_falls : 0 < u -> 0 < v -> velocity_response < 0 ->
  (is_derive concentration 1 concentration_response /\ velocity 1 = 0 /\ is_derive velocity 1 velocity_response) /\
  concentration_response * velocity_response / 8 < 0.
Proof.
  intros u0 v0 damped; split; [exact responses|].
  assert (0 < concentration_response); [|nra].
  unfold concentration_response, mean_concentration_slope, concentration_slope; to_reals.
  assert (A := near_large a a0); assert (B := near_large b b0).
  set (y := near T a 1) in *; set (y' := near T b 1) in *.
  assert (rate : forall z w, 0 < z -> 1 / 2 < w < 1 -> 0 < (1 + 1) * ((1 + 1) * w + - (1)) * (w * (1 + - w) * ((1 + 1) * (1 + 1) * z * / T))).
  { intros z w z0 w0; assert (0 < / T) by (apply Rinv_0_lt_compat; exact T0).
    repeat apply Rmult_lt_0_compat; lra. }
  assert (0 < / (u + v)) by (apply Rinv_0_lt_compat; lra).
  apply Rmult_lt_0_compat; [apply Rplus_lt_0_compat; apply Rmult_lt_0_compat|]; auto.
Qed.

End Response.

(** Data 2, -2 and 1/2, -1/2 at T = 1

    claim: ddcl.theorem3.applies/stopped/response-of-concentration
    role: refutes
    value: let push := stopped_push (boltzmann T) in
           let near z := soft_of 2 1 (boltzmann T) (two_pairs a b) (if Qeq_bool z a then 1%nat else 3%nat) 1%nat in
           mean_concentration_slope T_value a b (- push b) (push a) (near a) (near b) *
           total_velocity_slope T_value a b (- push b) (push a) (near a) (near b) / number 8
    witness: {"a": 2, "b": "1/2", "T": 1, "rate": [1, 1]}
    compared: 6643b712ef22-4934b98619b6 *)
Theorem concentration_need_not_rise : exists a b T, 0 < a /\ 0 < b /\ 0 < T /\
  0 < - pair_velocity T b 1 /\ 0 < pair_velocity T a 1 /\ velocity_response a b T < 0 /\
  is_derive (concentration a b T) 1 (concentration_response a b T) /\ velocity a b T 1 = 0 /\
  is_derive (velocity a b T) 1 (velocity_response a b T) /\
  ~ 0 < concentration_response a b T * velocity_response a b T / 8.
Proof.
  exists 2, (1 / 2), 1.
  assert (A : 0 < - pair_velocity 1 (1 / 2) 1) by (unfold pair_velocity, near; interval).
  assert (B : 0 < pair_velocity 1 2 1) by (unfold pair_velocity, near; interval).
  assert (C : velocity_response 2 (1 / 2) 1 < 0)
    by (unfold velocity_response, total_velocity_slope, velocity_slope, pair_velocity, near; to_reals; interval).
  assert (D := concentration_falls 2 (1 / 2) 1 ltac:(lra) ltac:(lra) ltac:(lra) A B C).
  destruct D as [D E]; do 6 (split; [lra|]); do 3 (split; [apply D|]); apply Rle_not_lt, Rlt_le, E.
Qed.
