(** Cross-entropy as one objective of all centres: positives x at w, o other centres v, and m negatives, whose targets are others. *)
From DDCL Require Import arithmetic.
From DDCL.secu Require Import sphere_definitions proposition1_definitions theorem1_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n m d o : nat) (e : T -> T) (w u : nat -> T) (v rows negatives : nat -> nat -> T) (lambda : T).

(** e^(cross-entropy) of two classes: positives at w, negatives at w' *)
Definition joint_odds e n m d rows negatives w w' : T := odds e n d 1 rows (fun _ => w') w * odds e m d 1 negatives (fun _ => w) w'.

(** sum_b p_b b.u over the negatives b, p_b the prediction at w *)
Definition push e m d o negatives v w u : T := Σ (i < m) (prediction e d o v w (negatives i) * dot d (negatives i) u).

End Definitions.
