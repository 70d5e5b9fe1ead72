"""Progress of experiments on stderr: a bar with the time left on a terminal, a line every few seconds elsewhere."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator

from ddcl_theory.experiments.execute import Told
from ddcl_theory.experiments.protocol import Cell

#: Seconds between two lines where stderr is no terminal.
QUIET = 5.0


@contextlib.contextmanager
def shown() -> Iterator[Told]:
    """What `execute` tells, shown."""
    if sys.stderr.isatty():
        with _bar() as told:
            yield told
    else:
        yield _Lines().told()


class _Lines:
    def __init__(self) -> None:
        self.total = self.done = 0
        self.begun_at = self.first = self.last = 0.0

    def told(self) -> Told:
        return Told(self.begun, self.ended)

    def begun(self, pending: int, kept: int) -> None:
        self.total, self.done = pending, 0
        self.begun_at = self.last = time.monotonic()
        if kept or not pending:
            _say(f"{kept} finished runs of experiments found, {pending} to run")

    def ended(self, cell: Cell, failure: str) -> None:
        self.done += 1
        now = time.monotonic()
        if self.done == 1:
            self.first = now
        if failure:
            _say(f"failed: {cell.label()}: {failure}")
        if now - self.last >= QUIET or self.done == self.total:
            self.last = now
            _say(f"[{self.done}/{self.total}] {cell.block}: {self.left(now)}")

    def left(self, now: float) -> str:
        """The time left at the pace since the first cell ended: the workers' start is not part of it."""
        if self.done == self.total:
            return f"done in {now - self.begun_at:.1f} s"
        if self.done == 1:
            return "time left not known yet"
        return f"{(now - self.first) / (self.done - 1) * (self.total - self.done):.0f} s left"


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


@contextlib.contextmanager
def _bar() -> Iterator[Told]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("experiments", total=None)

        def begun(pending: int, kept: int) -> None:
            bar.reset(task, total=pending, description=f"experiments ({kept} found finished)")

        def ended(cell: Cell, failure: str) -> None:
            if failure:
                bar.console.print(f"failed: {cell.label()}: {failure}", markup=False, highlight=False)
            bar.update(task, advance=1, description=f"{cell.block} {cell.arm}")

        yield Told(begun, ended)
