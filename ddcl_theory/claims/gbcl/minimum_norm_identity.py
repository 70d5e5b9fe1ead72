"""Parts about (42): a premise that no matrix with n > d meets, and the identity with the inverse that exists."""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.gbcl import flows as f
from ddcl_theory.domain import Domain, real
from ddcl_theory.relation import equals_zero, not_zero

SIZES = {"n": (1, 3), "d": (1, 2)}
SAMPLES = real("z", "n", "d", latex="x")


def zero(identifier, says, values):
    return Hypothesis(identifier, says, equals_zero(values))


SECOND_KIND = zero("second-kind", r"X X^\top s = \mu", lambda x: ex.minus(f.output(x.z, f.along(x.z, x.s)), x.y))

KERNEL = zero("kernel", r"X u = 0", lambda x: f.output(x.z, x.u))

CORRECTED = Domain((SAMPLES, real("s", "d"), real("y", "d"), real("r", "n")), SIZES)
INVERSE = {"z": [[1], [1]], "s": ["1/2"], "y": [1], "r": [1, 0]}


def corrected(x, factor=1):
    """r·(XᵀX Xᵀs − factor Xᵀμ), where s = (XXᵀ)⁻¹μ."""
    return ex.dot(x.r, f.normal(x.z, f.along(x.z, x.s), ex.scaled(factor, x.y)))


def _corrected(factor=1, times=1):
    return Statement(CORRECTED, equals_zero(lambda x: times * corrected(x, factor)), (SECOND_KIND,))


def draw_second(sizes, cases, generator):
    """μ = XXᵀs."""
    import torch

    from ddcl_theory.checks.sampling import float_batch

    batch = float_batch(CORRECTED, sizes, cases, generator)
    z = torch.randn(cases, sizes["n"], sizes["d"], generator=generator, dtype=torch.float64)
    s = batch["s"].clamp(-3, 3)
    return {**batch, "z": z, "s": s, "y": (z.mT @ (z @ s[:, :, None]))[:, :, 0]}


IDENTITY = Part(
    id="identity-corrected",
    says=r"X X^\top s = \mu,\ \Omega = X^\top s \Rightarrow X^\top X \Omega = X^\top \mu",
    statement=_corrected(),
    checks=(Symbolic("gbcl.minimum_norm:identity"), Property(also=(INVERSE,), draw=draw_second)),
    example=INVERSE,
    twins=(Twin("half of μ", _corrected(ex.Fraction(1, 2)), INVERSE),),
    neighbours=(Neighbour("doubled", _corrected(times=2), example=INVERSE),),
)
PRINTED = Domain((SAMPLES, real("b", "n", "d"), real("u", "n"), real("y", "d"), real("r", "n")), SIZES)


def left_inverse(x):
    """LX − I for the rows b of L."""
    return [ex.dot(row, s) - int(i == j) for i, row in enumerate(x.b) for j, s in enumerate(x.z)]


def projector_gap(x):
    """XL − (XL)ᵀ above the diagonal."""
    q = [[ex.total(s[i] * row[j] for s, row in zip(x.z, x.b, strict=True)) for j in range(x.d)] for i in range(x.d)]
    return [q[i][j] - q[j][i] for i in range(x.d) for j in range(i + 1, x.d)] or [ex.ZERO]


INDEPENDENT = zero("independent-columns", r"L X = I_n,\ L = (X^\top X)^{-1} X^\top", left_inverse)
SYMMETRIC = zero("symmetric", r"(X L)^\top = X L", projector_gap)
NOT_ZERO = Hypothesis("not-zero", r"u \ne 0", not_zero(lambda x: list(x.u)))
PREMISES = (INDEPENDENT, SYMMETRIC, KERNEL, NOT_ZERO)


def printed(x):
    """r·(XᵀX L μ − Xᵀμ): (42) with its factors in the order in which they fit."""
    return ex.dot(x.r, f.normal(x.z, [ex.dot(row, x.y) for row in x.b], x.y))


def _printed(given, times=1):
    return Statement(PRINTED, equals_zero(lambda x: times * printed(x)), given)


PREMISE = Part(
    id="identity",
    says=r"n > d \text{, so that some } u \ne 0 \text{ has } Xu = 0 \text{, with independent columns of } X:\ "
    r"(X^\top X)(X^\top X)^{-1} X^\top \mu = X^\top \mu",
    statement=_printed(PREMISES),
    checks=(Symbolic("gbcl.minimum_norm:premise"),),
    twins=(
        Twin(
            "dependent columns",
            _printed((SYMMETRIC, KERNEL, NOT_ZERO)),
            {"z": [[1], [1]], "b": [[0], [0]], "u": [1, -1], "y": [1], "r": [1, 0]},
        ),
    ),
    neighbours=(Neighbour("doubled", _printed(PREMISES, times=2)),),
    amendment=Amendment(
        IDENTITY,
        FailingStep(
            "(42)",
            "(XᵀX)⁻¹ stands where (41) has (XXᵀ)⁻¹; for n > d only the latter can exist, where the rows of X are independent",
        ),
        "use Xᵀ(XXᵀ)⁻¹, or X⁺ in any case",
    ),
)
