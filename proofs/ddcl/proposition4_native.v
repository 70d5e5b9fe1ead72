(** Proposition 4 with P = Z^T W in the graph and q held: the prototypes' own movement adds sum_j W_nj dL/dp_j. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import definitions gap_definitions motion_definitions native_definitions theorem1 proposition3.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Native.
Variable R : realFieldType.
Implicit Types (n k d : nat) (z u w p v q : nat -> nat -> R) (e s x : nat -> R) (t : R).

Lemma native_moves n w z u t j c :
  native n w (prototypes_along z u t) j c = prototypes_along (native n w z) (native n w u) t j c.
Proof.
rewrite /prototypes_along /native; to_field; rewrite -sum_mull -sum_add; apply: sum_ext => m _; by ring.
Qed.

(** The losses of one sample where sample and prototypes move *)
Lemma quantization_moves k d s e p v x t : sum k x = 1 ->
  quantization k d (sample_along s e t) (prototypes_along p v t) x = quantization k d s p x
  + t * (sample_pull k d s p x e + paired k d (quantization_pull s p x) v) + t ^+ 2 * sum k (fun j => x j * distance2 d e (v j)).
Proof.
move=> mass.
have pulls : sample_pull k d s p x e + paired k d (quantization_pull s p x) v =
    sum k (fun j => x j * sum d (fun c => 2%:R * (s c - p j c) * (e c - v j c))).
  have -> : sample_pull k d s p x e = sum k (fun j => x j * sum d (fun c => 2%:R * (s c - p j c) * e c)).
    rewrite /sample_pull; to_field; under [RHS]sum_ext => j _ do rewrite -sum_mull.
    rewrite sum_exchange -sum_mull; apply: sum_ext => c _.
    have term j : x j * (2%:R * (s c - p j c) * e c) = 2%:R * s c * e c * x j - 2%:R * e c * (x j * p j c) by ring.
    under [RHS]sum_ext => j _ do rewrite term.
    by rewrite sum_sub !sum_mull mass -/(mixture k x p c); move: (mixture k x p c) => m; ring.
  rewrite /paired -sum_add; apply: sum_ext => j _; rewrite -!sum_mull -sum_add; apply: sum_ext => c _.
  by rewrite /quantization_pull; to_field; ring.
rewrite pulls /quantization -!sum_mull -!sum_add; apply: sum_ext => j _.
rewrite /distance2 /norm2 /sample_along /prototypes_along; to_field.
rewrite -!sum_mull -!sum_add; apply: sum_ext => c _; by ring.
Qed.

Lemma ols_moves k d s e p v x t :
  ols k d (sample_along s e t) (prototypes_along p v t) x = ols k d s p x
  + t * (sample_pull k d s p x e + paired k d (ols_pull k s p x) v) + t ^+ 2 * distance2 d e (mixture k x v).
Proof.
have pulls : sample_pull k d s p x e + paired k d (ols_pull k s p x) v =
    sum d (fun c => 2%:R * (s c - mixture k x p c) * (e c - mixture k x v c)).
  rewrite paired_by_coordinates /sample_pull; to_field; rewrite -sum_mull -sum_add; apply: sum_ext => c _.
  have -> : sum k (fun j => ols_pull k s p x j c * v j c) = - (2%:R * (s c - mixture k x p c) * mixture k x v c).
    rewrite -mulNr /mixture -/(mixture k x p c) -sum_mull; apply: sum_ext => j _; rewrite /ols_pull; to_field.
    by move: (mixture k x p c) => m; ring.
  by move: (mixture k x p c) (mixture k x v c) => a b; ring.
rewrite pulls /ols /distance2 /norm2 -!sum_mull -!sum_add; apply: sum_ext => c _.
rewrite mixture_moves /sample_along; to_field; move: (mixture k x p c) (mixture k x v c) => a b; by ring.
Qed.

Lemma mixture_ext k d x p v c : (forall j c, p j c = v j c) -> mixture k x p c = mixture k x v c.
Proof. by move=> same; apply: sum_ext => j _; rewrite same. Qed.

Lemma quantization_ext k d s p v x : (forall j c, p j c = v j c) -> quantization k d s p x = quantization k d s v x.
Proof.
by move=> same; apply: sum_ext => j _; congr (_ * _)%A; apply: sum_ext => c _; rewrite same.
Qed.

Lemma ols_ext k d s p v x : (forall j c, p j c = v j c) -> ols k d s p x = ols k d s v x.
Proof. by move=> same; apply: sum_ext => c _; rewrite (mixture_ext k d x c same). Qed.

(** claim: ddcl.proposition4/native/quantization/amended
    value: let q := native_soft n k d w z T in
           slope (fun t => native_quantization n k d w q (prototypes_along z u t)) - native_pull n k d w q z u
           - native_rest n k d w u (fun m => quantization_pull (z m) (native n w z) (q m))
    compared: 20bfe3b3d317-c6c39b378094 *)
Theorem quantization_of_native n k d w q z u t : (forall m, (m < n)%N -> sum k (q m) = 1) ->
  native_quantization n k d w q (prototypes_along z u t) = native_quantization n k d w q z
  + t * (native_pull n k d w q z u + native_rest n k d w u (fun m => quantization_pull (z m) (native n w z) (q m)))
  + t ^+ 2 * sum n (fun m => sum k (fun j => q m j * distance2 d (u m) (native n w u j))).
Proof.
move=> mass; rewrite /native_quantization /native_pull /native_rest -!sum_add -!sum_mull -!sum_add.
apply: sum_ext => m lt_mn; rewrite -quantization_moves ?mass //; apply: quantization_ext => j c; exact: native_moves.
Qed.

(** claim: ddcl.proposition4/native/ols/amended
    value: let q := native_soft n k d w z T in
           slope (fun t => native_ols n k d w q (prototypes_along z u t)) - native_pull n k d w q z u
           - native_rest n k d w u (fun m => ols_pull k (z m) (native n w z) (q m))
    compared: d71d0d2bcde7-df7659caf20b *)
Theorem ols_of_native n k d w q z u t :
  native_ols n k d w q (prototypes_along z u t) = native_ols n k d w q z
  + t * (native_pull n k d w q z u + native_rest n k d w u (fun m => ols_pull k (z m) (native n w z) (q m)))
  + t ^+ 2 * sum n (fun m => distance2 d (u m) (mixture k (q m) (native n w u))).
Proof.
rewrite /native_ols /native_pull /native_rest -!sum_add -!sum_mull -!sum_add.
apply: sum_ext => m lt_mn; rewrite -ols_moves; apply: ols_ext => j c; exact: native_moves.
Qed.

(** claim: ddcl.proposition4/native/equal/amended
    claim: ddcl.corollary3.release/native/inactive-before/amended
    value: let q := native_soft n k d w z T in
           slope (fun t => native_quantization n k d w q (prototypes_along z u t))
           - slope (fun t => native_ols n k d w q (prototypes_along z u t))
           - native_rest n k d w u (fun m => variance_pull k (native n w z) (q m))
    compared: 3c2eef2c033d-2f570821d99a *)
Theorem difference_of_native n k d w q z u t : (forall m, (m < n)%N -> sum k (q m) = 1) ->
  let difference z := native_quantization n k d w q z - native_ols n k d w q z in
  difference (prototypes_along z u t) = difference z
  + t * native_rest n k d w u (fun m => variance_pull k (native n w z) (q m))
  + t ^+ 2 * sum n (fun m => variance k d (native n w u) (q m)).
Proof.
move=> mass difference.
have by_variance z' : difference z' = sum n (fun m => variance k d (native n w z') (q m)).
  rewrite /difference /native_quantization /native_ols -sum_sub; apply: sum_ext => m lt_mn.
  by rewrite (@decomposition R k d (z' m) (native n w z') (q m) (mass m lt_mn)) addrC addKr.
rewrite !by_variance /native_rest -!sum_mull -!sum_add; apply: sum_ext => m lt_mn.
rewrite -variance_expands ?mass //; apply: sum_ext => j _; congr (_ * _)%A; apply: sum_ext => c _.
by rewrite native_moves (mixture_ext k d (q m) c (native_moves n w z u t)).
Qed.

End Native.
