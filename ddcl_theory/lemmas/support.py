"""Lemma (ii), support: an identity between symmetric polynomial families holds for all sizes once it holds for small ones.

Let N_k be the numerator of a family after q_j → q_j/Σ_l q_l, a polynomial in indexed variables (those with an axis k)
and others.  Suppose, along that axis,
  (a) N_k with all variables of one index set to 0 is N_{k−1} up to a power of Σq, for every index, and
  (b) every monomial of N_k touches at most m indices, for every k.
Then N_1 = … = N_m = 0 implies N_k = 0 for all k: the coefficient of a monomial that touches I survives when the other
indices are set to 0, where the family is N_|I| up to a power of Σq, and |I| ≤ m.

(b) is established by degrees: a monomial touches no more indices than its degree in the carriers of the index.  Degrees
are read off the expression graph, where they do not depend on k because sums do not raise them; this is checked by
comparing consecutive sizes.  (a) is checked at the sizes up to m + 1; beyond, it rests on the family being one formula
for every k, with sums over the index only.  The same argument runs along the axis d.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.polynomial import Field, Label, quotients
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

    simplex: the variable whose last axis sums to one; it is homogenised, so that the identity may use Σq = 1.
    Raises Rejected through `steps` where the identity or a premise fails.
    """
    bounds = {a.axis: _touched(family, a, axes, simplex, fixed or {}) for a in axes}
    for a in axes:
        steps.verify(
            f"{says}: degrees do not depend on {a.axis}; a monomial touches at most {bounds[a.axis]} values of its index",
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
        steps.verify(f"{says}: setting one {a.axis}-index to 0 gives the family one size smaller", _commutes(family, a, axes, bounds, simplex, fixed or {}))


def _numerators(family: Family, sizes: Mapping[str, int], simplex: str | None) -> tuple[Field, list[Any]]:
    roots, labels = family(sizes)
    if simplex is not None:
        roots = _homogenised(roots, simplex, labels)
    field, values = quotients(list(roots), labels)
    return field, [v.numerator for v in values]


def _homogenised(roots: Sequence[Expr], simplex: str, labels: Mapping[Expr, Label]) -> list[Expr]:
    """q_j → q_j / Σ_l q_l along the last axis of the simplex variable."""
    nodes = {n for n in ex.topological(list(roots)) if n.op == "var" and n.data[0] == simplex}
    rows: dict[tuple[int, ...], list[Expr]] = {}
    for node in nodes:
        rows.setdefault(node.data[1][:-1], []).append(node)
    mapping = {}
    for row in rows.values():
        ordered = sorted(row, key=lambda n: n.data[1])
        mass = ex.total(ordered)
        mapping.update({node: node / mass for node in ordered})
    return [ex.substitute(r, mapping) for r in roots]


def _touched(
    family: Family, axis: Carriers, axes: Sequence[Carriers], simplex: str | None, fixed: Mapping[str, int]
) -> int:
    """The largest number of indices that a monomial of the (un-normalised) graph can touch: its degree in carriers.

    Degrees are structural (max over sums, plus over products), so they bound the polynomial's own degree at each size;
    equal structural degrees at consecutive sizes 2, 3 and 4 show that sums over the index are all that grows.
    """
    others = {a.axis: 2 for a in axes if a.axis != axis.axis}
    found = []
    for size in (2, 3, 4):
        roots, labels = family({**fixed, **others, axis.axis: size})
        if simplex is not None:
            roots = _homogenised(roots, simplex, labels)
        found.append(max((_degree(r, axis, labels) for r in roots), default=0))
    return found[0] if found[0] == found[1] == found[2] else -1


def _degree(root: Expr, axis: Carriers, labels: Mapping[Expr, Label]) -> int:
    """An upper bound on the degree in the carriers of the index, after clearing denominators: (numerator, denominator)
    degrees go up the graph, with the maximum at sums.  A monomial touches no more indices than its degree."""
    memo: dict[int, tuple[int, int]] = {}
    labelled = {id(n): label for n, label in labels.items()}
    for node in ex.topological([root]):
        if id(node) in labelled or node.op == "var":
            label = labelled.get(id(node), node.data)
            memo[id(node)] = (int(axis.index(label) is not None), 0)
            continue
        if node.op == "const":
            memo[id(node)] = (0, 0)
            continue
        inner = [memo[id(a)] for a in node.args]
        if node.op == "add":
            (a, b), (c, d) = inner
            memo[id(node)] = (max(a + max(0, d - b), c + max(0, b - d)), max(b, d))
        elif node.op == "mul":
            memo[id(node)] = (inner[0][0] + inner[1][0], inner[0][1] + inner[1][1])
        elif node.op == "pow":
            (a, b), n = inner[0], node.data
            memo[id(node)] = (a * n, b * n) if n >= 0 else (b * -n, a * -n)
        else:
            memo[id(node)] = (int(any(a for a, _ in inner)), 0)
    return memo[id(root)][0]


def _commutes(
    family: Family,
    axis: Carriers,
    axes: Sequence[Carriers],
    bounds: Mapping[str, int],
    simplex: str | None,
    fixed: Mapping[str, int],
) -> bool:
    """Premise (a) for the family itself (before homogenising), for each index at size m + 1."""
    others = {a.axis: min(2, max(1, bounds[a.axis])) for a in axes if a.axis != axis.axis}
    size = min(max(2, bounds[axis.axis] + 1), 4)
    large, labels = family({**fixed, **others, axis.axis: size})
    small, small_labels = family({**fixed, **others, axis.axis: size - 1})
    small_field, small_values = quotients(list(small), small_labels)
    wanted = [{_monomial(small_field, m): c for m, c in v.numerator.terms()} for v in small_values]
    for removed in range(size):
        field, values = quotients(list(large), labels)
        for value, expected in zip(values, wanted, strict=False):
            restricted = {}
            for monomial, coefficient in value.numerator.terms():
                named = _monomial(field, monomial)
                if not any(axis.index(label) == removed for label, _ in named):
                    restricted[_relabelled(named, axis, removed)] = coefficient
            if restricted != expected:
                return False
    return True


def _monomial(field: Field, powers: Sequence[int]) -> frozenset[tuple[Label, int]]:
    return frozenset((field.label_of(i), p) for i, p in enumerate(powers) if p)


def _relabelled(named: frozenset[tuple[Label, int]], axis: Carriers, removed: int) -> frozenset[tuple[Label, int]]:
    """Shift the indices above the removed one down by one."""

    def shift(label: Label) -> Label:
        at = axis.positions.get(label[0])
        if at is None or label[1][at] < removed:
            return label
        index = list(label[1])
        index[at] -= 1
        return label[0], tuple(index)

    return frozenset((shift(label), p) for label, p in named)


def _text(sizes: Mapping[str, int]) -> str:
    return ", ".join(f"{name} = {size}" for name, size in sizes.items())


def _witness(field: Field, residual: Any) -> str:
    monomial, coefficient = next(iter(residual.terms()))
    names = [f"{n}{list(i)}^{p}" for (n, i), p in sorted(_monomial(field, monomial))]
    return f"{coefficient}·{'·'.join(names) or '1'} and {len(residual) - 1} more terms"
