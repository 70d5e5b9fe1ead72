(** Section 5.3: S_q as T -> 0 and as T -> oo. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions gibbs_definitions gap_definitions proposition1.
Open Scope R_scope.

(** S_q is continuous in q. *)
Lemma covariance_limit (q : R -> nat -> R) (l : nat -> R) i j (F : (R -> Prop) -> Prop) : Filter F ->
  filterlim (fun T => q T i) F (locally (l i)) -> filterlim (fun T => q T j) F (locally (l j)) ->
  filterlim (fun T => covariance (q T) i j) F (locally (covariance l i j)).
Proof.
  intros filter at_i at_j; unfold covariance; to_reals.
  assert (product : filterlim (fun T => - (q T i * q T j)) F (locally (- (l i * l j)))).
  { apply (filterlim_comp _ _ _ (fun T => q T i * q T j) Ropp _ (locally (l i * l j))); [|apply (filterlim_opp (l i * l j))].
    apply (filterlim_comp_2 (G := locally (l i)) (H := locally (l j)) (fun T => q T i) (fun T => q T j) Rmult);
      [exact at_i | exact at_j | apply (filterlim_mult (l i) (l j))]. }
  apply (filterlim_comp_2 (G := locally (if Nat.eqb i j then l i else 0)) (H := locally (- (l i * l j)))
    (fun T => if Nat.eqb i j then q T i else 0) (fun T => - (q T i * q T j)) Rplus);
    [destruct (Nat.eqb i j); [exact at_i | apply filterlim_const] | exact product |].
  apply (filterlim_plus (if Nat.eqb i j then l i else 0) (- (l i * l j))).
Qed.

(** claim: ddcl.covariance/softmax/cold/amended
    value: let q := cold_share k (fun i => distance2 d z (p i)) in entries k (fun i => entries k (fun j => covariance q i j))
    compared: fa2306a0ad58-56daceeef718 *)
Theorem cold k d z p i j : let x l := distance2 d z (p l) in
  (forall l, (0 < l < k)%nat -> x O < x l) -> (i < k)%nat -> (j < k)%nat ->
  filterlim (fun T => covariance (soft k x T) i j) (at_right 0) (locally 0).
Proof.
  intros x nearest lt_i lt_j.
  replace 0 with (covariance first_vertex i j) at 2.
  - apply covariance_limit; [typeclasses eauto | |]; apply cold_vertex; assumption.
  - unfold covariance, first_vertex; to_reals; destruct i as [|i], j as [|j]; simpl; try ring; destruct (Nat.eqb i j); ring.
Qed.

(** claim: ddcl.covariance/softmax/cold
    role: refutes
    value: let q := cold_share k (fun i => distance2 d z (p i)) in entries k (fun i => entries k (fun j => covariance q i j))
    witness: {"z": [0], "p": [[1], [-1]], "T": {"s": 0}}
    compared: bf34380c8e5a-38dbf7215817 *)
Theorem cold_at_a_tie : exists k d z p i j, (i < k)%nat /\ (j < k)%nat /\
  ~ filterlim (fun T => covariance (soft k (fun l => distance2 d z (p l)) T) i j) (at_right 0) (locally 0).
Proof.
  exists 2%nat, 1%nat, (fun _ => 0), (fun j _ => match j with O => 1 | _ => - (1) end), O, O; repeat split; [lia | lia |].
  set (x := fun l => distance2 _ _ _); intros vanishes.
  assert (same : forall l, x l = 1) by (intros [|l]; unfold x, distance2, norm2; simpl; to_reals; ring).
  assert (half := cold_limit 2 2 x 0 ltac:(lia) ltac:(intros; rewrite !same; reflexivity) ltac:(intros; lia) ltac:(lia)).
  assert (kept := covariance_limit (soft 2 x) (even_share 2) 0 0 (at_right 0) ltac:(typeclasses eauto) half half).
  assert (0 = covariance (even_share 2) 0 0) as same_limit by exact (filterlim_locally_unique _ _ _ vanishes kept).
  unfold covariance, even_share in same_limit; simpl in same_limit; lra.
Qed.

(** claim: ddcl.covariance/softmax/hot
    value: let q := soft_assignment k d z p T in
           entries k (fun i => entries k (fun j => number k * covariance q i j - ((if Nat.eqb i j then 1 else 0) - 1 / number k)))
    compared: 71d9b5ab6bb8-09ffc5c1a789 *)
Theorem hot k d z p i j : (0 < k)%nat -> let x l := distance2 d z (p l) in
  filterlim (fun T => covariance (soft k x T) i j) (Rbar_locally p_infty)
    (locally (1 / INR k * ((if Nat.eqb i j then 1 else 0) - 1 / INR k))).
Proof.
  intros k0 x; replace (_ * _) with (covariance (fun _ => 1 / INR k) i j).
  - apply covariance_limit; [typeclasses eauto | |]; apply proposition1.hot; exact k0.
  - unfold covariance; to_reals; destruct (Nat.eqb i j); ring.
Qed.
