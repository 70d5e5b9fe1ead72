"""k-means, alone or on principal components, and its mini-batch form: scikit-learn's, behind the common interface.

Prototypes are the centres. Soft assignments are those of a mixture of k equally likely Gaussians with one variance,
exp(-d / (2 sigma^2)): ``temperature_`` is 2 sigma^2, with sigma^2 the mean squared distance to the own centre for each
coordinate.
"""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from typing import Any, Self

import numpy as np
import torch
from sklearn.cluster import KMeans as SklearnKMeans
from sklearn.cluster import MiniBatchKMeans as SklearnMiniBatchKMeans
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from torch import Tensor

from ddcl_core._validation import check_count, check_real
from ddcl_core.estimators._base import PrototypeClusterer, restored_on_failure


class _KMeansFamily(PrototypeClusterer, ABC):
    """Fitting one of scikit-learn's estimators, on the CPU, to rows that may first be projected."""

    device = "cpu"
    n_components: int | float | None
    max_iter: int
    tol: float
    projection_: PCA | None

    def fit(self, X: Any, y: Any = None) -> Self:
        """Cluster the rows of X (n, d); y is unused."""
        with restored_on_failure(self):
            z = self._read(X, reset=True)
            self._check_parameters()
            self._check_clusters(z)
            state = self._random()
            values = z.numpy()
            self.projection_ = None
            if self.n_components is not None:
                self.projection_ = _fit_projection(self.n_components, values, state)
                values = self.projection_.transform(values)
            found = self._estimator(state)
            with warnings.catch_warnings():
                # Fewer distinct rows than clusters: the check above has said so.
                warnings.filterwarnings("ignore", "Number of distinct clusters", ConvergenceWarning)
                found.fit(values)
            self.inertia_ = float(found.inertia_)
            self.n_iter_ = int(found.n_iter_)
            spread = self.inertia_ / values.size
            self.temperature_ = max(2 * spread, float(np.finfo(values.dtype).tiny))
            self.cluster_centers_ = self._give(torch.from_numpy(found.cluster_centers_.astype(values.dtype)), X)
            self.labels_ = self.predict(X)
        return self

    def _features(self, z: Tensor) -> Tensor:
        if self.projection_ is None:
            return z
        return torch.from_numpy(self.projection_.transform(z.numpy()))

    def _check_parameters(self) -> None:
        check_count("max_iter", self.max_iter)
        check_real("tol", self.tol, minimum=0.0)

    @abstractmethod
    def _estimator(self, state: np.random.RandomState) -> Any:
        """The estimator of scikit-learn that does the work."""


class KMeans(_KMeansFamily):
    """Lloyd's k-means of scikit-learn, with an optional projection on principal components first.

    Parameters
    ----------
    n_clusters : number of clusters k.
    n_components : None for the features as they are; an integer for so many principal components; a number in (0, 1)
        for as many as hold that share of the variance. Constant features then need an integer.
    n_init : number of starts with k-means++, the best of which counts.
    max_iter, tol : as in ``sklearn.cluster.KMeans``.
    random_state : None, an integer or a ``RandomState``.

    Attributes
    ----------
    labels_ (n,), cluster_centers_ (k, m) in the space of the components, temperature_, inertia_, n_iter_,
    projection_ (the fitted ``PCA`` or None).
    """

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        n_components: int | float | None = None,
        n_init: int = 10,
        max_iter: int = 300,
        tol: float = 1e-4,
        random_state: Any = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.n_components = n_components
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state

    def _check_parameters(self) -> None:
        super()._check_parameters()
        check_count("n_init", self.n_init)

    def _estimator(self, state: np.random.RandomState) -> Any:
        return SklearnKMeans(
            int(self.n_clusters), n_init=int(self.n_init), max_iter=int(self.max_iter), tol=self.tol, random_state=state
        )


class MiniBatchKMeans(_KMeansFamily):
    """Mini-batch k-means of scikit-learn, for many samples.

    Parameters
    ----------
    n_clusters : number of clusters k.
    n_components : as in :class:`KMeans`.
    batch_size : samples of one update.
    n_init : number of starts, of which the best on a subset is trained.
    max_iter : passes over the samples at most.
    tol, max_no_improvement : when to stop earlier, as in ``sklearn.cluster.MiniBatchKMeans``.
    random_state : None, an integer or a ``RandomState``.

    Attributes
    ----------
    As those of :class:`KMeans`.
    """

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        n_components: int | float | None = None,
        batch_size: int = 1024,
        n_init: int = 3,
        max_iter: int = 100,
        tol: float = 0.0,
        max_no_improvement: int | None = 10,
        random_state: Any = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.n_components = n_components
        self.batch_size = batch_size
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.max_no_improvement = max_no_improvement
        self.random_state = random_state

    def _check_parameters(self) -> None:
        super()._check_parameters()
        check_count("n_init", self.n_init)
        check_count("batch_size", self.batch_size)
        if self.max_no_improvement is not None:
            check_count("max_no_improvement", self.max_no_improvement, minimum=0)

    def _estimator(self, state: np.random.RandomState) -> Any:
        return SklearnMiniBatchKMeans(
            int(self.n_clusters),
            batch_size=int(self.batch_size),
            n_init=int(self.n_init),
            max_iter=int(self.max_iter),
            tol=self.tol,
            max_no_improvement=self.max_no_improvement,
            random_state=state,
        )


def _fit_projection(n_components: int | float, values: Any, state: np.random.RandomState) -> PCA:
    """Principal components of the rows; the number asked for is checked first."""
    largest = min(values.shape)
    if isinstance(n_components, (int, np.integer)) and not isinstance(n_components, bool):
        fits = 1 <= n_components <= largest
    else:
        fits = 0 < check_real("n_components", n_components) < 1
    if not fits:
        raise ValueError(
            f"n_components: got {n_components!r}, accepted None, an integer from 1 to {largest} or a share in (0, 1)"
        )
    if not bool((values != values[0]).any()):
        # Without variance there are no shares of it, and every direction will do.
        n_components = n_components if n_components >= 1 else 1
    with np.errstate(invalid="ignore", divide="ignore"):
        return PCA(n_components, random_state=state).fit(values)
