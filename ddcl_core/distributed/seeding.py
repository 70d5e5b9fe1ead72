"""Initial prototypes drawn from the samples of all ranks: the same samples for any number of ranks, up to rounding."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ddcl_core.distributed.group import Group
from ddcl_core.distributed.shards import Shards, fetch_rows
from ddcl_core.functional import _kernels as kernels
from ddcl_core.training.data import derived_seed

SEEDINGS = ("k-means++", "random")
# Sets the stream of random numbers apart from those of ddcl_core.training.data.
SEEDING = 2


def choose_samples(z: Tensor, n_clusters: int, seeding: str, seed: int, shards: Shards, group: Group) -> Tensor:
    """Global indices (k,) of ``n_clusters`` samples, the same on every rank.

    "random" takes k different samples, each set equally likely; "k-means++" is :func:`spread_samples`.
    """
    generator = torch.Generator().manual_seed(derived_seed(seed, SEEDING))
    if seeding == "random":
        return torch.randperm(shards.n, generator=generator)[:n_clusters]
    return spread_samples(z, n_clusters, generator, shards, group)


def spread_samples(z: Tensor, n_clusters: int, generator: torch.Generator, shards: Shards, group: Group) -> Tensor:
    """k-means++ with 2 + log k trials a step, the best of them kept, as in scikit-learn.

    A sample is drawn in proportion to its squared distance to the nearest one chosen before. The draw walks along the
    cumulative sum over the ranks; sums that are cut differently differ by rounding, so two numbers of ranks choose
    different samples with a probability near n times the machine epsilon. Communicates (d + 4) numbers a trial.
    Source: Arthur and Vassilvitskii, "k-means++: the advantages of careful seeding" (2007).
    """
    trials = 2 + int(math.log(n_clusters))
    chosen = [int(torch.randint(shards.n, (1,), generator=generator))]
    nearest = _distances(z, fetch_rows(z, torch.tensor(chosen), shards, group)).squeeze(-1)
    for _ in range(1, n_clusters):
        uniform = torch.rand(trials, generator=generator, dtype=torch.float64)
        candidates = _draw(nearest, uniform, shards, group)
        closer = torch.minimum(nearest.unsqueeze(-1), _distances(z, fetch_rows(z, candidates, shards, group)))
        best = int(group.sum_(closer.sum(0)).argmin())
        chosen.append(int(candidates[best]))
        nearest = closer[:, best].contiguous()
    return torch.tensor(chosen)


def _draw(weights: Tensor, uniform: Tensor, shards: Shards, group: Group) -> Tensor:
    """Global indices (m,) drawn in proportion to ``weights`` (n_r,), one for each of ``uniform`` (m,) in [0, 1)."""
    totals = torch.zeros(group.world_size, dtype=torch.float64, device=weights.device)
    totals[group.rank] = weights.sum()
    totals = group.sum_(totals).cpu()
    if not float(totals.sum()) > 0:
        # Every sample coincides with one that was chosen: any will do.
        return (uniform * shards.n).long().clamp(max=shards.n - 1)
    ends = totals.cumsum(0)
    targets = uniform * ends[-1]
    owners = _first_above(ends, targets)
    found = torch.zeros(len(uniform), dtype=torch.float64, device=weights.device)
    own = (owners == group.rank).nonzero().squeeze(-1)
    if len(own):
        start = ends[group.rank] - totals[group.rank]
        inside = (targets[own] - start).clamp(min=0).to(weights.device)
        found[own.to(weights.device)] = (_first_above(weights.cumsum(0), inside) + shards.start).double()
    return group.sum_(found).long().cpu()


def _first_above(ends: Tensor, targets: Tensor) -> Tensor:
    """Index of the first of the rising ``ends`` (m,) above each target; at most the last place where they rise."""
    last = torch.searchsorted(ends, ends[-1:])
    return torch.minimum(torch.searchsorted(ends, targets, right=True), last)


def _distances(z: Tensor, points: Tensor) -> Tensor:
    """Squared distances (n_r, m) of local samples to ``points`` (m, d), in float64."""
    if not len(z):
        return points.new_zeros((0, len(points)))
    rows = max(1, 2**21 // max(points.shape))
    parts = [kernels.squared_distances(part.double(), points) for part in torch.split(z, rows)]
    return torch.cat(parts)
