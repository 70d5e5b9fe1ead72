"""Theorem 3.5, d ≤ n: both flows lie in the feature space, the only difference being the temporal law; null modes and a bias.

Same space: where rank X = d, XA = I for some A, and every W is an output, W = XΩ with Ω = AW.  d ≤ n alone does not
give that rank:
with a feature that is 0 in every sample, a base prototype may start off the span of the samples and no output ever
lies there.
The dual weights are n numbers; R(Xᵀ) has the dimension d too, but their flow stays in Ω(0) + R(Xᵀ), off R(Xᵀ) unless
it starts there.
The error e = XΩ − μ obeys ė = −XXᵀe, against ė = −e: along a left singular vector u it decays as e^{−σ²t}, σ² = Σ_i
(u·x_i)², n times the second moment of the samples along u (their variance where they are centred).  Different rates
bend the path: the base path is the segment from start to centroid, and XXᵀe is parallel to e for every e only if XXᵀ
= cI.  X = diag(1, 2), e(0) = (1, 1) gives (y, y⁴) against (x, x): other curves, which may cross other Voronoi cells,
so not the temporal law alone.
Null modes: Xu = 0 makes X(Ω + u) = XΩ, so they are meaningless for the outputs, with or without a bias.  A bias b
adds it to all features of a prototype, XΩ + b1 = [X, 1](Ω, b): (u, 0) is still a null direction and u·Ω stays
constant, and where rank X = d there is one more, (Ω, −1) with XΩ = 1.  n + 1 − d null modes instead of n − d: the
bias removes none.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.claim import (
    Amendment,
    Claim,
    FailingStep,
    Hypothesis,
    Neighbour,
    Reading,
    Source,
    Statement,
    Twin,
)
from ddcl_theory.claims.ddcl.dcl_subspace import row_of
from ddcl_theory.claims.ddcl.duality_steps import EVEN, UNIT, draw_orthonormal
from ddcl_theory.claims.gbcl import subspaces as sub
from ddcl_theory.claims.gbcl.code_subspaces import axes_part
from ddcl_theory.claims.gbcl.subspaces_runs import Course
from ddcl_theory.claims.gbcl.theorem3_5_space import (
    ANY_SPACE,
    FULL,
    IDLE,
    INVERSE,
    NULLED,
    RIGHT_INVERSE,
    SAME_SPACE,
    SIZES,
    WEIGHTS_SPACE,
    draw_axes,
    second_moment,
    solved,
)
from ddcl_theory.domain import Domain, real
from ddcl_theory.relation import equals_zero

ERROR = Domain((real("z", "n", "d", latex="x"), real("g", "d")), {"n": (1, 3), "d": (1, 3)})
EVEN_ERROR = Domain((real("z", "n", "d", latex="x"), real("g", "d"), real("c")), {"n": (1, 3), "d": (1, 2)})
AXIS = Domain((real("z", "n", "d", latex="x"), real("g", "d"), real("r", "d"), real("s")), SIZES)
BIASED = Domain((real("z", "n", "d", latex="x"), RIGHT_INVERSE, real("u", "n"), real("b")), SIZES)
TRAINED = Domain((*NULLED.variables, real("c", "d"), real("b")), SIZES)
FREED = Domain((real("z", "n", "d", latex="x"), RIGHT_INVERSE), SIZES)


def crossed(x):
    """(XXᵀe)_i e_j − (XXᵀe)_j e_i: zero iff the dual path leaves along the base path."""
    turned = second_moment(x.z, x.g)
    return [turned[i] * x.g[j] - turned[j] * x.g[i] for i in range(x.d) for j in range(i + 1, x.d)] or [0]


BENT = {"z": [[1, 0], [0, 2]], "g": [1, 1]}
STRAIGHT = sub.proved(
    "same-path",
    r"XX^\top = cI \Rightarrow \dot e = -c\,e \text{: the segment of the base flow, at } c \text{ times its speed}",
    EVEN_ERROR,
    (EVEN,),
    lambda x: ex.minus(second_moment(x.z, x.g), ex.scaled(x.c, x.g)),
    proof="gbcl.theorem3_5:straight",
    example={"z": [[1, 1], [1, -1]], "g": [1, 0], "c": 2},
    twin=(
        "c² times its speed",
        lambda x: ex.minus(second_moment(x.z, x.g), ex.scaled(x.c**2, x.g)),
        {"z": [[1, 1], [1, -1]], "g": [1, 0], "c": 2},
    ),
    draw=draw_orthonormal(EVEN_ERROR, scaled=True),
    course=(Course("scaled-outputs"), Course("scaled-outputs", clock=2.0)),
)
EQUAL_VARIANCES = Hypothesis(
    "equal-variances",
    r"\textstyle\sum_n x_{ni}^2 = 1",
    equals_zero(lambda x: [ex.total(s[i] ** 2 for s in x.z) - 1 for i in range(x.d)]),
)
ONLY_TIME = sub.refuted(
    "only-the-temporal-law",
    r"\text{the dual path leaves every point along the segment to } \mu:\ XX^\top e \parallel e \text{ for } e = "
    r"X\Omega - \mu",
    Statement(ERROR, equals_zero(crossed)),
    example=BENT,
    twin=Twin(
        "for features of equal variance",
        Statement(ERROR, equals_zero(crossed), (EQUAL_VARIANCES,)),
        {"z": [["3/5", 1], ["4/5", 0]], "g": [1, 0]},
    ),
    neighbour=Neighbour(
        "XXᵀ = I", Statement(ERROR, equals_zero(crossed), (UNIT,)), example={"z": [[1, 0], [0, 1]], "g": [1, 2]}
    ),
    amendment=Amendment(
        STRAIGHT,
        FailingStep("Theorem 3.5", "rates that differ from axis to axis change the curve, not only the speed along it"),
        "whiten the data where both layers should take the same path; otherwise they may pass other cells and "
        "end in other minima",
    ),
)

LEFT = Hypothesis(
    "principal-axis",
    r"XX^\top u = \sigma^2 u",
    equals_zero(lambda x: ex.minus(second_moment(x.z, x.r), ex.scaled(x.s**2, x.r))),
)


def along_axis(x, power=2):
    """u·ė + σ^power u·e for ė = −XXᵀe."""
    return x.s**power * ex.dot(x.r, x.g) - ex.dot(x.r, second_moment(x.z, x.g))


AXIS_POINT = {"z": [[1, 0], [0, 2]], "g": [1, 1], "r": [0, 1], "s": 2}


def draw_principal(sizes, cases, generator):
    """X = [I, 0] with every direction at σ = 1, for n ≥ d."""
    import torch

    batch = draw_axes(AXIS)(sizes, cases, generator)
    return {**batch, "s": torch.ones(cases, dtype=torch.float64)}


RATES = sub.proved(
    "rates",
    r"XX^\top u = \sigma^2 u \Rightarrow u \cdot \dot e = -\sigma^2\, u \cdot e:\ u \cdot e(t) = e^{-\sigma^2 "
    r"t}\, u \cdot e(0)",
    AXIS,
    (LEFT,),
    along_axis,
    proof="gbcl.theorem3_5:rates",
    example=AXIS_POINT,
    twin=("the rate σ", lambda x: along_axis(x, 1), AXIS_POINT),
    draw=draw_principal,
    course=(Course("principal"), Course("principal", clock=2.0)),
)

MEANINGLESS = sub.proved(
    "null-modes-meaningless",
    r"Xu = 0 \Rightarrow X(\Omega + u) = X\Omega",
    NULLED,
    (sub.NULL,),
    lambda x: ex.minus(row_of(x.z, ex.plus(x.o, x.u)), row_of(x.z, x.o)),
    proof="gbcl.theorem3_5:meaningless",
    example=IDLE,
    twin=(
        "and X(Ω + u + 1)",
        lambda x: ex.minus(row_of(x.z, [a + b + 1 for a, b in zip(x.o, x.u, strict=True)]), row_of(x.z, x.o)),
        IDLE,
    ),
    draw=sub.draw_null(NULLED),
)


def biased(x):
    """Xu + b1."""
    return [value + x.b for value in row_of(x.z, x.u)]


NULL_WITH_BIAS = Hypothesis("null-with-bias", r"Xu + b\mathbf 1 = 0", equals_zero(biased))


def with_bias(x, factor=0):
    """u·Ω̇ for Ω̇ = −Xᵀ(XΩ + b1 − c), plus factor · u·Ω."""
    error = [y + x.b - c for y, c in zip(row_of(x.z, x.o), x.c, strict=True)]
    return factor * ex.dot(x.u, x.o) - ex.dot(x.u, sub.transposed(x.z, error))


KEPT = sub.proved(
    "null-modes-with-a-bias",
    r"Xu = 0 \Rightarrow u \cdot \dot\Omega = 0 \text{ for the output } X\Omega + b\mathbf 1 \text{ too}",
    TRAINED,
    (sub.NULL,),
    with_bias,
    proof="gbcl.theorem3_5:kept",
    example={**IDLE, "c": [1], "b": 2},
    twin=("they decay", lambda x: with_bias(x, -1), {**IDLE, "c": [1], "b": 2}),
    draw=sub.draw_null(TRAINED),
    course=(Course("biased"), Course("biased", decays=True)),
)
STILL = {"z": [[1], [0]], "a": [[1], [0]], "u": [0, 1], "b": 0}
GROWN = {"z": [[1]], "a": [[1]], "u": [1], "b": -1}
INVERTIBLE = Hypothesis("no-direction", "u = 0", equals_zero(lambda x: x.u))
BIAS = sub.refuted(
    "bias",
    r"XA = I,\ Xu = 0,\ Xu + b\mathbf 1 = 0 \Rightarrow u = 0 \text{: with a bias no null mode is left}",
    Statement(BIASED, equals_zero(lambda x: x.u), (INVERSE, sub.NULL, NULL_WITH_BIAS)),
    example=STILL,
    twin=Twin(
        "nor any other direction that outputs do not see",
        Statement(BIASED, equals_zero(lambda x: x.u), (INVERSE, NULL_WITH_BIAS)),
        GROWN,
    ),
    neighbour=Neighbour(
        "no bias is left where u = 0",
        Statement(BIASED, equals_zero(lambda x: x.b), (INVERSE, sub.NULL, NULL_WITH_BIAS, INVERTIBLE)),
        example={**STILL, "u": [0, 0]},
    ),
    amendment=Amendment(
        KEPT,
        FailingStep(
            "before Theorem 3.5",
            "a bias is one more input, constant 1, which adds to the null space of [X, 1] and takes nothing from it",
        ),
        "null modes need no removal, as outputs do not see them; where small weights are wanted, start in R(Xᵀ) "
        "or use weight decay",
    ),
)
ONE_MORE = sub.proved(
    "one-more-null-mode",
    r"XA = I \Rightarrow [X, \mathbf 1]\,(\Omega, -1) = 0 \text{ for } \Omega = A \mathbf 1",
    FREED,
    (INVERSE,),
    lambda x: [v - 1 for v in row_of(x.z, solved(x, [ex.ONE] * x.d))],
    proof="gbcl.theorem3_5:one_more",
    example={"z": FULL["z"], "a": FULL["a"]},
    twin=(
        "with b = −2",
        lambda x: [v - 2 for v in row_of(x.z, solved(x, [ex.ONE] * x.d))],
        {"z": FULL["z"], "a": FULL["a"]},
    ),
    draw=draw_axes(FREED),
)

CLAIM = Claim(
    id="gbcl.theorem3.5",
    title="Gradient flows and dimension, part II",
    source=Source("gbcl", "Theorem 3.5 and the paragraph before it"),
    says=r"\text{for } d \le n \text{ both flows lie in the same space, the only difference being the temporal "
    r"law; the } n - d \text{ null modes "
    r"can be removed by a bias}",
    derivation=__doc__,
    uses=("gbcl.theorem3.2", "ddcl.duality"),
    readings=(
        Reading(
            "full-rank",
            "rank X = d, as the paper assumes of noncollinear samples; outputs in feature space",
            (SAME_SPACE, ONLY_TIME, RATES, MEANINGLESS, BIAS, ONE_MORE),
            as_printed=True,
        ),
        Reading("weights", "rank X = d; the space of the dual weights", (WEIGHTS_SPACE,)),
        Reading("any-rank", "d ≤ n, any samples", (ANY_SPACE,)),
        *(
            Reading(dtype, f"three steps of the dual layer of ddcl_core on axes in {dtype}", (axes_part(dtype),))
            for dtype in ("float64", "float32")
        ),
    ),
)
