"""The nearest of two samples c and −c to a start from normal Glorot weights, with one prototype."""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Neighbour, Statement, Twin
from ddcl_theory.claims.gbcl import subspaces as sub
from ddcl_theory.domain import Domain, above_zero, real
from ddcl_theory.relation import at_least_zero

PAIR = Domain((above_zero("c"),))
RATIO = Domain((above_zero("c"), real("m")))


def to_nearest(c, deviation, m):
    """E min(|y − c|, |y + c|)² = E y² − 2c E|y| + c² for a symmetric y with E|y| = m times its deviation."""
    return ex.lift(deviation) ** 2 - 2 * c * m * deviation + c**2


#: Between these lies m = √(2/π) of every normal law.
NORMAL = (ex.Fraction(7978, 10_000), ex.Fraction(7979, 10_000))


def nearer(c, m, share=1):
    """share · base − dual: W has the deviation 1, c(ω_1 − ω_2) with both of variance 2/3 the deviation 2c/√3."""
    return share * to_nearest(c, ex.ONE, m) - to_nearest(c, 2 * c / ex.sqrt(3), m)


def factors(x, slope=2):
    """The base mean minus the dual one, minus (2c/√3 − 1)((slope · m − 2/√3)c − 1)."""
    root = 1 / ex.sqrt(3)
    return nearer(x.c, x.m) - (2 * root * x.c - 1) * ((slope * x.m - 2 * root) * x.c - 1)


def normal(share=1, given=()):
    """share · base − dual ≥ 0 for normal weights: affine in m, it is ≥ 0 at one of the two bounds if it is at √(2/π)."""
    return Statement(
        PAIR, at_least_zero(lambda x: ex.maximum(*(nearer(x.c, ex.lift(m), share) for m in NORMAL))), given
    )


RATIO_POINT = {"c": 1, "m": "4/5"}
NEAR = sub.proved(
    "nearest-sample-scales",
    r"\text{data } \{c, -c\},\ k = 1,\ m = \sqrt{2/\pi}: E \min_i (W - x_i)^2 - E \min_i (X\Omega - x_i)^2 = "
    r"\big(\tfrac{2c}{\sqrt 3} - 1\big)\big((2m - \tfrac{2}{\sqrt 3})\,c - 1\big)",
    RATIO,
    (),
    factors,
    proof="gbcl.initialisation:scales",
    example=RATIO_POINT,
    twin=("with 3m for 2m", lambda x: factors(x, 3), RATIO_POINT),
)
WIDE = Hypothesis("wide", r"c \ge \tfrac52", at_least_zero(lambda x: x.c - ex.Fraction(5, 2)))
NEAREST = sub.refuted(
    "nearest-sample",
    r"\text{data } \{c, -c\} \text{ (standardised for } c = 1),\ k = 1 \text{, normal Glorot weights: } E \min_i "
    r"(X\Omega - x_i)^2 \le E \min_i (W - x_i)^2",
    normal(),
    example={"c": 1},
    twin=Twin("by half", normal(ex.Fraction(1, 2)), {"c": 1}),
    neighbour=Neighbour("wide data", normal(given=(WIDE,)), {"c": 3}),
    amendment=Amendment(
        NEAR,
        FailingStep(
            "Results, on Fig. 6",
            "a combination of samples is as large as its weights and their number make it; it need not lie near one of them",
        ),
        "look at the scale of the data: the difference changes its sign at c = √3/2 and near c = 2.267, and the base prototype "
        "starts nearer between them; Glorot weights of the base layer fit data of unit size, those of the "
        "dual layer any scale; for starts near the data take samples",
    ),
)
