"""Exact rational functions: an expression as a quotient of polynomials over the rationals, without any simplifier.

Polynomial arithmetic is FLINT's, which SymPy uses for its own ground types; at these sizes it is far quicker than SymPy's
rings.

Exponentials and logarithms are opaque atoms, one for each distinct argument, so that an identity that is proved here holds
for every value of them.  The denominators are products of known factors; a quotient is zero exactly when its numerator is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ddcl_theory.expression import Expr, topological

#: A generator of the ring: a variable name and its index, or a labelled atom.
Label = tuple[str, tuple[int, ...]]


#: Operations that become opaque atoms.
TRANSCENDENTAL = ("exp", "log", "sqrt", "boltzmann")


class Unsupported(ValueError):
    """The expression is no rational function of its variables and atoms."""


class Factor:
    """A polynomial that stands in a denominator; hashable, equal where the polynomials are."""

    __slots__ = ("polynomial", "_hash")

    def __init__(self, polynomial: Any) -> None:
        self.polynomial = polynomial
        self._hash = hash(str(polynomial))

    @property
    def is_ground(self) -> bool:
        """Whether it is a constant."""
        return bool(self.polynomial.is_constant())

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Factor) and bool(self.polynomial == other.polynomial)


@dataclass(frozen=True)
class Quotient:
    """numerator / Π factor^power."""

    numerator: Any
    denominator: tuple[tuple[Factor, int], ...] = ()


@dataclass(frozen=True)
class Field:
    """The polynomial ring over Q that a set of expressions needs."""

    ring: Any
    generators: dict[Label, Any]

    def label_of(self, position: int) -> Label:
        return list(self.generators)[position]


def quotients(roots: Sequence[Expr], labels: Mapping[Expr, Label] | None = None) -> tuple[Field, list[Quotient]]:
    """Every root as a quotient of polynomials.  `labels` names nodes (such as Boltzmann factors) that become atoms."""
    labelled = dict(labels or {})
    order = topological([*roots, *labelled])
    atoms = _atoms(order, labelled)
    names: dict[Label, None] = {}
    for node in order:
        if id(node) in atoms:
            label = atoms[id(node)]
            if label is not None:
                names[label] = None
        elif node.op == "var":
            names[node.data] = None
        elif node.op in ("max", "min"):
            raise Unsupported(f"{node.op} is no rational function")
    field = _field(names)
    values: dict[int, Quotient] = {}
    for node in order:
        values[id(node)] = _quotient(node, [values[id(a)] for a in node.args if id(a) in values], field, atoms)
    return field, [values[id(r)] for r in roots]


def _field(names: Mapping[Label, None]) -> Field:
    from flint import Ordering, fmpq_mpoly_ctx

    ordered = sorted(names)
    ring = fmpq_mpoly_ctx.get(tuple(f"x{i}" for i in range(max(1, len(ordered)))), Ordering.lex)
    return Field(ring, dict(zip(ordered, ring.gens(), strict=False)))


def terms(polynomial: Any) -> list[tuple[tuple[int, ...], Any]]:
    """(exponents, coefficient) of every monomial, in the order of the generators."""
    return [(tuple(int(e) for e in exponents), coefficient) for exponents, coefficient in polynomial.terms()]


def _atoms(order: Sequence[Expr], labels: Mapping[Expr, Label]) -> dict[int, Label | None]:
    """The atom of every exponential and logarithm; None for e^0.  Equal arguments give the same atom."""
    transcendental = [n for n in order if n.op in TRANSCENDENTAL]
    if not transcendental:
        return {id(n): label for n, label in labels.items()}
    arguments = [n.args[0] for n in transcendental]
    below = topological(arguments)
    nested = [n for n in below if n.op in (*TRANSCENDENTAL, "max", "min")]
    keys: dict[int, Any] = {}
    if not nested:
        field = _field({n.data: None for n in below if n.op == "var"})
        values: dict[int, Quotient] = {}
        for node in below:
            values[id(node)] = _quotient(node, [values[id(a)] for a in node.args], field, {})
        for node in transcendental:
            value = values[id(node.args[0])]
            zero = not value.numerator
            keys[id(node)] = (
                node.op,
                zero,
                Factor(value.numerator),
                frozenset(value.denominator),
                tuple(map(id, node.args[1:])),
            )
    else:
        keys = {id(node): id(node) for node in transcendental}
    named = {keys[id(n)]: label for n, label in labels.items() if id(n) in keys}
    atoms: dict[int, Label | None] = {id(n): label for n, label in labels.items()}
    for position, node in enumerate(transcendental):
        key = keys[id(node)]
        if isinstance(key, tuple) and node.op in ("exp", "boltzmann") and key[1]:
            atoms[id(node)] = None
        else:
            atoms[id(node)] = named.setdefault(key, (f"{node.op} atom", (position,)))
    return atoms


def _quotient(node: Expr, args: list[Quotient], field: Field, atoms: Mapping[int, Label | None]) -> Quotient:
    if id(node) in atoms:
        label = atoms[id(node)]
        return Quotient(field.ring.constant(1) if label is None else field.generators[label])
    match node.op:
        case "var":
            return Quotient(field.generators[node.data])
        case "const":
            from flint import fmpq

            return Quotient(field.ring.constant(fmpq(node.data.numerator, node.data.denominator)))
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


def _product(common: Mapping[Factor, int], present: Mapping[Factor, int]) -> Any:
    result: Any = 1
    for factor, power in common.items():
        for _ in range(power - present.get(factor, 0)):
            result = result * factor.polynomial
    return result


def _power(base: Quotient, n: int, field: Field) -> Quotient:
    if n >= 0:
        return Quotient(base.numerator**n, tuple((f, p * n) for f, p in base.denominator))
    if not base.numerator:
        raise Unsupported("division by an expression that is identically zero")
    numerator = field.ring.constant(1)
    for factor, power in base.denominator:
        numerator = numerator * factor.polynomial ** (power * -n)
    return _reduced(numerator, {Factor(base.numerator): -n})


def _reduced(numerator: Any, powers: Mapping[Factor, int]) -> Quotient:
    """Cancel denominator factors that divide the numerator; keeps degrees small, changes no value."""
    kept = []
    for factor, power in powers.items():
        while power > 0:
            quotient, remainder = divmod(numerator, factor.polynomial)
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
