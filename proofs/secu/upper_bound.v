(** Appendix B: the steps of the prices are ascent on the Lagrangian, and bound the mean of the sizes over batches. *)
From Coq Require Import QArith.
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.secu Require Import labels_definitions upper_bound_definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section UpperBound.
Variable R : realFieldType.
Implicit Types (n k : nat) (c y share : nat -> nat -> R) (rho : nat -> R) (eta gamma t : R).

Lemma number_natr n : number n = n%:R :> R.
Proof. by elim: n => [|n /= ->] //; to_field; rewrite mulrSr. Qed.

Lemma number_neq0 n : (0 < n)%N -> number n != 0 :> R.
Proof. by move=> n0; rewrite number_natr pnatr_eq0 -lt0n. Qed.

Lemma lower_step_eq n k y gamma eta j : (0 < n)%N ->
  lower_step n k y gamma eta j = - (eta / number n * room_below n k gamma y j).
Proof.
move/number_neq0; rewrite /lower_step /room_below; to_field; move: (number n) (number k) (size n y j) => a b s a0.
by rewrite [gamma * (a / b)]mulrCA; move: (gamma / b) => g; field.
Qed.

Lemma upper_step_eq n k y gamma eta j : (0 < n)%N ->
  upper_step n k y gamma eta j = - (eta / number n * room_above n k gamma y j).
Proof.
move=> n0; have := lower_step_eq k y gamma eta j n0; rewrite /lower_step /upper_step /room_below /room_above.
by to_field => /oppr_inj ->; rewrite -mulrN opprB.
Qed.

Lemma sum_changed k rho j t (f : nat -> R) : (j < k)%N ->
  sum k (fun i => changed rho j t i * f i) = sum k (fun i => rho i * f i) + t * f j.
Proof.
move=> lt_jk; rewrite -(sum_indicator (t * f j) lt_jk) -sum_add; apply: sum_ext => i _.
by rewrite /changed; to_field; case: PeanoNat.Nat.eqb_spec => [<-|_]; ring.
Qed.

(** claim: secu.upper-bound/literal/signs
    value: [entries k (fun j => lower_step n k y gamma eta j - eta / number n *
        (batch_lagrangian n k c y gamma gamma2 (changed rho j 1) rho2 - batch_lagrangian n k c y gamma gamma2 rho rho2));
      entries k (fun j => upper_step n k y gamma2 eta j - eta / number n *
        (batch_lagrangian n k c y gamma gamma2 rho (changed rho2 j 1) - batch_lagrangian n k c y gamma gamma2 rho rho2))]
    compared: ced3ae756cb8-271549c32e2a *)
Theorem ascent n k c y (gamma gamma2 : R) (rho rho2 : nat -> R) eta j t : (0 < n)%N -> (j < k)%N ->
  let L := batch_lagrangian n k c y gamma gamma2 in
  t * lower_step n k y gamma eta j = eta / number n * (L (changed rho j t) rho2 - L rho rho2) /\
  t * upper_step n k y gamma2 eta j = eta / number n * (L rho (changed rho2 j t) - L rho rho2).
Proof.
move=> n0 lt_jk L; rewrite /L lower_step_eq // upper_step_eq // /batch_lagrangian; to_field.
rewrite !sum_changed //; split.
  by move: (room_below n k gamma y j) (cost _ _ _ _) (sum k _) (sum k _) => room x1 x2 x3; ring.
by move: (room_above n k gamma2 y j) (cost _ _ _ _) (sum k _) (sum k _) => room x1 x2 x3; ring.
Qed.

(** One price: the new one, max(0, rho - h room), is on the side of the old one that lowers price times room. *)
Lemma price_moves_down (rho room h : R) : 0 <= h -> 0 <= rho ->
  Num.max 0 (rho - h * room) * room <= rho * room.
Proof.
move=> h0 rho0; case: (lerP 0 room) => [room0|room0].
  by apply: ler_wpmul2r => //; rewrite le_maxl rho0 ler_subl_addr ler_addl mulr_ge0.
rewrite ler_nmul2r // le_maxr; apply/orP; right; rewrite ler_subr_addr ger_addl.
exact: mulr_ge0_le0 h0 (ltW room0).
Qed.

(** claim: secu.upper-bound/literal/rises
    value: let larger := fun x y => if Qle_bool x y then y else x in
      batch_lagrangian n k c y gamma gamma2 (lower_price larger n k y gamma eta rho) (upper_price larger n k y gamma2 eta rho2)
      - batch_lagrangian n k c y gamma gamma2 rho rho2
    compared: 7dc58f95b7c9-25a2a2681ef0 *)
Theorem rises n k c y (gamma gamma2 : R) (rho rho2 : nat -> R) eta : (0 < n)%N -> 0 < eta ->
  (forall j, (j < k)%N -> 0 <= rho j) -> (forall j, (j < k)%N -> 0 <= rho2 j) ->
  batch_lagrangian n k c y gamma gamma2 rho rho2 <=
  batch_lagrangian n k c y gamma gamma2 (lower_price Num.max n k y gamma eta rho) (upper_price Num.max n k y gamma2 eta rho2).
Proof.
move=> n0 eta0 rho0 rho20; have h0 : 0 <= eta / number n by apply: divr_ge0; [exact: ltW | rewrite number_natr ler0n].
rewrite /batch_lagrangian; apply: ler_sub; first apply: ler_sub => //.
  apply: sum_le => j lt_jk; rewrite /lower_price; to_field; rewrite lower_step_eq //.
  exact: price_moves_down h0 (rho0 j lt_jk).
apply: sum_le => j lt_jk; rewrite /upper_price; to_field; rewrite upper_step_eq //.
exact: price_moves_down h0 (rho20 j lt_jk).
Qed.

(** claim: secu.upper-bound/literal/reaches/amended
    claim: secu.upper-bound/on-average/mean-sizes
    value: let larger := fun x y => if Qle_bool x y then y else x in
      [entries k (fun j => eta * (Σ (l < r) share l j - gamma * (number r / number k))
         + lower_price_after larger r k share gamma eta rho j - rho j);
       entries k (fun j => eta * (gamma2 * (number r / number k) - Σ (l < r) share l j)
         + upper_price_after larger r k share gamma2 eta rho2 j - rho2 j)]
    compared: 6440277d6157-2d4a5510d209 *)
Theorem on_average r k share (gamma gamma2 : R) (rho rho2 : nat -> R) eta j :
  let total := sum r (fun l => share l j) in
  rho j - lower_price_after Num.max r k share gamma eta rho j <= eta * (total - gamma * (number r / number k)) /\
  rho2 j - upper_price_after Num.max r k share gamma2 eta rho2 j <= eta * (gamma2 * (number r / number k) - total).
Proof.
move=> /=; elim: r => [|r [low high]]; first by rewrite /=; to_field; split; rewrite ?mul0r ?mulr0 ?subr0 ?sub0r ?oppr0 ?mulr0 subrr.
rewrite /= /lower_price /upper_price /lower_step /upper_step /size /=; to_field; rewrite !add0r !divr1.
move: low high; to_field; move: (lower_price_after _ _ _ _ _ _ _ _) (upper_price_after _ _ _ _ _ _ _ _) => p q low high; split.
  apply: (le_trans (_ : _ <= rho j - (p - eta * (share r j - gamma / number k)))).
    by rewrite ler_add2l ler_opp2 le_maxr lexx orbT.
  rewrite opprB addrA addrAC -ler_subr_addr; apply: le_trans low _; rewrite le_eqVlt; apply/orP; left; apply/eqP.
  by move: (sum r _) (number r) (number k) => *; ring.
apply: (le_trans (_ : _ <= rho2 j - (q + eta * (share r j - gamma2 / number k)))).
  by rewrite ler_add2l ler_opp2 le_maxr lexx orbT.
rewrite opprD addrA -ler_subr_addr opprK; apply: le_trans high _; rewrite le_eqVlt; apply/orP; left; apply/eqP.
by move: (sum r _) (number r) (number k) => *; ring.
Qed.

End UpperBound.
