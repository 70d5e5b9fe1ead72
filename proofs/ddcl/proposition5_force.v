(** Proposition 5, the argument: the forces of L_OLS on two prototypes at one place c; the others are r. *)
From Coq Require Import QArith List Lia.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions covariance_definitions collapse_definitions pair_definitions.

(** ** Counterexamples, over the rationals *)
Open Scope Q_scope.

(** claim: ddcl.proposition5.force/fixed/same-direction
    role: refutes
    value: let F := mean_force n j z (doubled c r) q in
           dot d (F 0%nat) (F 1%nat) ::
           flat_map (fun a => map (fun b => - square (cross (F 0%nat) (F 1%nat) a b)) (seq (S a) (d - S a))) (seq 0 d)
    witness: {"z": [[1], [-1]], "c": [0], "r": [[0]], "q": [[1, 0, 0], [0, 1, 0]], "u": [1]}
    compared: 64e4e3406f05-45c26bea7750 *)
Theorem opposite_directions : exists n k d z c r q,
  (forall m, (m < n)%nat -> (forall j, (j < k)%nat -> 0 <= q m j) /\ sum k (q m) == 1) /\
  dot d (mean_force n k z (doubled c r) q 0) (mean_force n k z (doubled c r) q 1) < 0.
Proof.
  exists 2%nat, 3%nat, 1%nat, (matrix [[1]; [-(1)]]), (vector [0]), (matrix [[0]]), (matrix [[1; 0; 0]; [0; 1; 0]]).
  split; [|vm_compute; reflexivity].
  intros [|[|m]] lt_m; [| |lia]; (split; [intros [|[|[|j]]] lt_j; [| | |lia]; vm_compute; discriminate | reflexivity]).
Qed.

(** claim: ddcl.proposition5.force/fixed/no-force-at-coincidence
    role: refutes
    value: dot d u (fun a => mean_force n j z (doubled c r) q 0 a - mean_force n j z (doubled c r) q 1 a)
    witness: {"z": [[1]], "c": [0], "r": [[0]], "q": [["1/2", "1/4", "1/4"]], "u": [1]}
    compared: cea4a1e34070-29e5545d9339 *)
Theorem force_at_one_place : exists n k d z c r q u,
  (forall m, (m < n)%nat -> (forall j, (j < k)%nat -> 0 <= q m j) /\ sum k (q m) == 1) /\
  ~ dot d u (fun a => mean_force n k z (doubled c r) q 0 a - mean_force n k z (doubled c r) q 1 a) == 0.
Proof.
  exists 1%nat, 3%nat, 1%nat, (matrix [[1]]), (vector [0]), (matrix [[0]]), (matrix [[1 # 2; 1 # 4; 1 # 4]]), (vector [1]).
  split; [|vm_compute; discriminate].
  intros [|m] lt_m; [|lia]; (split; [intros [|[|[|j]]] lt_j; [| | |lia]; vm_compute; discriminate | reflexivity]).
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

Section Force.
Variable R : realFieldType.
Implicit Types (n k d : nat) (u c : nat -> R) (z p q r : nat -> nat -> R) (e : R).

(** Equal shares, as the soft assignment gives them to one place, mean equal forces.

    claim: ddcl.proposition5.force/stopped/no-force-at-coincidence
    value: let p := doubled c r in
           let F := mean_force n (S (S k)) z p
             (fun m => share (S (S k)) (fun i => boltzmann T (distance2 d (z m) (p i)))) in
           dot d u (fun a => F 0%nat a - F 1%nat a)
    compared: 1c62403c2ce4-7a1933efb360 *)
Theorem no_force n k d z p (w : nat -> nat -> R) u : (forall m, (m < n)%N -> w m 0%N = w m 1%N) ->
  dot d u (fun a => mean_force n k z p (fun m => share k (w m)) 0 a - mean_force n k z p (fun m => share k (w m)) 1 a)%A = 0.
Proof.
move=> same; apply: sum_all0 => a _; rewrite /mean_force; to_field.
rewrite -mulrBl -sum_sub sum_all0 ?mul0r ?mulr0 // => m lt_mn.
by rewrite /ols_force /share same // subrr.
Qed.

(** claim: ddcl.proposition5.force/stopped/same-direction
    value: let p := doubled c r in
           let F := mean_force n (S (S k)) z p
             (fun m => share (S (S k)) (fun i => boltzmann T (distance2 d (z m) (p i)))) in
           dot d (F 0%nat) (F 1%nat) ::
           flat_map (fun a => map (fun b => - square (cross (F 0%nat) (F 1%nat) a b)) (seq (S a) (d - S a))) (seq 0 d)
    compared: 010a08516bc7-4ecbd09d0d99 *)
Theorem same_direction n k d z p (w : nat -> nat -> R) a b : (forall m, (m < n)%N -> w m 0%N = w m 1%N) ->
  let F := mean_force n k z p (fun m => share k (w m)) in 0 <= dot d (F 0%N) (F 1%N) /\ cross (F 0%N) (F 1%N) a b = 0.
Proof.
move=> same F; have equal i : F 0%N i = F 1%N i.
  rewrite /F /mean_force; congr (_ * _)%A; apply: sum_ext => m lt_mn.
  by rewrite /ols_force /share same.
split; last by rewrite /cross !equal; to_field; rewrite mulrC subrr.
by apply: sum_ge0 => c _; rewrite equal; exact: sqr_ge0.
Qed.

(** claim: ddcl.proposition5.force/fixed/same-direction-one-sample
    claim: ddcl.proposition5.force/fixed/same-direction/amended
    value: let F := mean_force n j z (doubled c r) q in
           dot d (F 0%nat) (F 1%nat) ::
           flat_map (fun a => map (fun b => - square (cross (F 0%nat) (F 1%nat) a b)) (seq (S a) (d - S a))) (seq 0 d)
    compared: 12ed0f5854e6-3cec064dee09 *)
Theorem same_direction_for_one_sample k d z p q a b : 0 <= q 0%N 0%N -> 0 <= q 0%N 1%N ->
  let F := mean_force 1 k z p q in 0 <= dot d (F 0%N) (F 1%N) /\ cross (F 0%N) (F 1%N) a b = 0.
Proof.
move=> q0 q1 F; have force j i : F j i = 2%:R * q 0%N j * (z 0%N i - mixture k (q 0%N) p i).
  by rewrite /F /mean_force /=; to_field; rewrite !add0r invr1 mulr1.
split; last by rewrite /cross !force; to_field; ring.
apply: sum_ge0 => c _; rewrite !force; to_field.
have -> : forall s t f : R, 2%:R * s * f * (2%:R * t * f) = 4%:R * s * t * (f * f) by move=> s t f; ring.
by apply: mulr_ge0 (sqr_ge0 _); rewrite !mulr_ge0 ?ler0n.
Qed.

(** claim: ddcl.proposition5.force/fixed/no-force-at-coincidence/amended
    value: dot d u (fun a => mean_force n j z (doubled c r) q 0 a - mean_force n j z (doubled c r) q 1 a)
           - 2 * mean_of n (fun m _ => (q m 0%nat - q m 1%nat)
             * dot d u (fun a => z m a - mixture j (q m) (doubled c r) a)) 0
    compared: 8eb2f425ee42-ed7fc82b304a *)
Theorem force_formula n k d z p q u :
  dot d u (fun a => mean_force n k z p q 0 a - mean_force n k z p q 1 a)%A =
  2%:R * mean_of n (fun m _ => (q m 0%N - q m 1%N) * dot d u (fun a => z m a - mixture k (q m) p a)%A) 0.
Proof.
rewrite /mean_of /dot /mean_force; to_field.
under [X in _ = _ * (X / _)]sum_ext => m _ do rewrite -sum_mull.
rewrite sum_exchange mulrA -sum_mull -sum_mulr; apply: sum_ext => a _.
rewrite -mulrBl -sum_sub mulrA; congr (_ / _); rewrite -!sum_mull; apply: sum_ext => m _.
by rewrite /ols_force; to_field; move: (mixture _ _ _ _) => s; ring.
Qed.

(** The net force of the opened pair is affine in the opening e and does not grow with it.

    claim: ddcl.proposition5.force/fixed/no-force-nearby
    value: net_ols k d (z 0%nat) p (q 0%nat) 0 - net_ols k d (z 0%nat) p (q 0%nat) 1
    compared: 2c634986ae0b-ab042ae6f264 *)
Theorem no_force_nearby k d (y : nat -> R) p (s : nat -> R) : (1 < k)%N ->
  exists rate, rate <= 0 /\ forall e, net_ols k d y p s e = net_ols k d y p s 0 + e * rate.
Proof.
case: k => [|[|k]] // _; exists (- (2%:R * (s 0%N - s 1%N) ^+ 2 * norm2 d (half_difference p))); split.
  rewrite oppr_le0; apply: mulr_ge0; first by apply: mulr_ge0 (sqr_ge0 _); exact: ler0n.
  by apply: sum_ge0 => c _; exact: sqr_ge0.
move=> e; rewrite mulrN /net_ols /dot /norm2 -!sum_mull -sum_sub; apply: sum_ext => c _.
have opens e' : mixture k.+2 s (opened p e') c = mixture k.+2 s (opened p 0) c + e' * (s 0%N - s 1%N) * half_difference p c.
  rewrite /mixture !sum_bigop !big_ord_recl !addrA; move: (\sum_i _) => rest; rewrite /opened /=; to_field.
  have -> : bump 0 0 = 1%N by [].
  by move: ((p 0%N c - p 1%N c) / (1 + 1)) => h; ring.
rewrite /ols_force opens; to_field; move: (half_difference p c) (mixture _ _ _ _) => h m; by ring.
Qed.

End Force.
