(** Corollary 3: what L_q and L_OLS tell the backbone with q stopped, where the prototypes stay and where they move. *)
From Coq Require Import QArith List Lia.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions covariance_definitions soft_definitions corollary3_definitions.

(** ** A counterexample, over the rationals *)
Open Scope Q_scope.

(** claim: ddcl.corollary3/native/one-step
    role: refutes
    value: let p := matrix (entries k (fun j => entries d (combined n w z j))) in
           let v := matrix (entries k (fun j => entries d (combined n w u j))) in
           sum n (fun m => let q := vector (entries k (soft_at k d (z m) p T)) in
             quantization_rate k d (z m) (u m) p v q - ols_rate k d (z m) (u m) p v q)
    witness: {"z": [[1]], "u": [[1]], "w": [[0, 1]], "T": {"s": "1/2"}}
    compared: 518e5313375a-331411a264a2 *)
Theorem native_updates_differ : exists k d z u w s, 0 < s /\ s < 1 /\
  let p := combined 1 w z in let v := combined 1 w u in let q := soft_at k d (z 0%nat) p s in
  ~ quantization_rate k d (z 0%nat) (u 0%nat) p v q == ols_rate k d (z 0%nat) (u 0%nat) p v q.
Proof.
  exists 2%nat, 1%nat, (matrix [[1]]), (matrix [[1]]), (matrix [[0; 1]]), (1 # 2).
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

Section Corollary3.
Variable R : realFieldType.
Implicit Types (n k d : nat) (p v q z u w r : nat -> nat -> R).

Lemma rates_differ k d (y x s : nat -> R) p v : sum k s = 1 ->
  quantization_rate k d y x p v s = ols_rate k d y x p v s + held_variance_rate k d p v s.
Proof.
move=> mass; rewrite /quantization_rate /ols_rate /held_variance_rate; to_field.
under [LHS]sum_ext => j _ do rewrite -sum_mull.
under [X in _ = _ + X]sum_ext => j _ do rewrite -sum_mull.
rewrite sum_exchange [X in _ = _ + X]sum_exchange -sum_add; apply: sum_ext => c _.
set m := mixture k s p c; set h := mixture k s v c.
have term j : s j * (2%:R * (y c - p j c) * (x c - v j c)) = 2%:R * s j * (v j c * (p j c - m))
    + 2%:R * (y c * x c) * s j - 2%:R * x c * (s j * p j c) - 2%:R * (y c - m) * (s j * v j c) by ring.
under [LHS]sum_ext => j _ do rewrite term.
rewrite !sum_sub sum_add !sum_mull mass -/(mixture k s p c) -/(mixture k s v c) -/m -/h.
by move: (sum k _) => f; ring.
Qed.

Lemma still_rate k d p (s : nat -> R) : held_variance_rate k d p still s = 0.
Proof.
apply: sum_all0 => j _; rewrite /still; to_field; rewrite (sum_all0 (n := d)) ?mulr0 // => c _; by rewrite mul0r.
Qed.

(** claim: ddcl.corollary3/free/one-step
    value: sum n (fun m => quantization_rate k d (z m) (u m) p still (soft_at k d (z m) p T)
                           - ols_rate k d (z m) (u m) p still (soft_at k d (z m) p T))
    compared: 10061802ad70-4c9b6f1195fe *)
Theorem equal_updates n k d z u p q : (forall m, (m < n)%N -> sum k (q m) = 1) ->
  sum n (fun m => quantization_rate k d (z m) (u m) p still (q m)) = sum n (fun m => ols_rate k d (z m) (u m) p still (q m)).
Proof. by move=> mass; apply: sum_ext => m lt_mn; rewrite rates_differ ?mass // still_rate addr0. Qed.

(** claim: ddcl.corollary3/detached/one-step
    value: let p := matrix (entries k (fun j => entries d (combined n w z j))) in
           sum n (fun m => let q := vector (entries k (soft_at k d (z m) p T)) in
             quantization_rate k d (z m) (u m) p still q - ols_rate k d (z m) (u m) p still q)
    compared: d64f1374e27d-d3378f5ce61b *)
Theorem equal_updates_when_detached n k d z u w q : (forall m, (m < n)%N -> sum k (q m) = 1) ->
  sum n (fun m => quantization_rate k d (z m) (u m) (combined n w z) still (q m)) =
  sum n (fun m => ols_rate k d (z m) (u m) (combined n w z) still (q m)).
Proof. exact: equal_updates. Qed.

(** claim: ddcl.corollary3/native/one-step/amended
    value: let p := matrix (entries k (fun j => entries d (combined n w z j))) in
           let v := matrix (entries k (fun j => entries d (combined n w u j))) in
           sum n (fun m => let q := vector (entries k (soft_at k d (z m) p T)) in
             quantization_rate k d (z m) (u m) p v q - ols_rate k d (z m) (u m) p v q - held_variance_rate k d p v q)
    compared: 3c2eef2c033d-0b31a4405daf *)
Theorem native_difference n k d z u w q : (forall m, (m < n)%N -> sum k (q m) = 1) ->
  sum n (fun m => quantization_rate k d (z m) (u m) (combined n w z) (combined n w u) (q m)) =
  sum n (fun m => ols_rate k d (z m) (u m) (combined n w z) (combined n w u) (q m)) +
  sum n (fun m => held_variance_rate k d (combined n w z) (combined n w u) (q m)).
Proof. by move=> mass; rewrite -sum_add; apply: sum_ext => m lt_mn; rewrite rates_differ ?mass. Qed.

(** A step at the rate eta leaves prototypes whose products with r differ by eta times those of the gradient of V.

    claim: ddcl.corollary3/training-free/second-step/amended
    claim: ddcl.corollary3/training-detached/second-step/amended
    claim: ddcl.proposition4.frozen/inference/same-limits/amended
    value: let q := soft_at k d z p T in
           - eta * (quantization_rate k d z (fun _ => 0) p r q - ols_rate k d z (fun _ => 0) p r q)
           + eta * held_variance_rate k d p r q
    compared: 4efd1a8a2b40-172c96f63c2a *)
Theorem prototypes_part k d (y s : nat -> R) p r (eta : R) : sum k s = 1 ->
  - eta * quantization_rate k d y (fun=> 0) p r s + eta * ols_rate k d y (fun=> 0) p r s =
  - (eta * held_variance_rate k d p r s).
Proof. by move=> mass; rewrite rates_differ //; ring. Qed.

End Corollary3.
