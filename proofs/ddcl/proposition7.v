(** Proposition 7 and section 5.4: the force 2 P S_q at given shares, and where it is not the strongest. *)
From Coq Require Import QArith List Lia.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions covariance_definitions soft_definitions.

(** ** Counterexamples, over the rationals *)
Open Scope Q_scope.

(** claim: ddcl.proposition7/frobenius/monotone
    role: refutes
    value: force2 k d (soft_at k d z p T2) p - force2 k d (soft_at k d z p T1) p
    witness: {"z": [0], "p": [[0], [1], [1]], "T1": {"s": "1/2"}, "T2": {"s": "3/4"}}
    compared: 899719f8085d-0a87ea539434 *)
Theorem falls_with_temperature : exists k d z p s1 s2, 0 < s1 /\ s1 < s2 /\ s2 < 1 /\
  force2 k d (soft_at k d z p s2) p < force2 k d (soft_at k d z p s1) p.
Proof.
  exists 3%nat, 1%nat, (vector [0]), (matrix [[0]; [1]; [1]]), (1 # 2), (3 # 4).
  repeat split; vm_compute; reflexivity.
Qed.

(** In one coordinate the operator norm is the Frobenius norm: a bound c at T2 that fails at T1.

    claim: ddcl.proposition7/operator/monotone
    role: refutes
    value: c * norm2 d v - force_along k d (soft_at k d z p T1) p v
    witness: {"z": [0], "p": [[0], [1], [1]], "T1": {"s": "1/2"}, "T2": {"s": "3/4"}, "v": [1], "c": "216/625"}
    compared: 4e0ca62ef9f9-cbdc389b2c17 *)
Theorem largest_singular_value_falls : exists k z p s1 s2 c v, 0 < s1 /\ s1 < s2 /\ s2 < 1 /\
  (forall w, force_along k 1 (soft_at k 1 z p s2) p w <= c * norm2 1 w) /\
  c * norm2 1 v < force_along k 1 (soft_at k 1 z p s1) p v.
Proof.
  exists 3%nat, (vector [0]), (matrix [[0]; [1]; [1]]), (1 # 2), (3 # 4), (216 # 625), (vector [1]).
  do 3 (split; [vm_compute; reflexivity|]); split; [intros w | vm_compute; reflexivity].
  set (q := soft_at _ _ _ _ _); set (p := matrix _).
  assert (force_along 3 1 q p w == (pull 3 q p 0 0 * pull 3 q p 0 0 + pull 3 q p 1 0 * pull 3 q p 1 0
    + pull 3 q p 2 0 * pull 3 q p 2 0) * norm2 1 w) as along.
  { unfold force_along, norm2, square; cbn -[Qred Qplus Qmult pull]; rewrite !Qred_correct; ring. }
  rewrite along; apply Qle_lteq; right; apply Qmult_comp; [vm_compute|]; reflexivity.
Qed.

(** claim: ddcl.proposition7/frobenius/close
    role: refutes
    value: force2 k d (soft_at k d z (scaled_about z sigma p) T) (scaled_about z sigma p) - force2 k d (soft_at k d z p T) p
    witness: {"z": [0], "p": [[0], [2]], "T": {"s": "9/10"}, "sigma": 0}
    compared: 049381004fee-8b348eab8ca0 *)
Theorem weaker_when_close : exists k d z p s sigma, 0 < s /\ s < 1 /\ 0 <= sigma /\ sigma <= 1 /\
  force2 k d (soft_at k d z (scaled_about z sigma p) s) (scaled_about z sigma p) < force2 k d (soft_at k d z p s) p.
Proof.
  exists 2%nat, 1%nat, (vector [0]), (matrix [[0]; [2]]), (9 # 10), 0.
  repeat split; vm_compute; (reflexivity || discriminate).
Qed.

(** claim: ddcl.proposition7/frobenius/close-fixed
    role: refutes
    value: force2 k d q (scaled_about z sigma p) - force2 k d q p
    witness: {"z": [0], "p": [[0], [2]], "q": ["1/2", "1/2"], "sigma": "1/2"}
    compared: abea948d3b41-ad2e5dcb7ba8 *)
Theorem weaker_when_close_at_given_shares : exists k d z p q sigma, (forall j, (j < k)%nat -> 0 <= q j) /\ sum k q == 1 /\
  0 <= sigma /\ sigma <= 1 /\ force2 k d q (scaled_about z sigma p) < force2 k d q p.
Proof.
  exists 2%nat, 1%nat, (vector [0]), (matrix [[0]; [2]]), (vector [1 # 2; 1 # 2]), (1 # 2).
  split; [intros [|[|j]] lt_j; [| |lia]; vm_compute; discriminate|].
  repeat split; vm_compute; (reflexivity || discriminate).
Qed.

(** claim: ddcl.proposition7/frobenius/undecided
    role: refutes
    value: force2 k d (averaged q t) p - force2 k d q p
    witness: {"q": ["1/2", 0, "1/2"], "t": "1/2", "p": [[1], [0], [0]]}
    compared: b38669b35821-eed3dc09739f *)
Theorem weaker_when_undecided : exists k d q t p, (forall j, (j < k)%nat -> 0 <= q j) /\ sum k q == 1 /\
  0 <= t /\ t <= 1 /\ force2 k d (averaged q t) p < force2 k d q p.
Proof.
  exists 3%nat, 1%nat, (vector [1 # 2; 0; 1 # 2]), (1 # 2), (matrix [[1]; [0]; [0]]).
  split; [intros [|[|[|j]]] lt_j; [| | |lia]; vm_compute; discriminate|].
  repeat split; vm_compute; (reflexivity || discriminate).
Qed.
Close Scope Q_scope.

(** ** What holds, over every ordered field *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Proposition7.
Variable R : realFieldType.
Implicit Types (k d : nat) (q x w z : nat -> R) (p : nat -> nat -> R) (t sigma : R).

(** claim: ddcl.proposition7/frobenius/columns
    value: let q := soft_at k d z p T in
           entries k (fun j => sum d (fun c => (2 * sum k (fun l => p l c * covariance q l j) - pull k q p j c) * e c))
    scope: all k, d
    compared: 5b391fd2c28c-56436f06588d *)
Theorem columns k q p j c : (j < k)%N -> 2%:R * sum k (fun l => p l c * covariance q l j) = pull k q p j c.
Proof.
move=> lt_jk; have term l : p l c * covariance q l j = (if Nat.eqb j l then q j * p j c else 0) - q l * p l c * q j.
  by rewrite /covariance; to_field; rewrite PeanoNat.Nat.eqb_sym; case: (PeanoNat.Nat.eqb_spec j l) => [<-|_]; ring.
under sum_ext => l _ do rewrite term.
by rewrite sum_sub sum_mulr sum_indicator // /pull /mixture; to_field; move: (sum k _) => s; ring.
Qed.

(** The variance of w under q is at most half of |w|^2. *)
Lemma variance_le_half k q w : simplex k q ->
  sum k (fun j => q j * square (w j)) - square (sum k (fun j => q j * w j)) <= 2%:R^-1 * sum k (fun j => square (w j)).
Proof.
move=> [q0 mass]; set m := sum k (fun j => q j * w j); set A := sum k (fun j => q j * square (w j)).
have le_q1 j : (j < k)%N -> q j <= 1 by move=> lt_jk; rewrite -mass; exact: sum_ge_term.
have pairs : 4%:R * sum k (fun i => square (q i * w i)) <= 2%:R * A + 2%:R * square m.
  have -> : 2%:R * A + 2%:R * square m = sum k (fun i => sum k (fun j => q i * q j * square (w i + w j))).
    have row i : sum k (fun j => q i * q j * square (w i + w j)) =
        q i * square (w i) + 2%:R * m * (q i * w i) + A * q i.
      have term j : q i * q j * square (w i + w j) =
          q i * square (w i) * q j + 2%:R * (q i * w i) * (q j * w j) + q i * (q j * square (w j)).
        by to_field; ring.
      under [LHS]sum_ext => j _ do rewrite term.
      by rewrite !sum_add !sum_mull mass -/m -/A; ring.
    under [RHS]sum_ext => i _ do rewrite row.
    by rewrite !sum_add !sum_mull mass -/m -/A; to_field; ring.
  rewrite -sum_mull; apply: sum_le => i lt_ik.
  have -> : 4%:R * square (q i * w i) = q i * q i * square (w i + w i) by to_field; ring.
  apply: (sum_ge_term (f := fun j => q i * q j * square (w i + w j)) lt_ik) => j lt_jk.
  by apply: mulr_ge0; [apply: mulr_ge0; exact: q0 | exact: sqr_ge0].
have shares : 2%:R * A - 2%:R * sum k (fun i => square (q i * w i)) <= 2%:R^-1 * sum k (fun j => square (w j)).
  rewrite -!sum_mull -sum_sub; apply: sum_le => i lt_ik.
  rewrite -subr_ge0; have -> : 2%:R^-1 * square (w i) - (2%:R * (q i * square (w i)) - 2%:R * square (q i * w i)) =
     2%:R^-1 * ((1 - 2%:R * q i) * w i) ^+ 2 by to_field; field.
  by rewrite mulr_ge0 ?sqr_ge0 // invr_ge0 ler0n.
apply: le_trans shares; move: pairs; set B := sum k (fun i => _) => pairs.
rewrite -subr_ge0; have -> : 2%:R * A - 2%:R * B - (A - square m) = 2%:R^-1 * (2%:R * A + 2%:R * square m - 4%:R * B) by field.
by rewrite mulr_ge0 ?subr_ge0 // invr_ge0 ler0n.
Qed.

(** One coordinate, x about its mean *)
Lemma force_le_variance k q x : simplex k q -> sum k (fun j => q j * x j) = 0 ->
  sum k (fun j => square (2%:R * q j * x j)) <= 2%:R * sum k (fun j => q j * square (x j)).
Proof.
move=> inside centred; have [q0 mass] := inside; pose w j := q j * x j.
have := variance_le_half w inside; set m := sum k (fun j => q j * w j).
set W := sum k (fun j => square (w j)); set A := sum k (fun j => q j * square (x j)).
set B := sum k (fun j => q j * square (w j)) => half.
have young : W <= 4%:R^-1 * A + (B - square m).
  have -> : W = sum k (fun j => q j * x j * (w j - m)).
    have term j : q j * x j * (w j - m) = square (w j) - m * (q j * x j) by rewrite /w; to_field; ring.
    under [RHS]sum_ext => j _ do rewrite term.
    by rewrite sum_sub sum_mull centred mulr0 subr0.
  have -> : 4%:R^-1 * A + (B - square m) = sum k (fun j => q j * (4%:R^-1 * square (x j) + square (w j - m))).
    have term j : q j * (4%:R^-1 * square (x j) + square (w j - m)) =
        4%:R^-1 * (q j * square (x j)) + q j * square (w j) - 2%:R * m * (q j * w j) + square m * q j.
      by to_field; ring.
    under [RHS]sum_ext => j _ do rewrite term.
    by rewrite sum_add sum_sub sum_add !sum_mull mass -/A -/B -/m; to_field; ring.
  apply: sum_le => j lt_jk; rewrite -subr_ge0.
  have -> : q j * (4%:R^-1 * square (x j) + square (w j - m)) - q j * x j * (w j - m) =
      q j * (2%:R^-1 * x j - (w j - m)) ^+ 2 by to_field; field.
  by rewrite mulr_ge0 ?sqr_ge0 ?q0.
have -> : sum k (fun j => square (2%:R * q j * x j)) = 4%:R * W.
  by rewrite -sum_mull; apply: sum_ext => j _; rewrite /w; to_field; ring.
have total : W <= 4%:R^-1 * A + 2%:R^-1 * W by apply: le_trans young _; rewrite ler_add2l.
rewrite -subr_ge0; have -> : 2%:R * A - 4%:R * W = 8%:R * (4%:R^-1 * A + 2%:R^-1 * W - W) by field.
by rewrite mulr_ge0 ?subr_ge0 ?ler0n.
Qed.

Lemma deviations_vanish k q p c : sum k q = 1 -> sum k (fun j => q j * (p j c - mixture k q p c)) = 0.
Proof.
move=> mass; have term j : q j * (p j c - mixture k q p c) = q j * p j c - mixture k q p c * q j by ring.
by under sum_ext => j _ do rewrite term; rewrite sum_sub sum_mull mass mulr1 subrr.
Qed.

Lemma force2_by_coordinates k d q p :
  force2 k d q p = sum d (fun c => sum k (fun j => square (2%:R * q j * (p j c - mixture k q p c)))).
Proof. by rewrite /force2 /norm2 sum_exchange. Qed.

(** The soft assignment is in proportion to positive weights.

    claim: ddcl.proposition7/frobenius/close/amended
    value: let q := soft_at k d z p T in 2 * variance k d p q - force2 k d q p
    compared: 8b532d6b148c-be54841cf177 *)
Theorem below_variance k d w p : (0 < k)%N -> (forall j, (j < k)%N -> 0 < w j) ->
  force2 k d (share k w) p <= 2%:R * variance k d p (share k w).
Proof.
move=> k0 w0; have W0 : 0 < sum k w by exact: (sum_gt0 k0 w0).
have inside : simplex k (share k w).
  split=> [j lt_jk|]; rewrite /share; to_field; first by apply: divr_ge0; exact/ltW/w0 || exact/ltW.
  by rewrite sum_mulr divff // gt_eqF.
rewrite force2_by_coordinates /variance /distance2 /norm2 -sum_mull.
under [X in _ <= X]sum_ext => j _ do rewrite mulrA -sum_mull.
rewrite [X in _ <= X]sum_exchange; apply: sum_le => c _.
under [X in _ <= X]sum_ext => j _ do rewrite -mulrA.
rewrite sum_mull; apply: (force_le_variance inside); apply: deviations_vanish; exact: (proj2 inside).
Qed.

(** claim: ddcl.proposition7/frobenius/close-fixed/amended
    value: force2 k d q (scaled_about z sigma p) - square sigma * force2 k d q p
    compared: dc97d5aa032d-eb0e9b5ba92a *)
Theorem homogeneous k d z p q sigma : sum k q = 1 -> force2 k d q (scaled_about z sigma p) = square sigma * force2 k d q p.
Proof.
move=> mass; rewrite /force2 -sum_mull; apply: sum_ext => j _; rewrite /norm2 -sum_mull; apply: sum_ext => c _.
have scaled : mixture k q (scaled_about z sigma p) c = z c + sigma * (mixture k q p c - z c).
  rewrite /mixture /scaled_about; to_field.
  have term i : q i * (z c + sigma * (p i c - z c)) = sigma * (q i * p i c) + (1 - sigma) * z c * q i by ring.
  under [LHS]sum_ext => i _ do rewrite term.
  by rewrite sum_add !sum_mull mass; move: (sum k _) => s; ring.
by rewrite /pull scaled /scaled_about; to_field; move: (mixture _ _ _ _) => m; ring.
Qed.

(** Two prototypes: the force is as large as q_1 q_2. *)
Lemma force2_of_two d q p : sum 2 q = 1 ->
  force2 2 d q p = 8%:R * square (q 0%N * q 1%N) * distance2 d (p 0%N) (p 1%N).
Proof.
rewrite /= add0r => mass; have last : q 1%N = 1 - q 0%N by rewrite -mass; to_field; ring.
rewrite force2_by_coordinates /distance2 /norm2 -sum_mull; apply: sum_ext => c _; rewrite /mixture /=; to_field.
by rewrite last; ring.
Qed.

(** claim: ddcl.proposition7/frobenius/undecided/amended
    value: force2 k d (averaged q t) p - force2 k d q p
    compared: b38669b35821-1d5dbb03e5ca *)
Theorem two_undecided d q t p : simplex 2 q -> 0 <= t -> t <= 1 -> force2 2 d q p <= force2 2 d (averaged q t) p.
Proof.
move=> [q0 mass] t0 t1; have mass' : sum 2 (averaged q t) = 1.
  by rewrite -mass /sum /averaged; to_field; ring.
rewrite !force2_of_two //; apply: ler_wpmul2r; first by apply: sum_ge0 => c _; exact: sqr_ge0.
apply: ler_wpmul2l; first exact: ler0n.
have grows : q 0%N * q 1%N <= averaged q t 0 * averaged q t 1.
  rewrite -subr_ge0; have -> : averaged q t 0 * averaged q t 1 - q 0%N * q 1%N = t * (1 - t) * (q 1%N - q 0%N) ^+ 2.
    by rewrite /averaged; to_field; ring.
  by apply: mulr_ge0 (sqr_ge0 _); apply: mulr_ge0; rewrite ?subr_ge0.
have q00 : 0 <= q 0%N * q 1%N by rewrite mulr_ge0 ?q0.
by apply: ler_pmul.
Qed.

End Proposition7.
