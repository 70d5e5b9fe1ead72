"""Replay: re-check recorded witnesses with an evaluator of its own.

Standard library only, plus python-flint where a value is irrational.  It shares no code with the evaluators that the
checks use: a witness counts only if this file, reading the serialised expression, agrees.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import isqrt
from typing import Any


class Irrational(Exception):
    """The value is not rational, or not found to be."""


class NoValue(Exception):
    """The expression has no value at the point."""


BITS = (80, 256, 800)

#: Powers beyond this are enclosed instead of written out: a witness must not be able to stall its replay.
LONGEST_EXPONENT = 4096


def objection(witness: Mapping[str, Any]) -> str | None:
    """Why the recorded witness does not show what it claims, or None if it does.

    A witness shows it if every hypothesis is certainly true and the conclusion certainly false at its point.
    """
    conclusions = [r for r in witness["relations"] if r["role"] == "conclusion"]
    if len(conclusions) != 1:
        return f"expected one conclusion, found {len(conclusions)}"
    for relation in witness["relations"]:
        if relation["op"] == "code":
            complaint = _code_objection(relation["trees"], witness["point"])
            if complaint:
                return complaint
            continue
        holds = decide(relation["trees"], witness["point"])
        wanted = relation["role"] == "given"
        if holds is None:
            return f"{relation['id']} is not decided at the point"
        if holds is not wanted:
            return f"{relation['id']} is {'violated' if wanted else 'satisfied'} at the point"
    return None


def decide(tree: Mapping[str, Any], point: Mapping[str, Any]) -> bool | None:
    """The truth of a serialised relation at a point, None when undecided."""
    if tree["op"] == "any":
        options = [decide(t, point) for t in tree["options"]]
        return True if True in options else (None if None in options else False)
    try:
        signs: list[int | None] = [_sign(v) for v in rationals(tree, point)]
    except Irrational:
        signs = _ball_signs(tree, point)
    except NoValue:
        return None
    tests = {
        "ge0": lambda s: s >= 0,
        "gt0": lambda s: s > 0,
        "eq0": lambda s: s == 0,
        "ne0": lambda s: s != 0,
    }
    results = [None if s is None else tests[tree["op"]](s) for s in signs]
    if tree["op"] == "ne0":
        return True if True in results else (None if None in results else False)
    return False if False in results else (None if None in results else True)


def _sign(value: Any) -> int:
    """The sign of a rational number, or of a temperature given by s (0 only in the limit T → 0)."""
    if isinstance(value, tuple):
        return int(value[1] > 0)
    return int(value > 0) - int(value < 0)


def _lookup(point: Mapping[str, Any], data: Any) -> Any:
    name, index = data
    value = point[name]
    for i in index:
        value = value[i]
    return value


def rationals(tree: Mapping[str, Any], point: Mapping[str, Any]) -> list[Fraction]:
    """Values of the roots as fractions; temperatures {"s": r} are allowed inside Boltzmann factors."""
    values: list[Any] = []
    for op, args, data in tree["nodes"]:
        a = [values[i] for i in args]
        if op == "const":
            values.append(Fraction(data))
        elif op == "var":
            raw = _lookup(point, data)
            values.append(("s", Fraction(raw["s"])) if isinstance(raw, Mapping) else Fraction(raw))
        elif op == "boltzmann":
            values.append(_rational_boltzmann(a[0], a[1]))
        elif any(isinstance(v, tuple) for v in a):
            raise Irrational
        else:
            values.append(_rational(op, a, data))
    return [values[i] for i in tree["roots"]]


def _rational(op: str, a: list[Fraction], data: Any) -> Fraction:
    if op == "add":
        return a[0] + a[1]
    if op == "mul":
        return a[0] * a[1]
    if op == "pow":
        if data < 0 and a[0] == 0:
            raise NoValue
        return Fraction(a[0] ** data)
    if op in ("max", "min"):
        return max(a) if op == "max" else min(a)
    if op == "exp" and a[0] == 0:
        return Fraction(1)
    if op == "log" and a[0] == 1:
        return Fraction(0)
    if op == "log" and a[0] <= 0:
        raise NoValue
    if op == "sqrt":
        if a[0] < 0:
            raise NoValue
        root = Fraction(isqrt(a[0].numerator), isqrt(a[0].denominator))
        if root * root == a[0]:
            return root
    if op in ("exp", "log", "sqrt"):
        raise Irrational
    raise NoValue


def _rational_boltzmann(x: Fraction, t: Any) -> Fraction:
    if not isinstance(t, tuple):
        if t == 0:
            raise NoValue
        if x == 0:
            return Fraction(1)
        raise Irrational
    s = t[1]
    if s == 0 and x < 0:
        raise NoValue
    if x.denominator == 1 and abs(x.numerator) <= LONGEST_EXPONENT:
        return Fraction(s**x.numerator)
    if s in (0, 1):
        return Fraction(0) if s == 0 and x > 0 else Fraction(1)
    raise Irrational


def _ball_signs(tree: Mapping[str, Any], point: Mapping[str, Any]) -> list[int | None]:
    signs: list[int | None] = [None] * len(tree["roots"])
    for bits in BITS:
        for i, ball in enumerate(enclosures(tree, point, bits)):
            if signs[i] is None and ball is not None and ball.is_finite():
                signs[i] = 1 if ball > 0 else -1 if ball < 0 else 0 if ball.is_exact() and ball == 0 else None
        if None not in signs:
            break
    return signs


def enclosures(tree: Mapping[str, Any], point: Mapping[str, Any], bits: int) -> list[Any]:
    """Arb balls around the roots."""
    from flint import arb, ctx, fmpq

    def ball(x: Fraction) -> Any:
        return arb(fmpq(x.numerator, x.denominator))

    before = ctx.prec
    ctx.prec = bits
    try:
        values: list[Any] = []
        for op, args, data in tree["nodes"]:
            a = [values[i] for i in args]
            if op == "const":
                values.append(ball(Fraction(data)))
            elif op == "var":
                raw = _lookup(point, data)
                values.append(("s", Fraction(raw["s"])) if isinstance(raw, Mapping) else ball(Fraction(raw)))
            elif op == "boltzmann":
                values.append(_ball_boltzmann(a[0], a[1], ball))
            else:
                values.append(_ball(op, [-1 / ball(v[1]).log() if isinstance(v, tuple) else v for v in a], data))
        return [values[i] for i in tree["roots"]]
    finally:
        ctx.prec = before


def _ball(op: str, a: list[Any], data: Any) -> Any:
    if op == "add":
        return a[0] + a[1]
    if op == "mul":
        return a[0] * a[1]
    if op == "pow":
        return _ball_power(a[0], data)
    if op == "exp":
        return a[0].exp()
    if op == "log":
        return a[0].log()
    if op == "sqrt":
        return a[0].sqrt()
    return a[0].max(a[1]) if op == "max" else a[0].min(a[1])


def _ball_power(x: Any, n: int) -> Any:
    """x^n for n other than 0; flint's own power of a ball that contains 0 is not a number."""
    product = x if n % 2 else abs(x)
    for _ in range(abs(n) - 1):
        product = product * (x if n % 2 else abs(x))
    return product if n > 0 else 1 / product


def _ball_boltzmann(x: Any, t: Any, ball: Any) -> Any:
    if not isinstance(t, tuple):
        return (-x / t).exp()
    s = t[1]
    if s == 1:
        return ball(Fraction(1))
    if s == 0:
        if x > 0:
            return ball(Fraction(0))
        return ball(Fraction(1)) if x == 0 else ball(Fraction(1)) / 0
    return (x * ball(s).log()).exp()


def _code_objection(tree: Mapping[str, Any], point: Mapping[str, Any]) -> str | None:
    """Whether recorded float outputs really miss the exact reference by more than is allowed."""
    computed = [float.fromhex(c) for c in tree["computed"]]
    if any(c != c or c in (float("inf"), float("-inf")) for c in computed):
        return None
    if tree["at_least_zero"]:
        return None if min(computed) < 0 else "the recorded value is not negative"
    allowed = Fraction(tree["units"], 2 ** {"float64": 53, "float32": 24}[tree["dtype"]])
    n = tree["compared"]
    try:
        values = rationals(tree, point)
        error: Any = max(abs(Fraction(c) - r) for c, r in zip(computed, values[:n], strict=True))
        bound: Any = allowed * max(abs(v) for v in values[n:])
    except Irrational:
        from flint import arb, fmpq

        balls = enclosures(tree, point, BITS[-1])
        error = max((abs(arb(c) - b) for c, b in zip(computed, balls[:n], strict=True)), key=float)
        bound = arb(fmpq(allowed.numerator, allowed.denominator)) * max((abs(v) for v in balls[n:]), key=float)
    return None if error > bound else "the recorded value is as close to the exact one as it should be"
