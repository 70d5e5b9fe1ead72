"""What the referee says: two sentences a finding, from the record, alike as text and as a page, a part for each paper."""

from __future__ import annotations

import copy
import html as escapes
import json
import re
from typing import Any

import pytest

from ddcl_theory import referee
from ddcl_theory.report import html, prose, validate
from ddcl_theory.report.findings import MAJOR, MEASURED, UNDECIDED, Audit, audit, two_sentences
from ddcl_theory.report.prose import Formula, coordinates, listed, number, rounded, violation

Record = dict[str, Any]


@pytest.fixture
def three(record: Record) -> Record:
    """The fabricated claims as those of three papers."""
    claims = []
    for paper in ("first", "second", "third"):
        text = json.dumps(record["claims"]).replace('"example.', f'"{paper}.')
        for claim in json.loads(text):
            claim["source"]["paper"] = paper
            claims.append(claim)
    record["claims"] = claims
    validate(record)
    return record


def fallen(record: Record) -> tuple[Record, Record]:
    """A reading and its part that is refuted with a witness and amended."""
    return next(
        (r, p) for c in record["claims"] for r in c["readings"] for p in r["parts"] if p["witnesses"] and p["amendment"]
    )


def texts(found: Audit) -> list[str]:
    return [referee.words(i.prose) for p in found.papers for s in p.sections for e in s.entries for i in e.items]


def test_a_finding_is_what_is_false_and_where_and_what_is_true_instead(record: Record) -> None:
    reading, part = fallen(record)
    first, second = map(referee.words, two_sentences(reading, part))
    assert first == (
        "“T_1 < T_2 ⟹ V(q(T_1), P) ≤ V(q(T_2), P)” is false at z = 0, p_1 = 0, p_2 = p_3 = 1, e^{−1/T_1} = 1/2, "
        "e^{−1/T_2} = 3/4: the number that must be at least 0 is −18/5929 there."
    )
    assert second == (
        "Under the further hypothesis d_j ∈ {a, b} for all j, the same conclusion met no counterexample (k ≤ 6, d ≤ 4)."
    )


def test_hypotheses_are_named_unless_the_assertion_names_them(record: Record) -> None:
    reading, part = fallen(record)
    part["witnesses"][0]["relations"][0] |= {"id": "centred", "says": r"\sum_j p_j = 0"}
    assert ", with ∑_j p_j = 0: the number" in referee.words(two_sentences(reading, part)[0])
    part["witnesses"][0]["relations"][0] |= {"id": "T1-positive", "says": r"T_1 > 0"}
    assert ", with" not in referee.words(two_sentences(reading, part)[0])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"same_conclusion": False, "verdict": "PROVED"},
            "What is true instead: V(q(T_1), P) ≤ V(q(T_2), P) for all 0",
        ),
        ({"same_conclusion": False, "verdict": "PROVED"}, ", given d_j ∈ {a, b} for all j, which is proved ("),
        ({"verdict": "INCONCLUSIVE"}, "the same conclusion is not decided."),
        ({"same_conclusion": False, "verdict": "REFUTED"}, "The amended statement, V("),
        ({"same_conclusion": False, "verdict": "REFUTED"}, "is false as well."),
    ],
)
def test_the_second_sentence_follows_the_amendment(record: Record, changes: Record, said: str) -> None:
    reading, part = fallen(record)
    part["amendment"] |= changes
    assert said in referee.words(two_sentences(reading, part)[1])
    assert referee.words(two_sentences(reading, part | {"amendment": None})[1]) == "No corrected statement is recorded."


def test_a_vacuous_part_says_why_with_the_last_step(record: Record) -> None:
    reading, part = next(
        (r, p) for c in record["claims"] for r in c["readings"] for p in r["parts"] if p["verdict"] == "VACUOUS"
    )
    part["evidence"][0]["detail"] = "first step\nno point is left."
    assert referee.words(two_sentences(reading, part)[0]).endswith("” says nothing: no point is left.")


def test_every_fallen_part_has_its_two_sentences(three: Record) -> None:
    said = texts(audit(three))
    for claim in three["claims"]:
        for reading in claim["readings"]:
            for part in reading["parts"]:
                if part["verdict"] in referee.FALLS:
                    assert " ".join(map(referee.words, two_sentences(reading, part))) in said


def test_each_paper_has_its_own_part_and_its_own_order(three: Record) -> None:
    found = audit(three)
    assert [p.paper for p in found.papers] == ["first", "second", "third"]
    for paper in found.papers:
        assert all(e.claim.startswith(f"{paper.paper}.") for s in paper.sections for e in s.entries)
        major = next(s for s in paper.sections if s.heading == MAJOR)
        assert [e.verdict for e in major.entries] == ["REFUTED", "CONDITIONAL", "VACUOUS"]
        assert [s.heading for s in paper.sections] == [
            "Major findings",
            "What stands",
            "Not decided, and why",
            "What the authors should change",
        ]


def test_outcomes_of_experiments_have_a_section_of_their_own(record: Record) -> None:
    claim = next(c for c in record["claims"] if c["verdict"] == "INCONCLUSIVE")
    part = claim["readings"][0]["parts"][0]
    measured = part["evidence"][0] | {"kind": "experiment", "scope": "block9, 3 seeds, central setting, cpu"}
    outcomes = ("NOT REPRODUCED", "REPRODUCED", "NOT REPRODUCED")
    claim["readings"][0]["parts"] = [
        part
        | {
            "id": f"p{n}",
            "says": f"a_{n} > 0",
            "verdict": "HOLDS" if outcome == "REPRODUCED" else "INCONCLUSIVE",
            "evidence": [
                measured
                | {"experiment": {"outcome": outcome, "ours": n == 2}, "detail": f"{outcome}: effect {n}, n = 3"}
            ],
        }
        for n, outcome in enumerate(outcomes)
    ]
    (paper,) = audit(record).papers
    found = {s.heading: s for s in paper.sections}
    (entry,) = found[MEASURED].entries
    assert [(i.label, referee.words(i.prose)) for i in entry.items] == [
        (
            "",
            "2 predictions of the paper: 1 NOT REPRODUCED, 1 REPRODUCED; 1 prediction of this project: 1 NOT REPRODUCED. "
            "Runs: block9, 3 seeds, central setting, cpu.",
        ),
        ("NOT REPRODUCED", "“a_0 > 0”: effect 0, n = 3."),
        ("REPRODUCED", "“a_1 > 0”: effect 1, n = 3."),
        ("NOT REPRODUCED", "“a_2 > 0”: effect 2, n = 3."),
    ]
    open_ = found[UNDECIDED].entries if UNDECIDED in found else ()
    assert claim["id"] not in {e.claim for e in open_}
    assert "NOT REPRODUCED: “a_2 > 0”: effect 2" in " ".join(referee.render(record).split())


def test_text_and_page_say_the_same(three: Record) -> None:
    page = html.render(three)
    section = page[page.index('<section id="referee"') : page.index('<section id="teeth"')]
    bare = "".join(escapes.unescape(re.sub(r"<[^>]+>", "", section)).split())
    text = "".join(referee.render(three).split())
    pieces = [
        piece
        for p in audit(three).papers
        for s in p.sections
        for e in s.entries
        for i in e.items
        for piece in i.prose
        if isinstance(piece, str)
    ]
    assert len(pieces) > 60
    for piece in pieces:
        shown = "".join(prose_visible(piece).split())
        assert shown in bare and shown in text


def prose_visible(piece: str) -> str:
    from ddcl_theory.report.visible import visible

    return visible(piece)


def test_the_page_links_a_finding_to_its_part(three: Record) -> None:
    page = html.render(three)
    assert page.count('class="record" href="#claim-second.spread-softmax-monotone"') == 1
    for number_ in (1, 2, 3):
        assert f'href="#referee-{number_}"' in page and f'id="referee-{number_}"' in page


def test_one_paper_needs_no_list_of_papers(record: Record) -> None:
    page = html.render(record)
    assert 'href="#referee"' in page and 'href="#referee-1"' not in page


def test_steps_at_which_several_parts_break_are_said_once(record: Record) -> None:
    reading, part = fallen(record)
    reading["parts"].append(copy.deepcopy(part) | {"id": "again"})
    reading["parts"].append(copy.deepcopy(part) | {"id": "third", "failing_step": {"place": "§9", "says": "Elsewhere"}})
    items = audit(record).papers[0].sections[0].entries[0].items
    assert [i.label for i in items[:5]] == [
        "(a)",
        "(b)",
        "(c)",
        "Where the argument for (a) and (b) breaks",
        "Where the argument for (c) breaks",
    ]
    assert items[4].prose == ("§9. Elsewhere.",)


def test_points_are_written_as_equations() -> None:
    point = {
        "z": ["-1/2"],
        "P": [["0", "1"], ["2", "0"], ["0", "1"]],
        "T": {"s": "1/2"},
        "T1": {"s": "0"},
        "T2": {"s": "1"},
        "sep": "3",
        "eta_P": "1",
        "h": ["1", "2"],
    }
    assert referee.words(coordinates(point, {"h": r"\hat h"})) == (
        "z = −1/2, P_1 = P_3 = (0, 1), P_2 = (2, 0), e^{−1/T} = 1/2, T_1 → 0, T_2 → ∞, λ_sep = 3, η_P = 1, ĥ = (1, 2)"
    )
    assert referee.words(coordinates({"h": [["1"]]}, {"h": r"\hat h"})) == "(ĥ)_1 = 1"


@pytest.mark.parametrize(
    ("op", "value", "said"),
    [
        ("ge0", "-1/4", "the number that must be at least 0 is −1/4 there"),
        ("gt0", "0", "the number that must be above 0 is 0 there"),
        ("ne0", "0", "the number that must be other than 0 is 0 there"),
        (
            "ge0",
            "[0.5 +/- 1e-9], [-0.00231719369405 +/- 2.06e-15]",
            "one of the 2 numbers that must be at least 0 is about −0.002317 there",
        ),
        ("eq0", "0, 1, -3", "one of the 3 numbers that must be 0 is −3 there"),
        ("any", "1/4; -3/4", "none of the alternatives that it allows is met there, with 1/4 and −3/4"),
    ],
)
def test_what_a_witness_violates(op: str, value: str, said: str) -> None:
    found = violation(op, value)
    assert found is not None and referee.words(found) == said


@pytest.mark.parametrize(("op", "value"), [("code", "0.1"), ("ge0", "not a number"), ("ge0", "1"), ("eq0", "0, 0")])
def test_what_cannot_be_read_as_a_violation_is_left_to_the_witness(record: Record, op: str, value: str) -> None:
    assert violation(op, value) is None
    reading, part = fallen(record)
    part["witnesses"][0]["relations"][1] |= {"op": op, "value": value}
    assert part["witnesses"][0]["shows"] in referee.words(two_sentences(reading, part)[0])


def test_numbers_are_rounded_and_say_so() -> None:
    assert number("-3/4") == (-0.75, "−3/4")
    assert number("[+/- 1e-20]") == (0.0, "about 0")
    assert number("12345678901/12345678902") == (pytest.approx(1.0), "about 1")
    assert number("much") is None
    assert [rounded(v) for v in (-0.0000123456, 123456.0, 0.5, -2.0)] == ["−0.00001235", "1.235e+05", "0.5", "−2"]


def test_lists_of_words_and_formulas() -> None:
    a, b, c = Formula("a"), Formula("b"), Formula("c")
    assert listed([a]) == (a,)
    assert listed([a, b]) == (a, " and ", b)
    assert listed([a, b, c]) == (a, ", ", b, " and ", c)
    assert prose.sentence("as it is") == "As it is." and prose.clause("As it is. ") == "As it is"
