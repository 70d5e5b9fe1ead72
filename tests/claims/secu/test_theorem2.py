"""Label updates by enumeration and by plain floats, apart from the expressions of the claim."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
import torch

from ddcl_core.secu import assignment as core
from ddcl_proofs.secu import theorem2 as proofs
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claim import Statement, examine
from ddcl_theory.claims.secu import float_rows_labels as rows
from ddcl_theory.claims.secu import theorem2 as claim
from ddcl_theory.claims.secu import theorem2_convergence as rest
from ddcl_theory.claims.secu import theorem2_moves as moves
from ddcl_theory.evaluate import balls
from ddcl_theory.point import exact
from ddcl_theory.relation import at_least_zero

QUICK = Settings(profile=PROFILES["quick"])


def entropy(labels, k):
    counts = [labels.count(j) for j in range(k)]
    return -sum(m / len(labels) * math.log(m / len(labels)) for m in counts if m)


def objective(c, labels, alpha):
    return sum(c[i][j] for i, j in enumerate(labels)) - alpha * entropy(labels, len(c[0]))


def score(c, labels, alpha, i, j):
    return c[i][j] - alpha * entropy([*labels[:i], j, *labels[i + 1 :]], len(c[0]))


def updated(c, labels, alpha, in_turn):
    old, new = list(labels), list(labels)
    for i in range(len(c)):
        seen = new if in_turn else old
        new[i] = min(range(len(c[0])), key=lambda j, seen=seen, i=i: score(c, seen, alpha, i, j))
    return new


def one_hot(labels, k):
    return [[int(j == label) for j in range(k)] for label in labels]


@pytest.mark.parametrize("seed", range(40))
def test_in_turn_the_objective_never_rises(seed):
    rng = np.random.default_rng(seed)
    n, k = int(rng.integers(1, 8)), int(rng.integers(2, 5))
    c, alpha = rng.normal(size=(n, k)).tolist(), float(rng.uniform(0, 4))
    labels = rng.integers(k, size=n).tolist()
    for _ in range(3):
        after = updated(c, labels, alpha, True)
        assert objective(c, after, alpha) <= objective(c, labels, alpha) + 1e-12
        labels = after


@pytest.mark.parametrize("seed", range(5))
def test_the_predicate_is_the_change_of_the_objective(seed):
    rng = np.random.default_rng(seed)
    c = [[int(v) for v in row] for row in rng.integers(-3, 4, size=(3, 3))]
    old, new = (rng.integers(3, size=3).tolist() for _ in range(2))
    x = moves.DOMAIN.namespace({"n": 3, "k": 3})
    point = {"c": exact(c), "y": exact(one_hot(old, 3)), "u": exact(one_hot(new, 3)), "alpha": exact("3/2")}
    (found,) = balls([moves.drop(x)], point)
    assert float(found) == pytest.approx(objective(c, old, 1.5) - objective(c, new, 1.5), abs=1e-12)


def test_two_equal_instances_that_move_together():
    c = [[0, 0.5]] * 2
    assert updated(c, [0, 0], 1, False) == [1, 1]
    assert objective(c, [1, 1], 1) - objective(c, [0, 0], 1) == 1
    assert updated(c, [0, 0], 1, True) == [1, 0]
    printed = claim.together("descent", moves.DOMAIN, moves.ONE_HOT, moves.TWO, moves.STILL, claim.TURNS)
    assert examine(printed.statement, moves.TWO).refutes
    assert examine(claim.TURNS.statement, moves.TWO).in_domain is False
    assert examine(claim.TURNS.statement, moves.TURN).supports


@pytest.mark.parametrize("b", [2, 3, 5])
def test_batches_of_any_size_above_one_can_raise_the_objective(b):
    """b equal instances in cluster 1 beside one that stays there: each alone gains by moving, all together lose."""
    labels, together = [0] * (b + 1), [1] * b + [0]
    alone = entropy([1] + labels[1:], 2)
    assert entropy(together, 2) == pytest.approx(alone)
    costs = [[0, alone * 0.9]] * b + [[0, 9]]
    assert updated(costs, labels, 1, False) == together
    assert objective(costs, together, 1) > objective(costs, labels, 1)


def test_the_mean_of_two_views_falls_where_one_rises():
    first, second = [[0, 1]], [[2, 0]]
    mean = [[1, 0.5]]
    assert updated(mean, [0], 0, True) == [1]
    assert objective(first, [1], 0) > objective(first, [0], 0)
    assert objective(second, [1], 0) + objective(first, [1], 0) < objective(second, [0], 0) + objective(first, [0], 0)


def log_costs(s, lam):
    return [[-v / lam + math.log(sum(math.exp(w / lam) for w in row)) for v in row] for row in s]


@pytest.mark.parametrize("seed", range(10))
def test_the_rule_with_similarities_is_the_rule_with_another_weight(seed):
    rng = np.random.default_rng(seed)
    s, lam, alpha = rng.uniform(-1, 1, size=(5, 3)), float(rng.uniform(0.05, 1)), float(rng.uniform(0, 2))
    labels = rng.integers(3, size=5).tolist()
    assert updated((-s).tolist(), labels, alpha, True) == updated(log_costs(s.tolist(), lam), labels, alpha / lam, True)


def test_similarities_with_the_same_weight():
    s = [[0, -0.5]] * 2
    assert updated([[0, 0.5]] * 2, [0, 0], 1, True) == [1, 0]
    c = log_costs(s, 0.5)
    assert objective(c, [1, 0], 1) - objective(c, [0, 0], 1) == pytest.approx(1 - math.log(2))


@pytest.mark.parametrize("seed", range(10))
def test_the_objective_stays_above_its_bound(seed):
    rng = np.random.default_rng(seed)
    n, k, alpha = int(rng.integers(1, 6)), int(rng.integers(2, 5)), float(rng.uniform(0, 4))
    c, labels = rng.normal(size=(n, k)), rng.integers(k, size=n).tolist()
    assert objective(c.tolist(), labels, alpha) >= c.min(1).sum() - alpha * math.log(k) - 1e-12


@pytest.mark.parametrize("seed", range(10))
def test_labels_come_to_rest_when_ties_go_to_the_first_cluster(seed):
    rng = np.random.default_rng(seed)
    c, labels = rng.integers(0, 2, size=(6, 3)).tolist(), rng.integers(3, size=6).tolist()
    passes = [labels]
    while len(passes) < 60 and (len(passes) == 1 or passes[-1] != passes[-2]):
        labels = list(passes[-1])
        for i in range(6):
            values = [round(score(c, labels, 1, i, j), 9) for j in range(3)]
            labels[i] = values.index(min(values))
        passes.append(labels)
    assert passes[-1] == passes[-2]


def test_rest_is_no_global_minimum():
    c, alpha = [[0, 1], [1, 0]], 2
    values = {labels: objective(c, list(labels), alpha) for labels in product(range(2), repeat=2)}
    assert updated(c, [1, 0], alpha, True) == [1, 0]
    assert min(values.values()) == values[0, 1] == values[1, 0] - 2


@pytest.mark.parametrize("seed", range(10))
def test_labels_come_to_rest_when_ties_keep_them(seed):
    rng = np.random.default_rng(seed)
    c, labels = rng.integers(0, 2, size=(6, 3)).tolist(), rng.integers(3, size=6).tolist()
    for _ in range(60):
        before = list(labels)
        for i in range(6):
            best = min(range(3), key=lambda j, i=i: score(c, labels, 1, i, j) + 1e-9 * (j != labels[i]))
            labels[i] = best
        if labels == before:
            break
    assert labels == before


def test_proofs_reject_the_twins():
    cases = {
        proofs.descends: (claim.TURNS, claim.TURNS_IN_BATCH),
        proofs.descends_averaged: (claim.AVERAGED,),
        proofs.descends_scaled: (claim.SCALED,),
        proofs.converges: (rest.CONVERGES,),
        proofs.settles: (rest.KEPT,),
        proofs.single_moves: (rest.SINGLE_MOVES,),
    }
    for proof, parts in cases.items():
        for part in parts:
            assert proof(part.statement).covers_domain
            assert [proof(twin.statement).outcome for twin in part.twins] == ["rejected"]


def test_the_proof_wants_one_hot_labels():
    loose = Statement(moves.DOMAIN, at_least_zero(moves.drop), (moves.ONE_HOT[0], moves.REFRESHED))
    assert proofs.descends(loose).outcome == "rejected"


def without_refresh(original):
    """All rows of a batch from the counts before it."""

    def broken(self, costs, previous):
        start, labels = list(self.counts), []
        for row, old in zip(costs, previous, strict=True):
            self.counts = list(start)
            labels.append(original(self, row[None], old[None]))
        return torch.cat(labels)

    return broken


def other_sign(original):
    return lambda self, count: -original(self, count)


@pytest.mark.parametrize(
    ("method", "broken", "noticed"),
    [
        ("assign", without_refresh, {"pass-decrease"}),
        ("_price", other_sign, {"first-decrease", "pass-decrease"}),
        ("_price", lambda f: lambda self, count: 1.2 * f(self, count), {"first-decrease"}),
    ],
    ids=["labels of before", "sign of the entropy", "a larger weight"],
)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_broken_code_is_noticed(method, broken, noticed, dtype, monkeypatch):
    def outcomes():
        return {p.id: p.checks[0].run(p.statement, QUICK).outcome.name for p in rows.entropy_parts(dtype)}

    assert set(outcomes().values()) == {"SUPPORTS"}
    monkeypatch.setattr(core.EntropyConstraint, method, broken(getattr(core.EntropyConstraint, method)))
    assert noticed <= {name for name, outcome in outcomes().items() if outcome == "REFUTES"}
