"""Samplers of centres with one length: independent with mean zero, with sum zero, and in directions near each other."""

from __future__ import annotations

import math


def _common(cases, generator):
    """(lengths a < 1 of which half are near 1, factors M)."""
    import torch

    u = torch.rand(3, cases, generator=generator, dtype=torch.float64)
    a = torch.where(u[0] < 0.5, u[1], 1 - 10 ** (-4 * u[1] - 0.5))
    return a, u[2] * torch.where(u[0] < 0.25, 1.0, 0.5 / (1 - a**2)).clamp_min(1e-6)


def _directions(shape, generator):
    import torch

    rows = torch.randn(shape, generator=generator, dtype=torch.float64)
    return rows / rows.norm(dim=-1, keepdim=True)


def _ring(count, d, cases, generator):
    """(cases, count, d): unit vectors with sum zero, ± pairs or, for three, a triangle; None where d = 1 forbids it."""
    import torch

    if count % 2 == 0:
        half = _directions((cases, count // 2, d), generator)
        return torch.cat([half, -half], 1)
    if d == 1:
        return None
    first = _directions((cases, d), generator)
    raw = torch.randn(cases, d, generator=generator, dtype=torch.float64)
    second = raw - (raw * first).sum(-1, keepdim=True) * first
    second = second / second.norm(dim=-1, keepdim=True)
    angles = [2 * math.pi * i / 3 for i in range(3)]
    triangle = torch.stack([math.cos(t) * first + math.sin(t) * second for t in angles], 1)
    return triangle if count == 3 else torch.cat([triangle, _ring(count - 3, d, cases, generator)], 1)


def drawn(sizes, cases, generator):
    """m values with mean zero for each of g centres."""
    import torch

    a, factor = _common(cases, generator)
    rings = [_ring(sizes["m"], sizes["d"], cases, generator) for _ in range(sizes["g"])]
    if rings[0] is None:
        a, rings = a * 0, [torch.zeros(cases, sizes["m"], sizes["d"], dtype=torch.float64)] * sizes["g"]
        factor = factor.clamp_max(0.5)
    return {"c": a[:, None, None, None] * torch.stack(rings, 1), "a": a, "M": factor}


def balanced(sizes, cases, generator):
    """k centres with sum zero."""
    import torch

    a, factor = _common(cases, generator)
    ring = _ring(sizes["k"], sizes["d"], cases, generator)
    if ring is None:
        ring, factor = torch.zeros(cases, sizes["k"], sizes["d"], dtype=torch.float64), factor.clamp_max(0.5)
    return {"mu": a[:, None, None] * ring, "M": factor}


def alike(sizes, cases, generator):
    """k centres of one length, together, near each other or anywhere."""
    import torch

    a, factor = _common(cases, generator)
    wild = _directions((cases, sizes["k"], sizes["d"]), generator)
    spread = torch.tensor([0.0, 0.1, 10.0], dtype=torch.float64)[torch.randint(3, (cases,), generator=generator)]
    rows = wild[:, :1] + spread[:, None, None] * wild
    return {"mu": a[:, None, None] * rows / rows.norm(dim=-1, keepdim=True), "M": factor}
