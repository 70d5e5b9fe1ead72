"""Worker processes: each runs one claim after another and is replaced when it dies.

A claim whose worker died is tried once more when nothing else runs (the machine may have been short of memory); if its
worker dies again, the claim is an ERROR.  The watchdog of the engine needs Python to regain control; a check that is
stuck outside of Python is ended by a second watchdog here, which ends the worker with it.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from ddcl_theory.process import prepare
from ddcl_theory.record import failed_row
from ddcl_theory.registry import Entry
from ddcl_theory.run import Options, Row, timed

#: How long a check may ignore its time-out, in seconds, before its worker ends.
GRACE = 30.0

#: Exit status of a worker that ended itself because a check ignored its time-out.
STUCK = 75


@dataclass
class _Worker:
    process: BaseProcess
    connection: Connection
    entry: Entry | None = None


class _Pool:
    def __init__(self) -> None:
        self.workers: list[_Worker] = []

    def start(self) -> _Worker:
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        process = context.Process(target=serve, args=(there,), daemon=True)
        with _interrupts_held_back():
            process.start()
        there.close()
        worker = _Worker(process, here)
        self.workers.append(worker)
        return worker

    def stop(self, worker: _Worker) -> int | None:
        """End a worker; its exit status."""
        worker.connection.close()
        if worker.process.is_alive():
            worker.process.kill()
        worker.process.join()
        self.workers.remove(worker)
        return worker.process.exitcode

    def stop_all(self) -> None:
        for worker in list(self.workers):
            self.stop(worker)

    def busy(self) -> list[_Worker]:
        return [w for w in self.workers if w.entry is not None]

    def idle(self) -> list[_Worker]:
        return [w for w in self.workers if w.entry is None]


def run_in_workers(
    entries: Sequence[Entry],
    options: Options,
    jobs: int,
    started: Callable[[str], None],
    finished: Callable[[Entry, Row, float], None],
) -> None:
    """Run the claims in `jobs` workers; a KeyboardInterrupt ends the workers and passes on."""
    waiting, again = list(entries), list[Entry]()
    pool = _Pool()

    def hand_out(entry: Entry) -> None:
        worker = next(iter(pool.idle()), None) or pool.start()
        worker.entry = entry
        started(entry.id)
        # A worker that died while idle shows when its connection is read.
        with contextlib.suppress(OSError):
            worker.connection.send((entry, options))

    try:
        while waiting or again or pool.busy():
            while waiting and len(pool.busy()) < jobs:
                hand_out(waiting.pop(0))
            if again and not pool.busy():
                hand_out(again[0])
            for ready in wait([w.connection for w in pool.busy()]):
                worker = next(w for w in pool.workers if w.connection is ready)
                entry = worker.entry
                assert entry is not None
                try:
                    row, seconds = worker.connection.recv()
                except (EOFError, OSError):
                    status = pool.stop(worker)
                    if status != STUCK and entry not in again:
                        again.append(entry)
                        continue
                    row, seconds = failed_row(entry.id, entry.title, _ending(status), options.command(entry.id)), 0.0
                else:
                    worker.entry = None
                if entry in again:
                    again.remove(entry)
                finished(entry, row, seconds)
    finally:
        pool.stop_all()


def _ending(status: int | None) -> str:
    if status == STUCK:
        return f"a check ignored its time-out for {GRACE:.0f} s, so that its worker was ended"
    how = f"signal {signal.Signals(-status).name}" if status is not None and status < 0 else f"exit status {status}"
    return f"the worker process died ({how}), and died again when the claim ran alone"


@contextlib.contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Start a child that never sees Ctrl-C: the terminal sends it to all, and the parent ends its children."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def serve(connection: Any) -> None:
    """The worker: receives (entry, options), sends (record of the claim, seconds), until the connection closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Prints of checks, of extensions too, must not reach the stdout that shows the verdict.
    sys.stdout.flush()
    os.dup2(sys.stderr.fileno(), 1)
    # A worker may be killed at any moment, and what it had printed must not be lost with its buffer.
    sys.stdout = sys.stderr
    prepare()
    _end_when_stuck()
    while True:
        try:
            entry, options = connection.recv()
        except EOFError:
            return
        connection.send(timed(entry, options))


def _end_when_stuck() -> None:
    """End this process when a check is still running `GRACE` seconds after its alarm.

    The alarm's number arrives in a pipe even while the main thread is outside of Python.  The engine installs a new
    handler for each check, so that the same handler after the grace means the same check.
    """
    if not hasattr(signal, "SIGALRM"):
        return
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)

    def check(handler: Any) -> None:
        if signal.getsignal(signal.SIGALRM) is handler:
            os._exit(STUCK)

    def watch() -> None:
        while True:
            if signal.SIGALRM in os.read(reading, 64):
                timer = threading.Timer(GRACE, check, [signal.getsignal(signal.SIGALRM)])
                timer.daemon = True
                timer.start()

    threading.Thread(target=watch, daemon=True).start()
