"""Random points for statements about label updates: labels that follow the rule in turn, or all from the old labels.

Costs are small against the reward of entropy, and in every other case nearly equal among instances, so that labels move,
and move alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def _vertices(index: Any, k: int) -> Any:
    import torch

    return torch.nn.functional.one_hot(index, k).double()


def _entropy(labels: Any) -> Any:
    import torch

    return torch.special.entr(labels.mean(-2)).sum(-1)


def _updated(c: Any, y: Any, alpha: Any, rest: Any, in_turn: Any) -> Any:
    """New labels (cases, n, k); where in_turn is false each row sees the old labels of the others."""
    import torch

    n, k = c.shape[1:]
    u = y.clone()
    for i in range(n):
        scores = []
        for j in range(k):
            state = torch.where(in_turn[:, None, None], u, y).clone()
            state[:, i] = _vertices(torch.tensor(j), k)
            scores.append(c[:, i, j] - alpha * _entropy(torch.cat([state, rest], 1)))
        u[:, i] = _vertices(torch.stack(scores, -1).argmin(-1), k)
    return u


def _drawn(sizes: Mapping[str, int], cases: int, g: Any, others: int) -> dict[str, Any]:
    import torch

    n, k = sizes["n"], sizes["k"]
    spread = torch.rand(cases, 1, 1, generator=g, dtype=torch.float64)
    c = (
        torch.rand(cases, 1, k, generator=g, dtype=torch.float64)
        + spread * torch.randn(cases, n, k, generator=g, dtype=torch.float64) * (torch.arange(cases) % 2)[:, None, None]
    )
    alpha = 3 * torch.rand(cases, generator=g, dtype=torch.float64)
    old = torch.randint(k, (cases, n), generator=g)
    old = torch.where((torch.rand(cases, generator=g) < 0.5)[:, None], old[:, :1], old)
    rest = _vertices(torch.randint(k, (cases, others), generator=g), k)
    return {"c": c, "y": _vertices(old, k), "alpha": alpha, "o": rest}


def _point(sizes: Mapping[str, int], cases: int, g: Any, others: int = 0) -> Any:
    import torch

    point = _drawn(sizes, cases, g, others)
    in_turn = torch.rand(cases, generator=g) < 0.7
    point["u"] = _updated(point["c"], point["y"], point["alpha"], point["o"], in_turn)
    return point


def draw(sizes: Mapping[str, int], cases: int, generator: Any) -> dict[str, Any]:
    point = _point(sizes, cases, generator)
    point.pop("o")
    return point


def draw_batch(sizes: Mapping[str, int], cases: int, generator: Any) -> dict[str, Any]:
    return _point(sizes, cases, generator, sizes["r"])


def draw_views(sizes: Mapping[str, int], cases: int, generator: Any) -> dict[str, Any]:
    """Two views whose mean is the cost that the labels follow."""
    import torch

    point = draw(sizes, cases, generator)
    c = point.pop("c")
    apart = torch.randn(c.shape, generator=generator, dtype=c.dtype)
    return {**point, "c1": c + apart, "c2": c - apart}


def draw_similarities(sizes: Mapping[str, int], cases: int, generator: Any) -> dict[str, Any]:
    """Similarities are the costs with the other sign; temperatures from 1/20 to 2."""
    import torch

    point = draw(sizes, cases, generator)
    lam = 0.05 + 1.95 * torch.rand(cases, generator=generator, dtype=torch.float64) ** 2
    return {**point, "s": -point.pop("c"), "lam": lam}


def draw_at_rest(sizes: Mapping[str, int], cases: int, generator: Any) -> dict[str, Any]:
    """Labels after a few passes in turn, which leave most cases at rest, and others at random."""
    import torch

    point = _drawn(sizes, cases, generator, 0)
    always = torch.ones(cases, dtype=torch.bool)
    for _ in range(4):
        point["y"] = _updated(point["c"], point["y"], point["alpha"], point["o"], always)
    point.pop("o")
    return {**point, "v": _vertices(torch.randint(sizes["k"], (cases, sizes["n"]), generator=generator), sizes["k"])}


def draw_one_move(sizes: Mapping[str, int], cases: int, generator: Any) -> dict[str, Any]:
    """The same with another label of the first instance only; every other case not at rest."""
    import torch

    point, start = draw_at_rest(sizes, cases, generator), _drawn(sizes, cases, generator, 0)["y"]
    even = (torch.arange(cases) % 2 == 0)[:, None, None]
    return {**point, "y": torch.where(even, point["y"], start), "v": point["v"][:, 0]}
