"""The scalar equations behind the entropic step, certified by their own residuals."""

from __future__ import annotations

import itertools

import pytest
import torch

from ddcl_core.flow.entropic import solve_rows


def rows(device, seed=0, n=30, k=5):
    generator = torch.Generator().manual_seed(seed)
    y = torch.rand(n, k, generator=generator, dtype=torch.float64) * 2 - 0.5
    q = torch.softmax(6 * torch.randn(n, k, generator=generator, dtype=torch.float64), -1)
    q[: n // 3] = torch.eye(k, dtype=torch.float64)[q[: n // 3].argmax(-1)]
    return y.to(device), (q.mean(0) - q).to(device)


SIZES = (0.0, 1e-12, 1e-3, 1.0, 1e3)


@pytest.mark.parametrize(("balance", "entropy"), [pair for pair in itertools.product(SIZES, SIZES) if any(pair)])
def test_solution_satisfies_its_equations(device, balance, entropy) -> None:
    """The left side is increasing in every entry, so a point that satisfies the equations is the only one."""
    y, offset = rows(device)
    x = solve_rows(y, offset, y.new_tensor(balance), y.new_tensor(entropy))
    assert (x >= 0).all()
    torch.testing.assert_close(x.sum(-1), torch.ones_like(x[:, 0]), rtol=0, atol=1e-15)
    raised = x + offset if balance else torch.ones_like(x)
    assert (raised >= -1e-14).all()
    logarithms = balance * raised.clamp(min=0).log() + (entropy * x.log() if entropy else 0)
    multiplier = y - x - logarithms
    # Where an argument is within 1e-9 of zero, its logarithm is known too poorly from x to test an equation.
    known = (x > 1e-9) & (raised > 1e-9)
    assert (known.sum(-1) >= 1).all()
    nu = multiplier.masked_fill(~known, 0).sum(-1, keepdim=True) / known.sum(-1, keepdim=True)
    slack = 1e-13 + 1e-6 * (balance + entropy)
    assert ((multiplier - nu).abs() <= slack)[known].all()
    # For the others the left side is already too large 1e-9 above x, so the root lies between x and the end of the domain.
    ends = y - x - 1e-9 - balance * (raised.clamp(min=0) + 1e-9).log() - (entropy * (x + 1e-9).log() if entropy else 0)
    assert (ends <= nu + slack)[~known].all()


def test_rows_that_are_not_finite_come_back_as_nan(device) -> None:
    y, offset = rows(device, n=6)
    y[2, 1] = torch.nan
    x = solve_rows(y, offset, y.new_tensor(0.1), y.new_tensor(0.1))
    assert x[2].isnan().all()
    assert x[[0, 1, 3, 4, 5]].isfinite().all()
