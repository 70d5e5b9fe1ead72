"""The vanilla competitive layer: the prototypes are the parameter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

from ddcl_core._validation import check_choice, check_count, check_magnitude, check_prototypes, square_root_bound
from ddcl_core.layers import initialisation
from ddcl_core.layers.base import CompetitiveLayer, check_features, check_samples

INITS = ("k-means++", "random", "uniform")


class VanillaCompetitiveLayer(CompetitiveLayer):
    """Prototypes as weights: the parameter ``prototypes`` (k, d) is the output, whatever the batch.

    Source: GBCL, equation (13); DDCL, section 3.2. The start without data has entries uniform with mean zero and
    standard deviation ``scale``, one unit of standardised features; :meth:`initialise` takes it from data.
    """

    prototypes: Tensor

    def __init__(
        self,
        n_prototypes: int,
        n_features: int,
        *,
        scale: float = 1.0,
        random_state: int | torch.Generator = 0,
        dtype: torch.dtype | None = None,
        device: torch.device | str | None = None,
    ) -> None:
        super().__init__()
        self.n_prototypes = check_count("n_prototypes", n_prototypes)
        self.n_features = check_count("n_features", n_features)
        if not 0 <= scale < float("inf"):
            raise ValueError(f"scale: got {scale!r}, accepted a finite number of at least 0")
        generator = initialisation.as_generator(random_state)
        numbers = 2 * initialisation.random_numbers(n_prototypes, n_features, generator=generator) - 1
        start = (scale * 3**0.5 * numbers).to(
            dtype=dtype or torch.get_default_dtype(), device=device or torch.get_default_device()
        )
        self.prototypes = nn.Parameter(start)

    def forward(self, z: Tensor | None = None, index: Tensor | None = None) -> Tensor:
        """The prototypes (k, d), with gradient in both modes; z (b, d) is only checked, ``index`` is not used."""
        if z is not None:
            check_samples(z)
            check_features(z, self.n_features)
        return self.prototypes

    @torch.no_grad()
    def initialise(
        self, z: Tensor, init: str = "k-means++", random_state: int | torch.Generator = 0
    ) -> VanillaCompetitiveLayer:
        """Set the prototypes from samples z (n, d) as the dual layer does; returns the layer."""
        check_choice("init", init, INITS)
        check_samples(z)
        check_features(z, self.n_features)
        check_magnitude("z", z, square_root_bound(z.dtype, z.shape[1]))
        if init == "k-means++":
            start = z[initialisation.kmeans_plus_plus(z, self.n_prototypes, random_state)]
        else:
            make = initialisation.convex_weights if init == "random" else initialisation.uniform_weights
            start = make(z.shape[0], self.n_prototypes, random_state).to(z).mT @ z
        self.prototypes.copy_(start)
        return self

    @classmethod
    def from_prototypes(cls, prototypes: Tensor, **options: Any) -> VanillaCompetitiveLayer:
        """The layer that starts at ``prototypes`` (k, d), with their dtype and device."""
        check_prototypes(prototypes)
        if prototypes.dim() != 2:
            raise ValueError(f"prototypes: got shape {tuple(prototypes.shape)}, accepted (k, d)")
        layer = cls(*prototypes.shape, dtype=prototypes.dtype, device=prototypes.device, **options)
        with torch.no_grad():
            layer.prototypes.copy_(prototypes)
        return layer

    def refresh(self, batches: Iterable[Any] = ()) -> Tensor:
        """The prototypes, which no data change; for use in place of a dual layer. ``batches`` is not read."""
        return self.prototypes.detach()

    def extra_repr(self) -> str:
        return f"n_prototypes={self.n_prototypes}, n_features={self.n_features}"
