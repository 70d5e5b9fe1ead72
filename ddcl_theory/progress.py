"""Progress on stderr: a bar with the time left on a terminal, one short line a claim elsewhere."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

from ddcl_theory.run import Progress


@contextlib.contextmanager
def shown(total: int) -> Iterator[Progress]:
    """Progress of a run of `total` claims."""
    if sys.stderr.isatty():
        with _bar(total) as progress:
            yield progress
    else:
        yield Progress(finished=_lines(total), compiling=_compiling)


def _compiling(file: str) -> None:
    sys.stderr.write(f"compiling the formal proofs of {file}\n")
    sys.stderr.flush()


def _lines(total: int) -> Callable[[str, str, float], None]:
    done = 0

    def finished(claim: str, verdict: str, seconds: float) -> None:
        nonlocal done
        done += 1
        sys.stderr.write(f"[{done}/{total}] {claim}: {verdict} ({seconds:.1f} s)\n")
        sys.stderr.flush()

    return finished


@contextlib.contextmanager
def _bar(total: int) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(elapsed_when_finished=False),
        TextColumn("{task.description}"),
    )
    running: list[str] = []
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=total)

        def started(claim: str) -> None:
            running.append(claim)
            bar.update(task, description=", ".join(running))

        def finished(claim: str, verdict: str, seconds: float) -> None:
            running.remove(claim)
            bar.update(task, advance=1, description=", ".join(running))

        def compiling(file: str) -> None:
            bar.update(task, description=f"compiling the formal proofs of {file}")

        yield Progress(started, finished, compiling)
