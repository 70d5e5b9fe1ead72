"""GBCL's networks and their training: vanilla, dual and deep dual layer, from Glorot weights, all samples a step.

What is minimised is the quantisation error (12).  Its second term, λ‖E‖, counts links and has gradient 0 wherever it
has one, so that it moves nothing and is only measured.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from ddcl_core import layers

#: Adam's ε in the library of the code that the paper cites.
EPSILON = 1e-7
HIDDEN = (10, 10)
#: Where Adam's step is one call.
FUSED = ("cpu", "cuda")
#: A quantisation error that is not below this has diverged; that of the samples' mean is the number of features.
FAR = 1e9


def glorot(fan_in: int, fan_out: int, law: str, generator: torch.Generator) -> Tensor:
    """Weights (fan_in, fan_out) of mean 0 and variance 2/(fan_in + fan_out), float64."""
    spread: float = (2 / (fan_in + fan_out)) ** 0.5
    if law == "normal":
        unit = torch.randn(fan_in, fan_out, generator=generator, dtype=torch.float64)
    elif law == "uniform":
        unit = 3**0.5 * (2 * torch.rand(fan_in, fan_out, generator=generator, dtype=torch.float64) - 1)
    else:
        raise ValueError(f"glorot: got {law!r}, accepted are 'normal', 'uniform'")
    return unit * spread


class Network:
    """A layer on z (n, d) with k prototypes.

    ones: for a dual layer with a bias, which adds one number a unit to every feature, the vector (d,) of ones.
    """

    def __init__(self, kind: str, z: Tensor, k: int, law: str, seed: int, ones: Tensor | None = None) -> None:
        generator = torch.Generator().manual_seed(seed)
        n, d = z.shape
        self.z, self.ones = z, ones
        self.bias = None if ones is None else torch.zeros(k, 1, dtype=z.dtype, device=z.device, requires_grad=True)
        if kind == "VCL":
            self.layer: nn.Module = layers.VanillaCompetitiveLayer.from_prototypes(glorot(d, k, law, generator).T.to(z))
            return
        if kind == "DCL":
            dual = layers.DualCompetitiveLayer(n, k, estimate="unbiased", dtype=z.dtype, device=z.device)
            drawn, own = [glorot(n, k, law, generator)], [dual.weights]
            self.layer = dual
        elif kind == "deep DCL":
            deep = layers.DeepDualCompetitiveLayer(
                n, k, hidden=HIDDEN, activation="tanh", estimate="unbiased", dtype=z.dtype, device=z.device
            )
            sizes = (n, *HIDDEN, k)
            drawn = [glorot(a, b, law, generator) for a, b in zip(sizes, sizes[1:], strict=False)]
            own = [deep.weights, *deep.upper]
            self.layer = deep
        else:
            raise ValueError(f"kind: got {kind!r}, accepted are 'VCL', 'DCL', 'deep DCL'")
        with torch.no_grad():
            for parameter, values in zip(own, drawn, strict=True):
                parameter.copy_(values)

    def parameters(self) -> list[Tensor]:
        return [*self.layer.parameters(), *([] if self.bias is None else [self.bias])]

    def prototypes(self) -> Tensor:
        """(k, d), differentiable in the parameters."""
        if isinstance(self.layer, layers.VanillaCompetitiveLayer):
            return self.layer.prototypes
        assert isinstance(self.layer, layers.DualCompetitiveLayer | layers.DeepDualCompetitiveLayer)
        # Without the checks of a call, which cost more than the product; z does not change.
        found = self.layer.from_moment(self.layer.weights.mT @ self.z)
        return found if self.bias is None or self.ones is None else found + self.bias * self.ones


def distances(z: Tensor, p: Tensor, norms: Tensor | None = None) -> Tensor:
    """Squared distances (n, k) by one product: the data are standardised, so that nothing large cancels.

    norms: the squared norms (n, 1) of the samples, where they are known.
    """
    norms = z.square().sum(1, keepdim=True) if norms is None else norms
    return (norms + p.square().sum(1) - 2 * z @ p.mT).clamp(min=0)


def slope(z: Tensor, p: Tensor, objective: str, norms: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Gradient (k, d) of the objective in the prototypes, and the squared distance (n,) to the winner of each sample.

    objective: "sum" of the squared distances as in (12), or their Euclidean "norm" as in the code that the paper cites.
    """
    nearest, winner = distances(z, p, norms).min(1)
    if objective == "sum":
        weight = torch.ones_like(nearest)
    elif objective == "norm":
        weight = nearest / nearest.norm().clamp(min=torch.finfo(nearest.dtype).tiny)
    else:
        raise ValueError(f"objective: got {objective!r}, accepted are 'sum', 'norm'")
    shares = torch.zeros(len(z), len(p), dtype=z.dtype, device=z.device).scatter(1, winner[:, None], weight[:, None])
    return 2 * (shares.sum(0)[:, None] * p - shares.mT @ z), nearest


def train(
    network: Network,
    objective: str,
    optimiser: str,
    rate: float,
    epochs: int,
    seen: Callable[[int, Tensor, float], None],
) -> bool:
    """Train and tell `seen` the prototypes and their mean quantisation error before each epoch and after the last.

    optimiser: "Adam", or "descent" by the gradient of the sum or, for "mean descent", of the mean over the samples.
    False where that error is no longer below FAR; training ends there.
    """
    parameters = network.parameters()
    steps: torch.optim.Optimizer
    if optimiser == "Adam":
        steps = torch.optim.Adam(parameters, lr=rate, eps=EPSILON, fused=network.z.device.type in FUSED)
    elif optimiser in ("descent", "mean descent"):
        steps = torch.optim.SGD(parameters, lr=rate / (1 if optimiser == "descent" else len(network.z)))
    else:
        raise ValueError(f"optimiser: got {optimiser!r}, accepted are 'Adam', 'descent', 'mean descent'")
    norms = network.z.square().sum(1, keepdim=True)
    for epoch in range(epochs + 1):
        p = network.prototypes()
        g, nearest = slope(network.z, p.detach(), objective, norms)
        error = float(nearest.mean())
        # Not a number compares as false.
        if not error < FAR:
            return False
        seen(epoch, p.detach(), error)
        if epoch < epochs:
            steps.zero_grad(set_to_none=True)
            torch.autograd.backward(p, g)
            steps.step()
    return True
