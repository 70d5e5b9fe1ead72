"""Expressions: sharing, exact derivatives against SymPy, substitution, serialisation and stable digests."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from ddcl_theory import evaluate
from ddcl_theory import expression as ex
from ddcl_theory.expression import Expr
from ddcl_theory.point import point

A, B, T = ex.variable("a"), ex.variable("b"), ex.variable("T")
NAMES = {
    ("a", ()): sp.Symbol("a", real=True),
    ("b", ()): sp.Symbol("b", real=True),
    ("T", ()): sp.Symbol("T", positive=True),
}
SMOOTH: dict[str, Expr] = {
    "polynomial": (A + 2 * B) ** 5 - A * B + 3,
    "quotient": (A * A + B) / (1 + A * A) ** 2,
    "negative power": (A * A + 1) ** -4,
    "exponential": ex.exp(A * B) * A,
    "logarithm": ex.log(1 + A * A) / (2 + B * B),
    "root": ex.sqrt(1 + A * A + B * B),
    "boltzmann in the distance": ex.boltzmann((A - B) ** 2, T),
    "softmax": ex.softmax([A * A, (A - 1) ** 2, B * B], T, anchor=A * A)[1],
    "free energy": -T * ex.log(ex.boltzmann(A * A, T) + ex.boltzmann((B - 1) ** 2, T)),
    "nested": ex.exp(ex.log(1 + A * A) * ex.sqrt(2 + ex.boltzmann(A, T))),
    "independent of a": B**3 * T,
}


def small_expressions() -> st.SearchStrategy[Expr]:
    leaves = st.sampled_from([A, B, ex.ONE, ex.ZERO]) | st.integers(-3, 3).map(ex.lift)
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.tuples(inner, inner).map(lambda t: t[0] + t[1]),
            st.tuples(inner, inner).map(lambda t: t[0] * t[1]),
            inner.map(lambda e: e**3),
            inner.map(lambda e: (1 + e * e) ** -1),
            inner.map(lambda e: ex.exp(e)),
            inner.map(lambda e: ex.log(1 + e * e)),
        ),
        max_leaves=6,
    )


def symbolic(e: Expr) -> sp.Expr:
    return evaluate.symbols([e], NAMES)[0]


def assert_equal_numerically(ours: Expr, theirs: sp.Expr, seed: str, points: int = 5) -> None:
    """Equal to 30 digits at random rational points; what grows beyond all bounds there says nothing and must not occur."""
    rng = random.Random(seed)
    for _ in range(points):
        values = {s: sp.Rational(rng.randint(-7, 7), rng.randint(1, 5)) for s in NAMES.values()}
        values[NAMES["T", ()]] = sp.Rational(rng.randint(1, 9), 4)
        left, right = (sp.sympify(e).subs(values).evalf(50) for e in (symbolic(ours), theirs))
        assert abs(left - right) <= sp.Float("1e-30", 50) * (1 + abs(right))


@pytest.mark.parametrize("wrt", ["a", "b", "T"])
@pytest.mark.parametrize("name", list(SMOOTH))
def test_derivatives_equal_those_of_sympy(name: str, wrt: str) -> None:
    e = SMOOTH[name]
    assert_equal_numerically(ex.differentiate(e, ex.variable(wrt)), sp.diff(symbolic(e), NAMES[wrt, ()]), name + wrt)


@given(small_expressions())
def test_derivatives_of_random_expressions(e: Expr) -> None:
    for case in range(3):
        values = {s: sp.Rational(case - 1, 5 + case) for s in NAMES.values()}
        left = sp.sympify(symbolic(ex.differentiate(e, A))).subs(values).evalf(40)
        right = sp.sympify(sp.diff(symbolic(e), NAMES["a", ()])).subs(values).evalf(40)
        assert abs(left - right) <= sp.Float("1e-25", 40) * (1 + abs(right))


@pytest.mark.parametrize("order", [1, 2, 3])
def test_derivative_at_zero(order: int) -> None:
    t = sp.Symbol("t")

    def f(s: Expr) -> Expr:
        return ex.boltzmann((A + s) ** 2, T) * (B + s) ** 4 + ex.exp(s * A)

    a, b, temperature = (NAMES[n, ()] for n in ("a", "b", "T"))
    curve = sp.exp(-((a + t) ** 2) / temperature) * (b + t) ** 4 + sp.exp(t * a)
    assert_equal_numerically(ex.derivative_at_zero(f, order), sp.diff(curve, t, order).subs(t, 0), f"order {order}")


def test_nested_derivatives_do_not_capture_each_other() -> None:
    inner_of_outer = ex.derivative_at_zero(lambda s: ex.derivative_at_zero(lambda t: (A + s) ** 2 * t, order=2) + s * A)
    mixed = ex.derivative_at_zero(lambda s: s * ex.derivative_at_zero(lambda t: ex.exp(2 * t) * A, order=2))
    assert evaluate.fractions([inner_of_outer, mixed], point(a=3)) == [3, 12]
    same_order = ex.derivative_at_zero(lambda s: ex.derivative_at_zero(lambda t: (A + s + t) ** 3 + t * s))
    assert evaluate.fractions([same_order], point(a=3)) == [19]


def test_a_maximum_has_no_derivative() -> None:
    with pytest.raises(ValueError, match="max is not differentiable"):
        ex.differentiate(ex.maximum(A, B), A)
    assert ex.differentiate(ex.maximum(A, 1) * B, B) is not ex.ZERO


def test_substitution_is_simultaneous() -> None:
    swapped = ex.substitute(A**2 * B, {A: B, B: A})
    assert evaluate.fractions([swapped], point(a=2, b=3)) == [18]
    shifted = ex.substitute(ex.boltzmann(A - B, T), {A: B})
    assert evaluate.fractions([shifted], point(b=5, T=3)) == [1]


@given(small_expressions(), st.integers(-3, 3))
def test_substituting_a_number_equals_evaluating_there(e: Expr, value: int) -> None:
    fixed = ex.substitute(e, {A: ex.lift(value)})
    assert ("a", ()) not in {n.data for n in ex.topological([fixed]) if n.op == "var"}
    left, right = (evaluate.balls([x], point(a=value, b=2), 200)[0] for x in (fixed, e))
    # Nested exponentials may overflow any ball.
    assert left.overlaps(right) or not (left.is_finite() and right.is_finite())


def test_equal_formulas_share_one_node() -> None:
    assert (A + B) ** 2 is (A + B) ** 2
    assert ex.softmax([A, B], T)[0] is ex.softmax([A, B], T)[0]
    assert ex.variable("p", 0, 1) is not ex.variable("p", 1, 0)


def test_units_and_zeros_fold_away() -> None:
    assert A + 0 is A and A * 1 is A and A**1 is A
    assert A * 0 is ex.ZERO and A**0 is ex.ONE and ex.boltzmann(0, T) is ex.ONE
    assert (
        ex.lift(2) + 3 is ex.lift(5)
        and ex.lift(2) * Fraction(1, 2) is ex.ONE
        and ex.lift(2) ** -1 is ex.lift(Fraction(1, 2))
    )
    assert ex.total([]) is ex.ZERO


def test_zero_to_a_negative_power_is_kept_and_has_no_value() -> None:
    with pytest.raises(evaluate.Undefined):
        evaluate.fractions([ex.lift(0) ** -1], {})


@pytest.mark.parametrize("value", [0.5, True, "1", None, 1j])
def test_only_exact_numbers_are_lifted(value: object) -> None:
    with pytest.raises(TypeError, match="expected an expression, an int or a Fraction"):
        ex.lift(value)


def test_an_expression_has_no_truth_value() -> None:
    with pytest.raises(TypeError, match="must not branch"):
        bool(A)


def test_real_exponents_and_scaled_temperatures_are_refused() -> None:
    with pytest.raises(TypeError, match="exponent must be an integer"):
        A ** Fraction(1, 2)
    with pytest.raises(TypeError, match="rescale x instead of T"):
        ex.boltzmann(A, 2 * T)


def test_vectors_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError):
        ex.dot([A, B], [A])
    with pytest.raises(ValueError):
        ex.minus([A], [A, B])
    with pytest.raises(ValueError, match="max of no values"):
        ex.maximum()


def test_deep_graphs_do_not_overflow() -> None:
    e = A
    for _ in range(20_000):
        e = e + A * B
    assert evaluate.fractions([ex.differentiate(e, B)], point(a=1, b=1)) == [20_000]
    assert len(ex.serialise([e])["nodes"]) == 20_003


def test_serialised_graphs_list_arguments_first_and_each_node_once() -> None:
    tree = ex.serialise([SMOOTH["nested"], SMOOTH["softmax"], SMOOTH["nested"]])
    assert all(i < place for place, (_, args, _) in enumerate(tree["nodes"]) for i in args)
    assert len({str(n) for n in tree["nodes"]}) == len(tree["nodes"])
    assert tree["roots"][0] == tree["roots"][2] != tree["roots"][1]


def test_digests_tell_formulas_apart() -> None:
    formulas = [
        A + B,
        B + A,
        A * B,
        A - B,
        A**2,
        A**-2,
        ex.exp(A),
        ex.log(A),
        ex.variable("a", 0),
        ex.lift(2),
        ex.boltzmann(A, T),
    ]
    digests = [ex.digest(ex.serialise([e])) for e in formulas]
    assert len(set(digests)) == len(formulas)
    assert digests == [ex.digest(ex.serialise([e])) for e in formulas]


SCRIPT = """
from ddcl_theory import expression as ex, registry
{noise}
e = ex.softmax([ex.variable("d", j) for j in range(4)], ex.variable("T"))[2]
claim = registry.resolve("theorem1").load()
sizes = {{"k": 3, "d": 2}}
print(ex.digest(ex.serialise([e])), *(p.statement.digest(sizes) for p in claim.default.parts))
"""


def test_digests_do_not_depend_on_the_process() -> None:
    noise = "junk = [ex.variable('d', j) * ex.variable('z', j) + j for j in reversed(range(9))]"
    found = set()
    for seed, extra in (("0", ""), ("1", noise), ("77", "")):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT.format(noise=extra)],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(ex.__file__).parents[1])},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        found.add(done.stdout)
    assert len(found) == 1 and len(found.pop().split()) == 3
