"""Distances, the soft assignment (8) and the covariance of an assignment."""

from __future__ import annotations

import torch
from torch import Tensor

from ddcl_core._validation import (
    check_choice,
    check_floating,
    check_magnitude,
    check_points,
    check_simplex,
    check_temperature,
)
from ddcl_core.functional import _kernels as kernels

# The factor on d in the exponent: exp(-d/T) or exp(-d/(2T)).
CONVENTIONS = {"d/T": 1.0, "d/2T": 0.5}


def squared_distances(z: Tensor, prototypes: Tensor) -> Tensor:
    """Squared Euclidean distances d_nj = |z_n - p_j|^2.

    z (..., n, d), prototypes (..., k, d) -> (..., n, k), never negative. Up to 2^22 differences they are formed one by
    one, with a relative error of a few ulp; beyond that by matrix products centred on the mean prototype c, with an
    absolute error of a few ulp of |z_n - c|^2 + |p_j - c|^2.

    Raises ValueError for shapes that do not match, empty axes, NaN, or entries whose square overflows.
    """
    check_points(z, prototypes)
    return kernels.squared_distances(z, prototypes)


def soft_assignment(z: Tensor, prototypes: Tensor, temperature: float | Tensor, *, convention: str = "d/T") -> Tensor:
    """Soft assignment q_nj = exp(-d_nj/T) / sum_l exp(-d_nl/T) (DDCL, equation (8)).

    z (..., n, d), prototypes (..., k, d) -> (..., n, k). The temperature T > 0 has the unit of a squared distance; it
    is a number or a tensor that broadcasts against (..., n, 1). ``convention="d/2T"`` divides the exponent by 2.
    Every T is safe: the smallest distance is subtracted before the division, so small T gives the hard assignment
    (equal shares at ties) and large T the uniform one.
    """
    check_points(z, prototypes)
    check_choice("convention", convention, tuple(CONVENTIONS))
    temperature = check_temperature(temperature, z)
    return assign(kernels.squared_distances(z, prototypes), temperature, convention)


def assign(distances: Tensor, temperature: float | Tensor, convention: str) -> Tensor:
    """Soft assignment from squared distances (..., n, k), unchecked."""
    return torch.softmax(kernels.logits(kernels.excess(distances), temperature, CONVENTIONS[convention]), -1)


def assignment_covariance(q: Tensor, *, ambient: bool = False) -> Tensor:
    """Covariance S_q = diag(q) - q q^T of the one-hot vector drawn from q.

    q (..., n, k) -> (..., n, k, k). On the simplex the diagonal q_j - q_j^2 is summed as q_j times the other entries,
    which keeps the rows summing to zero near the vertices. ``ambient=True`` takes any q in R^k and the literal formula.
    """
    check_floating("q", q, 1)
    if ambient:
        check_magnitude("q", q, torch.finfo(q.dtype).max)
        return torch.diag_embed(q) - q.unsqueeze(-1) * q.unsqueeze(-2)
    check_simplex(q)
    outer = q.unsqueeze(-1) * q.unsqueeze(-2)
    links = outer * (1 - torch.eye(q.shape[-1], dtype=q.dtype, device=q.device))
    return torch.diag_embed(links.sum(-1)) - links
