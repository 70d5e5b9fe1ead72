(** What negatives contribute to the gradient of a centre varies by no more than the mean of p^2. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.secu Require Import sphere_definitions proposition2_gradient_definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Gradient.
Variable R : realFieldType.
Implicit Types (m d o : nat) (e : R -> R) (b v : nat -> nat -> R) (w : nat -> R).

(** For every function e, u -> e^(-u/lambda) among them
    claim: secu.proposition2/gradient/gradient/amended
    value: mean_square_prediction (boltzmann T) m d o v w b - variance m d (with_prediction (boltzmann T) d o v w b)
    scope: all m, o, d
    compared: 69ee258c2e8e-3cf3d3c24d7e *)
Theorem negatives_contribute_little e m d o v w b : (forall i, (i < m)%N -> dot d (b i) (b i) = 1) ->
  variance m d (with_prediction e d o v w b) <= mean_square_prediction e m d o v w b.
Proof.
move=> unit; rewrite /variance /mean_square_prediction; to_field.
have -> : sum m (fun i => dot d (with_prediction e d o v w b i) (with_prediction e d o v w b i)) =
          sum m (fun i => prediction e d o v w (b i) * prediction e d o v w (b i)).
  apply: sum_ext => i lt_im; rewrite -[RHS]mulr1 -(unit i lt_im) /dot /with_prediction; to_field.
  by rewrite -sum_mull; apply: sum_ext => a _; ring.
by rewrite ler_subl_addr ler_addl; apply: sum_ge0 => a _; rewrite -expr2 sqr_ge0.
Qed.

End Gradient.
