"""From a suspicious float point to an exact counterexample: round, verify, simplify."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddcl_theory.checks.sampling import rationalise, simpler
from ddcl_theory.claim import Examination, Statement
from ddcl_theory.domain import Variable
from ddcl_theory.point import Point, Value, height

#: Denominators tried when a float point is rounded, the simplest first.
DENOMINATORS = (1, 2, 3, 4, 6, 8, 10, 12, 16, 24, 64, 1024, 2**20, 2**40)


def verified(statement: Statement, values: Mapping[str, Any]) -> Examination | None:
    """An exact counterexample near a float point (one case: tensors without the batch axis), or None.

    A violation of a non-strict relation survives fine rounding, so that one that does not was only float noise.
    """
    finest = statement.examine(rationalise(statement.domain, values, DENOMINATORS[-1]))
    if finest.conclusion is not None and finest.conclusion[0].op in ("ge0", "eq0") and not finest.refutes:
        return None
    for denominator in DENOMINATORS:
        found = statement.examine(rationalise(statement.domain, values, denominator))
        if found.refutes:
            return simplified(statement, found)
    return None


def simplified(statement: Statement, found: Examination, budget: int = 200) -> Examination:
    """Replace entries by simpler ones as long as the point stays a certain counterexample; greedy, deterministic."""
    improved = True
    while improved and budget > 0:
        improved = False
        for v in statement.domain.variables:
            if v.kind in ("cold", "hot"):
                continue
            for index in _indices(found.point[v.name]):
                for candidate in _variations(v, found.point, index):
                    budget -= 1
                    if height(candidate) >= height(found.point) or budget < 0:
                        continue
                    attempt = statement.examine(candidate)
                    if attempt.refutes:
                        found, improved = attempt, True
                        break
    return found


def _indices(value: Value, prefix: tuple[int, ...] = ()) -> list[tuple[int, ...]]:
    if not isinstance(value, tuple):
        return [prefix]
    return [i for n, v in enumerate(value) for i in _indices(v, (*prefix, n))]


def _variations(v: Variable, p: Point, index: tuple[int, ...]) -> list[Point]:
    current: Any = p[v.name]
    for i in index:
        current = current[i]
    variations: list[Point] = []
    for new in simpler(current):
        changed = _replaced(p[v.name], index, new)
        if v.kind in ("simplex", "sum-one"):
            changed = _rescaled(changed, index[:-1])
            if changed is None:
                continue
        if changed != p[v.name]:
            variations.append({**p, v.name: changed})
    return variations


def _replaced(value: Any, index: tuple[int, ...], new: Any) -> Any:
    if not index:
        return new
    return tuple(_replaced(x, index[1:], new) if i == index[0] else x for i, x in enumerate(value))


def _rescaled(value: Any, row: tuple[int, ...]) -> Any:
    target = value
    for i in row:
        target = target[i]
    mass = sum(target)
    return None if mass <= 0 else _replaced(value, row, tuple(x / mass for x in target))
