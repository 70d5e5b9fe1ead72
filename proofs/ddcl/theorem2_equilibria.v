(** Theorem 2, equilibria: none with the prototypes apart for one sample, and one beside an attracting collapse. *)
From Coq Require Import Reals Lra Lia.
From Interval Require Import Tactic.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions remark3_definitions descent_definitions softmax.
Open Scope R_scope.

Implicit Types (n k d m j : nat) (z p : nat -> nat -> R) (w : nat -> R) (T : R).

(** Training of the prototypes on samples of the masses w_m, with the gradient stopped, at rest *)
Definition at_rest n k d z w p T : Prop := forall j c, (j < k)%nat -> (c < d)%nat ->
  stopped_flow n z p (fun m j => w m * soft k d (z m) p T j) j c = 0.

(** One sample

    claim: ddcl.theorem2/stopped/equilibrium-for-every-data-set
    role: refutes
    value: pair_spread k d p
    witness: {"z": [[0]], "w": [1], "p": [[0], [0]], "T": 1}
    compared: 1bac8864c317-14ab5724b341 *)
Theorem one_sample_has_none_apart : exists n k d z w T, 0 < T /\ (forall m, 0 < w m) /\
  (exists p, at_rest n k d z w p T) /\ forall p, at_rest n k d z w p T -> ~ 0 < pair_spread k d p.
Proof.
  exists 1%nat, 2%nat, 1%nat, (fun _ _ => 0), (fun _ => 1), 1; split; [lra|]; split; [intros; lra|]; split.
  - exists (fun _ _ => 0); intros j c _ _; unfold stopped_flow; simpl; to_reals; ring.
  - intros p rest; assert (zero : forall j, (j < 2)%nat -> p j 0%nat = 0).
    { intros j lt; assert (R := rest j 0%nat lt ltac:(lia)); unfold stopped_flow in R; rewrite sum_S in R.
      assert (Q := soft_gt0 2 1 (fun _ => 0) p 1 j ltac:(lia)); set (q := soft 2 1 (fun _ => 0) p 1 j) in *.
      change (- (0 + (1 + 1) * (1 * q) * (p j 0%nat + - 0)) = 0) in R; apply (Rmult_eq_reg_l q); lra. }
    unfold pair_spread, distance2, norm2; simpl; to_reals; rewrite !zero by lia; lra.
Qed.

(** Samples 0, 2 and -1 of masses near 101, 1 and 2/10^6, prototypes 0 and 1, e^(-1/T) = 1/100 *)
Definition heavy m : R := match m with O => 249999999999 / 2475250000 | S O => 1 | _ => 1 / 500000 end.
Definition samples m (c : nat) : R := match m with O => 0 | S O => 2 | _ => -1 end.
Definition places j (c : nat) : R := match j with O => 0 | _ => 1 end.

Lemma weights : let E x := exp (- (x / / ln 100)) in E 0 = 1 /\ E 1 = / 100 /\ E 4 = / 100 ^ 4.
Proof.
  assert (L : 0 < ln 100) by (rewrite <- ln_1; apply ln_increasing; lra); intros E.
  assert (one : E 1 = / 100) by (unfold E; replace (1 / / ln 100) with (ln 100) by (field; lra); rewrite exp_Ropp, exp_ln; lra).
  repeat split; [|exact one|].
  - unfold E; replace (- (0 / / ln 100)) with 0 by (field; lra); apply exp_0.
  - assert (four : E 4 = E 1 * E 1 * E 1 * E 1) by (unfold E; rewrite <- !exp_plus; f_equal; field; lra).
    rewrite four, one; field.
Qed.

Lemma heavy_shares m j : soft 2 1 (samples m) places (/ ln 100) j =
  let near := match m, j with O, O | S O, S _ => true | S (S _), O => true | _, _ => false end in
  match m with
  | O => if near then 100 / 101 else 1 / 101
  | _ => if near then 1000000 / 1000001 else 1 / 1000001
  end.
Proof.
  destruct weights as [E0 [E1 E4]]; set (E x := exp (- (x / / ln 100))).
  change (E 0 = 1) in E0; change (E 1 = / 100) in E1; change (E 4 = / 100 ^ 4) in E4.
  assert (D : forall i l, distance2 1 (samples i) (places l) = (samples i 0%nat - places l 0%nat) * (samples i 0%nat - places l 0%nat))
    by (intros; unfold distance2, norm2; simpl; to_reals; ring).
  unfold soft, share; simpl sum; to_reals.
  fold (E (distance2 1 (samples m) (places 0))) (E (distance2 1 (samples m) (places 1))) (E (distance2 1 (samples m) (places j))).
  rewrite !D; destruct m as [|[|m]]; destruct j as [|j]; simpl samples; simpl places;
    replace ((0 - 0) * (0 - 0)) with 0 by ring; replace ((0 - 1) * (0 - 1)) with 1 by ring;
    replace ((2 - 0) * (2 - 0)) with 4 by ring; replace ((2 - 1) * (2 - 1)) with 1 by ring;
    replace ((-1 - 0) * (-1 - 0)) with 1 by ring; replace ((-1 - 1) * (-1 - 1)) with 4 by ring;
    rewrite ?E0, ?E1, ?E4; field.
Qed.

Lemma heavy_rests : at_rest 3 2 1 samples heavy places (/ ln 100).
Proof.
  intros j c lt lt_c; unfold stopped_flow; simpl sum; rewrite !heavy_shares; to_reals.
  destruct j as [|[|j]]; simpl; [field | field | lia].
Qed.

(** T > 2 tr Sigma

    claim: ddcl.theorem2/stopped/only-where-collapse-repels
    role: refutes
    value: concat (entries k (fun i => concat (entries i (fun j => entries d (fun c => p i c - p j c)))))
    witness: {"z": [[0], [2], [-1]], "w": ["249999999999/2475250000", "1", "1/500000"], "p": [[0], [1]], "T": {"s": "1/100"}}
    compared: 7886bb964689-1dacd95225d4 *)
Theorem apart_beside_an_attracting_collapse : exists n k d z w p T, 0 < T /\ (forall m, 0 < w m) /\
  at_rest n k d z w p T /\
  2 * sum n (fun m => sum m (fun l => w m * w l * distance2 d (z m) (z l))) < T * square (sum n w) /\
  ~ forall i j c, (i < k)%nat -> (j < k)%nat -> (c < d)%nat -> p i c = p j c.
Proof.
  exists 3%nat, 2%nat, 1%nat, samples, heavy, places, (/ ln 100).
  assert (L : 0 < ln 100) by (rewrite <- ln_1; apply ln_increasing; lra).
  split; [apply Rinv_0_lt_compat, L|]; split; [intros [|[|m]]; simpl; lra|]; split; [exact heavy_rests|]; split.
  - unfold distance2, norm2, samples, heavy; simpl; to_reals; interval.
  - intros same; assert (H := same 0%nat 1%nat 0%nat ltac:(lia) ltac:(lia) ltac:(lia)); simpl in H; lra.
Qed.
