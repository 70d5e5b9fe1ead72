"""The trainer with a reducer over ranks against the trainer in one process."""

from __future__ import annotations

import runpy
import signal
from pathlib import Path

import pytest
import torch

train = runpy.run_path(str(Path(__file__).with_name("jobs.py")))["train"]


def samples(n=29):
    return torch.randn(n, 4, generator=torch.Generator().manual_seed(6), dtype=torch.float64)


def compare(found, expected):
    # 12 steps of a smooth problem; the sums differ in their order alone.
    for name, value in expected["parameters"].items():
        assert torch.allclose(found["parameters"][name], value, rtol=1e-10, atol=1e-11), name
    assert torch.allclose(found["prototypes"], expected["prototypes"], rtol=1e-10, atol=1e-11)
    assert found["total"] == pytest.approx(expected["total"], rel=1e-10)


@pytest.mark.parametrize("kind", ["free", "native"])
def test_ranks_train_the_model_that_one_process_trains(ranks, kind, tmp_path):
    expected = train(None, tmp_path, samples(), kind)
    for world_size in (2, 3):
        ended = ranks("train", world_size, z=samples(), kind=kind)
        assert [one.code for one in ended] == [0] * world_size
        for one in ended:
            compare(one.result, expected)


def test_a_killed_worker_and_another_number_of_ranks(ranks, tmp_path):
    expected = train(None, tmp_path, samples(), "native")
    path = str(tmp_path / "run.pt")
    lost = ranks("train", 2, z=samples(), kind="native", checkpoint=path, incident="killed")
    assert [one.code for one in lost] == [1, -signal.SIGKILL]
    assert lost[0].error["kind"] == "WorkerLost" and lost[0].error["lost"] == (1,)
    assert (
        "rank 0: no answer from rank 1" in lost[0].error["message"]
        and f"resume from {path!r}" in lost[0].error["message"]
    )
    ended = ranks("train", 3, z=samples(), kind="native", checkpoint=path, resume=True)
    for one in ended:
        compare(one.result, expected)


def test_what_is_not_finite_on_one_rank_stops_all(ranks, tmp_path):
    ended = ranks("train", 2, z=samples(), kind="free", incident="poisoned", checkpoint=str(tmp_path / "run.pt"))
    for one in ended:
        assert one.code == 1 and one.error["kind"] == "TrainingDiverged" and one.error["step"] == 9
        assert "features on rank 1" in one.error["message"]
