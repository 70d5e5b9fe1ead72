"""How the claims about training fields call `ddcl_core`: from a batch {name: tensor (cases, …)} to gradients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddcl_core import functional as core

Batch = Mapping[str, Any]


def _gradient(function: Any, batch: Batch) -> Any:
    """(cases, rows, d): the stopped gradient of L_q."""
    return function(batch["z"], batch["p"], batch["T"][:, None, None], "quantization", "stopped")


def _turned(batch: Batch) -> Batch:
    """The same case with its prototypes in the opposite order."""
    return {**batch, "p": batch["p"].flip(-2)}


def prototypes(batch: Batch) -> Any:
    return _gradient(core.training_gradient, batch).flatten(1)


def features(batch: Batch) -> Any:
    return _gradient(core.training_gradient_features, batch).flatten(1)


def prototypes_reversed(batch: Batch) -> Any:
    return _gradient(core.training_gradient, _turned(batch)).flip(-2).flatten(1)


def features_reversed(batch: Batch) -> Any:
    return features(_turned(batch))
