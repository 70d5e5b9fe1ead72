"""Ranges and their transformation: rank arguments, left singular vectors, and least squares that miss."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ddcl_core.layers import initialisation
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import examine
from ddcl_theory.claims.gbcl import lemma3_3 as claim
from ddcl_theory.claims.gbcl import subspaces as sub
from ddcl_theory.engine import run_part
from ddcl_theory.evidence import Outcome
from ddcl_theory.relation import equals_zero, not_zero

QUICK = Settings(profile=PROFILES["quick"])


@pytest.mark.parametrize(("d", "n", "rank"), [(4, 3, 3), (3, 5, 3), (5, 4, 2), (2, 2, 1)])
def test_transformed_range_is_the_range(d: int, n: int, rank: int) -> None:
    rng = np.random.default_rng(d * n)
    x = rng.normal(size=(d, rank)) @ rng.normal(size=(rank, n))
    assert np.linalg.matrix_rank(x @ x.T) == rank == np.linalg.matrix_rank(np.hstack([x @ x.T, x]))


@pytest.mark.parametrize(("d", "n"), [(4, 3), (6, 2), (3, 3)])
def test_independent_samples_have_as_many_left_vectors_as_there_are_samples(d: int, n: int) -> None:
    x = np.random.default_rng(d).normal(size=(d, n))
    np.testing.assert_allclose(np.linalg.pinv(x) @ x, np.eye(n), atol=1e-10)
    assert (np.linalg.eigvalsh(x.T @ x) > 1e-10).sum() == n


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


@pytest.mark.parametrize("size", ["n", "d"])
def test_the_proof_of_positive_values_notices_a_conclusion_that_is_false_from_four_on(size: str) -> None:
    check = next(c for c in claim.POSITIVE_VALUE.checks if isinstance(c, Symbolic))
    values = not_zero(lambda x: x.s if getattr(x, size) < 4 else x.s - 1)
    late = replace(claim.POSITIVE_VALUE.statement, conclusion=values, _traces={})
    axes = [[int(i == j) for j in range(4)] for i in range(4)]
    exact = {"z": axes, "l": axes, "a": [1, 0, 0, 0], "s": 1}
    assert examine(late, exact).refutes and examine(claim.POSITIVE_VALUE.statement, exact).supports
    assert check.run(late, QUICK).outcome is Outcome.UNDECIDED


def test_the_proof_of_positive_values_notices_a_hypothesis_that_is_missing_from_four_on() -> None:
    check = next(c for c in claim.POSITIVE_VALUE.checks if isinstance(c, Symbolic))
    for name, relation in (
        ("nonzero", not_zero(lambda x: x.a if x.n < 4 else 1)),
        ("independent-samples", equals_zero(lambda x: _inverse(x) if x.n < 4 else [0 * v for v in _inverse(x)])),
    ):
        given = tuple(
            replace(h, relation=relation) if h.id == name else h for h in claim.POSITIVE_VALUE.statement.given
        )
        late = replace(claim.POSITIVE_VALUE.statement, given=given, _traces={})
        assert check.run(late, QUICK).outcome is Outcome.UNDECIDED


def _inverse(x):  # type: ignore[no-untyped-def]
    return sub.INDEPENDENT.relation.values(x)


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
