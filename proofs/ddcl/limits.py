"""Equalities in the limits of the temperature, for every k and d: the softmax weights tend to 0 or 1, the rest is continuity.

The conclusion, at T = 0 ("cold") or ∞ ("hot"), should be a list of expressions that vanish; with the limits in place of
the weights it is examined as an identity in the sample and the prototypes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ddcl_proofs.ddcl.shares import SMALL, demand, limit_of_weights, with_weights
from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl.algebra import distances
from ddcl_theory.expression import Expr
from ddcl_theory.proof import ALL_SIZES, Proof, Steps, carry_out, identity

SIZES = (*SMALL, {"k": 7, "d": 1})


def cold(statement: Statement) -> Proof:
    """T → 0 with a unique nearest prototype: relative to it its weight is 1 and all others tend to 0."""

    def argument(steps: Steps) -> str:
        limit_of_weights(steps, hot=False)

        def lead(x: Any) -> list[Expr]:
            d = distances(x.z, x.p)
            return [dj - d[0] for dj in d[1:]]

        demand(steps, statement, "unique-nearest", "gt0", lead, "d_j − d_1 > 0 is a hypothesis")
        _vanishes(steps, statement, lambda k: [ex.ONE] + [ex.ZERO] * (k - 1), "1, 0, …, 0")
        return ALL_SIZES

    return carry_out(argument)


def hot(statement: Statement) -> Proof:
    """T → ∞: all weights tend to 1."""

    def argument(steps: Steps) -> str:
        limit_of_weights(steps, hot=True)
        _vanishes(steps, statement, lambda k: [ex.ONE] * k, "1, …, 1")
        return ALL_SIZES

    return carry_out(argument)


def _vanishes(steps: Steps, statement: Statement, weights: Callable[[int], list[Expr]], says: str) -> None:
    for sizes in SIZES:
        x = statement.domain.namespace(sizes)
        traced = statement.trace(sizes)[1]
        holds = traced.op == "eq0" and all(identity(with_weights(e, x, weights(x.k))) for e in traced.roots)
        steps.verify(f"at the weights {says} the conclusion is an identity (k = {x.k}, d = {x.d})", holds)
    steps.note("q_j = w_j/Σ_l w_l is continuous in the weights, whose sum does not vanish; one formula in k")
