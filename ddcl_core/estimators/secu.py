"""SeCu as a scikit-learn estimator."""

from __future__ import annotations

import copy
import math
import os
import warnings
from collections.abc import Sequence
from numbers import Integral
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted
from torch import Tensor, nn

from ddcl_core._validation import check_callable, check_count, check_flag, check_module, check_path, check_sizes
from ddcl_core.backbones.mlp import MLP
from ddcl_core.estimators._base import PrototypeClusterer, restored_on_failure
from ddcl_core.secu.config import SeCuConfig
from ddcl_core.secu.model import SeCuModel, head_sizes
from ddcl_core.secu.selflabel import SelfLabelConfig, SelfLabelling
from ddcl_core.secu.trainer import SeCuTrainer, encode
from ddcl_core.secu.views import View

# Hidden layers and features of the encoder that is built when none is given.
LAYERS = (256, 128, 32)


class SeCu(PrototypeClusterer):
    """One-stage deep clustering by stable cluster discrimination.

    Source: Qian, "Stable Cluster Discrimination for Deep Clustering", Algorithm 1. An encoder is trained so that two
    random views of a sample agree on its cluster, clusters are kept from running empty by a constraint, and a centre
    learns from its own samples only.

    Parameters
    ----------
    n_clusters : number of clusters k of the head that predicts.
    backbone : ``nn.Module`` from a batch to (b, f), copied before training; None builds a small MLP. It sees the data in
        the dtype of its parameters, as float32 if it has none.
    projection : sizes of the layers after the backbone, the last being the number of features m; () for none.
    input_shape : shape of a sample for the backbone and the views, such as (1, 28, 28); None leaves rows flat.
    standardise : subtract the mean row and divide by one number, the standard deviation over all entries.
    heads : number H of heads, of k, 2k, ..., Hk clusters (less those of more than n), or the multiples themselves (the
        first is 1). They share the encoder; the first one predicts.
    views : callable ``(batch, generator) -> batch``, called twice a batch; None is ``NoisyView()``, in units of the
        standardised data.
    constraint : "size" (at least ``lower`` and, if not None, at most ``upper`` times n/k samples a cluster, on average
        over batches), "entropy" (weight ``entropy_weight`` times n) or "none". It acts in training, not in ``predict``.
    centre_update : "sgd", or "closed-form", which needs no ``centre_rate``.
    temperature, label_weight, dual_rate, optimiser, rate, centre_rate, momentum, weight_decay, warmup_epochs,
    epochs, batch_size : see :class:`ddcl_core.secu.SeCuConfig`; ``temperature`` is λ.
    self_label_epochs : epochs of self-labelling afterwards, with the views as strong views and the samples themselves
        as weak ones, at a tenth of ``rate`` by SGD; a tenth of them is warm-up.
    random_state : None, an integer or a ``RandomState``.
    device : "auto", "cpu", "cuda", "mps", ...
    checkpoint : file written after each epoch, from which ``fit`` goes on if it exists; on the CPU the result is then
        the same as without the interruption. Self-labelling adds ".self-labels" to the name.
    progress : show a progress bar.

    Attributes
    ----------
    labels_ : (n,) nearest centre of each sample, as by ``predict``.
    training_labels_ : (n,) last labels of training, under the constraint (those given to self-labelling, if any).
    cluster_centers_ : (k, m) unit rows in the space of the features.
    temperature_ : 2 λ: soft assignments are softmax(-d/T) = softmax(⟨x, w⟩/λ) on the sphere.
    history_ : columns of training, see :class:`ddcl_core.secu.SeCuTrainer`; ``self_label_history_`` of the second stage.
    model_ : the trained :class:`ddcl_core.secu.SeCuModel`.
    n_iter_ : epochs of training.

    ``fit`` raises ValueError for parameters that cannot be met and ``TrainingDiverged`` if a loss, gradient or
    parameter is no longer finite. A ``fit`` that fails leaves the estimator as it was.
    """

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        backbone: nn.Module | None = None,
        projection: Sequence[int] = (),
        input_shape: Sequence[int] | None = None,
        standardise: bool = True,
        heads: int | Sequence[int] = 3,
        views: View | None = None,
        constraint: str = "size",
        lower: float = 0.9,
        upper: float | None = None,
        dual_rate: float = 0.1,
        entropy_weight: float = 6 / 50,
        centre_update: str = "sgd",
        temperature: float = 0.05,
        label_weight: float = 0.2,
        optimiser: str = "sgd",
        rate: float = 0.2,
        centre_rate: float = 1.2,
        momentum: float = 0.9,
        weight_decay: float = 0.0,
        warmup_epochs: int = 2,
        epochs: int = 50,
        batch_size: int = 128,
        self_label_epochs: int = 0,
        random_state: Any = None,
        device: str | torch.device = "auto",
        checkpoint: str | os.PathLike[str] | None = None,
        progress: bool = False,
    ) -> None:
        self.n_clusters = n_clusters
        self.backbone = backbone
        self.projection = projection
        self.input_shape = input_shape
        self.standardise = standardise
        self.heads = heads
        self.views = views
        self.constraint = constraint
        self.lower = lower
        self.upper = upper
        self.dual_rate = dual_rate
        self.entropy_weight = entropy_weight
        self.centre_update = centre_update
        self.temperature = temperature
        self.label_weight = label_weight
        self.optimiser = optimiser
        self.rate = rate
        self.centre_rate = centre_rate
        self.momentum = momentum
        self.weight_decay = weight_decay
        self.warmup_epochs = warmup_epochs
        self.epochs = epochs
        self.batch_size = batch_size
        self.self_label_epochs = self_label_epochs
        self.random_state = random_state
        self.device = device
        self.checkpoint = checkpoint
        self.progress = progress

    def fit(self, X: Any, y: Any = None) -> SeCu:
        """Train on the rows of X (n, d); y is unused."""
        with restored_on_failure(self):
            z = self._read(X, reset=True)
            if z.shape[0] < 2:
                raise ValueError("X: got n_samples=1, accepted at least 2 samples")
            self._check_clusters(z)
            checkpoint, progress = self._check_kinds()
            config = self._config()
            refinement = self._self_label_config()
            heads = self._heads()
            sizes = head_sizes(int(self.n_clusters), heads)
            if isinstance(heads, int):
                sizes = tuple(size for size in sizes if size <= z.shape[0])
            if max(sizes) > z.shape[0]:
                raise ValueError(
                    f"heads: got {self.heads!r}, a head of {max(sizes)} clusters, accepted at most n_samples={z.shape[0]}"
                )
            self._check_shape(z)
            seed = self._seed()
            self._set_units(z)
            self.model_ = self._build(z, sizes, seed)
            x = self._inputs(z)
            options: dict[str, Any] = {
                "seed": seed,
                "same_seed": isinstance(self.random_state, Integral),
                "progress": progress,
            }
            trainer = SeCuTrainer(self.model_, config, view=self.views, checkpoint=checkpoint, **options)
            self.history_ = trainer.fit(x)
            labels = trainer.labels[0]
            self.self_label_history_: dict[str, list[Any]] = {}
            if refinement is not None:
                file = None if checkpoint is None else Path(f"{checkpoint}.self-labels")
                stage = SelfLabelling(self.model_, refinement, strong=self.views, checkpoint=file, **options)
                self.self_label_history_ = stage.fit(x, labels)
            self.n_iter_ = config.epochs
            self.temperature_ = 2 * float(self.temperature)
            self.cluster_centers_ = self._give(self.model_.heads[0].detach().to(z.dtype), X)
            self.training_labels_ = self._give(labels, X)
            self.labels_ = self.predict(X)
            self._warn_of_collapse()
        return self

    def features(self, X: Any) -> Any:
        """Unit features of the rows of X (n, d) -> (n, m), in the space of ``cluster_centers_``."""
        check_is_fitted(self)
        return self._give(self._features(self._read(X, reset=False)), X)

    def _config(self) -> SeCuConfig:
        return SeCuConfig(
            epochs=check_count("epochs", self.epochs),
            batch_size=check_count("batch_size", self.batch_size, minimum=2),
            temperature=self.temperature,
            label_weight=self.label_weight,
            constraint=self.constraint,
            lower=self.lower,
            upper=self.upper,
            dual_rate=self.dual_rate,
            entropy_weight=self.entropy_weight,
            centre_update=self.centre_update,
            optimiser=self.optimiser,
            rate=self.rate,
            centre_rate=self.centre_rate,
            momentum=self.momentum,
            weight_decay=self.weight_decay,
            warmup_epochs=check_count("warmup_epochs", self.warmup_epochs, minimum=0),
        )

    def _self_label_config(self) -> SelfLabelConfig | None:
        epochs = check_count("self_label_epochs", self.self_label_epochs, minimum=0)
        if epochs == 0:
            return None
        return SelfLabelConfig(
            epochs=epochs,
            warmup_epochs=-(-epochs // 10),
            temperature=self.temperature,
            batch_size=int(self.batch_size),
            rate=self.rate / 10,
            momentum=self.momentum,
            weight_decay=self.weight_decay,
        )

    def _check_kinds(self) -> tuple[Path | None, bool]:
        """Check the kinds of what is no number; return the checkpoint's path and whether to show progress."""
        if self.backbone is not None:
            check_module("backbone", self.backbone)
        if self.views is not None:
            check_callable("views", self.views)
        check_sizes("projection", self.projection)
        check_flag("standardise", self.standardise)
        return check_path("checkpoint", self.checkpoint), check_flag("progress", self.progress)

    def _heads(self) -> int | tuple[int, ...]:
        if isinstance(self.heads, Integral):
            return check_count("heads", self.heads)
        if isinstance(self.heads, (list, tuple, range, np.ndarray)) and getattr(self.heads, "ndim", 1) == 1:
            return tuple(check_count("heads", multiple) for multiple in self.heads)
        raise ValueError(f"heads: got {self.heads!r}, accepted an integer of at least 1 or a sequence of them")

    def _check_shape(self, z: Tensor) -> None:
        if self.input_shape is None:
            return
        shape = check_sizes("input_shape", self.input_shape)
        if math.prod(shape) != z.shape[1]:
            raise ValueError(f"input_shape: got {shape}, accepted {z.shape[1]} entries in total")

    def _set_units(self, z: Tensor) -> None:
        """Mean row (1, d) and one scale, so that views and rates mean the same for data in any unit."""
        if not self.standardise:
            self._mean, self._scale = torch.zeros_like(z[:1]), 1.0
            return
        # From the first row, so that a large offset costs no digits.
        self._mean = z[:1] + (z - z[:1]).mean(0, keepdim=True)
        centred = z - self._mean
        largest = float(centred.abs().amax())
        spread = largest * float((centred / largest).square().mean().sqrt()) if largest > 0 else 0.0
        self._scale = spread if spread > 0 else 1.0

    def _inputs(self, z: Tensor) -> Tensor:
        """Rows of the data -> what the views and the backbone see."""
        x = ((z - self._mean.to(z)) / self._scale).to(self._dtype)
        return x if self.input_shape is None else x.reshape(-1, *check_sizes("input_shape", self.input_shape))

    def _build(self, z: Tensor, sizes: Sequence[int], seed: int) -> SeCuModel:
        backbone = MLP((z.shape[1], *LAYERS), seed=seed) if self.backbone is None else self.backbone
        backbone = copy.deepcopy(backbone).to(z.device)
        self._dtype = next((value.dtype for value in backbone.parameters()), torch.float32)
        width = self._width(backbone, z)
        projector, layers = None, check_sizes("projection", self.projection)
        if layers:
            projector = MLP((width, *layers), seed=seed + 1).to(z.device, self._dtype)
            width = projector.n_features
        generator = torch.Generator().manual_seed(seed)
        model = SeCuModel(backbone, sizes, width, projector=projector, generator=generator, dtype=self._dtype)
        return model.to(z.device)

    def _width(self, backbone: nn.Module, z: Tensor) -> int:
        """Number of features of the backbone, tried on the first row before any training."""
        x = self._inputs(z[:1])
        backbone.eval()
        try:
            with torch.no_grad():
                found = backbone(x)
        except Exception as error:
            raise ValueError(
                f"backbone: got {type(error).__name__} ({error}) for an input of shape {tuple(x.shape)}, "
                "accepted a module for batches of this shape (see input_shape)"
            ) from error
        known = getattr(backbone, "n_features", None)
        accepted = f"(1, {known})" if isinstance(known, int) else "(1, f)"
        if not isinstance(found, Tensor) or found.dim() != 2 or found.shape[0] != 1:
            shape = tuple(found.shape) if isinstance(found, Tensor) else type(found).__name__
            raise ValueError(f"backbone: got an output {shape} for a batch of 1, accepted a tensor {accepted}")
        if isinstance(known, int) and found.shape[1] != known:
            raise ValueError(f"backbone: got an output {tuple(found.shape)}, accepted {accepted}, its n_features")
        return int(found.shape[1])

    def _features(self, z: Tensor) -> Tensor:
        return encode(self.model_, self._inputs(z)).to(z.dtype)

    def _warn_of_collapse(self) -> None:
        found = len(torch.unique(torch.as_tensor(self.labels_)))
        if found < self.n_clusters:
            warnings.warn(
                f"only {found} of {self.n_clusters} clusters hold samples: duplicate rows, too few epochs, or, with "
                "constraint='none', a collapse",
                ConvergenceWarning,
                stacklevel=3,
            )
