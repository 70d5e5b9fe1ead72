"""A mean of squares is at least the product.

a² + b² − 2ab = (a − b)², a square.
"""

from __future__ import annotations

from typing import Any

from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Claim, Neighbour, Part, Reading, Source, Statement, Twin
from ddcl_theory.domain import Domain, real
from ddcl_theory.proof import Proof, Steps, carry_out, identity
from ddcl_theory.relation import at_least_zero

DOMAIN = Domain((real("a"), real("b")))


def difference(x: Any) -> Any:
    return x.a * x.a + x.b * x.b - 2 * x.a * x.b


def is_a_square(statement: Statement) -> Proof:
    """The conclusion equals (a − b)² or (a + b)²."""

    def argument(steps: Steps) -> str:
        (value,) = statement.trace({})[1].roots
        x = statement.domain.namespace({})
        squares = [(x.a - x.b) ** 2, (x.a + x.b) ** 2]
        steps.verify("it is a square", any(identity(value - s) for s in squares))
        return "all a, b"

    return carry_out(argument)


CLAIM = Claim(
    id="example.square",
    title="A mean of squares is at least the product",
    source=Source("example", "§1"),
    says=r"a^2 + b^2 \ge 2ab",
    derivation=__doc__,
    readings=(
        Reading(
            "real",
            "for all real numbers",
            as_printed=True,
            parts=(
                Part(
                    id="inequality",
                    says=r"a^2 + b^2 - 2ab \ge 0",
                    statement=Statement(DOMAIN, at_least_zero(difference)),
                    checks=(Symbolic("ddcl_example.square:is_a_square"), Property()),
                    example={"a": 1, "b": 2},
                    twins=(
                        Twin(
                            "three times the product",
                            Statement(DOMAIN, at_least_zero(lambda x: difference(x) - x.a * x.b)),
                            {"a": 1, "b": 1},
                        ),
                    ),
                    neighbours=(
                        Neighbour("the sum", Statement(DOMAIN, at_least_zero(lambda x: difference(x) + 4 * x.a * x.b))),
                    ),
                ),
            ),
        ),
    ),
)
