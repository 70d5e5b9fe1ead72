"""Facts about dispersion and equilibria, from fields and maps written out here and from fractions by hand."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from ddcl_proofs.ddcl import theorem2 as proofs
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claim import examine
from ddcl_theory.claims.ddcl import theorem2_dispersion as dispersion
from ddcl_theory.claims.ddcl import theorem2_equilibria as claim
from ddcl_theory.claims.ddcl.dynamics.phase import Phase, everywhere

QUICK = Settings(profile=PROFILES["quick"])
RNG = np.random.default_rng(11)


def shares(z, p, t):
    d = np.square(z[:, None] - p).sum(-1)
    w = np.exp(-(d - d.min(1, keepdims=True)) / t)
    return w / w.sum(1, keepdims=True)


def force(z, p, t, w=None):
    w = np.full(len(z), 1 / len(z)) if w is None else w
    q = w[:, None] * shares(z, p, t)
    return 2 * (q.T @ z - q.sum(0)[:, None] * p)


def settle(z, p, t, steps=600):
    for _ in range(steps):
        q = shares(z, p, t)
        p = (q.T @ z) / q.sum(0)[:, None]
    return p


def test_dispersion_grows_however_large_it_is():
    for far in (3.0, 10.0, 50.0):
        f = force(np.zeros((1, 1)), np.array([[1.0], [far]]), 0.125)
        assert (far - 1) * (f[1, 0] - f[0, 0]) > 0


def test_no_prototype_leaves_a_ball_that_contains_the_data():
    for _ in range(50):
        z = RNG.normal(size=(6, 2))
        p = RNG.normal(size=(3, 2))
        radius = np.linalg.norm(z, axis=1).max()
        p[0] *= (radius + RNG.exponential()) / np.linalg.norm(p[0])
        assert p[0] @ force(z, p, 10 ** RNG.uniform(-1, 1))[0] <= 0


def test_a_lost_prototype_takes_exponentially_long_to_come_back():
    """ẋ = −2x e^{−x²/T}/(1 + e^{−x²/T}): the time from X to X/2, by quadrature, against (log 2 / 2) e^{X²/4T}."""
    for far, t in ((2.0, 0.5), (3.0, 0.5)):
        grid = np.linspace(far / 2, far, 20001)
        w = np.exp(-(grid**2) / t)
        time = np.trapezoid((1 + w) / (2 * grid * w), grid)
        assert time > math.log(2) / 2 * math.exp(far**2 / (4 * t))


def test_the_separated_equilibrium_above_the_threshold():
    """Masses at 0, 2 and −1 with (0, 1) at rest at e^{−1/T} = 1/100, although T > 2 λ; by fractions, then by floats."""
    s = Fraction(1, 100)
    w = [Fraction(v) for v in claim.HEAVY["w"]]
    z, p = [0, 2, -1], [0, 1]
    pulls = []
    for c in p:
        total = Fraction(0)
        for mass, x in zip(w, z, strict=True):
            weights = [s ** ((x - r) ** 2) for r in p]
            total += mass * weights[p.index(c)] / sum(weights) * (x - c)
        pulls.append(total)
    assert pulls == [0, 0]
    mass = sum(w)
    mean = sum(m * x for m, x in zip(w, z, strict=True)) / mass
    variance = sum(m * (x - mean) ** 2 for m, x in zip(w, z, strict=True)) / mass
    assert 1 / math.log(100) > 2 * float(variance)
    assert examine(claim.ONLY_WHEN_COLD.statement, claim.HEAVY).refutes
    # It is a pass: descents from either side end collapsed on the mean, or with a prototype near the outlying sample.
    for start, end in ((0.95, [float(mean), float(mean)]), (1.05, [0.0, 2.0])):
        t, q = 1 / math.log(100), np.array([float(m) for m in w])
        data, at = np.array([[0.0], [2.0], [-1.0]]), np.array([[0.0], [start]])
        for _ in range(600):
            r = q[:, None] * shares(data, at, t)
            at = (r.T @ data) / r.sum(0)[:, None]
        assert at.ravel() == pytest.approx(end, abs=1e-3)


def test_two_equal_groups_separate_up_to_half_the_squared_diameter():
    z = np.array([[1.0], [-1.0]])
    assert np.ptp(settle(z, np.array([[0.5], [-0.4]]), 1.9)) > 0.3
    assert np.ptp(settle(z, np.array([[0.5], [-0.4]]), 2.1)) < 1e-6


@pytest.mark.parametrize("seed", range(6))
def test_from_half_the_squared_diameter_on_every_start_collapses(seed):
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(8, 2)) * rng.exponential(size=(8, 1))
    widest = max(np.square(a - b).sum() for a in z for b in z)
    p = settle(z, 3 * rng.normal(size=(4, 2)), 1.1 * widest / 2)
    assert np.abs(p - p.mean(0)).max() < 1e-6


@pytest.mark.parametrize("seed", range(6))
def test_the_map_at_rest_has_a_variance_for_its_slope(seed):
    """g(p) = Σ u z e^{2zp/T} / Σ u e^{2zp/T} on a line: g' = (2/T) Var ≤ range²/(2T)."""
    rng = np.random.default_rng(seed)
    z, u, t, p, h = rng.normal(size=7), rng.exponential(size=7), 10 ** rng.uniform(-1, 1), rng.normal(), 1e-6

    def g(at):
        w = u * np.exp(2 * z * at / t)
        return (w * z).sum() / w.sum()

    w = u * np.exp(2 * z * p / t)
    w /= w.sum()
    variance = (w * z**2).sum() - (w * z).sum() ** 2
    assert (g(p + h) - g(p - h)) / (2 * h) == pytest.approx(2 * variance / t, rel=1e-4)
    assert 2 * variance / t <= np.ptp(z) ** 2 / (2 * t)


def test_the_full_gradient_expels_far_prototypes():
    """z = p_2 = 0, p_1 = x, T = 1: L_q = x² e^{−x²}/(1 + e^{−x²}) rises and then falls."""

    def level(x):
        w = math.exp(-(x**2))
        return x**2 * w / (1 + w)

    slopes = {x: (level(x + 1e-6) - level(x - 1e-6)) / 2e-6 for x in (0.5, 1.0, 1.4143, 2.0)}
    assert slopes[0.5] > 0 and slopes[1.0] > 0
    assert slopes[1.4143] < 0 and slopes[2.0] < 0
    assert examine(dispersion.FULL_DISPERSION.statement, dispersion.FAR).refutes


def test_the_proof_needs_half_of_the_squared_diameter():
    assert proofs.none_when_hot(claim.NONE_WHEN_HOT.statement).outcome == "proved"
    (twin,) = claim.NONE_WHEN_HOT.twins
    assert proofs.none_when_hot(twin.statement).outcome == "rejected"
    found = examine(twin.statement, twin.witness)
    assert found.refutes


def test_descents_tell_the_temperatures_apart():
    assert min(everywhere(Phase("quantization", "stopped", 2), QUICK).margins) > 0
    assert min(everywhere(Phase("quantization", "stopped", 4), QUICK).margins) < 0
