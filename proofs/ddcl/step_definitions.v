(** A Widrow-Hoff step of an assignment by one row r of the prototypes, projected onto the simplex, (18)-(20). *)
From Coq Require Import QArith List.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions span_definitions.
Open Scope arithmetic_scope.

Section Definitions.
Context {T : Type} `{Arithmetic T}.
Implicit Types (k : nat) (q r w y : nat -> T) (target eta : T).

(** e = z_t - r . q *)
Definition step_error k r target q : T := target - dot k r q.

(** q + eta e r *)
Definition stepped k r target eta q (j : nat) : T := q j + eta * step_error k r target q * r j.

(** |r - mean of r|^2 *)
Definition row_spread k r : T := Σ (j < k) square (r j - sum k r / number k).

(** |q - y|^2 - |w - y|^2 - eta e^2 (2 - eta |r - mean of r|^2) for the target r . y and the assignment w after the step *)
Definition gained k r eta q y w : T :=
  distance2 k q y - distance2 k w y -
  eta * square (step_error k r (dot k r y) q) * (2 - eta * row_spread k r).

End Definitions.

(** For evaluation: the point of the simplex nearest to v, max(0, v - t) with t the largest (sum_S v - 1)/|S| over the
    sets S of entries that are at least v_j. *)
Definition projected (k : nat) (v : nat -> Q) (j : nat) : Q :=
  let level i :=
    let above := filter (fun l => Qle_bool (v i) (v l)) (seq 0 k) in
    (fold_right add (-1)%Q (map v above)) / number (length above) in
  let t := fold_right (fun i x => if Qle_bool x (level i) then level i else x) (level O) (seq 0 k) in
  if Qle_bool (v j - t) 0 then 0 else v j - t.
