"""The correlation of D_P and U_q: with dynamics and without, at collapse, after a disturbance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import torch

from ddcl_theory.experiments import block1
from ddcl_theory.experiments import block1_training as first
from ddcl_theory.experiments import correlation_training as training
from ddcl_theory.experiments.assess import assess
from ddcl_theory.experiments.block1_training import start as samples_start
from ddcl_theory.experiments.correlation import BLOCK, GRID, HOT
from ddcl_theory.experiments.outcome import Outcome
from ddcl_theory.experiments.protocol import Cell, Metrics, Plan, Results, Scalar, pairs


def cell(t: float, setting: Mapping[str, Scalar] | None = None, seed: int = 0) -> Cell:
    return Cell("correlation", "L_q", pairs({"T": t}), pairs({**dict(GRID.central), **(setting or {})}), seed)


def test_rescaled_prototypes_have_the_given_separation() -> None:
    p = torch.randn(3, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    wanted = torch.tensor([0.1, 1.0, 7.0], dtype=torch.float64)
    found = training.rescaled(p, wanted)
    torch.testing.assert_close(training.separation(found), wanted)
    torch.testing.assert_close(found.mean(1), p.mean(0).expand(3, 2))
    # Every state is the first one, larger or smaller: no dynamics has turned it.
    directions = found - found.mean(1, keepdim=True)
    shapes = directions / directions.flatten(1).norm(dim=1)[:, None, None]
    torch.testing.assert_close(shapes, shapes[:1].expand(3, 3, 2))


def test_training_is_that_of_block_1() -> None:
    z = training.points(cell(0.5))
    p = samples_start(z, 2, "samples", 0)
    setting = pairs(dict(block1.GRID.of_arm("L_q", block1.GRID.central)))
    whole = Cell("block1", "L_q", pairs({"dataset": "moons", "T": 0.5}), setting, 0)
    torch.testing.assert_close(training.trained(z, p, cell(0.5), first.EPOCHS, 0.5), first.path_of(z, p, whole))


def test_a_disturbance_of_a_stable_state_is_taken_back_and_one_of_no_state_is_not_measured() -> None:
    z = training.points(cell(0.5))
    p = samples_start(z, 2, "samples", 0)
    assert training.returned(z, p, cell(0.5), 0.5) == pytest.approx(1.0, abs=1e-3)
    assert training.returned(z, z[:1].expand(2, 2), cell(HOT), HOT) is None


def test_a_disturbance_that_stays_is_measured_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    z = training.points(cell(0.5))
    p = samples_start(z, 2, "samples", 0)
    monkeypatch.setattr(training, "RATE", 0.0)
    assert training.returned(z, p, cell(0.5), 0.5) == pytest.approx(0.0, abs=1e-9)


def test_a_run_that_collapses_says_so() -> None:
    found = training.run(cell(HOT))
    assert found["collapsed"] and found["return"] is None and found["correlation"] < 0
    assert not training.run(cell(0.5))["collapsed"]


def test_without_dynamics_the_separation_is_that_of_training() -> None:
    """The curve of the rescaled prototypes, recomputed from the separation that was recorded."""
    found = training.run(cell(0.5))
    z = training.points(cell(0.5))
    p = samples_start(z, 2, "samples", 0)
    total = float(z.var(0, unbiased=False).sum())
    wanted = total * torch.tensor(found["separation_over_epochs"], dtype=z.dtype)
    states = training.rescaled(p, wanted)
    q = torch.softmax(-torch.cdist(z.expand(len(states), *z.shape), states).square() / 0.5, -1)
    recomputed = (1 - q.square().sum(-1)).mean(-1)
    assert recomputed.tolist() == pytest.approx(found["uncertainty_rescaled"], abs=1e-5)
    assert found["uncertainty_rescaled"][0] == found["uncertainty_over_epochs"][0]
    assert found["uncertainty_rescaled"][-1] != found["uncertainty_over_epochs"][-1]


@pytest.mark.parametrize("name", ["convention", "gradient", "init"])
def test_settings_reach_the_training(name: str) -> None:
    assert training.run(cell(0.5)) != training.run(cell(0.5, {name: GRID.values[name][1]}))


def test_the_same_cell_gives_the_same_numbers() -> None:
    assert training.run(cell(1.0)) == training.run(cell(1.0))
    assert training.run(cell(1.0)) != training.run(cell(1.0, seed=1))


def as_predicted(c: Cell) -> Metrics:
    """What every run would measure if all predictions were right."""
    hot = c["T"] == HOT
    found = {"correlation": -0.98 + 0.001 * c.replicate, "rescaled": -0.9, "collapsed": hot}
    return {**found, "return": None if hot else 0.9}


@pytest.mark.parametrize("profile", ["quick", "thorough"])
@pytest.mark.parametrize("prediction", BLOCK.predictions, ids=lambda p: p.id)
def test_a_prediction_is_reproduced_where_it_is_so_and_each_false_change_undoes_it(
    prediction: Any, profile: str
) -> None:
    plan = Plan(profile)
    results = Results(GRID, {c: as_predicted(c) for c in BLOCK.cells(plan)})
    assert assess(BLOCK, prediction, results, plan).outcome is Outcome.REPRODUCED
    for change in prediction.changes:
        after = assess(BLOCK, prediction, change.apply(results), plan)
        assert (after.outcome is Outcome.REPRODUCED) is change.harmless, change.id


def test_what_the_paper_never_says_is_marked_as_ours() -> None:
    ours = {p.id for p in BLOCK.predictions if p.ours}
    assert ours == {"rescaling", "stronger", "collapse-correlates"}


def test_a_run_that_does_not_collapse_does_not_support_the_one_about_collapse() -> None:
    plan = Plan("standard")
    results = Results(GRID, {c: as_predicted(c) for c in BLOCK.cells(plan)})
    metrics = {c: m | {"collapsed": False} if c.replicate == 1 else m for c, m in results}
    found = assess(BLOCK, BLOCK.prediction("collapse-correlates"), replace(results, metrics=metrics), plan)
    assert found.outcome is Outcome.NOT_REPRODUCED
