"""Does a corrected statement make a refuted part CONDITIONAL?

It does if it has the identical conclusion and a strict superset of the hypotheses, if stored examples show at every size
examined that all hypotheses can be met and the added ones on an open set, and if it stands itself.  The part's own
hypotheses may be equations, such as unit lengths: what they leave has no interior, whatever is added.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ddcl_theory.claim import Amendment, Part, Statement
from ddcl_theory.domain import Variable
from ddcl_theory.evaluate import Undefined
from ddcl_theory.point import Temperature, exact, to_json
from ddcl_theory.relation import Traced, truth
from ddcl_theory.verdict import Verdict

#: Sizes (k, d) at which the added hypotheses must be satisfiable on a box.
EXAMPLE_SIZES = ((2, 1), (2, 2), (3, 1), (3, 3), (4, 1), (4, 2), (5, 1), (2, 5), (9, 1))


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
    same, adds, other = _compare(part, amendment)
    examples: list[dict[str, Any]] = []
    complaint = _examine_examples(amendment, adds, examples) if same and adds else ""
    if complaint:
        return Judgement(same, tuple(adds), False, complaint, ())
    stands = verdict in (Verdict.PROVED, Verdict.HOLDS)
    if not same:
        because = other
    elif not adds:
        because = "the corrected statement adds no hypothesis"
    elif not examples:
        because = "no examples show that the added hypothesis can be met at every size"
    elif not stands:
        because = f"the corrected statement itself is {verdict.name}"
    else:
        because = "identical conclusion, more hypotheses, the added ones satisfiable on open sets at the sizes examined"
    return Judgement(same, tuple(adds), same and bool(adds) and bool(examples) and stands, because, tuple(examples))


def _compare(part: Part, amendment: Amendment) -> tuple[bool, list[str], str]:
    """(identical conclusion, identifiers of added hypotheses, what is not the same)."""
    old, new = part.statement, amendment.part.statement
    if not (isinstance(old, Statement) and isinstance(new, Statement)):
        return False, [], "the corrected statement is of another kind"
    before = {h.id for h in old.hypotheses()}
    adds = [h.id for h in new.hypotheses() if h.id not in before]
    if before - {h.id for h in new.hypotheses()}:
        return False, adds, "the corrected statement leaves out a hypothesis"
    if part.conclusion is not None or amendment.part.conclusion is not None:
        same = part.conclusion == amendment.part.conclusion
        return same, adds, "the conclusion of the corrected statement is another one"
    if dict(old.domain.sizes) != dict(new.domain.sizes):
        return False, adds, "the corrected statement is about other sizes"
    differences = [d for sizes in _compared(old) if (d := _difference_at(old, new, sizes))]
    return not differences, adds, next(iter(differences), "")


def _compared(statement: Statement) -> list[dict[str, int]]:
    """The smallest sizes and the next two above them: formulas that agree there are taken for the same."""
    smallest = statement.smallest_sizes()
    return [
        {
            name: size + more if lo < hi else size
            for (name, size), (lo, hi) in zip(smallest.items(), statement.domain.sizes.values(), strict=True)
        }
        for more in (0, 1, 2)
    ]


def _difference_at(old: Statement, new: Statement, sizes: Mapping[str, int]) -> str:
    """What keeps the new statement from repeating the old one's conclusion and hypotheses without assuming the former."""
    (before, conclusion), (after, again) = old.trace(sizes), new.trace(sizes)
    hypotheses = {h.id: t.tree() for h, t in after}
    if conclusion.tree() != again.tree():
        return "the conclusion of the corrected statement is another one"
    if any(hypotheses[h.id] != t.tree() for h, t in before):
        return "a hypothesis of the corrected statement is another one under the same name"
    if conclusion.tree() in [tree for i, tree in hypotheses.items() if i not in {h.id for h, _ in before}]:
        return "the corrected statement assumes its conclusion"
    return ""


def _examine_examples(amendment: Amendment, adds: Sequence[str], rows: list[dict[str, Any]]) -> str:
    """Verify the examples at several k and d: all hypotheses at the centre, the added ones on a box about it too."""
    if amendment.examples is None:
        return ""
    statement: Statement = amendment.part.statement
    for k, d in EXAMPLE_SIZES:
        raw, radius = amendment.examples(k, d)
        if Fraction(radius) <= 0:
            return f"the box around the example for k = {k}, d = {d} has the radius {radius}"
        point = {n: exact(v) for n, v in raw.items()}
        found = statement.examine(point)
        sizes = {"k": k, "d": d}
        if any(found.sizes.get(name, size) != size for name, size in sizes.items()):
            return f"the example for k = {k}, d = {d} has the sizes {found.sizes}"
        if found.in_domain is not True:
            return f"the example for k = {k}, d = {d} does not meet the hypotheses"
        added = [t for h, t in statement.trace(found.sizes)[0] if h.id in adds]
        if not all(_true(t, moved) for moved in _box(statement, point, Fraction(radius)) for t in added):
            return f"the example for k = {k}, d = {d} does not meet the added hypotheses on a box"
        rows.append({"k": k, "d": d, "point": {n: to_json(v) for n, v in point.items()}, "radius": radius})
    return ""


def _true(relation: Traced, point: Mapping[str, Any]) -> bool:
    try:
        return truth(relation, point).holds is True
    except Undefined:
        return False


def _box(statement: Statement, point: Mapping[str, Any], radius: Fraction) -> Iterator[Mapping[str, Any]]:
    """Points of the box: every coordinate moved alone both ways, then all at once, alternating, both ways.

    A simplex row moves towards each of its vertices; a limit of the temperature is no coordinate.
    """
    variables = [(v, i) for v in statement.domain.variables for i in _coordinates(v, point[v.name])]
    for sign in (1, -1):
        corner = dict(point)
        for place, (v, index) in enumerate(variables):
            yield {**point, v.name: _moved(v, point[v.name], index, sign * radius)}
            corner[v.name] = _moved(v, corner[v.name], index, sign * (1 if place % 2 else -1) * radius)
        yield corner


def _coordinates(v: Variable, value: Any, prefix: tuple[int, ...] = ()) -> list[tuple[int, ...]]:
    if v.kind in ("cold", "hot"):
        return []
    if not isinstance(value, tuple):
        return [prefix]
    return [i for n, entry in enumerate(value) for i in _coordinates(v, entry, (*prefix, n))]


def _moved(v: Variable, value: Any, index: tuple[int, ...], step: Fraction) -> Any:
    """The value with one coordinate moved, as far as the kind of its variable lets it."""
    if v.kind in ("simplex", "sum-one") and len(index) == 1:
        share = min(abs(step), Fraction(1, 2))
        return tuple((1 - share) * x + share * (j == index[0]) for j, x in enumerate(value))
    if index:
        return tuple(_moved(v, x, index[1:], step) if j == index[0] else x for j, x in enumerate(value))
    if isinstance(value, Temperature):
        return Temperature(min(max(value.s + step, value.s / 2), (1 + value.s) / 2))
    if v.kind == "nonnegative":
        return max(value + step, Fraction(0))
    return value + step
