"""The soft loss exceeds the smallest distance by at most (k − 1) T/e.

Let x_j = (e_j − min e)/T ≥ 0.  The nearest prototype has e^{−x} = 1, so that the weights e^{−x_j} sum to at least 1 and
    (Σ_j q_j e_j − min e)/T = Σ_j x_j e^{−x_j} / Σ_j e^{−x_j} ≤ Σ_{j: x_j > 0} x_j e^{−x_j} ≤ (k − 1)/e,
because x e^{−x} has its largest value 1/e at x = 1 and at least one x_j is 0.
"""

from __future__ import annotations

from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.checks.adversarial import Adversarial
from ddcl_theory.checks.property import Property
from ddcl_theory.claim import Claim, Neighbour, Part, Reading, Source, Statement, Twin
from ddcl_theory.relation import at_least_zero
from fabricated_claims.soft import DOMAIN, excess


def room(x: Any) -> Any:
    return (x.k - 1) * x.T * ex.exp(-1) - excess(x)


BOUND = Part(
    id="bound",
    says=r"\textstyle\sum_j q_j e_j \le \min_j e_j + (k - 1)\, T / \mathrm{e}",
    statement=Statement(DOMAIN, at_least_zero(room)),
    checks=(Property(), Adversarial()),
    example={"e": [0, 1], "T": {"s": "1/2"}},
    twins=(
        Twin("a quarter in place of 1/e", Statement(DOMAIN, at_least_zero(lambda x: (x.k - 1) * x.T / 4 - excess(x))),
             {"e": [0, 5], "T": 4}),
    ),
    neighbours=(Neighbour("log k in place of (k − 1)/e", Statement(DOMAIN, at_least_zero(lambda x: x.T * ex.log(x.k) - excess(x)))),),
)  # fmt: skip

CLAIM = Claim(
    id="fabricated.excess",
    title="The soft loss stays near the smallest distance",
    source=Source("fabricated", "3"),
    says=r"\textstyle\sum_j q_j e_j \le \min_j e_j + (k - 1)\, T / \mathrm{e}",
    derivation=__doc__,
    readings=(Reading("softmax", "for all distances and temperatures", (BOUND,), as_printed=True),),
)
