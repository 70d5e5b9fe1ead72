"""What a caption says of the runs that are shown is what is there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fabricated_block import BLOCK, NAME

from ddcl_theory import record, registry
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claim import Figure
from ddcl_theory.experiments import central
from ddcl_theory.experiments.index import INDEX, block_of_claim
from ddcl_theory.experiments.protocol import Block, Cell, Plan, Results
from ddcl_theory.experiments.shortened import Shortened
from ddcl_theory.experiments.store import Store

QUICK, THOROUGH = Plan("quick"), Plan("thorough")


def runs(plan: Plan, block: Block = BLOCK) -> list[central.Run]:
    return [(cell, {"value": 1.0}) for cell in block.cells(plan)]


def test_only_runs_at_the_first_setting_are_shown_in_the_order_of_their_seeds() -> None:
    backwards = Results(BLOCK.grid, dict(reversed(runs(THOROUGH))))
    found = central.at_first_setting(BLOCK, THOROUGH, backwards)
    assert len(found) == 20 and {c["offset"] for c, _ in found} == {0}
    assert [c.seed for c, _ in found] == sorted(c.seed for c, _ in found)


def test_whole_runs_are_named_with_their_profile_and_seeds() -> None:
    found = central.at_first_setting(BLOCK, THOROUGH, Results(BLOCK.grid, dict(runs(THOROUGH))))
    said = central.sentence(BLOCK, THOROUGH, found)
    assert said == "Thorough profile, 10 replicates, seeds 0 to 9; central setting: offset = 0."
    assert "3 replicates, seeds 70000 to 70002" in central.sentence(BLOCK, Plan("quick", 7), runs(Plan("quick", 7)))


def test_runs_that_are_not_finished_are_not_counted() -> None:
    def said(keep: Any) -> str:
        return central.sentence(BLOCK, QUICK, [run for run in runs(QUICK) if keep(run[0])])

    assert said(lambda c: c.seed < 2).startswith("Quick profile, 2 of 3 replicates finished, seeds 0, 1;")
    partly = said(lambda c: c.seed < 2 or c["x"] == 1)
    assert "2 to 3 of 3 replicates finished an arm and condition, of seeds 0 to 2;" in partly
    assert "none of 3 replicates finished;" in said(lambda c: False)


def test_a_figure_of_the_first_replicate_names_it_alone() -> None:
    assert "the first of 3 replicates, seed 0;" in central.sentence(BLOCK, QUICK, runs(QUICK), first=True)
    lacking = [run for run in runs(QUICK) if run[0].seed or run[0]["x"] == 2]
    said = central.sentence(BLOCK, QUICK, lacking, first=True)
    assert "the first of 3 replicates, seed 0, not finished for 1 of 2 arms and conditions;" in said


def test_what_all_runs_share_is_said() -> None:
    sized = replace(
        BLOCK, conditions=lambda profile: [("steady", {"x": x, "features": "stand-in", "n": 9}) for x in (1, 2)]
    )
    assert central.sentence(sized, QUICK, runs(QUICK, sized)).endswith("in all runs: features = stand-in, n = 9.")
    assert central.shared([]) == ()


def test_a_shortened_setting_is_not_called_central() -> None:
    short = replace(BLOCK, grid=Shortened({"offset": (0, 5)}, short=(("offset", 5),)))
    assert "shortened setting: offset = 5." in central.sentence(short, QUICK, runs(QUICK, short))
    assert "central setting: offset = 0." in central.sentence(short, Plan("standard"), runs(Plan("standard"), short))


def test_the_caption_of_a_figure_in_the_record_ends_with_the_runs_that_were_drawn(tmp_path: Path) -> None:
    cells: list[Cell] = BLOCK.cells(QUICK)
    for cell in cells[:-1]:
        Store(tmp_path).write(cell, {"value": 1.0}, 0.0)
    figure = Figure("f", "t", "a", "Bars.", lambda settings: "<svg/>", experiment=NAME)
    settings = Settings(PROFILES["quick"], store=str(tmp_path))
    assert record.figure_row(figure, settings)["caption"] == (
        "Bars. Quick profile, 2 to 3 of 3 replicates finished an arm and condition, of seeds 0 to 2; "
        "central setting: offset = 0."
    )
    Store(tmp_path).write(cells[-1], {"value": 1.0}, 0.0)
    assert "Quick profile, 3 replicates, seeds 0 to 2;" in record.figure_row(figure, settings)["caption"]
    theory = replace(figure, experiment="")
    assert record.figure_row(theory, settings)["caption"] == "Bars."


FIGURES = [(e.id, f) for e in registry.entries() if block_of_claim(e.id) is not None for f in e.load().figures]


@pytest.mark.parametrize(("claim", "figure"), FIGURES, ids=[f"{claim}-{figure.id}" for claim, figure in FIGURES])
def test_captions_of_experiments_leave_profile_and_replicates_to_the_runs(claim: str, figure: Figure) -> None:
    assert figure.experiment in INDEX and INDEX[figure.experiment][0] == claim
    for word in ("thorough", "entral setting: ", "first replicate. ", "10 replicates", "3 replicates"):
        assert word not in figure.caption, word
    assert figure.alt and figure.caption.startswith(("Fixed: ", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ9"))
