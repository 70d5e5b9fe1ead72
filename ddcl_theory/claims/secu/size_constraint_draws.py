"""Random points for statements about labels at given prices: labels by the rule, bounds that some clusters meet exactly.

Numbers are multiples of 1/8, so that sums are exact and ties occur.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def _eighths(g: Any, low: int, high: int, *shape: int) -> Any:
    import torch

    return torch.randint(low, high, shape, generator=g).double() / 8


def _vertices(index: Any, k: int) -> Any:
    import torch

    return torch.nn.functional.one_hot(index, k).double()


def _assigned(sizes: Mapping[str, int], cases: int, g: Any) -> dict[str, Any]:
    """Costs, prices and labels; in half of the cases prices are 0 off the smallest clusters, whose size is the bound."""
    import torch

    n, k = sizes["n"], sizes["k"]
    labels = torch.randint(k, (cases, n), generator=g)
    u = _vertices(labels, k)
    counts = u.sum(1)
    tight = (torch.arange(cases) % 2 == 0)[:, None]
    rho = _eighths(g, 0, 9, cases, k)
    rho = torch.where(tight & (counts > counts.amin(-1, keepdim=True)), torch.zeros_like(rho), rho)
    c = rho[:, None] + _eighths(g, 0, 9, cases, n, k) * (1 - u) + _eighths(g, -8, 9, cases, n, 1)
    bound = torch.where(tight[:, 0], counts.amin(-1), n * torch.rand(cases, generator=g, dtype=torch.float64) / k)
    return {"c": c, "rho": rho, "gamma": bound * k / n, "u": u}


def draw(sizes: Mapping[str, int], cases: int, generator: Any) -> dict[str, Any]:
    """With rivals: shares, or labels that are a rearrangement of u's."""
    import torch

    point = _assigned(sizes, cases, generator)
    n, k = sizes["n"], sizes["k"]
    shares = torch.rand(cases, n, k, generator=generator, dtype=torch.float64)
    turned = point["u"].roll(1, 1)
    even = (torch.arange(cases) % 4 < 2)[:, None, None]
    return {**point, "v": torch.where(even, turned, shares / shares.sum(-1, keepdim=True))}


def draw_certified(sizes: Mapping[str, int], cases: int, generator: Any) -> dict[str, Any]:
    """With the labels themselves as the feasible shares of the dual's value."""
    point = _assigned(sizes, cases, generator)
    return {**point, "w": point["u"].clone()}
