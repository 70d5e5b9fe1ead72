"""Explicit sums, soft weights, Lagrange's identity and the steps of a proof: true statements pass, false ones do not."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from ddcl_theory import expression as ex
from ddcl_theory.claim import Statement
from ddcl_theory.domain import Domain, nonnegative, real, temperature
from ddcl_theory.expression import Expr
from ddcl_theory.lemmas import lagrange
from ddcl_theory.lemmas.pairs import Term, nonnegative_for_all_sizes
from ddcl_theory.lemmas.polynomial import is_zero
from ddcl_theory.lemmas.softmax import WEIGHT, weights
from ddcl_theory.lemmas.support import Carriers, identity_for_all_sizes
from ddcl_theory.proof import ALL_SIZES, Proof, Rejected, Steps, carry_out
from ddcl_theory.relation import Predicate, at_least_zero, positive

T = ex.variable("T")


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
