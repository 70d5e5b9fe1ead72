(** Derivatives of sums. *)
From Coq Require Import Reals Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
Open Scope R_scope.

Lemma is_derive_sum n (f : nat -> R -> R) (l : nat -> R) T :
  (forall j, (j < n)%nat -> is_derive (f j) T (l j)) -> is_derive (fun t => sum n (fun j => f j t)) T (sum n l).
Proof.
  induction n as [|n IH]; intros each; [exact (is_derive_const (0 : R) T)|].
  refine (is_derive_plus (fun t => sum n (fun j => f j t)) (f n) T _ _ (IH _) (each n _)); [intros; apply each|]; lia.
Qed.

(** A derivative may be written in another form. *)
Lemma is_derive_eq (f : R -> R) (T l l' : R) : is_derive f T l -> l = l' -> is_derive f T l'.
Proof. intros H <-; exact H. Qed.
