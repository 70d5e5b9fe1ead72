(** Section 5.7: one sample draws every prototype to itself, and the reduced energy does not see where the features lie. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import definitions covariance_definitions soft_definitions scale_definitions covariance.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section TwoTimescale.
Variable R : realFieldType.
Implicit Types (n k d : nat) (z w s : nat -> R) (p x : nat -> nat -> R).

Theorem distance_falls d z q p j :
  distance_rate d z p (stopped_velocity z q p) j = - (4%:R * q j * distance2 d z (p j)).
Proof.
rewrite /distance_rate /stopped_velocity /distance2 /norm2 -sum_mull -sum_neg; apply: sum_ext => c _.
by to_field; ring.
Qed.

(** The soft assignment is a share of positive weights w_j = e^(-d_j/T).

    claim: ddcl.two-timescale/softmax/met
    value: entries k (fun j => - distance_rate d z p (stopped_velocity z (soft_at k d z p T) p) j)
    compared: 28d501d2aec9-e7c3556039e0 *)
Theorem met k d z p w j : (forall i, (i < k)%N -> 0 < w i) -> (j < k)%N -> 0 < distance2 d z (p j) ->
  distance_rate d z p (stopped_velocity z (share k w) p) j < 0.
Proof.
move=> w0 lt_jk off; rewrite distance_falls oppr_lt0 mulr_gt0 // mulr_gt0 ?ltr0n //.
exact: share_gt0.
Qed.

(** A shift of all features leaves the scatter as it is; so no minimum is alone.

    claim: ddcl.two-timescale/softmax/slow
    role: refutes
    value: scatter n d (fun m c => z m c + s c) - scatter n d z
    witness: {"z": [[1], [0]], "s": [1]}
    compared: e40e06aa4290-210e9157c4f1 *)
Theorem scatter_is_shift_invariant n d x s : (0 < n)%N -> scatter n d (fun m c => x m c + s c) = scatter n d x.
Proof.
move=> n0; have n_neq0 : n%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
have number_eq : number n = n%:R :> R by elim: (n) => [|m IH] //=; to_field; rewrite IH -mulrSr.
rewrite /scatter number_eq /distance2 /norm2; apply: sum_ext => m _; apply: sum_ext => c _; to_field.
by rewrite sum_add sum_const; move: (sum n _) => t; field.
Qed.

End TwoTimescale.
