"""Runs that are cut short and go on to the bit; runs that stop being finite."""

from __future__ import annotations

import json
import math
import subprocess
import sys

import pytest
import torch
from torch import nn

from ddcl_core.layers import VanillaCompetitiveLayer
from ddcl_core.monitors import CSVWriter, Monitor
from ddcl_core.objective import CrossEntropyDDCL, DDCLLoss
from ddcl_core.schedules import constant, four_phases
from ddcl_core.training import DDCLModel, Reconstruction, Trainer, TrainingDiverged, load_checkpoint

FORMS = ("unified", "cross-entropy")
KINDS = ("vanilla", "running", "unbiased")


@pytest.fixture
def make_trainer(make_layer):
    """A trainer of a network with batch normalisation and dropout, made anew from the same start each time."""

    def make(kind="vanilla", form="unified", dtype=torch.float64, *, start=0, rate=0.01, temperature=2.0, **options):
        with torch.random.fork_rng():
            torch.manual_seed(start)
            backbone = nn.Sequential(
                nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 3)
            ).to(dtype)
            decoder = Reconstruction.of(3, 4, hidden=5).to(dtype)
        objective = DDCLLoss(balance=0.1)
        loss = objective if form == "unified" else CrossEntropyDDCL(3, 2, objective=objective).to(dtype)
        schedule = four_phases(8, temperature=(temperature, 0.3), entropy=0.1, separation=0.01)
        model = DDCLModel(backbone, make_layer(kind, 50, 2, 3, dtype))
        return Trainer(model, loss, schedule, rate=rate, auxiliary=decoder, device="cpu", **options)

    return make


def final_state(trainer, history):
    """Everything that a run leaves: parameters, buffers, the layer's records, head, decoder and history."""
    modules = [trainer.model, trainer.auxiliary] + ([trainer.loss] if isinstance(trainer.loss, nn.Module) else [])
    tensors = [value.clone() for module in modules for value in module.state_dict().values()]
    return tensors, history.to_dict()


def same(left, right):
    return left[1] == right[1] and all(a.equal(b) for a, b in zip(left[0], right[0], strict=True))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_resumed_run_equals_an_uninterrupted_one(blobs, make_trainer, tmp_path, kind, form, dtype) -> None:
    x = blobs(50, 4, dtype=dtype)
    whole = make_trainer(kind, form, dtype)
    expected = final_state(whole, whole.fit(x, epochs=7, batch_size=16, seed=3))
    path = tmp_path / "run.pt"
    for start, epochs in enumerate((2, 5, 5, 7)):
        # What a later process starts from does not matter: the checkpoint decides.
        trainer = make_trainer(kind, form, dtype, start=start, checkpoint=path)
        history = trainer.fit(x, epochs=epochs, batch_size=16, seed=3, resume=True)
        assert len(history) == epochs
    assert same(final_state(trainer, history), expected)
    other = make_trainer(kind, form, dtype)
    assert not same(final_state(other, other.fit(x, epochs=7, batch_size=16, seed=4)), expected)


def test_ctrl_c_keeps_the_last_checkpoint(blobs, make_trainer, tmp_path) -> None:
    x = blobs(50, 4)
    path = tmp_path / "run.pt"
    expected = final_state(whole := make_trainer("running"), whole.fit(x, epochs=6, batch_size=16))

    def interrupt(state):
        if state.epoch == 5:
            raise KeyboardInterrupt

    trainer = make_trainer("running", checkpoint=path, checkpoint_every=2, callbacks=(interrupt,))
    with pytest.raises(KeyboardInterrupt) as caught:
        trainer.fit(x, epochs=6, batch_size=16)
    assert caught.value.__notes__ == [f"{str(path)!r} holds the run up to epoch 4; resume=True continues"]
    assert not trainer.model.training
    assert load_checkpoint(path)["epoch"] == 4 and load_checkpoint(path)["step"] == 16
    trainer = make_trainer("running", checkpoint=path, checkpoint_every=2)
    assert same(final_state(trainer, trainer.fit(x, epochs=6, batch_size=16, resume=True)), expected)


def test_monitor_file_after_an_interruption(blobs, make_trainer, tmp_path) -> None:
    """The file of a run that was interrupted and continued equals, byte for byte, that of one that was not."""
    x = blobs(50, 4)

    def run(name, stop=None, **options):
        def interrupt(state):
            if state.epoch == stop:
                raise KeyboardInterrupt

        monitor = Monitor(CSVWriter(tmp_path / f"{name}.csv"), warn=False)
        trainer = make_trainer(checkpoint=tmp_path / f"{name}.pt", checkpoint_every=2, callbacks=(monitor, interrupt))
        return trainer.fit(x, epochs=6, batch_size=16, **options)

    run("whole")
    with pytest.raises(KeyboardInterrupt):
        run("cut", stop=5)
    assert (tmp_path / "cut.csv").read_text().count("\n") == 6
    run("cut", resume=True)
    assert (tmp_path / "cut.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


KILLED = """
import json, os, random, signal, sys, time
import torch
from torch import nn
from ddcl_core.layers import VanillaCompetitiveLayer
from ddcl_core.objective import DDCLLoss
from ddcl_core.schedules import constant
from ddcl_core.training import DDCLModel, Trainer, load_checkpoint

torch.set_num_threads(1)
folder = sys.argv[1]
path = os.path.join(folder, "run.pt")
x = torch.randn(8, 500, generator=torch.Generator().manual_seed(0))

def train(path, resume):
    torch.manual_seed(0)
    # A step takes a fraction of the time of writing three copies of 300 000 numbers.
    model = DDCLModel(nn.Sequential(nn.Linear(500, 600), nn.Dropout(0.1)), VanillaCompetitiveLayer(2, 600))
    trainer = Trainer(model, DDCLLoss(), constant(500.0), rate=1e-3, checkpoint=path, device="cpu")
    history = trainer.fit(x, epochs=24, batch_size=8, resume=resume)
    return history.to_dict(), [value.double().sum().item() for value in model.state_dict().values()]

def die_in(call, after):
    # In the third checkpoint of this process: half of the file written, or just before or after the renaming.
    real, seen = getattr(os, call), []
    def dying(*arguments):
        if call == "fsync" and os.fstat(arguments[0]).st_size < 10**6:
            return real(*arguments)
        seen.append(1)
        if len(seen) == 3:
            if call == "fsync":
                os.ftruncate(arguments[0], os.fstat(arguments[0]).st_size // 2)
            if after:
                real(*arguments)
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments)
    setattr(os, call, dying)

def child(prepare=None):
    pid = os.fork()
    if not pid:
        if prepare:
            die_in(*prepare)
        train(path, True)
        os._exit(0)
    return pid

expected = train(os.path.join(folder, "whole.pt"), False)
reached, signals = [], []
for point in (("fsync", False), ("replace", False), ("replace", True)):
    signals.append(os.waitpid(child(point), 0)[1])
    reached.append(load_checkpoint(path)["epoch"])
draw = random.Random(0)
for attempt in range(6):
    pid = child()
    time.sleep(draw.uniform(0.0, 0.05))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    reached.append(load_checkpoint(path)["epoch"])
print(json.dumps({"reached": reached, "signals": signals, "same": train(path, True) == expected}))
"""


def test_kill_at_any_moment_leaves_a_whole_checkpoint(tmp_path) -> None:
    """SIGKILL with half a file written, before and after the renaming, and at random moments; then on to the bit."""
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["signals"] == [9, 9, 9]
    # Two checkpoints, two more, and three more, the last of which was renamed before the kill.
    assert found["reached"][:3] == [2, 4, 7]
    assert found["reached"] == sorted(found["reached"])
    assert found["same"]


class TestAnotherRun:
    def checkpoint(self, blobs, make_trainer, path):
        make_trainer(checkpoint=path).fit(blobs(50, 4), epochs=2, batch_size=16)
        return path.read_bytes()

    @pytest.mark.parametrize(
        ("change", "fit", "named"),
        [
            ({"rate": 0.02}, {}, "rate 0.01, accepted 0.02"),
            ({"temperature": 3.0}, {}, "with schedule"),
            ({"optimizer": "sgd"}, {}, "with optimizer 'Adam', accepted 'SGD'"),
            ({"form": "cross-entropy"}, {}, "with loss 'DDCLLoss'"),
            ({"kind": "running"}, {}, "of another model"),
            ({}, {"seed": 1}, "with seed 0, accepted 1"),
            ({}, {"batch_size": 25}, "with batch_size 16, accepted 25"),
            ({}, {"epochs": 1}, "^epochs: got 1, accepted at least the 2"),
        ],
    )
    def test_is_not_continued(self, blobs, make_trainer, tmp_path, change, fit, named) -> None:
        path = tmp_path / "run.pt"
        content = self.checkpoint(blobs, make_trainer, path)
        with pytest.raises(ValueError, match=named):
            make_trainer(checkpoint=path, **change).fit(
                blobs(50, 4), **{"epochs": 3, "batch_size": 16, "resume": True, **fit}
            )
        assert path.read_bytes() == content

    def test_damaged_and_foreign_files(self, blobs, make_trainer, tmp_path) -> None:
        path = tmp_path / "run.pt"
        content = self.checkpoint(blobs, make_trainer, path)
        for bad in (content[: len(content) // 2], b"not a checkpoint"):
            path.write_bytes(bad)
            with pytest.raises(ValueError, match="run.pt"):
                make_trainer(checkpoint=path).fit(blobs(50, 4), epochs=3, batch_size=16, resume=True)
            assert path.read_bytes() == bad

    def test_without_resume_a_file_is_not_overwritten(self, blobs, make_trainer, tmp_path) -> None:
        path = tmp_path / "run.pt"
        content = self.checkpoint(blobs, make_trainer, path)
        with pytest.raises(ValueError, match=r"^checkpoint: got '.*run\.pt', which exists; accepted resume=True"):
            make_trainer(checkpoint=path).fit(blobs(50, 4), epochs=1, batch_size=16)
        assert path.read_bytes() == content

    def test_other_data_or_another_auxiliary_loss_are_refused(self, blobs, make_trainer, tmp_path) -> None:
        path = tmp_path / "run.pt"
        content = self.checkpoint(blobs, make_trainer, path)
        fit = {"epochs": 3, "batch_size": 16, "resume": True}
        inner = blobs(50, 4)
        inner[25, 1] += 1e-9
        with pytest.raises(ValueError, match="^checkpoint: .* of a run on other data"):
            make_trainer(checkpoint=path).fit(inner, **fit)
        trainer = make_trainer(checkpoint=path)
        trainer.auxiliary.weight = 2.0
        with pytest.raises(ValueError, match=r"auxiliary 'Reconstruction\(.*weight=1.0\)'"):
            trainer.fit(blobs(50, 4), **fit)
        trainer = make_trainer(checkpoint=path, optimizer=lambda groups: torch.optim.Adam(groups, betas=(0.5, 0.9)))
        with pytest.raises(ValueError, match="with optimizer options"):
            trainer.fit(blobs(50, 4), **fit)
        assert path.read_bytes() == content

    @pytest.mark.parametrize("at", [0, 49])
    def test_a_data_set_with_other_ends_is_refused(self, blobs, make_trainer, tmp_path, at) -> None:
        path, x = tmp_path / "run.pt", blobs(50, 4)
        fit = {"batch_size": 16, "resume": True}
        make_trainer(checkpoint=path).fit(list(x), epochs=1, **fit)
        make_trainer(checkpoint=path).fit(list(x), epochs=2, **fit)
        other = list(x)
        other[at] = other[at] + 1
        with pytest.raises(ValueError, match="other data"):
            make_trainer(checkpoint=path).fit(other, epochs=3, **fit)

    def test_a_data_set_that_draws_its_samples_goes_on(self, blobs, make_trainer, tmp_path) -> None:
        x, noise = blobs(50, 4), torch.Generator().manual_seed(0)

        class Drawn:
            def __len__(self):
                return 50

            def __getitem__(self, index):
                return x[index] + torch.randn(4, generator=noise, dtype=x.dtype)

        for epochs in (1, 2):
            trainer = make_trainer(checkpoint=tmp_path / "run.pt")
            assert len(trainer.fit(Drawn(), epochs=epochs, batch_size=16, resume=True)) == epochs

    def test_a_new_path_starts_from_the_beginning(self, blobs, make_trainer, tmp_path) -> None:
        history = make_trainer(checkpoint=tmp_path / "new.pt").fit(blobs(50, 4), epochs=1, batch_size=16, resume=True)
        assert history["epoch"] == [1]


class TestDivergence:
    def test_steps_too_large_stop_and_keep_the_checkpoint(self, blobs, tmp_path) -> None:
        x, path = blobs(20, 3, dtype=torch.float32), tmp_path / "run.pt"

        def make(rate):
            model = DDCLModel(nn.Linear(3, 2), VanillaCompetitiveLayer(2, 2))
            return Trainer(model, DDCLLoss(), constant(1.0), rate=rate, optimizer="sgd", checkpoint=path, device="cpu")

        with pytest.raises(TrainingDiverged) as caught:
            make(1e4).fit(x, epochs=50, batch_size=10)
        error = caught.value
        assert 0 < error.step < 20 and error.quantity in ("squared features", "features", "squared prototypes")
        epoch = error.step // 2
        assert error.checkpoint == (path if epoch else None)
        state = load_checkpoint(path)
        assert state["epoch"] == epoch
        assert all(torch.isfinite(value).all() for value in state["modules"].values())

    def run(self, x, *, backbone=None, auxiliary=None):
        model = DDCLModel(backbone or nn.Linear(3, 2, dtype=torch.float64), VanillaCompetitiveLayer(2, 2).double())
        trainer = Trainer(model, DDCLLoss(), constant(1.0), rate=0.01, auxiliary=auxiliary, device="cpu")
        with pytest.raises(TrainingDiverged) as caught:
            trainer.fit(x, epochs=3, batch_size=5)
        assert all(torch.isfinite(parameter).all() for parameter in model.parameters())
        return caught.value

    def test_parameters_that_overflow_are_not_saved(self, blobs, tmp_path) -> None:
        """The only step of the epoch makes them infinite, and no later one is there to notice."""
        path = tmp_path / "run.pt"
        model = DDCLModel(nn.Identity(), VanillaCompetitiveLayer(2, 3, dtype=torch.float64))
        trainer = Trainer(
            model, DDCLLoss(), constant(1.0), rate=1.7e308, optimizer="sgd", checkpoint=path, device="cpu"
        )
        with pytest.raises(TrainingDiverged) as caught:
            trainer.fit(100 * blobs(20, 3), epochs=1, batch_size=20)
        assert (caught.value.step, caught.value.quantity) == (0, "model.layer.prototypes")
        assert not path.exists()

    def test_nan_in_the_data_set(self, blobs) -> None:
        x = blobs(20, 3)

        class Broken:
            def __len__(self):
                return 20

            def __getitem__(self, index):
                return x[index] * (math.nan if index == 7 else 1)

        error = self.run(Broken())
        assert error.quantity == "features" and 0 <= error.step < 4 and error.checkpoint is None

    def test_infinite_loss(self, blobs) -> None:
        error = self.run(blobs(20, 3), auxiliary=lambda x, z: z.sum() * 0 + math.inf)
        assert (error.step, error.quantity) == (0, "loss")

    def test_nan_in_a_gradient_of_a_finite_loss(self, blobs) -> None:
        # The root of 0 is 0 and its slope infinite; times 0 it is NaN.
        error = self.run(blobs(20, 3), auxiliary=lambda x, z: (z * 0).square().sum().sqrt())
        assert (error.step, error.quantity) == (0, "gradient of model.backbone.weight")


@pytest.mark.parametrize("dtype", [torch.int64, torch.float32])
def test_data_of_a_dtype_that_the_backbone_cannot_take_are_named(blobs, make_trainer, dtype) -> None:
    with pytest.raises(ValueError, match=f"^data: got dtype {dtype}, accepted torch.float64 as the backbone has"):
        make_trainer().fit(blobs(50, 4).to(dtype), epochs=1, batch_size=16)


def test_a_backbone_that_takes_integers_gets_them() -> None:
    model = DDCLModel(nn.EmbeddingBag(5, 3), VanillaCompetitiveLayer(2, 3))
    trainer = Trainer(model, DDCLLoss(), constant(1.0), rate=0.01, device="cpu")
    assert len(trainer.fit(torch.arange(20).view(10, 2) % 5, epochs=2, batch_size=5)) == 2


@pytest.mark.parametrize(
    ("name", "value"), [("callbacks", 5), ("checkpoint", 5), ("progress", "yes"), ("auxiliary", 3), ("optimizer", 3)]
)
def test_arguments_of_a_wrong_kind_are_named(make_trainer, name, value) -> None:
    if name == "auxiliary":
        model = DDCLModel(nn.Identity(), VanillaCompetitiveLayer(2, 3))
        with pytest.raises(ValueError, match="^auxiliary: got 3"):
            Trainer(model, DDCLLoss(), constant(1.0), rate=0.01, auxiliary=value)
        return
    with pytest.raises(ValueError, match=f"^{name}: got {value!r}"):
        make_trainer(**{name: value})
