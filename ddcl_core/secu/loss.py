"""Cluster discrimination on the sphere: predictions (2), the stable loss (3) and soft labels (7) of SeCu.

Source: Qian, "Stable Cluster Discrimination for Deep Clustering", equations (2), (3), (7). Features and centres are unit
vectors; a temperature λ here equals T = 2λ in the convention exp(-d/T), because |x - w|² = 2 - 2⟨x, w⟩ on the sphere.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ddcl_core._validation import (
    check_choice,
    check_floating,
    check_points,
    check_real,
    check_same_kind,
    check_simplex,
    check_temperature,
)
from ddcl_core.functional import _kernels as kernels

NEGATIVES = ("stopped", "attached")
REDUCTIONS = ("mean", "sum", "none")


def normalise(rows: Tensor) -> Tensor:
    """Rows (..., d) divided by their Euclidean norm; a row of zeros stays zero and gets the gradient zero."""
    check_floating("rows", rows, 1)
    largest = rows.detach().abs().amax(-1, keepdim=True)
    # Scaling first keeps the squares in range.
    rows = rows.masked_fill(largest == 0, 0.0) / torch.where(largest > 0, largest, torch.ones_like(largest))
    norm = torch.linalg.vector_norm(rows, dim=-1, keepdim=True)
    return rows / torch.where(largest > 0, norm, torch.ones_like(norm))


def predictions(features: Tensor, centres: Tensor, temperature: float | Tensor) -> Tensor:
    """p_ij = exp(⟨x_i, w_j⟩/λ) / Σ_l exp(⟨x_i, w_l⟩/λ) (equation (2)).

    features (n, m) and centres (k, m), unit rows -> (n, k). Rows of another length are used as they are.
    """
    temperature = _check(features, centres, temperature)
    return torch.softmax(logits(features, centres, temperature), -1)


def secu_loss(
    features: Tensor,
    centres: Tensor,
    labels: Tensor,
    temperature: float | Tensor,
    *,
    negatives: str = "stopped",
    reduction: str = "mean",
) -> Tensor:
    """Stable cluster discrimination loss (equation (3)), in nats.

    features (n, m), centres (k, m), labels (n,) integers or (n, k) on the simplex -> 0-d, or (n,) for
    ``reduction="none"``. A soft label y gives Σ_j y_ij ℓ(x_i, j). The value is the cross entropy -Σ_j y_ij log p_ij. With
    ``negatives="stopped"`` a centre gets a gradient only as the target, (1/λ) Σ_i y_ij (p_ij - 1) x_i; the features get
    that of the cross entropy. ``negatives="attached"`` is the cross entropy with all its gradients.
    Labels are constants. Raises ValueError for shapes or labels that do not fit.
    """
    check_choice("negatives", negatives, NEGATIVES)
    check_choice("reduction", reduction, REDUCTIONS)
    temperature = _check(features, centres, temperature)
    check_labels(labels, features, centres.shape[0])
    return stable_loss(features, centres, labels.detach(), temperature, negatives, reduction)


def soft_labels(labels: Tensor, other: Tensor, label_weight: float) -> Tensor:
    """y = τ onehot(labels) + (1 - τ) p of the other view (equation (7)), without gradient.

    labels (n,) integers from the last epoch, other (n, k) on the simplex, ``label_weight`` τ in [0, 1] -> (n, k).
    """
    check_floating("other", other, 2)
    check_simplex(other, "other")
    weight = check_share("label_weight", label_weight)
    check_labels(labels, other, other.shape[-1], soft=False)
    return mix_labels(labels, other.detach(), weight)


def two_view_loss(
    first: Tensor, second: Tensor, centres: Tensor, labels: Tensor, temperature: float | Tensor, label_weight: float
) -> Tensor:
    """Loss of the encoder on two views (Algorithm 1): the mean of both views' loss at their soft labels (7).

    first and second (n, m), centres (k, m) held constant, labels (n,) of the last epoch -> 0-d. Each view is taught by
    the labels and by the other view's prediction, which is a constant there.
    """
    temperature = _check(first, centres, temperature)
    _check(second, centres, temperature)
    if first.shape != second.shape:
        raise ValueError(f"second: got shape {tuple(second.shape)}, accepted {tuple(first.shape)} as first")
    weight = check_share("label_weight", label_weight)
    check_labels(labels, first, centres.shape[0], soft=False)
    return two_views(first, second, centres, labels, temperature, weight)


def two_views(
    first: Tensor, second: Tensor, centres: Tensor, labels: Tensor, temperature: float | Tensor, weight: float
) -> Tensor:
    """:func:`two_view_loss` without the checks."""
    fixed = centres.detach()
    logs = [torch.log_softmax(logits(view, fixed, temperature), -1) for view in (first, second)]
    taught = [mix_labels(labels, log.detach().exp(), weight) for log in (logs[1], logs[0])]
    return -((taught[0] * logs[0]).sum(-1) + (taught[1] * logs[1]).sum(-1)).mean() / 2


def stable_loss(
    features: Tensor, centres: Tensor, labels: Tensor, temperature: float | Tensor, negatives: str, reduction: str
) -> Tensor:
    """:func:`secu_loss` without the checks."""
    if negatives == "attached":
        logs = torch.log_softmax(logits(features, centres, temperature), -1)
        hard = labels.dim() == 1
        value = -logs.gather(-1, labels.unsqueeze(-1)).squeeze(-1) if hard else -(labels * logs).sum(-1)
        return kernels.reduce_samples(value, reduction, -1)
    fixed = centres.detach()
    logs = torch.log_softmax(logits(features, fixed, temperature), -1)
    # The target's logit is its stopped value plus a shift that is zero and carries the gradient of the centre; the
    # normaliser then grows by the factor 1 + p_j (exp(shift) - 1).
    moving = centres - fixed
    if labels.dim() == 1:
        target = logs.gather(-1, labels.unsqueeze(-1)).squeeze(-1)
        shift = (features * moving[labels]).sum(-1) / temperature
        value = torch.log1p(target.exp() * torch.expm1(shift)) - shift - target
    else:
        shift = logits(features, moving, temperature)
        value = (labels * (torch.log1p(logs.exp() * torch.expm1(shift)) - shift - logs)).sum(-1)
    return kernels.reduce_samples(value, reduction, -1)


def logits(features: Tensor, centres: Tensor, temperature: float | Tensor) -> Tensor:
    """⟨x_i, w_j⟩/λ, (n, k), unchecked."""
    return features @ centres.mT / temperature


def mix_labels(labels: Tensor, other: Tensor, weight: float) -> Tensor:
    """:func:`soft_labels` without the checks."""
    mixed = (1 - weight) * other
    return mixed.scatter_add(-1, labels.unsqueeze(-1), torch.full_like(mixed[..., :1], weight))


def check_scalar_temperature(temperature: float | Tensor, like: Tensor) -> float | Tensor:
    """Return the temperature; raise ValueError unless it is a positive number or a 0-d tensor of one."""
    if isinstance(temperature, Tensor) and temperature.dim() > 0:
        raise ValueError(f"temperature: got shape {tuple(temperature.shape)}, accepted a number or a 0-d tensor")
    return check_temperature(temperature, like)


def check_share(name: str, value: float) -> float:
    """Return ``value``; raise ValueError unless it lies in [0, 1]."""
    number = check_real(name, value)
    if not 0 <= number <= 1:
        raise ValueError(f"{name}: got {value!r}, accepted a number from 0 to 1")
    return number


def check_labels(labels: Tensor, rows: Tensor, k: int, *, soft: bool = True) -> None:
    """Raise ValueError unless labels are integers (n,) below k, or (``soft``) rows (n, k) on the simplex."""
    n = rows.shape[0]
    accepted = f"accepted int64 ({n},)" + (f" or {rows.dtype} ({n}, {k})" if soft else "")
    if not isinstance(labels, Tensor):
        raise ValueError(f"labels: got {type(labels).__name__}, {accepted}")
    if soft and tuple(labels.shape) == (n, k) and labels.is_floating_point():
        check_same_kind("labels", labels, "features", rows)
        check_simplex(labels, "labels")
        return
    if tuple(labels.shape) != (n,) or labels.dtype != torch.int64:
        raise ValueError(f"labels: got {labels.dtype} {tuple(labels.shape)}, {accepted}")
    if labels.device != rows.device:
        raise ValueError(f"labels: got device {labels.device}, accepted {rows.device} as the features")
    low, high = int(labels.min()), int(labels.max())
    if low < 0 or high >= k:
        raise ValueError(f"labels: got {low if low < 0 else high}, accepted integers from 0 to {k - 1}")


def _check(features: Tensor, centres: Tensor, temperature: float | Tensor) -> float | Tensor:
    check_points(features, centres)
    if features.dim() != 2 or centres.dim() != 2:
        raise ValueError(
            f"features, centres: got shapes {tuple(features.shape)} and {tuple(centres.shape)}, accepted (n, m), (k, m)"
        )
    return check_scalar_temperature(temperature, features)
