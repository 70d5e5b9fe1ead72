"""Hessians of the loss in the dual weights, by autograd, against singular values of the features."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import torch

from ddcl_theory import expression as ex
from ddcl_theory.claims.ddcl import conditioning as claim


def hessian(z: torch.Tensor, q: torch.Tensor) -> torch.Tensor:
    """Second derivatives of Σ_n Σ_j q_nj ‖z_n − Σ_m W_mj z_m‖² in W, q constant."""
    n, k = q.shape

    def loss(w: torch.Tensor) -> torch.Tensor:
        return (q * (z[:, None] - w.reshape(n, k).T @ z).square().sum(-1)).sum()

    return torch.autograd.functional.hessian(loss, torch.zeros(n * k, dtype=torch.float64))


@pytest.mark.parametrize("n, k, d", [(3, 2, 2), (2, 3, 4), (5, 1, 3)])
def test_eigenvalues_are_usage_times_squared_singular_values(n: int, k: int, d: int) -> None:
    g = torch.Generator().manual_seed(n)
    z = torch.randn(n, d, generator=g, dtype=torch.float64)
    q = torch.softmax(torch.randn(n, k, generator=g, dtype=torch.float64), -1)
    found = torch.linalg.eigvalsh(hessian(z, q)).sort().values
    squares = torch.linalg.svdvals(z).square()
    squares = torch.cat([squares, torch.zeros(n - len(squares), dtype=torch.float64)])
    expected = (2 * q.sum(0)[:, None] * squares).flatten().sort().values
    torch.testing.assert_close(found, expected, atol=1e-10, rtol=1e-10)


@pytest.mark.parametrize("t", [Fraction(1, 2), Fraction(1, 30), Fraction(1, 2000)])
def test_standardised_features_of_any_condition(t: Fraction) -> None:
    rows = [[v.data for v in row] for row in claim.correlated(ex.lift(t))]
    for column in zip(*rows, strict=True):
        assert sum(column) == 0 and sum(c * c for c in column) == len(rows)
    values = np.linalg.svd(np.array(rows, dtype=float), compute_uv=False)
    assert (values[0] / values[1]) ** 2 == pytest.approx(float(1 / t**2), rel=1e-6)


def test_batch_normalisation_keeps_correlated_features_correlated() -> None:
    g = torch.Generator().manual_seed(0)
    base = torch.randn(64, 1, generator=g, dtype=torch.float64)
    z = torch.cat([base, 3 * base + 1e-3 * torch.randn(64, 1, generator=g, dtype=torch.float64)], 1)
    normalised = torch.nn.BatchNorm1d(2, eps=1e-30, affine=False, dtype=torch.float64)(z)
    values = torch.linalg.svdvals(normalised)
    assert float((values[0] / values[1]).square()) > claim.BOUND


def test_one_feature_leaves_one_curvature() -> None:
    """d = 1: the range of Z is a line, so that one prototype has condition number 1."""
    z = torch.tensor([[1.0], [2.0], [-5.0]], dtype=torch.float64)
    values = torch.linalg.eigvalsh(hessian(z, torch.ones(3, 1, dtype=torch.float64)))
    assert int((values > 1e-9).sum()) == 1
