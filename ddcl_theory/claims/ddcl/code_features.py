"""How the claims about feature gradients call `ddcl_core`: from a batch {name: tensor (cases, …)} to (cases, n·d)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddcl_core import functional as core

Batch = Mapping[str, Any]


def _gradient(batch: Batch, loss: str, mode: str) -> Any:
    z, p, t = batch["z"], batch["p"], batch["T"][:, None, None]
    return core.training_gradient_features(z, p, t, loss, mode, reduction="sum").flatten(1)


def _turned(batch: Batch) -> Batch:
    """The same case with its prototypes in the opposite order, which changes no feature gradient."""
    return {**batch, "p": batch["p"].flip(-2)}


def quantization_stopped(batch: Batch) -> Any:
    return _gradient(batch, "quantization", "stopped")


def ols_stopped(batch: Batch) -> Any:
    return _gradient(batch, "ols", "stopped")


def quantization_full(batch: Batch) -> Any:
    return _gradient(batch, "quantization", "full")


def ols_full(batch: Batch) -> Any:
    return _gradient(batch, "ols", "full")


def variance_full(batch: Batch) -> Any:
    return _gradient(batch, "variance", "full")


def prototype_gap(batch: Batch) -> Any:
    """(cases, k·d): ∇_P L_q − ∇_P L_OLS, q stopped."""
    z, p, t = batch["z"], batch["p"], batch["T"][:, None, None]
    return (
        core.training_gradient(z, p, t, "quantization", reduction="sum")
        - core.training_gradient(z, p, t, "ols", reduction="sum")
    ).flatten(1)


def prototype_gap_reversed(batch: Batch) -> Any:
    return prototype_gap(_turned(batch)).reshape(batch["p"].shape).flip(-2).flatten(1)


def quantization_stopped_reversed(batch: Batch) -> Any:
    return quantization_stopped(_turned(batch))


def ols_stopped_reversed(batch: Batch) -> Any:
    return ols_stopped(_turned(batch))


def quantization_full_reversed(batch: Batch) -> Any:
    return quantization_full(_turned(batch))


def ols_full_reversed(batch: Batch) -> Any:
    return ols_full(_turned(batch))


def variance_full_reversed(batch: Batch) -> Any:
    return variance_full(_turned(batch))
