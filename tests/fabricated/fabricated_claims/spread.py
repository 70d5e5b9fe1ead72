"""Prototypes of diameter √D have a variance of at most (D/2)(1 − Σ_j q_j²).

V = Σ_{i<j} q_i q_j ‖p_i − p_j‖² and Σ_{i<j} q_i q_j = (1 − Σ q_j²)/2, hence
    (D/2)(1 − Σ q_j²) − V = Σ_{i<j} q_i q_j (D − ‖p_i − p_j‖²) ≥ 0.
With two prototypes at distance √D, and with the vertices of any regular simplex, the two sides are equal, so that
rounding alone decides the sign of their difference in floating point.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.checks.adversarial import Adversarial
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Claim, Hypothesis, Neighbour, Part, Reading, Source, Statement, Twin
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.domain import Domain, nonnegative, real, simplex
from ddcl_theory.relation import at_least_zero

DOMAIN = Domain((real("p", "k", "d"), simplex("q", "k"), nonnegative("D")), {"k": (2, 5), "d": (1, 3)})


def distances_left(x: Any) -> list[Any]:
    """D − ‖p_i − p_j‖² for i < j."""
    return [x.D - ex.norm2(ex.minus(x.p[i], x.p[j])) for i in range(x.k) for j in range(i + 1, x.k)]


def impurity(x: Any) -> Any:
    return 1 - ex.total(w**2 for w in x.q)


def impurity_of_terms(x: Any) -> Any:
    return ex.total(w * (1 - w) for w in x.q)


DIAMETER = Hypothesis("diameter", r"\|p_i - p_j\|^2 \le D \text{ for all } i, j", at_least_zero(distances_left))


def bounded(share: Fraction, measure: Any) -> Statement:
    return Statement(DOMAIN, at_least_zero(lambda x: share * x.D * measure(x) - a.variance(x.p, x.q)), (DIAMETER,))


HALF = Fraction(1, 2)
BOUND = Part(
    id="bound",
    says=r"V \le \tfrac{D}{2} \bigl(1 - \textstyle\sum_j q_j^2\bigr)",
    statement=bounded(HALF, impurity),
    checks=(Symbolic("fabricated_claims.proofs:spread"), Property(), Adversarial()),
    example={"p": [[0], [1], [2]], "q": ["1/2", "1/4", "1/4"], "D": 4},
    twins=(
        Twin(
            "with 1/3 in place of 1/2",
            bounded(Fraction(1, 3), impurity),
            {"p": [[0], [1]], "q": ["1/2", "1/2"], "D": 1},
        ),
    ),
    neighbours=(Neighbour("impurity as a sum", bounded(HALF, impurity_of_terms)),),
)

CLAIM = Claim(
    id="fabricated.spread",
    title="Diameter and impurity bound the variance",
    source=Source("fabricated", "5"),
    says=r"\|p_i - p_j\|^2 \le D \Rightarrow V \le \tfrac{D}{2} \bigl(1 - \textstyle\sum_j q_j^2\bigr)",
    derivation=__doc__,
    readings=(Reading("simplex", "for every assignment", (BOUND,), as_printed=True),),
)
