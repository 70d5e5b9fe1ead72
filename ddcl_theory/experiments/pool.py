"""Worker processes that run cells; one that dies is replaced, and its cell is tried once more."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from ddcl_theory.experiments.execute import Answer, answer
from ddcl_theory.experiments.protocol import Cell
from ddcl_theory.process import prepare


class _Worker:
    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection: Connection
        self.connection, there = context.Pipe()
        self.process: BaseProcess = context.Process(target=serve, args=(there,), daemon=True)
        self.cell: Cell | None = None
        # The terminal sends Ctrl-C to all processes; the workers are to be ended by this one.
        masked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self.process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, masked)
        there.close()

    def give(self, cell: Cell) -> None:
        self.cell = cell
        # A worker that died while idle shows when its connection is read.
        with contextlib.suppress(OSError):
            self.connection.send(cell)

    def stop(self) -> int | None:
        """End the process; its exit status."""
        self.connection.close()
        if self.process.is_alive():
            self.process.kill()
        self.process.join()
        return self.process.exitcode


def run_in_pool(cells: Sequence[Cell], jobs: int, ended: Callable[[Cell, Answer], None]) -> None:
    """Run the cells in `jobs` workers; whatever is raised here ends the workers and passes on."""
    waiting = list(reversed(cells))
    lost: set[Cell] = set()
    workers: list[_Worker] = []
    try:
        while waiting or any(w.cell for w in workers):
            idle = [w for w in workers if w.cell is None]
            while waiting and (idle or len(workers) < jobs):
                worker = idle.pop() if idle else _Worker()
                if worker not in workers:
                    workers.append(worker)
                worker.give(waiting.pop())
            for ready in wait([w.connection for w in workers if w.cell is not None]):
                worker = next(w for w in workers if w.connection is ready)
                cell = worker.cell
                assert cell is not None
                try:
                    found: Answer = worker.connection.recv()
                except (EOFError, OSError):
                    workers.remove(worker)
                    status = worker.stop()
                    if cell not in lost:
                        lost.add(cell)
                        waiting.insert(0, cell)
                        continue
                    found = None, f"its worker died twice (exit status {status})", 0.0
                else:
                    worker.cell = None
                ended(cell, found)
    finally:
        for worker in workers:
            worker.stop()


def serve(connection: Any) -> None:
    """The worker: receives a cell, sends its answer, until the connection closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What a cell prints must not reach the stdout that shows the outcomes.
    sys.stdout.flush()
    os.dup2(sys.stderr.fileno(), 1)
    sys.stdout = sys.stderr
    prepare()
    while True:
        try:
            cell = connection.recv()
        except EOFError:
            return
        connection.send(answer(cell))
