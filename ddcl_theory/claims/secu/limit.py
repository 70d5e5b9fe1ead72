"""After Theorem 1: for λ → ∞ the closed form (4) becomes the mean of CoKe (5).

All exponents x·w/λ tend to 0, so p → 1/K and every weight tends to 1 − 1/K, which is positive for K ≥ 2.  The weighted sum
tends to (1 − 1/K) Σ x_i, and what is projected is the mean of (5).  Π is continuous except at 0: where Σ x_i = 0, (5) is not
defined and the direction of (4) is decided by terms of order 1/λ.  With one cluster all weights are 0 at every λ, and (4) is
0/0.

The limit is uniform in w: for unit vectors all exponentials lie in [e^{−1/λ}, e^{1/λ}], so that e^{−2/λ}/K ≤ p ≤ e^{2/λ}/K.  A solution w_λ
of (4), which depends on λ, therefore tends to (5) as well where Σ x_i ≠ 0.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Claim, Hypothesis, Neighbour, Part, Reading, Source, Statement, Twin
from ddcl_theory.claims.secu import sphere as s
from ddcl_theory.claims.secu.float_rows_centres import hot_part, mean_part, projected
from ddcl_theory.domain import Domain, Variable, real, temperature
from ddcl_theory.relation import at_least_zero, equals_zero, not_zero

HOT = Domain(
    (real("x", "n", "d"), real("w", "d"), real("v", "o", "d"), Variable("T", "hot")),
    {"n": (1, 3), "o": (1, 3), "d": (1, 3)},
)
ONE = {"x": [[1], [1], [-1]], "w": [1], "v": [[-1]], "T": {"s": 1}}


def predictions(x, clusters=1):
    """p_i − 1/K with K = 1 + the number of other centres."""
    return [s.prediction(row, x.w, x.v, x.T) - ex.lift(1) / (clusters + x.o) for row in x.x]


def weighted_mean(x):
    total = ex.total(s.weight(row, x.w, x.v, x.T) for row in x.x)
    return [v / total for v in s.pull(x.x, x.w, x.v, x.T)]


def sums(x):
    return [ex.total(row[a] for row in x.x) for a in range(x.d)]


def mean_gap(x, scale=1, extra=0):
    """Σ (1 − p) x / Σ (1 − p) less Σ x / (n + extra)."""
    return [scale * u - scale * v / (x.n + extra) for u, v in zip(weighted_mean(x), sums(x), strict=True)]


def direction_gap(x, scale=1, sign=1):
    """Π of the weighted sum less Π of the sum."""
    pull = projected(s.pull(x.x, x.w, x.v, x.T))
    return [scale * (u - sign * v) for u, v in zip(pull, projected(sums(x)), strict=True)]


NOT_BALANCED = Hypothesis("sum-not-zero", r"\textstyle\sum_i x_i \ne 0", not_zero(sums))
PREDICTIONS = Part(
    id="predictions",
    says=r"\lim_{\lambda \to \infty} p_{ij} = \tfrac1K",
    statement=Statement(HOT, equals_zero(predictions)),
    checks=(Symbolic("secu.limit:hot"), Property()),
    example=ONE,
    twins=(Twin("one over K − 1", Statement(HOT, equals_zero(lambda x: predictions(x, 0))), witness=ONE),),
    neighbours=(
        Neighbour("tripled", Statement(HOT, equals_zero(lambda x: [3 * v for v in predictions(x)]))),
    ),
)  # fmt: skip
MEAN = Part(
    id="mean",
    says=r"\lim_{\lambda \to \infty} \frac{\sum_i (1 - p_i) x_i}{\sum_i 1 - p_i} = \tfrac1n \textstyle\sum_i x_i, \quad K \ge 2",
    statement=Statement(HOT, equals_zero(mean_gap)),
    checks=(Symbolic("secu.limit:hot"), Property()),
    example=ONE,
    twins=(
        Twin("divided by n + 1", Statement(HOT, equals_zero(lambda x: mean_gap(x, extra=1))), witness=ONE),
    ),
    neighbours=(Neighbour("tripled", Statement(HOT, equals_zero(lambda x: mean_gap(x, 3)))),),
)  # fmt: skip
PROJECTED = Part(
    id="projected",
    says=r"\lim_{\lambda \to \infty} \Pi\big(\textstyle\sum_i (1 - p_i) x_i\big) = \Pi\big(\sum_i x_i\big)"
    r" \text{ where } \sum_i x_i \ne 0, \quad K \ge 2",
    statement=Statement(HOT, equals_zero(direction_gap), (NOT_BALANCED,)),
    checks=(Symbolic("secu.limit:direction"), Property()),
    example=ONE,
    twins=(
        Twin(
            "the opposite direction",
            Statement(HOT, equals_zero(lambda x: direction_gap(x, sign=-1)), (NOT_BALANCED,)),
            witness=ONE,
        ),
    ),
    neighbours=(
        Neighbour("tripled", Statement(HOT, equals_zero(lambda x: direction_gap(x, 3)), (NOT_BALANCED,))),
    ),
)  # fmt: skip
ANY_RATE = Domain((real("x", "d"), real("w", "d"), real("v", "o", "d"), temperature("T")), {"o": (1, 3), "d": (1, 3)})


def within(x, scale=1, rate=2):
    """p − e^{−rate/λ}/K and e^{rate/λ}/K − p."""
    p, k = s.prediction(x.x, x.w, x.v, x.T), 1 + x.o
    return [scale * (p - ex.boltzmann(rate, x.T) / k), scale * (ex.boltzmann(-rate, x.T) / k - p)]


AWAY = {"x": [1], "w": [-1], "v": [[1]], "T": {"s": "1/2"}}
UNIFORMLY = Part(
    id="uniformly",
    says=r"\tfrac1K e^{-2/\lambda} \le p_{ij} \le \tfrac1K e^{2/\lambda} \text{ at all unit centres}",
    statement=Statement(ANY_RATE, at_least_zero(within), s.unit("x", "w", "v")),
    checks=(
        Symbolic("secu.limit:uniformly"),
        Property(also=(AWAY,), draw=s.spherical(ANY_RATE, "x", "w", "v")),
    ),
    example=AWAY,
    twins=(
        Twin(
            "half the rate",
            Statement(ANY_RATE, at_least_zero(lambda x: within(x, rate=1)), s.unit("x", "w", "v")),
            witness=AWAY,
        ),
    ),
    neighbours=(
        Neighbour("tripled", Statement(ANY_RATE, at_least_zero(lambda x: within(x, 3)), s.unit("x", "w", "v"))),
    ),
)
CLAIM = Claim(
    id="secu.limit",
    title="High temperatures recover the k-means centre",
    source=Source("secu", "after Theorem 1"),
    says=r"\lambda \to \infty:\ p_{ij} \to \tfrac1K \text{ and (4) becomes the mean (5)}",
    derivation=__doc__,
    uses=("secu.hardness",),
    readings=(
        Reading("limit", "at least two clusters; positives whose sum is not 0", (PREDICTIONS, MEAN, PROJECTED, UNIFORMLY), as_printed=True),
        *(
            Reading(dtype, f"the centres of ddcl_core in {dtype}", (hot_part(dtype), mean_part(dtype)))
            for dtype in ("float64", "float32")
        ),
    ),
)  # fmt: skip
