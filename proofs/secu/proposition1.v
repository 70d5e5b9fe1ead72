(** Proposition 1: b instances with one label each leave at least K - b of K clusters without a positive. *)
From Coq Require Import QArith.
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.secu Require Import labels_definitions proposition1_definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Proposition1.
Variable R : realFieldType.
Implicit Types (k b : nat) (y : nat -> nat -> R).

(** The product of 1 - y_i is at least 1 - the sum of y_i, for y_i in [0, 1]. *)
Lemma product_bound b (f : nat -> R) : (forall i, (i < b)%N -> 0 <= f i <= 1) ->
  0 <= multiplied b (fun i => 1 - f i) <= 1 /\ 1 - sum b f <= multiplied b (fun i => 1 - f i).
Proof.
elim: b => [|b IH] f01; first by split; rewrite /= ?ler01 ?lexx ?subr0.
have [|/andP[p0 p1] bound] := IH; first by move=> i lt_ib; apply: f01; apply: ltnW.
have /andP[f0 f1] := f01 b (ltnSn b); rewrite sumS /=; move: p0 p1 bound; to_field.
move: (multiplied b _) (sum b _) => p s p0 p1 bound; split.
  by rewrite mulr_ge0 ?subr_ge0 //= mulr_ile1 ?subr_ge0 // ler_subl_addr ler_addl.
have -> : p * (1 - f b) = p - f b + (1 - p) * f b by ring.
apply: le_trans (_ : p - f b <= _); last by rewrite ler_addl mulr_ge0 // subr_ge0.
by rewrite opprD addrA ler_add2r.
Qed.

(** Labels on the simplex: entries in [0, 1], b units of weight in all. *)
Lemma simplex_entry k (q : nat -> R) j : simplex k q -> (j < k)%N -> 0 <= q j <= 1.
Proof. by move=> [q0 mass] lt_jk; rewrite q0 //= -mass; apply: sum_ge_term. Qed.

Lemma total_weight b k y : (forall i, (i < b)%N -> simplex k (y i)) -> sum k (size b y) = b%:R.
Proof.
move=> labels; rewrite /size sum_exchange (@sum_ext _ _ _ (fun=> 1)) ?sum_const ?mulr1 // => i lt_ib.
by have [_ ->] := labels i lt_ib.
Qed.

Lemma number_natr n : number n = n%:R :> R.
Proof. by elim: n => [|n /= ->] //; to_field; rewrite mulrSr. Qed.

Lemma missing b k y : (forall i, (i < b)%N -> simplex k (y i)) ->
  sum k (fun j => 1 - size b y j) = number k - number b.
Proof. by move=> labels; rewrite sum_sub sum_const mulr1 total_weight // !number_natr. Qed.

(** claim: secu.proposition1/one-hot/count
    value: empty_clusters b k y - (number k - number b)
    compared: fdc24809782d-bd6aaf595f63 *)
Theorem pigeonhole b k y : (forall i, (i < b)%N -> simplex k (y i)) ->
  (forall i j, (i < b)%N -> (j < k)%N -> y i j = 0 \/ y i j = 1) -> number k - number b <= empty_clusters b k y.
Proof.
move=> labels _; rewrite -(missing labels); apply: sum_le => j lt_jk.
by have [|_] := @product_bound b (y^~ j) => // i lt_ib; exact: simplex_entry (labels i lt_ib) lt_jk.
Qed.

(** claim: secu.proposition1/large-batch/large-batch
    value: empty_clusters b k y - (number k - number b)
    compared: 748f5d00c5ac-6bad95aadd53 *)
Theorem pigeonhole_large b k y : (forall i, (i < b)%N -> simplex k (y i)) ->
  (forall i j, (i < b)%N -> (j < k)%N -> y i j = 0 \/ y i j = 1) -> (k <= b)%N ->
  number k - number b <= empty_clusters b k y.
Proof. by move=> labels hot _; exact: pigeonhole. Qed.

(** claim: secu.proposition1/soft/weightless/amended
    value: shortfall (fun x y => if Qle_bool x y then y else x) b k y - (number k - number b)
    compared: 5ed5c180e84c-f53de7ea3040 *)
Theorem soft_shortfall b k y : (forall i, (i < b)%N -> simplex k (y i)) ->
  number k - number b <= shortfall Num.max b k y.
Proof. by move=> labels; rewrite -(missing labels); apply: sum_le => j _; rewrite le_maxr lexx orbT. Qed.

(** claim: secu.proposition1/soft/weightless
    role: refutes
    value: lightest Qle_bool b k y
    witness: {"y": [["1/2", "1/2"]]}
    compared: 51e351873752-7654651f78e4 *)
Theorem soft_refuted : ~ (forall b k y, (forall i, (i < b)%N -> simplex k (y i)) ->
  lightest (fun u v : R => u <= v) b k y = 0).
Proof.
move/(_ 1%N 2%N (fun _ _ => 2%:R^-1)).
rewrite /lightest /sorted /size /=; to_field; rewrite lexx /= add0r addr0 => claimed.
have /eqP : 2%:R^-1 = 0 :> R.
  by apply: claimed => i _; split=> [j _|]; [rewrite invr_ge0 ler0n | rewrite /=; to_field; field].
by rewrite invr_eq0 pnatr_eq0.
Qed.

End Proposition1.
