"""Two bounds of the largest eigenvalue of S = diag(q) − qqᵀ.

covariance-half: by Gershgorin it is at most max_j 2 q_j (1 − q_j) ≤ ½.
covariance-uniform: at the uniform q it is 1/k, and at q = (½, ½, 0, …) it is ½: at most 1/k for k = 2 alone.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.checks.adversarial import Adversarial
from ddcl_theory.checks.property import Property
from ddcl_theory.claim import Neighbour, Statement, Twin
from ddcl_theory.domain import Domain, real, simplex
from ddcl_theory.relation import at_least_zero
from twenty_claims.form import claim, part

DOMAIN = Domain((simplex("q", "k"), real("u", "k")), {"k": (2, 4)})


def quadratic(x: Any) -> Any:
    """uᵀ S u."""
    return ex.total(w * v**2 for w, v in zip(x.q, x.u, strict=True)) - ex.dot(x.q, x.u) ** 2


def at_most(bound: Any) -> Statement:
    return Statement(DOMAIN, at_least_zero(lambda x: bound(x) * ex.norm2(x.u) - quadratic(x)))


EXAMPLE = {"q": ["1/2", "1/2"], "u": [1, -1]}

CLAIMS = [
    claim(
        "covariance-half",
        "No direction has a variance above one half",
        __doc__,
        part(
            r"u^\top S_q u \le \tfrac12 \|u\|^2",
            at_most(lambda x: Fraction(1, 2)),
            (Property(), Adversarial()),
            EXAMPLE,
            (Twin("9/20", at_most(lambda x: Fraction(9, 20)), EXAMPLE),),
            (Neighbour("one", at_most(lambda x: Fraction(1))),),
        ),
    ),
    claim(
        "covariance-uniform",
        "The uniform assignment has the largest variance",
        __doc__,
        part(
            r"u^\top S_q u \le \tfrac1k \|u\|^2",
            at_most(lambda x: Fraction(1, x.k)),
            (Property(), Adversarial()),
            EXAMPLE,
            (Twin("1/(k + 1)", at_most(lambda x: Fraction(1, x.k + 1)), EXAMPLE),),
            (Neighbour("one half", at_most(lambda x: Fraction(1, 2))),),
        ),
    ),
]
