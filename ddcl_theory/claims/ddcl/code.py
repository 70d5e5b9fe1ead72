"""How the claims call `ddcl_core`: one function a quantity, from a batch {name: tensor (cases, …)} to values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_core import functional as core

Batch = Mapping[str, Any]


def _single(function: Callable[..., Any], batch: Batch) -> Any:
    """A per-sample loss at one sample a case."""
    return function(batch["z"][:, None], batch["p"], batch["q"][:, None], reduction="none")[:, 0]


def _reversed(batch: Batch) -> Batch:
    """The same case with its prototypes in the opposite order."""
    return {"z": batch["z"], "p": batch["p"].flip(-2), "q": batch["q"].flip(-1)}


def quantization(batch: Batch) -> Any:
    return _single(core.quantization_loss, batch)


def ols(batch: Batch) -> Any:
    return _single(core.ols_loss, batch)


def loss_difference(batch: Batch) -> Any:
    """L_q − L_OLS as the difference of the two losses, which cancellation may turn negative."""
    return quantization(batch) - ols(batch)


def variance(batch: Batch) -> Any:
    return _single(core.prototype_variance, batch)


def quantization_reversed(batch: Batch) -> Any:
    return quantization(_reversed(batch))


def ols_reversed(batch: Batch) -> Any:
    return ols(_reversed(batch))


def variance_reversed(batch: Batch) -> Any:
    return variance(_reversed(batch))


def soft_variance(batch: Batch) -> Any:
    """V at the softmax assignment of one sample, with one temperature a case."""
    z = batch["z"][:, None]
    q = core.soft_assignment(z, batch["p"], batch["T"][:, None, None])
    return core.prototype_variance(z, batch["p"], q, reduction="none")[:, 0]


def soft_variance_reversed(batch: Batch) -> Any:
    return soft_variance({**batch, "p": batch["p"].flip(-2)})


def assignment(batch: Batch) -> Any:
    """The soft assignment of one sample, (cases, k)."""
    return core.soft_assignment(batch["z"][:, None], batch["p"], batch["T"][:, None, None])[:, 0]


def assignment_reversed(batch: Batch) -> Any:
    return assignment({**batch, "p": batch["p"].flip(-2)}).flip(-1)
