"""What all checks share: the settings of a run, budgets that count cases, and the making of witnesses."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ddcl_theory.claim import Examination, Statement
from ddcl_theory.evidence import Evidence, Outcome, Strength, Witness
from ddcl_theory.point import height


@dataclass(frozen=True)
class Profile:
    """How much work a run does, in cases and steps, never in seconds.

    sampled: float cases a check.  examples: exact cases.  starts, steps, searches: starting points, steps and sizes of a
    gradient search.  trajectories: runs of a flow.  boxes: pieces of a branch and bound.  largest: the largest size.
    timeout: a watchdog for one check, in seconds; it never shapes the evidence.
    """

    name: str
    sampled: int
    examples: int
    starts: int
    steps: int
    trajectories: int
    boxes: int
    searches: int
    largest: int
    timeout: float


PROFILES = {
    "quick": Profile("quick", 1_000, 16, 24, 40, 8, 2_000, 2, 3, 60.0),
    "standard": Profile("standard", 10_000, 60, 96, 120, 32, 20_000, 2, 5, 300.0),
    "thorough": Profile("thorough", 400_000, 2_000, 2_048, 1_000, 1_000, 400_000, 12, 8, 3_600.0),
}


@dataclass(frozen=True)
class Settings:
    """What a check may use: the profile, the device and a seed that depends only on the run's seed and on the label.

    store: the folder with finished runs of experiments, None where experiments were not asked for.
    """

    profile: Profile = PROFILES["standard"]
    seed: int = 0
    device: str = "cpu"
    label: str = ""
    store: str | None = None

    def at(self, *parts: str) -> Settings:
        return replace(self, label="/".join((self.label, *parts)) if self.label else "/".join(parts))

    @property
    def stream(self) -> int:
        """A seed for this place: the same for any order of execution and any number of workers."""
        text = f"{self.seed}:{self.label}".encode()
        return int.from_bytes(hashlib.sha256(text).digest()[:6], "big")


class Check:
    """A check: `run` takes a statement (of a part, a twin, a neighbour or an amendment) and returns evidence."""

    kind: ClassVar[str]

    @property
    def name(self) -> str:
        return self.kind

    def applies(self, statement: Any) -> bool:
        """Whether the check can run on this statement; twins it does not apply to are not shown to it."""
        return isinstance(statement, Statement)

    def prepare(self) -> None:
        """Whatever takes long the first time and is no part of the evidence; the watchdog does not count it."""

    def run(self, statement: Any, settings: Settings) -> Evidence:
        raise TypeError(f"{type(self).__name__} does not say how it runs")

    def on_trial(self) -> Check:
        """The check as it is shown to twins and neighbours: itself, at the same budget."""
        return self

    def has_trial(self, measured: Mapping[str, Any] | None) -> bool:
        """Whether twins can tell anything; where not, they are neither tried nor counted.

        measured: what an experiment found on the part, None for other kinds.
        """
        return True

    def kills(self, evidence: Evidence) -> bool:
        """Whether its evidence on a twin shows that it noticed the falsehood."""
        return evidence.outcome is Outcome.REFUTES or evidence.violated

    def spares(self, evidence: Evidence) -> bool:
        """Whether its evidence on a neighbour shows that it accepted the variation."""
        return evidence.outcome in (Outcome.PROVES, Outcome.SUPPORTS, Outcome.VACUOUS) and not evidence.violated

    def with_points(self, points: tuple[Mapping[str, Any], ...]) -> Check:
        """The same check, offered additional exact points to examine; most kinds search by themselves."""
        return self


def witness_of(statement: Statement, found: Examination, role: str = "simplest", type_: str = "point") -> Witness:
    """Package an examination that refutes, with everything that a replay needs."""
    if not found.refutes or found.conclusion is None:
        raise ValueError("only a point that certainly refutes is a witness")
    relations = [
        {"role": "given", "id": h.id, "says": h.says, "op": t.op, "trees": t.tree(), "value": truth.value}
        for h, t, truth in found.premises
    ]
    traced, outcome = found.conclusion
    relations.append(
        {
            "role": "conclusion",
            "id": "conclusion",
            "says": "",
            "op": traced.op,
            "trees": traced.tree(),
            "value": outcome.value,
        }
    )
    exact = outcome.exact and all(truth.exact for _, _, truth in found.premises)
    return Witness(
        type=type_,
        sizes=found.sizes,
        point=found.point,
        relations=tuple(relations),
        digest=statement.digest(found.sizes),
        exact=exact,
        role=role,
        shows=_sentence(traced.op, outcome.value, bool(found.premises)),
    )


def _sentence(op: str, value: str, premises: bool) -> str:
    wanted = {
        "ge0": "at least 0",
        "gt0": "above 0",
        "eq0": "0",
        "ne0": "other than 0",
        "any": "as one of the options demands",
    }
    lead = "All hypotheses hold here, and" if premises else "Here"
    return f"{lead} what should be {wanted[op]} is {value}."


def refutation(check: Check, statement: Statement, found: list[Examination], **fields: Any) -> Evidence:
    """Evidence from refuting examinations: the simplest and, where it differs, the one with the largest violation."""
    ordered = sorted(found, key=lambda e: (sum(e.sizes.values()), height(e.point)))
    witnesses = [witness_of(statement, ordered[0], "simplest")]
    worst = max(found, key=_violation)
    if worst.point != ordered[0].point:
        witnesses.append(witness_of(statement, worst, "worst"))
    strength = Strength.EXACT if all(w.exact for w in witnesses) else Strength.CERTIFIED
    return Evidence(check.name, check.kind, Outcome.REFUTES, strength=strength, witnesses=tuple(witnesses), **fields)


def _violation(found: Examination) -> float:
    from ddcl_theory.evaluate import PRECISIONS, Inexact, balls

    assert found.conclusion is not None
    traced = found.conclusion[0]
    roots = list(traced.roots)
    if not roots:
        return 0.0
    try:
        values = [float(b) for b in balls(roots, found.point, PRECISIONS[0])]
    except (Inexact, ValueError, OverflowError):
        return 0.0
    return max(abs(v) for v in values) if traced.op == "eq0" else -min(values)
