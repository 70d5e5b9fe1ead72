"""The variance of the prototypes about their mean is at most 33/100 of their squared diameter.

On a line it is at most 1/4 of it: half of the points at either end.  In d dimensions the best place is the vertices of a
regular simplex, with d/(2(d + 1)): 1/3 in the plane, which is more than 33/100, but only for triangles that are nearly
equilateral.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.checks.adversarial import Adversarial
from ddcl_theory.checks.property import Property
from ddcl_theory.claim import Claim, Neighbour, Part, Reading, Source, Statement, Twin
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.domain import Domain, real
from ddcl_theory.relation import at_least_zero

DOMAIN = Domain((real("p", "k", "d"),), {"k": (2, 5), "d": (1, 3)})


def squared_diameter(x: Any) -> Any:
    return ex.maximum(*[ex.norm2(ex.minus(x.p[i], x.p[j])) for i in range(x.k) for j in range(i + 1, x.k)])


def at_most(share: Fraction) -> Statement:
    def room(x: Any) -> Any:
        return share * squared_diameter(x) - a.variance(x.p, [ex.lift(1) / x.k] * x.k)

    return Statement(DOMAIN, at_least_zero(room))


SHARE = Part(
    id="share",
    says=r"\tfrac1k \textstyle\sum_j \|p_j - \bar p\|^2 \le \tfrac{33}{100} \max_{i,j} \|p_i - p_j\|^2",
    statement=at_most(Fraction(33, 100)),
    checks=(Property(), Adversarial()),
    example={"p": [[0], [1]]},
    twins=(Twin("at most 6/25", at_most(Fraction(6, 25)), {"p": [[0], [1]]}),),
    neighbours=(Neighbour("at most 1/2", at_most(Fraction(1, 2))),),
)

CLAIM = Claim(
    id="fabricated.diameter",
    title="The diameter bounds the variance of the prototypes",
    source=Source("fabricated", "7"),
    says=r"\tfrac1k \textstyle\sum_j \|p_j - \bar p\|^2 \le \tfrac{33}{100} \max_{i,j} \|p_i - p_j\|^2",
    derivation=__doc__,
    readings=(Reading("plane and space", "for all prototypes", (SHARE,), as_printed=True),),
)
