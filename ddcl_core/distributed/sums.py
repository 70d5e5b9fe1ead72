"""Sums over the ranks that autograd can pass through.

The objective of a run on many ranks is L = sum_r L_r, where rank r calls backward on its own share L_r. Let
S = sum_r x_r be read by every rank. Then dL/dx_s = sum_r dL_r/dS for each s: the gradient of the sum is the sum of the
gradients that arrive from above on all ranks, again an all-reduce. The operator is its own adjoint, so derivatives of
any order pass.

Two consequences for whoever writes L_r:

- a term that depends on such sums alone, for instance the balance term of the mean assignment (k numbers forward, k
  backward), has the same value on every rank. It counts once if each rank adds it divided by the number of ranks;
- P = W^T Z (prototypes as rows) is the sum of each rank's W_r^T Z_r, and the backward of that sum gives each rank the
  gradient of the whole L in its own rows of W and Z.

All ranks run the same operations in the same order, backward as well as forward: a rank without samples in a batch
takes part with zero rows, and its tensors require a gradient if those of the others do.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from ddcl_core.distributed.group import Group, current


def sum_over_ranks(tensor: Tensor, group: Group | None = None) -> Tensor:
    """Sum of ``tensor`` over the ranks, on every rank; differentiable as the module says.

    The shape and dtype are the same on all ranks. ``group``: the current one by default.
    """
    apply: Any = _SumOverRanks.apply
    found: Tensor = apply(tensor, current() if group is None else group)
    return found


class _SumOverRanks(torch.autograd.Function):
    """All-reduce, its own adjoint."""

    @staticmethod
    def forward(ctx: Any, tensor: Tensor, group: Group) -> Tensor:
        ctx.group = group
        return group.sum_(tensor.detach().clone(memory_format=torch.contiguous_format))

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Any:
        return sum_over_ranks(gradient, ctx.group), None
