"""DeepCluster as a scikit-learn estimator."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Self

import torch
from torch import Tensor, nn

from ddcl_core.baselines._estimator import DeepBaseline
from ddcl_core.baselines.deepcluster import COMPONENTS, DeepClusterConfig, Views, deep_cluster
from ddcl_core.estimators._base import restored_on_failure

# Features of the network that is built when none is given.
WIDTH = 128


class DeepCluster(DeepBaseline):
    """DeepCluster: alternately k-means of whitened features and training on the pseudo-labels that it gives.

    Sources: Caron et al., "Deep clustering for unsupervised learning of visual features" (2018); DDCL, §3.1. See
    :mod:`ddcl_core.baselines.deepcluster` for the method.

    Parameters
    ----------
    n_clusters : number of clusters k.
    backbone : ``nn.Module`` from a batch to features (b, m), copied before training and used in its own dtype; None
        builds a perceptron d-256-128 with batch normalisation in the dtype of the data (float32 data train faster).
    input_shape : shape of a sample for the backbone and the views, such as (1, 28, 28); None leaves rows flat.
    standardise : subtract the mean row and divide by one number, the standard deviation over all entries.
    n_components : principal components kept; None for min(20, n, m), and at most d for the perceptron built here.
    epochs : rounds of clustering and training.
    batch_size, rate, momentum, weight_decay : of stochastic gradient descent.
    n_init, max_iter : starts of k-means in each round, and its iterations at most.
    views : callable ``(batch, generator) -> batch``, an augmentation used in training only; None for none.
    checkpoint : file written after every ``checkpoint_every`` epochs and after the last, from which ``fit`` goes on if
        it exists; on the CPU the result is then the same as without the interruption. Carries on with more ``epochs``.
    progress : show a progress bar.
    random_state : None, an integer or a ``RandomState``.
    device : "auto", "cpu", "cuda", "mps", ...

    Attributes
    ----------
    labels_ : (n,) nearest centre of each sample.
    cluster_centers_ : (k, n_components) centres among the whitened features of length 1, see ``whitening_``.
    temperature_ : 2 sigma^2, with sigma^2 the mean squared distance to the own centre for each coordinate: ``transform``
        gives the posterior of k equally likely Gaussians of that variance.
    history_ : see :class:`ddcl_core.baselines.deepcluster.DeepClusterResult`.
    backbone_, whitening_, n_iter_; ``features`` gives the whitened features of rows.

    ``fit`` raises ValueError for parameters that cannot be met, and ``TrainingDiverged`` if a loss, a parameter or the
    features are no longer finite.
    """

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        backbone: nn.Module | None = None,
        input_shape: Sequence[int] | None = None,
        standardise: bool = True,
        n_components: int | None = None,
        epochs: int = 20,
        batch_size: int = 256,
        rate: float = 0.05,
        momentum: float = 0.9,
        weight_decay: float = 1e-5,
        n_init: int = 1,
        max_iter: int = 50,
        views: Views | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        checkpoint_every: int = 1,
        progress: bool = False,
        random_state: Any = None,
        device: str | torch.device = "auto",
    ) -> None:
        self.n_clusters = n_clusters
        self.backbone = backbone
        self.input_shape = input_shape
        self.standardise = standardise
        self.n_components = n_components
        self.epochs = epochs
        self.batch_size = batch_size
        self.rate = rate
        self.momentum = momentum
        self.weight_decay = weight_decay
        self.n_init = n_init
        self.max_iter = max_iter
        self.views = views
        self.checkpoint = checkpoint
        self.checkpoint_every = checkpoint_every
        self.progress = progress
        self.random_state = random_state
        self.device = device

    def fit(self, X: Any, y: Any = None) -> Self:
        """Train on the rows of X (n, d); y is unused. A fit that fails leaves the estimator as it was."""
        with restored_on_failure(self):
            self._check_kinds()
            z = self._read(X, reset=True)
            self._check_clusters(z)
            config = DeepClusterConfig(
                epochs=self.epochs,
                batch_size=self.batch_size,
                rate=self.rate,
                momentum=self.momentum,
                weight_decay=self.weight_decay,
                n_components=self._components(z),
                n_init=self.n_init,
                max_iter=self.max_iter,
            )
            checkpointing = self._open(z)
            seed = self._seed()
            self._set_backbone(z, WIDTH, "batch", seed)
            found = deep_cluster(
                self.backbone_,
                self._inputs(z),
                int(self.n_clusters),
                config,
                seed=seed,
                views=self.views,
                checkpointing=checkpointing,
                progress=self.progress,
            )
            self.whitening_ = found.whitening
            self.history_ = found.history
            self.n_iter_ = config.epochs
            centres = found.centres.to(z.dtype)
            self.cluster_centers_ = self._give(centres, X)
            spread = found.inertia / (len(z) * centres.shape[1])
            self.temperature_ = max(2 * spread, float(torch.finfo(z.dtype).tiny))
            self.labels_ = self.predict(X)
            self._warn_of_empty(z)
        return self

    def _components(self, z: Tensor) -> int | None:
        """Features of a perceptron of few inputs vary along few directions; whitening more blows up the rest."""
        if self.n_components is not None or self.backbone is not None:
            return self.n_components
        return min(COMPONENTS, WIDTH, *z.shape)

    def _features(self, z: Tensor) -> Tensor:
        return self.whitening_.apply(super()._features(z)).to(z.dtype)
