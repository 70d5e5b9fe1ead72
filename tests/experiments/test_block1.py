"""Block 1: its training, its measurements, its predictions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from ddcl_core import functional as core
from ddcl_core.functional.losses import Decomposition
from ddcl_theory.experiments import block1_training as training
from ddcl_theory.experiments.assess import assess
from ddcl_theory.experiments.block1 import BLOCK, DATASETS, GRID
from ddcl_theory.experiments.outcome import Outcome
from ddcl_theory.experiments.protocol import Cell, Metrics, Plan, Results, Scalar, pairs

PLAN = Plan("quick")
#: Ten replicates, most of them to one side or the other, and none on average.
SIDES = (1, -1, 1, -1, 1, -1, 1, -1, 0, 0)


def cell(arm: str = "L_q", dataset: str = "moons", t: float = 0.5, seed: int = 0, **setting: Scalar) -> Cell:
    whole = dict(GRID.of_arm(arm, GRID.central)) | setting
    return Cell("block1", arm, pairs({"dataset": dataset, "T": t}), pairs(whole), seed)


def points(c: Cell) -> Tensor:
    x, _ = training.data(str(c["dataset"]), c.root, c["features"] == "standardised")
    return torch.from_numpy(x)


def first_step(c: Cell) -> tuple[Tensor, Tensor, Tensor]:
    """Data, prototypes before, prototypes after one epoch."""
    z = points(c)
    p = training.start(z, training.CLUSTERS[str(c["dataset"])], str(c["init"]), c.seed)
    return z, p, training.path_of(z, p, c)[1]


def loss(z: Tensor, p: Tensor, c: Cell) -> Tensor:
    stopped = p.detach() if c["gradient"] == "stopped" else p
    q = core.soft_assignment(z, stopped, float(c["T"]), convention=str(c["convention"]))
    of = core.quantization_loss if c.arm == "L_q" else core.ols_loss
    return of(z, p, q)


@pytest.mark.parametrize("arm", ["L_q", "L_OLS"])
@pytest.mark.parametrize("gradient", ["stopped", "full"])
@pytest.mark.parametrize("convention", ["d/T", "d/2T"])
def test_a_free_step_descends_the_gradient(arm: str, gradient: str, convention: str) -> None:
    c = cell(arm, gradient=gradient, convention=convention)
    z, p, moved = first_step(c)
    variable = p.clone().requires_grad_()
    loss(z, variable, c).backward()
    torch.testing.assert_close(moved, p - training.RATE * variable.grad)


@pytest.mark.parametrize("features", ["standardised", "raw"])
def test_a_native_step_is_a_step_in_the_weights(features: str) -> None:
    c = cell(prototypes="native", features=features)
    z, p, moved = first_step(c)
    weights = torch.linalg.pinv(z).T @ p.T
    weights.requires_grad_()
    loss(z, weights.T @ z, c).backward()
    rate = training.RATE / torch.linalg.eigvalsh(z.T @ z)[-1]
    with torch.no_grad():
        torch.testing.assert_close(moved, (weights - rate * weights.grad).T @ z)


def test_the_unweighted_reading_moves_all_prototypes_alike() -> None:
    z, p, moved = first_step(cell("L_OLS", ols="unweighted"))
    q = core.soft_assignment(z, p, 0.5)
    torch.testing.assert_close(moved - p, (0.2 * (z - q @ p).mean(0)).expand(2, 2))


def test_least_squares_gives_the_best_prototypes_for_the_assignments() -> None:
    z, p, moved = first_step(cell("L_OLS", ols="least squares"))
    q = core.soft_assignment(z, p, 0.5)
    torch.testing.assert_close(q.T @ (z - q @ moved), torch.zeros(2, 2, dtype=z.dtype), atol=1e-9, rtol=0)


def test_collapse_follows_the_threshold_of_theory() -> None:
    """Stopped L_q with d/T: the mean attracts iff T > 2 λ_max(Σ); L_OLS leaves it at every temperature."""
    z = points(cell())
    threshold = 2 * float(torch.linalg.eigvalsh(torch.cov(z.T, correction=0))[-1])
    assert 2.0 < threshold < 4.0
    for t in (0.8 * threshold, 1.4 * threshold):
        assert training.run(cell(t=t))["collapsed"] is (t > threshold)
        assert training.run(cell("L_OLS", t=t))["collapsed"] is False


@pytest.mark.parametrize("name", DATASETS)
def test_data_have_their_size_classes_and_seed(name: str) -> None:
    x, y = training.data(name, 3, standardised=True)
    assert x.shape == (training.SAMPLES, 2)
    assert np.bincount(y).tolist() == [training.SAMPLES // training.CLUSTERS[name]] * training.CLUSTERS[name]
    np.testing.assert_allclose((x.mean(0), x.std(0)), ((0, 0), (1, 1)), atol=1e-12)
    raw, _ = training.data(name, 3, standardised=False)
    np.testing.assert_allclose((raw - raw.mean(0)) / raw.std(0), x)
    assert (training.data(name, 3, True)[0] == x).all() and (training.data(name, 4, True)[0] != x).any()


def test_unknown_data_are_refused() -> None:
    with pytest.raises(ValueError, match="dataset: got 'rings'"):
        training.data("rings", 0, True)


@pytest.mark.parametrize(("kind", "spread"), [("narrow", 0.1), ("wide", 1.0)])
def test_starts_have_their_scale(kind: str, spread: float) -> None:
    z = 5 + 3 * torch.randn(4_000, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    p = training.start(z, 4_000, kind, 1)
    assert float((p - z.mean(0)).square().mean().sqrt()) == pytest.approx(3 * spread, rel=0.05)


def test_starts_at_samples_are_distinct_and_belong_to_the_replicate() -> None:
    z = points(cell())
    starts = [training.start(z, 3, "samples", seed) for seed in (0, 0, 1)]
    assert torch.equal(starts[0], starts[1]) and not torch.equal(starts[0], starts[2])
    assert all(len({tuple(p.tolist()) for p in s} & {tuple(p.tolist()) for p in z}) == 3 for s in starts)


@pytest.mark.parametrize("c", [cell(), cell("L_OLS", "blobs", 1.0, 10_002)])
def test_the_same_cell_gives_the_same_numbers(c: Cell) -> None:
    assert training.run(c) == training.run(c)
    assert training.run(c) != training.run(replace(c, seed=c.seed + 1))


def test_a_broken_decomposition_is_a_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = training.run(cell())
    assert (whole["violations"], whole["negative"], whole["epochs"]) == (0, 0, training.EPOCHS)
    original = core.decomposition

    def broken(z: Tensor, p: Tensor, q: Tensor) -> Decomposition:
        parts = original(z, p, q)
        residual = parts.residual.clone()
        residual[7, 11] += 1e-6 * parts.quantization[7, 11]
        ols = parts.ols.clone()
        ols[9, 2] = parts.quantization[9, 2] * 1.001
        return parts._replace(residual=residual, ols=ols)

    monkeypatch.setattr(core, "decomposition", broken)
    found = training.run(cell())
    assert (found["violations"], found["negative"]) == (1, 1)


def test_a_path_that_diverges_ends_and_has_no_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "RATE", 60.0)
    found = training.run(cell("L_OLS", t=0.5))
    assert found["finished"] is False and found["epochs"] < training.EPOCHS
    assert found["accuracy"] is None and found["separation"] is None and found["collapsed"] is False


def test_turns_of_a_damped_oscillation_are_counted() -> None:
    t = np.linspace(0, 6 * math.pi, 400)
    assert training.count_turns(np.exp(-0.05 * t) * np.cos(t)) == 5
    assert training.count_turns(np.exp(-t)) == 0
    assert training.count_turns(1 - np.exp(-t)) == 0
    assert training.count_turns(np.zeros(5)) == 0
    noisy = np.exp(-t) + 1e-5 * np.cos(40 * t)
    assert training.count_turns(noisy) == 0


def test_the_correlation_is_that_of_numpy() -> None:
    a, b = torch.randn(2, 50, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    assert training.pearson(a, b) == pytest.approx(np.corrcoef(a, b)[0, 1])
    assert training.pearson(torch.ones(5), torch.arange(5.0)) is None


def test_curves_are_kept_for_the_first_replicate_at_the_central_setting() -> None:
    assert training.drawn(cell()) and training.drawn(cell("L_OLS"))
    for other in (cell(seed=1), cell(init="wide"), cell("L_OLS", ols="unweighted"), cell(convention="d/2T")):
        assert not training.drawn(other)
    kept = training.run(cell())
    epochs = training.EPOCHS // training.STRIDE + 1
    assert len(kept["path"]) == len(kept["separation_over_epochs"]) == epochs
    assert np.shape(kept["path"]) == (epochs, 2, 2)


#: What every run would measure if the paper were right in all of its predictions.
AS_PAPER: Mapping[tuple[str, str, float], Mapping[str, Any]] = {
    ("L_OLS", "moons", 1.0): {"collapsed": True, "separation": 0.0},
    ("L_OLS", "circles", 0.5): {"collapsed": True, "separation": 0.0},
    ("L_OLS", "circles", 1.0): {"collapsed": True, "separation": 0.0},
    ("L_q", "moons", 0.02): {"accuracy": 0.7},
    ("L_q", "moons", 8.0): {"accuracy": 0.5},
}


def as_the_paper_says(c: Cell) -> Metrics:
    place = (c.arm, str(c["dataset"]), float(c["T"]))
    metrics: Metrics = {
        "violations": 0,
        "negative": 0,
        "variance": 0.1 * float(c["T"]) + 0.001 * c.replicate,
        "separation": 2.0,
        "collapsed": False,
        "correlation": -0.98 + 0.001 * c.replicate,
        "turns": 4,
        "accuracy": 0.85,
        "nmi": 0.4 + 0.001 * c.replicate,
        "ari": 0.5,
    }
    return metrics | dict(AS_PAPER.get(place, {}))


@pytest.mark.parametrize("prediction", BLOCK.predictions, ids=lambda p: p.id)
def test_a_prediction_is_reproduced_where_it_is_so_and_each_false_change_undoes_it(prediction: Any) -> None:
    results = Results(GRID, {c: as_the_paper_says(c) for c in BLOCK.cells(PLAN)})
    assert assess(BLOCK, prediction, results, PLAN).outcome is Outcome.REPRODUCED
    for change in prediction.changes:
        after = assess(BLOCK, prediction, change.apply(results), PLAN)
        assert (after.outcome is Outcome.REPRODUCED) is change.harmless, change.id


def test_one_run_that_differs_undoes_what_is_said_of_every_run() -> None:
    results = Results(GRID, {c: as_the_paper_says(c) for c in BLOCK.cells(PLAN)})
    places = {
        "decomposition": (("L_OLS", "spiral", 0.1), {"violations": 1}),
        "no-collapse": (("L_q", "blobs", 1.0), {"separation": 0.0}),
        "ols-collapses": (("L_OLS", "moons", 1.0), {"separation": 2.0}),
        "table-2": (("L_OLS", "moons", 0.5), {"separation": 0.0}),
    }
    for name, (place, values) in places.items():
        metrics = {
            c: m | values if (c.arm, c["dataset"], c["T"]) == place and c.replicate == 1 else m for c, m in results
        }
        changed = replace(results, metrics=metrics)
        assert assess(BLOCK, BLOCK.prediction(name), changed, PLAN).outcome is Outcome.NOT_REPRODUCED


def with_metrics(place: tuple[str, str, float], values: Metrics, replicates: tuple[int, ...] = (0, 1, 2)) -> Results:
    """As the paper says, but for these metrics at one place."""
    metrics = {c: as_the_paper_says(c) for c in BLOCK.cells(PLAN)}
    for c in metrics:
        if (c.arm, c["dataset"], c["T"]) == place and c.replicate in replicates:
            metrics[c] |= values
    return Results(GRID, metrics)


DIVERGED: Metrics = {"separation": None, "collapsed": False, "accuracy": None, "variance": None}


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("no-collapse", ("L_q", "spiral", 0.5)),
        ("ols-collapses", ("L_OLS", "moons", 1.0)),
        ("collapse-grows", ("L_OLS", "spiral", 0.1)),
        ("table-2", ("L_OLS", "moons", 0.5)),
    ],
)
def test_a_run_that_diverged_is_no_evidence_for_or_against_a_collapse(name: str, place: tuple[str, str, float]) -> None:
    whole = assess(BLOCK, BLOCK.prediction(name), with_metrics(place, DIVERGED), PLAN)
    assert whole.outcome is Outcome.NOT_TESTABLE and "separation of" in whole.sentence()
    one = assess(BLOCK, BLOCK.prediction(name), with_metrics(place, DIVERGED, (1,)), PLAN)
    assert one.outcome is Outcome.NOT_TESTABLE


def test_a_collapse_elsewhere_outweighs_a_run_that_diverged() -> None:
    results = with_metrics(("L_q", "spiral", 0.5), DIVERGED)
    for c, m in results:
        if (c.arm, c["dataset"], c["T"]) == ("L_q", "moons", 1.0):
            m["separation"] = 0.0
    assert assess(BLOCK, BLOCK.prediction("no-collapse"), results, PLAN).outcome is Outcome.NOT_REPRODUCED


@pytest.mark.parametrize("dataset", DATASETS)
def test_v_must_grow_on_every_data_set(dataset: str) -> None:
    found = assess(
        BLOCK, BLOCK.prediction("variance-grows"), with_metrics(("L_q", dataset, 0.5), {"variance": 0.2}), PLAN
    )
    assert found.outcome is Outcome.NOT_REPRODUCED and len(found.groups) == 1 and len(found.rows) == 8


def test_scores_that_differ_by_chance_are_stable_and_a_shift_is_not() -> None:
    plan, prediction = Plan("thorough"), BLOCK.prediction("scores-stable")
    cells = [c for c in BLOCK.cells(plan) if c.arm == "L_q" and c["dataset"] == "moons"]

    def outcome(metric: str, deviation: float, shift: float) -> Outcome:
        metrics = {c: as_the_paper_says(c) for c in cells}
        for c, m in metrics.items():
            if c["T"] == 1.0:
                m[metric] += shift + deviation * SIDES[c.replicate]
        return assess(BLOCK, prediction, Results(GRID, metrics), plan).outcome

    assert outcome("accuracy", 0.06, 0.0) is Outcome.REPRODUCED
    assert outcome("ari", 0.0, 0.06) is outcome("nmi", 0.0, -0.06) is Outcome.NOT_REPRODUCED


@pytest.mark.parametrize("limit", [0.02, 8.0])
def test_an_optimal_temperature_exceeds_both_limits(limit: float) -> None:
    found = assess(
        BLOCK, BLOCK.prediction("optimal-temperature"), with_metrics(("L_q", "moons", limit), {"accuracy": 0.9}), PLAN
    )
    assert found.outcome is Outcome.NOT_REPRODUCED and len(found.groups) == 3


def test_every_cell_of_the_plans_can_be_looked_up() -> None:
    for profile in ("quick", "standard", "thorough"):
        plan = Plan(profile)
        results = Results(GRID, {c: as_the_paper_says(c) for c in BLOCK.cells(plan)})
        for prediction in BLOCK.predictions if profile != "thorough" else BLOCK.predictions[1:2]:
            assert assess(BLOCK, prediction, results, plan).outcome is Outcome.REPRODUCED
