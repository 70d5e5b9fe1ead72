"""A referee's report from a recorded result: what does not stand first, what is open next, what stands last."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ddcl_theory.report.plaintext import plain

Row = Mapping[str, Any]

#: Headings in the order of the report, with the verdicts of the readings under each.
SECTIONS = (
    ("Not decided because a check failed", ("ERROR",)),
    ("Major: false as stated", ("REFUTED",)),
    ("Major: true only with an added hypothesis", ("CONDITIONAL",)),
    ("Major: says nothing", ("VACUOUS",)),
    ("Open", ("INCONCLUSIVE",)),
    ("Stands so far, without proof", ("HOLDS",)),
    ("Stands, proved", ("PROVED",)),
)


def render(record: Row, width: int = 100) -> str:
    """The text; findings are parts of readings, the readings as printed before the others."""
    parts = [
        (c, r, p)
        for c in record["claims"]
        for r in sorted(c["readings"], key=lambda r: not r["as_printed"])
        for p in r["parts"]
    ]
    lines: list[str] = [_headline(record), ""]
    for claim in record["claims"]:
        if not claim["readings"]:
            lines += [f"{claim['id']} did not run.", *_wrapped(claim["verdict_says"], width, "  "), ""]
    for heading, verdicts in SECTIONS:
        found = [x for x in parts if x[2]["verdict"] in verdicts]
        if found:
            lines += [f"{heading} ({len(found)})", ""]
            for number, (claim, reading, part) in enumerate(found, 1):
                lines += _finding(number, claim, reading, part, width)
            lines.append("")
    lines.append("What this report does not establish")
    for limit in record["limits"]:
        lines += _wrapped(limit, width, "  - ", "    ")
    return "\n".join(lines) + "\n"


def _headline(record: Row) -> str:
    names = [v for _, verdicts in SECTIONS for v in verdicts]
    counts = {name: sum(c["verdict"] == name for c in record["claims"]) for name in names}
    return f"{len(record['claims'])} claims: " + ", ".join(f"{n} {name}" for name, n in counts.items() if n)


def _finding(number: int, claim: Row, reading: Row, part: Row, width: int) -> list[str]:
    printed = "as printed" if reading["as_printed"] else f"reading {reading['id']}"
    where = f"{claim['source']['paper']}, {claim['source']['place']}: {claim['title']} ({printed})"
    lines = _wrapped(where, width, f"{number:>3}. ", "     ")
    lines += _wrapped(_math(part["says"]), width, "     ")
    if part["verdict"] in ("PROVED", "HOLDS"):
        extent = " · ".join(filter(None, (part["strength"], part["scope"], part["doubt"])))
        return lines + _wrapped(extent, width, "     ")
    for witness in part["witnesses"][:1]:
        lines += _wrapped(witness["shows"], width, "     ")
        lines.append(f"     {json.dumps(witness['point'], ensure_ascii=False)}")
    step = part["failing_step"]
    if step:
        lines += _wrapped(f"The argument breaks in {step['place']}: {step['says']}", width, "     ")
    if part["missing"]:
        lines += _wrapped(part["missing"], width, "     ")
    if part["amendment"]:
        lines += _amended(part["amendment"], width)
    return lines


def _amended(amendment: Row, width: int) -> Iterator[str]:
    added = ", ".join(_math(h["says"]) for h in amendment["adds"])
    lead = f"With {added} added: " if added and amendment["same_conclusion"] else "Instead: "
    yield from _wrapped(f"{lead}{_math(amendment['says'])} ({amendment['verdict']}).", width, "     ")
    if amendment["advice"]:
        yield from _wrapped(amendment["advice"], width, "     ")


def _math(latex: str) -> str:
    try:
        return plain(latex)
    except ValueError:
        return latex


def _wrapped(text: str, width: int, first: str, rest: str | None = None) -> list[str]:
    indent: Sequence[str] = (first, first if rest is None else rest)
    return textwrap.wrap(text, width, initial_indent=indent[0], subsequent_indent=indent[1], break_long_words=False)
