(** After (15): what is printed as the gradient of (12) is that gradient times lambda / sum_i (1 - p_i). *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.secu Require Import sphere_definitions proposition1_definitions theorem1_definitions theorem1_iteration_definitions theorem1.

Open Scope R_scope.

Implicit Types (n d o i : nat) (rows v : nat -> nat -> R) (x w u : nat -> R) (lambda : R).

Lemma odds_of_others_gt0 lambda d o v w x : (0 < o)%nat -> 0 < odds_of_others (boltzmann_weight lambda) d o v w x.
Proof. intros o0; apply sum_gt0; [exact o0 |]; intros; apply exp_pos. Qed.

Lemma distance_moved d x w u h :
  apart2 d x (fun a => w a + h * u a) = apart2 d x w + 2 * h * dot d (fun a => w a - x a) u + h * h * dot d u u.
Proof. unfold apart2, dot; to_reals; rewrite <- !sum_mull, <- !sum_add; apply sum_ext; intros; ring. Qed.

Lemma objective_term lambda d o v w u x : lambda <> 0 -> let e := boltzmann_weight lambda in
  is_derive (fun h => ln (1 + odds_of_others e d o v (fun a => w a + h * u a) x)) 0
    (held e d o v w x * dot d (fun a => w a - x a) u / lambda).
Proof.
  intros lambda0 e.
  set (c := dot d (fun a => w a - x a) u); set (q := dot d u u); set (S := odds_of_others e d o v w x).
  assert (S0 : 0 <= S) by (apply sum_ge0; intros; apply Rlt_le, exp_pos).
  apply (is_derive_ext (fun h => ln (1 + S * exp ((2 * h * c + h * h * q) / (2 * lambda))))).
  - intros h; match goal with |- @eq _ ?a ?b => change (@eq R a b) end; do 2 f_equal.
    unfold S, odds_of_others; rewrite <- sum_mulr; apply sum_ext; intros l _; unfold e, boltzmann_weight; to_reals.
    rewrite <- exp_plus, distance_moved; f_equal; fold c q; field; exact lambda0.
  - auto_derive; replace ((2 * 0 * c + 0 * 0 * q) * / (2 * lambda)) with 0 by ring; rewrite exp_0; [lra |].
    unfold held; fold S; to_reals; field; split; [lra | exact lambda0].
Qed.

Lemma objective_derivative lambda n d o rows v w u : lambda <> 0 -> let e := boltzmann_weight lambda in
  is_derive (fun h => objective ln e n d o rows v (fun a => w a + h * u a)) 0 (objective_slope e lambda n d o rows v w u).
Proof.
  intros lambda0 e; apply (derivative_of_sum n (fun i h => ln (1 + odds_of_others e d o v (fun a => w a + h * u a) (rows i)))).
  intros i _; apply objective_term, lambda0.
Qed.

Lemma all_held_gt0 lambda n d o rows v w : (0 < n)%nat -> (0 < o)%nat -> 0 < all_held (boltzmann_weight lambda) n d o rows v w.
Proof.
  intros n0 o0; apply sum_gt0; [exact n0 |]; intros i _; assert (S0 := odds_of_others_gt0 lambda d o v w (rows i) o0).
  apply Rdiv_lt_0_compat; [| apply Rplus_lt_0_compat; [apply Rlt_0_1 |]]; exact S0.
Qed.

Lemma slope_by_mean (e : R -> R) lambda n d o rows v w u : lambda <> 0 -> all_held e n d o rows v w <> 0 ->
  lambda * objective_slope e lambda n d o rows v w u =
  all_held e n d o rows v w * dot d (fun a => w a - held_mean e n d o rows v w a) u.
Proof.
  intros lambda0 total0; unfold objective_slope, dot; to_reals; rewrite <- !sum_mull.
  transitivity (sum n (fun i => sum d (fun a => held e d o v w (rows i) * ((w a - rows i a) * u a)))).
  { apply sum_ext; intros i _; rewrite sum_mull; unfold Rminus; field; exact lambda0. }
  rewrite sum_exchange; apply sum_ext; intros a _; unfold held_mean; to_reals.
  transitivity ((all_held e n d o rows v w * w a - sum n (fun i => held e d o v w (rows i) * rows i a)) * u a);
    [| field; exact total0].
  unfold all_held; to_reals; rewrite <- sum_mulr, <- sum_sub, <- sum_mulr; apply sum_ext; intros; ring.
Qed.

(** w - lambda grad L(w) / sum_i (1 - p_i) is the mean, along every u
    claim: secu.theorem1.iteration/iteration/gradient/amended
    value: let e := boltzmann T in T_value * objective_slope e T_value n d o x v w u
      - all_held e n d o x v w * dot d (fun a => w a - held_mean e n d o x v w a) u
    compared: 9576c644d6e5-80d19f654962 *)
Theorem step_of_the_mean lambda n d o rows v w u : 0 < lambda -> (0 < n)%nat -> (0 < o)%nat ->
  let e := boltzmann_weight lambda in let rate := objective_slope e lambda n d o rows v w u in
  is_derive (fun h => objective ln e n d o rows v (fun a => w a + h * u a)) 0 rate /\
  lambda * rate = all_held e n d o rows v w * dot d (fun a => w a - held_mean e n d o rows v w a) u.
Proof.
  intros lambda0 n0 o0 e rate; split; [apply objective_derivative; lra |].
  apply slope_by_mean; [lra |]; apply Rgt_not_eq, all_held_gt0; assumption.
Qed.

(** One positive at 1, both centres at -1, lambda = 1: the slope is -1, and -2 is printed.
    claim: secu.theorem1.iteration/iteration/gradient
    role: refutes
    value: let e := boltzmann T in objective_slope e T_value n d o x v w u - dot d (fun a => w a - held_mean e n d o x v w a) u
    witness: {"x": [[1]], "w": [-1], "v": [[-1]], "u": [1], "T": 1}
    compared: b2a65bccf7a0-ab37b115af3b *)
Theorem printed_gradient_refuted : ~ (forall lambda n d o rows v w u, 0 < lambda -> (0 < n)%nat -> (0 < o)%nat ->
  (forall i, (i < n)%nat -> dot d (rows i) (rows i) = 1) -> dot d w w = 1 ->
  (forall l, (l < o)%nat -> dot d (v l) (v l) = 1) -> let e := boltzmann_weight lambda in
  is_derive (fun h => objective ln e n d o rows v (fun a => w a + h * u a)) 0
    (dot d (fun a => w a - held_mean e n d o rows v w a) u)).
Proof.
  intros claimed; specialize (claimed 1 1%nat 1%nat 1%nat (fun _ _ => 1) (fun _ _ => -1) (fun _ => -1) (fun _ => 1) Rlt_0_1).
  apply is_derive_unique in claimed; try lia; try (intros; unfold dot; simpl; to_reals; lra).
  assert (true_slope := objective_derivative 1 1 1 1 (fun _ _ => 1) (fun _ _ => -1) (fun _ => -1) (fun _ => 1) R1_neq_R0).
  apply is_derive_unique in true_slope; rewrite true_slope in claimed; revert claimed.
  unfold objective_slope, held_mean, all_held, held, odds_of_others, apart2, dot, boltzmann_weight; simpl; to_reals.
  match goal with |- context [exp ?a] => replace a with 0 by field end; rewrite exp_0; lra.
Qed.
