"""Measuring predictions on made-up results."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from fabricated_block import BLOCK, offset

from ddcl_theory.experiments.assess import Finding, assess
from ddcl_theory.experiments.changes import copied, scaled
from ddcl_theory.experiments.outcome import Outcome
from ddcl_theory.experiments.protocol import Block, Cell, Plan, Results

CENTRAL, ALL = Plan("standard"), Plan("thorough")


def results(value: Callable[[Cell], float | None], plan: Plan = ALL, block: Block = BLOCK) -> Results:
    return Results(block.grid, {c: {"value": value(c)} for c in block.cells(plan)})


def as_built(cell: Cell) -> float:
    return float(cell["x"]) + float(cell["offset"]) + cell.replicate / 100


def find(name: str, value: Callable[[Cell], float | None], plan: Plan = ALL) -> Finding:
    return assess(BLOCK, BLOCK.prediction(name), results(value, plan), plan)


def test_what_is_so_at_every_setting_is_reproduced() -> None:
    found = find("rises", as_built)
    assert found.outcome is Outcome.REPRODUCED
    assert found.cases == 30 and [len(r.values) for r in found.rows] == [10, 10, 10]
    assert all(r.supported and r.mean == pytest.approx(1) and not r.against for r in found.rows)


def test_what_is_so_nowhere_is_not_reproduced_and_the_opposite_is_told() -> None:
    found = find("falls", as_built)
    assert found.outcome is Outcome.NOT_REPRODUCED
    assert all(r.supported is False and r.against for r in found.rows)


def test_what_is_so_somewhere_depends_and_says_on_what() -> None:
    found = find("offset", as_built)
    assert found.outcome is Outcome.DEPENDS_ON
    assert "depends on offset (0: 1/1, -2: 0/1, 3: 1/1)" in found.sentence()
    assert "supported at 2 of 3 settings" in found.sentence()


def test_an_interval_that_reaches_over_the_bound_supports_nothing_and_opposes_nothing() -> None:
    found = find("rises", lambda c: c["x"] * (0.5 if c.replicate % 2 else 0.6) - 0.05 * c.replicate % 3, CENTRAL)
    row = found.rows[0]
    assert row.low is not None and row.high is not None and row.low < 0.5 < row.high
    assert row.supported is False and not row.against
    assert found.outcome is Outcome.NOT_REPRODUCED


def test_missing_runs_leave_it_open_and_are_named() -> None:
    found = find("rises", lambda c: None if c["x"] == 2 and c["offset"] == 3 else as_built(c))
    assert found.outcome is Outcome.NOT_TESTABLE
    assert "not decided at 1 of 3 settings: value of steady at x = 2 is not defined" in found.sentence()
    nothing = assess(BLOCK, BLOCK.prediction("rises"), Results(BLOCK.grid, {}), CENTRAL)
    assert nothing.outcome is Outcome.NOT_TESTABLE and nothing.cases == 0
    assert "no finished run of steady at x = 2 with seed 0" in nothing.sentence()


def test_too_few_seeds_decide_nothing() -> None:
    block = replace(BLOCK, replicates={"quick": 2, "standard": 2, "thorough": 2})
    found = assess(block, block.prediction("rises"), results(as_built, CENTRAL, block), CENTRAL)
    assert found.outcome is Outcome.NOT_TESTABLE
    assert "2 seeds, needed 3" in found.sentence()


def test_half_of_the_replicates_are_not_enough() -> None:
    found = find("rises", lambda c: None if c.replicate >= 5 else as_built(c))
    assert found.outcome is Outcome.NOT_TESTABLE
    assert find("rises", lambda c: None if c.replicate >= 6 else as_built(c)).outcome is Outcome.REPRODUCED


def test_an_interval_that_holds_the_bound_is_said_to_show_neither_side() -> None:
    words = "the interval holds the bound"
    spread = find("rises", lambda c: as_built(c) if c["x"] != 2 else 10.0 * (-1) ** c.replicate)
    assert spread.outcome is Outcome.NOT_REPRODUCED and not any(r.against for r in spread.rows)
    assert f"{words} at 3 of 3 settings" in spread.sentence()
    turned = find("rises", lambda c: -(as_built(c) or 0.0))
    assert turned.outcome is not Outcome.REPRODUCED
    assert (words in turned.sentence()) == any(r.supported is False and not r.against for r in turned.rows)
    assert words not in every(lambda c: 1.0 + (c.replicate == 1)).sentence()


def every(value: Callable[[Cell], float | None]) -> Finding:
    prediction = replace(BLOCK.prediction("offset"), relation="every", effect=lambda runs: float(offset(runs) == 0))
    return assess(BLOCK, prediction, results(value, CENTRAL), CENTRAL)


def test_every_means_every_replicate() -> None:
    assert every(lambda c: 1.0).outcome is Outcome.REPRODUCED
    assert every(lambda c: 1.0 + (c.replicate == 1)).outcome is Outcome.NOT_REPRODUCED
    assert not every(lambda c: 1.0 + (c.replicate == 1)).rows[0].against
    assert every(lambda c: 2.0).rows[0].against


def test_a_replicate_without_a_value_may_be_the_one_that_fails() -> None:
    block = replace(BLOCK, replicates={"quick": 5, "standard": 5, "thorough": 5})
    prediction = replace(BLOCK.prediction("offset"), relation="every", effect=lambda runs: float(offset(runs) == 0))
    found = assess(block, prediction, results(lambda c: None if c.replicate == 4 else 1.0, CENTRAL, block), CENTRAL)
    assert found.outcome is Outcome.NOT_TESTABLE
    found = assess(block, prediction, results(lambda c: None if c.replicate == 4 else 2.0, CENTRAL, block), CENTRAL)
    assert found.outcome is Outcome.NOT_REPRODUCED


def test_p_values_are_corrected_over_the_settings() -> None:
    rows = find("rises", as_built).rows
    assert all(r.p == 1 / 1024 and r.p_holm == pytest.approx(3 / 1024) for r in rows)


def test_false_changes_are_noticed_and_harmless_ones_change_nothing() -> None:
    for name in ("rises", "offset", "falls"):
        prediction = BLOCK.prediction(name)
        before = results(as_built)
        for change in prediction.changes:
            after = assess(BLOCK, prediction, change.apply(before), ALL)
            if change.harmless:
                assert after.outcome is assess(BLOCK, prediction, before, ALL).outcome
                assert [sorted(r.values) for r in after.rows] == [
                    sorted(r.values) for r in assess(BLOCK, prediction, before, ALL).rows
                ]
            else:
                assert after.outcome is not Outcome.REPRODUCED


def test_a_copied_condition_takes_the_numbers_of_its_counterpart() -> None:
    change = copied("c", "x", 2, 1, lambda metric, value: value - 5)
    after = dict(change.apply(results(as_built)))
    for cell, metrics in after.items():
        assert metrics["value"] == pytest.approx(as_built(cell) if cell["x"] == 1 else as_built(cell) - 1 - 5)


def test_a_scaled_metric_leaves_undefined_ones_alone() -> None:
    after = dict(scaled("s", "value", 3.0).apply(results(lambda c: None if c["x"] == 1 else 2.0, CENTRAL)))
    assert {m["value"] for m in after.values()} == {None, 6.0}


def test_a_finding_is_json_and_a_sentence() -> None:
    found = find("rises", as_built, CENTRAL)
    row = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert row["outcome"] == "REPRODUCED" and row["seeds"] == [0, 1, 2]
    assert row["settings"][0]["setting"] == {"offset": 0} and len(row["settings"][0]["values"]) == 3
    assert found.sentence().startswith("REPRODUCED: rise, asked mean above 0.5; 1 ± ")
    assert found.sentence().endswith(", 95 % interval [1, 1], n = 3; the paper: about 1")
