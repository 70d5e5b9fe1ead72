"""The cube of a non-negative number is non-negative; without the hypothesis, a = −1 is against it."""

from __future__ import annotations

from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.property import Property
from ddcl_theory.claim import Claim, Neighbour, Part, Reading, Source, Statement, Twin
from ddcl_theory.domain import Domain, nonnegative
from ddcl_theory.relation import at_least_zero

DOMAIN = Domain((nonnegative("a"),))

CLAIM = Claim(
    id="example.cube",
    title="A cube is non-negative",
    source=Source("example", "§3"),
    says=r"a \ge 0 \implies a^3 \ge 0",
    derivation=__doc__,
    readings=(
        Reading(
            "real",
            "for all real numbers",
            as_printed=True,
            parts=(
                Part(
                    id="cube",
                    says=r"a^3 \ge 0",
                    statement=Statement(DOMAIN, at_least_zero(lambda x: x.a**3)),
                    checks=(Property(), Ablation()),
                    example={"a": 1},
                    twins=(Twin("less one", Statement(DOMAIN, at_least_zero(lambda x: x.a**3 - 1)), {"a": 0}),),
                    neighbours=(Neighbour("a fifth power", Statement(DOMAIN, at_least_zero(lambda x: x.a**5))),),
                ),
            ),
        ),
    ),
)
