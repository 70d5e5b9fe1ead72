"""What changed between two records: the verdicts of claims and of their readings."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any


def verdicts(record: Mapping[str, Any], among: Collection[str] | None = None) -> dict[str, str]:
    """Verdicts by name: "claim" for a claim, "claim, reading r" for its readings."""
    found: dict[str, str] = {}
    for claim in record["claims"]:
        if among is not None and claim["id"] not in among:
            continue
        found[claim["id"]] = claim["verdict"]
        for reading in claim["readings"]:
            found[f"{claim['id']}, reading {reading['id']}"] = reading["verdict"]
    return found


def differences(old: Mapping[str, Any], new: Mapping[str, Any], among: Collection[str] | None = None) -> list[str]:
    """One line for each verdict that changed, is missing or was added; `among` restricts the claims compared."""
    before, after = verdicts(old, among), verdicts(new, among)
    lines = []
    for name in dict.fromkeys((*before, *after)):
        if name not in after:
            lines.append(f"{name}: {before[name]}, missing now")
        elif name not in before:
            lines.append(f"{name}: added, {after[name]}")
        elif before[name] != after[name]:
            lines.append(f"{name}: {before[name]} became {after[name]}")
    return lines
