"""Variances of weighted instances by NumPy, and the proof of their bound."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from ddcl_proofs.secu import proposition2_gradient as proofs
from ddcl_theory.claim import Statement
from ddcl_theory.claims.secu import proposition2_gradient as claim


def predictions(rows, w, v, r):
    own, rest = r ** (rows @ w), (r ** (rows @ v.T)).sum(1)
    return own / (own + rest)


def variance(rows):
    return ((rows - rows.mean(0)) ** 2).sum(1).mean()


def test_noisier_negatives_with_calmer_gradients():
    point = claim.FEW
    x, b, v = (np.array([[float(Fraction(c)) for c in row] for row in point[name]]) for name in "xbv")
    w = np.array(point["w"], float)
    p, q = predictions(b, w, v, 2.0), predictions(x, w, v, 2.0)
    assert (variance(b), variance(x)) == (pytest.approx(0.64), pytest.approx(0.36))
    assert variance(p[:, None] * b) < 0.4 * variance((1 - q)[:, None] * x)


@pytest.mark.parametrize("seed", range(5))
def test_the_bound_by_squared_weights(seed):
    draw = np.random.default_rng(seed)
    b = draw.normal(size=(6, 3))
    b /= np.linalg.norm(b, axis=1, keepdims=True)
    p = draw.uniform(size=6)
    assert variance(p[:, None] * b) <= (p**2).mean()


def test_the_proof_rejects_the_twin_and_wants_unit_instances():
    assert proofs.bounded(claim.BOUNDED.statement).covers_domain
    assert [proofs.bounded(twin.statement).outcome for twin in claim.BOUNDED.twins] == ["rejected"]
    bare = Statement(claim.BOTH, claim.BOUNDED.statement.conclusion)
    assert proofs.bounded(bare).outcome == "rejected"
