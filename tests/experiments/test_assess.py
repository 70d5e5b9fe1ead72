"""Measuring predictions on made-up results."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from fabricated_block import BLOCK, offset

from ddcl_theory.experiments import statistics
from ddcl_theory.experiments.assess import Finding, assess, reassess
from ddcl_theory.experiments.changes import copied, scaled
from ddcl_theory.experiments.outcome import Outcome
from ddcl_theory.experiments.protocol import Block, Cell, Grid, Plan, Results, combinations

CENTRAL, ALL = Plan("standard"), Plan("thorough")


def results(value: Callable[[Cell], float | None], plan: Plan = ALL, block: Block = BLOCK) -> Results:
    return Results(block.grid, {c: {"value": value(c)} for c in block.cells(plan)})


def as_built(cell: Cell) -> float:
    return float(cell["x"]) + float(cell["offset"]) + cell.replicate / 100


def find(name: str, value: Callable[[Cell], float | None], plan: Plan = ALL) -> Finding:
    return assess(BLOCK, BLOCK.prediction(name), results(value, plan), plan)


#: The value is above 1.
ABOVE = replace(BLOCK.prediction("offset"), bound=0.0)


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
    assert "depends on offset (the answer changes in 2 of 3 pairs)" in found.sentence()
    assert "supported at 2 of 3 settings" in found.sentence()
    assert "; offset = -2: -1.96 ± " in found.sentence()


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


def test_what_only_some_replicates_support_is_open() -> None:
    found = find("rises", lambda c: None if c.replicate == 7 else as_built(c))
    assert found.outcome is Outcome.NOT_TESTABLE and found.rows[0].mean == pytest.approx(1)
    assert "1 of 10 replicates have no value: value of steady" in found.rows[0].missing
    # What fails on those that have a value is not saved by one that has none.
    assert find("falls", lambda c: None if c.replicate == 7 else as_built(c)).outcome is Outcome.NOT_REPRODUCED


@pytest.mark.parametrize("name", ["rises", "falls", "offset"])
@pytest.mark.parametrize("lost", [(), (7,), (3, 4, 5, 6, 7)])
def test_a_record_holds_all_that_its_finding_follows_from(name: str, lost: tuple[int, ...]) -> None:
    found = find(name, lambda c: None if c.replicate in lost and c["offset"] == 3 else as_built(c))
    again = reassess(BLOCK, BLOCK.prediction(name), found.as_json(), ALL)
    assert (again.as_json(), again.sentence()) == (found.as_json(), found.sentence())


def test_an_effect_taken_away_afterwards_leaves_the_row_open() -> None:
    row = find("rises", as_built).as_json()
    less = row | {"settings": [s | {"values": [*s["values"][:-1], None]} for s in row["settings"]]}
    again = reassess(BLOCK, BLOCK.prediction("rises"), less, ALL)
    assert [g.supported for g in again.groups] == [None] * 3 and "it is not recorded why" in again.sentence()


def test_half_of_the_replicates_have_no_mean() -> None:
    found = find("falls", lambda c: None if c.replicate >= 5 else as_built(c))
    assert found.outcome is Outcome.NOT_TESTABLE and found.rows[0].mean is None


def test_an_interval_that_holds_the_bound_is_said_to_show_neither_side() -> None:
    words = "interval or test do not tell the effect from the bound"
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
    assert all(r.p == r.p_corrected == 1 / 1024 for r in rows)
    noise = many(lambda c: 1 + math.sin(97 * int(c["offset"]) + 13 * c.replicate**2))
    assert all(r.p_corrected is not None and r.p is not None and r.p_corrected > r.p for r in noise.rows)
    assert all(r.p_corrected is None for r in find("rises", as_built, CENTRAL).rows)


#: Ten effects with an interval above 0 and a p-value just below the level.
NOISE = (0.30, -0.06, 0.25, 0.10, -0.05, 0.28, 0.02, 0.15, 0.2, -0.08)


def many(value: Callable[[Cell], float | None], settings: int = 40) -> Finding:
    grid = Grid({"offset": tuple(range(settings))})
    block = replace(BLOCK, grid=grid)
    return assess(block, ABOVE, results(value, ALL, block), ALL)


def test_support_that_chance_gives_among_many_settings_does_not_count() -> None:
    def chance(cell: Cell) -> float:
        i, r = int(cell["offset"]), cell.replicate
        return 1 + (NOISE[r] if i == 3 else math.sin(97 * i + 13 * r * r))

    found = many(chance)
    assert [g.supported for g in found.groups].count(True) >= 1
    assert found.by_chance and found.outcome is Outcome.NOT_REPRODUCED
    assert "not told from chance among 40 settings: the smallest p-value there, corrected" in found.sentence()
    assert found.p_count is not None and found.p_count > statistics.LEVEL
    clear = many(lambda c: chance(c) + (5 if c["offset"] == 3 else 0))
    assert not clear.by_chance and clear.outcome is Outcome.DEPENDS_ON


def test_support_at_more_settings_than_chance_gives_counts() -> None:
    rng = np.random.default_rng(6)
    drawn = [rng.permutation(NOISE) * (1 if setting < 30 else -1) for setting in range(40)]
    found = many(lambda c: 1 + drawn[int(c["offset"])][c.replicate])
    assert found.outcome is Outcome.DEPENDS_ON and found.p_count is not None and found.p_count <= statistics.LEVEL
    assert not any(g.confirmed for g in found.groups)


def test_support_everywhere_needs_no_correction() -> None:
    found = many(lambda c: 1 + NOISE[(c.replicate + int(c["offset"])) % 10], 30)
    assert all(g.supported for g in found.groups) and found.outcome is Outcome.REPRODUCED


def test_an_interval_without_the_test_is_no_support() -> None:
    values = (0.0, 0.01, 0.07, 0.05, 0.0, 0.02, 0.08, -0.02, -0.01, 0.0)
    row = many(lambda c: 1 + values[c.replicate], 1).rows[0]
    assert row.low is not None and row.low > 0 and row.p is not None and row.p > 0.025
    assert row.supported is False and not row.against


def quantified(value: Callable[[Cell], float | None], plan: Plan = ALL) -> Finding:
    """The value is above 1, at every x of 1 and 2."""
    prediction = replace(ABOVE, effect=lambda runs: runs("steady", "value") - 1, throughout={"x": (1, 2)})
    return assess(BLOCK, prediction, results(value, plan), plan)


def test_what_is_said_of_every_value_needs_every_value() -> None:
    everywhere = quantified(lambda c: 2.0)
    assert everywhere.outcome is Outcome.REPRODUCED and (len(everywhere.groups), len(everywhere.rows)) == (3, 6)
    assert "supported at 3 of 3 settings, where all 2 values of x have to" in everywhere.sentence()
    once = quantified(lambda c: 2.0 if c["x"] == 1 else 0.0)
    assert once.outcome is Outcome.NOT_REPRODUCED
    assert "taken one by one, 3 of 6 do" in once.sentence() and "asked mean above 0, at every x" in once.sentence()
    somewhere = quantified(lambda c: 2.0 if c["x"] == 1 or c["offset"] == 3 else 0.0)
    assert somewhere.outcome is Outcome.DEPENDS_ON
    row = json.loads(json.dumps(somewhere.as_json()))
    assert (row["held"], row["of"], row["throughout"]) == (1, 3, ["x"])
    assert quantified(lambda c: None if c["x"] == 1 else 2.0).outcome is Outcome.NOT_TESTABLE
    assert quantified(lambda c: None if c["x"] == 1 else 0.0).outcome is Outcome.NOT_REPRODUCED


def test_the_least_supported_value_stands_for_a_setting() -> None:
    found = quantified(lambda c: 2.0 if c["x"] == 1 else 1 + NOISE[c.replicate])
    assert [r.p_corrected for r in found.rows] == [statistics.sign_flip_p(NOISE)] * 6
    assert {r.p for r in found.rows} == {1 / 1024, statistics.sign_flip_p(NOISE)}


def within(value: Callable[[Cell], float | None]) -> Finding:
    prediction = replace(BLOCK.prediction("offset"), relation="within", bound=0.2)
    return assess(BLOCK, prediction, results(value), ALL)


def test_within_asks_both_sides() -> None:
    jitter = [(-1) ** i * 0.05 for i in range(10)]
    for shift, supported, against in ((0.0, True, False), (0.1, True, False), (0.19, False, False), (0.5, False, True)):
        for sign in (1, -1):
            row = within(lambda c, by=sign * shift: 1 + by + jitter[c.replicate]).rows[0]
            assert (row.supported, row.against) == (supported, against)
    with pytest.raises(ValueError, match="bound: got 0, accepted with the relation within"):
        replace(BLOCK.prediction("offset"), relation="within", bound=0)
    with pytest.raises(ValueError, match="throughout: x stands in over too"):
        replace(BLOCK.prediction("offset"), over={"x": (1,)}, throughout={"x": (1,)})


def test_an_effect_that_is_exactly_the_bound_is_told_apart_from_an_open_one() -> None:
    found = many(lambda c: 1.0, 3)
    assert found.outcome is Outcome.NOT_REPRODUCED
    assert "every replicate has exactly the bound at 3 of 3 settings" in found.sentence()
    assert "do not tell" not in found.sentence()


def test_what_all_runs_share_and_whose_prediction_it_is_are_told() -> None:
    shared = replace(BLOCK, conditions=lambda profile: [("steady", {"x": 1, "features": "made up"})])
    prediction = replace(BLOCK.prediction("offset"), effect=lambda runs: 1.0, ours=True)
    found = assess(shared, prediction, results(lambda c: 1.0, ALL, shared), ALL)
    assert "all runs with features = made up, x = 1" in found.sentence()
    assert found.sentence().endswith("; the prediction is this project's, not the paper's")
    assert find("offset", as_built).shared == ()


def test_combinations_count_what_concerns_the_arms() -> None:
    grid = Grid({"a": (1, 2, 3), "b": (1, 2), "c": (1, 2, 3, 4)}, ignored={"steady": ("b",)}, crossed=(("a",),))
    prediction = replace(BLOCK.prediction("offset"), over={"x": (1, 2)})
    assert combinations(prediction, grid) == 24


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
                assert not any(g.supported for g in after.groups)


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
