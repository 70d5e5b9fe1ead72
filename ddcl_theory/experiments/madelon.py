"""MADELON-style data of two classes: a normal cluster at a vertex of a hypercube for each, features mixed and noisy.

Source: Guyon, "Design of experiments for the NIPS 2003 variable selection benchmark" (2003), in the form of
scikit-learn's `make_classification`.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

SAMPLES = 100
#: Share of the samples whose class is drawn anew, the generator's default.
FLIPPED = 0.01
#: GBCL: half the side of the hypercube, in units of the clusters' deviation before the features are mixed.
WIDE = 10.0
#: Columns of the mixing matrix that are held at a time: as a whole it has d² entries.
TILE = 512
#: Principal components, where a method is given them: as many as in Block 2 of DDCL, or as there are.
COMPONENTS = 20

Labelled = tuple[NDArray[np.float64], NDArray[np.int64]]


def standardise(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Features of mean 0 and variance 1."""
    standard: NDArray[np.float64] = (x - x.mean(0)) / x.std(0)
    return standard


@functools.lru_cache(maxsize=8)
def informative_and_noise(d: int, informative: int, separation: float, seed: int) -> Labelled:
    """Points (n, d) and classes (n,): `informative` features, the others standard normal noise, in a random order.

    separation: half the side of the hypercube.  The arrays are shared by the callers of this process and read-only.
    """
    from sklearn.datasets import make_classification

    x, y = make_classification(
        SAMPLES,
        n_features=d,
        n_informative=informative,
        n_redundant=0,
        n_classes=2,
        n_clusters_per_class=1,
        class_sep=separation,
        flip_y=FLIPPED,
        random_state=seed,
    )
    return _read_only(x, y.astype(np.int64))


@functools.lru_cache(maxsize=8)
def all_informative(d: int, separation: float, seed: int) -> Labelled:
    """Standardised points (n, d) and classes (n,): every feature informative, without noise features.

    The law is that of `make_classification`, which holds two d × d matrices at once; here they are made in tiles.
    """
    rng = np.random.default_rng([seed, d])
    y = np.arange(SAMPLES, dtype=np.int64) % 2
    vertices = separation * (2.0 * rng.integers(0, 2, (2, d)) - 1)
    x = np.empty((SAMPLES, d))
    for c in (0, 1):
        before = rng.standard_normal((SAMPLES // 2, d))
        for first in range(0, d, TILE):
            mixing = rng.uniform(-1, 1, (d, min(TILE, d - first)))
            x[c::2, first : first + TILE] = before @ mixing + vertices[c, first : first + TILE]
    flipped = rng.random(SAMPLES) < FLIPPED
    y[flipped] = rng.integers(0, 2, int(flipped.sum()))
    return _read_only(standardise(x), y)


def _read_only(x: NDArray[np.float64], y: NDArray[np.int64]) -> Labelled:
    x.flags.writeable = y.flags.writeable = False
    return x, y


def principal(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The leading principal components of x, COMPONENTS of them or as many as it has features."""
    from sklearn.decomposition import PCA

    found: NDArray[np.float64] = PCA(min(COMPONENTS, *x.shape), svd_solver="full").fit_transform(x)
    return found


def span_coordinates(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Coordinates (n, r) of the rows of x (n, d) in an orthonormal basis of their span, r ≤ min(n, d) its rank.

    They follow from the Gram matrix x xᵀ alone, and all distances between rows are the same.
    """
    values, vectors = np.linalg.eigh(x @ x.T)
    kept = values > len(x) * np.finfo(np.float64).eps * values[-1]
    coordinates: NDArray[np.float64] = vectors[:, kept] * np.sqrt(values[kept])
    return coordinates


def outside_the_span(x: NDArray[np.float64], prototypes: NDArray[np.float64]) -> float:
    """Share of the prototypes' squared norm that is orthogonal to the span of the rows of x, the largest of them."""
    _, singular, basis = np.linalg.svd(x, full_matrices=False)
    basis = basis[singular > max(x.shape) * np.finfo(np.float64).eps * singular[0]]
    rest = prototypes - (prototypes @ basis.T) @ basis
    norms = np.square(prototypes).sum(1)
    return float((np.square(rest).sum(1) / np.where(norms > 0, norms, 1)).max())
