"""Explicit unbounded solutions, descent and dissipation of the reduced flow, and training, against autograd and by hand."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
import torch

from ddcl_core import functional as core
from ddcl_core.energy import ReducedEnergy
from ddcl_core.functional import project_tangent_cone

F64 = torch.float64

SOLUTIONS = [
    # (samples, P_0, q, λ_sep, λ_P, growth rate)
    ([[0.0]], [[0.0], [1.0], [-1.0]], [[1.0, 0.0, 0.0]], 1.0, 1.0, 4.0),
    ([[0.0]], [[1.0], [-2.0]], [[1.0, 0.0]], 2 / 3, 1 / 3, 4 / 3),
]


def rate_of_change(function, points, velocities) -> float:  # type: ignore[no-untyped-def]
    """The derivative of a scalar function along velocities, by reverse-mode autograd."""
    leaves = [point.clone().requires_grad_() for point in points]
    slopes = torch.autograd.grad(function(*leaves), leaves)
    return float(sum((slope * velocity).sum() for slope, velocity in zip(slopes, velocities, strict=True)))


@pytest.mark.parametrize("z, p, q, separation, weight, rate", SOLUTIONS)
def test_explicit_solutions_grow(z, p, q, separation, weight, rate) -> None:  # type: ignore[no-untyped-def]
    """−∇_P E = rate · P and the tangent-cone projection of −∇_q E is 0, at P_0 and far out on the ray."""
    q = torch.tensor(q, dtype=F64)
    for scale in (1.0, 1000.0):
        rows = (scale * torch.tensor(p, dtype=F64)).requires_grad_()
        shares = q.clone().requires_grad_()
        samples = torch.tensor(z, dtype=F64)
        quantisation = (shares * (samples[:, None] - rows).square().sum(-1)).sum()
        pairs = sum((rows[i] - rows[j]).square().sum() for i in range(len(p)) for j in range(i))
        value = quantisation - separation * pairs + weight * rows.square().sum()
        slope_p, slope_q = torch.autograd.grad(value, (rows, shares))
        torch.testing.assert_close(-slope_p, rate * rows.detach(), rtol=1e-12, atol=1e-9)
        assert bool((project_tangent_cone(-slope_q, q) == 0).all())
        energy = ReducedEnergy(z=samples, separation=separation, weight=weight)
        torch.testing.assert_close(energy.grad_prototypes(rows.detach(), q), slope_p)


def test_the_pair_solution_in_fractions() -> None:
    sep, weight, p = Fraction(2, 3), Fraction(1, 3), (Fraction(1), Fraction(-2))
    slope = (2 * p[0] - 2 * sep * (p[0] - p[1]) + 2 * weight * p[0], -2 * sep * (p[1] - p[0]) + 2 * weight * p[1])
    assert (-slope[0], -slope[1]) == (Fraction(4, 3) * p[0], Fraction(4, 3) * p[1])


def test_kkt_set_of_the_three_prototype_example_is_the_origin() -> None:
    """λ_sep = λ_P = 1, n = 1, z = 0: with S = Σp ≠ 0 a KKT point needs Σ 1/(2 − q_j) = 1, but the sum is at least 9/5."""
    grid = [(Fraction(i, 30), Fraction(j, 30), Fraction(30 - i - j, 30)) for i in range(31) for j in range(31 - i)]
    assert min(sum(1 / (2 - share) for share in q) for q in grid) == Fraction(9, 5)


def test_l_q_rises_under_stopped_training() -> None:
    z, p, t = torch.zeros(1, 1, dtype=F64), torch.tensor([[0.0], [1.0]], dtype=F64), 0.5

    def loss(rows: torch.Tensor) -> torch.Tensor:
        d = (z[:, None] - rows).square().sum(-1)
        return (torch.softmax(-d / t, -1) * d).sum()

    speed = -core.training_gradient(z, p, t, mode="stopped", reduction="sum")
    rate = rate_of_change(loss, (p,), (speed,))
    q = core.soft_assignment(z, p, t)[0]
    assert rate == pytest.approx(float(4 * q[1] ** 2 * (q[0] / t - 1)), rel=1e-12)
    assert rate > 0
    full = -core.training_gradient(z, p, t, mode="full", reduction="sum")
    assert rate_of_change(loss, (p,), (full,)) < 0


def test_the_fixed_point_with_unequal_distances() -> None:
    q = (Fraction(5, 8), Fraction(3, 8))
    a = Fraction(1, 4)
    assert q[1] / q[0] == Fraction(3, 5) ** int((1 + a) ** 2 - (1 - a) ** 2)
    assert q[0] * 1 + q[1] * -1 == a
    z, p = torch.tensor([[1.0], [-1.0]], dtype=F64), torch.tensor([[0.25], [-0.25]], dtype=F64)
    gradient = core.training_gradient(z, p, 1 / math.log(5 / 3), reduction="sum")
    assert float(gradient.abs().max()) < 1e-14
    energy = ReducedEnergy(z=z)
    assert float(energy.kkt_residual(p, core.soft_assignment(z, p, 1 / math.log(5 / 3)))) > 0.1


def test_shifted_free_energy_falls_at_the_predicted_rate() -> None:
    generator = torch.Generator().manual_seed(2)
    z, p = torch.randn(5, 2, generator=generator, dtype=F64), torch.randn(4, 2, generator=generator, dtype=F64)
    t, kappa = torch.tensor(0.7, dtype=F64), 0.3

    def shifted(rows: torch.Tensor, temperature: torch.Tensor) -> torch.Tensor:
        d = (z[:, None] - rows).square().sum(-1)
        return (-temperature * (torch.logsumexp(-d / temperature, -1) - math.log(4))).sum()

    speed = -core.training_gradient(z, p, 0.7, reduction="sum")
    rate = rate_of_change(shifted, (p, t), (speed, -kappa))
    q = core.soft_assignment(z, p, 0.7)
    entropy = -(q * q.log()).sum(-1)
    predicted = -speed.square().sum() - kappa * (math.log(4) - entropy).sum()
    assert rate == pytest.approx(float(predicted), rel=1e-10)


@pytest.mark.parametrize("seed", range(8))
def test_dissipation_on_faces_with_several_samples(seed: int) -> None:
    """The one-sided derivative of E along the flow, by autograd, is minus the squared speed on any face."""
    generator = torch.Generator().manual_seed(seed)
    n, k, d = 4, 4, 2
    z, p = (torch.randn(size, d, generator=generator, dtype=F64) for size in (n, k))
    q = torch.rand(n, k, generator=generator, dtype=F64) * (torch.rand(n, k, generator=generator, dtype=F64) > 0.5)
    q[:, 0] += 0.1
    q = q / q.sum(-1, keepdim=True)
    energy = ReducedEnergy(z=z, separation=0.4, weight=0.3)
    speed_p = -energy.grad_prototypes(p, q)
    speed_q = project_tangent_cone(-energy.grad_q(p, q), q)

    def value(rows: torch.Tensor, shares: torch.Tensor) -> torch.Tensor:
        pairs = sum((rows[i] - rows[j]).square().sum() for i in range(k) for j in range(i))
        return (shares * (z[:, None] - rows).square().sum(-1)).sum() - 0.4 * pairs + 0.3 * rows.square().sum()

    rate = rate_of_change(value, (p, q), (speed_p, speed_q))
    assert rate == pytest.approx(-float(speed_p.square().sum() + speed_q.square().sum()), rel=1e-12)


def test_slopes_of_the_entropies_pass_every_bound() -> None:
    for bound in (1.0, 10.0, 100.0):
        h = torch.tensor(math.exp(-bound - 2), dtype=F64, requires_grad=True)
        q = torch.stack([1 - h, h])[None]
        for function in (core.negative_entropy, core.balance):
            (slope,) = torch.autograd.grad(function(q), h, retain_graph=True)
            assert float(slope) < -bound
