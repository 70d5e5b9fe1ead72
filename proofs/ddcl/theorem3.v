(** Theorem 3: the linear model is stable where eta_theta a < eta_P b, and a spiral where also (tr J)^2 < 4ce.
    Square roots are those of a real closed field. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import flow_definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Theorem3.
Variable R : rcfType.
Variables a b c e eta_theta eta_P : R.
Hypotheses (c_gt0 : 0 < c) (e_gt0 : 0 < e).

Local Notation t := (loop_trace a b eta_theta eta_P).
Local Notation D := (discriminant a b c e eta_theta eta_P).
Local Notation top := (growth Num.sqrt a b c e eta_theta eta_P).
Local Notation radius2 := (squared_radius Num.sqrt Num.max a b c e eta_theta eta_P).

Let ce_gt0 : 0 < c * e.
Proof. exact: mulr_gt0. Qed.

Let two_gt0 : 0 < 2%:R^-1 :> R.
Proof. by rewrite invr_gt0 ltr0n. Qed.

Lemma discriminant_eq : D = t * t - 4%:R * (c * e).
Proof. by rewrite /discriminant; to_field; ring. Qed.

Lemma growth_eq : top = (t + Num.sqrt D) / 2%:R.
Proof. by []. Qed.

(** The root of the discriminant is less than |tr J|, as ce > 0. *)
Lemma root_lt_trace : t != 0 -> Num.sqrt D < `|t|.
Proof.
move=> t0; have square_gt0 : 0 < t ^+ 2 by rewrite exprn_even_gt0.
by rewrite -sqrtr_sqr ltr_sqrt // discriminant_eq expr2 ltr_subl_addr ltr_addl mulr_gt0 // ltr0n.
Qed.

(** growth is the largest real part of the eigenvalues. *)
Theorem growth_bounds x y : eigenvalue a b c e eta_theta eta_P x y -> x <= top.
Proof.
rewrite /eigenvalue growth_eq; to_field; move=> [re im].
rewrite ler_pdivl_mulr ?ltr0n // -ler_subl_addl.
have [y0|y0] := eqVneq y 0.
  apply: le_trans (ler_norm _) _; rewrite -sqrtr_sqr; apply: ler_wsqrtr.
  rewrite discriminant_eq; have -> : c * e = t * x - x * x by move: re; rewrite y0 => /eqP; rewrite mul0r subr0 addr_eq0 => /eqP H; rewrite -[LHS]opprK -H; ring.
  by rewrite le_eqVlt; apply/orP; left; apply/eqP; rewrite expr2; ring.
have -> : t = x * 2%:R; last by rewrite subrr sqrtr_ge0.
have : (2%:R * x - t) * y = 0 by rewrite -im; ring.
by move/eqP; rewrite mulf_eq0 (negbTE y0) orbF subr_eq0 mulrC => /eqP.
Qed.

Theorem growth_is_attained : exists y, eigenvalue a b c e eta_theta eta_P top y.
Proof.
exists (frequency Num.sqrt a b c e eta_theta eta_P); rewrite /eigenvalue growth_eq /frequency; to_field.
have two0 : 2%:R != 0 :> R by rewrite pnatr_eq0.
have both : Num.sqrt D * Num.sqrt (- D) = 0.
  have [D0|/ltW D0] := lerP D 0; first by rewrite ler0_sqrtr // mul0r.
  by rewrite [Num.sqrt (- D)]ler0_sqrtr ?mulr0 // oppr_le0.
have squares : Num.sqrt D * Num.sqrt D - Num.sqrt (- D) * Num.sqrt (- D) = D.
  rewrite -!expr2; have [D0|/ltW D0] := lerP D 0.
    by rewrite ler0_sqrtr // sqr_sqrtr ?oppr_ge0 // expr0n /= sub0r opprK.
  by rewrite [Num.sqrt (- D)]ler0_sqrtr ?oppr_le0 // expr0n /= subr0 sqr_sqrtr.
have form : c * e = (t * t - D) / 4%:R by rewrite discriminant_eq; field.
rewrite form; move: squares both; move: (Num.sqrt D) (Num.sqrt (- D)) => r s <- both; split.
  by field.
have -> : (1 + 1) * ((t + r) / (1 + 1)) * (s / (1 + 1)) - t * (s / (1 + 1)) = r * s / 2%:R by field.
by rewrite both mul0r.
Qed.

(** claim: ddcl.theorem3/asymptotic/sufficient
    claim: ddcl.theorem3/lyapunov/sufficient
    value: - growth rational_root a b c e eta_theta eta_P
    compared: de6f4748394a-330b7e2e38e1 *)
Theorem sufficient : eta_theta * a < eta_P * b -> growth Num.sqrt a b c e eta_theta eta_P < 0.
Proof.
rewrite -subr_lt0 => t0; rewrite growth_eq pmulr_llt0 // -ltr_subr_addl sub0r -(ltr0_norm t0).
by apply: root_lt_trace; rewrite lt_eqF.
Qed.

(** claim: ddcl.theorem3/asymptotic/necessary
    value: growth rational_root a b c e eta_theta eta_P
    compared: dc807a0afb18-0e343acaf85d *)
Theorem necessary : eta_P * b <= eta_theta * a -> 0 <= growth Num.sqrt a b c e eta_theta eta_P.
Proof. by rewrite -subr_ge0 => t0; rewrite growth_eq divr_ge0 ?ler0n // addr_ge0 // sqrtr_ge0. Qed.

(** claim: ddcl.theorem3/asymptotic/unstable
    value: growth rational_root a b c e eta_theta eta_P
    compared: 80454864bdb7-aecaa9bd5dc9 *)
Theorem unstable : eta_P * b < eta_theta * a -> 0 < growth Num.sqrt a b c e eta_theta eta_P.
Proof. by rewrite -subr_gt0 => t0; rewrite growth_eq mulr_gt0 // ltr_paddr // sqrtr_ge0. Qed.

(** claim: ddcl.theorem3/lyapunov/necessary/amended
    value: growth rational_root a b c e eta_theta eta_P
    compared: 0ce0411b40b9-266f0328266d *)
Theorem unstable_off_the_boundary : eta_P * b <= eta_theta * a -> eta_theta * a != eta_P * b ->
  0 < growth Num.sqrt a b c e eta_theta eta_P.
Proof. by move=> le ne; apply: unstable; rewrite lt_def ne le. Qed.

(** claim: ddcl.theorem3/asymptotic/spiral
    value: frequency rational_root a b c e eta_theta eta_P
    compared: 2242c295ad56-811e10faa005 *)
Theorem spiral : square (loop_trace a b eta_theta eta_P) < 4%:R * c * e ->
  0 < frequency Num.sqrt a b c e eta_theta eta_P.
Proof.
move=> narrow; apply: mulr_gt0; last exact: two_gt0.
by rewrite sqrtr_gt0 oppr_gt0 discriminant_eq subr_lt0 mulrA.
Qed.

(** claim: ddcl.theorem3/asymptotic/no-spiral
    value: frequency rational_root a b c e eta_theta eta_P
    compared: 5828ffb93f91-759b42a1a235 *)
Theorem no_spiral : 4%:R * c * e <= square (loop_trace a b eta_theta eta_P) ->
  frequency Num.sqrt a b c e eta_theta eta_P = 0.
Proof.
move=> wide; rewrite /frequency; to_field; rewrite ler0_sqrtr ?mul0r // oppr_le0.
by rewrite discriminant_eq subr_ge0 mulrA.
Qed.

(** At eta_theta a = eta_P b the eigenvalues are a purely imaginary pair: the system is stable there. *)
Theorem centre : eta_theta * a = eta_P * b -> growth Num.sqrt a b c e eta_theta eta_P = 0.
Proof.
move=> eq; have t0 : t = 0 by rewrite /loop_trace; to_field; rewrite eq subrr.
rewrite growth_eq t0 ler0_sqrtr ?addr0 ?mul0r // discriminant_eq t0 mul0r sub0r oppr_le0.
by rewrite ltW // mulr_gt0 // ltr0n.
Qed.

(** What |1 + lambda|^2 is on both sides of the discriminant. *)
Lemma radius_of_a_pair : D <= 0 -> radius2 = 1 + t + c * e.
Proof.
move=> D0; rewrite /squared_radius; to_field.
rewrite ler0_sqrtr // addr0 subr0 maxxx max_l ?oppr_ge0 // discriminant_eq.
by move: (t) => u; field.
Qed.

(** claim: ddcl.theorem3/discrete/sufficient/amended
    value: 1 - squared_radius rational_root larger_rational a b c e eta_theta eta_P
    compared: 8c02e5368d50-f25205c29376 *)
Theorem steps_contract : eta_theta * a < eta_P * b -> c * e < eta_P * b - eta_theta * a ->
  0 < 4%:R + 2%:R * loop_trace a b eta_theta eta_P + c * e ->
  squared_radius Num.sqrt Num.max a b c e eta_theta eta_P < 1.
Proof.
move=> faster; have t0 : t < 0 by rewrite subr_lt0.
have -> : eta_P * b - eta_theta * a = - t by rewrite /loop_trace; to_field; ring.
move=> damped short; have [D0|D0] := lerP D 0.
  by rewrite radius_of_a_pair // -addrA gtr_addl -ltr_subr_addl sub0r.
have wide : 0 < 4%:R + t.
  apply: lt_trans short _; rewrite -subr_gt0.
  have -> : 4%:R + t - (4%:R + 2%:R * t + c * e) = - t - c * e by ring.
  by rewrite subr_gt0.
have below : Num.sqrt D < 4%:R + t.
  rewrite -(gtr0_norm wide) -sqrtr_sqr ltr_sqrt; last by rewrite exprn_gt0.
  rewrite discriminant_eq -subr_gt0.
  have -> : (4%:R + t) ^+ 2 - (t * t - 4%:R * (c * e)) = 4%:R * (4%:R + 2%:R * t + c * e) by ring.
  by rewrite mulr_gt0 // ltr0n.
have above : Num.sqrt D < - t by rewrite -(ltr0_norm t0) root_lt_trace // lt_eqF.
have r0 : 0 <= Num.sqrt D := sqrtr_ge0 _; rewrite /squared_radius; to_field.
rewrite [Num.max (- _) _]max_r ?oppr_le0 ?(ltW D0) // mul0r addr0.
have inside (x : R) : - 4%:R < x -> x < 0 -> (1 + x / (1 + 1)) * (1 + x / (1 + 1)) < 1.
  move=> x4 x0; rewrite -subr_gt0.
  have -> : 1 - (1 + x / (1 + 1)) * (1 + x / (1 + 1)) = (- x) * (x + 4%:R) / 4%:R by field.
  by rewrite divr_gt0 ?ltr0n // mulr_gt0 ?oppr_gt0 // -ltr_subl_addr sub0r.
rewrite lt_maxl; apply/andP; split; apply: inside.
- apply: lt_le_trans (_ : t <= _); last by rewrite ler_addl.
  by rewrite ltr_oppl -subr_gt0 opprK.
- by rewrite -ltr_subr_addl sub0r.
- by rewrite ltr_subr_addl -ltr_subr_addr opprK addrC.
- by rewrite (le_lt_trans _ t0) // ger_addl oppr_le0.
Qed.

(** claim: ddcl.theorem3/discrete/necessary
    value: squared_radius rational_root larger_rational a b c e eta_theta eta_P - 1
    compared: 263be4ab0b7e-ec57c11c6787 *)
Theorem steps_do_not_contract : eta_P * b <= eta_theta * a ->
  1 <= squared_radius Num.sqrt Num.max a b c e eta_theta eta_P.
Proof.
rewrite -subr_ge0 => t0; rewrite /squared_radius; to_field.
have rest : 0 <= Num.max (- D) 0 / ((1 + 1) * (1 + 1)).
  by apply: divr_ge0; rewrite ?mulr_ge0 ?addr_ge0 ?ler01 // le_maxr lexx orbT.
apply: ler_paddr => //; rewrite le_maxr; apply/orP; left.
have half : 0 <= (t + Num.sqrt D) / (1 + 1) by apply: divr_ge0; apply: addr_ge0; rewrite ?ler01 ?sqrtr_ge0.
by apply: mulr_ege1; rewrite ler_addl.
Qed.

End Theorem3.

(** claim: ddcl.theorem3/lyapunov/necessary
    role: refutes
    value: growth rational_root a b c e eta_theta eta_P
    witness: {"a": 1, "b": 1, "c": 1, "e": 1, "eta_theta": 1, "eta_P": 1}
    compared: 6720ca3a903d-9ec44e92742b *)
Theorem not_unstable_at_the_boundary (R : rcfType) : exists a b c e eta_theta eta_P : R,
  [/\ 0 < a, 0 < b, 0 < c, 0 < e & 0 < eta_theta] /\
  [/\ 0 < eta_P, eta_P * b <= eta_theta * a & growth Num.sqrt a b c e eta_theta eta_P = 0].
Proof. by exists 1, 1, 1, 1, 1, 1; rewrite !ltr01 centre ?ltr01. Qed.

(** claim: ddcl.theorem3/discrete/sufficient
    role: refutes
    value: 1 - squared_radius rational_root larger_rational a b c e eta_theta eta_P
    witness: {"a": 1, "b": 2, "c": 2, "e": 1, "eta_theta": 1, "eta_P": 1}
    compared: 4fd69bd585d1-6925bda06e85 *)
Theorem steps_need_not_contract (R : rcfType) : exists a b c e eta_theta eta_P : R,
  [/\ 0 < a, 0 < b, 0 < c, 0 < e & 0 < eta_theta] /\
  [/\ 0 < eta_P, eta_theta * a < eta_P * b & 1 < squared_radius Num.sqrt Num.max a b c e eta_theta eta_P].
Proof.
exists 1, 2%:R, 2%:R, 1, 1, 1; rewrite !ltr01 !ltr0n !mul1r ltr1n; split=> //; split=> //.
have trace_eq : loop_trace 1 2%:R 1 1 = -1 :> R by rewrite /loop_trace; to_field; ring.
rewrite radius_of_a_pair; first by rewrite trace_eq mulr1 subrr add0r ltr1n.
rewrite discriminant_eq trace_eq; have -> : -1 * -1 - 4%:R * (2%:R * 1) = - 7%:R :> R by ring.
by rewrite oppr_le0 ler0n.
Qed.
