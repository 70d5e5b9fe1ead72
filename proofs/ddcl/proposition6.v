(** Proposition 6 at given assignments: L_q draws a pair together, L_OLS leaves it; with q free collapse is a saddle. *)
From Coq Require Import QArith List Lia.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions collapse_definitions pair_definitions.

(** ** Counterexamples, over the rationals *)
Open Scope Q_scope.

(** The net force is affine in the opening e, so that its rate is the difference between e = 1 and e = 0.

    claim: ddcl.proposition6/fixed/separates
    claim: ddcl.proposition6/free/separates
    role: refutes
    value: net_quantization d (z 0%nat) p (q 0%nat) 1 - net_quantization d (z 0%nat) p (q 0%nat) 0
    witness: {"z": [[1]], "p": [[1], [-1]], "q": [["1/2", "1/2"]]}
    compared: b40f3f1b3a44-f3803ee27ce4 *)
Theorem does_not_separate : exists d z p q, 0 <= q 0%nat /\ 0 <= q 1%nat /\ sum 2 q == 1 /\
  ~ norm2 d (half_difference p) == 0 /\ ~ 0 < net_quantization d z p q 1 - net_quantization d z p q 0.
Proof.
  exists 1%nat, (vector [1]), (matrix [[1]; [-(1)]]), (vector [1 # 2; 1 # 2]).
  repeat split; vm_compute; (reflexivity || discriminate).
Qed.

(** claim: ddcl.proposition6/fixed/absent-under-ols
    role: refutes
    value: net_ols k d (z 0%nat) p (q 0%nat) 1 - net_ols k d (z 0%nat) p (q 0%nat) 0
    witness: {"z": [[1]], "p": [[1], [-1]], "q": [["3/4", "1/4"]]}
    compared: 1b1adcb9741f-a521f90b0deb *)
Theorem not_absent_under_ols : exists d z p q, 0 <= q 0%nat /\ 0 <= q 1%nat /\ sum 2 q == 1 /\
  ~ norm2 d (half_difference p) == 0 /\ ~ net_ols 2 d z p q 1 - net_ols 2 d z p q 0 == 0.
Proof.
  exists 1%nat, (vector [1]), (matrix [[1]; [-(1)]]), (vector [3 # 4; 1 # 4]).
  repeat split; vm_compute; (reflexivity || discriminate).
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

Section Proposition6.
Variable R : realFieldType.
Implicit Types (n k d : nat) (a u q x : nat -> R) (z p : nat -> nat -> R) (e s t : R).

(** claim: ddcl.proposition6/fixed/size
    truth: (let rate := net_quantization d (z 0%nat) p (q 0%nat) 1 - net_quantization d (z 0%nat) p (q 0%nat) 0 in
            let size := 2 * (q 0%nat 0%nat + q 0%nat 1%nat) * norm2 d (half_difference p) in
            Qeq_bool rate size || Qeq_bool rate (- size))%bool
    scope: all k, d, n
    compared: 10beeb8c4155-22a975048803 *)
Theorem size d (y : nat -> R) p q e :
  net_quantization d y p q e =
  net_quantization d y p q 0 - e * (2%:R * (q 0%N + q 1%N) * norm2 d (half_difference p)).
Proof.
rewrite /net_quantization /dot /norm2 -!sum_mull -sum_sub; apply: sum_ext => c _.
by rewrite /quantization_force /opened; to_field; move: (half_difference p c) => h; ring.
Qed.

(** claim: ddcl.proposition6/fixed/separates/amended
    claim: ddcl.proposition6/free/separates/amended
    value: net_quantization d (z 0%nat) p (q 0%nat) 0 - net_quantization d (z 0%nat) p (q 0%nat) 1
    scope: all k, d, n
    compared: 6b82733c0470-fac98fefac96 *)
Theorem attracts d (y : nat -> R) p q : norm2 d (half_difference p) != 0 -> 0 < q 0%N + q 1%N ->
  exists rate, rate < 0 /\ forall e, net_quantization d y p q e = net_quantization d y p q 0 + e * rate.
Proof.
move=> apart used; exists (- (2%:R * (q 0%N + q 1%N) * norm2 d (half_difference p))); split.
  rewrite oppr_lt0 !mulr_gt0 ?ltr0n // lt_def apart; apply: sum_ge0 => c _; exact: sqr_ge0.
by move=> e; rewrite size mulrN.
Qed.

(** claim: ddcl.proposition6/fixed/absent-under-ols/amended
    value: net_ols k d (z 0%nat) p (q 0%nat) 1 - net_ols k d (z 0%nat) p (q 0%nat) 0
    compared: 7e70e1027229-6f9fb6b9abc0 *)
Theorem absent_at_equal_shares k d (y : nat -> R) p q e : (1 < k)%N -> q 0%N = q 1%N ->
  net_ols k d y p q e = net_ols k d y p q 0.
Proof.
case: k => [|[|k]] // _ equal; apply: sum_ext => c _; rewrite /ols_force /opened /half_difference equal; to_field.
by rewrite !subrr !mulr0.
Qed.

Lemma about_mean0 k a : (0 < k)%N -> sum k (about_mean k a) = 0.
Proof.
move=> k0; have number_eq i : number i = i%:R :> R by elim: i => [|i IH] //=; to_field; rewrite IH -mulrSr.
have k_neq0 : k%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
rewrite /about_mean sum_sub sum_const number_eq; to_field; move: (sum k a) k%:R k_neq0 => s r r0; by field.
Qed.

(** claim: ddcl.proposition6/free/saddle
    value: let f := plane_level n k d z (about_mean k a) u in square (mixed f) - second_in_s f * second_in_t f
    compared: fa7c58a63f15-bc2d3de97340 *)
Theorem saddle n k d z a u m j : (0 < k)%N -> (m < n)%N -> (j < k)%N ->
  about_mean k a j != 0 -> dot d u (fun c => z m c - mean_of n z c) != 0 ->
  exists A B C, B != 0 /\ forall s t, plane_level n k d z (about_mean k a) u s t =
    plane_level n k d z (about_mean k a) u 0 0 + A * s ^+ 2 + B * (s * t) + C * (s ^+ 2 * t).
Proof.
move=> k0 lt_mn lt_jk; set b := about_mean k a; have still : sum k b = 0 by exact: about_mean0.
move=> moved vary; pose N := @inv R (field_arithmetic R) (@number R (field_arithmetic R) k).
pose tau i := @dot R (field_arithmetic R) d u (fun c => z i c - @mean_of R (field_arithmetic R) n z c).
pose B2 := @sum R (field_arithmetic R) k (fun i => b i * b i).
pose B3 := @sum R (field_arithmetic R) k (fun i => b i * (b i * b i)).
pose U2 := @norm2 R (field_arithmetic R) d u.
pose T2 := @sum R (field_arithmetic R) n (fun i => tau i * tau i).
pose T1 := @sum R (field_arithmetic R) n tau.
exists (n%:R * (N * B2 * U2)), (- 2%:R * B2 * T2), (B3 * U2 * T1); split.
  have pos f i l : (i < l)%N -> f i != 0 -> sum l (fun i => f i * f i) != 0 :> R.
    move=> lt_il f0; rewrite gt_eqF //.
    apply: lt_le_trans (sum_ge_term (f := fun i => f i * f i) lt_il _) => [|h _]; last exact: sqr_ge0.
    by rewrite lt_def mulf_neq0 //= sqr_ge0.
  have two : - 2%:R != 0 :> R by rewrite oppr_eq0 pnatr_eq0.
  exact: mulf_neq0 (mulf_neq0 two (pos _ _ _ lt_jk moved)) (pos tau _ _ lt_mn vary).
have distance s i l : distance2 d (z i) (fun c => mean_of n z c + s * b l * u c)%A =
    sum d (fun c => square (z i c - mean_of n z c)) - 2%:R * s * b l * tau i + s ^+ 2 * (b l * b l) * U2.
  rewrite /distance2 /norm2 /tau /U2 /dot /norm2 -!sum_mull -sum_sub -sum_add; apply: sum_ext => c _.
  by to_field; move: (mean_of n z c) => y; ring.
have row s t i : quantization k d (z i) (fun j c => mean_of n z c + s * b j * u c)%A (fun j => N + t * b j * tau i)%A =
    k%:R * (N * sum d (fun c => square (z i c - mean_of n z c))) + N * s ^+ 2 * B2 * U2
    - 2%:R * (s * t) * (tau i * tau i) * B2 + s ^+ 2 * t * tau i * U2 * B3.
  rewrite /quantization; set D := sum d _.
  have term l : ((N + t * b l * tau i) * distance2 d (z i) (fun c => mean_of n z c + s * b l * u c))%A =
      N * D + (t * tau i * D - 2%:R * s * tau i * N) * b l +
      (N * s ^+ 2 * U2 - 2%:R * (s * t) * (tau i * tau i)) * (b l * b l) + s ^+ 2 * t * tau i * U2 * (b l * (b l * b l)).
    by rewrite distance -/D; to_field; ring.
  under [LHS]sum_ext => l _ do rewrite term.
  by rewrite !sum_add !sum_mull still sum_const -/B2 -/B3; ring.
have level s t : plane_level n k d z b u s t = sum n (fun i => k%:R * (N * sum d (fun c => square (z i c - mean_of n z c))))
    + n%:R * (N * B2 * U2) * s ^+ 2 + - 2%:R * B2 * T2 * (s * t) + B3 * U2 * T1 * (s ^+ 2 * t).
  rewrite /plane_level -/N; under [LHS]sum_ext => i _ do rewrite -/(tau i) row.
  rewrite !sum_add sum_neg sum_const; congr (_ + _ + _ + _); first by ring.
    by rewrite sum_mulr sum_mull -/T2; ring.
  by rewrite !sum_mulr sum_mull -[sum n _]/T1; ring.
by move=> s t; rewrite !level; ring.
Qed.

End Proposition6.
