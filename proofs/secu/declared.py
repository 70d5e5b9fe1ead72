"""Is a statement the one that an argument is about?  Its conclusion and hypotheses are compared node by node."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ddcl_theory.claim import Hypothesis, Statement
from ddcl_theory.expression import Expr
from ddcl_theory.proof import Steps

Sizes = Sequence[Mapping[str, int]]


def examined(statement: Statement) -> list[dict[str, int]]:
    """The sizes at which forms are compared: the declared ones up to 3, and all sizes 4."""
    small = [s for s in statement.domain.all_sizes() if max(s.values()) <= 3]
    return [*small, dict.fromkeys(statement.domain.sizes, 4)]


#: Positive factors by which a conclusion may be multiplied.
FACTORS = (1, 2)


def conclusion(
    steps: Steps,
    statement: Statement,
    op: str,
    wanted: Callable[[Any, int], Sequence[Expr]],
    sizes: Sizes,
    says: str,
) -> None:
    """Verify that the conclusion is wanted(x, factor) in the relation op, for one factor and at all the sizes."""
    fits = []
    for factor in FACTORS:
        fits.append(
            all(
                (found.op, found.roots) == (op, tuple(wanted(statement.domain.namespace(s), factor)))
                for s in sizes
                for found in (statement.trace(s)[1],)
            )
        )
    steps.verify(f"the conclusion is {says}", any(fits))


def options(
    steps: Steps, statement: Statement, wanted: Callable[[Any, int], Sequence[Any]], sizes: Sizes, says: str
) -> None:
    """Verify that the conclusion is a disjunction of wanted(x, factor), a list of (op, roots)."""
    fits = []
    for factor in FACTORS:
        fits.append(
            all(
                [(o.op, o.roots) for o in statement.trace(s)[1].options]
                == [(op, tuple(roots)) for op, roots in wanted(statement.domain.namespace(s), factor)]
                for s in sizes
            )
        )
    steps.verify(f"the conclusion is {says}", any(fits))


def given(steps: Steps, statement: Statement, hypotheses: Sequence[Hypothesis], sizes: Sizes) -> None:
    """Verify that the statement has these hypotheses, as they are declared."""
    for h in hypotheses:
        present = all(
            any(
                g.id == h.id and traced == h.relation.trace(statement.domain.namespace(s))
                for g, traced in statement.trace(s)[0]
            )
            for s in sizes
        )
        steps.verify(f"{h.id} is a hypothesis", present)


def kinds(steps: Steps, statement: Statement, wanted: Mapping[str, str]) -> None:
    """Verify the kinds of variables, which carry hypotheses of their own."""
    for name, kind in wanted.items():
        steps.verify(f"{name} is {kind}", statement.domain.variable(name).kind == kind)
