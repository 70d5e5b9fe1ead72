"""Minimum norm: which start reaches it, recomputed with numpy; (42) has no meaning for wide matrices."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from ddcl_core.layers import initialisation
from ddcl_proofs.gbcl import minimum_norm as proofs
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claims.gbcl import minimum_norm as claim
from ddcl_theory.claims.gbcl import minimum_norm_identity as printed
from ddcl_theory.claims.gbcl.flow_runs import Course, course
from ddcl_theory.engine import run_part
from ddcl_theory.evidence import Outcome

QUICK = Settings(profile=PROFILES["quick"])
Z = np.array([[1.0, 0.5], [0.0, 1.0], [2.0, -1.0], [0.3, 0.3]])
MU = Z[:2].mean(0)
LEAST = np.linalg.pinv(Z.T) @ MU


def limit(start: np.ndarray) -> np.ndarray:
    found = solve_ivp(lambda t, o: -Z @ (o @ Z - MU), (0, 80.0), start, rtol=1e-11, atol=1e-13)
    return found.y[:, -1]


def test_the_start_decides_about_the_norm() -> None:
    start = np.array([1.0, -2.0, 0.5, 3.0])
    inside = np.eye(4) - np.linalg.pinv(Z.T) @ Z.T
    end = limit(start)
    np.testing.assert_allclose(end, LEAST + inside @ start, atol=1e-8)
    assert np.linalg.norm(end) > np.linalg.norm(LEAST) + 1
    for good in (np.zeros(4), Z @ np.array([3.0, -1.0])):
        np.testing.assert_allclose(limit(good), LEAST, atol=1e-8)
    np.testing.assert_allclose(end @ Z, MU, atol=1e-8)


def test_starts_in_the_range_share_their_limit() -> None:
    ends = [limit(Z @ start) for start in (np.array([3.0, -1.0]), np.array([-2.0, 0.5]))]
    np.testing.assert_allclose(ends[0], ends[1], atol=1e-8)


def test_the_least_norm_solution_by_both_formulas() -> None:
    np.testing.assert_allclose(Z @ np.linalg.solve(Z.T @ Z, MU), LEAST)


def test_wide_matrices_have_no_inverse_gram() -> None:
    gram = Z @ Z.T
    assert np.linalg.matrix_rank(gram) == 2 < 4


def test_runs_notice_a_kernel_that_moves() -> None:
    assert min(course(Course("dual"), QUICK).margins) > 0
    assert min(course(Course("dual", kernel=0.0), QUICK).margins) < 0


PROVED = (
    (claim.MINIMUM, proofs.minimum),
    (claim.CONSERVED, proofs.conserved),
    (claim.SAME_OUTPUT, proofs.same_output),
    (printed.IDENTITY, proofs.identity),
    (claim.IN_RANGE, proofs.from_range),
    (claim.ONE_LIMIT, proofs.one_limit),
)


@pytest.mark.parametrize(("part", "proof"), PROVED)
def test_proofs_cover_the_part_and_reject_its_twins(part, proof) -> None:  # type: ignore[no-untyped-def]
    assert proof(part.statement).covers_domain
    for twin in part.twins:
        assert proof(twin.statement).outcome == "rejected", twin.id


def test_an_empty_premise_needs_its_hypotheses() -> None:
    given = printed.PREMISE.statement.given
    assert proofs.premise(printed.PREMISE.statement).covers_domain
    for left_out in (printed.INDEPENDENT, printed.KERNEL, printed.NOT_ZERO):
        kept = tuple(h for h in given if h is not left_out)
        assert proofs.premise(printed._printed(kept)).outcome == "rejected"


def test_code_rows_notice_longer_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    original = initialisation.least_norm_weights
    monkeypatch.setattr(initialisation, "least_norm_weights", lambda *a: 1.001 * original(*a))
    parts = next(r.parts for r in claim.CLAIM.readings if r.id == "float64")
    assert [run_part(p, QUICK).evidence[0].outcome for p in parts] == [Outcome.REFUTES]
