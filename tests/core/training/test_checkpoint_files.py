"""A checkpoint survives the death of its writer; a damaged one is named."""

from __future__ import annotations

import os
import pickle
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from ddcl_core.training.checkpoints import load_checkpoint, save_checkpoint
from ddcl_core.training.guard import TrainingDiverged, check_finite

WRITER = """
import itertools, sys, torch
from ddcl_core.training.checkpoints import save_checkpoint
for step in itertools.count():
    save_checkpoint(sys.argv[1], {"step": step, "values": torch.full((200_000,), float(step))})
    if step == 0:
        print("ready", flush=True)
"""


def state():
    generator = torch.Generator().manual_seed(0)
    return {"step": 3, "weights": torch.randn(4, 2, generator=generator), "history": [{"loss": 0.5}], "note": None}


def test_round_trip(tmp_path):
    save_checkpoint(tmp_path / "a.pt", state())
    read = load_checkpoint(tmp_path / "a.pt")
    assert torch.equal(read.pop("weights"), state()["weights"])
    assert read == {"step": 3, "history": [{"loss": 0.5}], "note": None}
    assert os.listdir(tmp_path) == ["a.pt"]


def test_a_writer_killed_at_any_moment_leaves_a_whole_checkpoint(tmp_path):
    path = tmp_path / "run.pt"
    pause = random.Random(0)
    seen = []
    for _ in range(4):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout.readline() == b"ready\n"
            time.sleep(pause.uniform(0.0, 0.05))
            writer.send_signal(signal.SIGKILL)
        read = load_checkpoint(path)
        assert torch.equal(read["values"], torch.full((200_000,), float(read["step"])))
        seen.append(read["step"])
    assert max(seen) > 0


def test_a_failed_write_keeps_the_old_checkpoint(tmp_path, monkeypatch):
    path = tmp_path / "run.pt"
    save_checkpoint(path, state())

    def full_disk(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", full_disk)
    with pytest.raises(OSError, match="No space left"):
        save_checkpoint(path, {"step": 4})
    assert load_checkpoint(path)["step"] == 3
    assert os.listdir(tmp_path) == ["run.pt"]


@pytest.mark.parametrize("keep", [0, 1, 100, -1])
def test_a_damaged_file_is_named(tmp_path, keep):
    path = tmp_path / "cut.pt"
    save_checkpoint(path, state())
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ValueError, match="cut.pt"):
        load_checkpoint(path)


class Payload:
    """Unpickled, it would leave a file behind."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self):
        return Path.touch, (Path(self.path),)


def test_a_foreign_file_is_refused_and_runs_nothing(tmp_path):
    torch.save({"state_dict": {}}, tmp_path / "foreign.pt")
    with pytest.raises(ValueError, match="ddcl-checkpoint-1"):
        load_checkpoint(tmp_path / "foreign.pt")
    torch.save(Payload(str(tmp_path / "touched")), tmp_path / "hostile.pt")
    with pytest.raises(ValueError, match="hostile.pt"):
        load_checkpoint(tmp_path / "hostile.pt")
    assert not (tmp_path / "touched").exists()


def test_a_missing_file_and_folder(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_checkpoint(tmp_path / "none.pt")
    with pytest.raises(ValueError, match="a folder that exists"):
        save_checkpoint(tmp_path / "none" / "a.pt", {})


def test_what_is_said_of_a_bad_file_is_not_torchs_advice(tmp_path):
    torch.save(Payload(str(tmp_path / "touched")), tmp_path / "hostile.pt")
    save_checkpoint(tmp_path / "cut.pt", state())
    content = (tmp_path / "cut.pt").read_bytes()
    (tmp_path / "cut.pt").write_bytes(content[: len(content) // 2])
    (tmp_path / "text.pt").write_bytes(b"not a checkpoint")
    torch.save({"format": "ddcl-checkpoint-1", "state": 3}, tmp_path / "empty.pt")
    for name in ("hostile", "cut", "text", "empty"):
        with pytest.raises(
            ValueError, match=f"path: .*{name}.pt' (cannot be read as a checkpoint|holds something)"
        ) as e:
            load_checkpoint(tmp_path / f"{name}.pt")
        assert (
            "weights_only" not in str(e.value) and "torch" not in str(e.value) and "trust" not in str(e.value).lower()
        )
        assert name == "empty" or e.value.__cause__ is not None


def test_permissions_are_those_of_open_and_then_those_of_the_file(tmp_path):
    path, plain = tmp_path / "a.pt", tmp_path / "plain"
    before = os.umask(0o027)
    try:
        save_checkpoint(path, state())
        plain.touch()
    finally:
        os.umask(before)
    assert path.stat().st_mode == plain.stat().st_mode and path.stat().st_mode & 0o777 == 0o640
    path.chmod(0o604)
    save_checkpoint(path, state())
    assert path.stat().st_mode & 0o777 == 0o604


def test_what_a_dead_writer_left_is_removed_and_nothing_else(tmp_path):
    stale = tmp_path / ".run.pt.0a1b_c2d.partial"
    kept = [
        tmp_path / name
        for name in (".run.pt.fresh.partial", ".run.pt.old.0a1b.partial", ".run.0a1b.partial", "run.pt.x")
    ]
    for file in (stale, *kept):
        file.write_bytes(b"half")
        os.utime(file, (0, 0))
    os.utime(kept[0])
    save_checkpoint(tmp_path / "run.pt", state())
    assert not stale.exists() and all(file.exists() for file in kept)


@pytest.mark.parametrize("bad, text", [({"f": len}, r"state\['f'\]: got builtin"), ({1.5: 0}, "a key of type float")])
def test_what_cannot_be_read_back_is_refused_before_writing(tmp_path, bad, text):
    with pytest.raises(ValueError, match=text):
        save_checkpoint(tmp_path / "a.pt", bad)
    assert os.listdir(tmp_path) == []


def test_the_guard_names_step_quantity_and_checkpoint():
    check_finite(5, loss=1.0, gradient=torch.ones(3), unused=None)
    with pytest.raises(
        TrainingDiverged, match="step 7: gradient is not finite; the last good checkpoint is 'a.pt'"
    ) as e:
        check_finite(7, "a.pt", loss=torch.tensor(1.0), gradient=torch.tensor([1.0, float("nan")]))
    assert (e.value.step, e.value.quantity, e.value.checkpoint) == (7, "gradient", "a.pt")
    copy = pickle.loads(pickle.dumps(e.value))
    assert (str(copy), copy.step) == (str(e.value), 7)
    with pytest.raises(TrainingDiverged, match="no checkpoint was written"):
        check_finite(0, loss=float("inf"))
