"""Soft assignments q ∝ e^{−c/T} of costs c ≥ 0: two limits and two bounds.

cold-mean: as T → 0, Σ q c → min c, ties or not.
cold-purity: as T → 0, Σ q² → 1/m with m the number of smallest costs; it is 1 only without a tie.
order: (q_1 − q_2)(c_2 − c_1) ≥ 0, because e^{−x/T} falls in x.
majority: if all other costs exceed the first by at least T, q_1 ≥ 1/(1 + (k − 1)/e), attained at equality; that is 0.731, 0.576
and 0.475 for k = 2, 3 and 4, so that q_1 ≥ ½ for k ≤ 3 and not for k = 4.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.checks.adversarial import Adversarial
from ddcl_theory.checks.property import Property
from ddcl_theory.claim import Hypothesis, Neighbour, Statement, Twin
from ddcl_theory.domain import Domain, Variable, nonnegative, temperature
from ddcl_theory.relation import at_least_zero, equals_zero
from twenty_claims.form import claim, part

COLD = Domain((nonnegative("c", "k"), Variable("T", "cold")), {"k": (2, 4)})
SOFT = Domain((nonnegative("c", "k"), temperature("T")), {"k": (2, 5)})


def soft(x: Any) -> Any:
    return ex.softmax(x.c, x.T)


def mean_cost(x: Any) -> Any:
    return ex.dot(soft(x), x.c)


def purity(x: Any) -> Any:
    return ex.norm2(soft(x))


def ordered(x: Any, sign: int = 1) -> Any:
    q = soft(x)
    return sign * (q[0] - q[1]) * (x.c[1] - x.c[0])


APART = Hypothesis(
    "apart", r"c_j \ge c_1 + T \text{ for } j \ge 2", at_least_zero(lambda x: [v - x.c[0] - x.T for v in x.c[1:]])
)


def share(least: Any) -> Statement:
    return Statement(SOFT, at_least_zero(lambda x: soft(x)[0] - least), (APART,))


CLAIMS = [
    claim(
        "cold-mean",
        "The mean cost in the cold limit",
        __doc__,
        part(
            r"\textstyle\sum_j q_j c_j \to \min_j c_j \text{ as } T \to 0",
            Statement(COLD, equals_zero(lambda x: mean_cost(x) - ex.minimum(*x.c))),
            (Property(),),
            {"c": [0, 1], "T": {"s": 0}},
            (Twin("the first cost", Statement(COLD, equals_zero(lambda x: mean_cost(x) - x.c[0])),
                  {"c": [1, 0], "T": {"s": 0}}),),
            (Neighbour("three times", Statement(COLD, equals_zero(lambda x: 3 * mean_cost(x) - 3 * ex.minimum(*x.c)))),),
        ),
    ),
    claim(
        "cold-purity",
        "The purity in the cold limit",
        __doc__,
        part(
            r"\textstyle\sum_j q_j^2 \to 1 \text{ as } T \to 0",
            Statement(COLD, equals_zero(lambda x: purity(x) - 1)),
            (Property(),),
            {"c": [0, 1], "T": {"s": 0}},
            (Twin("the first share", Statement(COLD, equals_zero(lambda x: soft(x)[0] - 1)), {"c": [1, 0], "T": {"s": 0}}),),
            (Neighbour("the sum of the shares", Statement(COLD, equals_zero(lambda x: ex.total(soft(x)) - 1))),),
        ),
    ),
    claim(
        "order",
        "Shares are ordered as costs are",
        __doc__,
        part(
            r"(q_1 - q_2)(c_2 - c_1) \ge 0",
            Statement(SOFT, at_least_zero(ordered)),
            (Property(), Adversarial()),
            {"c": [0, 1], "T": {"s": "1/2"}},
            (Twin("reversed", Statement(SOFT, at_least_zero(lambda x: ordered(x, -1))), {"c": [0, 1], "T": {"s": "1/2"}}),),
            (Neighbour("doubled", Statement(SOFT, at_least_zero(lambda x: ordered(x, 2)))),),
        ),
    ),
    claim(
        "majority",
        "A gap of one temperature makes a majority",
        __doc__,
        part(
            r"c_j \ge c_1 + T \text{ for } j \ge 2 \Rightarrow q_1 \ge \tfrac12",
            share(Fraction(1, 2)),
            (Property(), Adversarial()),
            {"c": [0, 3], "T": 1},
            (Twin("q_1 ≥ 3/4", share(Fraction(3, 4)), {"c": [0, 1], "T": 1}),),
            (Neighbour("q_1 ≥ 1/3", share(Fraction(1, 3))),),
        ),
    ),
]  # fmt: skip
