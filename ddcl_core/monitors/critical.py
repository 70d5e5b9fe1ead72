"""The temperature at which the collapsed state, all prototypes at the mean of the data, turns unstable.

Put p_j = mean + e_j with e_1 + ... + e_k = 0 and x = z - mean, with covariance S. To first order q_j is
1/k + (2s/(kT)) x.e_j, s = 1 (convention "d/T") or 1/2. To second order in e the mean of L_OLS is
tr S - (4s/(kT)) sum_j e_j.S e_j, that of V is (1/k) sum_j |e_j|^2, and the separation term adds
-separation * c k sum_j |e_j|^2, c being the weight of an unordered pair. With A and B the coefficients of L_OLS and V in
the base loss (L_q is both), collapse is unstable under the full gradient iff 4 s A lambda_max(S) / T > B - separation c k^2.
With q stopped L_OLS acts half as strongly: 2 in place of 4. For L_q these are T < 4 lambda_max and T < 2 lambda_max.

Native prototypes collapse at the same temperature where Z^T Z is invertible: their field is that of free ones times
Z^T Z, and the signs of the eigenvalues stay. The entropy and weight terms, which move or hold the collapsed state, are
not counted; the balance term has no effect to this order.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ddcl_core._validation import check_count, check_floating, check_magnitude, square_root_bound
from ddcl_core.functional.assignment import CONVENTIONS
from ddcl_core.functional.regularisers import pair_factor
from ddcl_core.objective import DDCLLoss


def critical_temperature(z: Tensor, loss: DDCLLoss | None = None, *, n_prototypes: int = 2) -> float:
    """T below which collapsed prototypes run apart on features z (n, d) under ``loss`` (None: full L_q).

    Infinite if they do at every T, as under L_OLS; zero for data without spread. ``n_prototypes`` matters only with a
    separation term. Raises ValueError for bad features.
    """
    check_count("n_prototypes", n_prototypes)
    return from_eigenvalue(largest_eigenvalue(z), DDCLLoss() if loss is None else loss, n_prototypes)


def from_eigenvalue(eigenvalue: float, loss: DDCLLoss, n_prototypes: int) -> float:
    """The critical temperature for the largest eigenvalue of the covariance, by the formula of this module."""
    quantization, ols, variance = loss.mixture
    strength = 4.0 if loss.assignments == "full" else 2.0
    pull = (quantization + ols) * strength * CONVENTIONS[loss.convention] * eigenvalue
    hold = quantization + variance - loss.separation * pair_factor(n_prototypes, loss.pairs) * n_prototypes**2
    if hold > 0:
        return pull / hold
    # At hold = 0 the data decide: without spread, or without L_OLS, nothing drives the prototypes apart.
    return math.inf if hold < 0 or pull > 0 else 0.0


def largest_eigenvalue(z: Tensor) -> float:
    """Largest eigenvalue of the covariance (divisor n) of features z (n, d), in float64 where the device has it."""
    check_floating("z", z, 2)
    if z.dim() != 2:
        raise ValueError(f"z: got shape {tuple(z.shape)}, accepted (n, d)")
    check_magnitude("z", z, square_root_bound(z.dtype, z.shape[1]))
    with torch.no_grad():
        wide = z.detach().to(accumulator(z.device))
        # Differences from the first sample are exactly zero for equal samples, which a rounded mean would not give.
        deviations = wide - wide[:1]
        deviations = deviations - deviations.mean(0)
        n, d = deviations.shape
        product = deviations.mT @ deviations if d <= n else deviations @ deviations.mT
        return max(0.0, float(torch.linalg.eigvalsh(product / n)[-1]))


def accumulator(device: torch.device) -> torch.dtype:
    """The widest floating dtype of a device."""
    return torch.float32 if device.type == "mps" else torch.float64
