"""What the estimators of the deep baselines share: inputs in the network's units, dtype and shape, and their features."""

from __future__ import annotations

import copy
import os
import warnings
from collections.abc import Sequence

import torch
from sklearn.exceptions import ConvergenceWarning
from torch import Tensor, nn

from ddcl_core._validation import check_count
from ddcl_core.backbones.mlp import MLP
from ddcl_core.baselines._run import Checkpointing, Standardisation, features_of, fit_standardisation
from ddcl_core.estimators._base import PrototypeClusterer

# Width of the hidden layer of a network that is built when none is given.
HIDDEN = 256


class DeepBaseline(PrototypeClusterer):
    """Clusters in the features of a network; see the subclasses for the parameters."""

    backbone: nn.Module | None
    input_shape: Sequence[int] | None
    standardise: bool
    checkpoint: str | os.PathLike[str] | None
    checkpoint_every: int
    backbone_: nn.Module
    standardisation_: Standardisation | None

    def _open(self, z: Tensor) -> Checkpointing:
        """Check what has to do with the data, fit its units, and say where checkpoints go."""
        same_seed = isinstance(self.random_state, int)
        checkpointing = Checkpointing(self.checkpoint, self.checkpoint_every, same_seed)
        if self.input_shape is not None:
            entries = 1
            for size in self.input_shape:
                entries *= check_count("input_shape", size)
            if entries != z.shape[1]:
                raise ValueError(f"input_shape: got {tuple(self.input_shape)}, accepted {z.shape[1]} entries in total")
        self.standardisation_ = fit_standardisation(z) if self.standardise else None
        return checkpointing

    def _set_backbone(self, z: Tensor, n_features: int, norm: str | None, seed: int) -> None:
        """``backbone_``: a copy of the one given, in its own dtype, or a perceptron in the dtype of the data."""
        if self.backbone is None:
            built = MLP((z.shape[1], HIDDEN, n_features), norm=norm, seed=seed)
            self.backbone_ = built.to(device=z.device, dtype=z.dtype)
        else:
            self.backbone_ = copy.deepcopy(self.backbone).to(z.device)

    def _inputs(self, z: Tensor) -> Tensor:
        """Rows of the data (n, d) -> what the network sees."""
        x = z if self.standardisation_ is None else self.standardisation_.apply(z)
        parameter = next(self.backbone_.parameters(), None)
        x = x if parameter is None else x.to(parameter.dtype)
        return x if self.input_shape is None else x.reshape(-1, *self.input_shape)

    def _features(self, z: Tensor) -> Tensor:
        return features_of(self.backbone_, self._inputs(z))

    def _warn_of_empty(self, z: Tensor) -> None:
        """Warn where the clusters found are fewer than asked for and than the distinct rows of z (n, d) allow."""
        found = len(torch.unique(torch.as_tensor(self.labels_)))
        if found < self.n_clusters and found < len(torch.unique(z, dim=0)):
            warnings.warn(
                f"{found} of {self.n_clusters} clusters are not empty: features coincide, or a prototype lost its samples",
                ConvergenceWarning,
                stacklevel=3,
            )
