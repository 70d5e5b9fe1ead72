"""The dual flow: critical points, modes and limits, recomputed with numpy, and the layer of ddcl_core against its matrices."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp

from ddcl_core import functional as core
from ddcl_core.layers import DualCompetitiveLayer
from ddcl_proofs.gbcl import dual_flow as proofs
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claim import examine
from ddcl_theory.claims.gbcl import dual_flow as claim
from ddcl_theory.claims.gbcl import dual_flow_cells as cells
from ddcl_theory.claims.gbcl import dual_flow_limit as limit
from ddcl_theory.claims.gbcl import dual_flow_rank as rank
from ddcl_theory.engine import run_part
from ddcl_theory.evidence import Outcome

QUICK = Settings(profile=PROFILES["quick"])


def run(z: np.ndarray, mu: np.ndarray, start: np.ndarray, horizon: float) -> np.ndarray:
    """Ω at the end of (30)."""
    found = solve_ivp(lambda t, o: -z @ (o @ z - mu), (0, horizon), start, rtol=1e-10, atol=1e-12)
    return found.y[:, -1]


def test_dependent_samples_have_a_solution_and_many() -> None:
    gram = np.array([[1.0, 1.0], [1.0, 1.0]])
    assert np.linalg.det(gram) == 0
    for weights in ((0.5, 0.5), (1.0, 0.0), (3.0, -2.0)):
        np.testing.assert_array_equal(gram @ weights, [1.0, 1.0])


@pytest.mark.parametrize(("n", "d"), [(2, 4), (3, 3), (5, 2)])
def test_outputs_reach_the_centroid_for_every_shape(n: int, d: int) -> None:
    g = np.random.default_rng(n)
    u, _, v = np.linalg.svd(g.standard_normal((n, d)), full_matrices=False)
    z = (u * np.linspace(2, 1, min(n, d))) @ v
    a = np.array([1.0] * (n - 1) + [0.0])
    mu = a @ z / a.sum()
    end = run(z, mu, g.standard_normal(n), 40.0)
    np.testing.assert_allclose(end @ z, mu, atol=1e-6)


def test_off_the_span_the_output_is_the_projection() -> None:
    z, mu = np.array([[1.0, 0.0, 1.0]]), np.array([1.0, 5.0, 0.0])
    end = run(z, mu, np.array([2.0]), 30.0)
    np.testing.assert_allclose(end @ z, [0.5, 0.0, 0.5], atol=1e-8)


def test_the_gradient_of_the_layer_carries_the_size_of_the_cell() -> None:
    g = torch.Generator().manual_seed(0)
    z = torch.randn(4, 2, generator=g, dtype=torch.float64)
    q = torch.tensor([[1.0, 0.0]] * 3 + [[0.0, 1.0]], dtype=torch.float64)
    layer = DualCompetitiveLayer(4, 2, estimate="unbiased", dtype=torch.float64)
    core.quantization_loss(z, layer(z), q, reduction="sum").backward()
    gradient, weights = layer.weights.grad, layer.weights.detach()
    assert gradient is not None
    for j, (size, mu) in enumerate(((3, z[:3].mean(0)), (1, z[3]))):
        torch.testing.assert_close(gradient[:, j], 2 * size * z @ (weights[:, j] @ z - mu))


def test_determinants() -> None:
    matrix = [[Fraction(v) for v in row] for row in ((2, 1, 0), (1, 3, 4), (5, 0, 7))]
    value = limit.determinant([[limit.ex.lift(v) for v in row] for row in matrix])
    assert value.data == round(np.linalg.det(np.array(matrix, dtype=float)))


def test_the_moving_witness_is_the_one_of_the_base_flow() -> None:
    weights = np.array([[0.0, 0.0], [0.0, 0.0], [-1.0, 1.2]])
    np.testing.assert_allclose(np.array([0.0, 3.0, 10.0]) @ weights, [-10.0, 12.0])
    assert examine(cells.STAYS.statement, cells.SIDES).refutes


def test_the_course_with_the_first_centroids_ends_where_a_sample_changes_sides() -> None:
    assert examine(cells.EXPONENTIAL.statement, cells.CHANGED).refutes
    assert examine(cells.EXPONENTIAL.statement, cells.UNCHANGED).supports


def test_the_gradient_of_a_cell_of_two_is_refuted_without_an_empty_cell() -> None:
    empty = {**cells.TWO, "a": [0, 0]}
    assert examine(cells.GRADIENT.statement, empty).in_domain is False
    assert examine(cells.GRADIENT.statement, cells.TWO).refutes


@pytest.mark.parametrize(("n", "d"), [(2, 4), (3, 3), (1, 5)])
def test_the_defect_of_the_projection_counts_the_missing_samples(n: int, d: int) -> None:
    z = np.random.default_rng(d).standard_normal((n, d))
    projection = z.T @ np.linalg.inv(z @ z.T) @ z
    assert np.sum((np.eye(d) - projection) ** 2) == pytest.approx(d - n)
    np.testing.assert_allclose(np.linalg.inv(z @ z.T) @ z, np.linalg.pinv(z.T))


PROVED = (
    (claim.CRITICAL, proofs.pseudoinverse),
    (claim.UNIQUE_FULL, proofs.unique),
    (claim.ALWAYS, proofs.masses),
    (claim.SUM, proofs.modes),
    (cells.TRUE_SLOPE, proofs.slope),
    (cells.DESCENT, proofs.descent),
    (cells.AT_CENTROID, proofs.at_rest),
    (cells.EXPONENTIAL_HELD, proofs.held),
    (rank.AT_MOST, proofs.at_most),
    (rank.SOLUTION, proofs.fitted),
    (limit.CENTROIDS, proofs.centroids),
    (limit.NEAREST, proofs.nearest),
)


@pytest.mark.parametrize(("part", "proof"), PROVED)
def test_proofs_cover_the_part_and_reject_its_twins(part, proof) -> None:  # type: ignore[no-untyped-def]
    assert proof(part.statement).covers_domain
    for twin in part.twins:
        assert proof(twin.statement).outcome == "rejected", twin.id


def test_uniqueness_needs_full_rank() -> None:
    assert proofs.unique(claim.UNIQUE.statement).outcome == "rejected"


def test_code_rows_notice_a_wrong_error(monkeypatch: pytest.MonkeyPatch) -> None:
    original = core.quantization_loss
    monkeypatch.setattr(core, "quantization_loss", lambda *a, **o: 1.001 * original(*a, **o))
    parts = next(r.parts for r in claim.CLAIM.readings if r.id == "float32")
    assert [run_part(p, QUICK).evidence[0].outcome for p in parts] == [Outcome.REFUTES]
