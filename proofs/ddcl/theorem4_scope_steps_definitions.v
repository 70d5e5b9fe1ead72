(** For evaluation: exponentials and logarithms of rational numbers to about twelve digits. *)
From Coq Require Import QArith.
Open Scope Q_scope.

(** x to fifteen digits after the point *)
Definition rounded (x : Q) : Q := let ten := (1000000000000000)%positive in Qmake (Z.div (Qnum x * Z.pos ten) (Z.pos (Qden x))) ten.

Fixpoint squared (times : nat) (x : Q) : Q :=
  match times with O => x | S m => squared m (rounded (x * x)) end.

(** e^x = (e^(x/256))^256, the inner one by its series to the sixth power; e^x = 1/e^(-x) for x < 0 *)
Definition exp_digits (x : Q) : Q :=
  let positive y :=
    let t := rounded (y / (256 # 1)) in
    squared 8 (rounded (1 + t * (1 + t / 2 * (1 + t / 3 * (1 + t / 4 * (1 + t / 5 * (1 + t / 6))))))) in
  if Qle_bool 0 x then positive x else rounded (/ positive (- x)).

(** log x = log (x/2) + log 2 for x > 4/3, and by the series of the area tangent for x at most 4/3, at least 1/2 *)
Fixpoint log_halved (fuel : nat) (x : Q) : Q :=
  match fuel, Qle_bool x (4 # 3) with
  | S m, false => (693147180559945 # 1000000000000000) + log_halved m (x / 2)
  | _, _ =>
      let y := rounded ((x - 1) / (x + 1)) in let t := rounded (y * y) in
      rounded (2 * y * (1 + t * ((1 # 3) + t * ((1 # 5) + t * ((1 # 7) + t * ((1 # 9) + t * ((1 # 11) + t * (1 # 13))))))))
  end.
Definition log_digits (x : Q) : Q := log_halved 200 (rounded x).
