"""Half duality I on orthonormal samples, and why centred data never are."""

from __future__ import annotations

import numpy as np
import pytest

from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Statement
from ddcl_theory.claims.gbcl import theorem2_3 as claim
from ddcl_theory.evidence import Outcome
from ddcl_theory.relation import equals_zero

QUICK = Settings(profile=PROFILES["quick"])


def test_orthonormal_samples_give_back_the_dual_weights() -> None:
    rng = np.random.default_rng(0)
    x, w2 = np.linalg.qr(rng.normal(size=(5, 3)))[0], rng.normal(size=(2, 3))
    np.testing.assert_allclose(w2 @ x.T @ x, w2, atol=1e-12)


def test_unit_variance_over_the_features_is_d_times_as_much() -> None:
    rng = np.random.default_rng(1)
    d, n = 6, 3
    raw = rng.normal(size=(d, n))
    x = np.linalg.qr(raw - raw.mean(0))[0] * d**0.5
    np.testing.assert_allclose((x.mean(0), x.std(0)), (np.zeros(n), np.ones(n)), atol=1e-12)
    w2 = rng.normal(size=(2, n))
    np.testing.assert_allclose(w2 @ x.T @ x, d * w2, atol=1e-12)


@pytest.mark.parametrize(("d", "n"), [(2, 3), (6, 3), (50, 4)])
def test_the_mean_removed_leaves_a_singular_gram_matrix(d: int, n: int) -> None:
    raw = np.random.default_rng(d).normal(size=(d, n))
    x = raw - raw.mean(1, keepdims=True)
    assert np.linalg.eigvalsh(x.T @ x)[0] < 1e-12
    np.testing.assert_allclose(x.T @ x @ np.ones(n), 0, atol=1e-10)


def test_the_proof_that_nothing_is_left_needs_the_mean_removed() -> None:
    proof = claim.MEAN_REMOVED.checks[0]
    assert proof.run(claim.MEAN_REMOVED.statement, QUICK).outcome is Outcome.VACUOUS
    assert all(proof.run(t.statement, QUICK).violated for t in claim.MEAN_REMOVED.twins)


@pytest.mark.parametrize("late", [2, 4, 7])
def test_a_conclusion_that_fails_for_many_features_only_is_not_empty(late: int) -> None:
    values = claim.MEAN_REMOVED.statement.conclusion.values
    assert values is not None
    shifted = equals_zero(lambda x: [v + max(0, x.d - late + 1) * x.W1[0][0] for v in values(x)])
    statement = Statement(claim.EVEN, shifted, claim.REMOVED)
    assert claim.MEAN_REMOVED.checks[0].run(statement, QUICK).violated


@pytest.mark.parametrize("part", [claim.SECOND, claim.SAMPLE_COUNT, claim.STANDARD.amendment.part])
def test_the_proofs_reject_the_twins(part) -> None:  # type: ignore[no-untyped-def]
    proof = next(c for c in part.checks if isinstance(c, Symbolic))
    assert proof.run(part.statement, QUICK).outcome is Outcome.PROVES
    assert all(proof.run(t.statement, QUICK).violated for t in part.twins)
