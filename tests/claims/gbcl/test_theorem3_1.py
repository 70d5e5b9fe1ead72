"""Theorem 3.1: rates along the axes, what σ² is, and who is faster in which units, recomputed with numpy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import minimize_scalar

from ddcl_proofs.gbcl import theorem3_1 as proofs
from ddcl_theory.claim import examine
from ddcl_theory.claims.gbcl import theorem3_1 as claim
from ddcl_theory.claims.gbcl import theorem3_1_steps as steps

Z = np.array([[1.0, 0.2], [-0.5, 1.0], [2.0, 1.0], [0.0, 0.4]])


def outputs(z: np.ndarray, mu: np.ndarray, start: np.ndarray, t: float) -> np.ndarray:
    """XΩ at the time t of (30)."""
    return solve_ivp(lambda s, o: -z @ (o @ z - mu), (0, t), start, rtol=1e-10, atol=1e-12).y[:, -1] @ z


def test_each_axis_has_its_own_rate_and_the_path_is_curved() -> None:
    values, axes = np.linalg.eigh(Z.T @ Z)
    start, mu = np.array([1.0, 2.0, -1.0, 0.5]), Z.mean(0)
    before, after = axes.T @ (start @ Z - mu), axes.T @ (outputs(Z, mu, start, 0.3) - mu)
    np.testing.assert_allclose(after, np.exp(-0.3 * values) * before, rtol=1e-6)
    assert abs(before[0] * after[1] - before[1] * after[0]) > 1e-2


def test_the_eigenvalues_are_sums_over_the_samples() -> None:
    values, axes = np.linalg.eigh(Z.T @ Z)
    along = Z @ axes
    np.testing.assert_allclose(values, len(Z) * (along.var(0) + along.mean(0) ** 2))
    twice = np.linalg.eigvalsh(np.vstack([Z, Z]).T @ np.vstack([Z, Z]))
    np.testing.assert_allclose(twice, 2 * values)


@pytest.mark.parametrize("unit", [0.1, 1.0, 10.0])
def test_the_units_decide_who_is_faster(unit: float) -> None:
    z = unit * Z
    mu, start, t = z.mean(0), np.array([1.0, 2.0, -1.0, 0.5]), 0.05
    before = np.linalg.norm(start @ z - mu)
    dual = np.linalg.norm(outputs(z, mu, start, t) - mu) / before
    smallest, largest = np.linalg.eigvalsh(z.T @ z)
    if largest < 1:
        assert dual > np.exp(-t)
    if smallest > 1:
        assert dual < np.exp(-t)
    assert (largest < 1) == (unit == 0.1) and (smallest > 1) == (unit >= 1.0)


def test_the_best_constant_step_leaves_the_known_factor() -> None:
    values = np.linalg.eigvalsh(Z.T @ Z)
    best = minimize_scalar(lambda eta: np.abs(1 - eta * values).max(), bounds=(0, 2 / values[-1]), method="bounded",
                           options={"xatol": 1e-12})  # fmt: skip
    kappa = values[-1] / values[0]
    assert best.fun == pytest.approx((kappa - 1) / (kappa + 1), rel=1e-6)
    assert best.fun > 0


PROVED = (
    (claim.ALONG, proofs.axis),
    (claim.SECOND_MOMENT, proofs.moment),
    (claim.CENTRED_VARIANCE, proofs.centred),
    (steps.STEP_STABLE, proofs.step),
    (claim.DISSIPATION, proofs.rates),
    (claim.FASTER_LARGE, proofs.faster),
    (steps.CONTRACTION, proofs.contraction),
)


@pytest.mark.parametrize(("part", "proof"), PROVED)
def test_proofs_cover_the_part_and_reject_its_twins(part, proof) -> None:  # type: ignore[no-untyped-def]
    assert proof(part.statement).covers_domain
    for twin in part.twins:
        assert proof(twin.statement).outcome == "rejected", twin.id


def test_centred_samples_have_n_times_the_variance() -> None:
    z = Z - Z.mean(0)
    values, axes = np.linalg.eigh(z.T @ z)
    np.testing.assert_allclose(values, len(z) * (z @ axes).var(0))
    assert np.linalg.eigvalsh(np.array([[1.0], [-1.0]]).T @ np.array([[1.0], [-1.0]]))[0] == 2 * np.var([1.0, -1.0])


@pytest.mark.parametrize(("point", "sigma", "factor"), [(steps.SPIRAL, 23.43, -13.6), (steps.MOONS, 26.97, -18.4),
                                                        (steps.CIRCLES, 22.39, -12.4)])  # fmt: skip
def test_the_published_rate_diverges_on_the_summed_error(point: dict[str, str], sigma: float, factor: float) -> None:
    """One sample direction of length σ, 500/30 samples to the cell, the gradient of (27) by differences."""
    size, rate, mu = 500 / 30, 0.0008, 0.0
    z = np.full(500, sigma / 500**0.5)
    start = np.full(500, 0.01)

    def error(weights: np.ndarray) -> float:
        return float(size * (z @ weights - mu) ** 2)

    slope = (error(start + 1e-6 * z) - error(start - 1e-6 * z)) / 2e-6 / (z @ z) * z
    assert (z @ (start - rate * slope)) / (z @ start) == pytest.approx(factor, abs=0.1)
    assert examine(steps.STEP.statement, point).refutes


def test_faster_needs_large_values() -> None:
    assert proofs.faster(claim._faster(claim.MARGIN)).outcome == "rejected"
