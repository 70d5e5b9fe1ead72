(** Collapse and the split of a sample from it; two prototypes on a line with the sample 1. *)
From Coq Require Import Arith.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions collapse_definitions remark3_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n k d : nat) (z p q : nat -> nat -> T) (sep weight eps : T).

(** p_0 and p_1 moved by eps and -eps times z_i - p_0 *)
Definition split_prototypes (i : nat) z p eps (j c : nat) : T :=
  match j with
  | O => p 0%nat c + eps * (z i c - p 0%nat c)
  | S O => p 1%nat c - eps * (z i c - p 0%nat c)
  | _ => p j c
  end.

(** Sample i assigned to p_0 with 2/k and to p_1 with 0, everything else with 1/k *)
Definition split_shares k (i m j : nat) : T :=
  if Nat.eqb m i then match j with O => 2 / number k | S O => 0 | _ => 1 / number k end else 1 / number k.

(** What E without logarithms changes by *)
Definition split_change n k d z p sep weight eps (i : nat) : T :=
  energy n k d z (split_prototypes i z p eps) (split_shares k i) sep weight 1 -
  energy n k d z p (fun _ _ => 1 / number k) sep weight 1.

(** Half of dE/dp for the sample 1 and two prototypes on a line, and q_i (d_j - d_i) *)
Definition line_pull (p q : nat -> T) sep weight (i : nat) : T :=
  let other := match i with O => 1%nat | _ => 0%nat end in
  q i * (p i - 1) + weight * p i - sep * (p i - p other).
Definition line_gap (p q : nat -> T) (i : nat) : T :=
  let other := match i with O => 1%nat | _ => 0%nat end in q i * (square (p other - 1) - square (p i - 1)).

(** E at the sample 1 *)
Definition line_energy (p q : nat -> T) sep weight : T :=
  energy 1 2 1 (fun _ _ => 1) (fun j _ => p j) (fun _ => q) sep weight 1.

End Definitions.
