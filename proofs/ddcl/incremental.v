(** Section 4.5, Appendix H: the projection onto the simplex, and what an update (18)-(20) does. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import definitions incremental_definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Projection.
Variable R : realFieldType.
Implicit Types (k : nat) (v w y q r : nat -> R) (eta tau target : R).

(** w is v cut off at a threshold, and lies in the simplex. *)
Definition projects k v w : Prop := simplex k w /\ exists tau, forall j, (j < k)%N -> w j = Num.max 0 (v j - tau).

(** The angle at w is not acute. *)
Lemma obtuse k v w y : projects k v w -> simplex k y -> sum k (fun j => (v j - w j) * (y j - w j)) <= 0.
Proof.
move=> [[_ mass_w] [tau cut]] [y0 mass_y].
have -> : sum k (fun j => (v j - w j) * (y j - w j)) = sum k (fun j => (v j - tau - w j) * (y j - w j)).
  have term j : (v j - w j) * (y j - w j) = (v j - tau - w j) * (y j - w j) + tau * (y j - w j) by ring.
  under [LHS]sum_ext => j _ do rewrite term.
  by rewrite sum_add sum_mull sum_sub mass_w mass_y subrr mulr0 addr0.
rewrite -oppr_ge0 -sum_neg; apply: sum_ge0 => j lt_jk; rewrite (cut j lt_jk).
have [low|high] := lerP (v j - tau) 0; last by rewrite subrr mul0r oppr0.
by rewrite !subr0 -mulNr mulr_ge0 ?oppr_ge0 // y0.
Qed.

Lemma three_points k v w y : norm2 k (fun j => v j - y j) =
  norm2 k (fun j => v j - w j) + norm2 k (fun j => y j - w j) - 2%:R * sum k (fun j => (v j - w j) * (y j - w j)).
Proof. rewrite /norm2 -sum_mull -sum_add -sum_sub; apply: sum_ext => j _; to_field; by ring. Qed.

Lemma norm2_ge0 k (x : nat -> R) : 0 <= norm2 k x.
Proof. by apply: sum_ge0 => c _; exact: sqr_ge0. Qed.

Lemma nearer k v w y : projects k v w -> simplex k y ->
  distance2 k v w + norm2 k (fun j => y j - w j) <= distance2 k v y.
Proof.
move=> on iny; rewrite /distance2 (three_points k v w y) -subr_ge0 opprD !addrA.
rewrite [X in 0 <= X](_ : _ = - (2%:R * sum k (fun j => (v j - w j) * (y j - w j)))).
  by rewrite oppr_ge0 mulr_ge0_le0 ?ler0n // obtuse.
by to_field; move: (norm2 _ _) (norm2 _ _) (sum _ _) => a b e; ring.
Qed.

(** claim: ddcl.incremental/pass/nearest
    value: let v j := if Nat.ltb j s then w j + tau else tau - nu (j - s)%nat in
           let w' j := if Nat.ltb j s then w j else 0 in
           let y j := (if Nat.ltb j s then b j else c (j - s)%nat) / (sum s b + sum e c) in
           distance2 (s + e) v y - distance2 (s + e) v w'
    scope: all s, e
    compared: 387405c692ee-a396f274529b *)
Theorem nearest k v w y : projects k v w -> simplex k y -> distance2 k v w <= distance2 k v y.
Proof. by move=> on iny; apply: le_trans (nearer on iny); rewrite ler_addl norm2_ge0. Qed.

(** The entries of v in descending order *)
Definition descending k v : Prop := forall i l, (i <= l)%N -> (l < k)%N -> v l <= v i.

Lemma cut_ge k v w tau j : (forall j, (j < k)%N -> w j = Num.max 0 (v j - tau)) -> (j < k)%N -> v j - tau <= w j.
Proof. by move=> cut lt_jk; rewrite (cut j lt_jk) le_maxr lexx orbT. Qed.

Lemma sum_first k (f : nat -> R) j : (j <= k)%N -> (forall i, (i < k)%N -> 0 <= f i) -> sum j f <= sum k f.
Proof.
elim: k => [|k IH]; first by rewrite leqn0 => /eqP ->.
rewrite leq_eqVlt ltnS => /orP [/eqP -> _|le_jk f0]; first exact: lexx.
by rewrite sumS (le_trans (IH le_jk _)) ?ler_addl ?f0 // => i lt_ik; apply: f0; exact: ltnW.
Qed.

(** claim: ddcl.incremental/pass/sort-keeps
    value: let mass := sum h head + w + sum t tail in
           number (S h) * (w / mass + tau) + 1 - (sum h (fun i => head i / mass + tau) + (w / mass + tau))
    scope: all h, t
    compared: d7a90a6c34e3-68668194f38b *)
Theorem sort_keeps k v w j : projects k v w -> descending k v -> (j < k)%N -> 0 < w j ->
  0 < j.+1%:R * v j + 1 - sum j.+1 v.
Proof.
move=> [[w0 mass] [tau cut]] sorted lt_jk support.
have above i : (i < j.+1)%N -> v i = w i + tau.
  rewrite ltnS => le_ij; have lt_ik := leq_ltn_trans le_ij lt_jk.
  have high : 0 < v j - tau by move: support; rewrite (cut j lt_jk) lt_maxr ltxx.
  rewrite (cut i lt_ik) max_r ?subrK //; apply: ltW; apply: lt_le_trans high _.
  by rewrite ler_add2r; exact: sorted.
rewrite (sum_ext above) (above j) // sum_add sum_const.
rewrite [X in 0 < X](_ : _ = j.+1%:R * w j + (1 - sum j.+1 w)); last by move: (sum _ _) => a; ring.
apply: ltr_paddr; last by rewrite mulr_gt0 // ltr0n.
by rewrite subr_ge0 -mass sum_first.
Qed.

(** claim: ddcl.incremental/pass/sort-stops
    value: - (number (s + m + 1) * (tau - nu) + 1
              - (sum s (fun i => w i + tau) + sum m (fun i => tau - before i) + (tau - nu)))
    scope: all s, m
    compared: 1a7ddcdcccde-2303cd49b21c *)
Theorem sort_stops k v w j : projects k v w -> descending k v -> (j < k)%N -> w j = 0 ->
  j.+1%:R * v j + 1 - sum j.+1 v <= 0.
Proof.
move=> [[w0 mass] [tau cut]] sorted lt_jk off.
have low : v j - tau <= 0 by rewrite -off; exact: cut_ge lt_jk.
have beyond i : (i < k)%N -> (j <= i)%N -> w i = 0.
  move=> lt_ik le_ji; rewrite (cut i lt_ik) max_l //; apply: le_trans low; rewrite ler_add2r; exact: sorted.
have total : sum j.+1 w = 1.
  rewrite -mass; apply/le_anti; rewrite sum_first //=.
  have all_there n : (n <= k)%N -> sum n w <= sum (minn n j.+1) w.
    elim: n => [|n IH] le_nk; first by rewrite min0n.
    rewrite sumS; case: (ltnP n j.+1) => [lt_nj|le_jn].
      by rewrite (minn_idPl lt_nj).
    rewrite (beyond n le_nk (ltnW le_jn)) addr0 (le_trans (IH (ltnW le_nk))) //.
    by rewrite !(minn_idPr _) // (leq_trans le_jn).
  by have := all_there k (leqnn k); rewrite (minn_idPr lt_jk).
have each i : (i < j.+1)%N -> w i + v j <= v i.
  rewrite ltnS => le_ij; have lt_ik := leq_ltn_trans le_ij lt_jk.
  rewrite (cut i lt_ik) -ler_subr_addr le_maxl subr_ge0 sorted //= ler_add2l ler_opp2.
  by rewrite -subr_le0.
have := sum_le each; rewrite sum_add sum_const total => bound.
by rewrite subr_le0 addrC.
Qed.

(** A constant that is added to v does not change its projection. *)
Lemma shift k v w (a : R) : projects k v w -> projects k (fun j => v j - a) w.
Proof.
move=> [inw [tau cut]]; split=> //; exists (tau - a) => j lt_jk; rewrite (cut j lt_jk).
by congr (Num.max _ _); ring.
Qed.

Lemma centred k r (x : nat -> R) : sum k x = 0 ->
  sum k (fun i => (r i - sum k r / number k) * x i) = sum k (fun i => r i * x i).
Proof.
move=> zero; under [LHS]sum_ext => i _ do rewrite mulrBl.
by rewrite sum_sub sum_mull zero mulr0 subr0.
Qed.

(** The update before its projection, without the part that the projection ignores *)
Let centred_step k r target eta q i := q i + eta * row_error k r target q * (r i - sum k r / number k).

Lemma centred_projects k r target eta q w : projects k (stepped k r target eta q) w ->
  projects k (centred_step k r target eta q) w.
Proof.
move=> on; have := shift (eta * row_error k r target q * (sum k r / number k)) on.
have same i : stepped k r target eta q i - eta * row_error k r target q * (sum k r / number k) =
  centred_step k r target eta q i by rewrite /stepped /centred_step; to_field; ring.
move=> [inw [tau cut]]; split=> //; exists tau => j lt_jk; by rewrite -same cut.
Qed.

(** claim: ddcl.incremental/pass/update/amended
    value: let target := sum k (fun i => r i * y i) in
           distance2 k q y - distance2 k (updated k r target eta q) y
           - eta * square (row_error k r target q) * (2 - eta * spread k r)
    compared: a37bc23f3eff-b3e25fc563b8 *)
Theorem closer k r eta q y w : simplex k q -> simplex k y ->
  let target := sum k (fun i => r i * y i) in let e := row_error k r target q in
  projects k (stepped k r target eta q) w ->
  eta * e ^+ 2 * (2%:R - eta * spread k r) <= distance2 k q y - distance2 k w y.
Proof.
move=> [_ mass_q] iny target e on; have [_ mass_y] := iny.
have near := nearer (centred_projects on) iny.
have same : distance2 k w y = norm2 k (fun j => y j - w j) by apply: sum_ext => j _; to_field; ring.
have bound : distance2 k w y <= distance2 k (centred_step k r target eta q) y.
  by apply: le_trans near; rewrite same ler_addr norm2_ge0.
rewrite -subr_ge0; rewrite -subr_ge0 in bound; apply: le_trans bound _; rewrite le_eqVlt; apply/orP; left; apply/eqP.
have expansion : distance2 k (centred_step k r target eta q) y = distance2 k q y
    + 2%:R * (eta * e) * sum k (fun i => (r i - sum k r / number k) * (q i - y i)) + (eta * e) ^+ 2 * spread k r.
  rewrite /distance2 /norm2 /spread -!sum_mull -!sum_add; apply: sum_ext => i _.
  rewrite /centred_step -/e; to_field; move: (sum k r * _) => m; by ring.
rewrite expansion centred; last by rewrite sum_sub mass_q mass_y subrr.
have -> : sum k (fun i => r i * (q i - y i)) = - e.
  under [LHS]sum_ext => i _ do rewrite mulrBr.
  by rewrite sum_sub /e /row_error /target; to_field; rewrite opprB.
move: (distance2 k q y) (distance2 k w y) (spread k r) => a b s; by ring.
Qed.

(** claim: ddcl.incremental/repeated/fixed/amended
    value: entries k (fun i => updated k r (sum k (fun j => r j * q j)) eta q i - q i)
    compared: fa4ef3510b6d-5666b132e3fa *)
Theorem stays k r eta q w i : simplex k q -> projects k (stepped k r (sum k (fun j => r j * q j)) eta q) w ->
  (i < k)%N -> w i = q i.
Proof.
move=> inq on lt_ik; have := nearer on inq; rewrite /distance2.
have step j : stepped k r (sum k (fun j => r j * q j)) eta q j = q j.
  by rewrite /stepped /row_error; to_field; rewrite subrr mulr0 mul0r addr0.
have -> : norm2 k (fun c => stepped k r (sum k (fun j => r j * q j)) eta q c - q c) = 0.
  by apply: sum_all0 => j _; rewrite step; to_field; rewrite subrr mul0r.
move=> small; have zero : norm2 k (fun j => q j - w j) = 0.
  apply/le_anti; rewrite norm2_ge0 andbT; apply: le_trans small; rewrite ler_addr; exact: norm2_ge0.
have term j : (j < k)%N -> 0 <= square (q j - w j) by move=> _; exact: sqr_ge0.
by have := sum_eq0 term zero lt_ik; move/eqP; rewrite mulf_eq0 orbb subr_eq0 => /eqP.
Qed.

Lemma norm2_combination k (a b : R) (x v : nat -> R) : norm2 k (fun i => a * x i - b * v i) =
  a ^+ 2 * norm2 k x - 2%:R * a * b * sum k (fun i => x i * v i) + b ^+ 2 * norm2 k v.
Proof. rewrite /norm2 -!sum_mull -sum_sub -sum_add; apply: sum_ext => i _; to_field; by ring. Qed.

(** Cauchy-Schwarz *)
Lemma cauchy_schwarz k (x v : nat -> R) : sum k (fun i => x i * v i) ^+ 2 <= norm2 k x * norm2 k v.
Proof.
have [v0|v_neq0] := eqVneq (norm2 k v) 0.
  have term j : (j < k)%N -> 0 <= square (v j) by move=> _; exact: sqr_ge0.
  rewrite [sum k _](_ : _ = 0) ?expr0n ?v0 ?mulr0 //; apply: sum_all0 => j lt_jk.
  by have := sum_eq0 term v0 lt_jk; move/eqP; rewrite mulf_eq0 orbb => /eqP ->; rewrite mulr0.
have pos : 0 < norm2 k v by rewrite lt_def v_neq0 norm2_ge0.
set s := sum k _; rewrite -subr_ge0 -(pmulr_rge0 _ pos).
have -> : norm2 k v * (norm2 k x * norm2 k v - s ^+ 2) = norm2 k (fun i => norm2 k v * x i - s * v i).
  by rewrite norm2_combination -/s; move: (norm2 k x) (norm2 k v) => a b; ring.
exact: norm2_ge0.
Qed.

(** claim: ddcl.incremental/step/error
    value: square (row_error k r target q) - square (row_error k r target (updated k r target eta q))
    compared: 2065146b6523-7e74da8b0c47 *)
Theorem error_falls k r target eta q w : simplex k q -> 0 <= eta -> eta * spread k r <= 2%:R ->
  projects k (stepped k r target eta q) w ->
  row_error k r target w ^+ 2 <= row_error k r target q ^+ 2.
Proof.
move=> inq eta0 short on; have [[_ mass_w] _] := on; have [_ mass_q] := inq.
set e := row_error k r target q; set x := sum k (fun i => r i * (w i - q i)).
have after : row_error k r target w = e - x.
  have -> : x = sum k (fun i => r i * w i) - sum k (fun i => r i * q i).
    by rewrite /x -sum_sub; apply: sum_ext => i _; rewrite mulrBr.
  by rewrite /e /row_error; to_field; move: (sum k _) (sum k _) => a b; ring.
have moved : sum k (fun i => w i - q i) = 0 by rewrite sum_sub mass_w mass_q subrr.
have angle := obtuse (centred_projects on) inq.
have bound : norm2 k (fun i => w i - q i) <= eta * e * x.
  rewrite -subr_le0; apply: le_trans angle; rewrite le_eqVlt; apply/orP; left; apply/eqP.
  rewrite /x -(centred r moved) /norm2 -sum_mull -sum_sub; apply: sum_ext => i _.
  rewrite /centred_step -/e; to_field; move: (sum k r * _) => m; by ring.
have D0 := norm2_ge0 k (fun i => w i - q i).
have square_bound : x ^+ 2 <= spread k r * norm2 k (fun i => w i - q i).
  by rewrite /x -(centred r moved); exact: cauchy_schwarz.
have S0 : 0 <= spread k r by exact: (norm2_ge0 k (fun i => r i - sum k r / number k)).
rewrite after -subr_ge0; have -> : e ^+ 2 - (e - x) ^+ 2 = 2%:R * e * x - x ^+ 2 by ring.
rewrite subr_ge0; apply: le_trans square_bound _; apply: le_trans (ler_wpmul2l S0 bound) _.
have [eta_zero|eta_neq0] := eqVneq eta 0.
  have zero : norm2 k (fun i => w i - q i) = 0.
    by apply/le_anti; rewrite D0 andbT; apply: le_trans bound _; rewrite eta_zero !mul0r.
  have x0 : x = 0.
    apply: sum_all0 => i lt_ik.
    have term j : (j < k)%N -> 0 <= square (w j - q j) by move=> _; exact: sqr_ge0.
    by have := sum_eq0 term zero lt_ik; move/eqP; rewrite mulf_eq0 orbb => /eqP ->; rewrite mulr0.
  by rewrite x0 !mulr0.
have ex0 : 0 <= e * x.
  have eta_pos : 0 < eta by rewrite lt_def eta_neq0.
  by rewrite -(pmulr_rge0 _ eta_pos) mulrA; exact: le_trans bound.
have -> : spread k r * (eta * e * x) = eta * spread k r * (e * x) by ring.
by rewrite -[2%:R * e * x]mulrA; exact: ler_wpmul2r.
Qed.

End Projection.
