(** Proposition 5, the argument, with the gradient through the softmax: L_OLS exerts no difference of forces on two
    prototypes at one place c, whatever the others r. *)
From Coq Require Import Reals Lra Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
From DDCL.ddcl Require Import definitions covariance_definitions soft_definitions collapse_definitions jet_definitions.
From DDCL.ddcl Require Import collapse_softmax_definitions pair_softmax_definitions softmax derivatives collapse_softmax.
From DDCL.ddcl Require Import collapse_expansion pair_softmax.
Open Scope R_scope.

Implicit Types (n k d : nat) (c u y : nat -> R) (z r p : nat -> nat -> R) (T : R).

(** c + u, c - u, and the others *)
Definition ends c r u (j : nat) : nat -> R :=
  match j with O => fun a => c a + u a | S O => fun a => c a - u a | S (S i) => r i end.

Lemma ends_opened c r u : opened (ends c r u) 0 = doubled c r.
Proof.
  extensionality j; extensionality a; destruct j as [|[|j]]; unfold opened, doubled, ends; to_reals; [field | field | reflexivity].
Qed.

Lemma ends_away c r u : away (ends c r u) = parted u.
Proof.
  extensionality j; extensionality a; destruct j as [|[|j]]; unfold away, parted, half_difference, ends; to_reals;
    [field | field | reflexivity].
Qed.

Lemma mixture_holds l d y p T a : 0 < T -> mixture_slope (S (S l)) d y (opened p 0) (away p) T 0 a = 0.
Proof.
  intros T0; unfold mixture_slope, first_slope; rewrite !moved_opened_0.
  generalize (sum (S (S l)) (fun j => shares (S (S l)) d T y (opened p 0) j * opened p 0 j a)); intros m.
  rewrite !sum_pair by (intros; rewrite ?tug_away, ?norm_away; unfold away; ring).
  rewrite !tug_away, !norm_away, <- (same_share l d y p T); destruct (opened_0 p a) as [-> ->].
  unfold away; field; lra.
Qed.

(** claim: ddcl.proposition5.force/full/no-force-at-coincidence
    value: - slope_of (fun e => mean_loss (ols (S (S k)) d) n (soft_jet 1 T T_value (S (S k)) d) (held z)
             (moved (doubled (fixed c) (held r)) (parted (fixed u)) e))
    compared: 6886640b55c9-bcff5b892e3b *)
Theorem no_force_through_the_softmax n k d z c r T u : 0 < T ->
  is_derive (fun e => mean_loss (ols (S (S k)) d) n (shares (S (S k)) d T) z (moved (doubled c r) (parted u) e)) 0 0.
Proof.
  intros T0; rewrite <- (ends_opened c r u), <- (ends_away c r u); set (p := ends c r u).
  apply (is_derive_eq _ _ (average n (fun m => ols_slope (S (S k)) d (z m) (opened p 0) (away p) T 0))).
  - apply average_rule; intros m _; apply ols_rule; [lia | exact T0].
  - rewrite average_eq, (sum_ext n _ (fun _ => 0)), sum_const; [unfold Rdiv; ring|]; intros m _.
    unfold ols_slope; rewrite (sum_ext d _ (fun _ => 0)), sum_const; [ring|]; intros a _.
    rewrite mixture_holds by exact T0; ring.
Qed.
