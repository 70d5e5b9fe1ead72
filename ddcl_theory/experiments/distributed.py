"""Running cells on the workers of a Dask scheduler.

Dask itself gives the cell of a worker that died to another worker, some times before it gives up; a cell on which it
gave up is tried once more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ddcl_theory.experiments.execute import Answer, remote
from ddcl_theory.experiments.protocol import Cell
from ddcl_theory.run import describe


def run_on_scheduler(cells: Sequence[Cell], address: str, ended: Callable[[Cell, Answer], None]) -> None:
    """Run the cells; ValueError where no scheduler answers at the address."""
    from dask.distributed import Client, as_completed

    try:
        client = Client(address, timeout="20s")
    except (OSError, ValueError, TimeoutError) as error:
        raise ValueError(f"--scheduler {address!r}: no scheduler answers there ({describe(error)})") from error
    with client:
        futures: dict[Any, Cell] = {client.submit(remote, c.as_json(), pure=False): c for c in cells}
        again: set[Cell] = set()
        answers = as_completed(futures)
        for future in answers:
            cell = futures.pop(future)
            try:
                found: Answer = future.result()
            except Exception as error:  # the cell's worker is lost, or it could not import the cell's code
                if cell not in again:
                    again.add(cell)
                    repeated = client.submit(remote, cell.as_json(), pure=False)
                    futures[repeated] = cell
                    answers.add(repeated)
                    continue
                found = None, f"the scheduler lost it: {describe(error)}", 0.0
            ended(cell, found)
