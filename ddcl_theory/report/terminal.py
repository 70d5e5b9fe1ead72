"""The record as plain text: the verdict on the first line, then what it rests on.

Witnesses, commands and points stand on lines of their own and are never wrapped, so that they can be copied.
Control characters in recorded texts are shown, not sent to the terminal.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ddcl_theory.report import plaintext
from ddcl_theory.report.look import LOOKS, OPERATORS, assumed_by_some, check_name, count_by_verdict
from ddcl_theory.report.numbers import cell, chance, counted, lasted, measured
from ddcl_theory.report.visible import visible

DEFAULT_WIDTH = 100
NARROWEST = 40
LABEL = 16  # longer names of checks are not lined up with the others


def render(record: Mapping[str, Any], *, width: int | None = None, colour: bool = False) -> str:
    """Text of a well-formed record (see `schema.validate`), at most `width` columns wide where it can be wrapped
    (default 100).

    With one claim the first line is its verdict, id and title; with several it counts the verdicts, and one line a
    claim follows. `colour` adds ANSI colours to verdicts; no meaning rests on them. Raises ValueError when `width` is
    below 40.
    """
    columns = DEFAULT_WIDTH if width is None else width
    if columns < NARROWEST:
        raise ValueError(f"width: {width} is too narrow; accepted is {NARROWEST} columns or more")
    return _Page(columns, colour).record(record)


class _Page:
    """Collects lines; `indent` is the number of columns by which the current block is set in."""

    def __init__(self, width: int, colour: bool) -> None:
        self.width = width
        self.colour = colour
        self.lines: list[str] = []

    def record(self, record: Mapping[str, Any]) -> str:
        claims = record["claims"]
        if len(claims) == 1:
            self._headline(claims[0], id_width=0)
        else:
            self.lines.append(self._counts(claims))
        if record["interrupted"] or record["missing"]:
            start = "Interrupted" if record["interrupted"] else "Not complete"
            self.wrap(f"{start}. Asked for and not finished: {', '.join(record['missing']) or 'none'}.", 0)
        if len(claims) > 1:
            self.lines.append("")
            for claim in claims:
                self._headline(claim, id_width=max(len(c["id"]) for c in claims))
        for claim in claims:
            self._claim(claim, alone=len(claims) == 1)
        self._closing(record)
        return "\n".join(line.rstrip() for line in self.lines) + "\n"

    def _counts(self, claims: Sequence[Mapping[str, Any]]) -> str:
        counts = ", ".join(
            f"{number} {self.verdict(name)}" for name, number in count_by_verdict(claims).items() if number
        )
        return f"{len(claims)} claims: {counts}" if claims else "0 claims: none was finished"

    def _headline(self, claim: Mapping[str, Any], id_width: int) -> None:
        longest = max(map(len, LOOKS)) if id_width else 0
        word = claim["verdict"]
        gap = " " * (max(longest - len(word), 0) + 2)
        line = f"{self.verdict(word)}{gap}{claim['id']:<{id_width}}  {visible(claim['title'])}"
        self.lines.append(f"{LOOKS[word].sign} {line}" if id_width else line)

    def verdict(self, word: str) -> str:
        return f"\x1b[{LOOKS[word].ansi}m{word}\x1b[0m" if self.colour else word

    def bold(self, text: str) -> str:
        return f"\x1b[1m{text}\x1b[0m" if self.colour else text

    def wrap(self, text: str, indent: int, lead: str = "") -> None:
        """`text` in lines of the page's width; `lead` opens the first one and sets the indentation of the others."""
        pad = " " * indent
        for block in visible(text).split("\n"):
            wrapped = textwrap.wrap(
                block,
                max(self.width, indent + len(lead) + 20),
                initial_indent=pad + lead,
                subsequent_indent=pad + " " * len(lead),
                break_long_words=False,
                break_on_hyphens=False,
            )
            self.lines += wrapped or [""]
            lead = " " * len(lead)

    def keep(self, text: str, indent: int) -> None:
        """`text` as it is, one line, to be copied."""
        self.lines.append(" " * indent + visible(text))

    def _claim(self, claim: Mapping[str, Any], *, alone: bool) -> None:
        self.lines.append("")
        if not alone:
            self.lines.append("─" * self.width)
            self._headline(claim, id_width=0)
        self.wrap(f"{claim['source']['paper']}, {claim['source']['place']}", 2)
        self.wrap(_math(claim["says"]), 2, "says  ")
        self.wrap(claim["verdict_says"], 2)
        if claim["uses"]:
            self.wrap(", ".join(claim["uses"]), 2, "uses  ")
        for reading in claim["readings"]:
            self._reading(reading)
        for figure in claim["figures"]:
            self.wrap(f"{figure['title']}. {figure['alt']}", 2, "figure (drawn in the HTML report)  ")
        for table in claim.get("tables", ()):
            self._table(table)
        self.lines.append("")
        self.lines.append("  reproduce")
        self.keep(f"$ {claim['reproduce']}", 4)

    def _table(self, table: Mapping[str, Any]) -> None:
        """A line a row, each number behind the name of its column; what has no value is left out."""
        self.lines.append("")
        self.wrap(f"{table['title']}. {table['caption']}", 2, "table  ")
        for first, *others in table["rows"]:
            named = zip(table["columns"][1:], others, strict=True)
            facts = [f"{name} {cell(value)}" for name, value in named if value not in (None, "")]
            self.wrap(f"{cell(first)}: {', '.join(facts) or '–'}", 4)

    def _reading(self, reading: Mapping[str, Any]) -> None:
        printed = " (as printed)" if reading["as_printed"] else ""
        self.lines.append("")
        self.lines.append(
            f"  {self.bold('reading ' + reading['id'])}{printed}: {self.verdict(reading['verdict'])}{_axes(reading)}"
        )
        self.wrap(reading["says"], 4)
        self._hypotheses(reading["hypotheses"], "given", 4, len(reading["parts"]))
        for part in reading["parts"]:
            self._part(part)

    def _hypotheses(self, items: Sequence[Mapping[str, Any]], lead: str, indent: int, parts: int = 0) -> None:
        for item in items:
            some = assumed_by_some(item, parts)
            only = f", in {', '.join(some)}" if some else ""
            self.wrap(f"{_math(item['says'])}   [{item['id']}]{only}", indent, f"{lead}  ")
            ablation = item["ablation"]
            if ablation:
                self.wrap(f"{ablation['status']}: {ablation['detail']}".rstrip(": "), indent + 7)
                if ablation["witness"]:
                    self._witness(ablation["witness"], indent + 7, "witness without it")

    def _part(self, part: Mapping[str, Any]) -> None:
        self.lines.append("")
        self.lines.append(f"    {self.bold('part ' + part['id'])}: {self.verdict(part['verdict'])}{_axes(part)}")
        self.wrap(_math(part["says"]), 6)
        self.wrap(part["verdict_says"], 6)
        if part["doubt"]:
            self.wrap(part["doubt"], 6, "doubt left  ")
        if part["missing"]:
            self.wrap(part["missing"], 6, "missing  ")
        self._evidence(part["evidence"], 6)
        for witness in part["witnesses"]:
            self._witness(witness, 6, f"{witness['role']} witness")
        if part["failing_step"]:
            self.wrap(f"{part['failing_step']['place']}: {part['failing_step']['says']}", 6, "failing step  ")
        if part["amendment"]:
            self._amendment(part["amendment"])

    def _evidence(self, items: Sequence[Mapping[str, Any]], indent: int) -> None:
        if not items:
            self.wrap("no evidence was recorded", indent)
            return
        labels = max((len(check_name(item)) for item in items if len(check_name(item)) <= LABEL), default=0)
        for item in items:
            self.wrap(" · ".join(_facts(item)), indent, f"{visible(check_name(item)):<{labels}}  ")
            self._notes(item, indent + 4)

    def _notes(self, item: Mapping[str, Any], indent: int) -> None:
        if item["detail"]:
            self.wrap(item["detail"], indent)
        for twin in item["twins"]:
            if not twin["killed"]:
                self.wrap(f"{twin['id']} survived. {twin['detail']}", indent, "twin: ")
        for neighbour in item["neighbours"]:
            if not neighbour["spared"]:
                self.wrap(f"{neighbour['id']} was not spared. {neighbour['detail']}", indent, "neighbour: ")

    def _witness(self, witness: Mapping[str, Any], indent: int, name: str) -> None:
        sizes = ", ".join(f"{size} = {value}" for size, value in witness["sizes"].items())
        exactness = "exact" if witness["exact"] else "enclosed"
        self.lines.append(f"{' ' * indent}{name} ({', '.join(filter(None, (witness['type'], sizes, exactness)))})")
        self.wrap(witness["shows"], indent + 2)
        self.keep(json.dumps(witness["point"], ensure_ascii=False), indent + 2)
        for relation in witness["relations"]:
            says = f"{_math(relation['says'])}: " if relation["says"] else ""
            value = relation["value"] if relation["value"] is not None else "not evaluated"
            self.wrap(f"{says}needs {OPERATORS[relation['op']]}, is {value}", indent + 2, f"{relation['role']}  ")

    def _amendment(self, amendment: Mapping[str, Any]) -> None:
        self.lines.append(
            f"      {self.bold('amendment')}: {self.verdict(amendment['verdict'])}{_axes(amendment)}"
            f"   [{amendment['id']}]"
        )
        self.wrap(_math(amendment["says"]), 8)
        self._hypotheses(amendment["adds"], "adds ", 8)
        conclusion = "same conclusion" if amendment["same_conclusion"] else "another conclusion"
        effect = (
            "makes the part CONDITIONAL" if amendment["makes_conditional"] else "does not make the part CONDITIONAL"
        )
        self.wrap(f"{conclusion}; {effect}: {amendment['because']}", 8)
        if amendment["advice"]:
            self.wrap(amendment["advice"], 8, "in practice  ")
        if amendment["doubt"]:
            self.wrap(amendment["doubt"], 8, "doubt left  ")
        self._evidence(amendment["evidence"], 8)
        for witness in amendment["witnesses"]:
            self._witness(witness, 8, f"{witness['role']} witness")
        for example in amendment["examples"]:
            sizes = f"k = {example['k']}, d = {example['d']}"
            self.wrap(f"example, {sizes}, with every point within {example['radius']} of it", 8)
            self.keep(json.dumps(example["point"], ensure_ascii=False), 10)

    def _closing(self, record: Mapping[str, Any]) -> None:
        twins, neighbours = record["teeth"]["twins"], record["teeth"]["neighbours"]
        self.lines += ["", "─" * self.width]
        self.wrap(
            f"twins killed {twins['killed']}/{twins['total']}, "
            f"neighbours spared {neighbours['spared']}/{neighbours['total']}",
            0,
        )
        if record["limits"]:
            self.lines.append("what this does not establish")
            for limit in record["limits"]:
                self.wrap(limit, 2, "- ")
        versions = ", ".join(f"{name} {version or 'not installed'}" for name, version in record["versions"].items())
        self.wrap(
            f"{lasted(record['times']['seconds'])}, profile {record['profile']}, "
            f"seed {record['seed']}, device {record['device']}",
            0,
        )
        self.wrap(versions, 0)
        self.keep(f"$ {record['command']}", 0)


def _facts(item: Mapping[str, Any]) -> Iterator[str]:
    """What one check found; what it did not measure is left out."""
    yield item["outcome"].replace("_", " ") + (f" ({item['strength']})" if item["strength"] else "")
    if item["scope"]:
        yield item["scope"]
    if item["cases"]:
        yield f"{counted(item['cases'])} {'case' if item['cases'] == 1 else 'cases'}"
    if item["worst_margin"] is not None:
        yield f"worst margin {measured(item['worst_margin'])}"
    if item["chance_bound"] is not None:
        yield f"chance that the next case refutes {chance(item['chance_bound'])}"
    if item["seconds"]:
        yield lasted(item["seconds"])
    for members, name, hit in ((item["twins"], "twins", "killed"), (item["neighbours"], "neighbours", "spared")):
        if members:
            yield f"{name} {hit} {sum(member[hit] for member in members)}/{len(members)}"


def _axes(item: Mapping[str, Any]) -> str:
    return "".join(f" · {visible(item[axis])}" for axis in ("strength", "scope") if item[axis])


def _math(latex: str) -> str:
    """Unicode text of LaTeX; the source itself where it cannot be converted, since it can be read as it stands."""
    try:
        return plaintext.plain(latex)
    except ValueError:
        return latex
