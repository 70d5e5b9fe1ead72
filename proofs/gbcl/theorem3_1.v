(** Theorem 3.1: the dual flow along the principal axes, its rates, and descent in steps. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.gbcl Require Import vectors theorem3_1_definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Theorem31.
Variable R : realFieldType.
Implicit Types (n d m i b : nat) (z : nat -> nat -> R) (v w : nat -> R) (s : R).

(** claim: gbcl.theorem3.1/flow/axes
    claim: gbcl.modes/printed/axes
    value: lam * inner n v w - inner n v (fun i => seen d z (combined n z w) i)
    compared: c3cd70db9de3-ff34330d1cc0 *)
Theorem axes n d z v w s : (forall i, (i < n)%N -> seen d z (combined n z v) i = s * v i) ->
  inner n v (fun i => - seen d z (combined n z w) i) = - (s * inner n v w).
Proof.
move=> axis; rewrite inner_oppr; congr (- _).
rewrite inner_sym -adjoint inner_sym adjoint (@inner_ext R n _ (fun i => s * v i) _ w) // inner_scalel //.
Qed.

(** X X^T u = s u for a unit vector u: s is the sum of the squares of u . x_i. *)
Lemma second_moment n d z u s : (forall b, (b < d)%N -> combined n z (seen d z u) b = s * u b) -> length2 d u = 1 ->
  sum n (fun i => square (seen d z u i)) = s.
Proof.
move=> axis unit; rewrite -[RHS]mulr1 -unit length2E -inner_scaler.
rewrite -(@inner_ext R d u u (combined n z (seen d z u)) (fun b => s * u b)) // adjoint //.
Qed.

(** claim: gbcl.theorem3.1/flow/variances/amended
    value: lam - number n * (variance_along n d z u + square (mean_along n d z u))
    compared: 11eda9c86de0-a4767359ffc5 *)
Theorem moment n d z u s : (0 < n)%N -> (forall b, (b < d)%N -> combined n z (seen d z u) b = s * u b) ->
  length2 d u = 1 -> s = n%:R * (variance_along n d z u + square (mean_along n d z u)).
Proof.
move=> n0 axis unit; rewrite -(second_moment axis unit) /variance_along number_natr; to_field; rewrite subrK.
by rewrite mulrC divfK // pnatr_eq0 -lt0n.
Qed.

(** claim: gbcl.theorem3.1/centred/variances
    value: lam - number n * variance_along n d z u
    compared: c282bc5f02d8-7a76340a8707 *)
Theorem centred n d z u s : (0 < n)%N -> (forall b, (b < d)%N -> sum n (fun i => z i b) = 0) ->
  (forall b, (b < d)%N -> combined n z (seen d z u) b = s * u b) -> length2 d u = 1 ->
  s = n%:R * variance_along n d z u.
Proof.
move=> n0 mean0 axis unit; rewrite [LHS](moment n0 axis unit); congr (_ * _).
suff -> : @mean_along R (field_arithmetic R) n d z u = 0 by rewrite /square; to_field; rewrite mul0r addr0.
have total : @sum R (field_arithmetic R) n (seen d z u) = 0.
  by rewrite /seen sum_exchange; apply: sum_all0 => b lt_bd; rewrite sum_mulr mean0 //; exact: mul0r.
by rewrite /mean_along total; exact: mul0r.
Qed.

(** The parts of an error e = sum_i b_i u_i along orthonormal principal axes, and how |e|^2 falls: -2 times the second and the
    third number are its derivatives in t along - X X^T e and along - e.
    claim: gbcl.theorem3.1/flow/rates
    value: let e := combined m u b in
      [inner d e (combined n z (seen d z e)) - Σ (i < m) (lam i * square (b i)); inner d e e - Σ (i < m) square (b i)]
    compared: 61a397f4962f-13b6598ae0b1 *)
Theorem rates n d m z (u : nat -> nat -> R) (beta lam : nat -> R) (h : R) :
  (forall i b, (i < m)%N -> (b < d)%N -> combined n z (seen d z (u i)) b = lam i * u i b) ->
  (forall i j, (i < m)%N -> (j < m)%N -> inner d (u i) (u j) = multiple_of_identity 1 i j) ->
  let e := combined m u beta in
  let dual := combined n z (seen d z e) in
  length2 d (fun b => e b - h * dual b) =
    length2 d e - 2%:R * h * sum m (fun i => lam i * square (beta i)) + h ^+ 2 * length2 d dual /\
  length2 d (fun b => e b - h * e b) =
    length2 d e - 2%:R * h * sum m (fun i => square (beta i)) + h ^+ 2 * length2 d e.
Proof.
move=> axes orthonormal e dual.
have along (w : nat -> R) i : (i < m)%N -> inner d (u i) (combined m u w) = w i.
  move=> lt_im; rewrite adjoint -[RHS](sum_indicator (w i) lt_im); apply: sum_ext => j lt_jm.
  have -> : seen d u (u i) j = multiple_of_identity 1 i j by rewrite -orthonormal // inner_sym.
  by rewrite /multiple_of_identity; case: PeanoNat.Nat.eqb_spec => [->|_]; to_field; rewrite ?mul1r ?mul0r.
have with_e (w : nat -> R) : inner d (combined m u w) e = sum m (fun i => w i * beta i).
  rewrite inner_sym adjoint inner_sym; apply: sum_ext => i lt_im; to_field; congr (_ * _); rewrite [LHS]inner_sym.
  by rewrite -[RHS](along beta i lt_im) inner_sym.
have dual_eq b : (b < d)%N -> dual b = combined m u (fun i => lam i * beta i) b.
  move=> lt_bd; rewrite /dual /combined; to_field.
  rewrite (@sum_ext R n _ (fun i => sum m (fun l => beta l * (seen d z (u l) i * z i b)))); last first.
    move=> i _; have -> : @seen R (field_arithmetic R) d z e i = sum m (fun l => beta l * seen d z (u l) i).
      rewrite [LHS]adjoint inner_sym; apply: sum_ext => l _; congr (_ * _); exact: inner_sym.
    by rewrite -sum_mulr; apply: sum_ext => l _; to_field; rewrite mulrA.
  rewrite sum_exchange; apply: sum_ext => l lt_lm; rewrite sum_mull; to_field.
  by rewrite -[sum n _]/(combined n z (seen d z (u l)) b) axes //; ring.
have expand (w : nat -> R) : length2 d (fun b => e b - h * w b) = length2 d e - 2%:R * h * inner d w e + h ^+ 2 * length2 d w.
  rewrite !length2E inner_subr !inner_subl !inner_scaler !inner_scalel [inner d e w]inner_sym; ring.
split; rewrite expand; congr (_ - _ * _ + _).
  rewrite (@inner_ext R d _ (combined m u (fun i => lam i * beta i)) _ e) // with_e.
  by apply: sum_ext => i _; rewrite /square; to_field; rewrite mulrA.
by rewrite with_e.
Qed.

(** claim: gbcl.theorem3.1/flow/faster/amended
    value: Σ (i < m) (lam i * square (b i)) - Σ (i < m) square (b i)
    compared: bd56f1938678-27927e605b1c *)
Theorem faster m (lam beta : nat -> R) : (forall i, (i < m)%N -> 1 < lam i) -> 0 < sum m (fun i => square (beta i)) ->
  sum m (fun i => square (beta i)) < sum m (fun i => lam i * square (beta i)).
Proof.
move=> large off; rewrite -subr_gt0 -sum_sub; have part i : (i < m)%N -> 0 <= lam i * square (beta i) - square (beta i).
  by move=> lt_im; rewrite -[X in _ - X]mul1r -mulrBl mulr_ge0 ?subr_ge0 ?(ltW (large i lt_im)) // sqr_ge0.
rewrite lt_neqAle sum_ge0 // andbT eq_sym; apply/eqP => /(sum_eq0 part) all0; move: off.
rewrite (sum_all0 (f := fun i => square (beta i))) ?ltxx // => i lt_im; have /eqP := all0 i lt_im.
by rewrite -[X in _ - X]mul1r -mulrBl mulf_eq0 subr_eq0 gt_eqF ?large //= => /eqP.
Qed.

(** claim: gbcl.theorem3.1/best-step/best-step/amended
    value: (hi + lo) * rho - (hi - lo)
    compared: 4125366aca70-fd56cf79c983 *)
Theorem best_step (lo hi eta rho : R) : 0 < lo -> 0 < hi -> 1 - eta * lo <= rho -> eta * hi - 1 <= rho ->
  (hi - lo) / (hi + lo) <= rho.
Proof.
move=> lo0 hi0 at_lo at_hi; rewrite ler_pdivr_mulr ?addr_gt0 //.
have -> : hi - lo = (1 - eta * lo) * hi + (eta * hi - 1) * lo by ring.
by rewrite mulrDr ler_add // ler_pmul2r.
Qed.

(** claim: gbcl.theorem3.1/one-step/step/amended
    value: square b - square (after_step eps size sigma b)
    compared: 8c20f97526ab-627cb73ebb7f *)
Theorem step (eps size sigma beta : R) : 0 < eps -> 0 < size -> 0 < sigma -> beta != 0 -> eps * size * square sigma < 1 ->
  square (after_step eps size sigma beta) < square beta.
Proof.
move=> eps0 size0 sigma0 off stable; rewrite /after_step /square in stable *; move: stable; to_field.
have g0 : 0 < eps * size * (sigma * sigma) by rewrite !mulr_gt0.
have -> : 2%:R * eps * size * (sigma * sigma) = 2%:R * (eps * size * (sigma * sigma)) by ring.
move: (eps * size * _) g0 => g g0 g1; rewrite -subr_gt0.
have -> : beta * beta - (1 - 2%:R * g) * beta * ((1 - 2%:R * g) * beta) = 4%:R * g * (1 - g) * beta ^+ 2 by ring.
by apply: mulr_gt0; [rewrite !mulr_gt0 ?ltr0n ?subr_gt0 | rewrite exprn_even_gt0].
Qed.

End Theorem31.
