"""Size bounds by linear programming and by enumeration."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
import torch
from scipy.optimize import linprog

from ddcl_core.secu import assignment as core
from ddcl_proofs.secu import size_constraint as proofs
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claim import examine
from ddcl_theory.claims.secu import float_rows_labels as rows
from ddcl_theory.claims.secu import labels as lb
from ddcl_theory.claims.secu import size_constraint as claim

QUICK = Settings(profile=PROFILES["quick"])


def relaxed(c, bound):
    """Value and dual variables of the size bounds, for labels that are shares."""
    n, k = c.shape
    columns = np.zeros((k, n * k))
    rows_ = np.zeros((n, n * k))
    for i, j in product(range(n), range(k)):
        columns[j, i * k + j] = -1
        rows_[i, i * k + j] = 1
    found = linprog(c.reshape(-1), A_ub=columns, b_ub=[-bound] * k, A_eq=rows_, b_eq=[1] * n, bounds=(0, None))
    return found.fun, -found.ineqlin.marginals


def hard(c, bound):
    n, k = c.shape
    values = [
        sum(c[i, j] for i, j in enumerate(labels))
        for labels in product(range(k), repeat=n)
        if all(labels.count(j) >= bound for j in range(k))
    ]
    return min(values, default=None)


@pytest.mark.parametrize("seed", range(10))
def test_the_rule_minimises_the_lagrangian(seed):
    rng = np.random.default_rng(seed)
    c, rho = rng.normal(size=(4, 3)), rng.uniform(size=3)
    reduced = c - rho
    best = min(sum(reduced[i, j] for i, j in enumerate(labels)) for labels in product(range(3), repeat=4))
    assert reduced.min(1).sum() == pytest.approx(best)


@pytest.mark.parametrize("seed", range(12))
def test_whole_bounds_leave_no_gap_and_the_dual_value_is_that_of_shares(seed):
    rng = np.random.default_rng(seed)
    c, bound = rng.normal(size=(4, 3)), int(rng.integers(0, 2))
    value, rho = relaxed(c, bound)
    assert value == pytest.approx(hard(c, bound))
    assert (c - rho).min(1).sum() + bound * rho.sum() == pytest.approx(value)


def test_the_gap_of_half_a_bound():
    c = np.array([[0.0, 1], [0, 1]])
    assert relaxed(c, 0.5)[0] == pytest.approx(0.5)
    assert hard(c, 0.5) == 1
    assert examine(claim.DUAL_VALUE.statement, claim.SQUARE_GAP).refutes
    assert examine(claim.WEAK.statement, claim.SHORT | {"v": [[1, 0], [0, 1]]}).in_domain is True


def test_equal_rows_share_a_label_at_every_price():
    for price in np.linspace(-3, 3, 61):
        constraint = core.SizeConstraint(2, lower=1.0)
        constraint.lower_duals = torch.tensor([max(0.0, -price), max(0.0, price)], dtype=torch.float64)
        labels = constraint.assign(torch.tensor([[0.0, 1.0], [0.0, 1.0]]), torch.full((2,), -1))
        assert labels[0] == labels[1]


def test_optimal_prices_of_the_tied_witness():
    value, rho = relaxed(np.array([[0.0, 1], [0, 1]]), 1)
    assert value == pytest.approx(1) and rho[1] - rho[0] == pytest.approx(1)
    assert examine(claim.AT_OPTIMAL.statement, claim.TIED).refutes
    assert examine(claim.IF_UNIQUE.statement, claim.TIED).in_domain is False


@pytest.mark.parametrize(("n", "k"), [(1, 2), (3, 2), (4, 3), (5, 3), (6, 4)])
def test_sizes_are_listed_once_and_all(n, k):
    by_labels = {
        tuple(sorted((labels.count(j) for j in range(k)), reverse=True)) for labels in product(range(k), repeat=n)
    }
    listed = list(lb.partitions(n, k))
    assert set(listed) == by_labels and len(listed) == len(by_labels)
    assert max(min(p) for p in listed) == n // k


def test_three_instances_cannot_be_balanced_over_two_clusters():
    assert hard(np.zeros((3, 2)), 1.5) is None
    assert examine(claim.SOLVABLE.statement, claim.ODD).refutes


@pytest.mark.parametrize(("n", "k"), [(3, 2), (5, 3), (2, 3), (6, 3), (7, 4)])
def test_no_bound_is_missed_by_a_whole_instance(n, k):
    """By enumeration of labellings; with (K − 2)/K in place of (K − 1)/K it fails where K − 1 instances are left over."""
    best = max(min(labels.count(j) for j in range(k)) for labels in product(range(k), repeat=n))
    assert best >= Fraction(n, k) - Fraction(k - 1, k)
    assert (best >= Fraction(n, k) - Fraction(k - 2, k)) is (n % k < k - 1)
    assert best >= n // k


def test_the_examples_with_unique_labels():
    for k in (2, 5, 9):
        point, _ = claim.one_each(k, 1)
        assert examine(claim.IF_UNIQUE.statement, point).supports


def test_proofs_reject_the_twins():
    cases = {
        proofs.minimises: claim.GIVEN_RHO,
        proofs.feasible_if_unique: claim.IF_UNIQUE,
        proofs.solves: claim.SUFFICIENT,
        proofs.weak_duality: claim.WEAK,
        proofs.even: claim.NEARLY,
    }
    for proof, part in cases.items():
        assert proof(part.statement).covers_domain
        assert {proof(twin.statement).outcome for twin in part.twins} == {"rejected"}
    assert proofs.feasible_if_unique(claim.AT_OPTIMAL.statement).outcome == "rejected"
    assert proofs.even(claim.SOLVABLE.statement).outcome == "rejected"


def forgets_prices(original):
    def broken(self, costs, previous):
        self.lower_duals, self.upper_duals = 0 * self.lower_duals, 0 * self.upper_duals
        return original(self, costs, previous)

    return broken


@pytest.mark.parametrize(
    "broken",
    [forgets_prices, lambda f: lambda self, costs, previous: f(self, -costs, previous)],
    ids=["no prices", "the dearest cluster"],
)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_broken_code_is_noticed(broken, dtype, monkeypatch):
    part = rows.lagrangian_part(dtype)
    assert part.checks[0].run(part.statement, QUICK).outcome.name == "SUPPORTS"
    monkeypatch.setattr(core.SizeConstraint, "assign", broken(core.SizeConstraint.assign))
    assert part.checks[0].run(part.statement, QUICK).outcome.name == "REFUTES"
