"""Lemma (ii), support: an identity between symmetric polynomial families holds for all sizes once it holds for small ones.

Let N_k be the numerator of a family after q_j → q_j/Σ_l q_l, a polynomial in indexed variables (those with an axis k)
and others.  Suppose, along that axis,
  (a) N_k with all variables of one index set to 0 is N_{k−1} up to a power of Σq, for every index, and
  (b) every monomial of N_k touches at most m indices, for every k.
Then N_1 = … = N_m = 0 implies N_k = 0 for all k: the coefficient of a monomial that touches I survives when the other
indices are set to 0, where the family is N_|I| up to a power of Σq, and |I| ≤ m.

(b) is established on the expression graph at a few sizes K: every node gets the sets of indices that a monomial of it
may touch, whatever the coefficients (a product unites sets, a sum collects them).  A bound m < K that is the same at two
consecutive sizes is m: a larger size adds index sets of the same shapes, because the graph is one formula with sums over
the index.  (a) is checked at the size m + 1, at most 4; beyond, it rests on that same uniformity of the formula.
The same argument runs along the axis d.

That the graph is one formula is a premise about how it was written, and no finite number of sizes can show it.  What
would break it in practice (a factor in k, a sum over five indices at a time, an index that is special) shows at small
sizes, so that the identity is tried at every size up to PROBED as well, at random points.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.polynomial import Field, Label, Unsupported, is_zero, quotients, terms
from ddcl_theory.proof import Steps

#: Sizes to expressions that should vanish, with names for the nodes (Boltzmann factors) that count as variables.
Family = Callable[[Mapping[str, int]], tuple[Sequence[Expr], Mapping[Expr, Label]]]


@dataclass(frozen=True)
class Carriers:
    """Which variables carry the index of an axis: for each name, the position of the axis in its index tuple."""

    axis: str
    positions: Mapping[str, int]

    def index(self, label: Label) -> int | None:
        name, index = label
        return index[self.positions[name]] if name in self.positions else None


def identity_for_all_sizes(
    steps: Steps,
    family: Family,
    axes: Sequence[Carriers],
    simplex: str | None = None,
    fixed: Mapping[str, int] | None = None,
    says: str = "the identity",
) -> None:
    """Verify the premises of the lemma for every axis and the identity at all sizes it asks for.

    simplex: the variable (or labelled atom) whose last axis sums to one; it is homogenised, so that the identity may use
        Σq = 1.
    Raises Rejected through `steps` where the identity or a premise fails.
    """
    bounds = {a.axis: _touched(family, a, axes, simplex, fixed or {}) for a in axes}
    for a in axes:
        steps.verify(
            f"{says}: for every {a.axis} a monomial touches at most {bounds[a.axis]} of the indices",
            bounds[a.axis] >= 0,
        )
    combos: list[dict[str, int]] = [dict(fixed or {})]
    for a in axes:
        combos = [{**c, a.axis: size} for c in combos for size in range(1, max(1, bounds[a.axis]) + 1)]
    for sizes in combos:
        field, numerators = _numerators(family, sizes, simplex)
        residual = next((n for n in numerators if n), None)
        if residual is not None:
            steps.verify(f"{says} at {_text(sizes)} (residual {_witness(field, residual)})", False)
    ranges = ", ".join(f"{a.axis} ≤ {max(1, bounds[a.axis])}" for a in axes)
    steps.verify(f"{says}: vanishes identically at {ranges}", True)
    for a in axes:
        steps.verify(
            f"{says}: setting one {a.axis}-index to 0 gives the family one size smaller",
            _commutes(family, a, axes, bounds, simplex, fixed or {}),
        )
    for sizes in _probed(axes, bounds, fixed or {}):
        if not _vanishes_at_random(family, sizes, simplex):
            steps.verify(f"{says} at {_text(sizes)} (it does not vanish at a random point)", False)
    steps.verify(f"{says}: vanishes at random points at the sizes up to {PROBED}", True)


#: Up to this size of an axis the identity is tried at random points.
PROBED = 7

#: Random points have coordinates modulo this prime; a polynomial of degree D that is not zero vanishes there with a
#: chance of at most D / _PRIME.
_PRIME = 2**61 - 1


def _probed(axes: Sequence[Carriers], bounds: Mapping[str, int], fixed: Mapping[str, int]) -> list[dict[str, int]]:
    """The sizes of each axis above those that were decided exactly, the others at 2; then all axes at 4."""
    single = [
        {**fixed, **{b.axis: 2 for b in axes}, a.axis: size}
        for a in axes
        for size in range(max(1, bounds[a.axis]) + 1, PROBED + 1)
    ]
    return [*single, {**fixed, **{a.axis: 4 for a in axes}}]


def _vanishes_at_random(family: Family, sizes: Mapping[str, int], simplex: str | None) -> bool:
    """Whether all roots vanish at a random point modulo a prime; functions of equal arguments get equal values."""
    roots, labels = family(sizes)
    if simplex is not None:
        roots = _homogenised(roots, simplex, labels)
    draw = random.Random(str(sorted(sizes.items())))
    drawn: dict[Any, int] = {}
    values: dict[int, int] = {}
    named = {id(n): label for n, label in labels.items()}
    for node in ex.topological([*labels, *roots]):
        args = tuple(values[id(a)] for a in node.args)
        if node.op in ("exp", "log", "sqrt", "boltzmann"):
            if node.op != "log" and args[0] == 0:
                values[id(node)] = int(node.op != "sqrt")
                continue
            key: Any = (node.op, args)
            if id(node) in named:
                drawn[key] = drawn.setdefault(named[id(node)], draw.randrange(1, _PRIME))
        elif id(node) in named or node.op == "var":
            key = named.get(id(node), node.data)
        elif node.op == "const":
            values[id(node)] = node.data.numerator * pow(node.data.denominator, -1, _PRIME) % _PRIME
            continue
        elif node.op in ("add", "mul"):
            values[id(node)] = (args[0] + args[1] if node.op == "add" else args[0] * args[1]) % _PRIME
            continue
        elif node.op == "pow":
            if node.data < 0 and args[0] == 0:
                raise Unsupported(f"division by an expression that is zero at {_text(sizes)}")
            values[id(node)] = pow(args[0], node.data, _PRIME)
            continue
        else:
            raise Unsupported(f"{node.op} is no rational function")
        values[id(node)] = drawn.setdefault(key, draw.randrange(1, _PRIME))
    return all(values[id(r)] == 0 for r in roots)


def _numerators(family: Family, sizes: Mapping[str, int], simplex: str | None) -> tuple[Field, list[Any]]:
    roots, labels = family(sizes)
    if simplex is not None:
        roots = _homogenised(roots, simplex, labels)
    field, values = quotients(list(roots), labels)
    return field, [v.numerator for v in values]


def _homogenised(roots: Sequence[Expr], simplex: str, labels: Mapping[Expr, Label]) -> list[Expr]:
    """q_j → q_j / Σ_l q_l along the last axis of the simplex variable."""
    named = {n: n.data for n in ex.topological(list(roots)) if n.op == "var"} | dict(labels)
    rows: dict[tuple[int, ...], list[tuple[tuple[int, ...], Expr]]] = {}
    for node, (name, index) in named.items():
        if name == simplex:
            rows.setdefault(index[:-1], []).append((index, node))
    mapping = {}
    for row in rows.values():
        ordered = [node for _, node in sorted(row, key=lambda pair: pair[0])]
        mass = ex.total(ordered)
        mapping.update({node: node / mass for node in ordered})
    return [ex.substitute(r, mapping) for r in roots]


def _touched(
    family: Family, axis: Carriers, axes: Sequence[Carriers], simplex: str | None, fixed: Mapping[str, int]
) -> int:
    """The largest number of indices of the axis that a monomial of the family can touch; -1 where no bound was found."""
    others = {a.axis: 2 for a in axes if a.axis != axis.axis}
    previous = -1
    for size in range(2, LARGEST_SUPPORT + 3):
        roots, labels = family({**fixed, **others, axis.axis: size})
        if simplex is not None:
            roots = _homogenised(roots, simplex, labels)
        found = max((_support(r, axis, labels) for r in roots), default=0)
        if found == previous and found < size - 1:
            return found
        previous = found
    return -1


#: Supports above this are not tried; the exact computation would be too large anyway.
LARGEST_SUPPORT = 6


@dataclass(frozen=True)
class _Touch:
    """Index sets (bit masks, maximal ones only) of the numerator; denominator factors with their powers and sets."""

    sets: frozenset[int]
    below: Mapping[int, tuple[int, frozenset[int]]]


def _support(root: Expr, axis: Carriers, labels: Mapping[Expr, Label]) -> int:
    """Upper bound on the number of indices touched by a monomial of the numerator, by set arithmetic on the graph."""
    memo: dict[int, _Touch] = {}
    labelled = {id(n): label for n, label in labels.items()}
    for node in ex.topological([root]):
        if id(node) in labelled or node.op == "var":
            index = axis.index(labelled.get(id(node), node.data))
            memo[id(node)] = _Touch(frozenset([0 if index is None else 1 << index]), {})
            continue
        if not node.args:
            memo[id(node)] = _Touch(frozenset([0]), {})
            continue
        inner = [memo[id(a)] for a in node.args]
        if node.op == "add":
            common = _common(inner[0].below, inner[1].below)
            memo[id(node)] = _Touch(_maximal(_lifted(inner[0], common) | _lifted(inner[1], common)), common)
        elif node.op == "mul":
            powers = dict(inner[0].below)
            for key, (power, sets) in inner[1].below.items():
                powers[key] = (powers.get(key, (0, sets))[0] + power, sets)
            memo[id(node)] = _Touch(_times(inner[0].sets, inner[1].sets), powers)
        elif node.op == "pow" and node.data > 0:
            memo[id(node)] = _Touch(
                _power(inner[0].sets, node.data),
                {key: (power * node.data, sets) for key, (power, sets) in inner[0].below.items()},
            )
        elif node.op == "pow":
            above = frozenset([0])
            for power, sets in inner[0].below.values():
                above = _times(above, _power(sets, power * -node.data))
            memo[id(node)] = _Touch(above, {id(node.args[0]): (-node.data, inner[0].sets)})
        else:
            memo[id(node)] = _Touch(frozenset([0]), {})
    return max(bin(mask).count("1") for mask in memo[id(root)].sets)


def _common(
    a: Mapping[int, tuple[int, frozenset[int]]], b: Mapping[int, tuple[int, frozenset[int]]]
) -> dict[int, tuple[int, frozenset[int]]]:
    merged = dict(a)
    for key, (power, sets) in b.items():
        merged[key] = (max(power, merged.get(key, (0, sets))[0]), sets)
    return merged


def _lifted(t: _Touch, common: Mapping[int, tuple[int, frozenset[int]]]) -> frozenset[int]:
    """The numerator's sets after bringing it to a common denominator."""
    sets = t.sets
    for key, (power, factor) in common.items():
        sets = _times(sets, _power(factor, power - t.below.get(key, (0, factor))[0]))
    return sets


def _power(sets: frozenset[int], n: int) -> frozenset[int]:
    result = frozenset([0])
    for _ in range(n):
        result = _times(result, sets)
    return result


def _times(a: frozenset[int], b: frozenset[int]) -> frozenset[int]:
    return _maximal(frozenset(x | y for x in a for y in b))


def _maximal(sets: frozenset[int]) -> frozenset[int]:
    return frozenset(x for x in sets if not any(x != y and x & y == x for y in sets))


def _commutes(
    family: Family,
    axis: Carriers,
    axes: Sequence[Carriers],
    bounds: Mapping[str, int],
    simplex: str | None,
    fixed: Mapping[str, int],
) -> bool:
    """Premise (a), for each index at size m + 1 (at most 4): as the family stands, or else after homogenising it.

    The first form says more, because a true identity vanishes after homogenising.
    """
    others = {a.axis: min(2, max(1, bounds[a.axis])) for a in axes if a.axis != axis.axis}
    size = min(max(2, bounds[axis.axis] + 1), 4)
    large, labels = family({**fixed, **others, axis.axis: size})
    small, small_labels = family({**fixed, **others, axis.axis: size - 1})
    if len(large) != len(small):
        return False
    plain = _restrictions_agree(large, labels, small, small_labels, axis, size)
    if plain or simplex is None:
        return plain
    large, small = _homogenised(large, simplex, labels), _homogenised(small, simplex, small_labels)
    return _restrictions_agree(large, labels, small, small_labels, axis, size)


def _restrictions_agree(
    large: Sequence[Expr],
    labels: Mapping[Expr, Label],
    small: Sequence[Expr],
    small_labels: Mapping[Expr, Label],
    axis: Carriers,
    size: int,
) -> bool:
    by_label = {label: node for node, label in small_labels.items()}
    named = {n: n.data for n in ex.topological(list(large)) if n.op == "var"} | dict(labels)
    for removed in range(size):
        mapping: dict[Expr, Expr] = {}
        for node, (name, index) in named.items():
            own = axis.index((name, index))
            if own == removed:
                mapping[node] = ex.ZERO
            elif own is not None or node in labels:
                label = _shifted((name, index), axis, removed)
                mapping[node] = by_label[label] if label in by_label else ex.variable(label[0], *label[1])
        for a, b in zip(large, small, strict=True):
            try:
                agree = is_zero(ex.substitute(a, mapping) - b, small_labels)
            except Unsupported:
                return False
            if not agree:
                return False
    return True


def _shifted(label: Label, axis: Carriers, removed: int) -> Label:
    """The label with indices above the removed one shifted down by one."""
    at = axis.positions.get(label[0])
    if at is None or label[1][at] < removed:
        return label
    index = list(label[1])
    index[at] -= 1
    return label[0], tuple(index)


def _monomial(field: Field, powers: Sequence[int]) -> frozenset[tuple[Label, int]]:
    return frozenset((field.label_of(i), p) for i, p in enumerate(powers) if p)


def _text(sizes: Mapping[str, int]) -> str:
    return ", ".join(f"{name} = {size}" for name, size in sizes.items())


def _witness(field: Field, residual: Any) -> str:
    monomial, coefficient = terms(residual)[0]
    names = [f"{n}{list(i)}^{p}" for (n, i), p in sorted(_monomial(field, monomial))]
    return f"{coefficient}·{'·'.join(names) or '1'} and {len(residual) - 1} more terms"
