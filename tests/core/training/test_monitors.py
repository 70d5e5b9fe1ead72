"""Measurements against loops and exact Jacobians; writers against the files that they leave."""

from __future__ import annotations

import csv
import math
import sys
import warnings

import pytest
import torch

from ddcl_core import functional as F
from ddcl_core.monitors import (
    CSVWriter,
    Monitor,
    MonitorWarning,
    TensorBoardWriter,
    advise,
    critical_temperature,
    largest_eigenvalue,
    measure,
)
from ddcl_core.monitors.measurements import TILE, residual_bound, uncertainty
from ddcl_core.objective import DDCLLoss
from ddcl_core.schedules import constant
from ddcl_core.training import DDCLModel, Trainer


def naive(z, prototypes, temperature, scale):
    """D_P, C_q, tr S_q, L_q, L_OLS, V and the smallest mass from loops over plain numbers."""
    rows, points = z.tolist(), prototypes.tolist()
    k, n = len(points), len(rows)

    def distance(a, b):
        return sum((x - y) ** 2 for x, y in zip(a, b, strict=True))

    totals = [0.0] * 5
    masses = [0.0] * k
    for row in rows:
        weights = [math.exp(-scale * distance(row, p) / temperature) for p in points]
        q = [w / sum(weights) for w in weights]
        mean = [sum(q[j] * points[j][c] for j in range(k)) for c in range(len(row))]
        totals[0] += sum(x * x for x in q) / n
        totals[1] += sum(x * (1 - x) for x in q) / n
        totals[2] += sum(x * distance(row, p) for x, p in zip(q, points, strict=True)) / n
        totals[3] += distance(row, mean) / n
        totals[4] += sum(x * distance(p, mean) for x, p in zip(q, points, strict=True)) / n
        masses = [m + x * k / n for m, x in zip(masses, q, strict=True)]
    pairs = [distance(points[i], points[j]) for i in range(k) for j in range(k) if i != j]
    return [sum(pairs) / len(pairs), *totals, min(masses)]


@pytest.mark.parametrize(("convention", "scale"), [("d/T", 1.0), ("d/2T", 0.5)])
def test_measurements_by_loops(draw, convention, scale) -> None:
    problem = draw(n=30, k=4, d=3)
    found = measure(problem.z, problem.prototypes, 1.6, loss=DDCLLoss(convention=convention))
    got = (
        found.prototype_separation,
        found.concentration,
        found.uncertainty,
        found.quantization,
        found.ols,
        found.variance,
        found.smallest_mass,
    )
    assert got == pytest.approx(naive(problem.z, problem.prototypes, 1.6, scale), rel=1e-12)
    assert found.temperature == 1.6
    assert found.collapse_margin == pytest.approx(found.critical_temperature - 1.6)


def test_tiles_add_up(draw) -> None:
    problem = draw(n=2 * TILE + 3, k=3, d=2)
    whole = measure(problem.z, problem.prototypes, 1.0)
    q = F.soft_assignment(problem.z, problem.prototypes, 1.0)
    assert whole.quantization == pytest.approx(F.quantization_loss(problem.z, problem.prototypes, q).item(), rel=1e-12)
    assert whole.concentration == pytest.approx(q.square().sum(-1).mean().item(), rel=1e-12)
    assert whole.smallest_mass == pytest.approx(3 * q.mean(0).amin().item(), rel=1e-12)


def test_one_prototype(draw) -> None:
    problem = draw(k=1)
    found = measure(problem.z, problem.prototypes, 1.0)
    assert (found.prototype_separation, found.concentration, found.uncertainty, found.variance) == (0, 1, 0, 0)


def test_uncertainty_near_a_vertex() -> None:
    q = torch.tensor([[1.0, 1e-20, 3e-20]], dtype=torch.float64)
    assert uncertainty(q).item() == pytest.approx(8e-20, rel=1e-12, abs=0)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
@pytest.mark.parametrize("offset", [0.0, 1000.0])
@pytest.mark.parametrize("sizes", [(50, 3, 2), (200, 40, 5), (60, 3, 300), (300, 200, 100)])
def test_residual_stays_below_its_bound(draw, dtype, offset, sizes) -> None:
    problem = draw(*sizes, offset=offset)
    z, prototypes = problem.z.to(dtype), problem.prototypes.to(dtype)
    found = measure(z, prototypes, 2.0 * sizes[2])
    assert found.residual <= found.residual_bound == residual_bound(dtype, sizes[1], sizes[2])
    assert "residual" not in advise(found)


def growth_rate(z, k, temperature, loss):
    """The largest real part of the spectrum of the training field at P = mean, from its closed form."""
    point = z.mean(0).expand(k, -1).clone()

    def velocity(p):
        parts = zip(loss.mixture, ("quantization", "ols", "variance"), strict=True)
        options = {"mode": loss.assignments, "convention": loss.convention}
        field = sum(c * F.training_gradient(z, p, temperature, loss=name, **options) for c, name in parts)
        pull = torch.func.grad(lambda x: F.separation(x, loss.pairs))(p)
        return -(field + loss.separation * pull)

    jacobian = torch.func.jacrev(velocity)(point).reshape(point.numel(), -1)
    return torch.linalg.eigvals(jacobian).real.amax().item()


@pytest.mark.parametrize(
    "loss",
    [
        DDCLLoss(),
        DDCLLoss(assignments="stopped"),
        DDCLLoss(convention="d/2T"),
        DDCLLoss((1.0, 0.5, 0.25)),
        DDCLLoss((0.0, 1.0, 3.0), assignments="stopped"),
        DDCLLoss(separation=0.05),
        DDCLLoss(separation=0.02, pairs="unordered", assignments="stopped"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("k", [2, 3])
def test_critical_temperature_separates_growth_from_decay(loss, k) -> None:
    generator = torch.Generator().manual_seed(k)
    z = 3 * torch.randn(9, 2, generator=generator, dtype=torch.float64) + 5
    critical = critical_temperature(z, loss, n_prototypes=k)
    assert 0 < critical < math.inf
    # Prototypes moved apart by e with sum 0 grow below the threshold; the mean itself always returns, at rate 2/k.
    assert growth_rate(z, k, 0.98 * critical, loss) > 1e-4
    assert growth_rate(z, k, 1.02 * critical, loss) < -1e-4


def test_critical_temperature_of_quantization_is_a_multiple_of_the_eigenvalue(blobs) -> None:
    z = blobs(40, 3)
    largest = torch.linalg.eigvalsh(torch.cov(z.mT, correction=0))[-1].item()
    assert largest_eigenvalue(z) == pytest.approx(largest, rel=1e-12)
    assert largest_eigenvalue(z[:, :1].expand(-1, 50)) == pytest.approx(50 * z[:, 0].var(correction=0).item())
    for assignments, factor in (("stopped", 2), ("full", 4)):
        found = critical_temperature(z, DDCLLoss(assignments=assignments))
        assert found == pytest.approx(factor * largest, rel=1e-12)


def test_critical_temperature_at_the_ends() -> None:
    z = torch.tensor([[0.1, 0.2]] * 3)
    assert critical_temperature(z) == 0.0
    assert critical_temperature(torch.eye(3), DDCLLoss("ols")) == math.inf
    assert critical_temperature(torch.eye(3), DDCLLoss(separation=100.0)) == math.inf


def test_dead_prototypes_are_counted(draw) -> None:
    problem = draw(n=20, k=4, d=2)
    prototypes = problem.prototypes.clone()
    prototypes[:2] += 1e3
    found = measure(problem.z, prototypes, 1.0)
    assert found.dead_prototypes == 2 and found.smallest_mass == 0.0
    assert measure(problem.z, prototypes, 1.0, threshold=0.0).dead_prototypes == 0
    assert measure(problem.z, problem.prototypes * 0, 1.0).dead_prototypes == 0


def test_advice_by_cause(draw) -> None:
    problem = draw(n=20, k=3, d=2)
    good = measure(problem.z, problem.prototypes, 0.5 * critical_temperature(problem.z))
    assert advise(good, rate_ratio=1.0) == {}
    assert list(advise(good, rate_ratio=1.5)) == ["ratio"]
    assert list(advise(good._replace(collapse_margin=-0.1))) == ["collapse"]
    assert list(advise(good._replace(dead_prototypes=2))) == ["dead"]
    for bad in (2 * good.residual_bound, math.nan):
        assert list(advise(good._replace(residual=bad))) == ["residual"]


def test_bad_arguments_are_named(draw) -> None:
    problem = draw()
    for arguments, options, named in (
        ((problem.z, problem.prototypes, -1.0), {}, "temperature"),
        ((problem.z, problem.prototypes[:, :1], 1.0), {}, "prototypes"),
        ((problem.z[None], problem.prototypes, 1.0), {}, "z, prototypes"),
        ((problem.z, problem.prototypes, 1.0), {"threshold": -1.0}, "threshold"),
    ):
        with pytest.raises(ValueError, match=f"^{named}: got "):
            measure(*arguments, **options)
    with pytest.raises(ValueError, match="^writers: got "):
        Monitor(print)


def fit(x, layer, callbacks, *, temperature=1.0, epochs=3, **options):
    model = DDCLModel(torch.nn.Identity(), layer)
    trainer = Trainer(model, DDCLLoss(), constant(temperature, **options), rate=0.05, callbacks=callbacks, device="cpu")
    return model, trainer.fit(x, epochs=epochs, batch_size=20)


@pytest.mark.parametrize("kind", ["vanilla", "running", "unbiased"])
def test_monitor_measures_without_touching_the_run(blobs, make_layer, kind) -> None:
    x = blobs(60, 3)
    seen = []

    def keep(state):
        seen.append((state.sample(), state.prototypes()))

    plain, _ = fit(x, make_layer(kind, 60, 2, 3), ())
    model, history = fit(x, make_layer(kind, 60, 2, 3), (Monitor(), keep))
    assert all(a.equal(b) for a, b in zip(plain.parameters(), model.parameters(), strict=True))
    assert plain.stored_prototypes().equal(model.stored_prototypes())
    for row, (z, prototypes) in zip(history.rows(), seen, strict=True):
        assert z.equal(x)
        found = measure(z, prototypes, 1.0)._asdict()
        assert {name: row[name] for name in found} == pytest.approx(found)
    if kind != "vanilla":
        torch.testing.assert_close(seen[-1][1], model.layer.weights.detach().mT @ x, rtol=1e-12, atol=1e-12)


def test_monitor_skips_epochs_and_limits_samples(blobs, make_layer, tmp_path) -> None:
    x = blobs(60, 3)
    path = tmp_path / "run.csv"
    monitor = Monitor(CSVWriter(path), every=2, limit=7)
    model, history = fit(x, make_layer("vanilla", 60, 2, 3), (monitor,), epochs=4)
    assert [math.isnan(value) for value in history["concentration"]] == [True, False, True, False]
    spread = x[[0, 8, 17, 25, 34, 42, 51]]
    assert history["quantization"][-1] == measure(spread, model.stored_prototypes(), 1.0).quantization
    with path.open() as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["2", "4"] and [row["step"] for row in rows] == ["6", "12"]
    for row in rows:
        number = int(row["epoch"]) - 1
        for name in ("total", "quantization", "temperature", "collapse_margin"):
            assert float(row[name]) == history[name][number]


def test_each_cause_is_warned_of_once(blobs, make_layer) -> None:
    x = blobs(60, 3)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fit(x, make_layer("vanilla", 60, 2, 3), (Monitor(),), temperature=1e4, rate_ratio=2.0)
    assert [warning.category for warning in caught] == [MonitorWarning] * 2
    texts = [str(warning.message) for warning in caught]
    assert "epoch 1: temperature 1e+04 is above the critical" in texts[0]
    assert "Corollary 5" in texts[1]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit(x, make_layer("vanilla", 60, 2, 3), (Monitor(warn=False),), temperature=1e4, rate_ratio=2.0)


class TestCSV:
    ROWS = [{"epoch": e, "step": 10 * e, "value": 1 / e} for e in range(1, 6)]

    def read(self, path):
        with path.open(newline="") as file:
            return [{name: float(cell) for name, cell in row.items()} for row in csv.DictReader(file)]

    def test_every_row_is_in_the_file_at_once(self, tmp_path) -> None:
        writer = CSVWriter(tmp_path / "a.csv")
        for count, row in enumerate(self.ROWS, 1):
            writer.write(row)
            assert self.read(tmp_path / "a.csv") == self.ROWS[:count]

    def test_a_resumed_run_leaves_no_duplicate(self, tmp_path) -> None:
        first, second = CSVWriter(tmp_path / "a.csv"), CSVWriter(tmp_path / "a.csv")
        for row in self.ROWS[:4]:
            first.write(row)
        for row in self.ROWS[2:]:
            second.write(row)
        assert self.read(tmp_path / "a.csv") == self.ROWS

    def test_a_run_from_the_start_replaces_the_file(self, tmp_path) -> None:
        (tmp_path / "a.csv").write_text("step,other\n3,1\n")
        CSVWriter(tmp_path / "a.csv").write(self.ROWS[0] | {"step": 1})
        assert self.read(tmp_path / "a.csv") == [self.ROWS[0] | {"step": 1}]

    def test_a_line_cut_short_is_dropped(self, tmp_path) -> None:
        path = tmp_path / "a.csv"
        writer = CSVWriter(path)
        for row in self.ROWS[:3]:
            writer.write(row)
        # "3,30,0.333…" cut to "3,3": the step that is left looks like an earlier one.
        content = path.read_text()
        path.write_text(content[: content.index("3,30") + 3])
        CSVWriter(path).write(self.ROWS[2])
        assert self.read(path) == self.ROWS[:3]

    def test_other_columns_are_refused(self, tmp_path) -> None:
        path = tmp_path / "a.csv"
        writer = CSVWriter(path)
        writer.write(self.ROWS[0])
        with pytest.raises(ValueError, match="^row: got columns epoch, step, accepted epoch, step, value$"):
            writer.write({"epoch": 2, "step": 20})
        with pytest.raises(ValueError, match="^row: got columns step, accepted epoch, step, value$"):
            CSVWriter(path).write({"step": 20})
        with pytest.raises(ValueError, match="^row: got columns value"):
            writer.write({"value": 2})
        assert self.read(path) == self.ROWS[:1]

    def test_foreign_files_and_folders(self, tmp_path) -> None:
        (tmp_path / "notes.csv").write_text("name,age\nx,3\n")
        with pytest.raises(ValueError, match="notes.csv"):
            CSVWriter(tmp_path / "notes.csv").write(self.ROWS[0])
        with pytest.raises(ValueError, match="^path: got "):
            CSVWriter(tmp_path / "missing" / "a.csv")
        assert (tmp_path / "notes.csv").read_text() == "name,age\nx,3\n"


class TestTensorBoard:
    class Stub:
        def __init__(self, **options) -> None:
            self.options, self.scalars, self.flushed = options, [], 0

        def add_scalar(self, tag, value, step) -> None:
            self.scalars.append((tag, value, step))

        def flush(self) -> None:
            self.flushed += 1

    def test_scalars_of_a_row(self) -> None:
        stub = self.Stub()
        writer = TensorBoardWriter(writer=stub, prefix="a/")
        writer.write({"epoch": 1, "step": 5, "total": 0.5, "missing": math.nan})
        writer.write({"epoch": 2, "step": 10, "total": math.inf})
        assert stub.scalars == [("a/epoch", 1, 5), ("a/total", 0.5, 5), ("a/epoch", 2, 10), ("a/total", math.inf, 10)]
        assert stub.flushed == 2

    def test_a_folder_makes_a_writer_that_purges(self, monkeypatch, tmp_path) -> None:
        made = []

        class Module:
            @staticmethod
            def SummaryWriter(**options):
                made.append(TestTensorBoard.Stub(**options))
                return made[-1]

        monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", Module)
        writer = TensorBoardWriter(tmp_path)
        writer.write({"step": 30, "total": 1.0})
        writer.write({"step": 40, "total": 2.0})
        (stub,) = made
        assert stub.options == {"log_dir": str(tmp_path), "purge_step": 30}
        assert stub.scalars == [("ddcl/total", 1.0, 30), ("ddcl/total", 2.0, 40)]

    def test_without_the_package(self, monkeypatch, tmp_path) -> None:
        monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
        with pytest.raises(ImportError, match=r"pip install 'ddcl-verify\[tensorboard\]'"):
            TensorBoardWriter(tmp_path)

    def test_exactly_one_target(self, tmp_path) -> None:
        for arguments in ({}, {"log_dir": tmp_path, "writer": self.Stub()}):
            with pytest.raises(ValueError, match="^log_dir, writer: got "):
                TensorBoardWriter(**arguments)
