"""Dynamical duality: equal outputs under XXᵀ = I, and weights that keep what lies in the null space."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
import torch

from ddcl_core.layers import DualCompetitiveLayer, VanillaCompetitiveLayer
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.checks.dynamics import Dynamics
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claims.gbcl import subspaces_runs as runs
from ddcl_theory.claims.gbcl import theorem3_2 as claim
from ddcl_theory.engine import run_part
from ddcl_theory.evidence import Outcome

QUICK = Settings(profile=PROFILES["quick"])


@pytest.fixture
def problem() -> runs.Problem:
    rng = np.random.default_rng(4)
    x = np.linalg.qr(rng.normal(size=(5, 2)))[0].T
    return runs.Problem(x, rng.dirichlet(np.ones(5)), rng.normal(size=2), rng.normal(size=5))


def test_the_closed_form_is_the_matrix_exponential(problem: runs.Problem) -> None:
    x, mu, o = problem.x, problem.centre, problem.o
    t = 0.7
    values, vectors = np.linalg.eigh(x.T @ x)
    wide = np.linalg.pinv(x) @ mu
    exact = wide + (vectors * np.exp(-t * values)) @ vectors.T @ (o - wide)
    np.testing.assert_allclose(o - (1 - np.exp(-t)) * x.T @ (x @ o - mu), exact, atol=1e-12)
    run = runs.dual_run(problem, np.array([0.0, t]))[-1]
    np.testing.assert_allclose(run, exact, atol=1e-9)


def test_weights_neither_stay_in_the_row_space_nor_decay(problem: runs.Problem) -> None:
    times = np.array([0.0, 30.0])
    end = runs.dual_run(problem, times)[-1]
    kernel = np.eye(5) - problem.x.T @ problem.x
    np.testing.assert_allclose(kernel @ end, kernel @ problem.o, atol=1e-9)
    assert np.linalg.norm(kernel @ end) > 0.1
    np.testing.assert_allclose(problem.x @ end, problem.centre, atol=1e-9)


def test_idle_sample_by_hand() -> None:
    """X = (1, 0), μ = 1, Ω(0) = (1, 1): the output is at rest, and (50) wants the second weight halved at t = ln 2."""
    found = claim.DECAYS.statement.examine(
        {"z": ((F(1),), (F(0),)), "o": (F(1), F(1)), "q": (F(1), F(0)), "u": (F(0), F(1)), "x": F(1, 2)}
    )
    assert found.refutes and found.conclusion is not None and found.conclusion[1].value == "1/2"


def test_modes_in_the_row_space_decay_to_the_weights_of_least_norm(problem: runs.Problem) -> None:
    t = 0.7
    least = np.linalg.pinv(problem.x) @ problem.centre
    run = runs.dual_run(problem, np.array([0.0, t]))[-1]
    np.testing.assert_allclose(problem.x @ (run - least), np.exp(-t) * problem.x @ (problem.o - least), atol=1e-9)
    assert np.abs(run - least - np.exp(-t) * (problem.o - least)).max() > 0.1


def test_moving_cells_under_whitening() -> None:
    z = torch.linalg.qr(torch.randn(20, 3, generator=torch.Generator().manual_seed(2), dtype=torch.float64))[0]
    p = 0.2 * torch.randn(4, 3, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    layers = (DualCompetitiveLayer.from_prototypes(z, p), VanillaCompetitiveLayer.from_prototypes(p))
    for layer in layers:
        step = torch.optim.SGD(layer.parameters(), lr=0.05)
        for _ in range(30):
            step.zero_grad()
            (z[:, None] - layer(z)).square().sum(-1).amin(1).sum().backward()
            step.step()
    torch.testing.assert_close(layers[0](z), layers[1](z), atol=1e-11, rtol=1e-11)
    assert float((layers[1](z).detach() - p).abs().max()) > 0.05


@pytest.mark.parametrize(
    "part",
    [claim.SAME, claim.CLOSED, claim.FORCE, claim.SCALED, claim.BASE_RANGE, claim.MODES_DECAY],
    ids=lambda p: p.id,
)
def test_proofs_need_their_hypotheses(part) -> None:  # type: ignore[no-untyped-def]
    check = next(c for c in part.checks if isinstance(c, Symbolic))
    found = check.run(replace(part.statement, given=(), _traces={}), QUICK)
    assert found.violated and "fails: the hypotheses" in found.detail


@pytest.mark.parametrize("part", [claim.SAME, claim.CLOSED, claim.FORCE, claim.SCALED], ids=lambda p: p.says[:40])
def test_runs_notice_a_wrong_clock(part) -> None:  # type: ignore[no-untyped-def]
    check = next(c for c in part.checks if isinstance(c, Dynamics))
    off = replace(part.statement, system=replace(part.statement.system, clock=1.001), _traces={})
    assert check.run(off, QUICK).violated and not check.run(part.statement, QUICK).violated


@pytest.mark.parametrize("factor", [1.001, -1.0])
def test_a_wrong_step_is_noticed(monkeypatch: pytest.MonkeyPatch, factor: float) -> None:
    original = torch.optim.SGD

    def broken(parameters, lr):  # type: ignore[no-untyped-def]
        return original(parameters, lr=abs(factor) * lr, maximize=factor < 0)

    monkeypatch.setattr(torch.optim, "SGD", broken)
    parts = next(r.parts for r in claim.CLAIM.readings if r.id == "float64")
    assert [run_part(p, QUICK).evidence[0].outcome for p in parts] == [Outcome.REFUTES] * 2
