(** Sections 7.2, 7.4 and 8.2: with frozen features the gradients in the prototypes count, and those of L_q and L_OLS differ by
    2 P S_q; what that leaves of the inference from equal metrics. *)
From Coq Require Import QArith List Lia.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions covariance_definitions gap_definitions motion_definitions native_definitions
  frozen_definitions.

(** ** Counterexamples, over the rationals: T is given by s = e^(-1/T), the distances are whole *)
Open Scope Q_scope.

(** claim: ddcl.proposition4.frozen/inference/same-updates
    role: refutes
    value: let q m := soft_assignment k d (z m) p T in
           entries k (fun j => entries d (fun c => over_samples n (fun m => quantization_pull (z m) p (q m)) j c
                                                   - over_samples n (fun m => ols_pull k (z m) p (q m)) j c))
    witness: {"z": [[0]], "p": [[0], [1]], "T": {"s": "1/2"}}
    compared: 78567e21e20e-6ac5222d9b4b *)
Theorem updates_differ : exists n k d z p s j c, 0 < s < 1 /\ (j < k)%nat /\ (c < d)%nat /\
  let q m := soft_assignment k d (z m) p s in
  ~ over_samples n (fun m => quantization_pull (z m) p (q m)) j c == over_samples n (fun m => ols_pull k (z m) p (q m)) j c.
Proof.
  exists 1%nat, 2%nat, 1%nat, (matrix [[0]]), (matrix [[0]; [1]]), (1 # 2), 1%nat, 0%nat.
  repeat split; try lia; vm_compute; congruence.
Qed.

(** After a step of L_OLS both samples lie in one cell, after one of L_q they do not.

    claim: ddcl.proposition4.frozen/inference/same-labels
    role: refutes
    value: let q m := soft_assignment 2 d (z m) p T in
           let a := matrix (entries 2 (fun j => entries d (stepped eta p (over_samples 2 (fun m => quantization_pull (z m) p (q m))) j))) in
           let b := matrix (entries 2 (fun j => entries d (stepped eta p (over_samples 2 (fun m => ols_pull 2 (z m) p (q m))) j))) in
           together d z a * together d z b
    witness: {"z": [[0, 1], [0, 0]], "p": [[0, 0], [1, 0]], "T": {"s": "1/2"}, "eta": "1/2"}
    compared: 39bd4da6f9b9-4bbe48cc86d3 *)
Theorem labels_differ : exists d z p s eta, 0 < s < 1 /\ 0 < eta /\ let q m := soft_assignment 2 d (z m) p s in
  together d z (stepped eta p (over_samples 2 (fun m => quantization_pull (z m) p (q m)))) *
  together d z (stepped eta p (over_samples 2 (fun m => ols_pull 2 (z m) p (q m)))) < 0.
Proof.
  exists 2%nat, (matrix [[0; 1]; [0; 0]]), (matrix [[0; 0]; [1; 0]]), (1 # 2), (1 # 2); repeat split; vm_compute; reflexivity.
Qed.

Lemma the_rest_cancels (x y s : Q) : add x s - add y s == x - y.
Proof. cbn [add rationals]; rewrite !Qred_correct; ring. Qed.

(** A loss with the prototypes' gradients of L_q, and other gradients in the features

    claim: ddcl.proposition4.frozen/inference/confirms
    role: refutes
    value: entries d (fun i => let e j := if Nat.eqb i j then 1 else 0 in
             slope (fun t => other_loss k d c (sample_along z e t) p q) - slope (fun t => quantization k d (sample_along z e t) p q))
    witness: {"z": [1], "r": [[1], [0]], "p": [[0], [1]], "q": ["1/2", "1/2"], "c": 1}
    compared: a21c7c1695de-205bf6e3b25f *)
Theorem equal_runs_confirm_nothing : exists k d z p q b e, (forall j, (j < k)%nat -> 0 <= q j) /\ sum k q == 1 /\
  (forall r t, other_loss k d b z (prototypes_along p r t) q - other_loss k d b z p q ==
               quantization k d z (prototypes_along p r t) q - quantization k d z p q) /\
  ~ slope (fun t => other_loss k d b (sample_along z e t) p q) == slope (fun t => quantization k d (sample_along z e t) p q).
Proof.
  exists 2%nat, 1%nat, (vector [1]), (matrix [[0]; [1]]), (vector [1 # 2; 1 # 2]), 1, (vector [1]).
  split; [intros [|[|j]] lt_j; [| |lia]; vm_compute; discriminate|].
  split; [vm_compute; reflexivity|]; split; [|vm_compute; congruence].
  intros r t; unfold other_loss; apply the_rest_cancels.
Qed.
Close Scope Q_scope.

(** ** What holds, over every ordered field *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import covariance theorem1_equality.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Frozen.
Variable R : realFieldType.
Implicit Types (k d : nat) (z q w : nat -> R) (p r : nat -> nat -> R) (b t : R).

Lemma pulls_differ k z p q j c :
  quantization_pull z p q j c - ols_pull k z p q j c = 2%:R * q j * (p j c - mixture k q p c).
Proof. by rewrite /quantization_pull /ols_pull; to_field; move: (mixture k q p c) => m; ring. Qed.

Lemma variance_by_coordinates k d p q :
  variance k d p q = sum d (fun c => sum k (fun j => q j * square (p j c - mixture k q p c))).
Proof.
by rewrite /variance /distance2 /norm2 sum_exchange; apply: sum_ext => j _; to_field; rewrite -sum_mull.
Qed.

Lemma work_is_variance k d z p q : sum k q = 1 ->
  paired k d (fun j c => quantization_pull z p q j c - ols_pull k z p q j c) p = 2%:R * variance k d p q.
Proof.
move=> mass; rewrite variance_by_coordinates /paired sum_exchange -sum_mull; apply: sum_ext => c _; to_field.
under sum_ext => j _ do rewrite pulls_differ.
set m := mixture k q p c; have mean : sum k (fun j => q j * p j c) = m by [].
have term j : 2%:R * q j * (p j c - m) * p j c = 2%:R * (q j * square (p j c - m)) + 2%:R * m * (q j * p j c - m * q j).
  by to_field; ring.
under [LHS]sum_ext => j _ do rewrite term.
by rewrite sum_add [X in _ + X]sum_mull sum_sub !sum_mull mean mass mulr1 subrr mulr0 addr0.
Qed.

(** claim: ddcl.proposition4.frozen/inference/same-updates/amended
    value: let q := soft_assignment k d z p T in
           paired k d (fun j c => quantization_pull z p q j c - ols_pull k z p q j c) p
    compared: a82f03ad5fb2-edbe7a6e45aa *)
Theorem updates_differ_everywhere k d z p w i j c : (forall l, (l < k)%N -> 0 < w l) ->
  (i < k)%N -> (j < k)%N -> (c < d)%N -> p i c != p j c ->
  let q := share k w in 0 < paired k d (fun j c => quantization_pull z p q j c - ols_pull k z p q j c) p.
Proof.
move=> w0 lt_ik lt_jk lt_cd differ /=.
have [_ mass] : simplex k (share k w) := share_simplex (leq_ltn_trans (leq0n i) lt_ik) w0.
by rewrite work_is_variance // mulr_gt0 ?ltr0n //; exact: (soft_positive w0 lt_ik lt_jk lt_cd differ).
Qed.

(** claim: ddcl.proposition4.frozen/inference/same-labels/amended
    value: number 4 * variance k d p q
           - sum k (fun j => sum d (fun c => square (quantization_pull z p q j c - ols_pull k z p q j c)))
    compared: bf21f817e87a-3a522ac452a1 *)
Theorem difference_bounded k d z p q : simplex k q ->
  sum k (fun j => norm2 d (fun c => quantization_pull z p q j c - ols_pull k z p q j c)) <= 4%:R * variance k d p q.
Proof.
move=> [q0 mass]; rewrite /variance -sum_mull; apply: sum_le => j lt_jk.
have le_q1 : q j <= 1 by rewrite -mass; exact: sum_ge_term.
rewrite /distance2 /norm2; to_field; rewrite -sum_mull -sum_mull; apply: sum_le => c _; rewrite -/(ols_pull _ _ _ _ _ _).
have -> : quantization_pull z p q j c + - ols_pull k z p q j c = 2%:R * q j * (p j c - mixture k q p c) by exact: pulls_differ.
move: (p j c - mixture k q p c) => x.
have -> : 2%:R * q j * x * (2%:R * q j * x) = 4%:R * (q j * (x * x)) * q j by ring.
by rewrite ler_pimulr // mulr_ge0 ?ler0n // mulr_ge0 ?q0 // -expr2 sqr_ge0.
Qed.

(** claim: ddcl.proposition4.frozen/inference/confirms/amended
    value: slope (fun t => other_loss k d c z (prototypes_along p r t) q)
           - slope (fun t => quantization k d z (prototypes_along p r t) q)
    compared: 00ed847b7c62-96678b1c59f7 *)
Theorem blind_to_the_features k d z p q r b t :
  other_loss k d b z (prototypes_along p r t) q - other_loss k d b z p q =
  quantization k d z (prototypes_along p r t) q - quantization k d z p q.
Proof. by rewrite /other_loss; to_field; move: (quantization _ _ _ _ _) (quantization _ _ _ _ _) (norm2 _ _) => x y s; ring. Qed.

End Frozen.
