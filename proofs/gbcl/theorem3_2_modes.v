(** (50): the weights of the dual flow decay to the point that they reach; to X^+ mu only along the range of X^T.  Under X X^T = I,
    X^+ = X^T. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.gbcl Require Import vectors theorem3_2.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Modes.
Variable R : realFieldType.
Implicit Types (n d i : nat) (z : nat -> nat -> R) (o mu b : nat -> R) (x : R).

(** Omega(t) = Omega(0) - (1 - x) X^T (X Omega(0) - mu), x = e^(-t): the solution by closed_form in dual_flow_solutions.v *)
Definition path n d z o mu x (i : nat) : R := o i + (1 - x) * dual_velocity n d z o mu i.

(** claim: gbcl.theorem3.2/orthonormal/modes-decay
    value: let mu := combined n z q in let v := dual_velocity n d z o mu in
      inner n (seen d z b) (fun i => o i + (1 - x) * v i - seen d z mu i - x * (o i - seen d z mu i))
    compared: 838f31e0f972-f9478910935e *)
Theorem modes_decay n d z o mu b x : even_features n d 1 z ->
  inner n (seen d z b) (fun i => path n d z o mu x i - seen d z mu i) =
  x * inner n (seen d z b) (fun i => o i - seen d z mu i).
Proof.
move=> unit; rewrite -inner_scaler; apply/eqP; rewrite -subr_eq0 -inner_subr; apply/eqP.
rewrite (@inner_ext R n _ (seen d z b) _ (fun i => (1 - x) * (o i + dual_velocity n d z o mu i - seen d z mu i))) //; last first.
  by move=> i _; rewrite /path; ring.
rewrite inner_scaler -adjoint inner_sym inner_0l ?mulr0 // => c lt_cd.
have back : combined n z (dual_velocity n d z o mu) c = - (combined n z o c - mu c).
  by rewrite [LHS]combined_opp (there_and_back _ unit) // mul1r.
by rewrite combined_sub combined_add back (there_and_back _ unit) // mul1r; move: (combined _ _ _ _) (mu c) => p m; ring.
Qed.

(** claim: gbcl.theorem3.2/centres/all-modes-decay/amended
    value: let v := dual_velocity n d z o (combined n z q) in
      inner n u (fun i => (o i + (1 - x) * v i) - (o i + (1 - 0) * v i) - x * (o i - (o i + (1 - 0) * v i)))
    compared: f5b3bfef02c9-18f9e18efba5 *)
Theorem decay_to_the_limit n d z o mu x i : (i < n)%N ->
  path n d z o mu x i - path n d z o mu 0 i = x * (o i - path n d z o mu 0 i).
Proof. by move=> _; rewrite /path; move: (dual_velocity _ _ _ _ _ _) => v; ring. Qed.

End Modes.
