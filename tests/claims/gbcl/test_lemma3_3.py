"""Ranges and their transformation: rank arguments, left singular vectors, and least squares that miss."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ddcl_core.layers import initialisation
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claims.gbcl import lemma3_3 as claim
from ddcl_theory.engine import run_part
from ddcl_theory.evidence import Outcome

QUICK = Settings(profile=PROFILES["quick"])


@pytest.mark.parametrize(("d", "n", "rank"), [(4, 3, 3), (3, 5, 3), (5, 4, 2), (2, 2, 1)])
def test_transformed_range_is_the_range(d: int, n: int, rank: int) -> None:
    rng = np.random.default_rng(d * n)
    x = rng.normal(size=(d, rank)) @ rng.normal(size=(rank, n))
    assert np.linalg.matrix_rank(x @ x.T) == rank == np.linalg.matrix_rank(np.hstack([x @ x.T, x]))


def test_left_vectors_exist_up_to_the_rank() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 4))
    values, v = np.linalg.eigh(x.T @ x)
    positive = values > 1e-10
    assert positive.sum() == 2 < 4
    u = x @ v[:, positive] / np.sqrt(values[positive])
    np.testing.assert_allclose(u.T @ u, np.eye(2), atol=1e-10)
    twins = np.array([[1.0, 1.0], [0.0, 0.0], [0.0, 0.0]])
    assert np.linalg.matrix_rank(twins) == 1 and twins @ [1, -1] == pytest.approx(0)


def test_every_critical_point_gives_the_centroid_but_not_every_mean() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(5, 3)) @ np.array([[1.0, 0, 1], [0, 1, 0], [0, 0, 0]])
    centre = x @ [0.5, 0.25, 0.25]
    o = np.linalg.pinv(x) @ centre + 3 * np.array([1, 0, -1])
    np.testing.assert_allclose(x.T @ (x @ o - centre), 0, atol=1e-10)
    np.testing.assert_allclose(x @ o, centre, atol=1e-10)
    mean = rng.normal(size=5)
    fitted = x @ np.linalg.pinv(x) @ mean
    assert np.linalg.norm(fitted - mean) > 0.1
    others = x @ rng.normal(size=(3, 200))
    assert (np.linalg.norm(others - mean[:, None], axis=0) >= np.linalg.norm(fitted - mean)).all()


@pytest.mark.parametrize(
    "part",
    [claim.INTO, claim.ONTO, claim.LEFT, claim.POSITIVE_VALUE, claim.CENTROID, claim.NEAREST],
    ids=lambda p: p.id,
)
def test_proofs_need_their_hypotheses(part) -> None:  # type: ignore[no-untyped-def]
    check = next(c for c in part.checks if isinstance(c, Symbolic))
    found = check.run(replace(part.statement, given=(), _traces={}), QUICK)
    assert found.outcome is Outcome.UNDECIDED and found.violated


def test_a_proof_of_equality_does_not_take_the_inclusion_for_it() -> None:
    """What the paper's proof uses, X(Xᵀy) ∈ R(X), does not carry the other inclusion."""
    check = next(c for c in claim.INTO.checks if isinstance(c, Symbolic))
    assert check.run(claim.ONTO.statement, QUICK).outcome is Outcome.UNDECIDED


def test_weights_that_miss_the_prototype_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    original = initialisation.least_norm_weights
    monkeypatch.setattr(initialisation, "least_norm_weights", lambda z, p: 1.001 * original(z, p))
    for dtype in ("float64", "float32"):
        (part,) = next(r.parts for r in claim.CLAIM.readings if r.id == dtype)
        assert run_part(part, QUICK).evidence[0].outcome is Outcome.REFUTES
