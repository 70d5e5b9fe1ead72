"""Runs on a scheduler, with stand-ins for its client and for joblib's backend."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any, Self

import joblib
import pytest

from ddcl_theory import campaign
from ddcl_theory.registry import resolve
from ddcl_theory.run import Options, run
from ddcl_theory.summary import without_times


class Client:
    """Stands for `dask.distributed.Client`."""

    def __init__(self, address: str, timeout: str) -> None:
        if address != "tcp://here:1":
            raise OSError("timed out")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        return None


@pytest.fixture
def scheduler(plugins: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The backends that were asked for; claims run in this process."""
    asked: list[str] = []
    original = joblib.parallel_config

    def parallel_config(backend: str) -> Any:
        asked.append(backend)
        return original(backend="sequential")

    package, module = ModuleType("dask"), ModuleType("dask.distributed")
    module.Client = Client  # type: ignore[attr-defined]  # a module made up for this test
    monkeypatch.setitem(sys.modules, "dask", package)
    monkeypatch.setitem(sys.modules, "dask.distributed", module)
    monkeypatch.setattr(joblib, "parallel_config", parallel_config)
    yield asked


def test_the_record_is_that_of_a_local_run(scheduler: list[str]) -> None:
    chosen = [resolve(name) for name in ("faulty.fine", "faulty.open", "faulty.crash")]
    distributed = run(chosen, Options("quick"), scheduler="tcp://here:1")
    assert scheduler == ["dask"]
    assert without_times(distributed) == without_times(run(chosen, Options("quick"), isolated=False))


def test_claims_that_the_scheduler_lost_are_errors_and_the_others_stay(
    scheduler: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    remote = campaign.remote

    def lose(entry: Any, options: Options) -> Any:
        if entry.id == "faulty.open":
            raise ConnectionError("worker gone")
        return remote(entry, options)

    monkeypatch.setattr(campaign, "remote", lose)
    record = run([resolve("faulty.fine"), resolve("faulty.open")], Options("quick"), scheduler="tcp://here:1")
    assert [c["verdict"] for c in record["claims"]] == ["HOLDS", "ERROR"]
    assert record["claims"][1]["verdict_says"].startswith("the scheduler lost this claim: ConnectionError: worker gone")


def test_an_address_where_nobody_answers_is_a_value_error(scheduler: list[str]) -> None:
    with pytest.raises(
        ValueError, match=r"--scheduler 'tcp://there:1': no scheduler answers there \(OSError: timed out"
    ):
        run([resolve("faulty.fine")], Options("quick"), scheduler="tcp://there:1")
