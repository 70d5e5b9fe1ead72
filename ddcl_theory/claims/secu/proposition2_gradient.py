"""From Proposition 2 to gradients: the Remark infers unstable gradients from the variance of negative instances.

In the gradient of a centre a positive x has the weight 1 − p and a negative b the weight p, its prediction there, so what counts is the
variance of p b.  It is at most the mean of p², since |b| = 1, and p is small where clusters are compact and λ is small.  Positives
(4, ±3)/5, negatives (−3, ±4)/5, own centre e_1, two other centres −e_1, e^{1/λ} = 2: Var_neg = 0.64 and Var_pos = 0.36, but p = 0.18
and 1 − p = 0.40, so that negatives contribute 0.02 and positives 0.06.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.secu import sphere as s
from ddcl_theory.domain import Domain, real, temperature
from ddcl_theory.relation import at_least_zero

BOTH = Domain(
    (real("x", "n", "d"), real("b", "m", "d"), real("w", "d"), real("v", "o", "d"), temperature("T")),
    {"n": (1, 2), "m": (1, 2), "o": (1, 2), "d": (1, 2)},
)
HALF = ex.Fraction(1, 2)


def variance(rows):
    """Mean of |row|² less the square of the mean."""
    n = len(rows)
    mean = [ex.total(row[a] for row in rows) / n for a in range(len(rows[0]))]
    return ex.total(ex.norm2(row) for row in rows) / n - ex.norm2(mean)


def pushes(x):
    """p of every negative."""
    return [s.prediction(row, x.w, x.v, x.T) for row in x.b]


def pushed(x):
    return [ex.scaled(p, row) for p, row in zip(pushes(x), x.b, strict=True)]


def pulled(x):
    return [ex.scaled(s.weight(row, x.w, x.v, x.T), row) for row in x.x]


def lead(x, share=1):
    """Variance of p b less `share` times that of (1 − p) x."""
    return variance(pushed(x)) - share * variance(pulled(x))


def slack(x, scale=1, share=1):
    """share · mean of p², less the variance of p b."""
    return scale * (share * ex.total(p**2 for p in pushes(x)) / x.m - variance(pushed(x)))


UNIT = s.unit("x", "b", "w", "v")
SPREAD = Hypothesis(
    "spread", r"\mathrm{Var}_{neg} \ge \mathrm{Var}_{pos}", at_least_zero(lambda x: variance(x.b) - variance(x.x))
)
FEW = {
    "x": [["4/5", "3/5"], ["4/5", "-3/5"]], "b": [["-3/5", "4/5"], ["-3/5", "-4/5"]], "w": [1, 0],
    "v": [[-1, 0], [-1, 0]], "T": {"s": "1/2"},
}  # fmt: skip
ACROSS = {"x": [[1], [1]], "b": [[1], [-1]], "w": [1], "v": [[-1]], "T": {"s": "1/2"}}
draw = s.spherical(BOTH, "x", "b", "w", "v")
BOUNDED = Part(
    id="gradient",
    says=r"\mathrm{Var}(p_k x_k) \le \tfrac1m \textstyle\sum_k p_k^2 \text{ over negatives } x_k",
    statement=Statement(BOTH, at_least_zero(slack), UNIT),
    checks=(Symbolic("secu.proposition2_gradient:bounded"), Property(also=(FEW, ACROSS), draw=draw)),
    example=FEW,
    twins=(Twin("half of it", Statement(BOTH, at_least_zero(lambda x: slack(x, share=HALF)), UNIT), witness=ACROSS),),
    neighbours=(Neighbour("tripled", Statement(BOTH, at_least_zero(lambda x: slack(x, 3)), UNIT)),),
)
GRADIENT = Part(
    id="gradient",
    says=r"\mathrm{Var}_{neg} \ge \mathrm{Var}_{pos} \Rightarrow \mathrm{Var}(p_k x_k) \text{ over negatives } \ge "
    r"\mathrm{Var}((1 - p_i) x_i) \text{ over positives}",
    statement=Statement(BOTH, at_least_zero(lead), (*UNIT, SPREAD)),
    checks=(Certified(candidates=(FEW,)), Property(also=(FEW,), draw=draw)),
    example=FEW,
    twins=(
        Twin(
            "twice as large", Statement(BOTH, at_least_zero(lambda x: lead(x, 2)), (*UNIT, SPREAD)), witness=FEW
        ),
    ),
    neighbours=(
        Neighbour(
            "without the weights",
            Statement(BOTH, at_least_zero(lambda x: variance(x.b) - variance(x.x)), (*UNIT, SPREAD)),
        ),
    ),
    amendment=Amendment(
        BOUNDED,
        breaks=FailingStep(
            "Remark after Proposition 2",
            "the variance of instances is taken for that of gradients, in which a negative has the weight p and a positive 1 − p",
        ),
        advice="compare variances of gradients, weights included: where clusters are compact and λ is small every negative weighs "
        "little, and what is left is their number",
    ),
)  # fmt: skip
