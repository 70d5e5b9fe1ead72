"""Weights 1 − p of two instances, for every number of clusters and every dimension.

The other centres enter p only through S = Σ_l e^{x·v_l/λ}, so that after the exponentials are freed the identities are lifted
along the other centres by the support lemma; the dimension is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_proofs.secu.atoms import RIVAL, conclusion, freed, given, text
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


def _lifted(steps: Steps, statement: Statement, value: Callable[[Any], Expr], alike: bool, says: str) -> None:
    def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
        full = {**sizes, "d": 1}
        x = statement.domain.namespace(full)
        (root,) = conclusion(steps, statement, full, "ge0").roots
        e = freed(root - value(x), [x.a, x.b], x.w, x.v, x.T)
        if alike:
            e = ex.substitute(e, {ex.variable(RIVAL, 1, j): ex.variable(RIVAL, 0, j) for j in range(sizes["o"])})
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
        _lifted(
            steps, statement, lambda x: factor * claim.harder(x), False, "the difference of the weights is p_b − p_a"
        )
        return "all K, d"

    return carry_out(argument)


def farther(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        factor = _factor(steps, statement)
        for sizes in SMALL:
            x = statement.domain.namespace(sizes)
            steps.verify(
                f"|a − w| ≥ |b − w|, |a| = |b| = 1 and a·v_l = b·v_l are hypotheses at {text(sizes)}",
                given(statement, sizes, "farther", "ge0", lambda x: [claim.farther(x)])
                and given(statement, sizes, "alike", "eq0", claim.like_others)
                and all(given(statement, sizes, h.id, h.relation.op, h.relation.values) for h in claim.UNIT),
            )
            gap = ex.norm2(x.a) - ex.norm2(x.b) - claim.farther(x)
            steps.verify(
                f"2 (b·w − a·w) = |a − w|² − |b − w|² for |a| = |b| at {text(sizes)}",
                identity(gap - 2 * (ex.dot(x.a, x.w) - ex.dot(x.b, x.w))),
            )
        steps.note("in every dimension alike; so b·w ≥ a·w, and e^(b·w/λ) ≥ e^(a·w/λ); e^(a·v_l/λ) = e^(b·v_l/λ)")

        def value(x: Any) -> Expr:
            a, b = s.attraction(x.a, x.w, x.T), s.attraction(x.b, x.w, x.T)
            rest_a, rest_b = s.rivals(x.a, x.v, x.T), s.rivals(x.b, x.v, x.T)
            return factor * rest_a * (b - a) / ((a + rest_a) * (b + rest_b))

        _lifted(
            steps, statement, value, True, "with S_a = S_b = S the difference is S (e_b − e_a) / ((e_a + S)(e_b + S))"
        )
        steps.note("exponentials are positive")
        return "all K, d"

    return carry_out(argument)


def uniform_weights(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        for n, d in ((1, 1), (2, 1), (3, 2), (5, 1), (7, 1)):
            sizes = {"n": n, "d": d}
            roots = conclusion(steps, statement, sizes, "eq0").roots
            steps.verify(f"the weighted mean is the mean at {text(sizes)}", all(identity(r) for r in roots))
        steps.note("one formula in n: the common weight c cancels, because Σ c = n c; coordinates are independent")
        return "all n, d"

    return carry_out(argument)
