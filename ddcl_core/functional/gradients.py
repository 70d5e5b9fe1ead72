"""Closed-form gradients of L_q, L_OLS and V in q and, with q fixed, in the prototypes (DDCL, Propositions 2 and 3)."""

from __future__ import annotations

from torch import Tensor

from ddcl_core._validation import check_assignment, check_choice
from ddcl_core.functional import _kernels as kernels
from ddcl_core.functional.losses import REDUCTIONS


def quantization_grad_q(z: Tensor, prototypes: Tensor, q: Tensor) -> Tensor:
    """Gradient of L_q in q for each sample: d_nj = |z_n - p_j|^2 (equation (26)); shape (..., n, k)."""
    check_assignment(z, prototypes, q)
    distances = kernels.squared_distances(z, prototypes)
    return distances.expand(*(distances + q).shape)


def ols_grad_q(z: Tensor, prototypes: Tensor, q: Tensor) -> Tensor:
    """Gradient of L_OLS in q for each sample: -2 P^T (z - Pq) (equation (27)); shape (..., n, k).

    This is the gradient in R^k; along the simplex only its part orthogonal to the all-ones vector acts.
    """
    check_assignment(z, prototypes, q)
    return -2 * (kernels.residual(z, prototypes, q) @ prototypes.mT)


def variance_grad_q(z: Tensor, prototypes: Tensor, q: Tensor) -> Tensor:
    """Gradient of V = sum_j q_j |p_j - Pq|^2 in q for each sample: |p_j - Pq|^2; shape (..., n, k).

    This is the gradient of (23) in R^k at a point of the simplex. Other forms of V that agree on the simplex have
    gradients that differ from it by a multiple of the all-ones vector.
    """
    check_assignment(z, prototypes, q)
    deviations = kernels.deviations_squared(prototypes, q)
    return deviations.expand(*(deviations + z[..., :1]).shape)


def quantization_grad_prototypes(z: Tensor, prototypes: Tensor, q: Tensor, reduction: str = "mean") -> Tensor:
    """Gradient of L_q in the prototypes with q fixed: row j is -2 sum_n q_nj (z_n - p_j) (equation (29)).

    z (..., n, d), prototypes (..., k, d), q (..., n, k) -> (..., k, d), divided by n for ``reduction="mean"``;
    ``reduction="none"`` keeps the samples apart: (..., n, k, d).
    """
    check_choice("reduction", reduction, REDUCTIONS)
    check_assignment(z, prototypes, q)
    return pull(q, z, prototypes, reduction)


def ols_grad_prototypes(z: Tensor, prototypes: Tensor, q: Tensor, reduction: str = "mean") -> Tensor:
    """Gradient of L_OLS in the prototypes with q fixed: row j is -2 sum_n q_nj (z_n - P q_n) (equation (30)).

    Shapes as in :func:`quantization_grad_prototypes`.
    """
    check_choice("reduction", reduction, REDUCTIONS)
    check_assignment(z, prototypes, q)
    return ols_fixed(q, z, prototypes, reduction)


def variance_grad_prototypes(z: Tensor, prototypes: Tensor, q: Tensor, reduction: str = "mean") -> Tensor:
    """Gradient of V in the prototypes with q fixed: 2 P S_q (equation (31)), whose row j is 2 sum_n q_nj (p_j - P q_n).

    Shapes as in :func:`quantization_grad_prototypes`; z only fixes the shapes.
    """
    check_choice("reduction", reduction, REDUCTIONS)
    check_assignment(z, prototypes, q)
    return variance_fixed(q, z, prototypes, reduction)


def pull(weights: Tensor, z: Tensor, prototypes: Tensor, reduction: str) -> Tensor:
    """2 sum_n c_nj (p_j - z_n) for any weights c (..., n, k), reduced over the samples, unchecked."""
    if reduction == "none":
        return 2 * weights.unsqueeze(-1) * (prototypes.unsqueeze(-3) - z.unsqueeze(-2))
    middle = kernels.centre(prototypes)
    masses = weights.sum(-2).unsqueeze(-1)
    total = 2 * (masses * (prototypes - middle) - weights.mT @ (z - middle))
    return total / z.shape[-2] if reduction == "mean" else total


def ols_fixed(q: Tensor, z: Tensor, prototypes: Tensor, reduction: str) -> Tensor:
    """Gradient of L_OLS in the prototypes at fixed q, unchecked."""
    error = kernels.residual(z, prototypes, q)
    if reduction == "none":
        return -2 * q.unsqueeze(-1) * error.unsqueeze(-2)
    total = -2 * (q.mT @ error)
    return total / z.shape[-2] if reduction == "mean" else total


def variance_fixed(q: Tensor, z: Tensor, prototypes: Tensor, reduction: str) -> Tensor:
    """Gradient of V in the prototypes at fixed q, unchecked."""
    centred = prototypes - kernels.centre(prototypes)
    gradient = pull(q, q @ centred, centred, reduction)
    batch_dims = gradient.dim() - (3 if reduction == "none" else 2)
    missing = z.dim() - 2 - batch_dims
    return gradient if missing <= 0 else gradient.expand(*z.shape[:missing], *gradient.shape)
