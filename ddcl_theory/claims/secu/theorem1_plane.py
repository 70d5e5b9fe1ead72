"""Theorem 1 beyond the line: optimality on the sphere certified by second order, in every dimension.

A certified w is no worse than its mirror image in any hyperplane, so that the argument of `theorem1` for positives in an open
half-space applies to it.

Positives come with copies c_i (a positive that occurs c_i times).  For a stationary unit w, with s = Σ c_i (1 − p_i) x_i,
    2λ² (f(z) − f(w)) ≥ (z − w)ᵀ M (z − w),   M = Σ c_i κ_i x_i x_iᵀ + λ (s·w) I,
κ_i the smaller value of p(1 − p) at x_i·w = ±1.  A matrix whose diagonal dominates its rows is non-negative.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.secu import sphere as s
from ddcl_theory.claims.secu.theorem1_draws import optima
from ddcl_theory.domain import Domain, above_zero, real, temperature
from ddcl_theory.relation import at_least_zero, equals_zero, positive

COPIES = (real("x", "n", "d"), above_zero("c", "n"), real("w", "d"), real("v", "o", "d"))
SIZES = {"n": (1, 4), "o": (1, 2), "d": (2, 3)}
#: u is the direction of the half-space, about which the part as printed says nothing.
SPHERE = Domain((*COPIES, real("u", "d"), temperature("T")), SIZES)
RIVAL = Domain((*COPIES, real("z", "d"), temperature("T")), SIZES)


def pull(x):
    """Σ c_i (1 − p_i) x_i."""
    weights = [c * s.weight(row, x.w, x.v, x.T) for c, row in zip(x.c, x.x, strict=True)]
    return [ex.total(a * row[i] for a, row in zip(weights, x.x, strict=True)) for i in range(len(x.w))]


def outward(x, scale=1):
    return scale * ex.dot(pull(x), x.w)


def crosswise(x):
    sw = outward(x)
    return [a - sw * b for a, b in zip(pull(x), x.w, strict=True)]


def least_curvature(row, x):
    """min of p(1 − p) at x·w = 1 and x·w = −1."""
    rest = s.rivals(row, x.v, x.T)
    ends = [ex.boltzmann(-1, x.T), ex.boltzmann(1, x.T)]
    return ex.minimum(*(own * rest / (own + rest) ** 2 for own in ends))


def matrix(x):
    """M, row by row."""
    kappa = [c * least_curvature(row, x) for c, row in zip(x.c, x.x, strict=True)]
    size = range(len(x.w))
    lift = x.T * outward(x)
    return [
        [
            ex.total(k * row[i] * row[j] for k, row in zip(kappa, x.x, strict=True)) + (lift if i == j else 0)
            for j in size
        ]
        for i in size
    ]


def dominance(x):
    """M_ii − Σ_{j ≠ i} |M_ij|."""
    m = matrix(x)
    return [m[i][i] - ex.total(ex.maximum(v, -v) for j, v in enumerate(row) if j != i) for i, row in enumerate(m)]


def gain(x, scale=1):
    """f(z) − f(w)."""

    def loss(w):
        return ex.total(
            c * ex.log(1 + ex.total(ex.boltzmann(ex.dot(row, w) - ex.dot(row, v), x.T) for v in x.v))
            for c, row in zip(x.c, x.x, strict=True)
        )

    return scale * (loss(x.z) - loss(x.w))


UNIT = s.unit("x", "w", "v")
STATIONARY = Hypothesis("stationary", r"s = (s \cdot w)\, w", equals_zero(crosswise))
CERTIFIED = Hypothesis("second-order", r"M_{ii} \ge \textstyle\sum_{j \ne i} |M_{ij}|", at_least_zero(dominance))
GIVEN = (*UNIT, STATIONARY, CERTIFIED)
CROSS = {
    "x": [[1, 0], [-1, 0], [0, 1], [0, -1]], "c": [3, 2, 2, 2], "w": [-1, 0], "v": [[-1, 0]], "T": {"s": "1/2"},
}  # fmt: skip
ALONE = {"x": [[1, 0]], "c": [1], "w": [1, 0], "v": [[-1, 0]], "T": {"s": "1/2"}}
TURNED = {**CROSS, "z": ["3/5", "4/5"]}


CERTIFICATE = Part(
    id="certificate",
    says=r"s = (s \cdot w)\, w,\ M_{ii} \ge \textstyle\sum_{j \ne i} |M_{ij}| \Rightarrow f(z) \ge f(w) \text{ for every unit } z",
    statement=Statement(RIVAL, at_least_zero(gain), (*GIVEN, *s.unit("z"))),
    checks=(
        Symbolic("secu.theorem1:second_order"),
        Property(
            also=(TURNED, {**CROSS, "z": [1, 0]}, {**CROSS, "z": ["-4/5", "3/5"]}, {**ALONE, "z": [-1, 0]}),
            draw=s.spherical(RIVAL, "x", "w", "v", "z"),
        ),
    ),
    example=TURNED,
    twins=(
        Twin(
            "the largest loss",
            Statement(RIVAL, at_least_zero(lambda x: gain(x, -1)), (*GIVEN, *s.unit("z"))),
            witness=TURNED,
        ),
    ),
    neighbours=(
        Neighbour("tripled", Statement(RIVAL, at_least_zero(lambda x: gain(x, 3)), (*GIVEN, *s.unit("z")))),
    ),
)  # fmt: skip
HALF_SPACE = Hypothesis(
    "half-space", r"x_i \cdot u > 0 \text{ for every positive}", positive(lambda x: [ex.dot(row, x.u) for row in x.x])
)
AROUND = {**CROSS, "u": [1, 0]}
ALONG = {**ALONE, "u": [1, 0]}
TWICE = {
    "x": [[1, 0], [1, 0]], "c": [1, 2], "w": [1, 0], "v": [[-1, 0], [0, 1]], "u": [1, 0], "T": {"s": "1/2"},
}  # fmt: skip


def alone(k, d):
    """One positive at its centre, the other centre opposite."""
    first = [int(i == 0) for i in range(d)]
    opposite = [-v for v in first]
    return {"x": [first], "c": [1], "w": first, "v": [opposite], "u": first, "T": {"s": "1/2"}}, "1/4"


def _plane(says, hypotheses, checks, example, twins, neighbours, amendment=None):
    return Part(
        id="plane",
        says=says,
        statement=Statement(SPHERE, positive(outward), hypotheses),
        checks=checks,
        example=example,
        twins=twins,
        neighbours=neighbours,
        amendment=amendment,
    )


OPPOSITE = Twin("the opposite sign", Statement(SPHERE, positive(lambda x: outward(x, -1)), (*GIVEN, HALF_SPACE)), ALONG)
DRAW = s.spherical(SPHERE, "x", "w", "v", "u")
CERTIFIED_HALF_SPACE = _plane(
    r"\text{the optimal } w, \text{ certified by second order, has } s \cdot w > 0 \text{ if } x_i \cdot u > 0",
    (*GIVEN, HALF_SPACE),
    (Symbolic("secu.theorem1:certified_half_space"), Property(also=(AROUND, ALONG, TWICE), draw=optima(SPHERE))),
    TWICE,
    (OPPOSITE, Twin("positives all around", Statement(SPHERE, positive(outward), GIVEN), AROUND)),
    (Neighbour("tripled", Statement(SPHERE, positive(lambda x: outward(x, 3)), (*GIVEN, HALF_SPACE))),),
)
PLANE = _plane(
    r"\text{the optimal } w, \text{ certified by second order, has } s \cdot w > 0",
    GIVEN,
    (Certified(candidates=(AROUND,)), Property(also=(AROUND, ALONG), draw=DRAW)),
    AROUND,
    (Twin("the opposite sign", Statement(SPHERE, positive(lambda x: outward(x, -1)), GIVEN), ALONG),),
    (Neighbour("positives in a half-space", CERTIFIED_HALF_SPACE.statement, example=TWICE),),
    Amendment(
        CERTIFIED_HALF_SPACE,
        breaks=FailingStep(
            "Appendix A.3, (15)",
            "where f has its least value inside the ball it grows outwards at the optimum of the sphere, so that s points inwards",
        ),
        advice="trust (4) for clusters that fit into an open half-space; elsewhere compare the loss at w, −w and Π(s)",
        examples=alone,
    ),
)
