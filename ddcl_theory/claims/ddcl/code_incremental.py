"""How the claim on incremental assignments calls `ddcl_core`: from a batch {name: tensor (cases, …)} to (cases, m)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_core import incremental as core

Batch = Mapping[str, Any]


def _each(batch: Batch, function: Callable[[Any, Any], Any]) -> Any:
    """function(assignment, error) after one update, for each case."""
    import torch

    cases = zip(batch["q"], batch["r"], batch["target"], batch["eta"], strict=True)
    return torch.stack([function(*core.widrow_hoff_step(q[None], r, t[None], float(eta))) for q, r, t, eta in cases])


def _turned(batch: Batch) -> Batch:
    return {**batch, "q": batch["q"].flip(-1), "r": batch["r"].flip(-1)}


def updated(batch: Batch) -> Any:
    """The assignment after the update."""
    return _each(batch, lambda q, error: q[0])


def updated_reversed(batch: Batch) -> Any:
    return updated(_turned(batch)).flip(-1)


def error(batch: Batch) -> Any:
    """The error before the update."""
    return _each(batch, lambda q, error: error)


def error_reversed(batch: Batch) -> Any:
    return error(_turned(batch))
