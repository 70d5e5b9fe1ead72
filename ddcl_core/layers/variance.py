"""How far a mini-batch's unbiased estimate of W^T Z scatters."""

from __future__ import annotations

import torch
from torch import Tensor

from ddcl_core._validation import check_count, check_same_kind
from ddcl_core.layers.base import check_samples


def sampling_variance(weights: Tensor, z: Tensor, batch_size: int) -> Tensor:
    """Variance (m, d) of each entry of (n/b) W_I^T Z_I over all batches I of ``batch_size`` = b distinct samples.

    weights (n, m), z (n, d). With a_i = W_ij Z_ic it is n^2 (1/b - 1/n) S^2, where S^2 is the variance of the a_i with
    divisor n - 1; zero for b = n. It is large where few samples carry a prototype: for one-hot weights and one of n
    samples at a time it is n - 1 times the square of the prototype. Raises ValueError unless 1 <= b <= n.
    """
    check_samples(z)
    check_same_kind("weights", weights, "z", z)
    size = z.shape[0]
    if weights.dim() != 2 or weights.shape[0] != size:
        raise ValueError(f"weights: got shape {tuple(weights.shape)}, accepted ({size}, m)")
    check_count("batch_size", batch_size)
    if batch_size > size:
        raise ValueError(f"batch_size: got {batch_size}, accepted at most the {size} samples")
    if size == 1:
        return weights.mT @ z * 0
    mean = weights.mT @ z / size
    # The terms a_i - mean one prototype at a time: sum a_i^2 - n mean^2 would cancel, all at once would need n m d.
    squares = [(column.unsqueeze(1) * z - row).square().sum(0) for column, row in zip(weights.mT, mean, strict=True)]
    return size**2 * (1 / batch_size - 1 / size) * torch.stack(squares) / (size - 1)
