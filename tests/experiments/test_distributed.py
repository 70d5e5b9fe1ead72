"""Cells on a Dask scheduler: with stand-ins for Dask, and, where it is installed, on a cluster of two local workers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Self

import pytest
from fabricated_block import BLOCK, cells

from ddcl_theory.experiments.execute import Executed, Told, execute, remote
from ddcl_theory.experiments.protocol import Cell, Plan
from ddcl_theory.experiments.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


class Future:
    def __init__(self, call: Callable[[], Any]) -> None:
        self.call = call

    def result(self) -> Any:
        return self.call()


class Client:
    """Stands for `dask.distributed.Client`; cells run in this process."""

    lost: dict[str, int] = {}

    def __init__(self, address: str, timeout: str) -> None:
        if address != "tcp://here:1":
            raise OSError("timed out")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def submit(self, function: Callable[..., Any], row: dict[str, Any], pure: bool) -> Future:
        assert function is remote and pure is False

        def call() -> Any:
            if self.lost.get(row["arm"], 0) > 0:
                self.lost[row["arm"]] -= 1
                raise ConnectionError("worker gone")
            return function(row)

        return Future(call)


class Completed:
    def __init__(self, futures: Any) -> None:
        self.futures = list(futures)

    def add(self, future: Future) -> None:
        self.futures.append(future)

    def __iter__(self) -> Iterator[Future]:
        while self.futures:
            yield self.futures.pop(0)


@pytest.fixture
def dask_stand_in(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How often cells of an arm are lost with their worker."""
    module = ModuleType("dask.distributed")
    module.Client, module.as_completed = Client, Completed  # type: ignore[attr-defined]  # made up for this test
    monkeypatch.setitem(sys.modules, "dask", ModuleType("dask"))
    monkeypatch.setitem(sys.modules, "dask.distributed", module)
    monkeypatch.setattr(Client, "lost", {})
    return Client.lost


def test_the_values_are_those_of_a_local_run(tmp_path: Path, dask_stand_in: dict[str, int]) -> None:
    wanted = BLOCK.cells(Plan("quick"))
    stores = [Store(tmp_path / name) for name in ("here", "there")]
    execute(wanted, stores[0])
    assert execute(wanted, stores[1], scheduler="tcp://here:1") == Executed(run=6)
    assert [stores[0].read(c) for c in wanted] == [stores[1].read(c) for c in wanted]


def test_a_cell_that_is_lost_is_tried_once_more(store: Store, dask_stand_in: dict[str, int]) -> None:
    dask_stand_in.update({"slow": 1, "odd": 2})
    lost, gone, fine = cells("slow", 1), cells("odd", 1), cells("steady", 2)
    done = execute([*lost, *gone, *fine], store, scheduler="tcp://here:1")
    assert done.run == 3 and list(done.failures) == gone
    assert done.failures[gone[0]].startswith("the scheduler lost it: ConnectionError: worker gone")


def test_an_interrupt_keeps_what_is_done(store: Store, dask_stand_in: dict[str, int]) -> None:
    def interrupt(cell: Cell, failure: str) -> None:
        raise KeyboardInterrupt

    done = execute(cells("steady", 3), store, scheduler="tcp://here:1", told=Told(ended=interrupt))
    assert done.interrupted and done.run == 1
    assert execute(cells("steady", 3), store).kept == 1


def test_an_address_where_nobody_answers_is_a_value_error(store: Store, dask_stand_in: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"--scheduler 'tcp://there:1': no scheduler answers there \(OSError"):
        execute(cells("steady", 1), store, scheduler="tcp://there:1")


@pytest.mark.dask
def test_two_workers_of_a_cluster_one_of_which_is_killed(store: Store, traces: Path) -> None:
    from dask.distributed import LocalCluster

    wanted = [*cells("dies once", 1), *cells("slow", 12), *cells("raises", 1)]
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as cluster:
        done = execute(wanted, store, scheduler=cluster.scheduler_address)
    assert done.run == 13 and [c.arm for c in done.failures] == ["raises"]
    assert len(list(traces.glob("dies once-*"))) == 2
    processes = {(store.read(c) or {})["process"] for c in cells("slow", 12)}
    assert len(processes) >= 2
    assert execute(wanted[:13], store) == Executed(kept=13)
