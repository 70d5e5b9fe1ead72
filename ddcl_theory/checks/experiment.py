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
from ddcl_theory.experiments.protocol import Block, Plan, Results, combinations
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
            experiment={"block": block.id, "title": block.title, "fixed": block.note, **found.as_json()},
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
FOLLOWS = ("mean", "sd", "low", "high", "p", "supported", "against")


def objections(statement: Predicted, measured: Mapping[str, Any]) -> list[str]:
    """Where a recorded measurement does not follow from the effects that it records."""
    prediction = load_block(statement.block).prediction(statement.prediction)
    again = reassess(prediction, measured).as_json()
    # Which replicate has no value is not recorded, and the correction depends on it.
    whole = all(len(row["values"]) == len(measured["seeds"]) for row in measured["settings"])
    found = [
        f"{name} at {row['setting']} is recorded as {row[name]}, and is {right[name]}"
        for row, right in zip(measured["settings"], again["settings"], strict=True)
        for name in (*FOLLOWS, *(("p_corrected",) if whole else ()))
        if not _same(row[name], right[name])
    ]
    names = ("asked", "ours", "throughout", "held", "of", *(("p_count",) if whole else ()))
    found += [
        f"{name} is recorded as {measured[name]}, and is {again[name]}"
        for name in names
        if not _same(measured[name], again[name])
    ]
    # The recorded p-values decide here, since they may not be computed again.
    concluded = reassess(prediction, measured, corrected=False).outcome.label
    if measured["outcome"] != concluded:
        found.append(f"from its settings follows {concluded}, not {measured['outcome']}")
    return found


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
