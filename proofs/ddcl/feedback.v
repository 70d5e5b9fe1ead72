(** (38), the links of the cycle that hold. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import definitions covariance_definitions soft_definitions mechanism_definitions feedback_definitions.
From DDCL.ddcl Require Import covariance proposition6_mechanism.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Feedback.
Variable R : realFieldType.
Implicit Types (k d : nat) (z q w v : nat -> R) (p : nat -> nat -> R).

(** claim: ddcl.feedback/trace/covariance
    value: covariance_trace k q - covariance_trace k w
    compared: a641ae38aae2-c05bd85cb8bc *)
Theorem trace_falls k q w : sum k q = 1 -> sum k w = 1 -> norm2 k q <= norm2 k w ->
  covariance_trace k w <= covariance_trace k q.
Proof. by move=> massq massw sharper; rewrite !trace_eq // ler_add2l ler_opp2. Qed.

Lemma form_of_two q v : q 0%N + q 1%N = 1 -> covariance_form 2 q v = q 0%N * q 1%N * square (v 0%N - v 1%N).
Proof.
move=> mass; rewrite form_eq /= /square; to_field; have -> : q 1%N = 1 - q 0%N by rewrite -mass addrC addKr.
by move: (q 0%N) (v 0%N) (v 1%N) => a x y; ring.
Qed.

Lemma trace_of_two q : q 0%N + q 1%N = 1 -> covariance_trace 2 q = 2%:R * (q 0%N * q 1%N).
Proof.
move=> mass; rewrite /covariance_trace /covariance /=; to_field; have -> : q 1%N = 1 - q 0%N by rewrite -mass addrC addKr.
by move: (q 0%N) => a; ring.
Qed.

(** claim: ddcl.feedback/loewner/covariance/amended
    value: covariance_form 2 q v - covariance_form 2 w v
    compared: 03b89f570b77-5edb1cbd00ff *)
Theorem two_are_ordered q w v : q 0%N + q 1%N = 1 -> w 0%N + w 1%N = 1 -> norm2 2 q <= norm2 2 w ->
  covariance_form 2 w v <= covariance_form 2 q v.
Proof.
move=> massq massw sharper; rewrite !form_of_two //; apply: ler_wpmul2r; first exact: sqr_ge0.
have split r : r 0%N + r 1%N = 1 -> norm2 2 r = 1 - 2%:R * (r 0%N * r 1%N) :> R.
  move=> mass; rewrite /norm2 /=; to_field; have -> : r 1%N = 1 - r 0%N by rewrite -mass addrC addKr.
  by move: (r 0%N) => a; ring.
by move: sharper; rewrite !split // ler_add2l ler_opp2 ler_pmul2l // ltr0n.
Qed.

(** claim: ddcl.feedback/largest/covariance/amended
    value: covariance_trace 2 q - covariance_trace 2 w
    compared: 32489ef7ed5a-00c8a0a0b2b2 *)
Theorem two_by_the_largest q w : q 0%N + q 1%N = 1 -> w 0%N + w 1%N = 1 ->
  Num.max (q 0%N) (q 1%N) <= Num.max (w 0%N) (w 1%N) -> covariance_trace 2 w <= covariance_trace 2 q.
Proof.
move=> massq massw peaked; rewrite !trace_of_two // ler_pmul2l ?ltr0n //.
have split r : r 0%N + r 1%N = 1 -> let m := Num.max (r 0%N) (r 1%N) : R in
    r 0%N * r 1%N = m * (1 - m) /\ 1 <= 2%:R * m.
  move=> mass; have other : r 1%N = 1 - r 0%N by rewrite -mass addrC addKr.
  case: (lerP (r 0%N) (r 1%N)) => /= le; (split; first by rewrite other; ring).
    by rewrite -subr_ge0 (_ : _ - 1 = r 1%N - r 0%N) ?subr_ge0 //; rewrite other; ring.
  by rewrite -subr_ge0 (_ : _ - 1 = r 0%N - r 1%N) ?subr_ge0 ?ltW //; rewrite other; ring.
have [-> half] := split q massq; have [-> _] := split w massw.
move: (Num.max (q _) _) (Num.max (w _) _) half peaked => a b half le; rewrite -subr_ge0.
have -> : a * (1 - a) - b * (1 - b) = (b - a) * ((2%:R * a - 1) + (b - a)) by ring.
by rewrite mulr_ge0 ?subr_ge0 // addr_ge0 ?subr_ge0.
Qed.

(** V along each coordinate is the form of S_q. *)
Lemma variance_by_forms k d q p : sum k q = 1 ->
  variance k d p q = sum d (fun c => covariance_form k q (fun j => p j c)).
Proof.
move=> mass; rewrite variance_by_coordinates; apply: sum_ext => c _; rewrite form_eq.
set m := mixture k q p c; rewrite -/m; to_field.
have term j : q j * ((p j c - m) * (p j c - m)) = q j * (p j c * p j c) - 2%:R * m * (q j * p j c) + m * m * q j by ring.
under [LHS]sum_ext => j _ do rewrite term.
rewrite sum_add sum_sub !sum_mull mass -/(mixture k q p c) -/m; move: (sum k _) => s; ring.
Qed.

(** claim: ddcl.feedback/loewner/force/amended
    value: variance k d p q - variance k d p w
    compared: 9af86129b3e7-5d975594f05a *)
Theorem variance_falls k d q w p : sum k q = 1 -> sum k w = 1 -> (forall v, covariance_form k w v <= covariance_form k q v) ->
  variance k d p w <= variance k d p q.
Proof. by move=> massq massw lower; rewrite !variance_by_forms //; apply: sum_le => c _; apply: lower. Qed.

(** claim: ddcl.feedback/loss/separation/amended
    value: spread_rate k d p (loss_descent z q p) - 2 * 2 * number k * outward k d z q p
    compared: 5bff1b7f1c48-261b45631344 *)
Theorem loss_rate k d z q p : spread_rate k d p (loss_descent z q p) = 4%:R * (k%:R * outward k d z q p).
Proof.
have [->|k0] := posnP k; first by rewrite mul0r mulr0.
have k_neq0 : k%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
have number_eq : number k = k%:R :> R by elim: (k) => [|m IH] //=; to_field; rewrite IH -mulrSr.
rewrite /spread_rate /outward /loss_descent number_eq; to_field.
under [LHS]sum_ext => i _ do rewrite sum_exchange.
rewrite [LHS]sum_exchange; under [X in _ * (_ * X)]sum_ext => j _ do rewrite -sum_mull.
rewrite [X in _ * (_ * X)]sum_exchange -!sum_mull; apply: sum_ext => c _; rewrite pair_products.
set S := sum k (fun i => p i c); set A := sum k (fun j => q j * (p j c * (z c - p j c))).
set B := sum k (fun j => q j * (z c - p j c)).
have -> : sum k (fun j => p j c * ((1 + 1) * q j * (z c - p j c))) = 2%:R * A.
  by rewrite -sum_mull; apply: sum_ext => j _; ring.
have -> : sum k (fun j => (1 + 1) * q j * (z c - p j c)) = 2%:R * B by rewrite -sum_mull; apply: sum_ext => j _; ring.
have -> : sum k (fun j => q j * ((p j c - S / k%:R) * (z c - p j c))) = A - S / k%:R * B.
  by rewrite -[S / _ * B]sum_mull -sum_sub; apply: sum_ext => j _; ring.
by rewrite -/S; move: A B S => a b s; field.
Qed.

(** S_w is below S_q, and the force is larger: q = (1/6, 1/3, 1/2), w = (1/12, 2/3, 1/4), prototypes 0, 3 and 1.

    claim: ddcl.feedback/loewner/force
    role: refutes
    value: force2 k d q p - force2 k d w p
    witness: {"p": [[0], [3], [1]], "q": ["1/6", "1/3", "1/2"], "w": ["1/12", "2/3", "1/4"]}
    compared: acd4857eda31-7a15d1bd38f9 *)
Theorem lower_covariance_more_force : exists k d p q w, [/\ simplex k q, simplex k w,
  forall v, covariance_form k w v <= covariance_form k q v & force2 k d q p < force2 k d w p].
Proof.
pose three (a b c : R) (j : nat) : R := if j is 0%N then a else if j is 1%N then b else c.
exists 3%N, 1%N, (fun j _ => three 0 3%:R 1 j), (three 6%:R^-1 3%:R^-1 2%:R^-1), (three 12%:R^-1 (2%:R / 3%:R) 4%:R^-1).
have on a b c : 0 <= a -> 0 <= b -> 0 <= c -> a + b + c = 1 -> simplex 3 (three a b c).
  by move=> a0 b0 c0 mass; split; [case=> [|[|[|j]]] | rewrite /=; to_field; rewrite add0r].
split.
- by apply: on; rewrite ?invr_ge0 ?ler0n //; field.
- by apply: on; rewrite ?invr_ge0 ?divr_ge0 ?ler0n //; field.
- move=> v; rewrite !form_eq -subr_ge0 /=; to_field.
  set D := (X in 0 <= X); have -> : D = 16%:R^-1 * (v 0%N - v 2%N) ^+ 2 by rewrite /D; field.
  by rewrite mulr_ge0 ?invr_ge0 ?ler0n // sqr_ge0.
- rewrite /force2 /soft_definitions.pull /norm2 /mixture /=; to_field; rewrite -subr_gt0.
  set D := (X in 0 < X); have -> : D = 32%:R^-1 by rewrite /D; field.
  by rewrite invr_gt0 ltr0n.
Qed.

End Feedback.
