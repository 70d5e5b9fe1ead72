"""list, show, diff, doctor, referee."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ddcl_theory.diff import differences

Here = Callable[..., Any]


def test_list_names_every_registered_claim(here: Here) -> None:
    from ddcl_theory.registry import entries

    done = here("list")
    assert [line.split()[0] for line in done.out.splitlines()] == [e.id for e in entries()]
    assert "example.square" in done.out
    assert (done.status, done.err) == (0, "")


def test_show_prints_the_declaration_and_runs_nothing(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    from ddcl_theory import engine

    monkeypatch.setattr(engine, "run_claim", None)
    done = here("show", "product")
    assert done.status == 0
    for piece in (
        "example.product  A product is non-negative",
        "reading real (as printed)",
        "part product",
        "checks  property, adversarial",
        "false twins  turned round",
        "corrected",
        "false, for a = 1",
    ):
        assert piece in done.out


def test_show_of_a_claim_that_cannot_be_loaded_exits_4_in_one_line(here: Here) -> None:
    done = here("show", "faulty.import")
    assert done.status == 4
    assert done.err.startswith("ddcl-verify: faulty.import could not be loaded: ModuleNotFoundError")
    assert done.err.count("\n") == 1


def _record(**verdicts: str) -> dict[str, Any]:
    return {
        "claims": [{"id": i, "verdict": v, "readings": [{"id": "plain", "verdict": v}]} for i, v in verdicts.items()]
    }


def test_differences_name_what_changed_went_missing_and_was_added() -> None:
    old, new = _record(a="PROVED", b="HOLDS", c="HOLDS"), _record(a="REFUTED", c="HOLDS", d="VACUOUS")
    assert differences(old, new) == [
        "a: PROVED became REFUTED",
        "a, reading plain: PROVED became REFUTED",
        "b: HOLDS, missing now",
        "b, reading plain: HOLDS, missing now",
        "d: added, VACUOUS",
        "d, reading plain: added, VACUOUS",
    ]
    assert differences(old, new, {"c"}) == []
    assert differences(old, old) == []


def test_diff_exits_1_only_for_a_difference(here: Here, tmp_path: Path) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    here("faulty.fine", "faulty.open", "--profile", "quick", "--json", old)
    here("faulty.open", "--profile", "quick", "--json", new)
    same = here("diff", old, old)
    assert (same.status, same.out) == (0, "0 of 4 verdicts differ\n")
    other = here("diff", old, new)
    assert other.status == 1
    assert other.out.splitlines() == [
        "2 of 4 verdicts differ",
        "  faulty.fine: HOLDS, missing now",
        "  faulty.fine, reading real: HOLDS, missing now",
    ]


def test_doctor_names_what_is_there_and_what_is_not(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    from ddcl_theory import registry

    monkeypatch.setattr(registry, "builtin", list)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(registry, "plugins", lambda: [registry.Entry("faulty.fine", "", "faulty:CLAIMS")])
    done = here("doctor")
    assert done.status == 0
    assert done.out.startswith("ready\n")
    for piece in ("torch ", "devices", "coq               not installed", "claims            1 registered\n"):
        assert piece in done.out
    monkeypatch.setattr(
        registry, "plugins", lambda: [registry.Entry("faulty.import", "", "faulty_module_that_is_not_there")]
    )
    broken = here("doctor")
    assert broken.status == 4
    assert broken.out.startswith("not ready\n")
    assert "faulty.import cannot be loaded: ModuleNotFoundError" in broken.err


def test_referee_puts_major_findings_first(here: Here, tmp_path: Path) -> None:
    file = tmp_path / "r.json"
    here("example.square", "example.product", "faulty.open", "faulty.import", "--profile", "quick", "--json", file)
    done = here("referee", file)
    assert done.status == 0
    order = [
        "4 claims: 1 ERROR, 1 CONDITIONAL, 1 INCONCLUSIVE, 1 PROVED",
        "faulty.import did not run.",
        "2 claims: 1 CONDITIONAL, 1 PROVED",
        "Major findings (1)",
        "is false at a = ",
        "Where the argument breaks: §2, second line",
        "What stands (1)",
        "What the authors should change (1)",
        "Check the signs",
        "Not decided, and why (1)",
        "What this report does not establish",
    ]
    places = [done.out.find(piece) for piece in order]
    assert -1 not in places, dict(zip(order, places, strict=True))
    assert places == sorted(places)


def test_the_record_says_how_to_repeat_it(here: Here, tmp_path: Path) -> None:
    file = tmp_path / "r.json"
    here("square", "product", "--profile", "quick", "--seed", "5", "--json", file)
    record = json.loads(file.read_text(encoding="utf-8"))
    assert record["command"] == "ddcl-verify example.product example.square --profile quick --seed 5"
    assert [c["reproduce"] for c in record["claims"]] == [
        "ddcl-verify example.product --profile quick --seed 5",
        "ddcl-verify example.square --profile quick --seed 5",
    ]
