"""Batches of a data set that are a function of the seed, the epoch and the position alone.

Nothing has to be remembered to continue in the middle: the order of an epoch comes from (seed, epoch), the state of
torch's default generators at its start from (seed, epoch, rank).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, Protocol, TypeAlias

import numpy as np
import torch
from torch import Tensor


class SizedDataset(Protocol):
    """A data set with a length that gives x, or a tuple or list that begins with x, for an index."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int) -> Any: ...


Data: TypeAlias = Tensor | SizedDataset

# What a stream of random numbers is for; part of its seed.
ORDER, DRAWS = 0, 1


def derived_seed(*words: int) -> int:
    """A seed that depends on all of ``words`` (at least 0), for independent streams."""
    return int(np.random.SeedSequence(words).generate_state(1, np.uint64)[0] >> 1)


def check_data(data: Data) -> int:
    """The number of samples; ValueError for an empty set, NaN or infinity, or something that cannot be indexed."""
    if isinstance(data, Tensor):
        if data.dim() < 1 or data.numel() == 0:
            raise ValueError(f"data: got shape {tuple(data.shape)}, accepted (n, ...) without an empty axis")
        if data.is_floating_point() and not bool(torch.isfinite(data).all()):
            raise ValueError("data: got an entry that is not finite, accepted finite numbers")
        return data.shape[0]
    if not hasattr(data, "__len__") or not hasattr(data, "__getitem__"):
        raise ValueError(f"data: got {type(data).__name__}, accepted a tensor or a data set with length and index")
    if len(data) < 1:
        raise ValueError("data: got no samples, accepted at least one")
    return len(data)


def count_batches(n: int, batch_size: int) -> int:
    """How many batches an epoch has; their sizes differ by at most one, so that none is left with a few samples."""
    return -(-n // batch_size)


def epoch_batches(n: int, batch_size: int, seed: int, epoch: int) -> list[Tensor]:
    """The sample indices of each batch of an epoch: every sample once, in an order drawn from (seed, epoch)."""
    generator = torch.Generator().manual_seed(derived_seed(seed, ORDER, epoch))
    order = torch.randperm(n, generator=generator)
    return list(torch.tensor_split(order, count_batches(n, batch_size)))


def share(batch: Tensor, rank: int, world_size: int) -> Tensor:
    """The part of a batch that belongs to a process."""
    return torch.tensor_split(batch, world_size)[rank]


def seed_epoch(device: torch.device, seed: int, epoch: int, rank: int) -> None:
    """Set torch's default generators of the CPU and of ``device``, which dropout and augmentations draw from."""
    number = derived_seed(seed, DRAWS, epoch, rank)
    torch.default_generator.manual_seed(number)
    if device.type == "cuda":
        with torch.cuda.device(device):
            torch.cuda.manual_seed(number)
    elif device.type == "mps":
        torch.mps.manual_seed(number)


def fetch(data: Data, index: Tensor, device: torch.device) -> Tensor:
    """The samples at ``index`` as one tensor on ``device``."""
    if isinstance(data, Tensor):
        return data[index.to(data.device)].to(device)
    return first_item([data[int(i)] for i in index]).to(device)


def first_item(samples: list[Any]) -> Tensor:
    """Stack the samples, or the first item of each where they are tuples or lists."""
    return torch.stack([torch.as_tensor(s[0] if isinstance(s, (tuple, list)) else s) for s in samples])


def batches_of(
    data: Data, batches: list[Tensor], device: torch.device, *, workers: int, seed: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield (x, index) for each batch, both on ``device``; with ``workers``, other processes load the samples."""
    if isinstance(data, Tensor) or workers == 0:
        for index in batches:
            yield fetch(data, index, device), index.to(device)
        return
    from torch.utils.data import DataLoader

    dataset: Any = data
    loader: Any = DataLoader(
        dataset,
        batch_sampler=[index.tolist() for index in batches],
        num_workers=min(workers, os.cpu_count() or 1, len(batches)),
        collate_fn=first_item,
        generator=torch.Generator().manual_seed(seed),
    )
    for x, index in zip(loader, batches, strict=True):
        yield x.to(device, non_blocking=True), index.to(device)
