(** Section 5.5 on small systems: Jacobians of two and three coordinates, and the response of the concentration. *)
From Coq Require Import QArith.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions covariance_definitions training_definitions.

Open Scope Q_scope.

(** One sample and two prototypes at one place, all moving, over the rationals: there q = 1/2 at any T.

    claim: ddcl.theorem3.applies/joint/oscillation
    role: refutes
    value: - cubic_discriminant (stopped_jacobian 2 1 1 (fun _ => 1) T_value (fun _ _ => 1 / 2) rate (fun _ => 0))
    witness: {"T": 1, "rate": [1, 2, 3]}
    compared: f9b665f509bc-d992c2400a4b *)
Theorem joint_does_not_turn : exists (temperature : Q) (rate : nat -> Q),
  (0 < temperature /\ forall i, 0 < rate i) /\
  ~ 0 < - cubic_discriminant (stopped_jacobian 2 1 1 (fun _ => 1) temperature (fun _ _ => 1 / 2) rate (fun _ => 0)).
Proof.
  exists 1, (fun i => match i with O => 1 | S O => 2 # 1 | _ => 3 # 1 end).
  split; [split; [reflexivity | intros [|[|i]]; reflexivity] | vm_compute; discriminate].
Qed.
Close Scope Q_scope.

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Plane.
Variable R : realFieldType.
Implicit Types (x y left gap shift temperature a b c e eta beta curvature gamma : R) (z rate : nat -> R).

(** The reduced flow at a vertex, where sample j sits on prototype j: p'_j = rate_j 2 (z_j - p_j), whose Jacobian is
    diagonal. *)
Theorem vertex_field z p rate i l x : (i < 2)%N -> (l < 2)%N ->
  rate i * (2%:R * (z i - (p i + x * axis l i))) = rate i * (2%:R * (z i - p i)) + x * vertex_jacobian rate i l.
Proof.
move=> _ _; rewrite /vertex_jacobian /axis PeanoNat.Nat.eqb_sym.
by case: (Nat.eqb i l); to_field; ring.
Qed.

(** claim: ddcl.theorem3.applies/free/oscillation
    role: refutes
    value: turning (vertex_jacobian rate)
    witness: {"left": 0, "gap": 2, "shift": 1, "rate": [1, 2]}
    compared: 8a966446c36a-94fbeb6c080b *)
Theorem vertex_does_not_turn : exists rate, (forall j, 0 < rate j) /\ ~~ (0 < turning (vertex_jacobian rate)).
Proof.
exists (fun=> 1); split=> [_|]; first exact: ltr01.
rewrite -leNgt /turning /matrix_trace /matrix_determinant /vertex_jacobian /=; to_field.
by rewrite le_eqVlt; apply/orP; left; apply/eqP; ring.
Qed.

Lemma vertex_still x y : 0 < x -> 0 < y -> vertex_response Num.max x y = 0.
Proof.
move=> x0 y0; rewrite /vertex_response; to_field.
have -> : - x * - x - (y + x) * (y + x) = - (y * (y + 2%:R * x)) by ring.
rewrite max_l; first by rewrite !(oppr0, subr0, mul0r).
by rewrite oppr_le0 mulr_ge0 ?(ltW y0) // addr_ge0 ?mulr_ge0 ?ler0n ?(ltW x0) ?(ltW y0).
Qed.

(** claim: ddcl.theorem3.applies/free/response-of-concentration/amended
    value: vertex_response (fun x y => if Qle_bool x y then y else x) shift gap
    compared: ddf46cb58b7a-179eb01d35a1 *)
Theorem vertex_does_not_respond shift gap : 0 < shift -> 0 < gap -> vertex_response Num.max shift gap = 0.
Proof. exact: vertex_still. Qed.

(** claim: ddcl.theorem3.applies/free/response-of-concentration
    role: refutes
    value: vertex_response (fun x y => if Qle_bool x y then y else x) shift gap
    witness: {"left": 0, "gap": 2, "shift": 1, "rate": [1, 2]}
    compared: dcca78ce0136-433718335044 *)
Theorem vertex_need_not_respond : exists shift gap, [/\ 0 < shift, 0 < gap & ~~ (0 < vertex_response Num.max shift gap)].
Proof. by exists 1, 1; rewrite vertex_still ltr01 ?ltxx. Qed.

(** Whatever the field, it turns where J_12 and J_21 have opposite signs and their product is large enough.

    claim: ddcl.theorem3.applies/ols/oscillation/amended
    claim: ddcl.theorem3.applies/ols/real-spectrum/amended
    value: turning (ols_jacobian (boltzmann T) z L T_value rate)
    compared: 33df4ff74312-1becabf52b26 *)
Theorem turns (J : nat -> nat -> R) :
  square (J 0%N 0%N - J 1%N 1%N) < - (4%:R * J 0%N 1%N * J 1%N 0%N) -> 0 < turning J.
Proof.
rewrite -subr_gt0 => narrow; rewrite /turning /matrix_trace /matrix_determinant; congr (_ < _): narrow.
by to_field; ring.
Qed.

(** With inertia one mode has the printed signs: v' = -gamma v - lambda x, x' = v.

    claim: ddcl.theorem3.applies/momentum/printed-signs
    value: [gamma; curvature; 1]
    compared: 34152c76a807-5b013d4311ac *)
Theorem printed_signs gamma curvature : 0 < gamma -> 0 < curvature ->
  let J (i l : nat) := match i, l with 0%N, 0%N => - gamma | 0%N, _ => - curvature | 1%N, 0%N => 1 | _, _ => 0 end in
  (forall v x, (- gamma * v - curvature * x = J 0%N 0%N * v + J 0%N 1%N * x) /\ v = J 1%N 0%N * v + J 1%N 1%N * x) /\
  [/\ 0 < - J 0%N 0%N, 0 < - J 0%N 1%N & 0 < J 1%N 0%N].
Proof.
move=> g0 c0 J; split=> [v x|]; first by rewrite /J; split; ring.
by rewrite /J !opprK ltr01.
Qed.

End Plane.
