(** Section 5.3: S_q has at most k - 1 independent rows, as its determinant vanishes. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import definitions covariance_definitions determinant_definitions gap_definitions covariance.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Rank.
Variable R : realFieldType.
Implicit Types (k n : nat) (q w : nat -> R) (a : nat -> nat -> R).

(** The determinant of the definitions is that of the library. *)
Theorem determinant_eq n a : determinant n a = \det (\matrix_(i < n, j < n) a i j).
Proof.
elim: n a => [|n IH] a; first by rewrite det_mx00.
have -> : determinant n.+1 a = sum n.+1 (fun j => sign j * a 0%N j * determinant n (minor a j)) by [].
rewrite sum_bigop (expand_det_row _ ord0).
apply: eq_bigr => j _; rewrite IH mxE /cofactor add0n.
have -> : sign j = (-1) ^+ j :> R.
  by elim: (nat_of_ord j) => [|m step]; rewrite ?expr0 // exprSr -step.
rewrite mulrCA mulrA; congr (_ * \det _).
apply/matrixP => i l; rewrite !mxE /minor lift0 /=; congr (a _ _).
by rewrite /bump; case: PeanoNat.Nat.leb_spec => [/ssrnat.leP ->|/ssrnat.ltP lt]; rewrite // leqNgt lt.
Qed.

(** claim: ddcl.covariance/any/rank
    value: determinant k (covariance q)
    compared: 7b01553b7f9e-0dc93e0d011f *)
Theorem singular k q : sum k q = 1 -> determinant k (covariance q) = 0.
Proof.
move=> mass; rewrite determinant_eq; apply/eqP/det0P; exists (const_mx 1).
  apply/negP => /eqP /rowP; case: k mass => [|k] mass; first by move/eqP: mass; rewrite eq_sym oner_eq0.
  by move/(_ ord0); rewrite !mxE; apply/eqP; rewrite oner_eq0.
apply/rowP => j; rewrite !mxE.
transitivity (\sum_(i < k) ((if Nat.eqb j i then q j else 0) - q j * q i)).
  apply: eq_bigr => i _; rewrite !mxE mul1r /covariance; to_field.
  by rewrite PeanoNat.Nat.eqb_sym mulrC; case: PeanoNat.Nat.eqb_spec => [->|].
by rewrite -(sum_bigop k (fun i => (if Nat.eqb j i then q j else 0) - q j * q i)) sum_sub sum_mull mass sum_indicator // mulr1 subrr.
Qed.

(** claim: ddcl.covariance/softmax/rank
    value: determinant k (covariance (soft_assignment k d z p T))
    scope: all k, d
    compared: cb1651d92e1f-1aa483f68328 *)
Theorem soft_singular k w : (0 < k)%N -> (forall j, (j < k)%N -> 0 < w j) -> determinant k (covariance (share k w)) = 0.
Proof. by move=> k0 w0; apply: singular; case: (share_simplex k0 w0). Qed.

End Rank.
