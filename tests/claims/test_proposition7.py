"""The force over temperature and over the spread of the prototypes, computed from the definitions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import torch

from ddcl_core import functional as core
from ddcl_proofs.ddcl import proposition7 as proofs
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claim import Statement, examine
from ddcl_theory.claims.ddcl import proposition7 as claim
from ddcl_theory.claims.ddcl import proposition7_monotone as monotone
from ddcl_theory.claims.ddcl import proposition7_strongest as strongest
from ddcl_theory.claims.ddcl.float_rows_assignment import force_parts


def shares(z, p, s):
    weights = [Fraction(s) ** ((z - row) ** 2) for row in p]
    return [w / sum(weights) for w in weights]


def force2(p, q):
    """‖2PS_q‖² in one dimension, from S_q itself."""
    s = [[(q[i] if i == j else 0) - q[i] * q[j] for j in range(len(q))] for i in range(len(q))]
    return sum((2 * sum(p[i] * s[i][j] for i in range(len(q)))) ** 2 for j in range(len(q)))


def variance(p, q):
    m = sum(w * x for w, x in zip(q, p, strict=True))
    return sum(w * (x - m) ** 2 for w, x in zip(q, p, strict=True))


def test_the_witness_against_monotony():
    p = (0, 1, 1)
    values = [force2(p, shares(0, p, s)) for s in ("1/2", "3/4")]
    assert values == [Fraction(3, 8), Fraction(216, 625)] and values[1] < values[0]
    assert examine(monotone.MONOTONE.statement, monotone.FALLS).refutes
    assert examine(monotone.OPERATOR.statement, monotone.LOWER).refutes


def test_two_prototypes_rise_to_the_limit():
    values = [force2((0, 1), shares(0, (0, 1), Fraction(n, 20))) for n in range(1, 21)]
    assert values == sorted(values) and values[-1] == Fraction(1, 2)


def test_halfway_between_two_prototypes_the_force_stays():
    for s in ("1/1000", "1/2", "1"):
        assert force2((1, -1), shares(0, (1, -1), s)) == 2
    assert examine(
        claim._cold_limit(strongest.force_at, "").statement, {"z": [0], "p": [[1], [-1]], "T": {"s": 0}}
    ).refutes


def test_the_force_dies_at_collapse_and_far_apart_and_peaks_between():
    def at(sigma):
        p = np.array([0.0, sigma])
        q = np.exp(-(p**2))
        return force2(p, q / q.sum())

    values = [at(sigma) for sigma in (0.0, 0.5, 1.0, 1.5, 3.0, 6.0)]
    assert values[0] == 0 and values[-1] < 1e-20
    assert max(values) > 2 * values[1] and values.index(max(values)) in (2, 3)


@pytest.mark.parametrize("seed", range(4))
def test_the_bound_by_twice_the_variance(seed):
    rng = np.random.default_rng(seed)
    for _ in range(50):
        k, d = int(rng.integers(2, 6)), int(rng.integers(1, 4))
        p, q = rng.normal(size=(k, d)), rng.dirichlet(0.4 * np.ones(k))
        matrix = 2 * p.T @ (np.diag(q) - np.outer(q, q))
        m = q @ p
        assert np.square(matrix).sum() <= 2 * (q * np.square(p - m).sum(1)).sum() + 1e-14
        assert matrix == pytest.approx((2 * q[:, None] * (p - m)).T)
    assert force2((0, 1), (Fraction(1, 2),) * 2) == 2 * variance((0, 1), (Fraction(1, 2),) * 2)


def test_spreading_the_mass_may_weaken_the_force():
    half, quarter = Fraction(1, 2), Fraction(1, 4)
    assert force2((1, 0, 0), (half, 0, half)) == half
    assert force2((1, 0, 0), (quarter, quarter, half)) == Fraction(7, 32)
    assert examine(strongest.UNDECIDED.statement, strongest.MERGED).refutes


def test_proofs_reject_three_prototypes_and_a_missing_order():
    statement = monotone.MONOTONE.statement
    two = monotone.MONOTONE.amendment.part.statement
    assert proofs.two_frobenius(two).covers_domain
    assert proofs.two_frobenius(statement).outcome == "rejected"
    assert proofs.two_frobenius(Statement(two.domain, two.conclusion)).outcome == "rejected"
    operator = monotone.OPERATOR.amendment.part.statement
    assert (
        proofs.two_operator(Statement(operator.domain, operator.conclusion, operator.given[:1])).outcome == "rejected"
    )
    assert proofs.below_variance(strongest.BELOW_V.statement).covers_domain


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_covariance_with_another_sign_is_noticed(dtype, monkeypatch):
    def outcomes():
        settings = Settings(profile=PROFILES["quick"])
        return {part.checks[0].run(part.statement, settings).outcome.name for part in force_parts(dtype)}

    assert outcomes() == {"SUPPORTS"}
    original = core.assignment_covariance
    monkeypatch.setattr(core, "assignment_covariance", lambda q: 2 * torch.diag_embed(q * (1 - q)) - original(q))
    assert "REFUTES" in outcomes()
