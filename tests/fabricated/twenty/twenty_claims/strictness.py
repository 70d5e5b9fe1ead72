"""(Σ a)² − Σ a² = 2 Σ_{i<j} a_i a_j: positive for positive numbers, two or more; only ≥ 0 for numbers ≥ 0, as a = (1, 0) shows."""

from __future__ import annotations

from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.checks.adversarial import Adversarial
from ddcl_theory.checks.property import Property
from ddcl_theory.claim import Claim, Neighbour, Statement, Twin
from ddcl_theory.domain import Domain, Variable, above_zero, nonnegative
from ddcl_theory.relation import at_least_zero, positive
from twenty_claims.form import claim, part


def cross(x: Any, share: int = 1) -> Any:
    return ex.total(x.a) ** 2 - share * ex.norm2(x.a)


def strict(name: str, title: str, says: str, a: Variable, neighbour: Any) -> Claim:
    domain = Domain((a,), {"k": (2, 4)})
    return claim(
        name,
        title,
        __doc__,
        part(
            says + r" \Rightarrow (\textstyle\sum_j a_j)^2 > \sum_j a_j^2",
            Statement(domain, positive(cross)),
            (Property(), Adversarial()),
            {"a": [1, 1]},
            (Twin("three times the squares", Statement(domain, positive(lambda x: cross(x, 3))), {"a": [1, 1]}),),
            (Neighbour("varied", Statement(domain, neighbour)),),
        ),
    )


CLAIMS = [
    strict("cross-positive", "Cross terms of positive numbers", "a > 0", above_zero("a", "k"),
           positive(lambda x: 2 * cross(x))),
    strict("cross-nonnegative", "Cross terms of non-negative numbers", r"a \ge 0", nonnegative("a", "k"),
           at_least_zero(cross)),
]  # fmt: skip
