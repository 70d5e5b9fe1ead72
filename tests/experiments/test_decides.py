"""What decides: thresholds of collapse and V, their measurements and predictions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from ddcl_core import functional as core
from ddcl_core.monitors.critical import critical_temperature
from ddcl_core.objective import DDCLLoss
from ddcl_theory.experiments import decides_training as training
from ddcl_theory.experiments.assess import assess
from ddcl_theory.experiments.block1_training import start as samples_start
from ddcl_theory.experiments.correlation_training import trained
from ddcl_theory.experiments.decides import BLOCK, DATA, GRID, OLS
from ddcl_theory.experiments.outcome import Outcome
from ddcl_theory.experiments.protocol import Cell, Metrics, Plan, Results, Scalar, pairs

PLAN = Plan("standard")
RATIOS = training.RATIOS


def cell(arm: str, condition: Mapping[str, Scalar], setting: Mapping[str, Scalar] | None = None, seed: int = 0) -> Cell:
    whole = {**dict(GRID.of_arm(arm, GRID.central)), **(setting or {})}
    return Cell("decides", arm, pairs(condition), pairs(whole), seed)


def on(data: str) -> dict[str, Scalar]:
    return {"data": data}


def apart(metrics: Metrics) -> list[float]:
    """The ratios T / λ at which the prototypes ended apart."""
    return [r for r in RATIOS if metrics[f"apart at {r:g}"]]


@pytest.mark.parametrize("name", DATA)
def test_data_have_their_size_and_their_seed(name: str) -> None:
    first, again, other = (training.points(name, cell("L_q, full", on(name), seed=s)) for s in (0, 0, 1))
    assert first.shape == (300, len(training.SPECTRA.get(name, (1, 1)))) and first.dtype == torch.float64
    assert torch.equal(first, again) and not torch.equal(first, other)
    wanted = torch.tensor(training.SPECTRA.get(name, (1.0, 1.0)), dtype=torch.float64)
    torch.testing.assert_close(first.var(0), wanted, rtol=0.3, atol=0)


def test_the_largest_variance_is_that_of_the_covariance() -> None:
    z = training.points("elongated", cell("L_q, full", on("elongated")))
    assert training.largest_variance(z) == pytest.approx(float(torch.linalg.eigvalsh(torch.cov(z.T, correction=0))[-1]))


@pytest.mark.parametrize(("mode", "factor"), [("stopped", 2.0), ("full", 4.0)])
@pytest.mark.parametrize("convention", ["d/T", "d/2T"])
def test_the_predicted_thresholds_are_those_of_the_core(mode: str, factor: float, convention: str) -> None:
    z = training.points("elongated", cell("L_q, full", on("elongated")))
    unit = training.largest_variance(z) * {"d/T": 1.0, "d/2T": 0.5}[convention]
    found = critical_temperature(z, DDCLLoss(assignments=mode, convention=convention))
    assert found == pytest.approx(factor * unit)


def gradient_of(z: Tensor, p: Tensor, q: Tensor | None, way: training.Way, t: float) -> tuple[Tensor, Tensor]:
    """∇_P of the mean loss and ∇_q of each sample's own, by differentiation; q None is the softmax."""
    variable = p.clone().requires_grad_()
    soft = core.soft_assignment(z, variable if way.q == "full" else p, t) if q is None else q
    held = soft if way.q == "full" else soft.detach().requires_grad_()
    of = core.quantization_loss if way.loss == "quantization" else core.ols_loss
    in_p, in_q = torch.autograd.grad(of(z, variable, held, "mean"), (variable, held))
    return in_p, in_q * len(z)


@pytest.mark.parametrize("arm", list(training.WAYS))
def test_a_step_descends_the_gradient_of_its_way(arm: str) -> None:
    way, k = training.WAYS[arm], 3
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(20, 2, generator=generator, dtype=torch.float64)
    p = torch.randn(1, k, 2, generator=generator, dtype=torch.float64)
    q = torch.softmax(torch.randn(1, 20, k, generator=generator, dtype=torch.float64), -1)
    t = torch.tensor([[[0.7]]], dtype=torch.float64)
    moved, changed = training.step(z, p, q, t, way, k, "d/T")
    soft = way.q in ("stopped", "full")
    in_p, in_q = gradient_of(z, p[0], None if soft else q[0], way, 0.7)
    torch.testing.assert_close(moved[0], p[0] - training.PHASE_RATE * k * in_p)
    if way.q == "free":
        torch.testing.assert_close(changed[0], core.project_simplex(q[0] - training.PHASE_RATE * in_q))
    else:
        assert torch.equal(changed, q)


def test_a_start_near_the_mean_is_near_and_keeps_the_mean() -> None:
    z = 5 + 3 * training.points("round", cell("L_q, full", on("round")))
    p = training.near_the_mean(z, 2_000, 4)
    torch.testing.assert_close(p.mean(0), z.mean(0))
    assert float((p - z.mean(0)).square().mean().sqrt()) == pytest.approx(3 * training.NEAR, rel=0.1)


@pytest.mark.parametrize(("mode", "factor"), [("stopped", 2.0), ("full", 4.0)])
def test_prototypes_near_the_mean_grow_at_the_rate_of_theory(mode: str, factor: float) -> None:
    """Along the main axis e grows by 1 + 2·PHASE_RATE·(factor λ/T − 1) an epoch."""
    z = training.points("elongated", cell("L_q, full", on("elongated")))
    values, axes = torch.linalg.eigh(torch.cov(z.T, correction=0))
    e = 1e-6 * torch.tensor([1.0, -2.0, 1.0], dtype=z.dtype)[:, None] * axes[:, -1]
    p = (z.mean(0) + e)[None]
    for ratio in (0.8 * factor, 1.5 * factor):
        t = (ratio * values[-1]).reshape(1, 1, 1)
        moved, _ = training.step(z, p, core.soft_assignment(z, p, t), t, training.Way("quantization", mode), 3, "d/T")
        growth = 1 + 2 * training.PHASE_RATE * (factor / ratio - 1)
        torch.testing.assert_close(moved[0] - z.mean(0), growth * e, rtol=1e-4, atol=1e-12)


@pytest.mark.parametrize("convention", ["d/T", "d/2T"])
@pytest.mark.parametrize("k", [2, 3])
def test_collapse_begins_at_the_thresholds(convention: str, k: int) -> None:
    setting: dict[str, Scalar] = {"convention": convention, "k": k}
    for arm, below in (("L_q, stopped", 2.0), ("L_q, full", 4.0)):
        assert apart(training.run(cell(arm, on("elongated"), setting))) == [r for r in RATIOS if r < below]


def test_assignments_that_do_not_follow_the_prototypes_do_not_separate_them() -> None:
    assert apart(training.run(cell("L_q, fixed", on("round")))) == []
    assert apart(training.run(cell("L_q, free", on("round")))) == list(RATIOS)


def test_a_run_that_diverges_has_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "PHASE_RATE", 10.0)
    for arm in ("L_q, stopped", "L_OLS, free"):
        assert set(training.run(cell(arm, on("round"))).values()) == {None}


def test_far_starts_are_judged_by_what_is_left() -> None:
    setting = {"start": "samples"}
    assert apart(training.run(cell("L_q, stopped", on("round"), setting))) == [0.5, 1.0, 1.5, 1.9]


def test_descent_on_v_contracts_at_its_rate() -> None:
    found = training.run(cell("V, stopped", {"T": 0.5}))
    assert found["falls"] and found["growth"] < 0 and found["rate_error"] < 1e-3
    assert math.exp(found["growth"]) == pytest.approx(found["separation_over_epochs"][-1], abs=1e-6)
    assert training.run(cell("V, full", {"T": 0.5}))["rate_error"] > 0.01


def test_with_the_coefficient_1_the_mixture_is_the_quantisation_loss() -> None:
    for gradient in ("stopped", "full"):
        c = cell("L_OLS + cV", {"T": 0.5, "c": 1.0}, {"gradient": gradient, "k": 2})
        z = training.points("moons", c)
        end = trained(z, samples_start(z, 2, "samples", 0), c, training.EPOCHS, 0.5)[-1]
        wanted = float(training.separation(end) / z.var(0, unbiased=False).sum())
        assert training.run(c)["separation"] == pytest.approx(wanted)


@pytest.mark.parametrize(
    "c",
    [
        cell("L_q, free", on("moons"), {"diagram": "short"}),
        cell("V, full", {"T": 0.1}),
        cell("L_OLS + cV", {"T": 1.0, "c": 2.0}),
    ],
    ids=lambda c: c.arm,
)
def test_the_same_cell_gives_the_same_numbers(c: Cell) -> None:
    assert training.run(c) == training.run(c)
    if c.arm not in training.WAYS:
        assert training.run(c) != training.run(replace(c, seed=c.seed + 1))


def as_predicted(c: Cell) -> Metrics:
    """What every run would measure if all predictions were right."""
    if c.arm in training.WAYS:
        below = {"L_q, stopped": 2.0, "L_q, full": 4.0, "L_q, fixed": 0.0}.get(c.arm, math.inf)
        return {f"apart at {r:g}": r < below for r in RATIOS}
    if c.arm in training.ALONE:
        return {"falls": True, "rate_error": 1e-4}
    return {"separation": 1.0 + float(c["c"]) + 0.01 * c.replicate}


@pytest.mark.parametrize("profile", ["quick", "standard"])
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


@pytest.mark.parametrize("prediction", [p for p in BLOCK.predictions if p.arms[0] in training.WAYS], ids=lambda p: p.id)
def test_one_temperature_on_one_data_set_undoes_a_threshold(prediction: Any) -> None:
    results = Results(GRID, {c: as_predicted(c) for c in BLOCK.cells(PLAN)})
    for data, ratio in (("ten axes", 0.5), ("round", 16.0)):
        name = f"apart at {ratio:g}"
        metrics = {
            c: m | {name: not m[name]} if c.arm in prediction.arms and c["data"] == data and c.replicate == 2 else m
            for c, m in results
        }
        found = assess(BLOCK, prediction, replace(results, metrics=metrics), PLAN)
        assert found.outcome is Outcome.NOT_REPRODUCED


def test_a_run_that_ends_otherwise_answers_where_another_has_no_end() -> None:
    results = Results(GRID, {c: as_predicted(c) for c in BLOCK.cells(PLAN)})
    for apart, expected in ((True, Outcome.NOT_TESTABLE), (False, Outcome.NOT_REPRODUCED)):
        end = {"apart at 0.5": None, "apart at 8": apart}
        metrics = {c: m | end if c.arm == "L_q, free" and c["data"] == "round" else m for c, m in results}
        found = assess(BLOCK, BLOCK.prediction("free-apart"), replace(results, metrics=metrics), PLAN)
        assert found.outcome is expected


def test_one_temperature_undoes_what_is_said_of_all() -> None:
    results = Results(GRID, {c: as_predicted(c) for c in BLOCK.cells(PLAN)})
    for name, arm, values in (
        ("variance-contracts", "V, stopped", {"falls": False}),
        ("variance-contracts-full", "V, full", {"falls": False}),
        ("variance-rate", "V, stopped", {"rate_error": 1.0}),
    ):
        metrics = {c: m | values if c.arm == arm and c["T"] == 0.5 else m for c, m in results}
        found = assess(BLOCK, BLOCK.prediction(name), replace(results, metrics=metrics), PLAN)
        assert found.outcome is Outcome.NOT_REPRODUCED and len(found.groups) == 1


def test_what_the_paper_never_says_is_marked_as_ours() -> None:
    assert [p.id for p in BLOCK.predictions if not p.ours] == ["variance-separates"]


def test_a_data_set_that_did_not_run_leaves_a_threshold_open() -> None:
    results = Results(GRID, {c: as_predicted(c) for c in BLOCK.cells(PLAN)})
    kept = {c: m for c, m in results if not (c.arm in OLS and c["data"] == "round")}
    found = assess(BLOCK, BLOCK.prediction("ols-apart"), replace(results, metrics=kept), PLAN)
    assert found.outcome is Outcome.NOT_TESTABLE


def test_every_cell_of_the_thorough_plan_can_be_looked_up() -> None:
    plan = Plan("thorough")
    results = Results(GRID, {c: as_predicted(c) for c in BLOCK.cells(plan)})
    for prediction in BLOCK.predictions:
        assert assess(BLOCK, prediction, results, plan).outcome is Outcome.REPRODUCED


def test_the_quick_profile_says_that_its_diagram_is_short() -> None:
    plan = Plan("quick")
    cells = BLOCK.cells(plan)
    assert {c["data"] for c in cells if c.arm in training.WAYS} == {"moons"}
    assert {c["diagram"] for c in cells if c.arm in training.WAYS} == {"short"}
    assert {dict(s)["diagram"] for s in GRID.settings("standard") + GRID.settings("thorough")} == {"whole"}
    assert len(set(cells)) == len(cells) == 3 * (7 + 6 + 6)
