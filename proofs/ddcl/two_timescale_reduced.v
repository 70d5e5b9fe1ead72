(** Section 5.7: the reduced fast subsystem never has an equilibrium that is alone and stable. *)
From mathcomp Require Import all_ssreflect all_algebra.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import definitions collapse_definitions remark3_definitions corollary6_definitions corollary6.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** claim: ddcl.two-timescale/reduced/fast
    role: vacuous
    value: energy n k d z place share sep weight 1 - energy n k d z p (fun _ _ => 1 / number k) sep weight 1
    compared: 4590f7f5702c-75049926bf11 *)
Theorem no_stable_fast_subsystem (R : realFieldType) n k d (z p : nat -> nat -> R) (sep weight eps : R) :
  (1 < k)%N -> 0 < eps -> (forall j c, p j c = p 0%N c) ->
  k%:R * eps * (n%:R / k%:R + weight - k%:R * sep) <= 1 ->
  (forall i, (i < n)%N -> 0 <= split_change n k d z p sep weight eps i) ->
  ~ (exists i c, [/\ (i < n)%N, (c < d)%N & z i c != p 0%N c]).
Proof. exact: no_unique_minimum. Qed.
