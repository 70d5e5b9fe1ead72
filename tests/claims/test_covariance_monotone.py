"""Norms and trace of S_q along temperatures and averages, from eigenvalues, and what the proofs and the code row notice."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from ddcl_core import functional as core
from ddcl_proofs.ddcl import covariance_monotone as monotone_proofs
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claim import Statement, examine
from ddcl_theory.claims.ddcl import covariance_monotone as monotone
from ddcl_theory.claims.ddcl.float_rows_assignment import trace_parts


def covariance(q):
    return np.diag(q) - np.outer(q, q)


def soft(d, s):
    """Softmax weights s^d, s = e^{−1/T}."""
    w = np.power(float(s), np.asarray(d, dtype=float))
    return w / w.sum()


LEVELS = [Fraction(n, 20) for n in range(1, 20)]


@pytest.mark.parametrize("d", [(0, 1, 1), (0, 0, 1), (0, 1, 3), (0, 2, 2, 5)])
def test_the_trace_grows_along_the_levels(d):
    values = [1 - np.square(soft(d, s)).sum() for s in LEVELS]
    assert all(b >= a for a, b in pairwise(values))


def test_norms_fall_from_a_tie():
    values = [np.linalg.eigvalsh(covariance(soft((0, 0, 1), s)))[-1] for s in LEVELS]
    assert values == pytest.approx([1 / (2 + float(s)) for s in LEVELS])
    assert all(b < a for a, b in pairwise(values))
    norms = {s: np.square(covariance(soft((0, 0, 1), s))).sum() for s in (Fraction(1, 4), Fraction(1, 2))}
    assert norms[Fraction(1, 4)] == pytest.approx(160 / 729) and norms[Fraction(1, 2)] == pytest.approx(136 / 625)
    assert norms[Fraction(1, 2)] < norms[Fraction(1, 4)]


def test_a_diagonal_entry_falls_whenever_the_temperature_is_high():
    rng = np.random.default_rng(0)
    for _ in range(20):
        d = rng.uniform(0, 4, size=4)
        entries = [q * (1 - q) for q in (soft(d - d.min(), s).max() for s in (0.98, 0.99))]
        assert entries[1] < entries[0]


def test_averaging_two_entries_raises_the_trace_and_may_lower_the_norms():
    hard, even = covariance(np.array([0.5, 0, 0.5])), covariance(np.array([0.25, 0.25, 0.5]))
    assert np.trace(even) > np.trace(hard)
    assert np.linalg.eigvalsh(even)[-1] == pytest.approx(3 / 8) and np.linalg.eigvalsh(hard)[-1] == pytest.approx(1 / 2)
    assert np.square(even).sum() == pytest.approx(13 / 64) and np.square(hard).sum() == pytest.approx(1 / 4)
    for reading in monotone.CLAIM.readings[:3]:
        for part in reading.parts:
            witness = monotone.WITNESSES[reading.id, "T" if part.id == "monotone" else "t"]
            assert examine(part.statement, witness).refutes, (reading.id, part.id)


def test_monotone_proofs_reject_norms_more_prototypes_and_the_other_order():
    by_trace = monotone.CLAIM.readings[3]
    assert [p.id for p in by_trace.parts] == ["monotone", "uniform"]
    hotter, share = (p.statement for p in by_trace.parts)
    assert monotone_proofs.trace_T(hotter).covers_domain and monotone_proofs.trace_t(share).covers_domain
    assert monotone_proofs.trace_T(Statement(hotter.domain, hotter.conclusion)).outcome == "rejected"
    assert monotone_proofs.trace_t(Statement(share.domain, share.conclusion)).outcome == "rejected"
    norms = monotone.CLAIM.readings[2].parts[0].statement
    assert monotone_proofs.trace_T(norms).outcome == "rejected"
    assert monotone_proofs.two_frobenius(norms).outcome == "rejected"


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_trace_at_another_temperature_is_noticed(dtype, monkeypatch):
    settings = Settings(profile=PROFILES["quick"])

    def outcomes():
        return {part.checks[0].run(part.statement, settings).outcome.name for part in trace_parts(dtype)}

    assert outcomes() == {"SUPPORTS"}
    original = core.soft_assignment
    monkeypatch.setattr(core, "soft_assignment", lambda z, p, t, **options: original(z, p, 1.01 * t, **options))
    assert outcomes() == {"REFUTES"}
