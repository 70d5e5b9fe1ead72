"""Distances from the Gram matrix against distances from coordinates, in exact arithmetic and in floats."""

from __future__ import annotations

import numpy as np
import pytest

from ddcl_core.functional import _kernels as kernels
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claims.gbcl import voronoi as claim
from ddcl_theory.engine import run_part
from ddcl_theory.evidence import Outcome

QUICK = Settings(profile=PROFILES["quick"])


def from_gram(g: np.ndarray, omega: np.ndarray) -> np.ndarray:
    """(59) with matrices."""
    return np.diag(g)[:, None] - 2 * g @ omega.T + np.diag(omega @ g @ omega.T)[None, :]


def direct(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return ((x.T[:, None] - y) ** 2).sum(-1)


def test_the_formula_gives_the_distances_to_the_rows() -> None:
    rng = np.random.default_rng(0)
    x, omega = rng.normal(size=(4, 6)), rng.normal(size=(3, 6))
    np.testing.assert_allclose(from_gram(x.T @ x, omega), direct(x, omega @ x.T), atol=1e-12)


def test_whole_numbers() -> None:
    x, omega = np.array([[1, 2], [0, 3]]), np.array([[1, -1], [2, 0], [0, 1]])
    np.testing.assert_array_equal(from_gram(x.T @ x, omega), direct(x, omega @ x.T))


def test_the_columns_of_a_square_output_lie_elsewhere() -> None:
    x, omega = np.array([[1], [0]]), np.array([[0], [1]])
    y = omega @ x.T
    np.testing.assert_array_equal(direct(x, y), [[1, 0]])
    np.testing.assert_array_equal(direct(x, y.T), [[2, 1]])


def test_third_differences_vanish_and_second_do_not() -> None:
    rng = np.random.default_rng(1)
    x, omega, u = rng.integers(-3, 4, (2, 3)), rng.integers(-3, 4, (2, 3)), rng.integers(1, 4, (2, 3))
    values = [from_gram(x.T @ x, omega + t * u) for t in range(4)]
    assert not np.diff(values, 3, axis=0).any()
    assert np.diff(values, 2, axis=0).any()


def test_the_gram_form_cancels_far_from_the_origin() -> None:
    rng = np.random.default_rng(2)
    x = 1000 + rng.normal(size=(2, 5))
    omega = np.full((1, 5), 0.2)
    exact = direct(x, omega @ x.T)
    x32, omega32 = x.astype(np.float32), omega.astype(np.float32)
    assert np.abs(from_gram(x32.T @ x32, omega32) - exact).max() > 0.05
    assert np.abs(direct(x32, x32.mean(1)[None]) - exact).max() < 0.01


@pytest.mark.parametrize("part", [claim.INNER, claim.OUTPUTS, claim.FROM_GRAM, claim.QUADRATIC])
def test_the_proofs_reject_the_twins(part) -> None:  # type: ignore[no-untyped-def]
    proof = next(c for c in part.checks if isinstance(c, Symbolic))
    assert proof.run(part.statement, QUICK).outcome is Outcome.PROVES
    assert all(proof.run(t.statement, QUICK).violated for t in part.twins)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_distances_that_are_a_little_long_are_noticed(monkeypatch: pytest.MonkeyPatch, dtype: str) -> None:
    original = kernels.squared_distances
    monkeypatch.setattr(kernels, "squared_distances", lambda z, p: 1.001 * original(z, p))
    (part,) = next(r.parts for r in claim.CLAIM.readings if r.id == dtype)
    assert run_part(part, QUICK).evidence[0].outcome is Outcome.REFUTES
