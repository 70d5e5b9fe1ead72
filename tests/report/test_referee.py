"""The referee's report: from the record alone, the worst first, a section a paper, readable at many claims."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ddcl_theory import referee
from ddcl_theory.report import validate

Record = dict[str, Any]


def by_name(record: Record) -> dict[str, Any]:
    return {c["id"].removeprefix("example."): c for c in record["claims"]}


def sections(text: str) -> dict[str, str]:
    """The text under each counted heading, without the count."""
    found: dict[str, str] = {}
    heading = ""
    for line in text.splitlines():
        if line and not line.startswith(" ") and line.endswith(")") and " (" in line:
            heading = line.rpartition(" (")[0]
            found[heading] = ""
        elif not line.startswith(" ") and line:
            heading = ""
        if heading:
            found[heading] += line + "\n"
    return found


def joined(text: str) -> str:
    return " ".join(text.split())


def test_findings_are_ordered_by_severity(record: Record) -> None:
    major = sections(referee.render(record))["Major findings"]
    places = [major.find(f"{i}. {verdict}") for i, verdict in enumerate(("REFUTED", "CONDITIONAL", "VACUOUS"), 1)]
    assert -1 not in places and places == sorted(places)


def test_of_equal_verdicts_the_one_on_which_more_rests_comes_first(record: Record) -> None:
    lone = copy.deepcopy(by_name(record)["spread"]) | {"id": "example.lone", "title": "A lone finding", "uses": []}
    record["claims"].insert(0, lone)
    validate(record)
    major = sections(referee.render(record))["Major findings"]
    assert 0 < major.find("The spread of the prototypes") < major.find("A lone finding")
    assert "3 other claims rest on it" in joined(major)


def test_claims_are_counted_that_rest_on_another_through_others() -> None:
    claims = [
        {"id": "a", "uses": []},
        {"id": "b", "uses": ["a", "elsewhere"]},
        {"id": "c", "uses": ["b", "a"]},
        {"id": "d", "uses": ["c"]},
    ]
    assert referee.dependents(claims) == {"a": 3, "b": 2, "c": 1, "d": 0}


def test_a_finding_has_its_witness_its_failing_step_and_the_corrected_statement(record: Record) -> None:
    broken = next(
        p for c in record["claims"] for r in c["readings"] for p in r["parts"] if p["failing_step"] and p["amendment"]
    )
    major = joined(sections(referee.render(record))["Major findings"])
    assert "is false at z = 0, p_1 = 0, p_2 = p_3 = 1, e^{−1/T_1} = 1/2, e^{−1/T_2} = 3/4: " in major
    assert "the number that must be at least 0 is −18/5929 there. " in major
    assert f"Where the argument breaks: {broken['failing_step']['place']}. The step differentiates" in major
    assert (
        "Under the further hypothesis d_j ∈ {a, b} for all j, the same conclusion met no counterexample "
        f"({broken['amendment']['scope']})." in major
    )


def test_what_is_open_says_why(record: Record) -> None:
    open_ = joined(sections(referee.render(record))["Not decided, and why"])
    assert joined(by_name(record)["descent"]["readings"][0]["parts"][0]["missing"]) in open_
    assert "RuntimeError" in open_


def test_what_stands_has_its_scope(record: Record) -> None:
    stands = joined(sections(referee.render(record))["What stands"])
    for name in ("decomposition", "softmax"):
        reading = next(r for r in by_name(record)[name]["readings"] if r["as_printed"])
        assert by_name(record)[name]["title"] in stands and reading["scope"] in stands


def test_advice_is_collected_and_not_repeated(record: Record) -> None:
    readings = by_name(record)["spread"]["readings"]
    first = next(r for r in readings if r["as_printed"])
    twice = copy.deepcopy(first) | {"id": "again", "as_printed": False}
    readings.append(twice)
    validate(record)
    changes = joined(sections(referee.render(record))["What the authors should change"])
    advice = next(p["amendment"]["advice"] for p in first["parts"] if p["amendment"])
    assert changes.count(joined(advice)[1:]) == 1


def test_a_finding_under_another_reading_is_kept_apart(record: Record) -> None:
    claims = by_name(record)
    fallen = copy.deepcopy(next(r for r in claims["spread"]["readings"] if r["as_printed"]))
    claims["decomposition"]["readings"].append(fallen | {"id": "other", "as_printed": False, "says": "in other words"})
    validate(record)
    found = sections(referee.render(record))
    assert "Read as “in other words”, “" in joined(found["Findings under other readings only"])
    assert claims["decomposition"]["title"] not in joined(found["Major findings"])


def test_a_section_for_each_paper(record: Record) -> None:
    second = copy.deepcopy(by_name(record)["spread"]) | {"id": "second.spread", "uses": []}
    second["source"] = {"paper": "second", "place": "§9"}
    record["claims"].append(second)
    text = referee.render(record)
    assert text.index("\nexample\n=======\n") < text.index("\nsecond\n======\n1 claim: 1 REFUTED")
    assert text.count("What this report does not establish") == 1


@pytest.mark.parametrize("verdict", referee.ORDER)
def test_a_changed_verdict_changes_the_report(record: Record, verdict: str) -> None:
    """Nothing is known of a claim but its record."""
    claim = by_name(record)["softmax"]
    reading = next(r for r in claim["readings"] if r["as_printed"])
    for row in (claim, reading, *reading["parts"]):
        row["verdict"] = verdict
    text = referee.render(record)
    found = sections(text)
    place = {
        **dict.fromkeys(referee.FALLS, "Major findings"),
        **dict.fromkeys(referee.OPEN, "Not decided, and why"),
        **dict.fromkeys(referee.STANDS, "What stands"),
    }[verdict]
    assert [h for h, body in found.items() if claim["title"] in joined(body)] == [place]
    assert f"{verdict}  {claim['title']}" in found[place]


def test_claims_that_did_not_run_come_first(record: Record) -> None:
    record["claims"][-1] |= {"readings": [], "verdict_says": "ImportError: gone"}
    text = referee.render(record)
    assert text.index("example.crash did not run.") < text.index("Major findings")
    assert "ImportError: gone" in text


def test_control_characters_are_shown_and_not_sent(record: Record) -> None:
    text = referee.render(record)
    assert "\x1b" not in text and r"\x1b[31m" in text


@pytest.mark.parametrize("width", [60, 100])
def test_fifty_claims_fit_the_width_and_stay_short(record: Record, width: int) -> None:
    claims = record["claims"]
    for number in range(1, 7):
        for claim in claims[:7]:
            extra = copy.deepcopy(claim) | {"id": f"{claim['id']}{number}", "uses": [claim["id"]]}
            record["claims"].append(extra)
        claims = record["claims"]
    text = referee.render(record, width)
    assert len(record["claims"]) == 49
    assert max(len(line) for line in text.splitlines()) <= width
    assert len(text.splitlines()) < 15 * 49
