"""The vocabulary: a claim has readings, a reading has parts, a part has a statement, checks, twins and an amendment.

Everything here is declared; nothing here runs or knows a verdict.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ddcl_theory import expression as ex
from ddcl_theory.domain import Domain, Sizes, namespace_of_point
from ddcl_theory.evaluate import Undefined
from ddcl_theory.point import Point, exact
from ddcl_theory.relation import Relation, Traced, Truth, all_of, truth

if TYPE_CHECKING:
    from ddcl_theory.checks.base import Check


@dataclass(frozen=True)
class Source:
    """Where the statement stands."""

    paper: str
    place: str


@dataclass(frozen=True)
class Hypothesis:
    """A named assumption; `breaks` are points at which it alone fails, tried when it is ablated."""

    id: str
    says: str
    relation: Relation
    breaks: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Statement:
    """For all points of the domain that satisfy the hypotheses, the conclusion holds.

    system: what dynamics checks integrate (an energy, a field, the name of a training flow), where the statement has one.
    """

    domain: Domain
    conclusion: Relation
    given: tuple[Hypothesis, ...] = ()
    system: Any = None
    _traces: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def hypotheses(self) -> list[Hypothesis]:
        """What the kinds of the variables demand, then what is given."""
        return [Hypothesis(i, says, relation) for i, says, relation in self.domain.constraints()] + list(self.given)

    def trace(self, sizes: Sizes) -> tuple[list[tuple[Hypothesis, Traced]], Traced]:
        """Hypotheses and conclusion as expressions at the given sizes."""
        key = tuple(sorted(sizes.items()))
        if key not in self._traces:
            x = self.domain.namespace(sizes)
            self._traces[key] = ([(h, h.relation.trace(x)) for h in self.hypotheses()], self.conclusion.trace(x))
        traced: tuple[list[tuple[Hypothesis, Traced]], Traced] = self._traces[key]
        return traced

    def digest(self, sizes: Sizes) -> str:
        """Identifies what is asserted at these sizes, hypotheses included."""
        given, conclusion = self.trace(sizes)
        return ex.digest({"given": [[h.id, t.tree()] for h, t in given], "conclusion": conclusion.tree()})

    def smallest_sizes(self) -> dict[str, int]:
        return {name: max(2, lo) if lo < hi else lo for name, (lo, hi) in self.domain.sizes.items()}

    def examine(self, p: Point) -> Examination:
        """Decide every hypothesis and the conclusion at an exact point; a certainly false hypothesis ends it."""
        sizes = namespace_of_point(self.domain, p)
        given, conclusion = self.trace(sizes)
        premises = []
        try:
            for h, t in given:
                premises.append((h, t, truth(t, p)))
                if premises[-1][2].holds is False:
                    return Examination(sizes, p, tuple(premises), None, None)
        except Undefined as reason:
            return Examination(sizes, p, (), None, str(reason))
        try:
            outcome = truth(conclusion, p)
        except Undefined as reason:
            return Examination(sizes, p, tuple(premises), None, str(reason))
        return Examination(sizes, p, tuple(premises), (conclusion, outcome), None)


@dataclass(frozen=True)
class Examination:
    """Truth of each hypothesis and of the conclusion at one point."""

    sizes: dict[str, int]
    point: Point
    premises: tuple[tuple[Hypothesis, Traced, Truth], ...]
    conclusion: tuple[Traced, Truth] | None
    undefined: str | None

    @property
    def in_domain(self) -> bool | None:
        if self.undefined is not None and not self.premises:
            return False
        return all_of([t.holds for _, _, t in self.premises])

    @property
    def refutes(self) -> bool:
        """Certainly in the domain and certainly against the conclusion."""
        return self.in_domain is True and self.conclusion is not None and self.conclusion[1].holds is False

    @property
    def supports(self) -> bool:
        return self.in_domain is True and self.conclusion is not None and self.conclusion[1].holds is True


@dataclass(frozen=True)
class Twin:
    """A false variation of a part; `witness` is an exact point that refutes it (none for code twins)."""

    id: str
    statement: Any
    witness: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Neighbour:
    """A harmless variation of a part that every check of the part must spare.

    example: a point of its domain, offered to checks that examine points, where the part's own example does not fit.
    """

    id: str
    statement: Any
    example: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class FailingStep:
    """The step at which the paper's argument breaks, in our words."""

    place: str
    says: str


@dataclass(frozen=True)
class Amendment:
    """The corrected statement, decided like a part of its own.

    examples(k, d) gives a point that meets all hypotheses of the corrected statement for that number of prototypes and
    that dimension, and the radius of a box around it in which they still hold.  Without examples the amendment cannot
    make the part conditional.
    """

    part: Part
    breaks: FailingStep
    advice: str
    examples: Callable[[int, int], tuple[Mapping[str, Any], str]] | None = None


@dataclass(frozen=True)
class Part:
    """One atomic assertion.

    statement: what is checked, a `Statement`, or a statement about code (`checks.code.CodeStatement`).
    example: a point that meets the hypotheses, so that a proof is not about nothing.
    conclusion: names what is concluded where the statement is only a consequence of it (trajectories); amendments with
        the same name have the identical conclusion.
    """

    id: str
    says: str
    statement: Any
    checks: tuple[Check, ...]
    example: Mapping[str, Any] | None = None
    twins: tuple[Twin, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    amendment: Amendment | None = None
    conclusion: str | None = None
    missing: str | None = None


@dataclass(frozen=True)
class Reading:
    """One precise interpretation of a claim; the one marked `as_printed` gives the claim its verdict."""

    id: str
    says: str
    parts: tuple[Part, ...]
    as_printed: bool = False


@dataclass(frozen=True)
class Figure:
    """A curve or a phase portrait: `draw(settings)` computes its data and returns SVG text.

    draw: the function, or "module:function" where importing it is not free.  What `report.style.svg` returns carries the
        data that it draws.
    experiment: the block whose finished runs it shows; it is drawn only where experiments were asked for.
    first: of those runs it shows the first replicate alone.
    """

    id: str
    title: str
    alt: str
    caption: str
    draw: Callable[[Any], str] | str
    experiment: str = ""
    first: bool = False

    @property
    def script(self) -> str:
        """The function that draws it, as "module:function"."""
        if isinstance(self.draw, str):
            return self.draw
        function = getattr(self.draw, "func", self.draw)
        return f"{function.__module__}:{getattr(function, '__qualname__', type(function).__qualname__)}"

    def drawing(self, settings: Any) -> tuple[str, dict[str, Any] | None]:
        """The drawing and its data, None where the function gives none.

        Coordinates are in hundredths of a point: finer than a screen, and a third shorter.
        """
        draw = self.draw
        if isinstance(draw, str):
            module, _, function = draw.partition(":")
            draw = getattr(importlib.import_module(module), function)
        drawn = draw(settings)
        # The scale of a glyph is no coordinate: 0.015625 cut to 0.01 makes letters a third smaller than their spacing.
        return re.sub(r"(?<!scale\()(\d\.\d\d)\d+", r"\1", drawn), getattr(drawn, "data", None)

    def svg(self, settings: Any) -> str:
        """The drawing alone."""
        return self.drawing(settings)[0]


@dataclass(frozen=True)
class Claim:
    """A statement of a paper, made executable.  `derivation` is the docstring of its file."""

    id: str
    title: str
    source: Source
    says: str
    readings: tuple[Reading, ...]
    derivation: str = ""
    uses: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()

    def __post_init__(self) -> None:
        printed = [r.id for r in self.readings if r.as_printed]
        if len(printed) != 1:
            raise ValueError(f"{self.id}: exactly one reading must be marked as_printed, got {printed or 'none'}")
        for kind, ids in (
            ("reading", [r.id for r in self.readings]),
            *(("part", [p.id for p in r.parts]) for r in self.readings),
        ):
            doubled = {i for i in ids if ids.count(i) > 1}
            if doubled:
                raise ValueError(f"{self.id}: {kind} ids must differ, got {', '.join(sorted(doubled))} twice")

    @property
    def default(self) -> Reading:
        return next(r for r in self.readings if r.as_printed)


def examine(statement: Statement, raw: Mapping[str, Any]) -> Examination:
    """Examine a point that is written with strings, ints and nested lists."""
    return statement.examine({name: exact(value) for name, value in raw.items()})
