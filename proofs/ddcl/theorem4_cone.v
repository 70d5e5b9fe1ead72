(** The projection v of g onto the tangent cone of the simplex: it is the nearest point, and <g, v> = |v|^2 (Moreau). *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From DDCL Require Import algebra.
From DDCL.ddcl Require Import cone_definitions.

Set Implicit Arguments.
Unset Strict Implicit.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Cone.
Variable R : realFieldType.
Implicit Types (k s e : nat) (q g v u nu c r b w : nat -> R) (mu : R).

(** The cone at q: directions that keep the sum and do not lead out of a face. *)
Definition in_cone k q v : Prop := sum k v = 0 /\ forall j, (j < k)%N -> q j = 0 -> 0 <= v j.

(** The conditions of optimality: g = v + mu - nu, nu >= 0, nu_j = 0 where q_j or v_j is positive. *)
Definition optimal k q g v mu nu : Prop := in_cone k q v /\
  forall j, (j < k)%N -> [/\ g j = v j + mu - nu j, 0 <= nu j, q j != 0 -> nu j = 0 & nu j * v j = 0].

Theorem moreau_of_optimal k q g v mu nu : optimal k q g v mu nu ->
  sum k (fun j => g j * v j) = sum k (fun j => square (v j)).
Proof.
move=> [[mass _] kkt]; apply/eqP; rewrite -subr_eq0 -sum_sub; apply/eqP.
rewrite -[RHS](mulr0 mu) -mass -sum_mull; apply: sum_ext => j lt_jk.
have [-> _ _ apart] := kkt j lt_jk; to_field.
have -> : (v j + mu - nu j) * v j - v j * v j = mu * v j - nu j * v j by ring.
by rewrite apart subr0.
Qed.

Theorem nearest_of_optimal k q g v mu nu u : optimal k q g v mu nu -> in_cone k q u ->
  sum k (fun j => square (g j - v j)) <= sum k (fun j => square (g j - u j)).
Proof.
move=> [[massv _] kkt] [massu out]; rewrite -subr_ge0 -sum_sub.
have -> : sum k (fun j => square (g j - u j) - square (g j - v j)) =
    sum k (fun j => square (u j - v j) + 2%:R * (nu j * u j)) + 2%:R * mu * (sum k v - sum k u).
  rewrite -sum_sub -sum_mull -sum_add; apply: sum_ext => j lt_jk.
  have [-> _ _ apart] := kkt j lt_jk; to_field; rewrite -[RHS](subr0) -[X in _ = _ - X](mulr0 2%:R) -apart; ring.
rewrite massu massv subr0 mulr0 addr0; apply: sum_ge0 => j lt_jk.
apply: addr_ge0; first exact: sqr_ge0.
apply: mulr_ge0; first exact: ler0n.
have [_ nu0 supported _] := kkt j lt_jk; have [q0|q0] := eqVneq (q j) 0.
  by apply: mulr_ge0 => //; apply: out.
by rewrite supported // mul0r.
Qed.

(** Off the support: max(0, x) and its distance from x. *)
Lemma max_split (x : R) : let m := Num.max 0 x in [/\ 0 <= m, 0 <= m - x & (m - x) * m = 0].
Proof.
case: (lerP 0 x) => /= x0; first by rewrite subrr mul0r.
by rewrite lexx sub0r oppr_ge0 mulr0 ltW.
Qed.

Lemma cone_off_apart r j : (cone_off Num.max r j - r j) * cone_off Num.max r j = 0.
Proof. by have [] := max_split (r j). Qed.

Lemma cone_mass s e q c r : sum s q = 1 ->
  sum s (cone_on Num.max s e q c r) + sum e (cone_off Num.max r) = 0.
Proof.
move=> mass; rewrite /cone_on; to_field; rewrite sum_sub sum_mulr mass mul1r.
by rewrite opprD addrA subrr sub0r addNr.
Qed.

(** claim: ddcl.theorem4.dissipation/cone/cone
    value: cone_product larger_rational s e q c r mu - cone_norm2 larger_rational s e q c r
    compared: 9227670344ad-4e4c25681523 *)
Theorem moreau s e q c r mu : sum s q = 1 ->
  cone_product Num.max s e q c r mu = cone_norm2 Num.max s e q c r.
Proof.
move=> /(cone_mass e c r) mass; rewrite /cone_product /cone_norm2; to_field.
have on i : (cone_on Num.max s e q c r i + mu) * cone_on Num.max s e q c r i =
    cone_on Num.max s e q c r i * cone_on Num.max s e q c r i + mu * cone_on Num.max s e q c r i by ring.
have off j : (mu + r j) * cone_off Num.max r j =
    cone_off Num.max r j * cone_off Num.max r j + mu * cone_off Num.max r j.
  have := cone_off_apart r j; move: (cone_off _ _ _) => m apart.
  by rewrite -[LHS](addr0) -apart; ring.
under sum_ext => i _ do rewrite on; under [X in _ + X = _]sum_ext => j _ do rewrite off.
by rewrite !sum_add !sum_mull addrACA -mulrDr mass mulr0 addr0.
Qed.

(** The point of the cone that b and w stand for, on the support *)
Definition other s e q b w (i : nat) : R := b i - q i * (sum s b + sum e w).

(** claim: ddcl.theorem4.dissipation/cone/nearest
    value: cone_distance2 larger_rational s e q c r mu b w - cone_least2 larger_rational s e q c r mu
    compared: 61a1dea8bca6-11155d484600 *)
Theorem nearest s e q c r mu b w : sum s q = 1 -> (forall j, (j < e)%N -> 0 <= w j) ->
  cone_least2 Num.max s e q c r mu <= cone_distance2 Num.max s e q c r mu b w.
Proof.
move=> mass w0; have massv := cone_mass e c r mass; rewrite /cone_least2 /cone_distance2.
pose u := other s e q b w.
have massu : sum s u + sum e w = 0.
  by rewrite sum_sub sum_mulr mass mul1r opprD addrA subrr sub0r addNr.
set on := cone_on _ _ _ _ _ _ in massv *; have apart j := cone_off_apart r j; have below j := max_split (r j).
set off := cone_off _ _ in massv apart *.
have first : sum s (fun i => square (on i + mu - u i)%A) =
    sum s (fun i => square (on i + mu - on i)%A) + sum s (fun i => square (on i - u i)) + 2%:R * mu * (sum s on - sum s u).
  rewrite -sum_sub -sum_mull -!sum_add; apply: sum_ext => i _; to_field; rewrite -/(u i); ring.
have second : sum e (fun j => square (mu + r j - w j)%A) =
    sum e (fun j => square (mu + r j - off j)%A) + sum e (fun j => square (off j - w j) + 2%:R * ((off j - r j) * w j)) +
    2%:R * mu * (sum e off - sum e w).
  rewrite -sum_sub -sum_mull -!sum_add; apply: sum_ext => j _; to_field.
  by rewrite -[RHS]subr0 -[X in _ = _ - X](mulr0 2%:R) -(apart j); ring.
rewrite first second -subr_ge0.
set A := sum s (fun i => square (on i + mu - on i)%A); set B := sum s (fun i => square (on i - u i)).
set C := sum e (fun j => square (mu + r j - off j)%A); set D := sum e (fun j => square (off j - w j) + _).
have -> : A + B + 2%:R * mu * (sum s on - sum s u) + (C + D + 2%:R * mu * (sum e off - sum e w)) - (A + C)%A =
    B + D + 2%:R * mu * ((sum s on + sum e off) - (sum s u + sum e w)).
  by move: (sum _ on) (sum _ off) (sum _ u) (sum _ w) => x1 x2 x3 x4; to_field; ring.
rewrite massv massu subr0 mulr0 addr0; apply: addr_ge0; apply: sum_ge0 => j lt_j; first exact: sqr_ge0.
apply: addr_ge0; first exact: sqr_ge0.
by have [_ m0 _] := below j; rewrite mulr_ge0 ?ler0n // mulr_ge0 // w0.
Qed.

End Cone.
