(** Theorem 2.1: under XX^T = I the weights PX make the dual network put out P, and both networks take the same steps. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL.gbcl Require Import matrices theorem2_1_definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Theorem21.
Variable R : realFieldType.
Implicit Types (k d n : nat) (X P W V G : nat -> nat -> R) (c eta beta : R).

(** claim: gbcl.theorem2.1/realised/output
    value: table k d (difference (dual_output n (product d P X) X) P)
    compared: 147191d1e222-b25149016b04 *)
Theorem output k d n X P : same d d (feature_gram n X) identity -> same k d (dual_output n (product d P X) X) P.
Proof.
move=> unit i j lt_ik lt_jd; rewrite dual_output_of_product (product_right P (C := identity)) ?product_identity //.
by move=> l lt_ld; apply: unit.
Qed.

Lemma same_least smaller k (f g : nat -> R) : (forall j, (j <= k)%N -> f j = g j) -> least smaller k f = least smaller k g.
Proof.
elim: k => [|k IH] fg /=; first exact: fg.
by rewrite fg // IH // => j le_jk; apply: fg; apply: leqW.
Qed.

(** claim: gbcl.theorem2.1/realised/same-loss
    value: winner_loss smaller_rational n (pred k) d X P
      - winner_loss smaller_rational n (pred k) d X (dual_output n (product d P X) X)
    compared: ed4c2233c7b8-34eb9733fa1e *)
Theorem same_loss k d n X P : same d d (feature_gram n X) identity ->
  winner_loss Num.min n k d X P = winner_loss Num.min n k d X (dual_output n (product d P X) X).
Proof.
move=> unit; apply: sum_ext => i _; apply: same_least => j le_jk; apply: sum_ext => c lt_cd.
by rewrite (@output k.+1 d n X P unit).
Qed.

(** How far a step moves the output of the dual network. *)
Lemma dual_step_eq d n X W V G eta beta i j :
  dual_step n d X W V G eta beta i j =
  dual_output n W X i j + beta * dual_output n V X i j - eta * dual_output n (weight_slope d G X) X i j.
Proof.
rewrite /dual_step /dual_output /product -!sum_mull -sum_add -sum_sub; apply: sum_ext => l _.
by rewrite /moved; to_field; ring.
Qed.

(** claim: gbcl.theorem2.1/trajectories/same-step
    value: table k d (difference (dual_step n d X W2 V G eta beta) (base_step n X W2 V G eta beta))
    compared: aa60a0fbf489-dc1d75c39a92 *)
Theorem same_step k d n X W V G eta beta : same d d (feature_gram n X) identity ->
  same k d (dual_step n d X W V G eta beta) (base_step n X W V G eta beta).
Proof.
move=> unit i j lt_ik lt_jd; rewrite dual_step_eq.
by rewrite (@output k d n X G unit).
Qed.

(** claim: gbcl.theorem2.1/full-rank/full-rank
    value: table k d (difference (dual_output n (product d P (transposed R)) X) P)
    compared: 8a660741ae6a-c7a0f280489f *)
Theorem right_inverse k d n X P (I : nat -> nat -> R) : same d d (product n X I) identity ->
  same k d (dual_output n (product d P (transposed I)) X) P.
Proof.
move=> inverse i j lt_ik lt_jd; rewrite /dual_output product_assoc.
rewrite (product_right P (C := identity)) ?product_identity // => l lt_ld.
rewrite product_transposed inverse //.
by rewrite /identity PeanoNat.Nat.eqb_sym.
Qed.

(** claim: gbcl.theorem2.1/full-rank/rank-needed
    value: entries d v
    compared: a3ad1cc74496-157fa27be2f7 *)
Theorem rank_needed d n X W (v : nat -> R) : same d d (product n W (transposed X)) identity ->
  (forall i, (i < n)%N -> sum d (fun j => X j i * v j) = 0) -> forall j, (j < d)%N -> v j = 0.
Proof.
move=> realised orthogonal j lt_jd; pose column := fun l (_ : nat) => v l.
have <- : product d identity column j 0%N = v j by rewrite identity_product.
rewrite -(@product_left R d (product n W (transposed X))) => [|l lt_ld]; last exact: realised.
rewrite product_assoc (product_right W (C := fun _ _ => 0)); first by apply: sum_all0 => l _; to_field; rewrite mulr0.
by move=> l lt_ln; rewrite -(orthogonal l lt_ln).
Qed.

(** claim: gbcl.theorem2.1/sample-count/sample-count
    claim: gbcl.theorem2.4/sample-count/sample-count
    value: number n - number d
    compared: 298c4d978f8c-a4b5107cccd6 *)
Theorem sample_count d n X : same d d (feature_gram n X) identity -> (d <= n)%N.
Proof.
move=> unit; rewrite -(ler_nat R); move: (counted n d X).
have -> : norm2 d d (difference (feature_gram n X) identity) = 0.
  apply: sum_all0 => i lt_id; apply: sum_all0 => j lt_jd.
  by rewrite /difference unit // /square; to_field; rewrite subrr mul0r.
rewrite add0r => ->; rewrite ler_addr.
by apply: sum_ge0 => i _; apply: sum_ge0 => j _; exact: sqr_ge0.
Qed.

(** claim: gbcl.theorem2.1/unit-variance/output/amended
    value: table k d (difference (dual_output n (scaled (inv c) (product d P X)) X) P)
    compared: a7564ed70eb1-0599af05ac47 *)
Theorem scaled_output k d n X P c : 0 < c -> same d d (feature_gram n X) (scaled c identity) ->
  same k d (dual_output n (scaled c^-1 (product d P X)) X) P.
Proof.
move=> c0 even i j lt_ik lt_jd; rewrite [LHS]scaled_product -/(dual_output _ _ _) (even_output (k := k) _ even) //.
by rewrite /scaled; to_field; rewrite mulKf // gt_eqF.
Qed.

(** claim: gbcl.theorem2.1/unit-variance/same-step/amended
    claim: gbcl.theorem2.1/batch-normalised/normalised-uncorrelated/amended
    claim: gbcl.theorem2.1/batch-normalised/normalised-unit/amended
    value: table k d (difference (dual_step n d X W2 V G (eta / c) beta) (base_step n X W2 V G eta beta))
    compared: 194f6768828f-339d009ca825 *)
Theorem scaled_step k d n X W V G eta beta c : 0 < c -> same d d (feature_gram n X) (scaled c identity) ->
  same k d (dual_step n d X W V G (eta / c) beta) (base_step n X W V G eta beta).
Proof.
move=> c0 even i j lt_ik lt_jd; rewrite dual_step_eq (even_output (k := k) _ even) //.
by rewrite /scaled /base_step /moved; to_field; rewrite mulrA divfK // gt_eqF.
Qed.

(** claim: gbcl.theorem2.1/unit-variance/output
    role: refutes
    value: table k d (difference (dual_output n (product d P X) X) P)
    witness: {"X": [[1, -1]], "P": [[1]]}
    compared: d894fe0ef14b-cb872bd3eb15 *)
Theorem standard_output_refuted : ~ (forall k d n X P,
  (forall j, (j < d)%N -> sum n (X j) = 0) -> same d d (feature_gram n X) (scaled (number n) identity) ->
  same k d (dual_output n (product d P X) X) P).
Proof.
move/(_ 1%N 1%N 2%N (array [:: [:: 1; -1]]) (array [:: [:: 1]])) => claimed.
apply: (@differ R _ _ 1%:R (claimed _ _ 0%N 0%N isT isT)); last by rewrite oner_eq0.
- by case=> [|j] // _; numbers; ring.
- by case=> [|i] [|j] // _ _; numbers; ring.
- by numbers; ring.
Qed.

(** claim: gbcl.theorem2.1/unit-variance/same-step
    role: refutes
    value: table k d (difference (dual_step n d X W2 V G eta beta) (base_step n X W2 V G eta beta))
    witness: {"X": [[1, -1]], "W2": [[1, 0]], "V": [[0, 1]], "G": [[1]], "eta": 1, "beta": "1/2"}
    compared: 7d735c146c09-fa66ffa6a17c *)
Theorem standard_step_refuted : ~ (forall k d n X W V G eta beta,
  (forall j, (j < d)%N -> sum n (X j) = 0) -> same d d (feature_gram n X) (scaled (number n) identity) ->
  same k d (dual_step n d X W V G eta beta) (base_step n X W V G eta beta)).
Proof.
pose none : nat -> nat -> R := fun _ _ => 0.
move/(_ 1%N 1%N 2%N (array [:: [:: 1; -1]]) none none (array [:: [:: 1]]) 1 0) => claimed.
apply: (@differ R _ _ (- 1%:R) (claimed _ _ 0%N 0%N isT isT)); last by rewrite oppr_eq0 oner_eq0.
- by case=> [|j] // _; numbers; ring.
- by case=> [|i] [|j] // _ _; numbers; ring.
- by rewrite /none /dual_step /base_step /moved /weight_slope; numbers; ring.
Qed.

(** claim: gbcl.theorem2.1/adam/same-step
    role: refutes
    value: entries d (fun c => dual_sign_step magnitude_rational n d z g c - g c / magnitude_rational (g c))
    witness: {"z": [["3/5", "-4/5"], ["4/5", "3/5"]], "g": [1, 1]}
    compared: 7cc16eb8761e-7f291b7c53d8 *)
Theorem adam_refuted : ~ (forall d n (z : nat -> nat -> R) g, same d d (sample_gram n z) identity ->
  (forall j, (j < d)%N -> g j != 0) -> (forall i, (i < n)%N -> sum d (fun j => z i j * g j) != 0) ->
  forall j, (j < d)%N -> dual_sign_step Num.norm n d z g j = g j / `|g j|).
Proof.
have [f2 f5] : (2%:R : R) != 0 /\ (5%:R : R) != 0 by rewrite !pnatr_eq0.
move/(_ 2%N 2%N (array [:: [:: 3%:R / 5%:R; - (4%:R / 5%:R)]; [:: 4%:R / 5%:R; 3%:R / 5%:R]]) (fun=> 1)) => claimed.
have [low high] : (0 + 3%:R / 5%:R * 1 + - (4%:R / 5%:R) * 1 = - 5%:R^-1 :> R) /\
    (0 + 4%:R / 5%:R * 1 + 3%:R / 5%:R * 1 = 7%:R / 5%:R :> R) by split; field.
have [below above] : - 5%:R^-1 < 0 :> R /\ 0 < 7%:R / 5%:R :> R by rewrite oppr_lt0 invr_gt0 divr_gt0 ?ltr0n.
apply: (@differ R _ _ (- (4%:R / 5%:R)) (claimed _ _ _ 0%N isT)).
- by case=> [|[|i]] [|[|j]] // _ _; numbers; field.
- by move=> j _; rewrite oner_eq0.
- by case=> [|[|i]] // _; numbers; rewrite ?low ?high ?(lt_eqF below) ?(gt_eqF above).
- by rewrite /dual_sign_step; numbers; rewrite low high ltr0_norm // gtr0_norm // normr1; field.
- by rewrite oppr_eq0 mulf_eq0 invr_eq0 !pnatr_eq0.
Qed.

(** claim: gbcl.theorem2.1/batch-normalised/normalised-uncorrelated
    role: refutes
    value: if Nat.leb d 1%nat then [0%Q]
      else flat_map (fun i => map (fun j => sample_gram n z i j) (seq (S i) (d - S i))) (seq 0%nat d)
    witness: {"z": [[1, 1], [-1, -1]]}
    compared: 4b026880773f-476b62ec5b95 *)
Theorem uncorrelated_refuted : ~ (forall d n (z : nat -> nat -> R),
  (forall j, (j < d)%N -> sum n (fun i => z i j) = 0) ->
  (forall j, (j < d)%N -> sum n (fun i => square (z i j)) = number n) ->
  forall i j, (i < j < d)%N -> sample_gram n z i j = 0).
Proof.
move/(_ 2%N 2%N (array [:: [:: 1; 1]; [:: -1; -1]])) => claimed.
apply: (@differ R _ _ 2%:R (claimed _ _ 0%N 1%N isT)); last by rewrite pnatr_eq0.
- by case=> [|[|j]] // _; numbers; ring.
- by case=> [|[|j]] // _; numbers; ring.
- by numbers; ring.
Qed.

(** claim: gbcl.theorem2.1/batch-normalised/normalised-unit
    role: refutes
    value: entries d (fun j => Σ (i < n) square (z i j) - 1)
    witness: {"z": [[1], [-1]]}
    compared: 0f6f9835015a-b80e6f74528d *)
Theorem unit_diagonal_refuted : ~ (forall d n (z : nat -> nat -> R),
  (forall j, (j < d)%N -> sum n (fun i => z i j) = 0) ->
  (forall j, (j < d)%N -> sum n (fun i => square (z i j)) = number n) ->
  forall j, (j < d)%N -> sample_gram n z j j = 1).
Proof.
move/(_ 1%N 2%N (array [:: [:: 1]; [:: -1]])) => claimed.
apply: (@differ R _ _ 1%:R (claimed _ _ 0%N isT)); last by rewrite oner_eq0.
- by case=> [|j] // _; numbers; ring.
- by case=> [|j] // _; numbers; ring.
- by numbers; ring.
Qed.

End Theorem21.
