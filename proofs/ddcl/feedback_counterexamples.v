(** (38), the links of the cycle that fail; where q = softmax, T is given by s = e^(-1/T).  Rational counterexamples are
    counterexamples over the reals. *)
From Coq Require Import QArith List.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions covariance_definitions soft_definitions mechanism_definitions remark3_definitions
  feedback_definitions.
Open Scope Q_scope.

(** Entries are not negative and sum to 1. *)
Definition assignment (k : nat) (q : nat -> Q) : Prop := sum k q == 1 /\ Forall (Qle 0) (entries k q).

Ltac check := unfold assignment; repeat split;
  try (vm_compute; reflexivity); try (vm_compute; discriminate); repeat constructor; vm_compute; discriminate.

(** Prototypes at (0, 1), then at (-1, 1), the sample at 0: more spread, and q from (2/3, 1/3) to (1/2, 1/2).

    claim: ddcl.feedback/trace/concentration
    role: refutes
    value: norm2 k (soft_at k d z r T) - norm2 k (soft_at k d z p T)
    witness: {"z": [0], "p": [[0], [1]], "r": [[-1], [1]], "T": {"s": "1/2"}}
    compared: 336934f5e40e-6cfee69c01ab *)
Theorem spread_without_concentration : exists k d z p r s, 0 < s /\ s < 1 /\ pair_spread k d p <= pair_spread k d r /\
  norm2 k (soft_at k d z r s) < norm2 k (soft_at k d z p s).
Proof. exists 2%nat, 1%nat, (vector [0]), (matrix [[0]; [1]]), (matrix [[-1]; [1]]), (1 # 2); check. Qed.

(** The same with the largest share; for two prototypes the mean distance is one distance.

    claim: ddcl.feedback/largest/concentration
    role: refutes
    value: largest (entries k (soft_at k d z r T)) - largest (entries k (soft_at k d z p T))
    witness: {"z": [0], "p": [[0], [1]], "r": [[-1], [1]], "T": {"s": "1/2"}}
    compared: 978dae5980f9-e12c59ada8f8 *)
Theorem spread_without_a_largest_share : exists d z p r s, 0 < s /\ s < 1 /\
  distance2 d (p 0%nat) (p 1%nat) <= distance2 d (r 0%nat) (r 1%nat) /\
  largest (entries 2 (soft_at 2 d z r s)) < largest (entries 2 (soft_at 2 d z p s)).
Proof. exists 1%nat, (vector [0]), (matrix [[0]; [1]]), (matrix [[-1]; [1]]), (1 # 2); check. Qed.

(** claim: ddcl.feedback/loewner/covariance
    role: refutes
    value: covariance_form k q v - covariance_form k w v
    witness: {"q": [0, "1/2", "1/2"], "w": ["1/2", "1/2", 0], "v": [1, 0, 0]}
    compared: 03b89f570b77-6793971cdfa3 *)
Theorem concentration_does_not_order_covariances : exists k q w v, assignment k q /\ assignment k w /\
  norm2 k q <= norm2 k w /\ covariance_form k q v < covariance_form k w v.
Proof.
  exists 3%nat, (vector [0; 1 # 2; 1 # 2]), (vector [1 # 2; 1 # 2; 0]), (vector [1; 0; 0]); check.
Qed.

(** claim: ddcl.feedback/largest/covariance
    role: refutes
    value: covariance_trace k q - covariance_trace k w
    witness: {"q": ["1/2", "1/2", 0], "w": ["3/5", "1/5", "1/5"]}
    compared: 32489ef7ed5a-a90a69ca24fb *)
Theorem a_larger_share_with_more_trace : exists k q w, assignment k q /\ assignment k w /\
  largest (entries k q) <= largest (entries k w) /\ covariance_trace k q < covariance_trace k w.
Proof. exists 3%nat, (vector [1 # 2; 1 # 2; 0]), (vector [3 # 5; 1 # 5; 1 # 5]); check. Qed.

(** claim: ddcl.feedback/trace/force
    role: refutes
    value: force2 k d q p - force2 k d w p
    witness: {"p": [[1], [0], [0]], "q": ["1/4", "1/4", "1/2"], "w": ["1/2", 0, "1/2"]}
    compared: 14023cf630ff-6b09c6e97edc *)
Theorem less_trace_more_force : exists k d p q w, assignment k q /\ assignment k w /\
  covariance_trace k w <= covariance_trace k q /\ force2 k d q p < force2 k d w p.
Proof.
  exists 3%nat, 1%nat, (matrix [[1]; [0]; [0]]), (vector [1 # 4; 1 # 4; 1 # 2]), (vector [1 # 2; 0; 1 # 2]); check.
Qed.

(** claim: ddcl.feedback/trace/force-moving
    role: refutes
    value: force2 k d (soft_at k d z p T) p - force2 k d (soft_at k d z r T) r
    witness: {"z": [0], "p": [[0], [1]], "r": [[0], [2]], "T": {"s": "3/4"}}
    compared: 30903c9e1305-d2dc05b07fe0 *)
Theorem less_trace_more_force_moving : exists k d z p r s, 0 < s /\ s < 1 /\
  covariance_trace k (soft_at k d z r s) <= covariance_trace k (soft_at k d z p s) /\
  force2 k d (soft_at k d z p s) p < force2 k d (soft_at k d z r s) r.
Proof. exists 2%nat, 1%nat, (vector [0]), (matrix [[0]; [1]]), (matrix [[0]; [2]]), (3 # 4); check. Qed.

(** Half the distance: a weaker force, and a spread that falls more slowly.

    claim: ddcl.feedback/trace/separation
    role: refutes
    value: spread_rate k d p (descent k q p) - spread_rate k d r (descent k w r)
    witness: {"p": [[0], [2]], "q": ["1/2", "1/2"], "r": [[0], [1]], "w": ["1/2", "1/2"]}
    compared: 26b803e28b2c-8d73d3913856 *)
Theorem a_weaker_force_closes_less : exists k d p q r w, assignment k q /\ assignment k w /\
  force2 k d w r <= force2 k d q p /\ spread_rate k d p (descent k q p) < spread_rate k d r (descent k w r).
Proof.
  exists 2%nat, 1%nat, (matrix [[0]; [2]]), (vector [1 # 2; 1 # 2]), (matrix [[0]; [1]]), (vector [1 # 2; 1 # 2]); check.
Qed.

(** The same along L_q.

    claim: ddcl.feedback/loss/separation
    role: refutes
    value: spread_rate k d p (loss_descent z q p) - spread_rate k d r (loss_descent z w r)
    witness: {"z": [0], "p": [[0], [2]], "q": ["1/2", "1/2"], "r": [[0], [1]], "w": ["1/2", "1/2"]}
    compared: b667a8b66198-0bed30b48ff1 *)
Theorem a_weaker_force_along_the_loss : exists k d z p q r w, assignment k q /\ assignment k w /\
  force2 k d w r <= force2 k d q p /\ spread_rate k d p (loss_descent z q p) < spread_rate k d r (loss_descent z w r).
Proof.
  exists 2%nat, 1%nat, (vector [0]), (matrix [[0]; [2]]), (vector [1 # 2; 1 # 2]), (matrix [[0]; [1]]),
    (vector [1 # 2; 1 # 2]); check.
Qed.
