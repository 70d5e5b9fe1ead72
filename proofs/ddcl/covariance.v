(** Section 5.3: S_q is the covariance of a draw from q. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import definitions covariance_definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Covariance.
Variable R : realFieldType.
Implicit Types (k : nat) (q v w : nat -> R).

Lemma times_eq k q v i : (i < k)%N -> covariance_times k q v i = q i * (v i - sum k (fun j => q j * v j)).
Proof.
move=> lt_ik; rewrite /covariance_times /covariance; to_field.
have term j : ((if Nat.eqb i j then q i else 0) - q i * q j) * v j =
    (if Nat.eqb i j then q i * v i else 0) - q i * (q j * v j).
  by case: (PeanoNat.Nat.eqb_spec i j) => [<-|_]; ring.
under sum_ext => j _ do rewrite term.
by rewrite sum_sub sum_mull sum_indicator // mulrBr.
Qed.

(** v^T S_q v is the variance of v under q. *)
Lemma form_eq k q v : covariance_form k q v = sum k (fun j => q j * square (v j)) - square (sum k (fun j => q j * v j)).
Proof.
rewrite /covariance_form; to_field.
have each i : (i < k)%N -> v i * covariance_times k q v i =
    q i * (v i * v i) - (q i * v i) * sum k (fun j => q j * v j).
  by move=> lt_ik; rewrite times_eq //; ring.
by rewrite (sum_ext each) sum_sub sum_mulr.
Qed.

(** claim: ddcl.covariance/any/psd
    value: covariance_form k q v
    compared: 43a0881ed73a-a195c0a5110a *)
Theorem semidefinite k q v : simplex k q -> 0 <= covariance_form k q v.
Proof.
move=> [q0 mass]; rewrite form_eq; set m := sum k (fun j => q j * v j).
have -> : sum k (fun j => q j * square (v j)) - square m = sum k (fun j => q j * square (v j - m)).
  have term j : q j * square (v j - m) = q j * square (v j) - 2%:R * m * (q j * v j) + square m * q j.
    by to_field; ring.
  under [RHS]sum_ext => j _ do rewrite term.
  by rewrite sum_add sum_sub !sum_mull mass -/m; to_field; move: (sum k _) => s; ring.
by apply: sum_ge0 => j lt_jk; apply: mulr_ge0; [exact: q0 | exact: sqr_ge0].
Qed.

(** claim: ddcl.covariance/any/ones
    value: entries k (covariance_times k q (fun _ => 1))
    compared: 24a5f3af726e-55f5a3098566 *)
Theorem ones_in_kernel k q i : sum k q = 1 -> (i < k)%N -> covariance_times k q (fun=> 1) i = 0.
Proof.
move=> mass lt_ik; rewrite times_eq //.
have -> : sum k (fun j => q j * 1) = 1 by rewrite -[RHS]mass; apply: sum_ext => j _; rewrite mulr1.
by rewrite subrr mulr0.
Qed.

(** claim: ddcl.covariance/any/trace
    value: covariance_trace k q - (1 - sum k (fun j => square (q j)))
    compared: 5db53a994ce5-dc8b3c3d8ca6 *)
Theorem trace_eq k q : sum k q = 1 -> covariance_trace k q = 1 - sum k (fun j => square (q j)).
Proof.
move=> mass; rewrite /covariance_trace /covariance.
have term i : ((if Nat.eqb i i then q i else 0) - q i * q i)%A = q i - square (q i).
  by rewrite PeanoNat.Nat.eqb_refl.
by under sum_ext => i _ do rewrite term; rewrite sum_sub mass.
Qed.

(** claim: ddcl.covariance/any/kernel/amended
    truth: (forallb (fun i => Qeq_bool (v i) (v 0%nat)) (seq 0 k)
            || existsb (fun i => negb (Qeq_bool (covariance_times k q v i) 0)) (seq 0 k))%bool
    compared: 5674290afdb8-5ab51d4ccb53 *)
Theorem kernel_is_constant k q v : simplex k q -> (forall j, (j < k)%N -> 0 < q j) ->
  (forall i, (i < k)%N -> covariance_times k q v i = 0) ->
  forall i, (i < k)%N -> v i = v 0%N.
Proof.
move=> [_ mass] q0 null i lt_ik; have lt_0k : (0 < k)%N by apply: leq_ltn_trans lt_ik.
have same j : (j < k)%N -> v j = sum k (fun j => q j * v j).
  move=> lt_jk; move: (null j lt_jk); rewrite times_eq // => /eqP; rewrite mulf_eq0 subr_eq0.
  by rewrite (gt_eqF (q0 j lt_jk)) => /eqP.
by rewrite (same i) // -(same 0%N).
Qed.

(** Shares of positive weights lie inside the simplex. *)
Lemma share_gt0 k w j : (forall i, (i < k)%N -> 0 < w i) -> (j < k)%N -> 0 < share k w j.
Proof. by move=> w0 lt_jk; apply: divr_gt0; [exact: w0 | exact: sum_gt0 lt_jk w0]. Qed.

Lemma share_simplex k w : (0 < k)%N -> (forall i, (i < k)%N -> 0 < w i) -> simplex k (share k w).
Proof.
move=> k0 w0; split=> [j lt_jk|]; first exact/ltW/share_gt0.
by rewrite /share; to_field; rewrite sum_mulr divff // gt_eqF // (sum_gt0 k0 w0).
Qed.

(** claim: ddcl.covariance/softmax/psd
    value: let w := fun j => boltzmann T (distance2 d z (p j)) in covariance_form k (share k w) v
    scope: all k, d
    compared: 66db6d9e3b62-c0bbfcf21a76 *)
Theorem soft_semidefinite k w v : (forall j, (j < k)%N -> 0 < w j) -> 0 <= covariance_form k (share k w) v.
Proof.
by case: k => [|k] w0; [exact: lexx | exact: semidefinite (share_simplex (ltn0Sn k) w0)].
Qed.

(** claim: ddcl.covariance/softmax/ones
    value: let w := fun j => boltzmann T (distance2 d z (p j)) in entries k (covariance_times k (share k w) (fun _ => 1))
    scope: all k, d
    compared: 7aa297259fec-91e31e20a40c *)
Theorem soft_ones_in_kernel k w i : (forall j, (j < k)%N -> 0 < w j) -> (i < k)%N ->
  covariance_times k (share k w) (fun=> 1) i = 0.
Proof.
by move=> w0 lt_ik; apply: ones_in_kernel => //; case: (share_simplex (leq_ltn_trans (leq0n i) lt_ik) w0).
Qed.

(** claim: ddcl.covariance/softmax/trace
    value: let w := fun j => boltzmann T (distance2 d z (p j)) in
           covariance_trace k (share k w) - (1 - sum k (fun j => square (share k w j)))
    scope: all k, d
    compared: 6524d295f292-96b0fe7fd854 *)
Theorem soft_trace_eq k w : (0 < k)%N -> (forall j, (j < k)%N -> 0 < w j) ->
  covariance_trace k (share k w) = 1 - sum k (fun j => square (share k w j)).
Proof. by move=> k0 w0; apply: trace_eq; case: (share_simplex k0 w0). Qed.

(** claim: ddcl.covariance/softmax/kernel
    truth: (let w := fun j => boltzmann T (distance2 d z (p j)) in forallb (fun i => Qeq_bool (v i) (v 0%nat)) (seq 0 k)
            || existsb (fun i => negb (Qeq_bool (covariance_times k (share k w) v i) 0)) (seq 0 k))%bool
    scope: all k, d
    compared: 0708964d611e-409ef9268625 *)
Theorem soft_kernel_is_constant k w v : (forall j, (j < k)%N -> 0 < w j) ->
  (forall i, (i < k)%N -> covariance_times k (share k w) v i = 0) ->
  forall i, (i < k)%N -> v i = v 0%N.
Proof.
move=> w0 null i lt_ik; apply: (kernel_is_constant _ _ null) => // [|j lt_jk]; last exact: share_gt0.
exact: share_simplex (leq_ltn_trans (leq0n i) lt_ik) w0.
Qed.

End Covariance.
