"""Regularisers against their definitions in 50-digit and rational arithmetic."""

from __future__ import annotations

import itertools
from fractions import Fraction

import mpmath
import pytest
import torch

from ddcl_core import functional as F


def entropies(q):
    """balance and negative entropy at 50 digits; q (n, k)."""
    n, k = q.shape
    rows = [[mpmath.mpf(x) for x in row] for row in q.tolist()]
    means = [mpmath.fsum(row[j] for row in rows) / n for j in range(k)]
    divergence = mpmath.fsum(m * mpmath.log(k * m) for m in means if m > 0)
    return divergence, mpmath.fsum(x * mpmath.log(x) for row in rows for x in row if x > 0) / n


def test_against_fifty_digits(degenerate) -> None:
    with mpmath.workdps(50):
        divergence, entropy = entropies(degenerate.q)
        assert abs(F.balance(degenerate.q).item() - divergence) <= 1e-15
        assert abs(F.negative_entropy(degenerate.q).item() - entropy) <= 4e-15


def test_values_at_the_ends(device) -> None:
    for k in (1, 2, 5):
        uniform = torch.full((3, k), 1 / k, dtype=torch.float64, device=device)
        vertices = torch.eye(k, dtype=torch.float64, device=device)
        log_k = torch.tensor(float(k), dtype=torch.float64, device=device).log()
        torch.testing.assert_close(F.balance(uniform), 0 * log_k, rtol=0, atol=1e-16)
        torch.testing.assert_close(F.balance(vertices), 0 * log_k, rtol=0, atol=1e-16)
        torch.testing.assert_close(F.balance(vertices[:1].expand(4, k)), log_k, rtol=1e-15, atol=0)
        assert F.negative_entropy(vertices) == 0
        torch.testing.assert_close(F.negative_entropy(uniform), -log_k, rtol=1e-15, atol=1e-16)


def test_balance_is_never_negative_and_keeps_tiny_values(device) -> None:
    for exponent in range(2, 20):
        shift = 10.0**-exponent
        q = torch.tensor([[0.5 + shift, 0.5 - shift]], dtype=torch.float64, device=device)
        exact_shift = Fraction(q[0, 0].item()) - Fraction(1, 2)
        got = F.balance(q).item()
        assert got >= 0
        # KL = 2 s^2 + O(s^4); the rounding error is relative to s.
        assert abs(got - float(2 * exact_shift**2)) <= 2 * shift**4 + 4e-16 * float(exact_shift)


def test_separation_and_norm_against_rational_arithmetic(degenerate) -> None:
    rows = [[Fraction(x) for x in row] for row in degenerate.prototypes.tolist()]
    k = len(rows)
    pairs = sum(sum((a - b) ** 2 for a, b in zip(p, r, strict=True)) for p, r in itertools.combinations(rows, 2))
    norm = sum(x * x for row in rows for x in row)
    expected = {
        "unordered": -pairs,
        "ordered": -2 * pairs,
        "mean": -pairs * 2 / (k * (k - 1)) if k > 1 else Fraction(0),
    }
    for name, truth in expected.items():
        got = Fraction(F.separation(degenerate.prototypes, name).item())
        assert abs(got - truth) <= Fraction(1, 10**14) * abs(truth) + Fraction(2) ** -1060
    assert abs(Fraction(F.weight_norm(degenerate.prototypes).item()) - norm) <= Fraction(1, 10**14) * norm


def test_separation_of_coincident_prototypes_is_exactly_zero(draw) -> None:
    assert F.separation(draw(offset=0.1).prototypes[:1].expand(5, 3)) == 0


def test_separation_survives_an_offset_in_single_precision(draw) -> None:
    prototypes = draw(offset=1000.0, dtype=torch.float32).prototypes
    torch.testing.assert_close(F.separation(prototypes).double(), F.separation(prototypes.double()), rtol=1e-6, atol=0)


def test_batches(draw) -> None:
    problem = draw(batch=(2, 3))
    for value in (F.balance(problem.q), F.negative_entropy(problem.q), F.separation(problem.prototypes)):
        assert value.shape == (2, 3)
    torch.testing.assert_close(F.balance(problem.q)[1, 2], F.balance(problem.q[1, 2]), rtol=1e-14, atol=1e-16)
    assert F.weight_norm(problem.prototypes).shape == (2, 3)


def test_gradients(draw) -> None:
    problem = draw(n=3, k=3, d=2)
    logits = problem.q.log().requires_grad_()
    assert torch.autograd.gradcheck(lambda x: F.balance(torch.softmax(x, -1)), (logits,))
    assert torch.autograd.gradcheck(lambda x: F.negative_entropy(torch.softmax(x, -1)), (logits,))
    prototypes = problem.prototypes.requires_grad_()
    for pairs in ("unordered", "ordered", "mean"):
        assert torch.autograd.gradcheck(lambda p, pairs=pairs: F.separation(p, pairs), (prototypes,))
    assert torch.autograd.gradcheck(F.weight_norm, (prototypes,))


@pytest.mark.parametrize("regulariser", [F.balance, F.negative_entropy])
def test_slope_is_infinite_at_an_empty_cluster(device, regulariser) -> None:
    q = torch.tensor([[0.5, 0.5, 0.0]], dtype=torch.float64, device=device, requires_grad=True)
    regulariser(q).backward()
    assert q.grad is not None
    assert q.grad[0, 2] == -torch.inf
    assert q.grad[0, :2].isfinite().all()
