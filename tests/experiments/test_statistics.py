"""Intervals and tests against scipy, hand computation and their definition."""

from __future__ import annotations

import itertools

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
    assert statistics.sign_flip_p([1.0, 2.0, 3.0]) == 1 / 8
    assert statistics.sign_flip_p([-1.0, -2.0, -3.0]) == 1.0
    assert statistics.sign_flip_p([0.0, 0.0, 0.0]) == 1.0
    assert statistics.sign_flip_p([0.5] * 10) == 1 / 1024
    x = np.random.default_rng(1).normal(0.3, 1, 9)
    assert statistics.sign_flip_p(list(x)) == pytest.approx(scipy_sign_flips(x, np.inf))


def scipy_sign_flips(x: np.ndarray, resamples: float) -> float:
    found = stats.permutation_test(
        (x,), np.mean, permutation_type="samples", alternative="greater", n_resamples=resamples, rng=1
    )
    return float(found.pvalue)


def test_many_sign_flips_are_drawn() -> None:
    x = np.random.default_rng(2).normal(0.3, 1, 20)
    assert statistics.sign_flip_p(list(x)) == pytest.approx(scipy_sign_flips(x, 99_999), abs=0.01)
    assert statistics.sign_flip_p([1.0] * 30) == 1 / 10_000


def test_the_level_can_be_met_from_six_replicates_on() -> None:
    n = statistics.FEWEST_TESTED
    assert statistics.sign_flip_p([1.0] * n) <= statistics.LEVEL < statistics.sign_flip_p([1.0] * (n - 1))


def test_corrected_p_by_definition() -> None:
    """Step-down maxT with t statistics, every sign enumerated in plain loops."""
    x = np.random.default_rng(4).normal(0.6, 1, (3, 6)) + np.array([[0.0], [0.5], [1.0]])
    t = [[float(stats.ttest_1samp(row * s, 0).statistic) for row in x] for s in itertools.product((1, -1), repeat=6)]
    order = sorted(range(3), key=lambda i: -t[0][i])
    expected, largest = [0.0] * 3, 0.0
    for place, i in enumerate(order):
        share = np.mean([max(flipped[j] for j in order[place:]) >= t[0][i] - 1e-9 for flipped in t])
        largest = max(largest, float(share))
        expected[i] = largest
    assert statistics.corrected_p(x.tolist()) == pytest.approx(expected)


def test_corrected_p_of_copies_is_that_of_one() -> None:
    x = list(np.random.default_rng(7).normal(0.5, 1, 10))
    assert statistics.corrected_p([x] * 50) == [statistics.sign_flip_p(x)] * 50


def test_corrected_p_holds_its_level_over_a_family() -> None:
    rng = np.random.default_rng(0)
    alone, together = 0, 0
    for _ in range(200):
        x = rng.normal(size=(12, 8))
        alone += min(statistics.sign_flip_p(list(row)) for row in x) <= statistics.LEVEL
        together += min(statistics.corrected_p(x.tolist())) <= statistics.LEVEL
    assert together <= 12 < 30 <= alone


def test_corrected_p_does_not_depend_on_the_order_of_replicates() -> None:
    x = np.random.default_rng(3).normal(0.4, 1, (4, 15))
    assert statistics.corrected_p(x.tolist()) == statistics.corrected_p(x[:, ::-1].tolist())


def test_the_number_of_rejections_by_definition() -> None:
    x = np.random.default_rng(8).normal(0.5, 1, (4, 7))
    signs = list(itertools.product((1, -1), repeat=7))
    counts = [sum(statistics.sign_flip_p(list(row * s)) <= statistics.LEVEL for row in x) for s in signs]
    assert counts[0] > 0
    assert statistics.count_p(x.tolist()) == pytest.approx(np.mean([c >= counts[0] for c in counts]))


def test_the_number_of_rejections_holds_its_level_and_has_power() -> None:
    rng = np.random.default_rng(1)
    null = [statistics.count_p((rng.normal(size=(20, 8)) + rng.normal(size=8)).tolist()) for _ in range(200)]
    assert np.mean([p <= statistics.LEVEL for p in null]) <= 0.06
    assert statistics.count_p((0.62 + rng.normal(size=(40, 10))).tolist()) < 0.01
    assert statistics.count_p([[0.0] * 6] * 3) == 1.0


def test_a_missing_replicate_counts_in_the_lists_that_have_it() -> None:
    x = [1.0, 2.0, 1.5, 0.5, 1.0, 2.5]
    whole, lacking = statistics.corrected_p([x, [*x[:5], None]])
    assert whole <= lacking == pytest.approx(1 / 32)
    assert statistics.corrected_p([]) == []


@pytest.mark.parametrize("families", [[[None, None]], [[1.0, float("inf")]]])
def test_lists_without_a_number_are_refused(families: list[list[float | None]]) -> None:
    with pytest.raises(ValueError, match="families: "):
        statistics.corrected_p(families)


@pytest.mark.parametrize("values", [[], [float("nan")], [1.0, float("inf")]])
def test_what_has_no_mean_is_refused(values: list[float]) -> None:
    for function in (statistics.mean_sd, statistics.bootstrap_interval, statistics.sign_flip_p):
        with pytest.raises(ValueError, match="values: got"):
            function(values)


def test_what_is_no_share_or_level_is_refused() -> None:
    with pytest.raises(ValueError, match="successes: got 4 of 3"):
        statistics.share_interval(4, 3)
    with pytest.raises(ValueError, match="level: got 1"):
        statistics.bootstrap_interval([1.0], level=1.0)


def test_renumbered_replicates_have_the_same_interval() -> None:
    values = np.random.default_rng(1).normal(size=10)
    assert statistics.bootstrap_interval(list(values)) == statistics.bootstrap_interval(list(values[::-1]))
