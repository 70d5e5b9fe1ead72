"""Constraints on the clusters' sizes against linear programmes and enumeration."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch
from scipy.optimize import linprog

from ddcl_core.secu import EntropyConstraint, Greedy, SizeConstraint, assignment_costs, size_entropy


def costs_of(n: int, k: int, seed: int = 0) -> torch.Tensor:
    """Costs that favour cluster 0, so that bounds bind."""
    costs = torch.rand(n, k, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    costs[:, 0] -= 0.4
    return costs


def programme(costs: torch.Tensor, lower: float, upper: float | None) -> float:
    """Least mean cost over fractional assignments with shares between lower/k and upper/k."""
    n, k = costs.shape
    sizes = np.kron(np.ones((1, n)), np.eye(k))
    bounds = [-sizes] + ([sizes] if upper is not None else [])
    limits = [np.full(k, -lower * n / k)] + ([np.full(k, upper * n / k)] if upper is not None else [])
    solved = linprog(
        costs.numpy().ravel() / n,
        A_ub=np.vstack(bounds),
        b_ub=np.concatenate(limits),
        A_eq=np.kron(np.eye(n), np.ones((1, k))),
        b_eq=np.ones(n),
        bounds=(0, 1),
    )
    assert solved.status == 0
    return float(solved.fun)


@pytest.mark.parametrize(("lower", "upper"), [(0.9, None), (1.0, None), (0.5, 1.2), (0.0, 1.0)])
def test_duals_reach_the_linear_programme(lower, upper) -> None:
    """The averages over full passes: bounds and cost as subgradient ascent guarantees, for every number of passes."""
    n, k, rate, passes = 40, 4, 0.02, 1500
    costs = costs_of(n, k)
    constraint = SizeConstraint(k, lower=lower, upper=upper, rate=rate)
    previous = torch.full((n,), -1)
    shares, spent = torch.zeros(k, dtype=torch.float64), 0.0
    for _ in range(passes):
        previous = constraint.assign(costs, previous)
        shares += torch.bincount(previous, minlength=k).double() / n / passes
        spent += float(costs.gather(1, previous.unsqueeze(1)).mean()) / passes
    slack = 1e-12
    assert bool((lower / k - shares <= constraint.lower_duals / (rate * passes) + slack).all())
    assert float((lower / k - shares).max()) < 0.02, "the bound tends to zero as the prices stay bounded"
    squares = k * 1.0
    if upper is not None:
        assert bool((shares - upper / k <= constraint.upper_duals / (rate * passes) + slack).all())
        assert float((shares - upper / k).max()) < 0.02
        squares *= 2
    # |ρ_R|² >= 0 and each step adds at most η² |subgradient|² - 2η (value gap): the mean cost exceeds the optimum by
    # at most η/2 times the largest squared subgradient, whose entries lie in [-1, 1].
    optimum = programme(costs, lower, upper)
    assert spent <= optimum + rate * squares / 2 + slack
    # From below by weak duality at the mean violation: the optimum of the relaxed programme.
    short = max(float((lower / k - shares).max()) * k, 0.0)
    over = 0.0 if upper is None else max(float((shares - upper / k).max()) * k, 0.0)
    assert spent >= programme(costs, max(lower - short, 0.0), None if upper is None else upper + over) - slack


@pytest.mark.parametrize(("lower", "upper"), [(1.0, None), (0.5, 1.5)])
def test_dual_value_against_enumeration(lower, upper) -> None:
    """Weak duality at every price and no gap in the limit, against all 3^6 assignments."""
    n, k, rate = 6, 3, 0.01
    costs = costs_of(n, k, seed=1)
    feasible = []
    for labels in itertools.product(range(k), repeat=n):
        sizes = np.bincount(labels, minlength=k)
        if (sizes >= lower * n / k).all() and (upper is None or (sizes <= upper * n / k).all()):
            feasible.append(sum(float(costs[i, j]) for i, j in enumerate(labels)) / n)
    optimum = min(feasible)
    constraint = SizeConstraint(k, lower=lower, upper=upper, rate=rate)
    best, previous = -math.inf, torch.full((n,), -1)
    for _ in range(2000):
        low, high = constraint.lower_duals, constraint.upper_duals
        priced = (costs - low + high).amin(1).mean() + (low * lower / k).sum()
        value = float(priced - (0 if upper is None else (high * upper / k).sum()))
        assert value <= optimum + 1e-12
        best = max(best, value)
        previous = constraint.assign(costs, previous)
    # Sizes of 6 samples in 3 clusters are whole numbers here, so the programme has an integral optimum; the best of
    # R subgradient steps is within |ρ*|²/(2ηR) + η G²/2 of it, with |ρ*| and G at most 3.
    assert best >= optimum - 9 / (2 * rate * 2000) - rate * 9 / 2
    assert best >= optimum - 0.01


def test_a_batch_is_assigned_by_the_prices_before_it() -> None:
    constraint = SizeConstraint(2, lower=1.0, upper=1.0, rate=0.5)
    costs = torch.tensor([[0.0, 0.3]] * 4)
    assert constraint.assign(costs, torch.full((4,), -1)).tolist() == [0, 0, 0, 0]
    assert constraint.lower_duals.tolist() == [0.0, 0.25] and constraint.upper_duals.tolist() == [0.25, 0.0]
    assert constraint.assign(costs, torch.zeros(4, dtype=torch.int64)).tolist() == [1, 1, 1, 1]
    assert constraint.lower_duals.tolist() == [0.25, 0.0] and constraint.upper_duals.tolist() == [0.0, 0.25]


def test_mini_batches_meet_the_bound_over_the_stream() -> None:
    """shares >= lower/k - ρ/(ηR) holds exactly for the average over any R batches."""
    k, rate, lower = 5, 0.1, 0.9
    constraint = SizeConstraint(k, lower=lower, rate=rate)
    generator = torch.Generator().manual_seed(0)
    total, rounds = torch.zeros(k, dtype=torch.float64), 400
    for _ in range(rounds):
        batch = costs_of(8, k, seed=int(torch.randint(10**6, (1,), generator=generator)))
        total += torch.bincount(constraint.assign(batch, torch.full((8,), -1)), minlength=k).double() / 8
    assert bool((total / rounds >= lower / k - constraint.lower_duals / (rate * rounds) - 1e-12).all())
    assert float(total.min() / rounds) > 0.8 * lower / k
    greedy = torch.bincount(costs_of(3200, k).argmin(1), minlength=k) / 3200
    assert float(greedy.min()) < 0.7 * lower / k, "the case must need the constraint"


def entropy(labels: list[int], k: int, n: int) -> float:
    shares = [labels.count(j) / n for j in range(k)]
    return -sum(share * math.log(share) for share in shares if share > 0)


@pytest.mark.parametrize("weight", [0.0, 0.05, 0.12, 2.0])
def test_entropy_step_is_the_enumerated_minimum_and_descends(weight) -> None:
    n, k = 30, 4
    costs = costs_of(n, k)
    constraint = EntropyConstraint(k, n, weight=weight)
    labels = [-1] * n
    values = []
    for turn in range(4):
        for start in range(0, n, 7):
            index = list(range(n))[start : start + 7]
            previous = torch.tensor([labels[i] for i in index])
            got = constraint.assign(costs[index], previous).tolist()
            for position, i in enumerate(index):
                trials = [
                    float(costs[i, j]) - weight * n * entropy([*labels[:i], j, *labels[i + 1 :]], k, n)
                    for j in range(k)
                ]
                labels[i] = got[position]
                assert trials[got[position]] <= min(trials) + 1e-12
            assert constraint.counts == [labels.count(j) for j in range(k)]
        chosen = sum(float(costs[i, j]) for i, j in enumerate(labels))
        values.append(chosen - weight * n * entropy(labels, k, n))
        assert size_entropy(torch.tensor(labels), k) == pytest.approx(entropy(labels, k, n), abs=1e-14)
        assert turn == 0 or values[-1] <= values[-2] + 1e-12
    if weight == 0:
        assert labels == costs.argmin(1).tolist()
    if weight == 2.0:
        # Unequal sizes would lose more entropy than any sample can gain: 2 * 30 * (H change) beats a cost below 1.4.
        assert max(constraint.counts) - min(constraint.counts) <= 1


def test_costs_by_hand() -> None:
    views = [torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 1.0]])]
    centres = torch.tensor([[1.0, 0.0], [0.6, 0.8]], requires_grad=True)
    got = assignment_costs(views, centres, 0.5)
    torch.testing.assert_close(got, torch.tensor([[-0.5, -0.7]]))
    assert not got.requires_grad
    logs = [math.log(1 + math.exp(-0.8)), math.log(1 + math.exp(1.6))]
    expected = torch.tensor([[sum(logs) / 2, (logs[0] + 0.8 + logs[1] - 1.6) / 2]])
    torch.testing.assert_close(assignment_costs(views, centres, 0.5, "log"), expected)


@pytest.mark.parametrize("make", [lambda: SizeConstraint(3, lower=0.8, upper=1.3), lambda: EntropyConstraint(3, 9)])
def test_state_goes_on_where_it_was(make) -> None:
    first, second = make(), make()
    costs, previous = costs_of(9, 3), torch.full((9,), -1)
    labels = first.assign(costs, previous)
    second.load_state_dict(first.state_dict())
    later = costs_of(9, 3, seed=5)
    assert torch.equal(first.assign(later, labels), second.assign(later, labels))
    assert str(first.state_dict()) == str(second.state_dict())
    with pytest.raises(ValueError, match="state: got the entries"):
        first.load_state_dict({"other": 1})


def test_impossible_bounds_and_bad_batches() -> None:
    for bad, name in (
        (dict(lower=1.1), "lower: got 1.1"),
        (dict(lower=-0.1), "lower: got -0.1"),
        (dict(upper=0.9), "upper: got 0.9"),
        (dict(upper=math.nan), "upper: got nan"),
        (dict(rate=0.0), "rate: got 0.0"),
    ):
        with pytest.raises(ValueError, match=name):
            SizeConstraint(3, **bad)
    with pytest.raises(ValueError, match="weight: got -1"):
        EntropyConstraint(3, 5, weight=-1.0)
    with pytest.raises(ValueError, match="n_clusters: got 0"):
        Greedy(0)
    for constraint in (Greedy(2), SizeConstraint(2), EntropyConstraint(2, 3)):
        with pytest.raises(ValueError, match=r"costs: got shape \(1, 3\)"):
            constraint.assign(torch.zeros(1, 3), torch.tensor([0]))
        with pytest.raises(ValueError, match="previous: got labels from 2 to 2"):
            constraint.assign(torch.zeros(1, 2), torch.tensor([2]))
        with pytest.raises(ValueError, match="costs: got an entry of absolute value nan"):
            constraint.assign(torch.full((1, 2), math.nan), torch.tensor([-1]))
    counted = EntropyConstraint(2, 1)
    with pytest.raises(ValueError, match="previous: got the label 0 more often"):
        counted.assign(torch.zeros(1, 2), torch.tensor([0]))
    with pytest.raises(ValueError, match="beyond n_samples=1"):
        counted.assign(torch.zeros(2, 2), torch.tensor([-1, -1]))
    assert counted.counts == [0, 0], "a refused batch must leave the counts"
