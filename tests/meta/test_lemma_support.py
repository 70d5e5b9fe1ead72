"""The support lemma: it lifts true families to all sizes and rejects false ones, however late they start to fail.

A lemma that accepts a falsehood turns it into PROVED, so most families here are false in ways that small sizes hide.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddcl_theory import expression as ex
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas.polynomial import is_zero
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import ALL_SIZES, Proof, Steps, carry_out

T = ex.variable("T")


def row(name: str, size: int) -> list[Expr]:
    return [ex.variable(name, j) for j in range(size)]


def product(factors: Sequence[Expr]) -> Expr:
    return math.prod(factors, start=ex.ONE)


def lift(family: Callable[[int], Expr], simplex_name: str | None = None, labels: Any = None) -> Proof:
    """Run the support lemma on a family in x_j or q_j, one axis k."""

    def argument(steps: Steps) -> str:
        def at(sizes: Mapping[str, int]) -> tuple[list[Expr], Any]:
            e = family(sizes["k"])
            return [e], labels(sizes["k"]) if labels else {}

        identity_for_all_sizes(steps, at, (Carriers("k", {"x": 0, "q": 0, "p": 0, "w": 0}),), simplex=simplex_name)
        return ALL_SIZES

    return carry_out(argument)


def variance_identity(k: int) -> Expr:
    """Σ q x² − (Σ q x)² = Σ_{i<j} q_i q_j (x_i − x_j)² on Σ q = 1."""
    q, x = row("q", k), row("x", k)
    pairs = ex.total(q[i] * q[j] * (x[i] - x[j]) ** 2 for i in range(k) for j in range(i))
    return ex.dot(q, [a**2 for a in x]) - ex.dot(q, x) ** 2 - pairs


def newton(k: int) -> Expr:
    """(Σ x)² = Σ x² + 2 Σ_{i<j} x_i x_j."""
    x = row("x", k)
    return ex.total(x) ** 2 - ex.norm2(x) - 2 * ex.total(a * b for a, b in itertools.combinations(x, 2))


def newton_cubed(k: int) -> Expr:
    """(Σ x)³ = Σ x³ + 3 Σ_{i≠j} x_i² x_j + 6 Σ_{i<j<l} x_i x_j x_l: monomials touch three indices."""
    x = row("x", k)
    mixed = ex.total(a**2 * b for a, b in itertools.permutations(x, 2))
    triples = ex.total(product(c) for c in itertools.combinations(x, 3))
    return ex.total(x) ** 3 - ex.total(a**3 for a in x) - 3 * mixed - 6 * triples


TRUE_FAMILIES: dict[str, tuple[Callable[[int], Expr], str | None]] = {
    "variance over pairs": (variance_identity, "q"),
    "square of a sum": (newton, None),
    "cube of a sum": (newton_cubed, None),
    "weights sum to one": (lambda k: ex.total(row("q", k)) - 1, "q"),
    "quotient of sums": (
        lambda k: ex.dot(row("q", k), row("x", k)) / (ex.total(row("q", k)) * 2) * 2 - ex.dot(row("q", k), row("x", k)),
        "q",
    ),
    "zero": (lambda k: ex.ZERO, None),
}


@pytest.mark.parametrize("name", list(TRUE_FAMILIES))
def test_support_lifts_a_true_family(name: str) -> None:
    family, simplex_name = TRUE_FAMILIES[name]
    found = lift(family, simplex_name)
    assert found.outcome == "proved" and found.scope == ALL_SIZES, found.steps


def cyclic(k: int) -> Expr:
    """Σ x_j (x_{j+1} − x_{j+5}), indices modulo k: zero for k ≤ 4, not for k = 5."""
    x = row("x", k)
    return ex.total(x[j] * (x[(j + 1) % k] - x[(j + 5) % k]) for j in range(k))


def pairs_with_a_wrong_factor(k: int) -> Expr:
    """Lagrange's identity with the factor k + (k − 1)(k − 2)(k − 3), right for k ≤ 3."""
    x = row("x", k)
    pairs = ex.total((a - b) ** 2 for a, b in itertools.combinations(x, 2))
    return pairs - (k + (k - 1) * (k - 2) * (k - 3)) * ex.norm2(x) + ex.total(x) ** 2


def combinations_of(m: int) -> Callable[[int], Expr]:
    """The elementary symmetric polynomial of degree m: zero for k < m only."""
    return lambda k: ex.total(product(c) for c in itertools.combinations(row("x", k), m))


#: name: (family, simplex, the first k at which it is not zero)
FALSE_FAMILIES: dict[str, tuple[Callable[[int], Expr], str | None, int]] = {
    "false at once": (lambda k: ex.total(row("x", k)), None, 1),
    "weights sum to one, without that premise": (lambda k: ex.total(row("q", k)) - 1, None, 1),
    "squares of weights sum to one": (lambda k: ex.norm2(row("q", k)) - 1, "q", 2),
    "pairs missing": (lambda k: ex.total(row("x", k)) ** 2 - ex.norm2(row("x", k)), None, 2),
    "pairs": (combinations_of(2), None, 2),
    "triples": (combinations_of(3), None, 3),
    "quadruples": (combinations_of(4), None, 4),
    "quintuples": (combinations_of(5), None, 5),
    "seven at a time": (combinations_of(7), None, 7),
    "triples in weights": (lambda k: combinations_of(3)(k) * ex.total(row("q", k)), "q", 3),
    "cube of a sum without triples": (lambda k: newton_cubed(k) + 6 * combinations_of(3)(k), None, 3),
    "the first index is special": (lambda k: row("x", k)[0] * (ex.total(row("x", k)) - row("x", k)[0]), None, 2),
    "the last index is special": (lambda k: row("x", k)[-1] * (row("x", k)[-1] - row("x", k)[0]), None, 2),
    "from the third index on": (lambda k: ex.total(row("x", k)[2:]), None, 3),
    "from the fourth index on": (lambda k: ex.total(row("x", k)[3:]), None, 4),
    "from the sixth index on": (lambda k: ex.total(row("x", k)[5:]), None, 6),
    "coefficients by the index": (
        lambda k: ex.total(j * (j - 1) * (j - 2) * a for j, a in enumerate(row("x", k))),
        None,
        4,
    ),
    "a coefficient that vanishes for small k": (lambda k: (k - 1) * (k - 2) * (k - 3) * ex.total(row("x", k)), None, 4),
    "a wrong factor in k": (pairs_with_a_wrong_factor, None, 4),
    "another formula from k = 3 on": (lambda k: ex.ZERO if k < 3 else ex.total(row("x", k)), None, 3),
    "another formula from k = 6 on": (lambda k: ex.ZERO if k < 6 else ex.total(row("x", k)), None, 6),
    "cyclic neighbours": (cyclic, None, 5),
    "product of all": (lambda k: product(row("x", k)), None, 1),
    "exponential of a sum": (
        lambda k: ex.total(ex.exp(a) for a in row("x", k)) - ex.exp(ex.total(row("x", k))),
        None,
        2,
    ),
}


@pytest.mark.parametrize("name", list(FALSE_FAMILIES))
def test_false_families_start_to_fail_where_they_say(name: str) -> None:
    """The twins of the lemma are false, and as late as they claim."""
    family, simplex_name, first = FALSE_FAMILIES[name]
    from ddcl_theory.lemmas.support import _homogenised

    def vanishes(k: int) -> bool:
        roots = [family(k)]
        return is_zero((_homogenised(roots, simplex_name, {}) if simplex_name else roots)[0])

    assert [k for k in range(1, first + 1) if not vanishes(k)] == [first]


@pytest.mark.parametrize("name", list(FALSE_FAMILIES))
def test_support_rejects_a_false_family(name: str) -> None:
    family, simplex_name, _ = FALSE_FAMILIES[name]
    found = lift(family, simplex_name)
    assert found.outcome in ("rejected", "undecided"), f"accepted a false family: {found.steps}"


def test_support_rejects_a_sum_over_what_it_is_not_told_about() -> None:
    """Variables that no axis carries must not be taken for constants of all sizes."""
    found = lift(lambda k: ex.total(ex.variable("y", j) for j in range(3, k)))
    assert found.outcome == "rejected", found.steps


@pytest.mark.parametrize("first", [2, 3, 4])
def test_support_needs_every_axis(first: int) -> None:
    """An identity in d that fails only from some d on is rejected, whichever axis fails."""

    def argument(steps: Steps, swapped: bool) -> str:
        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], dict[Expr, Any]]:
            k, d = (sizes["d"], sizes["k"]) if swapped else (sizes["k"], sizes["d"])
            index = (lambda j, i: (i, j)) if swapped else (lambda j, i: (j, i))
            rows = [[ex.variable("p", *index(j, i)) for i in range(d)] for j in range(k)]
            return [ex.total(product(c) for r in rows for c in itertools.combinations(r, first))], {}

        identity_for_all_sizes(steps, family, (Carriers("k", {"p": 0}), Carriers("d", {"p": 1})))
        return ALL_SIZES

    for swapped in (False, True):
        found = carry_out(lambda steps, swapped=swapped: argument(steps, swapped))
        assert found.outcome in ("rejected", "undecided"), found.steps


@given(st.lists(st.integers(-2, 2), min_size=4, max_size=4).filter(any))
def test_support_rejects_random_symmetric_families(coefficients: list[int]) -> None:
    """A linear combination of independent symmetric sums is an identity only with all coefficients 0."""
    a, b, c, e = coefficients

    def family(k: int) -> Expr:
        x = row("x", k)
        power = ex.total(v**3 for v in x)
        return a * power + b * ex.total(x) ** 3 + c * ex.total(x) * ex.norm2(x) + e * combinations_of(3)(k)

    # (Σx)³ = Σx³ + 3(Σx Σx² − Σx³) + 6 e₃ is the one relation between them.
    related = (a, b, c, e) == tuple(b * r for r in (2, 1, -3, -6))
    assert (lift(family).outcome == "proved") is related
