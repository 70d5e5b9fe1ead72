"""GBCL's layers: their training, their measurements, their predictions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from ddcl_core import layers
from ddcl_theory.experiments import gbcl_layers_data as data
from ddcl_theory.experiments import gbcl_layers_networks as networks
from ddcl_theory.experiments import gbcl_layers_training as training
from ddcl_theory.experiments.assess import assess
from ddcl_theory.experiments.gbcl_layers import BLOCK, GRID
from ddcl_theory.experiments.gbcl_layers_features import DEEP, DUAL, FEATURES, HIGH, KMEANS, TABLE_2, VANILLA
from ddcl_theory.experiments.gbcl_layers_plane import LAYERS, TABLE_1
from ddcl_theory.experiments.madelon import span_coordinates
from ddcl_theory.experiments.outcome import Outcome
from ddcl_theory.experiments.protocol import Cell, Metrics, Plan, Results, pairs

PLAN = Plan("standard")
#: Ten replicates, most of them to one side or the other, and none on average.
SIDES = (1, -1, 1, -1, 1, -1, 1, -1, 0, 0)


def cell(arm: str = "DCL", seed: int = 0, setting: Any = (), **condition: Any) -> Cell:
    # A few epochs over the features.
    whole = dict(GRID.of_arm(arm, pairs({**dict(GRID.central), "epochs": 15}))) | dict(setting)
    return Cell("gbcl-layers", arm, pairs(condition or {"dataset": "moons"}), pairs(whole), seed)


def samples(n: int = 20, d: int = 6) -> Tensor:
    return torch.randn(n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


# --- networks ---


@pytest.mark.parametrize("law", ["normal", "uniform"])
def test_glorot_weights_have_their_variance(law: str) -> None:
    weights = networks.glorot(300, 100, law, torch.Generator().manual_seed(0))
    assert float(weights.var()) == pytest.approx(2 / 400, rel=0.03)
    assert abs(float(weights.mean())) < 0.002
    bound = (6 / 400) ** 0.5
    assert bool((weights.abs() > bound).any()) is (law == "normal")


def test_unknown_choices_are_refused() -> None:
    z = samples()
    with pytest.raises(ValueError, match="glorot: got 'cauchy'"):
        networks.glorot(2, 2, "cauchy", torch.Generator())
    with pytest.raises(ValueError, match="kind: got 'wide'"):
        networks.Network("wide", z, 3, "normal", 0)
    with pytest.raises(ValueError, match="objective: got 'max'"):
        networks.slope(z, z[:2], "max")
    with pytest.raises(ValueError, match="optimiser: got 'Newton'"):
        networks.train(networks.Network("VCL", z, 3, "normal", 0), "sum", "Newton", 0.1, 1, lambda *told: None)
    with pytest.raises(ValueError, match="dataset: got 'rings'"):
        data.plane("rings", 0)


@pytest.mark.parametrize("objective", ["sum", "norm"])
def test_the_slope_is_the_gradient_of_the_objective(objective: str) -> None:
    z = samples()
    p = samples(4).requires_grad_()
    errors = layers.winner_loss(z, p, "none")
    (errors.sum() if objective == "sum" else errors.norm()).backward()
    found, nearest = networks.slope(z, p.detach(), objective)
    torch.testing.assert_close(found, p.grad)
    torch.testing.assert_close(nearest, errors.detach())


def test_prototypes_are_those_of_the_networks() -> None:
    z, ones = samples(), torch.ones(6, dtype=torch.float64)
    assert networks.Network("VCL", z, 3, "normal", 0).prototypes().shape == (3, 6)
    dual = networks.Network("DCL", z, 3, "normal", 0, ones)
    weights, bias = dual.parameters()
    with torch.no_grad():
        bias += torch.arange(3.0)[:, None]
    torch.testing.assert_close(dual.prototypes(), weights.T @ z + torch.arange(3.0, dtype=torch.float64)[:, None])
    deep = networks.Network("deep DCL", z, 3, "normal", 0)
    assert isinstance(deep.layer, layers.DeepDualCompetitiveLayer)
    first, second, third = deep.layer.weights, *deep.layer.upper
    b1, b2, b3 = deep.layer.biases
    with torch.no_grad():
        b1 += 0.3
        b3 -= 0.2
    expected = torch.tanh(torch.tanh(z.T @ first + b1) @ second + b2) @ third + b3
    torch.testing.assert_close(deep.prototypes(), expected.T)
    assert [tuple(w.shape) for w in (first, second, third)] == [(20, 10), (10, 10), (10, 3)]


@pytest.mark.parametrize(("optimiser", "share"), [("descent", 1.0), ("mean descent", 1 / 20)])
@pytest.mark.parametrize("kind", ["VCL", "DCL"])
def test_an_epoch_of_descent_is_a_gradient_step(kind: str, optimiser: str, share: float) -> None:
    z, seen = samples(), list[Tensor]()
    network = networks.Network(kind, z, 3, "normal", 0)
    (w,) = [p.detach().clone().requires_grad_() for p in network.parameters()]
    layers.winner_loss(z, w if kind == "VCL" else w.T @ z, "sum").backward()
    assert networks.train(network, "sum", optimiser, 0.01, 1, lambda epoch, p, error: seen.append(p.clone()))
    moved = w.detach() - 0.01 * share * w.grad
    torch.testing.assert_close(seen[1], moved if kind == "VCL" else moved.T @ z)


@pytest.mark.parametrize("biased", [False, True])
def test_the_dual_layer_is_the_same_in_coordinates_of_the_span(biased: bool) -> None:
    z = samples(8, 40)
    ones = torch.ones(40, dtype=torch.float64)
    both = torch.from_numpy(span_coordinates(torch.cat([z, ones[None]]).numpy()))

    def end(x: Tensor, o: Tensor) -> Tensor:
        last: list[Tensor] = []
        network = networks.Network("DCL", x, 3, "normal", 0, o if biased else None)
        assert networks.train(network, "sum", "Adam", 0.05, 30, lambda epoch, p, error: last.append(p.clone()))
        return networks.distances(x, last[-1])

    torch.testing.assert_close(end(z, ones), end(both[:8], both[8]))


def test_training_tells_every_epoch_and_ends_where_it_diverges() -> None:
    z, told = samples(), list[tuple[int, float]]()
    network = networks.Network("DCL", z, 3, "normal", 0)
    assert networks.train(network, "sum", "Adam", 0.01, 5, lambda epoch, p, error: told.append((epoch, error)))
    assert [epoch for epoch, _ in told] == list(range(6)) and told[-1][1] < told[0][1]
    assert not networks.train(network, "sum", "descent", 1e9, 200, lambda epoch, p, error: told.append((epoch, error)))
    assert all(error < networks.FAR for _, error in told)


# --- measurements ---


@pytest.mark.parametrize("name", data.DATASETS)
def test_sets_in_the_plane_are_standardised_and_belong_to_their_seed(name: str) -> None:
    x, y = data.plane(name, 3)
    assert x.shape == (data.SAMPLES, 2) and len(set(y.tolist())) == (1 if name == "spiral" else 2)
    np.testing.assert_allclose((x.mean(0), x.std(0)), ((0, 0), (1, 1)), atol=1e-12)
    assert (data.plane(name, 3)[0] == x).all()
    assert (data.plane(name, 4)[0] != x).any() == (name != "spiral")


def test_singular_values_are_those_of_the_matrix() -> None:
    assert data.singular_values(np.array([[3.0, 0], [0, 2], [0, 0]])) == pytest.approx((3, 2))


def test_the_majority_of_each_cluster_counts() -> None:
    y = np.array([0, 0, 1, 1, 1, 0])
    assert data.majority_accuracy(y, np.array([0, 0, 0, 1, 1, 1])) == pytest.approx(4 / 6)
    assert data.majority_accuracy(y, np.arange(6)) == 1
    assert data.majority_accuracy(y, np.full(6, 3)) == 0.5
    # Six clusters of one sample are right by chance too, one cluster is at its share.
    assert data.majority_by_chance(y, np.arange(6), 0) == 1
    assert data.majority_by_chance(y, np.zeros(6, dtype=np.int64), 0) == 0.5
    pairs_by_chance = data.majority_by_chance(y, np.array([0, 0, 1, 1, 2, 2]), 0, draws=3000)
    # A pair is of one class with probability 2/5, else it is half right.
    assert pairs_by_chance == pytest.approx(0.7, abs=0.01)


def test_epochs_until_counts_to_the_last_crossing() -> None:
    assert training.epochs_until([5, 3, 1, 4, 1, 1], 2) == 4
    assert training.epochs_until([1, 1], 2) == 0
    assert training.epochs_until([5, 4, 3], 2) == 3


def test_links_and_their_distance_from_the_samples() -> None:
    z = torch.tensor([[-1.0, 0], [1, 0]])
    p = torch.tensor([[-1.5, 0], [1.5, 0], [0, 9]])
    assert training.links(z, p).tolist() == [[0, 1]]
    assert training.link_distance(z, p) == pytest.approx(1)
    assert training.winners(z, p) == [0, 1]


def test_a_course_is_measured() -> None:
    z = torch.tensor([[-1.0, 0], [1, 0]], dtype=torch.float64)
    start = torch.tensor([[-2.0, 0], [0, 0], [0, 50]], dtype=torch.float64)
    end = torch.tensor([[-1.0, 0], [0, 3], [0, 50]], dtype=torch.float64)
    found = training._of_the_course(z, torch.stack([start, end, end]), [4.0, 1.0, 1.0], 0.1)
    assert (found["settled"], found["arrived"], found["valid"]) == (1, 3, 1)
    assert (found["length"], found["length_of_all"]) == (pytest.approx(1), pytest.approx(4 / 3))
    assert found["edges"] == pytest.approx(8**0.5)
    at_start = training._of_the_start(z, start)
    assert at_start["start_norm"] == pytest.approx((2504 / 3) ** 0.5)
    assert at_start["start_distance"] == pytest.approx((1 + 1 + 2501) / 3)


def test_equal_rates_are_those_of_the_vanilla_layer() -> None:
    other = cell(setting={"rates": "equal"})
    assert training.rate(cell(), training.RATES, "DCL") == 0.0008
    assert training.rate(other, training.RATES, "DCL") == training.rate(cell("VCL"), training.RATES, "VCL") == 0.008
    assert training.rate(cell(DEEP, d=1000), training.HIGH_RATES, "deep DCL") == 0.002


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few epochs."""
    monkeypatch.setattr(training, "EPOCHS", 12)
    monkeypatch.setattr(training, "LONG", 24)
    monkeypatch.setattr(training, "ROUNDS", 2)


@pytest.mark.parametrize(
    "c", [cell("VCL"), cell("DCL", seed=10_002), *(cell(arm, d=60) for arm in HIGH)], ids=Cell.label
)
def test_the_same_cell_gives_the_same_numbers(c: Cell, short: None) -> None:
    assert training.run(c) == training.run(c)
    if c.arm in LAYERS:
        assert training.run(c) != training.run(replace(c, seed=c.seed + 1))


def test_curves_are_kept_at_the_centre_and_paths_of_its_first_replicate(short: None) -> None:
    first, second = training.run(cell("VCL")), training.run(cell("VCL", seed=1))
    epochs = 12 // training.STRIDE + 1
    for name in ("errors", "edges_over_epochs", "valid_over_epochs"):
        assert len(first[name]) == len(second[name]) == epochs
    assert np.shape(first["path"]) == (epochs, training.PROTOTYPES, 2) and "path" not in second
    assert np.shape(first["final"]) == (training.PROTOTYPES, 2) and np.shape(first["links"])[1] == 2
    assert "errors" not in training.run(cell("VCL", setting={"objective": "norm"}))


def test_a_run_that_diverges_has_a_start_and_no_end(short: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "RATES", {"VCL": 1e6, "DCL": 1e6})
    found = training.run(cell(setting={"optimiser": "descent"}))
    assert found["finished"] is False and "start_norm" in found and "error" not in found


def test_a_bias_and_the_rates_change_the_runs(short: None) -> None:
    centre = training.run(cell())["error"]
    assert training.run(cell(setting={"dual": "bias"}))["error"] != centre
    assert training.run(cell(setting={"rates": "equal"}))["error"] != centre


# --- predictions ---


def as_the_paper_says(c: Cell) -> Metrics:
    if "d" in dict(c.condition):
        d = int(c["d"])
        lost = 0.4 * (d - 1000) / 9000
        accuracy = {
            VANILLA: 0.7,
            DUAL: 0.98,
            DEEP: 0.99 + 1e-4 * c.replicate,
            KMEANS: 0.9 - lost,
        }
        return {"accuracy": accuracy.get(c.arm, 0.6), "largest": TABLE_2[d]}
    slow = c.arm == "VCL"
    largest, smallest = TABLE_1[str(c["dataset"])]
    return {
        "error": 0.05 + 0.001 * slow,
        "settled": 200 if slow else 20,
        "arrived": 401 if slow else 30,
        "valid": 15 if slow else 22,
        "edges": 180.0 if slow else 150.0,
        "off_the_data": 0.2 if slow else 0.1,
        "start_norm": 0.2 if slow else 1.4,
        "start_distance": 0.5 if slow else 0.1,
        "length": 2.0 if slow else 1.0 + 1e-3 * c.replicate,
        "largest": largest,
        "smallest": smallest,
    }


#: Sentences whose measure no run has.
OPEN = ("adequate", "nearest-first")
TESTABLE = [p for p in BLOCK.predictions if p.id not in OPEN]


@pytest.mark.parametrize("name", OPEN)
def test_a_sentence_without_a_measure_is_not_testable(name: str, short: None) -> None:
    metrics = {arm: training.run(cell(arm)) for arm in LAYERS}
    assert not {"adequate", "nearest_first"} & {n for m in metrics.values() for n in m}
    results = Results(GRID, {c: metrics[c.arm] for c in BLOCK.cells(PLAN) if c.arm in LAYERS})
    found = assess(BLOCK, BLOCK.prediction(name), results, PLAN)
    assert found.outcome is Outcome.NOT_TESTABLE
    assert {"adequate": "does not say what", "nearest-first": "do not measure"}[name] in found.sentence()


@pytest.mark.parametrize("name", ["similar-minima", "table-1", "table-2", "dual-near-100", "not-influenced"])
def test_what_is_said_of_all_fails_on_one(name: str) -> None:
    results = Results(GRID, {c: as_the_paper_says(c) for c in BLOCK.cells(PLAN)})
    wrong = {"error": 0.2, "largest": 50.0, "accuracy": 0.5}
    place = {"dataset": "moons"} if name in ("similar-minima", "table-1") else {"d": 2000}
    arms = {"similar-minima": "VCL", "table-1": "k-means", "table-2": KMEANS}
    changed = {
        c: m | (wrong if c.arm == arms.get(name, DUAL) and dict(c.condition).items() >= place.items() else {})
        for c, m in results
    }
    found = assess(BLOCK, BLOCK.prediction(name), Results(GRID, changed), PLAN)
    assert found.outcome is Outcome.NOT_REPRODUCED and len(found.groups) == 1
    assert [r.supported for r in found.rows].count(False) == 1


@pytest.mark.parametrize(
    ("name", "arm", "metric", "size"),
    [
        ("table-2", KMEANS, "largest", 0.06),
        ("similar-minima", "DCL", "error", 0.11),
        ("not-influenced", DUAL, "accuracy", 0.06),
    ],
)
def test_what_differs_by_chance_alone_is_alike(name: str, arm: str, metric: str, size: float) -> None:
    """Most replicates lie further away than the margin, as many on either side; the mean is the same."""
    plan = Plan("thorough")

    def outcome(deviation: float, shift: float) -> Outcome:
        metrics: dict[Cell, Metrics] = {}
        for c in BLOCK.cells(plan):
            own = c.arm == arm and c.condition != (("d", FEATURES[0]),)
            factor = 1 + own * (shift + deviation * SIDES[c.replicate])
            plain = as_the_paper_says(c) | {"error": 0.05}
            metrics[c] = plain | ({metric: plain[metric] * factor} if metric in plain else {})
        return assess(BLOCK, BLOCK.prediction(name), Results(GRID, metrics), plan).outcome

    assert outcome(size, 0.0) is Outcome.REPRODUCED
    assert outcome(0.0, 2 * size) is outcome(0.0, -2 * size) is Outcome.NOT_REPRODUCED


def test_a_deep_layer_behind_one_of_the_others_is_not_the_best() -> None:
    results = Results(GRID, {c: as_the_paper_says(c) for c in BLOCK.cells(PLAN)})
    changed = {c: m | ({"accuracy": 0.995} if c.arm == VANILLA else {}) for c, m in results}
    found = assess(BLOCK, BLOCK.prediction("deep-is-best"), Results(GRID, changed), PLAN)
    assert found.outcome is Outcome.NOT_REPRODUCED and len(found.groups) == len(FEATURES)


@pytest.mark.parametrize("prediction", TESTABLE, ids=lambda p: p.id)
def test_a_prediction_is_reproduced_where_it_is_so_and_each_false_change_undoes_it(prediction: Any) -> None:
    results = Results(GRID, {c: as_the_paper_says(c) for c in BLOCK.cells(PLAN)})
    assert assess(BLOCK, prediction, results, PLAN).outcome is Outcome.REPRODUCED
    for change in prediction.changes:
        after = assess(BLOCK, prediction, change.apply(results), PLAN)
        assert (after.outcome is Outcome.REPRODUCED) is change.harmless, change.id


def test_every_cell_of_the_plans_can_be_looked_up() -> None:
    plan = Plan("thorough")
    results = Results(GRID, {c: as_the_paper_says(c) for c in BLOCK.cells(plan)})
    for prediction in TESTABLE:
        assert assess(BLOCK, prediction, results, plan).outcome is Outcome.REPRODUCED
    quick = {c.condition for c in BLOCK.cells(Plan("quick")) if c.arm in LAYERS}
    assert quick == {pairs({"dataset": "moons"})}
    assert {c["d"] for c in BLOCK.cells(PLAN) if c.arm in HIGH} == set(FEATURES)
