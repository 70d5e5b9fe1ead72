"""Parts about the rank that (32) needs: it bounds the number of samples, and then the solution of (31) is X⁺μ."""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.gbcl import flows as f
from ddcl_theory.domain import Domain, real
from ddcl_theory.relation import at_least_zero, equals_zero

SIZES = {"n": (1, 3), "d": (1, 3)}
INVERTED = (real("z", "n", "d", latex="x"), real("b", "n", "d"))


def left_inverse(x):
    """X⁺X − I for the rows b of X⁺."""
    return [ex.dot(row, s) - int(i == j) for i, row in enumerate(x.b) for j, s in enumerate(x.z)]


def projector(x):
    """XX⁺."""
    return [[ex.total(s[i] * row[j] for s, row in zip(x.z, x.b, strict=True)) for j in range(x.d)] for i in range(x.d)]


def lopsided(x):
    """XX⁺ − (XX⁺)ᵀ above the diagonal."""
    q = projector(x)
    return [q[i][j] - q[j][i] for i in range(x.d) for j in range(i + 1, x.d)] or [ex.ZERO]


def _skew(x):
    q = projector(x)
    return [q[i][j] - q[j][i] for i in range(x.d) for j in range(x.d)]


#: Full rank of XᵀX: X has a left inverse, (XᵀX)⁻¹Xᵀ, and with symmetric XX⁺ it is this one.
INDEPENDENT = Hypothesis("independent-columns", r"X^+ X = I_n", equals_zero(left_inverse))
SYMMETRIC = Hypothesis("symmetric", r"(X X^+)^\top = X X^+", equals_zero(_skew))
COUNTED = Domain(INVERTED, SIZES)
COLUMN = {"z": [["3/5", "4/5"]], "b": [["3/5", "4/5"]]}


def draw_independent(domain):
    """Samples with their pseudoinverse, Ω = X⁺μ where there is one; independent where n ≤ d."""

    def draw(sizes, cases, generator):
        import torch

        from ddcl_theory.checks.sampling import float_batch

        batch = float_batch(domain, sizes, cases, generator)
        z = torch.randn(cases, sizes["n"], sizes["d"], generator=generator, dtype=torch.float64)
        b = torch.linalg.pinv(z.mT)
        if "m" in batch:
            m = batch["m"].clamp(-3, 3)
            batch = {**batch, "m": m, "o": (b @ m[:, :, None])[:, :, 0]}
        return {**batch, "z": z, "b": b}

    return draw


def _counted(conclusion, given=(INDEPENDENT, SYMMETRIC)):
    return Statement(COUNTED, at_least_zero(conclusion), given)


AT_MOST = Part(
    id="full-rank",
    says=r"X^\top X \text{ of full rank} \Rightarrow n \le d",
    statement=_counted(lambda x: x.d - x.n),
    checks=(
        Symbolic("gbcl.dual_flow:at_most"),
        Property(also=(COLUMN, {"z": [[1]], "b": [[1]]}), draw=draw_independent(COUNTED)),
    ),
    example=COLUMN,
    twins=(Twin("fewer samples than features", _counted(lambda x: x.d - x.n - 1), {"z": [[1]], "b": [[1]]}),),
    neighbours=(Neighbour("doubled", _counted(lambda x: 2 * (x.d - x.n)), example=COLUMN),),
)

FITTED = Domain((*INVERTED, real("o", "n"), real("m", "d"), real("r", "n")), {"n": (1, 2), "d": (1, 3)})
NORMAL = Hypothesis("normal-equations", r"X^\top X \Omega = X^\top \mu", equals_zero(lambda x: f.normal(x.z, x.o, x.m)))
FIT = {**COLUMN, "o": ["7/5"], "m": [1, 1], "r": [1]}
#: A left inverse with XL not symmetric.
OBLIQUE = {"z": [[1, 0]], "b": [[1, 1]], "o": [0], "m": [0, 1], "r": [1]}


def fit_gap(x, factor=1):
    """r·(Ω − factor X⁺μ)."""
    return ex.dot(x.r, ex.minus(x.o, [factor * ex.dot(row, x.m) for row in x.b]))


def _fitted(factor=1, times=1, given=(INDEPENDENT, SYMMETRIC, NORMAL)):
    return Statement(FITTED, equals_zero(lambda x: times * fit_gap(x, factor)), given)


SOLUTION = Part(
    id="inverse",
    says=r"X^\top X \text{ of full rank},\ X^\top X \Omega = X^\top \mu \Rightarrow "
    r"\Omega = (X^\top X)^{-1} X^\top \mu = X^+ \mu",
    statement=_fitted(),
    checks=(
        Symbolic("gbcl.dual_flow:fitted"),
        Property(also=(FIT, OBLIQUE), draw=draw_independent(FITTED)),
        Certified(candidates=(FIT,)),
    ),
    example=FIT,
    twins=(
        Twin("half of it", _fitted(ex.Fraction(1, 2)), FIT),
        Twin("any left inverse", _fitted(given=(INDEPENDENT, NORMAL)), OBLIQUE),
    ),
    neighbours=(Neighbour("doubled", _fitted(times=2), example=FIT),),
)
