"""Intervals and tests against scipy, hand computation and their definition."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from ddcl_theory.experiments import statistics


def test_mean_and_sd() -> None:
    assert statistics.mean_sd([1.0, 2.0, 6.0]) == pytest.approx((3.0, np.std([1, 2, 6], ddof=1)))
    assert statistics.mean_sd([4.0]) == (4.0, 0.0)


def test_the_interval_of_three_values_is_their_range() -> None:
    assert statistics.bootstrap_interval([0.1, 0.7, 0.3]) == pytest.approx((0.1, 0.7))


def test_equal_values_have_an_interval_without_width() -> None:
    for n in (3, 10):
        assert statistics.bootstrap_interval([0.1] * n) == (pytest.approx(0.1), pytest.approx(0.1))


def test_the_interval_of_many_values_is_that_of_scipy() -> None:
    x = np.random.default_rng(3).normal(size=30)
    ours = statistics.bootstrap_interval(list(x))
    theirs = stats.bootstrap((x,), np.mean, method="percentile", n_resamples=9_999, random_state=1).confidence_interval
    assert ours == pytest.approx((theirs.low, theirs.high), abs=0.02)


def test_the_interval_does_not_depend_on_the_order_of_few_values_and_repeats_itself() -> None:
    values = [0.3, -0.2, 1.5, 0.9]
    assert statistics.bootstrap_interval(values) == statistics.bootstrap_interval(values[::-1])
    many = list(np.random.default_rng(0).normal(size=12))
    assert statistics.bootstrap_interval(many) == statistics.bootstrap_interval(many)


def test_the_interval_covers_the_mean_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    hits = 0
    for _ in range(200):
        low, high = statistics.bootstrap_interval(list(rng.normal(size=20)))
        hits += low <= 0 <= high
    assert 0.85 <= hits / 200 <= 0.99


def test_the_interval_of_a_share() -> None:
    assert statistics.share_interval(3, 3) == pytest.approx((0.025 ** (1 / 3), 1.0))
    assert statistics.share_interval(0, 10) == pytest.approx((0.0, 1 - 0.025 ** (1 / 10)))


def test_sign_flips_are_counted_exactly() -> None:
    assert statistics.paired_p([1.0, 2.0, 3.0]) == 1 / 8
    assert statistics.paired_p([-1.0, -2.0, -3.0]) == 1.0
    assert statistics.paired_p([0.0, 0.0, 0.0]) == 1.0
    x = np.random.default_rng(1).normal(0.3, 1, 9)
    theirs = stats.permutation_test(
        (x,), np.mean, permutation_type="samples", alternative="greater", n_resamples=np.inf
    ).pvalue
    assert statistics.paired_p(list(x)) == pytest.approx(theirs)


def test_many_pairs_are_tested_by_wilcoxon() -> None:
    x = np.random.default_rng(2).normal(0.5, 1, 20)
    assert statistics.paired_p(list(x)) == pytest.approx(stats.wilcoxon(x, alternative="greater").pvalue)


def test_holm_by_hand() -> None:
    assert statistics.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert statistics.holm([0.9, 0.8]) == [1.0, 1.0]
    assert statistics.holm([]) == []


@pytest.mark.parametrize("values", [[], [float("nan")], [1.0, float("inf")]])
def test_what_has_no_mean_is_refused(values: list[float]) -> None:
    for function in (statistics.mean_sd, statistics.bootstrap_interval, statistics.paired_p):
        with pytest.raises(ValueError, match="values: got"):
            function(values)


def test_what_is_no_share_or_probability_is_refused() -> None:
    with pytest.raises(ValueError, match="successes: got 4 of 3"):
        statistics.share_interval(4, 3)
    with pytest.raises(ValueError, match="p_values: got 1.5"):
        statistics.holm([1.5])
    with pytest.raises(ValueError, match="level: got 1"):
        statistics.bootstrap_interval([1.0], level=1.0)


def test_renumbered_replicates_have_the_same_interval() -> None:
    values = np.random.default_rng(1).normal(size=10)
    assert statistics.bootstrap_interval(list(values)) == statistics.bootstrap_interval(list(values[::-1]))
