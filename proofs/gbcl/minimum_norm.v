(** (38)-(42): the solution of minimum norm, and what the dual flow reaches.  A second-kind solution is X^T s with X X^T s = mu. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.gbcl Require Import vectors theorem3_4.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** X w = mu *)
Definition reproduces (R : realFieldType) (n d : nat) (z : nat -> nat -> R) (w y : nat -> R) : Prop :=
  forall b, (b < d)%N -> combined n z w b = y b.

(** X^T X w = X^T mu *)
Definition normal_equations (R : realFieldType) (n d : nat) (z : nat -> nat -> R) (w y : nat -> R) : Prop :=
  forall i, (i < n)%N -> seen d z (combined n z w) i = seen d z y i.

Section MinimumNorm.
Variable R : realFieldType.
Implicit Types (n d i b : nat) (z l : nat -> nat -> R) (u v o s y : nat -> R).

(** claim: gbcl.minimum-norm/any-start/minimum-norm
    claim: gbcl.minimum-norm/from-the-range/minimum-norm
    value: length2 n v - length2 n (seen d z s) - length2 n (fun i => v i - seen d z s i)
    compared: 76ed64c4e4e5-acc42bc4b8f5 *)
Theorem minimum_norm n d z s v y : reproduces n d z (seen d z s) y -> reproduces n d z v y ->
  length2 n v = length2 n (seen d z s) + length2 n (fun i => v i - seen d z s i).
Proof.
move=> least other; have : inner n (seen d z s) v = inner n (seen d z s) (seen d z s).
  by rewrite -!adjoint; apply: inner_ext => // b lt_bd; rewrite least ?other.
rewrite !length2E inner_subr !inner_subl; move: (seen d z s) => o cross.
by rewrite [inner n v o]inner_sym cross; move: (inner n v v) (inner n o o) => p q; ring.
Qed.

(** claim: gbcl.minimum-norm/any-start/unique/amended
    value: length2 d (fun b => combined n z o b - combined n z v b)
    compared: 8bd480608d66-82cd6bdee258 *)
Theorem same_output n d z o v y : normal_equations n d z o y -> normal_equations n d z v y ->
  forall b, (b < d)%N -> combined n z o b = combined n z v b.
Proof.
move=> normal_o normal_v b lt_bd; apply/eqP; rewrite -subr_eq0 -combined_sub; apply/eqP; move: b lt_bd.
apply: output_eq0 => i lt_in.
rewrite (@seen_ext R d z _ (fun c => combined n z o c - combined n z v c)) ?seen_sub ?normal_o ?normal_v ?subrr // => c _.
exact: combined_sub.
Qed.

(** From Omega(0) = o the flow reaches o + X^T s.
    claim: gbcl.minimum-norm/any-start/orthogonal-to-the-kernel/amended
    value: inner n u (fun i => o i + seen d z s i) - inner n u o
    compared: 05e6dbcd6fb7-390b2cb2ee5d *)
Theorem kernel_stays n d z o s u : reproduces n d z u (fun=> 0) ->
  inner n u (fun i => o i + seen d z s i) = inner n u o.
Proof.
by move=> null; rewrite inner_addr [inner n u (seen d z s)]inner_sym -adjoint [inner d s _]inner_sym [X in _ + X]inner_0l ?addr0.
Qed.

(** From Omega(0) = X^T c the flow reaches X^T (c + s).
    claim: gbcl.minimum-norm/from-the-range/from-the-range
    value: inner n u (seen d z (fun a => c a + s a))
    compared: 3bdd5d9ff1cc-b97b4baf6589 *)
Theorem from_the_range n d z (c : nat -> R) s u : reproduces n d z u (fun=> 0) ->
  inner n u (seen d z (fun b => c b + s b)) = 0.
Proof. by move=> null; rewrite inner_sym -adjoint inner_sym inner_0l. Qed.

(** claim: gbcl.minimum-norm/from-the-range/unique
    value: length2 n (seen d z (fun c => a c - b c))
    compared: 19d879f96b52-bf4f4136c209 *)
Theorem one_limit n d z (a b : nat -> R) y : normal_equations n d z (seen d z a) y ->
  normal_equations n d z (seen d z b) y -> forall i, (i < n)%N -> seen d z a i = seen d z b i.
Proof.
move=> normal_a normal_b i lt_in; apply/eqP; rewrite -subr_eq0 -seen_sub; apply/eqP; move: i lt_in.
apply: seen_eq0 => c lt_cd; rewrite (@combined_ext R n z _ (fun i => seen d z a i - seen d z b i)).
  by rewrite combined_sub (same_output normal_a normal_b lt_cd) subrr.
by move=> i _; exact: seen_sub.
Qed.

(** (42) with the inverse that exists: X^T X (X^T s) = X^T mu for X X^T s = mu.
    claim: gbcl.minimum-norm/any-start/identity/amended
    claim: gbcl.minimum-norm/from-the-range/identity-corrected
    value: inner n r (fun i => seen d z (combined n z (seen d z s)) i - seen d z y i)
    compared: 119db5c486a6-0594e38b5cb6 *)
Theorem identity_corrected n d z s y : reproduces n d z (seen d z s) y -> normal_equations n d z (seen d z s) y.
Proof. by move=> least i lt_in; apply: seen_ext => b lt_bd; rewrite least. Qed.

(** The columns of X are dependent where some u that is not 0 has Xu = 0, and have no left inverse: the premise of (42).
    claim: gbcl.minimum-norm/any-start/identity
    role: vacuous
    value: inner n r (fun i => seen d z (combined n z (seen d b y)) i - seen d z y i)
    compared: abfcf6df5b75-1ae6fb275da8 *)
Theorem no_left_inverse n d l z u : left_inverse n d l z -> reproduces n d z u (fun=> 0) ->
  ~ (exists2 i, (i < n)%N & u i != 0).
Proof.
move=> inverse null [i lt_in]; by rewrite -(left_inverts u inverse lt_in) inner_sym inner_0l ?eqxx.
Qed.

End MinimumNorm.
