"""How the claims about ∇_P V call `ddcl_core`: from a batch {name: tensor (cases, …)} to gradients (cases, k·d)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_core import functional as core

Batch = Mapping[str, Any]


def variance_gradient(batch: Batch) -> Any:
    """The closed form of ∂V/∂p_j at given q."""
    return core.variance_grad_prototypes(batch["z"][:, None], batch["p"], batch["q"][:, None]).flatten(1)


def covariance_gradient(batch: Batch) -> Any:
    """2PS_q from the covariance of the assignment; S_q is symmetric, so that S_q times the rows of P is (PS_q)ᵀ."""
    return (2 * core.assignment_covariance(batch["q"][:, None])[:, 0] @ batch["p"]).flatten(1)


def variance_gradient_full(batch: Batch) -> Any:
    """The gradient of V through the soft assignment."""
    return core.training_gradient(
        batch["z"][:, None], batch["p"], batch["T"][:, None, None], "variance", "full"
    ).flatten(1)


def _in_opposite_order(function: Callable[[Batch], Any], batch: Batch) -> Any:
    """The same case with its prototypes in the opposite order, and the gradient put back in order."""
    turned = {**batch, "p": batch["p"].flip(-2)}
    if "q" in batch:
        turned["q"] = batch["q"].flip(-1)
    return function(turned).reshape(batch["p"].shape).flip(-2).flatten(1)


def variance_gradient_reversed(batch: Batch) -> Any:
    return _in_opposite_order(variance_gradient, batch)


def covariance_gradient_reversed(batch: Batch) -> Any:
    return _in_opposite_order(covariance_gradient, batch)


def variance_gradient_full_reversed(batch: Batch) -> Any:
    return _in_opposite_order(variance_gradient_full, batch)
