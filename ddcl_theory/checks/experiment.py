"""Experiment check: a sentence of a paper measured on finished runs.  It never runs anything itself.

REPRODUCED supports the part; every other outcome leaves it undecided and is named in the detail: a measurement that
comes out otherwise is no witness against a statement about all settings.
"""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ddcl_theory.checks.base import Check, Settings
from ddcl_theory.domain import Domain
from ddcl_theory.evidence import Evidence, Strength
from ddcl_theory.evidence import Outcome as Says
from ddcl_theory.experiments.assess import Finding, assess
from ddcl_theory.experiments.index import load_block
from ddcl_theory.experiments.outcome import Outcome
from ddcl_theory.experiments.protocol import Block, Plan, Results
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
        return digest([*asked, [[name, list(values)] for name, values in p.over.items()], self.change])


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
        settings_run = _extent(block, plan, len(found.rows))
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

    def _on_trial(self, before: Finding, after: Finding, harmless: bool) -> Evidence:
        """A false change must not leave the prediction reproduced, a harmless one must leave its outcome."""
        if harmless:
            same = after.outcome is before.outcome
            return Evidence(self.name, self.kind, Says.SUPPORTS if same else Says.UNDECIDED, cases=1, violated=not same)
        noticed = after.outcome is not Outcome.REPRODUCED and any(r.supported is False for r in after.rows)
        return Evidence(self.name, self.kind, Says.UNDECIDED, cases=after.cases, violated=noticed)


def _extent(block: Block, plan: Plan, rows: int) -> str:
    """Which settings ran, in words; a quick run may shorten the central one."""
    if plan.profile == "thorough":
        return _count(rows, "setting")
    return "central setting" if block.grid.settings(plan.profile) == [block.grid.central] else "shortened setting"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


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
