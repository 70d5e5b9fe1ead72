"""The two linear networks and what may be assumed about their input: shared by the claims on duality.

X is d × n with the samples as columns, W_1 is k × d and W_2 is k × n; Y_1 = W_1 X and Y_2 = W_2 Xᵀ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.claim import Hypothesis
from ddcl_theory.domain import Domain, Sizes, real
from ddcl_theory.expression import Expr, Scalar
from ddcl_theory.relation import equals_zero

Matrix = Sequence[Sequence[Scalar]]

SIZES = {"n": (1, 3), "k": (1, 2), "d": (1, 3)}
NETWORKS = Domain((real("X", "d", "n"), real("W1", "k", "d"), real("W2", "k", "n")), SIZES)


def product(a: Matrix, b: Matrix) -> list[list[Expr]]:
    """AB."""
    return [[ex.dot(row, column) for column in zip(*b, strict=True)] for row in a]


def transposed(a: Matrix) -> list[list[Scalar]]:
    return [list(column) for column in zip(*a, strict=True)]


def base_output(x: Any) -> list[list[Expr]]:
    """Y_1 = W_1 X."""
    return product(x.W1, x.X)


def dual_output(x: Any) -> list[list[Expr]]:
    """Y_2 = W_2 Xᵀ."""
    return product(x.W2, transposed(x.X))


def entries(a: Matrix) -> list[Expr]:
    return [ex.lift(v) for row in a for v in row]


def difference(a: Matrix, b: Matrix, factor: Scalar = 1) -> list[Expr]:
    """The entries of A − factor · B, row by row."""
    return [u - ex.lift(factor) * v for u, v in zip(entries(a), entries(b), strict=True)]


def identity(size: int) -> list[list[int]]:
    return [[int(i == j) for j in range(size)] for i in range(size)]


def feature_gram(x: Any, c: Scalar = 1) -> list[Expr]:
    """The entries of XXᵀ − c I."""
    return difference(product(x.X, transposed(x.X)), identity(x.d), c)


def sample_gram(x: Any, c: Scalar = 1) -> list[Expr]:
    """The entries of XᵀX − c I."""
    return difference(product(transposed(x.X), x.X), identity(x.n), c)


UNIT_FEATURES = Hypothesis("unit-features", "XX^\\top = I_d", equals_zero(feature_gram))
UNIT_SAMPLES = Hypothesis("unit-samples", "X^\\top X = I_n", equals_zero(sample_gram))
FIRST = Hypothesis("first-constraint", "W_1 = Y_2", equals_zero(lambda x: difference(x.W1, dual_output(x))))
SECOND = Hypothesis("second-constraint", "W_2 = Y_1", equals_zero(lambda x: difference(x.W2, base_output(x))))
CENTRED = Hypothesis("centred", "X 1 = 0", equals_zero(lambda x: centred(x)))
UNIT_VARIANCE = Hypothesis("unit-variance", "XX^\\top = n I_d", equals_zero(lambda x: feature_gram(x, x.n)))
CENTRED_SAMPLES = Hypothesis(
    "centred", r"X^\top 1 = 0", equals_zero(lambda x: [ex.total(column) for column in transposed(x.X)])
)
UNIT_VARIANCE_SAMPLES = Hypothesis("unit-variance", "X^\\top X = d I_n", equals_zero(lambda x: sample_gram(x, x.d)))
EVEN_FEATURES = Hypothesis("even-features", "XX^\\top = c I_d", equals_zero(lambda x: feature_gram(x, x.c)))
EVEN_SAMPLES = Hypothesis("even-samples", "X^\\top X = c I_n", equals_zero(lambda x: sample_gram(x, x.c)))


def centred(x: Any) -> list[Expr]:
    """X 1, the sums of the features over the samples."""
    return [ex.total(row) for row in x.X]


def draw(
    domain: Domain, along: str, derived: Callable[[dict[str, Any]], dict[str, Any]] = lambda batch: {}
) -> Callable[[Sizes, int, Any], dict[str, Any]]:
    """A sampler of X with orthonormal rows ("d") or columns ("n") where the sizes allow it, times √c where c is a variable.

    derived: the variables that the hypotheses fix, from the others, which are normal.
    """

    def sample(sizes: Sizes, cases: int, generator: Any) -> dict[str, Any]:
        import torch

        batch = {
            v.name: torch.randn(cases, *v.extent(sizes), generator=generator, dtype=torch.float64)
            for v in domain.variables
        }
        across = {"d": "n", "n": "d"}[along]
        if sizes[along] <= sizes[across]:
            tall = torch.randn(cases, sizes[across], sizes[along], generator=generator, dtype=torch.float64)
            q = torch.linalg.qr(tall)[0]
            batch["X"] = q.mT if along == "d" else q
        if "c" in batch:
            batch["c"] = batch["c"].abs().clamp(0.1, 10)
            batch["X"] = batch["X"] * batch["c"].sqrt()[:, None, None]
        return {**batch, **derived(batch)}

    return sample


def with_second(batch: dict[str, Any]) -> dict[str, Any]:
    """W_2 = W_1 X."""
    return {"W2": batch["W1"] @ batch["X"]}


def with_first(batch: dict[str, Any]) -> dict[str, Any]:
    """W_1 = W_2 Xᵀ."""
    return {"W1": batch["W2"] @ batch["X"].mT}
