"""How the claims about collapse call `ddcl_core`: from a batch {name: tensor (cases, …)} to values (cases, m).

A name that ends in "_reversed" passes samples and prototypes in the opposite order and returns values in the original one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_core import functional as core

Batch = Mapping[str, Any]
Function = Callable[[Batch], Any]


def _force(loss: str, mode: str) -> Function:
    """Minus the training gradient in every prototype, flattened."""

    def force(batch: Batch) -> Any:
        return -core.training_gradient(batch["z"], batch["p"], batch["T"][:, None, None], loss, mode).flatten(1)

    return force


def _opening(loss: str, mode: str) -> Function:
    """F_1 − F_2."""

    def opening(batch: Batch) -> Any:
        rows = _force(loss, mode)(batch).reshape(batch["p"].shape)
        return rows[:, 0] - rows[:, 1]

    return opening


def _turned(batch: Batch) -> Batch:
    return {n: t.flip(1) if n in ("z", "p", "q") else t for n, t in batch.items()}


def _rows_reversed(function: Function) -> Function:
    return lambda batch: function(_turned(batch)).reshape(batch["p"].shape).flip(1).flatten(1)


def _samples_reversed(function: Function) -> Function:
    return lambda batch: function({**batch, "z": batch["z"].flip(1)})


ols_stopped, ols_full = _force("ols", "stopped"), _force("ols", "full")
quantization_stopped, quantization_full = _force("quantization", "stopped"), _force("quantization", "full")
ols_stopped_reversed, ols_full_reversed = _rows_reversed(ols_stopped), _rows_reversed(ols_full)
quantization_stopped_reversed = _rows_reversed(quantization_stopped)
quantization_full_reversed = _rows_reversed(quantization_full)
ols_opening, ols_opening_full = _opening("ols", "stopped"), _opening("ols", "full")
ols_opening_reversed, ols_opening_full_reversed = _samples_reversed(ols_opening), _samples_reversed(ols_opening_full)


def ols_constant(batch: Batch) -> Any:
    """Minus the gradient of L_OLS in every prototype at given assignments."""
    return -core.ols_grad_prototypes(batch["z"], batch["p"], batch["q"]).flatten(1)


def ols_constant_reversed(batch: Batch) -> Any:
    # Assignments carry both orders.
    turned = {**_turned(batch), "q": batch["q"].flip((1, 2))}
    return ols_constant(turned).reshape(batch["p"].shape).flip(1).flatten(1)


def separation_force(batch: Batch) -> Any:
    """Minus the gradient of L_sep (pairs i < j), by automatic differentiation of the value that ddcl_core computes."""
    import torch

    p = batch["p"].clone().requires_grad_()
    return -torch.autograd.grad(core.separation(p).sum(), p)[0].flatten(1)


separation_force_reversed = _rows_reversed(separation_force)


def balance(batch: Batch) -> Any:
    return core.balance(_soft(batch))[:, None]


def negative_entropy(batch: Batch) -> Any:
    return core.negative_entropy(_soft(batch))[:, None]


def _soft(batch: Batch) -> Any:
    return core.soft_assignment(batch["z"], batch["p"], batch["T"][:, None, None])


balance_reversed, negative_entropy_reversed = (_samples_reversed(f) for f in (balance, negative_entropy))


def features(batch: Batch) -> Any:
    """Minus the stopped gradient of L_q in every feature vector, flattened."""
    return -core.training_gradient_features(batch["z"], batch["p"], batch["T"][:, None, None]).flatten(1)


def features_reversed(batch: Batch) -> Any:
    return features(_turned(batch)).reshape(batch["z"].shape).flip(1).flatten(1)


def free_energy(batch: Batch) -> Any:
    """F_T + T log k, its height above the least value that it can have."""
    import math

    value = core.free_energy(batch["z"], batch["p"], batch["T"][:, None, None])
    return (value + batch["T"] * math.log(batch["p"].shape[-2]))[:, None]


def free_energy_reversed(batch: Batch) -> Any:
    return free_energy(_turned(batch))
