(** Section 5.7: a unique equilibrium of the fast subsystem is a collapse, and F_T does not see where features and prototypes lie. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import definitions covariance_definitions relabelling_definitions descent_definitions covariance.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Fast.
Variable R : realFieldType.
Implicit Types (n k d m j c : nat) (z p : nat -> nat -> R) (s : nat -> R).

(** The weight of a squared distance: E(x) = e^(-x/T), of which only matters that it is positive *)
Variable E : R -> R.
Hypothesis E0 : forall x, 0 < E x.

(** The soft assignment of sample m, and the velocity of training with the gradient stopped at it *)
Definition softly k d z p m : nat -> R := share k (fun j => E (distance2 d (z m) (p j))).
Definition velocity n k d z p : nat -> nat -> R := stopped_flow n z p (softly k d z p).

(** The fast subsystem at rest *)
Definition at_rest n k d z p : Prop := forall j c, (j < k)%N -> (c < d)%N -> velocity n k d z p j c = 0.

Lemma swapped_lt k j : (1 < k)%N -> (j < k)%N -> (swapped j < k)%N.
Proof. by case: j => [|[|j]] //= k1 _; exact: ltnW. Qed.

Lemma sum_swapped k (f : nat -> R) : (1 < k)%N -> sum k (fun j => f (swapped j)) = sum k f.
Proof.
case: k => [|[|k]] // _; elim: k => [|k IH]; first by rewrite /= !add0r addrC.
by rewrite sumS IH sumS.
Qed.

(** Training commutes with relabelling. *)
Lemma velocity_relabelled n k d z p j c : (1 < k)%N ->
  velocity n k d z (relabelled p) j c = velocity n k d z p (swapped j) c.
Proof.
move=> k1; rewrite /velocity /stopped_flow; congr (- _); apply: sum_ext => m _.
rewrite /softly /share /relabelled (@sum_swapped k (fun i => E (distance2 d (z m) (p i)))) //.
Qed.

(** claim: ddcl.two-timescale/softmax/apart/amended
    value: entries d (fun c => p 0%nat c - p 1%nat c)
    compared: 917418847624-234a31fb34e7 *)
Theorem together n k d z p : (1 < k)%N -> at_rest n k d z p ->
  (at_rest n k d z (relabelled p) -> forall j c, (j < k)%N -> (c < d)%N -> relabelled p j c = p j c) ->
  forall c, (c < d)%N -> p 0%N c = p 1%N c.
Proof.
move=> k1 rest unique c lt_cd; symmetry; apply: (unique _ 0%N c) => //; last exact: ltnW.
by move=> j i lt_jk lt_id; rewrite velocity_relabelled //; apply: rest => //; exact: swapped_lt.
Qed.

(** One sample at 1 and two prototypes on it: at rest, nowhere else, and together

    claim: ddcl.two-timescale/softmax/apart
    role: refutes
    value: entries d (fun c => p 0%nat c - p 1%nat c)
    witness: {"z": [[1]], "p": [[1], [1]], "T": 1}
    compared: fc1bdef97cd5-177b946c612c *)
Theorem unique_and_together : exists n k d z p, [/\ at_rest n k d z p,
  forall p', at_rest n k d z p' -> forall j c, (j < k)%N -> (c < d)%N -> p' j c = p j c &
  ~ exists c, (c < d)%N /\ p 0%N c <> p 1%N c].
Proof.
exists 1%N, 2%N, 1%N, (fun _ _ => 1), (fun _ _ => 1); split; last by case=> c [].
  by move=> j c _ _; rewrite /velocity /stopped_flow /=; to_field; rewrite subrr mulr0 addr0 oppr0.
move=> p rest j c lt_j2 lt_c1; have q0 : 0 < softly 2 1 (fun _ _ => 1) p 0 j by apply: share_gt0.
have /eqP := rest j c lt_j2 lt_c1; rewrite /velocity /stopped_flow sumS sum0; move: (softly _ _ _ _ _ _) q0 => q q0.
to_field; rewrite add0r oppr_eq0 !mulf_eq0 (gt_eqF q0) orbF => /orP [|]; last by rewrite subr_eq0 => /eqP.
by rewrite -(natrD R 1 1) pnatr_eq0.
Qed.

End Fast.

Lemma distance_shifted (R : realFieldType) d (x y s : nat -> R) :
  distance2 d (fun c => x c + s c) (fun c => y c + s c) = distance2 d x y.
Proof. by rewrite /distance2 /norm2; apply: sum_ext => c _; to_field; ring. Qed.

(** F_T over the samples: n times their mean, ln the logarithm and E(x) = e^(-x/T)

    claim: ddcl.two-timescale/softmax/slow/amended
    value: let moved x := fun m c => x m c + s c in let free z p := mean_free log (boltzmann T) n k d z p T_value 1 * number n in
      free (moved z) (moved p) - free z p
    compared: 421c9ce10978-d0ddea35b669 *)
Theorem free_energy_is_shift_invariant (R : realFieldType) (ln E : R -> R) n k d (z p : nat -> nat -> R) (s : nat -> R) T :
  mean_free ln E n k d (fun m c => z m c + s c) (fun j c => p j c + s c) T 1 = mean_free ln E n k d z p T 1.
Proof.
rewrite /mean_free; to_field; congr (_ / _); apply: sum_ext => m _; rewrite !distance_shifted.
by congr (_ + - (_ * ln (_ * _))); apply: sum_ext => j _; rewrite !distance_shifted.
Qed.
