(** (43): which modes of the dual flow decay and which stay, for d features and n = d + e samples. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.gbcl Require Import modes_definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Modes.
Variable R : realFieldType.
Implicit Types (d e i moving : nat) (s c h f : nat -> R).

Lemma ltbE i d : Nat.ltb i d = (i < d)%N.
Proof. by apply/idP/idP => [/PeanoNat.Nat.ltb_lt/ssrnat.ltP|/ssrnat.ltP/PeanoNat.Nat.ltb_lt]. Qed.

(** A mode is right if it moves, or if its eigenvalue is 0. *)
Lemma residual_eq d moving s c h f i : residual d s moving c h f i =
  if (i < moving)%N || (d <= i)%N then 0 else square (s i) * c i.
Proof.
rewrite /residual /speed /coordinate /eigenvalue /joined !ltbE; to_field.
by case: (ltnP i moving) => [_|_] /=; [rewrite addNr | case: (ltnP i d) => _; rewrite ?mul0r add0r].
Qed.

(** claim: gbcl.modes/sizes/formula
    value: entries (d + e) (residual d s e c h f)
    compared: b7f023d7e11f-362099e24e62 *)
Theorem formula d e s c h f : (2 * d <= d + e)%N -> forall i, (i < d + e)%N -> residual d s e c h f i = 0.
Proof.
rewrite mul2n -addnn leq_add2l => le_de i _; rewrite residual_eq.
by case: (ltnP i e) => //= le_ei; rewrite (leq_trans le_de).
Qed.

(** claim: gbcl.modes/printed/formula
    role: refutes
    value: entries (d + e) (residual d s e c h f)
    witness: {"s": [1, 1], "c": [1, 1], "h": [1], "f": ["1/2", "1/2"]}
    compared: 1db3ef72ad4d-13241c78dd60 *)
Theorem formula_refuted : ~ (forall d e s c h f, (forall l, (l < d)%N -> 0 < s l) -> (forall l, (l < d)%N -> 0 < f l) ->
  forall i, (i < d + e)%N -> residual d s e c h f i = 0).
Proof.
move/(_ 2%N 1%N (fun=> 1) (fun=> 1) (fun=> 1) (fun=> 1)) => claimed.
have : residual 2 (fun=> 1) 1 (fun=> 1) (fun=> 1) (fun=> 1) 1 = 0 :> R by apply: claimed => // *; exact: ltr01.
by rewrite residual_eq /square /=; to_field => /eqP; rewrite !mulr1 oner_eq0.
Qed.

(** claim: gbcl.modes/sizes/decays
    value: entries e (decay d s c h)
    compared: c82655e10875-a7384b56d09b *)
Theorem decays d e s c h : (forall l, (l < d)%N -> 0 < s l) ->
  (forall i, (i < d + e)%N -> joined d c h i != 0) -> (d + e <= 2 * d)%N -> forall i, (i < e)%N -> 0 < decay d s c h i.
Proof.
move=> s0 present; rewrite mul2n -addnn leq_add2l => le_ed i lt_ie; have lt_id := leq_trans lt_ie le_ed.
have := present i (ltn_addr e lt_id); rewrite /decay /eigenvalue /joined ltbE lt_id /square; to_field => ci.
by apply: mulr_gt0; [rewrite mulr_gt0 ?s0 | rewrite -expr2 exprn_even_gt0].
Qed.

(** claim: gbcl.modes/exchanged/first-decay
    claim: gbcl.modes/printed/decays/amended
    value: entries d (decay d s c h)
    compared: dce3160d5fe4-1944bc2914d9 *)
Theorem first_decay d e s c h : (forall l, (l < d)%N -> 0 < s l) ->
  (forall i, (i < d + e)%N -> joined d c h i != 0) -> forall i, (i < d)%N -> 0 < decay d s c h i.
Proof.
move=> s0 present i lt_id.
have := present i (ltn_addr e lt_id); rewrite /decay /eigenvalue /joined ltbE lt_id /square; to_field => ci.
by apply: mulr_gt0; [rewrite mulr_gt0 ?s0 | rewrite -expr2 exprn_even_gt0].
Qed.

(** claim: gbcl.modes/printed/decays
    role: refutes
    value: entries e (decay d s c h)
    witness: {"s": [1], "c": [1], "h": [1, 1], "f": ["1/2"]}
    compared: de48567d29c3-bf38d401d297 *)
Theorem decays_refuted : ~ (forall d e s c h, (forall l, (l < d)%N -> 0 < s l) ->
  (forall i, (i < d + e)%N -> joined d c h i != 0) -> forall i, (i < e)%N -> 0 < decay d s c h i).
Proof.
move/(_ 1%N 2%N (fun=> 1) (fun=> 1) (fun=> 1)) => claimed.
have : 0 < decay 1 (fun=> 1) (fun=> 1) (fun=> 1) 1 :> R.
  apply: claimed => [l _|i _|]; [exact: ltr01 | rewrite /joined; case: (Nat.ltb i 1); exact: oner_neq0 | by []].
by rewrite /decay /eigenvalue /joined /=; to_field; rewrite mul0r ltxx.
Qed.

(** claim: gbcl.modes/exchanged/ranges
    claim: gbcl.modes/printed/formula/amended
    claim: gbcl.modes/printed/nullspace/amended
    value: [entries (d + e) (residual d s d c h f); entries e (fun i => singular d s (d + i)); [number (Nat.sub e e)]]
    compared: 875044626288-638dcffe6eb1 *)
Theorem ranges d e s c h f : (forall i, (i < d + e)%N -> residual d s d c h f i = 0) /\
  (forall i, (d <= i < d + e)%N -> singular d s i = 0) /\ (e <= d + e - d)%N.
Proof.
split=> [i _|]; first by rewrite residual_eq; case: (ltnP i d).
split=> [i /andP[le_di _]|]; last by rewrite addKn.
by rewrite /singular /joined ltbE ltnNge le_di.
Qed.

(** claim: gbcl.modes/sizes/nullspace
    value: [entries d (fun i => singular d s (e + i)); [number (Nat.sub e d)]]
    compared: 3bedbbce927e-89245184e2c7 *)
Theorem spans d e s : (d + e = 2 * d)%N ->
  (forall i, (e <= i < d + e)%N -> singular d s i = 0) /\ (e <= d + e - e)%N.
Proof.
rewrite mul2n -addnn => /addnI ->; split=> [i /andP[le_di _]|]; last by rewrite addKn.
by rewrite /singular /joined ltbE ltnNge le_di.
Qed.

(** claim: gbcl.modes/printed/nullspace
    role: refutes
    value: [entries d (fun i => singular d s (e + i)); [number (Nat.sub e d)]]
    witness: {"s": [1, 1], "c": [1, 1], "h": [1], "f": ["1/2", "1/2"]}
    compared: a751ccab5e5c-d4ee88724ae9 *)
Theorem nullspace_refuted : ~ (forall d e s, (forall l, (l < d)%N -> 0 < s l) ->
  (forall i, (e <= i < d + e)%N -> singular d s i = 0) /\ (e <= d + e - e)%N).
Proof.
case/(_ 2%N 1%N (fun=> 1)) => [l _|claimed _]; first exact: ltr01.
by have /eqP := claimed 1%N isT; rewrite /singular /joined /= oner_eq0.
Qed.

End Modes.
