"""Rational functions and the parametrisation of the tangent cone: zero means identically zero."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddcl_theory import expression as ex
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas import cone
from ddcl_theory.lemmas.polynomial import Unsupported, is_zero, quotients
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import ALL_SIZES, Proof, Steps, Undecided, carry_out

T = ex.variable("T")


def row(name: str, size: int) -> list[Expr]:
    return [ex.variable(name, j) for j in range(size)]


def lift(family: Callable[[int], Expr], simplex_name: str | None = None, labels: Any = None) -> Proof:
    """Run the support lemma on a family in x_j or q_j, one axis k."""

    def argument(steps: Steps) -> str:
        def at(sizes: Mapping[str, int]) -> tuple[list[Expr], Any]:
            e = family(sizes["k"])
            return [e], labels(sizes["k"]) if labels else {}

        identity_for_all_sizes(steps, at, (Carriers("k", {"x": 0, "q": 0, "p": 0, "w": 0}),), simplex=simplex_name)
        return ALL_SIZES

    return carry_out(argument)


# ── polynomials ──────────────────────────────────────────────────────────────────────────────────────────────────────

A, B, C = ex.variable("a"), ex.variable("b"), ex.variable("c")


@pytest.mark.parametrize(
    "e",
    [
        (A + B) ** 3 - A**3 - 3 * A * A * B - 3 * A * B * B - B**3,
        1 / (A * B) - (1 / A) * (1 / B),
        A / (A + B) + B / (A + B) - 1,
        (A**-1 + B**-1) ** -1 - A * B / (A + B),
        1 / (1 / A) - A,
        (2 * A) ** -2 - Fraction(1, 4) * A**-2,
        ex.exp(A + B) - ex.exp(B + A),
        ex.exp(A * A - B * B) - ex.exp((A - B) * (A + B)),
        ex.exp(A - A) - 1,
        ex.boltzmann(A - A, T) - 1,
        ex.boltzmann(2 * A, T) * C - C * ex.boltzmann(A + A, T),
        ex.log(A * B) * C - ex.log(B * A) * C,
    ],
)
def test_identities_of_rational_functions(e: Expr) -> None:
    assert is_zero(e)


@pytest.mark.parametrize(
    "e",
    [
        A - B,
        (A + B) ** 2 - A**2 - B**2,
        A / B - B / A,
        (1 / A) ** 2 - 1 / (A + A * A),
        ex.exp(A) - ex.exp(B),
        ex.exp(A) - ex.boltzmann(A, T),
        ex.boltzmann(A, T) - ex.boltzmann(A, ex.variable("T2")),
        ex.boltzmann(A, T) * ex.boltzmann(-A, T),
        ex.log(A - A + 1) - 1,
        ex.exp(ex.log(A)) - ex.exp(ex.log(B)),
        ex.exp(A) * ex.exp(B) - 2 * ex.exp(A + B),
    ],
)
def test_what_is_not_identically_zero_is_not_called_zero(e: Expr) -> None:
    assert not is_zero(e)


def test_functions_that_are_no_quotients_are_refused() -> None:
    for e in (ex.maximum(A, B) - ex.maximum(B, A), ex.minimum(A, 0)):
        with pytest.raises(Unsupported):
            is_zero(e)
    with pytest.raises(Unsupported, match="identically zero"):
        is_zero(1 / (A + B - B - A))


def test_labels_name_the_same_atom_once() -> None:
    first, second = ex.boltzmann((A - B) ** 2, T), ex.boltzmann((B - A) ** 2, T)
    named = {first: ("w", (0,))}
    assert is_zero(first - second, named) and is_zero(first - second)
    field, _ = quotients([first * second], named)
    assert {name for name, _ in field.generators} == {"a", "b", "T", "w"}, "equal arguments give one atom"
    assert not is_zero(first - ex.boltzmann(A - B, T), {first: ("w", (0,))})


def rational_expressions() -> st.SearchStrategy[Expr]:
    leaves = st.sampled_from([A, B]) | st.integers(-2, 2).map(ex.lift)
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.tuples(inner, inner).map(lambda t: t[0] + t[1]),
            st.tuples(inner, inner).map(lambda t: t[0] * t[1]),
            st.tuples(inner, st.integers(2, 3)).map(lambda t: t[0] ** t[1]),
            inner.map(lambda e: (2 + e * e) ** -1),
        ),
        max_leaves=7,
    )


@given(rational_expressions(), rational_expressions())
def test_zero_agrees_with_values_at_many_points(left: Expr, right: Expr) -> None:
    """A difference is identically zero exactly when it is zero at points beyond any root its degree allows."""
    from ddcl_theory.evaluate import fractions
    from ddcl_theory.point import point

    e = left - right
    values = [fractions([e], point(a=10**6 + 17 * i, b=-(10**9) + 31 * i)) for i in range(4)]
    assert is_zero(e) is all(v == [0] for v in values)


# ── tangent cone ─────────────────────────────────────────────────────────────────────────────────────────────────────


def on_cone(of: Callable[[list[Expr], list[Expr]], Expr]) -> Proof:
    """Lift an identity in a vector and its projection."""

    def argument(steps: Steps) -> str:
        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            q, c = row("q", sizes["support"]), row("c", sizes["support"])
            r = row("r", sizes["free"] + sizes["blocked"])
            g, v = cone.projection(q, c, r, ex.variable("mu"))
            return cone.split([of(g, v)], sizes["free"]), {}

        identity_for_all_sizes(steps, family, cone.axes(("q", "c"), ("r",)), simplex="q")
        return ALL_SIZES

    return carry_out(argument)


def test_the_projection_is_orthogonal_to_its_error() -> None:
    found = on_cone(lambda g, v: ex.dot(g, v) - ex.norm2(v))
    assert found.outcome == "proved" and found.scope == ALL_SIZES, found.steps
    assert on_cone(lambda g, v: ex.total(v)).outcome == "proved"


@pytest.mark.parametrize(
    "of",
    [
        lambda g, v: ex.dot(g, v),
        lambda g, v: ex.dot(g, v) - 2 * ex.norm2(v),
        lambda g, v: ex.norm2(g) - ex.norm2(v),
        lambda g, v: ex.total(g),
        lambda g, v: ex.total(a * b * c for a, b, c in itertools.combinations(v, 3)),
    ],
)
def test_the_cone_rejects_what_is_false(of: Callable[[list[Expr], list[Expr]], Expr]) -> None:
    assert on_cone(of).outcome in ("rejected", "undecided")


def test_the_split_decides_maxima_by_the_sign() -> None:
    r = row("r", 2)
    free, blocked = cone.split([ex.maximum(0, r[0]), ex.maximum(0, r[1])], 1)
    assert repr(free) == "r where free[0]" and blocked is ex.ZERO
    assert cone.split([ex.maximum(-r[0], 0), ex.maximum(0, -r[1])], 1)[0] is ex.ZERO
    for e in (ex.maximum(0, 2 * r[0]), ex.maximum(r[0], r[1]), ex.maximum(0, ex.variable("s", 0))):
        with pytest.raises(Undecided):
            cone.split([e], 1)


@given(
    st.lists(st.integers(1, 5), min_size=1, max_size=4),
    st.lists(st.integers(-6, 6), min_size=1, max_size=7),
    st.integers(-3, 3),
)
def test_the_projection_is_the_one_of_the_library(support: list[int], entries: list[int], mu: int) -> None:
    """Every pair that the parametrisation gives is a vector and its nearest point of the cone."""
    import torch

    from ddcl_core.functional import project_tangent_cone
    from ddcl_theory.evaluate import fractions

    q = [Fraction(a, sum(support)) for a in support]
    c, r = (entries * 4)[: len(q)], entries[len(q) :]
    g, v = (
        fractions(side, {})
        for side in cone.projection(
            [ex.lift(a) for a in q], [ex.lift(a) for a in c], [ex.lift(a) for a in r], ex.lift(mu)
        )
    )
    weights_ = torch.tensor([*map(float, q), *[0.0] * len(r)], dtype=torch.float64)
    found = project_tangent_cone(torch.tensor([float(a) for a in g], dtype=torch.float64), weights_)
    assert sum(v) == 0
    torch.testing.assert_close(found, torch.tensor([float(a) for a in v], dtype=torch.float64), rtol=0, atol=1e-12)
