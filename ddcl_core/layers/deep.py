"""The deep dual layer: a network on the transposed data."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from ddcl_core._validation import check_choice, check_count
from ddcl_core.layers import initialisation
from ddcl_core.layers.samples import SampleLayer

ACTIVATIONS: dict[str, type[nn.Module]] = {"tanh": nn.Tanh, "relu": nn.ReLU}


class DeepDualCompetitiveLayer(SampleLayer):
    """Prototypes P^T = net(Z^T): one multilayer perceptron maps each feature's n values to its k prototype values.

    Source: the deep variant of the dual layer in GBCL's high-dimensional experiment, two hidden layers of 10 units; the
    paper names no activation. The first layer's ``weights`` (n, h) belong to the samples as in
    :class:`DualCompetitiveLayer`; what follows acts on M = W^T Z (h, d) column by column and is the same for every
    feature:  P = U_L^T s(... s(M + b_1) ...) + b_L, with biases a number a unit.

    An estimate of M by mini-batches is that of :class:`SampleLayer`; P is not linear in M, so an unbiased M does not
    make P unbiased, and rows of P need not lie in the span of the samples. Meant for features with mean zero and unit
    variance. The start keeps the variance of the features through the layers (gain 1, or sqrt(2) before "relu").
    """

    def __init__(
        self,
        n_samples: int,
        n_prototypes: int,
        *,
        hidden: Sequence[int] = (10, 10),
        activation: str = "tanh",
        random_state: int | torch.Generator = 0,
        estimate: str = "running",
        features: str = "moving",
        sparse: bool = False,
        dtype: torch.dtype | None = None,
        device: torch.device | str | None = None,
    ) -> None:
        check_count("n_samples", n_samples)
        check_count("n_prototypes", n_prototypes)
        check_choice("activation", activation, tuple(ACTIVATIONS))
        sizes = [check_count("hidden", size) for size in hidden]
        if not sizes:
            raise ValueError("hidden: got no layer, accepted at least one; without any use DualCompetitiveLayer")
        generator = initialisation.as_generator(random_state)
        dtype, device = dtype or torch.get_default_dtype(), device or torch.get_default_device()
        weights = initialisation.uniform_weights(n_samples, sizes[0], generator)
        super().__init__(
            weights.to(dtype=dtype, device=device), n_prototypes, estimate=estimate, features=features, sparse=sparse
        )
        self.activation = ACTIVATIONS[activation]()
        gain = 2**0.5 if activation == "relu" else 1.0
        self.upper = nn.ParameterList(
            initialisation.uniform_weights(fan_in, fan_out, generator, gain).to(dtype=dtype, device=device)
            for fan_in, fan_out in pairwise([*sizes, n_prototypes])
        )
        self.biases = nn.ParameterList(torch.zeros(size, dtype=dtype, device=device) for size in [*sizes, n_prototypes])

    def from_moment(self, moment: Tensor) -> Tensor:
        """Prototypes (k, d) from M (h, d)."""
        units = moment.mT + self.biases[0]
        for weights, bias in zip(self.upper, list(self.biases)[1:], strict=True):
            units = self.activation(units) @ weights + bias
        return units.mT
