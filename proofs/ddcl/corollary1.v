(** Corollary 1: V is at most half the uncertainty of q times the squared diameter, so at most (k - 1)/(2k) of the squared
    diameter; at the corners of a regular simplex it is just that.  (That d + 1 prototypes suffice is not shown here.) *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import definitions corollary1_definitions theorem1.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Corollary1.
Variable R : realFieldType.
Implicit Types (k d : nat) (q : nat -> R) (p : nat -> nat -> R).

(** D2 bounds the squared distance of any two prototypes. *)
Definition within k d p (D2 : R) : Prop := forall i j, (i < k)%N -> (j < k)%N -> distance2 d (p i) (p j) <= D2.

(** claim: ddcl.corollary1/tighter/uncertainty
    value: let D2 := largest (concat (entries k (fun i => entries k (fun j => distance2 d (p i) (p j))))) in
           (1 - sum k (fun j => square (q j))) * (1 # 2) * D2 - variance k d p q
    compared: 51a84325203a-790cd7e1328f *)
Theorem by_uncertainty k d p q (D2 : R) : simplex k q -> within k d p D2 ->
  variance k d p q <= (1 - sum k (fun j => square (q j))) / 2%:R * D2.
Proof.
move=> [q0 mass] near; rewrite pairwise //.
have bound : sum k (fun i => sum k (fun j => q i * q j * distance2 d (p i) (p j))) <=
    sum k (fun i => (q i - square (q i)) * D2).
  apply: sum_le => i lt_ik.
  have each j : (j < k)%N ->
      q i * q j * distance2 d (p i) (p j) <= q i * D2 * q j - (if Nat.eqb i j then square (q i) * D2 else 0).
    move=> lt_jk; case: (PeanoNat.Nat.eqb_spec i j) => [<-|_].
      have -> : distance2 d (p i) (p i) = 0 by apply: sum_all0 => c _; to_field; rewrite subrr mul0r.
      by to_field; rewrite mulr0 [X in _ <= X](_ : _ = 0) //; ring.
    have -> : q i * D2 * q j - 0 = q i * q j * D2 by ring.
    by apply: ler_wpmul2l; [apply: mulr_ge0; exact: q0 | exact: near].
  apply: le_trans (sum_le each) _; rewrite sum_sub sum_mull mass sum_indicator // mulr1.
  by to_field; rewrite mulrBl.
rewrite mulrC [X in _ <= X]mulrAC ler_pmul2r ?invr_gt0 ?ltr0n //.
by apply: le_trans bound _; rewrite sum_mulr sum_sub mass.
Qed.

Lemma within_ge0 k d p (D2 : R) q : simplex k q -> within k d p D2 -> 0 <= D2.
Proof.
case: k => [[_]|k _ near]; first by move/esym/eqP; rewrite oner_eq0.
apply: le_trans (near 0%N 0%N (ltn0Sn k) (ltn0Sn k)).
by apply: sum_ge0 => c _; exact: sqr_ge0.
Qed.

(** claim: ddcl.corollary1/half/bound
    value: (1 # 2) * largest (concat (entries k (fun i => entries k (fun j => distance2 d (p i) (p j))))) - variance k d p q
    compared: 7e5cb637d504-90c46bb6f0a3 *)
Theorem by_half k d p q (D2 : R) : simplex k q -> within k d p D2 -> variance k d p q <= D2 / 2%:R.
Proof.
move=> inside near; apply: le_trans (by_uncertainty inside near) _.
have D0 := within_ge0 inside near.
rewrite mulrAC ler_pmul2r ?invr_gt0 ?ltr0n // ler_pimull //.
by rewrite ler_subl_addr ler_addl; apply: sum_ge0 => j _; exact: sqr_ge0.
Qed.

(** claim: ddcl.corollary1/one/bound
    value: largest (concat (entries k (fun i => entries k (fun j => distance2 d (p i) (p j))))) - variance k d p q
    compared: a42af504e25e-fc17166787be *)
Theorem by_one k d p q (D2 : R) : simplex k q -> within k d p D2 -> variance k d p q <= D2.
Proof.
move=> inside near; apply: le_trans (by_half inside near) _.
rewrite ler_pdivr_mulr ?ltr0n // mulr_natr mulr2n ler_addl; exact: within_ge0 inside near.
Qed.

(** The sum of squares is least where all shares are equal. *)
Lemma sum_squares k q : sum k q = 1 -> (0 < k)%N -> k%:R^-1 <= sum k (fun j => square (q j)).
Proof.
move=> mass k0; have k_neq0 : k%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
rewrite -subr_ge0.
have -> : sum k (fun j => square (q j)) - k%:R^-1 = sum k (fun j => square (q j - k%:R^-1)).
  have term j : square (q j - k%:R^-1) = square (q j) - 2%:R * k%:R^-1 * q j + k%:R^-1 * k%:R^-1 by to_field; ring.
  under [RHS]sum_ext => j _ do rewrite term.
  rewrite sum_add sum_sub sum_mull sum_const mass; move: (sum k _) => s; by field.
by apply: sum_ge0 => j _; exact: sqr_ge0.
Qed.

(** claim: ddcl.corollary1/sharp/bound
    scope: d ≥ k − 1
    value: (let m := Nat.min (k - 1) d in (Z.of_nat m # Pos.of_nat (2 * (m + 1)))) *
           largest (concat (entries k (fun i => entries k (fun j => distance2 d (p i) (p j))))) - variance k d p q
    compared: 3cde750a0be1-f6b7937a742c *)
Theorem by_count k d p q (D2 : R) : simplex k q -> within k d p D2 -> (0 < k)%N ->
  variance k d p q <= k.-1%:R / (2 * k)%:R * D2.
Proof.
move=> inside near k0; apply: le_trans (by_uncertainty inside near) _.
apply: ler_wpmul2r; first exact: within_ge0 inside near.
have k_neq0 : k%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
have -> : k.-1%:R / (2 * k)%:R = (1 - k%:R^-1) / 2%:R :> R.
  by rewrite -subn1 natrB // natrM; field; rewrite k_neq0.
by rewrite ler_pmul2r ?invr_gt0 ?ltr0n // ler_add2l ler_opp2; apply: sum_squares => //; case: inside.
Qed.

Lemma corner_distance r z (s : R) i j : (i < r)%N -> (j < r)%N -> i != j ->
  distance2 r (corner z s i) (corner z s j) = 2%:R * square s.
Proof.
move=> lt_ir lt_jr differ; rewrite /distance2 /norm2 /corner.
have term c : square ((z c + if Nat.eqb i c then s else 0) - (z c + if Nat.eqb j c then s else 0))%A =
    (if Nat.eqb i c then square s else 0) + (if Nat.eqb j c then square s else 0).
  case: (PeanoNat.Nat.eqb_spec i c) => [eq_ic|_]; case: (PeanoNat.Nat.eqb_spec j c) => [eq_jc|_]; to_field;
  [by rewrite eq_ic eq_jc eqxx in differ | by ring | by ring | by ring].
under sum_ext => c _ do rewrite term.
by rewrite sum_add !sum_indicator // -mulr2n mulr_natl.
Qed.

(** claim: ddcl.corollary1/sharp/attained
    value: let D2 := 2 * square sigma in
           (variance r r (corner z sigma) (fun _ => 1 # Pos.of_nat r) - (Z.of_nat (r - 1) # Pos.of_nat (2 * r)) * D2) ::
           concat (entries r (fun i => map (fun j => distance2 r (corner z sigma i) (corner z sigma j) - D2) (seq (S i) (r - S i))))
    compared: daca6336ac5e-c873ae4eb5c7 *)
Theorem attained r z (s : R) : (0 < r)%N ->
  (forall i j, (i < r)%N -> (j < r)%N -> i != j -> distance2 r (corner z s i) (corner z s j) = 2%:R * square s) /\
  variance r r (corner z s) (fun=> r%:R^-1) = r.-1%:R / (2 * r)%:R * (2%:R * square s).
Proof.
move=> r0; split; first by move=> i j; exact: corner_distance.
have r_neq0 : r%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
rewrite pairwise; last by rewrite sum_const divff.
have row i : (i < r)%N -> sum r (fun j => r%:R^-1 * r%:R^-1 * distance2 r (corner z s i) (corner z s j)) =
    r%:R^-1 * r%:R^-1 * (r.-1%:R * (2%:R * square s)).
  move=> lt_ir; rewrite sum_mull; congr (_ * _).
  have each j : (j < r)%N -> distance2 r (corner z s i) (corner z s j) =
      2%:R * square s - if Nat.eqb i j then 2%:R * square s else 0.
    move=> lt_jr; case: (PeanoNat.Nat.eqb_spec i j) => [<-|/eqP differ]; last by rewrite corner_distance // subr0.
    by rewrite subrr; apply: sum_all0 => c _; to_field; rewrite subrr mul0r.
  by rewrite (sum_ext each) sum_sub sum_const sum_indicator // -subn1 natrB // mulrBl mul1r.
rewrite (sum_ext row) sum_const natrM; move: (square s) (r.-1%:R : R) => t u.
by field.
Qed.

End Corollary1.
