"""What a step along −∇_P V does, from automatic differentiation on `ddcl_core`."""

from __future__ import annotations

import pytest
import torch

from ddcl_core.functional import assignment_covariance, prototype_variance, quantization_loss, soft_assignment


def spread(p):
    return sum((p[i] - p[j]).square().sum() for i in range(len(p)) for j in range(i + 1, len(p)))


def slope(value, p, v):
    return float((torch.func.grad(value)(p) * v).sum())


@pytest.fixture(params=[(2, 1), (3, 2), (5, 4)])
def case(request):
    k, d = request.param
    generator = torch.Generator().manual_seed(k)
    z = torch.randn(1, d, generator=generator, dtype=torch.float64)
    p = torch.randn(k, d, generator=generator, dtype=torch.float64)
    q = torch.softmax(torch.randn(1, k, generator=generator, dtype=torch.float64), -1)
    return z, p, q


def test_the_spread_falls_at_four_k_v(case):
    z, p, q = case
    v = -torch.func.grad(lambda p: prototype_variance(z, p, q))(p)
    assert slope(spread, p, v) == pytest.approx(-4 * len(p) * float(prototype_variance(z, p, q)), rel=1e-10)


def test_v_falls_at_its_squared_gradient(case):
    z, p, q = case
    v = -torch.func.grad(lambda p: prototype_variance(z, p, q))(p)
    assert torch.allclose(v, -2 * assignment_covariance(q)[0] @ p)
    assert slope(lambda p: prototype_variance(z, p, q), p, v) == pytest.approx(-float(v.square().sum()), rel=1e-10)


def test_a_step_on_the_loss_can_raise_v():
    z = torch.tensor([[10.0]], dtype=torch.float64)
    p = torch.tensor([[1.0], [-1.0]], dtype=torch.float64)
    q = torch.tensor([[0.75, 0.25]], dtype=torch.float64)
    v = -torch.func.grad(lambda p: quantization_loss(z, p, q))(p)
    # By hand: Σ 4q²(p − m)(z − p) = 4(9/16 · 1/2 · 9 − 1/16 · 3/2 · 11) = 6.
    assert slope(lambda p: prototype_variance(z, p, q), p, v) == pytest.approx(6.0)


def test_through_the_softmax_the_spread_follows_the_scale(case):
    z, p, _ = case

    def v_of(p):
        return prototype_variance(z, p, soft_assignment(z, p, 0.7))

    step = -torch.func.grad(v_of)(p)
    assert slope(spread, p, step) == pytest.approx(-2 * len(p) * slope(v_of, p, p - p.mean(0)), rel=1e-9)


def test_through_the_softmax_v_can_spread_the_prototypes():
    """Far apart, assignments sharpen with the scale so fast that V falls."""
    z = torch.tensor([[1.0]], dtype=torch.float64)
    p = torch.tensor([[2.0], [-2.0]], dtype=torch.float64)
    step = -torch.func.grad(lambda p: prototype_variance(z, p, soft_assignment(z, p, 1.0)))(p)
    assert slope(spread, p, step) > 0
