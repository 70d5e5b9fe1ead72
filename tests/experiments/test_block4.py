"""Block 4: the features and their file, the training, the measurements, the predictions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from ddcl_core import functional as core
from ddcl_core.functional.losses import Decomposition
from ddcl_theory.experiments import block4_features as features
from ddcl_theory.experiments import block4_training as training
from ddcl_theory.experiments.assess import Finding, assess
from ddcl_theory.experiments.block4 import BLOCK, GRID, LOSSES, SAMPLES
from ddcl_theory.experiments.outcome import Outcome
from ddcl_theory.experiments.protocol import Cell, Metrics, Plan, Results, pairs

PLAN = Plan("quick")
#: Ten replicates, most of them to one side or the other, and none on average.
SIDES = (1, -1, 1, -1, 1, -1, 1, -1, 0, 0)
N = 120


@pytest.fixture(autouse=True)
def no_file(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No file of features is named, and none is remembered."""
    monkeypatch.delenv(features.VARIABLE, raising=False)
    features._file.cache_clear()
    yield
    features._file.cache_clear()


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few epochs."""
    monkeypatch.setattr(training, "EPOCHS", 6)


def cell(arm: str = "L_q", seed: int = 0, variation: str = "central", name: str = features.STAND_IN) -> Cell:
    setting = GRID.of_arm(arm, pairs({"variation": variation}))
    return Cell("block4", arm, pairs({"features": name, "samples": N}), setting, seed)


def contents(n: int = 1000) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    return {"features": rng.uniform(0.1, 2, (n, 512)).astype(np.float32), "labels": np.arange(n) % 10}


def write(path: Path, **changes: Any) -> str:
    np.savez(path, **{k: v for k, v in (contents() | changes).items() if v is not None})
    return str(path)


def test_a_good_file_is_read_as_it_is(tmp_path: Path) -> None:
    found = features.read(write(tmp_path / "f.npz", labels=(np.arange(1000) % 10).astype(np.uint8)))
    np.testing.assert_array_equal(found.rows, contents()["features"])
    np.testing.assert_array_equal(found.classes, np.arange(1000) % 10)
    assert found.rows.dtype == np.float32 and found.classes.dtype == np.int64


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"features": None}, "cannot be read"),
        ({"labels": None}, "cannot be read"),
        ({"features": np.ones((1000, 256), np.float32)}, r"shape \(1000, 256\)"),
        ({"features": np.ones((1000, 512), np.int64)}, "type int64"),
        ({"features": np.ones(512, np.float32)}, r"shape \(512,\)"),
        ({"labels": np.arange(999) % 10}, r"labels has shape \(999,\)"),
        ({"labels": np.arange(1000) % 10 / 1.0}, "type float64"),
        ({"labels": np.arange(1000) % 9}, "labels holds"),
        ({"labels": np.arange(1000) % 10 + 1}, "labels holds"),
        ({"features": np.ones((20, 512), np.float32), "labels": np.arange(20) % 10}, "20 rows"),
        ({"features": np.where(np.arange(1000)[:, None] == 3, np.nan, np.ones((1000, 512)))}, "not finite"),
        ({"features": np.where(np.arange(1000)[:, None] == 3, 0.0, np.ones((1000, 512)))}, "zero"),
        ({"features": np.array([{}] * 1000, dtype=object)}, "cannot be read"),
    ],
)
def test_a_bad_file_is_refused_with_its_name_and_what_is_accepted(
    tmp_path: Path, changes: dict[str, Any], why: str
) -> None:
    path = write(tmp_path / "bad.npz", **changes)
    with pytest.raises(ValueError, match=why) as raised:
        features.read(path)
    assert path in str(raised.value) and "accepted is an .npz" in str(raised.value)


@pytest.mark.parametrize("text", [b"", b"no archive", None])
def test_what_is_no_archive_is_refused(tmp_path: Path, text: bytes | None) -> None:
    path = tmp_path / "features.npz"
    if text is not None:
        path.write_bytes(text)
    with pytest.raises(ValueError, match="DDCL_CIFAR10_FEATURES: got .* cannot be read"):
        features.read(str(path))


def test_a_single_array_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "one.npy", np.ones(3))
    with pytest.raises(ValueError, match="it holds a single array"):
        features.read(str(tmp_path / "one.npy"))


def test_a_file_that_is_not_there_ends_the_plan(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(features.VARIABLE, str(tmp_path / "none.npz"))
    with pytest.raises(ValueError, match="DDCL_CIFAR10_FEATURES: got .*none.npz"):
        BLOCK.cells(PLAN)
    monkeypatch.setenv(features.VARIABLE, write(tmp_path / "bad.npz", labels=np.zeros(1000, np.int64)))
    with pytest.raises(ValueError, match="labels holds"):
        BLOCK.cells(PLAN)


def test_the_file_takes_the_place_of_the_stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert {c["features"] for c in BLOCK.cells(PLAN)} == {"stand-in"}
    monkeypatch.setenv(features.VARIABLE, write(tmp_path / "f.npz"))
    for profile, n in (("quick", 500), ("thorough", 1000)):
        cells = BLOCK.cells(Plan(profile))
        assert {c["samples"] for c in cells} == {n}
        assert all(str(c["features"]).startswith("CIFAR-10 ") for c in cells)
    name = features.source()
    z, classes = features.samples(name, 1000, 3)
    order = np.random.default_rng(3).permutation(1000)
    rows = torch.from_numpy(contents()["features"][order])
    torch.testing.assert_close(z, rows / rows.norm(dim=1, keepdim=True))
    np.testing.assert_array_equal(classes, order % 10)
    with pytest.raises(ValueError, match="accepted at least 2000"):
        features.samples(name, 2000, 3)


def test_a_file_that_changes_makes_another_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(features.VARIABLE, write(tmp_path / "f.npz"))
    name = features.source()
    monkeypatch.setenv(features.VARIABLE, write(tmp_path / "g.npz", labels=(np.arange(1000) + 1) % 10))
    assert features.source() != name
    with pytest.raises(ValueError, match="with which the run began"):
        training.run(cell(name=name))


def test_rows_have_length_one_and_belong_to_the_seed() -> None:
    z, classes = features.samples(features.STAND_IN, 2000, 0)
    assert z.shape == (2000, 512) and z.dtype == torch.float32
    torch.testing.assert_close(z.norm(dim=1), torch.ones(2000))
    again, other = (features.samples(features.STAND_IN, 2000, seed)[0] for seed in (0, 1))
    assert torch.equal(z, again) and not torch.equal(z, other)
    # Beyond the 1797 images each comes again, turned and moved anew.
    np.testing.assert_array_equal(classes[1797:], classes[:203])
    assert not torch.equal(z[1797:], z[:203])
    assert np.bincount(classes).min() > 150


def sample(seed: int = 0) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    z = torch.nn.functional.normalize(torch.rand(60, 7, dtype=torch.float64, generator=generator), dim=-1)
    return z, z[:4] + 0.05 * torch.randn(4, 7, dtype=torch.float64, generator=generator)


@pytest.mark.parametrize("convention", ["d/T", "d/2T"])
def test_assignments_by_products_are_those_of_the_core(convention: str) -> None:
    z, p = sample()
    expected = core.soft_assignment(z, p, 0.3, convention=convention)
    torch.testing.assert_close(training.assignment(z, p, 0.3, convention), expected)
    close = z.mean(0) + 1e-9 * p
    assert training.nearest(z, close).tolist() == core.squared_distances(z - z.mean(0), 1e-9 * p).argmin(-1).tolist()


def test_a_point_of_the_curves_is_measured_as_defined() -> None:
    z, p = sample()
    q = core.soft_assignment(z, p, 0.3)
    separation, uncertainty, variance = training.point(z, p, 0.3, "d/T")
    assert variance == pytest.approx(float(core.decomposition(z, p, q).variance.mean()))
    assert uncertainty == pytest.approx(float((1 - q.square().sum(-1)).mean()))
    assert separation == pytest.approx(float(torch.pdist(p).square().mean()))


@pytest.mark.parametrize("arm", LOSSES)
@pytest.mark.parametrize(
    ("changed", "convention", "mode"),
    [({}, "d/T", "stopped"), ({"convention": "d/2T"}, "d/2T", "stopped"), ({"mode": "full"}, "d/T", "full")],
)
def test_a_step_descends_the_gradient(arm: str, changed: dict[str, Any], convention: str, mode: str) -> None:
    z, p = sample()
    moved = training._moved(z, p, 0.3, arm, changed, None)
    variable = p.clone().requires_grad_()
    held = variable if mode == "full" else variable.detach()
    q = core.soft_assignment(z, held, 0.3, convention=convention)
    loss = (core.quantization_loss if arm == "L_q" else core.ols_loss)(z, variable, q)
    (gradient,) = torch.autograd.grad(loss, variable)
    torch.testing.assert_close(moved, p - training.RATE * gradient)


def test_the_readings_of_l_ols_concern_it_alone() -> None:
    z, p = sample()
    q = core.soft_assignment(z, p, 0.3)
    for ols in ("unweighted", "least squares"):
        assert torch.equal(
            training._moved(z, p, 0.3, "L_q", {"ols": ols}, None), training._moved(z, p, 0.3, "L_q", {}, None)
        )
    moved = training._moved(z, p, 0.3, "L_OLS", {"ols": "unweighted"}, None)
    torch.testing.assert_close(moved - p, (2 * training.RATE * (z - q @ p).mean(0)).expand(4, 7))
    best = training._moved(z, p, 0.3, "L_OLS", {"ols": "least squares"}, None)
    torch.testing.assert_close(q.mT @ (z - q @ best), torch.zeros(4, 7, dtype=torch.float64), atol=1e-9, rtol=0)


def test_native_steps_stay_in_the_span_of_the_rows() -> None:
    z, p = sample()
    z[:, 0] = 0
    pull = z.mT @ z / len(z)
    pull = pull / torch.linalg.eigvalsh(pull)[-1]
    free, native = (training._moved(z, p, 0.3, "L_q", {}, m) for m in (None, pull))
    torch.testing.assert_close(native - p, (free - p) @ pull)
    assert torch.equal(native[:, 0], p[:, 0])


def test_the_schedule_goes_from_hot_to_cold() -> None:
    schedule = training.temperatures(2.0, 0.5)
    assert len(schedule) == training.EPOCHS + 1
    assert (schedule[0], schedule[-1]) == (2.0, 0.5) and schedule == sorted(schedule, reverse=True)


def test_collapse_follows_the_threshold_of_theory() -> None:
    """Stopped L_q collapses while T stays above 2 λ_max(Σ), L_OLS does not; far below it L_q stays apart too."""
    hot, ols, cold = (training.run(c) for c in (cell(), cell("L_OLS"), cell(variation="T 0.1 to 0.01")))
    assert 0.1 < hot["critical"] < 0.5
    assert hot["collapsed"] is True and ols["collapsed"] is False and cold["collapsed"] is False
    assert hot["falls of D_P"] > 0.9 and cold["accuracy"] > 0.2


@pytest.mark.usefixtures("brief")
@pytest.mark.parametrize("arm", [*LOSSES, "k-means", "DeepCluster"])
def test_the_same_cell_gives_the_same_numbers(arm: str) -> None:
    found = training.run(cell(arm))
    assert found == training.run(cell(arm))
    assert found != training.run(cell(arm, seed=1))
    assert 0.1 <= found["accuracy"] <= 1


@pytest.mark.usefixtures("brief")
@pytest.mark.parametrize("variation", list(training.VARIATIONS)[1:])
def test_every_variation_changes_the_run(variation: str) -> None:
    arm = "L_OLS" if "L_OLS" in variation else "L_q"
    found, central = training.run(cell(arm, variation=variation)), training.run(cell(arm))
    # Hot assignments are nearly the same for all prototypes; least squares then sends these beyond all bounds.
    assert found["finished"] is (variation != "least-squares L_OLS")
    assert found["separation"] != central["separation"]
    assert "curves" in central and "curves" not in found


@pytest.mark.usefixtures("brief")
def test_a_broken_decomposition_is_a_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = training.run(cell())
    assert (whole["violations"], whole["negative"], whole["epochs"]) == (0, 0, 6)
    original = core.decomposition

    def broken(z: Tensor, p: Tensor, q: Tensor) -> Decomposition:
        parts = original(z, p, q)
        residual, ols = parts.residual.clone(), parts.ols.clone()
        residual[5] += 1e-6 * parts.quantization[5]
        ols[9] = 1.001 * parts.quantization[9]
        return parts._replace(residual=residual, ols=ols)

    monkeypatch.setattr(core, "decomposition", broken)
    found = training.run(cell())
    # Once in each of seven states, and once more among all samples.
    assert (found["violations"], found["negative"]) == (8, 8)


def test_a_path_that_diverges_ends_and_has_no_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "RATE", 300.0)
    found = training.run(cell(variation="T 0.1 to 0.01"))
    assert found["finished"] is False and found["epochs"] < training.EPOCHS
    assert found["accuracy"] is None and found["correlation with V"] is None and found["collapsed"] is False


def test_falls_are_counted_beyond_rounding() -> None:
    assert training._falls([1.0, 2.0, 1.5, 3.0, 3.0 - 1e-12]) == 0.25
    assert training._falls([0.0, 0.0]) == 0


#: What every run would measure if the paper were right in all of its predictions.
AS_PAPER: Mapping[str, float] = {"L_q": 0.265, "L_OLS": 0.265, "k-means": 0.6, "DeepCluster": 0.2}


def as_the_paper_says(c: Cell) -> Metrics:
    metrics: Metrics = {"accuracy": AS_PAPER[c.arm] + 0.001 * c.replicate, "nmi": 0.2, "ari": 0.1}
    if c.arm in LOSSES:
        metrics |= {"violations": 0, "negative": 0, "rise": 0.1}
        metrics |= {f"falls of {name}": 0.0 for name in ("D_P", "tr S_q", "V")}
        metrics |= {f"correlation with {name}": 0.9 + 0.01 * c.replicate for name in ("tr S_q", "V")}
    return metrics


def results(profile: str = "quick") -> Results:
    return Results(GRID, {c: as_the_paper_says(c) for c in BLOCK.cells(Plan(profile))})


def measured(name: str, found: Results, plan: Plan = PLAN) -> Finding:
    return assess(BLOCK, BLOCK.prediction(name), found, plan)


@pytest.mark.parametrize("name", [p.id for p in BLOCK.predictions])
def test_a_prediction_is_reproduced_where_it_is_so_and_each_false_change_undoes_it(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(features.VARIABLE, write(tmp_path / "f.npz"))
    before = measured(name, results())
    assert before.outcome is Outcome.REPRODUCED
    for change in BLOCK.prediction(name).changes:
        after = measured(name, change.apply(results()))
        assert (after.outcome is Outcome.REPRODUCED) is change.harmless, change.id
        assert change.harmless or any(r.supported is False for r in after.rows)


def test_the_papers_accuracy_is_not_testable_on_the_stand_in() -> None:
    found = measured("accuracy", results())
    assert found.outcome is Outcome.NOT_TESTABLE and "features of CIFAR-10" in found.sentence()
    false = next(c for c in BLOCK.prediction("accuracy").changes if not c.harmless)
    assert measured("accuracy", false.apply(results())).outcome is Outcome.NOT_REPRODUCED


def test_one_metric_that_differs_by_more_than_three_decimals_undoes_equality() -> None:
    for arm, metric, shift, kept in (
        ("L_OLS", "ari", 4e-4, True),
        ("L_OLS", "ari", 6e-4, False),
        ("L_q", "nmi", 6e-4, False),
    ):
        metrics = {c: m | {metric: m[metric] + shift} if c.arm == arm and c.replicate == 1 else m for c, m in results()}
        outcome = measured("same-metrics", Results(GRID, metrics)).outcome
        assert (outcome is Outcome.REPRODUCED) is kept


def test_losses_that_differ_by_chance_have_the_same_accuracy_and_a_gain_is_one() -> None:
    plan = Plan("thorough")

    def outcome(deviation: float, shift: float) -> Outcome:
        gains = {c: shift + deviation * SIDES[c.replicate] if c.arm == "L_q" else 0.0 for c in BLOCK.cells(plan)}
        return measured(
            "same-accuracy", Results(GRID, {c: {"accuracy": 0.265 + g} for c, g in gains.items()}), plan
        ).outcome

    assert outcome(0.025, 0.0) is Outcome.REPRODUCED
    assert outcome(0.0, 0.025) is outcome(0.0, -0.025) is Outcome.NOT_REPRODUCED


@pytest.mark.parametrize(("name", "arm"), [("k-means-ahead", "L_OLS"), ("deepcluster-last", "k-means")])
def test_one_method_undoes_what_is_said_of_all(name: str, arm: str) -> None:
    other = {"accuracy": 0.9 if name == "k-means-ahead" else 0.0}
    found = measured(name, Results(GRID, {c: m | (other if c.arm == arm else {}) for c, m in results()}))
    assert found.outcome is Outcome.NOT_REPRODUCED
    assert [dict(r.setting)["method"] for r in found.rows if r.supported is False] == [arm]


def test_every_cell_of_the_plans_can_be_looked_up() -> None:
    for profile in SAMPLES:
        plan = Plan(profile)
        for prediction in BLOCK.predictions:
            found = measured(prediction.id, results(profile), plan)
            expected = Outcome.NOT_TESTABLE if prediction.id == "accuracy" else Outcome.REPRODUCED
            assert found.outcome is expected
            settings = len(training.VARIATIONS) if profile == "thorough" else 1
            assert len(found.groups) == settings * (2 if prediction.over else 1)
