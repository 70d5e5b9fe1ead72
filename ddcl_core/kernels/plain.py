"""The plain form: the functional as it stands, n x k matrices and autograd; what the fused forms are checked against."""

from __future__ import annotations

import torch
from torch import Tensor

from ddcl_core.functional import _kernels as kernels
from ddcl_core.functional.assignment import assign
from ddcl_core.functional.losses import variance
from ddcl_core.kernels.request import Request, Sums


def loss(
    z: Tensor,
    prototypes: Tensor,
    temperature: float | Tensor,
    weights: tuple[float, float, float],
    mode: str,
    convention: str,
    reduction: str,
) -> Tensor:
    """a L_q + b L_OLS + c V with (a, b, c) = ``weights``, differentiable to any order; leading axes broadcast."""
    original = z.dtype
    if original not in (torch.float32, torch.float64):
        z, prototypes = z.float(), prototypes.float()
        temperature = temperature.float() if isinstance(temperature, Tensor) else temperature
    distances = kernels.squared_distances(z, prototypes)
    q = assign(distances, temperature, convention)
    q = q.detach() if mode == "stopped" else q
    quantization, ols, spread = weights
    rows = quantization * (q * distances).sum(-1)
    if ols:
        rows = rows + ols * kernels.residual(z, prototypes, q).square().sum(-1)
    if spread:
        rows = rows + spread * variance(prototypes, q)
    return kernels.reduce_samples(rows, reduction, -1).to(original)


def run(request: Request) -> Sums:
    """All sums of the request through an n x k matrix, by the formulas of :mod:`ddcl_core.kernels.request` in float64."""
    with torch.no_grad():
        z, prototypes = request.z.double(), request.prototypes.double()
        middle = kernels.centre(prototypes)
        z, prototypes = z - middle, prototypes - middle
        distances = kernels.squared_distances(z, prototypes)
        q = torch.softmax(kernels.logits(kernels.excess(distances), request.temperature, request.scale), -1)
        means = q @ prototypes
        slope = request.losses * distances + request.spread * kernels.squared_distances(means, prototypes)
        centred = slope - (q * slope).sum(-1, keepdim=True)
        weights = request.losses * q
        if request.full:
            weights = weights - request.inverse * q * centred
        moment = weights.mT @ z + request.spread * (q.mT @ means)
        return Sums(
            middle=middle,
            largest=max(float(points.square().sum(-1).amax()) for points in (z, prototypes)),
            quantization=(q * distances).sum(),
            ols=(z - means).square().sum(),
            variance=variance(prototypes, q).sum(),
            grad_z=(2 * request.factor * (request.losses * z - weights @ prototypes)).to(request.z.dtype),
            weight=weights.sum(-2) + request.spread * q.sum(-2),
            moment=moment,
            mass=q.sum(-2),
            counts=torch.bincount(distances.argmin(-1), minlength=prototypes.shape[-2]),
            entropy=torch.special.entr(q).sum(),
        )
