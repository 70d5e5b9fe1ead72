(** Training near a state: its field, the derivatives of the field, and what steps and momentum make of them.

    A state lists the coordinates of k prototypes, then those of n features, d each. *)
From Coq Require Import Arith QArith List.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions covariance_definitions.
Open Scope arithmetic_scope.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (k d n : nat) (s u v w rate : nat -> T) (g q p z : nat -> nat -> T) (temperature : T).

(** The state with prototypes p and features z *)
Definition joined k d p z (i : nat) : T :=
  if Nat.ltb i (k * d) then p (Nat.div i d) (Nat.modulo i d) else z (Nat.div i d - k)%nat (Nat.modulo i d).

(** Coordinate c of prototype j, of feature m, and of z_m - p_j *)
Definition prototype d s (j c : nat) : T := s (j * d + c)%nat.
Definition feature k d s (m c : nat) : T := s ((k + m) * d + c)%nat.
Definition offset k d s (m j c : nat) : T := feature k d s m c - prototype d s j c.

(** d_mj = |z_m - p_j|^2 *)
Definition apart k d s (m j : nat) : T := Σ (c < d) square (offset k d s m j c).

(** The derivative of d_mj along u at s; at u, along v, it is the second derivative along u and v *)
Definition stretch k d s u (m j : nat) : T := 2 * Σ (c < d) (offset k d s m j c * offset k d u m j c).

(** The direction of coordinate i *)
Definition axis (i l : nat) : T := if Nat.eqb i l then 1 else 0.

(** sum_m w_m sum_j g_mj dd_mj/du: the derivative of sum_m w_m sum_j g_mj d_mj along u, g held *)
Definition pulled k d n w g s u : T := Σ (m < n) (w m * Σ (j < k) (g m j * stretch k d s u m j)).

(** Its derivative along v, where g changes at the rate h *)
Definition bent k d n w g (h : nat -> nat -> T) s u v : T :=
  Σ (m < n) (w m * Σ (j < k) (h m j * stretch k d s u m j + g m j * stretch k d v u m j)).

(** The derivative of q_m = softmax(-d_m/T) along v: -q_mj (x_j - sum_i q_mi x_i)/T, x_j the derivative of d_mj *)
Definition soft_rate k d temperature q s v (m j : nat) : T :=
  - (q m j * (stretch k d s v m j - Σ (i < k) (q m i * stretch k d s v m i)) / temperature).

(** dL_q/dd_mj through the softmax: q_mj (1 - (d_mj - L_q)/T) *)
Definition full_weight k d temperature q s (m j : nat) : T :=
  q m j * (1 - (apart k d s m j - Σ (i < k) (q m i * apart k d s m i)) / temperature).

(** Its derivative along v *)
Definition full_rate k d temperature q s v (m j : nat) : T :=
  soft_rate k d temperature q s v m j *
    (1 - (apart k d s m j - Σ (i < k) (q m i * apart k d s m i)) / temperature) -
  q m j * (stretch k d s v m j - Σ (i < k) (full_weight k d temperature q s m i * stretch k d s v m i)) / temperature.

(** Entry (i, l) of the Jacobian of training at the rates given: stopped gradient, full gradient *)
Definition stopped_jacobian k d n w temperature q rate s (i l : nat) : T :=
  - (rate i * bent k d n w q (soft_rate k d temperature q s (axis l)) s (axis i) (axis l)).
Definition full_jacobian k d n w temperature q rate s (i l : nat) : T :=
  - (rate i * bent k d n w (full_weight k d temperature q s) (full_rate k d temperature q s (axis l)) s (axis i) (axis l)).

(** 4 det J - (tr J)^2 and the like, for 2 x 2 matrices *)
Definition matrix_trace (J : nat -> nat -> T) : T := J 0%nat 0%nat + J 1%nat 1%nat.
Definition matrix_determinant (J : nat -> nat -> T) : T := J 0%nat 0%nat * J 1%nat 1%nat - J 0%nat 1%nat * J 1%nat 0%nat.
Definition turning (J : nat -> nat -> T) : T := 2 * 2 * matrix_determinant J - square (matrix_trace J).

(** q_mj = E(d_mj - d_m0) / sum_i E(d_mi - d_m0), E(x) = e^(-x/T) *)
Definition soft_of k d (E : T -> T) s (m : nat) : nat -> T :=
  share k (fun j => E (apart k d s m j - apart k d s m 0)).

(** ** Prototypes -1 and 1, samples -a, a, -b, b *)
Definition two_pairs (a b : T) (i : nat) : T :=
  match i with 0%nat => - (1) | 1%nat => 1 | 2%nat => - a | 3%nat => a | 4%nat => - b | 5%nat => b | _ => 0 end.

(** The velocity of the prototype at 1, for one unit of mass at each of z and -z *)
Definition stopped_push E (z : T) : T := - pulled 2 1 2 (fun _ => 1) (soft_of 2 1 E (two_pairs z z)) (two_pairs z z) (axis 1).
Definition full_push temperature E (z : T) : T :=
  let s := two_pairs z z in - pulled 2 1 2 (fun _ => 1) (full_weight 2 1 temperature (soft_of 2 1 E s) s) s (axis 1).

(** The masses of the four samples for which the prototypes are at rest *)
Definition resting (push : T -> T) (a b : T) (m : nat) : T := if Nat.ltb m 2 then - push b else push a.

(** For prototypes -x and x, and the share y of the nearer one in the assignment of a sample z > 0: the derivative in x of
    |q|^2 at x = 1, and that of the velocity of the prototype at x, each for a sample at each of z and -z *)
Definition concentration_slope temperature (z y : T) : T := 2 * (2 * y - 1) * (y * (1 - y) * (2 * 2 * z / temperature)).
Definition velocity_slope temperature (z y : T) : T := 2 * (2 * z * (y * (1 - y) * (2 * 2 * z / temperature)) - 1).

(** Of masses u at a and -a, v at b and -b: their mean slope of |q|^2, and the slope of the velocity *)
Definition mean_concentration_slope temperature a b (u v y y' : T) : T :=
  (u * concentration_slope temperature a y + v * concentration_slope temperature b y') / (u + v).
Definition total_velocity_slope temperature a b (u v y y' : T) : T :=
  u * velocity_slope temperature a y + v * velocity_slope temperature b y'.

(** ** Two prototypes on a line at the two samples of a reduced flow *)

(** The Jacobian of rate_j 2 (z_j - p_j) *)
Definition vertex_jacobian rate (i l : nat) : T := if Nat.eqb i l then - (2 * rate i) else 0.

(** The mean over two samples of -max(0, d_n - d_n'), the prototypes moved apart by x, the samples a distance y apart *)
Definition vertex_response (larger : T -> T -> T) x y : T :=
  let gap := square (- x) - square (y + x) in (- larger 0 gap - larger 0 gap) / 2.

(** Discriminant of the characteristic polynomial l^3 + b l^2 + c l + e of a 3 x 3 matrix: negative iff two roots are
    not real *)
Definition cubic_discriminant (J : nat -> nat -> T) : T :=
  let minor i l := J i i * J l l - J i l * J l i in
  let b := - (J 0%nat 0%nat + J 1%nat 1%nat + J 2%nat 2%nat) in
  let c := minor 0%nat 1%nat + minor 0%nat 2%nat + minor 1%nat 2%nat in
  let e := - (J 0%nat 0%nat * (J 1%nat 1%nat * J 2%nat 2%nat - J 1%nat 2%nat * J 2%nat 1%nat) + J 0%nat 1%nat * (J 1%nat 2%nat * J 2%nat 0%nat - J 1%nat 0%nat * J 2%nat 2%nat) +
              J 0%nat 2%nat * (J 1%nat 0%nat * J 2%nat 1%nat - J 1%nat 1%nat * J 2%nat 0%nat)) in
  number 18 * b * c * e - number 4 * power b 3 * e + square b * square c - number 4 * power c 3 - number 27 * square e.

(** ** Prototypes 0 and y, three samples, L_OLS with the stopped gradient *)
Section Ols.
Variables (E : T -> T) (z : nat -> T) (y : T).

Definition place (j : nat) : T := if Nat.eqb j 0 then 0 else y.
Definition ols_share (m : nat) : nat -> T := share 2 (fun j => E (square (z m - place j) - square (z m - place 0))).

(** z_m - P q_m *)
Definition residual (m : nat) : T := z m - Σ (j < 2) (ols_share m j * place j).

(** The masses at rest: the vector product of the residuals and the residuals times q_2 *)
Definition ols_mass (m : nat) : T :=
  let e i := residual (Nat.modulo i 3) in
  let g i := residual (Nat.modulo i 3) * ols_share (Nat.modulo i 3) 1 in
  g (m + 1)%nat * e (m + 2)%nat - e (m + 1)%nat * g (m + 2)%nat.

(** The derivatives in the place of prototype l of q_mj and of the velocity sum_m 2 w_m q_mj (z_m - P q_m) *)
Definition ols_share_rate temperature (m j l : nat) : T :=
  - (ols_share m j * (axis j l - ols_share m l) * (2 * (place l - z m)) / temperature).
Definition ols_jacobian temperature rate (j l : nat) : T :=
  rate j * Σ (m < 3) (2 * ols_mass m * (ols_share_rate temperature m j l * residual m -
    ols_share m j * (ols_share m l + Σ (i < 2) (ols_share_rate temperature m i l * place i)))).
End Ols.

(** ** A step of length eta *)

(** The second derivative of mean_m F_T along displacements v of the prototypes, and <v, (1 - eta H) v> *)
Definition free_curvature k d n temperature q s (v : nat -> nat -> T) : T :=
  let u := joined k d v (fun _ _ => 0) in bent k d n (fun _ => 1) q (soft_rate k d temperature q s u) s u u / number n.
Definition kept k d n temperature q s (v : nat -> nat -> T) eta : T :=
  Σ (j < k) norm2 d (v j) - eta * free_curvature k d n temperature q s v.

End Definitions.

(** For evaluation: soft assignments of the n features, with s = e^(-1/T); tables; J_il r_l - J_li r_i for i < l. *)
Definition soft_table (k d n : nat) (weight : Q) (s : nat -> Q) : nat -> nat -> Q :=
  matrix (entries n (fun m => entries k (soft_of k d (boltzmann weight) s m))).
Definition imbalance (N : nat) (J : nat -> nat -> Q) (rate : nat -> Q) : list Q :=
  concat (map (fun i => map (fun l => J i l * rate l - J l i * rate i) (seq (S i) (N - S i))) (seq 0 N)).
Definition rates (k d : nat) (rate_p rate_z : nat -> Q) (i : nat) : Q :=
  if Nat.ltb i (k * d) then rate_p (Nat.div i d) else rate_z (Nat.div i d - k)%nat.
