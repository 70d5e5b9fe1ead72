"""Which samples lie on which rank, and the batches that every number of ranks sees alike.

The data set is the ranks' rows one after the other, in rank order; a sample's index there is its global index. Batches
are cut from one order of the global indices, drawn from the seed and the epoch alone, and each rank takes from a batch
what it holds, possibly nothing. So the batches do not depend on how the rows are spread.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from ddcl_core.distributed.group import Group
from ddcl_core.training.data import epoch_batches


@dataclass(frozen=True)
class Shards:
    """``counts`` rows on each rank; this process is ``rank``."""

    counts: tuple[int, ...]
    rank: int

    @property
    def n(self) -> int:
        """Number of samples on all ranks."""
        return sum(self.counts)

    @property
    def start(self) -> int:
        """Global index of this rank's first row."""
        return sum(self.counts[: self.rank])

    def bounds(self, rank: int) -> slice:
        """The global indices of the rows of ``rank``."""
        start = sum(self.counts[:rank])
        return slice(start, start + self.counts[rank])

    def local(self, indices: Tensor) -> tuple[Tensor, Tensor]:
        """Of global ``indices`` (m,), the positions in them that this rank holds, and the local rows there."""
        rows = indices - self.start
        positions = ((rows >= 0) & (rows < self.counts[self.rank])).nonzero().squeeze(-1)
        return positions, rows[positions]

    def batches(self, batch_size: int, seed: int, epoch: int) -> Iterator[tuple[int, Tensor]]:
        """The batches of an epoch: size on all ranks, and the local rows (on the CPU).

        They are those of :func:`ddcl_core.training.data.epoch_batches`, for which every rank draws the order of all n
        indices (8n bytes). A batch of all n samples comes in the order of the rows.
        """
        if batch_size == self.n:
            yield self.n, torch.arange(self.counts[self.rank])
            return
        for batch in epoch_batches(self.n, batch_size, seed, epoch):
            yield len(batch), self.local(batch)[1]


def fetch_rows(z: Tensor, indices: Tensor, shards: Shards, group: Group) -> Tensor:
    """Rows of the data set at global ``indices`` (m,), on every rank: (m, d), float64. Communicates m d numbers."""
    rows = torch.zeros(len(indices), z.shape[1], dtype=torch.float64, device=z.device)
    positions, local = shards.local(indices)
    rows[positions.to(z.device)] = z[local.to(z.device)].double()
    return group.sum_(rows)


def gather_rows(rows: Tensor, group: Group, counts: tuple[int, ...] | None = None) -> Tensor | None:
    """The rows of all ranks in rank order, on rank 0; None on the others.

    rows (n_r, ...) with n_r >= 0; ``counts`` saves asking for the n_r where they are known.
    """
    if counts is None:
        counts = tuple(group.gather_objects(rows.shape[0]))
    if group.rank != 0:
        if len(rows):
            group.send(rows.contiguous(), 0)
        return None
    gathered = rows.new_empty((sum(counts), *rows.shape[1:]))
    gathered[: counts[0]] = rows
    start = counts[0]
    for rank, count in enumerate(counts[1:], 1):
        if count:
            gathered[start : start + count] = group.receive_(rows.new_empty((count, *rows.shape[1:])), rank)
        start += count
    return gathered


def scatter_rows(gathered: Tensor | None, like: Tensor, shards: Shards, group: Group) -> Tensor:
    """Each rank's rows of ``gathered`` (n, ...), which rank 0 holds; ``like`` gives dtype, device and row shape."""
    own = like.new_empty((shards.counts[group.rank], *like.shape[1:]))
    if group.rank != 0:
        return group.receive_(own, 0) if len(own) else own
    assert gathered is not None
    for rank in range(1, group.world_size):
        if shards.counts[rank]:
            group.send(gathered[shards.bounds(rank)].to(like).contiguous(), rank)
    return own.copy_(gathered[shards.bounds(0)])
