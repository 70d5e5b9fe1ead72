(** (10) at the largest bound, gamma = log k: the entropy is flat to first order at the only solution, and the cost is not. *)
From Coq Require Import QArith Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From DDCL Require Import reals.
Open Scope R_scope.

(** The entropy of shares y_j, less log k, is - sum_j y_j log (k y_j); along s its derivative is - sum_j s_j (log (k y_j) + 1).
    claim: secu.entropy-dual/relaxed-boundary/largest-entropy
    role: refutes
    value: [- Σ (j < k) (s j * (log (number k * y j) + 1)); Σ (j < k) (c j * s j)]
    witness: {"c": [0, 1], "y": ["1/2", "1/2"], "s": [1, -1]}
    compared: 42782c2da724-0f436e3c559b *)
Theorem flat_at_the_largest : ~ (forall k c y s change, (1 < k)%nat -> sum k s = 0 -> (forall j, (j < k)%nat -> INR k * y j = 1) ->
  is_derive (fun t => - sum k (fun j => (y j + t * s j) * ln (INR k * (y j + t * s j)))) 0 change ->
  change <> 0 \/ sum k (fun j => c j * s j) = 0).
Proof.
  intro claimed; pose (s j := match j with O => 1 | _ => -1 end).
  destruct (claimed 2%nat (fun j => match j with O => 0 | _ => 1 end) (fun _ => 1 / 2) s 0) as [moves | free].
  - lia.
  - cbv [sum s zero add real_arithmetic]; lra.
  - intros j _; simpl INR; lra.
  - cbn [sum s]; to_reals; simpl INR; auto_derive; [repeat split; lra |].
    replace ((1 + 1) * (1 / 2 + 0 * 1)) with 1 by field; replace ((1 + 1) * (1 / 2 + 0 * -1)) with 1 by field.
    rewrite ln_1; field.
  - now apply moves.
  - revert free; cbv [sum s zero add real_arithmetic]; lra.
Qed.
