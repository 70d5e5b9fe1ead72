"""Random points for statements that compare labels of different entropies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def _costs(sizes: Mapping[str, int], cases: int, g: Any) -> Any:
    import torch

    return torch.randn(cases, sizes["n"], sizes["k"], generator=g, dtype=torch.float64)


def _labels(sizes: Mapping[str, int], cases: int, g: Any) -> Any:
    import torch

    index = torch.randint(sizes["k"], (cases, sizes["n"]), generator=g)
    return torch.nn.functional.one_hot(index, sizes["k"]).double()


def _shares(sizes: Mapping[str, int], cases: int, g: Any) -> Any:
    """From nearly uniform to nearly one-hot."""
    import torch

    sharpness = 4 * torch.rand(cases, 1, 1, generator=g, dtype=torch.float64)
    return torch.softmax(sharpness * _costs(sizes, cases, g), -1)


def _weight(cases: int, g: Any) -> Any:
    import torch

    return 2 * torch.rand(cases, generator=g, dtype=torch.float64)


def draw_hot(sizes: Mapping[str, int], cases: int, generator: Any) -> dict[str, Any]:
    y, v = _labels(sizes, cases, generator), _labels(sizes, cases, generator)
    return {"c": _costs(sizes, cases, generator), "y": y, "v": v, "alpha": _weight(cases, generator)}


def draw_shares(sizes: Mapping[str, int], cases: int, generator: Any) -> dict[str, Any]:
    y, v = _shares(sizes, cases, generator), _shares(sizes, cases, generator)
    return {"c": _costs(sizes, cases, generator), "y": y, "v": v, "alpha": _weight(cases, generator)}


def draw_mixed(sizes: Mapping[str, int], cases: int, generator: Any) -> dict[str, Any]:
    """Three labels by their entropies, w the lowest and v the highest, and bounds from 0 to log k."""
    import torch

    found = torch.stack([_shares(sizes, cases, generator) for _ in range(3)], 1)
    order = torch.special.entr(found.mean(2)).sum(-1).argsort(-1)
    w, y, v = (found[torch.arange(cases), order[:, place]] for place in range(3))
    bound = torch.rand(cases, generator=generator, dtype=torch.float64) * torch.special.entr(y.mean(1)).sum(-1)
    return {"c": _costs(sizes, cases, generator), "y": y, "v": v, "w": w, "gamma": bound}


def draw_equal(sizes: Mapping[str, int], cases: int, generator: Any) -> dict[str, Any]:
    """Instances of equal costs, v the labels y of other instances: as cheap, with the same sizes."""
    import torch

    point = draw_shares(sizes, cases, generator)
    y = point["y"]
    bound = torch.rand(cases, generator=generator, dtype=torch.float64) * torch.special.entr(y.mean(1)).sum(-1)
    same = point["c"][:, :1].expand_as(y).clone()
    return {**point, "c": same, "v": y.roll(1, 1), "gamma": bound}
