"""Exit statuses and what stands on the first line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Here = Callable[..., Any]


def test_a_decided_claim_exits_0_and_its_verdict_comes_first(here: Here) -> None:
    done = here("example.square", "--profile", "quick")
    assert done.status == 0
    assert done.out.startswith("PROVED  example.square")


def test_a_refuted_claim_is_a_result_and_no_failure(here: Here) -> None:
    done = here("example.product", "--profile", "quick", "--strict")
    assert done.status == 0
    assert done.out.startswith("CONDITIONAL  example.product")


def test_inconclusive_exits_3_only_when_strict(here: Here) -> None:
    assert here("faulty.open", "--profile", "quick").status == 0
    strict = here("faulty.open", "--profile", "quick", "--strict")
    assert strict.status == 3
    assert "did not decide: nothing was found either way" in strict.out


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("faulty.crash", "ArithmeticError: seven is too many (crash, line"),
        (
            "faulty.import",
            "the claim could not be loaded: ModuleNotFoundError: No module named 'faulty_module_that_is_not_there'",
        ),
        ("faulty.statement", "LookupError: the predicate has no such symbol (unwritable, line"),
        (
            "faulty.name",
            "the claim's record is not well formed, which its declaration causes: record.claims[0].readings[0]",
        ),
        ("faulty.leave", "SystemExit: 0 (leave, line"),
    ],
)
def test_a_broken_claim_is_an_error_that_says_why(here: Here, name: str, reason: str) -> None:
    done = here(name, "--profile", "quick")
    assert done.status == 4
    assert done.out.startswith(f"ERROR  {name}")
    assert reason in " ".join(done.out.split())


def test_an_error_outranks_everything_and_the_other_claims_go_on(here: Here, tmp_path: Path) -> None:
    expected = tmp_path / "expected.json"
    assert here("faulty.fine", "--profile", "quick", "--json", expected).status == 0
    done = here("faulty.crash", "faulty.open", "faulty.fine", "--profile", "quick", "--strict", "--expect", expected)
    assert done.status == 4
    assert done.out.startswith("3 claims: 1 ERROR, 1 HOLDS, 1 INCONCLUSIVE")


def test_a_figure_that_cannot_be_drawn_is_an_error_that_keeps_the_evidence(here: Here, tmp_path: Path) -> None:
    done = here("faulty.figure", "--profile", "quick", "--json", tmp_path / "r.json")
    assert done.status == 4
    (claim,) = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["claims"]
    assert claim["verdict_says"].startswith("the figure blank could not be drawn: OSError: no ink (no_figure, line ")
    assert claim["readings"][0]["verdict"] == "HOLDS"


def test_a_figure_that_is_none_is_an_error(here: Here, tmp_path: Path) -> None:
    done = here("faulty.picture", "--profile", "quick", "--json", tmp_path / "r.json")
    assert done.status == 4
    assert "record.claims[0].figures[0].svg" in done.out


def test_expect_exits_1_for_a_changed_verdict_and_0_for_none(here: Here, tmp_path: Path) -> None:
    earlier = tmp_path / "earlier.json"
    assert here("faulty.fine", "faulty.open", "--profile", "quick", "--json", earlier).status == 0
    assert here("faulty.fine", "--profile", "quick", "--expect", earlier).status == 0
    record = json.loads(earlier.read_text(encoding="utf-8"))
    reading = record["claims"][0]["readings"][0]
    reading["verdict"] = reading["parts"][0]["verdict"] = record["claims"][0]["verdict"] = "PROVED"
    earlier.write_text(json.dumps(record), encoding="utf-8")
    done = here("faulty.fine", "faulty.open", "--profile", "quick", "--expect", earlier, "--strict")
    assert done.status == 1
    assert "faulty.fine, reading real: PROVED became HOLDS" in done.err
    assert "faulty.open" not in "".join(line for line in done.err.splitlines() if "differs" in line)


def test_expect_is_read_only_after_the_verdicts_are_final(
    here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ddcl_theory import report, run

    events: list[str] = []
    ran, loaded = run.run, report.load

    def run_and_tell(*arguments: Any, **options: Any) -> Any:
        record = ran(*arguments, **options)
        events.append("ran")
        return record

    def load_and_tell(path: str) -> Any:
        events.append("read")
        return loaded(path)

    monkeypatch.setattr(run, "run", run_and_tell)
    monkeypatch.setattr(report, "load", load_and_tell)
    earlier = tmp_path / "earlier.json"
    here("faulty.fine", "--profile", "quick", "--json", earlier)
    here("faulty.fine", "--profile", "quick", "--expect", earlier)
    assert events == ["ran", "ran", "read"]


def test_all_compares_with_every_claim_of_the_earlier_record(
    here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ddcl_theory import registry

    fine, open_ = (registry.Entry(f"faulty.{n}", n, "faulty:CLAIMS") for n in ("fine", "open"))
    monkeypatch.setattr(registry, "entries", lambda: [fine, open_])
    earlier = tmp_path / "earlier.json"
    assert here("all", "--profile", "quick", "--json", earlier).status == 0
    assert here("all", "--profile", "quick", "--expect", earlier).status == 0
    monkeypatch.setattr(registry, "entries", lambda: [fine])
    done = here("all", "--profile", "quick", "--expect", earlier)
    assert done.status == 1
    assert "faulty.open, reading real: INCONCLUSIVE, missing now" in done.err


def test_a_named_kind_that_did_not_run_exits_4(here: Here) -> None:
    assert here("example.square", "--profile", "quick", "--only", "property", "--require", "property").status == 0
    formal = here("example.square", "--profile", "quick", "--only", "formal")
    assert formal.status == 4
    assert "formal: no check of this kind ran" in formal.err
    left_out = here("example.square", "--profile", "quick", "--only", "property", "--require", "symbolic")
    assert left_out.status == 4
    assert "symbolic: no check of this kind ran" in left_out.err


def test_only_leaves_the_other_kinds_out_and_says_so(here: Here, tmp_path: Path) -> None:
    done = here("example.square", "--profile", "quick", "--only", "property", "--json", tmp_path / "r.json")
    assert done.out.startswith("HOLDS  example.square")
    (claim,) = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["claims"]
    outcomes = {e["kind"]: (e["outcome"], e["detail"]) for e in claim["readings"][0]["parts"][0]["evidence"]}
    assert outcomes["symbolic"] == ("NOT_RUN", "left out by --only")
    assert outcomes["property"][0] == "SUPPORTS"
    assert claim["reproduce"] == "ddcl-verify example.square --profile quick --seed 0 --only property"


def test_stdout_holds_the_result_alone(command: Here) -> None:
    done = command("faulty.chatter", "--profile", "quick", FAULTY_ISOLATED="yes")
    assert done.status == 0
    assert done.out.startswith("HOLDS  faulty.chatter")
    assert "a word" not in done.out
    assert done.err.count("a word") == 2
    assert "[1/1] faulty.chatter: HOLDS" in done.err
