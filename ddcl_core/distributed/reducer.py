"""The reducer of :class:`ddcl_core.training.Trainer` for a group of ranks."""

from __future__ import annotations

import os

from torch import Tensor

from ddcl_core.distributed.group import Group, current
from ddcl_core.distributed.sums import sum_over_ranks


class Reducer:
    """Sums over the ranks for a training loop; a :class:`ddcl_core.training.reducer.Reducer`.

    group: the current one by default.
    checkpoint: where the loop writes its checkpoints, if it does; named when a worker is lost.

    Statistics of batch normalisation are not sums that the loop sees, so they stay a matter of the backbone:
    ``torch.nn.SyncBatchNorm.convert_sync_batchnorm`` joins them over the ranks on CUDA; torch has no such layer for the
    CPU, where a backbone with ``BatchNorm`` normalises by each rank's own part of the batch, keeps running statistics of
    its own, and so depends on the number of ranks. ``LayerNorm`` and ``GroupNorm`` work within a sample and give the
    same result on any number.
    """

    def __init__(self, group: Group | None = None, *, checkpoint: str | os.PathLike[str] | None = None) -> None:
        """Reduce over ``group``; RuntimeError if there is none."""
        self.group = current() if group is None else group
        if checkpoint is not None:
            self.group.checkpoint = checkpoint

    @property
    def world_size(self) -> int:
        """How many ranks there are."""
        return self.group.world_size

    @property
    def rank(self) -> int:
        """This process's rank."""
        return self.group.rank

    def sum(self, tensor: Tensor) -> Tensor:
        """Differentiable sum over the ranks, see :mod:`ddcl_core.distributed.sums`; :class:`WorkerLost` if one is gone."""
        return sum_over_ranks(tensor, self.group)
