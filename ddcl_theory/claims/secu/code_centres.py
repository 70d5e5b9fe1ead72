"""How the claims about SeCu's centres call `ddcl_core.secu`: from a batch {name: tensor (cases, …)} to (cases, m).

Instance i carries the label i mod k, which every statement about this code repeats.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch

from ddcl_core.secu import centres, loss

Batch = Mapping[str, Any]


def labels_of(x: Any, w: Any) -> Any:
    """0, 1, …, k − 1, 0, 1, … for the rows of x."""
    return torch.arange(x.shape[0], device=x.device) % w.shape[0]


def _each(batch: Batch, function: Callable[..., Any]) -> Any:
    """function(x, w, labels, T) case by case, flattened; the instances in the opposite order where asked for."""
    rows = []
    for c in range(batch["x"].shape[0]):
        x, w = batch["x"][c], batch["w"][c]
        rows.append(function(x, w, labels_of(x, w), batch["T"][c] if "T" in batch else None).reshape(-1))
    return torch.stack(rows)


def _turned(function: Callable[..., Any], per_instance: bool) -> Callable[..., Any]:
    """The same call with the instances in the opposite order; what belongs to an instance is turned back."""

    def call(x: Any, w: Any, y: Any, t: Any) -> Any:
        value = function(x.flip(0), w, y.flip(0), t)
        return value.flip(0) if per_instance else value

    return call


def _weights(x: Any, w: Any, y: Any, t: Any) -> Any:
    return centres.hardness(x, w, y, t)


def _update(x: Any, w: Any, y: Any, t: Any) -> Any:
    return centres.closed_form_centres(x, w, y, t)


def _mean(x: Any, w: Any, y: Any, t: Any) -> Any:
    return centres.closed_form_centres(x, w, y, 1.0, weighting="uniform")


def _hot(x: Any, w: Any, y: Any, t: Any) -> Any:
    """The update at a temperature so high that no exponent differs from 0 in rounding."""
    return centres.closed_form_centres(x, w, y, 1e30)


def _pull_on_centres(x: Any, w: Any, y: Any, t: Any) -> Any:
    moving = w.clone().requires_grad_()
    return torch.autograd.grad(loss.secu_loss(x, moving, y, t, reduction="sum"), moving)[0]


def _pull_on_features(x: Any, w: Any, y: Any, t: Any) -> Any:
    moving = x.clone().requires_grad_()
    return torch.autograd.grad(loss.secu_loss(moving, w, y, t, reduction="sum"), moving)[0]


def weights(batch: Batch) -> Any:
    return _each(batch, _weights)


def weights_reversed(batch: Batch) -> Any:
    return _each(batch, _turned(_weights, True))


def update(batch: Batch) -> Any:
    return _each(batch, _update)


def update_reversed(batch: Batch) -> Any:
    return _each(batch, _turned(_update, False))


def mean(batch: Batch) -> Any:
    return _each(batch, _mean)


def mean_reversed(batch: Batch) -> Any:
    return _each(batch, _turned(_mean, False))


def hot(batch: Batch) -> Any:
    return _each(batch, _hot)


def hot_reversed(batch: Batch) -> Any:
    return _each(batch, _turned(_hot, False))


def centre_gradient(batch: Batch) -> Any:
    return _each(batch, _pull_on_centres)


def centre_gradient_reversed(batch: Batch) -> Any:
    return _each(batch, _turned(_pull_on_centres, False))


def feature_gradient(batch: Batch) -> Any:
    return _each(batch, _pull_on_features)


def feature_gradient_reversed(batch: Batch) -> Any:
    return _each(batch, _turned(_pull_on_features, True))


def two_updates(batch: Batch) -> Any:
    """The update of the update."""

    def twice(x: Any, w: Any, y: Any, t: Any) -> Any:
        return _update(x, _update(x, w, y, t), y, t)

    return _each(batch, twice)


def two_updates_reversed(batch: Batch) -> Any:
    def twice(x: Any, w: Any, y: Any, t: Any) -> Any:
        turned = _turned(_update, False)
        return turned(x, turned(x, w, y, t), y, t)

    return _each(batch, twice)
