"""MADELON-style data and the span of their samples."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from sklearn.datasets import make_classification

from ddcl_theory.experiments import madelon


def test_informative_features_tell_the_classes_and_noise_does_not() -> None:
    x, y = madelon.informative_and_noise(40, 5, 20.0, 3)
    assert x.shape == (madelon.SAMPLES, 40) and set(y.tolist()) == {0, 1}
    gap = np.abs(x[y == 0].mean(0) - x[y == 1].mean(0))
    # Noise has deviation 1, so that a gap of class means has 0.2; an informative one is 0 or some 40.
    assert 1 <= int((gap > 5).sum()) <= 5
    noise = x[:, np.abs(x).max(0) < 8]
    assert noise.shape[1] >= 35
    np.testing.assert_allclose(noise.std(0).mean(), 1, atol=0.05)


@pytest.mark.parametrize(
    "make", [lambda s: madelon.informative_and_noise(10, 5, 1.0, s), lambda s: madelon.all_informative(30, 1.0, s)]
)
def test_data_belong_to_their_seed_and_cannot_be_written_to(make: Callable[[int], madelon.Labelled]) -> None:
    first, second = make(1), make(2)
    madelon.informative_and_noise.cache_clear()
    madelon.all_informative.cache_clear()
    again = make(1)
    assert (again[0] == first[0]).all() and (again[1] == first[1]).all() and (first[0] != second[0]).any()
    with pytest.raises(ValueError, match="read-only"):
        first[0][0, 0] = 1.0


def test_data_in_tiles_have_the_law_of_the_generator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(madelon, "TILE", 130)
    d, largest = 400, []
    for seed in range(4):
        x, _ = madelon.all_informative(d, madelon.WIDE, 100 + seed)
        np.testing.assert_allclose((x.mean(0), x.std(0)), (np.zeros(d), np.ones(d)), atol=1e-9)
        options = {"n_redundant": 0, "n_clusters_per_class": 1, "class_sep": madelon.WIDE, "random_state": seed}
        other, _ = make_classification(madelon.SAMPLES, d, n_informative=d, **options)
        both = [np.linalg.svd(a, compute_uv=False)[:2] for a in (x, madelon.standardise(other))]
        largest.append(np.concatenate(both))
    ours, theirs = np.mean(largest, axis=0).reshape(2, 2)
    np.testing.assert_allclose(ours, theirs, rtol=0.08)


def test_classes_are_halves_but_for_the_labels_drawn_anew() -> None:
    wrong = [int((madelon.all_informative(8, 1.0, s)[1] != np.arange(madelon.SAMPLES) % 2).sum()) for s in range(60)]
    # 1 % of 100 labels, half of which fall back on the old one.
    assert 0.2 < np.mean(wrong) < 0.9


@pytest.mark.parametrize("d", [3, 12, 400])
def test_coordinates_of_the_span_keep_all_distances(d: int) -> None:
    x = np.random.default_rng(0).normal(size=(12, d)) + 3
    found = madelon.span_coordinates(x)
    assert found.shape == (12, min(12, d))
    before, after = (((a[:, None] - a[None]) ** 2).sum(-1) for a in (x, found))
    np.testing.assert_allclose(after, before, rtol=1e-9, atol=1e-9)


def test_coordinates_have_as_many_columns_as_the_rank() -> None:
    x = np.random.default_rng(0).normal(size=(12, 400))
    assert madelon.span_coordinates(x - x.mean(0)).shape == (12, 11)


def test_what_lies_outside_the_span_is_measured() -> None:
    x = np.array([[2.0, 0, 0], [1, 1, 0]])
    assert madelon.outside_the_span(x, np.array([[5.0, -7, 0]])) == pytest.approx(0, abs=1e-15)
    assert madelon.outside_the_span(x, np.array([[1.0, 0, 0], [0, 0, 9]])) == pytest.approx(1)
    assert madelon.outside_the_span(x, np.array([[3.0, 0, 4]])) == pytest.approx(16 / 25)
    assert madelon.outside_the_span(x, np.zeros((1, 3))) == 0
