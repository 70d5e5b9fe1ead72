"""How the claims about forces call `ddcl_core`: from a batch {name: tensor (cases, …)} to values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddcl_core import functional as core

Batch = Mapping[str, Any]


def _net(batch: Batch, loss: str, mode: str) -> Any:
    """u·(F_1 − F_2) with u = (p_1 − p_2)/2 and F = −training gradient."""
    p = batch["p"]
    gradient = core.training_gradient(batch["z"], p, batch["T"][:, None, None], loss, mode)
    return ((p[:, 0] - p[:, 1]) / 2 * (gradient[:, 1] - gradient[:, 0])).sum(-1)


def _reversed(batch: Batch) -> Batch:
    """The same case with its samples in the opposite order."""
    return {**batch, "z": batch["z"].flip(-2)}


def net_quantization(batch: Batch) -> Any:
    return _net(batch, "quantization", "stopped")


def net_ols(batch: Batch) -> Any:
    return _net(batch, "ols", "stopped")


def net_quantization_full(batch: Batch) -> Any:
    return _net(batch, "quantization", "full")


def net_quantization_reversed(batch: Batch) -> Any:
    return net_quantization(_reversed(batch))


def net_ols_reversed(batch: Batch) -> Any:
    return net_ols(_reversed(batch))


def net_quantization_full_reversed(batch: Batch) -> Any:
    return net_quantization_full(_reversed(batch))
