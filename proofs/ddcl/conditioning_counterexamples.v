(** Section 6.1: curvatures that differ by a factor of more than a million.  Over the rationals, by computation. *)
From Coq Require Import QArith List Lia.
Import ListNotations.
From DDCL Require Import arithmetic.
From DDCL.ddcl Require Import definitions conditioning_definitions.
Open Scope Q_scope.

(** claim: ddcl.conditioning/bounded/bounded
    role: refutes
    value: ratio n d z w q (in_range d z a) (in_range d z b) (inject_Z 1000000)
    witness: {"z": [[1, 0], [1, "1/1000"]], "w": [0, 0], "q": [1, 1], "a": [1, 0], "b": [1, -2000]}
    compared: 72dda0ffbb50-08a6238788db *)
Theorem beyond_a_million : exists n d z w q a b, (forall m, (m < n)%nat -> 0 <= q m) /\
  ratio n d z w q (in_range d z a) (in_range d z b) (inject_Z 1000000) < 0.
Proof.
  exists 2%nat, 2%nat, (matrix [[1; 0]; [1; 1 # 1000]]), (vector [0; 0]), (vector [1; 1]), (vector [1; 0]), (vector [1; -2000 # 1]).
  split; [intros [|[|m]] lt; [vm_compute; congruence.. | lia] | vm_compute; reflexivity].
Qed.

(** claim: ddcl.conditioning/standardised/standardised
    role: refutes
    value: ratio n d z w q (in_range d z a) (in_range d z b) (inject_Z 1000000)
    witness: {"z": [[1, "4003999/4000001"], [-1, "-3995999/4000001"], [1, "3995999/4000001"], [-1, "-4003999/4000001"]], "w": [0, 0, 0, 0], "q": [1, 1, 1, 1], "a": [1, 1], "b": [1, -1]}
    compared: 966abb6661cf-21af797db83d *)
Theorem standardised_beyond_a_million : exists z w q a b, (forall m, (m < 4)%nat -> 0 <= q m) /\
  (forall c, (c < 2)%nat -> first_moment 4 z c == 0 /\ second_moment 4 z c == 0) /\
  ratio 4 2 z w q (in_range 2 z a) (in_range 2 z b) (inject_Z 1000000) < 0.
Proof.
  exists (correlated (1 # 2000)), (fun _ => 0), (fun _ => 1), (fun _ => 1), (vector [1; -1 # 1]).
  split; [intros; vm_compute; congruence | split; [|vm_compute; reflexivity]].
  intros [|[|c]] lt; [split; vm_compute; reflexivity.. | lia].
Qed.

(** claim: ddcl.conditioning/more-features/appended
    role: refutes
    value: ratio n (S d) (appended d z f) w q x y (inject_Z 1000000)
    witness: {"z": [[1, 0], [0, 1]], "w": [0, 0], "q": [1, 1], "f": [1001, 0], "x": [1, 0], "y": [0, 1]}
    compared: 15b5238a085a-570e5ab10f6a *)
Theorem beyond_with_one_feature : exists n d z w q f x y, (forall m, (m < n)%nat -> 0 <= q m) /\
  (forall i j, (i < n)%nat -> (j < n)%nat -> sum d (fun c => z i c * z j c)%A == if Nat.eqb i j then 1 else 0) /\
  ratio n (S d) (appended d z f) w q x y (inject_Z 1000000) < 0.
Proof.
  exists 2%nat, 2%nat, (matrix [[1; 0]; [0; 1]]), (vector [0; 0]), (vector [1; 1]), (vector [1001 # 1; 0]), (vector [1; 0]),
    (vector [0; 1]).
  split; [intros [|[|m]] lt; [vm_compute; congruence.. | lia] | split; [|vm_compute; reflexivity]].
  intros [|[|i]] [|[|j]] lt_i lt_j; try lia; vm_compute; reflexivity.
Qed.
