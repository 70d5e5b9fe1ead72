"""Base and dual networks on white data: one set of prototypes, one loss, one path; and what is lost without white data."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from ddcl_core import layers
from ddcl_core.layers import DualCompetitiveLayer, VanillaCompetitiveLayer
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Statement
from ddcl_theory.claims.gbcl import paths
from ddcl_theory.claims.gbcl import theorem2_1 as claim
from ddcl_theory.claims.gbcl import theorem2_1_output as output
from ddcl_theory.claims.gbcl import theorem2_1_steps as steps
from ddcl_theory.engine import run_part
from ddcl_theory.evidence import Outcome
from ddcl_theory.relation import equals_zero

F64 = torch.float64
QUICK = Settings(profile=PROFILES["quick"])


def white(n: int, d: int, seed: int = 0) -> np.ndarray:
    """d × n with XXᵀ = I."""
    return np.linalg.qr(np.random.default_rng(seed).normal(size=(n, d)))[0].T


def error(x: np.ndarray, p: np.ndarray) -> float:
    """The quantisation error by brute force."""
    return float(sum(min(np.sum((s - row) ** 2) for row in p) for s in x.T))


def test_the_dual_network_gives_out_the_weights_of_the_base_network() -> None:
    x, p = white(7, 3), np.random.default_rng(1).normal(size=(4, 3))
    np.testing.assert_allclose(p @ x @ x.T, p, atol=1e-12)
    assert error(x, p @ x @ x.T) == pytest.approx(error(x, p))


def test_rank_is_enough_and_needed() -> None:
    rng = np.random.default_rng(2)
    x, p = rng.normal(size=(3, 5)), rng.normal(size=(2, 3))
    assert np.abs(p @ x @ x.T - p).max() > 0.1
    np.testing.assert_allclose(p @ np.linalg.pinv(x).T @ x.T, p, atol=1e-12)
    thin = np.eye(3)[:, :2]
    missed = p - np.linalg.lstsq(thin, p.T, rcond=None)[0].T @ thin.T
    np.testing.assert_allclose(missed, p * [0, 0, 1], atol=1e-12)


def test_the_number_of_samples_is_a_squared_norm() -> None:
    for n, d in ((3, 3), (5, 2), (7, 4)):
        x = white(n, d, seed=n)
        assert np.sum((np.eye(n) - x.T @ x) ** 2) == pytest.approx(n - d)


def trained(
    x: np.ndarray, p: np.ndarray, optimiser: type, dual: dict[str, float], base: dict[str, float]
) -> list[Tensor]:
    """Prototypes of both layers after ten steps on the quantisation error, from p."""
    z, start = torch.from_numpy(x.T.copy()), torch.from_numpy(p)
    found = []
    for layer, options in (
        (DualCompetitiveLayer.from_prototypes(z, start, estimate="unbiased"), dual),
        (VanillaCompetitiveLayer.from_prototypes(start), base),
    ):
        step = optimiser(layer.parameters(), **options)
        for _ in range(10):
            step.zero_grad()
            layers.winner_loss(z, layer(z), reduction="sum").backward()
            step.step()
        found.append(layer(z).detach())
    return found


def test_heavy_ball_descent_agrees_over_cells_that_move() -> None:
    x, p = white(40, 2, seed=3), 0.2 * np.random.default_rng(4).normal(size=(3, 2))
    options = {"lr": 0.02, "momentum": 0.8}
    dual, base = trained(x, p, torch.optim.SGD, options, options)
    torch.testing.assert_close(dual, base, atol=1e-12, rtol=1e-12)
    nearest = [np.argmin(((x.T[:, None] - q) ** 2).sum(-1), 1) for q in (p, base.numpy())]
    assert (nearest[0] != nearest[1]).any()


def test_standardised_features_need_the_rate_divided_by_n() -> None:
    n = 40
    x, p = white(n, 2, seed=3) * n**0.5, np.random.default_rng(4).normal(size=(3, 2))
    dual, base = trained(x, p, torch.optim.SGD, {"lr": 0.002 / n}, {"lr": 0.002})
    torch.testing.assert_close(dual, base, atol=1e-12, rtol=1e-12)
    dual, base = trained(x, p, torch.optim.SGD, {"lr": 0.0002}, {"lr": 0.0002})
    assert float((dual - base).abs().max()) > 0.01


def test_adam_parts_the_layers() -> None:
    x, p = white(40, 2, seed=3), 0.2 * np.random.default_rng(4).normal(size=(3, 2))
    dual, base = trained(x, p, torch.optim.Adam, {"lr": 0.01}, {"lr": 0.01})
    assert float((dual - base).abs().max()) > 0.01


def test_the_flows_are_compared_over_a_course_that_moves() -> None:
    runs = paths.same_paths(paths.Flows(), QUICK)
    assert min(runs.margins) > 0 and runs.unfinished == 0
    assert max(paths.same_paths(paths.Flows(base_rate=0.9), QUICK).margins) < 0


@pytest.mark.parametrize("late", [2, 4, 7])
def test_a_loss_that_differs_for_many_features_only_is_noticed(late: int) -> None:
    values = output.SAME_LOSS.statement.conclusion.values
    assert values is not None
    shifted = equals_zero(lambda x: values(x) + max(0, x.d - late + 1) * x.P[0][0])
    statement = Statement(output.REALISED, shifted, output.SAME_LOSS.statement.given)
    assert output.SAME_LOSS.checks[0].run(statement, QUICK).violated


@pytest.mark.parametrize("part", [output.OUTPUT, output.SAME_LOSS, output.FULL_RANK, output.RANK_NEEDED,
                                  output.SAMPLE_COUNT, output.SCALED_OUTPUT, steps.SAME_STEP, steps.STEPS_SCALED])  # fmt: skip
def test_the_proofs_reject_the_twins(part) -> None:  # type: ignore[no-untyped-def]
    proof = next(c for c in part.checks if isinstance(c, Symbolic))
    assert proof.run(part.statement, QUICK).outcome is Outcome.PROVES
    assert all(proof.run(t.statement, QUICK).violated for t in part.twins)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_weights_that_are_a_little_small_are_noticed(monkeypatch: pytest.MonkeyPatch, dtype: str) -> None:
    original = layers.initialisation.least_norm_weights
    monkeypatch.setattr(layers.initialisation, "least_norm_weights", lambda z, p: 0.999 * original(z, p))
    part = next(r.parts[0] for r in claim.CLAIM.readings if r.id == dtype)
    assert part.id == "realised"
    assert run_part(part, QUICK).evidence[0].outcome is Outcome.REFUTES
