"""The sweep in torch, over tiles of samples; on any device, and on a CPU small enough to stay in cache.

Features and prototypes are centred on the mean prototype. Matrices of a tile have the
samples along their last axis, which vectorises for every k. A tile holds x_j = 2 z.p_j - |p_j|^2 = |z|^2 - d_j less its
largest entry, which belongs to the nearest prototype p_a, so that logits and L_q are sums of terms of one sign. V is

    sum_j q_j |p_j - p_a|^2 - |m - p_a|^2,   at least q_a times its first term by the inequality of Cauchy and Schwarz,

a difference that loses few digits even where q is nearly hard, and is held at that bound, hence never negative.
Products are in the dtype of the features (float32 for narrower ones); sums over tiles are in float64.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ddcl_core.functional import _kernels as kernels
from ddcl_core.kernels.request import Request, Sums

# Entries of a tile's (rows, k) or (rows, d) matrices, whichever is larger.
TILE = {"cpu": 2**18, "other": 2**24}


def run(request: Request) -> Sums:
    """All sums of the request; see :class:`Sums`."""
    with torch.no_grad():
        return _Sweep(request).run()


def compute_dtype(dtype: torch.dtype) -> torch.dtype:
    """The dtype of the products inside a tile."""
    return torch.float64 if dtype == torch.float64 else torch.float32


class _Sweep:
    """Buffers and totals of one sweep."""

    def __init__(self, request: Request) -> None:
        z, device = request.z, request.z.device
        dtype = compute_dtype(z.dtype)
        self.request = request
        self.total_dtype = torch.float32 if device.type == "mps" else torch.float64
        self.n, self.d = z.shape
        self.k = request.prototypes.shape[0]
        prototypes = request.prototypes.to(dtype)
        self.middle = kernels.centre(prototypes)
        self.centred = (prototypes - self.middle).contiguous()
        self.norms = self.centred.square().sum(-1, keepdim=True)
        self.floor = 2 - math.log(torch.finfo(dtype).smallest_normal * torch.finfo(dtype).eps)
        self.huge = torch.finfo(dtype).max / 8
        limit = TILE["cpu" if device.type == "cpu" else "other"]
        self.rows = min(self.n, max(64, limit // max(self.k, self.d)))
        self.samples = torch.empty(self.rows, self.d, dtype=dtype, device=device)
        self.buffers = [torch.empty(self.k * self.rows, dtype=dtype, device=device) for _ in range(3)]
        self.mean = torch.empty_like(self.samples) if request.needs_mean else None
        # Distances between prototypes are formed once and looked up, unless that costs more than a product a tile.
        self.apart = kernels.pairwise_squared_distances(self.centred) if self._looks_up() else None
        self.sums = {
            name: torch.zeros((), dtype=self.total_dtype, device=device)
            for name in ("quantization", "ols", "variance", "entropy", "largest")
        }
        self.sums["largest"] += self.norms.amax()
        for name in ("weight", "mass"):
            self.sums[name] = torch.zeros(self.k, dtype=self.total_dtype, device=device)
        self.counts = torch.zeros(self.k, dtype=torch.int64, device=device)
        self.grad_z = torch.empty(self.n, self.d, dtype=z.dtype, device=device) if request.want_z else None
        wants_moment = request.want_prototypes
        self.moment = torch.zeros(self.k, self.d, dtype=self.total_dtype, device=device) if wants_moment else None
        self.product = torch.empty(self.k, self.d, dtype=dtype, device=device) if wants_moment else None

    def _looks_up(self) -> bool:
        cheap = self.k <= self.n or self.k * self.k * self.d <= kernels.DIRECT_LIMIT
        return self.request.needs_variance and cheap

    def run(self) -> Sums:
        request = self.request
        for start in range(0, self.n, self.rows):
            self._tile(start, min(start + self.rows, self.n))
        gradient = request.want_prototypes
        return Sums(
            middle=self.middle,
            largest=float(self.sums["largest"]),
            quantization=self.sums["quantization"],
            ols=self.sums["ols"] if request.needs_mean else None,
            variance=self.sums["variance"] if request.needs_variance else None,
            grad_z=self.grad_z,
            weight=self.sums["weight"] if gradient else None,
            moment=self.moment,
            mass=self.sums["mass"] if request.details else None,
            counts=self.counts if request.details else None,
            entropy=self.sums["entropy"] if request.details else None,
        )

    def _tile(self, start: int, stop: int) -> None:
        request, size = self.request, stop - start
        first, second, third = (buffer[: self.k * size].view(self.k, size) for buffer in self.buffers)
        z = torch.sub(request.z[start:stop], self.middle, out=self.samples[:size])
        squares = torch.linalg.vector_norm(z, dim=1).square_()
        torch.maximum(self.sums["largest"], squares.amax(), out=self.sums["largest"])
        x = torch.addmm(-self.norms, self.centred, z.T, alpha=2, out=first)
        if request.details or request.spread:
            top, nearest = x.max(0, keepdim=True)
        else:
            top, nearest = x.amax(0, keepdim=True), None
        x.sub_(top)
        logits = torch.mul(x, request.inverse, out=second).clamp_(min=-self.floor)
        q = torch.exp(logits, out=third)
        largest = q.sum(0, keepdim=True).reciprocal_()
        q.mul_(largest)
        gap = torch.mul(q, x, out=x).sum(0, keepdim=True)  # minus the mean of d_j - d_a
        self.sums["quantization"] += ((squares - top.squeeze(0)).clamp_(min=0) - gap.squeeze(0)).sum()
        mean = None
        if self.mean is not None:
            mean = torch.mm(q.T, self.centred, out=self.mean[:size])
            self.sums["ols"] += torch.linalg.vector_norm(z - mean, dim=1).square_().sum()
        if nearest is not None:
            self._details(q, largest, gap, mean, nearest, first)
        if request.want_z or request.want_prototypes:
            if request.full:
                self._full(z, mean, logits, q, gap, nearest, first, slice(start, stop))
            else:
                self._stopped(z, mean, q, slice(start, stop))

    def _details(
        self, q: Tensor, largest: Tensor, gap: Tensor, mean: Tensor | None, nearest: Tensor, free: Tensor
    ) -> None:
        """V and what callers ask of q; ``free`` is a buffer, ``largest`` (1, rows) the entries q_a."""
        request, index = self.request, nearest.squeeze(0)
        if mean is not None and request.needs_variance:
            anchor = self.centred[index]
            if self.apart is not None:
                distances = torch.index_select(self.apart, 1, index, out=free)
            else:
                distances = torch.addmm(self.norms, self.centred, anchor.T, alpha=-2, out=free)
                distances.add_(self.norms[index].T).clamp_(min=0).scatter_(0, nearest, 0.0)
            around = distances.mul_(q).sum(0)
            away = torch.linalg.vector_norm(mean - anchor, dim=1).square_()
            self.sums["variance"] += torch.maximum(around - away, largest.squeeze(0) * around).sum()
        if request.details:
            self.sums["mass"] += q.sum(1)
            self.counts += torch.bincount(index, minlength=self.k)
            self.sums["entropy"] -= (largest.log() + gap * request.inverse).sum()

    def _full(
        self,
        z: Tensor,
        mean: Tensor | None,
        logits: Tensor,
        q: Tensor,
        gap: Tensor,
        nearest: Tensor | None,
        free: Tensor,
        tile: slice,
    ) -> None:
        """Gradients through the softmax."""
        request = self.request
        if mean is not None and nearest is not None and request.spread:
            slope = torch.addmm(self.norms, self.centred, mean.T, alpha=-2, out=free)
            slope.sub_(slope.gather(0, nearest)).mul_(-request.spread * request.inverse)
            slope.add_(logits, alpha=request.losses).clamp_(-self.huge, self.huge)
            average = torch.mul(q, slope, out=logits).sum(0, keepdim=True)
            weights, scale = slope.add_(request.losses - average).mul_(q), 1.0
        else:
            weights, scale = logits.add_(1 - gap * request.inverse).mul_(q), request.losses
        if self.grad_z is not None:
            beta, alpha = 2 * request.factor * request.losses, -2 * request.factor * scale
            if self.grad_z.dtype == z.dtype:
                torch.addmm(z, weights.T, self.centred, beta=beta, alpha=alpha, out=self.grad_z[tile])
            else:
                self.grad_z[tile] = torch.addmm(z, weights.T, self.centred, beta=beta, alpha=alpha)
        if self.moment is not None and self.product is not None:
            self.sums["weight"] += weights.sum(1) * scale
            product = torch.mm(weights, z, out=self.product)
            if request.spread and mean is not None:
                self.sums["weight"] += request.spread * q.sum(1)
                product.addmm_(q, mean, alpha=request.spread)
            self.moment.add_(product, alpha=scale)

    def _stopped(self, z: Tensor, mean: Tensor | None, q: Tensor, tile: slice) -> None:
        """Gradients at fixed q."""
        request = self.request
        if self.moment is not None and self.product is not None:
            target = z if request.losses == 1 else z * request.losses
            if request.spread and mean is not None:
                target = torch.add(target, mean, alpha=request.spread)
            self.sums["weight"] += request.both * q.sum(1)
            self.moment += torch.mm(q, target, out=self.product)
        if self.grad_z is not None and mean is not None:
            self.grad_z[tile] = (z - mean).mul_(2 * request.factor * request.losses)
