"""A product of real numbers is non-negative: false, for a = 1 and b = −1; true for non-negative factors."""

from __future__ import annotations

from typing import Any

from ddcl_theory.checks.adversarial import Adversarial
from ddcl_theory.checks.property import Property
from ddcl_theory.claim import (
    Amendment,
    Claim,
    FailingStep,
    Figure,
    Hypothesis,
    Neighbour,
    Part,
    Reading,
    Source,
    Statement,
    Twin,
)
from ddcl_theory.domain import Domain, real
from ddcl_theory.relation import at_least_zero

DOMAIN = Domain((real("a"), real("b")))
GIVEN = (
    Hypothesis("a-nonnegative", r"a \ge 0", at_least_zero(lambda x: x.a)),
    Hypothesis("b-nonnegative", r"b \ge 0", at_least_zero(lambda x: x.b)),
)


def product(x: Any) -> Any:
    return x.a * x.b


def draw(settings: Any) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">'
        '<path d="M0 50H100M50 0V100" fill="none" stroke="currentColor"/>'
        '<path d="M50 0H100V50H50z" opacity="0.3"/></svg>'
    )


def examples(k: int, d: int) -> tuple[dict[str, int], str]:
    return {"a": 1, "b": 1}, "1/2"


AMENDED = Part(
    id="product",
    says=r"ab \ge 0 \text{ if } a, b \ge 0",
    statement=Statement(DOMAIN, at_least_zero(product), GIVEN),
    checks=(Property(),),
    example={"a": 1, "b": 2},
    twins=(Twin("one sign", Statement(DOMAIN, at_least_zero(product), GIVEN[:1]), {"a": 1, "b": -1}),),
    neighbours=(Neighbour("twice", Statement(DOMAIN, at_least_zero(lambda x: 2 * product(x)), GIVEN)),),
)

PART = Part(
    id="product",
    says=r"ab \ge 0",
    statement=Statement(DOMAIN, at_least_zero(product)),
    checks=(Property(), Adversarial()),
    example={"a": 1, "b": 2},
    twins=(Twin("turned round", Statement(DOMAIN, at_least_zero(lambda x: -product(x))), {"a": 1, "b": 1}),),
    neighbours=(Neighbour("a square", Statement(DOMAIN, at_least_zero(lambda x: x.a * x.a))),),
    amendment=Amendment(
        part=AMENDED,
        breaks=FailingStep("§2, second line", "multiplies an inequality by a number that may be negative"),
        advice="Check the signs of both factors first.",
        examples=examples,
    ),
)

CLAIM = Claim(
    id="example.product",
    title="A product is non-negative",
    source=Source("example", "§2"),
    says=r"ab \ge 0",
    derivation=__doc__,
    uses=("example.square",),
    readings=(Reading("real", "for all real numbers", (PART,), as_printed=True),),
    figures=(
        Figure(
            "quadrant",
            "Where the product is positive",
            "The first quadrant is shaded.",
            "Both factors are positive there.",
            draw,
        ),
    ),
)
