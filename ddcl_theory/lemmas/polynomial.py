"""Exact rational functions: an expression as a quotient of SymPy polynomials, without any simplifier.

Exponentials and logarithms are opaque positive or real atoms, so that an identity that is proved here holds for every
value of them.  The denominators are products of known factors; a quotient is zero exactly when its numerator is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ddcl_theory.expression import Expr, topological

#: A generator of the ring: a variable name and its index, or a labelled atom.
Label = tuple[str, tuple[int, ...]]


class Unsupported(ValueError):
    """The expression is no rational function of its variables and atoms."""


@dataclass(frozen=True)
class Quotient:
    """numerator / Π factor^power."""

    numerator: Any
    denominator: tuple[tuple[Any, int], ...] = ()


@dataclass(frozen=True)
class Field:
    """The polynomial ring over Q that a set of expressions needs."""

    ring: Any
    generators: dict[Label, Any]

    def label_of(self, position: int) -> Label:
        return list(self.generators)[position]


def quotients(roots: Sequence[Expr], labels: Mapping[Expr, Label] | None = None) -> tuple[Field, list[Quotient]]:
    """Every root as a quotient of polynomials.  `labels` names nodes (such as Boltzmann factors) that become atoms."""
    import sympy
    from sympy.polys.rings import ring

    atoms: dict[int, Label] = {id(node): label for node, label in (labels or {}).items()}
    order = topological(roots)
    names: dict[Label, None] = {}
    for position, node in enumerate(order):
        if id(node) in atoms:
            names[atoms[id(node)]] = None
        elif node.op == "var":
            names[node.data] = None
        elif node.op in ("exp", "log", "boltzmann"):
            atoms[id(node)] = (f"{node.op} atom", (position,))
            names[atoms[id(node)]] = None
        elif node.op in ("max", "min"):
            raise Unsupported(f"{node.op} is no rational function")
    ordered = sorted(names)
    symbols = [sympy.Symbol(f"x{i}") for i in range(len(ordered))] or [sympy.Symbol("unused")]
    domain, *generators = ring(symbols, sympy.QQ)
    field = Field(domain, dict(zip(ordered, generators, strict=False)))
    values: dict[int, Quotient] = {}
    for node in order:
        values[id(node)] = _quotient(node, [values[id(a)] for a in node.args if id(a) in values], field, atoms)
    return field, [values[id(r)] for r in roots]


def _quotient(node: Expr, args: list[Quotient], field: Field, atoms: Mapping[int, Label]) -> Quotient:
    if id(node) in atoms:
        return Quotient(field.generators[atoms[id(node)]])
    match node.op:
        case "var":
            return Quotient(field.generators[node.data])
        case "const":
            return Quotient(field.ring(node.data.numerator) / field.ring.domain(node.data.denominator))
        case "add":
            return _sum(args[0], args[1])
        case "mul":
            powers = dict(args[0].denominator)
            for factor, power in args[1].denominator:
                powers[factor] = powers.get(factor, 0) + power
            return _reduced(args[0].numerator * args[1].numerator, powers)
        case "pow":
            return _power(args[0], node.data, field)
    raise AssertionError(node.op)


def _sum(a: Quotient, b: Quotient) -> Quotient:
    left, right = dict(a.denominator), dict(b.denominator)
    common = {f: max(left.get(f, 0), right.get(f, 0)) for f in {**left, **right}}
    return _reduced(a.numerator * _product(common, left) + b.numerator * _product(common, right), common)


def _product(common: Mapping[Any, int], present: Mapping[Any, int]) -> Any:
    result: Any = 1
    for factor, power in common.items():
        for _ in range(power - present.get(factor, 0)):
            result = result * factor
    return result


def _power(base: Quotient, n: int, field: Field) -> Quotient:
    if n >= 0:
        return Quotient(base.numerator**n, tuple((f, p * n) for f, p in base.denominator))
    if not base.numerator:
        raise Unsupported("division by an expression that is identically zero")
    numerator = field.ring(1)
    for factor, power in base.denominator:
        numerator = numerator * factor ** (power * -n)
    return _reduced(numerator, {base.numerator: -n})


def _reduced(numerator: Any, powers: Mapping[Any, int]) -> Quotient:
    """Cancel denominator factors that divide the numerator; keeps degrees small, changes no value."""
    kept = []
    for factor, power in powers.items():
        while power > 0:
            if factor.is_ground:
                break
            quotient, remainder = divmod(numerator, factor)
            if remainder:
                break
            numerator, power = quotient, power - 1
        if power > 0:
            kept.append((factor, power))
    return Quotient(numerator, tuple(kept))


def is_zero(e: Expr, labels: Mapping[Expr, Label] | None = None) -> bool:
    """Whether a rational expression vanishes identically in its variables and atoms."""
    _, (value,) = quotients([e], labels)
    return not value.numerator
