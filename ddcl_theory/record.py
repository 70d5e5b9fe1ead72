"""The recorded result: what a run found, as a plain dict that renderers and the replay read.

`claim_row` turns a `ClaimResult` into the record of one claim; `assemble` puts the records of a run together.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ddcl_theory import replay, summary
from ddcl_theory.checks.experiment import Predicted
from ddcl_theory.claim import Figure, Hypothesis, Part, Statement
from ddcl_theory.engine import AmendmentResult, ClaimResult, PartResult, ReadingResult
from ddcl_theory.evidence import Evidence, Witness
from ddcl_theory.expression import digest, lift, serialise
from ddcl_theory.point import height, to_json
from ddcl_theory.relation import at_least_zero
from ddcl_theory.verdict import Verdict
from ddcl_theory.versions import versions

SCHEMA = "ddcl-verify/1"

Row = dict[str, Any]


def evidence_row(e: Evidence) -> Row:
    row: Row = {
        "check": e.check,
        "kind": e.kind,
        "outcome": e.outcome.name,
        "strength": e.strength.label if e.strength is not None else None,
        "scope": e.scope,
        "cases": e.cases,
        "worst_margin": _measured(e.worst_margin),
        "chance_bound": _measured(e.chance_bound),
        "seconds": round(e.seconds, 4),
        "detail": e.detail,
        "twins": [{"id": t.id, "killed": t.passed, "detail": t.detail} for t in e.twins],
        "neighbours": [{"id": t.id, "spared": t.passed, "detail": t.detail} for t in e.neighbours],
    }
    extras = {"formal": e.formal, "experiment": e.experiment}
    return row | {name: dict(extra) for name, extra in extras.items() if extra is not None}


def _measured(value: float | None) -> float | None:
    """A measurement, None where it is not a finite number: JSON has no form for the others."""
    return float(value) if value is not None and math.isfinite(value) else None


def witness_row(w: Witness, role: str | None = None) -> Row:
    return {
        "role": role or w.role,
        "type": w.type,
        "sizes": dict(w.sizes),
        "point": {name: to_json(value) for name, value in w.point.items()},
        "relations": [dict(r) for r in w.relations],
        "predicate": w.digest,
        "shows": w.shows,
        "exact": w.exact,
    }


def witness_rows(evidence: Iterable[Evidence]) -> list[Row]:
    """The simplest and the worst of all witnesses of a part."""
    found = [w for e in evidence for w in e.witnesses]
    if not found:
        return []
    simplest = min(found, key=lambda w: (sum(w.sizes.values()), height(w.point)))
    worst = max(found, key=lambda w: violation(w.relations, {n: to_json(v) for n, v in w.point.items()}))
    rows = [witness_row(simplest, "simplest")]
    return rows if worst.point == simplest.point else [*rows, witness_row(worst, "worst")]


def violation(relations: Sequence[Mapping[str, Any]], point: Mapping[str, Any]) -> float:
    """By how much the conclusion is violated; minus infinity where that has no number (a disjunction, float code)."""
    conclusion = next(r for r in relations if r["role"] == "conclusion")
    if conclusion["op"] not in ("ge0", "gt0", "eq0"):
        return -math.inf
    values = [float(b) for b in replay.enclosures(conclusion["trees"], point, replay.BITS[0])]
    if not values or not all(math.isfinite(v) for v in values):
        return -math.inf
    return max(map(abs, values)) if conclusion["op"] == "eq0" else -min(values)


def predicate_row(statement: Any) -> Row:
    """Digest and free variables of what is asserted, at the smallest sizes of its domain, with symbols that were given."""
    variables = statement.domain.variables
    row: Row = {"digest": statement_digest(statement), "free": [v.name for v in variables]}
    given = {v.name: v.latex for v in variables if v.latex is not None}
    return row | {"symbols": given} if given else row


def statement_digest(statement: Any) -> str:
    if isinstance(statement, Statement):
        return statement.digest(statement.smallest_sizes())
    if isinstance(statement, Predicted):
        return statement.digest()
    sizes = Statement(statement.domain, at_least_zero(statement.reference)).smallest_sizes()
    x = statement.domain.namespace(sizes)
    fields = (statement.code, statement.dtype, statement.units, statement.at_least_zero)
    return digest([*fields, *(serialise(_listed(f(x))) for f in (statement.reference, statement.scale))])


def _listed(raw: Any) -> list[Any]:
    return [lift(v) for v in (raw if isinstance(raw, (list, tuple)) else [raw])]


def hypotheses_of(statement: Any) -> list[Hypothesis]:
    """What a statement assumes; one about code assumes what the kinds of its variables demand, one about runs nothing."""
    if isinstance(statement, Statement):
        return statement.hypotheses()
    return [Hypothesis(i, says, relation) for i, says, relation in statement.domain.constraints()]


def part_row(result: PartResult, claim_id: str, reading_id: str) -> Row:
    part = result.part
    evidence = [evidence_row(e) for e in result.evidence]
    verdict = result.verdict.name
    name = f"{claim_id}.{reading_id}.{part.id}.amended"
    return {
        "id": part.id,
        "says": part.says,
        "verdict": verdict,
        "verdict_says": result.verdict.value,
        "strength": summary.strength_of(verdict, evidence),
        "scope": summary.scope_of(verdict, evidence),
        "doubt": summary.doubt_of(verdict, evidence),
        "missing": summary.missing_of(verdict, evidence, part.missing),
        "predicate": predicate_row(part.statement),
        "evidence": evidence,
        "witnesses": witness_rows(result.evidence),
        "failing_step": failing_step(part, verdict),
        "amendment": amendment_row(result.amendment, name) if result.amendment is not None else None,
    }


def failing_step(part: Part, verdict: str) -> Row | None:
    """Where the paper's argument breaks, for a part that was refuted."""
    if part.amendment is None or verdict not in ("REFUTED", "CONDITIONAL"):
        return None
    return {"place": part.amendment.breaks.place, "says": part.amendment.breaks.says}


def amendment_row(result: AmendmentResult, identifier: str) -> Row:
    part = result.amendment.part
    evidence = [evidence_row(e) for e in result.part.evidence]
    verdict = result.part.verdict.name
    added = [h for h in hypotheses_of(part.statement) if h.id in result.judgement.adds]
    return {
        "id": identifier,
        "says": part.says,
        "adds": [_hypothesis_row(h, [(part, result.part.evidence)]) for h in added],
        "same_conclusion": result.judgement.same_conclusion,
        "verdict": verdict,
        "strength": summary.strength_of(verdict, evidence),
        "scope": summary.scope_of(verdict, evidence),
        "doubt": summary.doubt_of(verdict, evidence),
        "makes_conditional": result.judgement.makes_conditional,
        "because": result.judgement.because,
        "advice": result.amendment.advice,
        "evidence": evidence,
        "witnesses": witness_rows(result.part.evidence),
        "examples": [dict(e) for e in result.judgement.examples],
    }


def reading_row(result: ReadingResult, claim_id: str) -> Row:
    reading = result.reading
    parts = [part_row(p, claim_id, reading.id) for p in result.parts]
    evidence = [(p.part, p.evidence) for p in result.parts]
    union: dict[tuple[str, str], Hypothesis] = {}
    assumed_by: dict[tuple[str, str], list[str]] = {}
    for part in reading.parts:
        for h in hypotheses_of(part.statement):
            union.setdefault((h.id, h.says), h)
            assumed_by.setdefault((h.id, h.says), []).append(part.id)
    return {
        "id": reading.id,
        "says": reading.says,
        "as_printed": reading.as_printed,
        "verdict": result.verdict.name,
        "strength": summary.reading_strength(result.verdict.name, parts),
        "scope": summary.reading_scope(result.verdict.name, parts),
        "hypotheses": [_hypothesis_row(h, evidence) | {"parts": assumed_by[key]} for key, h in union.items()],
        "parts": parts,
    }


_FIRST = ("NEEDED", "REDUNDANT", "UNDECIDED")


def _hypothesis_row(h: Hypothesis, evidence: Sequence[tuple[Part, Sequence[Evidence]]]) -> Row:
    """The hypothesis, with what became of its parts when it was dropped: needed as soon as one part needs it."""
    found = [
        (part.id, row)
        for part, items in evidence
        for e in items
        for row in e.ablations
        if (row["id"], row["says"]) == (h.id, h.says)
    ]
    if not found:
        return {"id": h.id, "says": h.says, "ablation": None}
    _, first = min(found, key=lambda pair: _FIRST.index(pair[1]["status"]))
    detail = (
        "; ".join(f"{name}: {row['status']}, {row['detail']}" for name, row in found)
        if len(found) > 1
        else first["detail"]
    )
    witness = witness_row(first["witness"]) if first["witness"] is not None else None
    return {"id": h.id, "says": h.says, "ablation": {"status": first["status"], "detail": detail, "witness": witness}}


def claim_row(result: ClaimResult, reproduce: str) -> Row:
    """The record of one claim, without its figures."""
    claim = result.claim
    return {
        "id": claim.id,
        "title": claim.title,
        "source": {"paper": claim.source.paper, "place": claim.source.place},
        "says": claim.says,
        "derivation": claim.derivation.strip(),
        "verdict": result.verdict.name,
        "verdict_says": result.verdict.value,
        "uses": list(claim.uses),
        "reproduce": reproduce,
        "figures": [],
        "readings": [reading_row(r, claim.id) for r in result.readings],
    }


def figure_row(figure: Figure, settings: Any) -> Row:
    """The record of a figure: drawing, words, script and data; an experiment's caption names the runs that are drawn."""
    svg, data = figure.drawing(settings)
    caption = figure.caption
    if figure.experiment:
        from ddcl_theory.experiments.central import drawn

        caption = f"{caption} {drawn(figure.experiment, settings, figure.first)}".strip()
    row = {
        "id": figure.id,
        "title": figure.title,
        "svg": svg,
        "alt": figure.alt,
        "caption": caption,
        "script": figure.script,
    }
    return row | ({"data": data} if data is not None else {})


def validate_claim(row: Row) -> None:
    """ValueError where the record of a claim is not well formed: an odd identifier, a figure that is no SVG."""
    from ddcl_theory.report import validate

    record = assemble(
        [row],
        seed=0,
        profile="quick",
        device="cpu",
        command="ddcl-verify",
        started="2000-01-01T00:00:00Z",
        seconds=0.0,
        claim_seconds={},
    )
    validate(record)


def failed_row(identifier: str, title: str, message: str, reproduce: str) -> Row:
    """The record of a claim that could not be run at all: an ERROR that says why."""
    return {
        "id": identifier,
        "title": title,
        "source": {"paper": identifier.split(".")[0], "place": "not known, because the claim did not run"},
        "says": r"\text{not known, because the claim did not run}",
        "derivation": "",
        "verdict": Verdict.ERROR.name,
        "verdict_says": message,
        "uses": [],
        "reproduce": reproduce,
        "figures": [],
        "readings": [],
    }


def assemble(
    claims: Sequence[Row],
    *,
    seed: int,
    profile: str,
    device: str,
    command: str,
    started: str,
    seconds: float,
    claim_seconds: Mapping[str, float],
    interrupted: bool = False,
    missing: Sequence[str] = (),
) -> Row:
    """The record of a run."""
    return {
        "schema": SCHEMA,
        "versions": versions(),
        "seed": seed,
        "profile": profile,
        "device": device,
        "command": command,
        "times": {
            "started": started,
            "seconds": round(seconds, 3),
            "claims": {i: round(s, 3) for i, s in claim_seconds.items()},
        },
        "interrupted": interrupted,
        "missing": list(missing),
        "teeth": summary.teeth_of(claims),
        "limits": summary.limits_of(claims, profile, device),
        "claims": list(claims),
    }
