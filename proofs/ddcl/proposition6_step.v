(** Section 5.4: a descent step on L_q has the component -grad V, but V need not fall with it, nor the spread grow. *)
From Coq Require Import QArith List Lia.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions collapse_definitions mechanism_definitions.

(** ** Counterexamples, over the rationals *)
Open Scope Q_scope.

(** claim: ddcl.proposition6.mechanism/stopped/spread
    role: refutes
    value: spread_rate k d p (descent k q p)
    witness: {"z": [1], "p": [[1], [-1]], "q": ["3/4", "1/4"]}
    compared: 808086b536b5-237d260a814d *)
Theorem spread_falls : exists k d p q, (forall j, (j < k)%nat -> 0 <= q j) /\ sum k q == 1 /\
  ~ 0 <= spread_rate k d p (descent k q p).
Proof.
  exists 2%nat, 1%nat, (matrix [[1]; [-(1)]]), (vector [3 # 4; 1 # 4]).
  split; [intros [|[|j]] lt_j; [| |lia]; vm_compute; discriminate|].
  split; vm_compute; auto.
Qed.

(** claim: ddcl.proposition6.mechanism/stopped/step
    role: refutes
    value: - variance_rate k d q p (quantization_force z p q)
    witness: {"z": [10], "p": [[1], [-1]], "q": ["3/4", "1/4"]}
    compared: 3f27d731481e-dade0694e22b *)
Theorem variance_rises_in_a_step : exists k d z p q, (forall j, (j < k)%nat -> 0 <= q j) /\ sum k q == 1 /\
  ~ 0 <= - variance_rate k d q p (quantization_force z p q).
Proof.
  exists 2%nat, 1%nat, (vector [10]), (matrix [[1]; [-(1)]]), (vector [3 # 4; 1 # 4]).
  split; [intros [|[|j]] lt_j; [| |lia]; vm_compute; discriminate|].
  split; vm_compute; auto.
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

Section Step.
Variable R : realFieldType.
Implicit Types (k d : nat) (z q : nat -> R) (p w : nat -> nat -> R) (e : R).

(** The forces are minus the gradients: moving by e w lowers the losses by e times their work, up to the order of e^2. *)
Theorem quantization_expands k d z p q w e :
  quantization k d z (fun j c => p j c + e * w j c) q =
  quantization k d z p q - e * sum k (fun j => dot d (quantization_force z p q j) (w j))
  + e ^+ 2 * sum k (fun j => q j * norm2 d (w j)).
Proof.
rewrite /quantization -!sum_mull -sum_sub -sum_add; apply: sum_ext => j _.
rewrite /distance2 /norm2 /dot; to_field; rewrite mulrCA -!sum_mull -sum_sub -sum_add; apply: sum_ext => c _.
by rewrite /quantization_force; to_field; ring.
Qed.

Theorem ols_expands k d z p q w e :
  ols k d z (fun j c => p j c + e * w j c) q =
  ols k d z p q - e * sum k (fun j => dot d (ols_force k z p q j) (w j)) + e ^+ 2 * norm2 d (mixture k q w).
Proof.
rewrite /dot sum_exchange /ols /distance2 /norm2 -!sum_mull -sum_sub -sum_add; apply: sum_ext => c _.
have moved : mixture k q (fun j c => p j c + e * w j c) c = mixture k q p c + e * mixture k q w c.
  by rewrite /mixture; to_field; rewrite -sum_mull -sum_add; apply: sum_ext => j _; ring.
have work : sum k (fun j => ols_force k z p q j c * w j c) = 2%:R * (z c - mixture k q p c) * mixture k q w c.
  by rewrite {2}/mixture -sum_mull; apply: sum_ext => j _; rewrite /ols_force; to_field; ring.
by rewrite moved work; to_field; move: (mixture k q p c) (mixture k q w c) => s t; ring.
Qed.

(** claim: ddcl.proposition6.mechanism/stopped/component
    value: - sum k (fun j => dot d (quantization_force z p q j) (w j))
           + sum k (fun j => dot d (ols_force k z p q j) (w j)) - variance_rate k d q p w
    compared: 45de87a99f8a-faae29219964 *)
Theorem component k d z p q w :
  - sum k (fun j => dot d (quantization_force z p q j) (w j)) =
  - sum k (fun j => dot d (ols_force k z p q j) (w j)) + variance_rate k d q p w.
Proof.
rewrite /variance_rate -!sum_neg -sum_add; apply: sum_ext => j _; rewrite /dot -!sum_neg -sum_add; apply: sum_ext => c _.
by rewrite /quantization_force /ols_force; to_field; move: (mixture k q p c) => s; ring.
Qed.

(** claim: ddcl.proposition6.mechanism/stopped/step/amended
    value: - variance_rate k d q p (quantization_force z p q)
    compared: d5caaf61e8f6-25eb54bf9c1f *)
Theorem variance_falls_near_the_mixture k d z p q :
  distance2 d z (mixture k q p) * norm2 k q <= sum k (fun j => square (q j) * distance2 d (p j) (mixture k q p)) ->
  0 <= - variance_rate k d q p (quantization_force z p q).
Proof.
set m := mixture k q p => near.
have -> : - variance_rate k d q p (quantization_force z p q) =
    2%:R * sum k (fun j => square (q j) * distance2 d z (p j)) +
    2%:R * (sum k (fun j => square (q j) * distance2 d (p j) m) - distance2 d z m * norm2 k q).
  rewrite /variance_rate [distance2 d z m * _]mulrC /norm2 -sum_mulr -sum_sub -!sum_mull -sum_neg -sum_add.
  apply: sum_ext => j _; rewrite /distance2 /norm2 -!sum_mull -sum_sub -sum_neg -!sum_mull -sum_add.
  by apply: sum_ext => c _; rewrite -/m /quantization_force; to_field; move: (m c) => s; ring.
rewrite addr_ge0 ?mulr_ge0 ?ler0n ?subr_ge0 //; apply: sum_ge0 => j _; apply: mulr_ge0; first exact: sqr_ge0.
by apply: sum_ge0 => c _; exact: sqr_ge0.
Qed.

End Step.
