(** Proposition 5: total collapse under L_OLS. *)
From Coq Require Import QArith List Lia.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions covariance_definitions collapse_definitions.

(** ** Counterexamples, over the rationals *)
Open Scope Q_scope.

(** claim: ddcl.proposition5/fixed/fixed-point-at-any-q
    role: refutes
    value: ols_power n k d z (collapsed n z) q v
    witness: {"z": [[1], [-1]], "q": [[1, 0], [0, 1]], "v": [[1], [0]]}
    compared: 917340a55d33-f97e21f0c141 *)
Theorem collapse_moves_at_given_shares : exists n k d z q v,
  (forall m, (m < n)%nat -> (forall j, (j < k)%nat -> 0 <= q m j) /\ sum k (q m) == 1) /\
  ~ ols_power n k d z (collapsed n z) q v == 0.
Proof.
  exists 2%nat, 2%nat, 1%nat, (matrix [[1]; [-(1)]]), (matrix [[1; 0]; [0; 1]]), (matrix [[1]; [0]]).
  split; [|vm_compute; discriminate].
  intros [|[|m]] lt_m; [| |lia]; (split; [intros [|[|j]] lt_j; [| |lia]; vm_compute; discriminate | reflexivity]).
Qed.

(** The force leaves a state other than collapse as it is.

    claim: ddcl.proposition5/fixed/attractor
    role: refutes
    value: - ols_power n k d z p (uniform k) (fun j c => p j c - mean_of n z c)
    witness: {"z": [[1], [-1]], "p": [[1], [-1]]}
    compared: 43269d4aa0cd-e8523afd9771 *)
Theorem not_attracted_at_uniform_shares : exists n k d z p, ~ p 0%nat 0%nat == mean_of n z 0 /\
  ~ 0 < - ols_power n k d z p (uniform k) (fun j c => p j c - mean_of n z c).
Proof.
  exists 2%nat, 2%nat, 1%nat, (matrix [[1]; [-(1)]]), (matrix [[1]; [-(1)]]).
  split; vm_compute; discriminate.
Qed.

(** q free

    claim: ddcl.proposition5/free/stable
    role: refutes
    value: curvature_at_0 (free_level n k d z (centred k v))
    witness: {"z": [[1], [-1]], "v": [[1], [-1]]}
    compared: 223296825281-13169d7d3b02 *)
Theorem not_stable_when_free : exists n k d z v, ~ 0 <= curvature_at_0 (free_level n k d z (centred k v)).
Proof.
  exists 2%nat, 2%nat, 1%nat, (matrix [[1]; [-(1)]]), (matrix [[1]; [-(1)]]); vm_compute; auto.
Qed.

(** claim: ddcl.proposition5/free/attractor
    role: refutes
    value: curvature_at_0 (free_level n k d z (centred k v))
    witness: {"z": [[1], [-1]], "v": [[1], [-1]]}
    compared: 26d93a3d0e36-d7bcc815e008 *)
Theorem not_attracting_when_free : exists n k d z v, ~ v 0%nat 0%nat == v 1%nat 0%nat /\
  ~ 0 < curvature_at_0 (free_level n k d z (centred k v)).
Proof.
  exists 2%nat, 2%nat, 1%nat, (matrix [[1]; [-(1)]]), (matrix [[1]; [-(1)]]); split; vm_compute; discriminate.
Qed.
Close Scope Q_scope.

(** ** What holds, over every ordered field *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Proposition5.
Variable R : realFieldType.
Implicit Types (n k d : nat) (x u : nat -> R) (z p q v w : nat -> nat -> R).

Lemma number_eq k : number k = k%:R :> R.
Proof. by elim: k => [|k IH] //=; to_field; rewrite IH -mulrSr. Qed.

Lemma number_neq0 k : (0 < k)%N -> number k != 0 :> R.
Proof. by rewrite number_eq pnatr_eq0 -lt0n. Qed.

(** Deviations from the mean sum to 0. *)
Lemma deviations_sum0 n z c : (0 < n)%N -> sum n (fun m => z m c - mean_of n z c) = 0.
Proof.
move=> n0; rewrite sum_sub sum_const -number_eq /mean_of; to_field.
by move: (sum n _) (number n) (number_neq0 n0) => s t t0; field.
Qed.

Lemma mixture_of_collapse k x (y : nat -> R) c : sum k x = 1 -> mixture k x (fun=> y) c = y c.
Proof. by move=> mass; rewrite /mixture; to_field; rewrite sum_mulr mass mul1r. Qed.

(** claim: ddcl.proposition5/fixed/fixed-point-at-any-q/amended
    value: ols_power n k d z (collapsed n z) q v
    compared: c018286287ee-006f5e13ce02 *)
Theorem at_rest_if_centres_agree n k d z q v : (forall m, (m < n)%N -> sum k (q m) = 1) ->
  (forall j c, (j < k)%N -> (c < d)%N -> sum n (fun m => q m j * (z m c - mean_of n z c)) = 0) ->
  ols_power n k d z (collapsed n z) q v = 0.
Proof.
move=> mass centres; apply: sum_all0 => j lt_jk; apply: sum_all0 => c lt_cd; rewrite /mean_force; to_field.
have -> : sum n (fun m => ols_force k (z m) (collapsed n z) (q m) j c) = 0; last by rewrite mul0r mulr0.
have each m : (m < n)%N -> ols_force k (z m) (collapsed n z) (q m) j c = 2%:R * (q m j * (z m c - mean_of n z c)).
  by move=> lt_mn; rewrite /ols_force /collapsed mixture_of_collapse ?mass //; to_field; ring.
by rewrite (sum_ext each) sum_mull centres // mulr0.
Qed.

(** Soft shares of one place: every prototype has the same weight w m.

    claim: ddcl.proposition5/stopped/fixed-point
    value: ols_power n k d z (collapsed n z) (fun _ => share k (fun _ => 1)) v
    compared: 8e771b1b082e-b6f6e3d3de3f *)
Theorem at_rest n k d z v x : (0 < n)%N -> (0 < k)%N -> (forall m, (m < n)%N -> 0 < x m) ->
  ols_power n k d z (collapsed n z) (fun m => share k (fun=> x m)) v = 0.
Proof.
move=> n0 k0 x0; have k_neq0 : k%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
have shares m j : (m < n)%N -> share k (fun=> x m) j = k%:R^-1.
  by move=> lt_mn; rewrite /share sum_const; to_field; rewrite invfM mulrCA mulfV ?mulr1 // gt_eqF ?x0.
apply: at_rest_if_centres_agree => [m lt_mn|j c lt_jk lt_cd].
  by rewrite (sum_ext (g := fun=> k%:R^-1)) => [|j _]; rewrite ?shares // sum_const mulfV.
have each m : (m < n)%N -> share k (fun=> x m) j * (z m c - mean_of n z c) = k%:R^-1 * (z m c - mean_of n z c).
  by move=> lt_mn; rewrite shares.
by rewrite (sum_ext each) sum_mull deviations_sum0 // mulr0.
Qed.

(** At uniform shares all prototypes feel the same force. *)
Lemma uniform_force n k z p j c : (0 < n)%N -> (0 < k)%N ->
  mean_force n k z p (uniform k) j c = (mean_of n z c - mean_of k p c) * (2%:R * k%:R^-1).
Proof.
move=> n0 k0; have k_neq0 := number_neq0 k0; have n_neq0 := number_neq0 n0.
rewrite /mean_force /ols_force /uniform /mixture; to_field.
rewrite sum_mull sum_mull sum_sub sum_const -(number_eq n) -(number_eq k) /mean_of; to_field.
move: (sum n _) (sum k _) => s t; by field; rewrite k_neq0 n_neq0.
Qed.

Lemma mean_of_differences k p x c : (0 < k)%N -> mean_of k (fun j c => p j c - x c) c = mean_of k p c - x c.
Proof.
by move=> k0; rewrite /mean_of; to_field; rewrite sum_sub sum_const mulrBl -number_eq [_ * x c]mulrC mulfK // number_neq0.
Qed.

Lemma uniform_power n k d z p v : (0 < n)%N -> (0 < k)%N ->
  ols_power n k d z p (uniform k) v = 2%:R * sum d (fun c => mean_of k v c * (mean_of n z c - mean_of k p c)).
Proof.
move=> n0 k0; rewrite /ols_power /dot; to_field.
under sum_ext => j _ do under sum_ext => c _ do rewrite uniform_force //.
rewrite sum_exchange -sum_mull; apply: sum_ext => c _; rewrite sum_mulr /mean_of !number_eq; to_field.
by move: (_ - _) => difference; move: (sum k _) k%:R^-1 => s r; ring.
Qed.

(** claim: ddcl.proposition5/fixed/stable
    value: - ols_power n k d z p (uniform k) (fun j c => p j c - mean_of n z c)
    compared: 5eb3493d00a8-886ce98837e7 *)
Theorem stable_at_uniform_shares n k d z p : (0 < n)%N -> (0 < k)%N ->
  0 <= - ols_power n k d z p (uniform k) (fun j c => p j c - mean_of n z c).
Proof.
move=> n0 k0; rewrite uniform_power // -mulrN -sum_neg; apply: mulr_ge0; first exact: ler0n.
apply: sum_ge0 => c _; rewrite mean_of_differences //.
by rewrite -mulrN opprB; exact: sqr_ge0.
Qed.

(** claim: ddcl.proposition5/fixed/attractor/amended
    value: ols_power n k d z p (uniform k) (centred k p)
    compared: 0917cc111ce6-8f1214098466 *)
Theorem differences_stay n k d z p : (0 < n)%N -> (0 < k)%N -> ols_power n k d z p (uniform k) (centred k p) = 0.
Proof.
move=> n0 k0; rewrite uniform_power //; have -> := @sum_all0 R d; first by rewrite mulr0.
by move=> c _; rewrite /centred (mean_of_differences p (mean_of k p)) // subrr mul0r.
Qed.

Lemma halves k :
  [/\ Nat.div2 (k + k) = k, Nat.div2 (k + k).+1 = k, Nat.even (k + k) = true & Nat.even (k + k).+1 = false].
Proof.
elim: k => // k [half half1 even odd]; rewrite addSn addnS.
have halved m : Nat.div2 m.+2 = (Nat.div2 m).+1 by [].
have parity m : Nat.even m.+2 = Nat.even m by [].
by rewrite !halved !parity half half1 even odd.
Qed.

(** Pairs of prototypes z + v_j and z - v_j have equal weights x_j each. *)
Lemma paired_mixture k (y : nat -> R) v x c : 0 < sum (k + k)%N (fun i => x (Nat.div2 i)) ->
  mixture (k + k)%N (share (k + k)%N (fun i => x (Nat.div2 i))) (paired y v) c = y c.
Proof.
set total := sum _ _ => total0; rewrite /mixture /share -/total; to_field.
have -> : sum (k + k)%N (fun j => x (Nat.div2 j) / total * paired y v j c) =
    total^-1 * sum (k + k)%N (fun j => x (Nat.div2 j) * paired y v j c).
  by rewrite -sum_mull; apply: sum_ext => j _; ring.
have -> : sum (k + k)%N (fun j => x (Nat.div2 j) * paired y v j c) = total * y c.
  rewrite /total; clear; elim: k => [|k IH]; first by rewrite mul0r.
  rewrite addSn addnS !sumS IH /paired.
  have [-> -> -> ->] := halves k.
  by to_field; move: (sum _ _) => s; ring.
by rewrite mulrA mulVf ?mul1r // gt_eqF.
Qed.

(** Identical samples y

    claim: ddcl.proposition5/stopped/attractor/amended
    value: ols_power 1 (k + k) d (fun _ => z) (paired z v)
             (fun _ => share (k + k) (fun i => boltzmann T (norm2 d (v (Nat.div2 i))))) (fun i => u (Nat.div2 i))
    compared: 6f0a07177fea-e58ee0d7eb8c *)
Theorem pairs_at_rest n k d (y : nat -> R) v x (steps : nat -> nat -> R) : (0 < k)%N -> (forall j, 0 < x j) ->
  ols_power n (k + k) d (fun=> y) (paired y v) (fun=> share (k + k) (fun i => x (Nat.div2 i))) steps = 0.
Proof.
move=> k0 x0; apply: sum_all0 => j _; apply: sum_all0 => c _; rewrite /mean_force; to_field.
have -> := @sum_all0 R n; first by rewrite mul0r mulr0.
move=> m _; rewrite /ols_force paired_mixture; last by apply: (@sum_gt0 _ _ _ 0); rewrite ?addn_gt0 ?k0.
by to_field; rewrite subrr mulr0.
Qed.

(** q free: near collapse *)
Lemma centred_sum0 k v c : (0 < k)%N -> sum k (fun j => centred k v j c) = 0.
Proof. by move=> k0; rewrite /centred deviations_sum0. Qed.

(** The mixture at collapse, moved: its second-order part is sum_j b_j v_j. *)
Lemma moved_mixture k (y b : nat -> R) v (e : R) c : (0 < k)%N -> sum k b = 0 ->
  mixture k (fun j => inv (number k) + e * b j)%A (fun j c => y c + e * v j c)%A c =
  y c + e * mean_of k v c + e ^+ 2 * sum k (fun j => b j * v j c).
Proof.
move=> k0 still; rewrite /mixture /mean_of; to_field.
have term j : ((number k)^-1 + e * b j) * (y c + e * v j c) =
    (number k)^-1 * y c + e * y c * b j + e * (number k)^-1 * v j c + e ^+ 2 * (b j * v j c) by ring.
under [LHS]sum_ext => j _ do rewrite term.
rewrite !sum_add !sum_mull still sum_const -(number_eq k).
by move: (number k) (number_neq0 k0) (sum k _) (sum k _) => N N0 s t; field.
Qed.

Lemma dots_vanish n k d z v m : (0 < k)%N ->
  sum k (fun j => dot d (centred k v j) (fun c => z m c - mean_of n z c)%A) = 0.
Proof.
move=> k0; rewrite /dot sum_exchange; apply: sum_all0 => c _; to_field.
by rewrite sum_mulr centred_sum0 // mul0r.
Qed.

Local Definition offset n z (m c : nat) : R := z m c - mean_of n z c.
Local Definition bend n k d z v (m c : nat) : R := sum k (fun j => dot d (centred k v j) (offset n z m) * v j c).
Local Definition over n d (f : nat -> nat -> R) : R := sum n (fun m => sum d (fun c => f m c)) / number n.

(** claim: ddcl.proposition5/free/fixed-point
    value: slope_at_0 (free_level n k d z v)
    compared: 9eb1e5ddf13f-d08550d3483b *)
Theorem at_rest_when_free n k d z v : (0 < n)%N -> (0 < k)%N ->
  exists a2 a3 a4, forall e, free_level n k d z v e = free_level n k d z v 0 + a2 * e ^+ 2 + a3 * e ^+ 3 + a4 * e ^+ 4.
Proof.
move=> n0 k0; set y := offset n z; set r := bend n k d z v; set u : nat -> R := mean_of k v.
exists (over n d (fun m c => u c * u c - 2%:R * y m c * r m c)), (over n d (fun m c => 2%:R * u c * r m c)).
exists (over n d (fun m c => r m c * r m c)).
have level e : free_level n k d z v e = over n d (fun m c => square (y m c - e * u c - e ^+ 2 * r m c)).
  rewrite /free_level /over; to_field; congr (_ / _); apply: sum_ext => m _; apply: sum_ext => c _; congr (square _).
  rewrite moved_mixture ?dots_vanish // -[X in e ^+ 2 * X]/(r m c) -/(u c) /y /offset; to_field.
  by move: (mean_of n z c) (u c) (r m c) => s t f; ring.
move=> e; rewrite !level /over.
have -> : forall s a b f : R, s / number n + a / number n * e ^+ 2 + b / number n * e ^+ 3 + f / number n * e ^+ 4 =
    (s + a * e ^+ 2 + b * e ^+ 3 + f * e ^+ 4) / number n by move=> s a b f; field; rewrite number_neq0.
congr (_ / _).
have linear : sum n (fun m => sum d (fun c => - 2%:R * e * (u c * y m c))) = 0.
  rewrite sum_exchange; apply: sum_all0 => c _; by rewrite !sum_mull /y deviations_sum0 // !mulr0.
rewrite -[RHS]addr0 -[X in _ = _ + X]linear -!sum_mulr -!sum_add; apply: sum_ext => m _; rewrite -!sum_mulr -!sum_add.
by apply: sum_ext => c _; to_field; ring.
Qed.

(** claim: ddcl.proposition5/free/stable/amended
    claim: ddcl.proposition5/free/attractor/amended
    value: - curvature_at_0 (free_level n k d z (centred k v))
    compared: d2dccacd1681-4fadf5312917 *)
Theorem repels_when_free n k d z v m j : (0 < n)%N -> (0 < k)%N -> (m < n)%N -> (j < k)%N ->
  dot d (centred k v j) (fun c => z m c - mean_of n z c) != 0 ->
  exists a b, 0 < a /\
    forall e, free_level n k d z (centred k v) e = free_level n k d z (centred k v) 0 - a * e ^+ 2 + b * e ^+ 4.
Proof.
move=> n0 k0 lt_mn lt_jk vary; set w := centred k v; set y := offset n z.
have mean0 c : mean_of k w c = 0 by rewrite /mean_of centred_sum0 //; to_field; rewrite mul0r.
have same i c : centred k w i c = w i c by rewrite {1}/centred mean0; to_field; rewrite subr0.
pose b m i : R := @dot R (field_arithmetic R) d (w i) (y m); pose r m c : R := @sum R (field_arithmetic R) k (fun i => b m i * w i c).
exists (2%:R * sum n (fun m => sum k (fun i => square (b m i))) / number n).
exists (sum n (fun m => sum d (fun c => r m c * r m c)) / number n); split.
  apply: divr_gt0; last by rewrite number_eq ltr0n.
  apply: mulr_gt0; first by rewrite ltr0n.
  have sq i l : 0 <= square (b i l) by exact: sqr_ge0.
  apply: lt_le_trans (sum_ge_term (f := fun m => sum k (fun i => square (b m i))) lt_mn _) => [|i _]; last exact: sum_ge0.
  apply: lt_le_trans (sum_ge_term (f := fun i => square (b m i)) lt_jk _) => [|i _]; last exact: sq.
  by rewrite lt_def mulf_neq0 ?vary //=; exact: sq.
have level e : free_level n k d z w e = sum n (fun m => sum d (fun c => square (y m c - e ^+ 2 * r m c))) / number n.
  rewrite /free_level; to_field; congr (_ / _); apply: sum_ext => i _; apply: sum_ext => c _; congr (square _).
  have turned : sum k (fun l => dot d (centred k w l) (fun c => z i c - mean_of n z c)%A * w l c) = r i c.
    by apply: sum_ext => l _; congr (_ * _); apply: sum_ext => a _; rewrite same.
  rewrite moved_mixture ?dots_vanish // turned mean0 /y /offset; to_field.
  by move: (mean_of n z c) (r i c) => s t; ring.
have work : sum n (fun m => sum k (fun i => square (b m i))) = sum n (fun m => sum d (fun c => y m c * r m c)).
  apply: sum_ext => i _; rewrite /r; under [RHS]sum_ext => c _ do rewrite -sum_mull.
  rewrite sum_exchange; apply: sum_ext => l _; rewrite /square /= {1}/b /dot; to_field; rewrite -sum_mulr.
  by apply: sum_ext => c _; rewrite /b /dot; to_field; move: (sum d _) => s; ring.
move=> e; rewrite !level work.
have -> : forall s t f : R, s / number n - 2%:R * t / number n * e ^+ 2 + f / number n * e ^+ 4 =
    (s - 2%:R * e ^+ 2 * t + e ^+ 4 * f) / number n by move=> s t f; field; rewrite number_neq0.
congr (_ / _); rewrite -!sum_mull -sum_sub -sum_add; apply: sum_ext => i _.
by rewrite -!sum_mull -sum_sub -sum_add; apply: sum_ext => c _; to_field; ring.
Qed.

End Proposition5.
