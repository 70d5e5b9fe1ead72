"""The diagnostic quantities of DDCL at one moment, from features, prototypes and a temperature."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from ddcl_core import functional
from ddcl_core._validation import check_points, check_real, check_temperature
from ddcl_core.functional import _kernels as kernels
from ddcl_core.monitors.critical import accumulator, from_eigenvalue, largest_eigenvalue
from ddcl_core.objective import DDCLLoss

# Samples that are measured at a time; bounds the memory to a tile of n.
TILE = 4096


class Measurements(NamedTuple):
    """Numbers; losses are means over the samples, distances and temperatures in the unit of a squared distance.

    prototype_separation: D_P, the mean of |p_i - p_j|^2 over i != j (DDCL, equation (35)); 0 for one prototype.
    concentration: C_q, the mean of |q_n|^2 (36), from 1/k (uniform) to 1 (hard).
    uncertainty: the mean of tr S_q = 1 - |q_n|^2 (37), without the cancellation near the vertices.
    quantization, ols, variance: L_q, L_OLS and V, each from its own definition.
    residual: the largest |L_q - L_OLS - V| of a sample, relative to |z_n - c|^2 + max_j |p_j - c|^2, c the mean prototype.
    residual_bound: what rounding in the dtype of the features explains of it.
    smallest_mass: the least mean_n q_nj times k; 1 for a balanced assignment.
    dead_prototypes: how many prototypes have less than the threshold there.
    largest_eigenvalue: of the covariance of the features; 0 when the features have collapsed.
    critical_temperature: where collapse turns unstable, see :mod:`ddcl_core.monitors.critical`.
    collapse_margin: critical temperature minus T; negative where the collapsed state is stable.
    """

    temperature: float
    prototype_separation: float
    concentration: float
    uncertainty: float
    quantization: float
    ols: float
    variance: float
    residual: float
    residual_bound: float
    smallest_mass: float
    dead_prototypes: int
    largest_eigenvalue: float
    critical_temperature: float
    collapse_margin: float


@torch.no_grad()
def measure(
    z: Tensor,
    prototypes: Tensor,
    temperature: float | Tensor,
    *,
    loss: DDCLLoss | None = None,
    threshold: float = 0.01,
) -> Measurements:
    """Measure features z (n, d) against prototypes (k, d) at q = softmax(-d/T).

    loss: gives the convention, and the loss whose critical temperature is meant; None is L_q with the full gradient.
    threshold: a prototype is dead if its share of the soft assignments is below this part of the uniform share 1/k.
    Raises ValueError for bad arguments. No gradient; memory for a tile of samples only.
    """
    check_points(z, prototypes)
    if z.dim() != 2 or prototypes.dim() != 2:
        raise ValueError(
            f"z, prototypes: got shapes {tuple(z.shape)}, {tuple(prototypes.shape)}, accepted (n, d) and (k, d)"
        )
    checked = float(check_temperature(temperature, z))
    threshold = check_real("threshold", threshold, minimum=0.0)
    loss = DDCLLoss() if loss is None else loss
    wide = accumulator(z.device)
    (n, d), k = z.shape, prototypes.shape[0]
    centre = kernels.centre(prototypes)
    reach = (prototypes - centre).square().sum(-1).amax()
    totals = torch.zeros(5, dtype=wide, device=z.device)
    mass = torch.zeros(k, dtype=wide, device=z.device)
    residual = torch.zeros((), dtype=wide, device=z.device)
    for tile in torch.split(z, TILE):
        q = functional.soft_assignment(tile, prototypes, checked, convention=loss.convention)
        parts = functional.decomposition(tile, prototypes, q)
        sums = (parts.quantization, parts.ols, parts.variance, q.square().sum(-1), uncertainty(q))
        totals += torch.stack([value.to(wide).sum() for value in sums])
        mass += q.to(wide).sum(0)
        scale = ((tile - centre).square().sum(-1) + reach).clamp(min=torch.finfo(z.dtype).tiny)
        residual = torch.maximum(residual, (parts.residual.abs() / scale).amax().to(wide))
    quantization, ols, variance, concentration, trace = (float(value) / n for value in totals)
    shares = mass * (k / n)
    eigenvalue = largest_eigenvalue(z)
    critical = from_eigenvalue(eigenvalue, loss, k)
    return Measurements(
        temperature=checked,
        prototype_separation=0.0 - float(functional.separation(prototypes.to(wide), "mean")),
        concentration=concentration,
        uncertainty=trace,
        quantization=quantization,
        ols=ols,
        variance=variance,
        residual=float(residual),
        residual_bound=residual_bound(z.dtype, k, d),
        smallest_mass=float(shares.amin()),
        dead_prototypes=int((shares < threshold).sum()),
        largest_eigenvalue=eigenvalue,
        critical_temperature=critical,
        collapse_margin=critical - checked,
    )


def uncertainty(q: Tensor) -> Tensor:
    """tr S_q = sum_j q_j (1 - q_j) for q (..., k) on the simplex, with 1 - q_j summed from the other entries at the top."""
    top = q.argmax(-1, keepdim=True)
    others = q.scatter(-1, top, 0.0)
    largest, rest = q.gather(-1, top).squeeze(-1), others.sum(-1)
    return largest * rest + (others * (1 - others)).sum(-1)


def residual_bound(dtype: torch.dtype, k: int, d: int) -> float:
    """Bound to first order on the relative residual that rounding leaves, for k prototypes in d coordinates.

    In units of the scale, sums of d and k terms contribute at most eps (k + d + 3) to L_q, eps (2k + d + 5) to L_OLS,
    eps (2k + d + 3) to V, and a sum of q that differs from 1 by k eps/2 contributes eps k.
    """
    return torch.finfo(dtype).eps * (6 * k + 3 * d + 11)
