"""Block 6: its stream, its steps, its measurements, its predictions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from ddcl_core import functional as core
from ddcl_core.incremental import incremental_assignment
from ddcl_core.objective import DDCLLoss
from ddcl_core.online import OnlinePrototypes
from ddcl_theory.experiments import block2_training as whole
from ddcl_theory.experiments import block6_training as training
from ddcl_theory.experiments.assess import assess
from ddcl_theory.experiments.block2_settings import GRID as BATCH_GRID
from ddcl_theory.experiments.block6 import BLOCK, CEILING, GRID, HARD, INCREMENTAL
from ddcl_theory.experiments.outcome import Outcome
from ddcl_theory.experiments.protocol import Cell, Metrics, Plan, Results, Scalar, pairs

PLAN = Plan("standard")


def cell(arm: str = INCREMENTAL, seed: int = 0, **setting: Scalar) -> Cell:
    whole_setting = dict(GRID.of_arm(arm, GRID.central)) | setting
    return Cell("block6", arm, (), pairs(whole_setting), seed)


def features(kind: str = "PCA, then standardised") -> Tensor:
    return torch.from_numpy(whole.digits(kind).features)


def path(c: Cell) -> tuple[Tensor, list[Any], list[Tensor]]:
    z = features()
    batches = training.stream(len(z), int(c["batch"]), c.seed)
    return z, batches, training.path_of(z, batches, c)


@pytest.mark.parametrize("size", [32, 64, 128])
def test_a_stream_has_every_sample_once_in_batches_of_about_the_size(size: int) -> None:
    batches = training.stream(1797, size, 3)
    assert sorted(np.concatenate(batches).tolist()) == list(range(1797))
    assert all(size <= len(index) < 1.1 * size for index in batches)
    assert (np.concatenate(batches) == np.concatenate(training.stream(1797, size, 3))).all()
    assert (np.concatenate(batches) != np.concatenate(training.stream(1797, size, 4))).any()


@pytest.mark.parametrize("convention", ["d/T", "d/2T"])
@pytest.mark.parametrize("gradient", ["stopped", "full"])
@pytest.mark.parametrize(("step", "rate"), [("rate 0.5", 0.5), ("rate 0.1", 0.1), ("mass", None)])
def test_the_steps_are_those_of_online_prototypes(
    convention: str, gradient: str, step: str, rate: float | None
) -> None:
    z, batches, found = path(cell(step=step, gradient=gradient, convention=convention))
    online = OnlinePrototypes(found[0], loss=DDCLLoss(assignments=gradient, convention=convention), rate=rate)
    for index, expected in zip(batches, found[1:], strict=True):
        online.step(z[index], 0.5)
        torch.testing.assert_close(online.prototypes, expected)


def test_row_by_row_assigns_by_widrow_hoff_and_steps_at_fixed_assignments() -> None:
    z, batches, found = path(cell(assignment="row by row"))
    for index, before, after in zip(batches[:3], found, found[1:], strict=False):
        q = incremental_assignment(z[index], before).q
        variable = before.clone().requires_grad_()
        (gradient,) = torch.autograd.grad(core.quantization_loss(z[index], variable, q), variable)
        torch.testing.assert_close(after, before - 0.5 * gradient)
    assert not torch.allclose(found[3], path(cell())[2][3])


def test_a_batch_moves_the_prototypes_before_the_next_is_seen() -> None:
    z, batches, found = path(cell())
    later = z.clone()
    later[torch.from_numpy(batches[5])] += 1.0
    changed = training.path_of(later, batches, cell())
    for number, (a, b) in enumerate(zip(found, changed, strict=True)):
        assert torch.equal(a, b) is (number <= 5)


def test_temperatures_are_fixed_or_fall_over_the_stream() -> None:
    assert training.temperature(cell(temperature=1.0), 0.7) == 1.0
    falling = cell(temperature="2 to 0.5")
    assert [training.temperature(falling, part) for part in (0.0, 0.5, 1.0)] == pytest.approx([2.0, 1.0, 0.5])


@pytest.mark.parametrize("kind", ["samples", "k-means++"])
def test_starts_come_from_the_first_batch(kind: str) -> None:
    z, batches, found = path(cell(init=kind))
    first = {tuple(row) for row in z[batches[0]].tolist()}
    assert len({tuple(row) for row in found[0].tolist()} & first) == 10


def test_a_start_near_the_mean_is_narrow() -> None:
    narrow, wide = (path(cell(init=kind))[2][0] for kind in ("narrow", "wide"))
    assert training.separation(narrow) == pytest.approx(training.separation(wide) / 100, rel=0.05)


@pytest.mark.parametrize("c", [cell(), cell(seed=10_001, init="wide"), cell(HARD), cell(CEILING)])
def test_the_same_cell_gives_the_same_numbers(c: Cell) -> None:
    assert training.run(c) == training.run(c)
    assert training.run(c)["accuracy"] != training.run(replace(c, seed=c.seed + 1))["accuracy"]


def test_a_run_is_measured_after_each_batch() -> None:
    c = cell()
    z, batches, states = path(c)
    found = training.run(c)
    assert len(found["accuracy_over_batches"]) == len(found["samples_seen"]) == len(batches) == 28
    assert len(found["separation_over_batches"]) == 29 and found["samples_seen"][-1] == 1797
    total = float(z.var(0, unbiased=False).sum())
    for at in (0, 10, 28):
        spread = float(torch.pdist(states[at]).square().mean()) / total
        assert found["separation_over_batches"][at] == pytest.approx(spread, abs=1e-6)
    labels = torch.cdist(z, states[-1]).argmin(-1).numpy()
    assert found["accuracy"] == whole.scores_of(labels)["accuracy"]
    assert (found["separation_start"], found["separation"]) == pytest.approx(
        (found["separation_over_batches"][0], found["separation_over_batches"][-1]), abs=1e-6
    )


def test_the_ceiling_is_block_2() -> None:
    found = training.run(cell(CEILING, 1, features="PCA alone"))
    setting = dict(BATCH_GRID.of_arm("L_q", BATCH_GRID.central)) | {"features": "PCA alone"}
    same = whole.run(Cell("block2", "L_q", (), pairs(setting), 1))
    assert found == {name: same[name] for name in ("accuracy", "nmi", "ari")}


def test_minibatch_kmeans_sees_the_same_batches_and_the_seeds_that_are_named() -> None:
    x = features().numpy()
    c = cell(HARD, seeds="samples")
    batches = training.stream(len(x), 64, 0)
    states = training.minibatch_kmeans(x, batches, c)
    assert len(states) == len(batches)
    own = training.minibatch_kmeans(x, batches, cell(HARD))
    assert not np.allclose(states[0], own[0])
    z = x.copy()
    z[batches[9]] += 1.0
    changed = training.minibatch_kmeans(z, batches, c)
    assert [np.array_equal(a, b) for a, b in zip(states, changed, strict=True)] == [n < 9 for n in range(28)]


def test_a_stream_that_diverges_has_no_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(training.RATES, "rate 0.5", 1e4)
    assert training.run(cell()) == {"finished": False}


def test_falls_and_the_last_quarter() -> None:
    assert training.falls([1.0, 3.0, 2.0, 2.5, 0.5]) == pytest.approx(3.0)
    assert training.falls([1.0, 2.0]) == 0
    assert training.unsettled([0.0, 1.0, 2.0, 3.0, 4.0]) == pytest.approx(0.25)
    assert training.unsettled([0.0, 4.0, 4.0, 4.0, 4.0]) == 0


def as_the_paper_says(c: Cell) -> Metrics:
    """What every run would measure if the paper were right."""
    shift = 0.001 * c.replicate
    return {
        "accuracy": {INCREMENTAL: 0.52, HARD: 0.53, CEILING: 0.576}[c.arm] + shift,
        "accuracy_start": 0.3,
        "drops": 0.2 if c.arm == HARD else 0.01 + shift,
        "separation": 0.7 + shift,
        "separation_start": 0.1,
        "falls": 0.01,
        "unsettled": 0.02,
    }


@pytest.mark.parametrize("prediction", BLOCK.predictions, ids=lambda p: p.id)
def test_a_prediction_is_reproduced_where_it_is_so_and_each_false_change_undoes_it(prediction: Any) -> None:
    results = Results(GRID, {c: as_the_paper_says(c) for c in BLOCK.cells(PLAN)})
    assert assess(BLOCK, prediction, results, PLAN).outcome is Outcome.REPRODUCED
    for change in prediction.changes:
        after = assess(BLOCK, prediction, change.apply(results), PLAN)
        assert (after.outcome is Outcome.REPRODUCED) is change.harmless, change.id


def test_every_cell_of_the_plans_can_be_looked_up() -> None:
    for profile in ("quick", "thorough"):
        plan = Plan(profile)
        results = Results(GRID, {c: as_the_paper_says(c) for c in BLOCK.cells(plan)})
        for name in ("alike", "hard-below-ceiling", "separation-monotone"):
            found = assess(BLOCK, BLOCK.prediction(name), results, plan)
            assert found.outcome is Outcome.REPRODUCED, name


def test_effects_have_their_sign() -> None:
    results = Results(GRID, {c: as_the_paper_says(c) for c in BLOCK.cells(PLAN)})
    runs = results.at(GRID.central, 0)
    effect = {p.id: p.effect(runs) for p in BLOCK.predictions}
    assert effect["alike"] == pytest.approx(-0.01)
    assert effect["below-ceiling"] == pytest.approx(0.056) and effect["hard-below-ceiling"] == pytest.approx(0.046)
    assert effect["accuracy-rises"] == pytest.approx(0.22) and effect["smoother"] == pytest.approx(0.19)
    assert effect["separation-grows"] == pytest.approx(0.6)


@pytest.mark.parametrize(("arm", "accuracy"), [(INCREMENTAL, 0.4), (INCREMENTAL, 0.7), (HARD, 0.4), (HARD, 0.7)])
def test_alike_is_neither_worse_nor_better(arm: str, accuracy: float) -> None:
    metrics = {c: as_the_paper_says(c) | ({"accuracy": accuracy} if c.arm == arm else {}) for c in BLOCK.cells(PLAN)}
    assert assess(BLOCK, BLOCK.prediction("alike"), Results(GRID, metrics), PLAN).outcome is Outcome.NOT_REPRODUCED
