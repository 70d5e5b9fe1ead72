"""Checkpoints of sharded runs: what is refused, and when they are written."""

from __future__ import annotations

import pytest
import torch

from ddcl_core.distributed import fit_sharded
from ddcl_core.training import load_checkpoint, save_checkpoint


def samples(n=23, d=3):
    return torch.randn(n, d, generator=torch.Generator().manual_seed(4), dtype=torch.float64)


def test_a_missing_checkpoint_starts_and_a_present_one_is_not_overwritten(alone, tmp_path):
    path = tmp_path / "run.pt"
    options = {"n_clusters": 3, "temperature": 1.0, "checkpoint": path}
    first = fit_sharded(samples(), **options, epochs=5, checkpoint_every=2, resume=True)
    assert load_checkpoint(path)["epoch"] == 5, "the last epoch is written whether it is due or not"
    again = fit_sharded(samples(), **options, epochs=5, resume=True)
    assert torch.equal(again.prototypes, first.prototypes) and again.losses == first.losses and again.steps == 5
    content = path.read_bytes()
    with pytest.raises(
        ValueError, match=r"checkpoint: got '.*run\.pt', which exists; accepted resume=True .* another path"
    ):
        fit_sharded(samples(), **options, epochs=1)
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_clusters": 4}, "n_clusters: got 4, accepted 3 as in checkpoint"),
        ({"rate": 0.1}, "rate: got 0.1, accepted None"),
        ({"seed": 2}, "seed: got 2, accepted 0"),
        ({"parametrisation": "native"}, "parametrisation: got 'native', accepted 'free'"),
        ({"temperature": 2.0}, "temperature: got 2.0 at epoch 2, accepted 1.0"),
        ({"z_local": samples()[:22]}, "z_local: got 22 samples on all ranks, accepted 23"),
        ({"z_local": samples().flip(0)}, "z_local: got other samples or another order"),
        ({"z_local": samples() + 1e-6}, "z_local: got other samples or another order"),
        ({"epochs": 1}, "epochs: got 1, accepted at least the 2 that are done"),
        ({"z_local": samples().float()}, "dtype: got 'torch.float32', accepted 'torch.float64'"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused(alone, tmp_path, change, message):
    options = {"z_local": samples(), "n_clusters": 3, "temperature": 1.0, "checkpoint": tmp_path / "run.pt"}
    fit_sharded(**options, epochs=2)
    with pytest.raises(ValueError, match=message):
        fit_sharded(**{**options, "epochs": 4, **change}, resume=True)


def test_a_damaged_or_foreign_checkpoint_is_refused(alone, tmp_path):
    path = tmp_path / "run.pt"
    options = {"n_clusters": 3, "temperature": 1.0, "checkpoint": path, "resume": True}
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(ValueError, match="cannot be read as a checkpoint"):
        fit_sharded(samples(), **options)
    save_checkpoint(path, {"epoch": 1})
    with pytest.raises(ValueError, match="got kind None, accepted 'ddcl_core.distributed.fit_sharded'"):
        fit_sharded(samples(), **options)


def test_a_checkpoint_that_cannot_be_written_ends_the_run_on_all_ranks(ranks, tmp_path):
    # A name that is allowed, but leaves no room for that of a partial file.
    options = {"n_clusters": 3, "temperature": 1.0, "checkpoint": str(tmp_path / ("r" * 250)), "epochs": 2}
    ended = ranks("fits", 2, z=samples(), counts=[12, 11], configurations=[options])
    assert ended[0].error["kind"] == "OSError"
    assert ended[1].error["kind"] == "ValueError" and "checkpoint: cannot write" in ended[1].error["message"]
