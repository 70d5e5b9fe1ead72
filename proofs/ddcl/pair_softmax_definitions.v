(** A pair of prototypes that is opened while the assignments follow: `soft y p` are the shares that the prototypes p get of
    the sample y. *)
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions collapse_definitions collapse_softmax_definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (n k d : nat) (y : nat -> T) (z p : nat -> nat -> T).

(** Mean over the samples of u . (F_0 - F_1) for the pair at c + e u, c - e u *)
Definition mean_net (net : (nat -> T) -> (nat -> nat -> T) -> (nat -> T) -> T -> T) n
  (soft : (nat -> T) -> (nat -> nat -> T) -> nat -> T) z p (e : T) : T :=
  average n (fun m => net (z m) p (soft (z m) (opened p e)) e).

(** The mean loss there *)
Definition opened_loss (loss : (nat -> T) -> (nat -> nat -> T) -> (nat -> T) -> T) n
  (soft : (nat -> T) -> (nat -> nat -> T) -> nat -> T) z p (e : T) : T := mean_loss loss n soft z (opened p e).

(** u for the first of the pair, -u for the second, 0 for the others *)
Definition parted (u : nat -> T) (j c : nat) : T :=
  match j with
  | O => u c
  | S O => - u c
  | _ => 0
  end.

(** t = u . (y - c) *)
Definition reach d y p : T := dot d (half_difference p) (fun c => y c - (p 0%nat c + p 1%nat c) / 2).

(** Mean of 2 (q_0 + q_1) (2 t^2/T - |u|^2), the shares at e = 0 *)
Definition pair_rate n d (soft : (nat -> T) -> (nat -> nat -> T) -> nat -> T) z p (temperature : T) : T :=
  average n (fun m => let q := soft (z m) (opened p 0) in
    2 * (q 0%nat + q 1%nat) * (2 * square (reach d (z m) p) / temperature - norm2 d (half_difference p))).

(** Mean of 8 q t u . (z - Pq)/T *)
Definition ols_pair_rate n k d (soft : (nat -> T) -> (nat -> nat -> T) -> nat -> T) z p (temperature : T) : T :=
  average n (fun m => let q := soft (z m) (opened p 0) in
    number 8 * q 0%nat * reach d (z m) p
      * dot d (half_difference p) (fun c => z m c - mixture k q (opened p 0) c) / temperature).

(** Sum over the samples of q (c t^2 - T |u|^2) *)
Definition excess n d (soft : (nat -> T) -> (nat -> nat -> T) -> nat -> T) z p (temperature multiple : T) : T :=
  Σ (m < n) (soft (z m) (opened p 0) 0%nat *
    (multiple * square (reach d (z m) p) - temperature * norm2 d (half_difference p))).

(** Sum over the samples of q ((2 t^2 - T |u|^2) (T - d_c + L) + 2 T t^2), d_c the distance to c and L the value of L_q *)
Definition full_excess n k d (soft : (nat -> T) -> (nat -> nat -> T) -> nat -> T) z p (temperature : T) : T :=
  Σ (m < n) (let q := soft (z m) (opened p 0) in q 0%nat *
    ((2 * square (reach d (z m) p) - temperature * norm2 d (half_difference p))
      * (temperature - distance2 d (z m) (opened p 0 0%nat) + quantization k d (z m) (opened p 0) q)
    + 2 * temperature * square (reach d (z m) p))).

End Definitions.
