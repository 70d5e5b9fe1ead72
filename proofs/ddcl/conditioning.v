(** Section 6.1: the curvature of a DCL block is that of its inner products of samples. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import definitions conditioning_definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Conditioning.
Variable R : realFieldType.
Implicit Types (n d : nat) (q w x p r f : nat -> R) (z : nat -> nat -> R) (e t : R).

Lemma output_along n z w x e c : output n z (step_along w x e) c = step_along (output n z w) (output n z x) e c.
Proof. by rewrite /step_along /output; to_field; rewrite -sum_mull -sum_add; apply: sum_ext => m _; ring. Qed.

Lemma block_loss_ext n d z q p r : (forall c, (c < d)%N -> p c = r c) -> block_loss n d z q p = block_loss n d z q r.
Proof. by move=> same; apply: sum_ext => m _; congr (_ * _)%A; apply: sum_ext => c lt; rewrite same. Qed.

(** The loss is quadratic in the prototype. *)
Lemma loss_expands n d z q p r e : block_loss n d z q (step_along p r e) = block_loss n d z q p
  - e * sum n (fun m => q m * sum d (fun c => 2%:R * (z m c - p c) * r c)) + e ^+ 2 * (sum n q * norm2 d r).
Proof.
rewrite /block_loss -sum_mulr -!sum_mull -sum_sub -sum_add; apply: sum_ext => m _.
have -> : distance2 d (z m) (step_along p r e) =
    distance2 d (z m) p - e * sum d (fun c => 2%:R * (z m c - p c) * r c) + e ^+ 2 * norm2 d r.
  rewrite /distance2 /norm2 -!sum_mull -sum_sub -sum_add; apply: sum_ext => c _; rewrite /step_along; to_field; by ring.
to_field; move: (distance2 _ _ _) (sum d _) (norm2 _ _) => a b s; by ring.
Qed.

Lemma free_curvature_eq n d z p q r : free_curvature n d z p q r = 2%:R * sum n q * norm2 d r.
Proof.
rewrite /free_curvature /second !loss_expands; to_field.
by move: (block_loss _ _ _ _ _) (sum n (fun m => _)) (sum n q) (norm2 d r) => a b s v; ring.
Qed.

Lemma curvature_eq n d z w q x : curvature n d z w q x = 2%:R * sum n q * norm2 d (output n z x).
Proof.
rewrite -(free_curvature_eq n d z (output n z w)) /curvature /free_curvature /second.
by rewrite !(block_loss_ext n z q (fun c _ => output_along n z w x _ c)).
Qed.

(** claim: ddcl.conditioning/bounded/bounded/amended
    value: [curvature n d z w q x - 2 * sum n q * norm2 d (output n z x);
            free_curvature n d z (output n z w) q r - 2 * sum n q * norm2 d r]
    compared: a45fc8b288a2-eda56b9c7c9a *)
Theorem curvatures n d z w q x r :
  curvature n d z w q x = 2%:R * sum n q * norm2 d (output n z x) /\
  free_curvature n d z (output n z w) q r = 2%:R * sum n q * norm2 d r.
Proof. by rewrite curvature_eq free_curvature_eq. Qed.

(** claim: ddcl.conditioning/more-features/appended/amended
    value: curvature n (S d) (appended d z f) w q x - curvature n d z w q x
           - 2 * sum n q * square (sum n (fun m => f m * x m))
    compared: cbb8074800c9-9d47e551e169 *)
Theorem one_feature_more n d z w q x f :
  curvature n d.+1 (appended d z f) w q x = curvature n d z w q x + 2%:R * sum n q * square (sum n (fun m => f m * x m)).
Proof.
rewrite !curvature_eq -mulrDr; congr (_ * _); rewrite /norm2 sumS; congr (_ + square _).
  apply: sum_ext => c lt_cd; congr (square _); apply: sum_ext => m _; rewrite /appended.
  by have -> : Nat.eqb c d = false by apply/PeanoNat.Nat.eqb_neq => eq_cd; rewrite eq_cd ltnn in lt_cd.
by apply: sum_ext => m _; rewrite /appended PeanoNat.Nat.eqb_refl; to_field; rewrite mulrC.
Qed.

(** claim: ddcl.conditioning/embedded/embedded
    value: curvature n (S d) (appended d z (fun _ => 0)) w q x - curvature n d z w q x
    compared: 03970499ddfa-6d88c36432d6 *)
Theorem one_dimension_more n d z w q x : curvature n d.+1 (appended d z (fun=> 0)) w q x = curvature n d z w q x.
Proof.
rewrite one_feature_more; have -> : sum n (fun m => 0 * x m) = 0 by apply: sum_all0 => m _; rewrite mul0r.
by to_field; rewrite mul0r mulr0 addr0.
Qed.

(** claim: ddcl.conditioning/standardised/standardised/amended
    value: let z := correlated t in
           let u := in_range 2 z (fun _ => 1) in let v := in_range 2 z (vector [1; -1 # 1]) in
           [first_moment 4 z 0; second_moment 4 z 0; first_moment 4 z 1; second_moment 4 z 1;
            square t * curvature 4 2 z (fun _ => 0) (fun _ => 1) u * norm2 4 v
            - curvature 4 2 z (fun _ => 0) (fun _ => 1) v * norm2 4 u]
    compared: 831b1ba10659-360235d82e45 *)
Theorem standardised_family t : 0 < t -> let z := correlated t in
  let u := in_range 2 z (fun=> 1) in let v := in_range 2 z (fun c => if c is O then 1 else -1) in
  (forall c, (c < 2)%N -> first_moment 4 z c = 0 /\ second_moment 4 z c = 0) /\
  square t * curvature 4 2 z (fun=> 0) (fun=> 1) u * norm2 4 v = curvature 4 2 z (fun=> 0) (fun=> 1) v * norm2 4 u.
Proof.
move=> t0 z u v; have mass0 : 1 + t * t != 0 by apply: lt0r_neq0; rewrite addr_gt0 ?ltr01 ?mulr_gt0.
split.
  case=> [|[|c]] // _; rewrite /first_moment /second_moment /z /correlated /sum /=; to_field; split; by field.
rewrite !curvature_eq /norm2 /output /u /v /in_range /z /correlated /sum /=; to_field; by field.
Qed.

End Conditioning.
