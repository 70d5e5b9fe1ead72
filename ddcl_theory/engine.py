"""The engine: runs the checks of a claim, shows them the twins, replays every witness, and combines the evidence.

Claims declare, the engine runs, `verdict` decides.  Every random choice depends only on the seed and on the place
(claim, reading, part, check), so that the order of execution and the number of workers change nothing.
"""

from __future__ import annotations

import signal
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import FrameType
from typing import Any

from ddcl_theory import replay
from ddcl_theory.amendment import Judgement, judge
from ddcl_theory.checks.base import Check, Settings
from ddcl_theory.claim import Amendment, Claim, Neighbour, Part, Reading, Statement, Twin, examine
from ddcl_theory.evidence import Evidence, Outcome, Strength, Trial
from ddcl_theory.point import to_json
from ddcl_theory.verdict import Facts, Verdict, of_part, of_reading


class CheckTimeout(BaseException):
    """The watchdog ended a check; no `except Exception` inside a check takes it for a failure of its own."""


@dataclass(frozen=True)
class AmendmentResult:
    amendment: Amendment
    part: PartResult
    judgement: Judgement


@dataclass(frozen=True)
class PartResult:
    part: Part
    verdict: Verdict
    evidence: tuple[Evidence, ...]
    amendment: AmendmentResult | None
    inhabited: str

    @property
    def strength(self) -> Strength | None:
        return _strength(self.verdict, self.evidence)

    @property
    def scope(self) -> str:
        return _scope(self.verdict, self.evidence)


@dataclass(frozen=True)
class ReadingResult:
    reading: Reading
    verdict: Verdict
    parts: tuple[PartResult, ...]


@dataclass(frozen=True)
class ClaimResult:
    claim: Claim
    verdict: Verdict
    readings: tuple[ReadingResult, ...]
    figures: tuple[tuple[str, str], ...]
    seconds: float


def run_claim(claim: Claim, settings: Settings, only: Sequence[str] = (), figures: bool = True) -> ClaimResult:
    """Decide every reading of a claim.  `only` restricts the kinds of checks that run; the others are "not run"."""
    started = time.perf_counter()
    at = settings.at(claim.id)
    readings = tuple(_run_reading(r, at.at(r.id), only) for r in claim.readings)
    shown = [f for f in claim.figures if figures and (settings.store is not None or not f.experiment)]
    drawn = tuple((f.id, f.svg(at.at("figure", f.id))) for f in shown)
    default = next(r for r in readings if r.reading.as_printed)
    return ClaimResult(claim, default.verdict, readings, drawn, time.perf_counter() - started)


def _run_reading(reading: Reading, settings: Settings, only: Sequence[str]) -> ReadingResult:
    parts = tuple(run_part(p, settings.at(p.id), only) for p in reading.parts)
    return ReadingResult(reading, of_reading([p.verdict for p in parts]), parts)


def run_part(part: Part, settings: Settings, only: Sequence[str] = ()) -> PartResult:
    """Run all checks of a part with their twins and neighbours, then its amendment, and combine."""
    evidence = tuple(_run_check(c, part, settings.at(c.name), only) for c in part.checks)
    amended = _run_amendment(part, part.amendment, settings.at("amended"), only) if part.amendment else None
    inhabited = example_text(part)
    proved = any(e.outcome is Outcome.PROVES for e in evidence)
    # A run of the flow that goes wrong is no witness, but nothing that other checks found makes it good.
    against = any(e.violated and e.kind == "dynamics" for e in evidence)
    facts = Facts(
        crashed=any(e.outcome is Outcome.CRASHED for e in evidence) or (against and proved),
        refuted=any(e.outcome is Outcome.REFUTES for e in evidence),
        rescued=amended is not None and amended.judgement.makes_conditional,
        vacuous=any(e.outcome is Outcome.VACUOUS for e in evidence),
        proved=proved,
        inhabited=bool(inhabited),
        supported=any(e.outcome is Outcome.SUPPORTS for e in evidence) and not against,
    )
    return PartResult(part, of_part(facts), evidence, amended, inhabited)


def _run_check(check: Check, part: Part, settings: Settings, only: Sequence[str]) -> Evidence:
    if only and check.kind not in only:
        return Evidence(check.name, check.kind, Outcome.NOT_RUN, detail="left out by --only")
    check.prepare()
    started = time.perf_counter()
    found = _guarded(check, part.statement, settings)
    if found.outcome is Outcome.NOT_RUN:
        return found
    twins, neighbours = _teeth(check, part, found, settings)
    found = found.without_teeth([t.id for t in twins if not t.passed])
    return replace(found, twins=twins, neighbours=neighbours, seconds=time.perf_counter() - started)


def _teeth(
    check: Check, part: Part, found: Evidence, settings: Settings
) -> tuple[tuple[Trial, ...], tuple[Trial, ...]]:
    twins, neighbours = [], []
    for twin in part.twins:
        if check.applies(twin.statement) and check.has_trial(found.experiment):
            twins.append(_try_twin(check, twin, settings.at("twin", twin.id)))
    for neighbour in part.neighbours:
        if check.applies(neighbour.statement):
            points = tuple(p for p in (neighbour.example, part.example) if p is not None)
            neighbours.append(_try_neighbour(check, neighbour, points, settings.at("neighbour", neighbour.id)))
    return tuple(twins), tuple(neighbours)


def _try_twin(check: Check, twin: Twin, settings: Settings) -> Trial:
    if twin.witness is not None and isinstance(twin.statement, Statement):
        proof = examine(twin.statement, twin.witness)
        if not proof.refutes:
            return Trial(twin.id, False, "the twin's own witness does not refute it, so it is no false twin")
    points = (twin.witness,) if twin.witness is not None else ()
    on_trial = check.on_trial().with_points(points)
    found = _guarded(on_trial, twin.statement, settings)
    detail = found.detail if found.outcome is Outcome.CRASHED else found.outcome.value
    return Trial(twin.id, on_trial.kills(found), "went against it" if found.violated else detail)


def _try_neighbour(
    check: Check, neighbour: Neighbour, points: tuple[Mapping[str, Any], ...], settings: Settings
) -> Trial:
    on_trial = check.on_trial().with_points(points)
    found = _guarded(on_trial, neighbour.statement, settings)
    return Trial(
        neighbour.id, on_trial.spares(found), found.detail if found.outcome is Outcome.CRASHED else found.outcome.value
    )


def _guarded(check: Check, statement: object, settings: Settings) -> Evidence:
    """Run a check so that an exception or a time-out becomes evidence of its own, and replay its witnesses."""
    try:
        with _watchdog(settings.profile.timeout):
            found = check.run(statement, settings)
    except CheckTimeout:
        detail = f"timed out after {settings.profile.timeout:.0f} s"
        return Evidence(check.name, check.kind, Outcome.CRASHED, detail=detail)
    except Exception as error:  # every failure of a check is a result that the report must show
        where = traceback.extract_tb(error.__traceback__)[-1]
        detail = f"{type(error).__name__}: {error} ({where.name}, line {where.lineno})"
        return Evidence(check.name, check.kind, Outcome.CRASHED, detail=detail)
    for witness in found.witnesses:
        complaint = replay.objection(
            {"point": {n: to_json(v) for n, v in witness.point.items()}, "relations": list(witness.relations)}
        )
        if complaint:
            detail = f"a witness does not replay: {complaint}"
            return Evidence(check.name, check.kind, Outcome.CRASHED, detail=detail)
    return found


@contextmanager
def _watchdog(seconds: float) -> Iterator[None]:
    """Raise CheckTimeout after `seconds`.  Works in the main thread of a process, where checks run."""

    def ring(signum: int, frame: FrameType | None) -> None:
        raise CheckTimeout

    try:
        before = signal.signal(signal.SIGALRM, ring)
    except (ValueError, AttributeError):
        # Another thread, or a platform without alarms: the check runs unwatched.
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def example_text(part: Part) -> str:
    """The text of a point that meets the hypotheses: the stored example, or "" where there is none that does."""
    if part.example is None or not isinstance(part.statement, Statement):
        return ""
    found = examine(part.statement, part.example)
    return str({n: to_json(v) for n, v in found.point.items()}) if found.in_domain is True else ""


def _run_amendment(part: Part, amendment: Amendment, settings: Settings, only: Sequence[str]) -> AmendmentResult:
    result = run_part(amendment.part, settings, only)
    return AmendmentResult(amendment, result, judge(part, amendment, result.verdict))


_ORDER = {
    Verdict.REFUTED: (Outcome.REFUTES,),
    Verdict.CONDITIONAL: (Outcome.REFUTES,),
    Verdict.VACUOUS: (Outcome.VACUOUS,),
    Verdict.PROVED: (Outcome.PROVES,),
    Verdict.HOLDS: (Outcome.SUPPORTS, Outcome.PROVES),
}


def _deciding(verdict: Verdict, evidence: Sequence[Evidence]) -> list[Evidence]:
    return [e for e in evidence if e.outcome in _ORDER.get(verdict, ())]


def _strength(verdict: Verdict, evidence: Sequence[Evidence]) -> Strength | None:
    found = [e.strength for e in _deciding(verdict, evidence) if e.strength is not None]
    return max(found) if found else None


def _scope(verdict: Verdict, evidence: Sequence[Evidence]) -> str:
    scopes = [e.scope for e in _deciding(verdict, evidence) if e.scope]
    return "; ".join(dict.fromkeys(scopes))
