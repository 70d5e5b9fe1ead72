"""The published runs: whole, at the thorough profile, and what the page beside them says of them is what they say."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ddcl_theory.experiments.index import INDEX
from ddcl_theory.experiments.outcome import Outcome
from ddcl_theory.file_replay import replay_record
from ddcl_theory.report import load, validate

REPORTS = Path(__file__).parents[2] / "reports"


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    return load(REPORTS / "experiments.html")


def measured(claim: dict[str, Any]) -> list[dict[str, Any]]:
    parts = [p for r in claim["readings"] for p in r["parts"]]
    return [e["experiment"] for p in parts for e in p["evidence"] if e["kind"] == "experiment"]


def test_it_is_a_whole_thorough_run_with_ten_seeds(record: dict[str, Any]) -> None:
    validate(record)
    assert (record["profile"], record["interrupted"], record["missing"]) == ("thorough", False, [])
    assert record["teeth"]["twins"]["killed"] == record["teeth"]["twins"]["total"]
    assert record["teeth"]["neighbours"]["spared"] == record["teeth"]["neighbours"]["total"]
    for claim in record["claims"]:
        assert measured(claim)
        assert all(len(e["seeds"]) >= 10 for e in measured(claim))


def test_it_replays_against_the_claims_as_they_are(record: dict[str, Any]) -> None:
    found = replay_record(record)
    assert found.problems == []
    assert found.counted["measurements"] == sum(len(measured(c)) for c in record["claims"])


def test_the_page_lists_the_blocks_with_their_outcomes(record: dict[str, Any]) -> None:
    page = (REPORTS / "README.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| `([\w-]+)` \| `([\w.]+)` \| (\d+) \| ([\w ]+) \|((?: \d+ \|){4})$", page, flags=re.MULTILINE
    )
    of = {claim: block for block, (claim, *_) in INDEX.items()}
    expected = []
    for claim in record["claims"]:
        rows_of_claim = measured(claim)
        assert len({tuple(sorted(e["seeds"])) for e in rows_of_claim}) == 1
        for ours, whose in ((False, "the paper"), (True, "this project")):
            found = Counter(e["outcome"] for e in rows_of_claim if e["ours"] is ours)
            if found:
                counts = "".join(f" {found[o.label]} |" for o in Outcome)
                seeds = str(len(rows_of_claim[0]["seeds"]))
                expected.append((of[claim["id"]], claim["id"], seeds, whose, counts))
    assert rows == expected
    blocks = dict.fromkeys(row[0] for row in rows)
    whole = list(blocks) == list(INDEX)
    asked = "ddcl-verify experiments " + ("" if whole else f"{' '.join(blocks)} ")
    assert f"{asked}--profile thorough" in page
