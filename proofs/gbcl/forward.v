(** (14): each component of a dual prototype comes from its own feature, in the forward pass; training mixes them. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL.gbcl Require Import matrices forward_definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Forward.
Variable R : realFieldType.
Implicit Types (k d n : nat) (f : nat -> R) (A B q : nat -> nat -> R) (eta : R).

(** claim: gbcl.forward/forward/component
    value: entries k (fun j =>
      dual_output n W2 (stacked f A) j 0%nat - dual_output n W2 (stacked f B) j 0%nat)
    scope: all n, k, d
    compared: 428f7ff2d4d0-228f87b11e52 *)
Theorem same_component n f A B (W2 : nat -> nat -> R) j :
  dual_output n W2 (stacked f A) j 0 = dual_output n W2 (stacked f B) j 0.
Proof. by []. Qed.

(** Where f is orthogonal to the features of A, a step moves component 1 as if they were not there. *)
Lemma after_uncorrelated n d f A (W2 : nat -> nat -> R) q eta j :
  (forall b, (b < d)%N -> sum n (fun i => A b i * f i) = 0) ->
  output_after n d.+1 (stacked f A) W2 q eta j 0 =
  sum n (fun i => (W2 j i - eta * (output_slope n (stacked f A) W2 q j 0 * f i)) * f i).
Proof.
move=> orthogonal; pose slope := @output_slope R (field_arithmetic R) n (stacked f A) W2 q j.
rewrite /output_after /dual_output /product /transposed /=; to_field; rewrite -/(slope 0%N).
have split_row i : (W2 j i - eta * sum d.+1 (fun l => slope l * stacked f A l i)) * f i =
    W2 j i * f i - eta * sum d.+1 (fun l => slope l * (stacked f A l i * f i)).
  by rewrite mulrBl -mulrA -sum_mulr; congr (_ - _ * _); apply: sum_ext => l _; rewrite mulrA.
under sum_ext => i _ do rewrite split_row.
rewrite sum_sub sum_mull sum_exchange.
have feature l : (l < d.+1)%N ->
    sum n (fun i => slope l * (stacked f A l i * f i)) = if Nat.eqb 0 l then slope 0%N * sum n (fun i => f i * f i) else 0.
  by case: l => [|b] lt_bd; rewrite sum_mull //= orthogonal // mulr0.
rewrite (sum_ext feature) sum_indicator //.
have term i : (W2 j i - eta * (slope 0%N * f i)) * f i = W2 j i * f i - eta * (slope 0%N * (f i * f i)) by ring.
by under [RHS]sum_ext => i _ do rewrite term; rewrite sum_sub !sum_mull.
Qed.

(** claim: gbcl.forward/training/step/amended
    value: entries k (fun j => output_after n (S d) (stacked f A) W2 q eta j 0%nat
      - output_after n (S d) (stacked f B) W2 q eta j 0%nat)
    scope: all n, k, d
    compared: b3aec6dac3c2-5b718c806fb5 *)
Theorem uncorrelated n d f A B (W2 : nat -> nat -> R) q eta j :
  (forall b, (b < d)%N -> sum n (fun i => A b i * f i) = 0) ->
  (forall b, (b < d)%N -> sum n (fun i => B b i * f i) = 0) ->
  output_after n d.+1 (stacked f A) W2 q eta j 0 = output_after n d.+1 (stacked f B) W2 q eta j 0.
Proof. by move=> withA withB; rewrite !after_uncorrelated. Qed.

(** claim: gbcl.forward/training/cells/amended
    value: entries n (fun i => entries k (fun j => let y := dual_output n W2 (stacked f A) in
      cell_distance n d f A W2 i j - square (f i - y j 0%nat) - Σ (c < d) square (A c i - y j (S c))))
    scope: all n, k, d
    compared: ea24201280e7-9993c8e66564 *)
Theorem additive n d f A (W2 : nat -> nat -> R) i j : let y := dual_output n W2 (stacked f A) in
  cell_distance n d f A W2 i j = square (f i - y j 0%N) + sum d (fun c => square (A c i - y j c.+1)).
Proof. by rewrite /cell_distance /sample_distance !sum_bigop big_ord_recl. Qed.

(** claim: gbcl.forward/training/step
    role: refutes
    value: entries k (fun j => output_after n (S d) (stacked f A) W2 q eta j 0%nat
      - output_after n (S d) (stacked f B) W2 q eta j 0%nat)
    witness: {"f": [1], "A": [[1]], "B": [[0]], "W2": [[0]], "q": [[1]], "eta": "1/4"}
    compared: 0ae59ff937a4-48c2aeb55cbd *)
Theorem step_refuted : ~ (forall k d n f A B (W2 : nat -> nat -> R) q eta,
  (forall j i, (j < k)%N -> (i < n)%N -> 0 <= q j i) -> forall j, (j < k)%N ->
  output_after n d.+1 (stacked f A) W2 q eta j 0 = output_after n d.+1 (stacked f B) W2 q eta j 0).
Proof.
move/(_ 1%N 1%N 1%N (fun=> 1) (fun _ _ => 1) (fun _ _ => 0) (fun _ _ => 0) (fun _ _ => 1) 1) => claimed.
apply: (@differ R _ _ 2%:R (claimed _ 0%N isT)); last by rewrite pnatr_eq0.
- by move=> *; apply: ler01.
- by rewrite /output_after /output_slope /stacked; numbers; ring.
Qed.

(** claim: gbcl.forward/training/cells
    role: refutes
    value: cell_distance n d f B W2 0%nat 1%nat - cell_distance n d f B W2 0%nat 0%nat
    witness: {"f": [1, 1], "A": [[0, 5]], "B": [[0, 0]], "W2": [[2, 0], [0, 1]]}
    compared: 7604d32d1a43-6be5e5b4336d *)
Theorem cells_refuted : ~ (forall k d n f A B (W2 : nat -> nat -> R), (1 < k)%N -> (0 < n)%N ->
  cell_distance n d f A W2 0 0 < cell_distance n d f A W2 0 1 ->
  cell_distance n d f B W2 0 0 < cell_distance n d f B W2 0 1).
Proof.
pose weights : seq (seq R) := [:: [:: 2%:R; 0]; [:: 0; 1]]; pose far : seq (seq R) := [:: [:: 0; 5%:R]].
move/(_ 2%N 1%N 2%N (fun=> 1) (array far) (fun _ _ => 0) (array weights) isT isT).
rewrite /cell_distance /sample_distance /weights /far /stacked; numbers.
set a := (X in X < _ -> _); set b := (X in _ < X -> _); set a' := (X in _ -> X < _); set b' := (X in _ -> _ < X).
have -> : a = 1 by rewrite /a; ring.
have -> : b = 25%:R by rewrite /b; ring.
have -> : a' = 1 by rewrite /a'; ring.
have -> : b' = 0 by rewrite /b'; ring.
by rewrite ltr1n ltr10 => /(_ isT).
Qed.

End Forward.
