"""The argument that the proofs about flows share: what it accepts as zero, as non-negative and as positive."""

from __future__ import annotations

import pytest

from ddcl_proofs.gbcl.flows import Terms, axes_of, combination, identities
from ddcl_theory import expression as ex
from ddcl_theory.claim import Hypothesis, Statement
from ddcl_theory.claims.gbcl import flows as f
from ddcl_theory.domain import Domain, above_zero, nonnegative, real
from ddcl_theory.evaluate import fractions
from ddcl_theory.relation import at_least_zero, equals_zero, positive

DOMAIN = Domain((real("u", "n"), nonnegative("a", "n"), above_zero("c")), {"n": (1, 3)})
STILL = Hypothesis("still", "u = 0", equals_zero(lambda x: list(x.u)))


def statement(relation, *given):  # type: ignore[no-untyped-def]
    return Statement(DOMAIN, relation, given)


def zeros(x):  # type: ignore[no-untyped-def]
    return Terms(zeros=list(zip(x.a, x.u, strict=True)))


def test_a_combination_of_zeros() -> None:
    wanted = equals_zero(lambda x: ex.dot(x.a, x.u))
    assert combination(statement(wanted, STILL), zeros).covers_domain
    assert combination(statement(wanted), zeros).outcome == "rejected"
    assert combination(statement(equals_zero(lambda x: ex.dot(x.a, x.u) + x.c), STILL), zeros).outcome == "rejected"


def test_products_of_what_is_not_negative() -> None:
    def products(x):  # type: ignore[no-untyped-def]
        return Terms(products=[[a, u**2] for a, u in zip(x.a, x.u, strict=True)])

    value = at_least_zero(lambda x: ex.total(a * u**2 for a, u in zip(x.a, x.u, strict=True)))
    assert combination(statement(value), products).covers_domain
    strict = positive(value.values)
    assert combination(statement(strict), products).outcome == "rejected"
    assert combination(statement(equals_zero(value.values)), products).outcome == "rejected"


def test_a_positive_product_needs_positive_factors() -> None:
    assert combination(statement(positive(lambda x: x.c)), lambda x: Terms(products=[[x.c]])).covers_domain
    signed = combination(statement(positive(lambda x: x.c * x.u[0])), lambda x: Terms(products=[[x.c, x.u[0]]]))
    assert signed.outcome == "rejected"


def test_an_identity_that_fails_at_larger_sizes_only_is_rejected() -> None:
    late = statement(equals_zero(lambda x: max(0, x.n - 2) * x.u[0]))
    assert identities(late).outcome == "rejected"


def test_an_axis_that_a_variable_carries_twice() -> None:
    with pytest.raises(ValueError, match="twice"):
        axes_of(Domain((real("b", "n", "n"),), {"n": (1, 2)}))


def test_formulas_of_a_cell() -> None:
    z, a = [[0, 0], [2, 4]], [1, 3]
    assert [v.data for v in f.centroid(z, a)] == [ex.Fraction(3, 2), 3]
    assert [v.data for v in f.gram_times(z, [5, 1])] == [0, 20]
    assert [v.data for v in f.normal(z, [0, 1], [1, 1])] == [0, 14]
    assert fractions([f.error(z, a, [1, 0])], {}) == [1 + 3 * 17]
