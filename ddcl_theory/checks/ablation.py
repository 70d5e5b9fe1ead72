"""Ablation: drop each hypothesis in turn and look for a counterexample that it excluded.

NEEDED comes with an exact witness; REDUNDANT needs a proof without the hypothesis; otherwise UNDECIDED.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ddcl_theory.checks.base import Check, Settings, witness_of
from ddcl_theory.checks.exact_search import simplified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Examination, Hypothesis, Statement, examine
from ddcl_theory.domain import Domain, Variable
from ddcl_theory.evidence import Evidence, Outcome, Witness
from ddcl_theory.relation import at_least_zero

#: What a kind becomes when one of its constraints is dropped.
WEAKER = {
    ("simplex", "nonnegative"): "sum-one",
    ("simplex", "sums-to-one"): "nonnegative",
    ("sum-one", "sums-to-one"): "real",
    ("nonnegative", "nonnegative"): "real",
    ("positive", "positive"): "real",
}


@dataclass(frozen=True)
class Ablation(Check):
    """proof: the symbolic proof that is tried without the hypothesis, where there is one.

    only: identifiers of the hypotheses to drop; all but the positivity of temperatures by default, because without it
    the soft assignment is another function.
    breaks: points to try where a hypothesis is dropped, by its identifier, after those that it brings itself; what the
    kind of a variable demands brings none.
    """

    kind = "ablation"
    proof: str | None = None
    only: tuple[str, ...] | None = None
    breaks: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)

    def run(self, statement: Statement, settings: Settings) -> Evidence:
        rows: list[dict[str, Any]] = []
        temperatures = {f"{v.name}-positive" for v in statement.domain.variables if v.kind == "temperature"}
        known = [h.id for h in statement.hypotheses()]
        unknown = [name for name in self.breaks if name not in known]
        if unknown:
            raise ValueError(f"breaks: no hypothesis {unknown[0]!r}; the statement has {', '.join(known) or 'none'}")
        for h in statement.hypotheses():
            if h.id in temperatures or (self.only is not None and h.id not in self.only):
                continue
            weaker = without(statement, h)
            if self.proof is not None and Symbolic(self.proof).run(weaker, settings).outcome is Outcome.PROVES:
                rows.append(_row(h, "REDUNDANT", "the proof goes through without it", None))
                continue
            tried = (*h.breaks, *self.breaks.get(h.id, ()))
            found = _counterexample(weaker, tried, settings.at("without", h.id))
            if found is None:
                rows.append(_row(h, "UNDECIDED", "no counterexample found without it", None))
                continue
            witness = witness_of(weaker, found)
            rows.append(_row(h, "NEEDED", f"without it a counterexample exists: {witness.shows}", witness))
        needed = sum(r["status"] == "NEEDED" for r in rows)
        return Evidence(
            self.name,
            self.kind,
            Outcome.INFORMS,
            cases=len(rows),
            ablations=tuple(rows),
            scope="one hypothesis at a time",
            detail=f"{needed} of {len(rows)} hypotheses are needed",
        )

    def on_trial(self) -> Ablation:
        return _IdleAblation()


@dataclass(frozen=True)
class _IdleAblation(Ablation):
    """The teeth of ablation: adds a hypothesis that always holds and drops it again.

    On a false twin the search must find the counterexample; on a true neighbour it must not call the idle one needed.
    """

    def run(self, statement: Statement, settings: Settings) -> Evidence:
        idle = Hypothesis("idle", r"1 \ge 0", at_least_zero(lambda x: 1))
        given = replace(statement, given=(*statement.given, idle), _traces={})
        return Ablation(only=("idle",)).run(given, settings)

    def kills(self, evidence: Evidence) -> bool:
        return any(row["status"] == "NEEDED" for row in evidence.ablations)

    def spares(self, evidence: Evidence) -> bool:
        return bool(evidence.ablations) and not self.kills(evidence)


def _row(h: Hypothesis, status: str, detail: str, witness: Witness | None) -> dict[str, Any]:
    return {"id": h.id, "says": h.says, "status": status, "detail": detail, "witness": witness}


def without(statement: Statement, h: Hypothesis) -> Statement:
    """The statement with one hypothesis dropped; a constraint of a kind is dropped by weakening the kind."""
    if any(h.id == g.id for g in statement.given):
        return dataclasses.replace(statement, given=tuple(g for g in statement.given if g.id != h.id), _traces={})
    name, _, constraint = h.id.partition("-")
    variables = tuple(_weaker(v, constraint) if v.name == name else v for v in statement.domain.variables)
    return replace(statement, domain=Domain(variables, statement.domain.sizes), _traces={})


def _weaker(v: Variable, constraint: str) -> Variable:
    if (v.kind, constraint) not in WEAKER:
        raise ValueError(f"{v.name}: cannot drop {constraint!r} from a {v.kind} variable")
    return replace(v, kind=WEAKER[v.kind, constraint])


def _counterexample(weaker: Statement, tried: Sequence[Mapping[str, Any]], settings: Settings) -> Examination | None:
    for raw in tried:
        found = examine(weaker, raw)
        if found.refutes:
            return simplified(weaker, found)
    profile = replace(
        settings.profile, sampled=min(settings.profile.sampled, 4_000), largest=min(settings.profile.largest, 3)
    )
    evidence = Property().run(weaker, replace(settings, profile=profile))
    if evidence.outcome is Outcome.REFUTES:
        return weaker.examine(evidence.witnesses[0].point)
    return None
