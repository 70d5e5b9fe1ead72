(** Section 5.5: stable equilibria of training with prototypes apart, where no pair of eigenvalues turns. *)
From Coq Require Import Reals Lra.
From Interval Require Import Tactic.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions training_definitions.
Open Scope R_scope.

(** A goal on reals without the names of definitions *)
Ltac numbers := cbv -[Rplus Rmult Rinv Ropp Rminus Rdiv IZR exp Rlt Rle Rgt Rge not].

(** A pair of conjugate eigenvalues needs entries off the diagonal of opposite signs. *)
Lemma does_not_turn (J : nat -> nat -> R) :
  -5 <= J 0%nat 0%nat <= -4 -> 0 < J 0%nat 1%nat < 2 -> 0 < J 1%nat 0%nat < 2 -> -5 <= J 1%nat 1%nat <= -4 ->
  matrix_trace J < 0 < matrix_determinant J /\ ~ 0 < turning J.
Proof.
  intros A B C D; unfold turning, matrix_trace, matrix_determinant; to_reals.
  assert (0 <= (J 0%nat 0%nat - J 1%nat 1%nat) * (J 0%nat 0%nat - J 1%nat 1%nat)) by apply Rle_0_sqr.
  assert (0 < J 0%nat 1%nat * J 1%nat 0%nat) by (apply Rmult_lt_0_compat; lra).
  assert (J 0%nat 1%nat * J 1%nat 0%nat <= 2 * 2) by (apply Rmult_le_compat; lra).
  assert (4 * 4 <= - J 0%nat 0%nat * - J 1%nat 1%nat) by (apply Rmult_le_compat; lra).
  repeat split; lra.
Qed.

(** Samples -2, 2, -1/2, 1/2, prototypes -1 and 1, T = 1 *)
Definition four : nat -> R := two_pairs 2 (1 / 2).
Definition softly : nat -> nat -> R := soft_of 2 1 (fun x => exp (- x / 1)) four.

Section Entries.
(** Masses u and v of the outer and the inner samples, and any assignments near those *)
Variables (w : nat -> R) (q : nat -> nat -> R) (u v a b c e a' b' c' e' : R).
Hypotheses (U : w 0%nat = u) (U' : w 1%nat = u) (V : w 2%nat = v) (V' : w 3%nat = v).
Hypotheses (A : q 0%nat 0%nat = a) (B : q 0%nat 1%nat = b) (B' : q 1%nat 0%nat = b') (A' : q 1%nat 1%nat = a').
Hypotheses (C : q 2%nat 0%nat = c) (E : q 2%nat 1%nat = e) (E' : q 3%nat 0%nat = e') (C' : q 3%nat 1%nat = c').

Ltac known := numbers; rewrite ?U, ?U', ?V, ?V', ?A, ?B, ?A', ?B', ?C, ?E, ?C', ?E'.

Let stopped := stopped_jacobian 2 1 4 w 1 q (fun _ => 1) four.
Let full := full_jacobian 2 1 4 w 1 q (fun _ => 1) four.

(** Of a sample with share x in a prototype at the squared distance y, with L_q = l *)
Definition stopped_own x y : R := 4 * x * (1 - x) * y - 2 * x.
Definition full_own x y l : R := 4 * x * y * ((1 - x) * (1 - y + l) + 1 - x * (1 - y + l)) - 2 * x * (1 - y + l).

Lemma stopped_expanded :
  stopped 0%nat 0%nat = u * (stopped_own a 1 + stopped_own b' 9) + v * (stopped_own c (1 / 4) + stopped_own e' (9 / 4)) /\
  stopped 1%nat 1%nat = u * (stopped_own a' 1 + stopped_own b 9) + v * (stopped_own c' (1 / 4) + stopped_own e (9 / 4)) /\
  stopped 0%nat 1%nat = 3 * v * (c * e + c' * e') - 12 * u * (a * b + a' * b') /\
  stopped 1%nat 0%nat = 3 * v * (c * e + c' * e') - 12 * u * (a * b + a' * b').
Proof. known; repeat split; field. Qed.

Lemma full_expanded : let o := a + b * 9 in let o' := a' + b' * 9 in
  let i := c * (1 / 4) + e * (9 / 4) in let i' := c' * (1 / 4) + e' * (9 / 4) in
  let off := 3 * v * (c * e * (2 * i - 1 / 2) + c' * e' * (2 * i' - 1 / 2)) -
    12 * u * (a * b * (2 * o - 8) + a' * b' * (2 * o' - 8)) in
  full 0%nat 0%nat = u * (full_own a 1 o + full_own b' 9 o') + v * (full_own c (1 / 4) i + full_own e' (9 / 4) i') /\
  full 1%nat 1%nat = u * (full_own a' 1 o' + full_own b 9 o) + v * (full_own c' (1 / 4) i' + full_own e (9 / 4) i) /\
  full 0%nat 1%nat = off /\ full 1%nat 0%nat = off.
Proof. known; repeat split; field. Qed.

End Entries.

Lemma assignments : (0.9996 <= softly 0 0 <= 0.9997 /\ 0.0003 <= softly 0 1 <= 0.0004) /\
  (0.0003 <= softly 1 0 <= 0.0004 /\ 0.9996 <= softly 1 1 <= 0.9997) /\
  (0.8807 <= softly 2 0 <= 0.8808 /\ 0.1192 <= softly 2 1 <= 0.1193) /\
  (0.1192 <= softly 3 0 <= 0.1193 /\ 0.8807 <= softly 3 1 <= 0.8808).
Proof. repeat split; numbers; interval. Qed.

Ltac bounded :=
  destruct assignments as [[A B] [[B' A'] [[C E] [E' C']]]];
  set (a := softly 0 0) in *; set (b := softly 0 1) in *; set (c := softly 2 0) in *; set (e := softly 2 1) in *;
  set (a' := softly 1 1) in *; set (b' := softly 1 0) in *; set (c' := softly 3 1) in *; set (e' := softly 3 0) in *;
  clearbody a b c e a' b' c' e'.

Lemma stopped_bounds w u v : w 0%nat = u -> w 1%nat = u -> w 2%nat = v -> w 3%nat = v ->
  1.2384 <= u <= 1.2385 -> 1.9973 <= v <= 1.9974 ->
  let J := stopped_jacobian 2 1 4 w 1 softly (fun _ => 1) four in
  matrix_trace J < 0 < matrix_determinant J /\ ~ 0 < turning J.
Proof.
  intros U U' V V' Hu Hv J.
  destruct (stopped_expanded w softly u v _ _ _ _ _ _ _ _ U U' V V' eq_refl eq_refl eq_refl eq_refl eq_refl eq_refl eq_refl
    eq_refl) as [D [D' [O O']]].
  apply does_not_turn; unfold J; rewrite ?D', ?O', ?D, ?O; clear D' O' D O; bounded; unfold stopped_own; split; interval.
Qed.

Lemma full_bounds w u v : w 0%nat = u -> w 1%nat = u -> w 2%nat = v -> w 3%nat = v ->
  0.8184 <= u <= 0.8185 -> 2.0187 <= v <= 2.0188 ->
  let J := full_jacobian 2 1 4 w 1 softly (fun _ => 1) four in
  matrix_trace J < 0 < matrix_determinant J /\ ~ 0 < turning J.
Proof.
  intros U U' V V' Hu Hv J.
  destruct (full_expanded w softly u v _ _ _ _ _ _ _ _ U U' V V' eq_refl eq_refl eq_refl eq_refl eq_refl eq_refl eq_refl
    eq_refl) as [D [D' [O O']]].
  apply does_not_turn; unfold J; rewrite ?D', ?O', ?D, ?O; clear D' O' D O; bounded; unfold full_own; split; interval.
Qed.

Lemma stopped_masses : 1.2384 <= - stopped_push (fun x => exp (- x / 1)) (1 / 2) <= 1.2385 /\
  1.9973 <= stopped_push (fun x => exp (- x / 1)) 2 <= 1.9974.
Proof. repeat split; numbers; interval. Qed.

Lemma full_masses : 0.8184 <= - full_push 1 (fun x => exp (- x / 1)) (1 / 2) <= 0.8185 /\
  2.0187 <= full_push 1 (fun x => exp (- x / 1)) 2 <= 2.0188.
Proof. repeat split; numbers; interval. Qed.

Lemma resting_positive push a b : 0 < - push b -> 0 < push a -> forall m, 0 < resting push a b m.
Proof. intros A B m; unfold resting; to_reals; destruct (Nat.ltb m 2); lra. Qed.

(** claim: ddcl.theorem3.applies/stopped/oscillation
    role: refutes
    value: let s := two_pairs a b in
           turning (stopped_jacobian 2 1 4 (resting (stopped_push (boltzmann T)) a b) T_value (soft_of 2 1 (boltzmann T) s) rate s)
    witness: {"a": 2, "b": "1/2", "T": 1, "rate": [1, 1]}
    compared: 15e5e0c68192-27af84cb033a *)
Theorem stopped_does_not_turn : exists a b T rate, 0 < a /\ 0 < b /\ 0 < T /\ (forall i : nat, 0 < rate i) /\
  let E x := exp (- x / T) in let w := resting (stopped_push E) a b in let s := two_pairs a b in
  (forall m, 0 < w m) /\
  let J := stopped_jacobian 2 1 4 w T (soft_of 2 1 E s) rate s in
  matrix_trace J < 0 < matrix_determinant J /\ ~ 0 < turning J.
Proof.
  exists 2, (1 / 2), 1, (fun _ => 1); do 4 (split; [intros; lra|]); intros E w s; destruct stopped_masses as [U V]; split.
  - apply resting_positive; [eapply Rlt_le_trans; [|apply U] | eapply Rlt_le_trans; [|apply V]]; lra.
  - exact (stopped_bounds w _ _ eq_refl eq_refl eq_refl eq_refl U V).
Qed.

(** claim: ddcl.theorem3.applies/full/oscillation
    role: refutes
    value: let s := two_pairs a b in
           turning (full_jacobian 2 1 4 (resting (full_push T_value (boltzmann T)) a b) T_value (soft_of 2 1 (boltzmann T) s) rate s)
    witness: {"a": 2, "b": "1/2", "T": 1, "rate": [1, 1]}
    compared: 658f613584ab-e276e2194bb1 *)
Theorem full_does_not_turn : exists a b T rate, 0 < a /\ 0 < b /\ 0 < T /\ (forall i : nat, 0 < rate i) /\
  let E x := exp (- x / T) in let w := resting (full_push T E) a b in let s := two_pairs a b in
  (forall m, 0 < w m) /\
  let J := full_jacobian 2 1 4 w T (soft_of 2 1 E s) rate s in
  matrix_trace J < 0 < matrix_determinant J /\ ~ 0 < turning J.
Proof.
  exists 2, (1 / 2), 1, (fun _ => 1); do 4 (split; [intros; lra|]); intros E w s; destruct full_masses as [U V]; split.
  - apply resting_positive; [eapply Rlt_le_trans; [|apply U] | eapply Rlt_le_trans; [|apply V]]; lra.
  - exact (full_bounds w _ _ eq_refl eq_refl eq_refl eq_refl U V).
Qed.
