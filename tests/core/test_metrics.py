"""Scores of a clustering against brute force, formulas written out, and scikit-learn's contract."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch

from ddcl_core.metrics import Scores, clustering_accuracy, match_labels, score_clustering


def brute_force_accuracy(true: np.ndarray, found: np.ndarray) -> float:
    """Best share over all injections between clusters and classes."""
    classes, clusters = sorted(set(true)), sorted(set(found))
    short, long = (clusters, classes) if len(clusters) <= len(classes) else (classes, clusters)
    best = 0
    for image in itertools.permutations(long, len(short)):
        pairs = set(zip(short, image, strict=True))
        if short is classes:
            pairs = {(cluster, kind) for kind, cluster in pairs}
        best = max(best, sum((f, t) in pairs for t, f in zip(true, found, strict=True)))
    return best / len(true)


@pytest.mark.parametrize("classes, clusters", [(3, 3), (2, 4), (4, 2), (1, 3), (3, 1)])
@pytest.mark.parametrize("seed", range(5))
def test_accuracy_is_the_best_matching(classes, clusters, seed):
    rng = np.random.default_rng(seed)
    true, found = rng.integers(0, classes, 17), rng.integers(0, clusters, 17)
    assert clustering_accuracy(true, found) == brute_force_accuracy(true, found)


def test_nmi_divides_by_the_geometric_mean():
    """Classes (1/2, 1/2), clusters (3/4, 1/4) split inside class 1: I = H(classes) - (3/4) H(2/3, 1/3)."""
    true, found = [0, 0, 1, 1], [0, 0, 0, 1]
    conditional = 0.75 * -(2 / 3 * math.log(2 / 3) + 1 / 3 * math.log(1 / 3))
    information = math.log(2) - conditional
    entropies = math.log(2) * -(0.75 * math.log(0.75) + 0.25 * math.log(0.25))
    assert score_clustering(true, found).nmi == pytest.approx(information / math.sqrt(entropies), rel=1e-12)


def test_ari_counts_pairs():
    true, found = np.array([0, 0, 1, 1, 1, 2]), np.array([0, 0, 0, 1, 1, 1])
    same = [(true[i] == true[j], found[i] == found[j]) for i, j in itertools.combinations(range(6), 2)]
    both, rows, columns = (sum(map(bool, x)) for x in zip(*((a and b, a, b) for a, b in same), strict=True))
    expected = rows * columns / len(same)
    assert score_clustering(true, found).ari == pytest.approx((both - expected) / ((rows + columns) / 2 - expected))


def test_renaming_and_the_kind_of_labels_change_nothing():
    true = np.array([0, 0, 1, 1, 2, 2, 2])
    found = np.array([2, 2, 0, 1, 1, 1, 1])
    names = np.array(["c", "a", "b"])[found]
    assert score_clustering(true, found) == score_clustering(torch.tensor(true), names)
    assert score_clustering(true, (true + 1) % 3) == Scores(1.0, 1.0, 1.0)


def test_matching_leaves_the_surplus_out():
    assert match_labels([0, 0, 1, 1], ["x", "x", "y", "z"]) in ({"x": 0, "y": 1}, {"x": 0, "z": 1})


def test_many_samples_do_not_overflow():
    """Pair counts pass 2^31 from 65 537 samples on."""
    labels = np.arange(200_000) % 4
    assert score_clustering(labels, labels) == Scores(1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    "true, found, text",
    [
        ([], [], "labels_true: got shape"),
        ([0, 1], [[0, 1]], "labels: got shape"),
        ([0, 1], [0], "labels: got 1 labels, accepted 2"),
        ([0.0, math.nan], [0, 1], "labels_true: got a label that is not finite"),
    ],
)
def test_bad_labels_are_named(true, found, text):
    with pytest.raises(ValueError, match=text):
        score_clustering(true, found)


def test_scores_read_as_one_line():
    assert str(Scores(0.79312, 0.7, 0.665)) == "ACC 0.793  NMI 0.700  ARI 0.665"
