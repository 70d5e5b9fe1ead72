"""Does a corrected statement make a refuted part CONDITIONAL?

It does if it has the identical conclusion and a strict superset of the hypotheses, if stored examples show that the added
ones can be met on open sets at every size examined, and if it stands itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ddcl_theory.claim import Amendment, Part, Statement
from ddcl_theory.point import exact, to_json
from ddcl_theory.verdict import Verdict

#: Sizes (k, d) at which the added hypotheses must be satisfiable on a box.
EXAMPLE_SIZES = ((2, 1), (2, 2), (3, 1), (3, 3), (4, 1), (4, 2), (5, 1))


@dataclass(frozen=True)
class Judgement:
    """adds: identifiers of the added hypotheses.  examples: one row a size examined, empty where one of them failed."""

    same_conclusion: bool
    adds: tuple[str, ...]
    makes_conditional: bool
    because: str
    examples: tuple[dict[str, Any], ...]


def judge(part: Part, amendment: Amendment, verdict: Verdict) -> Judgement:
    """The bearing of an amendment on its part, given the amendment's own verdict."""
    same, adds = _compare(part, amendment)
    examples: list[dict[str, Any]] = []
    complaint = _examine_examples(amendment, examples) if same and adds else ""
    if complaint:
        return Judgement(same, tuple(adds), False, complaint, ())
    stands = verdict in (Verdict.PROVED, Verdict.HOLDS)
    if not same:
        because = "the conclusion of the corrected statement is another one"
    elif not adds:
        because = "the corrected statement adds no hypothesis"
    elif not examples:
        because = "no examples show that the added hypothesis can be met at every size"
    elif not stands:
        because = f"the corrected statement itself is {verdict.name}"
    else:
        because = "identical conclusion, more hypotheses, satisfiable on open sets at the sizes examined"
    return Judgement(same, tuple(adds), same and bool(adds) and bool(examples) and stands, because, tuple(examples))


def _compare(part: Part, amendment: Amendment) -> tuple[bool, list[str]]:
    """(identical conclusion, identifiers of added hypotheses)."""
    old, new = part.statement, amendment.part.statement
    if not (isinstance(old, Statement) and isinstance(new, Statement)):
        return False, []
    before = {h.id for h in old.hypotheses()}
    adds = [h.id for h in new.hypotheses() if h.id not in before]
    if before - {h.id for h in new.hypotheses()}:
        return False, adds
    if part.conclusion is not None or amendment.part.conclusion is not None:
        return part.conclusion == amendment.part.conclusion, adds
    if dict(old.domain.sizes) != dict(new.domain.sizes):
        return False, adds
    sizes = old.smallest_sizes()
    return old.conclusion_digest(sizes) == new.conclusion_digest(sizes), adds


def _examine_examples(amendment: Amendment, rows: list[dict[str, Any]]) -> str:
    """Verify the examples at several k and d, at the centre and at two corners of the box around them."""
    if amendment.examples is None:
        return ""
    statement: Statement = amendment.part.statement
    for k, d in EXAMPLE_SIZES:
        raw, radius = amendment.examples(k, d)
        for shift in (0, 1, -1):
            moved = {n: _moved(statement, n, exact(v), shift, radius) for n, v in raw.items()}
            if statement.examine(moved).in_domain is not True:
                return f"the example for k = {k}, d = {d} does not meet the hypotheses{' on a box' if shift else ''}"
        rows.append({"k": k, "d": d, "point": {n: to_json(exact(v)) for n, v in raw.items()}, "radius": radius})
    return ""


def _moved(statement: Statement, name: str, value: Any, sign: int, radius: str) -> Any:
    """The value with every real entry moved by ± radius, alternating; simplices, temperatures and limits stay."""
    if sign == 0 or statement.domain.variable(name).kind not in ("real", "positive"):
        return value
    counter = iter(range(10**9))

    def walk(v: Any) -> Any:
        if isinstance(v, tuple):
            return tuple(walk(x) for x in v)
        return v + sign * (1 if next(counter) % 2 else -1) * Fraction(radius)

    return walk(value)
