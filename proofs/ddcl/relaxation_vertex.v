(** Section 5.2: L_q is least at the nearest prototypes, and its minimisers are the assignments to those alone. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Vertex.
Variable R : realFieldType.
Implicit Types (k d : nat) (z q : nat -> R) (p : nat -> nat -> R) (m : R).

(** m is at most the distance of every prototype from z. *)
Definition below k d z p m : Prop := forall j, (j < k)%N -> m <= distance2 d z (p j).

Lemma excess_eq k d z p q m : sum k q = 1 ->
  quantization k d z p q - m = sum k (fun j => q j * (distance2 d z (p j) - m)).
Proof.
move=> mass; under [RHS]sum_ext => j _ do rewrite mulrBr.
by rewrite sum_sub sum_mulr mass mul1r.
Qed.

(** claim: ddcl.relaxation.vertex/some/attained
    value: quantization k d z p q - smallest (entries k (fun j => distance2 d z (p j)))
    compared: 05354fcdbef8-51f83e676058 *)
Theorem least k d z p q m : simplex k q -> below k d z p m -> m <= quantization k d z p q.
Proof.
move=> [q0 mass] low; rewrite -subr_ge0 excess_eq //; apply: sum_ge0 => j lt_jk.
by apply: mulr_ge0; [exact: q0 | rewrite subr_ge0; exact: low].
Qed.

(** claim: ddcl.relaxation.vertex/face/face
    truth: (let m := smallest (entries k (fun j => distance2 d z (p j))) in
            forallb (fun j => Qeq_bool (q j * (distance2 d z (p j) - m)) 0) (seq 0 k)
            || negb (Qle_bool (quantization k d z p q) m))%bool
    compared: bcd9cb852522-611700e6ccae *)
Theorem face k d z p q m j : simplex k q -> below k d z p m -> quantization k d z p q <= m ->
  (j < k)%N -> q j * (distance2 d z (p j) - m) = 0.
Proof.
move=> [q0 mass] low small lt_jk; apply: (sum_eq0 (f := fun j => q j * (distance2 d z (p j) - m))) lt_jk.
  by move=> i lt_ik; apply: mulr_ge0; [exact: q0 | rewrite subr_ge0; exact: low].
by rewrite -excess_eq //; apply/eqP; rewrite subr_eq0 eq_le small least.
Qed.

(** claim: ddcl.relaxation.vertex/every/vertex/amended
    truth: (let m := smallest (entries k (fun j => distance2 d z (p j))) in
            forallb (fun i => forallb (fun j => Nat.eqb i j || Qeq_bool (q i * q j) 0)%bool (seq 0 k)) (seq 0 k)
            || negb (Qle_bool (quantization k d z p q) m))%bool
    compared: f0a0609a3b10-de74f163c829 *)
Theorem vertex_if_unique k d z p q i j : simplex k q ->
  (forall l, (0 < l)%N -> (l < k)%N -> distance2 d z (p 0%N) < distance2 d z (p l)) ->
  quantization k d z p q <= distance2 d z (p 0%N) -> (i < k)%N -> (j < k)%N -> i != j -> q i * q j = 0.
Proof.
move=> inside unique small lt_ik lt_jk differ.
have low : below k d z p (distance2 d z (p 0%N)).
  by move=> [|l] lt_lk; [exact: lexx | exact/ltW/unique].
have other l : (0 < l)%N -> (l < k)%N -> q l = 0.
  move=> l0 lt_lk; have /eqP := face inside low small lt_lk.
  by rewrite mulf_eq0 subr_eq0 (gt_eqF (unique l l0 lt_lk)) orbF => /eqP.
case: i j lt_ik lt_jk differ => [|i] [|j] // lt_ik lt_jk _; first by rewrite (other j.+1) // mulr0.
  by rewrite (other i.+1) // mul0r.
by rewrite (other i.+1) // mul0r.
Qed.

End Vertex.
