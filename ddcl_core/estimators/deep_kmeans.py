"""Deep k-Means as a scikit-learn estimator."""

from __future__ import annotations

import copy
import os
from collections.abc import Sequence
from typing import Any, Self

import torch
from torch import Tensor, nn

from ddcl_core.backbones.mlp import MLP
from ddcl_core.baselines._estimator import HIDDEN, DeepBaseline
from ddcl_core.baselines._run import features_of
from ddcl_core.baselines.deep_kmeans import DeepKMeansConfig, deep_kmeans
from ddcl_core.estimators._base import restored_on_failure

# Features of the network that is built when none is given.
WIDTH = 10


class DeepKMeans(DeepBaseline):
    """Deep k-Means: an autoencoder and prototypes trained together, from a soft to a hard assignment.

    Source: Moradi Fard, Thonet and Gaussier, "Deep k-means: jointly clustering with k-means and learning
    representations" (2020). See :mod:`ddcl_core.baselines.deep_kmeans` for the method.

    Parameters
    ----------
    n_clusters : number of clusters k.
    backbone : encoder, an ``nn.Module`` from a batch to features (b, m), copied before training and used in its own
        dtype; None builds a perceptron d-256-10 in the dtype of the data (float32 data train faster). Parameters that
        require no gradient stay as they are.
    decoder : ``nn.Module`` from features to as many entries as a sample has, copied before training; None builds a
        perceptron m-256-d.
    input_shape : shape of a sample for the backbone, such as (1, 28, 28); None leaves rows flat.
    standardise : subtract the mean row and divide by one number, the standard deviation over all entries.
    reconstruction, clustering : weights of the two terms. With ``reconstruction=0`` there is no decoder and no
        pretraining, and the features of an encoder that may change shrink to a point.
    pretrain_epochs, epochs, batch_size, rate, inverse_temperature, annealing, n_init :
        see :class:`ddcl_core.baselines.deep_kmeans.DeepKMeansConfig`.
    checkpoint : file written after every ``checkpoint_every`` epochs and after the last, from which ``fit`` goes on if
        it exists; on the CPU the result is then the same as without the interruption.
    progress : show a progress bar.
    random_state : None, an integer or a ``RandomState``.
    device : "auto", "cpu", "cuda", "mps", ...

    Attributes
    ----------
    labels_ : (n,) nearest prototype of each sample.
    cluster_centers_ : (k, m) prototypes among the features.
    temperature_ : the last temperature of training.
    history_ : see :class:`ddcl_core.baselines.deep_kmeans.DeepKMeansResult`.
    backbone_, decoder_ (None without reconstruction), n_iter_ (epochs of both kinds).

    ``fit`` raises ValueError for parameters that cannot be met, and ``TrainingDiverged`` if a loss or a parameter is no
    longer finite.
    """

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        backbone: nn.Module | None = None,
        decoder: nn.Module | None = None,
        input_shape: Sequence[int] | None = None,
        standardise: bool = True,
        reconstruction: float = 1.0,
        clustering: float = 1.0,
        pretrain_epochs: int = 20,
        epochs: int = 50,
        batch_size: int = 256,
        rate: float = 1e-3,
        inverse_temperature: tuple[float, float] = (5.0, 100.0),
        annealing: str = "geometric",
        n_init: int = 5,
        checkpoint: str | os.PathLike[str] | None = None,
        checkpoint_every: int = 1,
        progress: bool = False,
        random_state: Any = None,
        device: str | torch.device = "auto",
    ) -> None:
        self.n_clusters = n_clusters
        self.backbone = backbone
        self.decoder = decoder
        self.input_shape = input_shape
        self.standardise = standardise
        self.reconstruction = reconstruction
        self.clustering = clustering
        self.pretrain_epochs = pretrain_epochs
        self.epochs = epochs
        self.batch_size = batch_size
        self.rate = rate
        self.inverse_temperature = inverse_temperature
        self.annealing = annealing
        self.n_init = n_init
        self.checkpoint = checkpoint
        self.checkpoint_every = checkpoint_every
        self.progress = progress
        self.random_state = random_state
        self.device = device

    def fit(self, X: Any, y: Any = None) -> Self:
        """Train on the rows of X (n, d); y is unused. A fit that fails leaves the estimator as it was."""
        with restored_on_failure(self):
            self._check_kinds()
            config = DeepKMeansConfig(
                pretrain_epochs=self.pretrain_epochs,
                epochs=self.epochs,
                batch_size=self.batch_size,
                rate=self.rate,
                reconstruction=self.reconstruction,
                clustering=self.clustering,
                inverse_temperature=self.inverse_temperature,
                annealing=self.annealing,
                n_init=self.n_init,
            )
            z = self._read(X, reset=True)
            self._check_clusters(z)
            checkpointing = self._open(z)
            seed = self._seed()
            self._set_backbone(z, WIDTH, None, seed)
            x = self._inputs(z)
            self.decoder_ = self._decoder(x, z.shape[1], seed) if self.reconstruction > 0 else None
            found = deep_kmeans(
                self.backbone_,
                self.decoder_,
                x,
                int(self.n_clusters),
                config,
                seed=seed,
                checkpointing=checkpointing,
                progress=self.progress,
            )
            self.history_ = found.history
            self.n_iter_ = len(found.history["loss"])
            self.temperature_ = found.temperature
            self.cluster_centers_ = self._give(found.centres.to(z.dtype), X)
            self.labels_ = self.predict(X)
            self._warn_of_empty(z)
        return self

    def _decoder(self, x: Tensor, entries: int, seed: int) -> nn.Module:
        if self.decoder is not None:
            return copy.deepcopy(self.decoder).to(x.device)
        width = features_of(self.backbone_, x[:1]).shape[1]
        return MLP((width, HIDDEN, entries), norm=None, seed=seed + 1).to(device=x.device, dtype=x.dtype)

    def _features(self, z: Tensor) -> Tensor:
        return super()._features(z).to(z.dtype)
