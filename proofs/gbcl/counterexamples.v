(** Counterexamples over the rationals, which are computed; a rational counterexample is one over the reals. *)
From Coq Require Export QArith List Lia.
Export ListNotations.
From DDCL Require Export arithmetic.
From DDCL.gbcl Require Export flows_definitions cell_definitions.

(** A goal on numbers, or on each index below 4 *)
Ltac compute_entry :=
  lazymatch goal with
  | |- forall i, (i < _)%nat -> _ =>
      let i := fresh in let lt := fresh in
      intros i lt; do 4 (destruct i as [|i]; [first [exfalso; vm_compute in lt; lia | clear lt; compute_entry] |]); exfalso; lia
  | |- _ /\ _ => split; compute_entry
  | |- exists c, (c < _)%nat /\ _ =>
      first [exists 0%nat; split; [lia | compute_entry] | exists 1%nat; split; [lia | compute_entry] |
        exists 2%nat; split; [lia | compute_entry]]
  | |- ~ _ => let said := fresh in intro said; vm_compute in said; first [discriminate said | apply said; reflexivity]
  | |- _ => vm_compute; first [reflexivity | discriminate]
  end.
