"""Proposition 2: the variance of negatives against that of positives, for unit instances and centres μ_j of length a < 1.

For unit instances drawn with probabilities q, Σ q_l |x_l − m|² = 1 − |m|², m = Σ q_l x_l.  So Var_pos = 1 − a², and with clusters
of equal size Var_neg = 1 − |μ̄|², μ̄ the mean of the K − 1 other centres.  What |μ̄|² is depends on how the centres lie:

- independent with mean zero: E|μ̄|² = a²/(K − 1), the printed ratio, in expectation over the centres only;
- centres that sum to zero: μ̄ = −μ_j/(K − 1), |μ̄|² = a²/(K − 1)², so the printed ratio is wrong for K ≥ 3 and a > 0;
- any centres: by Lagrange's identity a² − |μ̄|² = Σ_{i<l} |μ_i − μ_l|² / (K − 1)² over the other centres, so
  Var_neg = Var_pos + that: never smaller, and equal where the other centres coincide.

The proposition itself says Var_neg ≤ C · Var_pos/(1 − a²) = C, and Var_neg ≤ 1 gives it with C = 1, whatever the centres are.
It is an upper bound: it cannot make Var_neg large.  What the Remark needs is the lower one, O(·) read as Θ(·): Var_neg ≥ ½
Var_pos/(1 − a²) = ½ holds for K ≥ 3 in the first two cases, and fails for K = 2 and where centres coincide.  The Remark, read
as "for every factor M, Var_neg ≥ M Var_pos once a is close enough to 1" (below M (1 − a²) ≤ 1/2), holds for K ≥ 3 under the
first two assumptions, fails for K = 2, where one other centre has the variance of its own cluster, and fails for every K where
the centres may coincide.
"""

from __future__ import annotations

import itertools

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import (
    Amendment,
    Claim,
    FailingStep,
    Neighbour,
    Part,
    Reading,
    Source,
    Statement,
    Twin,
)
from ddcl_theory.claims.secu import proposition2_draws as draws
from ddcl_theory.claims.secu import sphere as s
from ddcl_theory.claims.secu.proposition2_gradient import GRADIENT
from ddcl_theory.claims.secu.proposition2_settings import (
    ANY,
    DRAWN,
    GIVEN,
    HALF,
    INDEPENDENT,
    ZERO_SUM,
    given_negative,
    given_square,
)
from ddcl_theory.domain import Domain, real, simplex
from ddcl_theory.relation import at_least_zero, equals_zero

PLACE = "Appendix A.2"
INSTANCES = Domain((real("x", "n", "d"), simplex("q", "n")), {"n": (1, 4), "d": (1, 3)})


def variance_gap(x, scale=1, share=1):
    """Σ q |x − m|² − (1 − share · |m|²)."""
    m = [ex.total(c * row[a] for c, row in zip(x.q, x.x, strict=True)) for a in range(x.d)]
    found = ex.total(c * ex.norm2(ex.minus(row, m)) for c, row in zip(x.q, x.x, strict=True))
    return scale * (found - 1 + share * ex.norm2(m))


VARIANCES = Part(
    id="variances",
    says=r"\textstyle\sum_l q_l \|x_l - m\|^2 = 1 - \|m\|^2, \quad m = \sum_l q_l x_l",
    statement=Statement(INSTANCES, equals_zero(variance_gap), s.unit("x")),
    checks=(
        Symbolic("secu.proposition2:variance_of_unit_instances"),
        Property(also=({"x": [[1], [1], [-1]], "q": ["1/3"] * 3},), draw=s.spherical(INSTANCES, "x")),
    ),
    example={"x": [[1], [-1]], "q": ["3/4", "1/4"]},
    twins=(
        Twin(
            "half the mean",
            Statement(INSTANCES, equals_zero(lambda x: variance_gap(x, share=HALF)), s.unit("x")),
            witness={"x": [[1]], "q": [1]},
        ),
    ),
    neighbours=(
        Neighbour("tripled", Statement(INSTANCES, equals_zero(lambda x: variance_gap(x, 3)), s.unit("x"))),
    ),
)  # fmt: skip


def _ratio(setting, checks, twin, neighbours, amendment=None):
    return Part(
        id="ratio",
        says=r"\mathrm{Var}_{neg} = \Big(\tfrac{K - 2}{(K - 1)(1 - a^2)} + \tfrac{1}{K - 1}\Big) \mathrm{Var}_{pos}",
        statement=Statement(setting.domain, equals_zero(setting.ratio), setting.given),
        checks=checks,
        example=setting.points["example"] if amendment is None else setting.points["loose"],
        twins=(
            Twin(
                "without the first term",
                Statement(setting.domain, equals_zero(lambda x: setting.ratio(x, share=0)), setting.given),
                witness=twin,
            ),
        ),
        neighbours=neighbours,
        amendment=amendment,
    )


def balanced_gap(x, scale=1, power=2):
    """Var_neg − (1 − a²/(K − 1)^power)."""
    return scale * (given_negative(x) - 1 + given_square(x) / (x.k - 1) ** power)


def spread_gap(x, scale=1, share=1):
    """(K − 1)² (Var_neg − Var_pos) − Σ_{i<l} |μ_i − μ_l|² over the other centres."""
    pairs = ex.total(ex.norm2(ex.minus(u, v)) for u, v in itertools.combinations(x.mu[1:], 2))
    gap = given_negative(x) - 1 + given_square(x)
    return scale * ((x.k - 1) ** 2 * gap - share * pairs)


def never_smaller(x, scale=1, share=1):
    """Var_neg − share · Var_pos."""
    return scale * (given_negative(x) - share * (1 - given_square(x)))


FOUR = {"mu": [["1/2"], ["1/2"], ["-1/2"], ["-1/2"]], "M": "1/4"}
TOGETHER = {"mu": [["9/10"]] * 3, "M": 2}
PAIR = {"mu": [["9/10"], ["-9/10"]], "M": 2}
PRINTED = _ratio(
    INDEPENDENT,
    (Symbolic("secu.proposition2:printed_ratio"), Property(also=INDEPENDENT.points["also"], draw=draws.drawn)),
    INDEPENDENT.points["example"],
    (
        Neighbour(
            "tripled",
            Statement(DRAWN, equals_zero(lambda x: INDEPENDENT.ratio(x, 3)), INDEPENDENT.given),
        ),
    ),
)
BALANCED_RATIO = Part(
    id="ratio",
    says=r"\mathrm{Var}_{neg} = 1 - \tfrac{a^2}{(K - 1)^2}",
    statement=Statement(GIVEN, equals_zero(balanced_gap), ZERO_SUM.given),
    checks=(
        Symbolic("secu.proposition2:balanced_ratio"),
        Property(also=ZERO_SUM.points["also"], draw=draws.balanced),
    ),
    example=FOUR,
    twins=(
        Twin(
            "K − 1 to the first power",
            Statement(GIVEN, equals_zero(lambda x: balanced_gap(x, power=1)), ZERO_SUM.given),
            witness=FOUR,
        ),
    ),
    neighbours=(
        Neighbour("tripled", Statement(GIVEN, equals_zero(lambda x: balanced_gap(x, 3)), ZERO_SUM.given)),
    ),
)  # fmt: skip
SPREAD = Part(
    id="ratio",
    says=r"\mathrm{Var}_{neg} = \mathrm{Var}_{pos} + \tfrac{1}{(K - 1)^2} \textstyle\sum_{i < l} \|\mu_i - \mu_l\|^2",
    statement=Statement(GIVEN, equals_zero(spread_gap), ANY.given),
    checks=(Symbolic("secu.proposition2:spread_ratio"), Property(also=ANY.points["also"], draw=draws.alike)),
    example=FOUR,
    twins=(
        Twin(
            "half the sum",
            Statement(GIVEN, equals_zero(lambda x: spread_gap(x, share=HALF)), ANY.given),
            witness=FOUR,
        ),
    ),
    neighbours=(Neighbour("tripled", Statement(GIVEN, equals_zero(lambda x: spread_gap(x, 3)), ANY.given)),),
)
NEVER_SMALLER = Part(
    id="remark",
    says=r"\mathrm{Var}_{neg} \ge \mathrm{Var}_{pos}",
    statement=Statement(GIVEN, at_least_zero(never_smaller), ANY.given),
    checks=(Symbolic("secu.proposition2:never_smaller"), Property(also=ANY.points["also"], draw=draws.alike)),
    example=FOUR,
    twins=(
        Twin(
            "twice as large",
            Statement(GIVEN, at_least_zero(lambda x: never_smaller(x, share=2)), ANY.given),
            witness=TOGETHER,
        ),
    ),
    neighbours=(
        Neighbour("tripled", Statement(GIVEN, at_least_zero(lambda x: never_smaller(x, 3)), ANY.given)),
    ),
)  # fmt: skip


def _wrong_ratio(setting, candidate, corrected, says, advice):
    return _ratio(
        setting,
        (Certified(candidates=(candidate,)), Property(also=(candidate,), draw=setting.draw)),
        FOUR,
        (Neighbour("the corrected one", corrected.statement, example=FOUR),),
        Amendment(corrected, breaks=FailingStep(PLACE, says), advice=advice),
    )


TWO_CLUSTERS = FailingStep(
    "Remark after Proposition 2",
    "with two clusters, and only then, the negatives are one cluster, as compact as the positives; the ratio of the appendix is 1",
)
MORE_THAN_TWO = (
    "the Remark stands for three clusters or more, so for the K = 10 000 of the paper: there expect Var_neg/Var_pos of "
    "(K − 2)/((K − 1)(1 − a²)) + 1/(K − 1)"
)
MORE_THAN_TWO_BALANCED = (
    "the Remark stands for three clusters or more, so for the K = 10 000 of the paper: there expect Var_neg/Var_pos of "
    "(1 − a²/(K − 1)²)/(1 − a²)"
)
FROM_THREE = Domain(DRAWN.variables, {**DRAWN.sizes, "g": (2, 3)})
GIVEN_FROM_THREE = Domain(GIVEN.variables, {**GIVEN.sizes, "k": (3, 5)})
LONE = {"c": [[["9/10"], ["-9/10"]]], "a": "9/10", "M": 2}
COINCIDING = {"mu": [["9/10"], ["9/10"]], "M": 2}
LOWER = FailingStep(
    "Proposition 2, Remark",
    "O(·) says how large Var_neg is at most, and the Remark uses it as if it said at least; with two clusters, or coinciding "
    "centres, Var_neg is 1 − a²",
)
THETA = (
    INDEPENDENT.theta(
        LONE,
        Statement(DRAWN, at_least_zero(INDEPENDENT.room), INDEPENDENT.given),
        Amendment(INDEPENDENT.theta_from_three(FROM_THREE), LOWER, MORE_THAN_TWO),
    ),
    ZERO_SUM.theta(
        PAIR,
        Statement(GIVEN, at_least_zero(ZERO_SUM.room), ZERO_SUM.given),
        Amendment(ZERO_SUM.theta_from_three(GIVEN_FROM_THREE), LOWER, MORE_THAN_TWO_BALANCED),
    ),
    ANY.theta(
        COINCIDING,
        Statement(GIVEN, at_least_zero(ANY.room), ANY.given),
        Amendment(NEVER_SMALLER, LOWER, "measure the spread of the centres before expecting noisy negatives"),
    ),
)
CLAIM = Claim(
    id="secu.proposition2",
    title="Variance of negatives and of positives",
    source=Source("secu", "Proposition 2, Appendix A.2"),
    says=r"\mathrm{Var}_{neg} = O\big(\tfrac{1}{1 - a^2}\big) \mathrm{Var}_{pos}, "
    r"\text{ much larger than } \mathrm{Var}_{pos} \text{ for compact clusters}",
    derivation=__doc__,
    readings=(
        Reading(
            "independent",
            "centres independent, each with mean zero; Var_neg in expectation over them; K ≥ 2",
            (
                VARIANCES,
                PRINTED,
                INDEPENDENT.order(),
                INDEPENDENT.remark(
                    Amendment(
                        INDEPENDENT.remark(None, FROM_THREE),
                        breaks=TWO_CLUSTERS,
                        advice=MORE_THAN_TWO,
                    ),
                    refuted=LONE,
                    neighbour=Statement(DRAWN, at_least_zero(INDEPENDENT.room), INDEPENDENT.given),
                ),
            ),
            as_printed=True,
        ),
        Reading("gradient", "what the Remark infers about gradients, in which instances are weighed", (GRADIENT,)),
        Reading("theta", "O(·) as an order of magnitude, from below too, in the three settings of the centres", THETA),
        Reading(
            "zero-sum",
            "given centres that sum to zero",
            (
                _wrong_ratio(
                    ZERO_SUM,
                    FOUR,
                    BALANCED_RATIO,
                    "the mean of the other centres is −μ_j/(K − 1), of squared length a²/(K − 1)², not a²/(K − 1)",
                    "for centres with sum zero use 1 − a²/(K − 1)²",
                ),
                ZERO_SUM.order(),
                ZERO_SUM.remark(
                    Amendment(
                        ZERO_SUM.remark(None, GIVEN_FROM_THREE),
                        breaks=TWO_CLUSTERS,
                        advice=MORE_THAN_TWO_BALANCED,
                    ),
                    refuted=PAIR,
                    neighbour=Statement(GIVEN, at_least_zero(ZERO_SUM.room), ZERO_SUM.given),
                ),
            ),
        ),
        Reading(
            "any",
            "given centres of one length, wherever they lie",
            (
                _wrong_ratio(
                    ANY,
                    TOGETHER,
                    SPREAD,
                    "that the mean of the centres is zero says where they lie; without it the mean of the others may be as long "
                    "as they are",
                    "measure the spread of the centres: it is the whole difference between the two variances",
                ),
                ANY.order(),
                ANY.remark(
                    Amendment(
                        NEVER_SMALLER,
                        breaks=FailingStep(
                            "Remark after Proposition 2",
                            "an O(·) bounds Var_neg from above; where centres coincide both variances are 1 − a²",
                        ),
                        advice="near collapse the negatives are no noisier than the positives, however compact the clusters are",
                    ),
                    refuted=COINCIDING,
                    neighbour=Statement(GIVEN, at_least_zero(ANY.room), ANY.given),
                ),
            ),
        ),
    ),
)
