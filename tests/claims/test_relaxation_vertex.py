"""Minimisers of L_q over the simplex, by enumeration on a grid of fractions."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

from ddcl_proofs.ddcl import relaxation_vertex as proofs
from ddcl_theory.claim import Statement, examine
from ddcl_theory.claims.ddcl import relaxation_vertex as claim
from ddcl_theory.domain import Domain, Variable, real
from ddcl_theory.relation import at_least_zero, equals_zero, one_of, positive

GRID = [tuple(Fraction(i, 6) for i in c) for c in product(range(7), repeat=3) if sum(c) == 6]


def minimisers(z, p):
    d = [(z - row) ** 2 for row in p]
    values = {q: sum(w * dj for w, dj in zip(q, d, strict=True)) for q in GRID}
    return [q for q in GRID if values[q] == min(values.values())], min(values.values()) == min(d)


@pytest.mark.parametrize(
    ("p", "count"), [((1, 2, 3), 1), ((-1, 1, 3), 7), ((1, 1, -1), len(GRID)), ((2, -1, 3), 1)], ids=str
)
def test_minimisers_on_a_grid(p, count):
    found, attained = minimisers(0, p)
    assert attained and len(found) == count
    nearest = {j for j in range(3) if p[j] ** 2 == min(c**2 for c in p)}
    assert found == [q for q in GRID if {j for j in range(3) if q[j] > 0} <= nearest]


def point(q):
    return {"z": [0], "p": [[-1], [1], [3]], "q": q}


@pytest.mark.parametrize("q", GRID)
def test_the_predicates_agree_with_the_enumeration(q):
    least, _ = minimisers(0, (-1, 1, 3))
    vertex = Statement(claim.DOMAIN, claim.minimisers(claim.products))
    face = Statement(claim.DOMAIN, claim.minimisers(claim.far_shares))
    assert examine(vertex, point(q)).refutes is (q in least and max(q) < 1)
    assert examine(face, point(q)).supports


def test_the_box_of_examples_leaves_the_assignment_free():
    raw, _ = claim.examples(3, 2)
    corrected = Statement(claim.DOMAIN, claim.minimisers(claim.products), (claim.UNIQUE,))
    for q in GRID:
        assert examine(corrected, {**raw, "q": q}).in_domain is True


def test_proofs_want_their_hypotheses():
    conclusion = claim.minimisers(claim.products)
    assert proofs.vertex_if_unique(Statement(claim.DOMAIN, conclusion, (claim.UNIQUE,))).covers_domain
    assert proofs.vertex_if_unique(Statement(claim.DOMAIN, conclusion)).outcome == "rejected"
    nonnegative = Domain(
        (real("z", "d"), real("p", "k", "d"), Variable("q", "nonnegative", ("k",))), claim.DOMAIN.sizes
    )
    above = at_least_zero(claim.above_lowest)
    assert proofs.least(Statement(claim.DOMAIN, above)).covers_domain
    assert proofs.least(Statement(nonnegative, above)).outcome == "rejected"


def test_proofs_reject_another_bound():
    def second(x):
        return claim.above_lowest(x) + claim.lowest(x) - x.q[0]

    assert (
        proofs.face(Statement(claim.DOMAIN, one_of(equals_zero(claim.far_shares), positive(second)))).outcome
        == "rejected"
    )
