"""Results, Fig. 6: with Glorot weights the DCL prototypes start near the data, those of the VCL near the origin; shorter DCL paths.

Glorot: uncorrelated weights of mean 0 and variance 2/(fan in + fan out), 2/(d + k) for the base and 2/(n + k) for the
dual layer.  For such a law and a quadratic function f of the weights, E f = f(0) + (s/2) Σ ∂²f, whatever its shape:
E(W_i − t_i)² = t_i² + s and E‖XΩ − t‖² = ‖t‖² + s‖X‖_F².
Standardised data, as in the paper, have ‖X‖_F² = nd.  So from *every* point t, a sample or a centroid, the mean
squared distance is ‖t‖² + 2d/(d + k) for the base and ‖t‖² + 2nd/(n + k) for the dual prototypes, and the second is
the larger one: with n(d + k) − (n + k) = n(d − 1) + k(n − 1) > 0 for n ≥ 2.  Dual prototypes start farther from every
sample and every centroid, and the path of a frozen dual flow is at least as long as the distance it spans.
E XΩ = 0 for any data: with an offset, dual prototypes start symmetrically about the origin, not near the data.  What
is true: with mean 0 their covariance is 2n/(n + k) times that of the data, so they are spread in the right
directions; the base prototypes are near the origin.
Nearest sample: data {c, −c}, n = 2, d = k = 1, uniform Glorot weights: E min(|W ∓ c|)² = 1 − √3 c + c² for the base,
c²(7/3 − 4√2/3) for the dual layer.  At c = 1 (standardised) 0.268 against 0.448: the base prototype is nearer; the
dual one for c ≥ 5/2.  On standardised Moons and spirals with k = 30 the base prototypes are nearer on average too; on
Circles, which leave the origin empty, the dual ones are, by a tenth.
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
from ddcl_theory.claims.ddcl.conditioning import STANDARD
from ddcl_theory.claims.ddcl.dcl_subspace import row_of
from ddcl_theory.claims.gbcl import subspaces as sub
from ddcl_theory.claims.gbcl.code_initialisation import box_parts
from ddcl_theory.domain import Domain, above_zero, real, simplex
from ddcl_theory.relation import at_least_zero, equals_zero, positive

SIZES = {"n": (1, 3), "d": (1, 3)}
DATA = Domain((real("z", "n", "d"), simplex("q", "n"), above_zero("k")), SIZES)
SPREAD = Domain((real("z", "n", "d"), real("t", "d"), above_zero("s")), SIZES)
FREE = Domain((real("t", "d"), above_zero("s")), {"d": (1, 4)})
SHAPE = Domain((real("z", "n", "d"), real("a", "d"), real("b", "d"), above_zero("s")), SIZES)
OFFSET = Domain((real("z", "n", "d"), above_zero("s")), SIZES)
NUMBERS = Domain((above_zero("n"), above_zero("d"), above_zero("k")))
PAIR = Domain((above_zero("c"),))


def expectation(f, count, s):
    """E f(ω) for a quadratic f of `count` uncorrelated weights of mean 0 and variance s: f(0) + (s/2) Σ ∂²f."""

    def at(place, e):
        return f([e if i == place else ex.ZERO for i in range(count)])

    curved = ex.total(ex.derivative_at_zero(lambda e, i=i: at(i, e), order=2) for i in range(count))
    return ex.lift(f([ex.ZERO] * count)) + ex.lift(s) * curved / 2


def base_distance(t, s):
    """E‖W − t‖²."""
    return expectation(lambda w: ex.norm2(ex.minus(w, t)), len(t), s)


def dual_distance(z, t, s):
    """E‖XΩ − t‖²."""
    return expectation(lambda o: ex.norm2(ex.minus(row_of(z, o), t)), len(z), s)


def glorot(fan_in, fan_out):
    """2/(fan in + fan out)."""
    return 2 / (ex.lift(fan_in) + fan_out)


def lead(x, t, dual=None):
    """By how much the dual prototype starts nearer to t in the mean square; `dual` replaces the variance of its "
    "weights."""
    variance = glorot(x.n, x.k) if dual is None else dual
    return base_distance(t, glorot(x.d, x.k)) - dual_distance(x.z, t, variance)


COUNTED = tuple(
    Hypothesis(
        f"{name}-counts",
        rf"{name} \ge {least}",
        at_least_zero(lambda x, name=name, least=least: getattr(x, name) - least),
    )
    for name, least in (("n", 2), ("d", 1), ("k", 1))
)


def excess(x, factor=1):
    """2nd/(n + k) − factor · 2d/(d + k)."""
    return 2 * x.n * x.d / (x.n + x.k) - factor * 2 * x.d / (x.d + x.k)


FIGURE = {"n": 500, "d": 2, "k": 30}
FARTHER = Part(
    id="farther",
    says=r"n \ge 2,\ d, k \ge 1 \Rightarrow \tfrac{2nd}{n + k} > \tfrac{2d}{d + k} \text{: for standardised data "
    r"dual prototypes start farther "
    r"in the mean square from every point}",
    statement=Statement(NUMBERS, positive(excess), COUNTED),
    checks=(Symbolic("gbcl.initialisation:farther"), Property(also=(FIGURE,), draw=sub.draw_counts)),
    example=FIGURE,
    twins=(
        Twin(
            "more than twice as much",
            Statement(NUMBERS, positive(lambda x: excess(x, 2)), COUNTED),
            {"n": 2, "d": 1, "k": 1},
        ),
    ),
    neighbours=(Neighbour("doubled", Statement(NUMBERS, positive(lambda x: 2 * excess(x)), COUNTED), FIGURE),),
)
TWO = {"z": [[1], [-1]], "q": [1, 0], "k": 1}
UNITS = Hypothesis("units", r"k \ge 1", at_least_zero(lambda x: x.k - 1))


def closer(identifier, says, target, step, advice):
    """The claim that the dual prototype starts nearer to a point that the data define."""

    def statement(value):
        return Statement(DATA, at_least_zero(value), (STANDARD, UNITS))

    return sub.refuted(
        identifier,
        says,
        statement(lambda x: lead(x, target(x))),
        example=TWO,
        twin=Twin(
            "with dual weights of variance 1/n",
            statement(lambda x: lead(x, target(x), ex.Fraction(1, x.n))),
            {**TWO, "k": 3},
        ),
        neighbour=Neighbour("with dual weights at 0", statement(lambda x: lead(x, target(x), ex.ZERO)), TWO),
        amendment=Amendment(FARTHER, FailingStep("Results, on Fig. 6", step), advice),
    )


CLOSER = closer(
    "closer-to-samples",
    r"\text{standardised data: } E\|X\Omega - x_1\|^2 \le E\|W - x_1\|^2",
    lambda x: x.z[0],
    "a combination of all samples with n small weights has the size of n weights, not that of a sample",
    "start at samples, for instance by k-means++, or at convex combinations; zero-mean weights of any variance "
    "put the prototypes farther "
    "from each sample than a start at the origin",
)
SHORTER = closer(
    "shorter-paths",
    r"\text{standardised data, frozen cell with centroid } \mu = X\alpha:\ E\|X\Omega - \mu\|^2 \le E\|W - "
    r"\mu\|^2 \text{, as shorter paths need}",
    sub.centroid,
    "paths are said to be shorter because prototypes start closer; they start farther from every centroid",
    "compare path lengths from equal starts; what differs then is the shape of the path",
)
ORIGIN = Part(
    id="vanilla-near-origin",
    says=r"n \ge 2,\ d, k \ge 1 \Rightarrow E\|W\|^2 = \tfrac{2d}{d + k} \le d \text{, the mean squared norm of "
    r"the data}",
    statement=Statement(NUMBERS, at_least_zero(lambda x: x.d - 2 * x.d / (x.d + x.k)), COUNTED),
    checks=(Symbolic("gbcl.initialisation:farther"), Property(also=(FIGURE,), draw=sub.draw_counts)),
    example=FIGURE,
    twins=(
        Twin(
            "half the norm",
            Statement(NUMBERS, at_least_zero(lambda x: x.d / 2 - 2 * x.d / (x.d + x.k)), COUNTED),
            {"n": 2, "d": 1, "k": 1},
        ),
    ),
    neighbours=(
        Neighbour(
            "doubled", Statement(NUMBERS, at_least_zero(lambda x: 2 * x.d - 4 * x.d / (x.d + x.k)), COUNTED), FIGURE
        ),
    ),
)

ONE = {"z": [[1]], "s": 1}


def start_mean(x, data=1):
    """E XΩ − data · x̄, feature by feature."""
    return [
        expectation(lambda o, i=i: row_of(x.z, o)[i], x.n, x.s) - data * ex.mean(s[i] for s in x.z) for i in range(x.d)
    ]


def start_shape(x, factor=1):
    """E (a·XΩ)(b·XΩ) − factor · s Σ_n (a·x_n)(b·x_n)."""
    along = expectation(lambda o: ex.dot(x.a, row_of(x.z, o)) * ex.dot(x.b, row_of(x.z, o)), x.n, x.s)
    return along - factor * x.s * ex.total(ex.dot(x.a, r) * ex.dot(x.b, r) for r in x.z)


SHAPE_POINT = {"z": [[1]], "a": [1], "b": [1], "s": 1}
COVARIANCE = sub.proved(
    "shape-of-the-start",
    r"E (a \cdot X\Omega)(b \cdot X\Omega) = s\, a \cdot XX^\top b,\ s = \tfrac{2}{n+k} \text{: for centred data "
    r"} \tfrac{2n}{n+k} \text{ times their covariance}",
    SHAPE,
    (),
    start_shape,
    proof="gbcl.initialisation:shape",
    example=SHAPE_POINT,
    twin=("half of it", lambda x: start_shape(x, ex.Fraction(1, 2)), SHAPE_POINT),
)
CENTRED = Hypothesis(
    "centred", r"\textstyle\sum_n x_n = 0", equals_zero(lambda x: [ex.total(s[i] for s in x.z) for i in range(x.d)])
)
AROUND = sub.refuted(
    "around-the-data",
    r"E X\Omega = \bar x \text{ for any data}",
    Statement(OFFSET, equals_zero(start_mean)),
    example=ONE,
    twin=Twin("twice the mean", Statement(OFFSET, equals_zero(lambda x: start_mean(x, 2))), ONE),
    neighbour=Neighbour(
        "centred data", Statement(OFFSET, equals_zero(start_mean), (CENTRED,)), {"z": [[1], [-1]], "s": 1}
    ),
    amendment=Amendment(
        COVARIANCE,
        FailingStep(
            "Results, on Fig. 6", "XΩ is linear in Ω, not affine, and weights of mean 0 give prototypes of mean 0"
        ),
        "centre the data, or use weights of sum 1, when the prototypes should start around the data",
    ),
)


def base_nearest(c):
    """E min(|W − c|, |W + c|)² = E W² − 2c E|W| + c², W uniform on ±√3."""
    return 1 - ex.sqrt(3) * c + c**2


def dual_nearest(c):
    """The same for c(ω_1 − ω_2), both uniform on ±√2: E y² = 4c²/3, E|y| = 2√2 c/3."""
    return ex.Fraction(4, 3) * c**2 - 2 * c * (2 * ex.sqrt(2) * c / 3) + c**2


def nearer(x, share=1):
    return share * base_nearest(x.c) - dual_nearest(x.c)


WIDE = Hypothesis("wide", r"c \ge \tfrac52", at_least_zero(lambda x: x.c - ex.Fraction(5, 2)))
NEAR = Part(
    id="nearest-sample-wide",
    says=r"\text{data } \{c, -c\},\ c \ge \tfrac52,\ k = 1 \text{, uniform Glorot weights: the dual prototype "
    r"starts nearer to its nearest sample}",
    statement=Statement(PAIR, at_least_zero(nearer), (WIDE,)),
    checks=(Symbolic("gbcl.initialisation:wide"), Certified(candidates=({"c": "5/2"}, {"c": 10}))),
    example={"c": "5/2"},
    twins=(
        Twin(
            "by a fifth", Statement(PAIR, at_least_zero(lambda x: nearer(x, ex.Fraction(4, 5))), (WIDE,)), {"c": "5/2"}
        ),
    ),
    neighbours=(Neighbour("doubled", Statement(PAIR, at_least_zero(lambda x: 2 * nearer(x)), (WIDE,)), {"c": "5/2"}),),
)
NEAREST = sub.refuted(
    "nearest-sample",
    r"\text{data } \{c, -c\},\ k = 1 \text{, uniform Glorot weights: } E \min_i (X\Omega - x_i)^2 \le E \min_i (W "
    r"- x_i)^2",
    Statement(PAIR, at_least_zero(nearer)),
    example={"c": 1},
    twin=Twin("by half", Statement(PAIR, at_least_zero(lambda x: nearer(x, ex.Fraction(1, 2)))), {"c": 1}),
    neighbour=Neighbour("wide data", Statement(PAIR, at_least_zero(nearer), (WIDE,)), {"c": 3}),
    amendment=Amendment(
        NEAR,
        FailingStep(
            "Results, on Fig. 6", "which layer starts nearer to its nearest sample depends on the units and on the data"
        ),
        "look at the scale of the data: Glorot weights of the base layer fit data of unit size, those of the "
        "dual layer any scale",
    ),
)

MEAN_SQUARE = sub.proved(
    "dual-mean-square",
    r"E\|X\Omega - t\|^2 = \|t\|^2 + s \|X\|_F^2",
    SPREAD,
    (),
    lambda x: dual_distance(x.z, x.t, x.s) - ex.norm2(x.t) - x.s * ex.total(ex.norm2(s) for s in x.z),
    proof="gbcl.initialisation:dual_mean_square",
    example={"z": [[1]], "t": [1], "s": 1},
    twin=(
        "the distance of the mean",
        lambda x: dual_distance(x.z, x.t, x.s) - ex.norm2(x.t),
        {"z": [[1]], "t": [1], "s": 1},
    ),
)
BASE_SQUARE = sub.proved(
    "base-mean-square",
    r"E(W_i - t_i)^2 = t_i^2 + s \text{ for every feature } i",
    FREE,
    (),
    lambda x: [expectation(lambda w, i=i: (w[i] - x.t[i]) ** 2, x.d, x.s) - x.t[i] ** 2 - x.s for i in range(x.d)],
    proof="gbcl.initialisation:base_mean_square",
    example={"t": [1], "s": 1},
    twin=(
        "2s",
        lambda x: [
            expectation(lambda w, i=i: (w[i] - x.t[i]) ** 2, x.d, x.s) - x.t[i] ** 2 - 2 * x.s for i in range(x.d)
        ],
        {"t": [1], "s": 1},
    ),
)

CLAIM = Claim(
    id="gbcl.initialisation",
    title="Where Glorot weights put the prototypes",
    source=Source("gbcl", "Results, on Fig. 6"),
    says=r"\text{with Glorot weights the initial DCL prototypes lie near the data, those of the VCL near the "
    r"origin; DCL paths are therefore shorter}",
    derivation=__doc__,
    readings=(
        Reading(
            "mean-square",
            "near: mean squared distance; weights of variance 2/(fan in + fan out), standardised data",
            (MEAN_SQUARE, BASE_SQUARE, CLOSER, ORIGIN, SHORTER),
            as_printed=True,
        ),
        Reading("around", "near: centred at the data, data with any offset", (AROUND,)),
        Reading("nearest", "near: squared distance to the nearest sample", (NEAREST,)),
        Reading("shape", "near: spread as the data are", (COVARIANCE,)),
        *(
            Reading(
                dtype, f"the starts of ddcl_core in {dtype}, with gains that give Glorot's variance", box_parts(dtype)
            )
            for dtype in ("float64", "float32")
        ),
    ),
)
