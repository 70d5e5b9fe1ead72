"""The losses L_q and L_OLS, the prototype variance V, their decomposition, and the free energy."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ddcl_core._validation import check_assignment, check_choice, check_points, check_temperature
from ddcl_core.functional import _kernels as kernels
from ddcl_core.functional.assignment import CONVENTIONS

REDUCTIONS = ("none", "mean", "sum")


class Decomposition(NamedTuple):
    """L_q, L_OLS, V and ``residual`` = L_q - L_OLS - V for each sample, each of shape (..., n)."""

    quantization: Tensor
    ols: Tensor
    variance: Tensor
    residual: Tensor


def quantization_loss(
    z: Tensor, prototypes: Tensor, q: Tensor, reduction: str = "mean", *, ambient: bool = False
) -> Tensor:
    """Quantization loss L_q = sum_j q_j |z - p_j|^2 (DDCL, equation (11)).

    z (..., n, d), prototypes (..., k, d), q (..., n, k) -> (..., n) for ``reduction="none"``, (...) for "mean" and
    "sum" over the samples. ``ambient=True`` admits any q in R^k instead of the simplex.
    """
    check_choice("reduction", reduction, REDUCTIONS)
    check_assignment(z, prototypes, q, ambient=ambient)
    return kernels.reduce_samples((q * kernels.squared_distances(z, prototypes)).sum(-1), reduction, -1)


def ols_loss(z: Tensor, prototypes: Tensor, q: Tensor, reduction: str = "mean", *, ambient: bool = False) -> Tensor:
    """Reconstruction loss L_OLS = |z - Pq|^2 (DDCL, equation (16)).

    Shapes as in :func:`quantization_loss`. On the simplex z and P are centred on the mean prototype first, which leaves
    z - Pq unchanged there but alters derivatives in q by a multiple of the all-ones vector. ``ambient=True`` takes any
    q in R^k and the formula literally.
    """
    check_choice("reduction", reduction, REDUCTIONS)
    check_assignment(z, prototypes, q, ambient=ambient)
    error = z - q @ prototypes if ambient else kernels.residual(z, prototypes, q)
    return kernels.reduce_samples(error.square().sum(-1), reduction, -1)


def prototype_variance(
    z: Tensor, prototypes: Tensor, q: Tensor, reduction: str = "mean", *, ambient: bool = False
) -> Tensor:
    """Prototype variance V = sum_j q_j |p_j - Pq|^2 (DDCL, equation (23)).

    Shapes as in :func:`quantization_loss`; V does not depend on z, which only fixes the shapes. On the simplex it is
    computed in its pairwise form (1/2) sum_ij q_i q_j |p_i - p_j|^2, whose terms are never negative, so that nothing
    cancels; derivatives in q then differ from those of (23) by a multiple of the all-ones vector. ``ambient=True``
    takes any q in R^k and (23) literally.
    """
    check_choice("reduction", reduction, REDUCTIONS)
    check_assignment(z, prototypes, q, ambient=ambient)
    value = _variance_literal(prototypes, q) if ambient else variance(prototypes, q)
    batch = np.broadcast_shapes(z.shape[:-2], value.shape[:-1])
    return kernels.reduce_samples(value.expand(*batch, value.shape[-1]), reduction, -1)


def decomposition(z: Tensor, prototypes: Tensor, q: Tensor) -> Decomposition:
    """L_q, L_OLS and V, each from its own definition, and L_q - L_OLS - V (DDCL, equation (22)).

    z (..., n, d), prototypes (..., k, d), q (..., n, k) on the simplex -> four tensors (..., n).
    """
    quantization = quantization_loss(z, prototypes, q, "none")
    ols = ols_loss(z, prototypes, q, "none")
    spread = prototype_variance(z, prototypes, q, "none")
    return Decomposition(quantization, ols, spread, quantization - ols - spread)


def free_energy(
    z: Tensor, prototypes: Tensor, temperature: float | Tensor, reduction: str = "mean", *, convention: str = "d/T"
) -> Tensor:
    """Free energy F_T = -T log sum_j exp(-d_j/T), the minimum over the simplex of sum_j q_j d_j + T sum_j q_j log q_j.

    z (..., n, d), prototypes (..., k, d) -> (..., n), or (...) reduced over the samples. With ``convention="d/2T"`` it
    is -2T log sum_j exp(-d_j/(2T)), so that in both conventions the gradient in d is the soft assignment.
    """
    check_choice("reduction", reduction, REDUCTIONS)
    check_choice("convention", convention, tuple(CONVENTIONS))
    check_points(z, prototypes)
    temperature = check_temperature(temperature, z)
    distances = kernels.squared_distances(z, prototypes)
    return kernels.reduce_samples(free(distances, temperature, convention), reduction, -1)


def free(distances: Tensor, temperature: float | Tensor, convention: str) -> Tensor:
    """Free energy of each sample from squared distances (..., n, k), unchecked."""
    scale = CONVENTIONS[convention]
    smallest = distances.amin(-1, keepdim=True).detach()
    log_sum = torch.logsumexp(kernels.logits(distances - smallest, temperature, scale), -1, keepdim=True)
    return (smallest - (temperature / scale) * log_sum).squeeze(-1)


def variance(prototypes: Tensor, q: Tensor) -> Tensor:
    """Prototype variance of each sample, shape (..., n), in the pairwise form, unchecked."""
    spread: Tensor = (q * (q @ kernels.pairwise_squared_distances(prototypes))).sum(-1)
    return 0.5 * spread


def _variance_literal(prototypes: Tensor, q: Tensor) -> Tensor:
    return (q * (prototypes.unsqueeze(-3) - (q @ prototypes).unsqueeze(-2)).square().sum(-1)).sum(-1)
