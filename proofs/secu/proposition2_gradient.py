"""The variance of weighted unit instances is at most the mean of the squared weights, for every n, K and d."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddcl_proofs.secu.atoms import conclusion, given, text
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.secu import proposition2_gradient as claim
from ddcl_theory.claims.secu import sphere as s
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import Proof, Steps, carry_out, identity

SIZES = ((1, 1, 1), (2, 1, 2), (2, 2, 1), (3, 1, 3), (5, 2, 1), (7, 1, 1))


def _parts(p: list[Expr], b: list[list[Expr]], share: Expr) -> Expr:
    """Σ p² (1 − |b|²)/m + |Σ p b|²/m², share = 1/m."""
    rest = ex.total(c**2 * (1 - ex.norm2(row)) for c, row in zip(p, b, strict=True))
    return share * rest + share**2 * ex.norm2(
        [ex.total(c * v for c, v in zip(p, column, strict=True)) for column in zip(*b, strict=True)]
    )


def _decomposed(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
    p, share = [ex.variable("p", i) for i in range(sizes["m"])], ex.variable("share")
    b = [[ex.variable("b", i, a) for a in range(sizes["d"])] for i in range(sizes["m"])]
    rows = [ex.scaled(c, row) for c, row in zip(p, b, strict=True)]
    mean = [share * ex.total(row[a] for row in rows) for a in range(sizes["d"])]
    spread = share * ex.total(ex.norm2(row) for row in rows) - ex.norm2(mean)
    return [share * ex.total(c**2 for c in p) - spread - _parts(p, b, share)], {}


def bounded(statement: Statement) -> Proof:
    def argument(steps: Steps) -> str:
        for m, o, d in SIZES:
            sizes = {"n": 1, "m": m, "o": o, "d": d}
            x = statement.domain.namespace(sizes)
            root = conclusion(steps, statement, sizes, "ge0").roots[0]
            p = [ex.variable("p", i) for i in range(m)]
            found = ex.substitute(root, dict(zip(claim.pushes(x), p, strict=True)))
            value = _parts(p, x.b, ex.lift(ex.Fraction(1, m)))
            steps.verify(
                f"the conclusion is a multiple of Σ p² (1 − |b|²)/m + |Σ p b|²/m² at {text(sizes)}",
                any(identity(found - c * value) for c in range(1, 10)),
            )
            (unit,) = s.unit("b")
            steps.verify(
                f"|b| = 1 is a hypothesis at {text(sizes)}",
                given(statement, sizes, unit.id, unit.relation.op, unit.relation.values),
            )
        axes = (Carriers("m", {"p": 0, "b": 0}), Carriers("d", {"b": 1}))
        says = "(mean of p²) − Var(p b) = Σ p² (1 − |b|²)/m + |Σ p b|²/m², 1/m as a free number"
        identity_for_all_sizes(steps, _decomposed, axes, says=says)
        steps.note("the first sum is 0 by |b| = 1, the second a square; p may be any numbers")
        return "all m, K, d"

    return carry_out(argument)
