"""Data of GBCL's experiments: three sets in the plane, and MADELON with all features informative.

The text leaves noise, the spiral's law and the distance of MADELON's classes open.  Here they are those of the code
that the paper cites; Tables 1 and 2, which give the largest and the smallest singular value of each set, tell whether
that is what was run.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ddcl_theory.experiments.madelon import Labelled, standardise

SAMPLES = 500
NOISE = 0.05
DATASETS = ("spiral", "moons", "circles")
#: Degrees at which the spiral begins and ends.
TURN = (30.0, 1440.0)


def plane(name: str, seed: int) -> Labelled:
    """Standardised points (n, 2) and classes (n,); the spiral is one cluster and has no noise."""
    from sklearn.datasets import make_circles, make_moons

    if name == "spiral":
        angle = np.radians(np.linspace(*TURN, SAMPLES))
        x = angle[:, None] ** 2 * np.stack([np.cos(angle), np.sin(angle)], 1)
        return standardise(x), np.zeros(SAMPLES, dtype=np.int64)
    if name == "moons":
        x, y = make_moons(SAMPLES, noise=NOISE, random_state=seed)
    elif name == "circles":
        x, y = make_circles(SAMPLES, noise=NOISE, factor=0.5, random_state=seed)
    else:
        raise ValueError(f"dataset: got {name!r}, accepted are {', '.join(DATASETS)}")
    return standardise(x), y


def singular_values(x: NDArray[np.float64]) -> tuple[float, float]:
    """The largest and the smallest of the min(n, d) singular values."""
    found = np.linalg.svd(x, compute_uv=False)
    return float(found[0]), float(found[-1])


def majority_accuracy(y: NDArray[np.int64], labels: NDArray[np.int64]) -> float:
    """Share of samples that belong to the class which is most frequent in their cluster."""
    counts = np.zeros((int(labels.max()) + 1, int(y.max()) + 1), dtype=np.int64)
    np.add.at(counts, (labels, y), 1)
    return float(counts.max(1).sum() / len(y))


def majority_by_chance(y: NDArray[np.int64], labels: NDArray[np.int64], seed: int, draws: int = 100) -> float:
    """Mean majority accuracy of the same clusters when the classes are shuffled."""
    rng = np.random.default_rng(seed)
    return float(np.mean([majority_accuracy(rng.permutation(y), labels) for _ in range(draws)]))
