"""Results, Fig. 6: with Glorot weights the DCL prototypes start near the data, those of the VCL near the origin; shorter DCL paths.

Glorot: uncorrelated weights of mean 0 and variance 2/(fan in + fan out), 2/(d + k) for the base and 2/(n + k) for the
dual layer, normal in the paper.
Near the data: the distance to the nearest sample.  Data {c, −c}, n = 2, d = k = 1: with m = √(2/π) a normal y of
deviation s has E|y| = ms, E(|y| − c)² = s² − 2cms + c².  The base prototype W has s = 1, the dual one c(ω_1 − ω_2) has
s = 2c/√3, and the first mean minus the second is (2c/√3 − 1)((2m − 2/√3)c − 1).  So the dual prototype is the nearer
one for c ≤ √3/2 and for c ≥ 1/(2m − 2/√3) = 2.267, the base prototype between them: also at c = 1, where the data are
standardised.  Normal weights with k = 30 on standardised sets: the base prototypes are nearer in the mean square on
Moons, spirals and Circles; in the mean distance too, but for Circles, which leave the origin empty and where the dual
ones are by a tenth.  What dual prototypes do better is to cover: from a sample to the nearest prototype it is less
than half as far as with the VCL, whose prototypes crowd at the origin.
Mean squared distance to a point t that the data define: for a quadratic function f of the weights E f = f(0) + (s/2)
Σ ∂²f, whatever the law: E(W_i − t_i)² = t_i² + s and E‖XΩ − t‖² = ‖t‖² + s‖X‖_F².  Standardised data have ‖X‖_F² =
nd.  So from every sample it is ‖t‖² + 2d/(d + k) for the base and ‖t‖² + 2nd/(n + k) for the dual prototypes, the
larger one: n(d + k) − (n + k) = n(d − 1) + k(n − 1) > 0 for n ≥ 2.
E XΩ = 0 for any data: with an offset, dual prototypes start symmetrically about the origin, not near the data.  What
is true: with mean 0 their covariance is 2n/(n + k) times that of the data, so they are spread in the right
directions; the base prototypes are near the origin.
Paths: cells depend on the start, and a prototype moves to the centroid of its own cell.  With one prototype the cell
holds all samples, and the dual path to their centroid is the longer one.  With k = 30 on the sets above it is the
other way round: own centroids are nearer to dual starts.
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
from ddcl_theory.claims.gbcl.initialisation_nearest import NEAREST
from ddcl_theory.domain import Domain, above_zero, nonnegative, real
from ddcl_theory.relation import at_least_zero, equals_zero, positive

SIZES = {"n": (1, 3), "d": (1, 3)}
DATA = Domain((real("z", "n", "d", latex="x"), above_zero("k")), SIZES)
SPREAD = Domain((real("z", "n", "d", latex="x"), real("t", "d"), above_zero("s")), SIZES)
FREE = Domain((real("t", "d"), above_zero("s")), {"d": (1, 4)})
SHAPE = Domain((real("z", "n", "d", latex="x"), real("a", "d"), real("b", "d"), above_zero("s")), SIZES)
OFFSET = Domain((real("z", "n", "d", latex="x"), above_zero("s")), SIZES)
NUMBERS = Domain((above_zero("n"), above_zero("d"), above_zero("k")))
RUNS = Domain((nonnegative("u"), nonnegative("v")))


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
    """By how much the dual prototype starts nearer to t in the mean square; `dual` replaces its weights' variance."""
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
TWO = {"z": [[1], [-1]], "k": 1}
UNITS = Hypothesis("units", r"k \ge 1", at_least_zero(lambda x: x.k - 1))
SINGLE = Hypothesis("one-prototype", r"k = 1", equals_zero(lambda x: x.k - 1))


def closer(identifier, says, target, step, advice, *, units=UNITS, twin, witness):
    """The claim that the dual prototype starts nearer to a point that the data define.

    twin: a variance of the dual weights for which that is false too, with its name.
    """

    def statement(value):
        return Statement(DATA, at_least_zero(value), (STANDARD, units))

    name, variance = twin
    return sub.refuted(
        identifier,
        says,
        statement(lambda x: lead(x, target(x))),
        example=TWO,
        twin=Twin(name, statement(lambda x: lead(x, target(x), variance(x))), witness),
        neighbour=Neighbour("with dual weights at 0", statement(lambda x: lead(x, target(x), ex.ZERO)), TWO),
        amendment=Amendment(FARTHER, FailingStep("Results, on Fig. 6", step), advice),
    )


CLOSER = closer(
    "closer-to-samples",
    r"\text{standardised data: } E\|X\Omega - x_1\|^2 \le E\|W - x_1\|^2",
    lambda x: x.z[0],
    "a combination of all samples with n small weights has the size of n weights, not that of a sample",
    "start at samples, for instance by k-means++, or at convex combinations; zero-mean weights of any variance "
    "put the prototypes farther from each sample than a start at the origin",
    twin=("with dual weights of variance 1/n", lambda x: ex.Fraction(1, x.n)),
    witness={**TWO, "k": 3},
)
SHORTER_ALONE = closer(
    "shorter-path",
    r"\text{standardised data, one prototype, whose cell holds all samples: } E\|X\Omega - \mu\|^2 \le E\|W - "
    r"\mu\|^2 \text{ for their centroid } \mu \text{, as a shorter path needs}",
    lambda x: [ex.mean(s[i] for s in x.z) for i in range(x.d)],
    "a start near samples is no start near the centroid of a cell, where the path ends; it ends at the origin here",
    "compare path lengths for the number of prototypes at hand: they follow the cells of the start, which are small "
    "only where prototypes are many and spread",
    units=SINGLE,
    twin=("with dual weights of variance 3/(2n)", lambda x: ex.Fraction(3, 2 * x.n)),
    witness=TWO,
)
SHORTER = Part(
    id="shorter-paths",
    says=r"\text{the mean length } u \text{ of the DCL paths is less than the mean length } v \text{ of the VCL paths, } "
    r"k = 30",
    statement=Statement(RUNS, positive(lambda x: x.v - x.u)),
    checks=(Certified(),),
    example={"u": 1, "v": 2},
    twins=(Twin("more", Statement(RUNS, positive(lambda x: x.u - x.v)), {"u": 1, "v": 2}),),
    neighbours=(Neighbour("doubled", Statement(RUNS, positive(lambda x: 2 * (x.v - x.u)))),),
    missing="Runs: the paths end at the centroids of Voronoi cells that depend on all starts at once, and no expectation of "
    "their length is at hand. To decide, train both layers from normal Glorot weights on the sets of Fig. 6 and compare "
    "the mean lengths of the recorded paths, as the part shorter-paths of gbcl.experiments does with runs of its own",
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
            "nearest",
            "near the data: squared distance to the nearest sample; near the origin: mean squared norm",
            (NEAREST, ORIGIN),
            as_printed=True,
        ),
        Reading(
            "mean-square",
            "near: mean squared distance; weights of variance 2/(fan in + fan out), standardised data",
            (MEAN_SQUARE, BASE_SQUARE, CLOSER, ORIGIN),
        ),
        Reading("around", "near: centred at the data, data with any offset", (AROUND,)),
        Reading("shape", "near: spread as the data are", (COVARIANCE,)),
        Reading("paths", "shorter paths: the runs of Fig. 6", (SHORTER,)),
        Reading("one-prototype", "shorter paths: for any k, so for k = 1 too", (SHORTER_ALONE,)),
        *(
            Reading(
                dtype, f"the starts of ddcl_core in {dtype}, with gains that give Glorot's variance", box_parts(dtype)
            )
            for dtype in ("float64", "float32")
        ),
    ),
)
