(** (44)-(49): what the two flows keep and lose outside of the ranges of X and X^T; singular values under X X^T = I. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.gbcl Require Import vectors theorem3_2.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Ranges.
Variable R : realFieldType.
Implicit Types (n d i c : nat) (z : nat -> nat -> R) (u v w o q a b centre : nat -> R) (x s t : R).

(** claim: gbcl.theorem3.4/printed/output-stays
    claim: gbcl.theorem3.4/moving/output-stays
    value: inner d v (combined n z o)
    compared: 3cdf0c107db8-76581e90fb8e *)
Theorem output_stays n d z o v : (forall i, (i < n)%N -> seen d z v i = 0) -> inner d v (combined n z o) = 0.
Proof. by move=> off; rewrite adjoint; exact: inner_0l. Qed.

Lemma approach_inner d v w centre x : inner d v (approach w centre x) = inner d v centre + x * (inner d v w - inner d v centre).
Proof. by rewrite inner_addr inner_scaler inner_subr. Qed.

(** claim: gbcl.ranges/printed/base-after-finite-time/amended
    value: inner d v (approach w (combined n z q) x) - x * inner d v w
    compared: b50157595880-81d020da4e71 *)
Theorem base_decays n d z q w v x : (forall i, (i < n)%N -> seen d z v i = 0) ->
  inner d v (approach w (combined n z q) x) = x * inner d v w.
Proof. by move=> off; rewrite approach_inner output_stays // subr0 add0r. Qed.

(** The velocity of any point c, which is the centroid or moves with the cells, is along X^T.
    claim: gbcl.theorem3.2/displacement/dual-keeps
    claim: gbcl.theorem3.2/orthonormal/dual-range/amended
    claim: gbcl.ranges/printed/dual-after-finite-time/amended
    claim: gbcl.ranges/limit/dual-tends/amended
    claim: gbcl.theorem3.4/any-rank/weights-stay/amended
    claim: gbcl.theorem3.5/weights/same-space/amended
    value: inner n u (dual_velocity n d z o c)
    compared: 4710bfa4de4f-9ada381b4c78 *)
Theorem dual_keeps n d z (c : nat -> R) o u : (forall b : nat, (b < d)%N -> combined n z u b = 0) ->
  inner n u (dual_velocity n d z o c) = 0.
Proof.
move=> null; rewrite inner_oppr inner_sym -adjoint inner_sym inner_0l ?oppr0 //.
Qed.

(** claim: gbcl.ranges/printed/rank/amended
    value: t - s
    compared: 6b31567018f0-1aed76e54182 *)
Theorem once d v a b s t : inner d v (fun c => a c + t * b c) = 0 -> inner d v (fun c => a c + s * b c) = 0 ->
  inner d v b != 0 -> t = s.
Proof.
rewrite !inner_addr !inner_scaler => at_t at_s aslant; apply/(mulIf aslant)/(addrI (inner d v a)).
by rewrite at_t.
Qed.

(** claim: gbcl.ranges/printed/singular-values
    value: s - 1
    compared: 523f4ea51b28-22e117803ef7 *)
Theorem singular_values n d z u v s : even_features n d 1 z -> (forall i, (i < n)%N -> seen d z u i = s * v i) ->
  length2 d u = 1 -> length2 n v = 1 -> 0 <= s -> s = 1.
Proof.
move=> unit left unit_u unit_v s0; apply/eqP; rewrite -(@eqr_expn2 _ 2) ?expr1n ?ler01 //; apply/eqP.
have same : inner d u (combined n z (seen d z u)) = 1.
  by rewrite -[RHS]unit_u length2E; apply: inner_ext => // c lt_cd; rewrite (there_and_back _ unit) ?mul1r.
rewrite -same adjoint (inner_ext left left) inner_scaler inner_scalel -length2E unit_v mulr1.
by rewrite expr2.
Qed.

(** The value -1 on a vector that is not 0 is no value of a singular vector.
    claim: gbcl.ranges/printed/value-minus-one
    role: vacuous
    value: entries d (fun a => combined n z (seen d z u) a - u a)
    scope: all n, d
    compared: 2a663a3f2670-aa5bd758fa47 *)
Theorem no_negative_value d u s : 0 <= s -> (forall c, (c < d)%N -> (s + 1) * u c = 0) ->
  ~ (exists2 c, (c < d)%N & u c != 0).
Proof.
move=> s0 minus [c lt_cd uc]; have /eqP := minus c lt_cd.
by rewrite mulf_eq0 (negbTE uc) orbF paddr_eq0 ?ler01 // oner_eq0 andbF.
Qed.

(** claim: gbcl.ranges/printed/more-features-than-samples
    role: vacuous
    value: entries d (combined n z (seen d z v))
    compared: e20743bbc176-7590c8122e7a *)
Theorem no_surplus n d z v : even_features n d 1 z -> (forall i, (i < n)%N -> seen d z v i = 0) ->
  ~ (exists2 c, (c < d)%N & v c != 0).
Proof.
move=> unit off [c lt_cd]; rewrite -[v c]mul1r -(there_and_back v unit lt_cd) combined_0 ?eqxx //.
Qed.

End Ranges.
