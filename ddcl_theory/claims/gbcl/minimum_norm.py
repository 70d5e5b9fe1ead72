"""(38)-(42): for n > d, does the dual flow reach the solution of minimum norm, the same from every start?

(39)-(41): with XXᵀs = μ the point Ω = Xᵀs solves XΩ = μ, and ‖v‖² = ‖Ω‖² + ‖v − Ω‖² for every other solution v.  True, and Ω is the
only one of its norm.

The flow.  For Xu = 0 the velocity (30) has u·Ω̇ = −(Xu)·(XΩ − μ) = 0: the component in ker X stays what it was.  So the limit is
X⁺μ + P_ker Ω(0): of minimum norm, and orthogonal to ker X, iff the start is (Ω(0) ∈ R(Xᵀ), as Ω(0) = 0); another start, another limit.
Witness: X = [1 1], Ω(0) = (1, −1).  All limits have the same output.  In R(Xᵀ) there is one limit: XᵀXXᵀc = 0 gives ‖XXᵀc‖² = 0,
and XXᵀc = 0 gives ‖Xᵀc‖² = 0.

(42) contains (XᵀX)⁻¹, which does not exist for n > d (nor do n > d columns in R^d ever stand independent, as is said before (38)), and
its factors do not fit: Xᵀ has d columns, (XᵀX)⁻¹ n rows.  Independent columns have a left inverse LX = I_n, and then
Xu = 0 gives u = LXu = 0; but n > d unknowns always have a u ≠ 0 with Xu = 0.  With (XXᵀ)⁻¹, as in (41), the identity is true.
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
    Neighbour,
    Part,
    Reading,
    Source,
    Statement,
    Twin,
)
from ddcl_theory.claims.gbcl import flows as f
from ddcl_theory.claims.gbcl.float_rows_flows import least_norm_parts
from ddcl_theory.claims.gbcl.flow_runs import Course
from ddcl_theory.claims.gbcl.minimum_norm_identity import (
    IDENTITY,
    KERNEL,
    PREMISE,
    SAMPLES,
    SECOND_KIND,
    SIZES,
    zero,
)
from ddcl_theory.claims.gbcl.minimum_norm_range import ONE_LIMIT
from ddcl_theory.domain import Domain, real
from ddcl_theory.relation import equals_zero

RUNS = "ddcl_theory.claims.gbcl.flow_runs"


# --- (39)-(41) ---
LEAST = Domain((SAMPLES, real("s", "d"), real("v", "n"), real("y", "d")), SIZES)
SOLVES = zero("solves", r"X v = \mu", lambda x: ex.minus(f.output(x.z, x.v), x.y))
ROW = {"z": [[1], [1]], "s": ["1/2"], "v": [1, 0], "y": [1]}


def pythagoras(x, factor=1):
    """‖v‖² − ‖Ω‖² − factor ‖v − Ω‖² for Ω = Xᵀs."""
    o = f.along(x.z, x.s)
    return ex.norm2(x.v) - ex.norm2(o) - factor * ex.norm2(ex.minus(x.v, o))


def draw_solutions(sizes, cases, generator):
    """Samples with XXᵀs = μ, and v = Xᵀs plus a part in ker X."""
    import torch

    from ddcl_theory.checks.sampling import float_batch

    batch = float_batch(LEAST, sizes, cases, generator)
    z = torch.randn(cases, sizes["n"], sizes["d"], generator=generator, dtype=torch.float64)
    s = batch["s"].clamp(-3, 3)
    least = (z @ s[:, :, None])[:, :, 0]
    free = torch.randn(cases, sizes["n"], 1, generator=generator, dtype=torch.float64)
    kernel = free - torch.linalg.pinv(z.mT) @ (z.mT @ free)
    return {"z": z, "s": s, "v": least + kernel[:, :, 0], "y": (least[:, None] @ z)[:, 0]}


def _least(factor=1, times=1):
    return Statement(LEAST, equals_zero(lambda x: times * pythagoras(x, factor)), (SECOND_KIND, SOLVES))


MINIMUM = Part(
    id="minimum-norm",
    says=r"X X^\top s = \mu,\ \Omega = X^\top s,\ X v = \mu \Rightarrow \|v\|^2 = \|\Omega\|^2 + \|v - \Omega\|^2",
    statement=_least(),
    checks=(Symbolic("gbcl.minimum_norm:minimum"), Property(also=(ROW,), draw=draw_solutions)),
    example=ROW,
    twins=(Twin("twice the distance", _least(2), ROW),),
    neighbours=(Neighbour("doubled", _least(times=2), example=ROW),),
)

# --- what the flow reaches ---
NORMAL = zero("normal-equations", r"X^\top X l = X^\top \mu", lambda x: f.normal(x.z, limit(x), x.y))
REACHED = Domain((SAMPLES, real("o", "n"), real("s", "d"), real("u", "n"), real("y", "d")), SIZES)
START = {"z": [[1], [1]], "o": [1, -1], "s": ["1/2"], "u": [1, -1], "y": [1]}
ZERO_START = {**START, "o": [0, 0]}


def limit(x):
    """Ω(0) + Xᵀs: the flow moves along Xᵀ only."""
    return ex.plus(x.o, f.along(x.z, x.s))


def _reached(value, *given, system=None):
    return Statement(REACHED, equals_zero(value), (NORMAL, KERNEL, *given), system=system)


def draw_reached(sizes, cases, generator):
    """Starts, the s with XXᵀs = μ − XΩ(0), and a vector of ker X."""
    import torch

    from ddcl_theory.checks.sampling import float_batch

    batch = float_batch(REACHED, sizes, cases, generator)
    z = torch.randn(cases, sizes["n"], sizes["d"], generator=generator, dtype=torch.float64)
    o, y = (batch[name].clamp(-3, 3) for name in ("o", "y"))
    gap = y[:, :, None] - z.mT @ o[:, :, None]
    s = torch.linalg.lstsq(z.mT @ z, gap).solution if sizes["n"] >= sizes["d"] else 0 * gap
    free = batch["u"].clamp(-3, 3)[:, :, None]
    kernel = free - torch.linalg.pinv(z.mT) @ (z.mT @ free)
    return {"z": z, "o": o, "s": s[:, :, 0], "u": kernel[:, :, 0], "y": y}


def in_kernel(x, share=1):
    """u·(limit − share · start)."""
    return ex.dot(x.u, ex.minus(limit(x), ex.scaled(share, x.o)))


def at_zero(x):
    return list(x.o)


CONSERVED = Part(
    id="kernel-stays",
    says=r"X u = 0 \Rightarrow u \cdot \Omega(\infty) = u \cdot \Omega(0)",
    statement=_reached(in_kernel, system=Course("dual")),
    checks=(
        Symbolic("gbcl.minimum_norm:conserved"),
        Property(also=(START,), draw=draw_reached),
        Dynamics(f"{RUNS}:course", "numerical solutions of (30) keep the component of the start in ker X"),
    ),
    example=START,
    twins=(
        Twin(
            "half of it stays",
            _reached(lambda x: in_kernel(x, ex.Fraction(1, 2)), system=Course("dual", kernel=0.5)),
            START,
        ),
    ),
    neighbours=(Neighbour("doubled", _reached(lambda x: 2 * in_kernel(x), system=Course("dual")), example=START),),
)
ORTHOGONAL = Part(
    id="orthogonal-to-the-kernel",
    says=r"\text{from every } \Omega(0):\ X u = 0 \Rightarrow u \cdot \Omega(\infty) = 0 \text{, as the solution of minimum norm}",
    statement=_reached(lambda x: in_kernel(x, 0)),
    checks=(Certified(candidates=(START,)),),
    example=START,
    twins=(Twin("minus the start", _reached(lambda x: in_kernel(x, -1)), START),),
    neighbours=(
        Neighbour(
            "from 0",
            _reached(lambda x: in_kernel(x, 0), zero("from-zero", r"\Omega(0) = 0", at_zero)),
            example=ZERO_START,
        ),
    ),
    amendment=Amendment(
        CONSERVED,
        FailingStep(
            "after (42)",
            "the flow cannot move along ker X: the modes with σ_i = 0, called centres, keep what the start has there",
        ),
        "start the weights in the range of Xᵀ (at 0, or as least-norm weights of chosen prototypes) to get the minimum norm, or "
        "project the trained weights: the prototypes do not change",
    ),
)
TWO = Domain((SAMPLES, real("o", "n"), real("v", "n"), real("y", "d"), real("r", "n")), SIZES)
BOTH = tuple(
    zero(f"normal-{name}", rf"X^\top X {says} = X^\top \mu", lambda x, name=name: f.normal(x.z, getattr(x, name), x.y))
    for name, says in (("o", r"\Omega"), ("v", r"\Omega'"))
)
SINGLE = {"z": [[1]], "o": [1], "v": [1], "y": [1], "r": [1]}
LIMITS = {"z": [[1], [1]], "o": ["1/2", "1/2"], "v": [1, 0], "y": [1], "r": [1, 0]}


def _agree(value, *given):
    return Statement(TWO, equals_zero(value), (*BOTH, *given))


def output_gap(x, factor=1):
    """‖X(Ω − factor Ω')‖²."""
    return ex.norm2(f.output(x.z, ex.minus(x.o, ex.scaled(factor, x.v))))


def draw_two(sizes, cases, generator):
    """Two solutions of the normal equations."""
    import torch

    from ddcl_theory.checks.sampling import float_batch

    batch = float_batch(TWO, sizes, cases, generator)
    z = torch.randn(cases, sizes["n"], sizes["d"], generator=generator, dtype=torch.float64)
    inverse, y = torch.linalg.pinv(z.mT), batch["y"].clamp(-3, 3)
    least = inverse @ y[:, :, None]
    free = batch["r"].clamp(-3, 3)[:, :, None]
    other = least + free - inverse @ (z.mT @ free)
    return {**batch, "z": z, "y": y, "o": least[:, :, 0], "v": other[:, :, 0]}


SAME_OUTPUT = Part(
    id="same-output",
    says=r"X^\top X \Omega = X^\top X \Omega' = X^\top \mu \Rightarrow X \Omega = X \Omega'",
    statement=_agree(output_gap),
    checks=(Symbolic("gbcl.minimum_norm:same_output"), Property(also=(LIMITS,), draw=draw_two)),
    example=LIMITS,
    twins=(Twin("twice the output", _agree(lambda x: output_gap(x, 2)), LIMITS),),
    neighbours=(Neighbour("doubled", _agree(lambda x: 2 * output_gap(x)), example=LIMITS),),
)
UNIQUE = Part(
    id="unique",
    says=r"X^\top X \Omega = X^\top X \Omega' = X^\top \mu \Rightarrow \Omega = \Omega' \text{ (the flow started at either stays there)}",
    statement=_agree(lambda x: ex.dot(x.r, ex.minus(x.o, x.v))),
    checks=(Certified(candidates=(LIMITS,)), Property(also=(LIMITS, SINGLE), draw=draw_two)),
    example=LIMITS,
    twins=(Twin("opposite", _agree(lambda x: ex.dot(x.r, ex.plus(x.o, x.v))), LIMITS),),
    neighbours=(
        Neighbour(
            "one sample x = 1",
            _agree(
                lambda x: ex.dot(x.r, ex.minus(x.o, x.v)),
                zero("unit", "n = d = 1, x_1 = 1", lambda x: [ex.lift(x.n - 1), x.d - 1, x.z[0][0] - 1]),
            ),
            example=SINGLE,
        ),
    ),
    amendment=Amendment(
        SAME_OUTPUT,
        FailingStep(
            "after (42)",
            "the solution of minimum norm is unique; the solutions of (31), one of which the flow reaches, are not",
        ),
        "compare trained layers by their prototypes XΩ, not by their weights",
    ),
)

# --- a start in the range of Xᵀ ---
RANGE = Domain((SAMPLES, real("c", "d"), real("s", "d"), real("u", "n")), SIZES)
FROM_RANGE = {"z": [[1], [1]], "c": [1], "s": [1], "u": [1, -1]}


def from_range(x):
    """u·(Xᵀc + Xᵀs): the limit from Ω(0) = Xᵀc, along a vector of ker X."""
    return ex.dot(x.u, f.along(x.z, ex.plus(x.c, x.s)))


def draw_range(sizes, cases, generator):
    """Anything, with u in ker X."""
    batch = draw_reached(sizes, cases, generator)
    return {"z": batch["z"], "c": batch["y"], "s": batch["s"], "u": batch["u"]}


def _from_range(value):
    return Statement(RANGE, equals_zero(value), (KERNEL,))


IN_RANGE = Part(
    id="from-the-range",
    says=r"\Omega(0) = X^\top c,\ X u = 0 \Rightarrow u \cdot \Omega(\infty) = 0",
    statement=_from_range(from_range),
    checks=(Symbolic("gbcl.minimum_norm:from_range"), Property(also=(FROM_RANGE,), draw=draw_range)),
    example=FROM_RANGE,
    twins=(Twin("with a part u/4 in the start", _from_range(lambda x: from_range(x) + ex.norm2(x.u) / 4), FROM_RANGE),),
    neighbours=(Neighbour("doubled", _from_range(lambda x: 2 * from_range(x)), example=FROM_RANGE),),
)

CLAIM = Claim(
    id="gbcl.minimum-norm",
    title="Does the dual flow reach the solution of minimum norm?",
    source=Source("gbcl", "(38)-(42)"),
    says=r"n > d \text{: the solution of the normal equations that the flow reaches is unique and of minimum norm; the identity (42)}",
    derivation=__doc__,
    uses=("gbcl.dual-flow",),
    readings=(
        Reading(
            "any-start",
            "from any start, XXᵀ invertible",
            (MINIMUM, UNIQUE, ORTHOGONAL, PREMISE),
            as_printed=True,
        ),
        Reading(
            "from-the-range",
            "from a start in the range of Xᵀ, (42) with (XXᵀ)⁻¹",
            (IN_RANGE, ONE_LIMIT, MINIMUM, IDENTITY),
        ),
        *(
            Reading(dtype, f"least-norm weights of ddcl_core in {dtype}", least_norm_parts(dtype))
            for dtype in ("float64", "float32")
        ),
    ),
)
