"""All evaluators give the same values at the same fifty rational inputs, and the ones that decide agree with mpmath.

The inputs are exact; fractions and the replay's own rationals must be equal, enclosures must contain the value, SymPy's
value must lie in the enclosure, and floats must be near it in units of the largest number that occurs on the way.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import mpmath
import pytest
import sympy as sp
import torch

from ddcl_theory import evaluate, registry, replay
from ddcl_theory import expression as ex
from ddcl_theory.checks.experiment import Predicted
from ddcl_theory.checks.sampling import COLD, HOT
from ddcl_theory.claim import Statement
from ddcl_theory.domain import Domain, above_zero, real, temperature
from ddcl_theory.expression import Expr
from ddcl_theory.point import Temperature, component, point, to_json
from ddcl_theory.relation import Traced

CASES = 50
#: Of the fifty, those at which SymPy is asked about the predicates of the claims; it is the slowest by far.
SYMPY_CASES = 2
A, B, U, T = ex.variable("a"), ex.variable("b"), ex.variable("u"), ex.variable("T")
DOMAIN = Domain((real("a"), real("b"), above_zero("u"), temperature("T")))

#: Each operation, alone and combined, with branches of both signs.
EXPRESSIONS: dict[str, Expr] = {
    "variable": A,
    "constant": ex.lift(Fraction(-7, 3)),
    "sum": A + B - Fraction(1, 3),
    "product": A * B * 2,
    "even power": (A - B) ** 4,
    "odd power": (A - B) ** 3,
    "negative power": (A * A + 1) ** -3,
    "odd negative power": (A - 9) ** -1,
    "exp": ex.exp(A * B),
    "exp of zero": ex.exp(A - A),
    "log": ex.log(U * U + 1),
    "log of one": ex.log(U / U),
    "sqrt": ex.sqrt(U * U + 2),
    "sqrt of a square": ex.sqrt((A - B) ** 2),
    "boltzmann": ex.boltzmann((A - B) ** 2, T),
    "boltzmann of a negative": ex.boltzmann(-U, T),
    "temperature itself": T * A + U / T,
    "max": ex.maximum(A, B, A * B),
    "min": ex.minimum(A, B, A * B),
    "softmax": ex.softmax([A * A, (A - B) ** 2, 2 * U], T)[1],
    "softmax with an anchor": ex.softmax([A * A, (A - B) ** 2], T, anchor=A * A)[0],
    "derivative": ex.derivative_at_zero(lambda t: ex.log(U + t * t + t * A) * ex.exp(t) / ex.sqrt(U + t)),
    "second derivative": ex.derivative_at_zero(lambda t: ex.boltzmann((A + t) ** 2, T) * (1 + t * U) ** 5, order=2),
    "free energy": -T * ex.log(ex.boltzmann(A * A, T) + ex.boltzmann(B * B, T)),
    "shared parts": ((A + B) ** 2 + (A + B)) * (A + B),
}


def draw(rng: random.Random, kind: str, shape: tuple[int, ...], whole: bool) -> Any:
    """A small rational value of the kind; whole numbers keep Boltzmann factors rational."""
    if kind in ("cold", "hot"):
        return Temperature(Fraction(int(kind == "hot")))
    if kind == "temperature":
        s = Fraction(rng.randint(1, 8), 9)
        return Temperature(s) if whole or rng.random() < 0.5 else Fraction(rng.randint(1, 9), rng.randint(1, 4))
    if shape and kind in ("simplex", "sum-one"):
        if len(shape) > 1:
            return tuple(draw(rng, kind, shape[1:], whole) for _ in range(shape[0]))
        parts = [rng.randint(0 if kind == "simplex" else -3, 5) for _ in range(shape[0] - 1)]
        parts.append(1 + abs(sum(parts)) + rng.randint(0, 2))
        return tuple(Fraction(p, sum(parts)) for p in parts)
    if shape:
        return tuple(draw(rng, kind, shape[1:], whole) for _ in range(shape[0]))
    low = {"positive": 1, "nonnegative": 0}.get(kind, -4)
    return Fraction(rng.randint(low, 4), 1 if whole else rng.randint(1, 3))


def inputs(domain: Domain, sizes: dict[str, int], label: str) -> list[dict[str, Any]]:
    rng = random.Random(label)
    return [
        {v.name: draw(rng, v.kind, v.extent(sizes), whole=case % 2 == 0) for v in domain.variables}
        for case in range(CASES)
    ]


def as_float(value: Any) -> Any:
    if isinstance(value, tuple):
        return [as_float(v) for v in value]
    if isinstance(value, Temperature):
        return {Fraction(0): COLD, Fraction(1): HOT}.get(value.s, float(value))
    return float(value)


def rational_or_reason(compute: Any) -> Any:
    """The list of fractions, or why there is none: "irrational" or "undefined"."""
    try:
        return [Fraction(v) for v in compute()]
    except (evaluate.Inexact, replay.Irrational):
        return "irrational"
    except (evaluate.Undefined, replay.NoValue):
        return "undefined"


def assert_agree(roots: list[Expr], points: list[dict[str, Any]], sympy_cases: int) -> None:
    tree = ex.serialise(roots)
    nodes = ex.topological(roots)
    batch = {name: torch.tensor([as_float(p[name]) for p in points], dtype=torch.float64) for name in points[0]}
    floats = torch.stack(evaluate.tensors(roots, batch)) if batch else torch.zeros(len(roots), len(points))
    scales = torch.stack(evaluate.tensors(nodes, batch)).abs() if batch else torch.ones(1, len(points))
    overflows = (~torch.isfinite(scales)).any(0)
    scales = torch.where(torch.isfinite(scales) & (scales < HOT), scales, torch.zeros_like(scales)).amax(0)
    for case, p in enumerate(points):
        raw = {name: to_json(value) for name, value in p.items()}
        exact = rational_or_reason(lambda p=p: evaluate.fractions(roots, p))
        replayed = rational_or_reason(lambda raw=raw: replay.rationals(tree, raw))
        assert exact == replayed, f"fractions and replay differ at {raw}"
        if exact == "undefined":
            assert not any(v.is_finite() for v in replay.enclosures(tree, raw, 256)) or len(roots) > 1
            continue
        try:
            enclosed = evaluate.balls(roots, p, 256)
        except evaluate.Inexact:
            # The sign of an exponent that is exactly zero cannot be decided by enclosures in the limit T → 0.
            assert any(isinstance(v, Temperature) and v.s == 0 for v in p.values())
            continue
        own = replay.enclosures(tree, raw, 256)
        symbolic = sympy_values(roots, p) if case < sympy_cases else [None] * len(roots)
        for i in range(len(roots)):
            if not enclosed[i].is_finite():
                assert not own[i].is_finite()
                continue
            assert enclosed[i].overlaps(own[i])
            value = mpmath.mpf(enclosed[i].mid().str(60, radius=False))
            radius = mpmath.mpf(enclosed[i].rad().str(10, radius=False)) + abs(value) * mpmath.mpf(10) ** -55
            if exact != "irrational":
                assert abs(mpmath.mpf(exact[i].numerator) / exact[i].denominator - value) <= radius
            if symbolic[i] is not None:
                assert abs(symbolic[i] - value) <= radius + mpmath.mpf(10) ** -40 * (1 + float(scales[case])), (
                    f"SymPy at {raw}"
                )
            allowed = 1e-11 * (1 + float(scales[case]))
            # Where something on the way is infinite, torch may find no number, but never a wrong one.
            if overflows[case] and not math.isfinite(floats[i, case]):
                continue
            assert abs(float(floats[i, case]) - float(value)) <= allowed, f"torch at {raw}"


def sympy_values(roots: list[Expr], p: dict[str, Any]) -> list[Any]:
    """SymPy's values, exact where the graph is rational, else with sixty digits.

    None where a limit of the temperature enters, which SymPy's reading does not know.
    """
    nodes = ex.topological(roots)
    rational = not any(n.op in ("exp", "log", "sqrt", "boltzmann") for n in nodes)
    names = {}
    for node in nodes:
        if node.op == "var":
            value = component(p[node.data[0]], node.data[1])
            if isinstance(value, Temperature):
                if value.s in (0, 1):
                    return [None] * len(roots)
                names[node.data] = -1 / sp.log(sp.Rational(value.s.numerator, value.s.denominator)).evalf(60)
            else:
                number = sp.Rational(value.numerator, value.denominator)
                names[node.data] = number if rational else sp.Float(number, 60)
    found = [sp.sympify(v).evalf(60) for v in evaluate.symbols(roots, names)]
    return [mpmath.mpf(str(v)) if v.is_Float or v.is_Rational else None for v in found]


@pytest.fixture(autouse=True)
def _fifty_digits() -> Iterator[None]:
    with mpmath.workdps(60):
        yield


def test_the_expressions_cover_every_operation() -> None:
    used = {n.op for e in EXPRESSIONS.values() for n in ex.topological([e])}
    assert used == set(ex.OPERATIONS)


@pytest.mark.parametrize("name", list(EXPRESSIONS))
def test_evaluators_agree_on_each_operation(name: str) -> None:
    assert_agree([EXPRESSIONS[name]], inputs(DOMAIN, {}, name), CASES)


def roots_of(traced: Traced) -> list[Expr]:
    return [*traced.roots, *(r for option in traced.options for r in roots_of(option))]


def statements(part: Any) -> Iterator[tuple[str, Statement]]:
    if isinstance(part.statement, Statement):
        yield part.id, part.statement
    if part.amendment is not None:
        yield from statements(part.amendment.part)


@pytest.mark.parametrize("identifier", [e.id for e in registry.builtin()])
def test_evaluators_agree_on_the_predicates_of_each_claim(identifier: str) -> None:
    claim = next(e for e in registry.builtin() if e.id == identifier).load()
    seen = set()
    for reading in claim.readings:
        for part in reading.parts:
            for name, statement in statements(part):
                sizes = statement.smallest_sizes()
                if statement.digest(sizes) in seen:
                    continue
                seen.add(statement.digest(sizes))
                given, conclusion = statement.trace(sizes)
                points = inputs(statement.domain, sizes, f"{identifier} {name}")
                # A temperature that stands alone is no number to the evaluators: its sign is decided by `signs`.
                for t in (*(t for _, t in given), conclusion):
                    roots = [
                        r
                        for r in dict.fromkeys(roots_of(t))
                        if not (r.op == "var" and statement.domain.variable(r.data[0]).kind == "temperature")
                    ]
                    if roots:
                        assert_agree(roots, points, SYMPY_CASES)
    # A claim about experiments predicts measurements, which are no expressions.
    assert seen or all(isinstance(p.statement, Predicted) for r in claim.readings for p in r.parts)


def with_mpmath(node: Expr, p: dict[str, Any]) -> Any:
    """A reading of the graph written here, over mpmath's numbers."""

    def number(x: Fraction) -> Any:
        return mpmath.mpf(x.numerator) / x.denominator

    def value(e: Expr) -> Any:
        args = [value(a) for a in e.args]
        match e.op:
            case "var":
                raw = component(p[e.data[0]], e.data[1])
                return -1 / mpmath.log(number(raw.s)) if isinstance(raw, Temperature) else number(raw)
            case "const":
                return number(e.data)
            case "add":
                return mpmath.fsum(args)
            case "mul":
                return mpmath.fprod(args)
            case "pow":
                return mpmath.power(args[0], e.data)
            case "boltzmann":
                return mpmath.exp(-args[0] / args[1])
            case "max" | "min":
                return {"max": max, "min": min}[e.op](args)
        return getattr(mpmath, e.op)(args[0])

    return value(node)


@pytest.mark.parametrize(
    "name",
    [
        n
        for n, e in EXPRESSIONS.items()
        if any(x.op in ("exp", "log", "sqrt", "boltzmann") for x in ex.topological([e]))
    ],
)
def test_transcendental_values_to_fifty_digits(name: str) -> None:
    for p in inputs(DOMAIN, {}, f"mpmath {name}"):
        expected = with_mpmath(EXPRESSIONS[name], p)
        for ball in (
            evaluate.balls([EXPRESSIONS[name]], p, 320)[0],
            replay.enclosures(ex.serialise([EXPRESSIONS[name]]), {n: to_json(v) for n, v in p.items()}, 320)[0],
        ):
            found = mpmath.mpf(ball.mid().str(70, radius=False))
            assert abs(found - expected) <= mpmath.mpf(10) ** -50 * max(1, abs(expected))


def weight(x: int | str, s: int | str) -> Any:
    """e^{−x/T} with e^{−1/T} = s: by fractions, balls, replay's fractions and replay's balls, each or its reason."""
    e = ex.boltzmann(A, T)
    p = point(a=x, T={"s": s})
    raw = {n: to_json(v) for n, v in p.items()}
    tree = ex.serialise([e])
    return (
        rational_or_reason(lambda: evaluate.fractions([e], p)),
        rational_or_reason(lambda: replay.rationals(tree, raw)),
        replay.decide({"op": "eq0", **ex.serialise([e - 1])}, raw),
        replay.decide({"op": "eq0", **tree}, raw),
    )


@pytest.mark.parametrize(
    ("x", "s", "value"),
    [
        (0, 0, 1), (3, 0, 0), ("1/2", 0, 0), ("5000", 0, 0),
        (0, 1, 1), (3, 1, 1), (-3, 1, 1), ("1/2", 1, 1), ("-1/2", 1, 1),
        (0, "1/3", 1), (2, "1/3", Fraction(1, 9)), (-2, "1/3", 9),
    ],
)  # fmt: skip
def test_boltzmann_factors_in_the_limits_of_the_temperature(x: int | str, s: int | str, value: Any) -> None:
    ours, replayed, is_one, is_zero = weight(x, s)
    assert ours == replayed == [value]
    assert (is_one, is_zero) == (value == 1, value == 0)


@pytest.mark.parametrize("x", [-1, "-1/2"])
def test_a_boltzmann_factor_that_diverges_has_no_value(x: int | str) -> None:
    ours, replayed, is_one, is_zero = weight(x, 0)
    assert ours == replayed == "undefined"
    assert is_one is None and is_zero is None


@pytest.mark.parametrize(
    ("e", "p"),
    [
        (ex.log(A), point(a=0)),
        (ex.log(A), point(a=-2)),
        (ex.sqrt(A), point(a=-1)),
        (A**-1, point(a=0)),
        ((A - 1) ** -2, point(a=1)),
        (ex.boltzmann(A, T), point(a=1, T=0)),
    ],
)
def test_what_has_no_value_is_undefined_everywhere(e: Expr, p: Any) -> None:
    raw = {n: to_json(v) for n, v in p.items()}
    with pytest.raises(evaluate.Undefined):
        evaluate.fractions([e], p)
    assert replay.decide({"op": "ge0", **ex.serialise([e])}, raw) is None


def test_the_sign_of_a_temperature_that_stands_alone() -> None:
    for s, sign in ((0, 0), ("1/2", 1), (1, 1)):
        assert evaluate.signs([T], point(T={"s": s}))[0].sign == sign
        assert replay.decide({"op": "gt0", **ex.serialise([T])}, {"T": {"s": str(s)}}) is (sign > 0)


@pytest.mark.parametrize(
    "e", [ex.exp(A) - ex.exp(A), ex.exp(A) * ex.exp(-A) - 1, ex.log(A) + ex.log(1 / A), ex.sqrt(A) ** 2 - A]
)
def test_an_irrational_zero_is_never_called_positive_or_negative(e: Expr) -> None:
    p = point(a=2)
    found = evaluate.signs([e], p)[0]
    assert found.sign in (0, None) and not (found.sign is None and found.exact)
    assert replay.decide({"op": "gt0", **ex.serialise([e])}, {"a": "2"}) in (None, False)
    assert replay.decide({"op": "ge0", **ex.serialise([e])}, {"a": "2"}) in (None, True)


def test_signs_separate_numbers_that_floats_cannot() -> None:
    tiny = ex.lift(Fraction(1, 10**60))
    for e, expected in ((ex.exp(A) - ex.exp(A + tiny), -1), (ex.exp(A + tiny) - ex.exp(A), 1), (A + tiny - A, 1)):
        assert evaluate.signs([e], point(a=2))[0].sign == expected
        assert replay.decide({"op": "gt0", **ex.serialise([e])}, {"a": "2"}) is (expected > 0)
