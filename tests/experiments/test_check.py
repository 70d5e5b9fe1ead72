"""The experiment check in the engine and in a record."""

from __future__ import annotations

import json
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


def recorded(settings: Settings, name: str) -> Recorded:
    """The evidence on a prediction as a record holds it, read back from its text."""
    claim = Claim(
        "fabricated.block", "t", Source("p", "§0"), "x", (Reading("r", "runs", parts_of(BLOCK), as_printed=True),)
    )
    row = json.loads(json.dumps(claim_row(run_claim(claim, settings), "ddcl-verify")))
    parts = {p["id"]: p for p in row["readings"][0]["parts"]}
    found: Recorded = parts[name]["evidence"][0]
    return found


def complaints(evidence: Recorded, name: str, plan: Plan = THOROUGH) -> list[str]:
    return objections(Experiment(), Predicted(BLOCK.id, name), evidence, plan)


@pytest.mark.parametrize("name", [p.id for p in BLOCK.predictions])
def test_evidence_as_it_was_written_has_no_objection(settings: Settings, name: str) -> None:
    evidence = recorded(settings, name)
    assert complaints(evidence, name) == []
    # Another program may order the keys anew and drop the fraction of a whole number.
    rewritten = json.loads(
        json.dumps(evidence, sort_keys=True), parse_float=lambda t: int(float(t)) if float(t) % 1 == 0 else float(t)
    )
    assert complaints(rewritten, name) == []


def test_a_check_without_teeth_is_told_as_it_was(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    rises = BLOCK.prediction("rises")
    blind = replace(rises, changes=(Change("nothing", lambda results: results), renumbered()))
    monkeypatch.setattr(fabricated_block, "BLOCK", replace(BLOCK, predictions=(blind,)))
    found = run_part(part_of(BLOCK, blind), settings).evidence[0]
    evidence = {
        "outcome": found.outcome.name,
        "strength": None,
        "scope": found.scope,
        "cases": found.cases,
        "worst_margin": None,
        "chance_bound": None,
        "detail": found.detail,
        "twins": [{"id": t.id, "killed": t.passed} for t in found.twins],
        "experiment": found.experiment,
    }
    assert complaints(evidence, "rises") == []
    evidence["twins"] = []
    assert any(
        "outcome is recorded as 'UNDECIDED', and is 'SUPPORTS'" in told for told in complaints(evidence, "rises")
    )


def drop_unfavourable(e: Recorded) -> None:
    e["experiment"]["settings"] = [s for s in e["experiment"]["settings"] if s["supported"]]


def drop_a_seed(e: Recorded) -> None:
    e["experiment"]["seeds"].pop()
    for s in e["experiment"]["settings"]:
        s["values"].pop()


def other_seeds(e: Recorded) -> None:
    e["experiment"]["seeds"] = [s + 100 for s in e["experiment"]["seeds"]]


def add_a_setting(e: Recorded) -> None:
    settings = e["experiment"]["settings"]
    settings.append({**settings[0], "setting": {"offset": 99}})


def repeat_a_setting(e: Recorded) -> None:
    settings = e["experiment"]["settings"]
    settings.append(settings[0])


def drop_an_effect(e: Recorded) -> None:
    e["experiment"]["settings"][0]["values"].pop()


def lose_an_effect(e: Recorded) -> None:
    e["experiment"]["settings"][0]["values"][0] = None


def turn_an_effect(e: Recorded) -> None:
    e["experiment"]["settings"][1]["values"][0] *= -1


def shrink(e: Recorded) -> None:
    for s in e["experiment"]["settings"]:
        s["values"] = [v * 1e-20 for v in s["values"]]
        s["mean"], s["low"], s["high"], s["sd"] = -9e-13, -9.9e-13, -8e-13, 0.0


def drop_the_measurement(e: Recorded) -> None:
    del e["experiment"]
    e.update(outcome="SUPPORTS", strength="sampled", twins=[])


def hide_the_measurement(e: Recorded) -> None:
    e["outcome"] = "NOT_RUN"


def in_row(name: str, value: object) -> Callable[[Recorded], None]:
    return lambda e: e["experiment"]["settings"][0].update({name: value})


def in_measurement(name: str, value: object) -> Callable[[Recorded], None]:
    return lambda e: e["experiment"].update({name: value})


def beside(name: str, value: object) -> Callable[[Recorded], None]:
    return lambda e: e.update({name: value})


ALTERED: dict[str, tuple[Callable[[Recorded], None], str]] = {
    "unfavourable settings dropped": (drop_unfavourable, "it lacks"),
    "a seed dropped": (drop_a_seed, "seeds are recorded as"),
    "other seeds": (other_seeds, "seeds are recorded as"),
    "a setting more": (add_a_setting, "which are not declared"),
    "a setting twice": (repeat_a_setting, "in another order, or once"),
    "an effect dropped": (drop_an_effect, "9 of 10 at"),
    "an effect lost": (lose_an_effect, "mean at"),
    "an effect turned": (turn_an_effect, "mean at"),
    "tiny effects": (shrink, "mean at"),
    "no measurement": (drop_the_measurement, "without a measurement"),
    "not run, yet measured": (hide_the_measurement, "yet it has a measurement"),
    "the corrected p-value": (in_row("p_corrected", 0.5), "p_corrected at"),
    "support": (in_row("supported", None), "supported at"),
    "why nothing is missing": (in_row("missing", "9 of 10 replicates were lost"), "missing at"),
    "the outcome": (in_measurement("outcome", "REPRODUCED"), "follows DEPENDS ON, not REPRODUCED"),
    "the measure": (in_measurement("measure", "something better"), "measure is recorded as"),
    "the paper": (in_measurement("paper", "0.99"), "paper is recorded as"),
    "what is fixed": (in_measurement("fixed", "nothing"), "fixed is recorded as"),
    "what all runs share": (in_measurement("shared", {"data": "ImageNet"}), "shared is recorded as"),
    "an infinite number": (in_measurement("p_count", float("inf")), "p_count is recorded as"),
    "the sentence": (beside("detail", "REPRODUCED: everywhere"), "detail is recorded as"),
    "the outcome of the evidence": (beside("outcome", "SUPPORTS"), "outcome is recorded as"),
    "the strength": (beside("strength", "sampled"), "strength is recorded as"),
    "the scope": (beside("scope", "every setting there is"), "scope is recorded as"),
    "the cases": (beside("cases", 10**9), "cases is recorded as"),
    "a margin": (beside("worst_margin", 1.0), "worst_margin is recorded as"),
    "a chance": (beside("chance_bound", 1e-9), "chance_bound is recorded as"),
}


@pytest.mark.parametrize(("alter", "words"), ALTERED.values(), ids=list(ALTERED))
def test_altered_evidence_is_noticed(settings: Settings, alter: Callable[[Recorded], None], words: str) -> None:
    evidence = recorded(settings, "offset")
    alter(evidence)
    assert any(words in told for told in complaints(evidence, "offset"))


def test_a_sentence_before_that_of_its_effects_is_noticed(settings: Settings) -> None:
    evidence = recorded(settings, "offset")
    evidence["detail"] = f"REPRODUCED beyond doubt; {evidence['detail']}"
    assert len(complaints(evidence, "offset")) == 1


def test_a_run_of_the_centre_cannot_pass_for_a_thorough_one(settings: Settings) -> None:
    quick = recorded(replace(settings, profile=PROFILES["quick"]), "rises")
    assert complaints(quick, "rises", Plan("quick")) == []
    assert any("it lacks 2 settings" in told for told in complaints(quick, "rises"))


def test_a_condition_of_the_machine_that_ran_is_taken_as_recorded(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def elsewhere(data: str, samples: int) -> Block:
        conditions = [(arm, {**c, "data": data, "samples": samples}) for arm, c in BLOCK.conditions("thorough")]
        return replace(BLOCK, conditions=lambda profile: conditions, environment="data")

    name, seeds, rises = "rises", BLOCK.seeds(THOROUGH), BLOCK.prediction("rises")
    there = elsewhere("theirs", 1000)
    found = assess(there, rises, Results(BLOCK.grid, {}), THOROUGH)
    assert dict(found.shared).items() >= {"data": "theirs", "samples": 1000}.items() and found.seeds == seeds
    evidence = Experiment().evidence(there, THOROUGH, found)
    row = {
        "outcome": evidence.outcome.name,
        "strength": None,
        "worst_margin": None,
        "chance_bound": None,
        "twins": [],
        **{n: getattr(evidence, n) for n in ("scope", "cases", "detail", "experiment")},
    }
    # Another source of data is no mistake; the same source with another number of samples is.
    for here, right in ((elsewhere("ours", 50), True), (there, True), (elsewhere("theirs", 50), False)):
        monkeypatch.setattr(fabricated_block, "BLOCK", here)
        assert (complaints(row, name) == []) is right
