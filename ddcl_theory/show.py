"""A claim as it is declared: what it says, in which readings, and which checks will look at it.  Nothing runs."""

from __future__ import annotations

from typing import Any

from ddcl_theory.claim import Claim, Part
from ddcl_theory.record import hypotheses_of
from ddcl_theory.report.plaintext import plain


def render(claim: Claim) -> str:
    """The declaration as text."""
    lines = [
        f"{claim.id}  {claim.title}",
        f"  {claim.source.paper}, {claim.source.place}",
        f"  says  {_math(claim.says)}",
    ]
    if claim.uses:
        lines.append(f"  uses  {', '.join(claim.uses)}")
    lines += ["", *(f"  {line}".rstrip() for line in claim.derivation.strip().splitlines())]
    for reading in claim.readings:
        lines += ["", f"  reading {reading.id}{' (as printed)' if reading.as_printed else ''}: {reading.says}"]
        for part in reading.parts:
            lines += _part(part)
    return "\n".join(lines) + "\n"


def _part(part: Part) -> list[str]:
    lines = ["", f"    part {part.id}: {_math(part.says)}"]
    lines += [f"      given  {_math(h.says)}   [{h.id}]" for h in hypotheses_of(part.statement)]
    scope = part.statement.domain.scope()
    lines += [f"      sampled at  {scope}"] if scope else []
    lines.append(f"      checks  {', '.join(c.name for c in part.checks)}")
    lines += _trials("false twins", part.twins) + _trials("harmless neighbours", part.neighbours)
    if part.amendment is not None:
        lines.append(f"      corrected  {_math(part.amendment.part.says)}")
    return lines


def _trials(name: str, trials: tuple[Any, ...]) -> list[str]:
    return [f"      {name}  {', '.join(t.id for t in trials)}"] if trials else []


def _math(latex: str) -> str:
    try:
        return plain(latex)
    except ValueError:
        return latex
