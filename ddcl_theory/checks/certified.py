"""Certified check: exact examination of given points, and branch and bound over a box with Arb enclosures."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from ddcl_theory.checks.base import Check, Settings, refutation
from ddcl_theory.claim import Examination, Statement, examine
from ddcl_theory.domain import namespace_of_point
from ddcl_theory.evaluate import balls
from ddcl_theory.evidence import Evidence, Outcome, Strength


@dataclass(frozen=True)
class Certified(Check):
    """Examine `candidates` exactly; over `box` enclose the conclusion until every piece is decided or boxes run out.

    candidates: points as in JSON.  box: like a point, with {"from": a, "to": b} in place of each number that ranges;
    at most four may range.  Candidates that belong to another domain (offered to a twin with other variables) are passed
    over.  The hypotheses of the statement must hold on all of the box (they are enclosed as well).
    """

    kind = "certified"
    candidates: tuple[Mapping[str, Any], ...] = ()
    box: Mapping[str, Any] | None = None

    def with_points(self, points: tuple[Mapping[str, Any], ...]) -> Certified:
        return replace(self, candidates=self.candidates + points)

    def run(self, statement: Statement, settings: Settings) -> Evidence:
        found: list[Examination] = []
        supported = 0
        variables = {v.name for v in statement.domain.variables}
        for raw in self.candidates:
            if set(raw) != variables:
                continue
            examination = examine(statement, raw)
            if examination.refutes:
                found.append(examination)
            supported += examination.supports
        if found:
            return refutation(
                self,
                statement,
                found,
                cases=len(self.candidates),
                scope="the points examined",
                detail="examined exactly",
            )
        if self.box is None:
            if supported == 0:
                return Evidence(
                    self.name, self.kind, Outcome.UNDECIDED, scope="no point decided", cases=len(self.candidates)
                )
            return Evidence(
                self.name,
                self.kind,
                Outcome.SUPPORTS,
                scope=f"{supported} points",
                strength=Strength.CERTIFIED,
                cases=supported,
                detail="exact at the points examined, and only there",
            )
        return self._branch_and_bound(statement, self.box, settings)

    def _branch_and_bound(self, statement: Statement, box: Mapping[str, Any], settings: Settings) -> Evidence:
        template, ranges = _template(box)
        if len(ranges) > 4:
            raise ValueError(f"a box may have at most 4 ranging numbers, got {len(ranges)}")
        sizes = namespace_of_point(statement.domain, _at(template, [lo for lo, _ in ranges]))
        given, conclusion = statement.trace(sizes)
        if conclusion.op not in ("ge0", "gt0") or any(t.op == "any" for _, t in given):
            raise ValueError("branch and bound needs conclusions of the form ≥ 0 or > 0")
        scope = "box " + ", ".join(f"[{lo}, {hi}]" for lo, hi in ranges)
        queue: list[tuple[float, int, list[tuple[Fraction, Fraction]]]] = [(0.0, 0, list(ranges))]
        done = serial = 0
        lowest = float("inf")
        while queue and done < settings.profile.boxes:
            _, _, piece = heapq.heappop(queue)
            done += 1
            inside = _enclose(template, piece)
            values = balls(conclusion.roots, inside, 96)
            outside = any(bool(v < 0) for _, t in given if t.op in ("ge0", "gt0") for v in balls(t.roots, inside, 96))
            lower = min(float(v.lower()) if v.is_finite() else float("-inf") for v in values)
            if outside or all(bool(v > 0) or (conclusion.op == "ge0" and bool(v >= 0)) for v in values):
                if not outside:
                    lowest = min(lowest, lower)
                continue
            middle = statement.examine(_at(template, [(lo + hi) / 2 for lo, hi in piece]))
            if middle.refutes:
                return refutation(
                    self, statement, [middle], cases=done, scope=scope, detail="branch and bound met a counterexample"
                )
            widest = max(range(len(piece)), key=lambda i: piece[i][1] - piece[i][0])
            lo, hi = piece[widest]
            for half in ((lo, (lo + hi) / 2), ((lo + hi) / 2, hi)):
                serial += 1
                child = list(piece)
                child[widest] = half
                heapq.heappush(queue, (lower, serial, child))
        if queue:
            return Evidence(
                self.name,
                self.kind,
                Outcome.UNDECIDED,
                scope=scope,
                cases=done,
                detail=f"{len(queue)} boxes left undecided",
            )
        if lowest == float("inf"):
            return Evidence(
                self.name,
                self.kind,
                Outcome.UNDECIDED,
                scope=scope,
                cases=done,
                detail="no part of the box meets the hypotheses",
            )
        return Evidence(
            self.name,
            self.kind,
            Outcome.SUPPORTS,
            scope=scope,
            strength=Strength.CERTIFIED,
            cases=done,
            worst_margin=lowest,
            detail=f"Arb enclosures over {done} boxes",
        )


def _template(box: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[tuple[Fraction, Fraction]]]:
    """The box with numbered holes in place of its pairs {"from": a, "to": b}, and the pairs."""
    ranges: list[tuple[Fraction, Fraction]] = []

    def walk(raw: Any) -> Any:
        if isinstance(raw, Mapping) and set(raw) == {"from", "to"}:
            lo, hi = Fraction(raw["from"]), Fraction(raw["to"])
            if lo > hi:
                raise ValueError(f"a range must not be empty, got from {lo} to {hi}")
            ranges.append((lo, hi))
            return _Hole(len(ranges) - 1)
        if isinstance(raw, (list, tuple)):
            return tuple(walk(r) for r in raw)
        return raw

    return {name: walk(raw) for name, raw in box.items()}, ranges


@dataclass(frozen=True)
class _Hole:
    number: int


def _fill(template: Mapping[str, Any], values: list[Any]) -> dict[str, Any]:
    from ddcl_theory.point import exact

    def walk(raw: Any) -> Any:
        if isinstance(raw, _Hole):
            return values[raw.number]
        if isinstance(raw, tuple):
            return tuple(walk(r) for r in raw)
        return exact(raw)

    return {name: walk(raw) for name, raw in template.items()}


def _at(template: Mapping[str, Any], values: list[Fraction]) -> dict[str, Any]:
    return _fill(template, list(values))


def _enclose(template: Mapping[str, Any], piece: list[tuple[Fraction, Fraction]]) -> dict[str, Any]:
    """Arb balls that contain every rational of each range."""
    from flint import arb, fmpq

    hulls = []
    for lo, hi in piece:
        a, b = arb(fmpq(lo.numerator, lo.denominator)), arb(fmpq(hi.numerator, hi.denominator))
        hulls.append(a.union(b))
    return _fill(template, hulls)
