"""A referee's report as text, a section for each paper; `report.findings` says what stands in it."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

from ddcl_theory.report.findings import (
    FALLS,
    OPEN,
    ORDER,
    STANDS,
    Entry,
    PaperAudit,
    audit,
    dependents,
)
from ddcl_theory.report.plaintext import plain
from ddcl_theory.report.prose import Formula, Prose, sentence
from ddcl_theory.report.visible import visible

__all__ = ["FALLS", "OPEN", "ORDER", "STANDS", "dependents", "render"]


def render(record: Mapping[str, Any], width: int = 100) -> str:
    """The text of the report, at most `width` columns where words allow it."""
    page = _Page(width)
    found = audit(record)
    page.heading("Referee's report", "=")
    page.add(found.tally)
    for name, why in found.not_run:
        page.gap()
        page.add(f"{name} did not run.")
        page.add(sentence(why), "  ")
    for paper in found.papers:
        _paper(page, paper)
    page.heading("What this report does not establish")
    for limit in found.limits:
        page.add(limit, "  - ", "    ")
    return page.text()


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


def _paper(page: _Page, paper: PaperAudit) -> None:
    page.heading(paper.paper, "=")
    page.add(paper.tally)
    for section in paper.sections:
        page.heading(f"{section.heading} ({len(section.entries)})")
        for number, entry in enumerate(section.entries, 1):
            page.add(_headline(entry), f"{number:>3}. ", "     ")
            for item in entry.items:
                lead = f"{item.label} " if item.label.startswith("(") else f"{item.label}: " if item.label else ""
                page.add(lead + words(item.prose), "     ", "         " if lead.startswith("(") else "     ")


def _headline(entry: Entry) -> str:
    verdict = f"{entry.verdict}  " if entry.verdict else ""
    noun = "claim rests" if entry.resting == 1 else "claims rest"
    weight = f"; {entry.resting} other {noun} on it" if entry.resting else ""
    return f"{verdict}{entry.title} ({entry.place}; {entry.claim}){weight}"


def words(prose: Prose) -> str:
    """Unicode text; a formula that cannot be converted stands as its source."""
    return "".join(_formula(piece.latex) if isinstance(piece, Formula) else piece for piece in prose)


def _formula(latex: str) -> str:
    try:
        return plain(latex)
    except ValueError:
        return latex
