"""Pairs of statements, by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import pytest

from ddcl_proofs.ddcl import consistency as proofs
from ddcl_theory.claim import examine
from ddcl_theory.claims.ddcl import consistency as claim


def variance(p, q):
    m = sum(w * c for w, c in zip(q, p, strict=True))
    return sum(w * (c - m) ** 2 for w, c in zip(q, p, strict=True))


def test_two_prototypes_have_a_variance_that_grows_with_temperature():
    """V = s/(1 + s)² at s = e^{−1/T}."""
    cold, hot = (variance((0, 1), (1 / (1 + s), s / (1 + s))) for s in (Fraction(1, 2), Fraction(3, 4)))
    assert (cold, hot) == (Fraction(2, 9), Fraction(12, 49))
    assert examine(claim.TEMPERATURE.statement, claim.COOLING).conclusion[1].value == str(cold - hot)


def test_coinciding_prototypes_have_no_variance_at_soft_assignments():
    assert variance((1, 1), (Fraction(1, 2), Fraction(1, 2))) == 0
    assert examine(claim.HARD.statement, claim.MERGED).refutes


@pytest.mark.parametrize("p", [(0, 2), (0, 1, 5), (1, 1, -3, 4)])
def test_the_plain_variance_is_the_spread(p):
    k = len(p)
    assert sum((a - b) ** 2 for a, b in combinations(p, 2)) == k**2 * variance(
        [Fraction(c) for c in p], [Fraction(1, k)] * k
    )


def test_reported_facts_cite_their_places():
    for part in claim.REPORTED:
        assert all("(" in h.says and ")" in h.says for h in part.statement.given)
        assert part.amendment.breaks.place.startswith(("§", "Table"))


def test_proofs_need_both_statements():
    level = claim.TEMPERATURE.amendment.part.statement
    assert proofs.level(level).covers_domain
    for h in (claim.GROWS, claim.FALLS):
        given = tuple(g for g in level.given if g is not h)
        assert proofs.level(replace(level, given=given, _traces={})).outcome == "rejected"
    for part, proof in ((claim.HARD, proofs.pairs), (claim.SPREAD, proofs.uniform)):
        assert proof(part.amendment.part.statement).covers_domain
        assert proof(part.amendment.part.twins[0].statement).outcome == "rejected"
