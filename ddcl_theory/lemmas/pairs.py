"""Lemma (iv), explicit sums: a conclusion is non-negative because it equals a sum of visibly non-negative terms.

A term is a product of factors times a sum of squares.  Every factor must be an expression that a hypothesis of the
statement makes non-negative (the very same node), or a Boltzmann factor.  That the sum equals the conclusion is an
identity, lifted to all sizes by the support lemma.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.support import PROBED, Carriers, identity_for_all_sizes
from ddcl_theory.proof import Steps


@dataclass(frozen=True)
class Term:
    """Π factors · Σ squares² (1 where no squares are given)."""

    factors: tuple[Expr, ...]
    squares: tuple[Expr, ...] = ()

    def value(self) -> Expr:
        result = ex.total(s**2 for s in self.squares) if self.squares else ex.ONE
        for factor in self.factors:
            result = result * factor
        return result


def known_nonnegative(statement: Statement, sizes: Mapping[str, int]) -> set[int]:
    """Nodes that the hypotheses at these sizes make non-negative."""
    given, _ = statement.trace(sizes)
    return {id(root) for _, t in given if t.op in ("ge0", "gt0") for root in t.roots}


def nonnegative_for_all_sizes(
    steps: Steps,
    statement: Statement,
    terms: Callable[[Any], Sequence[Term]],
    axes: Sequence[Carriers],
    simplex: str | None = None,
    fixed: Mapping[str, int] | None = None,
    says: str = "the conclusion equals the explicit sum",
) -> None:
    """Verify conclusion = Σ terms for all sizes, and that each factor is non-negative by a hypothesis.

    terms(x) lists the terms at the sizes of the namespace x.  The conclusion must be a single ≥ 0 expression.
    """

    def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
        x = statement.domain.namespace(sizes)
        _, conclusion = statement.trace(sizes)
        if conclusion.op != "ge0" or len(conclusion.roots) != 1:
            steps.verify("the conclusion is one expression that should be ≥ 0", False)
        return [conclusion.roots[0] - ex.total(t.value() for t in terms(x))], {}

    identity_for_all_sizes(steps, family, axes, simplex, fixed, says)
    for size in range(1, PROBED + 1):
        sizes = {**{a.axis: size if a is axes[0] else min(size, 3) for a in axes}, **(fixed or {})}
        allowed = known_nonnegative(statement, sizes)
        factors = [f for t in terms(statement.domain.namespace(sizes)) for f in t.factors]
        if not all(
            id(f) in allowed or f.op in ("boltzmann", "exp") or (f.op == "const" and f.data >= 0) for f in factors
        ):
            steps.verify(f"every factor of the sum is non-negative at {sizes}", False)
    steps.verify(
        f"every factor of the sum is non-negative by a hypothesis, the rest are squares (sizes up to {PROBED})", True
    )
