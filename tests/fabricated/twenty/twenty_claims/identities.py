"""Two identities in k numbers.

pairs: Σ q a² − (Σ q a)² = Σ_{i<j} q_i q_j (a_i − a_j)² on Σq = 1, for every k.
newton: with e_i the elementary symmetric polynomials, Σ a⁴ = e_1⁴ − 4 e_1² e_2 + 2 e_2² + 4 e_1 e_3 − 4 e_4.  Without its
last term it is true for k ≤ 3, where e_4 = 0, and false from k = 4 on, unless an entry is 0.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Neighbour, Statement, Twin
from ddcl_theory.domain import Domain, real, simplex
from ddcl_theory.relation import equals_zero
from twenty_claims.form import claim, part

WEIGHTED = Domain((simplex("q", "k"), real("a", "k")), {"k": (1, 4)})
NUMBERS = Domain((real("a", "k"),), {"k": (2, 5)})


def pairs(x: Any, square: int = 1, scale: int = 1) -> Any:
    spread = ex.total(w * v**2 for w, v in zip(x.q, x.a, strict=True)) - ex.dot(x.q, x.a) ** 2
    among = ex.total(x.q[i] * x.q[j] ** square * (x.a[i] - x.a[j]) ** 2 for i in range(x.k) for j in range(i + 1, x.k))
    return scale * (spread - among)


def elementary(a: Any, order: int) -> Any:
    result = ex.ZERO
    for chosen in combinations(a, order):
        product = ex.ONE
        for factor in chosen:
            product = product * factor
        result = result + product
    return result


def newton(x: Any, last: int = 0, square: int = 2) -> Any:
    e1, e2, e3, e4 = (elementary(x.a, order) for order in (1, 2, 3, 4))
    right = e1**4 - 4 * e1**2 * e2 + square * e2**2 + 4 * e1 * e3 - last * e4
    return ex.total(v**4 for v in x.a) - right


CLAIMS = [
    claim(
        "pairs",
        "A variance as a sum over pairs",
        __doc__,
        part(
            r"\textstyle\sum_j q_j a_j^2 - (\sum_j q_j a_j)^2 = \sum_{i<j} q_i q_j (a_i - a_j)^2",
            Statement(WEIGHTED, equals_zero(pairs)),
            (Symbolic("twenty_claims.proofs:pairs"), Property()),
            {"q": ["1/2", "1/2"], "a": [0, 1]},
            (
                Twin(
                    "a weight squared",
                    Statement(WEIGHTED, equals_zero(lambda x: pairs(x, 2))),
                    {"q": ["1/2", "1/2"], "a": [0, 1]},
                ),
            ),
            (Neighbour("doubled", Statement(WEIGHTED, equals_zero(lambda x: pairs(x, scale=2)))),),
        ),
    ),
    claim(
        "newton",
        "Fourth powers from three elementary polynomials",
        __doc__,
        part(
            r"\textstyle\sum_j a_j^4 = e_1^4 - 4 e_1^2 e_2 + 2 e_2^2 + 4 e_1 e_3",
            Statement(NUMBERS, equals_zero(newton)),
            (Property(),),
            {"a": [1, 2]},
            (
                Twin(
                    "e_2 squared once",
                    Statement(NUMBERS, equals_zero(lambda x: newton(x, square=1))),
                    {"a": [1, 1]},
                ),
            ),
            (Neighbour("with the last term", Statement(NUMBERS, equals_zero(lambda x: newton(x, 4)))),),
        ),
    ),
]
