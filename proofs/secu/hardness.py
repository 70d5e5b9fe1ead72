"""Weights 1 − p of two instances, for every number of clusters and every dimension.

The other centres enter p only through S = Σ_l e^{x·v_l/λ}, so that after the exponentials are freed the identities are lifted
along the other centres by the support lemma; the dimension is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_proofs.secu.atoms import OWN, RIVAL, conclusion, freed, given, text
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.secu import hardness as claim
from ddcl_theory.claims.secu import sphere as s
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out, identity

AXES = (Carriers("o", {RIVAL: 1}),)
SMALL = ({"o": 1, "d": 1}, {"o": 2, "d": 2}, {"o": 3, "d": 1})


def _factor(steps: Steps, statement: Statement) -> int:
    """c ≥ 1 with conclusion = c (weight of a − weight of b)."""
    x = statement.domain.namespace(SMALL[0])
    root = conclusion(steps, statement, SMALL[0], "ge0").roots[0]
    found = next((c for c in range(1, 10) if identity(root - c * claim.heavier(x))), 0)
    steps.verify("the conclusion is a positive multiple of the difference of the weights", found > 0)
    return found


def _lifted(steps: Steps, statement: Statement, value: Callable[[Any], Expr], says: str) -> None:
    def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
        full = {**sizes, "d": 1}
        x = statement.domain.namespace(full)
        (root,) = conclusion(steps, statement, full, "ge0").roots
        e = freed(root - value(x), [x.a, x.b], x.w, x.v, x.T)
        return [e], {}

    identity_for_all_sizes(steps, family, AXES, says=says)


def harder(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        factor = _factor(steps, statement)
        for sizes in SMALL:
            steps.verify(
                f"p_b − p_a ≥ 0 is a hypothesis at {text(sizes)}",
                given(statement, sizes, "harder", "ge0", lambda x: [claim.harder(x)]),
            )
        _lifted(steps, statement, lambda x: factor * claim.harder(x), "the difference of the weights is p_b − p_a")
        return "all K, d"

    return carry_out(argument)


def farther(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        factor = _factor(steps, statement)
        for sizes in SMALL:
            steps.verify(
                f"|a − w| ≥ |b − w|, |a| = |b| = 1 and a·v_l ≥ b·v_l are hypotheses at {text(sizes)}",
                given(statement, sizes, "farther", "ge0", lambda x: [claim.farther(x)])
                and given(statement, sizes, "nearer", "ge0", claim.like_others)
                and all(given(statement, sizes, h.id, h.relation.op, h.relation.values) for h in claim.UNIT),
            )
        identity_for_all_sizes(
            steps,
            _distance,
            (Carriers("d", dict.fromkeys("abw", 0)),),
            says="|a − w|² − |b − w|² = |a|² − |b|² + 2 (b·w − a·w)",
        )
        steps.note("so b·w ≥ a·w, e_b = e^(b·w/λ) ≥ e^(a·w/λ) = e_a; and S_a ≥ S_b term by term")

        def value(x: Any) -> Expr:
            a, b = s.attraction(x.a, x.w, x.T), s.attraction(x.b, x.w, x.T)
            rest_a, rest_b = s.rivals(x.a, x.v, x.T), s.rivals(x.b, x.v, x.T)
            return factor * (rest_a * (b - a) + (rest_a - rest_b) * a) / ((a + rest_a) * (b + rest_b))

        _lifted(
            steps, statement, value, "the difference is (S_a (e_b − e_a) + (S_a − S_b) e_a) / ((e_a + S_a)(e_b + S_b))"
        )
        steps.note("exponentials are positive")
        return "all K, d"

    return carry_out(argument)


def _distance(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    a, b, w = ([ex.variable(name, i) for i in range(sizes["d"])] for name in "abw")
    left = ex.norm2(ex.minus(a, w)) - ex.norm2(ex.minus(b, w))
    return [left - ex.norm2(a) + ex.norm2(b) - 2 * (ex.dot(b, w) - ex.dot(a, w))], {}


def _chebyshev(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    """Σ e Σ e a b − Σ e a Σ e b = ½ Σ_ij e_i e_j (a_i − a_j)(b_i − b_j); e = 1 counts."""
    e, a, b = ([ex.variable(name, i) for i in range(sizes["n"])] for name in "eab")
    left = ex.total(e) * ex.total(c * u * v for c, u, v in zip(e, a, b, strict=True)) - ex.dot(e, a) * ex.dot(e, b)
    pairs = ex.total(e[i] * e[j] * (a[i] - a[j]) * (b[i] - b[j]) for i in range(sizes["n"]) for j in range(sizes["n"]))
    return [left - pairs * ex.Fraction(1, 2)], {}


def _complement(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    """S/(e + S) + e/(e + S) − 1 with S = Σ rival; e has no index."""
    own, rest = ex.variable(OWN), ex.total(ex.variable(RIVAL, j) for j in range(sizes["o"]))
    return [rest / (own + rest) + own / (own + rest) - 1], {}


def captures(statement: Statement) -> Proof:
    """n Σ (1 − p) p ≤ Σ (1 − p) Σ p."""

    def argument(steps: Steps) -> str:
        tried = [
            {"n": n, "o": o, "d": d} for n, o, d in ((1, 1, 1), (2, 1, 1), (2, 2, 2), (3, 3, 1), (5, 1, 2), (7, 2, 1))
        ]
        for sizes in tried:
            x = statement.domain.namespace(sizes)
            root = conclusion(steps, statement, sizes, "ge0").roots[0]
            named = {s.prediction(row, x.w, x.v, x.T): ex.variable("p", i) for i, row in enumerate(x.x)}
            named |= {s.weight(row, x.w, x.v, x.T): ex.variable("h", i) for i, row in enumerate(x.x)}
            p, h = ([ex.variable(name, i) for i in range(x.n)] for name in "ph")
            value = (ex.total(p) * ex.total(h) - x.n * ex.dot(h, p)) / (x.n * ex.total(h))
            found = ex.substitute(root, named)
            steps.verify(
                f"the conclusion is a multiple of (Σ h Σ p − n Σ h p) / (n Σ h), h = 1 − p, at {text(sizes)}",
                any(identity(found - c * value) for c in range(1, 10)),
            )
        identity_for_all_sizes(steps, _complement, (Carriers("o", {RIVAL: 0}),), says="h + p = 1")
        identity_for_all_sizes(
            steps,
            _chebyshev,
            (Carriers("n", dict.fromkeys("eab", 0)),),
            says="n Σ a b − Σ a Σ b = ½ Σ_ij (a_i − a_j)(b_i − b_j), 1 written as e_i",
        )
        steps.note(
            "with a = h = 1 − p and b = p the products are −(p_i − p_j)² ≤ 0; Σ h > 0, as exponentials are positive"
        )
        return "all n, K, d"

    return carry_out(argument)


def counted(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    """Σ c x_i Σ 1 − Σ c Σ x_i, 1 written as e_i."""
    e, x = ([ex.variable(name, i) for i in range(sizes["n"])] for name in "ex")
    c = ex.variable("c")
    return [
        ex.total(c * a * v for a, v in zip(e, x, strict=True)) * ex.total(e) - ex.total(c * a for a in e) * ex.dot(e, x)
    ], {}


def uniform_weights(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        for n, d in ((1, 1), (2, 1), (3, 2), (5, 1), (7, 1)):
            sizes = {"n": n, "d": d}
            roots = conclusion(steps, statement, sizes, "eq0").roots
            steps.verify(f"the weighted mean is the mean at {text(sizes)}", all(identity(r) for r in roots))
        identity_for_all_sizes(steps, counted, (Carriers("n", {"e": 0, "x": 0}),), says="n Σ c x_i = Σ c Σ x_i")
        steps.note("divided by n Σ c > 0 this is the conclusion, coordinate by coordinate")
        return "all n, d"

    return carry_out(argument)
