"""The base flow: its course, Lloyd's step, several local optima and cells that change, recomputed without the claim's expressions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp

from ddcl_core import functional as core
from ddcl_core.layers import VanillaCompetitiveLayer
from ddcl_proofs.gbcl import base_flow as proofs
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claim import examine
from ddcl_theory.claims.gbcl import base_flow as claim
from ddcl_theory.claims.gbcl import base_flow_cells as cells
from ddcl_theory.claims.gbcl import base_flow_frozen as frozen
from ddcl_theory.claims.gbcl import base_flow_gradient as gradient
from ddcl_theory.claims.gbcl import base_flow_steps as steps
from ddcl_theory.claims.gbcl.flow_runs import Course, course
from ddcl_theory.engine import run_part
from ddcl_theory.evidence import Outcome

QUICK = Settings(profile=PROFILES["quick"])
F = Fraction


def lloyd(z: list[Fraction], w: list[Fraction]) -> list[Fraction]:
    """The centroids of the Voronoi cells on a line; ties go to the first prototype."""
    nearest = [min(range(len(w)), key=lambda j: abs(x - w[j])) for x in z]
    return [sum((x for x, j in zip(z, nearest, strict=True) if j == i), F(0)) / nearest.count(i) for i in range(len(w))]


def moving(z: np.ndarray, w: np.ndarray, horizon: float) -> np.ndarray:
    """The flow (21) with cells that follow the prototypes, by small explicit steps, to the time `horizon`."""
    step = 1e-3
    for _ in range(round(horizon / step)):
        nearest = np.abs(z[:, None] - w[None]).argmin(1)
        w = w + step * (np.array([z[nearest == j].mean() for j in range(len(w))]) - w)
    return w


def test_two_divisions_are_at_rest() -> None:
    z = [F(0), F(2), F(3), F(5)]
    for w in ([F(1), F(4)], [F(0), F(10, 3)]):
        assert lloyd(z, w) == w
    assert [str(v[0]) for v in cells.OPTIMA["v"]] == ["0", "10/3"]


def test_a_sample_changes_sides_on_the_way() -> None:
    z, start, frozen = [F(0), F(3), F(10)], [F(-10), F(12)], [F(0), F(13, 2)]
    assert lloyd(z, start) == frozen
    left = F(1, 18)
    later = [m + left * (w - m) for m, w in zip(frozen, start, strict=True)]
    assert abs(3 - later[0]) < abs(3 - later[1])
    end = moving(np.array([0.0, 3.0, 10.0]), np.array([-10.0, 12.0]), 12.0)
    np.testing.assert_allclose(end, [1.5, 10.0], atol=1e-3)


def test_the_course_with_the_first_centroids_is_left_when_a_sample_changes_sides() -> None:
    """At e^{−t} = 1/18 the velocity points to the old centroids (0, 13/2), the field to those of the present cells."""
    z, left = [F(0), F(3), F(10)], F(1, 18)
    start, first = [F(-10), F(12)], [F(0), F(13, 2)]
    now = [m + left * (w - m) for m, w in zip(first, start, strict=True)]
    velocity = [-left * (w - m) for m, w in zip(first, start, strict=True)]
    field = [m - w for m, w in zip(lloyd(z, now), now, strict=True)]
    assert [a - b for a, b in zip(velocity, field, strict=True)] == [F(-3, 2), F(-7, 2)]
    found = examine(cells.EXPONENTIAL.statement, cells.CHANGED)
    assert found.refutes
    assert examine(cells.EXPONENTIAL.statement, cells.UNCHANGED).supports


def test_what_a_step_at_the_published_rate_leaves() -> None:
    size, rate = 500 / 30, 0.008
    z = np.random.default_rng(0).standard_normal((50, 2))
    w, mu = np.array([3.0, -1.0]), z.mean(0)
    for factor, share in ((1, 0.87), (2, 0.73)):
        step = w - factor * rate * size / 50 * (w - z).sum(0)
        assert np.linalg.norm(step - mu) / np.linalg.norm(w - mu) == pytest.approx(share, abs=5e-3)


def test_frozen_flow_is_straight_and_alike_in_all_directions() -> None:
    z, w = np.array([[0.0, 1.0], [2.0, -1.0], [4.0, 3.0]]), np.array([5.0, -2.0])
    mu = z.mean(0)
    run = solve_ivp(lambda t, v: mu - v, (0, 3), w, t_eval=[0.5, 1.0, 3.0], rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose((run.y.T - mu) / (w - mu), np.exp(-run.t)[:, None] * np.ones(2), rtol=1e-8)


def test_the_flow_of_the_error_has_a_rate_for_each_cell() -> None:
    """Two prototypes with cells of three samples and of one, on the autograd gradient of the summed error."""
    z = torch.tensor([[0.0], [1.0], [2.0], [10.0]], dtype=torch.float64)
    q = torch.tensor([[1.0, 0.0]] * 3 + [[0.0, 1.0]], dtype=torch.float64)
    layer = VanillaCompetitiveLayer.from_prototypes(torch.tensor([[2.0], [9.0]], dtype=torch.float64))
    core.quantization_loss(z, layer(), q, reduction="sum").backward()
    slope = layer.prototypes.grad
    assert slope is not None
    torch.testing.assert_close(slope, torch.tensor([[2 * 3 * 1.0], [2 * 1 * -1.0]], dtype=torch.float64))


def test_an_epoch_sample_by_sample_depends_on_the_order() -> None:
    def epoch(samples: list[Fraction], rates: list[Fraction]) -> Fraction:
        w = F(0)
        for x, rate in zip(samples, rates, strict=True):
            w += rate * (x - w)
        return w

    half = [F(1, 2)] * 3
    assert epoch([F(-1), F(1)], half[:2]) == F(1, 4) == -epoch([F(1), F(-1)], half[:2])
    falling = [F(1), F(1, 2), F(1, 3)]
    assert {epoch(list(order), falling) for order in ((3, 5, 7), (7, 3, 5), (5, 7, 3))} == {F(5)}


@pytest.mark.parametrize("layer", ["base", "dual"])
def test_runs_notice_a_wrong_rate(layer: str) -> None:
    assert min(course(Course(layer), QUICK).margins) > 0
    assert min(course(Course(layer, rate=1.05), QUICK).margins) < 0


def test_proofs_reject_twins() -> None:
    for part, proof in (
        (frozen.SOLUTION, proofs.solution),
        (frozen.UNIQUE, proofs.unique),
        (frozen.LEFT, proofs.left),
        (steps.STEP_ERROR, proofs.step_error),
        (cells.REST, proofs.at_rest),
        (gradient.TRUE_SLOPE, proofs.slope),
        (gradient.TRUE_RATE, proofs.rate),
        (gradient.UNIQUE_OCCUPIED, proofs.unique_gradient),
        (steps.STEP_STABLE, proofs.step),
        (cells.DESCENT, proofs.descent),
        (cells.GIVEN_CELLS, proofs.given_cells),
    ):
        assert proof(part.statement).covers_domain
        for twin in part.twins:
            assert proof(twin.statement).outcome == "rejected", twin.id


def test_proofs_need_their_hypotheses() -> None:
    assert proofs.step(steps.STEP_PART.statement).outcome == "rejected"
    assert proofs.unique_gradient(gradient.UNIQUE_GRADIENT.statement).outcome == "rejected"


def test_code_rows_notice_a_wrong_error(monkeypatch: pytest.MonkeyPatch) -> None:
    original = core.quantization_loss
    monkeypatch.setattr(core, "quantization_loss", lambda *a, **o: 1.001 * original(*a, **o))
    parts = next(r.parts for r in claim.CLAIM.readings if r.id == "float64")
    assert [run_part(p, QUICK).evidence[0].outcome for p in parts] == [Outcome.REFUTES]
