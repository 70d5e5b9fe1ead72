(** Proposition 2 in R^k: what the gradients of the forms of V are at any q. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import definitions proposition2_definitions ambient_definitions theorem1 proposition2.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Ambient.
Variable R : realFieldType.
Implicit Types (k d : nat) (z q v r : nat -> R) (p : nat -> nat -> R) (t : R).

Lemma norm2_along d (m u : nat -> R) t : norm2 d (along m u t) = norm2 d m + 2%:R * t * inner d m u + t ^+ 2 * norm2 d u.
Proof.
rewrite /norm2 /inner -!sum_mull -!sum_add; apply: sum_ext => c _; rewrite /along; to_field; by ring.
Qed.

Lemma norm2_mixture_along k d p q v t : norm2 d (mixture k (along q v t) p) =
  norm2 d (mixture k q p) + 2%:R * t * inner d (mixture k q p) (mixture k v p) + t ^+ 2 * norm2 d (mixture k v p).
Proof. by rewrite -norm2_along /norm2; apply: sum_ext => c _; rewrite mixture_along. Qed.

(** sum_j v_j (x . p_j) = x . Pv *)
Lemma inner_mixture k d p v (x : nat -> R) : inner k (fun j => inner d (p j) x) v = inner d x (mixture k v p).
Proof.
rewrite /inner /mixture; to_field; under [RHS]sum_ext => c _ do rewrite -sum_mull.
rewrite [RHS]sum_exchange; apply: sum_ext => j _; rewrite -sum_mulr; apply: sum_ext => c _; by ring.
Qed.

Lemma distance_expands d (x y : nat -> R) : distance2 d x y = norm2 d x - 2%:R * inner d x y + norm2 d y.
Proof. rewrite /distance2 /norm2 /inner -sum_mull -sum_sub -sum_add; apply: sum_ext => c _; to_field; by ring. Qed.

Lemma moments_slope_eq k d z p q j : moments_slope k d z p q j = norm2 d (p j) - 2%:R * inner d (p j) (mixture k q p).
Proof.
rewrite /moments_slope /variance_slope /ols_slope distance_expands; to_field.
have -> : sum d (fun c => p j c * (z c - mixture k q p c)) = inner d z (p j) - inner d (p j) (mixture k q p).
  by rewrite /inner -sum_sub; apply: sum_ext => c _; to_field; ring.
move: (norm2 d z) (norm2 d (p j)) (inner d z (p j)) (inner d (p j) _) => a b e f; by ring.
Qed.

Lemma inner_sub k (f g v : nat -> R) : inner k (fun j => f j - g j) v = inner k f v - inner k g v.
Proof. by rewrite /inner -sum_sub; apply: sum_ext => j _; to_field; rewrite mulrBl. Qed.

Lemma inner_scale k (a : R) (f v : nat -> R) : inner k (fun j => a * f j) v = a * inner k f v.
Proof. by rewrite /inner -sum_mull; apply: sum_ext => j _; to_field; rewrite mulrA. Qed.

(** claim: ddcl.proposition2/ambient/variance-moments/amended
    value: slope (fun t => variance_by_moments k d p (along q v t)) - inner k (moments_slope k d z p q) v
    compared: 1cc77addf2b9-bf2780209a6e *)
Theorem moments_expand k d z p q v t : variance_by_moments k d p (along q v t) =
  variance_by_moments k d p q + t * inner k (moments_slope k d z p q) v - t ^+ 2 * norm2 d (mixture k v p).
Proof.
have -> : inner k (moments_slope k d z p q) v =
    inner k (fun j => norm2 d (p j)) v - 2%:R * inner d (mixture k q p) (mixture k v p).
  rewrite -inner_mixture -inner_scale -inner_sub; apply: sum_ext => j _; by rewrite moments_slope_eq.
rewrite /variance_by_moments norm2_mixture_along.
have -> : sum k (fun j => (along q v t j * norm2 d (p j))%A) =
    sum k (fun j => (q j * norm2 d (p j))%A) + t * inner k (fun j => norm2 d (p j)) v.
  rewrite /inner -sum_mull -sum_add; apply: sum_ext => j _; rewrite /along; to_field; move: (norm2 d (p j)) => s; by ring.
to_field; move: (sum k _) (inner k _ _) (inner d _ _) (norm2 d _) (norm2 d _) => a b e f g; by ring.
Qed.

(** claim: ddcl.proposition2/tangent/variance-moments
    value: let v := towards q r in slope (fun t => variance_by_moments k d p (along q v t)) - inner k (variance_slope k d z p q) v
    compared: 964f73dc257a-8161c2033c07 *)
Theorem moments_towards k d z p q r t : sum k q = 1 -> sum k r = 1 -> let v := towards q r in
  variance_by_moments k d p (along q v t) =
  variance_by_moments k d p q + t * inner k (variance_slope k d z p q) v - t ^+ 2 * norm2 d (mixture k v p).
Proof.
move=> mq mr v; rewrite (@moments_expand k d z p q v t); congr (_ + t * _ - _).
have -> : inner k (moments_slope k d z p q) v = inner k (variance_slope k d z p q) v - inner k (fun=> norm2 d z) v.
  by rewrite -inner_sub.
have -> : inner k (fun=> norm2 d z) v = 0; last by rewrite subr0.
by rewrite /inner sum_mull /v /towards; to_field; rewrite sum_sub mq mr subrr mulr0.
Qed.

(** claim: ddcl.proposition2/ambient/variance-difference
    value: slope (fun t => quantization k d z p (along q v t) - ols k d z p (along q v t)) - inner k (variance_slope k d z p q) v
    compared: dbd488daaa47-38a0c3c34db2 *)
Theorem difference_expands k d z p q v t :
  quantization k d z p (along q v t) - ols k d z p (along q v t) =
  quantization k d z p q - ols k d z p q + t * inner k (variance_slope k d z p q) v - t ^+ 2 * norm2 d (mixture k v p).
Proof.
have -> : inner k (variance_slope k d z p q) v =
    inner k (fun j => distance2 d z (p j)) v - inner k (ols_slope k d z p q) v by rewrite -inner_sub.
rewrite quantization_expands ols_expands.
move: (quantization _ _ _ _ _) (ols _ _ _ _ _) (inner _ _ _) (inner _ _ _) (norm2 _ _) => a b e f g; by ring.
Qed.

(** claim: ddcl.proposition2/tangent/variance-difference
    value: let v := towards q r in slope (fun t => quantization k d z p (along q v t) - ols k d z p (along q v t))
           - inner k (variance_slope k d z p q) v
    compared: a470c332ed09-007dd9eb157b *)
Theorem difference_towards k d z p q r t : let v := towards q r in
  quantization k d z p (along q v t) - ols k d z p (along q v t) =
  quantization k d z p q - ols k d z p q + t * inner k (variance_slope k d z p q) v - t ^+ 2 * norm2 d (mixture k v p).
Proof. exact: difference_expands. Qed.

(** V of (23) off the simplex: sum_j q_j |p_j|^2 - (2 - sum q) |Pq|^2 *)
Lemma variance_off k d p q :
  variance k d p q = sum k (fun j => q j * norm2 d (p j)) - (2%:R - sum k q) * norm2 d (mixture k q p).
Proof.
set m := mixture k q p; rewrite /variance -/m.
have term j : (q j * distance2 d (p j) m)%A = q j * norm2 d (p j) - 2%:R * (inner d (p j) m * q j) + norm2 d m * q j.
  rewrite distance_expands; to_field; move: (norm2 d m) (norm2 d (p j)) (inner d _ _) => a b e; by ring.
under [LHS]sum_ext => j _ do rewrite term.
rewrite sum_add sum_sub !sum_mull.
have -> : sum k (fun j => inner d (p j) m * q j) = norm2 d m by rewrite [LHS](@inner_mixture k d p q m).
move: (sum k _) (sum k q) (norm2 d m) => a b e; by ring.
Qed.

(** claim: ddcl.proposition2/ambient/variance/amended
    value: slope (fun t => variance k d p (along q v t)) - inner k (ambient_slope k d p q) v
    compared: 3af4852655d4-5690a626296f *)
Theorem variance_expands k d p q v t : let m := mixture k q p in let u := mixture k v p in
  variance k d p (along q v t) = variance k d p q + t * inner k (ambient_slope k d p q) v
  + t ^+ 2 * (2%:R * sum k v * inner d m u - (2%:R - sum k q) * norm2 d u) + t ^+ 3 * (sum k v * norm2 d u).
Proof.
move=> m u; rewrite !variance_off norm2_mixture_along -/m -/u.
have -> : sum k (along q v t) = sum k q + t * sum k v by rewrite -sum_mull -sum_add.
have -> : sum k (fun j => along q v t j * norm2 d (p j)) =
    sum k (fun j => q j * norm2 d (p j)) + t * inner k (fun j => norm2 d (p j)) v.
  rewrite /inner -sum_mull -sum_add; apply: sum_ext => j _; rewrite /along; to_field; move: (norm2 d (p j)) => s; by ring.
have -> : inner k (ambient_slope k d p q) v =
    inner k (fun j => norm2 d (p j)) v - (2%:R * (2%:R - sum k q)) * inner d m u + norm2 d m * sum k v.
  rewrite -[inner d m u](@inner_mixture k d p v m) -inner_scale -inner_sub -sum_mull -sum_add; apply: sum_ext => j _.
  rewrite /ambient_slope distance_expands -/m; to_field; move: (norm2 d m) (norm2 d (p j)) (inner d _ _) (sum k q) => a b e f; by ring.
move: (sum k (fun j => _)) (inner k _ _) (inner d m u) (norm2 d m) (norm2 d u) (sum k q) (sum k v) => a b e f g h i; by ring.
Qed.

End Ambient.
