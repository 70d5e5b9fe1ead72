"""Block 2: its data, its training, its measurements, its predictions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from ddcl_core import functional as core
from ddcl_core.metrics import clustering_accuracy
from ddcl_theory.experiments import block2_training as training
from ddcl_theory.experiments.assess import assess
from ddcl_theory.experiments.block2 import BLOCK
from ddcl_theory.experiments.block2_settings import GRID, HIGH, LOW, METHODS
from ddcl_theory.experiments.outcome import Outcome
from ddcl_theory.experiments.protocol import Cell, Metrics, Plan, Results, Runs, Scalar, pairs

PLAN = Plan("standard")
FEATURES = ("PCA, then standardised", "standardised, then PCA", "PCA alone")


def cell(arm: str = "L_q", seed: int = 0, condition: dict[str, Scalar] | None = None, **setting: Scalar) -> Cell:
    given = {name.replace("_", " "): value for name, value in setting.items()}
    whole = dict(GRID.of_arm(arm, GRID.central)) | given
    return Cell("block2", arm, pairs(condition or {}), pairs(whole), seed)


def fixed(t: float, **setting: Scalar) -> Cell:
    return cell("L_q, fixed T", condition={"T": t}, **setting)


def first_step(c: Cell) -> tuple[Tensor, Tensor, Tensor]:
    """Features, prototypes before, prototypes after one epoch."""
    z, _ = training.features_of(c)
    p = training.start(z, training.CLUSTERS, str(c["init"]), c.seed)
    return z, p, training.path_of(z, p, c)[1]


def loss(z: Tensor, p: Tensor, c: Cell) -> Tensor:
    stopped = p.detach() if c["gradient"] == "stopped" else p
    q = core.soft_assignment(z, stopped, 2.0, convention=str(c["convention"]))
    return (core.ols_loss if c.arm == "L_OLS" else core.quantization_loss)(z, p, q)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of forty epochs."""
    monkeypatch.setattr(training, "EPOCHS", 40)


@pytest.mark.parametrize("kind", FEATURES)
def test_features_are_components_that_give_the_images_back(kind: str) -> None:
    images, classes = training.pixels()
    data = training.digits(kind)
    assert images.shape == (1797, 64) and data.features.shape == (1797, 20)
    assert (data.classes == classes).all() and len(set(classes.tolist())) == 10
    np.testing.assert_allclose(data.features.mean(0), 0, atol=1e-10)
    covariance = np.cov(data.features.T, bias=True)
    np.testing.assert_allclose(covariance, np.diag(np.diag(covariance)), atol=1e-8)
    if kind == "PCA, then standardised":
        np.testing.assert_allclose(np.diag(covariance), 1)
    # No other twenty directions leave less of the pixels, in the unit in which they were projected.
    unit = np.where(images.std(0) > 0, images.std(0), 1.0) if kind == "standardised, then PCA" else 1.0
    error = (images - (data.offset + data.features @ data.basis)) / unit
    left = np.linalg.svd((images - images.mean(0)) / unit, compute_uv=False)[20:]
    assert np.square(error).sum() == pytest.approx(np.square(left).sum())


def test_pixels_are_standardised_before_the_components_where_it_says_so() -> None:
    images, _ = training.pixels()
    first, alone = training.digits(FEATURES[1]), training.digits(FEATURES[2])
    assert float(np.square(first.features).sum(1).mean()) < np.count_nonzero(images.std(0))
    assert float(np.square(alone.features).sum(1).mean()) > 0.8 * images.var(0).sum()


def test_unknown_features_are_refused() -> None:
    with pytest.raises(ValueError, match="features: got 'raw', accepted are 'PCA, then standardised'"):
        training.digits("raw")


@pytest.mark.parametrize(("cooling", "middle"), [("geometric", 1.0), ("linear", 1.25)])
def test_the_temperature_falls_from_two_to_a_half(cooling: str, middle: float) -> None:
    t = training.temperatures(cell(cooling=cooling))
    assert (t[0], t[training.EPOCHS // 2], t[-1]) == pytest.approx((2.0, middle, 0.5))
    assert len(t) == training.EPOCHS + 1 and all(b < a for a, b in zip(t, t[1:], strict=False))
    assert set(training.temperatures(fixed(4.0))) == {4.0}


@pytest.mark.parametrize("arm", ["L_q", "L_OLS"])
@pytest.mark.parametrize("gradient", ["stopped", "full"])
@pytest.mark.parametrize("convention", ["d/T", "d/2T"])
def test_a_free_step_descends_the_gradient(short: None, arm: str, gradient: str, convention: str) -> None:
    c = cell(arm, gradient=gradient, convention=convention, init="narrow")
    z, p, moved = first_step(c)
    variable = p.clone().requires_grad_()
    loss(z, variable, c).backward()
    torch.testing.assert_close(moved, p - 0.5 * variable.grad)


@pytest.mark.parametrize("features", ["PCA, then standardised", "PCA alone"])
def test_a_native_step_is_a_step_in_the_weights(short: None, features: str) -> None:
    c = cell(prototypes="native", features=features)
    z, p, moved = first_step(c)
    weights = (torch.linalg.pinv(z).T @ p.T).requires_grad_()
    loss(z, weights.T @ z, c).backward()
    rate = 0.5 / torch.linalg.eigvalsh(z.T @ z)[-1]
    with torch.no_grad():
        torch.testing.assert_close(moved, (weights - rate * weights.grad).T @ z)


def test_the_other_readings_of_the_reconstruction_arm(short: None) -> None:
    z, p, moved = first_step(cell("L_OLS", ols="unweighted"))
    q = core.soft_assignment(z, p, 2.0)
    torch.testing.assert_close(moved - p, (1.0 * (z - q @ p).mean(0)).expand(10, 20))
    z, p, moved = first_step(cell("L_OLS", ols="least squares"))
    torch.testing.assert_close(q.T @ (z - q @ moved), torch.zeros(10, 20, dtype=z.dtype), atol=1e-6, rtol=0)


@pytest.mark.parametrize("pairing", ["unordered", "mean"])
@pytest.mark.parametrize("quadratic", ["none", "coercive"])
def test_separation_adds_its_gradient(pairing: str, quadratic: str) -> None:
    c = cell("L_q + L_sep", condition={"separation": 0.01}, pairs=pairing, quadratic=quadratic)
    p = torch.randn(10, 20, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    share = 1 / 45 if pairing == "mean" else 1.0
    expected = -0.01 * share * 2 * (10 * p - p.sum(0))
    if quadratic == "coercive":
        # What is left pulls the sum of the prototypes to the origin and pushes no prototype from another.
        expected = 0.01 * share * 2 * p.sum(0).expand(10, 20)
    torch.testing.assert_close(training.separation_gradient(p, c), expected)


def test_separation_diverges_beyond_the_pull_of_the_loss() -> None:
    """λ k above every mass m_j leaves no prototype held; then there is no accuracy to report."""
    found = training.run(cell("L_q + L_sep", condition={"separation": 0.2}))
    assert found["finished"] is False and found["epochs"] < training.EPOCHS
    assert found["accuracy"] is None and found["separation"] is None and found["digits"] is None


def test_components_of_unit_variance_collapse_above_the_threshold_of_theory() -> None:
    """Stopped L_q with d/T from a start near the mean: the mean attracts iff T > 2 λ_max(Σ) = 2."""
    assert training.run(fixed(4.0, init="narrow"))["separation"] < training.COLLAPSED
    assert training.run(fixed(1.0, init="narrow"))["separation"] > 0.1


def test_nearly_hard_assignments_at_a_low_temperature_give_the_centroids() -> None:
    c = fixed(0.05)
    z, _ = training.features_of(c)
    p = training.path_of(z, training.start(z, 10, "samples", 0), c)[-1]
    labels = training.nearest(z, p)
    for j in range(10):
        centroid = z[torch.from_numpy(labels == j)].mean(0)
        assert float((p[j] - centroid).norm()) < 0.2


def test_curves_are_those_of_each_epoch_alone() -> None:
    c = cell()
    z, _ = training.features_of(c)
    path = training.start(z, 10, "samples", 3) * torch.linspace(1, 0.5, 19, dtype=z.dtype)[:, None, None]
    t = [2.0 - 0.05 * i for i in range(19)]
    curves = training.curves_of(z, path, t, "d/2T")
    for epoch in (0, 7, 18):
        q = core.soft_assignment(z, path[epoch], t[epoch], convention="d/2T")
        parts = core.decomposition(z, path[epoch], q)
        assert float(curves["quantization"][epoch]) == pytest.approx(float(parts.quantization.mean()))
        assert float(curves["ols"][epoch]) == pytest.approx(float(parts.ols.mean()))
        assert float(curves["variance"][epoch]) == pytest.approx(float(parts.variance.mean()))
        assert float(curves["uncertainty"][epoch]) == pytest.approx(1 - float(q.square().sum(-1).mean()))
        assert float(curves["separation"][epoch]) == pytest.approx(float(torch.pdist(path[epoch]).square().mean()))


def test_a_broken_decomposition_is_a_violation(short: None, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = training.run(cell())
    assert (whole["violations"], whole["negative"], whole["epochs"]) == (0, 0, 40)
    original = core.decomposition

    def broken(z: Tensor, p: Tensor, q: Tensor) -> Any:
        parts = original(z, p, q)
        residual, ols = parts.residual.clone(), parts.ols.clone()
        residual[3, 11] += 1e-6 * parts.quantization.mean()
        ols[5, 2] = parts.quantization[5, 2] + 1e-3 * parts.quantization.mean()
        return parts._replace(residual=residual, ols=ols)

    monkeypatch.setattr(core, "decomposition", broken)
    found = training.run(cell())
    # Three blocks of epochs, one broken epoch of either kind in each.
    assert (found["violations"], found["negative"]) == (3, 3)


def test_the_first_replicate_keeps_curves_and_images(short: None) -> None:
    kept = training.run(cell())
    assert len(kept["accuracy_over_epochs"]) == len(kept["separation_over_epochs"]) == 11
    assert np.shape(kept["images"]) == (10, 64)
    assert kept["accuracy_over_epochs"][-1] == pytest.approx(kept["accuracy"], abs=1e-6)
    images, _ = training.pixels()
    assert np.min(kept["images"]) > -8 and np.max(kept["images"]) < 1.5 * images.max()
    assert len(kept["matched"]) == 10 and set(kept["matched"]) <= {None, *range(10)}
    assert "images" not in training.run(cell(seed=1)) and "images" not in training.run(fixed(0.5))


def test_majorities_are_counted_once_a_cluster() -> None:
    labels, classes = np.array([0, 0, 0, 2, 2, 5]), np.array([3, 3, 1, 3, 3, 7])
    assert training.majorities(labels, classes) == [3, 3, 7]


def test_the_end_of_a_run_that_moves_is_not_settled() -> None:
    still = torch.ones(60, dtype=torch.float64)
    moving = torch.linspace(1, 2, 60, dtype=torch.float64)
    assert training.unsettled(still, 1.0) == 0
    assert training.unsettled(moving, 1.0) == pytest.approx((20 / 59) / 2)
    assert training.unsettled(1e-6 * still, 1.0) is None


@pytest.mark.parametrize("c", [cell(), cell("L_OLS", 10_002), fixed(1.0), cell("DeepCluster"), cell("k-means + PCA")])
def test_the_same_cell_gives_the_same_numbers(c: Cell, short: None) -> None:
    c = replace(c, setting=tuple((n, 2 if n == "rounds" else v) for n, v in c.setting))
    assert training.run(c) == training.run(c)
    assert training.run(c)["accuracy"] != training.run(replace(c, seed=c.seed + 1))["accuracy"]


def test_the_methods_beside_it_see_what_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, ...]] = []
    original = training.deep_cluster

    def watched(network: Any, x: Tensor, *rest: Any, **named: Any) -> Any:
        seen.append(tuple(x.shape))
        return original(network, x, *rest, **named)

    monkeypatch.setattr(training, "deep_cluster", watched)
    for sees in ("features", "pixels"):
        training.run(cell("DeepCluster", rounds=1, network_sees=sees))
    assert seen == [(1797, 20), (1797, 64)]
    plain, projected = training.run(cell("k-means")), training.run(cell("k-means + PCA"))
    assert plain["accuracy"] > 0.4 and projected["accuracy"] > 0.4 and plain != projected
    assert training.run(cell("k-means", starts=10)) != plain


def test_the_budget_of_deepcluster_is_that_of_the_prototypes() -> None:
    from ddcl_core.baselines._run import minibatches

    rounds, n = int(dict(GRID.central)["rounds"]), len(training.pixels()[0])
    assert rounds * len(list(minibatches(torch.arange(n), training.BATCH))) == training.EPOCHS


def test_the_score_is_the_accuracy_of_the_nearest_prototype(short: None) -> None:
    c = cell(seed=2)
    z, data = training.features_of(c)
    p = training.path_of(z, training.start(z, 10, "samples", 2), c)[-1]
    labels = torch.cdist(z, p).argmin(-1).numpy()
    assert training.run(c)["accuracy"] == pytest.approx(clustering_accuracy(data.classes, labels))


def as_the_paper_says(c: Cell) -> Metrics:
    """What every run would measure if the paper were right wherever it does not contradict itself."""
    shift = 0.001 * c.replicate
    t = float(c["T"]) if c.arm == "L_q, fixed T" else 0.5
    accuracy = {"L_q": 0.576, "L_q + L_sep": 0.549, "L_q, fixed T": 0.563 if t == 0.5 else 0.541}.get(c.arm, 0.57)
    if c.arm == "DeepCluster":
        accuracy += 0.02 * (-1.0, 0.4, 0.6)[c.replicate % 3]
    return {
        "accuracy": accuracy + shift,
        "violations": 0,
        "negative": 0,
        "variance": 0.1 * t + shift,
        "separation": 1.5,
        "separation_start": 0.5 + shift,
        "uncertainty": {**dict.fromkeys(LOW, 0.01), **dict.fromkeys(HIGH, 0.89)}.get(t, 0.1),
        "uncertainty_start": 0.8 + shift,
        "correlation": -0.98 + shift,
        "unsettled": 0.01,
        "digits": 10,
    }


@pytest.mark.parametrize("prediction", BLOCK.predictions, ids=lambda p: p.id)
def test_a_prediction_is_reproduced_where_it_is_so_and_each_false_change_undoes_it(prediction: Any) -> None:
    results = Results(GRID, {c: as_the_paper_says(c) for c in BLOCK.cells(PLAN)})
    assert assess(BLOCK, prediction, results, PLAN).outcome is Outcome.REPRODUCED
    for change in prediction.changes:
        after = assess(BLOCK, prediction, change.apply(results), PLAN)
        assert (after.outcome is Outcome.REPRODUCED) is change.harmless, change.id


def test_effects_have_their_sign() -> None:
    numbers = {"L_q": 0.6, "L_OLS": 0.5, "DeepCluster": 0.9, "k-means": 0.7}

    def runs(**changed: Any) -> Runs:
        metrics: dict[Cell, Metrics] = {}
        for c in BLOCK.cells(Plan("quick")):
            metrics[c] = as_the_paper_says(c) | {"accuracy": numbers.get(c.arm, 0.55)} | changed
        return Results(GRID, metrics).at(GRID.central, 0)

    effect = {p.id: p.effect for p in BLOCK.predictions}
    assert effect["ols-alike"](runs()) == pytest.approx(0.1)
    assert effect["all-reach"](replace(runs(), fixed={"pair of methods": "L_OLS and DeepCluster"})) == pytest.approx(
        -0.4
    )
    assert effect["annealing-helps"](runs()) == pytest.approx(0.05)
    assert effect["number-annealed"](runs()) == pytest.approx(0.024)
    assert effect["number-separation"](replace(runs(), fixed={"separation": 0.001})) == pytest.approx(0.001)
    assert effect["number-fixed"](runs(accuracy=0.5)) == pytest.approx(-0.063)
    at_two = replace(runs(), fixed={"T": 2.0})
    assert effect["hot-underperforms"](at_two) == pytest.approx(0.05)
    assert effect["hot-is-uniform"](at_two) == pytest.approx(0.89 / 0.9)
    pushed = replace(runs(), fixed={"separation": 0.001})
    assert effect["separation-idle"](pushed) == pytest.approx(-0.05)
    assert effect["uncertainty-falls"](runs(uncertainty=0.2)) == pytest.approx(0.6)
    assert effect["separation-rises"](runs()) == pytest.approx(1.0)
    assert effect["stable"](runs()) == 1 and effect["stable"](runs(separation=1e-9)) == 0


def test_every_cell_of_the_plans_can_be_looked_up() -> None:
    for profile in ("quick", "thorough"):
        plan = Plan(profile)
        results = Results(GRID, {c: as_the_paper_says(c) for c in BLOCK.cells(plan)})
        for name in ("all-reach", "deviation", "separation-idle", "hot-underperforms"):
            found = assess(BLOCK, BLOCK.prediction(name), results, plan)
            assert found.outcome is Outcome.REPRODUCED, (profile, name)


@pytest.mark.parametrize("name", ["number-annealed", "number-fixed", "number-separation"])
def test_a_number_is_met_by_the_mean_however_far_each_run_is(name: str) -> None:
    plan, prediction = Plan("thorough"), BLOCK.prediction(name)
    cells = [c for c in BLOCK.cells(plan) if c.arm in prediction.arms]

    def outcome(deviation: float, shift: float) -> Outcome:
        metrics: dict[Cell, Metrics] = {}
        for c in cells:
            number = as_the_paper_says(c)["accuracy"] - 0.001 * c.replicate
            metrics[c] = {"accuracy": number + shift + deviation * (-1) ** c.replicate}
        return assess(BLOCK, prediction, Results(GRID, metrics), plan).outcome

    assert outcome(0.08, 0.0) is Outcome.REPRODUCED
    assert outcome(0.0, 0.06) is outcome(0.0, -0.06) is Outcome.NOT_REPRODUCED


def test_the_deviation_of_one_arm_is_not_printed_as_that_of_another() -> None:
    papers = {name: BLOCK.prediction(f"number-{name}").paper for name in ("annealed", "fixed", "separation")}
    assert "over its runs" in papers["annealed"]
    assert all("for lack of this arm's own" in papers[name] for name in ("fixed", "separation"))


def test_methods_that_differ_by_chance_alone_lie_in_one_range() -> None:
    """In each replicate one method is ahead by twice the range, each as often: the means are the same."""
    plan = Plan("thorough")
    cells = [c for c in BLOCK.cells(plan) if c.arm in METHODS]
    metrics = {c: {"accuracy": 0.5 + 0.2 * (METHODS.index(c.arm) == c.replicate % 5)} for c in cells}
    assert assess(BLOCK, BLOCK.prediction("all-reach"), Results(GRID, metrics), plan).outcome is Outcome.REPRODUCED
    ahead = {c: {"accuracy": 0.5 + 0.11 * (c.arm == "k-means")} for c in cells}
    assert assess(BLOCK, BLOCK.prediction("all-reach"), Results(GRID, ahead), plan).outcome is Outcome.NOT_REPRODUCED


def test_the_deviation_is_from_the_mean_over_the_replicates_of_the_setting() -> None:
    wide = replace(cell("DeepCluster"), setting=pairs(dict(cell("DeepCluster").setting) | {"rounds": 50}))
    accuracies = {"L_q": (0.5, 0.6, 0.7), "DeepCluster": (0.2, 0.6, 1.0)}
    metrics: dict[Cell, Metrics] = {
        cell(arm, seed): {"accuracy": value} for arm, row in accuracies.items() for seed, value in enumerate(row)
    }
    # Another setting of the same arm has another mean.
    metrics |= {replace(wide, seed=seed): {"accuracy": 0.9} for seed in range(3)}
    results = Results(GRID, metrics)
    effect = BLOCK.prediction("deviation").effect
    assert [effect(results.at(GRID.central, seed)) for seed in range(3)] == pytest.approx([0.3, 0.0, 0.3])
