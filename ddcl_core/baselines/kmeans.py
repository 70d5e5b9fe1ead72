"""k-means in torch: greedy k-means++ seeding and Lloyd's iterations on any device, in tiles of rows.

Sources: Lloyd, "Least squares quantization in PCM" (1982); Arthur and Vassilvitskii, "k-means++: the advantages of
careful seeding" (2007); the reassignment of empty clusters of Caron et al., "Deep clustering for unsupervised learning
of visual features" (2018). Nothing of size n x k or n x k x d is formed: the largest pieces are a tile, and n x log k
distances while seeding.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from ddcl_core._validation import (
    check_choice,
    check_count,
    check_floating,
    check_magnitude,
    check_points,
    check_prototypes,
    check_real,
    check_same_kind,
    square_root_bound,
)

EMPTY = ("farthest", "perturb")
# Entries of the largest matrix of a tile, a compromise between caches and the overhead of a call.
TILE_ENTRIES = 2**20
# Relative size of the perturbation of a copied centre, in units of the root mean variance of the features.
PERTURBATION = 1e-2


class KMeansResult(NamedTuple):
    """Outcome of :func:`kmeans`.

    ``centres`` (k, d); ``labels`` (n,), int64, the nearest of ``centres`` (ties to the lowest index); ``inertia``, the
    sum of squared distances to the own centre; ``iterations`` of the best run (``max_iter`` if it did not converge).
    """

    centres: Tensor
    labels: Tensor
    inertia: float
    iterations: int


def kmeans(
    z: Tensor,
    k: int,
    *,
    generator: torch.Generator,
    n_init: int = 1,
    max_iter: int = 300,
    tolerance: float = 1e-4,
    empty: str = "farthest",
    initial: Tensor | None = None,
) -> KMeansResult:
    """Lloyd's k-means of the rows of ``z`` (n, d); the best of ``n_init`` k-means++ starts by inertia.

    A run ends when no label changes, or when the squared movement of all centres together is at most ``tolerance``
    times the mean variance of the features (scale-free, as in scikit-learn), or after ``max_iter`` iterations.
    An ``empty`` cluster takes the sample that is farthest from its centre ("farthest"), or a perturbed copy of the
    centre of a random non-empty cluster ("perturb", DeepCluster's rule). If the samples have fewer than k distinct
    values, some clusters stay empty. ``initial`` (k, d) replaces the seeding and needs ``n_init=1``.

    Random numbers are drawn on the generator's device, so that one CPU generator serves every device. Half precision
    is computed, and its centres are returned, in float32. The centres carry no gradient.
    Raises ValueError for n < k, NaN, infinities, and entries whose square overflows.
    """
    z = _check_samples(z, k)
    check_count("n_init", n_init)
    check_count("max_iter", max_iter)
    tolerance = check_real("tolerance", tolerance, minimum=0.0)
    check_choice("empty", empty, EMPTY)
    if initial is not None:
        initial = _check_initial(z, k, initial, n_init)
    shift = _mean(z)
    variance = _mean_variance(z, shift)
    best: KMeansResult | None = None
    for _ in range(n_init):
        start = z[_seed(z, k, generator)] if initial is None else initial
        run = _lloyd(z, start - shift, shift, generator, max_iter, tolerance * variance, math.sqrt(variance), empty)
        if best is None or run.inertia < best.inertia:
            best = run
    assert best is not None
    return best


def kmeans_plus_plus(z: Tensor, k: int, generator: torch.Generator) -> Tensor:
    """Centres (k, d) chosen among the rows of ``z`` (n, d) by greedy k-means++: ``z[kmeans_plus_plus_indices(...)]``."""
    return z.detach()[kmeans_plus_plus_indices(z, k, generator)]


def kmeans_plus_plus_indices(z: Tensor, k: int, generator: torch.Generator) -> Tensor:
    """Indices (k,) of distinct rows of ``z`` (n, d) by greedy k-means++.

    Each next row is the best, by the inertia that it leaves, of 2 + floor(log k) candidates drawn with probabilities
    proportional to the squared distance to the nearest row chosen so far. When that distance is zero everywhere, the
    next row is drawn uniformly from the rows not chosen yet.
    """
    return _seed(_check_samples(z, k), k, generator)


def nearest_centres(z: Tensor, centres: Tensor) -> tuple[Tensor, Tensor]:
    """Index of the nearest centre and squared distance to it: z (n, d), centres (k, d) -> (n,) int64, (n,).

    Products choose the centre, after a shift by the mean of ``centres``; the distance comes from the differences.
    """
    check_points(z, centres)
    z, centres = z.detach(), centres.detach()
    shift = _mean(centres)
    labels, distances = [], []
    for tile in _tiles(z, shift, len(centres)):
        found = _nearest(tile, centres - shift)
        labels.append(found)
        distances.append((tile - (centres - shift)[found]).square().sum(-1))
    return torch.cat(labels), torch.cat(distances)


def _lloyd(
    z: Tensor,
    centres: Tensor,
    shift: Tensor,
    generator: torch.Generator,
    max_iter: int,
    threshold: float,
    scale: float,
    empty: str,
) -> KMeansResult:
    """One run from ``centres``, which are relative to ``shift`` like every tile of samples."""
    labels: Tensor | None = None
    iterations, finished = 0, False
    while not finished and iterations < max_iter:
        iterations += 1
        previous, moved_from = labels, centres
        labels, sums, counts = _sweep(z, centres, shift)
        filled = bool((counts > 0).all())
        if filled and previous is not None and torch.equal(labels, previous):
            # The centres are already the means of these labels.
            return _result(z, centres, labels, shift, iterations)
        if not filled:
            distances = _own_distances(z, centres, labels, shift)
            filled = not bool((distances > 0).any())
            if not filled and empty == "farthest":
                _take_farthest(z, shift, labels, distances, sums, counts)
                filled = True
        centres = _averages(sums, counts, centres)
        if not filled:
            centres = _copy_perturbed(centres, counts, scale, generator)
        finished = float((centres - moved_from).square().sum()) <= threshold
    labels, _, _ = _sweep(z, centres, shift)
    return _result(z, centres, labels, shift, iterations)


def _result(z: Tensor, centres: Tensor, labels: Tensor, shift: Tensor, iterations: int) -> KMeansResult:
    inertia = float(_wide(_own_distances(z, centres, labels, shift)).sum())
    return KMeansResult(centres + shift, labels, inertia, iterations)


def _sweep(z: Tensor, centres: Tensor, shift: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Labels (n,), and each cluster's sum (k, d) and size (k,), in one pass over the tiles."""
    labels = []
    sums = _wide(torch.zeros_like(centres))
    for tile in _tiles(z, shift, len(centres)):
        found = _nearest(tile, centres)
        sums += _sums(tile, found, len(centres))
        labels.append(found)
    found = torch.cat(labels)
    return found, sums, found.bincount(minlength=len(centres)).to(sums.dtype)


def _sums(tile: Tensor, labels: Tensor, k: int) -> Tensor:
    """Sum of the rows of each cluster (k, d)."""
    if tile.device.type == "cpu":
        return torch.zeros(k, tile.shape[-1], dtype=tile.dtype).index_add_(0, labels, tile)
    # Elsewhere scattered additions come in any order; a product with indicators rounds the same way on every run.
    member = labels.unsqueeze(-1) == torch.arange(k, device=labels.device)
    return member.to(tile.dtype).mT @ tile


def _own_distances(z: Tensor, centres: Tensor, labels: Tensor, shift: Tensor) -> Tensor:
    """Squared distance (n,) of each sample to the centre of its cluster."""
    parts, start = [], 0
    for tile in _tiles(z, shift, 1):
        parts.append((tile - centres[labels[start : start + len(tile)]]).square().sum(-1))
        start += len(tile)
    return torch.cat(parts)


def _averages(sums: Tensor, counts: Tensor, fallback: Tensor) -> Tensor:
    """Means of the clusters; a cluster without samples keeps its row of ``fallback``."""
    means = (sums / counts.clamp(min=1).unsqueeze(-1)).to(fallback.dtype)
    return torch.where((counts > 0).unsqueeze(-1), means, fallback)


def _take_farthest(z: Tensor, shift: Tensor, labels: Tensor, distances: Tensor, sums: Tensor, counts: Tensor) -> None:
    """Move the samples farthest from their centres, one each, into the empty clusters; edits the sums and sizes."""
    vacant = (counts == 0).nonzero().squeeze(-1)
    vacant = vacant[: int((distances > 0).sum())]
    farthest = distances.topk(len(vacant)).indices
    rows = (z[farthest] - shift).to(sums.dtype)
    donors = labels[farthest]
    one = torch.ones_like(farthest, dtype=counts.dtype)
    sums.index_add_(0, donors, -rows)
    counts.index_add_(0, donors, -one)
    sums[vacant], counts[vacant] = rows, one


def _copy_perturbed(centres: Tensor, counts: Tensor, scale: float, generator: torch.Generator) -> Tensor:
    """Give each empty cluster the centre of a random non-empty one plus a small Gaussian step."""
    vacant = (counts == 0).nonzero().squeeze(-1)
    occupied = (counts > 0).nonzero().squeeze(-1)
    choice = torch.randint(len(occupied), (len(vacant),), generator=generator, device=generator.device)
    step = torch.randn(len(vacant), centres.shape[-1], generator=generator, device=generator.device)
    copies = centres[occupied[choice.to(centres.device)]]
    return centres.index_copy(0, vacant, copies + PERTURBATION * scale * step.to(centres))


def _seed(z: Tensor, k: int, generator: torch.Generator) -> Tensor:
    n = len(z)
    shift = _mean(z)
    first = torch.randint(n, (1,), generator=generator, device=generator.device)
    chosen = [int(first)]
    closest = _distances_to(z, first.to(z.device), shift).squeeze(-1)
    trials = 2 + int(math.log(k))
    for _ in range(1, k):
        cumulated = _wide(closest).cumsum(0)
        draws = torch.rand(trials, generator=generator, device=generator.device).to(cumulated)
        if float(cumulated[-1]) > 0:
            # The search finds the first entry above the draw, so a row of weight zero is never taken.
            candidates = torch.searchsorted(cumulated, draws * cumulated[-1], right=True).clamp(max=n - 1)
            left = torch.minimum(_distances_to(z, candidates, shift), closest.unsqueeze(-1))
            best = int(_wide(left).sum(0).argmin())
            chosen.append(int(candidates[best]))
            closest = left[:, best]
        else:
            unused = torch.ones(n, dtype=torch.bool, device=z.device)
            unused[chosen] = False
            spare = unused.nonzero().squeeze(-1)
            chosen.append(int(spare[int(float(draws[0]) * len(spare))]))
    return torch.tensor(chosen, device=z.device)


def _distances_to(z: Tensor, rows: Tensor, shift: Tensor) -> Tensor:
    """Squared distances (n, c) to the rows of z with the indices ``rows`` (c,); zero where only rounding is left."""
    picked = z[rows] - shift
    parts = []
    for tile in _tiles(z, shift, 1):
        norms = tile.square().sum(-1, keepdim=True) + picked.square().sum(-1)
        distances = norms - 2 * (tile @ picked.mT)
        parts.append(torch.where(distances > 8 * torch.finfo(z.dtype).eps * norms, distances, 0.0))
    distances = torch.cat(parts)
    # A row must not be drawn again, whatever the rounding of its products.
    distances[rows, torch.arange(len(rows), device=z.device)] = 0.0
    return distances


def _nearest(tile: Tensor, centres: Tensor) -> Tensor:
    return torch.addmm(centres.square().sum(-1), tile, centres.mT, alpha=-2).argmin(-1)


def _tiles(z: Tensor, shift: Tensor, k: int) -> Iterator[Tensor]:
    """Blocks of rows minus ``shift``: products of raw values lose the distances when the data have a large offset."""
    rows = max(1, TILE_ENTRIES // max(k, z.shape[-1]))
    for start in range(0, len(z), rows):
        yield z[start : start + rows] - shift


def _wide(value: Tensor) -> Tensor:
    """The value in float64, where the device has it: sums over many samples."""
    return value if value.device.type == "mps" else value.double()


def _mean(z: Tensor) -> Tensor:
    """Mean row, exactly the row itself when all rows agree."""
    anchor = z[0]
    total = _wide(torch.zeros_like(anchor))
    for tile in _tiles(z, anchor, 1):
        total += _wide(tile.sum(0))
    return anchor + (total / len(z)).to(z.dtype)


def _mean_variance(z: Tensor, shift: Tensor) -> float:
    return sum(float(tile.square().sum()) for tile in _tiles(z, shift, 1)) / z.numel()


def _check_samples(z: Tensor, k: int) -> Tensor:
    check_floating("z", z, 2)
    if z.dim() != 2:
        raise ValueError(f"z: got shape {tuple(z.shape)}, accepted (n, d)")
    z = z.detach()
    if z.dtype in (torch.float16, torch.bfloat16):
        z = z.float()
    check_magnitude("z", z, square_root_bound(z.dtype, z.shape[-1]))
    check_count("k", k)
    if k > len(z):
        raise ValueError(f"k: got {k}, accepted at most {len(z)}, the number of samples")
    return z


def _check_initial(z: Tensor, k: int, initial: Tensor, n_init: int) -> Tensor:
    check_prototypes(initial)
    check_same_kind("initial", initial, "z", z)
    if tuple(initial.shape) != (k, z.shape[-1]):
        raise ValueError(f"initial: got shape {tuple(initial.shape)}, accepted {(k, z.shape[-1])}")
    if n_init != 1:
        raise ValueError(f"n_init: got {n_init}, accepted 1 with initial centres")
    return initial.detach()
