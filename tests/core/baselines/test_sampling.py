"""Sampling uniformly over clusters: the counts that it promises, counted."""

from __future__ import annotations

from collections import Counter

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from ddcl_core.baselines.sampling import uniform_over_clusters


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@given(st.lists(st.integers(0, 6), min_size=1, max_size=40), st.integers(1, 100), st.integers(0, 5))
def test_clusters_and_their_samples_are_drawn_equally_often(labels: list[int], size: int, seed: int) -> None:
    drawn = uniform_over_clusters(torch.tensor(labels), size, seeded(seed)).tolist()
    assert len(drawn) == size
    of_cluster = Counter(labels[index] for index in drawn)
    counts = [of_cluster[cluster] for cluster in set(labels)]
    assert max(counts) - min(counts) <= 1
    of_sample = Counter(drawn)
    for cluster in set(labels):
        members = [of_sample[index] for index, label in enumerate(labels) if label == cluster]
        assert max(members) - min(members) <= 1


def test_order_is_random_and_follows_the_seed() -> None:
    labels = torch.arange(60) % 3
    first, again, other = (uniform_over_clusters(labels, 60, seeded(seed)) for seed in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert sorted(first.tolist()) == sorted(other.tolist()) == list(range(60))


def test_which_cluster_gets_the_remainder_varies() -> None:
    labels = torch.tensor([0, 1, 2])
    favoured = {int(uniform_over_clusters(labels, 4, seeded(seed)).bincount().argmax()) for seed in range(30)}
    assert favoured == {0, 1, 2}


def test_first_places_are_shared_evenly() -> None:
    labels = torch.tensor([0] * 90 + [1] * 10)
    firsts = [int(labels[uniform_over_clusters(labels, 100, seeded(seed))[0]]) for seed in range(400)]
    # Half of 400 within five standard deviations.
    assert abs(sum(firsts) - 200) <= 5 * 10


@pytest.mark.parametrize(
    ("labels", "size", "message"),
    [
        (torch.tensor([0.0]), 1, "labels: got torch.float32"),
        (torch.zeros(0, dtype=torch.int64), 1, "labels: got torch.int64 of shape"),
        (torch.zeros(2, 2, dtype=torch.int64), 1, "labels: got torch.int64 of shape"),
        (torch.tensor([0, -1]), 1, "labels: got -1"),
        (torch.tensor([0]), 0, "size: got 0"),
    ],
)
def test_bad_input_is_named(labels: Tensor, size: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        uniform_over_clusters(labels, size, seeded())
