"""Proposition 2 for every k and d: a slope less a gradient's component is one polynomial family in (z, p, q) and the direction.

A direction towards r with Σr = 1 is r − q = w − (Σw) q for w = r − q, because Σq = 1; and w − (Σw) q + q sums to one for
every w, so that w may be any vector.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.domain import Variable
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import ALL_SIZES, Proof, Steps, carry_out, identity

AXES = (Carriers("k", {"q": 0, "p": 0, "r": 0, "v": 0, "w": 0}), Carriers("d", {"z": 0, "p": 1}))
SUMS_TO_ONE = ("simplex", "sum-one")


def _kind(statement: Statement, name: str) -> str:
    found: list[Variable] = [v for v in statement.domain.variables if v.name == name]
    return found[0].kind if found else ""


def towards_any(q: Sequence[Expr], w: Sequence[Expr]) -> list[Expr]:
    """q + w − (Σw) q."""
    total = ex.total(w)
    return [qj + wj - total * qj for qj, wj in zip(q, w, strict=True)]


def _reaches_all(steps: Steps) -> None:
    for k in range(1, 6):
        q, r, w = ([ex.variable(name, j) for j in range(k)] for name in ("q", "r", "w"))
        sums = {row[-1]: 1 - ex.total(row[:-1]) for row in (q, r)}
        back = [ex.substitute(m - rj, sums) for m, rj in zip(towards_any(q, ex.minus(r, q)), r, strict=True)]
        steps.verify(f"w = r − q gives r back (k = {k})", all(identity(b) for b in back))
        steps.verify(
            f"the point of any w sums to one (k = {k})", identity(ex.substitute(ex.total(towards_any(q, w)), sums) - 1)
        )


def slope(statement: Statement) -> Proof:
    """The conclusion vanishes identically; Σq = 1 and Σr = 1 are used where the domain grants them."""

    def argument(steps: Steps) -> str:
        on_simplex = _kind(statement, "q") in SUMS_TO_ONE
        towards = on_simplex and _kind(statement, "r") in SUMS_TO_ONE

        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            conclusion = statement.trace(sizes)[1]
            if conclusion.op != "eq0" or len(conclusion.roots) != 1:
                steps.verify("the conclusion is one expression that should vanish", False)
            root = conclusion.roots[0]
            if towards:
                x = statement.domain.namespace(sizes)
                w = [ex.variable("w", j) for j in range(sizes["k"])]
                root = ex.substitute(root, dict(zip(x.r, towards_any(x.q, w), strict=True)))
            return [root], {}

        if towards:
            _reaches_all(steps)
        identity_for_all_sizes(steps, family, AXES, simplex="q" if on_simplex else None, says="slope less gradient")
        return ALL_SIZES

    return carry_out(argument)
