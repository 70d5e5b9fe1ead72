(** Section 4.5: what one projected step by one row does to an assignment. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import definitions span_definitions step_definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Incremental.
Variable R : realFieldType.
Implicit Types (k : nat) (q r v w y : nat -> R) (eta target : R).

(** w is the projection of v onto the simplex: its entries sum to 1 and are max(0, v_j - t) for one t. *)
Definition is_projection k v w : Prop := sum k w = 1 /\ exists t, forall j, (j < k)%N -> w j = Num.max 0 (v j - t).

Lemma projection_in_simplex k v w : is_projection k v w -> simplex k w.
Proof. by move=> [mass [t w_eq]]; split=> // j lt_jk; rewrite w_eq // le_maxr lexx. Qed.

(** The angle at a projection is not acute, wherever y is in the simplex; c may be added to all entries of v. *)
Lemma obtuse k v w y c : is_projection k v w -> simplex k y ->
  0 <= sum k (fun j => (v j + c - w j) * (w j - y j)).
Proof.
move=> [mass [t w_eq]] [y0 massy].
have -> : sum k (fun j => (v j + c - w j) * (w j - y j)) =
    sum k (fun j => (v j - t - w j) * (w j - y j)) + (t + c) * (sum k w - sum k y).
  by rewrite -sum_sub -sum_mull -sum_add; apply: sum_ext => j _; ring.
rewrite mass massy subrr mulr0 addr0; apply: sum_ge0 => j lt_jk; rewrite w_eq //.
case: (lerP 0 (v j - t)) => side; first by rewrite subrr mul0r.
by rewrite subr0 sub0r mulrN oppr_ge0; apply: mulr_le0_ge0; [exact: ltW | exact: y0].
Qed.

(** The projection is the nearest point of the simplex. *)
Theorem projection_is_nearest k v w y : is_projection k v w -> simplex k y -> distance2 k v w <= distance2 k v y.
Proof.
move=> proj on; rewrite -subr_ge0.
have -> : distance2 k v y - distance2 k v w =
    distance2 k w y + 2%:R * sum k (fun j => (v j + 0 - w j) * (w j - y j)).
  by rewrite /distance2 /norm2 -sum_mull -sum_sub -sum_add; apply: sum_ext => j _; to_field; ring.
rewrite addr_ge0 // ?mulr_ge0 ?ler0n ?obtuse //.
by apply: sum_ge0 => j _; apply: sqr_ge0.
Qed.

(** claim: ddcl.incremental/pass/update/amended
    value: gained k r eta q y (projected k (stepped k r (dot k r y) eta q))
    compared: a37bc23f3eff-f6814dc281b1 *)
Theorem closer k r eta q y w : simplex k q -> simplex k y -> is_projection k (stepped k r (dot k r y) eta q) w ->
  0 <= gained k r eta q y w.
Proof.
move=> [q0 massq] on proj; have [_ massy] := on; rewrite /gained.
set e := step_error k r (dot k r y) q.
have [m m_eq] : {m : R | (sum k r / number k)%A = m} by exists (sum k r / number k)%A.
have offset : sum k (fun j => (r j - m) * (y j - q j)) = e.
  transitivity (sum k (fun j => r j * y j) - sum k (fun j => r j * q j) - m * (sum k y - sum k q)).
    by rewrite -!sum_sub -sum_mull -sum_sub; apply: sum_ext => j _; ring.
  by rewrite massq massy subrr mulr0 subr0.
have expand : distance2 k q y - distance2 k w y + (eta * e) ^+ 2 * row_spread k r =
    distance2 k w (fun j => q j + eta * e * (r j - m)) +
    2%:R * sum k (fun j => (stepped k r (dot k r y) eta q j + - (eta * e * m) - w j) * (w j - y j)) +
    2%:R * (eta * e) * sum k (fun j => (r j - m) * (y j - q j)).
  rewrite /distance2 /norm2 /row_spread m_eq -[_ ^+ 2 * _]sum_mull -[2%:R * sum _ _]sum_mull.
  rewrite -[2%:R * _ * sum _ _]sum_mull -sum_sub -!sum_add; apply: sum_ext => j _.
  by rewrite /stepped -/e; to_field; ring.
have turn := @obtuse k _ w y (- (eta * e * m)) proj on.
have -> : (distance2 k q y - distance2 k w y - eta * square e * (2 - eta * row_spread k r))%A =
    distance2 k q y - distance2 k w y + (eta * e) ^+ 2 * row_spread k r - 2%:R * (eta * e) * e.
  by to_field; move: (distance2 k q y) (distance2 k w y) (row_spread k r) => a b c; ring.
rewrite expand offset addrK addr_ge0 // ?mulr_ge0 ?ler0n //.
by apply: sum_ge0 => j _; apply: sqr_ge0.
Qed.

(** claim: ddcl.incremental/repeated/fixed/amended
    value: entries k (fun j => projected k (stepped k r (dot k r q) eta q) j - q j)
    compared: fa4ef3510b6d-2cf55505e31f *)
Theorem fixed k r eta q w j : simplex k q -> is_projection k (stepped k r (dot k r q) eta q) w -> (j < k)%N -> w j = q j.
Proof.
move=> on proj lt_jk; have near := projection_is_nearest proj on.
have still i : stepped k r (dot k r q) eta q i = q i by rewrite /stepped /step_error; to_field; rewrite subrr mulr0 mul0r addr0.
have zero : distance2 k (stepped k r (dot k r q) eta q) q = 0.
  by apply: sum_all0 => i _; rewrite still; to_field; rewrite subrr mul0r.
have ge0 i : (i < k)%N -> 0 <= square (stepped k r (dot k r q) eta q i - w i)%A by move=> _; apply: sqr_ge0.
have eq0 : distance2 k (stepped k r (dot k r q) eta q) w = 0.
  by apply/eqP; rewrite eq_le -{1}zero near sum_ge0.
have := sum_eq0 ge0 eq0 lt_jk; rewrite still; to_field => /eqP; rewrite mulf_eq0 orbb subr_eq0 => /eqP ->.
by [].
Qed.

Lemma cauchy_schwarz k (a b : nat -> R) :
  sum k (fun j => a j * b j) ^+ 2 <= sum k (fun j => square (a j)) * sum k (fun j => square (b j)).
Proof.
rewrite -subr_ge0; set D := (X in 0 <= X).
have twice : 2%:R * D = sum k (fun i => sum k (fun j => (a i * b j - a j * b i) ^+ 2)).
  have term i j : (a i * b j - a j * b i) ^+ 2 =
      square (a i) * square (b j) + square (b i) * square (a j) - 2%:R * ((a i * b i) * (a j * b j)) by to_field; ring.
  under [RHS]sum_ext => i _ do under sum_ext => j _ do rewrite term.
  under [RHS]sum_ext => i _ do rewrite sum_sub sum_add !sum_mull.
  rewrite sum_sub sum_add sum_mull !sum_mulr /D; set x := sum k (fun j => square (a j)).
  by set y := sum k (fun j => square (b j)); set z := sum k (fun j => a j * b j); ring.
rewrite -(pmulr_rge0 D (ltr0n R 2)) twice.
by apply: sum_ge0 => i _; apply: sum_ge0 => j _; apply: sqr_ge0.
Qed.

(** claim: ddcl.incremental/step/error
    value: square (step_error k r target q) - square (step_error k r target (projected k (stepped k r target eta q)))
    compared: 2065146b6523-562a1f867571 *)
Theorem error_falls k r target eta q w : simplex k q -> is_projection k (stepped k r target eta q) w -> 0 <= eta ->
  eta * row_spread k r <= 2%:R -> square (step_error k r target w) <= square (step_error k r target q).
Proof.
move=> on proj eta0 short; have [_ massq] := on; have [massw _] := proj.
set e := step_error k r target q; pose x j := w j - q j.
have [m m_eq] : {m : R | (sum k r / number k)%A = m} by exists (sum k r / number k)%A.
set s := sum k (fun j => r j * x j).
have centred : sum k (fun j => (r j - m) * x j) = s.
  transitivity (s - m * (sum k w - sum k q)); last by rewrite massw massq subrr mulr0 subr0.
  by rewrite /s -sum_sub -sum_mull -sum_sub; apply: sum_ext => j _; rewrite /x; ring.
have after : step_error k r target w = e - s.
  rewrite /e /s /step_error /dot; to_field; rewrite -addrA -opprD -sum_add; congr (_ - _).
  by apply: sum_ext => j _; rewrite /x; ring.
set L := sum k (fun j => square (x j)).
have L0 : 0 <= L by apply: sum_ge0 => j _; apply: sqr_ge0.
have short_move : L <= eta * (e * s).
  rewrite -subr_ge0; apply: le_trans (@obtuse k _ w q 0 proj on) _.
  rewrite le_eqVlt; apply/orP; left; apply/eqP; rewrite /s /L mulrA -[eta * e * sum _ _]sum_mull -sum_sub.
  by apply: sum_ext => j _; rewrite /stepped -/e /x; to_field; ring.
have bound : s ^+ 2 <= row_spread k r * L.
  by rewrite -centred; have := cauchy_schwarz k (fun j => r j - m) x; rewrite /row_spread m_eq.
have spread0 : 0 <= row_spread k r by apply: sum_ge0 => j _; apply: sqr_ge0.
have twice : s ^+ 2 <= 2%:R * (e * s).
  have [es|es] := leP 0 (e * s).
    apply: le_trans bound _; apply: le_trans (ler_wpmul2l spread0 short_move) _.
    move: (row_spread k r) short => sp short; have -> : sp * (eta * (e * s)) = eta * sp * (e * s) by ring.
    exact: ler_wpmul2r.
  have : eta * (e * s) <= 0 by rewrite mulr_ge0_le0 // ltW.
  move=> /(le_trans short_move) Lle; have LE : L = 0 by apply/eqP; rewrite eq_le Lle L0.
  have : s ^+ 2 <= 0 by rewrite -(mulr0 (row_spread k r)) -LE.
  by rewrite le_eqVlt sqrf_eq0 ltNge sqr_ge0 orbF => /eqP s0; move: es; rewrite s0 mulr0 ltxx.
rewrite after; to_field; rewrite -subr_ge0.
have -> : e * e - (e - s) * (e - s) = 2%:R * (e * s) - s ^+ 2 by ring.
by rewrite subr_ge0.
Qed.

End Incremental.
