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
        supports = found.outcome is Outcome.REPRODUCED
        settings_run = _extent(block, plan, found)
        return Evidence(
            self.name,
            self.kind,
            Says.SUPPORTS if supports else Says.UNDECIDED,
            strength=Strength.SAMPLED if supports else None,
            scope=f"{block.id}, {len(found.seeds)} seeds, {settings_run}, {plan.device}",
            cases=found.cases,
            detail=found.sentence(),
            experiment={**_named(block), **found.as_json()},
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


#: Of a recorded row, what follows from the effects of its replicates.
FOLLOWS = ("mean", "sd", "low", "high", "p", "p_corrected", "supported", "against")


def objections(statement: Predicted, measured: Mapping[str, Any], plan: Plan, detail: str) -> list[str]:
    """Where a recorded measurement is not that of all declared settings, or does not follow from its effects.

    plan: that of the recorded run.  detail: the sentence recorded beside the measurement.
    """
    block = load_block(statement.block)
    prediction = block.prediction(statement.prediction)
    if found := _incomplete(block, prediction, measured, plan):
        return found
    finding = reassess(block, prediction, measured)
    again = {**_named(block), **finding.as_json()}
    found = [
        f"{name} at {row['setting']} is recorded as {row[name]}, and is {right[name]}"
        for row, right in zip(measured["settings"], again["settings"], strict=True)
        for name in FOLLOWS
        if not _same(row[name], right[name])
    ]
    if measured["outcome"] != again["outcome"]:
        found.append(f"from its settings follows {again['outcome']}, not {measured['outcome']}")
    found += [
        f"{name} is recorded as {measured[name]}, and is {again[name]}"
        for name in again
        if name not in ("outcome", "settings") and not _same(measured[name], again[name])
    ]
    if not found and not detail.endswith(finding.sentence()):
        found.append(f"its effects are told as {detail!r}, and say {finding.sentence()!r}")
    return found


def _incomplete(block: Block, prediction: Prediction, measured: Mapping[str, Any], plan: Plan) -> list[str]:
    """Settings and seeds that the block declares and the record lacks, or the other way round."""
    found = []
    if list(measured["seeds"]) != list(block.seeds(plan)):
        found.append(f"seeds are recorded as {measured['seeds']}, and are {list(block.seeds(plan))}")
    declared = [dict(c + s) for s, c in settings_of(prediction, block.grid, plan.profile)]
    recorded = [row["setting"] for row in measured["settings"]]
    for what, some, others in (("lacks", declared, recorded), ("has", recorded, declared)):
        if strangers := [s for s in some if s not in others]:
            wrong = "" if what == "lacks" else ", which are not declared"
            found.append(f"it {what} {len(strangers)} settings, of them {strangers[0]}{wrong}")
    if not found and recorded != declared:
        found.append("its settings are declared in another order, or once")
    found += [
        f"at {row['setting']} are {len(row['values'])} effects of {len(measured['seeds'])} replicates"
        for row in measured["settings"]
        if len(row["values"]) != len(measured["seeds"])
    ]
    return found


def _named(block: Block) -> dict[str, Any]:
    """What a record says of the block."""
    return {"block": block.id, "title": block.title, "fixed": block.note}


def _same(recorded: Any, right: Any) -> bool:
    if isinstance(recorded, float) and isinstance(right, float):
        return math.isclose(recorded, right, rel_tol=1e-9, abs_tol=1e-12)
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
