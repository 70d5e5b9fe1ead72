(** Prototypes P = Z^T W stay in the span of the samples, noise included. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import definitions span_definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Subspace.
Variable R : realFieldType.
Implicit Types (n k d : nat) (u v w q : nat -> R) (z e : nat -> nat -> R) (eta : R).

Lemma dot_mixture n d v w z : dot d v (mixture n w z) = sum n (fun m => w m * dot d v (z m)).
Proof.
rewrite /dot /mixture; to_field; under [RHS]sum_ext => m _ do rewrite -sum_mull.
rewrite [RHS]sum_exchange; apply: sum_ext => c _; rewrite -sum_mull; apply: sum_ext => m _.
by rewrite mulrCA.
Qed.

Lemma dot_add d v u w : dot d v (fun c => (u c + w c)%A) = dot d v u + dot d v w.
Proof. by rewrite /dot; to_field; rewrite -sum_add; apply: sum_ext => c _; rewrite mulrDr. Qed.

(** v is orthogonal to all n samples. *)
Definition orthogonal n d v z : Prop := forall m, (m < n)%N -> dot d v (z m) = 0.

Lemma off_the_span n d v w z : orthogonal n d v z -> dot d v (mixture n w z) = 0.
Proof. by move=> off; rewrite dot_mixture; apply: sum_all0 => m lt_mn; rewrite off // mulr0. Qed.

(** claim: ddcl.dcl-subspace/printed/span
    value: dot d v (mixture n (fun m => w m - eta * g m) z)
    compared: 0a6a4c5ebffe-f4a77ab14dd8 *)
Theorem span n d v w g eta z : orthogonal n d v z ->
  dot d v (mixture n (fun m => w m - eta * g m) z) = 0.
Proof. exact: off_the_span. Qed.

(** claim: ddcl.dcl-subspace/printed/dimension
    value: Σ (j < k) (c j * dot d u (combined n z w j))
    compared: 0660f7909fd3-4efaadb15381 *)
Theorem rank n k d u c z (w : nat -> nat -> R) : (forall m, (m < n)%N -> dot k (w m) c = 0) ->
  sum k (fun j => c j * dot d u (combined n z w j)) = 0.
Proof.
move=> kernel; rewrite /combined.
under [LHS]sum_ext => j _ do rewrite dot_mixture -sum_mull.
rewrite sum_exchange; apply: sum_all0 => m lt_mn; rewrite -[RHS](mul0r (dot d u (z m))) -(kernel m lt_mn) /dot -sum_mulr.
by apply: sum_ext => j _; to_field; ring.
Qed.

(** claim: ddcl.dcl-subspace/printed/immune/amended
    value: dot d v (mixture n w (fun m i => z m i + e m i)) - Σ (m < n) (w m * dot d v (e m))
    compared: a8726fbd37fb-fffced0fde37 *)
Theorem noise_passed_on n d v w z e : orthogonal n d v z ->
  dot d v (mixture n w (fun m i => z m i + e m i)) = sum n (fun m => w m * dot d v (e m)).
Proof.
move=> off; rewrite dot_mixture; apply: sum_ext => m lt_mn.
by rewrite (dot_add d v (z m) (e m)) off // add0r.
Qed.

(** claim: ddcl.dcl-subspace/printed/k-means-ambient/amended
    value: [dot d v (mixture n q z); dot d v (fun i => z 0%nat i + q 0%nat * (z (n - 1)%nat i - z 0%nat i))]
    compared: 5aafba950409-008820656bea *)
Theorem k_means_in_span n d v q z : (0 < n)%N -> orthogonal n d v z ->
  dot d v (mixture n q z) = 0 /\ dot d v (fun i => z 0%N i + q 0%N * (z n.-1 i - z 0%N i)) = 0.
Proof.
move=> n0 off; split; first exact: off_the_span.
have last_lt : (n.-1 < n)%N by rewrite prednK.
have -> : dot d v (fun i => z 0%N i + q 0%N * (z n.-1 i - z 0%N i)) =
    (1 - q 0%N) * dot d v (z 0%N) + q 0%N * dot d v (z n.-1).
  by rewrite /dot; to_field; rewrite -!sum_mull -sum_add; apply: sum_ext => i _; ring.
by rewrite !off // !mulr0 addr0.
Qed.

(** claim: ddcl.dcl-subspace/printed/immune
    role: refutes
    value: entries d (fun i => mixture n w (fun m i => z m i + e m i) i - mixture n w z i)
    witness: {"z": [[1, 0]], "e": [[0, 1]], "w": [1]}
    compared: ce1ee80c3328-3e9764e378c0 *)
Theorem not_immune : exists n d z e w,
  (forall m l, (m < n)%N -> (l < n)%N -> dot d (e m) (z l) = 0) /\
  exists2 i, (i < d)%N & mixture n w (fun m i => z m i + e m i) i <> mixture n w z i.
Proof.
exists 1%N, 2%N, (fun _ i => if i is 0%N then 1 else 0), (fun _ i => if i is 1%N then 1 else 0), (fun=> 1); split.
  by move=> m l _ _; rewrite /dot /=; to_field; ring.
exists 1%N => //; rewrite /mixture /=; to_field; rewrite !add0r !mul1r => /eqP; apply/negP.
by rewrite oner_eq0.
Qed.

(** claim: ddcl.dcl-subspace/printed/k-means-ambient
    role: refutes
    value: dot d v (mixture n q z)
    witness: {"z": [[1, 0], [2, 0]], "q": ["1/2", "1/2"], "v": [0, 1]}
    compared: f117c5ab7e15-0e7390695739 *)
Theorem not_ambient : exists n d z v q, [/\ simplex n q, orthogonal n d v z, exists2 i, (i < d)%N & v i <> 0 &
  dot d v (mixture n q z) = 0].
Proof.
pose z (m i : nat) : R := if i is 0%N then m.+1%:R else 0; pose v (i : nat) : R := if i is 1%N then 1 else 0.
have off : orthogonal 2 2 v z by move=> m _; rewrite /dot /z /v /=; to_field; ring.
exists 2%N, 2%N, z, v, (fun=> 2%:R^-1); split=> //.
- by split=> [j _|]; rewrite ?invr_ge0 ?ler0n //=; to_field; field.
- by exists 1%N => //; apply/eqP; rewrite oner_eq0.
- exact: off_the_span.
Qed.

End Subspace.
