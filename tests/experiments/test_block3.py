"""Block 3: its training, its measurements, its predictions."""

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
from ddcl_theory.experiments import block3
from ddcl_theory.experiments import block3_training as training
from ddcl_theory.experiments.assess import assess
from ddcl_theory.experiments.block3 import BLOCK, DIMENSIONS, GRID, METHODS, SPAN
from ddcl_theory.experiments.madelon import COMPONENTS
from ddcl_theory.experiments.outcome import Outcome
from ddcl_theory.experiments.protocol import Cell, Metrics, Plan, Results, Scalar, pairs

PLAN = Plan("standard")


def cell(arm: str = "L_q", d: int = 50, seed: int = 0, **setting: Scalar) -> Cell:
    whole = dict(GRID.of_arm(arm, GRID.central)) | setting
    return Cell("block3", arm, pairs({"d": d}), pairs(whole), seed)


def points(c: Cell) -> Tensor:
    return torch.from_numpy(np.array(training.points(c)[0]))


def loss(z: Tensor, p: Tensor, c: Cell) -> Tensor:
    stopped = p.detach() if c["gradient"] == "stopped" else p
    q = core.soft_assignment(z, stopped, 30.0, convention=str(c["convention"]))
    return (core.quantization_loss if c.arm == "L_q" else core.ols_loss)(z, p, q)


@pytest.mark.parametrize("arm", ["L_q", "L_OLS"])
@pytest.mark.parametrize("gradient", ["stopped", "full"])
@pytest.mark.parametrize("convention", ["d/T", "d/2T"])
def test_the_gradient_is_that_of_the_loss(arm: str, gradient: str, convention: str) -> None:
    c = cell(arm, gradient=gradient, convention=convention)
    z = points(c)
    p = training.start(z, "wide", [0, 1]).requires_grad_()
    loss(z, p, c).backward()
    torch.testing.assert_close(training.gradient(z, p.detach(), 30.0, c), p.grad)


def test_the_unweighted_reading_moves_all_prototypes_alike() -> None:
    c = cell("L_OLS", ols="unweighted")
    z = points(c)
    p = training.start(z, "wide", [0, 1])
    q = core.soft_assignment(z, p, 30.0)
    torch.testing.assert_close(training.gradient(z, p, 30.0, c), (-2 * (z - q @ p).mean(0)).expand(2, -1))


def test_one_pass_moves_free_prototypes_by_the_gradient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "PASSES", 1)
    c = cell(prototypes="free", temperature="0.5")
    z = points(c)
    p = training.start(z, "samples", [0, 1])
    expected = p - training.RATE * training.gradient(z, p, 0.5, c)
    torch.testing.assert_close(training.train(z, p, c), expected)


def test_a_native_pass_is_a_step_in_the_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "PASSES", 1)
    c = cell(temperature="largest variance")
    z = points(c)
    p = training.start(z, "samples", [0, 1])
    weights = (torch.linalg.pinv(z).T @ p.T).requires_grad_()
    t = training.temperatures(z, "largest variance")[0]
    q = core.soft_assignment(z, p, t)
    core.quantization_loss(z, weights.T @ z, q).backward()
    rate = training.RATE / torch.linalg.eigvalsh(z.T @ z)[-1]
    with torch.no_grad():
        torch.testing.assert_close(training.train(z, p, c), (weights - rate * weights.grad).T @ z)


def test_least_squares_gives_the_best_prototypes_for_the_last_assignments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "PASSES", 1)
    c = cell("L_OLS", ols="least squares", temperature="largest variance")
    z = points(c)
    p = training.start(z, "wide", [0, 1])
    q = core.soft_assignment(z, p, training.temperatures(z, "largest variance")[0])
    residual = q.T @ (z - q @ training.train(z, p, c))
    torch.testing.assert_close(residual, torch.zeros_like(residual), atol=1e-8, rtol=0)


def test_schedules() -> None:
    z = 3 * torch.randn(50, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0)) + 7
    cooled = training.temperatures(z, "2 to 0.5")
    assert (cooled[0], cooled[-1], len(cooled)) == (2.0, pytest.approx(0.5), training.PASSES)
    assert all(a > b for a, b in zip(cooled, cooled[1:], strict=False))
    assert set(training.temperatures(z, "0.5")) == {0.5}
    largest = float(torch.linalg.eigvalsh(torch.cov(z.T, correction=0))[-1])
    assert training.temperatures(z, "largest variance")[0] == pytest.approx(largest)
    with pytest.raises(ValueError, match="temperature: got 'cold'"):
        training.temperatures(z, "cold")


@pytest.mark.parametrize(
    "setting", [{}, {"prototypes": "free", "init": "narrow"}, {"init": "wide", "gradient": "full"}]
)
def test_coordinates_of_the_joint_span_give_the_same_run(
    setting: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "PASSES", 40)
    c = cell(d=300, separation=3.0, **setting)
    reduced = training.run(c)
    monkeypatch.setattr(training, "isometric", lambda z, starts: (z, starts))
    whole = training.run(c)
    assert reduced.pop("outside") == pytest.approx(whole.pop("outside"), abs=1e-12)
    assert reduced.pop("separation") == pytest.approx(whole.pop("separation"), rel=1e-9)
    assert reduced == whole


def test_native_prototypes_stay_in_the_span_and_free_ones_need_not() -> None:
    native, free = (training.run(cell(d=300, init="wide", prototypes=kind)) for kind in ("native", "free"))
    assert native["outside"] < 1e-20
    assert free["outside"] > native["outside"]


def test_kmeans_is_the_same_in_coordinates_of_the_span() -> None:
    whole, reduced = (training.run(cell(arm, 400)) for arm in ("k-means", SPAN))
    assert (whole["accuracy"], whole["nmi"]) == (reduced["accuracy"], pytest.approx(reduced["nmi"]))
    assert whole["outside"] < 1e-20


def test_starts_at_samples_are_distinct_samples() -> None:
    z = points(cell())
    p = training.start(z, "samples", [0, 1])
    assert len({tuple(r) for r in p.tolist()} & {tuple(r) for r in z.tolist()}) == 2


def test_of_several_starts_the_best_by_the_own_loss_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    def choice(losses: list[float]) -> Metrics:
        left = iter(losses)
        monkeypatch.setattr(training, "_loss", lambda z, p, c: next(left))
        return training.run(cell(d=10, starts=3))

    ends = [choice([1.0 - (i == j) for i in range(3)]) for j in range(3)]
    assert len({e["separation"] for e in ends}) > 1
    assert choice([math.inf, 0.5, 0.1]) == ends[2] and choice([0.1, math.inf, 0.5]) == ends[0]


def test_principal_components_of_few_features_are_all_of_them() -> None:
    assert training.points(cell(d=10, projection="PCA"))[0].shape == (100, 10)
    x, _ = training.points(cell(d=200, projection="PCA"))
    assert x.shape == (100, COMPONENTS)
    np.testing.assert_allclose(x.std(0), 1)


@pytest.mark.parametrize("arm", [*METHODS, SPAN])
def test_the_same_cell_gives_the_same_numbers(arm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "PASSES", 8)
    c = cell(arm, 10, **({"rounds": 2} if arm == "DeepCluster" else {}))
    assert training.run(c) == training.run(c)
    others = [training.run(replace(c, seed=s)) for s in (1, 2, 3)]
    assert any(other != training.run(c) for other in others)


def test_prototypes_that_leave_the_numbers_have_no_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "RATE", 1e200)
    found = training.run(cell("L_OLS", prototypes="free"))
    assert found["finished"] is False and found["accuracy"] is None and found["collapsed"] is False


#: What every run would measure if the paper were right in all of its predictions; DeepCluster then falls below 0.5.
AS_PAPER: Mapping[str, tuple[float, ...]] = {
    "L_q": (0.96, 0.93, 0.807, 0.62, 0.58, 0.56),
    "L_OLS": (0.95, 0.9, 0.55, 0.57, 0.56, 0.55),
    "k-means + PCA": (0.94, 0.92, 0.9, 0.55, 0.55, 0.545),
    "k-means": (0.93, 0.7, 0.52, 0.51, 0.51, 0.51),
    "DeepCluster": (0.95, 0.75, 0.5, 0.3, 0.25, 0.2),
    SPAN: (0.93, 0.8, 0.7, 0.7, 0.7, 0.7),
}


def as_the_paper_says(c: Cell) -> Metrics:
    accuracy = AS_PAPER[c.arm][DIMENSIONS.index(int(c["d"]))] + 1e-4 * c.replicate
    return {"accuracy": accuracy, "outside": 0.1, "separation": 0.0 if c.arm == "L_OLS" else 1.0, "violations": 0}


@pytest.mark.parametrize("prediction", BLOCK.predictions, ids=lambda p: p.id)
def test_a_prediction_is_reproduced_where_it_is_so_and_each_false_change_undoes_it(prediction: Any) -> None:
    results = Results(GRID, {c: as_the_paper_says(c) for c in BLOCK.cells(PLAN)})
    assert assess(BLOCK, prediction, results, PLAN).outcome is Outcome.REPRODUCED
    for change in prediction.changes:
        after = assess(BLOCK, prediction, change.apply(results), PLAN)
        assert (after.outcome is Outcome.REPRODUCED) is change.harmless, change.id


@pytest.mark.parametrize(
    ("accuracies", "dimension"),
    [
        ((0.7, 0.7, 0.7, 0.7, 0.7, 0.7), 10),
        ((0.9, 0.8, 0.75, 0.6, 0.5, 0.5), 200),
        ((0.9, 0.8, 0.8, 0.7, 0.9, 0.5), math.sqrt(200 * 500)),
        ((0.9, 0.9, 0.9, 0.9, 0.9, 0.9), 5000),
    ],
)
def test_the_transition_is_where_the_accuracy_first_falls_through_the_middle(
    accuracies: tuple[float, ...], dimension: float
) -> None:
    rows = {cell("L_q", d): {"accuracy": a} for d, a in zip(DIMENSIONS, accuracies, strict=True)}
    runs = Results(GRID, rows).at(GRID.central, 0)
    assert block3.distance_of_transition(runs) == pytest.approx(abs(math.log2(dimension / 100)))


def central(change: Mapping[str, Mapping[int, float]], metric: str = "accuracy") -> Results:
    """As the paper says, but for this metric of some arms at some d."""
    metrics = {c: as_the_paper_says(c) for c in BLOCK.cells(PLAN)}
    for c, m in metrics.items():
        if int(c["d"]) in change.get(c.arm, {}):
            m[metric] = change[c.arm][int(c["d"])]
    return Results(GRID, metrics)


@pytest.mark.parametrize("d", DIMENSIONS)
def test_one_dimension_at_which_the_losses_are_level_undoes_the_strict_reading_alone(d: int) -> None:
    level = central({"L_q": {d: AS_PAPER["L_OLS"][DIMENSIONS.index(d)]}})
    outcomes = [assess(BLOCK, BLOCK.prediction(n), level, PLAN).outcome for n in ("lead-over-ols", "not-behind-ols")]
    assert outcomes == [Outcome.NOT_REPRODUCED, Outcome.REPRODUCED]
    behind = central({"L_q": {d: 0.0}})
    assert assess(BLOCK, BLOCK.prediction("not-behind-ols"), behind, PLAN).outcome is Outcome.NOT_REPRODUCED


@pytest.mark.parametrize(
    ("name", "arm", "d", "accuracy"),
    [
        ("most-fragile", "k-means + PCA", 500, 0.4),
        ("most-fragile", "DeepCluster", 50, 0.91),
        ("gap-grows", "DeepCluster", 1000, 0.4),
        ("others-at-chance", "DeepCluster", 200, 0.7),
        ("all-at-chance", "L_OLS", 5000, 0.7),
        ("pca-leads", "L_q", 200, 0.95),
        ("first-drop", "DeepCluster", 50, 0.96),
        ("together", "DeepCluster", 10, 0.8),
    ],
)
def test_one_method_at_one_dimension_undoes_what_is_said_of_all(name: str, arm: str, d: int, accuracy: float) -> None:
    found = assess(BLOCK, BLOCK.prediction(name), central({arm: {d: accuracy}}), PLAN)
    assert found.outcome is Outcome.NOT_REPRODUCED and len(found.groups) == 1
    assert 0 < sum(r.supported is True for r in found.rows) < len(found.rows)


def test_methods_that_differ_by_chance_alone_are_together() -> None:
    """In each replicate one method is ahead by more than the margin, each as often: the means are the same."""
    plan = Plan("thorough")
    metrics = {c: {"accuracy": 0.7 + 0.15 * (METHODS.index(c.arm) == c.replicate % 5)} for c in at_ten(plan)}
    assert assess(BLOCK, BLOCK.prediction("together"), Results(GRID, metrics), plan).outcome is Outcome.REPRODUCED
    ahead = {c: {"accuracy": 0.7 + 0.15 * (c.arm == "L_q")} for c in at_ten(plan)}
    assert assess(BLOCK, BLOCK.prediction("together"), Results(GRID, ahead), plan).outcome is Outcome.NOT_REPRODUCED


def at_ten(plan: Plan) -> list[Cell]:
    return [c for c in BLOCK.cells(plan) if c.arm in METHODS and c["d"] == 10]


def test_a_collapse_at_one_dimension_and_a_run_that_diverged() -> None:
    collapsed = central({"L_q": {500: 1e-4}}, "separation")
    assert assess(BLOCK, BLOCK.prediction("no-collapse"), collapsed, PLAN).outcome is Outcome.NOT_REPRODUCED
    apart = central({"L_OLS": {10: 1.0}}, "separation")
    assert assess(BLOCK, BLOCK.prediction("ols-collapses"), apart, PLAN).outcome is Outcome.DEPENDS_ON
    results = central({})
    for c, m in results:
        if c.arm == "L_q" and c["d"] == 500:
            m["separation"] = None
    assert assess(BLOCK, BLOCK.prediction("no-collapse"), results, PLAN).outcome is Outcome.NOT_TESTABLE


def test_the_decomposition_is_not_testable_on_the_metrics_of_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "PASSES", 8)
    row = training.run(cell("L_q", 10))
    assert "violations" not in row
    results = Results(GRID, {c: row for c in BLOCK.cells(PLAN)})
    found = assess(BLOCK, BLOCK.prediction("decomposition"), results, PLAN)
    assert found.outcome is Outcome.NOT_TESTABLE and "do not measure the decomposition" in found.sentence()


def test_every_cell_of_the_thorough_plan_can_be_looked_up() -> None:
    plan = Plan("thorough")
    results = Results(GRID, {c: as_the_paper_says(c) for c in BLOCK.cells(plan)})
    for name in ("together", "graceful", "lead-over-ols", "most-fragile"):
        assert assess(BLOCK, BLOCK.prediction(name), results, plan).outcome is Outcome.REPRODUCED
