"""Outputs of the base network as labels: by hand, on random data, and what training a dual layer leaves in its weights."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ddcl_core import layers
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Statement, examine
from ddcl_theory.claims.gbcl import corollary2_4_1 as claim
from ddcl_theory.evidence import Outcome
from ddcl_theory.relation import equals_zero

QUICK = Settings(profile=PROFILES["quick"])


def nearest(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    return ((x.T[:, None] - w) ** 2).sum(-1).argmin(1)


def test_the_largest_output_is_that_of_a_longer_prototype() -> None:
    x, w = np.array([[0.6, 0.8]]), np.array([[0.6], [0.8]])
    assert list(nearest(x, w)) == [0, 1] and list((w @ x).argmax(0)) == [1, 1]
    assert examine(claim.NEAREST.statement, claim.OCCUPIED).refutes


def test_the_nearer_prototype_is_not_the_longer_one_in_both_of_two_cells() -> None:
    rng = np.random.default_rng(5)
    x, w = rng.normal(size=(2, 50)), rng.normal(size=(2, 2))
    longer = int(np.linalg.norm(w, axis=1).argmax())
    wrong = [i for i, j in enumerate(nearest(x, w)) if j != longer]
    assert wrong and any((w @ x)[:, i].argmax() == longer for i in wrong)


def test_the_bias_makes_the_largest_output_the_nearest_prototype() -> None:
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(3, 200)), rng.normal(size=(5, 3))
    scores = w @ x - 0.5 * (w**2).sum(1, keepdims=True)
    np.testing.assert_array_equal(scores.argmax(0), nearest(x, w))
    assert ((w @ x).argmax(0) != nearest(x, w)).any()
    unit = w / np.linalg.norm(w, axis=1, keepdims=True)
    np.testing.assert_array_equal((unit @ x).argmax(0), nearest(x, unit))


def trained(start: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
    """W_2 (k, n) after descent on the quantisation error from `start`."""
    layer = layers.DualCompetitiveLayer(*start.mT.shape, estimate="unbiased", dtype=start.dtype)
    with torch.no_grad():
        layer.weights.copy_(start.mT)
    step = torch.optim.SGD(layer.parameters(), lr=0.05)
    for _ in range(100):
        step.zero_grad()
        layers.winner_loss(z, layer(z), reduction="sum").backward()
        step.step()
    return layer.weights.detach().mT


@pytest.mark.parametrize("inside", [True, False])
def test_trained_weights_are_outputs_only_from_the_row_space(inside: bool) -> None:
    g = torch.Generator().manual_seed(0)
    z = torch.linalg.qr(torch.randn(8, 2, generator=g, dtype=torch.float64))[0]
    start = torch.randn(2, 8, generator=g, dtype=torch.float64)
    w2 = trained(start @ z @ z.mT if inside else start, z)
    gap = float((w2 - w2 @ z @ z.mT).abs().max())
    assert gap < 1e-12 if inside else gap > 0.1


def test_outputs_sum_to_anything() -> None:
    x = np.linalg.qr(np.random.default_rng(1).normal(size=(5, 2)))[0].T
    sums = (np.array([[3.0, 0.0], [0.0, -2.0]]) @ x).sum(0)
    assert np.abs(sums - 1).max() > 0.5


def test_outputs_of_centred_samples_sum_to_zero() -> None:
    rng = np.random.default_rng(2)
    raw = rng.normal(size=(2, 9))
    x = np.linalg.qr((raw - raw.mean(1, keepdims=True)).T)[0].T
    np.testing.assert_allclose(x @ x.T, np.eye(2), atol=1e-12)
    np.testing.assert_allclose((rng.normal(size=(4, 2)) @ x).sum(1), 0, atol=1e-12)


@pytest.mark.parametrize("late", [2, 4, 7])
def test_a_conclusion_that_differs_at_many_features_only_is_not_a_hypothesis(late: int) -> None:
    values = claim.ASSUMED_PART.statement.conclusion.values
    assert values is not None
    shifted = equals_zero(lambda x: [v + max(0, x.d - late + 1) * x.X[0][0] for v in values(x)])
    statement = Statement(claim.net.NETWORKS, shifted, claim.ASSUMED_PART.statement.given)
    assert claim.ASSUMED_PART.checks[0].run(statement, QUICK).violated


PARTS = [claim.BIASED, claim.IN_ROW_SPACE, claim.NO_SHARES]


@pytest.mark.parametrize("part", PARTS)
def test_the_proofs_reject_the_twins(part) -> None:  # type: ignore[no-untyped-def]
    proof = next(c for c in part.checks if isinstance(c, Symbolic))
    assert proof.run(part.statement, QUICK).outcome is Outcome.PROVES
    assert all(proof.run(t.statement, QUICK).violated for t in part.twins)


def test_a_conclusion_among_the_assumptions_is_told_from_one_that_is_not() -> None:
    proof = claim.ASSUMED_PART.checks[0]
    assert proof.run(claim.ASSUMED_PART.statement, QUICK).outcome is Outcome.VACUOUS
    assert all(proof.run(t.statement, QUICK).violated for t in claim.ASSUMED_PART.twins)
