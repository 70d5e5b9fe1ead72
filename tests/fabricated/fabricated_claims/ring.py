"""For clusters in a ring, the overlap Σ_j q_j q_{j+1} of neighbours is at most 1/k, its value at the uniform assignment.

For k = 2 and k = 3 it is a function of Σ q_j² and largest at the uniform assignment; for k = 4 it is
(q_1 + q_3)(q_2 + q_4) ≤ 1/4.  For every k ≥ 4 its largest value is 1/4 (give the mass of every second cluster to the
others), which two neighbours with 1/2 each attain; so the bound is exceeded from k = 5 on and for no smaller ring.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.checks.adversarial import Adversarial
from ddcl_theory.checks.property import Property
from ddcl_theory.claim import Claim, Neighbour, Part, Reading, Source, Statement, Twin
from ddcl_theory.domain import Domain, simplex
from ddcl_theory.relation import at_least_zero

DOMAIN = Domain((simplex("q", "k"),), {"k": (2, 6)})


def overlap(x: Any) -> Any:
    return ex.total(x.q[j] * x.q[(j + 1) % x.k] for j in range(x.k))


def at_most(bound: Any) -> Statement:
    return Statement(DOMAIN, at_least_zero(lambda x: bound(x) - overlap(x)))


BOUND = Part(
    id="bound",
    says=r"\textstyle\sum_j q_j q_{j+1} \le \tfrac1k",
    statement=at_most(lambda x: Fraction(1, x.k)),
    checks=(Property(), Adversarial()),
    example={"q": ["1/3", "1/3", "1/3"]},
    twins=(Twin("at most 4/(5k)", at_most(lambda x: Fraction(4, 5 * x.k)), {"q": ["1/2", "1/2"]}),),
    neighbours=(Neighbour("at most 1/2", at_most(lambda x: Fraction(1, 2))),),
)

CLAIM = Claim(
    id="fabricated.ring",
    title="The uniform assignment has the largest overlap in a ring",
    source=Source("fabricated", "8"),
    says=r"q \in \Delta \Rightarrow \textstyle\sum_j q_j q_{j+1} \le \tfrac1k",
    derivation=__doc__,
    readings=(Reading("simplex", "for every assignment and every length of the ring", (BOUND,), as_printed=True),),
)
