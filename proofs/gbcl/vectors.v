(** Inner products with the samples and combinations of them: what the proofs on the two flows share. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Export algebra.
From DDCL.gbcl Require Export flows_definitions cell_definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Vectors.
Variable R : realFieldType.
Implicit Types (n d i c : nat) (z : nat -> nat -> R) (u v w : nat -> R) (x : R).

Lemma inner_ext n v v' w w' : (forall i, (i < n)%N -> v i = v' i) -> (forall i, (i < n)%N -> w i = w' i) ->
  inner n v w = inner n v' w'.
Proof. by move=> vv ww; apply: sum_ext => i lt_in; rewrite vv // ww. Qed.

Lemma seen_ext d z v w i : (forall c, (c < d)%N -> v c = w c) -> seen d z v i = seen d z w i.
Proof. by move=> vw; apply: sum_ext => c lt_cd; rewrite vw. Qed.

Lemma combined_ext n z v w c : (forall i, (i < n)%N -> v i = w i) -> combined n z v c = combined n z w c.
Proof. by move=> vw; apply: sum_ext => i lt_in; rewrite vw. Qed.

Lemma inner_sym n v w : inner n v w = inner n w v.
Proof. by apply: sum_ext => i _; to_field; rewrite mulrC. Qed.

Lemma inner_addr n u v w : inner n u (fun i => v i + w i) = inner n u v + inner n u w.
Proof. by rewrite /inner -sum_add; apply: sum_ext => i _; to_field; rewrite mulrDr. Qed.

Lemma inner_oppr n u v : inner n u (fun i => - v i) = - inner n u v.
Proof. by rewrite /inner -sum_neg; apply: sum_ext => i _; to_field; rewrite mulrN. Qed.

Lemma inner_subr n u v w : inner n u (fun i => v i - w i) = inner n u v - inner n u w.
Proof. by rewrite inner_addr inner_oppr. Qed.

Lemma inner_scaler n u x v : inner n u (fun i => x * v i) = x * inner n u v.
Proof. by rewrite /inner -sum_mull; apply: sum_ext => i _; to_field; rewrite mulrCA. Qed.

Lemma inner_subl n u v w : inner n (fun i => v i - w i) u = inner n v u - inner n w u.
Proof. by rewrite ![inner n _ u]inner_sym inner_subr. Qed.

Lemma inner_scalel n u x v : inner n (fun i => x * v i) u = x * inner n v u.
Proof. by rewrite ![inner n _ u]inner_sym inner_scaler. Qed.

Lemma inner_0l n v w : (forall i, (i < n)%N -> v i = 0) -> inner n v w = 0.
Proof. by move=> v0; apply: sum_all0 => i lt_in; rewrite v0 //; exact: mul0r. Qed.

Lemma inner_ge0 n v : 0 <= inner n v v.
Proof. by apply: sum_ge0 => i _; exact: sqr_ge0. Qed.

Lemma inner_eq0 n v : inner n v v = 0 -> forall i, (i < n)%N -> v i = 0.
Proof.
move=> v0 i lt_in; have /eqP := sum_eq0 (fun l _ => sqr_ge0 (v l)) v0 lt_in.
by rewrite mulf_eq0 orbb => /eqP.
Qed.

Lemma seen_add d z v w i : seen d z (fun c => v c + w c) i = seen d z v i + seen d z w i.
Proof. exact: inner_addr. Qed.

Lemma seen_sub d z v w i : seen d z (fun c => v c - w c) i = seen d z v i - seen d z w i.
Proof. exact: inner_subr. Qed.

Lemma seen_scale d z x v i : seen d z (fun c => x * v c) i = x * seen d z v i.
Proof. exact: inner_scaler. Qed.

Lemma combined_add n z v w c : combined n z (fun i => v i + w i) c = combined n z v c + combined n z w c.
Proof. by rewrite /combined -sum_add; apply: sum_ext => i _; to_field; rewrite mulrDl. Qed.

Lemma combined_opp n z v c : combined n z (fun i => - v i) c = - combined n z v c.
Proof. by rewrite /combined -sum_neg; apply: sum_ext => i _; to_field; rewrite mulNr. Qed.

Lemma combined_sub n z v w c : combined n z (fun i => v i - w i) c = combined n z v c - combined n z w c.
Proof. by rewrite combined_add combined_opp. Qed.

Lemma combined_scale n z x v c : combined n z (fun i => x * v i) c = x * combined n z v c.
Proof. by rewrite /combined -sum_mull; apply: sum_ext => i _; to_field; rewrite mulrA. Qed.

Lemma combined_0 n z v c : (forall i, (i < n)%N -> v i = 0) -> combined n z v c = 0.
Proof. by move=> v0; apply: sum_all0 => i lt_in; rewrite v0 //; exact: mul0r. Qed.

(** v . Xw = (X^T v) . w *)
Lemma adjoint n d z v w : inner d v (combined n z w) = inner n (seen d z v) w.
Proof.
rewrite /inner /combined /seen; to_field; under sum_ext => c _ do rewrite -sum_mull.
rewrite sum_exchange; apply: sum_ext => i _; rewrite -sum_mulr; apply: sum_ext => c _; ring.
Qed.

(** X^T X w = 0 only where Xw = 0. *)
Lemma output_eq0 n d z w : (forall i, (i < n)%N -> seen d z (combined n z w) i = 0) ->
  forall c, (c < d)%N -> combined n z w c = 0.
Proof. by move=> w0; apply: inner_eq0; rewrite adjoint; exact: inner_0l. Qed.

(** X X^T v = 0 only where X^T v = 0. *)
Lemma seen_eq0 n d z v : (forall c, (c < d)%N -> combined n z (seen d z v) c = 0) ->
  forall i, (i < n)%N -> seen d z v i = 0.
Proof. by move=> v0; apply: inner_eq0; rewrite -adjoint inner_sym; exact: inner_0l. Qed.

Lemma length2E d v : length2 d v = inner d v v.
Proof. by []. Qed.

Lemma length2_ge0 d v : 0 <= length2 d v.
Proof. exact: inner_ge0. Qed.

Lemma number_natr n : number n = n%:R :> R.
Proof. by elim: n => [|n /= ->] //; to_field; rewrite mulrSr. Qed.

End Vectors.
