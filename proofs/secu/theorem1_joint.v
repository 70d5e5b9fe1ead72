(** Cross-entropy as one objective of all centres: negatives push. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.secu Require Import sphere_definitions theorem1_definitions theorem1_joint_definitions theorem1.

Open Scope R_scope.

Implicit Types (n m d o i : nat) (rows negatives v : nat -> nat -> R) (w u : nat -> R) (lambda : R).

(** What of cross-entropy depends on w: the loss of the positives, and sum_b log (e^(b.w/lambda) + sum_l e^(b.v_l/lambda)).  The target
    of a negative is another centre, whose term does not change with w. *)
Definition cross_entropy lambda n m d o rows negatives v w : R := let e := boltzmann_weight lambda in
  loss lambda n d o rows v w + sum m (fun i => ln (attraction e d (negatives i) w + rivals e d o v (negatives i))).

Lemma push_term lambda d o v w u x : lambda <> 0 -> let e := boltzmann_weight lambda in
  is_derive (fun h => ln (attraction e d x (fun a => w a + h * u a) + rivals e d o v x)) 0
    (prediction e d o v w x * dot d x u / lambda).
Proof.
  intros lambda0 e.
  assert (split : is_derive (fun h => ln (attraction e d x (fun a => w a + h * u a) + rivals e d o v x)
    - dot d x (fun a => w a + h * u a) / lambda + (dot d x w + h * dot d x u) / lambda) 0
    ((prediction e d o v w x - 1) * dot d x u / lambda + dot d x u / lambda)).
  { apply (is_derive_plus (fun h => ln (attraction e d x (fun a => w a + h * u a) + rivals e d o v x)
      - dot d x (fun a => w a + h * u a) / lambda) (fun h => (dot d x w + h * dot d x u) / lambda)).
    - apply slope_term, lambda0.
    - generalize (dot d x w) (dot d x u); intros a b; auto_derive; [exact I | field; exact lambda0]. }
  assert (same : prediction e d o v w x * dot d x u / lambda =
    (prediction e d o v w x - 1) * dot d x u / lambda + dot d x u / lambda) by (field; exact lambda0).
  rewrite same; refine (is_derive_ext _ _ 0 _ _ split); intros h; rewrite dot_moved.
  match goal with |- @eq _ ?a ?b => change (@eq R a b) end; ring.
Qed.

(** - lambda grad CE = s - sum_b p_b b
    claim: secu.theorem1/joint/joint/amended
    value: T_value * (loss_slope (boltzmann T) T_value n d o x v w u + push (boltzmann T) m d o b v w u / T_value)
      + dot d (pull (boltzmann T) n d o x v w) u - push (boltzmann T) m d o b v w u
    compared: 82a1944e20e2-446f1b19ec11 *)
Theorem slope_of_cross_entropy lambda n m d o rows negatives v w u : 0 < lambda ->
  let e := boltzmann_weight lambda in let push := push e m d o negatives v w u in
  let rate := loss_slope e lambda n d o rows v w u + push / lambda in
  is_derive (fun h => cross_entropy lambda n m d o rows negatives v (fun a => w a + h * u a)) 0 rate /\
  - (lambda * rate) = dot d (pull e n d o rows v w) u - push.
Proof.
  intros lambda0 e push' rate; destruct (slope_of_the_loss lambda n d o rows v w u lambda0) as [along same]; split.
  - apply (is_derive_plus (fun h => loss lambda n d o rows v (fun a => w a + h * u a))); [exact along |].
    replace (push' / lambda) with (sum m (fun i => prediction e d o v w (negatives i) * dot d (negatives i) u / lambda))
      by (apply (sum_mulr m (/ lambda))).
    apply (derivative_of_sum m (fun i h => ln (attraction e d (negatives i) (fun a => w a + h * u a) + rivals e d o v (negatives i)))).
    intros i _; apply push_term; lra.
  - unfold e; rewrite <- same; fold e; unfold rate; field; lra.
Qed.
