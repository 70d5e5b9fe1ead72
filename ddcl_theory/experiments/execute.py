"""Running cells: in this process, in worker processes, or on the workers of a Dask scheduler.

Every finished cell goes to the store at once, so that an interrupt or a kill loses only the cells that were running.  A
cell whose worker died is tried once more; a cell that raises is not, since it would raise again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ddcl_theory.experiments.index import load_block
from ddcl_theory.experiments.protocol import Cell, Metrics
from ddcl_theory.experiments.store import Store, check_metrics
from ddcl_theory.process import output_to_stderr, prepare
from ddcl_theory.run import describe

#: What a worker sends back: the metrics or, with None, why there are none; and the seconds it took.
Answer = tuple[Metrics | None, str, float]


@dataclass
class Told:
    """Told of the progress: how many cells are to run, and each that ended (with "" or the reason why it failed)."""

    begun: Callable[[int, int], None] = lambda pending, kept: None
    ended: Callable[[Cell, str], None] = lambda cell, failure: None


@dataclass
class Executed:
    """How it went.  kept: cells that were finished before.  failures: cells without a result, and why."""

    run: int = 0
    kept: int = 0
    failures: dict[Cell, str] = field(default_factory=dict)
    interrupted: bool = False


def execute(
    cells: Sequence[Cell], store: Store, *, jobs: int = 1, scheduler: str | None = None, told: Told | None = None
) -> Executed:
    """Run the cells that the store lacks; an interrupt ends it early and is reported, not raised.

    jobs: worker processes; with 1 the cells run in this process.  scheduler: address of a Dask scheduler whose workers,
    with the same packages installed, run the cells instead; ValueError where none answers.
    """
    if jobs < 1:
        raise ValueError(f"jobs: got {jobs}, accepted are whole numbers from 1")
    told = told or Told()
    pending = [cell for cell in cells if store.read(cell) is None]
    done = Executed(kept=len(cells) - len(pending))
    told.begun(len(pending), done.kept)

    def ended(cell: Cell, answer: Answer) -> None:
        metrics, failure, seconds = answer
        if metrics is None:
            done.failures[cell] = failure
        else:
            store.write(cell, metrics, seconds)
            done.run += 1
        told.ended(cell, failure)

    if not pending:
        return done
    try:
        if scheduler is not None:
            from ddcl_theory.experiments.distributed import run_on_scheduler

            run_on_scheduler(pending, scheduler, ended)
        elif jobs > 1 and len(pending) > 1:
            from ddcl_theory.experiments.pool import run_in_pool

            run_in_pool(pending, min(jobs, len(pending)), ended)
        else:
            prepare()
            with output_to_stderr():
                for cell in pending:
                    ended(cell, answer(cell))
    except KeyboardInterrupt:
        done.interrupted = True
    return done


def answer(cell: Cell) -> Answer:
    """Run one cell; an exception of its code is an answer."""
    clock = time.perf_counter()
    try:
        metrics = load_block(cell.block).function()(cell)
        check_metrics(metrics)
    except Exception as error:  # one cell that fails must not end the others
        return None, describe(error), time.perf_counter() - clock
    return metrics, "", time.perf_counter() - clock


def remote(row: dict[str, Any]) -> Answer:
    """What a worker of a scheduler runs; the cell travels as JSON."""
    prepare()
    return answer(Cell.from_json(row))
