"""How the claims about the limit T → 0 call `ddcl_core`: losses at the soft assignment of a tiny temperature."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_core import functional as core

Batch = Mapping[str, Any]

#: Below any difference of distances that the cases have, and far above the smallest float32.
TINY = 1e-30


def _at_cold(function: Callable[..., Any], batch: Batch) -> Any:
    z = batch["z"][:, None]
    q = core.soft_assignment(z, batch["p"], TINY)
    return function(z, batch["p"], q, reduction="none")[:, 0]


def loss(batch: Batch) -> Any:
    return _at_cold(core.quantization_loss, batch)


def fit(batch: Batch) -> Any:
    return _at_cold(core.ols_loss, batch)


def loss_reversed(batch: Batch) -> Any:
    return loss({**batch, "p": batch["p"].flip(-2)})
