(** The update of an assignment by one row r of the prototypes, (18)-(20). *)
From Coq Require Import QArith List.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (k : nat) (r q : nat -> T) (target eta : T).

(** e = z_t - r . q, (18) *)
Definition row_error k r target q : T := target - Σ (i < k) (r i * q i).

(** q + eta e r, entry i, (19) *)
Definition stepped k r target eta q (i : nat) : T := q i + eta * row_error k r target q * r i.

(** |r - mean r|^2 *)
Definition spread k r : T := Σ (i < k) square (r i - sum k r / number k).

End Definitions.

(** For evaluation: the projection onto the simplex, max(0, v - tau) with tau the largest of the numbers
    (sum_(v_i >= v_j) v_i - 1)/|{i : v_i >= v_j}|. *)
Definition threshold (k : nat) (v : nat -> Q) : Q :=
  let above j := filter (fun i => Qle_bool (v j) (v i)) (seq 0 k) in
  - smallest (entries k (fun j => - ((fold_right (fun i s => v i + s) 0 (above j) - 1) / number (length (above j))))).
Definition projected (k : nat) (v : nat -> Q) : nat -> Q :=
  let tau := threshold k v in vector (entries k (fun j => largest [(v j - tau : Q)])).
Definition updated (k : nat) (r : nat -> Q) (target eta : Q) (q : nat -> Q) : nat -> Q :=
  projected k (vector (entries k (stepped k r target eta q))).

(** One pass over the rows, (18)-(20) for t = 1, ..., d *)
Fixpoint passed (d k : nat) (z : nat -> Q) (p : nat -> nat -> Q) (eta : Q) (q : nat -> Q) : nat -> Q :=
  match d with
  | O => q
  | S c => updated k (fun j => p j c) (z c) eta (passed c k z p eta q)
  end.
