"""Where prototypes start, and the weights that put them there.

Random numbers are drawn on the generator's device in float64 and moved, so that a seed means the same start on every
device. ``random_state`` is a seed or a ``torch.Generator``.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ddcl_core._validation import check_count, check_points, check_same_kind
from ddcl_core.baselines.kmeans import kmeans_plus_plus_indices
from ddcl_core.layers.base import check_samples

MIXED = 3  # samples in one random convex combination


def as_generator(random_state: int | torch.Generator) -> torch.Generator:
    """The generator itself, or a new one on the CPU with that seed."""
    if isinstance(random_state, torch.Generator):
        return random_state
    if isinstance(random_state, bool) or not isinstance(random_state, int) or not 0 <= random_state < 2**63:
        raise ValueError(
            f"random_state: got {random_state!r}, accepted a torch.Generator or an integer from 0 to 2^63-1"
        )
    return torch.Generator().manual_seed(random_state)


def random_numbers(*shape: int, generator: torch.Generator) -> Tensor:
    """Uniform on [0, 1), float64 where the device has it."""
    dtype = torch.float32 if generator.device.type == "mps" else torch.float64
    return torch.rand(*shape, generator=generator, dtype=dtype, device=generator.device)


def kmeans_plus_plus(z: Tensor, n_prototypes: int, random_state: int | torch.Generator = 0) -> Tensor:
    """Indices (k,) of samples chosen by greedy k-means++, z (n, d).

    Each next sample is drawn with probability proportional to its squared distance from the nearest one chosen, as the
    best of 2 + floor(log k) draws, see :func:`ddcl_core.baselines.kmeans.kmeans_plus_plus_indices`.
    Source: Arthur and Vassilvitskii, "k-means++: the advantages of careful seeding" (2007).
    Raises ValueError for n < k.
    """
    check_samples(z)
    check_count("n_prototypes", n_prototypes)
    if n_prototypes > z.shape[0]:
        raise ValueError(f"n_prototypes: got {n_prototypes}, accepted at most the {z.shape[0]} samples for k-means++")
    return kmeans_plus_plus_indices(z, n_prototypes, as_generator(random_state))


def one_hot_weights(indices: Tensor, n_samples: int) -> Tensor:
    """W (n, k) whose column j is the unit vector of sample ``indices[j]``, so that W^T Z is those samples."""
    weights = torch.zeros(n_samples, indices.shape[0], device=indices.device)
    return weights.scatter(0, indices.unsqueeze(0), 1.0)


def convex_weights(n_samples: int, n_prototypes: int, random_state: int | torch.Generator = 0) -> Tensor:
    """W (n, k) with random columns on the simplex: prototypes inside the convex hull of any data.

    Column j spreads a flat Dirichlet vector u over three samples drawn uniformly. Hence P has the mean of the data and
    half their covariance: E sum_l u_l^2 = 2/(3 + 1).
    """
    generator = as_generator(random_state)
    shares = -torch.log1p(-random_numbers(MIXED, n_prototypes, generator=generator))
    shares = shares / shares.sum(0)
    samples = (random_numbers(MIXED, n_prototypes, generator=generator) * n_samples).long().clamp(max=n_samples - 1)
    return torch.zeros(n_samples, n_prototypes, dtype=shares.dtype, device=shares.device).scatter_add(
        0, samples, shares
    )


def uniform_weights(fan_in: int, n_units: int, random_state: int | torch.Generator = 0, gain: float = 1.0) -> Tensor:
    """W (fan_in, n_units) with entries uniform on +-gain sqrt(3/fan_in), of variance gain^2/fan_in.

    For data with mean zero and gain 1 the prototypes W^T Z have the covariance of the data. Glorot's rule, which GBCL
    uses, has variance 2/(n + k) instead.
    """
    numbers = random_numbers(fan_in, n_units, generator=as_generator(random_state))
    return gain * math.sqrt(3 / fan_in) * (2 * numbers - 1)


def least_norm_weights(z: Tensor, prototypes: Tensor) -> Tensor:
    """W (n, k) of least Frobenius norm with W^T Z = P: the transpose of P Z^+.

    z (n, d), prototypes (k, d). Singular values of Z below max(n, d) ulp of the largest count as zero (GBCL, equations
    (32) and (41), for any rank). Raises ValueError where a prototype lies further than sqrt(eps), relative to its own
    norm, from the span of the samples.
    """
    check_samples(z)
    check_points(z, prototypes)
    if prototypes.dim() != 2:
        raise ValueError(f"prototypes: got shape {tuple(prototypes.shape)}, accepted (k, d)")
    check_same_kind("prototypes", prototypes, "z", z)
    eps = torch.finfo(z.dtype).eps
    wide = torch.promote_types(z.dtype, torch.float32) if z.device.type == "mps" else torch.float64
    samples, targets = z.detach().to(wide), prototypes.detach().to(wide)
    weights = torch.linalg.pinv(samples, rtol=max(z.shape) * eps).mT @ targets.mT
    missed = (weights.mT @ samples - targets).norm(dim=1)
    relative = missed / targets.norm(dim=1).clamp(min=torch.finfo(wide).tiny)
    worst = int(relative.argmax())
    if float(relative[worst]) > math.sqrt(eps):
        raise ValueError(
            f"prototypes: got row {worst} at {float(relative[worst]):.3g} of its norm from the span of the "
            f"{z.shape[0]} samples, accepted at most {math.sqrt(eps):.3g}"
        )
    return weights.to(z.dtype)
