"""Arithmetic expressions: a predicate is written once and read by every evaluator.

A predicate is an ordinary Python function of expressions.  Running it on variables of a given size records a directed
acyclic graph, which `ddcl_theory.evaluate` reads over fractions, Arb balls, SymPy symbols and torch tensors, and which
`ddcl_theory.replay` reads again from JSON with code of its own.

Temperature enters through `boltzmann(x, T)` = e^{−x/T}.  A temperature may be given as a rational number or as the
number s = e^{−1/T} in [0, 1]; then e^{−x/T} = s^x is rational for whole x, and s = 0, 1 are the limits T → 0, ∞.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

Scalar: TypeAlias = "Expr | int | Fraction"

#: Operations a node may have; every evaluator implements exactly these.
OPERATIONS = ("var", "const", "add", "mul", "pow", "exp", "log", "sqrt", "boltzmann", "max", "min")


class Expr:
    """A node: an operation, its arguments (nodes) and a payload (variable name and index, constant, exponent)."""

    __slots__ = ("op", "args", "data")

    def __init__(self, op: str, args: tuple[Expr, ...] = (), data: Any = None) -> None:
        self.op = op
        self.args = args
        self.data = data

    def __add__(self, other: Scalar) -> Expr:
        return _add(self, lift(other))

    __radd__ = __add__

    def __mul__(self, other: Scalar) -> Expr:
        return _mul(self, lift(other))

    __rmul__ = __mul__

    def __neg__(self) -> Expr:
        return _mul(lift(-1), self)

    def __sub__(self, other: Scalar) -> Expr:
        return _add(self, -lift(other))

    def __rsub__(self, other: Scalar) -> Expr:
        return _add(lift(other), -self)

    def __truediv__(self, other: Scalar) -> Expr:
        return _mul(self, _pow(lift(other), -1))

    def __rtruediv__(self, other: Scalar) -> Expr:
        return _mul(lift(other), _pow(self, -1))

    def __pow__(self, exponent: int) -> Expr:
        if not isinstance(exponent, int):
            raise TypeError(f"exponent must be an integer, got {exponent!r}; use exp and log for real powers")
        return _pow(self, exponent)

    def __repr__(self) -> str:
        if self.op == "const":
            return str(self.data)
        if self.op == "var":
            name, index = self.data
            return str(name) + "".join(f"[{i}]" for i in index)
        return f"{self.op}({', '.join(map(repr, self.args))}{'' if self.data is None else f', {self.data}'})"

    def __bool__(self) -> bool:
        raise TypeError("an expression has no truth value: predicates must not branch on values; use maximum/minimum")


_POOL: dict[Any, Expr] = {}


def _node(op: str, args: tuple[Expr, ...] = (), data: Any = None) -> Expr:
    """One object per distinct node, so that shared parts are stored and evaluated once."""
    key = (op, tuple(id(a) for a in args), data)
    found = _POOL.get(key)
    if found is None:
        found = _POOL[key] = Expr(op, args, data)
    return found


def lift(value: Scalar) -> Expr:
    """The expression of a number; floats are refused because they would carry rounding into exact evaluation."""
    if isinstance(value, Expr):
        return value
    if isinstance(value, (int, Fraction)) and not isinstance(value, bool):
        return _node("const", (), Fraction(value))
    raise TypeError(f"expected an expression, an int or a Fraction, got {value!r} of type {type(value).__name__}")


ZERO, ONE = lift(0), lift(1)


def variable(name: str, *index: int) -> Expr:
    """The variable `name`, or its component at `index`."""
    return _node("var", (), (name, tuple(index)))


def _add(a: Expr, b: Expr) -> Expr:
    if a is ZERO:
        return b
    if b is ZERO:
        return a
    if a.op == b.op == "const":
        return lift(a.data + b.data)
    return _node("add", (a, b))


def _mul(a: Expr, b: Expr) -> Expr:
    if a is ZERO or b is ZERO:
        return ZERO
    if a is ONE:
        return b
    if b is ONE:
        return a
    if a.op == b.op == "const":
        return lift(a.data * b.data)
    return _node("mul", (a, b))


def _pow(a: Expr, n: int) -> Expr:
    if n == 0:
        return ONE
    if n == 1:
        return a
    if a.op == "const" and a.data != 0:
        return lift(a.data**n)
    return _node("pow", (a,), n)


def exp(x: Scalar) -> Expr:
    """e^x."""
    return _node("exp", (lift(x),))


def log(x: Scalar) -> Expr:
    """Natural logarithm."""
    return _node("log", (lift(x),))


def sqrt(x: Scalar) -> Expr:
    """The non-negative square root."""
    return _node("sqrt", (lift(x),))


def boltzmann(x: Scalar, temperature: Expr) -> Expr:
    """e^{−x/T}, for the variable `temperature` T."""
    if temperature.op != "var":
        raise TypeError("boltzmann needs a temperature variable; rescale x instead of T")
    if lift(x) is ZERO:
        return ONE
    return _node("boltzmann", (lift(x), temperature))


def maximum(*values: Scalar) -> Expr:
    return _fold("max", values)


def minimum(*values: Scalar) -> Expr:
    return _fold("min", values)


def _fold(op: str, values: Sequence[Scalar]) -> Expr:
    if not values:
        raise ValueError(f"{op} of no values")
    result = lift(values[0])
    for value in values[1:]:
        other = lift(value)
        if result.op == other.op == "const":
            result = lift((max if op == "max" else min)(result.data, other.data))
        elif result is not other:
            result = _node(op, (result, other))
    return result


def total(values: Iterable[Scalar]) -> Expr:
    """The sum; 0 for no values."""
    result = ZERO
    for value in values:
        result = result + lift(value)
    return result


def mean(values: Iterable[Scalar]) -> Expr:
    values = list(values)
    return total(values) * Fraction(1, len(values))


def dot(u: Sequence[Scalar], v: Sequence[Scalar]) -> Expr:
    return total(lift(a) * lift(b) for a, b in zip(u, v, strict=True))


def norm2(u: Sequence[Scalar]) -> Expr:
    """The squared Euclidean norm."""
    return total(lift(a) ** 2 for a in u)


def minus(u: Sequence[Scalar], v: Sequence[Scalar]) -> list[Expr]:
    return [lift(a) - lift(b) for a, b in zip(u, v, strict=True)]


def plus(u: Sequence[Scalar], v: Sequence[Scalar]) -> list[Expr]:
    return [lift(a) + lift(b) for a, b in zip(u, v, strict=True)]


def scaled(c: Scalar, u: Sequence[Scalar]) -> list[Expr]:
    return [lift(c) * lift(a) for a in u]


def softmax(distances: Sequence[Scalar], temperature: Expr, anchor: Scalar | None = None) -> list[Expr]:
    """q_j = e^{−d_j/T} / Σ_l e^{−d_l/T}, as DDCL (8).

    Exponents are taken relative to `anchor`, which does not change the function.  Without one it is the smallest
    distance, so that s = 0 gives the limit T → 0; pass one of the distances to differentiate where distances tie,
    and 0 where the weights e^{−d_j/T} themselves matter.
    """
    reference = minimum(*distances) if anchor is None else lift(anchor)
    weights = [boltzmann(lift(d) - reference, temperature) for d in distances]
    mass = total(weights)
    return [w / mass for w in weights]


def derivative_at_zero(f: Callable[[Expr], Scalar], order: int = 1) -> Expr:
    """The derivative of f at 0, by exact rules on the graph; f takes the parameter as an expression."""
    # A derivative inside f must not take this parameter for its own.
    depth = len(_OPEN)
    parameter = _node("var", (), ("derivative parameter", (depth,)))
    _OPEN.append(parameter)
    try:
        value = lift(f(parameter))
    finally:
        _OPEN.pop()
    for _ in range(order):
        value = differentiate(value, parameter)
    return substitute(value, {parameter: ZERO})


#: Parameters of the derivatives that are being traced, the outermost first.
_OPEN: list[Expr] = []


def differentiate(e: Expr, wrt: Expr) -> Expr:
    """The partial derivative with respect to a variable."""
    memo: dict[int, Expr] = {}
    for node in topological([e]):
        inner = [memo[id(a)] for a in node.args]
        if node is wrt:
            result = ONE
        elif all(d is ZERO for d in inner):
            result = ZERO
        elif node.op == "add":
            result = inner[0] + inner[1]
        elif node.op == "mul":
            result = inner[0] * node.args[1] + node.args[0] * inner[1]
        elif node.op == "pow":
            result = node.data * node.args[0] ** (node.data - 1) * inner[0]
        elif node.op == "exp":
            result = node * inner[0]
        elif node.op == "log":
            result = inner[0] / node.args[0]
        elif node.op == "sqrt":
            result = inner[0] / (2 * node)
        elif node.op == "boltzmann":
            x, t = node.args
            result = node * (x * inner[1] / t - inner[0]) / t
        else:
            raise ValueError(f"{node.op} is not differentiable: write the predicate without it, or anchor the softmax")
        memo[id(node)] = result
    return memo[id(e)]


def substitute(e: Expr, mapping: Mapping[Expr, Expr]) -> Expr:
    """Replace nodes by expressions, everywhere at once."""
    memo = {id(old): new for old, new in mapping.items()}
    for node in topological([e]):
        if id(node) in memo:
            continue
        args = tuple(memo[id(a)] for a in node.args)
        if all(a is b for a, b in zip(args, node.args, strict=True)):
            memo[id(node)] = node
        elif node.op == "add":
            memo[id(node)] = _add(*args)
        elif node.op == "mul":
            memo[id(node)] = _mul(*args)
        elif node.op == "pow":
            memo[id(node)] = _pow(args[0], node.data)
        elif node.op == "boltzmann" and args[0] is ZERO:
            memo[id(node)] = ONE
        else:
            memo[id(node)] = _node(node.op, args, node.data)
    return memo[id(e)]


def topological(roots: Sequence[Expr]) -> list[Expr]:
    """The nodes below `roots`, each after its arguments and once; iterative, so deep graphs do not overflow."""
    order: list[Expr] = []
    seen: set[int] = set()
    stack: list[tuple[Expr, bool]] = [(r, False) for r in reversed(roots)]
    while stack:
        node, expanded = stack.pop()
        if expanded:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((a, False) for a in reversed(node.args))
    return order


def serialise(roots: Sequence[Expr]) -> dict[str, Any]:
    """JSON form {"nodes": [[op, args, data], …], "roots": […]}: the same graph always gives the same text."""
    order = topological(roots)
    place = {id(node): i for i, node in enumerate(order)}
    nodes = []
    for node in order:
        data: Any = node.data
        if node.op == "const":
            data = str(data)
        elif node.op == "var":
            data = [data[0], list(data[1])]
        nodes.append([node.op, [place[id(a)] for a in node.args], data])
    return {"nodes": nodes, "roots": [place[id(r)] for r in roots]}


def digest(trees: Any) -> str:
    """SHA-256 of the canonical JSON text."""
    return hashlib.sha256(json.dumps(trees, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
