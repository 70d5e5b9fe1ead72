"""Dynamics check: numerical runs of flows and spectra.  A run that goes wrong is a suspect, never a witness."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ddcl_theory.checks.base import Check, Settings
from ddcl_theory.claim import Statement
from ddcl_theory.evidence import Evidence, Outcome, Strength


@dataclass(frozen=True)
class Runs:
    """What an experiment measured: one margin a run, negative beyond the tolerance where the run went against it.

    unfinished: runs that say nothing either way, because they used up their steps; more than a quarter of them, and
    the experiment does not count.
    """

    margins: Any
    scope: str
    detail: str
    unfinished: int = 0


@dataclass(frozen=True)
class Dynamics(Check):
    """experiment: a function of (system, settings) that returns `Runs`.

    The system is what the statement is about (`Statement.system`: an energy, a vector field, a training flow), so that
    a twin with another system meets the same experiment.
    """

    kind = "dynamics"
    experiment: str
    title: str = "dynamics"

    @property
    def name(self) -> str:
        return self.title

    def applies(self, statement: Any) -> bool:
        return isinstance(statement, Statement) and statement.system is not None

    def run(self, statement: Statement, settings: Settings) -> Evidence:
        module, _, function = self.experiment.partition(":")
        experiment: Callable[[Any, Settings], Runs] = getattr(importlib.import_module(module), function)
        runs = experiment(statement.system, settings)
        margins = [float(m) for m in runs.margins]
        if not margins and not runs.unfinished:
            raise ValueError(f"{self.experiment} measured nothing")
        worst = min(margins, default=None)
        bad = sum(not m >= 0 for m in margins)
        if bad:
            return Evidence(
                self.name,
                self.kind,
                Outcome.UNDECIDED,
                scope=runs.scope,
                cases=len(margins),
                worst_margin=worst,
                violated=True,
                detail=f"{bad} of {len(margins)} runs went against the statement; a numerical run is no witness. {runs.detail}",
            )
        if 4 * runs.unfinished > len(margins) + runs.unfinished:
            return Evidence(
                self.name,
                self.kind,
                Outcome.UNDECIDED,
                scope=runs.scope,
                cases=len(margins),
                worst_margin=worst,
                detail=f"{runs.unfinished} runs did not end in time, too many to count the others. {runs.detail}",
            )
        return Evidence(
            self.name,
            self.kind,
            Outcome.SUPPORTS,
            scope=runs.scope,
            strength=Strength.SAMPLED,
            cases=len(margins),
            worst_margin=worst,
            detail=runs.detail,
        )
