"""Experiment check: a sentence of a paper measured on finished runs.  It never runs anything itself.

REPRODUCED supports the part; every other outcome leaves it undecided and is named in the detail: a measurement that
comes out otherwise is no witness against a statement about all settings.
"""

from __future__ import annotations

import functools
import inspect
import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ddcl_theory.checks.base import Check, Settings
from ddcl_theory.domain import Domain
from ddcl_theory.evidence import Evidence, Strength
from ddcl_theory.evidence import Outcome as Says
from ddcl_theory.experiments.assess import Finding, assess, reassess
from ddcl_theory.experiments.index import load_block
from ddcl_theory.experiments.outcome import Outcome
from ddcl_theory.experiments.protocol import Block, Plan, Prediction, Results, combinations, settings_of
from ddcl_theory.experiments.store import Store
from ddcl_theory.expression import digest

#: What the check says while experiments are not asked for.
NOT_ASKED = "experiments run with `ddcl-verify experiments` or `--with experiments`"


@dataclass(frozen=True)
class Predicted:
    """The statement of a part about an experiment: this prediction of this block, on changed results for a trial."""

    block: str
    prediction: str
    change: str | None = None

    @property
    def domain(self) -> Domain:
        """It has no variables: it is about runs."""
        return Domain(())

    def digest(self) -> str:
        """Identifies what is measured and what is asked of it."""
        p = load_block(self.block).prediction(self.prediction)
        asked = [self.block, p.id, p.says, p.measure, p.relation, p.bound, list(p.arms), _text(p.effect)]
        conditions = [[[name, list(values)] for name, values in c.items()] for c in (p.over, p.throughout)]
        return digest([*asked, *conditions, self.change])


def _text(function: Callable[..., Any]) -> str:
    if isinstance(function, functools.partial):
        return _text(function.func) + repr((function.args, sorted(function.keywords.items())))
    return inspect.getsource(function)


@dataclass(frozen=True)
class Experiment(Check):
    """Measure a prediction on the results in the store of the run."""

    kind = "experiment"

    def applies(self, statement: Any) -> bool:
        return isinstance(statement, Predicted)

    def run(self, statement: Predicted, settings: Settings) -> Evidence:
        if settings.store is None:
            return Evidence(self.name, self.kind, Says.NOT_RUN, detail=NOT_ASKED)
        block = load_block(statement.block)
        prediction = block.prediction(statement.prediction)
        plan = Plan(settings.profile.name, settings.seed, settings.device)
        results = finished(block.id, plan, settings.store)
        found = assess(block, prediction, results, plan)
        if statement.change is not None:
            change = prediction.change(statement.change)
            changed = assess(block, prediction, change.apply(results), plan)
            return self._on_trial(found, changed, change.harmless)
        return self.evidence(block, plan, found)

    def evidence(self, block: Block, plan: Plan, found: Finding) -> Evidence:
        """What a finding says, before any trial."""
        supports = found.outcome is Outcome.REPRODUCED
        return Evidence(
            self.name,
            self.kind,
            Says.SUPPORTS if supports else Says.UNDECIDED,
            strength=Strength.SAMPLED if supports else None,
            scope=f"{block.id}, {len(found.seeds)} seeds, {_extent(block, plan, found)}, {plan.device}",
            cases=found.cases,
            detail=found.sentence(),
            experiment={
                "block": block.id,
                "title": block.title,
                "fixed": block.note,
                **found.as_json(),
            },
        )

    def has_trial(self, measured: Mapping[str, Any] | None) -> bool:
        """A false change can only overturn support: where the runs support nothing there is nothing to notice."""
        return measured is not None and measured["held"] > 0

    def _on_trial(self, before: Finding, after: Finding, harmless: bool) -> Evidence:
        """A false change must leave no setting in support of the prediction, a harmless one must leave its outcome."""
        if harmless:
            same = after.outcome is before.outcome
            return Evidence(self.name, self.kind, Says.SUPPORTS if same else Says.UNDECIDED, cases=1, violated=not same)
        answers = [group.supported for group in after.groups]
        noticed = True not in answers and False in answers
        return Evidence(self.name, self.kind, Says.UNDECIDED, cases=after.cases, violated=noticed)


def objections(check: Experiment, statement: Predicted, recorded: Mapping[str, Any], plan: Plan) -> list[str]:
    """Where recorded evidence is not that of all declared settings, or does not follow from its effects and its trials.

    recorded: a row of evidence.  plan: that of the recorded run.
    """
    measured, outcome = recorded.get("experiment"), recorded["outcome"]
    if measured is None:
        # Without a measurement there is nothing that could support or oppose.
        return [] if outcome in ("NOT_RUN", "CRASHED") else [f"its outcome is {outcome}, without a measurement"]
    if outcome not in ("SUPPORTS", "UNDECIDED"):
        return [f"its outcome is {outcome}, yet it has a measurement"]
    block = load_block(statement.block)
    prediction = block.prediction(statement.prediction)
    if found := _incomplete(block, prediction, measured, plan):
        return found
    survived = [t["id"] for t in recorded["twins"] if not t["killed"]]
    right = check.evidence(block, plan, reassess(block, prediction, measured, plan)).without_teeth(survived)
    again = right.experiment or {}
    found = [
        f"{name} at {row['setting']} is recorded as {row[name]}, and is {value}"
        for row, computed in zip(measured["settings"], again["settings"], strict=True)
        for name, value in computed.items()
        if not _same(row[name], value, _size(row) if name in SCALED else 1.0)
    ]
    if measured["outcome"] != again["outcome"]:
        found.append(f"from its settings follows {again['outcome']}, not {measured['outcome']}")
    found += [
        f"{name} is recorded as {measured[name]}, and is {value}"
        for name, value in again.items()
        if name not in ("outcome", "settings") and not _same(measured[name], value)
    ]
    around = {
        "outcome": right.outcome.name,
        "strength": None if right.strength is None else right.strength.label,
        "scope": right.scope,
        "cases": right.cases,
        "worst_margin": right.worst_margin,
        "chance_bound": right.chance_bound,
        "detail": right.detail,
    }
    # What is told of altered numbers differs with them.
    if not found:
        found = [f"{n} is recorded as {recorded[n]!r}, and is {v!r}" for n, v in around.items() if recorded[n] != v]
    return found


def _incomplete(block: Block, prediction: Prediction, measured: Mapping[str, Any], plan: Plan) -> list[str]:
    """Settings and seeds that the block declares and the record lacks, or the other way round."""
    seeds = list(block.seeds(plan))
    found = [] if measured["seeds"] == seeds else [f"seeds are recorded as {measured['seeds']}, and are {seeds}"]
    declared = [dict(c + s) for s, c in settings_of(prediction, block.grid, plan.profile)]
    recorded = [row["setting"] for row in measured["settings"]]
    for what, some, others in (("lacks", declared, recorded), ("has", recorded, declared)):
        if strangers := [s for s in some if s not in others]:
            wrong = "" if what == "lacks" else ", which are not declared"
            found.append(f"it {what} {len(strangers)} settings, of them {strangers[0]}{wrong}")
    if not found and recorded != declared:
        found.append("its settings are declared in another order, or once")
    short = [row for row in measured["settings"] if len(row["values"]) != len(measured["seeds"])]
    if short:
        found.append(
            f"at {len(short)} settings the number of effects is not that of seeds: {len(short[0]['values'])} of "
            f"{len(measured['seeds'])} at {short[0]['setting']}"
        )
    return found


#: What of a row is in the units of its effects.
SCALED = ("mean", "sd", "low", "high")


def _size(row: Mapping[str, Any]) -> float:
    """The largest effect of a recorded row, by its absolute value."""
    return max((abs(v) for v in row["values"] if v is not None), default=0.0)


def _same(recorded: Any, right: Any, scale: float = 1.0) -> bool:
    """Equal, numbers up to rounding among numbers of this scale."""
    if isinstance(right, float) and isinstance(recorded, int | float) and not isinstance(recorded, bool):
        return math.isclose(recorded, right, rel_tol=1e-9, abs_tol=1e-12 * scale)
    return bool(recorded == right)


def _extent(block: Block, plan: Plan, found: Finding) -> str:
    """Which settings ran, in words; a quick run may shorten the central one."""
    if plan.profile == "thorough":
        ran, all_ = len(found.groups), combinations(found.prediction, block.grid)
        return f"{ran} setting{'' if ran == 1 else 's'}" if ran == all_ else f"{ran} settings of {all_} combinations"
    return "central setting" if block.grid.settings(plan.profile) == [block.grid.central] else "shortened setting"


def finished(block: str, plan: Plan, store: str) -> Results:
    """The finished runs of a block, read again only when the store has changed."""
    return _read(block, plan, store, _stamp(Path(store) / block))


def _stamp(folder: Path) -> int:
    """Changes whenever a file in the subfolders appears or is replaced."""
    if not folder.is_dir():
        return 0
    with os.scandir(folder) as entries:
        return hash(tuple(sorted((e.name, e.stat().st_mtime_ns) for e in entries)))


@functools.lru_cache(maxsize=2)
def _read(block: str, plan: Plan, store: str, stamp: int) -> Results:
    return Store(store).results(load_block(block), plan)
