(** What is measured on a pair of prototypes, and on the plane through collapse on which L_q is a saddle. *)
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions collapse_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n k d : nat) (a x y u : nat -> T) (z p : nat -> nat -> T).

(** Coordinates (i, j) of the area that x and y span *)
Definition cross x y (i j : nat) : T := x i * y j - x j * y i.

(** sum_m L_q at p_j = mean z + s a_j u and q_mj = 1/k + t a_j u . (z_m - mean z), a centred *)
Definition plane_level n k d z a u (s t : T) : T :=
  Σ (m < n) quantization k d (z m) (fun j c => mean_of n z c + s * a j * u c)
    (fun j => inv (number k) + t * a j * dot d u (fun c => z m c - mean_of n z c)).

(** Second derivatives at 0 of c + A s^2 + B s t + C s^2 t *)
Definition second_in_s (f : T -> T -> T) : T := f 1 0 - 2 * f 0 0 + f (- (1)) 0.
Definition second_in_t (f : T -> T -> T) : T := f 0 1 - 2 * f 0 0 + f 0 (- (1)).
Definition mixed (f : T -> T -> T) : T := (f 1 1 - f 1 (- (1)) - f (- (1)) 1 + f (- (1)) (- (1))) / number 4.

(** a_j - mean a *)
Definition about_mean k a (j : nat) : T := a j - (Σ (i < k) a i) / number k.

End Definitions.
