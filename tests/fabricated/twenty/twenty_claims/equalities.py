"""When something vanishes: two equivalences, a statement about nothing, and a degenerate hypothesis.

vertex: 1 − Σ q² = 2 Σ_{i<j} q_i q_j on the simplex; it vanishes exactly where all products do, and is positive elsewhere.
spread: a variance vanishes where the active entries are equal; the others may differ (q = (1, 0), a = (0, 1)).
below-average: no q in the simplex has all its entries below 1/k, since their sum would be below 1.
balanced: Σ q a = 0 does not make every q_j a_j vanish (q = (½, ½), a = (1, −1)); the converse is true.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Hypothesis, Neighbour, Statement, Twin
from ddcl_theory.domain import Domain, real, simplex
from ddcl_theory.relation import at_least_zero, equals_zero, one_of, positive
from twenty_claims.form import claim, part

SIMPLEX = Domain((simplex("q", "k"),), {"k": (2, 4)})
WEIGHTED = Domain((simplex("q", "k"), real("a", "k")), {"k": (2, 4)})


def products(x: Any) -> list[Any]:
    return [x.q[i] * x.q[j] for i in range(x.k) for j in range(i + 1, x.k)]


def impurity(x: Any) -> Any:
    return 1 - ex.norm2(x.q)


def variance(x: Any) -> Any:
    m = ex.dot(x.q, x.a)
    return ex.total(w * (v - m) ** 2 for w, v in zip(x.q, x.a, strict=True))


def differences(x: Any, active: bool = False) -> list[Any]:
    return [(x.a[i] - x.a[j]) * (x.q[i] * x.q[j] if active else 1) for i in range(x.k) for j in range(i + 1, x.k)]


def vanish(domain: Domain, measure: Any, values: Any) -> Statement:
    """`measure` is 0 where all `values` are, and positive elsewhere."""
    both = one_of(equals_zero(lambda x: [measure(x), *values(x)]), positive(measure))
    return Statement(domain, both)


def below(share: Fraction | int) -> Hypothesis:
    return Hypothesis(
        "below", r"q_j < 1/k \text{ for all } j", positive(lambda x: [Fraction(share, x.k) - w for w in x.q])
    )


def nothing(share: int) -> Statement:
    return Statement(SIMPLEX, positive(lambda x: ex.norm2(x.q) - 1), (below(share),))


BALANCED = Hypothesis("balanced", r"\textstyle\sum_j q_j a_j = 0", equals_zero(lambda x: ex.dot(x.q, x.a)))


def terms(x: Any) -> list[Any]:
    return [w * v for w, v in zip(x.q, x.a, strict=True)]


CLAIMS = [
    claim(
        "vertex",
        "Impurity vanishes at the vertices alone",
        __doc__,
        part(
            r"\textstyle\sum_j q_j^2 = 1 \Leftrightarrow q_i q_j = 0 \text{ for all } i < j",
            vanish(SIMPLEX, impurity, products),
            (Property(),),
            {"q": ["1/2", "1/2"]},
            (Twin("the first product only", vanish(SIMPLEX, lambda x: x.q[0] * x.q[1], products),
                  {"q": ["1/2", 0, "1/2"]}),),
            (Neighbour("as a sum", vanish(SIMPLEX, lambda x: ex.total(w * (1 - w) for w in x.q), products)),),
        ),
    ),
    claim(
        "spread",
        "A variance vanishes for equal entries alone",
        __doc__,
        part(
            r"\mathrm{Var}_q(a) = 0 \Leftrightarrow a_i = a_j \text{ for all } i < j",
            vanish(WEIGHTED, variance, differences),
            (Property(),),
            {"q": ["1/2", "1/2"], "a": [0, 1]},
            (Twin("the first difference", vanish(WEIGHTED, lambda x: (x.a[0] - x.a[1]) ** 2, differences),
                  {"q": ["1/3", "1/3", "1/3"], "a": [1, 1, 0]}),),
            (Neighbour("among active entries", vanish(WEIGHTED, variance, lambda x: differences(x, True))),),
        ),
    ),
    claim(
        "below-average",
        "All shares below the average",
        __doc__,
        part(
            r"q_j < 1/k \text{ for all } j \Rightarrow \textstyle\sum_j q_j^2 > 1",
            nothing(1),
            (Symbolic("twenty_claims.proofs:below_average"),),
            None,
            (Twin("below twice the average", nothing(2), {"q": ["1/2", "1/2"]}),),
            (),
        ),
    ),
    claim(
        "balanced",
        "What balances vanishes",
        __doc__,
        part(
            r"\textstyle\sum_j q_j a_j = 0 \Rightarrow q_j a_j = 0 \text{ for all } j",
            Statement(WEIGHTED, equals_zero(terms), (BALANCED,)),
            (Property(),),
            {"q": ["1/2", "1/2"], "a": [0, 0]},
            (Twin("a_j = 0", Statement(WEIGHTED, equals_zero(lambda x: x.a), (BALANCED,)), {"q": [1, 0], "a": [0, 1]}),),
            (Neighbour("their sum", Statement(WEIGHTED, at_least_zero(lambda x: ex.total(terms(x))), (BALANCED,))),),
        ),
    ),
]  # fmt: skip
