(** Sums and simplices over the reals: what the proofs that need exp, log or derivatives share. *)
From Coq Require Import Reals Lra Lia.
From DDCL Require Export arithmetic.

Open Scope R_scope.

#[global] Instance real_arithmetic : Arithmetic R := {
  zero := 0;
  one := 1;
  add := Rplus;
  neg := Ropp;
  mul := Rmult;
  inv := Rinv
}.

(** Replaces the operations that definitions are written in by those of the reals, under binders too. *)
Ltac to_reals := cbn beta iota delta [zero one add neg mul inv real_arithmetic square];
  repeat match goal with |- context [Build_Arithmetic R 0 1 Rplus Ropp Rmult Rinv] =>
    change (Build_Arithmetic R 0 1 Rplus Ropp Rmult Rinv) with real_arithmetic end.

Implicit Types (n : nat) (f g : nat -> R) (c : R).

Lemma sum_S n f : sum (S n) f = sum n f + f n.
Proof. reflexivity. Qed.

Lemma sum_ext n f g : (forall i, (i < n)%nat -> f i = g i) -> sum n f = sum n g.
Proof.
  induction n as [|n IH]; intros fg; [reflexivity|].
  rewrite !sum_S, IH by (intros; apply fg; lia); rewrite fg by lia; reflexivity.
Qed.

Lemma sum_add n f g : sum n (fun i => f i + g i) = sum n f + sum n g.
Proof. induction n as [|n IH]; [simpl; lra|]; rewrite !sum_S, IH; ring. Qed.

Lemma sum_neg n f : sum n (fun i => - f i) = - sum n f.
Proof. induction n as [|n IH]; [simpl; lra|]; rewrite !sum_S, IH; ring. Qed.

Lemma sum_sub n f g : sum n (fun i => f i - g i) = sum n f - sum n g.
Proof. induction n as [|n IH]; [simpl; lra|]; rewrite !sum_S, IH; ring. Qed.

Lemma sum_mull n c f : sum n (fun i => c * f i) = c * sum n f.
Proof. induction n as [|n IH]; [simpl; lra|]; rewrite !sum_S, IH; ring. Qed.

Lemma sum_mulr n c f : sum n (fun i => f i * c) = sum n f * c.
Proof. induction n as [|n IH]; [simpl; lra|]; rewrite !sum_S, IH; ring. Qed.

Lemma sum_const n c : sum n (fun _ => c) = INR n * c.
Proof. induction n as [|n IH]; [simpl; lra|]; rewrite sum_S, IH, S_INR; ring. Qed.

Lemma sum_exchange n m (f : nat -> nat -> R) :
  sum n (fun i => sum m (fun j => f i j)) = sum m (fun j => sum n (fun i => f i j)).
Proof.
  induction n as [|n IH].
  - simpl. rewrite (sum_const m 0). simpl. lra.
  - rewrite sum_S, IH, <- sum_add; reflexivity.
Qed.

Lemma sum_ge0 n f : (forall i, (i < n)%nat -> 0 <= f i) -> 0 <= sum n f.
Proof.
  induction n as [|n IH]; intros f0; [simpl; lra|]; rewrite sum_S.
  assert (0 <= sum n f) by (apply IH; intros; apply f0; lia); assert (0 <= f n) by (apply f0; lia); lra.
Qed.

Lemma sum_le n f g : (forall i, (i < n)%nat -> f i <= g i) -> sum n f <= sum n g.
Proof.
  induction n as [|n IH]; intros fg; [simpl; lra|]; rewrite !sum_S.
  assert (sum n f <= sum n g) by (apply IH; intros; apply fg; lia); assert (f n <= g n) by (apply fg; lia); lra.
Qed.

Lemma sum_gt0 n f : (0 < n)%nat -> (forall i, (i < n)%nat -> 0 < f i) -> 0 < sum n f.
Proof.
  intros n0 f0; destruct n as [|n]; [lia|]; rewrite sum_S.
  assert (0 <= sum n f) by (apply sum_ge0; intros; apply Rlt_le, f0; lia).
  assert (0 < f n) by (apply f0; lia); lra.
Qed.

(** Terms that are not negative and sum to 0 all vanish. *)
Lemma sum_eq0 n f : (forall i, (i < n)%nat -> 0 <= f i) -> sum n f = 0 -> forall i, (i < n)%nat -> f i = 0.
Proof.
  induction n as [|n IH]; intros f0 total i lt_in; [lia|]; rewrite sum_S in total.
  assert (0 <= sum n f) by (apply sum_ge0; intros; apply f0; lia); assert (0 <= f n) by (apply f0; lia).
  destruct (Nat.eq_dec i n) as [->|other]; [lra|].
  apply IH; [intros; apply f0; lia | lra | lia].
Qed.

(** q is a point of the probability simplex with k vertices. *)
Definition simplex (k : nat) (q : nat -> R) : Prop := (forall j, (j < k)%nat -> 0 <= q j) /\ sum k q = 1.
