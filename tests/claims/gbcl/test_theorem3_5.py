"""Paths in feature space, rates along principal axes, and what a bias does to null modes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from ddcl_core.layers import DualCompetitiveLayer
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import examine
from ddcl_theory.claims.gbcl import subspaces_runs as runs
from ddcl_theory.claims.gbcl import theorem3_5 as claim
from ddcl_theory.engine import run_part
from ddcl_theory.evidence import Outcome

QUICK = Settings(profile=PROFILES["quick"])


def test_paths_are_other_curves() -> None:
    """X = diag(1, 2), μ = 0, output (1, 1): the dual path is (y, y⁴), the base path the diagonal."""
    p = runs.Problem(np.diag([1.0, 2.0]), np.zeros(2), np.ones(2), np.array([1.0, 0.5]))
    times = np.linspace(0, 3, 13)
    dual, base = runs.dual_run(p, times) @ p.x.T, runs.base_run(p, times)
    np.testing.assert_allclose(dual[:, 1], dual[:, 0] ** 4, atol=1e-9)
    np.testing.assert_allclose(base[:, 1], base[:, 0], atol=1e-9)
    assert np.abs(dual[:, 1] - dual[:, 0]).max() > 0.4


def test_a_bent_path_changes_cells() -> None:
    """Between the same start and end the dual path passes a cell that the base path avoids."""
    others = np.array([[0.8, -0.2]])
    y = np.exp(-np.linspace(0, 3, 200))
    bent, straight = np.stack([y, y**4], 1), np.stack([y, y], 1)
    centre = np.array([[0.0, 0.0], [1.0, 1.0]])

    def visits(path: np.ndarray) -> bool:
        sites = np.vstack([others, centre])
        nearest = ((path[:, None] - sites) ** 2).sum(-1).argmin(1)
        return bool((nearest == 0).any())

    assert visits(bent) and not visits(straight)


def test_every_base_state_is_an_output_only_at_full_rank() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(3, 5))
    w = rng.normal(size=3)
    np.testing.assert_allclose(x @ (x.T @ np.linalg.solve(x @ x.T, w)), w, atol=1e-12)
    flat = np.vstack([x[:2], np.zeros(5)])
    assert np.linalg.matrix_rank(flat) == 2
    assert np.linalg.lstsq(flat, w, rcond=None)[0].shape == (5,)
    assert abs((flat @ np.linalg.lstsq(flat, w, rcond=None)[0] - w)[2]) > 0.01


@pytest.mark.parametrize(("d", "n"), [(1, 1), (2, 3), (3, 5)])
def test_a_bias_adds_a_null_mode(d: int, n: int) -> None:
    x = np.random.default_rng(d).normal(size=(d, n))
    nullity = n - np.linalg.matrix_rank(x)
    wide = np.hstack([x, np.ones((d, 1))])
    assert n + 1 - np.linalg.matrix_rank(wide) == nullity + 1 == n + 1 - d


def test_null_modes_survive_training_with_a_bias() -> None:
    z = torch.tensor([[1.0], [1.0], [2.0]], dtype=torch.float64)
    layer = torch.nn.Linear(3, 1, dtype=torch.float64)
    start = layer.weight.detach().clone()
    step = torch.optim.SGD(layer.parameters(), lr=0.05)
    for _ in range(500):
        step.zero_grad()
        (layer(z.T) - 1.5).square().sum().backward()
        step.step()
    null = torch.tensor([1.0, -1.0, 0.0], dtype=torch.float64)
    torch.testing.assert_close(layer.weight.detach() @ null, start @ null)
    assert abs(float(layer(z.T).detach()[0, 0]) - 1.5) < 1e-9


@pytest.mark.parametrize(
    "part",
    [claim.SAME_SPACE, claim.STRAIGHT, claim.RATES, claim.MEANINGLESS, claim.KEPT, claim.ONE_MORE],
    ids=lambda p: p.id,
)
def test_proofs_need_their_hypotheses(part) -> None:  # type: ignore[no-untyped-def]
    check = next(c for c in part.checks if isinstance(c, Symbolic))
    found = check.run(replace(part.statement, given=(), _traces={}), QUICK)
    assert found.outcome is Outcome.UNDECIDED and found.violated


def late(part, changed):  # type: ignore[no-untyped-def]
    """The part with a conclusion that is another one from d = 4 on."""
    values = part.statement.conclusion.values
    relation = replace(part.statement.conclusion, values=lambda x: values(x) if x.d < 4 else changed(x, values(x)))
    return replace(part.statement, conclusion=relation, _traces={})


IDENTITY = [[int(i == j) for j in range(4)] for i in range(4)]


@pytest.mark.parametrize(
    ("part", "point"),
    [
        (claim.SAME_SPACE, {"z": IDENTITY, "a": IDENTITY, "w": [1, 2, 3, 4]}),
        (claim.ONE_MORE, {"z": IDENTITY, "a": IDENTITY}),
    ],
    ids=lambda p: getattr(p, "id", ""),
)
def test_proofs_notice_a_conclusion_that_is_false_from_four_features_on(part, point) -> None:  # type: ignore[no-untyped-def]
    check = next(c for c in part.checks if isinstance(c, Symbolic))
    off = late(part, lambda x, values: [values[0] + 1, *values[1:]])
    assert examine(off, point).refutes and examine(part.statement, point).supports
    found = check.run(off, QUICK)
    assert found.outcome is Outcome.UNDECIDED and found.violated


def test_the_null_mode_that_a_bias_leaves() -> None:
    """X = (1, 0): u = (0, 1) is in the null space, and Xu + b = 0 for b = 0."""
    x, a, u = np.array([[1.0, 0.0]]), np.array([[1.0], [0.0]]), np.array([0.0, 1.0])
    assert (x @ a).item() == 1 and (x @ u).item() == 0
    assert examine(claim.BIAS.statement, claim.STILL).refutes
    assert examine(claim.BIAS.statement, claim.GROWN).in_domain is False


def test_a_layer_with_one_rate_for_all_axes_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    original = DualCompetitiveLayer.from_moment
    monkeypatch.setattr(DualCompetitiveLayer, "from_moment", lambda self, moment: original(self, moment) * 0.999)
    for dtype in ("float64", "float32"):
        (part,) = next(r.parts for r in claim.CLAIM.readings if r.id == dtype)
        assert run_part(part, QUICK).evidence[0].outcome is Outcome.REFUTES
