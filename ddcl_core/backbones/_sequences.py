"""Batches of sequences of unequal length: which steps count, and steps as samples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from ddcl_core._validation import check_choice

POOLINGS = ("last", "mean", "max")


class Samples(NamedTuple):
    """Steps (or tokens) as samples: features (m, d), and for each its sequence and its position there, (m,) int64.

    Sorted by sequence, then by position; m is the number of valid steps of the batch.
    """

    features: Tensor
    sequence: Tensor
    position: Tensor


def valid_steps(
    x: Tensor, lengths: Tensor | Sequence[int] | None, mask: Tensor | None, padding: float | None
) -> Tensor:
    """Mask (b, t) of the steps of x (b, t, ...) that count: from ``lengths``, ``mask`` or the padding value, else all.

    With ``padding``, the steps after the last one that holds anything else do not count; NaN is accepted.
    """
    batch, steps = x.shape[:2]
    if lengths is not None and mask is not None:
        raise ValueError("mask: got lengths as well, accepted one of the two")
    if mask is not None:
        return _checked_mask(mask, batch, steps, x.device)
    positions = torch.arange(steps, device=x.device)
    if lengths is not None:
        return positions < _checked_lengths(lengths, batch, steps).to(x.device).unsqueeze(1)
    if padding is None:
        return torch.ones(batch, steps, dtype=torch.bool, device=x.device)
    empty = x.isnan() if padding != padding else x == padding
    content = ~empty.flatten(2).all(-1)
    ends = ((positions + 1) * content).amax(1)
    if bool((ends == 0).any()):
        raise ValueError(f"x: got a sequence of nothing but the padding {padding}, accepted at least one other step")
    return positions < ends.unsqueeze(1)


def check_prefix(valid: Tensor) -> Tensor:
    """Lengths (b,) of a mask (b, t) whose valid steps come first in every sequence; raise ValueError otherwise."""
    lengths = valid.sum(1)
    positions = torch.arange(valid.shape[1], device=valid.device)
    if not torch.equal(valid, positions < lengths.unsqueeze(1)):
        raise ValueError("mask: got a valid step after a padded one, accepted masks whose valid steps come first")
    return lengths


def pool(values: Tensor, valid: Tensor, pooling: str) -> Tensor:
    """Mean or maximum over the valid steps: values (b, t, d), valid (b, t) -> (b, d); other values do not enter."""
    check_choice("pooling", pooling, ("mean", "max"))
    chosen = valid.unsqueeze(-1)
    if pooling == "max":
        return values.masked_fill(~chosen, -torch.inf).amax(1)
    return values.masked_fill(~chosen, 0.0).sum(1) / valid.sum(1, keepdim=True)


def as_samples(values: Tensor, valid: Tensor) -> Samples:
    """The valid steps of values (b, t, d) as samples."""
    sequence, position = valid.nonzero(as_tuple=True)
    return Samples(values[sequence, position], sequence, position)


def _checked_mask(mask: Tensor, batch: int, steps: int, device: torch.device) -> Tensor:
    if not isinstance(mask, Tensor) or mask.dtype != torch.bool or tuple(mask.shape) != (batch, steps):
        got = f"{mask.dtype} of shape {tuple(mask.shape)}" if isinstance(mask, Tensor) else type(mask).__name__
        raise ValueError(f"mask: got {got}, accepted a bool tensor of shape ({batch}, {steps}), True where valid")
    if not bool(mask.any(1).all()):
        raise ValueError("mask: got a sequence without a valid step, accepted at least one in each")
    return mask.to(device)


def _checked_lengths(lengths: Tensor | Sequence[int], batch: int, steps: int) -> Tensor:
    try:
        values = torch.as_tensor(lengths)
    except (TypeError, ValueError, RuntimeError):
        raise ValueError(f"lengths: got {lengths!r}, accepted {batch} integers") from None
    if values.dim() != 1 or values.shape[0] != batch or values.is_floating_point() or values.dtype == torch.bool:
        raise ValueError(f"lengths: got {values.dtype} of shape {tuple(values.shape)}, accepted {batch} integers")
    wrong = values[(values < 1) | (values > steps)]
    if wrong.numel():
        raise ValueError(f"lengths: got {int(wrong[0])}, accepted integers from 1 to {steps}")
    return values
