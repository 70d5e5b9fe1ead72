"""Running cells: here, in workers, through death, interrupts and kills."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fabricated_block import BLOCK, cells

from ddcl_theory.experiments.execute import Executed, Told, execute
from ddcl_theory.experiments.progress import _Lines
from ddcl_theory.experiments.protocol import Cell, Plan
from ddcl_theory.experiments.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def started(traces: Path) -> int:
    return len(list(traces.iterdir()))


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_cell_runs_once_and_is_kept(store: Store, traces: Path, jobs: int) -> None:
    wanted = BLOCK.cells(Plan("quick"))
    told: list[tuple[int, int]] = []
    done = execute(wanted, store, jobs=jobs, told=Told(begun=lambda pending, kept: told.append((pending, kept))))
    assert done == Executed(run=6) and told == [(6, 0)]
    assert started(traces) == 6
    processes = {(store.read(c) or {})["process"] for c in wanted}
    assert (processes == {os.getpid()}) is (jobs == 1)
    again = execute(wanted, store, jobs=jobs)
    assert again == Executed(kept=6) and started(traces) == 6


def test_the_number_of_workers_changes_no_value(tmp_path: Path) -> None:
    wanted = BLOCK.cells(Plan("quick"))
    values = []
    for jobs in (1, 2):
        store = Store(tmp_path / str(jobs))
        execute(wanted, store, jobs=jobs)
        values.append([(store.read(c) or {})["value"] for c in wanted])
    assert values[0] == values[1]


def test_a_worker_that_is_killed_loses_only_its_cell_which_is_tried_again(store: Store, traces: Path) -> None:
    mortal, others = cells("dies once", 1), cells("slow", 5)
    done = execute([*mortal, *others], store, jobs=2)
    assert done == Executed(run=6)
    assert len(list(traces.glob("dies once-*"))) == 2
    assert len(list(traces.glob("slow-*"))) == 5
    assert store.read(mortal[0]) is not None


def test_a_cell_that_kills_its_worker_twice_fails_alone(store: Store, traces: Path) -> None:
    mortal, others = cells("dies", 1), cells("steady", 4)
    done = execute([*mortal, *others], store, jobs=2)
    assert done.run == 4 and list(done.failures) == mortal
    assert "died twice (exit status -9)" in done.failures[mortal[0]]
    assert len(list(traces.glob("dies-*"))) == 2
    assert store.read(mortal[0]) is None


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_cell_that_raises_fails_alone_and_is_not_tried_again(store: Store, traces: Path, jobs: int) -> None:
    bad, odd, good = cells("raises", 1), cells("odd", 1), cells("steady", 2)
    done = execute([*bad, *odd, *good], store, jobs=jobs)
    assert done.run == 2 and set(done.failures) == {*bad, *odd}
    assert "RuntimeError: on purpose" in done.failures[bad[0]]
    assert "value is nan" in done.failures[odd[0]]
    assert started(traces) == 4


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_interrupt_keeps_what_is_done(store: Store, jobs: int) -> None:
    wanted = cells("slow", 8)
    ended: list[Cell] = []

    def interrupt(cell: Cell, failure: str) -> None:
        ended.append(cell)
        if len(ended) == 3:
            raise KeyboardInterrupt

    done = execute(wanted, store, jobs=jobs, told=Told(ended=interrupt))
    assert done.interrupted and done.run == 3
    assert [store.read(c) is not None for c in wanted].count(True) == 3
    assert execute(wanted, store, jobs=jobs) == Executed(run=5, kept=3)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.02)


@pytest.mark.parametrize("jobs", [1, 2])
def test_after_a_kill_of_the_program_only_the_rest_runs(store: Store, traces: Path, jobs: int) -> None:
    script = (
        "if __name__ == '__main__':\n"
        "    from fabricated_block import cells\n"
        "    from ddcl_theory.experiments.execute import execute\n"
        "    from ddcl_theory.experiments.store import Store\n"
        f"    execute(cells('slow', 40), Store({str(store.folder)!r}), jobs={jobs})\n"
    )
    program = traces.parent / "program.py"
    program.write_text(script, encoding="utf-8")
    process = subprocess.Popen([sys.executable, str(program)], start_new_session=True)
    wanted = cells("slow", 40)
    try:
        wait_for(lambda: sum(store.read(c) is not None for c in wanted) >= 3)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    kept = sum(store.read(c) is not None for c in wanted)
    assert 3 <= kept < 40
    runs = {c: len(list(traces.glob(f"slow-1-0-{c.seed}.*"))) for c in wanted}
    finished = [c for c in wanted if store.read(c) is not None]
    done = execute(wanted, store, jobs=2)
    assert done == Executed(run=40 - kept, kept=kept)
    assert all(len(list(traces.glob(f"slow-1-0-{c.seed}.*"))) == runs[c] == 1 for c in finished)


def test_damaged_results_run_again(store: Store, traces: Path) -> None:
    wanted = cells("steady", 3)
    execute(wanted, store)
    store.path(wanted[1]).write_text("{", encoding="utf-8")
    assert execute(wanted, store) == Executed(run=1, kept=2)
    assert started(traces) == 4


def test_no_workers_are_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="jobs: got 0"):
        execute([], store, jobs=0)


def test_progress_says_what_is_left(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([100.0, 106.0, 110.0, 116.0, 118.0])
    monkeypatch.setattr("ddcl_theory.experiments.progress.time.monotonic", lambda: next(clock))
    lines = _Lines()
    lines.begun(4, 2)
    for cell, failure in zip(cells("steady", 4), ("", "", "it broke", ""), strict=True):
        lines.ended(cell, failure)
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "2 finished runs of experiments found, 4 to run"
    assert said[1] == "[1/4] fabricated_block:BLOCK: time left not known yet"
    assert said[2].startswith("failed: ") and said[2].endswith("seed 2: it broke")
    assert said[3] == "[3/4] fabricated_block:BLOCK: 5 s left"
    assert said[4] == "[4/4] fabricated_block:BLOCK: done in 18.0 s"
