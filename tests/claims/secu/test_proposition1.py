"""Counting empty clusters by enumeration; soft labels; which proofs need which hypotheses."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from ddcl_proofs.secu import proposition1 as proofs
from ddcl_theory.checks.ablation import without
from ddcl_theory.claim import Statement
from ddcl_theory.claims.secu import proposition1 as claim
from ddcl_theory.evaluate import fractions
from ddcl_theory.point import exact
from ddcl_theory.relation import at_least_zero


def values(roots, y):
    x = claim.BATCH.namespace({"b": len(y), "k": len(y[0])})
    return fractions([root(x) for root in roots], {"y": exact(y)})


@pytest.mark.parametrize(("b", "k"), [(1, 1), (1, 4), (2, 3), (3, 3), (4, 2)])
def test_the_predicates_count_empty_clusters_for_every_labelling(b, k):
    least = k
    for labels in product(range(k), repeat=b):
        y = [[int(j == label) for j in range(k)] for label in labels]
        count = k - len(set(labels))
        empty, lightest, shortfall = values((claim.empty, claim.lightest, claim.shortfall), y)
        assert empty == count
        assert lightest == 0
        assert shortfall == count - (k - b)
        least = min(least, count)
    assert least == max(0, k - b)


def test_soft_labels_leave_no_cluster_without_weight():
    tau, p = 0.9, np.array([0.7, 0.2, 0.1])
    y = tau * np.eye(3)[0] + (1 - tau) * p
    assert (y > 0).all()
    assert values((claim.lightest,), claim.HALVES["y"]) == [0.5]


def test_the_share_of_the_remark():
    assert pytest.approx(0.9, abs=0.003) == (10_000 - 1_024) / 10_000


def test_proofs_reject_the_twins_and_want_sums_of_one():
    for proof, part in (
        (proofs.pigeonhole, claim.COUNT),
        (proofs.shortfall, claim.SHORTFALL),
        (proofs.says_nothing, claim.LARGE_BATCH),
    ):
        assert proof(part.statement).outcome in ("proved", "vacuous")
        assert [proof(twin.statement).outcome for twin in part.twins] == ["rejected"]
        loose = next(h for h in part.statement.hypotheses() if h.id == "y-sums-to-one")
        if proof is not proofs.says_nothing:
            assert proof(without(part.statement, loose)).outcome == "rejected"


def test_a_small_batch_is_not_vacuous():
    bare = Statement(claim.LARGE, at_least_zero(claim.surplus), (claim.ONE_HOT,))
    assert proofs.says_nothing(bare).outcome == "rejected"
