"""(29)-(37): the critical points of the dual flow, its modes, and the limit of the outputs.

(30): dΩ/dt = −(XᵀXΩ − Xᵀμ).  A field XᵀXΩ − Xᵀμ has at most one zero iff XᵀX has full rank.  It always has one: Xᵀμ lies in
R(Xᵀ) = R(XᵀX), X⁺μ is a zero by the Penrose conditions XX⁺X = X, (XX⁺)ᵀ = XX⁺, and for the centroid of a cell so are the masses
a/n_j.  "Only if XᵀX has full rank" is false: X = [1 1].  The critical points are X⁺μ + ker X; all have the same output.

With XᵀXv_i = σ_i² v_i the sum Σ c_i e^{−σ_i² t} v_i solves ẇ = −XᵀXw, for any number of modes; the v_i form a basis (spectral
theorem).  Modes with σ_i = 0 stay, and X v_i = 0 there (‖Xv‖² = v·XᵀXv), so that XΩ tends to μ wherever XΩ = μ can be solved.
A centroid is a combination of the samples, so it can; the mean of a population off R(X) cannot, and the output tends to its projection.

Full rank asks for n ≤ d (d − n = ‖I − XX⁺‖² where X⁺X = I and XX⁺ is symmetric), and then (32) is right, (XᵀX)⁻¹Xᵀ = X⁺.

(29) loses the sum over the cell and leaves x_i outside of it: ∇E^j = 2 n_j (XᵀXΩ − Xᵀμ), so that in the one time that all prototypes
share the modes are e^{−2 n_j σ_i² t}.

Moving cells: on a line XΩ moves straight to μ_j, the paths of the base flow, and with the same samples {0, 3, 10} a sample changes
sides, where the path with the first centroids ends; several centroidal divisions are at rest, as for the base flow, and nothing else:
XᵀXΩ = Xᵀμ gives XΩ = μ, as μ is a combination of the samples.  E falls at the rate 2 n_j ‖XᵀXΩ − Xᵀμ‖² between changes.
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
from ddcl_theory.claims.gbcl.base_flow_cells import SAME_CELLS
from ddcl_theory.claims.gbcl.dual_flow_cells import AT_CENTROID, EXPONENTIAL, GRADIENT, STAYS
from ddcl_theory.claims.gbcl.dual_flow_limit import CENTROIDS, FULL_RANK, POPULATION
from ddcl_theory.claims.gbcl.dual_flow_rank import AT_MOST
from ddcl_theory.claims.gbcl.dual_flow_rank import SOLUTION as INVERSE
from ddcl_theory.claims.gbcl.float_rows_flows import dual_parts
from ddcl_theory.claims.gbcl.flow_runs import Course
from ddcl_theory.domain import Domain, above_zero, nonnegative, real
from ddcl_theory.relation import at_least_zero, equals_zero, not_zero

RUNS = "ddcl_theory.claims.gbcl.flow_runs"
SIZES = {"n": (1, 3), "d": (1, 2)}
SAMPLES = real("z", "n", "d", latex="x")

# --- critical points ---
INVERTED = Domain((SAMPLES, real("b", "n", "d"), real("m", "d"), real("r", "n")), SIZES)


def projector(x):
    """XB for the rows b: Σ_a z_a[i] b_a[j]."""
    return [[ex.total(s[i] * row[j] for s, row in zip(x.z, x.b, strict=True)) for j in range(x.d)] for i in range(x.d)]


def reproduced(x):
    """XBX − X, sample by sample."""
    q = projector(x)
    return [v for s in x.z for v in ex.minus([ex.dot(row, s) for row in q], s)]


def lopsided(x):
    """XB − (XB)ᵀ above the diagonal."""
    q = projector(x)
    return [q[i][j] - q[j][i] for i in range(x.d) for j in range(i + 1, x.d)] or [ex.ZERO]


PENROSE = (
    Hypothesis("reproduces", r"X X^+ X = X", equals_zero(reproduced)),
    Hypothesis("symmetric", r"(X X^+)^\top = X X^+", equals_zero(lopsided)),
)


def solved(x, factor=1):
    """r·(XᵀXΩ − factor Xᵀμ) for Ω = X⁺μ."""
    o = [ex.dot(row, x.m) for row in x.b]
    return ex.dot(x.r, f.normal(x.z, o, ex.scaled(factor, x.m)))


def draw_inverted(sizes, cases, generator):
    """Samples, one of them doubled where there are two, with their pseudoinverse."""
    import torch

    from ddcl_theory.checks.sampling import float_batch

    batch = float_batch(INVERTED, sizes, cases, generator)
    z = torch.randn(cases, sizes["n"], sizes["d"], generator=generator, dtype=torch.float64)
    if sizes["n"] > 1:
        z[::2, 0] = 2 * z[::2, 1]
    return {**batch, "z": z, "b": torch.linalg.pinv(z.mT, rtol=1e-10)}


def _critical(factor=1, times=1):
    return Statement(INVERTED, equals_zero(lambda x: times * solved(x, factor)), PENROSE)


ROW = {"z": [[1], [1]], "b": [["1/2"], ["1/2"]], "m": [1], "r": [1, 1]}
CRITICAL = Part(
    id="pseudoinverse",
    says=r"\Omega = X^+ \mu \Rightarrow X^\top X \Omega = X^\top \mu",
    statement=_critical(),
    checks=(Symbolic("gbcl.dual_flow:pseudoinverse"), Property(also=(ROW,), draw=draw_inverted)),
    example=ROW,
    twins=(Twin("half of μ", _critical(ex.Fraction(1, 2)), ROW),),
    neighbours=(Neighbour("doubled", _critical(times=2), example=ROW),),
)

PAIR = Domain((SAMPLES, real("o", "n"), real("v", "n"), real("m", "d")), SIZES)
APART = Hypothesis("apart", r"\Omega \ne \Omega'", not_zero(lambda x: ex.minus(x.o, x.v)))
NARROW = Hypothesis("narrow", r"n \le d", at_least_zero(lambda x: ex.lift(x.d - x.n)))


def fields_apart(x):
    """The difference of the field at two places."""
    return ex.minus(f.normal(x.z, x.o, x.m), f.normal(x.z, x.v, x.m))


def _unique(*given, op=not_zero, times=1):
    return Statement(PAIR, op(lambda x: [times * v for v in fields_apart(x)]), (APART, *given))


FLAT = {"z": [[1], [1]], "o": [1, 0], "v": [0, 1], "m": [1]}
FLAT_PLANE = {"z": [[1, 0], [1, 0]], "o": [1, 0], "v": [0, 1], "m": [1, 0]}
STEEP = {"z": [[1]], "o": [1], "v": [0], "m": [1]}
UNIQUE_FULL = Part(
    id="unique-corrected",
    says=r"\det X^\top X > 0,\ \Omega \ne \Omega' \Rightarrow \dot\Omega \ne \dot\Omega'",
    statement=_unique(FULL_RANK),
    checks=(Symbolic("gbcl.dual_flow:unique"), Property(also=(STEEP, FLAT_PLANE))),
    example=STEEP,
    twins=(Twin("n ≤ d instead of full rank", _unique(NARROW), FLAT_PLANE),),
    neighbours=(Neighbour("doubled", _unique(FULL_RANK, times=2), example=STEEP),),
)
UNIQUE = Part(
    id="unique",
    says=r"\Omega \ne \Omega' \Rightarrow X^\top X \Omega - X^\top \mu \ne X^\top X \Omega' - X^\top \mu",
    statement=_unique(),
    checks=(Certified(candidates=(FLAT,)), Property(also=(FLAT, STEEP))),
    example=STEEP,
    twins=(Twin("the same velocity everywhere", _unique(op=equals_zero), STEEP),),
    neighbours=(
        Neighbour(
            "one sample x = 1",
            _unique(
                Hypothesis("unit", "n = 1, x_1 = 1", equals_zero(lambda x: [ex.lift(x.n - 1), x.d - 1, x.z[0][0] - 1]))
            ),
            example=STEEP,
        ),
    ),
    amendment=Amendment(
        UNIQUE_FULL,
        FailingStep(
            "after (30)",
            "(31) has a solution of its own for each vector of ker X, which is not 0 where n > d or samples are dependent",
        ),
        "speak of the unique output XΩ; the weights are unique only where the samples are linearly independent",
        examples=lambda k, d: ({"z": [[1] * d], "o": [1], "v": [-1], "m": [0] * d}, "1/4"),
    ),
)

# --- solvable ---
SOLVED = Domain((SAMPLES, real("o", "n"), real("m", "d")), SIZES)
MASSES = Domain((SAMPLES, nonnegative("a", "n"), real("r", "n")), SIZES)
SHARED = {"z": [[1], [1]], "a": [1, 1], "r": [1, 0]}
EVEN = {"z": [[1], [1]], "o": ["1/2", "1/2"], "m": [1]}
NORMAL = Hypothesis("normal-equations", r"X^\top X \Omega = X^\top \mu", equals_zero(lambda x: f.normal(x.z, x.o, x.m)))


def at_masses(x, factor=1):
    """r·(XᵀXΩ − Xᵀμ) for Ω = factor a/A."""
    share = [factor * v / ex.total(x.a) for v in x.a]
    return ex.dot(x.r, f.normal(x.z, share, f.centroid(x.z, x.a)))


def _masses(factor=1, times=1):
    return Statement(MASSES, equals_zero(lambda x: times * at_masses(x, factor)), (f.OCCUPIED,))


ALWAYS = Part(
    id="always-solvable",
    says=r"\Omega_i = 1/n_j \text{ on the cell, } 0 \text{ off it} \Rightarrow X^\top X \Omega = X^\top \mu_j",
    statement=_masses(),
    checks=(Symbolic("gbcl.dual_flow:masses"), Property(also=(SHARED,))),
    example=SHARED,
    twins=(Twin("twice these weights", _masses(2), SHARED),),
    neighbours=(Neighbour("doubled", _masses(times=2), example=SHARED),),
)


def _solvable(*given, factor=1):
    return Statement(SOLVED, FULL_RANK.relation if factor == 1 else FULL_RANK_NEGATED, (NORMAL, *given))


FULL_RANK_NEGATED = equals_zero(FULL_RANK.relation.values)
SOLVABLE = Part(
    id="solvable",
    says=r"X^\top X \Omega = X^\top \mu \text{ has a solution} \Rightarrow \det X^\top X > 0",
    statement=_solvable(),
    checks=(Certified(candidates=(EVEN,)),),
    example=EVEN,
    twins=(Twin("only if singular", _solvable(factor=0), {"z": [[1]], "o": [1], "m": [1]}),),
    neighbours=(
        Neighbour(
            "one sample x = 1",
            _solvable(
                Hypothesis("unit", "n = 1, x_1 = 1", equals_zero(lambda x: [ex.lift(x.n - 1), x.d - 1, x.z[0][0] - 1]))
            ),
            example={"z": [[1]], "o": [1], "m": [1]},
        ),
    ),
    amendment=Amendment(
        ALWAYS,
        FailingStep(
            "after (31)", "full rank is needed for one solution, not for a solution: Xᵀμ is in the range of XᵀX"
        ),
        "the dual layer needs no condition on n and d to reach the centroids; take X⁺, not (XᵀX)⁻¹Xᵀ, where weights are wanted",
    ),
)

# --- modes ---
MODES = Domain(
    (SAMPLES, real("c", "m"), real("v", "m", "n"), nonnegative("lam", "m"), real("r", "n"), above_zero("t")),
    {"m": (1, 2), "n": (1, 3), "d": (1, 2)},
)


def mode_sum(x, power=1):
    """r·(dw/dt + XᵀXw) for w = Σ c_i e^{−power λ_i t} v_i."""
    factors = [e**power for e in f.decays(x)]
    w = f.output(x.v, [c * e for c, e in zip(x.c, factors, strict=True)])
    speed = [ex.differentiate(v, x.t) for v in w]
    return ex.dot(x.r, ex.plus(speed, f.gram_times(x.z, w)))


def _modes(power=1, times=1):
    return Statement(
        MODES,
        equals_zero(lambda x: times * mode_sum(x, power)),
        (f.EIGENVECTORS,),
        system=Course("dual", rate=power),
    )


SPLIT = {"z": [[1], [1]], "c": [1, 1], "v": [[1, 1], [1, -1]], "lam": [2, 0], "r": [1, 2], "t": 1}
SUM = Part(
    id="modes",
    says=r"w(t) = \textstyle\sum_i c_i v_i e^{-\sigma_i^2 t} \text{ solves } \dot w = -X^\top X w",
    statement=_modes(),
    checks=(
        Symbolic("gbcl.dual_flow:modes"),
        Property(also=(SPLIT,), draw=f.draw_spectral(MODES)),
        Dynamics(f"{RUNS}:course", "numerical solutions of (30) against the closed form over the whole time course"),
    ),
    example=SPLIT,
    twins=(Twin("as e^{−2σ²t}", _modes(2), SPLIT),),
    neighbours=(Neighbour("doubled", _modes(times=2), example=SPLIT),),
)

CLAIM = Claim(
    id="gbcl.dual-flow",
    title="Critical points and modes of the dual flow",
    source=Source("gbcl", "(29)-(37)"),
    says=r"\dot\Omega = -(X^\top X \Omega - X^\top \mu) \text{: } X^+ \mu \text{ is the unique critical point; solvable only if } X^\top X "
    r"\text{ has full rank; modes } e^{-\sigma_i^2 t} \text{; the outputs tend to the centroids}",
    derivation=__doc__,
    uses=("gbcl.base-flow",),
    readings=(
        Reading(
            "frozen",
            "the flow (30) with frozen Voronoi cells",
            (CRITICAL, UNIQUE, SOLVABLE, AT_MOST, INVERSE, SUM, CENTROIDS),
            as_printed=True,
        ),
        Reading(
            "moving",
            "cells that follow the outputs; their course on a line, d = 1",
            (AT_CENTROID, SAME_CELLS, EXPONENTIAL),
        ),
        Reading("cells-stay", "what frozen cells take for granted, which the paper does not say; d = 1", (STAYS,)),
        Reading("gradient", "(29) with μ_j for the x_i that stands outside of its sum", (GRADIENT,)),
        Reading("population", "the mean of a population in place of the centroid of the samples", (POPULATION,)),
        *(
            Reading(dtype, f"steps of the dual layer of ddcl_core in {dtype}", dual_parts(dtype))
            for dtype in ("float64", "float32")
        ),
    ),
)
