"""Parts about the limit of the outputs of the dual flow: the centroid, or the projection of a mean that is no combination of samples."""

from __future__ import annotations

from itertools import permutations

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.gbcl import flows as f
from ddcl_theory.domain import Domain, nonnegative, real
from ddcl_theory.relation import at_least_zero, equals_zero, positive


def gram(z):
    """XᵀX."""
    return [[ex.dot(s, t) for t in z] for s in z]


def determinant(matrix):
    """Leibniz' formula."""
    result = ex.ZERO
    for order in permutations(range(len(matrix))):
        sign = (-1) ** sum(order[i] > order[j] for i in range(len(order)) for j in range(i + 1, len(order)))
        term = ex.lift(sign)
        for i, j in enumerate(order):
            term = term * matrix[i][j]
        result = result + term
    return result


FULL_RANK = Hypothesis("full-rank", r"\det X^\top X > 0", positive(lambda x: determinant(gram(x.z))))

LIMIT = Domain(
    (
        real("z", "n", "d", latex="x"),
        real("o", "n"),
        real("y", "d"),
        real("c", "m"),
        real("e", "m"),
        real("v", "m", "n"),
        nonnegative("lam", "m"),
    ),
    {"m": (1, 2), "n": (1, 3), "d": (1, 2)},
)
#: e_i stands for the limit of e^{−σ_i² t}: 0 where σ_i > 0.
SETTLED = Hypothesis(
    "settled",
    r"e_i \sigma_i^2 = 0",
    equals_zero(lambda x: [e * lam for e, lam in zip(x.e, x.lam, strict=True)]),
)
REACHED = Hypothesis("in-range", r"X \Omega^* = \mu", equals_zero(lambda x: ex.minus(f.output(x.z, x.o), x.y)))
KERNEL_LEFT = {
    "z": [[1], [1]],
    "o": ["1/2", "1/2"],
    "y": [1],
    "c": [1, 1],
    "e": [0, 1],
    "v": [[1, 1], [1, -1]],
    "lam": [2, 0],
}
HALFWAY = {**KERNEL_LEFT, "e": ["1/2", 1]}


def left_over(x):
    """Σ c_i e_i v_i: what is left of Ω − Ω* as t → ∞."""
    return f.output(x.v, [c * e for c, e in zip(x.c, x.e, strict=True)])


def final_error(x, factor=1):
    """‖X(Ω* + w) − factor μ‖²."""
    return ex.norm2(ex.minus(f.output(x.z, ex.plus(x.o, left_over(x))), ex.scaled(factor, x.y)))


def draw_limit(sizes, cases, generator):
    """Eigenvectors, with e_i the limits of e^{−σ_i² t}, and μ = XΩ*."""
    import torch

    batch = f.draw_spectral(LIMIT)(sizes, cases, generator)
    if sizes["m"] <= sizes["n"]:
        batch["lam"] = torch.where(batch["lam"] < 1e-9, 0.0, batch["lam"])
        batch["e"] = (batch["lam"] == 0).to(torch.float64)
    batch["o"], batch["c"] = batch["o"].clamp(-3, 3), batch["c"].clamp(-3, 3)
    return {**batch, "y": (batch["o"][:, :, None] * batch["z"]).sum(1)}


def _limit(factor=1, times=1, given=(f.EIGENVECTORS, SETTLED, REACHED)):
    return Statement(LIMIT, equals_zero(lambda x: times * final_error(x, factor)), given)


CENTROIDS = Part(
    id="centroids",
    says=r"e^{-\sigma_i^2 t} \to e_i,\ X \Omega^* = \mu \Rightarrow X(\Omega^* + \textstyle\sum_i c_i e_i v_i) = \mu",
    statement=_limit(),
    checks=(Symbolic("gbcl.dual_flow:centroids"), Property(also=(KERNEL_LEFT, HALFWAY), draw=draw_limit)),
    example=KERNEL_LEFT,
    twins=(
        Twin(
            "before the modes have settled",
            _limit(given=(f.EIGENVECTORS, REACHED)),
            HALFWAY,
        ),
        Twin("half of the centroid", _limit(ex.Fraction(1, 2)), KERNEL_LEFT),
    ),
    neighbours=(Neighbour("doubled", _limit(times=2), example=KERNEL_LEFT),),
)

MEAN = Domain((real("z", "n", "d", latex="x"), real("o", "n"), real("y", "d")), {"n": (1, 3), "d": (1, 2)})
COMPARED = Domain((*MEAN.variables, real("v", "n")), MEAN.sizes)
NORMAL = Hypothesis("normal-equations", r"X^\top X \Omega = X^\top \mu", equals_zero(lambda x: f.normal(x.z, x.o, x.y)))
ASIDE = {"z": [[1, 0]], "o": [0], "y": [0, 1]}
MET = {"z": [[1]], "o": [1], "y": [1]}


def _mean(*given, factor=1):
    return Statement(
        MEAN, equals_zero(lambda x: ex.minus(f.output(x.z, x.o), ex.scaled(factor, x.y))), (NORMAL, *given)
    )


def excess(x, factor=1):
    """factor ‖Xv − μ‖² − ‖XΩ − μ‖²."""
    return factor * ex.norm2(ex.minus(f.output(x.z, x.v), x.y)) - ex.norm2(ex.minus(f.output(x.z, x.o), x.y))


def _nearest(factor=1, times=1):
    return Statement(COMPARED, at_least_zero(lambda x: times * excess(x, factor)), (NORMAL,))


def draw_projected(sizes, cases, generator):
    """Ω of least squares for a mean anywhere."""
    import torch

    from ddcl_theory.checks.sampling import float_batch

    batch = float_batch(COMPARED, sizes, cases, generator)
    z = torch.randn(cases, sizes["n"], sizes["d"], generator=generator, dtype=torch.float64)
    y = batch["y"].clamp(-3, 3)
    return {**batch, "z": z, "y": y, "o": (torch.linalg.pinv(z.mT) @ y[:, :, None])[:, :, 0]}


NEAREST_POINT = {**ASIDE, "v": [0]}
NEAREST = Part(
    id="projection",
    says=r"X^\top X \Omega = X^\top \mu \Rightarrow \|X \Omega - \mu\| \le \|X v - \mu\| \text{ for every } v",
    statement=_nearest(),
    checks=(Symbolic("gbcl.dual_flow:nearest"), Property(also=(NEAREST_POINT,), draw=draw_projected)),
    example=NEAREST_POINT,
    twins=(Twin("at most half of it", _nearest(ex.Fraction(1, 2)), NEAREST_POINT),),
    neighbours=(Neighbour("doubled", _nearest(times=2), example=NEAREST_POINT),),
)
POPULATION = Part(
    id="population-mean",
    says=r"X^\top X \Omega = X^\top \mu \Rightarrow X \Omega = \mu \text{ for } \mu \in \mathbb{R}^d",
    statement=_mean(),
    checks=(Certified(candidates=(ASIDE,)),),
    example=MET,
    twins=(Twin("twice the mean", _mean(factor=2), MET),),
    neighbours=(
        Neighbour(
            "one sample x = 1",
            _mean(
                Hypothesis(
                    "unit", "n = d = 1, x_1 = 1", equals_zero(lambda x: [ex.lift(x.n - 1), x.d - 1, x.z[0][0] - 1])
                )
            ),
            example=MET,
        ),
    ),
    amendment=Amendment(
        NEAREST,
        FailingStep(
            "(33)",
            "least squares solves (33) only if μ lies in R(X), which the mean of a population need not, for n < d",
        ),
        "take μ as the mean of the samples in the cell; for anything else the layer gives the nearest point of the span of the samples",
    ),
)
