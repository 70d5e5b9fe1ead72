"""The common form of the twenty: one reading with one part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddcl_theory.checks.base import Check
from ddcl_theory.claim import Amendment, Claim, Neighbour, Part, Reading, Source, Twin


def part(
    says: str,
    statement: Any,
    checks: tuple[Check, ...],
    example: Mapping[str, Any] | None,
    twins: tuple[Twin, ...],
    neighbours: tuple[Neighbour, ...],
    amendment: Amendment | None = None,
) -> Part:
    return Part("statement", says, statement, checks, example, twins, neighbours, amendment)


def claim(name: str, title: str, derivation: str | None, statement: Part) -> Claim:
    return Claim(
        id=f"twenty.{name}",
        title=title,
        source=Source("twenty", name),
        says=statement.says,
        derivation=derivation or "",
        readings=(Reading("only", "as it stands", (statement,), as_printed=True),),
    )
