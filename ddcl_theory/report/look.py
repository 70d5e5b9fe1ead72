"""What a verdict looks like: a word, a shape and a colour, so that none of them carries the meaning alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Look(NamedTuple):
    """`sign` is one character for terminals, `ansi` its SGR colour, `icon` the inside of a 16 × 16 SVG in
    `currentColor`.
    """

    sign: str
    ansi: str
    icon: str


_CUT = 'fill="none" stroke="var(--paper)" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
_LINE = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'

# In order of precedence: the worst verdict of a conjunction is the first one here.
LOOKS: dict[str, Look] = {
    "ERROR": Look(
        "!",
        "1;35",
        f'<path fill="currentColor" d="M5 1h6l4 4v6l-4 4H5l-4-4V5z"/><path {_CUT} d="M8 4.2v4.6M8 11.7v.1"/>',
    ),
    "REFUTED": Look(
        "✗",
        "1;31",
        f'<path fill="currentColor" d="M8 .6 15.4 8 8 15.4.6 8z"/><path {_CUT} d="m5.9 5.9 4.2 4.2m0-4.2-4.2 4.2"/>',
    ),
    "CONDITIONAL": Look(
        "◐",
        "1;33",
        f'<circle cx="8" cy="8" r="6.2" {_LINE}/><path fill="currentColor" d="M8 1.8a6.2 6.2 0 0 0 0 12.4z"/>',
    ),
    "VACUOUS": Look("∅", "1;34", f'<circle cx="8" cy="8" r="5.4" {_LINE}/><path {_LINE} d="M2.6 13.4 13.4 2.6"/>'),
    "PROVED": Look(
        "■",
        "1;32",
        f'<rect x="1.2" y="1.2" width="13.6" height="13.6" rx="2" fill="currentColor"/>'
        f'<path {_CUT} d="m4.4 8.3 2.5 2.6 4.8-5.6"/>',
    ),
    "HOLDS": Look("✓", "32", f'<circle cx="8" cy="8" r="6.4" {_LINE}/><path {_LINE} d="m5 8.2 2.2 2.3L11.2 6"/>'),
    "INCONCLUSIVE": Look(
        "?",
        "1;37",
        f'<rect x="1.8" y="1.8" width="12.4" height="12.4" rx="3" {_LINE} stroke-dasharray="2.6 2.2"/>'
        f'<path {_LINE} d="M6 6.3a2 2 0 1 1 2.7 1.9c-.5.2-.7.5-.7 1M8 11.4v.1"/>',
    ),
}

OPERATORS = {"ge0": "≥ 0", "gt0": "> 0", "eq0": "= 0", "ne0": "≠ 0", "any": "one of", "code": "to be close"}


def count_by_verdict(claims: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """How many claims have each verdict, in order of precedence, zeros included."""
    return {verdict: sum(claim["verdict"] == verdict for claim in claims) for verdict in LOOKS}


def check_name(evidence: Mapping[str, Any]) -> str:
    """Name of a check with its kind in front, said once."""
    kind, name = str(evidence["kind"]), str(evidence["check"])
    return name if name.startswith(kind) else f"{kind} {name}"


def assumed_by_some(hypothesis: Mapping[str, Any], parts: int) -> list[str]:
    """The parts of a reading that assume a hypothesis, where not all `parts` of them do."""
    assuming = list(hypothesis.get("parts", ()))
    return assuming if len(assuming) < parts else []


def trials(evidence: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Twins and neighbours of all `evidence`; those alike are one, with the checks that met it."""
    joined: dict[tuple[str, str, str, str], list[str]] = {}
    for item in evidence:
        for sort, key, good, bad in (
            ("twin", "killed", "killed", "not killed"),
            ("neighbour", "spared", "spared", "not spared"),
        ):
            for trial in item[f"{sort}s"]:
                name = (sort, trial["id"], good if trial[key] else bad, trial["detail"])
                joined.setdefault(name, []).append(item["kind"])
    return [
        {"sort": sort, "id": name, "word": word, "detail": detail, "checks": list(dict.fromkeys(kinds))}
        for (sort, name, word, detail), kinds in joined.items()
    ]
