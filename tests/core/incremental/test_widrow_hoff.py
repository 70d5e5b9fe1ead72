"""Incremental assignments against loops over samples in exact arithmetic, least squares by scipy, and the step bound."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
import torch
from scipy.optimize import minimize

from ddcl_core.incremental import (
    incremental_assignment,
    incremental_objective,
    native_rows,
    step_bound,
    widrow_hoff_step,
)


def random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def simplex(*shape, seed=0):
    return torch.softmax(2 * random(*shape, seed=seed), -1)


def project_exactly(v):
    """Nearest point of the simplex by trying every support: the feasible candidate at the least distance."""
    best = None
    for size in range(1, len(v) + 1):
        for support in combinations(range(len(v)), size):
            shift = (sum(v[i] for i in support) - 1) / size
            point = [v[i] - shift if i in support else Fraction(0) for i in range(len(v))]
            if min(point) >= 0:
                distance = sum((a - b) ** 2 for a, b in zip(point, v, strict=True))
                if best is None or distance < best[0]:
                    best = distance, point
    return best[1]


def naive(z, rows, step, normalised, q):
    """(18)-(20) for one sample in rational arithmetic; returns q and the errors after all rows."""
    q, errors = [Fraction(x) for x in q], []
    for target, row in zip(z, rows, strict=True):
        row = [Fraction(x) for x in row]
        mean = sum(row) / len(row)
        power = sum((x - mean) ** 2 for x in row)
        mu = Fraction(step)
        if normalised:
            mu = mu / power if power else Fraction(0)
        error = Fraction(target) - sum(a * b for a, b in zip(row, q, strict=True))
        # Here with the row itself: the projection must make no difference between it and its centred part.
        q = project_exactly([a + mu * error * b for a, b in zip(q, row, strict=True)])
        errors.append(error)
    return q, errors


@pytest.mark.parametrize(("rule", "step"), [("normalised", 0.75), ("constant", 0.25), ("constant", 3.0)])
@pytest.mark.parametrize("given", [False, True])
def test_one_pass_equals_the_loop_in_rational_arithmetic(rule, step, given) -> None:
    z, prototypes = random(5, 3), random(4, 3, seed=1)
    start = simplex(5, 4, seed=2) if given else torch.full((5, 4), 0.25, dtype=torch.float64)
    got = incremental_assignment(z, prototypes, step=step, rule=rule, q=start if given else None, record=True)
    for n in range(5):
        # The sum of a given start is 1 up to rounding only, hence the tolerance.
        q, errors = naive(z[n].tolist(), prototypes.T.tolist(), step, rule == "normalised", start[n].tolist())
        np.testing.assert_allclose(got.q[n].tolist(), [float(x) for x in q], rtol=0, atol=1e-13)
        np.testing.assert_allclose(got.errors[:, n].tolist(), [float(x) for x in errors], rtol=1e-12, atol=1e-13)
    assert got.path.shape == (3, 5, 4) and torch.equal(got.path[-1], got.q)


def test_rows_may_come_one_by_one_from_a_dual_layer() -> None:
    z, weights = random(6, 4), simplex(3, 6, seed=3).mT
    taken = []

    def rows():
        for number, row in enumerate(native_rows(z, weights)):
            taken.append(number)
            yield row

    got = incremental_assignment(z, rows(), step=0.5)
    matrix = weights.mT @ z
    np.testing.assert_allclose(torch.stack(list(native_rows(z, weights)), -1), matrix, rtol=1e-14)
    torch.testing.assert_close(got.q, incremental_assignment(z, matrix, step=0.5).q, rtol=0, atol=1e-14)
    assert taken == [0, 1, 2, 3]


def constrained_least_squares(z, prototypes):
    """min |z - Pq|^2 over the simplex by sequential quadratic programming from several starts."""
    k = len(prototypes)
    best = None
    for start in (np.full(k, 1 / k), *np.eye(k)):
        found = minimize(
            lambda q: ((z - q @ prototypes) ** 2).sum(),
            start,
            jac=lambda q: -2 * prototypes @ (z - q @ prototypes),
            bounds=[(0, 1)] * k,
            constraints={"type": "eq", "fun": lambda q: q.sum() - 1, "jac": lambda q: np.ones(k)},
            method="SLSQP",
            options={"ftol": 1e-14, "maxiter": 200},
        )
        if best is None or found.fun < best.fun:
            best = found
    return best.x


def test_stationary_limit_is_the_constrained_least_squares_solution() -> None:
    z, prototypes = 1.5 * random(6, 4), random(3, 4, seed=1)
    # With mu_m = mu / (1 + c m) cyclic projected gradients end within O(mu_m) of the minimiser of a strongly convex
    # sum, and so does the loss where a constraint is active; mu_m is 1.6e-3 at the end.
    got = incremental_assignment(z, prototypes, step=0.2, rule="constant", decay=0.05, passes=2500)
    expected = np.array([constrained_least_squares(row, prototypes.numpy()) for row in z.numpy()])
    assert (expected > 1e-3).sum() < expected.size, "some constraint should be active"
    np.testing.assert_allclose(got.q, expected, rtol=0, atol=5e-3)
    loss = ((z - got.q @ prototypes) ** 2).sum(-1)
    least = ((z.numpy() - expected @ prototypes.numpy()) ** 2).sum(-1)
    np.testing.assert_allclose(loss, least, rtol=1e-3)
    assert bool((loss.numpy() >= least - 1e-9).all())


def test_constant_steps_solve_a_mixture_exactly() -> None:
    prototypes, q = random(3, 5, seed=1), simplex(7, 3, seed=4)
    got = incremental_assignment(q @ prototypes, prototypes, step=1.0, passes=400)
    torch.testing.assert_close(got.q, q, rtol=0, atol=1e-10)


def test_the_error_shrinks_iff_the_step_is_inside_the_bound_of_widrow_and_hoff() -> None:
    # An interior start, small errors: the projection only subtracts the mean, so the factor is 1 - mu |r - mean|^2.
    q, row = torch.full((1, 3), 1 / 3, dtype=torch.float64), torch.tensor([1.0, 0.0, -1.0], dtype=torch.float64)
    assert step_bound(row) == step_bound(row, projected=False) == 1.0
    shifted = row + 5
    assert step_bound(shifted) == 1.0 and step_bound(shifted, projected=False) == pytest.approx(2 / 77)
    assert step_bound(torch.ones(4)) == math.inf
    for mu in (0.1, 0.5, 0.99, 1.01, 1.5):
        target = (q @ shifted) + 1e-3
        moved, error = widrow_hoff_step(q, shifted, target, mu)
        after = float(target - moved @ shifted)
        assert after == pytest.approx((1 - mu * 2) * float(error), rel=1e-9)
        assert (abs(after) < abs(float(error))) == (mu < 1.0)


def test_inside_the_bound_the_distance_to_a_solution_never_grows() -> None:
    generator = torch.Generator().manual_seed(0)
    for case in range(50):
        row, solution, q = random(4, seed=case), simplex(200, 4, seed=case + 100), simplex(200, 4, seed=case + 200)
        target = solution @ row
        mu = step_bound(row) * (0.999 * float(torch.rand((), generator=generator)) + 5e-4)
        before = (q - solution).norm(dim=-1)
        moved, error = widrow_hoff_step(q, row, target, mu)
        after = (moved - solution).norm(dim=-1)
        assert bool((after <= before + 1e-15).all())
        assert bool((after < before)[error.abs() > 1e-3].all())
    beyond, _ = widrow_hoff_step(q, row, target, 1.5 * step_bound(row))
    assert bool(((beyond - solution).norm(dim=-1) > before).any())


def test_a_common_offset_of_samples_and_prototypes_changes_nothing() -> None:
    z, prototypes = random(5, 3), random(4, 3, seed=1)
    near = incremental_assignment(z, prototypes, step=0.7, passes=3)
    far = incremental_assignment(z + 2.0**20, prototypes + 2.0**20, step=0.7, passes=3)
    # Adding 2^20 rounds the data to 2^-33; the twelve updates are contractions.
    torch.testing.assert_close(near.q, far.q, rtol=0, atol=12 * 2.0**-31)


def test_equal_prototypes_leave_q_as_it_was() -> None:
    q = simplex(5, 4)
    got = incremental_assignment(random(5, 3), torch.ones(4, 3, dtype=torch.float64), q=q)
    torch.testing.assert_close(got.q, q, rtol=0, atol=1e-15)


@pytest.mark.parametrize("fixed", [False, True])
def test_objective_is_the_weighted_sum_over_what_is_known(fixed) -> None:
    z, prototypes = random(5, 3), random(4, 3, seed=1)
    run = incremental_assignment(z, prototypes, record=True)
    weights = torch.tensor([0.5, 1.0, 4.0], dtype=torch.float64)
    expected = 0.0
    for t in range(3):
        for n in range(5):
            q = run.q[n] if fixed else run.path[t, n]
            mixture = [sum(float(q[j] * prototypes[j, i]) for j in range(4)) for i in range(t + 1)]
            expected += float(weights[t]) * sum((float(z[n, i]) - mixture[i]) ** 2 for i in range(t + 1)) / 5
    got = incremental_objective(z, prototypes, run.q if fixed else run.path, weights)
    assert float(got) == pytest.approx(expected, rel=1e-13)
    unweighted = incremental_objective(z, prototypes, run.path)
    ones = torch.ones(3, dtype=torch.float64)
    assert float(unweighted) == pytest.approx(float(incremental_objective(z, prototypes, run.path, ones)), rel=1e-15)


Z, P = torch.zeros(2, 3), torch.zeros(4, 3)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: incremental_assignment(Z, P, step=0.0), "step"),
        (lambda: incremental_assignment(Z, P, rule="none"), "rule"),
        (lambda: incremental_assignment(Z, P, passes=0), "passes"),
        (lambda: incremental_assignment(Z, iter(P.T), passes=2), "passes"),
        (lambda: incremental_assignment(Z, iter(P.T[:2])), "rows"),
        (lambda: incremental_assignment(Z, [*P.T, P.T[0]]), "rows"),
        (lambda: incremental_assignment(Z, [P.T[0], P.T[0, :3], P.T[0]]), "rows"),
        (lambda: incremental_assignment(Z * math.nan, P), "z"),
        (lambda: incremental_assignment(Z, P, q=torch.ones(2, 4)), "q"),
        (lambda: incremental_assignment(Z, P, decay=-1.0), "decay"),
        (lambda: widrow_hoff_step(torch.full((2, 4), 0.25), P.T[0], Z[:, 0], -0.1), "step"),
        (lambda: widrow_hoff_step(torch.full((2, 4), 0.25), P.T[0], Z[0], 0.1), "q, row, target"),
        (lambda: native_rows(Z, torch.zeros(3, 4)), "weights"),
        (lambda: incremental_objective(Z, P, torch.full((2, 4), 0.25), torch.tensor([1.0, 2.0, 1.0])), "weights"),
        (lambda: incremental_objective(Z, P, torch.full((3, 4), 0.25)), "path"),
    ],
)
def test_bad_arguments_are_named(call, named) -> None:
    with pytest.raises(ValueError, match=f"^{named}: got"):
        call()
