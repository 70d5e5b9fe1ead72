"""Rational stand-ins for T, log, exp and root: the same in Python and in Coq, and near what they stand for."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import pytest

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.domain import Domain, real, temperature
from ddcl_theory.evaluate import Inexact, Undefined, fractions
from ddcl_theory.expression import Expr
from ddcl_theory.formal import evaluation, sources, stand_ins
from ddcl_theory.point import Temperature
from ddcl_theory.relation import at_least_zero

X, T = ex.variable("x"), ex.variable("T")
ABOVE = X * X + 1
#: What a conclusion may be made of, and the same as Coq terms.
WRITTEN: tuple[tuple[Expr, str], ...] = (
    (2 * X * X / T - 1, "2 * square x / T_value - 1"),
    (ex.log(ABOVE) + X, "log (square x + 1) + x"),
    (ex.exp(X) * T, "exponential x * T_value"),
    (ex.sqrt(ABOVE), "root (square x + 1)"),
    (ex.boltzmann(X, T) / T, "boltzmann T x / T_value"),
)
HALF = {"x": Fraction(3), "T": Temperature(Fraction(1, 2))}


def statement(*conclusion: Expr) -> Statement:
    return Statement(Domain((real("x"), temperature("T")), {}), at_least_zero(lambda v: list(conclusion)))


@pytest.mark.parametrize("x", [Fraction(1, 3), Fraction(1, 2), Fraction(1), Fraction(2), Fraction(5, 2)])
def test_stand_ins_are_near_what_they_stand_for(x: Fraction) -> None:
    assert float(stand_ins.log(x)) == pytest.approx(math.log(x), abs=1e-3)
    assert float(stand_ins.exponential(x)) == pytest.approx(math.exp(x), rel=0.05)
    assert float(stand_ins.root(x)) == pytest.approx(math.sqrt(x), rel=1e-4)


def test_the_number_near_a_temperature() -> None:
    assert float(stand_ins.near(HALF["T"])) == pytest.approx(1 / math.log(2), rel=0.01)
    for limit in (0, 1):
        with pytest.raises(Inexact):
            stand_ins.near(Temperature(Fraction(limit)))


def test_values_are_exact_only_where_nothing_stands_in() -> None:
    for written, _ in WRITTEN:
        with pytest.raises(Inexact):
            fractions([written], HALF)
    near = stand_ins.near(HALF["T"])
    assert fractions([T, ex.boltzmann(X, T) / T], HALF, stand_ins.FUNCTIONS) == [near, Fraction(1, 8) / near]
    with pytest.raises(Undefined):
        fractions([ex.log(-X)], HALF, stand_ins.FUNCTIONS)
    with pytest.raises(Undefined):
        fractions([ex.sqrt(-X)], HALF, stand_ins.FUNCTIONS)


def test_words_of_other_meaning_are_no_stand_ins() -> None:
    assert not stand_ins.used("boltzmann T x + logarithm x + square_root x")
    assert all(stand_ins.used(term) for _, term in WRITTEN)


@pytest.mark.coq
def test_coq_computes_the_same() -> None:
    theorem = replace(sources.theorems()[0], value=f"[{'; '.join(term for _, term in WRITTEN)}]")
    stated = statement(*(written for written, _ in WRITTEN))
    points = [p for p, _ in zip(evaluation.points(stated), range(12), strict=False)]
    for p, values in zip(points, evaluation.coq_values(theorem, stated, points), strict=True):
        assert values == fractions([written for written, _ in WRITTEN], p, stand_ins.FUNCTIONS)
    assert len({tuple(v) for v in evaluation.coq_values(theorem, stated, points)}) > 1
