"""Features of unit scale, the way back for a decoder, and steps of native prototypes of the size of free ones."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


class UnitScale(nn.Module):
    """Features centred and divided by their root mean squared norm: of the batch in training, running in evaluation.

    The mean squared distance from the mean is then 1, so that T keeps its meaning and the loss cannot fall by
    shrinking the features. One factor for all coordinates leaves their proportions alone.
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, mean: Tensor, scale: float, momentum: float = 0.1) -> None:
        """Start from the mean (m,) and the scale of all features."""
        super().__init__()
        self.register_buffer("mean", mean.clone())
        self.register_buffer("scale", torch.tensor(scale, dtype=mean.dtype, device=mean.device))
        self.momentum = momentum

    def forward(self, z: Tensor) -> Tensor:
        """Rows of z (b, m), rescaled; a batch without spread is measured by the running values."""
        if self.training:
            mean = z.mean(0)
            variance = (z - mean).square().sum(-1).mean()
            if float(variance.detach()) > 0:
                scale = variance.sqrt()
                self.mean.lerp_(mean.detach(), self.momentum)
                self.scale.lerp_(scale.detach(), self.momentum)
                return (z - mean) / scale
        return (z - self.mean) / self.scale


class Affine(nn.Module):
    """z -> scale * z + mean with constants: what undoes :class:`UnitScale` at its start, for the decoder."""

    mean: Tensor

    def __init__(self, mean: Tensor, scale: float) -> None:
        """Keep the mean (m,) and the scale."""
        super().__init__()
        self.register_buffer("mean", mean.clone())
        self.scale = scale

    def forward(self, z: Tensor) -> Tensor:
        """Rows of z (b, m), changed."""
        return self.scale * z + self.mean


class LayerScaledAdam(torch.optim.Adam):
    """Adam whose group "layer" moves ``factor`` times as far as its rate says.

    A step of Adam moves every entry of W by about the rate, and P = W^T Z adds n of them up: with a factor of 1/n
    native prototypes move about as far as free ones do at the same rate.
    """

    def __init__(self, groups: Any, factor: float) -> None:
        """Optimise ``groups``."""
        super().__init__(groups)
        self.factor = factor

    def step(self, closure: Any = None) -> Any:
        """One step; the groups' rates are as before afterwards."""
        scaled = [group for group in self.param_groups if group.get("name") == "layer"]
        rates = [group["lr"] for group in scaled]
        for group, rate in zip(scaled, rates, strict=True):
            group["lr"] = rate * self.factor
        try:
            return super().step(closure)
        finally:
            for group, rate in zip(scaled, rates, strict=True):
                group["lr"] = rate
