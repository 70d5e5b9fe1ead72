"""Euclidean projections onto the probability simplex and onto its tangent cone.

Both find the set of free entries by one sort and then average over it, so they are exact up to rounding, and their
derivative is that of the affine map on the free entries (at a kink, one element of the generalised Jacobian).
"""

from __future__ import annotations

import torch
from torch import Tensor

from ddcl_core._validation import (
    broadcast_batches,
    check_dim,
    check_floating,
    check_magnitude,
    check_same_kind,
    check_simplex,
    is_traced,
)


def project_simplex(v: Tensor, dim: int = -1) -> Tensor:
    """Point of the simplex nearest to ``v`` along ``dim``: max(v - tau, 0) with tau such that the sum is 1.

    Any shape -> same shape; entries are never negative and sum to 1 within a few ulp at any scale of v.
    Source: Duchi et al., "Efficient projections onto the l1-ball for learning in high dimensions" (2008), figure 1.
    Raises ValueError for NaN and infinities.
    """
    check_floating("v", v, 1)
    check_dim(dim, v.dim())
    check_magnitude("v", v, torch.finfo(v.dtype).max)
    return nearest_on_simplex(v.movedim(dim, -1)).movedim(-1, dim)


def nearest_on_simplex(v: Tensor) -> Tensor:
    """:func:`project_simplex` along the last axis, without the checks."""
    # tau >= max(v) - 1, so an entry more than 1 below the largest is never free: cutting there keeps all sums near 1.
    shifted = (v - v.amax(-1, keepdim=True).detach()).clamp(min=-1.0)
    with torch.no_grad():
        ordered = shifted.sort(-1, descending=True).values
        ranks = torch.arange(1, v.shape[-1] + 1, dtype=v.dtype, device=v.device)
        free_count = (1 + ranks * ordered > ordered.cumsum(-1)).sum(-1, keepdim=True)
        # The smallest free entry, not a rounded threshold, decides: equal entries are then free together.
        free = shifted >= ordered.gather(-1, free_count - 1)
    tau = ((shifted * free).sum(-1, keepdim=True) - 1) / free.sum(-1, keepdim=True)
    point = torch.where(free, shifted - tau, torch.zeros_like(shifted)).clamp(min=0)
    return point / point.sum(-1, keepdim=True).detach()


def project_tangent_cone(v: Tensor, q: Tensor, dim: int = -1) -> Tensor:
    """Vector of the tangent cone of the simplex at ``q`` nearest to ``v``, along ``dim``.

    The cone is {w : sum_j w_j = 0, w_j >= 0 where q_j = 0}; only entries of q that are exactly zero count as active.
    The projection is v_j - mu where q_j > 0 and max(v_j - mu, 0) where q_j = 0, with mu such that the sum is 0.
    v and q: shapes that broadcast -> broadcast shape. An entry of v that is minus infinity where q_j = 0 gives 0.
    Raises ValueError if q is not on the simplex or v has any other entry that is not finite.
    """
    check_floating("v", v, 1)
    check_floating("q", q, 1)
    check_same_kind("v", v, "q", q)
    shape = broadcast_batches(v=v.shape, q=q.shape)
    check_dim(dim, len(shape))
    v, q = v.expand(shape), q.expand(shape)
    check_simplex(q, dim=dim)
    if not is_traced(v, q):
        blocked = (v == -torch.inf) & (q == 0)
        check_magnitude(
            "v", torch.where(blocked, torch.zeros_like(v), v), torch.finfo(v.dtype).max / (4 * q.shape[dim])
        )
    return nearest_in_cone(v.movedim(dim, -1), q.movedim(dim, -1)).movedim(-1, dim)


def nearest_in_cone(v: Tensor, q: Tensor) -> Tensor:
    """:func:`project_tangent_cone` along the last axis, without the checks."""
    interior = q > 0
    zero = torch.zeros_like(v)
    with torch.no_grad():
        shift = torch.where(interior, v, zero).sum(-1, keepdim=True) / interior.sum(-1, keepdim=True)
    centred = v - shift
    with torch.no_grad():
        order = torch.where(interior, torch.full_like(v, torch.inf), centred).sort(-1, descending=True).indices
        ordered = centred.gather(-1, order)
        ranks = torch.arange(1, v.shape[-1] + 1, dtype=v.dtype, device=v.device)
        # An entry at the boundary is free iff it exceeds the mean of the free ones, itself included.
        is_free = interior.gather(-1, order) | (ordered * ranks > ordered.cumsum(-1))
        free = torch.zeros_like(interior).scatter(-1, order, is_free)
    mean = torch.where(free, centred, zero).sum(-1, keepdim=True) / free.sum(-1, keepdim=True)
    moved = torch.where(free, centred - mean, zero)
    return torch.where(interior, moved, moved.clamp(min=0))
