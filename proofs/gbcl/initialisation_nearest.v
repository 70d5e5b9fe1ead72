(** Data c and -c, one prototype, normal Glorot weights: which start is nearer to the nearest sample. *)
From Coq Require Import Reals Lra FunctionalExtensionality.
From Interval Require Import Tactic.
From DDCL Require Import reals.
From DDCL.gbcl Require Import initialisation_nearest_definitions.
Open Scope R_scope.

(** A mean over Omega: linear, and 1 of the constant 1 *)
Definition mean {Omega : Type} (E : (Omega -> R) -> R) : Prop :=
  E (fun _ => 1) = 1 /\ forall a b f g, E (fun w => a * f w + b * g w) = a * E f + b * E g.

(** y has the deviation s, and E|y| = m s.  A normal y of mean 0 has that with m = sqrt (2 / PI). *)
Definition deviates {Omega : Type} (E : (Omega -> R) -> R) (m s : R) (y : Omega -> R) : Prop :=
  E (fun w => square (y w)) = square s /\ E (fun w => Rabs (y w)) = m * s.

(** The squared distance from y to the nearest of the samples c and -c *)
Definition nearest (c y : R) : R := Rmin (square (y - c)) (square (y - - c)).

Lemma nearest_expanded c y : 0 < c -> nearest c y = 1 * square y + 1 * (- (2 * c) * Rabs y + square c * 1).
Proof.
  intros c0; unfold nearest; to_reals; unfold Rmin, Rabs; destruct (Rle_dec _ _); destruct (Rcase_abs y); try ring; nra.
Qed.

Lemma mean_nearest {Omega : Type} (E : (Omega -> R) -> R) c m s y : 0 < c -> mean E -> deviates E m s y ->
  E (fun w => nearest c (y w)) = to_nearest c s m.
Proof.
  intros c0 [unit linear] [second first].
  rewrite (functional_extensionality _ _ (fun w => nearest_expanded c (y w) c0)).
  rewrite (linear 1 1 (fun w => square (y w)) (fun w => - (2 * c) * Rabs (y w) + square c * 1)).
  rewrite (linear (- (2 * c)) (square c) (fun w => Rabs (y w)) (fun _ => 1)), unit, second, first.
  unfold to_nearest; to_reals; ring.
Qed.

(** A multiple of a variable *)
Lemma deviates_scaled {Omega : Type} (E : (Omega -> R) -> R) c m s y : 0 < c -> mean E -> deviates E m s y ->
  deviates E m (c * s) (fun w => c * y w).
Proof.
  intros c0 [unit linear] [second first]; split.
  - transitivity (E (fun w => square c * square (y w) + 0 * 0)).
    + f_equal; apply functional_extensionality; intros w; to_reals; ring.
    + rewrite (linear (square c) 0 (fun w => square (y w)) (fun _ => 0)), second; to_reals; ring.
  - transitivity (E (fun w => c * Rabs (y w) + 0 * 0)).
    + f_equal; apply functional_extensionality; intros w; rewrite Rabs_mult, (Rabs_right c) by lra; ring.
    + rewrite (linear c 0 (fun w => Rabs (y w)) (fun _ => 0)), first; ring.
Qed.

Lemma factors c m : to_nearest c 1 m - to_nearest c (2 * c / sqrt 3) m =
  (2 * c / sqrt 3 - 1) * ((2 * m - 2 / sqrt 3) * c - 1).
Proof.
  assert (0 < sqrt 3) by (apply sqrt_lt_R0; lra); unfold to_nearest; to_reals; field; lra.
Qed.

Lemma starts {Omega : Type} (E : (Omega -> R) -> R) c m (W D : Omega -> R) : 0 < c -> mean E ->
  deviates E m 1 W -> deviates E m (2 / sqrt 3) D ->
  E (fun w => nearest c (W w)) = to_nearest c 1 m /\ E (fun w => nearest c (c * D w)) = to_nearest c (2 * c / sqrt 3) m.
Proof.
  intros c0 law base dual; split; [now apply mean_nearest|].
  apply mean_nearest; trivial; replace (2 * c / sqrt 3) with (c * (2 / sqrt 3)) by (unfold Rdiv; ring).
  now apply deviates_scaled.
Qed.

(** Glorot's variances are 2/(d + k) = 1 for the base weight W, and 2/(n + k) = 2/3 for each of the two dual weights, so that
    their difference D has the deviation 2 / sqrt 3; the dual prototype is c D.

    claim: gbcl.initialisation/nearest/nearest-sample/amended
    value: to_nearest c 1 m - to_nearest c (2 * c / root (number 3)) m -
      (2 * c / root (number 3) - 1) * ((2 * m - 2 / root (number 3)) * c - 1)
    compared: 6344561254b0-10eb1afeb119 *)
Theorem nearest_sample_scales {Omega : Type} (E : (Omega -> R) -> R) c m (W D : Omega -> R) : 0 < c -> mean E ->
  deviates E m 1 W -> deviates E m (2 / sqrt 3) D ->
  E (fun w => nearest c (W w)) - E (fun w => nearest c (c * D w)) =
    (2 * c / sqrt 3 - 1) * ((2 * m - 2 / sqrt 3) * c - 1).
Proof. intros c0 law base dual; destruct (starts E c m W D c0 law base dual) as [-> ->]; apply factors. Qed.

Lemma base_is_nearer : to_nearest 1 1 (sqrt (2 / PI)) < to_nearest 1 (2 * 1 / sqrt 3) (sqrt (2 / PI)).
Proof. unfold to_nearest; to_reals; interval. Qed.

(** At c = 1, where the data are standardised

    claim: gbcl.initialisation/nearest/nearest-sample
    role: refutes
    value: let larger x y := if Qle_bool x y then y else x in
      let lead m := to_nearest c 1 m - to_nearest c (2 * c / root (number 3)) m in
      larger (lead (7978 # 10000)%Q) (lead (7979 # 10000)%Q)
    witness: {"c": 1}
    compared: d4e4c0b1c410-b0147a898709 *)
Theorem base_starts_nearer : exists c, 0 < c /\
  forall (Omega : Type) (E : (Omega -> R) -> R) (W D : Omega -> R), mean E ->
  deviates E (sqrt (2 / PI)) 1 W -> deviates E (sqrt (2 / PI)) (2 / sqrt 3) D ->
  ~ E (fun w => nearest c (c * D w)) <= E (fun w => nearest c (W w)).
Proof.
  exists 1; split; [lra|]; intros Omega E W D law base dual.
  destruct (starts E 1 _ W D Rlt_0_1 law base dual) as [-> ->]; apply Rlt_not_le, base_is_nearer.
Qed.
