"""Evaluators of expressions: fractions, Arb balls, SymPy and torch.  Each reads the same graph.

`truth` decides a relation over exact points in three values: True and False only when certain.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from ddcl_theory.expression import Expr, topological
from ddcl_theory.point import Point, Temperature, component


class Inexact(ValueError):
    """The value is not a rational number (or not computed as one); another evaluator must take over."""


class Undefined(ValueError):
    """The expression has no value at this point: division by zero, logarithm of a non-positive number."""


#: Fractions longer than this cost more than they tell; Arb takes over.
_LONGEST_EXPONENT = 4096


#: Graphs in evaluation order, by their roots; nodes live as long as the process, so that their ids identify them.
_PROGRAMS: dict[tuple[int, ...], tuple[list[tuple[str, Expr, tuple[int, ...]]], list[int]]] = {}


def _program(roots: Sequence[Expr]) -> tuple[list[tuple[str, Expr, tuple[int, ...]]], list[int]]:
    key = tuple(map(id, roots))
    found = _PROGRAMS.get(key)
    if found is None:
        order = topological(roots)
        place = {id(node): i for i, node in enumerate(order)}
        found = _PROGRAMS[key] = (
            [(node.op, node, tuple(place[id(a)] for a in node.args)) for node in order],
            [place[i] for i in key],
        )
    return found


def _over(roots: Sequence[Expr], step: Callable[[Expr, list[Any]], Any]) -> list[Any]:
    """Values of the roots; `step` gives that of a node from those of its arguments.

    Sums and products, which are most of the nodes, mean the same for all kinds of values and need no call; only a
    temperature that is given by s does not add or multiply, and `step` says what then.
    """
    program, ends = _program(roots)
    values: list[Any] = []
    put = values.append
    for op, node, places in program:
        try:
            if op == "add":
                value = values[places[0]] + values[places[1]]
            elif op == "mul":
                value = values[places[0]] * values[places[1]]
            else:
                value = step(node, [values[i] for i in places])
        except TypeError:
            value = step(node, [values[i] for i in places])
        put(value)
    return [values[i] for i in ends]


def fractions(
    roots: Sequence[Expr], p: Point, instead: Mapping[str, Callable[[Any], Any]] = MappingProxyType({})
) -> list[Fraction | Temperature]:
    """Exact rational values; raises Inexact where a value is irrational, Undefined where there is none.

    A root that is a temperature given by s is returned as such.  instead: rational functions to compute in place of
    "exp", "log", "sqrt", and the rational number of a "temperature" given by s, where it occurs outside a Boltzmann weight.
    """
    return [v if isinstance(v, Temperature) else Fraction(int(v.p), int(v.q)) for v in _rationals(roots, p, instead)]


def _rationals(
    roots: Sequence[Expr], p: Point, instead: Mapping[str, Callable[[Any], Any]] = MappingProxyType({})
) -> list[Any]:
    """The same as FLINT rationals, which are several times quicker than Fractions."""
    from flint import fmpq

    def number(value: Any) -> Any:
        if isinstance(value, Temperature) and "temperature" in instead:
            rational = instead["temperature"](value)
            return fmpq(rational.numerator, rational.denominator)
        return value

    def step(node: Expr, args: list[Any]) -> Any:
        if node.op != "boltzmann":
            args = [number(a) for a in args]
        if node.op in instead:
            _in_range(node.op, args[0])
            return instead[node.op](args[0])
        match node.op:
            case "add":
                return args[0] + args[1]
            case "mul":
                return args[0] * args[1]
            case "const":
                return fmpq(node.data.numerator, node.data.denominator)
            case "var":
                name, index = node.data
                value = component(p[name], index)
                return value if isinstance(value, Temperature) else fmpq(value.numerator, value.denominator)
            case "boltzmann":
                return _rational_boltzmann(args[0], args[1])
            case "pow":
                if args[0] == 0 and node.data < 0:
                    raise Undefined("division by zero")
                return args[0] ** node.data
            case "exp":
                if args[0] == 0:
                    return fmpq(1)
                raise Inexact("exp of a rational other than 0")
            case "log":
                if args[0] == 1:
                    return fmpq(0)
                _in_range("log", args[0])
                raise Inexact("log of a rational other than 1")
            case "sqrt":
                return _rational_root(args[0])
            case "max":
                return max(args)
            case "min":
                return min(args)
        raise AssertionError(node.op)

    try:
        return [number(v) for v in _over(roots, step)]
    except ZeroDivisionError as error:
        raise Undefined("division by zero") from error
    except TypeError as error:
        # A temperature that is given by s took part in arithmetic: T itself is irrational.
        if any(isinstance(value, Temperature) for value in p.values()):
            raise Inexact("T is irrational when it is given by s") from error
        raise


def _in_range(op: str, x: Any) -> None:
    if op == "log" and x <= 0:
        raise Undefined("logarithm of a number that is not positive")
    if op == "sqrt" and x < 0:
        raise Undefined("square root of a negative number")


def _rational_root(x: Any) -> Any:
    from flint import fmpq

    _in_range("sqrt", x)
    root = fmpq(math.isqrt(int(x.p)), math.isqrt(int(x.q)))
    if root * root != x:
        raise Inexact("the square root of a fraction that is no square")
    return root


def _rational_boltzmann(x: Any, t: Any) -> Any:
    from flint import fmpq

    if isinstance(t, Temperature):
        if t.s == 0 and x < 0:
            raise Undefined("e^{-x/T} diverges as T -> 0 for x < 0")
        if x.q == 1 and abs(x.p) <= _LONGEST_EXPONENT:
            return fmpq(t.s.numerator, t.s.denominator) ** int(x.p)
        if t.s in (0, 1):
            return fmpq(0) if t.s == 0 and x > 0 else fmpq(1)
        raise Inexact("a fractional power")
    if t == 0:
        raise Undefined("temperature 0; write s = 0 for the limit")
    if x == 0:
        return fmpq(1)
    raise Inexact("e^{-x/T} at rational x/T")


def balls(roots: Sequence[Expr], p: Point, bits: int = 128) -> list[Any]:
    """Arb enclosures at the given working precision; entries of the point may be Arb balls themselves."""
    from flint import arb, ctx, fmpq

    def ball(x: Fraction) -> Any:
        return arb(fmpq(x.numerator, x.denominator))

    def step(node: Expr, args: list[Any]) -> Any:
        match node.op:
            case "const":
                return ball(node.data)
            case "var":
                name, index = node.data
                value = component(p[name], index)
                return ball(value) if isinstance(value, Fraction) else value
            case "boltzmann":
                x, t = args
                if isinstance(t, Temperature):
                    if t.s == 1:
                        return arb(1)
                    if t.s == 0:
                        if x > 0:
                            return arb(0)
                        if x == 0:
                            return arb(1)
                        raise Inexact("cannot decide the limit T -> 0 of e^{-x/T}")
                    return (x * ball(t.s).log()).exp()
                return (-x / t).exp()
        args = [_ball_of_temperature(a, ball) if isinstance(a, Temperature) else a for a in args]
        match node.op:
            case "add":
                return args[0] + args[1]
            case "mul":
                return args[0] * args[1]
            case "pow":
                return _ball_power(args[0], node.data)
            case "exp":
                return args[0].exp()
            case "log":
                return args[0].log()
            case "sqrt":
                return args[0].sqrt()
            case "max":
                return args[0].max(args[1])
            case "min":
                return args[0].min(args[1])
        raise AssertionError(node.op)

    before = ctx.prec
    ctx.prec = bits
    try:
        return _over(roots, step)
    finally:
        ctx.prec = before


def _ball_power(x: Any, n: int) -> Any:
    """x^n by products, n not 0: the library's own power of a ball around 0 is not finite."""
    base = abs(x) if n % 2 == 0 else x
    result = base
    for _ in range(abs(n) - 1):
        result = result * base
    return result if n > 0 else 1 / result


def _ball_of_temperature(t: Temperature, ball: Callable[[Fraction], Any]) -> Any:
    if t.s in (0, 1):
        raise Undefined("T itself has no finite value in the limits s = 0 and s = 1")
    return -1 / ball(t.s).log()


def symbols(roots: Sequence[Expr], names: Mapping[tuple[str, tuple[int, ...]], Any]) -> list[Any]:
    """SymPy expressions, with a SymPy value for every variable component."""
    import sympy as sp

    def step(node: Expr, args: list[Any]) -> Any:
        match node.op:
            case "const":
                return sp.Rational(node.data.numerator, node.data.denominator)
            case "var":
                return names[node.data]
            case "add":
                return args[0] + args[1]
            case "mul":
                return args[0] * args[1]
            case "pow":
                return args[0] ** node.data
            case "exp":
                return sp.exp(args[0])
            case "log":
                return sp.log(args[0])
            case "sqrt":
                return sp.sqrt(args[0])
            case "boltzmann":
                return sp.exp(-args[0] / args[1])
            case "max":
                return sp.Max(*args)
            case "min":
                return sp.Min(*args)
        raise AssertionError(node.op)

    return _over(roots, step)


def tensors(roots: Sequence[Expr], values: Mapping[str, Any]) -> list[Any]:
    """Batched torch values; every variable is a tensor (batch, *shape).  Differentiable."""
    import torch

    some = next(iter(values.values()))

    def tensor(a: Any) -> Any:
        return a if isinstance(a, torch.Tensor) else torch.full((), a, dtype=some.dtype, device=some.device)

    def step(node: Expr, args: list[Any]) -> Any:
        match node.op:
            case "const":
                # A Python number: scalar operands are far cheaper than tensors of one entry.
                return float(node.data)
            case "var":
                name, index = node.data
                return values[name][(slice(None), *index)]
            case "add":
                return args[0] + args[1]
            case "mul":
                return args[0] * args[1]
            case "pow":
                return args[0] * args[0] if node.data == 2 else args[0] ** node.data
            case "exp":
                return torch.exp(tensor(args[0]))
            case "log":
                return torch.log(tensor(args[0]))
            case "sqrt":
                return torch.sqrt(tensor(args[0]))
            case "boltzmann":
                return torch.exp(-tensor(args[0]) / args[1])
            case "max":
                return torch.maximum(tensor(args[0]), tensor(args[1]))
            case "min":
                return torch.minimum(tensor(args[0]), tensor(args[1]))
        raise AssertionError(node.op)

    return [tensor(v) if tensor(v).dim() else tensor(v).expand(some.shape[0]) for v in _over(roots, step)]


#: Working precisions tried in turn before an enclosure is called undecided.
PRECISIONS = (64, 192, 640)


@dataclass(frozen=True)
class Sign:
    """The sign of a value (None: not decided), the value itself, and whether it is exact."""

    sign: int | None
    value: Any
    exact: bool

    @property
    def text(self) -> str:
        if self.value is None:
            return "undecided"
        if isinstance(self.value, Temperature):
            return f"T with s = {self.value.s}"
        if not self.exact:
            return str(self.value.str(12))
        text = str(self.value)
        return text if len(text) <= 60 else f"≈ {float(self.value):.12g} (a fraction of {len(text)} characters)"


def signs(roots: Sequence[Expr], p: Point) -> list[Sign]:
    """The sign of every root, by rational arithmetic where that decides and else by enclosures."""
    try:
        return [_exact_sign(v) for v in _rationals(roots, p)]
    except Inexact:
        pass
    if len(roots) > 1:
        return [signs([r], p)[0] for r in roots]
    last = None
    for bits in PRECISIONS:
        try:
            ball = balls(roots, p, bits)[0]
        except Inexact:
            continue
        if not ball.is_finite():
            continue
        last = ball
        if ball > 0:
            return [Sign(1, ball, False)]
        if ball < 0:
            return [Sign(-1, ball, False)]
        if ball.is_exact() and ball == 0:
            return [Sign(0, ball, False)]
    return [Sign(None, last, False)]


def _exact_sign(value: Any) -> Sign:
    if isinstance(value, Temperature):
        return Sign(0 if value.s == 0 else 1, value, True)
    return Sign(int(value > 0) - int(value < 0), value, True)
