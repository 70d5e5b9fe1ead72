"""Sums over the processes that share a batch.

Everything that a training step needs from the whole batch is a sum over samples. Each process adds up its own samples
and ``Reducer.sum`` adds the processes: the count of samples and the mean assignment (in :mod:`ddcl_core.objective`),
the prototypes of a native layer, the gradients and the guard against NaN (in :mod:`ddcl_core.training.parallel`). No
other code communicates.
"""

from __future__ import annotations

from typing import Protocol

from torch import Tensor


class Reducer(Protocol):
    """What a training step needs to know about the processes.

    ``sum`` returns the sum of ``tensor`` over all processes, in each of them, and is differentiable: its backward adds
    up the upstream gradients of all processes, which is right for a loss that is the sum of the processes' shares. All
    processes call it in the same order with tensors of the same shape.
    """

    @property
    def world_size(self) -> int:
        """How many processes there are."""
        ...

    @property
    def rank(self) -> int:
        """This process, from 0 to ``world_size - 1``."""
        ...

    def sum(self, tensor: Tensor) -> Tensor:
        """The sum of ``tensor`` over the processes."""
        ...


class SingleProcess:
    """The reducer of a process on its own: every sum is already complete."""

    world_size = 1
    rank = 0

    def sum(self, tensor: Tensor) -> Tensor:
        """``tensor`` itself."""
        return tensor
