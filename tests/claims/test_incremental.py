"""Incremental assignments: the projection by bisection, updates by fractions, solutions on a grid, broken code."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
import torch

from ddcl_core import incremental as core
from ddcl_proofs.ddcl import incremental as proofs
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claim import Statement, examine
from ddcl_theory.claims.ddcl import float_rows_incremental as rows
from ddcl_theory.claims.ddcl import incremental as claim
from ddcl_theory.claims.ddcl import incremental_projection as projection
from ddcl_theory.evaluate import fractions
from ddcl_theory.expression import variable
from ddcl_theory.point import exact
from ddcl_theory.relation import at_least_zero

QUICK = Settings(profile=PROFILES["quick"])


def by_bisection(v):
    """max(v − τ, 0) with τ such that the sum is 1."""
    low, high = min(v) - 1, max(v)
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if np.maximum(v - middle, 0).sum() > 1 else (low, middle)
    return np.maximum(v - low, 0)


@pytest.mark.parametrize("seed", range(4))
def test_the_largest_mean_is_the_threshold(seed):
    v = np.random.default_rng(seed).integers(-8, 9, 4)
    found = fractions(rows.projected([variable("v", j) for j in range(4)]), {"v": exact(v.tolist())})
    assert np.allclose([float(f) for f in found], by_bisection(v.astype(float)))


@pytest.mark.parametrize("seed", range(4))
def test_sorting_stops_at_the_support(seed):
    v = np.sort(np.random.default_rng(seed).normal(size=6))[::-1]
    support = int((by_bisection(v) > 1e-12).sum())
    numbers = [j * v[j - 1] + 1 - v[:j].sum() for j in range(1, 7)]
    assert [number > 0 for number in numbers] == [True] * support + [False] * (6 - support)


def pair(q, r, target, eta):
    """One update for two prototypes: the shares move apart by η e (r_1 − r_2)/2, clipped to the simplex."""
    first = q[0] + eta * (target - q[0] * r[0] - q[1] * r[1]) * Fraction(r[0] - r[1]) / 2
    first = min(max(first, Fraction(0)), Fraction(1))
    return first, 1 - first


def test_one_pass_stops_short_of_the_solution():
    after = pair((Fraction(1, 2), Fraction(1, 2)), (0, 1), 1, 1)
    assert after == (Fraction(1, 4), Fraction(3, 4))
    assert min((1 - Fraction(i, 20)) ** 2 for i in range(21)) == 0 < (1 - after[1]) ** 2
    assert examine(claim.SOLVES.statement, claim.HALF).refutes


def test_a_pass_moves_the_solution_where_rows_disagree():
    """Rows (0, 1) twice, targets 0 and 1: the squared error x² + (1 − x)² is least at x = 1/2."""
    grid = [Fraction(i, 20) for i in range(21)]
    assert min(grid, key=lambda x: x**2 + (1 - x) ** 2) == Fraction(1, 2)
    q = (Fraction(1, 2), Fraction(1, 2))
    for target in (0, 1):
        q = pair(q, (0, 1), target, Fraction(1, 2))
    assert q[1] - Fraction(1, 2) == Fraction(1, 32)
    assert examine(claim.RESTS.statement, claim.PULLED).refutes


def test_prototypes_on_the_line_are_those_of_the_witness():
    x = claim.TURNS.namespace({"k": 2})
    p, z = claim.on_a_line(x)
    values = fractions([*p[0], *p[1], *z], {name: exact(v) for name, v in claim.PULLED.items()})
    assert values == [0, 0, 1, 1, 0, 1]


@pytest.mark.parametrize("eta", [Fraction(1, 4), Fraction(1), Fraction(7, 2)])
def test_distances_and_errors_on_a_grid(eta):
    """Two prototypes in one dimension, |r − r̄|² = 1/2: the bound on η is 4."""
    grid = [Fraction(i, 6) for i in range(7)]
    for start, solution in product(grid, repeat=2):
        e = solution - start
        after = pair((1 - start, start), (0, 1), solution, eta)[1]
        assert 2 * e**2 - 2 * (after - solution) ** 2 >= eta * e**2 * (2 - eta / 2)
        assert abs(solution - after) <= abs(e)


def test_beyond_the_bound_the_error_grows():
    after = pair((Fraction(1, 2), Fraction(1, 2)), (0, 1), Fraction(11, 20), 6)[1]
    assert abs(Fraction(11, 20) - after) == Fraction(1, 10) > Fraction(1, 20)


def test_proofs_reject_the_twins():
    cases = {
        proofs.nearest: projection.NEAREST,
        proofs.keeps: projection.SORT_KEEPS,
        proofs.stops: projection.SORT_STOPS,
        proofs.closer: claim.CLOSER,
        proofs.stays: claim.FIXED,
        proofs.falls: claim.ERROR,
    }
    for proof, part in cases.items():
        assert proof(part.statement).covers_domain
        assert [proof(twin.statement).outcome for twin in part.twins] == ["rejected"]


def test_the_proof_about_the_error_wants_the_bound():
    assert proofs.falls(Statement(rows.STEP, at_least_zero(claim.falls))).outcome == "rejected"


@pytest.mark.parametrize(
    ("broken", "noticed"),
    [
        (lambda q, r, t, s: (core._update(q, r, t, 2 * s)[0], core._update(q, r, t, s)[1]), {"updated"}),
        (lambda q, r, t, s: (core._update(q, r, t, s)[0], -core._update(q, r, t, s)[1]), {"error"}),
        (lambda q, r, t, s: (q + (s * (t - q @ r)).unsqueeze(-1) * r, t - q @ r), {"updated"}),
    ],
    ids=["twice the step", "sign of the error", "no projection"],
)
def test_broken_code_is_noticed(broken, noticed, monkeypatch):
    from ddcl_theory.claims.ddcl import code_incremental as code

    def outcomes():
        return {p.id: p.checks[0].run(p.statement, QUICK).outcome.name for p in rows.step_parts("float64")}

    assert set(outcomes().values()) == {"SUPPORTS"}
    monkeypatch.setattr(
        code.core, "widrow_hoff_step", lambda q, r, t, s: broken(q, r, t, torch.tensor(s, dtype=q.dtype))
    )
    assert {name for name, outcome in outcomes().items() if outcome == "REFUTES"} == noticed
