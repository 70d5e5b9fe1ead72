(** The loss of one positive as t = x.w/lambda moves, phi(t) = log(1 + S e^(-t)): its curvature p (1 - p), and what that bounds. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.secu Require Import sphere_definitions proposition1_definitions theorem1_definitions theorem1.

Open Scope R_scope.

Implicit Types (n d o i : nat) (rows v : nat -> nat -> R) (x w z u : nat -> R) (lambda c t S : R).

(** A curvature of at least c between a and b *)
Lemma curved_below (f f' f'' : R -> R) a b c :
  (forall t, is_derive f t (f' t)) -> (forall t, is_derive f' t (f'' t)) ->
  (forall t, Rmin a b <= t <= Rmax a b -> c <= f'' t) -> f a + f' a * (b - a) + c * ((b - a) * (b - a)) / 2 <= f b.
Proof.
  intros Hf Hf' bound; pose (g t := f t - f' a * (t - a) - c * ((t - a) * (t - a)) / 2).
  assert (Hg : forall t, is_derive g t (f' t - f' a - c * (t - a))).
  { intros t; unfold g; assert (ex : ex_derive f t) by (exists (f' t); apply Hf); auto_derive; [exact ex |].
    replace (Derive (fun t => f t) t) with (f' t) by (symmetry; apply is_derive_unique, Hf); field. }
  assert (continuous_at : forall (h h' : R -> R), (forall t, is_derive h t (h' t)) -> forall t, continuity_pt h t).
  { intros h h' Hh t; apply continuity_pt_filterlim, (ex_derive_continuous h t); exists (h' t); apply Hh. }
  destruct (MVT_gen g a b (fun t => f' t - f' a - c * (t - a))) as [t [between same]];
    [intros; apply Hg | intros; apply (continuous_at g _ Hg) |].
  destruct (MVT_gen f' a t f'') as [r [inside slope]]; [intros; apply Hf' | intros; apply (continuous_at f' _ Hf') |].
  assert (curved : c <= f'' r).
  { apply bound; revert inside between; unfold Rmin, Rmax; repeat destruct (Rle_dec _ _); lra. }
  assert (sides : 0 <= (t - a) * (b - a)).
  { revert between; unfold Rmin, Rmax; destruct (Rle_dec a b); intros between;
      [| replace ((t - a) * (b - a)) with ((a - t) * (a - b)) by ring];
      apply Rmult_le_pos; lra. }
  assert (rise : 0 <= (f'' r - c) * ((t - a) * (b - a))) by (apply Rmult_le_pos; lra).
  replace ((f'' r - c) * ((t - a) * (b - a))) with ((f' t - f' a - c * (t - a)) * (b - a)) in rise by (rewrite slope; ring).
  rewrite <- same in rise; revert rise; unfold g; lra.
Qed.

Definition phi S t : R := ln (1 + S * exp (- t)).
(** 1 - p *)
Definition remaining S t : R := S / (exp t + S).

Lemma phi_derivative S t : 0 <= S -> is_derive (phi S) t (- remaining S t).
Proof.
  intros S0; assert (E0 := exp_pos t); unfold phi, remaining; auto_derive.
  - apply Rplus_lt_le_0_compat; [lra | apply Rmult_le_pos; [exact S0 | apply Rlt_le, exp_pos]].
  - rewrite exp_Ropp; field; lra.
Qed.

Lemma remaining_derivative S t : 0 <= S ->
  is_derive (fun t => - remaining S t) t (exp t * S / ((exp t + S) * (exp t + S))).
Proof. intros S0; assert (E0 := exp_pos t); unfold remaining; auto_derive; [lra | field; lra]. Qed.

Lemma phi_below S a b c : 0 <= S ->
  (forall t, Rmin a b <= t <= Rmax a b -> c <= exp t * S / ((exp t + S) * (exp t + S))) ->
  phi S a - remaining S a * (b - a) + c * ((b - a) * (b - a)) / 2 <= phi S b.
Proof.
  intros S0 bound; assert (curved := curved_below (phi S) (fun t => - remaining S t) _ a b c
    (fun t => phi_derivative S t S0) (fun t => remaining_derivative S t S0) bound); lra.
Qed.

Lemma quarter S t : 0 <= S -> exp t * S / ((exp t + S) * (exp t + S)) <= 1 / 4.
Proof.
  intros S0; assert (E0 := exp_pos t); apply Rmult_le_reg_r with ((exp t + S) * (exp t + S)); [apply Rmult_lt_0_compat; lra |].
  unfold Rdiv at 1; rewrite Rmult_assoc, Rinv_l, Rmult_1_r by nra; assert (0 <= (exp t - S) * (exp t - S)) by apply Rle_0_sqr; lra.
Qed.

Lemma phi_above S a b : 0 <= S -> phi S b <= phi S a - remaining S a * (b - a) + (b - a) * (b - a) / 8.
Proof.
  intros S0; assert (curved := curved_below (fun t => - phi S t) (fun t => - - remaining S t)
    (fun t => - (exp t * S / ((exp t + S) * (exp t + S)))) a b (- (1 / 4))).
  assert (- phi S a + - - remaining S a * (b - a) + - (1 / 4) * ((b - a) * (b - a)) / 2 <= - phi S b); [| lra].
  apply curved.
  - intros t; apply (is_derive_opp (phi S)), phi_derivative, S0.
  - intros t; apply (is_derive_opp (fun t => - remaining S t)), remaining_derivative, S0.
  - intros t _; apply Ropp_le_contravar, quarter, S0.
Qed.

(** p (1 - p) is at least the smaller of its values at the ends of an interval. *)
Lemma curvature_between S c A B E : 0 <= S -> 0 <= c -> 0 < A -> A <= E <= B ->
  c <= A * S / ((A + S) * (A + S)) -> c <= B * S / ((B + S) * (B + S)) -> c <= E * S / ((E + S) * (E + S)).
Proof.
  intros S0 c0 A0 between atA atB.
  assert (clear : forall D, 0 < D -> c <= D * S / ((D + S) * (D + S)) <-> c * ((D + S) * (D + S)) <= D * S).
  { intros D D0; assert (square0 : 0 < (D + S) * (D + S)) by (apply Rmult_lt_0_compat; lra); split; intros le.
    - replace (D * S) with (D * S / ((D + S) * (D + S)) * ((D + S) * (D + S))) by (field; lra).
      apply Rmult_le_compat_r; lra.
    - apply Rmult_le_reg_r with ((D + S) * (D + S)); [exact square0 |].
      replace (D * S / ((D + S) * (D + S)) * ((D + S) * (D + S))) with (D * S) by (field; lra); exact le. }
  apply clear in atA; [| lra]; apply clear in atB; [| lra]; apply clear; [lra |].
  destruct (Req_dec A B) as [same | apart]; [assert (E = A) as -> by lra; exact atA |].
  apply Rmult_le_reg_l with (B - A); [lra |].
  assert (0 <= (B - E) * (A * S - c * ((A + S) * (A + S)))) by (apply Rmult_le_pos; lra).
  assert (0 <= (E - A) * (B * S - c * ((B + S) * (B + S)))) by (apply Rmult_le_pos; lra).
  assert (0 <= c * ((E - A) * (B - E)) * (B - A)) by (apply Rmult_le_pos; [apply Rmult_le_pos; [lra | apply Rmult_le_pos; lra] | lra]).
  lra.
Qed.

(** sum_l e^((x.v_l - x.w)/lambda) *)
Lemma others_by_rivals lambda d o v w x : 0 < lambda -> let e := boltzmann_weight lambda in
  1 + sum o (fun l => e (dot d x w - dot d x (v l))) = 1 + rivals e d o v x * exp (- (dot d x w / lambda)).
Proof.
  intros lambda0 e; f_equal; unfold rivals; rewrite <- sum_mulr; apply sum_ext; intros l _.
  unfold attraction, e, boltzmann_weight; to_reals; rewrite <- exp_plus; f_equal; field; lra.
Qed.

Lemma weight_remaining lambda d o v w x :
  weight (boltzmann_weight lambda) d o v w x = remaining (rivals (boltzmann_weight lambda) d o v x) (dot d x w / lambda).
Proof. unfold weight, remaining, attraction at 1, boltzmann_weight at 2; to_reals; now rewrite Ropp_involutive. Qed.

Lemma dot_minus d x z w : dot d x (fun a => z a - w a) = dot d x z - dot d x w.
Proof. unfold dot; to_reals; rewrite <- sum_sub; apply sum_ext; intros; ring. Qed.

Lemma dot_symmetric d x w : dot d x w = dot d w x.
Proof. unfold dot; to_reals; apply sum_ext; intros; ring. Qed.

Lemma unit_apart d w z : dot d w w = 1 -> dot d z z = 1 ->
  dot d (fun a => z a - w a) (fun a => z a - w a) = 2 - 2 * dot d w z.
Proof.
  intros unit_w unit_z; rewrite dot_minus, !(dot_symmetric d (fun a => z a - w a)), !dot_minus.
  rewrite unit_w, unit_z, (dot_symmetric d z w); ring.
Qed.

Lemma cauchy d x y : dot d x x = 1 -> dot d x y * dot d x y <= dot d y y.
Proof.
  intros unit; set (c := dot d x y).
  assert (0 <= sum d (fun a => (y a - c * x a) * (y a - c * x a))) by (apply sum_ge0; intros a _; apply (Rle_0_sqr (y a - c * x a))).
  assert (sum d (fun a => (y a - c * x a) * (y a - c * x a)) = dot d y y - 2 * c * c + c * c * dot d x x) as same.
  { replace (2 * c * c) with (2 * c * dot d x y) by reflexivity; generalize c; clear; intros c.
    unfold dot; to_reals; rewrite <- !sum_mull, <- sum_sub, <- sum_add; apply sum_ext; intros; ring. }
  rewrite unit in same; lra.
Qed.
