"""Spirals of stopped L_OLS training, by NumPy with finite differences and by `ddcl_core`."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ddcl_core import functional as core
from ddcl_proofs.ddcl import theorem3_ols as proofs
from ddcl_theory.claims.ddcl import theorem3_ols as claim
from ddcl_theory.evaluate import balls
from ddcl_theory.point import exact


def setting(point):
    z, length = np.array(point["z"], float), float(point["L"])
    top, bottom = map(int, point["T"]["s"].split("/"))
    return z, np.array([0.0, length]), -1 / np.log(top / bottom)


def shares(p, z, t):
    d = np.square(z[:, None] - p)
    q = np.exp(-(d - d.min(1, keepdims=True)) / t)
    return q / q.sum(1, keepdims=True)


def field(p, z, w, t):
    q = shares(p, z, t)
    return 2 * q.T @ (w * (z - q @ p))


@pytest.mark.parametrize(("point", "turns"), [(claim.SPIRAL, True), (claim.NODE, False)])
def test_spectra_at_rest(point, turns):
    z, p, t = setting(point)
    q = shares(p, z, t)
    e = z - q @ p
    w = np.cross(q[:, 1] * e, e)
    assert np.all(w > 0) and np.abs(field(p, z, w, t)).max() < 1e-9
    columns = [(field(p + h, z, w, t) - field(p - h, z, w, t)) / 2e-6 for h in 1e-6 * np.eye(2)]
    j = np.stack(columns, 1)
    values = np.linalg.eigvals(j)
    assert values.real.max() < 0 and bool(np.abs(values.imag).max() > 0.1 * np.abs(values).max()) is turns
    x = claim.THREE.namespace({})
    enclosed = balls([c for row in claim.jacobian(x) for c in row], {n: exact(v) for n, v in point.items()})
    assert np.allclose([float(b) for b in enclosed], j.ravel(), rtol=1e-5, atol=1e-6)


def test_the_field_is_that_of_the_core():
    z, p, t = setting(claim.SPIRAL)
    stopped = core.training_gradient(torch.tensor(z)[:, None], torch.tensor(p)[:, None], t, "ols", "stopped", "sum")
    assert np.allclose(-stopped.numpy()[:, 0], field(p, z, np.ones(3), t))


def test_a_run_circles_its_equilibrium():
    """The displacement of the first prototype changes its sign while the run converges."""
    z, p, t = setting(claim.SPIRAL)
    q = shares(p, z, t)
    e = z - q @ p
    w = np.cross(q[:, 1] * e, e)
    w /= w.max()
    state, track = p + np.array([0.05, 0.0]), []
    for _ in range(4000):
        state = state + 0.01 * field(state, z, w, t)
        track.append(state[0] - p[0])
    assert sum(a * b < 0 for a, b in zip(track, track[1:], strict=False)) >= 3
    assert abs(track[-1]) < 0.01 * max(map(abs, track))


def test_the_proof_needs_the_turning():
    assert proofs.criterion(claim.CRITERION.statement).covers_domain
    assert proofs.criterion(claim.OSCILLATES.statement).outcome == "rejected"
