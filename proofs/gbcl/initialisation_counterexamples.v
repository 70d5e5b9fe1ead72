(** Zero-mean weights give prototypes of mean 0, and dual prototypes that start farther from the samples.  Counterexamples. *)
From DDCL.gbcl Require Import counterexamples initialisation_definitions.
Open Scope Q_scope.

(** claim: gbcl.initialisation/around/around-the-data
    role: refutes
    value: entries d (fun c => mean_of n s (fun o => combined n z o c) - sum n (fun i => z i c) / number n)%A
    witness: {"z": [[1]], "s": 1}
    compared: 8761daf3e779-31fc63d6e40a *)
Theorem mean_zero : exists n d z s, 0 < s /\ exists c, (c < d)%nat /\
  ~ mean_of n s (fun o => combined n z o c) == (sum n (fun i => z i c) / number n)%A.
Proof. exists 1%nat, 1%nat, (matrix [[1]]), 1; compute_entry. Qed.

(** Every feature has the mean 0 and the variance 1 over the samples. *)
Definition standardised (n d : nat) (z : nat -> nat -> Q) : Prop := forall c, (c < d)%nat ->
  sum n (fun i => z i c) == 0 /\ (sum n (fun i => square (z i c)) / number n)%A == 1.

Ltac compute_entries := unfold standardised; compute_entry.

(** claim: gbcl.initialisation/mean-square/closer-to-samples
    role: refutes
    value: (base_distance d (z 0%nat) (glorot (number d) k) - dual_distance n d z (z 0%nat) (glorot (number n) k))%A
    witness: {"z": [[1], [-1]], "k": 1}
    compared: 6864b6150f63-d6a44bbd32df *)
Theorem farther_from_the_sample : exists n d z k, standardised n d z /\ 1 <= k /\
  ~ dual_distance n d z (z 0%nat) (glorot (number n) k) <= base_distance d (z 0%nat) (glorot (number d) k).
Proof. exists 2%nat, 1%nat, (matrix [[1]; [-1 # 1]]), 1; compute_entries. Qed.

(** claim: gbcl.initialisation/one-prototype/shorter-path
    role: refutes
    value: (let mu := fun c => sum n (fun i => z i c) / number n in
      base_distance d mu (glorot (number d) k) - dual_distance n d z mu (glorot (number n) k))%A
    witness: {"z": [[1], [-1]], "k": 1}
    compared: 6eebc5fb1247-64f1c38df41a *)
Theorem farther_from_the_centroid : exists n d z, let mu := (fun c => sum n (fun i => z i c) / number n)%A in
  standardised n d z /\ ~ dual_distance n d z mu (glorot (number n) 1) <= base_distance d mu (glorot (number d) 1).
Proof. exists 2%nat, 1%nat, (matrix [[1]; [-1 # 1]]); intro mu; compute_entries. Qed.
