"""Small problems, and processes played by threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from ddcl_core.layers import DualCompetitiveLayer, VanillaCompetitiveLayer


class Rendezvous:
    """Sums tensors over threads; a thread that never comes breaks the barrier for all."""

    def __init__(self, world_size: int) -> None:
        self.barrier = threading.Barrier(world_size, timeout=20)
        self.slots: list[Tensor] = [torch.zeros(())] * world_size

    def sum(self, rank: int, tensor: Tensor) -> Tensor:
        self.slots[rank] = tensor.detach().clone()
        self.barrier.wait()
        total = sum(self.slots[1:], start=self.slots[0])
        self.barrier.wait()
        return total


class _Sum(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, tensor: Tensor, rendezvous: Rendezvous, rank: int) -> Tensor:
        ctx.rendezvous, ctx.rank = rendezvous, rank
        return rendezvous.sum(rank, tensor)

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor, None, None]:
        return ctx.rendezvous.sum(ctx.rank, upstream), None, None


class ThreadReducer:
    def __init__(self, rendezvous: Rendezvous, rank: int, world_size: int) -> None:
        self.rendezvous, self.rank, self.world_size = rendezvous, rank, world_size

    def sum(self, tensor: Tensor) -> Tensor:
        return _Sum.apply(tensor, self.rendezvous, self.rank)


@pytest.fixture
def in_parallel() -> Callable[..., list[Any]]:
    """Call ``work(reducer)`` in ``world_size`` threads; returns the results by rank, or raises the first error."""

    def run(work: Callable[[ThreadReducer], Any], world_size: int = 2) -> list[Any]:
        rendezvous = Rendezvous(world_size)
        results: list[Any] = [None] * world_size
        errors: list[BaseException] = []

        def one(rank: int) -> None:
            try:
                results[rank] = work(ThreadReducer(rendezvous, rank, world_size))
            except BaseException as error:
                errors.append(error)
                rendezvous.barrier.abort()

        threads = [threading.Thread(target=one, args=(rank,)) for rank in range(world_size)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        own = [error for error in errors if not isinstance(error, threading.BrokenBarrierError)]
        if errors:
            raise (own or errors)[0]
        return results

    return run


@pytest.fixture
def blobs() -> Callable[..., Tensor]:
    """Two Gaussian clouds of standard deviation 1 whose means differ by ``distance`` along the first axis."""

    def make(
        n: int = 60, d: int = 4, *, distance: float = 4.0, dtype: torch.dtype = torch.float64, seed: int = 0
    ) -> Tensor:
        generator = torch.Generator().manual_seed(seed)
        x = torch.randn(n, d, generator=generator, dtype=torch.float64)
        x[: n // 2, 0] += distance / 2
        x[n // 2 :, 0] -= distance / 2
        return x.to(dtype)

    return make


@pytest.fixture
def make_layer() -> Callable[..., nn.Module]:
    """A layer by kind: "vanilla", or dual with the estimate "running" or "unbiased"."""

    def make(kind: str, n: int, k: int, d: int, dtype: torch.dtype = torch.float64) -> nn.Module:
        if kind == "vanilla":
            return VanillaCompetitiveLayer(k, d, dtype=dtype)
        return DualCompetitiveLayer(n, k, estimate=kind, dtype=dtype)

    return make
