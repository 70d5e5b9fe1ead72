(** (21)-(23): the solutions of the flow of the base layer with the cell held. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.gbcl Require Import flows_definitions cell_definitions.

Open Scope R_scope.

Lemma approach_derivative rate w centre t c : let W t := approach w centre (exp (- (rate * t))) in
  is_derive (fun t => W t c) t (approach_speed rate w centre (exp (- (rate * t))) c).
Proof. intros W; unfold W, approach, approach_speed; to_reals; auto_derive; [exact I | ring]. Qed.

(** dW/dt = mu - W has the solution mu + e^(-t) (W(0) - mu).
    claim: gbcl.base-flow/frozen/exponential
    claim: gbcl.base-flow/moving/exponential/amended
    value: let mu := centroid n z a in
      [inner d r (fun c => approach_speed 1 w mu x c - (mu c - approach w mu x c)); inner d r (fun c => approach w mu 1 c - w c)]
    scope: all n, d
    compared: 5ef24549f4bd-f3a4453b5354 *)
Theorem solution n z a (w : nat -> R) t c : 0 < sum n a -> let mu := centroid n z a in
  let W t := approach w mu (exp (- t)) in is_derive (fun t => W t c) t (mu c - W t c) /\ W 0 c = w c.
Proof.
  intros _ mu W; split.
  - apply (is_derive_ext (fun t => approach w mu (exp (- (1 * t))) c)); [intros s; unfold W; now rewrite Rmult_1_l |].
    replace (mu c - W t c) with (approach_speed 1 w mu (exp (- (1 * t))) c); [exact (approach_derivative 1 w mu t c) |].
    unfold W, approach, approach_speed; to_reals; rewrite !Rmult_1_l; ring.
  - unfold W, approach; to_reals; rewrite Ropp_0, exp_0; ring.
Qed.

Lemma pull_sum n z a (y : nat -> R) c : 0 < sum n a -> pull n z a y c = sum n a * (y c - centroid n z a c).
Proof.
  intros A0; assert (pull n z a y c = sum n a * y c - combined n z a c) as ->.
  { unfold pull, combined; to_reals; rewrite <- sum_mulr, <- sum_sub; apply sum_ext; intros; ring. }
  unfold centroid; to_reals; field; lra.
Qed.

(** Along minus the gradient 2 sum_i a_i (W - x_i) of E the solution is mu + e^(-2At) (W(0) - mu), A = sum_i a_i.
    claim: gbcl.base-flow/gradient/rate/amended
    value: let mu := centroid n z a in
      inner d r (fun c => approach_speed (2 * sum n a) w mu x c + 2 * pull n z a (approach w mu x) c)
    scope: all n, d
    compared: f067aff9a628-6f893543a91d *)
Theorem gradient_solution n z a (w : nat -> R) t c : 0 < sum n a -> let mu := centroid n z a in
  let W t := approach w mu (exp (- (2 * sum n a * t))) in is_derive (fun t => W t c) t (- (2 * pull n z a (W t) c)).
Proof.
  intros A0 mu W; rewrite pull_sum by exact A0.
  replace (- (2 * (sum n a * (W t c - centroid n z a c)))) with (approach_speed (2 * sum n a) w mu (exp (- (2 * sum n a * t))) c).
  - exact (approach_derivative _ w mu t c).
  - unfold W, approach, approach_speed; fold mu; to_reals; ring.
Qed.
