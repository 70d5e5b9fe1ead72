"""The dual competitive layer: prototypes P = W^T Z, one weight row a sample."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from ddcl_core._validation import check_choice, check_count
from ddcl_core.layers import initialisation
from ddcl_core.layers.base import check_samples
from ddcl_core.layers.samples import SampleLayer

INITS = ("k-means++", "random", "uniform")


class DualCompetitiveLayer(SampleLayer):
    """Prototypes as outputs: P = W^T Z with ``weights`` W (n, k) and features Z (n, d).

    Source: GBCL, equations (2) and (14), where the samples are columns; DDCL, equation (4). A step of gradient descent
    on W at rate eta moves P by -eta Z^T Z dL/dP: rows of P change within the span of the samples, and as fast as the
    data are spread there. With Z^T Z = I_d it is the step of :class:`VanillaCompetitiveLayer` (GBCL, theorem 2.1).

    n_samples: n, the size of the training set; weights belong to its samples. n < k and n = 1 are accepted: P then has
        rank at most n.
    init: "random" draws every prototype as a convex combination of three samples, "uniform" draws entries of mean zero
        and variance 1/n, for data with mean zero. Both need no data; :meth:`initialise` also offers "k-means++".
    random_state: a seed or a torch.Generator.
    estimate, features, sparse: what mini-batches say about P, see :class:`SampleLayer`.
    """

    def __init__(
        self,
        n_samples: int,
        n_prototypes: int,
        *,
        init: str = "random",
        random_state: int | torch.Generator = 0,
        estimate: str = "running",
        features: str = "moving",
        sparse: bool = False,
        dtype: torch.dtype | None = None,
        device: torch.device | str | None = None,
    ) -> None:
        check_count("n_samples", n_samples)
        check_count("n_prototypes", n_prototypes)
        if init == "k-means++":
            raise ValueError(
                "init: got 'k-means++', which needs data; accepted 'random', 'uniform', and then initialise(z)"
            )
        check_choice("init", init, INITS[1:])
        weights = _free_weights(init, n_samples, n_prototypes, random_state)
        super().__init__(
            weights.to(dtype=dtype or torch.get_default_dtype(), device=device or torch.get_default_device()),
            n_prototypes,
            estimate=estimate,
            features=features,
            sparse=sparse,
        )

    @torch.no_grad()
    def initialise(
        self, z: Tensor, init: str = "k-means++", random_state: int | torch.Generator = 0
    ) -> DualCompetitiveLayer:
        """Set the weights, and store the prototypes, from all samples z (n, d); returns the layer.

        "k-means++" makes W one-hot at the seeds, so that P starts at samples; it needs n >= k. "random" and "uniform" are
        those of the constructor.
        """
        check_choice("init", init, INITS)
        z, _ = self._check_batch(z, None)
        if init == "k-means++":
            seeds = initialisation.kmeans_plus_plus(z, self.n_prototypes, random_state)
            weights = initialisation.one_hot_weights(seeds, self.n_samples)
        else:
            weights = _free_weights(init, self.n_samples, self.n_prototypes, random_state)
        self.weights.copy_(weights)
        self.refresh([(z, None)])
        return self

    @classmethod
    def from_prototypes(cls, z: Tensor, prototypes: Tensor, **options: Any) -> DualCompetitiveLayer:
        """The layer on z (n, d) with W^T Z = ``prototypes`` (k, d) and W of least norm.

        ``options`` are keyword arguments of the constructor; dtype and device are those of z. Raises ValueError where a
        prototype is outside the span of the samples.
        """
        check_samples(z)
        weights = initialisation.least_norm_weights(z, prototypes)
        layer = cls(z.shape[0], prototypes.shape[0], dtype=z.dtype, device=z.device, **options)
        with torch.no_grad():
            layer.weights.copy_(weights)
        layer.refresh([(z, None)])
        return layer


def _free_weights(init: str, n_samples: int, n_prototypes: int, random_state: int | torch.Generator) -> Tensor:
    make = initialisation.convex_weights if init == "random" else initialisation.uniform_weights
    return make(n_samples, n_prototypes, random_state)
