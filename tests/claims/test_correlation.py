"""Separation and uncertainty along a rescaling, by NumPy."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from ddcl_core import functional as core
from ddcl_proofs.ddcl import correlation as proofs
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claim import examine
from ddcl_theory.claims.ddcl import correlation as claim


def states(z, p, t, scales):
    separation, uncertainty = [], []
    for c in scales:
        far = z + c * (p - z)
        d = np.square(z - far).sum(1)
        q = np.exp(-(d - d.min()) / t)
        q /= q.sum()
        i, j = np.triu_indices(len(p), 1)
        separation.append(np.square(far[i] - far[j]).sum(1).mean())
        uncertainty.append(1 - np.square(q).sum())
    return separation, uncertainty


@pytest.mark.parametrize("seed", range(5))
def test_rescaling_alone_correlates_them_negatively(seed):
    rng = np.random.default_rng(seed)
    z, p = rng.normal(size=2), rng.normal(size=(4, 2))
    separation, uncertainty = states(z, p, 2.0, np.linspace(0.5, 1.5, 20))
    assert np.all(np.diff(separation) > 0) and np.all(np.diff(uncertainty) < 0)
    assert np.corrcoef(separation, uncertainty)[0, 1] < -0.8


def test_the_witness_by_hand():
    """z = 0, p = (1, 2), e^{−1/T} = ½: odds of 1 : 8 at c = 1 and of 1 : 4096 at c = 2."""

    def uncertainty(odds):
        return 2 * Fraction(odds) / (1 + Fraction(odds)) ** 2

    assert uncertainty(Fraction(1, 8)) > uncertainty(Fraction(1, 4096))
    found = examine(claim.EVIDENCE.statement, claim.POINT)
    drop = uncertainty(Fraction(1, 8)) - uncertainty(Fraction(1, 4096))
    assert found.refutes and found.conclusion[1].value == str(-3 * drop)


def test_tied_distances_leave_the_uncertainty_alone():
    _, uncertainty = states(np.zeros(1), np.array([[1.0], [-1.0]]), 1.0, (1, 2))
    assert uncertainty[0] == uncertainty[1] == 0.5


def test_the_proof_needs_both_hypotheses():
    statement = claim.BOTH.statement
    assert proofs.without_feedback(statement).covers_domain
    for h in claim.GIVEN:
        given = tuple(g for g in statement.given if g is not h)
        assert proofs.without_feedback(replace(statement, given=given, _traces={})).outcome == "rejected"


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_broken_covariance_is_noticed(dtype, monkeypatch):
    part = claim.float_reading(dtype).parts[1]
    quick = Settings(profile=PROFILES["quick"])
    assert part.checks[0].run(part.statement, quick).outcome.name == "SUPPORTS"
    healthy = core.assignment_covariance
    monkeypatch.setattr(core, "assignment_covariance", lambda q: healthy(q) * (1 + 1e-4))
    assert part.checks[0].run(part.statement, quick).outcome.name == "REFUTES"
