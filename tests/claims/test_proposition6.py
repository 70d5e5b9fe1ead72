"""Facts about the force between collapsing prototypes, from automatic differentiation and from fractions by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
import torch

from ddcl_core.functional import ols_loss, quantization_loss, soft_assignment, training_gradient
from ddcl_theory.claims.ddcl import force
from ddcl_theory.claims.ddcl import proposition6 as claim
from ddcl_theory.domain import namespace_of_point
from ddcl_theory.evaluate import fractions, tensors
from ddcl_theory.point import exact

Z = torch.tensor([[0.3, -1.0], [1.7, 0.4], [-0.6, 2.0]], dtype=torch.float64)
P = torch.tensor([[1.0, 0.5], [-0.2, 0.1], [0.7, -0.9]], dtype=torch.float64)
T = 0.8


def opened(e):
    centre, u = (P[0] + P[1]) / 2, (P[0] - P[1]) / 2
    return torch.stack([centre + e * u, centre - e * u, P[2]]), u


def measured(force_of, step=1e-5):
    """Central difference in e of u·(F_1 − F_2)."""

    def net(e):
        p, u = opened(e)
        f = force_of(p)
        return float((u * (f[0] - f[1])).sum())

    return (net(step) - net(-step)) / (2 * step)


def of_loss(loss, stopped):
    """−∂(mean loss)/∂P by autograd."""

    def force_of(p):
        p = p.clone().requires_grad_()
        q = soft_assignment(Z, p.detach() if stopped else p, T)
        (gradient,) = torch.autograd.grad(loss(Z, p, q), p)
        return -gradient

    return force_of


def predicted(predicate):
    x = claim.DATA.namespace({"k": 3, "d": 2, "n": 3})
    (value,) = tensors([predicate(x)], {"z": Z[None], "p": P[None], "T": torch.tensor([T], dtype=torch.float64)})
    return float(value[0])


@pytest.mark.parametrize(
    ("predicate", "loss", "stopped"),
    [
        (lambda x: claim.stopped_rate(x, x.p), quantization_loss, True),
        (lambda x: claim.full_rate(x, x.p), quantization_loss, False),
        (lambda x: claim.ols_rate(x, x.p), ols_loss, True),
        (lambda x: claim.ols_full_rate(x, x.p), ols_loss, False),
    ],
)
def test_rates_are_those_of_autograd(predicate, loss, stopped):
    assert predicted(predicate) == pytest.approx(measured(of_loss(loss, stopped)), rel=1e-7)


def test_closed_forms_of_the_stopped_rates():
    assert predicted(claim.stopped_formula) == pytest.approx(measured(of_loss(quantization_loss, True)), rel=1e-7)
    assert predicted(claim.ols_formula) == pytest.approx(measured(of_loss(ols_loss, True)), rel=1e-7)


def test_fixed_shares_attract_with_the_printed_size():
    shares = soft_assignment(Z, P, T)

    def force_of(p):
        p = p.clone().requires_grad_()
        (gradient,) = torch.autograd.grad(quantization_loss(Z, p, shares), p)
        return -gradient

    _, u = opened(0.0)
    size = 2 * float((shares[:, 0] + shares[:, 1]).mean() * u.square().sum())
    assert measured(force_of) == pytest.approx(-size, rel=1e-8)


def by_hand(z, t):
    """p = ±1, one sample: the rate 2(q_1 + q_2)(2z²/T − 1) with q_1 = q_2 = 1/2."""
    return 2 * (2 * Fraction(z) ** 2 / Fraction(t) - 1)


@pytest.mark.parametrize(("z", "t"), [(0, 1), (1, 2), (1, 1), (3, 5), ("1/2", 4)])
def test_the_stopped_rate_by_hand(z, t):
    p = {"z": exact([[z]]), "p": exact([[1], [-1]]), "T": exact(t)}
    x = claim.DATA.namespace(namespace_of_point(claim.DATA, p))
    assert fractions([claim.stopped_rate(x, x.p)], p) == [by_hand(z, t)]


@pytest.mark.parametrize(("mode", "multiple"), [("stopped", 2.0), ("full", 4.0)])
def test_the_training_field_of_the_core_changes_sign_at_the_threshold(mode, multiple):
    z = torch.tensor([[1.5], [-1.5], [0.5], [-0.5]], dtype=torch.float64)
    variance = float(z.square().mean())
    for ratio in (0.9, 1.1):
        p = torch.tensor([[1e-4], [-1e-4]], dtype=torch.float64)
        separating = -training_gradient(z, p, ratio * multiple * variance, "quantization", mode)
        assert (float(separating[0] - separating[1]) > 0) is (ratio < 1)


def test_ols_repels_at_total_collapse_at_any_temperature():
    z = torch.tensor([[1.5], [-1.5], [0.5], [-0.5]], dtype=torch.float64)
    p = torch.tensor([[1e-4], [-1e-4]], dtype=torch.float64)
    for temperature in (0.5, 5.0, 500.0):
        step = -training_gradient(z, p, temperature, "ols", "stopped")
        assert float(step[0] - step[1]) > 0


def test_principal_minors_of_a_matrix_by_hand():
    from ddcl_theory.expression import lift

    minors = force.principal_minors([[lift(2), lift(1)], [lift(1), lift(3)]])
    assert [m.data for m in minors] == [2, 3, 5]
