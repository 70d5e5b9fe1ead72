"""Lost workers and lost numbers: every rank stops, soon, and says what to do."""

from __future__ import annotations

import pickle
import signal
from pathlib import Path

import pytest
import torch

from ddcl_core.distributed import RankDiverged, WorkerLost, fit_sharded
from ddcl_core.distributed.failure import in_words
from ddcl_core.training import TrainingDiverged, load_checkpoint


def samples(n=23, d=3):
    return torch.randn(n, d, generator=torch.Generator().manual_seed(4), dtype=torch.float64)


def given(**options):
    return {"n_clusters": 4, "epochs": 8, "batch_size": 6, "momentum": 0.3, "seed": 1, **options}  # 4 steps an epoch


@pytest.mark.parametrize("kind", ["free", "native"])
def test_a_killed_worker_ends_the_run_which_resumes_on_any_number_of_ranks(ranks, tmp_path, alone, kind):
    z, path = samples(), tmp_path / "run.pt"
    options = given(parametrisation=kind, checkpoint_every=2)
    whole = fit_sharded(z, temperature=2.0, **options, checkpoint=tmp_path / "whole.pt")

    accident = {"what": "killed", "victim": 1, "epoch": 5.5}
    lost = ranks("incident", 2, z=z, counts=[12, 11], **accident, **options, checkpoint=str(path))
    assert [one.code for one in lost] == [1, -signal.SIGKILL]
    assert lost[0].error["kind"] == "WorkerLost" and lost[0].error["lost"] == (1,)
    assert lost[0].error["step"] == 22 and Path(lost[0].error["checkpoint"]) == path
    assert "rank 0: no answer from rank 1 at step 22" in lost[0].error["message"]
    assert f"resume from {str(path)!r}" in lost[0].error["message"]
    assert "(time-out 20 s; a connection to another rank broke)" in lost[0].error["message"]
    assert load_checkpoint(path)["epoch"] == 4

    content = path.read_bytes()
    for counts in ([12, 11], [4, 0, 19], [23]):
        path.write_bytes(content)
        ended = ranks(
            "fits",
            len(counts),
            z=z,
            counts=counts,
            configurations=[{**options, "temperature": 2.0, "checkpoint": str(path), "resume": True}],
        )
        found = ended[0].result[0]
        # Other sums of the same float64 numbers; over 32 steps they stay as close as those of one run.
        assert torch.allclose(found["prototypes"], whole.prototypes, rtol=1e-11, atol=1e-12)
        assert found["losses"] == pytest.approx(whole.losses, rel=1e-12) and found["steps"] == whole.steps == 32
        if kind == "native":
            assert torch.allclose(found["weights"], whole.weights, rtol=1e-11, atol=1e-12)
            assert torch.allclose(found["weights"].mT @ z, whole.prototypes, rtol=1e-11, atol=1e-12)


def test_a_run_that_is_resumed_on_as_many_ranks_ends_with_the_same_bits(ranks, tmp_path):
    z = samples()
    options = {"z": z, "counts": [12, 11]}
    configuration = given(parametrisation="native", temperature=2.0)
    whole = ranks("fits", 2, **options, configurations=[configuration])[0].result[0]
    path = str(tmp_path / "run.pt")
    halves = [{**configuration, "epochs": epochs, "checkpoint": path, "resume": True} for epochs in (3, 8)]
    half, found = ranks("fits", 2, **options, configurations=halves)[0].result
    assert half["steps"] == 12 and found["steps"] == 32 and found["losses"] == whole["losses"]
    for name in ("prototypes", "weights", "labels"):
        assert torch.equal(found[name], whole[name])


def test_every_rank_that_is_left_names_the_one_that_is_not(ranks):
    # With four ranks one waits for a neighbour that is alive, and has to be told.
    accident = {"what": "killed", "victim": 1, "epoch": 1.5}
    ended = ranks("incident", 4, z=samples(), counts=[6, 6, 6, 5], **accident, **given())
    assert [one.code for one in ended] == [1, -signal.SIGKILL, 1, 1]
    for rank in (0, 2, 3):
        assert ended[rank].error["lost"] == (1,) and ended[rank].error["rank"] == rank
        assert f"rank {rank}: no answer from rank 1 at step 6" in ended[rank].error["message"]
        assert "no checkpoint was written" in ended[rank].error["message"]


def test_the_loss_of_rank_0_is_survived_as_well(ranks):
    accident = {"what": "killed", "victim": 0, "epoch": 1.5}
    ended = ranks("incident", 2, z=samples(), counts=[12, 11], **accident, **given())
    assert [one.code for one in ended] == [-signal.SIGKILL, 1] and ended[1].error["lost"] == (0,)


def test_a_worker_that_is_slower_than_the_timeout_ends_the_run(ranks):
    accident = {"what": "slow", "victim": 1, "epoch": 1.5}
    ended = ranks("incident", 2, timeout=1.5, z=samples(), counts=[12, 11], **accident, **given())
    assert [one.code for one in ended] == [1, 1]
    assert ended[0].error["lost"] == (1,) and "time-out 1.5 s" in ended[0].error["message"]
    # When it comes back, the others are gone, but have answered.
    assert ended[1].error["kind"] == "WorkerLost" and ended[1].error["lost"] == ()


def test_an_error_on_one_rank_ends_the_others(ranks):
    accident = {"what": "raised", "victim": 1, "epoch": 1.5}
    ended = ranks("incident", 2, z=samples(), counts=[12, 11], **accident, **given())
    assert ended[1].error["kind"] == "KeyError"
    assert ended[0].error["kind"] == "WorkerLost" and ended[0].error["lost"] == (1,)


@pytest.mark.parametrize("quantity", ["features", "loss", "weight", "moment"])
def test_what_is_not_finite_on_one_rank_is_named_on_all(ranks, tmp_path, quantity):
    path = str(tmp_path / "run.pt")
    trouble = {"quantity": quantity, "victim": 1, "epoch": 1.5}
    ended = ranks("poisoned", 2, z=samples(), counts=[12, 11], **trouble, **given(batch_size=None, checkpoint=path))
    for one in ended:
        assert one.code == 1 and one.error["kind"] == "RankDiverged"
        assert (one.error["step"], one.error["quantity"], one.error["rank"]) == (2, quantity, 1)
        assert f"step 2: {quantity} on rank 1 is not finite" in one.error["message"] and path in one.error["message"]


def test_prototypes_that_run_away_are_named(alone):
    with pytest.raises(RankDiverged, match="prototypes on rank 0 is not finite; no checkpoint") as caught:
        fit_sharded(samples(), 3, temperature=1.0, rate=1e9, epochs=1000)
    assert isinstance(caught.value, TrainingDiverged) and caught.value.step < 100


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("[/src/gloo/transport/tcp/pair.cc:534] Connection closed by peer [127.0.0.1]:4711", "a connection to another"),
        ("[/src/gloo/transport/tcp/unbound_buffer.cc:78] Timed out waiting 1500ms for recv", "timed out"),
        ("[/src/gloo/algorithm.cc:1] enforce fail", "an operation between the ranks failed"),
    ],
)
def test_errors_of_the_backend_are_put_in_words(said, words):
    found = in_words(RuntimeError(said))
    assert words in found and not any(part in found for part in ("gloo", "127", "/", "["))


@pytest.mark.parametrize(
    "error",
    [WorkerLost(1, (0, 2), 5.0, "closed", 3, "x.pt"), RankDiverged(4, "loss", "x.pt", 2), WorkerLost(0, None, 1.0, "")],
)
def test_errors_pass_between_processes(error):
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error) and str(copy) == str(error) and vars(copy) == vars(error)
