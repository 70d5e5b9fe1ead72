(** Proposition 2: gradients in q as exact expansions, f(q + t v) = f(q) + t <gradient, v> + t^2 (...). *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import definitions proposition2_definitions theorem1.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Proposition2.
Variable R : realFieldType.
Implicit Types (k d : nat) (z q v r : nat -> R) (p : nat -> nat -> R) (t : R).

(** claim: ddcl.proposition2/ambient/quantization
    value: slope (fun t => quantization k d z p (along q v t)) - inner k (fun j => distance2 d z (p j)) v
    compared: 12be310ea3a2-47f8fa036194 *)
Theorem quantization_expands k d z p q v t :
  quantization k d z p (along q v t) = quantization k d z p q + t * inner k (fun j => distance2 d z (p j)) v.
Proof.
rewrite /quantization /inner -sum_mull -sum_add; apply: sum_ext => j _; rewrite /along; to_field.
by move: (distance2 d z (p j)) => s; ring.
Qed.

Lemma mixture_along k p q v t c : mixture k (along q v t) p c = mixture k q p c + t * mixture k v p c.
Proof. by rewrite /mixture -sum_mull -sum_add; apply: sum_ext => j _; rewrite /along; to_field; ring. Qed.

Lemma inner_ols_slope k d z p q v :
  inner k (ols_slope k d z p q) v = - (2%:R * sum d (fun c => mixture k v p c * (z c - mixture k q p c))).
Proof.
rewrite /inner /ols_slope /mixture; to_field.
under [X in _ = - (_ * X)]sum_ext => c _ do rewrite -sum_mulr.
rewrite [X in _ = - (_ * X)]sum_exchange -sum_mull -sum_neg; apply: sum_ext => j _.
rewrite mulNr; congr (- _); rewrite -mulrA; congr (_ * _); rewrite -sum_mulr; apply: sum_ext => c _.
by rewrite mulrC mulrA.
Qed.

(** claim: ddcl.proposition2/ambient/ols
    value: slope (fun t => ols k d z p (along q v t)) - inner k (ols_slope k d z p q) v
    compared: 9a2dcfa3e238-c8eddedf2022 *)
Theorem ols_expands k d z p q v t :
  ols k d z p (along q v t) = ols k d z p q + t * inner k (ols_slope k d z p q) v + t ^+ 2 * norm2 d (mixture k v p).
Proof.
rewrite inner_ols_slope /ols /distance2 /norm2 mulrN mulrA -!sum_mull -sum_sub -sum_add; apply: sum_ext => c _.
rewrite mixture_along; to_field; move: (mixture k q p c) (mixture k v p c) => m u; by ring.
Qed.

(** claim: ddcl.proposition2/tangent/quantization
    value: let v := towards q r in slope (fun t => quantization k d z p (along q v t)) - inner k (fun j => distance2 d z (p j)) v
    compared: 60657fd470ef-016a9d40bfde *)
Theorem quantization_towards k d z p q r t : quantization k d z p (along q (towards q r) t) =
  quantization k d z p q + t * inner k (fun j => distance2 d z (p j)) (towards q r).
Proof. exact: quantization_expands. Qed.

(** claim: ddcl.proposition2/tangent/ols
    value: let v := towards q r in slope (fun t => ols k d z p (along q v t)) - inner k (ols_slope k d z p q) v
    compared: 01e6fb3d59fe-6435eb7480b7 *)
Theorem ols_towards k d z p q r t : let v := towards q r in ols k d z p (along q v t) =
  ols k d z p q + t * inner k (ols_slope k d z p q) v + t ^+ 2 * norm2 d (mixture k v p).
Proof. exact: ols_expands. Qed.

Lemma mass_towards k q r t : sum k q = 1 -> sum k r = 1 -> sum k (along q (towards q r) t) = 1.
Proof.
by move=> mq mr; rewrite /along /towards; to_field; rewrite sum_add sum_mull sum_sub mq mr subrr mulr0 addr0.
Qed.

(** claim: ddcl.proposition2/tangent/variance
    value: let v := towards q r in slope (fun t => variance k d p (along q v t)) - inner k (variance_slope k d z p q) v
    compared: 2370cc8c7852-115b45ee7a13 *)
Theorem variance_towards k d z p q r t : sum k q = 1 -> sum k r = 1 -> let v := towards q r in
  variance k d p (along q v t) =
  variance k d p q + t * inner k (variance_slope k d z p q) v - t ^+ 2 * norm2 d (mixture k v p).
Proof.
move=> mq mr v; have Vt := @decomposition R k d z p _ (mass_towards t mq mr); have V0 := @decomposition R k d z p q mq.
have split : inner k (variance_slope k d z p q) v =
    inner k (fun j => distance2 d z (p j)) v - inner k (ols_slope k d z p q) v.
  by rewrite /inner -sum_sub; apply: sum_ext => j _; rewrite /variance_slope; to_field; rewrite mulrBl.
have -> : variance k d p (along q v t) = quantization k d z p (along q v t) - ols k d z p (along q v t).
  by rewrite Vt addrC addKr.
have -> : variance k d p q = quantization k d z p q - ols k d z p q by rewrite V0 addrC addKr.
rewrite split quantization_expands ols_expands.
move: (quantization _ _ _ _ _) (ols _ _ _ _ _) (inner _ _ _) (inner _ _ _) (norm2 _ _) => a b e f g; by ring.
Qed.

End Proposition2.
