"""Joining a group, and what is said when that or an argument is wrong."""

from __future__ import annotations

import itertools
import math
import threading
import time

import pytest
import torch
import torch.distributed as dist

from ddcl_core import distributed
from ddcl_core.distributed import WorkerLost, current, fit_sharded, init
from ddcl_core.distributed.meeting import name_attempt

VARIABLES = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT")


@pytest.fixture(autouse=True)
def no_launcher(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    yield
    assert not dist.is_initialized(), "every test leaves its group"


def test_without_a_launcher_the_group_has_one_rank():
    with init() as group:
        assert (group.rank, group.world_size, group.device.type) == (0, 1, "cpu")
        assert current() is group and dist.get_world_size() == 1
        assert group.sum_(torch.ones(2)).tolist() == [1, 1]
        with pytest.raises(RuntimeError, match="a process group exists already"):
            init()
    group.close()
    assert not dist.is_initialized()
    with pytest.raises(RuntimeError, match="has left its group"):
        group.sum_(torch.ones(2))


def test_without_a_group_the_way_to_one_is_named():
    for call in (current, distributed.Reducer, lambda: fit_sharded(torch.ones(2, 2), 1, temperature=1.0)):
        with pytest.raises(RuntimeError, match=r"no process group: call ddcl_core.distributed.init\(\) first"):
            call()


def test_a_group_that_somebody_else_made_is_used_and_left_alone():
    dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
    with current() as group:
        assert (group.rank, group.world_size, group.backend, math.isnan(group.timeout)) == (0, 1, "gloo", True)
        z = torch.arange(6.0, dtype=torch.float64).view(3, 2)
        assert fit_sharded(z, 1, temperature=1.0, epochs=60).prototypes.tolist() == [
            [pytest.approx(2), pytest.approx(3)]
        ]
    assert dist.is_initialized()
    dist.destroy_process_group()


def test_the_variables_of_a_launcher_are_read(monkeypatch, free_port):
    for name, value in zip(VARIABLES, ("0", "1", "0", "127.0.0.1", str(free_port)), strict=True):
        monkeypatch.setenv(name, value)
    with init(timeout=10) as group:
        assert (group.rank, group.world_size) == (0, 1)
    monkeypatch.delenv("MASTER_PORT")
    with pytest.raises(ValueError, match="environment: got RANK, WORLD_SIZE, MASTER_ADDR, accepted all or none"):
        init()


def test_ranks_may_meet_at_an_address(free_port):
    with init(rendezvous=f"tcp://127.0.0.1:{free_port}", rank=0, world_size=1, timeout=10) as group:
        assert group.sum_(torch.ones(1)).item() == 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"backend": "mpi"}, "backend: got 'mpi', accepted 'auto', 'gloo', 'nccl'"),
        ({"timeout": 0}, "timeout: got 0, accepted a finite number above 0"),
        ({"backend": "nccl", "device": "cpu"}, "backend: got 'nccl' with device 'cpu'"),
        ({"rank": 0}, "rendezvous: got None with rank 0"),
        ({"rendezvous": "file:///tmp/x", "rank": 0}, "world_size: got 0"),
        ({"rendezvous": "file:///tmp/x", "world_size": 2}, "rank: got -1"),
        ({"rendezvous": "file:///tmp/x", "rank": 2, "world_size": 2}, "rank: got 2, accepted below world_size=2"),
        ({"rendezvous": "/tmp/x", "rank": 0, "world_size": 1}, "rendezvous: got '/tmp/x', accepted 'file:///path'"),
        ({"rendezvous": "file:///no/folder/x", "rank": 0, "world_size": 1}, "rendezvous: got"),
        ({"rendezvous": "tcp://localhost", "rank": 0, "world_size": 1}, "rendezvous: got"),
    ],
)
def test_arguments_of_init(given, message):
    with pytest.raises(ValueError, match=message):
        init(**given)


def test_ranks_that_do_not_come_are_not_waited_for_forever(tmp_path):
    start = time.monotonic()
    with pytest.raises(WorkerLost, match="the 2 ranks did not meet: rank 1 did not come"):
        init(rendezvous=f"file://{tmp_path}/meeting", rank=0, world_size=2, timeout=1)
    with pytest.raises(WorkerLost, match="the 2 ranks did not meet: rank 0 did not come"):
        init(rendezvous=f"file://{tmp_path}/other", rank=1, world_size=2, timeout=1)
    assert time.monotonic() - start < 10


def test_ranks_meet_at_a_store_that_others_left_in_any_order():
    """Old calls, answers and permissions lie about; the new ranks still agree on a new name."""
    for order in itertools.permutations(range(3)):
        store = dist.HashStore()
        names = [meet(store, order), meet(store, order)]
        assert all(len(set(found)) == 1 for found in names) and names[0][0] != names[1][0]


def meet(store, order):
    found = {}
    threads = []
    for rank in order:
        thread = threading.Thread(target=lambda rank=rank: found.update({rank: name_attempt(store, rank, 3, 10.0)}))
        threads.append(thread)
        thread.start()
        time.sleep(0.03)
    for thread in threads:
        thread.join()
    return list(found.values())


Z = torch.arange(12.0, dtype=torch.float64).view(6, 2)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"n_clusters": 0}, "n_clusters: got 0, accepted an integer of at least 1"),
        ({"n_clusters": 7}, "n_clusters: got 7, accepted from 1 to the 6 samples of all ranks"),
        ({"batch_size": 7}, "batch_size: got 7, accepted from 1 to the 6 samples"),
        ({"batch_size": 0}, "batch_size: got 0"),
        ({"temperature": 0.0}, "temperature: got 0.0"),
        ({"temperature": lambda epoch: -1.0}, "temperature: got -1.0"),
        ({"loss": "variance"}, "loss: got 'variance', accepted 'quantization', 'ols'"),
        ({"mode": "half"}, "mode: got 'half'"),
        ({"parametrisation": "dual"}, "parametrisation: got 'dual'"),
        ({"convention": "T"}, "convention: got 'T'"),
        ({"rate": -1.0}, "rate: got -1.0"),
        ({"momentum": 1.0}, "momentum: got 1.0, accepted a number from 0 to below 1"),
        ({"seed": -1}, "seed: got -1"),
        ({"epochs": -1}, "epochs: got -1"),
        ({"checkpoint_every": 0}, "checkpoint_every: got 0"),
        ({"init": "best"}, "init: got 'best', accepted 'k-means\\+\\+', 'random'"),
        ({"init": torch.ones(3, 2, dtype=torch.float64)}, r"init: got shape \(3, 2\), accepted \(2, 2\)"),
        ({"init": torch.ones(2, 2), "parametrisation": "native"}, "init: got prototypes with parametrisation 'native'"),
        ({"init": [[1.0, 2.0]] * 2}, "init: got list"),
        ({"weights": [[1.0]], "parametrisation": "native"}, "weights: got shape list"),
        ({"weights": torch.full((6, 2), torch.nan), "parametrisation": "native"}, "weights: got an entry that is not"),
        ({"weights": torch.ones(6, 2)}, "weights: got a tensor with parametrisation 'free'"),
        ({"weights": torch.ones(5, 2), "parametrisation": "native"}, r"weights: got shape \(5, 2\), accepted"),
        ({"z_local": Z[:, 0]}, r"z_local: got torch.float64 of shape \(6,\)"),
        ({"z_local": Z.int()}, "z_local: got torch.int32"),
        ({"z_local": [[1.0]]}, "z_local: got list"),
        ({"z_local": Z * torch.nan}, "z_local: got an entry of absolute value nan"),
        ({"z_local": Z[:0]}, "n_clusters: got 2, accepted from 1 to the 0 samples"),
        ({"checkpoint": "/no/folder/x.pt"}, "checkpoint: got '/no/folder/x.pt', accepted a file in a folder"),
        ({"resume": True}, "checkpoint: got None with resume=True"),
    ],
)
def test_arguments_of_a_fit(alone, given, message):
    with pytest.raises(ValueError, match=message):
        fit_sharded(**{"z_local": Z, "n_clusters": 2, "temperature": 1.0, **given})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([{}, {"rate": -1.0}], r"rate: got -1.0, accepted a finite number of at least 0 \(rank 1\)"),
        ([{}, {"z": torch.full((2, 2), torch.inf)}], r"z_local: got an entry of absolute value inf.*\(rank 1\)"),
        ([{}, {"seed": 5}], "seed: got 0 on rank 0 and 5 on rank 1, accepted one value on all ranks"),
        ([{}, {"z": torch.ones(2, 3, dtype=torch.float64)}], "d: got 2 on rank 0 and 3 on rank 1"),
        ([{}, {"z": torch.ones(2, 2)}], "dtype: got 'torch.float64' on rank 0 and 'torch.float32' on rank 1"),
        ([{}, {"checkpoint": "x.pt"}], "checkpoint: got False on rank 0 and True on rank 1"),
    ],
)
def test_what_is_wrong_on_one_rank_is_said_on_all(ranks, given, message):
    for one in ranks("fails", 2, z=Z, counts=[3, 3], given=given):
        assert one.error["kind"] == "ValueError" and one.code == 1
        with pytest.raises(ValueError, match=message):
            raise ValueError(one.error["message"])


def test_workers_that_a_launcher_never_started_are_not_waited_for_forever(monkeypatch, free_port):
    for name, value in zip(VARIABLES, ("0", "3", "0", "127.0.0.1", str(free_port)), strict=True):
        monkeypatch.setenv(name, value)
    with pytest.raises(WorkerLost, match="the 3 ranks did not meet") as caught:
        init(timeout=1)
    assert caught.value.rank == 0 and caught.value.timeout == 1
