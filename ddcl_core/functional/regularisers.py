"""The regularisers of the total loss (DDCL, equations (12)-(15))."""

from __future__ import annotations

import torch
from torch import Tensor

from ddcl_core._validation import check_choice, check_floating, check_prototypes, check_simplex
from ddcl_core.functional import _kernels as kernels

PAIRS = ("unordered", "ordered", "mean")


def balance(q: Tensor) -> Tensor:
    """KL divergence of the mean assignment from the uniform one, L_bal (equation (13)).

    q (..., n, k) -> (...), in nats, never negative. With x_j = k * mean_n q_nj it is
    (1/k) sum_j (x_j log x_j - x_j + 1), equal to the divergence on the simplex and a sum of terms of one sign. Its
    gradient is minus infinity in the entries of a prototype that no sample uses.
    """
    check_floating("q", q, 2)
    check_simplex(q)
    return balance_of(q)


def balance_of(q: Tensor) -> Tensor:
    """:func:`balance` without the checks."""
    ratio = q.mean(-2) * q.shape[-1]
    return kernels.clamp_value((-torch.special.entr(ratio) - (ratio - 1)).mean(-1))


def negative_entropy(q: Tensor) -> Tensor:
    """Mean over the samples of sum_j q_j log q_j, L_ent (equation (14)), with 0 log 0 = 0.

    q (..., n, k) -> (...), in nats, between -log k and 0. Its gradient is minus infinity at q_j = 0.
    """
    check_floating("q", q, 2)
    check_simplex(q)
    return negative_entropy_of(q)


def negative_entropy_of(q: Tensor) -> Tensor:
    """:func:`negative_entropy` without the checks."""
    entropies: Tensor = torch.special.entr(q).sum(-1)
    return -entropies.mean(-1)


def separation(prototypes: Tensor, pairs: str = "unordered") -> Tensor:
    """Minus the squared distances between prototypes, L_sep (equation (15)).

    prototypes (..., k, d) -> (...). ``pairs``: "unordered" sums over i < j, "ordered" over all (i, j), "mean" averages
    over i < j. A single prototype has no pairs and gives 0. Uses sum_{i<j} |p_i - p_j|^2 = k sum_j |p_j - mean|^2.
    """
    check_choice("pairs", pairs, PAIRS)
    check_prototypes(prototypes)
    return separation_of(prototypes, pairs)


def separation_of(prototypes: Tensor, pairs: str) -> Tensor:
    """:func:`separation` without the checks."""
    anchored = prototypes - prototypes[..., :1, :]
    centred = anchored - anchored.mean(-2, keepdim=True)
    factor = pair_factor(prototypes.shape[-2], pairs) * prototypes.shape[-2]
    return -factor * centred.square().sum((-2, -1))


def pair_factor(k: int, pairs: str) -> float:
    """Weight of one unordered pair among k prototypes under the chosen ``pairs``."""
    if pairs == "mean":
        return 2.0 / (k * (k - 1)) if k > 1 else 0.0
    return 2.0 if pairs == "ordered" else 1.0


def weight_norm(prototypes: Tensor) -> Tensor:
    """Squared Frobenius norm |P|_F^2; prototypes (..., k, d) -> (...)."""
    check_prototypes(prototypes)
    return prototypes.square().sum((-2, -1))
