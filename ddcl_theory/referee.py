"""A referee's report from a recorded result, a section for each paper.

A finding is a claim whose reading as printed does not stand; the worst verdicts come first, and of equal ones those on
which more claims rest.  Everything that is said of a claim is taken from its record.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ddcl_theory.report.plaintext import plain
from ddcl_theory.report.visible import visible
from ddcl_theory.verdict import Verdict

Row = Mapping[str, Any]

#: Verdicts of what does not stand, of what is open, of what stands.
FALLS = ("REFUTED", "CONDITIONAL", "VACUOUS")
OPEN = ("ERROR", "INCONCLUSIVE")
STANDS = ("PROVED", "HOLDS")
#: How verdicts are counted: what falls, what is open, what stands.
ORDER = ("ERROR", *FALLS, "INCONCLUSIVE", "HOLDS", "PROVED")


def render(record: Row, width: int = 100) -> str:
    """The text of the report, at most `width` columns where words allow it."""
    page = _Page(width)
    resting = dependents(record["claims"])
    page.heading("Referee's report", "=")
    page.add(_tally(record["claims"]))
    for claim in record["claims"]:
        if not claim["readings"]:
            page.gap()
            page.add(f"{claim['id']} did not run.")
            page.add(claim["verdict_says"], "  ")
    for paper in dict.fromkeys(c["source"]["paper"] for c in record["claims"]):
        claims = [c for c in record["claims"] if c["source"]["paper"] == paper and c["readings"]]
        if claims:
            _paper(page, paper, sorted(claims, key=lambda c: (_rank(c["verdict"]), -resting[c["id"]])), resting)
    page.heading("What this report does not establish")
    for limit in record["limits"]:
        page.add(limit, "  - ", "    ")
    return page.text()


def dependents(claims: Sequence[Row]) -> dict[str, int]:
    """How many of the claims rest on each, through `uses` of any length."""
    uses = {c["id"]: c["uses"] for c in claims}
    counts = dict.fromkeys(uses, 0)
    for start in uses:
        reached: set[str] = set()
        pending = list(uses[start])
        while pending:
            name = pending.pop()
            if name in uses and name not in reached:
                reached.add(name)
                pending.extend(uses[name])
        for name in reached:
            counts[name] += 1
    return counts


class _Page:
    """Lines of text, wrapped as they are added."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.lines: list[str] = []

    def add(self, text: str, first: str = "", rest: str | None = None) -> None:
        indent = (first, first if rest is None else rest)
        options: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}
        self.lines += textwrap.wrap(
            visible(text), self.width, initial_indent=indent[0], subsequent_indent=indent[1], **options
        )

    def gap(self) -> None:
        if self.lines and self.lines[-1]:
            self.lines.append("")

    def heading(self, text: str, rule: str = "") -> None:
        self.gap()
        self.lines += [text, rule * min(len(text), self.width)] if rule else [text]

    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


def _paper(page: _Page, paper: str, claims: Sequence[Row], resting: Mapping[str, int]) -> None:
    found = [(c, r, p) for c in claims for r, p in _parts(c)]
    beside = [x for x in found if not x[1]["as_printed"] and x[2]["verdict"] in FALLS and x[0]["verdict"] not in FALLS]
    page.heading(paper, "=")
    page.add(_tally(claims))
    _listed(page, "Major findings", [_major(c, resting) for c in claims if c["verdict"] in FALLS])
    _listed(page, "Findings under other readings only", [_finding(*x) for x in beside])
    _listed(page, "Not decided, and why", [_undecided(*x) for x in found if x[2]["verdict"] in OPEN])
    _listed(page, "What stands", [_standing(c, resting) for c in claims if c["verdict"] in STANDS])
    _listed(page, "What the authors should change", list(dict.fromkeys((t,) for c in claims for t in _changes(c))))


def _listed(page: _Page, heading: str, items: Sequence[Sequence[str]]) -> None:
    """Numbered items under a heading that counts them; an item is a list of paragraphs."""
    if not items:
        return
    page.heading(f"{heading} ({len(items)})")
    for number, (first, *rest) in enumerate(items, 1):
        page.add(first, f"{number:>3}. ", "     ")
        for paragraph in rest:
            page.add(paragraph, "     ")


def _major(claim: Row, resting: Mapping[str, int]) -> list[str]:
    """The claim, the parts of its printed reading that do not stand, then in a line each what else was found."""
    printed = [(r, p) for r, p in _parts(claim) if r["as_printed"]]
    lines = [f"{claim['verdict']}  {_name(claim)}{_weight(claim, resting)}"]
    for reading, part in printed:
        if part["verdict"] in FALLS:
            lines += _finding(claim, reading, part)[1:]
    standing = [f"{_math(p['says'])} ({p['verdict']})" for _, p in printed if p["verdict"] in STANDS]
    if standing:
        lines.append(f"Of the same sentence this stands: {'; '.join(standing)}")
    others = [f"{r['id']} {r['verdict']}" for r in claim["readings"] if not r["as_printed"]]
    if others:
        lines.append(f"Other readings: {', '.join(others)}.")
    return lines


def _finding(claim: Row, reading: Row, part: Row) -> list[str]:
    """Where it stands; what is asserted and what became of it; the witness; the failing step; the corrected statement."""
    where = "" if reading["as_printed"] else f", read as: {reading['says']}"
    witness = next(iter(part["witnesses"]), None)
    shown = [e["detail"] for e in part["evidence"] if e["outcome"] == part["verdict"] and e["detail"]]
    because = witness["shows"] if witness else next(iter(shown), part["verdict_says"])
    lines = [
        f"{part['verdict']}  {_name(claim)}{where}",
        f"Asserted: {_math(part['says']).rstrip('.')}. Found: {_sentence(because)}",
    ]
    if witness:
        lines.append(f"Witness: {json.dumps(witness['point'], ensure_ascii=False)}")
    step, amendment = part["failing_step"], part["amendment"]
    if step:
        lines.append(f"The argument breaks in {step['place']}: {_sentence(step['says'])}")
    if amendment:
        lines.append(_amended(amendment))
    return lines


def _amended(amendment: Row) -> str:
    added = ", ".join(_math(h["says"]) for h in amendment["adds"])
    lead = f"With the added hypothesis: {added}. Then: " if added and amendment["same_conclusion"] else "Instead: "
    extent = ", ".join(filter(None, (amendment["verdict"], amendment["scope"])))
    return f"{lead}{_math(amendment['says'])} ({extent})."


def _undecided(claim: Row, reading: Row, part: Row) -> list[str]:
    crashed = [f"{e['check']}: {e['detail']}" for e in part["evidence"] if e["outcome"] == "CRASHED"]
    reasons = [part["missing"]] if part["missing"] else crashed or [part["verdict_says"]]
    where = "" if reading["as_printed"] else f", read as: {reading['says']}"
    return [f"{part['verdict']}  {_name(claim)}{where}", _math(part["says"]), *map(_sentence, reasons)]


def _standing(claim: Row, resting: Mapping[str, int]) -> list[str]:
    reading = next(r for r in claim["readings"] if r["as_printed"])
    doubts = dict.fromkeys(p["doubt"] for p in reading["parts"] if p["doubt"])
    extent = " · ".join(filter(None, (reading["strength"], reading["scope"], *doubts)))
    return [f"{claim['verdict']}  {_name(claim)}{_weight(claim, resting)}", _math(claim["says"]), extent]


def _changes(claim: Row) -> Iterator[str]:
    for _, part in _parts(claim):
        if part["verdict"] in FALLS and part["amendment"] and part["amendment"]["advice"]:
            yield f"{claim['source']['place']}: {_sentence(part['amendment']['advice'])}"


def _parts(claim: Row) -> list[tuple[Row, Row]]:
    """(reading, part), the reading as printed before the others."""
    return [(r, p) for r in sorted(claim["readings"], key=lambda r: not r["as_printed"]) for p in r["parts"]]


def _tally(claims: Sequence[Row]) -> str:
    counts = {name: sum(c["verdict"] == name for c in claims) for name in ORDER}
    noun = "claim" if len(claims) == 1 else "claims"
    return f"{len(claims)} {noun}: " + ", ".join(f"{n} {name}" for name, n in counts.items() if n)


def _rank(verdict: str) -> int:
    return Verdict[verdict].rank


def _name(claim: Row) -> str:
    return f"{claim['title']} ({claim['source']['place']}, {claim['id']})"


def _weight(claim: Row, resting: Mapping[str, int]) -> str:
    number = resting[claim["id"]]
    return f"; {number} other {'claim rests' if number == 1 else 'claims rest'} on it" if number else ""


def _sentence(text: str) -> str:
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?", "…")) else ".") if text else text


def _math(latex: str) -> str:
    try:
        return plain(latex)
    except ValueError:
        return latex
