(** Section 5.1, after Corollary 1: what remains of the two sentences on the gap V.  It vanishes only at vertices where no
    two prototypes coincide, and it scales with the square of the prototypes' size. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import definitions covariance_definitions gap_definitions covariance theorem1_equality.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Gap.
Variable R : realFieldType.
Implicit Types (k d : nat) (z q w : nat -> R) (p : nat -> nat -> R).

(** No two prototypes coincide. *)
Definition distinct k d p : Prop := forall i j, (i < j)%N -> (j < k)%N -> 0 < distance2 d (p i) (p j).

(** Points at a distance differ in a coordinate. *)
Lemma differs d (x y : nat -> R) : 0 < distance2 d x y -> exists2 c, (c < d)%N & x c != y c.
Proof.
move=> apart; case: (boolP [exists c : 'I_d, x c != y c]) => [/existsP [c differ]|/existsPn same].
  by exists (nat_of_ord c); first exact: ltn_ord.
have zero : distance2 d x y = 0.
  apply: sum_all0 => c lt_cd; move: (same (Ordinal lt_cd)); rewrite negbK => /eqP ->.
  by to_field; rewrite subrr mul0r.
by rewrite zero ltxx in apart.
Qed.

(** claim: ddcl.theorem1.gap/fixed/only-hard/amended
    value: variance k d p q
    compared: 2b4057c94023-a4d075c7d071 *)
Theorem positive_if_distinct k d p q i j : simplex k q -> distinct k d p ->
  (i < j)%N -> (j < k)%N -> q i * q j != 0 -> 0 < variance k d p q.
Proof.
move=> inside apart lt_ij lt_jk both; have lt_ik := ltn_trans lt_ij lt_jk.
have [c lt_cd differ] := differs (apart i j lt_ij lt_jk).
move: both; rewrite mulf_eq0 negb_or => /andP [qi qj].
by apply: (nowhere_else inside lt_ik lt_jk lt_cd _ _ differ); rewrite lt_def ?qi ?qj inside.1.
Qed.

(** claim: ddcl.theorem1.gap/softmax/only-hard/amended
    value: variance k d p (soft_assignment k d z p T)
    compared: 6194fab2af99-61dc68e86552 *)
Theorem soft_positive_if_distinct k d p w : (1 < k)%N -> (forall j, (j < k)%N -> 0 < w j) -> distinct k d p ->
  0 < variance k d p (share k w).
Proof.
move=> k1 w0 apart; have [c lt_cd differ] := differs (apart 0%N 1%N (ltn0Sn 0) k1).
exact: (soft_positive w0 (ltnW k1) k1 lt_cd differ).
Qed.

(** claim: ddcl.theorem1.gap/fixed/grows/amended
    value: variance k d (scaled_about z sigma p) q - square sigma * variance k d p q
    compared: 76204a8744ab-6eb55ed0a3ef *)
Theorem homogeneous k d z p q (sigma : R) : sum k q = 1 ->
  variance k d (scaled_about z sigma p) q = square sigma * variance k d p q.
Proof.
move=> mass; rewrite /variance /distance2 /norm2 -sum_mull; apply: sum_ext => j _; to_field.
rewrite mulrCA; congr (_ * _); rewrite -sum_mull; apply: sum_ext => c _.
have moved : mixture k q (scaled_about z sigma p) c = scaled_about z sigma (fun=> mixture k q p) 0 c.
  rewrite /mixture /scaled_about; to_field.
  have term i : q i * (z c + sigma * (p i c - z c)) = (z c - sigma * z c) * q i + sigma * (q i * p i c) by ring.
  under [LHS]sum_ext => i _ do rewrite term.
  by rewrite sum_add !sum_mull mass; move: (sum k _) => s; ring.
by rewrite moved /scaled_about; to_field; move: (mixture k q p c) => m; ring.
Qed.

End Gap.
