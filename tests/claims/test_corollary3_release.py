"""The released force against autograd: where it vanishes, what it does to assignments and to native prototypes."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claims.ddcl import corollary3_release as claim
from ddcl_theory.claims.ddcl import corollary3_release_native as native
from ddcl_theory.evidence import Outcome

F64 = torch.float64
QUICK = Settings(profile=PROFILES["quick"])


def shares(z: Tensor, p: Tensor, t: float) -> Tensor:
    return torch.softmax(-(z[:, None] - p).square().sum(-1) / t, -1)


def variance(p: Tensor, q: Tensor) -> Tensor:
    return (q * (p - (q @ p)[:, None]).square().sum(-1)).sum()


def force(z: Tensor, p: Tensor, t: float) -> Tensor:
    leaf = z.clone().requires_grad_()
    return torch.autograd.grad(variance(p, shares(leaf, p, t)), leaf)[0]


def rate(function, point: Tensor, velocity: Tensor) -> float:  # type: ignore[no-untyped-def]
    leaf = point.clone().requires_grad_()
    return float((torch.autograd.grad(function(leaf), leaf)[0] * velocity).sum())


def test_nothing_acts_on_an_undecided_sample() -> None:
    z, p = torch.zeros(1, 2, dtype=F64), torch.tensor([[1.0, 2.0], [-1.0, -2.0]], dtype=F64)
    assert float(force(z, p, 0.7).abs().max()) < 1e-15
    leaf = p.clone().requires_grad_()
    on_prototypes = torch.autograd.grad(variance(leaf, shares(z, p, 0.7)), leaf)[0]
    assert float(on_prototypes.abs().max()) == pytest.approx(2.0)


def test_two_prototypes_pull_the_feature_to_the_nearer_one() -> None:
    z, p, t = torch.tensor([[0.3, -0.2]], dtype=F64), torch.tensor([[1.0, 0.5], [-1.0, 0.25]], dtype=F64), 1.3
    q = shares(z, p, t)[0]
    gap = p[0] - p[1]
    predicted = 2 / t * q[0] * q[1] * (q[1] - q[0]) * gap.square().sum() * gap
    torch.testing.assert_close(force(z, p, t)[0], predicted)
    sharpening = rate(lambda s: shares(s, p, t).square().sum(), z, -force(z, p, t))
    closed = 8 / t**2 * (q[0] * q[1] * (q[0] - q[1]) * gap.square().sum()) ** 2
    assert sharpening == pytest.approx(float(closed), rel=1e-10)


def test_three_prototypes_may_soften_the_assignment() -> None:
    z, p, t = torch.zeros(1, 1, dtype=F64), torch.tensor([[-2.0], [0.0], [1.0]], dtype=F64), 1 / math.log(2)
    torch.testing.assert_close(shares(z, p, t)[0], torch.tensor([1, 16, 8], dtype=F64) / 25)
    step = -force(z, p, t)
    assert float(step) > 0
    assert rate(lambda s: shares(s, p, t).square().sum(), z, step) == pytest.approx(-0.0294083249931, rel=1e-9)
    assert rate(lambda s: variance(p, shares(s, p, t)), z, step) == pytest.approx(-float(step**2), rel=1e-12)


def spread(p: Tensor) -> Tensor:
    return sum(((p[i] - p[j]).square().sum() for i in range(len(p)) for j in range(i)), torch.zeros((), dtype=F64))


@pytest.mark.parametrize("n, k, d", [(2, 2, 1), (4, 3, 2), (6, 5, 3)])
def test_even_weights_contract_at_four_k_c_v(n: int, k: int, d: int) -> None:
    g = torch.Generator().manual_seed(n)
    z = torch.randn(n, d, generator=g, dtype=F64)
    w = 1.7 * torch.linalg.qr(torch.randn(n, k, generator=g, dtype=F64))[0]
    q = shares(z, w.T @ z, 0.8)
    leaf = z.clone().requires_grad_()
    speed = -torch.autograd.grad(variance(w.T @ leaf, q), leaf)[0]
    expected = -4 * k * 1.7**2 * float(variance(w.T @ z, q))
    assert rate(lambda s: spread(w.T @ s), z, speed) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("d", [1, 3])
def test_near_samples_attract_and_far_ones_repel(d: int) -> None:
    """The sign changes where x tanh(x/2) = 1, x = δ/T: at x = 1.5434."""
    for x in (0.1, 1.0, 1.54, 1.55, 3.0):
        t = 0.9
        z = torch.zeros(2, d, dtype=F64)
        z[1, 0] = math.sqrt(x * t)
        leaf = z.clone().requires_grad_()
        speed = -torch.autograd.grad(variance(leaf, shares(leaf, leaf, t)), leaf)[0]
        found = rate(spread, z, speed)
        q = 1 / (1 + math.exp(-x))
        assert found == pytest.approx(-16 * x * t * q * (1 - q) * (1 - x * math.tanh(x / 2)), rel=1e-9)
        assert (found < 0) == (x < 1.5434)


@pytest.mark.parametrize("part", [claim.EXTRA, claim.FALLS, native.CONTRACTS], ids=lambda p: p.id)
def test_proofs_reject_their_twins(part) -> None:  # type: ignore[no-untyped-def]
    (check,) = (c for c in part.checks if isinstance(c, Symbolic))
    bad = check.run(part.twins[0].statement, QUICK)
    assert bad.outcome is Outcome.UNDECIDED and bad.violated
