(** Negatives that vary more than the positives may contribute gradients that vary less. *)
From Coq Require Import Reals Lra Lia.
From Interval Require Import Tactic.
From DDCL Require Import reals.
From DDCL.secu Require Import sphere_definitions proposition2_gradient_definitions theorem1.

Open Scope R_scope.

(** (a, b) *)
Definition pair (a b : R) (c : nat) : R := if Nat.eqb c 0 then a else b.

(** Two of (4, 3)/5, (4, -3)/5, and of (-3, 4)/5, (-3, -4)/5 *)
Definition positives (i : nat) : nat -> R := pair (4 / 5) (if Nat.eqb i 0 then 3 / 5 else - (3 / 5)).
Definition negatives (i : nat) : nat -> R := pair (- (3 / 5)) (if Nat.eqb i 0 then 4 / 5 else - (4 / 5)).

Ltac compute_sums := unfold positives, negatives; simpl; unfold pair; simpl; to_reals.

Lemma exponents lambda (x w : nat -> R) :
  attraction (boltzmann_weight lambda) 2 x w = exp ((x 0%nat * w 0%nat + x 1%nat * w 1%nat) / lambda).
Proof. unfold attraction, boltzmann_weight, dot; simpl; to_reals; rewrite Ropp_involutive, Rplus_0_l; reflexivity. Qed.

(** e^(1/lambda) = 2, the centre at e_1, two others at -e_1
    claim: secu.proposition2/gradient/gradient
    role: refutes
    value: variance m d (with_prediction (boltzmann T) d o v w b) - variance n d (with_weight (boltzmann T) d o v w x)
    witness: {"x": [["4/5", "3/5"], ["4/5", "-3/5"]], "b": [["-3/5", "4/5"], ["-3/5", "-4/5"]], "w": [1, 0], "v": [[-1, 0], [-1, 0]], "T": {"s": "1/2"}}
    compared: 9eded28a2622-6213dc9924af *)
Theorem gradients_vary_less : ~ (forall lambda n m d o x b v w, 0 < lambda -> (0 < n)%nat -> (0 < m)%nat -> (0 < o)%nat ->
  (forall i, (i < n)%nat -> dot d (x i) (x i) = 1) -> (forall i, (i < m)%nat -> dot d (b i) (b i) = 1) ->
  dot d w w = 1 -> (forall l, (l < o)%nat -> dot d (v l) (v l) = 1) -> variance n d x <= variance m d b ->
  let e := boltzmann_weight lambda in
  variance n d (with_weight e d o v w x) <= variance m d (with_prediction e d o v w b)).
Proof.
  intros claimed; specialize (claimed (/ ln 2) 2%nat 2%nat 2%nat 2%nat positives negatives (fun _ => pair (-1) 0) (pair 1 0)).
  enough (less : let e := boltzmann_weight (/ ln 2) in
    variance 2 2 (with_prediction e 2 2 (fun _ => pair (-1) 0) (pair 1 0) negatives) <
    variance 2 2 (with_weight e 2 2 (fun _ => pair (-1) 0) (pair 1 0) positives)).
  { apply (Rlt_not_le _ _ less), claimed; try lia; try (intros; unfold dot; compute_sums; lra).
    - interval.
    - intros [|[|i]] lt; try lia; unfold dot; compute_sums; lra.
    - intros [|[|i]] lt; try lia; unfold dot; compute_sums; lra.
    - unfold variance, dot; compute_sums; interval. }
  intros e; unfold variance, with_prediction, with_weight, prediction, weight, rivals, dot; simpl; unfold e; rewrite !exponents.
  compute_sums; interval.
Qed.
