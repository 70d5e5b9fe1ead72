"""Block 5: its network, its training, its measurements, its predictions."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ddcl_core import functional as core
from ddcl_core.baselines._run import features_of
from ddcl_core.baselines.deepcluster import deep_cluster
from ddcl_core.functional.losses import Decomposition
from ddcl_core.training import Trainer
from ddcl_theory.experiments import block5_training as training
from ddcl_theory.experiments.assess import assess
from ddcl_theory.experiments.block5 import BLOCK, FROZEN, GRID, REPORTED, TRAINED, VALUES
from ddcl_theory.experiments.block5_training import EPOCHS
from ddcl_theory.experiments.outcome import Outcome
from ddcl_theory.experiments.protocol import Cell, Metrics, Plan, Results, Scalar, pairs

PLAN = Plan("standard")


def cell(
    arm: str = "L_q", setting: Mapping[str, Scalar] | None = None, *, seed: int = 0, epochs: int = training.SHORT
) -> Cell:
    whole = {**dict(GRID.of_arm(arm, GRID.central)), **(setting or {}), "epochs": epochs}
    return Cell("block5", arm, (), pairs(whole), seed)


def test_data_are_the_digits_on_one_scale() -> None:
    x, y = training.data("cpu")
    assert x.shape == (1797, 64) and np.bincount(y).min() == 174
    torch.testing.assert_close(x.mean(0), torch.zeros(64), atol=1e-5, rtol=0)
    assert float(x.square().mean()) == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize("output", VALUES["output"])
@pytest.mark.parametrize("layers", VALUES["layers"])
def test_a_network_has_its_layers_and_its_output(layers: str, output: str) -> None:
    made = training.network(layers, output, 3).train()
    z = made(torch.randn(50, 64, generator=torch.Generator().manual_seed(0))).detach()
    sizes = [int(n) for n in layers.split("-")]
    assert [tuple(m.weight.shape) for m in made.modules() if isinstance(m, nn.Linear)] == [
        (b, a) for a, b in itertools.pairwise(sizes)
    ]
    assert z.shape == (50, sizes[-1])
    squared = float((z - z.mean(0)).square().sum(1).mean())
    expected = {"BatchNorm": sizes[-1], "unit scale": 1.0}
    if output in expected:
        assert squared == pytest.approx(expected[output], rel=1e-3)
    assert (bool((z >= 0).all())) is (output == "BatchNorm + ReLU")


def test_the_arms_of_a_seed_share_the_warm_up_and_none_changes_it() -> None:
    kept = training.warmed("64-256-128-64", "linear", training.SHORT_WARM_UP, 0, "cpu")
    before = {name: value.clone() for name, value in kept.backbone.state_dict().items()}
    training.run(cell())
    training.run(cell("DeepCluster"))
    assert training.warmed("64-256-128-64", "linear", training.SHORT_WARM_UP, 0, "cpu") is kept
    assert all(torch.equal(value, before[name]) for name, value in kept.backbone.state_dict().items())
    assert not torch.equal(
        next(training.start_of(cell(seed=1)).backbone.parameters()), next(kept.backbone.parameters())
    )


def test_the_warm_up_lasts_as_long_as_the_run_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    original = training.warmed

    def spy(layers: str, output: str, epochs: int, seed: int, device: str) -> training.Start:
        asked.append(epochs)
        return original(layers, output, 1, seed, device)

    monkeypatch.setattr(training, "warmed", spy)
    training.start_of(cell(epochs=EPOCHS))
    training.start_of(cell())
    assert asked == [training.WARM_UP, training.SHORT_WARM_UP] == [50, 2]


def gradients(arm: str, gradient: str, prototypes: str) -> list[Tensor]:
    """Gradients of the network in the first joint step, the whole data set as batch."""
    c = cell(arm, {"separation": 0.0, "gradient": gradient, "prototypes": prototypes})
    x, _ = training.data("cpu")
    backbone = training.start_of(c).backbone
    model = training._model(c, backbone, features_of(backbone, x))
    z, made = model(x, torch.arange(len(x)))
    torch.autograd.backward(training.objective(c)(z, made, 2.0).total)
    return [p.grad for p in backbone.parameters() if p.grad is not None]


@pytest.mark.parametrize("prototypes", VALUES["prototypes"])
@pytest.mark.parametrize("gradient", VALUES["gradient"])
def test_the_losses_agree_in_the_network_where_corollary_3_says_so(gradient: str, prototypes: str) -> None:
    first, second = (gradients(arm, gradient, prototypes) for arm in TRAINED)
    apart = max(float((a - b).abs().max() / (a.abs().max() + 1e-12)) for a, b in zip(first, second, strict=True))
    if gradient == "stopped" and prototypes != "native":
        assert apart < 1e-3
    else:
        assert apart > 1e-2


@pytest.mark.parametrize("kind", VALUES["init"])
@pytest.mark.parametrize("prototypes", VALUES["prototypes"])
def test_training_starts_at_the_prototypes_of_the_setting(kind: str, prototypes: str) -> None:
    c = cell("L_q", {"init": kind, "prototypes": prototypes})
    x, _ = training.data("cpu")
    backbone = training.start_of(c).backbone
    z = features_of(backbone, x)
    wanted = training.first_prototypes(z, kind, c.seed)
    model = training._model(c, backbone, z)
    torch.testing.assert_close(model.current_prototypes(x), wanted, atol=1e-3, rtol=1e-3)
    rows = (wanted.unsqueeze(1) - z).square().sum(-1)
    assert bool((rows.amin(1) == 0).all()) is (kind == "samples")
    assert torch.equal(wanted, training.first_prototypes(z, kind, c.seed))
    assert not torch.equal(wanted, training.first_prototypes(z, kind, c.seed + 1))


def test_the_separation_weight_grows_over_the_first_third() -> None:
    c = cell(epochs=EPOCHS)
    plan = training.schedule(c)
    found = [plan.at(e) for e in (0, 50, 100, 299, 300)]
    assert [s.separation for s in found] == pytest.approx([0, 0.05, 0.1, 0.1, 0.1])
    assert [s.temperature for s in found] == pytest.approx(
        [2, 2 * 0.25 ** (1 / 6), 2 * 0.25 ** (1 / 3), 0.5023, 0.5], 1e-3
    )
    assert all(s.weight == pytest.approx(training.WEIGHT * (s.separation or 0.0)) for s in found)
    fixed = training.schedule(cell("L_q", {"temperature": "0.5"}))
    assert {fixed.at(e).temperature for e in (0, 2, 6)} == {0.5}


def test_separation_and_weight_together_are_bounded_below() -> None:
    generator = torch.Generator().manual_seed(0)
    for _ in range(50):
        p = 100 * torch.randn(10, 4, generator=generator, dtype=torch.float64)
        p = p - p.mean(0)
        assert float(core.separation(p, "mean") + training.WEIGHT * core.weight_norm(p)) > 0
        # Half of it is the boundary, reached by prototypes with mean zero.
        assert float(core.separation(p, "mean") + training.WEIGHT / 2 * core.weight_norm(p)) == pytest.approx(
            0, abs=1e-6
        )


def test_rates_have_their_ratio() -> None:
    for name in VALUES["rate ratio"]:
        prototypes, network = training.rates(cell("L_q", {"rate ratio": name}))
        assert network / prototypes == pytest.approx(float(name))


def test_constrained_least_squares_finds_the_point_of_the_segment() -> None:
    generator = torch.Generator().manual_seed(1)
    z, p = torch.randn(40, 3, generator=generator), torch.randn(2, 3, generator=generator)
    share = (((z - p[1]) @ (p[0] - p[1])) / (p[0] - p[1]).square().sum()).clamp(0, 1)
    found = training.constrained(z, p, core.soft_assignment(z, p, 1.0))
    torch.testing.assert_close(found[:, 0], share, atol=1e-4, rtol=0)
    at_one_point = torch.ones(3, 3)
    q = core.soft_assignment(z, at_one_point, 1.0)
    assert torch.equal(training.constrained(z, at_one_point, q), q)


def test_constrained_least_squares_descends_for_many_prototypes() -> None:
    generator = torch.Generator().manual_seed(2)
    z, p = torch.randn(60, 5, generator=generator), torch.randn(10, 5, generator=generator)
    soft = core.soft_assignment(z, p, 1.0)
    found = training.constrained(z, p, soft)
    assert float(found.min()) >= 0 and float((found.sum(1) - 1).abs().max()) < 1e-5
    assert (core.ols_loss(z, p, found, "none") <= core.ols_loss(z, p, soft, "none") + 1e-5).all()


def test_the_reading_of_least_squares_changes_the_arm_and_its_clusters() -> None:
    z, p = torch.tensor([[0.9, 0.0]]), torch.tensor([[0.0, 0.0], [2.0, 0.0], [0.9, 0.8]])
    plain, simplex = cell("L_OLS"), cell("L_OLS", {"ols": "simplex"})
    assert isinstance(training.objective(simplex), training.LeastSquares)
    assert type(training.objective(plain)) is type(training.objective(cell())) is not training.LeastSquares
    assert training.assigned(plain, z, p).tolist() == [2]
    assert training.assigned(simplex, z, p).tolist() == [0]


@pytest.mark.parametrize("arm", [*TRAINED, *FROZEN, "DeepCluster", "k-means + PCA"])
def test_the_same_cell_gives_the_same_numbers(arm: str) -> None:
    found = training.run(cell(arm))
    assert found == training.run(cell(arm))
    assert found != training.run(cell(arm, seed=1))
    assert 0.1 <= found["accuracy"] <= 1.0 and 0.0 <= found["nmi"] <= 1.0


def test_a_frozen_network_stays_and_a_trained_one_moves() -> None:
    assert training.run(cell("L_q, frozen"))["features"] == pytest.approx(1.0)
    assert training.run(cell("L_q"))["features"] != pytest.approx(1.0, abs=1e-4)


def test_settings_reach_the_training() -> None:
    base = training.run(cell("L_OLS"))
    for name in GRID.of_arm("L_OLS", GRID.central):
        # What the network or the batches are shows in other tests.
        if name[0] not in ("output", "layers", "batch", "init", "epochs"):
            other = {name[0]: VALUES[name[0]][1]}
            assert training.run(cell("L_OLS", other)) != base, other
    assert training.run(cell("DeepCluster", {"deepcluster": "from scratch"})) != training.run(cell("DeepCluster"))


def test_measurements_come_every_stride_and_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "STRIDE", 4)
    found = training.run(cell())
    assert found["measured_at"] == [4, 6]
    assert {len(found[f"{name}_over_epochs"]) for name in ("accuracy", "separation", "features", "uncertainty")} == {2}
    assert found["best_accuracy"] == pytest.approx(max(found["accuracy_over_epochs"]), abs=1e-6)
    assert found["separation"] == pytest.approx(found["separation_over_epochs"][-1], abs=1e-6)
    assert (found["violations"], found["collapsed"], found["finished"]) == (0, False, True)


def test_a_broken_decomposition_is_a_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    original = core.decomposition

    def broken(z: Tensor, p: Tensor, q: Tensor) -> Decomposition:
        parts = original(z, p, q)
        return parts._replace(residual=parts.residual + 1e-6 * parts.quantization)

    monkeypatch.setattr(core, "decomposition", broken)
    assert training.run(cell())["violations"] == 1


def test_a_run_that_diverges_has_no_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "rates", lambda c: (1e30, 1e30))
    found = training.run(cell())
    assert found == {"finished": False, "accuracy": None, "nmi": None, "ari": None}


def test_every_arm_has_as_many_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    original_fit = Trainer.fit

    def fit(self: Trainer, data: Any, *, epochs: int, **options: Any) -> Any:
        asked.append(epochs)
        return original_fit(self, data, epochs=epochs, **options)

    def cluster(backbone: nn.Module, x: Tensor, k: int, config: Any, **options: Any) -> Any:
        asked.append(config.epochs)
        return deep_cluster(backbone, x, k, config, **options)

    monkeypatch.setattr(Trainer, "fit", fit)
    monkeypatch.setattr(training, "deep_cluster", cluster)
    for arm in (*TRAINED, *FROZEN, "DeepCluster"):
        training.run(cell(arm))
    assert set(asked) == {training.SHORT}


#: What every run would measure if the paper were right in all of its predictions.
AS_PAPER: Mapping[str, Metrics] = {
    **{arm: {"accuracy": mean, "best_accuracy": mean + 0.05} for arm, (mean, _) in REPORTED.items()},
    "L_q, frozen": {"accuracy": 0.3},
    "L_OLS, frozen": {"accuracy": 0.3},
    "k-means + PCA": {"accuracy": 0.7},
}


def as_the_paper_says(c: Cell) -> Metrics:
    metrics: Metrics = {"violations": 0, "collapsed": False, "nmi": 0.02, "ari": 0.01}
    return metrics | dict(AS_PAPER[c.arm])


@pytest.mark.parametrize("prediction", BLOCK.predictions, ids=lambda p: p.id)
def test_a_prediction_is_reproduced_where_it_is_so_and_each_false_change_undoes_it(prediction: Any) -> None:
    results = Results(GRID, {c: as_the_paper_says(c) for c in BLOCK.cells(PLAN)})
    assert assess(BLOCK, prediction, results, PLAN).outcome is Outcome.REPRODUCED
    for change in prediction.changes:
        after = assess(BLOCK, prediction, change.apply(results), PLAN)
        assert (after.outcome is Outcome.REPRODUCED) is change.harmless, change.id


def test_one_run_that_differs_undoes_what_is_said_of_every_run() -> None:
    results = Results(GRID, {c: as_the_paper_says(c) for c in BLOCK.cells(PLAN)})
    for name, arm, values in (
        ("decomposition", "L_OLS", {"violations": 1}),
        ("no-collapse", "L_q", {"collapsed": True}),
    ):
        metrics = {c: m | values if c.arm == arm and c.replicate == 1 else m for c, m in results}
        changed = replace(results, metrics=metrics)
        assert assess(BLOCK, BLOCK.prediction(name), changed, PLAN).outcome is Outcome.NOT_REPRODUCED


def accuracies(plan: Plan, **change: tuple[float, ...]) -> Results:
    """As the paper says, but for the accuracies of some arms by replicate."""
    made = {c: as_the_paper_says(c) for c in BLOCK.cells(plan)}
    for c, m in made.items():
        if c.arm in change:
            m["accuracy"] = change[c.arm][c.replicate % len(change[c.arm])]
    return Results(GRID, made)


@pytest.mark.parametrize(
    ("name", "arm"), [("level-quantization", "L_q"), ("level-ols", "L_OLS"), ("level-deepcluster", "DeepCluster")]
)
def test_a_level_is_met_by_the_mean_of_its_own_arm(name: str, arm: str) -> None:
    mean, sd = REPORTED[arm]
    prediction, plan = BLOCK.prediction(name), Plan("thorough")

    def outcome(arm: str, *values: float) -> Outcome:
        return assess(BLOCK, prediction, accuracies(plan, **{arm: values}), plan).outcome

    # Most runs lie further away than two standard deviations, as many on either side, and the mean does not.
    sides = (1, -1, 1, -1, 1, -1, 1, -1, 0, 0)
    assert outcome(arm, *(mean + 2.3 * side * sd for side in sides)) is Outcome.REPRODUCED
    assert outcome(arm, mean + 2.1 * sd) is outcome(arm, mean - 2.1 * sd) is Outcome.NOT_REPRODUCED
    others = [other for other in REPORTED if other != arm]
    assert all(outcome(other, 0.9) is Outcome.REPRODUCED for other in others)


def test_gains_of_a_size_compare_means() -> None:
    for name, arm, factor in (("gain-size", "L_OLS", 1.325), ("over-deepcluster-size", "DeepCluster", 1.61)):
        effect = BLOCK.prediction(name).effect
        runs = accuracies(PLAN, L_q=(0.5,), **{arm: (0.2,)}).at(GRID.central, 0)
        assert effect(runs) == pytest.approx(0.5 - factor * 0.2)


@pytest.mark.parametrize("arm", REPORTED)
def test_one_arm_ahead_of_kmeans_undoes_its_lead(arm: str) -> None:
    found = assess(BLOCK, BLOCK.prediction("kmeans-leads"), accuracies(PLAN, **{arm: (0.99,)}), PLAN)
    assert found.outcome is Outcome.NOT_REPRODUCED
    assert [dict(r.setting)["method"] for r in found.rows if r.supported is False] == [arm]


def test_the_quick_profile_says_that_its_runs_are_short() -> None:
    plan = Plan("quick")
    results = Results(GRID, {c: as_the_paper_says(c) for c in BLOCK.cells(plan)})
    for prediction in BLOCK.predictions:
        rows = assess(BLOCK, prediction, results, plan).rows
        assert {dict(r.setting)["epochs"] for r in rows} == {training.SHORT}
    for profile in ("standard", "thorough"):
        assert {dict(s)["epochs"] for s in GRID.settings(profile)} == {EPOCHS}


def test_every_cell_of_the_thorough_plan_can_be_looked_up() -> None:
    plan = Plan("thorough")
    results = Results(GRID, {c: as_the_paper_says(c) for c in BLOCK.cells(plan)})
    for prediction in BLOCK.predictions:
        assert assess(BLOCK, prediction, results, plan).outcome is Outcome.REPRODUCED


def test_the_thorough_plan_leaves_the_centre_one_setting_at_a_time() -> None:
    centre = dict(GRID.central)
    away = [{n for n, v in s if v != centre[n]} for s in GRID.settings("thorough")]
    assert all(len(names) <= 1 or names == {"gradient", "prototypes"} for names in away)
    assert set().union(*away) == set(VALUES) - {"epochs"}
