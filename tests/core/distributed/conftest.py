"""Ranks for the tests: processes that meet at a file, so that tests beside each other cannot collide."""

from __future__ import annotations

import multiprocessing
import runpy
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch

from ddcl_core import distributed

JOBS = Path(__file__).with_name("jobs.py")
# No test leaves a process behind, whatever it tests.
PATIENCE = 60.0


class Ended(NamedTuple):
    """How a rank ended: its exit code, and what its job returned or the error that it raised."""

    code: int
    result: Any
    error: dict[str, Any] | None


@pytest.fixture(scope="session")
def workers() -> Any:
    """A context whose processes start from one that has torch imported already."""
    context = multiprocessing.get_context("forkserver")
    # torch loads _dynamo when the first optimiser steps, which takes as long as everything else together.
    modules = ["ddcl_core.distributed", "ddcl_core.layers", "ddcl_core.training.trainer", "torch._dynamo"]
    context.set_forkserver_preload(modules)
    return context


@pytest.fixture
def ranks(workers: Any, tmp_path: Path) -> Iterator[Callable[..., list[Ended]]]:
    """``ranks(job, world_size, timeout=20.0, **arguments)`` runs a function of jobs.py on so many ranks."""
    started = []
    count = 0

    def run(job: str, world_size: int, timeout: float = 20.0, **arguments: Any) -> list[Ended]:
        nonlocal count
        count += 1
        folder = tmp_path / f"run{count}"
        folder.mkdir()
        work = {"JOB": job, "WORLD_SIZE": world_size, "FOLDER": str(folder), "TIMEOUT": timeout, "GIVEN": arguments}
        processes = [
            workers.Process(target=runpy.run_path, args=(str(JOBS), {**work, "RANK": rank}, "rank"))
            for rank in range(world_size)
        ]
        started.extend(processes)
        for process in processes:
            process.start()
        deadline = time.monotonic() + PATIENCE
        for process in processes:
            process.join(max(0.0, deadline - time.monotonic()))
        assert all(process.exitcode is not None for process in processes), "a rank hangs"
        return [_read(folder / f"{rank}.pt", process.exitcode) for rank, process in enumerate(processes)]

    yield run
    _kill(started)


@pytest.fixture
def alone() -> Iterator[distributed.Group]:
    """A group of this process."""
    with distributed.init(timeout=20.0) as group:
        yield group


@pytest.fixture
def free_port() -> int:
    """A port that nothing listened on a moment ago."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _kill(processes: list[Any]) -> None:
    for process in processes:
        if process.is_alive():
            process.kill()
        process.join()


def _read(path: Path, code: int) -> Ended:
    if not path.exists():
        return Ended(code, None, None)
    content = torch.load(path, weights_only=False)
    return Ended(code, content["result"], content["error"])
