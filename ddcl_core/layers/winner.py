"""The two prototypes nearest to a sample, and the quantisation error of the first."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from ddcl_core._validation import check_choice, check_points
from ddcl_core.functional import _kernels as kernels
from ddcl_core.functional.losses import REDUCTIONS


class Winners(NamedTuple):
    """Indices (n,) of the nearest and the second nearest prototype."""

    first: Tensor
    second: Tensor


@torch.no_grad()
def winners(z: Tensor, prototypes: Tensor) -> Winners:
    """First and second winner of each sample, z (..., n, d), prototypes (..., k, d) with k >= 2; indices carry no gradient.

    At a tie the lower index comes first.
    """
    check_points(z, prototypes)
    if prototypes.shape[-2] < 2:
        raise ValueError("prototypes: got one row, accepted at least two, as a second winner is asked for")
    distances = kernels.squared_distances(z, prototypes)
    first = distances.argmin(-1)
    second = distances.scatter(-1, first.unsqueeze(-1), torch.inf).argmin(-1)
    return Winners(first, second)


def winner_loss(z: Tensor, prototypes: Tensor, reduction: str = "mean") -> Tensor:
    """Quantisation error Q of the winner: min_j |z_n - p_j|^2 (GBCL, equation (12); DDCL, equation (3)).

    z (..., n, d), prototypes (..., k, d) -> (..., n) for ``reduction="none"``, (...) for "mean" and "sum"; the papers
    sum. Where the winner is unique the gradient in its prototype is 2 (p - z) a sample; at a tie it is shared evenly.
    """
    check_choice("reduction", reduction, REDUCTIONS)
    check_points(z, prototypes)
    return kernels.reduce_samples(kernels.squared_distances(z, prototypes).amin(-1), reduction, -1)
