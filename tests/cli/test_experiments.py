"""The experiments on the command line: run, kept, shown, replayed, interrupted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import ddcl_theory.claims
from ddcl_theory.experiments import block1_training
from ddcl_theory.experiments.block1 import BLOCK
from ddcl_theory.experiments.execute import execute
from ddcl_theory.experiments.index import entry
from ddcl_theory.experiments.protocol import Cell, Plan
from ddcl_theory.experiments.store import Store
from ddcl_theory.report import html
from ddcl_theory.summary import without_times

Here = Callable[..., Any]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which the quick profile of Block 1 is finished."""
    folder = tmp_path_factory.mktemp("experiments") / "store"
    assert not execute(BLOCK.cells(Plan("quick")), Store(folder)).failures
    return folder


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The claim of Block 1 is in the registry."""
    index = ddcl_theory.claims.INDEX
    if "ddcl.block1" not in [i for i, *_ in index]:
        block = entry("block1")
        monkeypatch.setattr(ddcl_theory.claims, "INDEX", (*index, (block.id, block.title, "ddcl.block1")))


def test_outcomes_come_first_and_every_prediction_has_its_row(here: Here, store: Path) -> None:
    done = here("experiments", "block1", "--profile", "quick", "--store", store, "--jobs", 1)
    assert done.status == 0
    lines = done.out.splitlines()
    assert lines[0].startswith(f"{len(BLOCK.predictions)} predictions: ")
    assert sum(int(word) for word in lines[0].replace(":", "").split() if word.isdigit()) == 2 * len(BLOCK.predictions)
    assert "one declared setting" in lines[1]
    for prediction in BLOCK.predictions:
        assert sum(f"  {prediction.id}: " in line for line in lines) == 1
    assert "78 finished runs of experiments found, 0 to run" in done.err
    assert here("experiments", "ddcl.block1", "block1", "--profile", "quick", "--store", store).out == done.out


def test_from_an_empty_store_it_says_the_same(here: Here, store: Path, tmp_path: Path) -> None:
    files = [tmp_path / "old.json", tmp_path / "new.json"]
    for folder, file in ((store, files[0]), (tmp_path / "new", files[1])):
        assert (
            here("experiments", "block1", "--profile", "quick", "--store", folder, "--jobs", 1, "--json", file).status
            == 0
        )
    old, new = (json.loads(f.read_text(encoding="utf-8")) for f in files)
    assert without_times(old) == without_times(new)
    assert len(list((tmp_path / "new").rglob("*.json"))) == 78


def test_the_record_holds_the_numbers_and_the_report_shows_them(here: Here, store: Path, tmp_path: Path) -> None:
    record, report = tmp_path / "r.json", tmp_path / "r.html"
    options = ("--profile", "quick", "--store", store, "--json", record, "--report", report)
    assert here("experiments", "block1", *options).status == 0
    claim = json.loads(record.read_text(encoding="utf-8"))["claims"][0]
    assert claim["reproduce"] == "ddcl-verify ddcl.block1 --profile quick --seed 0 --with experiments"
    assert [f["id"] for f in claim["figures"]] == ["separation", "trajectories", "temperature"]
    assert all(f["alt"] and f["data"]["axes"] and f["script"].endswith(f":{f['id']}") for f in claim["figures"])
    for figure in claim["figures"]:
        which = "the first of 3 replicates, seed 0" if figure["id"] == "trajectories" else "3 replicates, seeds 0 to 2"
        assert f"Quick profile, {which}; central setting: convention = d/T, " in figure["caption"]
    (table,) = claim["tables"]
    assert len(table["rows"]) == 26 and all(row[2] == 3 for row in table["rows"])
    text = report.read_text(encoding="utf-8")
    for part in claim["readings"][0]["parts"]:
        found = part["evidence"][0]["experiment"]
        assert (part["verdict"] == "HOLDS") is (found["outcome"] == "REPRODUCED")
        assert all(len(s["values"]) == 3 for s in found["settings"])
        assert f"<b>{found['outcome']}</b>: {found['measure']}".replace("'", "&#39;") in text


def test_the_report_counts_the_replicates_that_have_an_effect(here: Here, store: Path, tmp_path: Path) -> None:
    file = tmp_path / "r.json"
    here("experiments", "block1", "--profile", "quick", "--store", store, "--json", file)
    record = json.loads(file.read_text(encoding="utf-8"))

    def counted() -> list[int]:
        return [html.render(record).count(f"<td>{n}</td><td>") for n in (2, 3)]

    before = counted()
    part = record["claims"][0]["readings"][0]["parts"][0]
    (row,) = part["evidence"][0]["experiment"]["settings"]
    row["values"][1] = None
    assert counted() == [before[0] + 1, before[1] - 1]


def test_workers_decide_what_this_process_decides(store: Path) -> None:
    from ddcl_theory.run import Options, run

    chosen, options = [entry("block1"), entry("block6")], Options("quick", figures=True, store=str(store))
    in_workers = run(chosen, options, jobs=2)
    assert [c["id"] for c in in_workers["claims"]] == ["ddcl.block1", "ddcl.block6"]
    assert without_times(in_workers) == without_times(run(chosen, options, isolated=False))


def test_without_asking_experiments_are_not_run(here: Here, registered: None, tmp_path: Path) -> None:
    file = tmp_path / "r.json"
    done = here("ddcl.block1", "--profile", "quick", "--json", file)
    assert done.status == 0
    claim = json.loads(file.read_text(encoding="utf-8"))["claims"][0]
    assert claim["verdict"] == "INCONCLUSIVE" and claim["figures"] == []
    assert {e["outcome"] for p in claim["readings"][0]["parts"] for e in p["evidence"]} == {"NOT_RUN"}
    assert not Path("ddcl-experiments").exists()
    assert here("ddcl.block1", "--profile", "quick", "--require", "experiment").status == 4


def test_with_experiments_they_are(here: Here, registered: None, store: Path, tmp_path: Path) -> None:
    file = tmp_path / "r.json"
    options = ("--profile", "quick", "--with", "experiments", "--store", store, "--require", "experiment")
    done = here("ddcl.block1", "faulty.fine", *options, "--json", file)
    assert done.status == 0
    claims = {c["id"]: c for c in json.loads(file.read_text(encoding="utf-8"))["claims"]}
    outcomes = [e["outcome"] for p in claims["ddcl.block1"]["readings"][0]["parts"] for e in p["evidence"]]
    assert set(outcomes) <= {"SUPPORTS", "UNDECIDED"}
    assert claims["faulty.fine"]["verdict"] == "HOLDS"


def test_a_record_replays_and_an_altered_outcome_does_not(
    here: Here, registered: None, store: Path, tmp_path: Path
) -> None:
    file = tmp_path / "r.json"
    here("experiments", "block1", "--profile", "quick", "--store", store, "--json", file)
    done = here("replay", file)
    assert done.status == 0 and f", {len(BLOCK.predictions)} measurements," in done.out
    whole = file.read_text(encoding="utf-8")

    def altered(field: str, change: Callable[[Any], Any], of_row: bool = False) -> str:
        record = json.loads(whole)
        parts = record["claims"][0]["readings"][0]["parts"]
        found = [p["evidence"][0]["experiment"] for p in parts]
        measured = next(e for e in found if e["outcome"] == "NOT REPRODUCED" and e["settings"][0]["p"] is not None)
        place = measured["settings"][0] if of_row else measured
        place[field] = change(place[field])
        file.write_text(json.dumps(record), encoding="utf-8")
        done = here("replay", file)
        assert done.status == 4
        return done.err

    assert "from its settings follows NOT REPRODUCED, not REPRODUCED" in altered("outcome", lambda _: "REPRODUCED")
    assert "supported at " in altered("supported", lambda _: True, of_row=True)
    assert "mean at " in altered("mean", lambda mean: mean + 0.001, of_row=True)
    assert "low at " in altered("values", lambda values: [v + 1 for v in values], of_row=True)
    assert "the number of effects is not that of seeds" in altered("values", lambda values: values[:-1], of_row=True)
    # A replicate less: what is left may not support the prediction by itself.
    assert "low at " in altered("values", lambda values: [*values[:-1], None], of_row=True)
    assert "could not be computed again: OverflowError" in altered("values", lambda _: [10**400] * 3, of_row=True)
    assert "held is recorded as 1" in altered("held", lambda held: held + 1)


def test_runs_that_fail_leave_with_their_own_status(
    here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(cell: Cell) -> dict[str, Any]:
        raise RuntimeError("on purpose")

    monkeypatch.setattr(block1_training, "run", broken)
    done = here("experiments", "block1", "--profile", "quick", "--store", tmp_path / "new", "--jobs", 1)
    assert done.status == 4
    assert done.out.startswith("12 predictions: 0 REPRODUCED, 0 NOT REPRODUCED, 0 DEPENDS ON, 12 NOT TESTABLE")
    assert "78 of 78 runs of experiments failed" in done.err and "RuntimeError: on purpose" in done.err


def test_an_interrupt_keeps_what_is_done_and_says_so(
    here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = block1_training.run
    calls: list[Cell] = []

    def interrupted(cell: Cell) -> dict[str, Any]:
        calls.append(cell)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return original(cell)

    monkeypatch.setattr(block1_training, "run", interrupted)
    new = tmp_path / "new"
    done = here("experiments", "block1", "--profile", "quick", "--store", new, "--jobs", 1)
    assert done.status == 130
    assert f"kept in {new} and will not run again" in done.err
    assert len(list(new.rglob("*.json"))) == 3
    assert "NOT TESTABLE" in done.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["block9"], "unknown experiment 'block9'; accepted are block1"),
        (["--store", ""], "--store '' is no folder"),
        (["--store", "/dev/null"], "--store '/dev/null' is no folder"),
        (["--store", "/nowhere/at/all"], "the folder '/nowhere/at' does not exist"),
        (["--scheduler", ""], "--scheduler '' is no address"),
        (["block4"], "DDCL_CIFAR10_FEATURES"),
    ],
)
def test_misuse_is_one_line(
    here: Here, arguments: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DDCL_CIFAR10_FEATURES", str(tmp_path / "nothing.npz"))
    done = here("experiments", *arguments)
    assert done.status == 2
    assert says in done.err and done.err.count("\n") == 1
