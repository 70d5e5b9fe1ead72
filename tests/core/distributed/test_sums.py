"""Sums over ranks and their derivatives against autograd on all the data in one process."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
import torch

from ddcl_core.distributed import Reducer, Shards, sum_over_ranks

summed_loss = runpy.run_path(str(Path(__file__).with_name("jobs.py")))["summed_loss"]


def problem(n=11, k=4, d=3):
    generator = torch.Generator().manual_seed(1)
    z = torch.randn(n, d, generator=generator, dtype=torch.float64)
    return z, torch.randn(n, k, generator=generator, dtype=torch.float64) / n**0.5


@pytest.mark.parametrize("counts", [[11], [6, 5], [8, 0, 3]])
def test_derivatives_are_those_of_one_process(ranks, counts):
    z, weights = problem()
    own = [z.clone().requires_grad_(), weights.clone().requires_grad_()]
    first = torch.autograd.grad(summed_loss(*own, 11, lambda x: x, 1), own, create_graph=True)
    second = torch.autograd.grad(sum((a * b).sum() for a, b in zip(first, own, strict=True)), own)
    ended = ranks("sums", len(counts), z=z, weights=weights, counts=counts)
    assert [one.code for one in ended] == [0] * len(counts)
    for found, expected in ((ended[0].result["first"], first), (ended[0].result["second"], second)):
        for one, other in zip(found, expected, strict=True):
            # Sums of a dozen terms of order 1 in another order.
            assert torch.allclose(one, other, rtol=1e-12, atol=1e-13)
    # Forward and backward: P, k d numbers each, and the mean assignment, k each.
    assert ended[0].result["numbers"] == 2 * (4 * 3) + 2 * 4


def test_a_group_of_one_changes_nothing(alone):
    x = torch.randn(3, 2, dtype=torch.float64, requires_grad=True)
    total = sum_over_ranks(x)
    assert torch.equal(total, x) and total.data_ptr() != x.data_ptr()
    assert torch.autograd.gradcheck(sum_over_ranks, (x,))
    assert torch.autograd.gradgradcheck(lambda y: sum_over_ranks(y).square(), (x,))
    assert torch.equal(sum_over_ranks(x.mT), x.mT)
    reducer = Reducer()
    assert (reducer.rank, reducer.world_size) == (0, 1) and torch.equal(reducer.sum(x), x)


def test_rows_go_to_rank_0_and_back(ranks):
    ended = ranks("operations", 3, counts=[4, 0, 3])
    assert torch.equal(ended[0].result["gathered"], torch.arange(14.0).view(-1, 2))
    assert ended[1].result["gathered"] is None
    assert all(one.result["back"] and one.result["objects"] == [0, 1, 2] for one in ended)


@pytest.mark.parametrize("batch_size", [1, 4, 7, 10])
def test_batches_are_the_same_however_rows_are_spread(batch_size):
    counts = (3, 0, 5, 2)
    spread = [list(Shards(counts, rank).batches(batch_size, seed=2, epoch=3)) for rank in range(4)]
    whole = list(Shards((10,), 0).batches(batch_size, seed=2, epoch=3))
    starts = [0, 3, 3, 8]
    for position, (size, rows) in enumerate(whole):
        parts = [spread[rank][position] for rank in range(4)]
        assert [part[0] for part in parts] == [size] * 4 and len(rows) == size
        joined = torch.cat([part[1] + start for part, start in zip(parts, starts, strict=True)])
        assert sorted(joined.tolist()) == sorted(rows.tolist())
    assert sorted(torch.cat([rows for _, rows in whole]).tolist()) == list(range(10))
    other = list(Shards((10,), 0).batches(batch_size, seed=2, epoch=4))
    assert batch_size == 10 or any(not torch.equal(a[1], b[1]) for a, b in zip(whole, other, strict=True))
