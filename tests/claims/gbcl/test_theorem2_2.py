"""Which weights two dual networks can share, counted by linear algebra, and the proofs' steps."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import examine
from ddcl_theory.claims.gbcl import theorem2_2 as claim
from ddcl_theory.evidence import Outcome

QUICK = Settings(profile=PROFILES["quick"])


def shared_dimension(x: np.ndarray) -> int:
    """The dimension of the (w_1, w_2), one row each, with w_1 = w_2 Xᵀ and w_2 = w_1 X."""
    d, n = x.shape
    system = np.block([[np.eye(d), -x], [-x.T, np.eye(n)]])
    return d + n - int(np.linalg.matrix_rank(system, tol=1e-9))


@pytest.mark.parametrize("values", [[2.0, 0.5], [1.0, 0.5], [1.0, 1.0], [1.0, 0.0]])
@pytest.mark.parametrize("n", [2, 4])
def test_weights_are_shared_along_the_singular_values_of_1(values: list[float], n: int) -> None:
    rng = np.random.default_rng(n)
    left, right = (np.linalg.qr(rng.normal(size=(size, size)))[0] for size in (2, n))
    x = left @ np.diag(values) @ right[:2]
    assert shared_dimension(x) == values.count(1.0)


def test_the_witness_by_hand() -> None:
    x, w1 = [Fraction(1), Fraction(0)], Fraction(1)
    w2 = [w1 * v for v in x]
    assert sum(a * b for a, b in zip(w2, x, strict=True)) == w1
    assert [[a * b for b in x] for a in x] == [[1, 0], [0, 0]]


def test_both_conclusions_ask_for_a_square_matrix() -> None:
    for n, d in ((2, 3), (4, 2)):
        x = np.linalg.qr(np.random.default_rng(n).normal(size=(max(n, d), min(n, d))))[0]
        x = x if d > n else x.T
        gaps = np.abs(x.T @ x - np.eye(n)).max(), np.abs(x @ x.T - np.eye(d)).max()
        assert min(gaps) < 1e-12 and max(gaps) > 0.1


def test_no_weights_at_all_are_shared_by_every_pair() -> None:
    """The simplest way around the theorem, which the reading with weights ≠ 0 leaves out."""
    zero = {"X": [[5, 7]], "W1": [[0]], "W2": [[0, 0]]}
    printed, nonzero = (r.parts[0].statement for r in claim.CLAIM.readings[:2])
    assert examine(printed, zero).refutes and examine(nonzero, zero).in_domain is False


@pytest.mark.parametrize("values", [[1.0, 1.0], [1.0, 0.5]])
def test_every_weight_matrix_is_shared_on_orthonormal_rows_only(values: list[float]) -> None:
    """For a random W_1, is there a W_2 with W_2 = W_1 X and W_1 = W_2 Xᵀ?"""
    rng = np.random.default_rng(3)
    left, right = (np.linalg.qr(rng.normal(size=(size, size)))[0] for size in (2, 4))
    x, w1 = left @ np.diag(values) @ right[:2], rng.normal(size=(3, 2))
    assert bool(np.allclose(w1 @ x @ x.T, w1)) == (values == [1.0, 1.0])


PARTS = [
    claim.FOR_ALL_BASE,
    claim.FOR_ALL_DUAL,
    claim.RANK_DUAL,
    claim.RANK_BASE,
    claim.NECESSARY,
    claim.NECESSARY_DUAL,
    claim.SUFFICIENT,
    claim.SQUARE,
]


@pytest.mark.parametrize("part", PARTS)
def test_the_proofs_reject_the_twins(part) -> None:  # type: ignore[no-untyped-def]
    proof = next(c for c in part.checks if isinstance(c, Symbolic))
    assert proof.run(part.statement, QUICK).outcome is Outcome.PROVES
    assert all(proof.run(t.statement, QUICK).violated for t in part.twins)
