"""Cells, grids, blocks and what predictions read."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from fabricated_block import BLOCK, cells, rise

from ddcl_theory.checks.experiment import Predicted
from ddcl_theory.experiments import index
from ddcl_theory.experiments.changes import planted, renumbered
from ddcl_theory.experiments.fingerprint import fingerprint
from ddcl_theory.experiments.protocol import Cell, Grid, Missing, Plan, Prediction, Results, settings_of


def test_a_cell_survives_its_journey_as_json() -> None:
    for cell in BLOCK.cells(Plan("thorough", 7)):
        assert Cell.from_json(json.loads(json.dumps(cell.as_json()))) == cell


def test_the_name_of_a_result_depends_on_everything() -> None:
    cell = cells("steady", 1)[0]
    others = [
        replace(cell, arm="slow"),
        replace(cell, condition=(("x", 2),)),
        replace(cell, setting=(("offset", 3),)),
        replace(cell, seed=1),
        replace(cell, device="cuda"),
        replace(cell, block="block1"),
    ]
    names = {c.digest("a") for c in (cell, *others)} | {cell.digest("b")}
    assert len(names) == 8


def test_the_fingerprint_changes_with_the_code() -> None:
    other = replace(BLOCK, sources=("ddcl_theory.experiments.statistics",))
    assert fingerprint(other) != fingerprint(BLOCK)
    with pytest.raises(ValueError, match="sources: the module 'sys' has no file"):
        fingerprint(replace(BLOCK, sources=("sys",)))


def test_a_plan_has_every_cell_once_and_seeds_of_its_own() -> None:
    quick, thorough = (BLOCK.cells(Plan(profile, 0)) for profile in ("quick", "thorough"))
    assert len(quick) == len(set(quick)) == 2 * 3
    assert len(thorough) == len(set(thorough)) == 3 * 2 * 10
    assert set(quick) < set(thorough)
    assert not {c.seed for c in quick} & {c.seed for c in BLOCK.cells(Plan("quick", 1))}
    assert {(c.root, c.replicate) for c in BLOCK.cells(Plan("quick", 4))} == {(4, 0), (4, 1), (4, 2)}


def test_settings_that_do_not_concern_an_arm_are_not_run_again() -> None:
    block = replace(BLOCK, conditions=lambda profile: [("none", {"x": 1})])
    assert len(block.cells(Plan("thorough"))) == 10
    prediction = replace(BLOCK.predictions[0], arms=("none",))
    assert list(settings_of(prediction, BLOCK.grid, "thorough")) == [((), ())]


def test_open_conditions_count_as_settings() -> None:
    prediction = replace(BLOCK.predictions[0], over={"x": (1, 2)})
    found = list(settings_of(prediction, BLOCK.grid, "thorough"))
    assert len(found) == len(set(found)) == 6
    assert found[0] == ((("offset", -2),), (("x", 1),)) or found[0][1] == (("x", 1),)


def test_the_central_setting_is_the_first_of_each() -> None:
    grid = Grid({"b": (1, 2), "a": ("x", "y")})
    assert grid.central == (("a", "x"), ("b", 1))
    assert grid.settings("standard") == [grid.central]
    assert len(grid.settings("thorough")) == 4 and grid.central in grid.settings("thorough")


def test_a_grid_that_is_not_crossed_leaves_its_centre_along_one_setting_at_a_time() -> None:
    grid = Grid({"a": (0, 1, 2), "b": (0, 1), "c": (0, 1)}, crossed=(("b", "c"),))
    found = {tuple(dict(s)[n] for n in "abc") for s in grid.settings("thorough")}
    assert found == {(0, 0, 0), (1, 0, 0), (2, 0, 0), (0, 1, 0), (0, 0, 1), (0, 1, 1)}
    assert len(grid.settings("thorough")) == 6
    assert grid.settings("standard") == [grid.central]
    alone = Grid(grid.values, crossed=())
    assert len(alone.settings("thorough")) == 5
    with pytest.raises(ValueError, match="crossed: e is no setting; accepted are a, b, c"):
        Grid(grid.values, crossed=(("a", "e"),))


def test_a_run_that_is_not_there_is_missing_by_name() -> None:
    cell = cells("steady", 1)[0]
    runs = Results(BLOCK.grid, {cell: {"value": 1.0, "none": None}}).at(cell.setting, 0)
    assert runs("steady", "value", x=1) == 1.0
    with pytest.raises(Missing, match="no finished run of steady at x = 2 with seed 0"):
        runs("steady", "value", x=2)
    with pytest.raises(Missing, match="none of steady at x = 1 is not defined"):
        runs("steady", "none", x=1)
    with pytest.raises(Missing, match="other of steady"):
        runs("steady", "other", x=1)


def test_a_prediction_needs_a_relation_and_both_kinds_of_changes() -> None:
    with pytest.raises(ValueError, match="relation: got 'near'"):
        replace(BLOCK.predictions[0], relation="near")
    for changes in ((renumbered(),), (planted("a", {}),), ()):
        with pytest.raises(ValueError, match="at least one false and one harmless"):
            Prediction("p", "x", "§0", "m", rise, "above", ("steady",), changes)
    with pytest.raises(ValueError, match="has no change 'other'"):
        BLOCK.predictions[0].change("other")


def test_unknown_names_are_refused_with_those_that_exist() -> None:
    with pytest.raises(ValueError, match="'block0' is unknown; accepted are block1"):
        index.load_block("block0")
    with pytest.raises(ValueError, match="unknown experiment 'block0'"):
        index.entry("block0")
    with pytest.raises(ValueError, match="has no prediction 'other'; accepted are rises, offset, falls"):
        BLOCK.prediction("other")
    with pytest.raises(ValueError, match="replicates: got 0"):
        Plan().seeds(0)


def test_every_block_of_the_index_is_what_the_index_says() -> None:
    for name, (claim, title, _, _) in index.INDEX.items():
        block = index.load_block(name)
        assert (block.id, block.claim, block.title) == (name, claim, title)
        entry = index.entry(name)
        assert index.entry(claim) == entry
        assert (entry.load().id, entry.load().title) == (claim, title)
        measured = [p for r in entry.load().readings for p in r.parts if isinstance(p.statement, Predicted)]
        assert [p.id for p in measured] == [p.id for p in block.predictions]
        assert {p.statement.block for p in measured} == {name}
        assert index.block_of_claim(claim) == name
        assert set(block.replicates) == {"quick", "standard", "thorough"}
        assert block.replicates["thorough"] >= 10
