"""How the claim on competitive Hebbian learning calls `ddcl_core`: from a batch {name: tensor (cases, …)} to (cases, m)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_core import layers

Batch = Mapping[str, Any]


def _each(batch: Batch, function: Callable[[Any, Any], Any]) -> Any:
    import torch

    return torch.stack([function(z, p).reshape(-1) for z, p in zip(batch["z"], batch["p"], strict=True)])


def graph(batch: Batch) -> Any:
    """The winner graph (k, k), flattened."""
    return _each(batch, layers.winner_graph)


def graph_reversed(batch: Batch) -> Any:
    return _each(batch, lambda z, p: layers.winner_graph(z, p.flip(0)).flip(0, 1))


def links_norm(batch: Batch) -> Any:
    """The norm of the 0/1 matrix."""
    return _each(batch, lambda z, p: layers.topology_loss(z, p, kind="links"))


def links_norm_reversed(batch: Batch) -> Any:
    return _each(batch, lambda z, p: layers.topology_loss(z.flip(0), p.flip(0), kind="links"))
