(** Appendices B and D: of S_q only the trace need grow where the assignment q becomes softer, by a higher temperature T,
    given by s = e^(-1/T), or by an exchange of a part of two shares; with two prototypes all of S_q grows. *)
From Coq Require Lqa.
From Coq Require Import QArith List Reals Lia Lra.
Import ListNotations.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions soft_definitions softmax.

(** ** Counterexamples, over the rationals *)
Open Scope Q_scope.

(** claim: ddcl.covariance.monotone/loewner/monotone
    role: refutes
    value: covariance_form k (soft_at k d z p T2) v - covariance_form k (soft_at k d z p T1) v
    witness: {"z": [0], "p": [[0], [1], [1]], "T1": {"s": "1/2"}, "T2": {"s": "3/4"}, "v": [1, 0, 0]}
    compared: 56fac2132bc1-14a4d83aaaa5 *)
Theorem variance_along_falls : exists k d z p s1 s2 v, 0 < s1 /\ s1 < s2 /\ s2 < 1 /\
  covariance_form k (soft_at k d z p s2) v < covariance_form k (soft_at k d z p s1) v.
Proof.
  exists 3%nat, 1%nat, (vector [0]), (matrix [[0]; [1]; [1]]), (1 # 2), (3 # 4), (vector [1; 0; 0]).
  repeat split; vm_compute; reflexivity.
Qed.

(** claim: ddcl.covariance.monotone/loewner/uniform
    role: refutes
    value: covariance_form k (averaged q t) v - covariance_form k q v
    witness: {"q": ["1/2", 0, "1/2"], "t": "1/2", "v": [1, 0, 0]}
    compared: e8ea71ab5b81-3b0e1a44acbc *)
Theorem variance_along_falls_when_averaged : exists k q t v, (forall j, (j < k)%nat -> 0 <= q j) /\ sum k q == 1 /\
  0 <= t /\ t <= 1 /\ covariance_form k (averaged q t) v < covariance_form k q v.
Proof.
  exists 3%nat, (vector [1 # 2; 0; 1 # 2]), (1 # 2), (vector [1; 0; 0]).
  repeat split; try (vm_compute; (reflexivity || discriminate)).
  intros [|[|[|j]]] lt_j; [| | |lia]; vm_compute; discriminate.
Qed.

(** claim: ddcl.covariance.monotone/frobenius/monotone
    role: refutes
    value: covariance_norm2 k (soft_at k d z p T2) - covariance_norm2 k (soft_at k d z p T1)
    witness: {"z": [0], "p": [[0], [0], [1]], "T1": {"s": "1/4"}, "T2": {"s": "1/2"}}
    compared: fd4ef7f60760-1b80fc02ca85 *)
Theorem norm_falls : exists k d z p s1 s2, 0 < s1 /\ s1 < s2 /\ s2 < 1 /\
  covariance_norm2 k (soft_at k d z p s2) < covariance_norm2 k (soft_at k d z p s1).
Proof.
  exists 3%nat, 1%nat, (vector [0]), (matrix [[0]; [0]; [1]]), (1 # 4), (1 # 2).
  repeat split; vm_compute; reflexivity.
Qed.

(** claim: ddcl.covariance.monotone/frobenius/uniform
    role: refutes
    value: covariance_norm2 k (averaged q t) - covariance_norm2 k q
    witness: {"q": ["1/2", 0, "1/2"], "t": "1/2"}
    compared: da593024ebe6-63575fda9538 *)
Theorem norm_falls_when_averaged : exists k q t, (forall j, (j < k)%nat -> 0 <= q j) /\ sum k q == 1 /\
  0 <= t /\ t <= 1 /\ covariance_norm2 k (averaged q t) < covariance_norm2 k q.
Proof.
  exists 3%nat, (vector [1 # 2; 0; 1 # 2]), (1 # 2).
  repeat split; try (vm_compute; (reflexivity || discriminate)).
  intros [|[|[|j]]] lt_j; [| | |lia]; vm_compute; discriminate.
Qed.

Lemma form_of_three (q w : nat -> Q) :
  covariance_form 3 q w == q 0%nat * (w 0%nat * w 0%nat) + q 1%nat * (w 1%nat * w 1%nat) + q 2%nat * (w 2%nat * w 2%nat)
    - (q 0%nat * w 0%nat + q 1%nat * w 1%nat + q 2%nat * w 2%nat) * (q 0%nat * w 0%nat + q 1%nat * w 1%nat + q 2%nat * w 2%nat).
Proof.
  unfold covariance_form, covariance_times, covariance; cbn -[Qred Qplus Qmult]; rewrite ?Qred_correct.
  repeat rewrite Qred_correct. ring.
Qed.

Lemma square_ge0 (x : Q) : 0 <= x * x.
Proof. Lqa.nra. Qed.

Lemma norm2_of_three (w : nat -> Q) :
  norm2 3 w == w 0%nat * w 0%nat + w 1%nat * w 1%nat + w 2%nat * w 2%nat.
Proof. unfold norm2, square; cbn -[Qred Qplus Qmult]; rewrite ?Qred_correct; ring. Qed.

(** claim: ddcl.covariance.monotone/operator/monotone
    role: refutes
    value: c * norm2 k v - covariance_form k (soft_at k d z p T1) v
    witness: {"z": [0], "p": [[0], [0], [1]], "T1": {"s": "1/4"}, "T2": {"s": "1/2"}, "v": [1, -1, 0], "c": "2/5"}
    compared: 43be7420e5a5-9d1348165bfc *)
Theorem largest_eigenvalue_falls : exists k d z p s1 s2 c v, 0 < s1 /\ s1 < s2 /\ s2 < 1 /\
  (forall w, covariance_form k (soft_at k d z p s2) w <= c * norm2 k w) /\
  c * norm2 k v < covariance_form k (soft_at k d z p s1) v.
Proof.
  exists 3%nat, 1%nat, (vector [0]), (matrix [[0]; [0]; [1]]), (1 # 4), (1 # 2), (2 # 5), (vector [1; -(1); 0]).
  do 3 (split; [vm_compute; reflexivity|]); split; [intros w | vm_compute; reflexivity].
  rewrite form_of_three, norm2_of_three.
  set (q := soft_at _ _ _ _ _).
  assert (q0 : q 0%nat == 2 # 5) by (vm_compute; reflexivity); assert (q1 : q 1%nat == 2 # 5) by (vm_compute; reflexivity).
  assert (q2 : q 2%nat == 1 # 5) by (vm_compute; reflexivity); rewrite q0, q1, q2.
  generalize (w 0%nat) (w 1%nat) (w 2%nat); clear; intros x y t.
  pose proof (square_ge0 t); pose proof (square_ge0 ((2 # 5) * x + (2 # 5) * y + (1 # 5) * t)); Lqa.lra.
Qed.

(** claim: ddcl.covariance.monotone/operator/uniform
    role: refutes
    value: c * norm2 k v - covariance_form k q v
    witness: {"q": ["1/2", 0, "1/2"], "t": "1/2", "v": [1, 0, -1], "c": "3/8"}
    compared: d27c912c7a25-c45670dde928 *)
Theorem largest_eigenvalue_falls_when_averaged : exists k q t c v, (forall j, (j < k)%nat -> 0 <= q j) /\ sum k q == 1 /\
  0 <= t /\ t <= 1 /\ (forall w, covariance_form k (averaged q t) w <= c * norm2 k w) /\
  c * norm2 k v < covariance_form k q v.
Proof.
  exists 3%nat, (vector [1 # 2; 0; 1 # 2]), (1 # 2), (3 # 8), (vector [1; 0; -(1)]).
  split; [intros [|[|[|j]]] lt_j; [| | |lia]; vm_compute; discriminate|].
  do 3 (split; [vm_compute; (reflexivity || discriminate)|]); split; [intros w | vm_compute; reflexivity].
  rewrite form_of_three, norm2_of_three.
  set (q := averaged _ _).
  assert (q0 : q 0%nat == 1 # 4) by (vm_compute; reflexivity); assert (q1 : q 1%nat == 1 # 4) by (vm_compute; reflexivity).
  assert (q2 : q 2%nat == 1 # 2) by (vm_compute; reflexivity); rewrite q0, q1, q2.
  generalize (w 0%nat) (w 1%nat) (w 2%nat); clear; intros x y t.
  pose proof (square_ge0 (x + y + t)); pose proof (square_ge0 (x - y)); Lqa.lra.
Qed.
Close Scope Q_scope.

(** ** What grows, over the reals *)
Open Scope R_scope.
Implicit Types (k d : nat) (z q v : nat -> R) (p : nat -> nat -> R) (t c T : R).

Lemma form_of_two q v : sum 2 q = 1 -> covariance_form 2 q v = q 0%nat * q 1%nat * ((v 0%nat - v 1%nat) * (v 0%nat - v 1%nat)).
Proof.
  intros mass; apply two_shares in mass; unfold covariance_form, covariance_times, covariance; simpl; to_reals.
  rewrite mass; ring.
Qed.

Lemma norm_of_two q : sum 2 q = 1 -> covariance_norm2 2 q = 4 * ((q 0%nat * q 1%nat) * (q 0%nat * q 1%nat)).
Proof.
  intros mass; apply two_shares in mass; unfold covariance_norm2, covariance; simpl; to_reals; rewrite mass; ring.
Qed.

Lemma trace_of_squares k q : covariance_trace k q = sum k q - sum k (fun j => square (q j)).
Proof.
  unfold covariance_trace, covariance; rewrite <- sum_sub; apply sum_ext; intros i _.
  rewrite PeanoNat.Nat.eqb_refl; to_reals; ring.
Qed.

Lemma averaged_mass k q t : (1 < k)%nat -> sum k (averaged q t) = sum k q.
Proof.
  destruct k as [|[|k]]; try lia; intros _; rewrite !sum_first; simpl; to_reals; ring.
Qed.

(** claim: ddcl.covariance.monotone/trace/monotone
    value: covariance_trace k (soft_at k d z p T2) - covariance_trace k (soft_at k d z p T1)
    compared: 290641d45452-bd7b9772e1d2 *)
Theorem trace_grows k d z p T1 T2 : (0 < k)%nat -> 0 < T1 -> T1 < T2 ->
  covariance_trace k (soft k d z p T1) <= covariance_trace k (soft k d z p T2).
Proof.
  intros k0 T0 hotter; rewrite !trace_of_squares, !soft_mass by lia.
  pose proof (soft_squares_fall k d z p T1 T2 k0 T0 hotter); lra.
Qed.

(** claim: ddcl.covariance.monotone/trace/uniform
    value: covariance_trace k (averaged q t) - covariance_trace k q
    compared: d9c02dcb70cb-e946fe44fdba *)
Theorem trace_grows_when_averaged k q t : (1 < k)%nat -> 0 <= t <= 1 ->
  covariance_trace k q <= covariance_trace k (averaged q t).
Proof.
  intros k2 between; rewrite !trace_of_squares, averaged_mass by assumption; destruct k as [|[|k]]; try lia.
  rewrite !(sum_first _ (fun j => square _)); simpl; to_reals.
  set (rest := sum k _); assert (0 <= t * (1 - t) * ((q 1%nat - q 0%nat) * (q 1%nat - q 0%nat))); [|lra].
  apply Rmult_le_pos; [apply Rmult_le_pos; lra | apply Rle_0_sqr].
Qed.

(** claim: ddcl.covariance.monotone/two/monotone
    value: covariance_form k (soft_at k d z p T2) v - covariance_form k (soft_at k d z p T1) v
    compared: 56fac2132bc1-20e99749118a *)
Theorem two_grow d z p T1 T2 v : 0 < T1 -> T1 < T2 ->
  covariance_form 2 (soft 2 d z p T1) v <= covariance_form 2 (soft 2 d z p T2) v.
Proof.
  intros T0 hotter; rewrite !form_of_two by (apply soft_mass; lia).
  apply Rmult_le_compat_r; [apply Rle_0_sqr | apply soft_product_grows; assumption].
Qed.

Lemma product_grows_when_averaged q t : 0 <= t <= 1 ->
  q 0%nat * q 1%nat <= averaged q t 0 * averaged q t 1.
Proof.
  intros between; simpl; to_reals; assert (0 <= t * (1 - t) * ((q 1%nat - q 0%nat) * (q 1%nat - q 0%nat))); [|lra].
  apply Rmult_le_pos; [apply Rmult_le_pos; lra | apply Rle_0_sqr].
Qed.

(** claim: ddcl.covariance.monotone/two/uniform
    claim: ddcl.covariance.monotone/loewner/uniform/amended
    value: covariance_form k (averaged q t) v - covariance_form k q v
    compared: e8ea71ab5b81-74da16507247 *)
Theorem two_grow_when_averaged q t v : sum 2 q = 1 -> 0 <= t <= 1 ->
  covariance_form 2 q v <= covariance_form 2 (averaged q t) v.
Proof.
  intros mass between; rewrite !form_of_two by (rewrite ?averaged_mass; auto).
  apply Rmult_le_compat_r; [apply Rle_0_sqr | apply product_grows_when_averaged; assumption].
Qed.

(** claim: ddcl.covariance.monotone/frobenius/monotone/amended
    value: covariance_norm2 k (soft_at k d z p T2) - covariance_norm2 k (soft_at k d z p T1)
    compared: fd4ef7f60760-2b3c5f274f45 *)
Theorem norm_of_two_grows d z p T1 T2 : 0 < T1 -> T1 < T2 ->
  covariance_norm2 2 (soft 2 d z p T1) <= covariance_norm2 2 (soft 2 d z p T2).
Proof.
  intros T0 hotter; rewrite !norm_of_two by (apply soft_mass; lia); pose proof (soft_product_grows d z p T1 T2 T0 hotter).
  pose proof (soft_gt0 2 d z p T1 0 ltac:(lia)); pose proof (soft_gt0 2 d z p T1 1 ltac:(lia)).
  apply Rmult_le_compat_l; [lra|]; apply Rmult_le_compat; auto; apply Rmult_le_pos; lra.
Qed.

(** claim: ddcl.covariance.monotone/frobenius/uniform/amended
    value: covariance_norm2 k (averaged q t) - covariance_norm2 k q
    compared: da593024ebe6-26d00831c633 *)
Theorem norm_of_two_grows_when_averaged q t : simplex 2 q -> 0 <= t <= 1 ->
  covariance_norm2 2 q <= covariance_norm2 2 (averaged q t).
Proof.
  intros [q0 mass] between; rewrite !norm_of_two by (rewrite ?averaged_mass; auto).
  pose proof (product_grows_when_averaged q t between).
  assert (0 <= q 0%nat * q 1%nat) by (apply Rmult_le_pos; apply q0; lia).
  apply Rmult_le_compat_l; [lra|]; apply Rmult_le_compat; auto.
Qed.

(** claim: ddcl.covariance.monotone/operator/monotone/amended
    value: c * norm2 k v - covariance_form k (soft_at k d z p T1) v
    compared: 43be7420e5a5-45248f728379 *)
Theorem largest_eigenvalue_of_two_grows d z p T1 T2 c v : 0 < T1 -> T1 < T2 ->
  (forall w, covariance_form 2 (soft 2 d z p T2) w <= c * norm2 2 w) ->
  covariance_form 2 (soft 2 d z p T1) v <= c * norm2 2 v.
Proof. intros T0 hotter bound; apply Rle_trans with (2 := bound v), two_grow; assumption. Qed.

(** claim: ddcl.covariance.monotone/operator/uniform/amended
    value: c * norm2 k v - covariance_form k q v
    compared: d27c912c7a25-52089a5e471f *)
Theorem largest_eigenvalue_of_two_grows_when_averaged q t c v : sum 2 q = 1 -> 0 <= t <= 1 ->
  (forall w, covariance_form 2 (averaged q t) w <= c * norm2 2 w) ->
  covariance_form 2 q v <= c * norm2 2 v.
Proof. intros mass between bound; apply Rle_trans with (2 := bound v), two_grow_when_averaged; assumption. Qed.
