"""Equilibria and spectra of training, from `ddcl_core` and by hand."""

from __future__ import annotations

import pytest
import torch

from ddcl_core.functional import (
    free_energy,
    prototype_variance,
    soft_assignment,
    training_gradient,
    training_gradient_features,
)
from ddcl_theory.claims.ddcl import theorem3_applies as claim
from ddcl_theory.claims.ddcl.dynamics.spectra import TrainingField, equilibrium, spectrum, velocity
from ddcl_theory.evaluate import balls, fractions, tensors
from ddcl_theory.point import exact


def at(point):
    return {name: exact(value) for name, value in point.items()}


@pytest.mark.parametrize("mode", ["stopped", "full"])
def test_the_weighted_data_are_at_rest_with_prototypes_apart(mode):
    x = claim.FOUR.namespace({})
    velocities = claim.field(mode, x)([claim.ex.lift(-1), claim.ex.lift(1)])
    for ball in balls(velocities, at(claim.RESTING)):
        assert ball.contains(0) and float(ball.rad()) < 1e-20


def test_the_jacobian_is_that_of_the_core():
    masses = (3, 2)
    z = torch.tensor([[-2.0], [2.0]] * masses[0] + [[-0.5], [0.5]] * masses[1], dtype=torch.float64)
    p = torch.tensor([[-1.0], [1.0]], dtype=torch.float64)
    for mode in ("stopped", "full"):
        wanted = torch.func.jacrev(lambda p, mode=mode: -training_gradient(z, p, 1.3, mode=mode, reduction="sum"))(p)[
            :, 0, :, 0
        ]
        x = claim.FOUR.namespace({})
        data = [[claim.ex.lift(claim.ex.Fraction(float(v)))] for v in z[:, 0]]

        def flow(s, mode=mode, data=data, x=x):
            if mode == "stopped":
                return claim.f.stopped_prototypes(data, claim.f.rows(s, 1), x.T, [1] * len(data))
            return claim.f.minus_gradient(
                lambda t: claim.f.full_loss(data, claim.f.rows(t, 1), x.T, [1] * len(data)), s
            )

        j = claim.f.jacobian(flow, [-1, 1])
        values = tensors([e for row in j for e in row], {"T": torch.tensor([1.3], dtype=torch.float64)})
        assert torch.allclose(torch.stack([v[0] for v in values]).reshape(2, 2), wanted, rtol=1e-10)


def test_the_stopped_field_is_the_gradient_of_the_free_energy():
    generator = torch.Generator().manual_seed(3)
    z = torch.randn(5, 3, generator=generator, dtype=torch.float64)
    p = torch.randn(4, 3, generator=generator, dtype=torch.float64)
    dz, dp = torch.func.grad(lambda z, p: free_energy(z, p, 0.6), argnums=(0, 1))(z, p)
    assert torch.allclose(training_gradient(z, p, 0.6), dp)
    assert torch.allclose(training_gradient_features(z, p, 0.6), dz)


def test_rest_of_prototypes_and_features_means_collapse():
    """Σ_nj q_nj p_j·(p_j − z_n) = Σ_n V_n where z_n = Pq_n: both at rest only with V = 0."""
    generator = torch.Generator().manual_seed(5)
    z = torch.randn(6, 2, generator=generator, dtype=torch.float64)
    p = torch.randn(3, 2, generator=generator, dtype=torch.float64)
    q = soft_assignment(z, p, 0.5)
    pull = training_gradient(z, p, 0.5, reduction="sum")
    rest_of_features = z - q @ p
    spread = float(prototype_variance(z, p, q, "sum"))
    # Without rest of the features the two sides differ by Σ_n m_n·(z_n − m_n).
    assert float((p * pull).sum()) / 2 == pytest.approx(spread - float((q @ p * rest_of_features).sum()), rel=1e-10)


@pytest.mark.parametrize("mode", ["stopped", "full"])
def test_spectra_at_equilibria_are_real_and_a_turned_field_is_not(mode):
    generator = torch.Generator().manual_seed(7)
    z = torch.randn(6, 2, generator=generator, dtype=torch.float64)
    field = TrainingField(mode)
    state = equilibrium(field, z, 2, 0.5, generator)
    assert float(velocity(field, z, 2, 0.5)(state).abs().max()) < 1e-8
    for ratio in (1e-3, 1.0, 1e3):
        values = spectrum(field, z, 2, state, 0.5, ratio)
        assert float(values.imag.abs().max()) <= 1e-6 * float(values.abs().max())
    turned = spectrum(TrainingField(mode, turn=3.0), z, 2, state, 0.5, 1.0)
    assert float(turned.imag.abs().max()) > 1e-2 * float(turned.abs().max())


def test_the_cubic_discriminant_by_hand():
    """Roots 0, −1, −3 give (1·3·2)² = 36."""
    from ddcl_theory.expression import lift

    j = [[lift(-1), lift(0), lift(1)], [lift(0), lift(-1), lift(1)], [lift(1), lift(1), lift(-2)]]
    assert fractions([claim.spectrum_parts.discriminant(j)], {}) == [36]


def test_concentration_follows_the_prototypes_back():
    """The stopped flow from a separation above the resting one: D_P falls, and C_q with it."""
    z = torch.tensor([[-2.0], [2.0], [-0.5], [0.5]], dtype=torch.float64)
    p = torch.tensor([[-3.0], [3.0]], dtype=torch.float64)
    concentrations, separations = [], []
    for _ in range(60):
        q = torch.softmax(-(z - p.T).square(), -1)
        concentrations.append(float(q.square().sum(-1).mean()))
        separations.append(float((p[1] - p[0]).square()))
        p = p - 0.05 * training_gradient(z, p, 1.0)
    assert separations == sorted(separations, reverse=True)
    assert concentrations == sorted(concentrations, reverse=True)
