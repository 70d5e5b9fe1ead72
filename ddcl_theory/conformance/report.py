"""What a conformance run found: one row a property, as frozen data and as text."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Finding:
    """The outcome of one property on one case.

    margin: 1 − error/allowed; negative where the property is violated, −inf where there is no finite error.
    says: what was compared and what came out.
    """

    margin: float
    says: str

    @property
    def passed(self) -> bool:
        return self.margin >= 0


@dataclass(frozen=True)
class PropertyResult:
    """One property over all its cases.

    demands: the property in words.  worst_margin: the smallest margin met.  counterexample: Python text that raises
    AssertionError on the implementation that failed, for the smallest failing case; None where the property holds.
    """

    property: str
    demands: str
    passed: bool
    cases: int
    worst_margin: float
    counterexample: str | None


@dataclass(frozen=True)
class ConformanceReport:
    """All properties of one implementation.  subject: its name.  setting: sizes, dtype, device and seed in words."""

    subject: str
    setting: str
    rows: tuple[PropertyResult, ...]

    @property
    def passed(self) -> bool:
        return all(row.passed for row in self.rows)

    @property
    def failed(self) -> tuple[PropertyResult, ...]:
        return tuple(row for row in self.rows if not row.passed)

    def raise_if_failed(self) -> None:
        """Raise AssertionError that lists what fails, each with a reproduction."""
        __tracebackhide__ = True
        if not self.passed:
            raise AssertionError(str(self))

    def __str__(self) -> str:
        lines = [
            f"{self.subject}: {len(self.rows) - len(self.failed)} of {len(self.rows)} properties hold ({self.setting})"
        ]
        for row in self.rows:
            mark = "holds" if row.passed else "FAILS"
            lines.append(
                f"  {mark}  {row.property}: {row.demands} ({row.cases} cases, worst margin {row.worst_margin:.3g})"
            )
        for row in self.failed:
            lines += [
                "",
                f"To reproduce {row.property}:",
                "",
                *(f"    {line}" for line in str(row.counterexample).splitlines()),
            ]
        return "\n".join(lines)


def compared(error: float, allowed: float, says: str) -> Finding:
    """A finding from an error and what is allowed; a NaN is a violation."""
    if not math.isfinite(error):
        return Finding(-math.inf, says)
    if allowed <= 0:
        return Finding(1.0 if error == 0 else -math.inf, says)
    return Finding(1 - error / allowed, says)


def judge(
    name: str,
    demands: str,
    cases: Sequence[T],
    size: Callable[[T], int],
    trial: Callable[[T], Finding],
    reproduction: Callable[[T], str],
) -> PropertyResult:
    """Run a property on its cases; an exception of the implementation is a violation that names it."""
    findings = []
    for case in cases:
        try:
            findings.append((case, trial(case)))
        except Exception as error:  # whatever the implementation raises on an admissible case counts against it
            findings.append((case, Finding(-math.inf, f"it raises {type(error).__name__}: {error}")))
    failing = sorted((pair for pair in findings if not pair[1].passed), key=lambda pair: size(pair[0]))
    text = None
    if failing:
        case, finding = failing[0]
        text = "\n".join([*(f"# {line}" for line in finding.says.splitlines()), reproduction(case)])
    worst = min((finding.margin for _, finding in findings), default=math.inf)
    return PropertyResult(name, demands, not failing, len(findings), worst, text)


def name_of(subject: object) -> str:
    """How a report calls a function, class or module."""
    named = getattr(subject, "__qualname__", None) or type(subject).__qualname__
    return str(named).rsplit("<locals>.", 1)[-1]


def selected(properties: Iterable[str] | None, known: Sequence[str], default: Sequence[str]) -> list[str]:
    """The properties to run, in their own order; ValueError for unknown names and for none."""
    if properties is None:
        return list(default)
    if isinstance(properties, str):
        raise TypeError(f"properties: got the string {properties!r}, accepted a collection of names")
    wanted = list(properties)
    unknown = [p for p in wanted if p not in known]
    if unknown or not wanted:
        got = ", ".join(map(repr, unknown)) or "none"
        raise ValueError(f"properties: got {got}, accepted {', '.join(known)}")
    return [p for p in known if p in wanted]
