"""The soft loss exceeds the smallest distance by at most (41/100) T log k.

Let x_j = (e_j − min e)/T.  The excess over T is Σ x_j e^{−x_j}/Σ e^{−x_j}; it is largest where all but one x_j equal
1 + w, with w e^w = (k − 1)/e, and has the value w there.  For k = 2 that is 0.2785 < 0.41 log 2 = 0.2842, for k = 3
it is 0.4630 > 0.41 log 3 = 0.4504.  So the bound is exceeded from k = 3 on, and only where one distance is smallest
and the others nearly tie about 1.5 T above it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.checks.adversarial import Adversarial
from ddcl_theory.checks.property import Property
from ddcl_theory.claim import Claim, Neighbour, Part, Reading, Source, Statement, Twin
from ddcl_theory.relation import at_least_zero
from fabricated_claims.soft import DOMAIN, excess


def at_most(factor: Fraction) -> Statement:
    def room(x: Any) -> Any:
        return factor * x.T * ex.log(x.k) - excess(x)

    return Statement(DOMAIN, at_least_zero(room))


BOUND = Part(
    id="bound",
    says=r"\textstyle\sum_j q_j e_j \le \min_j e_j + \tfrac{41}{100}\, T \log k",
    statement=at_most(Fraction(41, 100)),
    checks=(Property(), Adversarial()),
    example={"e": [0, 1], "T": {"s": "1/2"}},
    twins=(Twin("with 2/5 in place of 41/100", at_most(Fraction(2, 5)), {"e": [0, "1278/1000"], "T": 1}),),
    neighbours=(Neighbour("with 1 in place of 41/100", at_most(Fraction(1))),),
)

CLAIM = Claim(
    id="fabricated.logarithm",
    title="The soft loss exceeds the smallest distance by a logarithm",
    source=Source("fabricated", "10"),
    says=r"\textstyle\sum_j q_j e_j \le \min_j e_j + \tfrac{41}{100}\, T \log k",
    derivation=__doc__,
    readings=(Reading("softmax", "for all distances and temperatures", (BOUND,), as_printed=True),),
)
