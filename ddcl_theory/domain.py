"""Domains: the variables of a statement, their kinds and sizes, and how each kind is sampled.

A kind carries its constraints (which are hypotheses and can be ablated), small exact values for the property tests, a
degenerate battery, a float sampler and a smooth parametrisation for gradient search.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.point import Point, Temperature, Value
from ddcl_theory.relation import Namespace, Relation, at_least_zero, equals_zero, positive
from ddcl_theory.symbols import symbol

Sizes = Mapping[str, int]

#: The kinds of variables. cold and hot are the limits T → 0 and T → ∞ of a temperature.
KINDS = ("real", "simplex", "sum-one", "nonnegative", "positive", "temperature", "cold", "hot")


@dataclass(frozen=True)
class Variable:
    """A variable with a kind and a shape in sizes ("k", "d", "n") or fixed numbers; simplices lie on the last axis.

    latex: how it is written in formulas, where its name does not say so (see `symbols.symbol`).
    """

    name: str
    kind: str
    shape: tuple[str | int, ...] = ()
    latex: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}; got {self.kind!r}")
        if self.kind in ("simplex", "sum-one") and not self.shape:
            raise ValueError(f"{self.name}: a {self.kind} variable needs a shape")

    @property
    def symbol(self) -> str:
        return self.latex if self.latex is not None else symbol(self.name)

    def extent(self, sizes: Sizes) -> tuple[int, ...]:
        return tuple(sizes[s] if isinstance(s, str) else s for s in self.shape)

    def expressions(self, sizes: Sizes) -> Any:
        def build(shape: tuple[int, ...], index: tuple[int, ...]) -> Any:
            if not shape:
                return ex.variable(self.name, *index)
            return [build(shape[1:], (*index, i)) for i in range(shape[0])]

        return build(self.extent(sizes), ())


def real(name: str, *shape: str | int, latex: str | None = None) -> Variable:
    return Variable(name, "real", shape, latex)


def simplex(name: str, *shape: str | int, latex: str | None = None) -> Variable:
    return Variable(name, "simplex", shape, latex)


def above_zero(name: str, *shape: str | int, latex: str | None = None) -> Variable:
    return Variable(name, "positive", shape, latex)


def nonnegative(name: str, *shape: str | int, latex: str | None = None) -> Variable:
    return Variable(name, "nonnegative", shape, latex)


def temperature(name: str, latex: str | None = None) -> Variable:
    return Variable(name, "temperature", latex=latex)


@dataclass(frozen=True)
class Domain:
    """Variables and the ranges of the sizes that sampled checks draw from.

    sizes: for each size name the inclusive range (smallest, largest) that is sampled.  A proof states its own scope.
    """

    variables: tuple[Variable, ...]
    sizes: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def namespace(self, sizes: Sizes) -> Namespace:
        return SimpleNamespace(**{v.name: v.expressions(sizes) for v in self.variables}, **sizes)

    def variable(self, name: str) -> Variable:
        for v in self.variables:
            if v.name == name:
                return v
        raise ValueError(f"no variable {name!r}; the domain has {', '.join(v.name for v in self.variables)}")

    def constraints(self) -> list[tuple[str, str, Relation]]:
        """(identifier, LaTeX, relation) for what the kinds demand."""
        return [c for v in self.variables for c in _constraints(v)]

    def all_sizes(self) -> list[dict[str, int]]:
        """Every combination of sizes, the smallest first."""
        names = list(self.sizes)
        ranges = [range(lo, hi + 1) for lo, hi in self.sizes.values()]
        combos = [dict(zip(names, values, strict=True)) for values in itertools.product(*ranges)]
        return sorted(combos, key=lambda s: (sum(s.values()), tuple(s.values())))

    def scope(self) -> str:
        return ", ".join(
            f"{lo} ≤ {name} ≤ {hi}" if lo < hi else f"{name} = {lo}" for name, (lo, hi) in self.sizes.items()
        )


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for v in value:
            yield from _flat(v)
    else:
        yield value


def _rows(value: Any) -> Iterator[list[Any]]:
    """The last-axis vectors of a nested list."""
    if value and isinstance(value[0], list):
        for v in value:
            yield from _rows(v)
    else:
        yield value


def _entries(v: Variable) -> str:
    """The symbol of an entry: q_j of a vector, q_nj of a matrix, the variable itself where it is a number."""
    if not v.shape:
        return v.symbol
    indices = "".join("n" if s == "n" else "i" for s in v.shape[:-1]) + "j"
    base = f"({v.symbol})" if "_" in v.symbol else v.symbol
    return f"{base}_j" if indices == "j" else f"{base}_{{{indices}}}"


def _constraints(v: Variable) -> Iterator[tuple[str, str, Relation]]:
    name, entries = v.name, _entries(v)
    if v.kind in ("simplex", "nonnegative"):
        yield f"{name}-nonnegative", rf"{entries} \ge 0", at_least_zero(lambda x: list(_flat(getattr(x, name))))
    if v.kind in ("simplex", "sum-one"):
        yield (
            f"{name}-sums-to-one",
            rf"\textstyle\sum_j {_entries(v)} = 1",
            equals_zero(lambda x: [ex.total(row) - 1 for row in _rows(getattr(x, name))]),
        )
    if v.kind in ("positive", "temperature"):
        yield f"{name}-positive", rf"{entries} > 0", positive(lambda x: list(_flat(getattr(x, name))))


def namespace_of_point(domain: Domain, p: Point) -> dict[str, int]:
    """The sizes that a point has; ValueError where its shape does not fit the domain."""
    sizes: dict[str, int] = {}
    for v in domain.variables:
        if v.name not in p:
            raise ValueError(f"the point lacks the variable {v.name!r}")
        _match(v, p[v.name], v.shape, sizes)
    extra = set(p) - {v.name for v in domain.variables}
    if extra:
        raise ValueError(f"the point has unknown variables: {', '.join(sorted(extra))}")
    missing = set(domain.sizes) - set(sizes)
    if missing:
        raise ValueError(f"the point does not determine the sizes {', '.join(sorted(missing))}")
    return {name: sizes[name] for name in domain.sizes}


def _match(v: Variable, value: Value, shape: Sequence[str | int], sizes: dict[str, int]) -> None:
    if not shape:
        if isinstance(value, tuple):
            raise ValueError(f"{v.name}: expected a number, got {len(value)} entries")
        if isinstance(value, Temperature) and v.kind not in ("temperature", "cold", "hot"):
            raise ValueError(f"{v.name} is no temperature")
        return
    if not isinstance(value, tuple):
        raise ValueError(f"{v.name}: expected a list along {shape[0]}, got a number")
    size = shape[0]
    wanted = sizes.setdefault(size, len(value)) if isinstance(size, str) else size
    if len(value) != wanted:
        raise ValueError(f"{v.name}: expected {wanted} entries along {size}, got {len(value)}")
    for entry in value:
        _match(v, entry, shape[1:], sizes)


def is_limit(v: Variable) -> Temperature | None:
    """The value of a variable that stands for a limit of the temperature."""
    return {"cold": Temperature(Fraction(0)), "hot": Temperature(Fraction(1))}.get(v.kind)
