"""The span of the data: dual layers and k-means both stay in it, and both carry the noise of the data."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ddcl_core.layers import DualCompetitiveLayer
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claims.ddcl import dcl_subspace as claim
from ddcl_theory.engine import run_part
from ddcl_theory.evidence import Outcome

QUICK = Settings(profile=PROFILES["quick"])


def off_span(rows: np.ndarray, z: np.ndarray) -> float:
    """The largest component of the rows off the span of the samples."""
    basis = np.linalg.svd(z, full_matrices=False)[2][: np.linalg.matrix_rank(z)]
    return float(np.abs(rows - rows @ basis.T @ basis).max())


def test_training_a_dual_layer_stays_in_the_span() -> None:
    z = torch.randn(4, 9, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    layer = DualCompetitiveLayer(4, 6, dtype=torch.float64)
    optimiser = torch.optim.Adam(layer.parameters(), lr=0.1)
    for _ in range(20):
        optimiser.zero_grad()
        d = (z[:, None] - layer(z)).square().sum(-1)
        (torch.softmax(-d.detach(), -1) * d).sum().backward()
        optimiser.step()
    p = layer(z).detach().numpy()
    assert off_span(p, z.numpy()) < 1e-12
    assert np.linalg.matrix_rank(p) <= 4


def test_k_means_stays_in_the_span_too() -> None:
    from sklearn.cluster import KMeans

    rng = np.random.default_rng(1)
    z = rng.normal(size=(5, 30))
    centres = KMeans(n_clusters=2, n_init=2, random_state=0).fit(z).cluster_centers_
    assert off_span(centres, z) < 1e-12
    assert off_span(rng.normal(size=(1, 30)), z) > 0.1


def test_noise_off_the_clean_span_reaches_the_prototypes() -> None:
    rng = np.random.default_rng(2)
    z = np.hstack([rng.normal(size=(6, 2)), np.zeros((6, 3))])
    noise = np.hstack([np.zeros((6, 2)), rng.normal(size=(6, 3))])
    weights = rng.dirichlet(np.ones(6), size=3).T
    layer = DualCompetitiveLayer(6, 3, dtype=torch.float64)
    with torch.no_grad():
        layer.weights.copy_(torch.from_numpy(weights))
    p = layer(torch.from_numpy(z + noise)).detach().numpy()
    np.testing.assert_allclose(p[:, 2:], weights.T @ noise[:, 2:], atol=1e-12)
    assert off_span(p, z) > 0.05 and off_span(p, z + noise) < 1e-12


@pytest.mark.parametrize("part", [claim.SPAN, claim.DIMENSION], ids=lambda p: p.id)
def test_proofs_need_their_hypothesis(part) -> None:  # type: ignore[no-untyped-def]
    from dataclasses import replace

    (check,) = (c for c in part.checks if isinstance(c, Symbolic))
    without = replace(part.statement, given=(), _traces={})
    found = check.run(without, QUICK)
    assert found.outcome is Outcome.UNDECIDED and "fails: the hypothesis says" in found.detail


def test_a_layer_with_a_bias_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DualCompetitiveLayer, "from_moment", lambda self, moment: moment + 0.001)
    (part,) = next(r.parts for r in claim.CLAIM.readings if r.id == "float64")
    assert run_part(part, QUICK).evidence[0].outcome is Outcome.REFUTES
