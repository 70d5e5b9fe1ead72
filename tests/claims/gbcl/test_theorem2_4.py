"""Half duality II on white features, and on standardised ones."""

from __future__ import annotations

import numpy as np
import pytest

from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claims.gbcl import theorem2_4 as claim
from ddcl_theory.evidence import Outcome

QUICK = Settings(profile=PROFILES["quick"])


def test_white_features_give_back_the_base_weights() -> None:
    rng = np.random.default_rng(0)
    x, w1 = np.linalg.qr(rng.normal(size=(6, 2)))[0].T, rng.normal(size=(3, 2))
    np.testing.assert_allclose((w1 @ x) @ x.T, w1, atol=1e-12)


def test_standardised_uncorrelated_features_give_n_times_as_much() -> None:
    from sklearn.decomposition import PCA

    x = PCA(whiten=True).fit_transform(np.random.default_rng(1).normal(size=(9, 3))).T
    n = x.shape[1]
    x = x / x.std(1, keepdims=True)
    w1 = np.random.default_rng(2).normal(size=(2, 3))
    np.testing.assert_allclose((w1 @ x) @ x.T, n * w1, atol=1e-10)


@pytest.mark.parametrize(("n", "d"), [(3, 2), (6, 2), (5, 4)])
def test_the_number_of_samples_with_a_direction_left(n: int, d: int) -> None:
    q = np.linalg.qr(np.random.default_rng(n).normal(size=(n, d + 1)))[0]
    x, e = q[:, :d].T, q[:, d]
    assert np.sum((np.eye(n) - x.T @ x - np.outer(e, e)) ** 2) == pytest.approx(n - d - 1)


@pytest.mark.parametrize("part", [claim.FIRST, claim.CENTRED_COUNT, claim.STANDARD.amendment.part])
def test_the_proofs_reject_the_twins(part) -> None:  # type: ignore[no-untyped-def]
    proof = next(c for c in part.checks if isinstance(c, Symbolic))
    assert proof.run(part.statement, QUICK).outcome is Outcome.PROVES
    assert all(proof.run(t.statement, QUICK).violated for t in part.twins)
