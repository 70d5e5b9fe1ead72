"""Theorem 3.1: the dual flow follows the principal axes with time constants 1/variance, and converges faster than the base flow.

Along an axis: with XᵀXv = σ²v, d(v·w)/dt = −σ² (v·w), the time constant 1/σ² in the time of (30).  True, each axis by itself; a
trajectory with two of them is curved, unlike that of the base layer.

σ² is no variance.  XXᵀu = σ²u, ‖u‖ = 1 gives σ² = Σ_i (u·x_i)² = n (Var + mean²): n times the uncentred second moment along u.  For
X = [1] it is 1 and the variance 0; for the centred samples 1, −1 it is 2 and the variance 1.  For centred data it is n times the
variance.  The number of samples sets the pace, and so does a shift of the data.

Faster than the base layer: along (30) the error e = Σ b_i u_i of the output has −½ d‖e‖²/dt = ‖Xᵀe‖² = Σ σ_i² b_i², along (21) it is
Σ b_i².  (In the time of −∇E both carry the factor 2 n_j.)  The dual flow is faster for every error iff the smallest σ_i² is above 1,
which depends on the units: X = [1/2] refutes, 4X does not.  With a step of the best length for each the units drop out: the base layer is
at the centroid after one step (1 − ε n_j = 0), while |1 − η σ_i²| cannot be below (κ − 1)/(κ + 1) for all i, κ = σ_1²/σ_r².  So the
dual layer is never faster, and as fast only where κ = 1.  (One rate for several cells: the eigenvalues are n_j for the base layer and
n_j σ_i² for the dual one, spread no less.)  On the summed loss (27) a step of (28) multiplies the error along u_i by 1 − 2ε n_j σ_i²:
at the published ε = 0.0008, 500/30 samples to a cell and the σ_1 of Table 1 by −12 to −18, so that it diverges.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.dynamics import Dynamics
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
from ddcl_theory.claims.gbcl import flows as f
from ddcl_theory.claims.gbcl.flow_runs import Course
from ddcl_theory.claims.gbcl.theorem3_1_steps import AT_ONCE, STEP
from ddcl_theory.domain import Domain, above_zero, real
from ddcl_theory.relation import at_least_zero, equals_zero, positive

RUNS = "ddcl_theory.claims.gbcl.flow_runs"
SIZES = {"n": (1, 3), "d": (1, 2)}
SAMPLES = real("z", "n", "d", latex="x")

# --- along an axis ---
AXIS = Domain((SAMPLES, real("v", "n"), real("lam"), real("w", "n")), SIZES)
EIGENVECTOR = Hypothesis("eigenvector", r"X^\top X v = \sigma^2 v", equals_zero(lambda x: f.eigen_gap(x.z, x.v, x.lam)))
DIAGONAL = {"z": [[1], [1]], "v": [1, 1], "lam": 2, "w": [1, 0]}


def axis_gap(x, factor=1):
    """v·ẇ + factor σ² v·w along ẇ = −XᵀXw."""
    return factor * x.lam * ex.dot(x.v, x.w) - ex.dot(x.v, f.gram_times(x.z, x.w))


def _axis(factor=1, times=1):
    return Statement(
        AXIS,
        equals_zero(lambda x: times * axis_gap(x, factor)),
        (EIGENVECTOR,),
        system=Course("dual", rate=factor),
    )


ALONG = Part(
    id="axes",
    says=r"X^\top X v = \sigma^2 v \Rightarrow \tfrac{d}{dt}(v \cdot w) = -\sigma^2 (v \cdot w)",
    statement=_axis(),
    checks=(
        Symbolic("gbcl.theorem3_1:axis"),
        Property(also=(DIAGONAL,), draw=f.draw_spectral(AXIS)),
        Dynamics(f"{RUNS}:course", "numerical solutions of (30) in the frame of the axes"),
    ),
    example=DIAGONAL,
    twins=(Twin("time constant 1/(2σ²)", _axis(2), DIAGONAL),),
    neighbours=(Neighbour("doubled", _axis(times=2), example=DIAGONAL),),
)

# --- the variance ---
MOMENT = Domain((SAMPLES, real("u", "d"), real("lam")), SIZES)


def left_gap(x, u, lam):
    """XXᵀu − λu."""
    return ex.minus(f.output(x.z, f.along(x.z, u)), ex.scaled(lam, u))


LEFT = Hypothesis("principal-axis", r"X X^\top u = \sigma^2 u", equals_zero(lambda x: left_gap(x, x.u, x.lam)))
UNIT = Hypothesis("unit", r"\|u\| = 1", equals_zero(lambda x: ex.norm2(x.u) - 1))
ALONE = {"z": [[1]], "u": [1], "lam": 1}
ORIGIN = {"z": [[0]], "u": [1], "lam": 0}
#: Centred, with the variance 1.
OPPOSITE = {"z": [[1], [-1]], "u": [1], "lam": 2}


def mean_along(x):
    return ex.mean(f.along(x.z, x.u))


def variance_along(x):
    """(1/n) Σ (u·x_i)² − ((1/n) Σ u·x_i)²."""
    return ex.mean([c**2 for c in f.along(x.z, x.u)]) - mean_along(x) ** 2


def draw_axis(sizes, cases, generator):
    """A unit eigenvector of XXᵀ with its eigenvalue."""
    import torch

    z = torch.randn(cases, sizes["n"], sizes["d"], generator=generator, dtype=torch.float64)
    values, vectors = torch.linalg.eigh(z.mT @ z)
    return {"z": z, "u": vectors[:, :, -1], "lam": values[:, -1]}


def _moment(value):
    return Statement(MOMENT, equals_zero(value), (LEFT, UNIT))


def moment_gap(x, factor=1):
    """σ² − n (Var + factor · mean²)."""
    return x.lam - x.n * (variance_along(x) + factor * mean_along(x) ** 2)


SECOND_MOMENT = Part(
    id="second-moment",
    says=r"\sigma^2 = n\,(\mathrm{Var}(u \cdot x) + (u \cdot \bar x)^2)",
    statement=_moment(moment_gap),
    checks=(Symbolic("gbcl.theorem3_1:moment"), Property(also=(ALONE,), draw=draw_axis)),
    example=ALONE,
    twins=(Twin("n times the variance", _moment(lambda x: moment_gap(x, 0)), ALONE),),
    neighbours=(Neighbour("doubled", _moment(lambda x: 2 * moment_gap(x)), example=ALONE),),
)
VARIANCE = Part(
    id="variances",
    says=r"X X^\top u = \sigma^2 u,\ \|u\| = 1 \Rightarrow \sigma^2 = \mathrm{Var}(u \cdot x)",
    statement=_moment(lambda x: x.lam - variance_along(x)),
    checks=(Certified(candidates=(OPPOSITE, ALONE)), Property(also=(OPPOSITE, ALONE, ORIGIN), draw=draw_axis)),
    example=ALONE,
    twins=(Twin("half the variance", _moment(lambda x: x.lam - variance_along(x) / 2), ALONE),),
    neighbours=(
        Neighbour(
            "a single sample at 0",
            Statement(
                MOMENT,
                equals_zero(lambda x: x.lam - variance_along(x)),
                (
                    LEFT,
                    UNIT,
                    Hypothesis("origin", r"n = 1, x_1 = 0", equals_zero(lambda x: [ex.lift(x.n - 1), *x.z[0]])),
                ),
            ),
            example=ORIGIN,
        ),
    ),
    amendment=Amendment(
        SECOND_MOMENT,
        FailingStep("(36), Theorem 3.1", "XᵀX is not centred and not divided by n"),
        "centre the data and divide XᵀX, or the learning rate, by n: then the rates are variances and do not grow with the data set",
    ),
)
CENTRED = Hypothesis(
    "centred",
    r"\textstyle\sum_i x_i = 0",
    equals_zero(lambda x: [ex.total(column) for column in zip(*x.z, strict=True)]),
)


def draw_centred_axis(sizes, cases, generator):
    """A unit eigenvector of XXᵀ with its eigenvalue, the mean removed."""
    import torch

    z = torch.randn(cases, sizes["n"], sizes["d"], generator=generator, dtype=torch.float64)
    z = z - z.mean(1, keepdim=True)
    values, vectors = torch.linalg.eigh(z.mT @ z)
    return {"z": z, "u": vectors[:, :, -1], "lam": values[:, -1]}


def _centred(factor=1, times=1):
    return Statement(
        MOMENT, equals_zero(lambda x: times * (x.lam - factor * x.n * variance_along(x))), (LEFT, UNIT, CENTRED)
    )


CENTRED_VARIANCE = Part(
    id="variances",
    says=r"\textstyle\sum_i x_i = 0,\ X X^\top u = \sigma^2 u,\ \|u\| = 1 \Rightarrow \sigma^2 = n\, \mathrm{Var}(u \cdot x)",
    statement=_centred(),
    checks=(Symbolic("gbcl.theorem3_1:centred"), Property(also=(OPPOSITE,), draw=draw_centred_axis)),
    example=OPPOSITE,
    twins=(Twin("half of it, the variance of two samples", _centred(ex.Fraction(1, 2)), OPPOSITE),),
    neighbours=(Neighbour("doubled", _centred(times=2), example=OPPOSITE),),
)

# --- faster than the base layer ---
RATES = Domain((SAMPLES, real("b", "m"), real("u", "m", "d"), real("lam", "m")), {"m": (1, 2), **SIZES})
LEFTS = Hypothesis(
    "principal-axes",
    r"X X^\top u_i = \sigma_i^2 u_i",
    equals_zero(lambda x: [v for u, lam in zip(x.u, x.lam, strict=True) for v in left_gap(x, u, lam)]),
)
ORTHONORMAL = Hypothesis(
    "orthonormal",
    r"u_i \cdot u_j = \delta_{ij}",
    equals_zero(lambda x: [ex.dot(x.u[i], x.u[j]) - int(i == j) for i in range(x.m) for j in range(i, x.m)]),
)
CROSS = {"z": [[1, 0], [0, 2]], "b": [1, 1], "u": [[1, 0], [0, 1]], "lam": [1, 4]}


def loss_rate(e, speed):
    """−½ d‖e‖²/dt where ė = speed."""
    return -ex.derivative_at_zero(lambda h: ex.norm2(ex.plus(e, ex.scaled(h, speed)))) / 2


def rate_gaps(x, factor=1):
    """−½ d‖e‖²/dt for e = Σ b_i u_i: minus factor Σ σ_i² b_i² along ė = −XXᵀe, and minus Σ b_i² along ė = −e."""
    e = f.output(x.u, x.b)
    dual = loss_rate(e, ex.scaled(-1, f.output(x.z, f.along(x.z, e))))
    base = loss_rate(e, ex.scaled(-1, e))
    return [
        dual - factor * ex.total(lam * b**2 for lam, b in zip(x.lam, x.b, strict=True)),
        base - ex.norm2(x.b),
    ]


def draw_axes(sizes, cases, generator):
    """Principal axes, the first m from above."""
    import torch

    from ddcl_theory.checks.sampling import float_batch

    batch = float_batch(RATES, sizes, cases, generator)
    z = torch.randn(cases, sizes["n"], sizes["d"], generator=generator, dtype=torch.float64)
    if sizes["m"] > sizes["d"]:
        return batch
    values, vectors = torch.linalg.eigh(z.mT @ z)
    m = sizes["m"]
    return {"z": z, "b": batch["b"].clamp(-3, 3), "u": vectors.mT[:, -m:], "lam": values[:, -m:]}


def _rates(factor=1, times=1):
    return Statement(RATES, equals_zero(lambda x: [times * v for v in rate_gaps(x, factor)]), (LEFTS, ORTHONORMAL))


DISSIPATION = Part(
    id="rates",
    says=r"e = \textstyle\sum_i b_i u_i \Rightarrow -\tfrac12 \tfrac{d}{dt} \|e\|^2 = \sum_i \sigma_i^2 b_i^2 "
    r"\text{ along } \dot e = -X X^\top e,\ \sum_i b_i^2 \text{ along } \dot e = -e",
    statement=_rates(),
    checks=(Symbolic("gbcl.theorem3_1:rates"), Property(also=(CROSS,), draw=draw_axes)),
    example=CROSS,
    twins=(Twin("half of it", _rates(ex.Fraction(1, 2)), CROSS),),
    neighbours=(Neighbour("doubled", _rates(times=2), example=CROSS),),
)
FRAME = Domain((above_zero("lam", "m"), real("b", "m")), {"m": (1, 3)})
MARGIN = Domain((*FRAME.variables, above_zero("gap")), FRAME.sizes)
OFF = Hypothesis("off", r"e \ne 0", positive(lambda x: ex.norm2(x.b)))
LARGE = Hypothesis(
    "large-values",
    r"\sigma_i^2 \ge 1 + \delta \text{ for all } i",
    at_least_zero(lambda x: [v - 1 - x.gap for v in x.lam]),
)
HALF = {"lam": ["1/4"], "b": [1]}
WIDE = {"lam": [4], "b": [1]}


def lead(x):
    """Σ σ_i² b_i² − Σ b_i²."""
    return ex.total(lam * b**2 for lam, b in zip(x.lam, x.b, strict=True)) - ex.norm2(x.b)


def _faster(domain, *given, times=1):
    return Statement(domain, positive(lambda x: times * lead(x)), (OFF, *given))


SOME = Hypothesis("one-large-value", r"\sigma_1^2 \ge 1 + \delta", at_least_zero(lambda x: x.lam[0] - 1 - x.gap))
SPREAD = {"lam": [4, "1/4"], "b": [0, 1], "gap": 1}
FASTER_LARGE = Part(
    id="faster-corrected",
    says=r"\sigma_i^2 > 1 \text{ for all } i \Rightarrow \textstyle\sum_i \sigma_i^2 b_i^2 > \sum_i b_i^2",
    statement=_faster(MARGIN, LARGE),
    checks=(Symbolic("gbcl.theorem3_1:faster"), Property(also=({**WIDE, "gap": 1}, SPREAD))),
    example={**WIDE, "gap": 1},
    twins=(Twin("where the largest is above 1", _faster(MARGIN, SOME), SPREAD),),
    neighbours=(Neighbour("doubled", _faster(MARGIN, LARGE, times=2), example={**WIDE, "gap": 1}),),
)
FASTER = Part(
    id="faster",
    says=r"\text{the dual flow is faster: } \textstyle\sum_i \sigma_i^2 b_i^2 > \sum_i b_i^2 \text{ for every error } e \ne 0",
    statement=_faster(FRAME),
    checks=(Certified(candidates=(HALF,)), Property(also=(HALF,))),
    example=HALF,
    twins=(Twin("slower", _faster(FRAME, times=-1), WIDE),),
    neighbours=(
        Neighbour(
            "all values at least 2",
            _faster(FRAME, Hypothesis("two", r"\sigma_i^2 \ge 2", at_least_zero(lambda x: [v - 2 for v in x.lam]))),
            example=WIDE,
        ),
    ),
    amendment=Amendment(
        FASTER_LARGE,
        FailingStep(
            "after Theorem 3.1",
            "that the rate depends on the data does not make it larger than 1; multiplying X by c multiplies σ² by c²",
        ),
        "do not compare e^{−t} with e^{−σ²t}: the units of the data decide. The published two-dimensional sets have σ_r ≥ 16.51, "
        "σ_r² ≥ 272 (Table 1), and there the dual flow in the time of (30) is faster; but its learning rate has to be that much "
        "smaller. Compare with the best learning rate of each layer",
        examples=lambda k, d: ({"lam": [4] * d, "b": [1] * d, "gap": 1}, "1/4"),
    ),
)

CLAIM = Claim(
    id="gbcl.theorem3.1",
    title="Dual flow and principal axes",
    source=Source("gbcl", "Theorem 3.1"),
    says=r"\text{the dual network evolves along the principal axes with time constants } 1/\text{variance; it converges faster "
    r"than the base layer}",
    derivation=__doc__,
    uses=("gbcl.base-flow", "gbcl.dual-flow"),
    readings=(
        Reading(
            "flow",
            "the flows (21) and (30), each in its own time",
            (ALONG, VARIANCE, DISSIPATION, FASTER),
            as_printed=True,
        ),
        Reading("centred", "centred data, variances up to the factor n", (CENTRED_VARIANCE,)),
        Reading("best-step", "descent with the best constant step of each layer", (AT_ONCE,)),
        Reading("one-step", "steps of (28) in place of the flow, at any rate, the published one among them", (STEP,)),
    ),
)
