(** Section 5.5: stable equilibria of L_OLS with the stopped gradient: one whose eigenvalues are real, and one that spirals. *)
From Coq Require Import Reals Lra Lia.
From Interval Require Import Tactic.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions training_definitions.
Open Scope R_scope.

(** A goal on reals without the names of definitions, or with those of assignments and masses kept *)
Ltac numbers := cbv -[Rplus Rmult Rinv Ropp Rminus Rdiv IZR exp Rlt Rle Rgt Rge not].
Ltac kept := cbv -[Rplus Rmult Rinv Ropp Rminus Rdiv IZR exp Rlt Rle Rgt Rge not ols_share ols_mass].
Ltac kept_in A := cbv -[Rplus Rmult Rinv Ropp Rminus Rdiv IZR exp Rlt Rle Rgt Rge not ols_share ols_mass] in A.

Definition three (x y u : R) (m : nat) : R := match m with 0%nat => x | 1%nat => y | _ => u end.

(** Both give det J > 0 > tr J; the pair is real in the first, and turns in the second. *)
Lemma real_pair (J : nat -> nat -> R) : -1.75 <= J 0%nat 0%nat <= -1.74 -> 2.69 <= J 0%nat 1%nat <= 2.71 ->
  -0.118 <= J 1%nat 0%nat <= -0.117 -> -0.465 <= J 1%nat 1%nat <= -0.464 ->
  matrix_trace J < 0 < matrix_determinant J /\ ~ 0 < turning J.
Proof.
  intros A B C D; unfold turning, matrix_trace, matrix_determinant; to_reals.
  set (a := J _ _) in A |- *; set (b := J _ _) in B |- *; set (c := J _ _) in C |- *; set (e := J _ _) in D |- *.
  clearbody a b c e; repeat split; [interval | interval | apply Rle_not_lt; interval].
Qed.

Lemma turning_pair (J : nat -> nat -> R) : -1.90 <= J 0%nat 0%nat <= -1.88 -> -0.98 <= J 0%nat 1%nat <= -0.96 ->
  8.77 <= J 1%nat 0%nat <= 8.79 -> 0.28 <= J 1%nat 1%nat <= 0.29 ->
  matrix_trace J < 0 < matrix_determinant J /\ ~ 0 <= - turning J.
Proof.
  intros A B C D; unfold turning, matrix_trace, matrix_determinant; to_reals.
  set (a := J _ _) in A |- *; set (b := J _ _) in B |- *; set (c := J _ _) in C |- *; set (e := J _ _) in D |- *.
  clearbody a b c e; repeat split; [interval | interval | apply Rlt_not_le; interval].
Qed.

(** Samples -3, 1, 2, prototypes 0 and 3, T = 3 / 2 *)
Definition node : nat -> R := three (-3) 1 2.
Definition node_weight (x : R) : R := exp (- x / (3 / 2)).

Lemma node_shares : let q := ols_share node_weight node 3 in
  (0.9999999 <= q 0%nat 0%nat <= 1 /\ 0 <= q 0%nat 1%nat <= 0.0000001) /\
  (0.880797 <= q 1%nat 0%nat <= 0.880798 /\ 0.119202 <= q 1%nat 1%nat <= 0.119203) /\
  (0.119202 <= q 2%nat 0%nat <= 0.119203 /\ 0.880797 <= q 2%nat 1%nat <= 0.880798).
Proof. repeat split; numbers; interval. Qed.

Lemma node_masses : let w := ols_mass node_weight node 3 in
  0.31428 <= w 0%nat <= 0.31429 /\ 1.69744 <= w 1%nat <= 1.69745 /\ 0.22972 <= w 2%nat <= 0.22973.
Proof. repeat split; numbers; interval. Qed.

Lemma node_turns : let J := ols_jacobian node_weight node 3 (3 / 2) (fun _ => 1) in
  matrix_trace J < 0 < matrix_determinant J /\ ~ 0 < turning J.
Proof.
  intros J; destruct node_shares as [[A B] [[C D] [E F]]]; destruct node_masses as [U [V W]].
  kept_in A; kept_in B; kept_in C; kept_in D; kept_in E; kept_in F; kept_in U; kept_in V; kept_in W.
  apply real_pair; kept;
    set (a := ols_share _ _ _ 0 0) in *; set (b := ols_share _ _ _ 0 1) in *; set (c := ols_share _ _ _ 1 0) in *;
    set (e := ols_share _ _ _ 1 1) in *; set (f := ols_share _ _ _ 2 0) in *; set (g := ols_share _ _ _ 2 1) in *;
    set (u := ols_mass _ _ _ 0) in *; set (v := ols_mass _ _ _ 1) in *; set (w := ols_mass _ _ _ 2) in *;
    clearbody a b c e f g u v w; split; interval.
Qed.

(** Samples 1, 3, 9, prototypes 0 and 5, T = 7 / 2 *)
Definition spiral : nat -> R := three (1) 3 9.
Definition spiral_weight (x : R) : R := exp (- x / (7 / 2)).

Lemma spiral_shares : let q := ols_share spiral_weight spiral 5 in
  (0.986423 <= q 0%nat 0%nat <= 0.986424 /\ 0.013576 <= q 0%nat 1%nat <= 0.013577) /\
  (0.193321 <= q 1%nat 0%nat <= 0.193322 /\ 0.806678 <= q 1%nat 1%nat <= 0.806679) /\
  (0 <= q 2%nat 0%nat <= 0.00000001 /\ 0.99999999 <= q 2%nat 1%nat <= 1).
Proof. repeat split; numbers; interval. Qed.

Lemma spiral_masses : let w := ols_mass spiral_weight spiral 5 in
  0.7991 <= w 0%nat <= 0.7992 /\ 3.6778 <= w 1%nat <= 3.6779 /\ 0.7639 <= w 2%nat <= 0.7640.
Proof. repeat split; numbers; interval. Qed.

Lemma spiral_turns : let J := ols_jacobian spiral_weight spiral 5 (7 / 2) (fun _ => 1) in
  matrix_trace J < 0 < matrix_determinant J /\ ~ 0 <= - turning J.
Proof.
  intros J; destruct spiral_shares as [[A B] [[C D] [E F]]]; destruct spiral_masses as [U [V W]].
  kept_in A; kept_in B; kept_in C; kept_in D; kept_in E; kept_in F; kept_in U; kept_in V; kept_in W.
  apply turning_pair; kept;
    set (a := ols_share _ _ _ 0 0) in *; set (b := ols_share _ _ _ 0 1) in *; set (c := ols_share _ _ _ 1 0) in *;
    set (e := ols_share _ _ _ 1 1) in *; set (f := ols_share _ _ _ 2 0) in *; set (g := ols_share _ _ _ 2 1) in *;
    set (u := ols_mass _ _ _ 0) in *; set (v := ols_mass _ _ _ 1) in *; set (w := ols_mass _ _ _ 2) in *;
    clearbody a b c e f g u v w; split; interval.
Qed.

(** claim: ddcl.theorem3.applies/ols/oscillation
    role: refutes
    value: turning (ols_jacobian (boltzmann T) z L T_value rate)
    witness: {"z": [-3, 1, 2], "L": 3, "T": "3/2", "rate": [1, 1]}
    compared: acc5434b75aa-f862729decdb *)
Theorem ols_need_not_turn : exists z L T rate, 0 < L /\ 0 < T /\ (forall j : nat, 0 < rate j) /\
  let E x := exp (- x / T) in
  (forall m, (m < 3)%nat -> 0 < ols_mass E z L m) /\
  let J := ols_jacobian E z L T rate in
  matrix_trace J < 0 < matrix_determinant J /\ ~ 0 < turning J.
Proof.
  exists node, 3, (3 / 2), (fun _ => 1); do 3 (split; [intros; lra|]); intros E; split; [|exact node_turns].
  destruct node_masses as [U [V W]]; intros [|[|[|m]]] lt; [| | |exfalso; lia];
    [eapply Rlt_le_trans; [|apply U] | eapply Rlt_le_trans; [|apply V] | eapply Rlt_le_trans; [|apply W]]; lra.
Qed.

(** claim: ddcl.theorem3.applies/ols/real-spectrum
    role: refutes
    value: - turning (ols_jacobian (boltzmann T) z L T_value rate)
    witness: {"z": [1, 3, 9], "L": 5, "T": "7/2", "rate": [1, 1]}
    compared: 8ace878cb748-aec4446b03bd *)
Theorem ols_may_turn : exists z L T rate, 0 < L /\ 0 < T /\ (forall j : nat, 0 < rate j) /\
  let E x := exp (- x / T) in
  (forall m, (m < 3)%nat -> 0 < ols_mass E z L m) /\
  let J := ols_jacobian E z L T rate in
  matrix_trace J < 0 < matrix_determinant J /\ ~ 0 <= - turning J.
Proof.
  exists spiral, 5, (7 / 2), (fun _ => 1); do 3 (split; [intros; lra|]); intros E; split; [|exact spiral_turns].
  destruct spiral_masses as [U [V W]]; intros [|[|[|m]]] lt; [| | |exfalso; lia];
    [eapply Rlt_le_trans; [|apply U] | eapply Rlt_le_trans; [|apply V] | eapply Rlt_le_trans; [|apply W]]; lra.
Qed.
