"""Workers that die, hang or are interrupted; the record does not depend on how many there are."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ddcl_theory.registry import Entry
from ddcl_theory.report import load, validate
from ddcl_theory.run import Options, run
from ddcl_theory.summary import without_times

Command = Callable[..., Any]


def entries(*names: str) -> list[Entry]:
    from ddcl_theory.registry import resolve

    return [resolve(name) for name in names]


def test_the_record_does_not_depend_on_the_number_of_workers_nor_on_isolation(plugins: None) -> None:
    chosen = entries("example.square", "example.product", "example.cube", "faulty.crash", "faulty.import")
    options = Options("quick", seed=3, figures=True)
    one, two = (run(chosen, options, jobs=jobs) for jobs in (1, 2))
    here = run(chosen, options, isolated=False)
    validate(one)
    assert [c["id"] for c in one["claims"]] == [e.id for e in chosen]
    assert without_times(one) == without_times(two) == without_times(here)


def test_the_seed_changes_what_is_drawn(plugins: None) -> None:
    chosen = entries("example.sum")
    first, again, other = (run(chosen, Options("quick", seed=seed), isolated=False) for seed in (1, 1, 2))
    margins = [
        [p["evidence"][0]["worst_margin"] for rd in r["claims"][0]["readings"] for p in rd["parts"]]
        for r in (first, again, other)
    ]
    assert margins[0] == margins[1]
    assert margins[0] != margins[2]


def test_a_run_leaves_nothing_behind_but_what_it_was_asked_for(command: Command, tmp_path: Path) -> None:
    assert command("example.square", "--profile", "quick", "--json", "r.json").status == 0
    assert [p.name for p in tmp_path.iterdir()] == ["r.json"]


def test_a_worker_that_dies_makes_its_claim_an_error_and_no_other(command: Command, tmp_path: Path) -> None:
    done = command("faulty.fine", "faulty.die", "faulty.open", "--profile", "quick", "--json", "r.json", "--jobs", "2")
    assert done.status == 4
    record = load(tmp_path / "r.json")
    assert {c["id"]: c["verdict"] for c in record["claims"]} == {
        "faulty.die": "ERROR",
        "faulty.fine": "HOLDS",
        "faulty.open": "INCONCLUSIVE",
    }
    (dead,) = (c for c in record["claims"] if c["id"] == "faulty.die")
    assert dead["verdict_says"] == "the worker process died (exit status 7), and died again when the claim ran alone"


def test_a_claim_whose_worker_died_is_tried_once_more(command: Command, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    done = command("faulty.die-once", "faulty.fine", "--profile", "quick", FAULTY_MARK=str(mark))
    assert mark.exists()
    assert done.status == 0
    assert done.out.startswith("2 claims: 2 HOLDS")


def test_a_check_that_runs_over_its_time_is_an_error(command: Command, tmp_path: Path) -> None:
    done = command(
        "faulty.fine", "faulty.slow", "--jobs", "1", "--profile", "quick", "--json", "r.json", FAULTY_TIMEOUT="1"
    )
    assert done.status == 4
    slow = load(tmp_path / "r.json")["claims"][1]
    (evidence,) = slow["readings"][0]["parts"][0]["evidence"]
    assert (evidence["outcome"], evidence["detail"]) == ("CRASHED", "timed out after 1 s")


def test_a_check_that_ignores_its_time_out_is_ended_with_its_worker(command: Command, tmp_path: Path) -> None:
    begun = time.monotonic()
    done = command(
        "faulty.fine", "faulty.stuck", "--jobs", "1", "--profile", "quick", "--json", "r.json", FAULTY_TIMEOUT="1"
    )
    assert "ignored CheckTimeout" in done.err
    assert done.status == 4
    assert load(tmp_path / "r.json")["claims"][1]["verdict_says"].startswith("a check ignored its time-out")
    assert time.monotonic() - begun < 50


def started(environment: dict[str, str], folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """The command at work, in a group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "ddcl_theory", *arguments, "--profile", "quick"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=folder,
        start_new_session=True,
        # Tests that run in the background of a shell would hand on that interrupts are ignored.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )


@pytest.mark.parametrize(("sent", "to_group"), [(signal.SIGINT, True), (signal.SIGINT, False), (signal.SIGTERM, False)])
def test_an_interrupt_keeps_and_reports_what_is_done(
    environment: dict[str, str], tmp_path: Path, sent: signal.Signals, to_group: bool
) -> None:
    process = started(environment, tmp_path, "faulty.fine", "faulty.slow", "--json", "r.json", "--report", "r.html")
    assert process.stderr is not None
    first = process.stderr.readline()
    assert first.startswith("[1/2] faulty.fine: HOLDS")
    if to_group:
        os.killpg(process.pid, sent)
    else:
        process.send_signal(sent)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == "ddcl-verify: interrupted; not finished: faulty.slow\n"
    assert out.startswith("HOLDS  faulty.fine")
    record = load(tmp_path / "r.json")
    assert load(tmp_path / "r.html") == record
    assert (record["interrupted"], record["missing"]) == (True, ["faulty.slow"])
    assert [c["id"] for c in record["claims"]] == ["faulty.fine"]
    with pytest.raises(ProcessLookupError):
        _signal_group_until_gone(process.pid)


def _signal_group_until_gone(group: int) -> None:
    """Ask after the processes of a group for some seconds; ProcessLookupError once none is left."""
    for _ in range(50):
        os.killpg(group, 0)
        time.sleep(0.1)


def test_an_interrupt_before_the_first_verdict_still_reports(environment: dict[str, str], tmp_path: Path) -> None:
    process = started(environment, tmp_path, "faulty.slow", "--json", "r.json")
    time.sleep(4)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out.startswith("0 claims: none was finished")
    record = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert (record["claims"], record["missing"]) == ([], ["faulty.slow"])


def test_jobs_below_one_are_refused() -> None:
    with pytest.raises(ValueError, match="jobs must be at least 1, got 0"):
        run([], Options(), jobs=0)
