"""What the estimators of the deep baselines share: inputs in the network's units, dtype and shape, and their features."""

from __future__ import annotations

import copy
import math
import os
import warnings
from collections.abc import Callable, Sequence
from numbers import Integral
from typing import Any

import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted
from torch import Tensor, nn

from ddcl_core._validation import check_callable, check_count, check_flag, check_module, check_path, check_sizes
from ddcl_core.backbones.mlp import MLP
from ddcl_core.baselines._run import (
    Checkpointing,
    Standardisation,
    check_backbone,
    features_of,
    fit_standardisation,
)
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
    input_shape_: tuple[int, ...] | None

    def features(self, X: Any) -> Any:
        """Features of the rows of X (n, d) -> (n, m), in the space of ``cluster_centers_``."""
        check_is_fitted(self)
        return self._give(self._features(self._read(X, reset=False)), X)

    def _check_kinds(self) -> None:
        """Raise ValueError, naming it, for a parameter of a kind that no data could make right."""
        kinds: dict[str, Callable[[str, Any], object]] = {
            "backbone": check_module,
            "decoder": check_module,
            "views": check_callable,
            "checkpoint": check_path,
            "input_shape": check_sizes,
        }
        for name, check in kinds.items():
            value = getattr(self, name, None)
            if value is not None:
                check(name, value)
        for name in ("standardise", "progress"):
            check_flag(name, getattr(self, name))
        check_count("checkpoint_every", self.checkpoint_every)

    def _open(self, z: Tensor) -> Checkpointing:
        """Check what has to do with the data, fit its units, and say where checkpoints go."""
        checkpointing = self._checkpointing(self.checkpoint, self.checkpoint_every)
        self.input_shape_ = None if self.input_shape is None else check_sizes("input_shape", self.input_shape)
        if self.input_shape_ is not None and math.prod(self.input_shape_) != z.shape[1]:
            raise ValueError(f"input_shape: got {self.input_shape_}, accepted {z.shape[1]} entries in total")
        self.standardisation_ = fit_standardisation(z) if self.standardise else None
        return checkpointing

    def _checkpointing(self, path: str | os.PathLike[str] | None, every: int) -> Checkpointing:
        also = {"standardise": self.standardise, "input_shape": self.input_shape}
        return Checkpointing(path, every, isinstance(self.random_state, Integral), also)

    def _set_backbone(self, z: Tensor, n_features: int, norm: str | None, seed: int) -> None:
        """``backbone_``: a copy of the one given, in its own dtype, or a perceptron in the dtype of the data."""
        if self.backbone is None:
            built = MLP((z.shape[1], HIDDEN, n_features), norm=norm, seed=seed)
            self.backbone_ = built.to(device=z.device, dtype=z.dtype)
        else:
            self.backbone_ = copy.deepcopy(self.backbone).to(z.device)
        check_backbone(self.backbone_, self._inputs(z[:1]))

    def _inputs(self, z: Tensor) -> Tensor:
        """Rows of the data (n, d) -> what the network sees."""
        x = z if self.standardisation_ is None else self.standardisation_.apply(z)
        parameter = next(self.backbone_.parameters(), None)
        x = x if parameter is None else x.to(parameter.dtype)
        return x if self.input_shape_ is None else x.reshape(-1, *self.input_shape_)

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
