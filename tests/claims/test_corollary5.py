"""Ratios of learning rates, by NumPy and by automatic differentiation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from ddcl_core import functional as core
from ddcl_proofs.ddcl import corollary5 as proofs
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claims.ddcl import corollary5 as claim
from ddcl_theory.claims.ddcl import corollary5_flow as true
from ddcl_theory.engine import run_part
from ddcl_theory.evaluate import fractions
from ddcl_theory.point import exact


def at(point):
    return {name: exact(value) for name, value in point.items()}


def jacobian(eta_theta, eta_p, weight, temperature=0.7):
    """Of stopped training with λ_P at z = p = 0, the sample first."""

    def field(s):
        z, p = s[:1, None], s[1:, None]
        q = core.soft_assignment(z, p, temperature)
        pull = 2 * q[0] * (z[0] - p[:, 0]) - 2 * weight * p[:, 0]
        return torch.cat([eta_theta * 2 * (q @ p - z)[0], eta_p * pull])

    return torch.func.jacrev(field)(torch.zeros(3, dtype=torch.float64)).numpy()


@pytest.mark.parametrize("rates", [(1.0, 1.0), (100.0, 1.0), (0.2, 0.02), (1e-3, 1.0)])
def test_training_at_rest_is_stable_at_every_ratio(rates):
    eta_theta, eta_p = rates
    j = jacobian(eta_theta, eta_p, 1.0)
    x = true.REST.namespace({})
    point = at({"eta_theta": eta_theta, "eta_P": eta_p, "weight": 1, "bound": 1})
    by_hand = np.array([[float(v) for v in fractions(row, point)] for row in true.stiffness(x)])
    assert np.allclose(-by_hand, j)
    spectrum = np.linalg.eigvals(j)
    assert np.abs(spectrum.imag).max() < 1e-9 and spectrum.real.max() < 0


def test_steps_are_a_matter_of_the_rates_not_of_the_ratio():
    def radius(eta_theta, eta_p):
        return np.abs(1 + np.linalg.eigvals(jacobian(eta_theta, eta_p, 1.0))).max()

    assert radius(1.0, 1.0) == pytest.approx(3.0)
    assert radius(0.2, 0.02) < 1 and radius(0.1, 0.1) < 1


def test_the_linear_model_at_ratio_one():
    def growth(a, b, ratio):
        return np.linalg.eigvals(np.array([[ratio * a - b, -1.0], [1.0, 0.0]])).real.max()

    assert growth(2, 1, 1) > 0 > growth(1, 2, 1)
    assert growth(1, 2, 3) > 0


def test_the_energy_falls_with_features_a_thousand_times_as_fast():
    generator = torch.Generator().manual_seed(1)
    z, p = (torch.randn(size, 2, generator=generator, dtype=torch.float64) for size in (4, 3))

    def energy(z, p):
        return 4 * core.free_energy(z, p, 0.5) + 0.3 * p.square().sum()

    before = energy(z, p)
    dz, dp = torch.func.grad(energy, argnums=(0, 1))(z, p)
    for rates in ((1000.0, 1.0), (1.0, 1000.0)):
        assert energy(z - 1e-7 * rates[0] * dz, p - 1e-7 * rates[1] * dp) < before


def test_proofs_reject_what_the_hypotheses_exclude():
    assert proofs.at_collapse(replace(true.WHATEVER_RATIO.statement, given=(), _traces={})).outcome == "rejected"
    assert proofs.for_all_entries(replace(claim.SAFE.statement, _traces={})).outcome == "rejected"
    assert proofs.descends(true.DESCENDS.twins[0].statement).outcome == "rejected"


def test_the_lost_bound_is_not_decided_and_says_what_is_missing():
    found = run_part(claim.MOVES, Settings(profile=PROFILES["quick"]))
    assert not any(e.witnesses for e in found.evidence)
    assert claim.MOVES.missing and "(40)" in claim.MOVES.missing
