"""What a referee says of each paper, from a recorded result: plain data that text and page render alike.

A finding is two sentences: what is false and where, and what is true instead.  Its words come from the record of its
part; the sentence frames below are the same for all.  A claim is a major finding where its reading as printed does not stand;
the worst verdicts come first, and of equal ones those on which more claims rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ddcl_theory.report.prose import Formula, Prose, clause, coordinates, listed, sentence, violation
from ddcl_theory.verdict import Verdict

Row = Mapping[str, Any]

#: Verdicts of what does not stand, of what is open, of what stands.
FALLS = ("REFUTED", "CONDITIONAL", "VACUOUS")
OPEN = ("ERROR", "INCONCLUSIVE")
STANDS = ("PROVED", "HOLDS")
#: How verdicts are counted: what falls, what is open, what stands.
ORDER = ("ERROR", *FALLS, "INCONCLUSIVE", "HOLDS", "PROVED")

#: Identifiers of hypotheses that say only what kind a variable is of, such as q >= 0.
_KIND = re.compile(r"\w+-(nonnegative|sums-to-one|positive)")

MAJOR, MINOR, STANDING, MEASURED, UNDECIDED, CHANGES = (
    "Major findings",
    "Findings under other readings only",
    "What stands",
    "Experiments, run again",
    "Not decided, and why",
    "What the authors should change",
)


@dataclass(frozen=True)
class Item:
    """A paragraph.  part: (claim, reading, part) where it has its own place in the record."""

    prose: Prose
    label: str = ""
    part: tuple[str, str, str] | None = None


@dataclass(frozen=True)
class Entry:
    """What is said of one claim under one heading; resting: how many other claims rest on it."""

    claim: str
    title: str
    place: str
    items: tuple[Item, ...]
    verdict: str = ""
    resting: int = 0


@dataclass(frozen=True)
class Section:
    heading: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class PaperAudit:
    paper: str
    tally: str
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Audit:
    """not_run: (claim, why) of claims without a reading.  limits: what the record does not establish."""

    tally: str
    not_run: tuple[tuple[str, str], ...]
    papers: tuple[PaperAudit, ...]
    limits: tuple[str, ...]


def audit(record: Row) -> Audit:
    """The findings of a well-formed record (see `schema.validate`), a part for each paper in the order of its claims."""
    claims = record["claims"]
    resting = dependents(claims)
    papers = []
    for paper in dict.fromkeys(c["source"]["paper"] for c in claims):
        own = [c for c in claims if c["source"]["paper"] == paper and c["readings"]]
        if own:
            own.sort(key=lambda c: (Verdict[c["verdict"]].rank, -resting[c["id"]]))
            papers.append(PaperAudit(paper, tally(own), tuple(_sections(own, resting))))
    idle = tuple((c["id"], c["verdict_says"]) for c in claims if not c["readings"])
    return Audit(tally(claims), idle, tuple(papers), tuple(record["limits"]))


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


def tally(claims: Sequence[Row]) -> str:
    counts = {name: sum(c["verdict"] == name for c in claims) for name in ORDER}
    noun = "claim" if len(claims) == 1 else "claims"
    return f"{len(claims)} {noun}: " + ", ".join(f"{n} {name}" for name, n in counts.items() if n)


def _sections(claims: Sequence[Row], resting: Mapping[str, int]) -> Iterator[Section]:
    fallen = [c for c in claims if c["verdict"] in FALLS]
    others = [c for c in claims if c["verdict"] not in FALLS]
    found = {
        MAJOR: (_entry(c, _major(c), c["verdict"], resting) for c in fallen),
        MINOR: (_entry(c, _findings(c, _parts(c, FALLS, printed=False))) for c in others),
        STANDING: (_entry(c, _standing(c), c["verdict"], resting) for c in claims if c["verdict"] in STANDS),
        MEASURED: (_entry(c, _outcomes(c)) for c in claims),
        UNDECIDED: (
            _entry(
                c,
                (_undecided(c, r, p) for r, p in _parts(c, OPEN) if _experiment(p) is None),
                c["verdict"] if c["verdict"] in OPEN else "",
            )
            for c in claims
        ),
        CHANGES: _changes(claims),
    }
    for heading, entries in found.items():
        filled = tuple(e for e in entries if e.items)
        if filled:
            yield Section(heading, filled)


def _entry(claim: Row, items: Iterable[Item], verdict: str = "", resting: Mapping[str, int] | None = None) -> Entry:
    weight = resting[claim["id"]] if resting is not None else 0
    return Entry(claim["id"], claim["title"], claim["source"]["place"], tuple(items), verdict, weight)


def _parts(claim: Row, verdicts: Sequence[str], printed: bool | None = None) -> list[tuple[Row, Row]]:
    """(reading, part) with one of the verdicts, the reading as printed before the others."""
    readings = sorted(claim["readings"], key=lambda r: not r["as_printed"])
    return [
        (r, p)
        for r in readings
        for p in r["parts"]
        if p["verdict"] in verdicts and (printed is None or r["as_printed"] is printed)
    ]


def _major(claim: Row) -> Iterator[Item]:
    """The parts of the printed reading that do not stand, then what of it stands and what other readings gave."""
    yield from _findings(claim, _parts(claim, FALLS, printed=True))
    standing = [(p["says"], p["verdict"]) for _, p in _parts(claim, STANDS, printed=True)]
    if standing:
        yield Item(
            tuple(x for says, verdict in standing for x in (Formula(clause(says)), f" ({verdict}); "))[:-1]
            + (f" ({standing[-1][1]}).",),
            "What of it stands",
        )
    others = [f"{r['id']} {r['verdict']}" for r in claim["readings"] if not r["as_printed"]]
    if others:
        yield Item((f"{', '.join(others)}.",), "Other readings")


def _findings(claim: Row, parts: Sequence[tuple[Row, Row]]) -> Iterator[Item]:
    """Two sentences a part, lettered where there are several, then each failing step with the letters that it concerns."""
    letters = [f"({_letter(i)})" if len(parts) > 1 else "" for i in range(len(parts))]
    steps: dict[tuple[str, str], list[str]] = {}
    for letter, (reading, part) in zip(letters, parts, strict=True):
        first, second = two_sentences(reading, part)
        yield Item((*first, " ", *second), letter, (claim["id"], reading["id"], part["id"]))
        if part["failing_step"]:
            steps.setdefault((part["failing_step"]["place"], part["failing_step"]["says"]), []).append(letter)
    for (place, says), concerned in steps.items():
        whose = "".join(map(str, listed(concerned))) if len(concerned) < len(parts) else ""
        yield Item((f"{place}. {sentence(says)}",), f"Where the argument {f'for {whose} ' if whose else ''}breaks")


def _letter(index: int) -> str:
    """a, b, …, z, aa, ab, …"""
    head, last = divmod(index, 26)
    return (_letter(head - 1) if head else "") + "abcdefghijklmnopqrstuvwxyz"[last]


def two_sentences(reading: Row, part: Row) -> tuple[Prose, Prose]:
    """What is false and where, with the witness; the corrected statement, with how far it is established."""
    read = "" if reading["as_printed"] else f"Read as “{clause(reading['says'])}”, "
    asserted: Prose = (read, "“", Formula(clause(part["says"])), "”")
    witness = next(iter(part["witnesses"]), None)
    if witness is not None:
        first: Prose = (*asserted, " is false at ", *_where(part, witness), ": ", *_shown(witness), ".")
    elif part["verdict"] == "VACUOUS":
        first = (*asserted, f" says nothing: {_because(part)}.")
    else:
        first = (*asserted, f" does not stand: {_because(part)}.")
    return tuple(x for x in first if x), _corrected(part)


def _where(part: Row, witness: Row) -> Prose:
    """The coordinates of a witness, and the hypotheses that it meets unless the assertion names them."""
    at = coordinates(witness["point"], part["predicate"].get("symbols", {}))
    given = (r for r in witness["relations"] if r["role"] == "given" and r["says"] and not _KIND.fullmatch(r["id"]))
    met = [Formula(clause(r["says"])) for r in given if not _within(r["says"], part["says"])]
    return (*at, *((", with ", *listed(met)) if met else ()))


def _within(latex: str, other: str) -> bool:
    return "".join(clause(latex).split()) in "".join(other.split())


def _shown(witness: Row) -> Prose:
    for relation in witness["relations"]:
        if relation["role"] == "conclusion" and relation["value"] is not None:
            said = violation(relation["op"], relation["value"])
            if said is not None:
                return said
    return (clause(witness["shows"]),)


def _because(part: Row) -> str:
    """Why, from the evidence that decides; of a proof's steps the last one concludes."""
    outcome = {"VACUOUS": "VACUOUS"}.get(part["verdict"], "REFUTES")
    shown = [e["detail"] for e in part["evidence"] if e["outcome"] == outcome and e["detail"]]
    return clause(shown[0].splitlines()[-1] if shown else part["verdict_says"])


def _corrected(part: Row) -> Prose:
    amendment = part["amendment"]
    if amendment is None:
        return ("No corrected statement is recorded.",)
    extent = f" ({amendment['scope']})" if amendment["scope"] else ""
    status = {
        "PROVED": f"is proved{extent}",
        "HOLDS": f"met no counterexample{extent}",
        "CONDITIONAL": "needs a further hypothesis itself",
        "REFUTED": "is false as well",
        "VACUOUS": "says nothing",
    }.get(amendment["verdict"], "is not decided")
    added = amendment["adds"]
    if amendment["same_conclusion"] and added:
        named = listed([Formula(clause(h["says"])) for h in added])
        noun = "hypothesis" if len(added) == 1 else "hypotheses"
        return (f"Under the further {noun} ", *named, f", the same conclusion {status}.")
    new = [
        Formula(clause(h["says"]))
        for h in added
        if not _KIND.fullmatch(h["id"]) and not _within(h["says"], amendment["says"])
    ]
    given: Prose = (", given ", *listed(new)) if new else ()
    if amendment["verdict"] not in STANDS:
        return ("The amended statement, ", Formula(clause(amendment["says"])), *given, f", {status}.")
    return ("What is true instead: ", Formula(clause(amendment["says"])), *given, f", which {status}.")


def _undecided(claim: Row, reading: Row, part: Row) -> Item:
    crashed = [f"{e['check']}: {e['detail']}" for e in part["evidence"] if e["outcome"] == "CRASHED"]
    reasons = [part["missing"]] if part["missing"] else crashed or [part["verdict_says"]]
    read = "" if reading["as_printed"] else f"Read as “{clause(reading['says'])}”, "
    lead = "is not decided" if part["verdict"] == "INCONCLUSIVE" else "could not be decided"
    words = (read, "“", Formula(clause(part["says"])), f"” {lead}. ", " ".join(map(sentence, reasons)))
    return Item(tuple(x for x in words if x), "", (claim["id"], reading["id"], part["id"]))


def _experiment(part: Row) -> Row | None:
    """The evidence of an experiment that ran on this part."""
    return next((e for e in part["evidence"] if "experiment" in e), None)


def _outcomes(claim: Row) -> Iterator[Item]:
    """How many predictions were met, then each with its outcome, whatever verdict that leads to."""
    measured = [(r, p, e) for r in claim["readings"] for p in r["parts"] if (e := _experiment(p)) is not None]
    if measured:
        found = [e["experiment"] for _, _, e in measured]
        counts = [_counted([e for e in found if not e["ours"]], "of the paper")]
        counts += [_counted([e for e in found if e["ours"]], "of this project")]
        yield Item((f"{'; '.join(filter(None, counts))}. Runs: ", *_extents([e for _, _, e in measured]), "."))
    for reading, part, evidence in measured:
        outcome = evidence["experiment"]["outcome"]
        text = clause(evidence["detail"].removeprefix(f"{outcome}: "))
        yield Item(
            ("“", Formula(clause(part["says"])), f"”: {text}."), outcome, (claim["id"], reading["id"], part["id"])
        )


def _counted(found: Sequence[Row], whose: str) -> str:
    """How many predictions came out how; empty where there is none."""
    outcomes = [e["outcome"] for e in found]
    if not outcomes:
        return ""
    counts = ", ".join(f"{outcomes.count(name)} {name}" for name in dict.fromkeys(outcomes))
    return f"{len(outcomes)} {'prediction' if len(outcomes) == 1 else 'predictions'} {whose}: {counts}"


def _extents(measured: Sequence[Row]) -> list[str]:
    """What ran: the scopes, or, where they differ in the number of settings, their range."""
    scopes = list(dict.fromkeys(e["scope"] for e in measured))
    if len(scopes) == 1:
        return scopes
    first, sizes = measured[0]["experiment"], [e["experiment"]["of"] for e in measured]
    return [f"{first['block']}, {len(first['seeds'])} seeds, {min(sizes)} to {max(sizes)} settings a prediction"]


def _standing(claim: Row) -> Iterator[Item]:
    reading = next(r for r in claim["readings"] if r["as_printed"])
    doubts = dict.fromkeys(p["doubt"] for p in reading["parts"] if p["doubt"])
    extent = " · ".join(filter(None, (reading["strength"], reading["scope"], *doubts)))
    yield Item((Formula(claim["says"]), *((f" ({extent})",) if extent else ())))


def _changes(claims: Sequence[Row]) -> Iterator[Entry]:
    """The advice of amendments to what does not stand, each once."""
    said: set[str] = set()
    for claim in claims:
        items = []
        for _, part in _parts(claim, FALLS):
            advice = sentence(part["amendment"]["advice"]) if part["amendment"] else ""
            if advice and advice not in said:
                said.add(advice)
                items.append(Item((advice,)))
        yield _entry(claim, items)
