"""The lemma on combinations of equations: what it proves for all sizes, and every premise that it must not wave through."""

from __future__ import annotations

from typing import Any

import pytest

from ddcl_theory import expression as ex
from ddcl_theory.claim import Hypothesis, Statement
from ddcl_theory.domain import Domain, real
from ddcl_theory.lemmas.consequence import follows_for_all_sizes
from ddcl_theory.lemmas.support import Carriers
from ddcl_theory.proof import Rejected, Steps
from ddcl_theory.relation import Relation, at_least_zero, equals_zero

DOMAIN = Domain((real("a", "n"), real("b", "n"), real("c", "k")), {"n": (1, 3), "k": (1, 2)})
AXES = (Carriers("n", {"a": 0, "b": 0}), Carriers("k", {"c": 0}))
EQUAL = Hypothesis("equal", "a = b", equals_zero(lambda x: ex.minus(x.a, x.b)))


def squared_lengths(x: Any) -> ex.Expr:
    return ex.norm2(x.a) - ex.norm2(x.b)


def by_sums(x: Any, h: Any, w: Any) -> ex.Expr:
    """|a|² − |b|² = Σ (a + b)(a − b)."""
    return w * ex.dot(ex.plus(x.a, x.b), h["equal"])


def prove(conclusion: Relation, combination: Any = by_sums, given: Any = (EQUAL,), **options: Any) -> list[str]:
    steps = Steps()
    equations = options.pop("equations", {"equal": ("n",)})
    follows_for_all_sizes(steps, Statement(DOMAIN, conclusion, given), equations, combination, AXES, **options)
    return steps.done


def test_a_combination_proves_for_all_sizes() -> None:
    steps = prove(equals_zero(squared_lengths))
    assert any("for every n a monomial touches at most 1 of the indices" in s for s in steps)


def test_a_conclusion_with_entries_is_weighted() -> None:
    outer = equals_zero(lambda x: [(a - b) * c for a, b in zip(x.a, x.b, strict=True) for c in x.c])

    def combination(x: Any, h: Any, w: Any) -> ex.Expr:
        return ex.total(v * e * c for e, row in zip(h["equal"], w, strict=True) for v, c in zip(row, x.c, strict=True))

    assert prove(outer, combination, along=("n", "k"))
    transposed = equals_zero(lambda x: [(a - b) * c for c in x.c for a, b in zip(x.a, x.b, strict=True)])
    with pytest.raises(Rejected):
        prove(transposed, combination, along=("n", "k"))
    with pytest.raises(Rejected, match="entries"):
        prove(outer, combination, along=("n",))


def test_a_multiple_of_the_conclusion_is_accepted_and_another_conclusion_is_not() -> None:
    assert prove(equals_zero(lambda x: 2 * squared_lengths(x)))
    for wrong in (
        lambda x: ex.norm2(x.a) - 2 * ex.norm2(x.b),
        lambda x: squared_lengths(x) + (ex.norm2(x.c) if x.n > 1 else 0),
        lambda x: squared_lengths(x) + (x.n - 2) * (x.n - 3),
    ):
        with pytest.raises(Rejected):
            prove(equals_zero(wrong))


def test_what_is_no_combination_of_the_equations_is_rejected() -> None:
    with pytest.raises(Rejected, match="combination of the equations"):
        prove(equals_zero(squared_lengths), lambda x, h, w: w * squared_lengths(x))


def test_the_equations_must_be_hypotheses() -> None:
    with pytest.raises(Rejected, match="'equal' is given"):
        prove(equals_zero(squared_lengths), given=())
    weaker = Hypothesis("equal", "a ≥ b", at_least_zero(lambda x: ex.minus(x.a, x.b)))
    with pytest.raises(Rejected, match="'equal' is given"):
        prove(equals_zero(squared_lengths), given=(weaker,))
    other = Hypothesis("equal", "a = 2b", equals_zero(lambda x: ex.minus(x.a, ex.scaled(2, x.b))))
    with pytest.raises(Rejected):
        prove(equals_zero(squared_lengths), given=(other,))
    first = Hypothesis("equal", "a_1 = b_1", equals_zero(lambda x: x.a[0] - x.b[0]))
    with pytest.raises(Rejected, match="entries"):
        prove(equals_zero(squared_lengths), given=(first,))


def test_an_inequality_needs_its_squares() -> None:
    conclusion = at_least_zero(lambda x: squared_lengths(x) + ex.norm2(x.c))
    assert prove(conclusion, squares=lambda x: x.c)
    with pytest.raises(Rejected):
        prove(conclusion, squares=lambda x: x.c[:1])
    with pytest.raises(Rejected, match="one inequality"):
        prove(equals_zero(squared_lengths), squares=lambda x: [])
    with pytest.raises(Rejected, match="an equation"):
        prove(conclusion)


def test_a_negative_sum_of_squares_is_rejected() -> None:
    with pytest.raises(Rejected):
        prove(at_least_zero(lambda x: squared_lengths(x) - ex.norm2(x.c)), squares=lambda x: x.c)


def test_a_conclusion_about_sizes() -> None:
    """n − k = Σ a² − Σ c² − …, where both sums are one for each index."""
    units = (
        Hypothesis("a-one", "a² = 1", equals_zero(lambda x: [v**2 - 1 for v in x.a])),
        Hypothesis("c-one", "c² = 1", equals_zero(lambda x: [v**2 - 1 for v in x.c])),
    )
    same = equals_zero(lambda x: x.n - x.k - ex.norm2(x.a) + ex.norm2(x.c))
    equations = {"a-one": ("n",), "c-one": ("k",)}

    def combination(x: Any, h: Any, w: Any) -> ex.Expr:
        return w * (ex.total(h["c-one"]) - ex.total(h["a-one"]))

    assert prove(same, combination, units, equations=equations)
    doubled = equals_zero(lambda x: 2 * (x.n - x.k) - ex.norm2(x.a) + ex.norm2(x.c))
    with pytest.raises(Rejected):
        prove(doubled, combination, units, equations=equations)
