"""The bound on V, from fractions by hand and from a search for the best q."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from ddcl_proofs.ddcl import corollary1 as proofs
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import corollary1 as claim
from ddcl_theory.domain import Domain, Variable, real


def variance(p, q):
    """V and D² in fractions, straight from the definitions."""
    m = [sum(w * row[i] for w, row in zip(q, p, strict=True)) for i in range(len(p[0]))]
    v = sum(w * sum((c - mi) ** 2 for c, mi in zip(row, m, strict=True)) for w, row in zip(q, p, strict=True))
    d2 = max(sum((a - b) ** 2 for a, b in zip(u, w, strict=True)) for u in p for w in p)
    return v, d2


def test_the_triangle_exceeds_a_quarter_and_not_a_third():
    v, d2 = variance([(0, 0), (2, 0), (1, 2)], [Fraction(1, 3)] * 3)
    assert (v, d2) == (Fraction(14, 9), 5)
    assert Fraction(1, 4) < v / d2 < Fraction(1, 3)


@pytest.mark.parametrize("r", range(2, 7))
def test_unit_vectors_attain_the_constant(r):
    v, d2 = variance([[int(i == j) for i in range(r)] for j in range(r)], [Fraction(1, r)] * r)
    assert v / d2 == Fraction(r - 1, 2 * r) == claim.sharp_constant(r, r - 1)


def largest_variance(p, steps=4000):
    """max over the simplex of V, a concave function of q, by Frank-Wolfe: weight goes to the farthest from the mixture."""
    q = np.full(len(p), 1 / len(p))
    for step in range(steps):
        far = np.square(p - q @ p).sum(1).argmax()
        q *= 1 - 1 / (step + 2)
        q[far] += 1 / (step + 2)
    return (q * np.square(p - q @ p).sum(1)).sum()


@pytest.mark.parametrize(("k", "d"), [(3, 1), (5, 1), (3, 2), (6, 2), (5, 3)])
def test_no_prototypes_exceed_the_constant_however_many_there_are(k, d):
    rng = np.random.default_rng(k * 10 + d)
    for _ in range(10):
        p = rng.normal(size=(k, d))
        d2 = max(np.square(u - w).sum() for u in p for w in p)
        assert largest_variance(p) <= float(claim.sharp_constant(k, d)) * d2 + 1e-12


def test_more_prototypes_in_the_plane_do_not_help():
    corners = np.array([[np.cos(t), np.sin(t)] for t in 2 * np.pi * np.arange(3) / 3])
    inner = 0.3 * np.random.default_rng(0).normal(size=(4, 2)).clip(-1, 1)
    assert largest_variance(np.vstack([corners, inner])) == pytest.approx(1.0, rel=1e-3)
    assert claim.sharp_constant(7, 2) * 3 == 1


@pytest.mark.parametrize("constant", [claim.sharp_constant, lambda k, d: Fraction(1, 2)])
def test_the_proof_accepts_the_constant_and_nothing_below_the_sharp_one(constant):
    assert proofs.bounded(Statement(claim.DOMAIN, claim.slack(constant))).covers_domain
    lower = Statement(claim.DOMAIN, claim.slack(lambda k, d: claim.sharp_constant(k, d) - Fraction(1, 1000)))
    assert proofs.bounded(lower).outcome == "rejected"


def test_the_proof_needs_the_maximum_over_all_pairs_and_a_simplex():
    assert (
        proofs.bounded(Statement(claim.DOMAIN, claim.slack(claim.sharp_constant, size=claim.reach2))).outcome
        == "rejected"
    )
    for kind in ("sum-one", "nonnegative", "real"):
        loose = Domain((real("p", "k", "d"), Variable("q", kind, ("k",))), claim.DOMAIN.sizes)
        assert proofs.bounded(Statement(loose, claim.slack(claim.sharp_constant))).outcome == "rejected"


def test_few_active_prototypes_are_argued_only_where_dimensions_are_few():
    def steps(constant):
        return " ".join(proofs.bounded(Statement(claim.DOMAIN, claim.slack(constant))).steps)

    assert "d + 1 equations" in steps(claim.sharp_constant)
    assert "d + 1 equations" not in steps(lambda k, d: Fraction(k - 1, 2 * k))


@pytest.mark.parametrize("seed", range(5))
def test_the_two_bounds_of_the_proof_differ_by_the_triple_products(seed):
    weights = [Fraction(int(w)) for w in np.random.default_rng(seed).integers(0, 9, size=5)]
    q = [w / sum(weights) for w in weights]
    triples = sum(q[i] * q[j] * q[m] for i in range(5) for j in range(i) for m in range(j))
    cubes, uncertainty = sum(w * (1 - w) ** 2 for w in q), (1 - sum(w**2 for w in q)) / 2
    assert cubes - uncertainty == 3 * triples >= 0
