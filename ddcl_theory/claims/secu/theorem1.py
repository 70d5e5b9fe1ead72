"""Theorem 1: with labels and features fixed, an optimal unit centre is w = Π(s), s = Σ_i (1 − p_i) x_i over its positives.

Let f(w) = Σ_i log(1 + S_i e^{−x_i·w/λ}), S_i = Σ_l e^{x_i·v_l/λ} over the other centres, which the loss (3) holds.  f is convex
and ∇f = −s/λ, so stationary points of the sphere have s = (s·w) w: w = Π(s), w = −Π(s), or s = 0.  w = Π(s) iff s·w > 0.

(4) is enough: if s = (s·w) w with s·w ≥ 0, then f(z) ≥ f(w) − s·(z − w)/λ ≥ f(w) for every z of the unit ball.

(4) is not necessary.  Where the least f of the ball lies inside it, f grows outwards at the optimum of the sphere, and the sign
is the wrong one.  On the line: positives 1, 1, −1, other centre −1, e^{1/λ} = 3.  w = −1 has e^f = 2·2·2 = 8 and w = 1 has
(10/9)² · 10 > 12, so −1 is optimal; but s = ½ + ½ − ½ > 0 there, and Π(s) = 1.  In the plane the same happens with 3 positives
at e_1, 2 at −e_1, 2 at each of ±e_2, other centre −e_1, e^{1/λ} = 2: w = −e_1 has s = e_1/2.  It is optimal by second order:
φ(t) = log(1 + S e^{−t}) has φ'' = p(1 − p), at least κ_i, its smaller value at t = ±1/λ, wherever unit vectors can bring t, so
    2λ² (f(z) − f(w)) ≥ (z − w)ᵀ [Σ κ_i x_i x_iᵀ + λ (s·w) I] (z − w)       for a stationary w and every unit z,
and the matrix is positive definite here.

(4) is necessary where the positives lie in an open half-space x_i·u > 0: then s·u > 0, so s·w ≠ 0, and if s·w < 0, w·u < 0 and
the mirror image of w in the hyperplane across u is closer to every positive.  The optimum is unique there, because the ball is
strictly convex and ∇f does not vanish.

For one objective of all centres, cross-entropy, negatives enter the gradient, and (4) fails as well.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import (
    Amendment,
    Claim,
    FailingStep,
    Hypothesis,
    Neighbour,
    Part,
    Reading,
    Source,
    Statement,
    Twin,
)
from ddcl_theory.claims.secu import sphere as s
from ddcl_theory.claims.secu.float_rows_centres import update_part
from ddcl_theory.claims.secu.theorem1_draws import optima
from ddcl_theory.claims.secu.theorem1_joint import JOINT_CENTRES
from ddcl_theory.claims.secu.theorem1_plane import CERTIFICATE, PLANE
from ddcl_theory.domain import Domain, real, temperature
from ddcl_theory.relation import at_least_zero, equals_zero, not_zero, positive

CENTRE = (real("x", "n", "d"), real("w", "d"), real("v", "o", "d"))
SIZES = {"n": (1, 3), "o": (1, 2), "d": (1, 2)}
#: u is the direction of the half-space, about which the part as printed says nothing.
LINE = Domain(
    (real("x", "n", 1), real("w", 1), real("v", "o", 1), real("u", 1), temperature("T")), {"n": (1, 3), "o": (1, 2)}
)
SPHERE = Domain((*CENTRE, temperature("T")), SIZES)
HALF = Domain((*CENTRE, real("u", "d"), temperature("T")), SIZES)
BALL = Domain((*CENTRE, real("z", "d"), temperature("T")), SIZES)


def crosswise(x):
    """s − (s·w) w."""
    sw = s.outward(x)
    return [a - sw * b for a, b in zip(s.pulled(x), x.w, strict=True)]


def odds(x, w):
    return s.odds(x.x, w, x.v, x.T)


def mirror(x):
    """The mirror image of w in the hyperplane across u."""
    return ex.minus(x.w, ex.scaled(2 * ex.dot(x.w, x.u) / ex.norm2(x.u), x.u))


def against_mirror(x):
    return odds(x, mirror(x)) - odds(x, x.w)


def against_other(x):
    """e^f at the other point of the line's sphere less e^f at w."""
    return odds(x, [-c for c in x.w]) - odds(x, x.w)


def gain(x, scale=1):
    """e^{f(z)} − e^{f(w)}."""
    return scale * (odds(x, x.z) - odds(x, x.w))


def slope_gap(x, scale=1, share=1):
    """λ ∇f(w)·u + share · s·u."""
    moved = ex.derivative_at_zero(lambda h: s.loss(x.x, ex.plus(x.w, ex.scaled(h, x.u)), x.v, x.T))
    return scale * (x.T * moved + share * ex.dot(s.pulled(x), x.u))


DEFINED = Hypothesis("pulled", r"s \ne 0", not_zero(s.pulled))
STATIONARY = Hypothesis("stationary", r"s = (s \cdot w)\, w", equals_zero(crosswise))
OPTIMAL = Hypothesis("optimal", r"f(w) \le f(-w)", at_least_zero(against_other))
NO_WORSE = Hypothesis("mirror", r"f(w) \le f(w - 2 \tfrac{w \cdot u}{u \cdot u} u)", at_least_zero(against_mirror))
HALF_SPACE = Hypothesis(
    "half-space", r"x_i \cdot u > 0 \text{ for every positive}", positive(lambda x: [ex.dot(row, x.u) for row in x.x])
)
SAME_SIDE = Hypothesis("same-side", r"x_i \cdot x_1 > 0", positive(lambda x: [ex.dot(row, x.x[0]) for row in x.x]))
OUTWARD = Hypothesis("outward", r"s \cdot w \ge 0", at_least_zero(s.outward))
IN_BALL = Hypothesis("ball", r"\|z\| \le 1", at_least_zero(lambda x: 1 - ex.norm2(x.z)))

ODD_ONE = {"x": [[1], [1], [-1]], "w": [-1], "v": [[-1]], "u": [1], "T": {"s": "1/3"}}
ALONE = {"x": [[1]], "w": [1], "v": [[-1]], "T": {"s": "1/2"}}
AWAY = {**ALONE, "w": [-1]}
AWAY_IN_THE_PLANE = {"x": [[1, 0]], "w": [-1, 0], "v": [[-1, 0]], "T": {"s": "1/2"}}
ALONG = {**ALONE, "u": [1]}
SLOPE = {**ALONG, "T": 1}
SAYS = r"\text{the optimal } w \text{ is } \Pi(s):\ s \cdot w > 0, \quad s = \textstyle\sum_i (1 - p_i) x_i"


def solutions(sizes, cases, generator):
    """The same optima, with competitors in the ball."""
    import torch

    batch = optima(HALF)(sizes, cases, generator)
    z = torch.randn(cases, sizes["d"], generator=generator, dtype=torch.float64)
    batch["z"] = z / z.norm(dim=-1, keepdim=True) * torch.rand(cases, 1, generator=generator, dtype=torch.float64)
    del batch["u"]
    return batch


HEMISPHERE = Part(
    id="centre",
    says=SAYS + r", \text{ if the positives lie in an open half-space } x_i \cdot u > 0",
    statement=Statement(HALF, positive(s.outward), (*s.unit("w"), STATIONARY, HALF_SPACE, NO_WORSE)),
    checks=(
        Symbolic("secu.theorem1:half_space"),
        Property(also=({**ALONE, "u": [1]}, {**ALONE, "x": [[1], [1]], "u": [1]}), draw=optima(HALF)),
    ),
    example={**ALONE, "u": [1]},
    twins=(
        Twin(
            "the opposite sign",
            Statement(HALF, positive(lambda x: s.outward(x, -1)), (*s.unit("w"), STATIONARY, HALF_SPACE, NO_WORSE)),
            witness={**ALONE, "u": [1]},
        ),
    ),
    neighbours=(
        Neighbour(
            "tripled",
            Statement(HALF, positive(lambda x: s.outward(x, 3)), (*s.unit("w"), STATIONARY, HALF_SPACE, NO_WORSE)),
        ),
    ),
)
LINE_OPTIMUM = (*s.unit("x", "w", "v"), DEFINED, OPTIMAL)


def on_a_line(k, d):
    """One positive at its centre, the other centre opposite."""
    return ALONG, "1/4"


def _line(hypotheses, checks, twins, neighbours, amendment=None):
    return Part(
        id="centre",
        says=SAYS + r" \quad (d = 1" + (")" if amendment else r",\ x_i \cdot u > 0)"),
        statement=Statement(LINE, positive(s.outward), hypotheses),
        checks=checks,
        example=ALONG,
        twins=(
            Twin(
                "the opposite sign",
                Statement(LINE, positive(lambda x: s.outward(x, -1)), hypotheses),
                witness=ALONG,
            ),
            *twins,
        ),
        neighbours=neighbours,
        amendment=amendment,
    )


ONE_SIDE = _line(
    (*LINE_OPTIMUM, HALF_SPACE),
    (Symbolic("secu.theorem1:half_line"), Property(also=(ODD_ONE, ALONG), draw=s.spherical(LINE, "x", "w", "v", "u"))),
    (Twin("positives on both sides", Statement(LINE, positive(s.outward), LINE_OPTIMUM), witness=ODD_ONE),),
    (Neighbour("tripled", Statement(LINE, positive(lambda x: s.outward(x, 3)), (*LINE_OPTIMUM, HALF_SPACE))),),
)
CENTRE_ON_A_LINE = _line(
    LINE_OPTIMUM,
    (Certified(candidates=(ODD_ONE,)), Property(also=(ODD_ONE, ALONG), draw=s.spherical(LINE, "x", "w", "v", "u"))),
    (),
    (Neighbour("positives on one side", ONE_SIDE.statement, example=ALONG),),
    Amendment(
        ONE_SIDE,
        breaks=FailingStep(
            "Appendix A.3, before (15)",
            "the unconstrained zero of the gradient is projected to the sphere; the conditions of optimality on the sphere ask "
            "only that s be a multiple of w, and do not fix its sign",
        ),
        advice="trust (4) for clusters that fit into an open half-space; elsewhere compare the loss at w, −w and Π(s) before "
        "replacing a centre",
        examples=on_a_line,
    ),
)
SLOPE_PART = Part(
    id="sign",
    says=r"-\lambda \nabla f(w) = s",
    statement=Statement(HALF, equals_zero(slope_gap)),
    checks=(Symbolic("secu.theorem1:slope"), Property(draw=s.spherical(HALF, "x", "w", "v", "u"))),
    example=SLOPE,
    twins=(
        Twin(
            "half the pull",
            Statement(HALF, equals_zero(lambda x: slope_gap(x, share=ex.Fraction(1, 2)))),
            witness={**SLOPE, "w": [0], "v": [[0]]},
        ),
    ),
    neighbours=(Neighbour("tripled", Statement(HALF, equals_zero(lambda x: slope_gap(x, 3)))),),
)
SIGN = Part(
    id="sign",
    says=r"w \text{ stationary on the sphere} \Rightarrow w = \Pi(s)",
    statement=Statement(SPHERE, positive(s.outward), (*s.unit("x", "w", "v"), DEFINED, STATIONARY)),
    checks=(
        Certified(candidates=(AWAY, AWAY_IN_THE_PLANE)),
        Property(also=(AWAY, AWAY_IN_THE_PLANE, ALONE), draw=s.spherical(SPHERE, "x", "w", "v")),
    ),
    example=ALONE,
    twins=(
        Twin(
            "the opposite sign",
            Statement(SPHERE, positive(lambda x: s.outward(x, -1)), (*s.unit("x", "w", "v"), DEFINED, STATIONARY)),
            witness=ALONE,
        ),
    ),
    neighbours=(
        Neighbour(
            "at the positives",
            Statement(
                SPHERE,
                positive(s.outward),
                (
                    *s.unit("x", "w", "v"),
                    Hypothesis(
                        "at-positives", r"x_i = w", equals_zero(lambda x: [a for row in x.x for a in ex.minus(row, x.w)])
                    ),
                ),
            ),
            example=ALONE,
        ),
    ),
    amendment=Amendment(
        SLOPE_PART,
        breaks=FailingStep("Appendix A.3, (15)", "a multiplier of the equality |w| = 1 may have either sign"),
        advice="check the sign of s·w at a fixed point of any other method than (4)",
    ),
)  # fmt: skip
CONVERSE = Part(
    id="converse",
    says=r"s = (s \cdot w)\, w,\ s \cdot w \ge 0 \Rightarrow f(z) \ge f(w) \text{ for } \|z\| \le 1",
    statement=Statement(BALL, at_least_zero(gain), (*s.unit("w"), STATIONARY, OUTWARD, IN_BALL)),
    checks=(
        Symbolic("secu.theorem1:converse"),
        Property(also=({**ALONE, "z": [-1]}, {**ALONE, "z": [0]}), draw=solutions),
    ),
    example={**ALONE, "z": [-1]},
    twins=(
        Twin(
            "the largest loss",
            Statement(BALL, at_least_zero(lambda x: gain(x, -1)), (*s.unit("w"), STATIONARY, OUTWARD, IN_BALL)),
            witness={**ALONE, "z": [-1]},
        ),
    ),
    neighbours=(
        Neighbour(
            "tripled",
            Statement(BALL, at_least_zero(lambda x: gain(x, 3)), (*s.unit("w"), STATIONARY, OUTWARD, IN_BALL)),
        ),
    ),
)
CLAIM = Claim(
    id="secu.theorem1",
    title="The closed form of the optimal centres",
    source=Source("secu", "Theorem 1, (4), (12)–(15)"),
    says=r"w_j^* = \Pi\Big(\tfrac{\sum_i (1 - p_{ij}) x_i}{\sum_i 1 - p_{ij}}\Big) \text{ at the optimum for fixed labels and features}",
    derivation=__doc__,
    uses=("secu.loss",),
    readings=(
        Reading(
            "blockwise",
            "w_j optimal on the unit sphere, the other centres held",
            (CENTRE_ON_A_LINE, PLANE),
            as_printed=True,
        ),
        Reading(
            "half-space",
            "w_j stationary and no worse than one mirror image, all positives in an open half-space",
            (HEMISPHERE,),
        ),
        Reading(
            "stationary", "w_j stationary on the unit sphere, the other centres held", (SIGN, CONVERSE, CERTIFICATE)
        ),
        Reading("joint", "all centres together minimise one objective, cross-entropy", (JOINT_CENTRES,)),
        *(
            Reading(dtype, f"the update of ddcl_core in {dtype}", (update_part(dtype),))
            for dtype in ("float64", "float32")
        ),
    ),
)
