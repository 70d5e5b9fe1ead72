"""Gradients of training, where q is the soft assignment (8) recomputed from the prototypes, in closed form.

With g = dL/dq and t = T (or 2T), the full gradient adds to the one at fixed q the term
sum_n c_nl * dd_nl, where c_nl = -(1/t) q_nl (g_nl - sum_j q_nj g_nj) comes from the softmax and dd_nl is the
derivative of |z_n - p_l|^2.
"""

from __future__ import annotations

from torch import Tensor

from ddcl_core._validation import check_choice, check_points, check_temperature
from ddcl_core.functional import _kernels as kernels
from ddcl_core.functional.assignment import CONVENTIONS, assign
from ddcl_core.functional.gradients import ols_fixed, pull, variance_fixed
from ddcl_core.functional.losses import REDUCTIONS

LOSSES = ("quantization", "ols", "variance")
MODES = ("stopped", "full")


def training_gradient(
    z: Tensor,
    prototypes: Tensor,
    temperature: float | Tensor,
    loss: str = "quantization",
    mode: str = "stopped",
    reduction: str = "mean",
    convention: str = "d/T",
) -> Tensor:
    """Gradient in the prototypes of L_q, L_OLS or V at the soft assignment q = softmax(-d/T).

    z (..., n, d), prototypes (..., k, d) -> (..., k, d), or (..., n, k, d) for ``reduction="none"``.
    ``mode="stopped"`` treats q as a constant, ``mode="full"`` differentiates through the softmax.
    ``loss`` is "quantization", "ols" or "variance".
    """
    temperature = _check(z, prototypes, temperature, loss, mode, reduction, convention)
    return prototype_gradient(z, prototypes, temperature, loss, mode, reduction, convention)


def training_gradient_features(
    z: Tensor,
    prototypes: Tensor,
    temperature: float | Tensor,
    loss: str = "quantization",
    mode: str = "stopped",
    reduction: str = "mean",
    convention: str = "d/T",
) -> Tensor:
    """Gradient in the features z, prototypes held, of L_q, L_OLS or V at the soft assignment (DDCL, Proposition 4).

    Shapes and options as in :func:`training_gradient`, result (..., n, d). A sample's loss depends on its own feature
    only, so ``reduction="none"`` and "sum" agree and "mean" divides by n.
    """
    temperature = _check(z, prototypes, temperature, loss, mode, reduction, convention)
    distances = kernels.squared_distances(z, prototypes)
    q = assign(distances, temperature, convention)
    error = kernels.residual(z, prototypes, q)
    gradient = 0 * error if loss == "variance" else 2 * error
    if mode == "full":
        weights = _softmax_weights(z, prototypes, distances, q, temperature, loss, convention)
        middle = kernels.centre(prototypes)
        gradient = gradient + 2 * (weights.sum(-1, keepdim=True) * (z - middle) - weights @ (prototypes - middle))
    return gradient / z.shape[-2] if reduction == "mean" else gradient


def prototype_gradient(
    z: Tensor, prototypes: Tensor, temperature: float | Tensor, loss: str, mode: str, reduction: str, convention: str
) -> Tensor:
    """:func:`training_gradient` without the checks."""
    distances = kernels.squared_distances(z, prototypes)
    q = assign(distances, temperature, convention)
    fixed = {"quantization": pull, "ols": ols_fixed, "variance": variance_fixed}[loss]
    gradient = fixed(q, z, prototypes, reduction)
    if mode == "full":
        weights = _softmax_weights(z, prototypes, distances, q, temperature, loss, convention)
        gradient = gradient + pull(weights, z, prototypes, reduction)
    return gradient


def _softmax_weights(
    z: Tensor, prototypes: Tensor, distances: Tensor, q: Tensor, temperature: float | Tensor, loss: str, convention: str
) -> Tensor:
    """c_nl of the module's formula, shape (..., n, k); g enters up to a shift, chosen so that ties give exact zeros."""
    if loss == "quantization":
        slope = kernels.excess(distances)
    elif loss == "ols":
        slope = -2 * (kernels.residual(z, prototypes, q) @ (prototypes - kernels.centre(prototypes)).mT)
    else:
        slope = kernels.deviations_squared(prototypes, q)
    centred = slope - (q * slope).sum(-1, keepdim=True)
    return -CONVENTIONS[convention] * (q * centred) / temperature


def _check(
    z: Tensor, prototypes: Tensor, temperature: float | Tensor, loss: str, mode: str, reduction: str, convention: str
) -> float | Tensor:
    check_choice("loss", loss, LOSSES)
    check_choice("mode", mode, MODES)
    check_choice("reduction", reduction, REDUCTIONS)
    check_choice("convention", convention, tuple(CONVENTIONS))
    check_points(z, prototypes)
    return check_temperature(temperature, z)
