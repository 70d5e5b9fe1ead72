(** Losses and forces near total collapse with assignments that follow the prototypes: `soft y p` are the shares that the
    prototypes p get of the sample y; z are n samples, v displacements. *)
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions collapse_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n k d : nat) (a u x : nat -> T) (z p v : nat -> nat -> T).

(** The mean of a_0, ..., a_(n-1) *)
Definition average n a : T := (Σ (m < n) a m) / number n.

(** P + e v *)
Definition moved p v (e : T) (j c : nat) : T := p j c + e * v j c.

(** The mean over the samples of a loss at (sample, prototypes, shares) *)
Definition mean_loss (loss : (nat -> T) -> (nat -> nat -> T) -> (nat -> T) -> T) n
  (soft : (nat -> T) -> (nat -> nat -> T) -> nat -> T) z p : T :=
  average n (fun m => loss (z m) p (soft (z m) p)).

(** sum_j v_j . F_j, F_j the mean over the samples of the force on prototype j at these shares *)
Definition work (force : (nat -> T) -> (nat -> nat -> T) -> (nat -> T) -> nat -> nat -> T) n k d
  (soft : (nat -> T) -> (nat -> nat -> T) -> nat -> T) z p v : T :=
  average n (fun m => Σ (j < k) dot d (v j) (force (z m) p (soft (z m) p) j)).

(** The same at p_j = mean z + e v_j *)
Definition loss_near_collapse loss n soft z v (e : T) : T := mean_loss loss n soft z (moved (collapsed n z) v e).
Definition work_near_collapse force n k d soft z v (e : T) : T :=
  work force n k d soft z (moved (collapsed n z) v e) v.

(** u^T Sigma u = mean_m (u . (z_m - mean z))^2 *)
Definition variance_along n d z u : T := average n (fun m => square (dot d u (fun c => z m c - mean_of n z c))).

(** The mean of v_j^T Sigma v_j, and of |v_j|^2, over the prototypes *)
Definition data_variance n k d z v : T := average k (fun j => variance_along n d z (v j)).
Definition mean_square k d v : T := average k (fun j => norm2 d (v j)).

(** The mean square less the squared mean *)
Definition variance_of n a : T := average n (fun m => square (a m)) - square (average n a).

(** (a_j - mean a) u *)
Definition along k a u (j c : nat) : T := (a j - average k a) * u c.

End Definitions.
