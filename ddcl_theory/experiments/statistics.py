"""Means, intervals and paired tests for few replicates.

With fewer than six replicates every resample is enumerated; for three of them the 95 % percentile interval is then the
range of the values, because each extreme resample has a chance of 1/27.  Such an interval says that the replicates
agree, and little about the next one.
"""

from __future__ import annotations

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


def mean_sd(values: Sequence[float]) -> tuple[float, float]:
    """Mean and sample standard deviation (denominator n - 1; 0 for one value)."""
    x = _checked(values)
    return float(x.mean()), float(x.std(ddof=1)) if x.size > 1 else 0.0


def bootstrap_interval(values: Sequence[float], level: float = 0.95, seed: int = 0) -> tuple[float, float]:
    """Percentile bootstrap interval of the mean (Efron, 1979); the order of the values does not matter."""
    x = np.sort(_checked(values))
    if not 0 < level < 1:
        raise ValueError(f"level: got {level}, accepted are numbers between 0 and 1")
    if x.size <= ENUMERATED_RESAMPLES:
        chosen: NDArray[np.int64] = np.array(list(itertools.product(range(x.size), repeat=x.size)))
    else:
        chosen = np.random.default_rng(seed).integers(0, x.size, (RESAMPLES, x.size))
    # In ascending order all resamples of equal content have the same sum to the last bit.
    means = np.sort(x[chosen], axis=1).mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2], method="inverted_cdf")
    return float(low), float(high)


def share_interval(successes: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """Exact interval of a share (Clopper and Pearson, 1934)."""
    from scipy.stats import binomtest

    if not 0 <= successes <= trials or trials < 1:
        raise ValueError(f"successes: got {successes} of {trials}, accepted 0 to the number of trials, which is ≥ 1")
    interval = binomtest(successes, trials).proportion_ci(level, method="exact")
    return float(interval.low), float(interval.high)


def paired_p(differences: Sequence[float]) -> float:
    """One-sided p-value that paired differences are centred at 0 or below, against above 0.

    Up to 12 pairs the exact sign-flip permutation test of the mean, beyond them the Wilcoxon signed-rank test.
    """
    x = _checked(differences)
    if not x.any():
        return 1.0
    if x.size <= ENUMERATED_SIGNS:
        signs = np.array(list(itertools.product((1.0, -1.0), repeat=x.size)))
        totals = signs @ x
        slack = 1e-12 * np.abs(x).sum()
        return float((totals >= totals[0] - slack).mean())
    from scipy.stats import wilcoxon

    return float(wilcoxon(x, alternative="greater").pvalue)


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values corrected for their number (Holm, 1979), in the order given."""
    for p in p_values:
        if not 0 <= p <= 1:
            raise ValueError(f"p_values: got {p}, accepted are numbers from 0 to 1")
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    corrected, largest = [0.0] * len(p_values), 0.0
    for rank, i in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[i]))
        corrected[i] = largest
    return corrected


def _checked(values: Sequence[float]) -> NDArray[np.float64]:
    x = np.asarray(values, dtype=np.float64)
    if x.ndim != 1 or x.size == 0 or not all(math.isfinite(v) for v in x):
        raise ValueError(f"values: got {list(values)!r}, accepted is a list of at least one finite number")
    return x
