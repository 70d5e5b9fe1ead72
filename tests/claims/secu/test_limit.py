"""The limit λ → ∞ by large λ in NumPy, balanced positives, and one cluster."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ddcl_core.secu import centres
from ddcl_proofs.secu import limit as proofs
from ddcl_theory.claim import Statement
from ddcl_theory.claims.secu import limit as claim
from ddcl_theory.relation import equals_zero


def pull(x, w, others, lam):
    own = np.exp(x @ w / lam)
    rest = np.exp(x @ others.T / lam).sum(1)
    return ((rest / (own + rest))[:, None] * x).sum(0)


def directions(seed):
    draw = np.random.default_rng(seed)
    return [rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in draw.normal(size=(3, 4, 2))]


@pytest.mark.parametrize("seed", range(3))
def test_the_gap_to_the_mean_falls_like_one_over_lambda(seed):
    x, w, others = directions(seed)
    plain = x.sum(0) / np.linalg.norm(x.sum(0))
    gaps = []
    for lam in (1e3, 1e4, 1e5):
        s = pull(x, w[0], others, lam)
        gaps.append(np.linalg.norm(s / np.linalg.norm(s) - plain))
    assert gaps[0] > gaps[1] > gaps[2]
    assert gaps[2] < 1e-4
    assert gaps[0] / gaps[1] == pytest.approx(10, rel=0.05)


def test_balanced_positives_leave_the_direction_to_the_next_order():
    """Σ x = 0: (5) is undefined, and (4) keeps a direction that depends on the centres, however large λ is."""
    x = np.array([[1.0, 0.0], [-1.0, 0.0]])
    found = []
    for own, other in (([1.0, 0.0], [[0.0, 1.0]]), ([-1.0, 0.0], [[0.0, 1.0]])):
        s = pull(x, np.array(own), np.array(other), 1e4)
        found.append((s / np.linalg.norm(s)).round(6).tolist())
    assert found == [[-1.0, 0.0], [1.0, 0.0]]


def test_one_cluster_has_no_weights_at_any_temperature():
    x = torch.tensor([[1.0, 0.0], [0.0, 1.0]], dtype=torch.float64)
    for lam in (0.1, 1.0, 1e6):
        found = centres.hardness(x, x[:1], torch.zeros(2, dtype=torch.int64), lam)
        assert torch.equal(found, torch.zeros(2, dtype=torch.float64))


def test_proofs_reject_the_twins():
    for proof, part in ((proofs.hot, claim.PREDICTIONS), (proofs.hot, claim.MEAN), (proofs.direction, claim.PROJECTED)):
        assert proof(part.statement).covers_domain
        assert [proof(twin.statement).outcome for twin in part.twins] == ["rejected"]
    assert proofs.direction(Statement(claim.HOT, equals_zero(claim.direction_gap))).outcome == "rejected"


def test_the_proof_of_the_uniform_bound_rejects_the_twin_and_wants_unit_vectors():
    assert proofs.uniformly(claim.UNIFORMLY.statement).covers_domain
    assert {proofs.uniformly(twin.statement).outcome for twin in claim.UNIFORMLY.twins} == {"rejected"}
    bare = Statement(claim.ANY_RATE, claim.UNIFORMLY.statement.conclusion)
    assert proofs.uniformly(bare).outcome == "rejected"


@pytest.mark.parametrize("lam", [0.1, 1.0, 10.0])
def test_predictions_lie_within_the_uniform_bound(lam):
    """Both ends are met up to a factor that tends to 1: K − 1 centres at x against one at −x, and the reverse."""
    k = 1000
    far = np.exp(-1 / lam) / (np.exp(-1 / lam) + (k - 1) * np.exp(1 / lam))
    near = np.exp(1 / lam) / (np.exp(1 / lam) + (k - 1) * np.exp(-1 / lam))
    assert np.exp(-2 / lam) / k <= far <= 1.01 * np.exp(-2 / lam) / k * k / (k - 1)
    assert near <= np.exp(2 / lam) / k
