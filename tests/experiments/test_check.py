"""The experiment check in the engine and in a record."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import fabricated_block
import pytest
from fabricated_block import BLOCK

from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.checks.experiment import Experiment, Predicted, _extent, objections
from ddcl_theory.claim import Claim, Reading, Source, Statement
from ddcl_theory.domain import Domain, real
from ddcl_theory.engine import PartResult, run_claim, run_part
from ddcl_theory.evidence import Outcome, Strength
from ddcl_theory.experiments.assess import assess
from ddcl_theory.experiments.changes import planted, renumbered
from ddcl_theory.experiments.claim import part_of, parts_of
from ddcl_theory.experiments.execute import execute
from ddcl_theory.experiments.protocol import Block, Change, Grid, Plan, Prediction, Results
from ddcl_theory.experiments.shortened import Shortened
from ddcl_theory.experiments.store import Store
from ddcl_theory.record import claim_row, predicate_row, validate_claim
from ddcl_theory.relation import positive
from ddcl_theory.verdict import Verdict


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a run whose experiments are finished."""
    store = Store(tmp_path / "store")
    for profile in ("quick", "thorough"):
        execute(BLOCK.cells(Plan(profile)), store)
    return Settings(PROFILES["thorough"], store=str(store.folder))


def decide(name: str, settings: Settings) -> PartResult:
    return run_part(part_of(BLOCK, BLOCK.prediction(name)), settings)


def test_without_experiments_nothing_is_read_or_claimed() -> None:
    found = decide("rises", Settings())
    assert found.verdict is Verdict.INCONCLUSIVE
    assert [e.outcome for e in found.evidence] == [Outcome.NOT_RUN]
    assert "--with experiments" in found.evidence[0].detail


def test_what_is_reproduced_holds_as_sampled(settings: Settings) -> None:
    found = decide("rises", settings)
    evidence = found.evidence[0]
    assert found.verdict is Verdict.HOLDS
    assert (evidence.outcome, evidence.strength, evidence.cases) == (Outcome.SUPPORTS, Strength.SAMPLED, 30)
    assert [t.passed for t in evidence.twins] == [True] and [t.passed for t in evidence.neighbours] == [True]
    assert evidence.experiment is not None and evidence.experiment["outcome"] == "REPRODUCED"


@pytest.mark.parametrize(("name", "outcome"), [("falls", "NOT REPRODUCED"), ("offset", "DEPENDS ON")])
def test_every_other_outcome_decides_nothing(settings: Settings, name: str, outcome: str) -> None:
    found = decide(name, settings)
    evidence = found.evidence[0]
    assert found.verdict is Verdict.INCONCLUSIVE
    assert evidence.outcome is Outcome.UNDECIDED and evidence.detail.startswith(f"{outcome}: ")
    assert all(t.passed for t in (*evidence.twins, *evidence.neighbours))
    # A false change has support to overturn only where there is some.
    assert len(evidence.twins) == (1 if outcome == "DEPENDS ON" else 0) and len(evidence.neighbours) == 1


def test_a_false_change_that_leaves_support_at_one_setting_is_not_noticed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    rises = BLOCK.prediction("rises")

    def spare(results: Results) -> Results:
        return results.changed(lambda c, m: m if dict(c.setting)["offset"] == 3 else m | {"value": 0.0})

    weak = replace(rises, changes=(Change("all settings but one", spare), renumbered()))
    monkeypatch.setattr(fabricated_block, "BLOCK", replace(BLOCK, predictions=(weak,)))
    found = run_part(part_of(BLOCK, weak), settings)
    assert [t.passed for t in found.evidence[0].twins] == [False] and found.verdict is Verdict.INCONCLUSIVE


def test_runs_of_another_seed_do_not_count(settings: Settings) -> None:
    found = decide("rises", replace(settings, seed=1))
    assert found.evidence[0].detail.startswith("NOT TESTABLE: ")
    assert found.verdict is Verdict.INCONCLUSIVE


def test_results_that_come_later_are_seen(settings: Settings) -> None:
    later = replace(settings, seed=2, profile=PROFILES["quick"])
    assert decide("rises", later).verdict is Verdict.INCONCLUSIVE
    assert settings.store is not None
    execute(BLOCK.cells(Plan("quick", 2)), Store(settings.store))
    assert decide("rises", later).verdict is Verdict.HOLDS


def test_a_prediction_that_cannot_fail_does_not_count(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    blind = Prediction(
        "blind", "x", "§0", "one", lambda runs: 1.0, "above", ("steady",), (planted("p", {"value": 0.0}), renumbered())
    )
    monkeypatch.setattr(fabricated_block, "BLOCK", replace(BLOCK, predictions=(blind,)))
    found = run_part(part_of(BLOCK, blind), settings)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "did not notice the false twin p" in found.evidence[0].detail


def test_a_harmless_change_that_changes_the_outcome_is_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    fussy = replace(
        BLOCK.predictions[0],
        changes=(BLOCK.predictions[0].changes[0], replace(planted("q", {"value": 0.0}), harmless=True)),
    )
    monkeypatch.setattr(fabricated_block, "BLOCK", replace(BLOCK, predictions=(fussy,)))
    assert [t.passed for t in run_part(part_of(BLOCK, fussy), settings).evidence[0].neighbours] == [False]


def test_the_digest_depends_on_what_is_asked_and_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    digests = {predicate_row(Predicted(BLOCK.id, p.id))["digest"] for p in BLOCK.predictions}
    digests.add(Predicted(BLOCK.id, "rises", "nothing").digest())
    first = BLOCK.predictions[0]
    others = ({"bound": 0.1}, {"relation": "below"}, {"effect": fabricated_block.offset})
    for other in (replace(first, **fields) for fields in others):
        monkeypatch.setattr(fabricated_block, "BLOCK", replace(BLOCK, predictions=(other,)))
        digests.add(Predicted(BLOCK.id, "rises").digest())
    assert len(digests) == 7
    assert predicate_row(Predicted("block1", "decomposition"))["free"] == []


def test_it_looks_at_predictions_alone() -> None:
    assert Experiment().applies(Predicted(BLOCK.id, "rises"))
    assert not Experiment().applies(Statement(Domain((real("x"),)), positive(lambda x: x.x)))


def test_its_record_is_well_formed(settings: Settings) -> None:
    claim = Claim(
        "fabricated.block", "t", Source("p", "§0"), "x", (Reading("r", "runs", parts_of(BLOCK), as_printed=True),)
    )
    row = claim_row(run_claim(claim, settings), "ddcl-verify")
    validate_claim(row)
    experiment = row["readings"][0]["parts"][1]["evidence"][0]["experiment"]
    assert [s["supported"] for s in experiment["settings"]] == [True, False, True]


def extent(block: Block, profile: str) -> str:
    plan = Plan(profile)
    return _extent(block, plan, assess(block, block.prediction("rises"), Results(block.grid, {}), plan))


def test_a_shortened_run_is_not_called_central() -> None:
    short = replace(BLOCK, grid=Shortened({"offset": (0, -2)}, short=(("offset", -2),)))
    extents = [extent(short, profile) for profile in ("quick", "standard", "thorough")]
    assert extents == ["shortened setting", "central setting", "2 settings"]
    assert extent(BLOCK, "quick") == "central setting"


def test_a_grid_that_is_not_crossed_says_how_much_of_it_ran() -> None:
    grid = Grid({"offset": (0, -2, 3), "other": (1, 2)}, crossed=(("offset",),))
    assert extent(replace(BLOCK, grid=grid), "thorough") == "4 settings of 6 combinations"


Recorded = dict[str, Any]
THOROUGH = Plan("thorough")


def recorded(settings: Settings, name: str) -> tuple[Recorded, str]:
    """A measurement as a record holds it, and the sentence beside it."""
    evidence = decide(name, settings).evidence[0]
    assert evidence.experiment is not None
    return copy.deepcopy(evidence.experiment), evidence.detail


@pytest.mark.parametrize("name", [p.id for p in BLOCK.predictions])
def test_a_measurement_as_it_was_written_has_no_objection(settings: Settings, name: str) -> None:
    assert objections(Predicted(BLOCK.id, name), *in_plan(*recorded(settings, name))) == []


def in_plan(measured: Recorded, detail: str, plan: Plan = THOROUGH) -> tuple[Recorded, Plan, str]:
    return measured, plan, detail


def drop_unfavourable(m: Recorded) -> None:
    m["settings"] = [s for s in m["settings"] if s["supported"]]


def drop_a_seed(m: Recorded) -> None:
    m["seeds"].pop()
    for s in m["settings"]:
        s["values"].pop()


def other_seeds(m: Recorded) -> None:
    m["seeds"] = [s + 100 for s in m["seeds"]]


def add_a_setting(m: Recorded) -> None:
    m["settings"].append({**m["settings"][0], "setting": {"offset": 99}})


def repeat_a_setting(m: Recorded) -> None:
    m["settings"].append(m["settings"][0])


def drop_an_effect(m: Recorded) -> None:
    m["settings"][0]["values"].pop()


def lose_an_effect(m: Recorded) -> None:
    m["settings"][0]["values"][0] = None


def turn_an_effect(m: Recorded) -> None:
    m["settings"][1]["values"][0] *= -1


def set_outcome(m: Recorded) -> None:
    m["outcome"] = "REPRODUCED"


def set_corrected(m: Recorded) -> None:
    m["settings"][0]["p_corrected"] = 0.5


def set_measure(m: Recorded) -> None:
    m["measure"] = "something better"


def set_paper(m: Recorded) -> None:
    m["paper"] = "0.99"


def set_note(m: Recorded) -> None:
    m["fixed"] = "nothing"


ALTERED: list[tuple[Callable[[Recorded], None], str]] = [
    (drop_unfavourable, "it lacks"),
    (drop_a_seed, "seeds are recorded as"),
    (other_seeds, "seeds are recorded as"),
    (add_a_setting, "which are not declared"),
    (repeat_a_setting, "in another order, or once"),
    (drop_an_effect, "9 effects of 10 replicates"),
    (lose_an_effect, "mean at"),
    (turn_an_effect, "mean at"),
    (set_outcome, "from its settings follows DEPENDS ON, not REPRODUCED"),
    (set_corrected, "p_corrected at"),
    (set_measure, "measure is recorded as"),
    (set_paper, "paper is recorded as"),
    (set_note, "fixed is recorded as"),
]


@pytest.mark.parametrize(("alter", "words"), ALTERED, ids=[a.__name__ for a, _ in ALTERED])
def test_an_altered_measurement_is_noticed(settings: Settings, alter: Callable[[Recorded], None], words: str) -> None:
    measured, detail = recorded(settings, "offset")
    alter(measured)
    assert any(words in told for told in objections(Predicted(BLOCK.id, "offset"), measured, THOROUGH, detail))


def test_a_sentence_that_its_effects_do_not_say_is_noticed(settings: Settings) -> None:
    measured, detail = recorded(settings, "offset")
    told = objections(Predicted(BLOCK.id, "offset"), measured, THOROUGH, detail.replace("DEPENDS ON", "REPRODUCED", 1))
    assert len(told) == 1 and told[0].startswith("its effects are told as")


def test_a_run_of_the_centre_cannot_pass_for_a_thorough_one(settings: Settings) -> None:
    quick = recorded(replace(settings, profile=PROFILES["quick"]), "rises")
    assert objections(Predicted(BLOCK.id, "rises"), *in_plan(*quick, Plan("quick"))) == []
    told = objections(Predicted(BLOCK.id, "rises"), *in_plan(*quick))
    assert any("it lacks 2 settings" in complaint for complaint in told)
