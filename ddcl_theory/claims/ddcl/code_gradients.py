"""How the claims about closed-form gradients call `ddcl_core`: one function a gradient, from a batch to values (cases, m).

A name that ends in "_reversed" passes the prototypes in the opposite order and returns the gradient in the original one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_core import functional as core

Batch = Mapping[str, Any]
Function = Callable[[Batch], Any]


def _single(name: str, batch: Batch) -> Any:
    """A gradient in q of one sample a case, (cases, k)."""
    return getattr(core, name)(batch["z"][:, None], batch["p"], batch["q"][:, None])[:, 0]


def _centred(value: Any) -> Any:
    """What a direction of the simplex feels of a gradient."""
    return value - value.mean(-1, keepdim=True)


def _automatic(batch: Batch, ambient: bool) -> Any:
    """The derivative of the computed V in q, by automatic differentiation."""
    import torch

    q = batch["q"].clone().requires_grad_()
    value = core.prototype_variance(batch["z"][:, None], batch["p"], q[:, None], "sum", ambient=ambient).sum()
    return torch.autograd.grad(value, q)[0]


def quantization_q(batch: Batch) -> Any:
    return _single("quantization_grad_q", batch)


def ols_q(batch: Batch) -> Any:
    return _single("ols_grad_q", batch)


def variance_q(batch: Batch) -> Any:
    return _single("variance_grad_q", batch)


def variance_q_centred(batch: Batch) -> Any:
    return _centred(variance_q(batch))


def automatic_q(batch: Batch) -> Any:
    """Through the pairwise form, which is V on the simplex only."""
    return _automatic(batch, ambient=False)


def automatic_q_centred(batch: Batch) -> Any:
    return _centred(automatic_q(batch))


def automatic_q_ambient(batch: Batch) -> Any:
    """Through the formula as it is printed."""
    return _automatic(batch, ambient=True)


def _prototypes(name: str) -> Function:
    return lambda batch: getattr(core, name)(batch["z"], batch["p"], batch["q"], "sum").flatten(1)


def _training(loss: str, mode: str) -> Function:
    def gradient(batch: Batch) -> Any:
        return core.training_gradient(batch["z"], batch["p"], batch["T"][:, None, None], loss, mode, "sum").flatten(1)

    return gradient


quantization_p = _prototypes("quantization_grad_prototypes")
ols_p = _prototypes("ols_grad_prototypes")
variance_p = _prototypes("variance_grad_prototypes")
quantization_stopped = _training("quantization", "stopped")
ols_stopped = _training("ols", "stopped")
variance_stopped = _training("variance", "stopped")
quantization_full = _training("quantization", "full")
ols_full = _training("ols", "full")
variance_full = _training("variance", "full")


def _in_opposite_order(function: Function, rows: bool) -> Function:
    """rows: whether the result is a gradient in the prototypes, to be put back in order row by row."""

    def reversed_(batch: Batch) -> Any:
        turned = {**batch, "p": batch["p"].flip(-2)}
        if "q" in batch:
            turned["q"] = batch["q"].flip(-1)
        value = function(turned)
        return value.reshape(batch["p"].shape).flip(-2).flatten(1) if rows else value.flip(-1)

    return reversed_


quantization_q_reversed = _in_opposite_order(quantization_q, rows=False)
ols_q_reversed = _in_opposite_order(ols_q, rows=False)
variance_q_reversed = _in_opposite_order(variance_q, rows=False)
variance_q_centred_reversed = _in_opposite_order(variance_q_centred, rows=False)
automatic_q_centred_reversed = _in_opposite_order(automatic_q_centred, rows=False)
automatic_q_ambient_reversed = _in_opposite_order(automatic_q_ambient, rows=False)
quantization_p_reversed = _in_opposite_order(quantization_p, rows=True)
ols_p_reversed = _in_opposite_order(ols_p, rows=True)
variance_p_reversed = _in_opposite_order(variance_p, rows=True)
quantization_full_reversed = _in_opposite_order(quantization_full, rows=True)
ols_full_reversed = _in_opposite_order(ols_full, rows=True)
variance_full_reversed = _in_opposite_order(variance_full, rows=True)
