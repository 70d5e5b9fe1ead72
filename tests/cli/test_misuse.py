"""Wrong usage: one line on stderr, status 2, no work, nothing overwritten."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import util
from pathlib import Path
from typing import Any

import pytest

Here = Callable[..., Any]
OLD = "what stood here before\n"


@pytest.fixture
def no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Running a claim is a failure of the test: misuse must be found before any work."""
    from ddcl_theory import run

    def refuse(*args: object, **options: object) -> None:
        raise AssertionError("work began")

    monkeypatch.setattr(run, "run", refuse)


CASES = {
    "unknown claim": (["theorm4"], "unknown claim 'theorm4'; did you mean theorem4"),
    "no such command or claim": (["frobnicate", "it"], "unknown claim 'frobnicate'"),
    "one unknown among known": (["theorem1", "lemma99"], "unknown claim 'lemma99'"),
    "negative seed": (["theorem1", "--seed", "-1"], "'--seed': -1 is not in the range x>=0"),
    "seed that is no number": (["theorem1", "--seed", "one"], "'--seed': 'one' is not a valid integer"),
    "no workers": (["theorem1", "--jobs", "0"], "'--jobs': 0 is not in the range x>=1"),
    "unknown profile": (
        ["theorem1", "--profile", "slow"],
        "'--profile': 'slow' is not one of 'quick', 'standard', 'thorough'",
    ),
    "unknown kind": (["theorem1", "--only", "luck"], "'--only': 'luck' is not one of"),
    "unknown required kind": (["theorem1", "--require", "luck"], "'--require': 'luck' is not one of"),
    "unknown option": (["theorem1", "--fast"], "No such option '--fast'"),
    "unknown device": (
        ["theorem1", "--device", "abacus"],
        "--device 'abacus' is unknown; accepted are cpu, cuda, cuda:N and mps",
    ),
    "device with a wrong number": (["theorem1", "--device", "cuda:x"], "--device 'cuda:x' is unknown"),
    "device that is not here": (["theorem1", "--device", "cuda:999"], "--device cuda:999: this machine has"),
    "report into a missing folder": (
        ["theorem1", "--report", "{tmp}/none/r.html"],
        "does not exist; accepted is a file in an existing folder",
    ),
    "record onto standard output": (
        ["theorem1", "--json", "-"],
        "standard output carries the verdicts; accepted is a file name",
    ),
    "report onto a folder": (["theorem1", "--report", "{tmp}"], "is a folder; accepted is a file name"),
    "report with an empty name": (["theorem1", "--report", ""], "--report '' is a folder"),
    "json onto a device file": (["theorem1", "--json", "/dev/null"], "is no regular file"),
    "json and report in one file": (
        ["theorem1", "--json", "{tmp}/r", "--report", "{tmp}/../{name}/r"],
        "name the same file",
    ),
    "expect without a file": (["theorem1", "--expect", "{tmp}/none.json"], "is no file; accepted is a record"),
    "scheduler without dask": (["theorem1", "--scheduler", ""], "--scheduler '' is no address"),
    "options without a claim": (["--profile", "quick"], "Missing argument 'CLAIM...'"),
    "replay without a file": (["replay"], "Missing argument 'FILE'"),
    "replay of a missing file": (["replay", "{tmp}/none.json"], "cannot be read: No such file or directory"),
    "replay of no record": (["replay", "{tmp}/words.txt"], "holds no record: not JSON"),
    "diff with one file": (["diff", "{tmp}/words.txt"], "Missing argument 'NEW'"),
    "diff of no record": (["diff", "{tmp}/words.txt", "{tmp}/words.txt"], "holds no record: not JSON"),
    "show of an unknown claim": (["show", "theorm4"], "did you mean theorem4"),
}


@pytest.mark.parametrize("case", CASES)
def test_misuse_is_one_line_and_status_2(here: Here, no_run: None, tmp_path: Path, case: str) -> None:
    arguments, message = CASES[case]
    (tmp_path / "words.txt").write_text("no record\n", encoding="utf-8")
    done = here(*(a.format(tmp=tmp_path, name=tmp_path.name) for a in arguments))
    assert done.status == 2, done
    assert message in done.err
    assert done.err.startswith("ddcl-verify: ")
    assert done.err.count("\n") == 1
    assert done.out == ""


def test_nothing_is_overwritten_by_misuse(here: Here, no_run: None, tmp_path: Path) -> None:
    for name in ("r.html", "r.json"):
        (tmp_path / name).write_text(OLD, encoding="utf-8")
    done = here("theorem1", "--report", tmp_path / "r.html", "--json", tmp_path / "r.json", "--device", "abacus")
    assert done.status == 2
    assert {p.name: p.read_text(encoding="utf-8") for p in tmp_path.iterdir()} == {"r.html": OLD, "r.json": OLD}


def test_an_unwritable_folder_is_found_before_the_run(
    here: Here, no_run: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Permission bits do not bind every user who may run this test, so the answer of the system is what is fabricated.
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    done = here("theorem1", "--report", tmp_path / "r.html")
    assert done.status == 2
    assert "is not writable" in done.err


def test_a_malformed_baseline_is_misuse_after_the_result_is_safe(here: Here, tmp_path: Path) -> None:
    baseline, target = tmp_path / "baseline.json", tmp_path / "r.json"
    baseline.write_text('{"claims": []}', encoding="utf-8")
    done = here("faulty.fine", "--profile", "quick", "--expect", baseline, "--json", target)
    assert done.status == 2
    assert done.out.startswith("HOLDS  faulty.fine")
    assert "holds no record" in done.err
    assert target.exists()


def test_a_file_that_becomes_unwritable_during_the_run_does_not_hide_the_result(
    here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ddcl_theory import run

    folder = tmp_path / "reports"
    folder.mkdir()
    original = run.run

    def lose_the_folder(*arguments: Any, **options: Any) -> Any:
        record = original(*arguments, **options)
        folder.rmdir()
        return record

    monkeypatch.setattr(run, "run", lose_the_folder)
    done = here("faulty.fine", "--profile", "quick", "--json", folder / "r.json")
    assert done.status == 4
    assert done.out.startswith("HOLDS  faulty.fine")
    assert "was not written" in done.err


def test_a_claim_that_is_registered_twice_is_reported_in_one_line(
    here: Here, no_run: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ddcl_theory import registry

    monkeypatch.setattr(registry, "plugins", lambda: [registry.Entry("ddcl.theorem1", "another", "elsewhere")])
    done = here("list")
    assert (done.status, done.err) == (2, "ddcl-verify: claim registered twice: ddcl.theorem1\n")


def test_a_name_that_no_record_could_hold_is_reported_in_one_line(
    here: Here, no_run: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ddcl_theory import registry

    monkeypatch.setattr(registry, "plugins", lambda: [registry.Entry("my claim/1", "another", "elsewhere")])
    done = here("list")
    assert done.status == 2
    assert done.err == (
        "ddcl-verify: a plugin registers a claim as 'my claim/1'; accepted are names such as example.claim1\n"
    )


def test_a_scheduler_needs_its_extra(here: Here, no_run: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(util, "find_spec", lambda name: None)
    done = here("theorem1", "--scheduler", "tcp://localhost:8786")
    assert done.status == 2
    assert "install ddcl-verify[campaign]" in done.err


@pytest.mark.parametrize("argument", ["--help", "-h", "--version"])
def test_help_and_version_exit_0(here: Here, argument: str) -> None:
    done = here(argument)
    assert done.status == 0
    assert "ddcl-verify" in done.out


def test_an_empty_command_line_shows_the_help(here: Here) -> None:
    done = here()
    assert done.status == 2
    assert "CLAIM... | all | COMMAND" in done.out + done.err
