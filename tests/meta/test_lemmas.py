"""The lemmas that lift a proof to all sizes: they accept true families and reject every false one.

A lemma that accepts a falsehood turns it into PROVED, so most families here are false in ways that small sizes hide.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.domain import Domain, nonnegative, real, temperature
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas import cone, lagrange
from ddcl_theory.lemmas.pairs import Term, nonnegative_for_all_sizes
from ddcl_theory.lemmas.polynomial import Unsupported, is_zero, quotients
from ddcl_theory.lemmas.softmax import WEIGHT, weights
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import ALL_SIZES, Proof, Rejected, Steps, Undecided, carry_out
from ddcl_theory.relation import Predicate, at_least_zero, positive

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


# ── support ──────────────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── explicit sums ────────────────────────────────────────────────────────────────────────────────────────────────────

PAIRS = Domain((nonnegative("q", "k"), real("p", "k")), {"k": (1, 6)})


def explicit(
    conclusion: Predicate, terms: Callable[[Any], list[Term]], domain: Domain = PAIRS, op: Any = at_least_zero
) -> Proof:
    statement = Statement(domain, op(conclusion))

    def argument(steps: Steps) -> str:
        nonnegative_for_all_sizes(steps, statement, terms, (Carriers("k", {"q": 0, "p": 0}),))
        return ALL_SIZES

    return carry_out(argument)


def spread(x: Any) -> Expr:
    """(Σ q)(Σ q p²) − (Σ q p)²."""
    return ex.total(x.q) * ex.dot(x.q, [a**2 for a in x.p]) - ex.dot(x.q, x.p) ** 2


def pair_terms(x: Any) -> list[Term]:
    return [Term((x.q[i], x.q[j]), (x.p[i] - x.p[j],)) for i, j in itertools.combinations(range(x.k), 2)]


def test_explicit_sums_prove_a_true_inequality() -> None:
    assert explicit(spread, pair_terms).outcome == "proved"
    assert explicit(lambda x: 3 * ex.norm2(x.p), lambda x: [Term((ex.lift(3),), tuple(x.p))]).outcome == "proved"
    assert explicit(lambda x: ex.total(x.q), lambda x: [Term((a,)) for a in x.q]).outcome == "proved"


SIGNED = Domain((real("q", "k"), real("p", "k")), PAIRS.sizes)
FALSE_SUMS: dict[str, tuple[Predicate, Callable[[Any], list[Term]], Domain]] = {
    "another sum": (lambda x: spread(x) - ex.norm2(x.p), pair_terms, PAIRS),
    "weights of either sign": (spread, pair_terms, SIGNED),
    "a negative factor": (lambda x: -ex.norm2(x.p), lambda x: [Term((ex.lift(-1),), tuple(x.p))], PAIRS),
    "a factor that turns negative at k = 5": (
        lambda x: (4 - x.k) * ex.norm2(x.p), lambda x: [Term((ex.lift(4 - x.k),), tuple(x.p))], PAIRS),
    "a factor that turns negative at the fifth index": (
        lambda x: ex.total((3 - j) * a**2 for j, a in enumerate(x.p)),
        lambda x: [Term((ex.lift(3 - j),), (a,)) for j, a in enumerate(x.p)], PAIRS),
    "a prototype as a factor": (lambda x: ex.total(x.p), lambda x: [Term((a,)) for a in x.p], PAIRS),
    "a difference of weights as a factor": (
        lambda x: (x.q[0] - x.q[-1]) * x.p[0] ** 2, lambda x: [Term((x.q[0] - x.q[-1],), (x.p[0],))], PAIRS),
    "a logarithm as a factor": (lambda x: ex.log(x.q[0]), lambda x: [Term((ex.log(x.q[0]),))], PAIRS),
}  # fmt: skip


@pytest.mark.parametrize("name", list(FALSE_SUMS))
def test_explicit_sums_reject_a_false_inequality(name: str) -> None:
    conclusion, terms, domain = FALSE_SUMS[name]
    found = explicit(conclusion, terms, domain)
    assert found.outcome in ("rejected", "undecided"), f"accepted a false inequality: {found.steps}"


def test_explicit_sums_do_not_prove_a_strict_inequality() -> None:
    assert explicit(spread, pair_terms, op=positive).outcome == "rejected"


# ── softmax ──────────────────────────────────────────────────────────────────────────────────────────────────────────

SOFT = Domain((real("z"), real("p", "k"), temperature("T")), {"k": (1, 5)})


def soft(of: Callable[[Any, list[Expr]], Expr], anchored: bool = False) -> Proof:
    """Lift an identity in the assignment of a sample on the line, its weights being free."""

    def argument(steps: Steps) -> str:
        def family(sizes: Mapping[str, int]) -> tuple[list[Expr], Any]:
            plain = SOFT.namespace(sizes)
            x = SimpleNamespace(z=[plain.z], p=[[a] for a in plain.p], T=plain.T, k=plain.k)
            d = [ex.norm2(ex.minus(x.z, r)) for r in x.p]
            anchor = d[0] if anchored else None
            e, labels = weights(of(x, ex.softmax(d, x.T, anchor)), x, anchor=anchor)
            return [e], labels

        identity_for_all_sizes(steps, family, (Carriers("k", {"p": 0, WEIGHT: 0}),), simplex=WEIGHT)
        return ALL_SIZES

    return carry_out(argument)


@pytest.mark.parametrize("anchored", [False, True])
def test_soft_assignments_sum_to_one_and_give_the_variance(anchored: bool) -> None:
    assert soft(lambda x, q: ex.total(q) - 1, anchored).outcome == "proved"

    def variance(x: Any, q: list[Expr]) -> Expr:
        p = [r[0] for r in x.p]
        m = ex.dot(q, p)
        return ex.dot(q, [(a - m) ** 2 for a in p]) - ex.dot(q, [a**2 for a in p]) + m**2

    assert soft(variance, anchored).outcome == "proved"


@pytest.mark.parametrize("anchored", [False, True])
@pytest.mark.parametrize(
    "of",
    [
        lambda x, q: q[0] - Fraction(1, x.k),
        lambda x, q: ex.norm2(q) - 1,
        lambda x, q: q[0] - q[-1],
        lambda x, q: ex.dot(q, [r[0] for r in x.p]) - x.z[0],
        lambda x, q: ex.total(product(c) for c in itertools.combinations(q, 3)),
        lambda x, q: ex.total(ex.boltzmann((x.z[0] - r[0]) ** 2, x.T) for r in x.p) - 1,
    ],
)
def test_soft_assignments_reject_what_is_false(of: Callable[[Any, list[Expr]], Expr], anchored: bool) -> None:
    assert soft(of, anchored).outcome in ("rejected", "undecided")


def test_soft_weights_refuse_what_depends_on_their_scale() -> None:
    """Σ_l e^{−(d_l − d_1)/T} is at least 1 and no function of the assignment alone."""
    x = SimpleNamespace(z=[ex.variable("z")], p=[[ex.variable("p", j)] for j in range(3)], T=T)
    d = [ex.norm2(ex.minus(x.z, r)) for r in x.p]
    mass = ex.total(ex.boltzmann(dj - ex.minimum(*d), T) for dj in d)
    with pytest.raises(Rejected, match="common factor"):
        weights(mass**2, x)


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


# ── Lagrange ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_lagranges_identity() -> None:
    assert carry_out(lambda steps: (lagrange.verify(steps), ALL_SIZES)[1]).outcome == "proved"


@pytest.mark.parametrize(("k", "d"), [(1, 1), (2, 3), (5, 2), (7, 1)])
def test_the_spread_is_the_sum_over_pairs(k: int, d: int) -> None:
    p = [[ex.variable("p", j, i) for i in range(d)] for j in range(k)]
    pairs = ex.total(ex.norm2(ex.minus(a, b)) for a, b in itertools.combinations(p, 2))
    assert is_zero(lagrange.spread(p, k) - pairs)
    assert not is_zero(lagrange.spread(p, k + 1) - pairs)


# ── steps ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("holds", "outcome"), [(True, "proved"), (False, "rejected"), (None, "undecided")])
def test_a_step_passes_only_when_it_holds(holds: bool | None, outcome: str) -> None:
    def argument(steps: Steps) -> str:
        steps.verify("first", True)
        steps.verify("second", holds)
        return ALL_SIZES

    found = carry_out(argument)
    assert found.outcome == outcome
    assert found.scope == (ALL_SIZES if holds else "")


def test_an_error_inside_a_proof_is_no_outcome() -> None:
    def argument(steps: Steps) -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        carry_out(argument)
    with pytest.raises(ValueError, match="outcome must be"):
        Proof("certain", ALL_SIZES)
