"""Means, intervals and paired tests for few replicates.

With fewer than six replicates every resample is enumerated; for three of them the 95 % percentile interval is then the
range of the values, because each extreme resample has a chance of 1/27.  Such an interval says that the replicates
agree, and little about the next one.  From six replicates on the sign-flip test can reject at 2.5 %, whose level is
exact where differences are symmetric about 0; a percentile interval of ten values is narrower than it says.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

#: Fewer replicates than this decide nothing.
FEWEST = 3
#: Up to this many replicates every resample, or sign, is enumerated.
ENUMERATED_RESAMPLES = 5
ENUMERATED_SIGNS = 12
RESAMPLES = 9_999
#: The level of one-sided tests, that of either end of a 95 % interval.
LEVEL = 0.025
#: Ratios closer than this are ties.
SLACK = 1e-12
#: From this many replicates on the sign-flip test can fall below the level: 2⁻⁶ < 0.025 < 2⁻⁵.
FEWEST_TESTED = 6


def mean_sd(values: Sequence[float]) -> tuple[float, float]:
    """Mean and sample standard deviation (denominator n - 1; 0 for one value)."""
    x = _checked(values)
    return float(x.mean().clip(x.min(), x.max())), float(x.std(ddof=1)) if x.size > 1 else 0.0


def bootstrap_interval(values: Sequence[float], level: float = 0.95, seed: int = 0) -> tuple[float, float]:
    """Percentile bootstrap interval of the mean (Efron, 1979); the order of the values does not matter."""
    x = np.sort(_checked(values))
    if not 0 < level < 1:
        raise ValueError(f"level: got {level}, accepted are numbers between 0 and 1")
    if x.size <= ENUMERATED_RESAMPLES:
        chosen: NDArray[np.int64] = np.array(list(itertools.product(range(x.size), repeat=x.size)))
    else:
        chosen = np.random.default_rng(seed).integers(0, x.size, (RESAMPLES, x.size))
    # In ascending order all resamples of equal content have the same sum to the last bit; rounding takes none of them
    # beyond the values, where equal ones would seem to lie on a side of what they equal.
    means = np.sort(x[chosen], axis=1).mean(axis=1).clip(x[0], x[-1])
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2], method="inverted_cdf")
    return float(low), float(high)


def share_interval(successes: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """Exact interval of a share (Clopper and Pearson, 1934)."""
    from scipy.stats import binomtest

    if not 0 <= successes <= trials or trials < 1:
        raise ValueError(f"successes: got {successes} of {trials}, accepted 0 to the number of trials, which is ≥ 1")
    interval = binomtest(successes, trials).proportion_ci(level, method="exact")
    return float(interval.low), float(interval.high)


def sign_flip_p(differences: Sequence[float]) -> float:
    """One-sided p-value of paired differences whose mean is 0 or below, against above 0 (Fisher, 1935).

    Up to 12 pairs all signs are enumerated; beyond them 9999 random ones are counted beside the signs observed.
    """
    return corrected_p([_checked(differences).tolist()])[0]


def sign_ratio(differences: Sequence[float]) -> float:
    """Sum over the square root of n times the sum of squares, from -1 to 1: what sign flips compare (0 where all are 0).

    It grows with the t statistic, and no variance of 0 makes it infinite.
    """
    x = _checked(differences)
    norm = math.sqrt(x.size * float(np.square(x).sum()))
    return float(x.sum()) / norm if norm > 0 else 0.0


def corrected_p(families: Sequence[Sequence[float | None]]) -> list[float]:
    """`sign_flip_p` of each list of differences, corrected for their number (step-down maxT, Westfall and Young, 1993).

    families: one list a hypothesis, all of one length; position i of each belongs to replicate i, or is None where that
    replicate has no value.  The signs of a replicate are flipped in all lists together, so that what the lists share is
    not counted twice; the order of the replicates does not matter.
    """
    if not families:
        return []
    ratios = _flipped(families)
    order = np.argsort(-ratios[0], kind="stable")
    largest = np.maximum.accumulate(ratios[:, order][:, ::-1], axis=1)[:, ::-1]
    shares = (largest >= ratios[0, order] - SLACK).mean(axis=0)
    corrected = np.empty(len(order))
    corrected[order] = np.maximum.accumulate(shares)
    return [float(p) for p in corrected]


def count_p(families: Sequence[Sequence[float | None]]) -> float:
    """p-value of how many of the lists `sign_flip_p` puts at or below the level, where the mean of none is above 0.

    families: as in `corrected_p`.  Lists that share their replicates fall together, so that few or many of them may by
    chance; the common flips of signs count how often at least as many do.
    """
    ratios = _flipped(families)
    ascending = np.sort(ratios, axis=0)
    columns = zip(ascending.T, ratios.T, strict=True)
    below = np.array([np.searchsorted(column, found - SLACK) for column, found in columns]).T
    rejected = ((len(ratios) - below) <= LEVEL * len(ratios)).sum(axis=1)
    return float((rejected >= rejected[0]).mean())


def _flipped(families: Sequence[Sequence[float | None]]) -> NDArray[np.float64]:
    """`sign_ratio` of each list (columns) under each row of signs, the signs observed first."""
    x = np.array([[math.nan if v is None else v for v in row] for row in families], dtype=np.float64)
    if x.ndim != 2 or np.isinf(x).any():
        raise ValueError("families: accepted are lists of one length of finite numbers and None")
    # One order of the replicates, whatever the one given: random signs belong to positions.
    x = x[:, np.lexsort(x[::-1])]
    there = ~np.isnan(x)
    if not there.any(axis=1).all():
        raise ValueError("families: got a list without a number, accepted are lists with at least one")
    x = np.where(there, x, 0.0)
    norms = np.sqrt(there.sum(axis=1) * np.square(x).sum(axis=1))
    flipped: NDArray[np.float64] = _signs(x.shape[1]) @ (x / np.where(norms > 0, norms, 1.0)[:, None]).T
    return flipped


@functools.cache
def _signs(replicates: int) -> NDArray[np.float64]:
    """Rows of signs, the first all +1."""
    if replicates <= ENUMERATED_SIGNS:
        return np.array(list(itertools.product((1.0, -1.0), repeat=replicates)))
    drawn = np.random.default_rng(0).choice((1.0, -1.0), (RESAMPLES, replicates))
    return np.vstack([np.ones(replicates), drawn])


def _checked(values: Sequence[float]) -> NDArray[np.float64]:
    x = np.asarray(values, dtype=np.float64)
    if x.ndim != 1 or x.size == 0 or not all(math.isfinite(v) for v in x):
        raise ValueError(f"values: got {list(values)!r}, accepted is a list of at least one finite number")
    return x
