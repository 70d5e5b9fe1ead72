"""Theorem 3.5, d ≤ n: both flows lie in the feature space, the only difference being the temporal law; null modes and a bias.

Same space: where rank X = d, every W is an output, W = XΩ with Ω = Xᵀ(XXᵀ)⁻¹W.  d ≤ n alone does not give that rank:
with a feature that is 0 in every sample, a base prototype may start off the span of the samples and no output ever
lies there.
The dual weights are n numbers; their flow stays in Ω(0) + R(Xᵀ), of dimension d, another space than R^d.
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
from ddcl_theory.claims.ddcl.dcl_subspace import ORTHOGONAL, row_of
from ddcl_theory.claims.ddcl.duality_steps import EVEN, UNIT, draw_orthonormal
from ddcl_theory.claims.gbcl import subspaces as sub
from ddcl_theory.claims.gbcl.code_subspaces import axes_part
from ddcl_theory.claims.gbcl.subspaces_runs import Course
from ddcl_theory.domain import Domain, real
from ddcl_theory.relation import equals_zero

SIZES = {"n": (1, 3), "d": (1, 2)}
REACHED = Domain((real("z", "n", "d"), real("a", "d", "d"), real("w", "d")), SIZES)
OFF = Domain((real("z", "n", "d"), real("w", "d"), real("v", "d")), SIZES)
ERROR = Domain((real("z", "n", "d"), real("g", "d")), {"n": (1, 3), "d": (1, 3)})
EVEN_ERROR = Domain((real("z", "n", "d"), real("g", "d"), real("c")), {"n": (1, 3), "d": (1, 2)})
AXIS = Domain((real("z", "n", "d"), real("g", "d"), real("r", "d"), real("s")), SIZES)
NULLED = Domain((real("z", "n", "d"), real("o", "n"), real("u", "n")), SIZES)
BIASED = Domain((real("z", "n", "d"), real("u", "n"), real("b")), {"n": (1, 3), "d": (1, 2)})
TRAINED = Domain((*NULLED.variables, real("c", "d"), real("b")), SIZES)
FREED = Domain((real("z", "n", "d"), real("a", "d", "d")), SIZES)


def second_moment(z, g):
    """XXᵀg."""
    return row_of(z, sub.transposed(z, g))


INVERSE = Hypothesis(
    "inverse",
    r"XX^\top A = I \ (\operatorname{rank} X = d)",
    equals_zero(
        lambda x: [
            ex.total(s[i] * ex.total(s[m] * x.a[m][j] for m in range(x.d)) for s in x.z) - int(i == j)
            for i in range(x.d)
            for j in range(x.d)
        ]
    ),
)


def solved(x, target):
    """Ω = XᵀA target."""
    return sub.transposed(x.z, [ex.dot(row, target) for row in x.a])


def draw_axes(domain):
    """X = [I, 0] and A = I, for n ≥ d."""

    def draw(sizes, cases, generator):
        import torch

        from ddcl_theory.checks.sampling import float_batch

        batch = float_batch(domain, sizes, cases, generator)
        z = torch.eye(sizes["n"], sizes["d"], dtype=torch.float64).expand(cases, -1, -1).clone()
        if "a" in batch:
            batch["a"] = torch.eye(sizes["d"], dtype=torch.float64).expand(cases, -1, -1).clone()
        return {**batch, "z": z}

    return draw


FULL = {"z": [[1, 0], [1, 1]], "a": [[1, -1], [-1, 2]], "w": [1, 2]}
SAME_SPACE = sub.proved(
    "same-space",
    r"XX^\top A = I \Rightarrow \text{every } W \text{ is an output } X\Omega,\ \Omega = X^\top A W",
    REACHED,
    (INVERSE,),
    lambda x: ex.minus(row_of(x.z, solved(x, x.w)), x.w),
    proof="gbcl.theorem3_5:same_space",
    example=FULL,
    twin=("Ω = XᵀW", lambda x: ex.minus(second_moment(x.z, x.w), x.w), FULL),
    draw=draw_axes(REACHED),
)
ABSENT = {"z": [[1, 0], [2, 0]], "w": [0, 1], "v": [0, 1]}
INSIDE = Hypothesis(
    "w-in-span",
    r"W = \langle W, x_1 \rangle x_1",
    equals_zero(lambda x: ex.minus(x.w, ex.scaled(ex.dot(x.w, x.z[0]), x.z[0]))),
)
ANY_SPACE = sub.refuted(
    "same-space",
    r"d \le n,\ v \perp x_1, \dots, x_n \Rightarrow v \cdot W = 0 \text{ for the base prototype, as for every output}",
    Statement(OFF, equals_zero(lambda x: ex.dot(x.v, x.w)), (ORTHOGONAL,)),
    example=ABSENT,
    twin=Twin("for every v", Statement(OFF, equals_zero(lambda x: ex.dot(x.v, x.w))), {"z": [[1]], "w": [1], "v": [1]}),
    neighbour=Neighbour(
        "from a start along a sample",
        Statement(OFF, equals_zero(lambda x: ex.dot(x.v, x.w)), (ORTHOGONAL, INSIDE)),
        example={**ABSENT, "w": [1, 0]},
    ),
    amendment=Amendment(
        SAME_SPACE,
        FailingStep("before Theorem 3.5", "rank X = d is taken for granted where d ≤ n"),
        "drop constant and duplicate features before the two layers are compared",
    ),
)


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

IDLE = {"z": [[1], [0]], "o": [1, 1], "u": [0, 1]}
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
STILL = {"z": [[1], [0]], "u": [0, 1], "b": 0}
GROWN = {"z": [[1]], "u": [1], "b": -1}
INVERTIBLE = Hypothesis("no-direction", "u = 0", equals_zero(lambda x: x.u))
BIAS = sub.refuted(
    "bias",
    r"Xu + b\mathbf 1 = 0 \Rightarrow u = 0 \text{: with a bias no null mode is left}",
    Statement(BIASED, equals_zero(lambda x: x.u), (NULL_WITH_BIAS,)),
    example=STILL,
    candidates=(STILL, GROWN),
    twin=Twin(
        "nor a direction with b = 1",
        Statement(BIASED, equals_zero(lambda x: ex.scaled(x.b, x.u)), (NULL_WITH_BIAS,)),
        GROWN,
    ),
    neighbour=Neighbour(
        "no bias is left where u = 0",
        Statement(BIASED, equals_zero(lambda x: x.b), (NULL_WITH_BIAS, INVERTIBLE)),
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
    r"XX^\top A = I \Rightarrow [X, \mathbf 1]\,(\Omega, -1) = 0 \text{ for } \Omega = X^\top A \mathbf 1",
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
        Reading(
            "weights", "the flow of the dual weights, in R(Xᵀ) of dimension rank X up to a constant", (sub.DUAL_KEEPS,)
        ),
        Reading("any-rank", "d ≤ n, any samples", (ANY_SPACE,)),
        *(
            Reading(dtype, f"three steps of the dual layer of ddcl_core on axes in {dtype}", (axes_part(dtype),))
            for dtype in ("float64", "float32")
        ),
    ),
)
