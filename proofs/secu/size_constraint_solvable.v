(** (8): one-hot labels need not meet bounds of gamma n/k, miss them by less than an instance, and can be dearer than the dual problem. *)
From Coq Require Import QArith.
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.secu Require Import labels_definitions size_constraint_definitions size_constraint.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** Each of the n labels is that of one of k clusters. *)
Definition one_hot (R : realFieldType) (n k : nat) (y : nat -> nat -> R) : Prop :=
  forall i, (i < n)%N -> exists2 m, (m < k)%N & forall l, (l < k)%N -> y i l = if m == l then 1 else 0.

Section Solvable.
Variable R : realFieldType.
Implicit Types (n k : nat) (c u v w : nat -> nat -> R) (rho : nat -> R) (gamma : R).

Lemma number_natr n : number n = n%:R :> R.
Proof. by elim: n => [|n /= ->] //; to_field; rewrite mulrSr. Qed.

Lemma sum_cat n m (f : nat -> R) : sum (n + m) f = sum n f + sum m (fun i => f (n + i)%N).
Proof. by elim: m => [|m IH]; [rewrite addn0 /=; to_field; rewrite addr0 | rewrite addnS !sumS IH addrA]. Qed.

(** Instances dealt out to the clusters in turn *)
Let in_turn k i j : R := if (i %% k == j)%N then 1 else 0.

Lemma whole_rounds q k j : (j < k)%N -> size (q * k) (in_turn k) j = q%:R.
Proof.
move=> lt_jk; elim: q => [|q IH] //; rewrite mulSnr /size sum_cat -/(size _ _ _) IH mulrSr; congr (_ + _).
rewrite -[RHS](sum_indicator 1 lt_jk); apply: sum_ext => i lt_ik.
by rewrite /in_turn modnMDl modn_small // eq_sym; case: PeanoNat.Nat.eqb_spec => [->|/eqP/negbTE ->]; rewrite ?eqxx.
Qed.

Lemma size_in_turn n k j : (j < k)%N -> (n %/ k)%:R <= size n (in_turn k) j.
Proof.
move=> lt_jk; rewrite {2}(divn_eq n k) -(whole_rounds _ lt_jk) /size sum_cat ler_addl.
by apply: sum_ge0 => i _; rewrite /in_turn; case: ifP => _; rewrite ?ler01.
Qed.

Lemma rounded n k : (0 < k)%N -> n%:R / k%:R - k.-1%:R / k%:R <= (n %/ k)%:R :> R.
Proof.
move=> k0; rewrite -mulrBl ler_pdivr_mulr ?ltr0n // ler_subl_addr -natrM -natrD ler_nat {1}(divn_eq n k) leq_add2l.
by rewrite -ltnS prednK // ltn_mod.
Qed.

(** claim: secu.size-constraint/optimal-duals/solvable/amended
    value: let labelling code := fun i j => if Nat.eqb (Nat.modulo (Nat.div code (Nat.pow k i)) k) j then 1 else 0 in
      - smallest (entries (Nat.pow k n) (fun code => - smallest (entries k (room_below n k gamma (labelling code)))))
      + number (k - 1) / number k
    compared: 3f53e797f6e7-cc2f47f38651 *)
Theorem nearly_solvable n k gamma : (0 < k)%N -> gamma <= 1 ->
  exists2 y, one_hot n k y & forall j, (j < k)%N -> 0 <= room_below n k gamma y j + k.-1%:R / k%:R.
Proof.
move=> k0 gamma1; exists (in_turn k) => [i _|j lt_jk]; first by exists (i %% k)%N; rewrite ?ltn_mod.
rewrite /room_below; to_field; rewrite !number_natr addrAC subr_ge0 -ler_subl_addr.
apply: le_trans (size_in_turn n lt_jk); apply: le_trans (rounded n k0); rewrite ler_sub //.
by rewrite -[X in _ <= X]mul1r ler_wpmul2r // divr_ge0 ?ler0n.
Qed.

(** claim: secu.size-constraint/optimal-duals/solvable
    role: refutes
    value: let labelling code := fun i j => if Nat.eqb (Nat.modulo (Nat.div code (Nat.pow k i)) k) j then 1 else 0 in
      - smallest (entries (Nat.pow k n) (fun code => - smallest (entries k (room_below n k gamma (labelling code)))))
    witness: {"c": [[0, 0]], "gamma": 1}
    compared: c49a2712d576-236c38b9cfb0 *)
Theorem not_solvable : ~ (forall n k gamma, (0 < n)%N -> (1 < k)%N -> 0 <= gamma -> gamma <= 1 ->
  exists2 y : nat -> nat -> R, one_hot n k y & feasible n k gamma y).
Proof.
move/(_ 1%N 2%N 1 isT isT ler01 (lexx 1)) => [y /(_ 0%N isT) [m lt_m2 hot] room].
have lt_other : (1 - m < 2)%N by case: m lt_m2 {hot} => [|[]].
have := room _ lt_other; rewrite /room_below /size /= hot //; to_field.
have -> : (m == 1 - m)%N = false by case: m lt_m2 {hot lt_other} => [|[]].
by rewrite !add0r !mul1r oppr_ge0 leNgt invr_gt0 addr_gt0 ?ltr01.
Qed.

(** The value of (8) for two instances, two clusters and 0 < gamma <= 1: one instance in each cluster.
    claim: secu.size-constraint/optimal-duals/dual-value
    role: refutes
    value: smallest [c 0%nat 0%nat + c 1%nat 1%nat; c 0%nat 1%nat + c 1%nat 0%nat] - lagrangian 2 2 c rho gamma u
    witness: {"c": [[0, 1], [0, 1]], "rho": [0, 1], "gamma": "1/2", "u": [[1, 0], [1, 0]], "w": [["3/4", "1/4"], ["3/4", "1/4"]]}
    compared: 008da578bffe-bb0bce442a40 *)
Theorem dual_value_refuted : ~ (forall c rho gamma u w, (forall j, (j < 2)%N -> 0 <= rho j) -> 0 < gamma -> gamma <= 1 ->
  one_hot 2 2 u -> follows_rule 2 2 (score c rho) u -> labels 2 2 w -> feasible 2 2 gamma w ->
  cost 2 2 c w = lagrangian 2 2 c rho gamma u ->
  Num.min (c 0%N 0%N + c 1%N 1%N) (c 0%N 1%N + c 1%N 0%N) = lagrangian 2 2 c rho gamma u).
Proof.
move=> claimed; pose second (j : nat) : R := if j is 1%N then 1 else 0.
pose first (_ j : nat) : R := if j is 0%N then 1 else 0.
pose w (_ j : nat) : R := if j is 0%N then 3%:R / 4%:R else 1 / 4%:R.
have half0 : 0 < 2%:R^-1 :> R by rewrite invr_gt0 ltr0n.
have half1 : 2%:R^-1 <= 1 :> R by rewrite invf_le1 ?ltr0n // ler1n.
have := claimed (fun=> second) second 2%:R^-1 first w.
have -> : lagrangian 2 2 (fun=> second) second 2%:R^-1 first = 2%:R^-1.
  by rewrite /lagrangian /cost /room_below /size /first /second /=; to_field; field.
rewrite /second addr0 add0r minxx; suff ne : 1 <> 2%:R^-1 :> R.
  move=> absurd; apply: ne; apply: absurd => //.
  - by case=> [|[|j]] //= _; rewrite ?ler01.
  - by move=> i _; exists 0%N => // [[|[|l]]].
  - by move=> i m j _; case: m => [|[|m]] //; case: j => [|[|j]] // _ _; rewrite /score /first /second /=; to_field; rewrite ?subrr ?subr0 ?ltxx.
  - by move=> i _; split=> [[|[|j]] //= _|]; rewrite ?divr_ge0 ?ler0n ?ler01 //= /w; to_field; field.
  - case=> [|[|j]] // _.
      by rewrite (_ : room_below _ _ _ _ _ = 1) ?ler01 // /room_below /size /w /=; to_field; field.
    by rewrite (_ : room_below _ _ _ _ _ = 0) // /room_below /size /w /=; to_field; field.
  - by rewrite /cost /w /=; to_field; field.
by move/esym/eqP; rewrite invr_eq1 (eqr_nat R 2 1).
Qed.
End Solvable.
