"""The text says the verdict first, leaves out nothing, and can be copied."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from ddcl_theory.report import terminal


def single(record: dict[str, Any], name: str) -> dict[str, Any]:
    claims = [claim for claim in record["claims"] if claim["id"] == f"example.{name}"]
    return {**record, "claims": claims, "interrupted": False, "missing": []}


def test_the_first_line_is_the_verdict_of_a_single_claim(record: dict[str, Any]) -> None:
    text = terminal.render(single(record, "spread"))
    assert text.splitlines()[0] == "REFUTED  example.spread  The spread of the prototypes grows with temperature"


def test_the_first_line_counts_the_verdicts_of_several_claims(record: dict[str, Any]) -> None:
    lines = terminal.render(record).splitlines()
    assert lines[0] == ("7 claims: 1 ERROR, 1 REFUTED, 1 CONDITIONAL, 1 VACUOUS, 1 PROVED, 1 HOLDS, 1 INCONCLUSIVE")
    assert lines[1] == "Interrupted. Asked for and not finished: example.late."
    assert lines[3] == "■ PROVED        example.decomposition  The quantisation loss splits into a fit and a spread"
    assert lines[5] == "✗ REFUTED       example.spread         The spread of the prototypes grows with temperature"


def test_an_empty_record_says_so(record: dict[str, Any]) -> None:
    text = terminal.render({**record, "claims": []})
    assert text.splitlines()[0] == "0 claims: none was finished"


def test_a_refuted_claim_in_full(record: dict[str, Any]) -> None:
    text = terminal.render(single(record, "spread"))
    flat = " ".join(text.split())
    for piece in [
        "says V(q(T), P) is non-decreasing in T, and tends to the variance of P as T → ∞",
        "uses example.decomposition, example.softmax",
        "reading softmax (as printed): REFUTED · exact · k ≤ 8, d ≤ 6",
        "given T_1 < T_2 [ordered] NEEDED: Exchanging the two turns the inequality round.",
        "REDUNDANT: V does not change under translation.",
        "part monotone: REFUTED · exact · k ≤ 8, d ≤ 6",
        "T_1 < T_2 ⟹ V(q(T_1), P) ≤ V(q(T_2), P)",
        "adversarial REFUTES (searched) · k ≤ 8, d ≤ 6, float64 · 4 096 000 cases · worst margin −0.0416 · 3.40 s",
        "formal NOT RUN Coq is not installed.",
        "simplest witness (point, k = 3, d = 1, exact)",
        "worst witness (point, k = 3, d = 2, enclosed)",
        "given T_1 < T_2: needs > 0, is [2.0333 +/- 3.1e-5] conclusion needs ≥ 0, is -18/5929",
        "failing step Appendix, proof of §1: The step differentiates",
        "amendment: HOLDS · searched · k ≤ 6, d ≤ 4 [example.spread.softmax.monotone.amended]",
        "same conclusion; does not make the part CONDITIONAL: the added hypothesis has no interior",
        "in practice Do not read a growing spread",
        "example, k = 2, d = 1, with every point within 1/100 of it",
        "part limit: PROVED · symbolic · all k, d",
        "reading fixed: HOLDS · sampled · k ≤ 8, d ≤ 6",
        "doubt left 50 000 cases",
        "twin: q drifts survived. its witness lies beyond k ≤ 8",
        "reproduce $ ddcl-verify example.spread --profile standard --seed 0",
        "twins killed 13/14, neighbours spared 5/6",
        "what this does not establish - HOLDS rests on finite samples",
        "profile standard, seed 0, device cpu",
        "coq not installed",
    ]:
        assert piece in flat, piece


def test_inconclusive_and_conditional_say_why(record: dict[str, Any]) -> None:
    flat = " ".join(terminal.render(record).split())
    assert "missing A case in which the drift of q outweighs the descent" in flat
    assert "same conclusion; makes the part CONDITIONAL: the conclusion is the same" in flat


def points(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return (
            [value["point"], *points({k: v for k, v in value.items() if k != "point"})]
            if "point" in value
            else [found for inner in value.values() for found in points(inner)]
        )
    return [found for inner in value for found in points(inner)] if isinstance(value, list) else []


@pytest.mark.parametrize("width", [40, 60, 100, 200])
def test_every_point_stands_whole_on_a_line(record: dict[str, Any], width: int) -> None:
    lines = [line.strip() for line in terminal.render(record, width=width).splitlines()]
    printed = [json.loads(line) for line in lines if line.startswith("{")]
    assert printed == points(record) and len(printed) == 5


@pytest.mark.parametrize("width", [60, 80, 100])
def test_prose_keeps_to_the_width(record: dict[str, Any], width: int) -> None:
    copied = re.compile(r"^\s*[{$]|example\.|reading |part |witness|amendment|^\d+ claims")
    long = [line for line in terminal.render(record, width=width).splitlines() if len(line) > width]
    assert all(copied.search(line) for line in long)


def test_colour_adds_nothing_but_colour(record: dict[str, Any]) -> None:
    plain, coloured = terminal.render(record), terminal.render(record, colour=True)
    assert "\x1b" not in plain
    assert "\x1b[1;31mREFUTED\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain


def test_control_characters_are_shown_not_sent(record: dict[str, Any]) -> None:
    claim = record["claims"][0]
    claim["title"] = "bell\x07 back\r\x1b]0;owned\x07 \u202eright"
    claim["reproduce"] = "ddcl-verify\x1b[2J"
    text = terminal.render(record)
    assert "bell\\x07 back\\r\\x1b]0;owned\\x07 \\u202eright" in text
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", text)


@pytest.mark.parametrize("width", [0, 39, -5])
def test_a_width_that_is_too_narrow_is_refused(record: dict[str, Any], width: int) -> None:
    with pytest.raises(ValueError, match=f"^width: {width} is too narrow; accepted is 40"):
        terminal.render(record, width=width)


def test_rendering_is_pure(record: dict[str, Any]) -> None:
    before = json.dumps(record)
    assert terminal.render(record) == terminal.render(record)
    assert json.dumps(record) == before


def test_a_table_of_scores_is_a_line_a_row(record: dict[str, Any]) -> None:
    flat = " ".join(terminal.render(single(record, "softmax")).split())
    assert "table Scores of the methods. Mean and standard deviation of three replicates." in flat
    assert "softmax: Condition T = 0.5, n 3, ACC 0.576 ± 0.053, ACC, paper 0.563 (secondary source), NMI 0.400" in flat
    assert "hard <b>: n 0" in flat
    assert "table" not in terminal.render(single(record, "spread"))
