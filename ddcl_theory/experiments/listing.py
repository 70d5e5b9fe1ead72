"""The outcomes of a record as text: the counts first, then a row a prediction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ddcl_theory.experiments.outcome import Outcome
from ddcl_theory.report.plaintext import plain


def render(record: Mapping[str, Any]) -> str:
    """What `ddcl-verify experiments` prints."""
    found = [e["experiment"]["outcome"] for c in record["claims"] for _, e in _measured(c) if "experiment" in e]
    counts = ", ".join(f"{found.count(o.label)} {o.label}" for o in Outcome)
    lines = [f"{len(found)} predictions: {counts}"]
    if record["profile"] != "thorough":
        lines.append("each at one declared setting only; the thorough profile runs all that are declared")
    short = [
        c["id"] for c in record["claims"] if any("shortened setting" in (e["scope"] or "") for _, e in _measured(c))
    ]
    if short:
        lines.append(f"shortened, so that nothing is said about the central setting: {', '.join(short)}")
    for claim in record["claims"]:
        lines += ["", f"{claim['id']}  {claim['title']}  ({claim['verdict']})"]
        if not claim["readings"]:
            lines.append(f"  {claim['verdict_says']}")
        for part, evidence in _measured(claim):
            outcome = evidence["experiment"]["outcome"] if "experiment" in evidence else evidence["outcome"]
            text = evidence["detail"].removeprefix(f"{outcome}: ")
            lines += [f"  {outcome:<14}  {part['id']}: {plain(part['says'])}", f"  {'':<14}  {text}"]
        lines += [
            f"  table of {len(t['rows'])} rows in the report and the record: {t['title']}" for t in _tables(claim)
        ]
    return "\n".join(lines) + "\n"


def _tables(claim: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = claim.get("tables", ())
    return found


def _measured(claim: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    return [
        (part, evidence)
        for reading in claim["readings"]
        for part in reading["parts"]
        for evidence in part["evidence"]
        if evidence["kind"] == "experiment"
    ]
