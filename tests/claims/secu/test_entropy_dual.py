"""The entropy as a constraint and as a penalty, by enumeration of all labellings."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
import torch

from ddcl_core.secu import assignment as core
from ddcl_proofs.secu import entropy_dual as proofs
from ddcl_proofs.secu import entropy_dual_solutions as solution_proofs
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claim import Statement, examine
from ddcl_theory.claims.secu import entropy_dual as claim
from ddcl_theory.claims.secu import entropy_dual_solutions as solutions
from ddcl_theory.claims.secu import float_rows_labels as rows
from ddcl_theory.relation import at_least_zero

QUICK = Settings(profile=PROFILES["quick"])


def entropy(shares):
    return -sum(q * math.log(q) for q in shares if q > 0)


def least_costs(c):
    """The least cost of every entropy that a labelling can have, by sorted sizes."""
    n, k = c.shape
    found: dict[tuple[int, ...], float] = {}
    for labels in product(range(k), repeat=n):
        sizes = tuple(sorted((labels.count(j) for j in range(k)), reverse=True))
        price = float(sum(c[i, j] for i, j in enumerate(labels)))
        found[sizes] = min(price, found.get(sizes, math.inf))
    return sorted((entropy([m / n for m in sizes]), price) for sizes, price in found.items())


def without_multiplier(c):
    """Entropies at which the constrained problem has a solution that no α ≥ 0 supports."""
    levels, missing = least_costs(c), []
    for h, price in levels:
        if any(p < price for g, p in levels if g >= h):
            continue  # the solution at this bound is another one
        low = max([(price - p) / (h - g) for g, p in levels if g < h - 1e-12], default=0.0)
        high = min([(p - price) / (g - h) for g, p in levels if g > h + 1e-12], default=math.inf)
        if max(low, 0.0) > high + 1e-12:
            missing.append(h)
    return missing


def test_four_instances_in_three_clusters():
    levels = dict((round(p), h) for h, p in least_costs(np.array([[0, 1, 2]] * 4)))
    assert levels == {
        0: 0,
        1: pytest.approx(0.5623, abs=1e-4),
        2: pytest.approx(math.log(2)),
        3: pytest.approx(1.0397, abs=1e-4),
    }
    assert without_multiplier(np.array([[0, 1, 2]] * 4)) == [pytest.approx(math.log(2))]
    assert 1 / (levels[2] - levels[1]) == pytest.approx(7.64, abs=0.01)
    assert 1 / (levels[3] - levels[2]) == pytest.approx(2.885, abs=0.01)
    for alpha in np.linspace(0, 30, 301):
        reached = min(levels, key=lambda price: price - alpha * levels[price])
        assert reached != 2
    assert examine(claim.MULTIPLIER.statement, claim.FOUR).refutes


@pytest.mark.parametrize(("n", "k"), [(4, 2), (6, 2), (7, 2), (2, 3), (3, 3), (3, 4)])
def test_nothing_smaller_fails(n, k):
    rng = np.random.default_rng(100 * n + k)
    for _ in range(60):
        assert without_multiplier(rng.integers(-3, 4, size=(n, k)) + 0.0) == []


@pytest.mark.parametrize("seed", range(10))
def test_penalised_solutions_solve_the_constrained_problem_of_their_entropy(seed):
    c, alpha = np.random.default_rng(seed).normal(size=(4, 3)), 0.3 * seed
    levels = least_costs(c)
    h, price = min(levels, key=lambda level: level[1] - alpha * level[0])
    assert all(p >= price - 1e-12 for g, p in levels if g >= h)


@pytest.mark.parametrize("seed", range(10))
def test_entropy_is_concave_along_mixtures(seed):
    rng = np.random.default_rng(seed)
    a, b = rng.dirichlet([0.5] * 4), rng.dirichlet([0.5] * 4)
    for t in np.linspace(0, 1, 11):
        assert entropy(t * a + (1 - t) * b) >= t * entropy(a) + (1 - t) * entropy(b) - 1e-12


def test_the_middle_does_not_suffice():
    assert examine(claim.shares(claim.NO_MIDDLE), claim.BENT).refutes
    assert examine(claim.SLATER.statement, claim.BENT).in_domain is False


def test_no_weight_gives_balance_at_unequal_costs():
    """N = 1, costs (0, 1): the penalised solution is softmax(−c/α), whose first share exceeds ½ for every α."""
    grid = np.linspace(1e-6, 1 - 1e-6, 20001)
    for alpha in (0.5, 2.0, 20.0):
        values = (1 - grid) + alpha * (grid * np.log(grid) + (1 - grid) * np.log(1 - grid))
        expected = 1 / (1 + math.exp(-1 / alpha))
        assert grid[values.argmin()] == pytest.approx(expected, abs=1e-3)
        assert expected > 0.5


def test_a_multiplier_of_zero_forgets_the_bound():
    assert entropy([0.95, 0.05]) == pytest.approx(0.1985, abs=1e-4)
    assert entropy([0.75, 0.25]) == pytest.approx(0.5623, abs=1e-4)
    assert examine(solutions.PENALISED_ALLOWED.statement, solutions.INACTIVE).refutes
    assert examine(solutions.REWARDED.statement, solutions.INACTIVE).in_domain is False
    # With a reward the first instance goes to cluster 2 altogether.
    for alpha in (0.01, 0.1, 1.0):
        shares = np.linspace(0, 1, 101)
        values = [-alpha * entropy([1 - s / 2, s / 2]) for s in shares]
        assert shares[int(np.argmin(values))] == 1


def test_proofs_reject_the_twins():
    cases = {
        proofs.backward_one_hot: claim.BACKWARD,
        proofs.backward_shares: claim.BACKWARD_SHARES,
        proofs.forward: claim.SLATER,
        solution_proofs.same_sizes: solutions.REWARDED,
    }
    for proof, part in cases.items():
        assert proof(part.statement).covers_domain
        assert [proof(twin.statement).outcome for twin in part.twins] == ["rejected"]
    assert solution_proofs.same_sizes(solutions.PENALISED_ALLOWED.statement).outcome == "rejected"


def test_the_proof_about_mixtures_wants_the_order_of_entropies():
    loose = Statement(claim.MIXED, at_least_zero(lambda x: claim.slopes(x, claim.lb.relaxed_entropy)), claim.ORDER)
    assert proofs.forward(loose).outcome == "rejected"


@pytest.mark.parametrize("factor", [1.01, -1.0])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_broken_code_is_noticed(factor, dtype, monkeypatch):
    part = rows.size_entropy_part(dtype)
    assert part.checks[0].run(part.statement, QUICK).outcome.name == "SUPPORTS"
    healthy = core.size_entropy
    assert healthy(torch.tensor([0, 1]), 2) == pytest.approx(math.log(2))
    monkeypatch.setattr(core, "size_entropy", lambda labels, k: factor * healthy(labels, k))
    assert part.checks[0].run(part.statement, QUICK).outcome.name == "REFUTES"
