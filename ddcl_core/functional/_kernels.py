"""Unchecked building blocks shared by the functional, the energy and the flows.

Features and prototypes are centred on the mean prototype before any matrix product: products of raw values lose the
distances when the data have a large offset.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

# Up to this many entries, differences z_n - p_j are formed one by one; above it, memory forbids it.
DIRECT_LIMIT = 2**22


def centre(prototypes: Tensor) -> Tensor:
    """Mean prototype (..., 1, d), without gradient; exactly p_1 when all prototypes coincide."""
    anchor = prototypes[..., :1, :]
    return (anchor + (prototypes - anchor).mean(-2, keepdim=True)).detach()


def clamp_value(value: Tensor) -> Tensor:
    """max(value, 0) with the derivatives of ``value``: removes a rounding error below zero, nothing else."""
    return value + (value.clamp(min=0) - value).detach()


def squared_distances(z: Tensor, prototypes: Tensor) -> Tensor:
    """|z_n - p_j|^2, shape (..., n, k)."""
    batch = np.broadcast_shapes(z.shape[:-2], prototypes.shape[:-2])
    if math.prod(batch) * z.shape[-2] * prototypes.shape[-2] * z.shape[-1] <= DIRECT_LIMIT:
        return (z.unsqueeze(-2) - prototypes.unsqueeze(-3)).square().sum(-1)
    middle = centre(prototypes)
    z, prototypes = z - middle, prototypes - middle
    norms = z.square().sum(-1).unsqueeze(-1) + prototypes.square().sum(-1).unsqueeze(-2)
    return clamp_value(norms - 2 * (z @ prototypes.mT))


def pairwise_squared_distances(prototypes: Tensor) -> Tensor:
    """|p_i - p_j|^2, shape (..., k, k), zero on the diagonal."""
    size = prototypes.shape[-2]
    off_diagonal = 1 - torch.eye(size, dtype=prototypes.dtype, device=prototypes.device)
    return squared_distances(prototypes, prototypes) * off_diagonal


def excess(distances: Tensor) -> Tensor:
    """d_j - min_l d_l; the minimum carries no gradient because what uses it does not change under a common shift."""
    return distances - distances.amin(-1, keepdim=True).detach()


def logits(gap: Tensor, temperature: float | Tensor, scale: float) -> Tensor:
    """-scale * gap / T, held at a floor where exp is zero in the dtype anyway, so that nothing becomes infinite."""
    floor = 2 - math.log(torch.finfo(gap.dtype).smallest_normal * torch.finfo(gap.dtype).eps)
    gap = gap * scale
    far = gap > floor * temperature
    return torch.where(far, torch.full_like(gap, -floor), -(gap.masked_fill(far, 0.0) / temperature))


def residual(z: Tensor, prototypes: Tensor, q: Tensor) -> Tensor:
    """z - Pq, shape (..., n, d), for q on the simplex (a sum of q that differs from 1 counts as rounding)."""
    middle = centre(prototypes)
    return (z - middle) - q @ (prototypes - middle)


def deviations_squared(prototypes: Tensor, q: Tensor) -> Tensor:
    """|p_j - Pq|^2, shape (..., n, k), for q on the simplex."""
    middle = centre(prototypes)
    centred = prototypes - middle
    return squared_distances(q @ centred, centred)


def reduce_samples(value: Tensor, reduction: str, dim: int) -> Tensor:
    """Apply "none", "mean" or "sum" over the sample axis ``dim``."""
    if reduction == "none":
        return value
    return value.mean(dim) if reduction == "mean" else value.sum(dim)
