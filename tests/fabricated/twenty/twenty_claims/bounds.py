"""Two inequalities between moments and two thresholds of a quadratic form.

squares: Σ q a⁴ − (Σ q a²)² = Σ_{i<j} q_i q_j (a_i² − a_j²)² ≥ 0.
cubes: for weights ½ and ½, Σ q a³ − (Σ q a)³ = (3/8)(a + b)(a − b)², negative where a + b < 0; for a ≥ 0 the cube is convex
and the inequality holds.
form-three, form-many: Σ a² + s Σ_{i<j} a_i a_j has the eigenvalues 1 − s/2 and 1 + s (k − 1)/2, so that it is ≥ 0 exactly for
−2/(k − 1) ≤ s ≤ 2: down to s = −1 for k ≤ 3, but not for k = 4.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.adversarial import Adversarial
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Neighbour, Statement, Twin
from ddcl_theory.domain import Domain, real, simplex
from ddcl_theory.relation import at_least_zero
from twenty_claims.form import claim, part

WEIGHTED = Domain((simplex("q", "k"), real("a", "k")), {"k": (2, 4)})
HALVES = {"q": ["1/2", "1/2"], "a": [0, 1]}


def moments(x: Any, inner: int, outer: int, share: Any = 1) -> Any:
    """Σ q a^(inner · outer) less a share of (Σ q a^inner)^outer."""
    high = ex.total(w * v ** (inner * outer) for w, v in zip(x.q, x.a, strict=True))
    return high - share * ex.total(w * v**inner for w, v in zip(x.q, x.a, strict=True)) ** outer


def jensen(inner: int, outer: int, share: Any = 1, given: tuple[Hypothesis, ...] = ()) -> Statement:
    return Statement(WEIGHTED, at_least_zero(lambda x: moments(x, inner, outer, share)), given)


POSITIVE = Hypothesis("a-nonnegative", r"a \ge 0", at_least_zero(lambda x: x.a))
CONVEX = part(
    r"\textstyle\sum_j q_j a_j^3 \ge (\sum_j q_j a_j)^3 \text{ for } a \ge 0",
    jensen(1, 3, given=(POSITIVE,)),
    (Property(), Adversarial(), Ablation(only=("a-nonnegative",))),
    HALVES,
    (Twin("twice the right side", jensen(1, 3, 2, (POSITIVE,)), {"q": [1, 0], "a": [1, 1]}),),
    (Neighbour("half the right side", jensen(1, 3, Fraction(1, 2), (POSITIVE,))),),
)


def quadratic(x: Any) -> Any:
    return ex.norm2(x.a) + x.s * ex.total(x.a[i] * x.a[j] for i in range(x.k) for j in range(i + 1, x.k))


def form(largest: int, low: Any, high: Any = 2) -> Statement:
    domain = Domain((real("a", "k"), real("s")), {"k": (2, largest)})
    inside = Hypothesis("range", rf"{low} \le s \le {high}", at_least_zero(lambda x: [x.s - low, high - x.s]))
    return Statement(domain, at_least_zero(quadratic), (inside,))


def form_claim(name: str, title: str, largest: int) -> Any:
    return claim(
        name,
        title,
        __doc__,
        part(
            r"-1 \le s \le 2 \Rightarrow \|a\|^2 + s \textstyle\sum_{i<j} a_i a_j \ge 0",
            form(largest, -1),
            (Property(), Adversarial()),
            {"a": [1, 1], "s": -1},
            (Twin("up to 4", form(largest, -1, 4), {"a": [1, -1], "s": 4}),),
            (Neighbour("from −1/2 to 2", form(largest, Fraction(-1, 2))),),
        ),
    )


CLAIMS = [
    claim(
        "squares",
        "Fourth moments and second moments",
        __doc__,
        part(
            r"\textstyle\sum_j q_j a_j^4 \ge (\sum_j q_j a_j^2)^2",
            jensen(2, 2),
            (Symbolic("twenty_claims.proofs:squares"), Property(), Adversarial()),
            HALVES,
            (Twin("5/4 of the right side", jensen(2, 2, Fraction(5, 4)), {"q": [1, 0], "a": [1, 1]}),),
            (
                Neighbour(
                    "the order of the factors", Statement(WEIGHTED, at_least_zero(lambda x: 2 * moments(x, 2, 2)))
                ),
            ),
        ),
    ),
    claim(
        "cubes",
        "Third moments and means",
        __doc__,
        part(
            r"\textstyle\sum_j q_j a_j^3 \ge (\sum_j q_j a_j)^3",
            jensen(1, 3),
            (Property(), Adversarial()),
            HALVES,
            (Twin("twice the right side", jensen(1, 3, 2), {"q": [1, 0], "a": [1, 1]}),),
            (Neighbour("even powers", jensen(1, 2)),),
            Amendment(
                CONVEX,
                FailingStep("the example", "the cube is convex for non-negative numbers only"),
                "ask for a ≥ 0",
                lambda k, d: ({"q": [f"1/{k}"] * k, "a": [j + 1 for j in range(k)]}, "1/4"),
            ),
        ),
    ),
    form_claim("form-three", "A quadratic form in up to three numbers", 3),
    form_claim("form-many", "A quadratic form in any number of numbers", 5),
]
