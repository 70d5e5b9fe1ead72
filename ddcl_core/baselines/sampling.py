"""Sampling that draws every cluster equally often, so that a large cluster does not dominate the classifier's training.

Source: Caron et al., "Deep clustering for unsupervised learning of visual features" (2018), §3.3, against the trivial
parametrisation in which the classifier ignores its input because most samples carry one pseudo-label.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ddcl_core._validation import check_count


def uniform_over_clusters(labels: Tensor, size: int, generator: torch.Generator) -> Tensor:
    """Indices (size,) of samples in random order, with equally many from each cluster that has samples.

    labels (n,), integers. With c clusters in use, each is drawn size // c times, and size % c of them, at random, once
    more. Within a cluster no sample is drawn again before all of the cluster have been drawn.
    The numbers are drawn on the generator's device; the indices lie on the device of ``labels``.
    """
    if labels.dim() != 1 or labels.numel() == 0 or labels.is_floating_point():
        raise ValueError(f"labels: got {labels.dtype} of shape {tuple(labels.shape)}, accepted integers (n,), n > 0")
    check_count("size", size)
    if int(labels.amin()) < 0:
        raise ValueError(f"labels: got {int(labels.amin())}, accepted integers of at least 0")
    home = generator.device
    own = labels.detach().to(home)
    sizes = [members for members in own.bincount().tolist() if members > 0]
    quota = [size // len(sizes)] * len(sizes)
    for favoured in torch.randperm(len(sizes), generator=generator, device=home)[: size % len(sizes)].tolist():
        quota[favoured] += 1
    # A random order of all samples, sorted stably by cluster, is a random order within each cluster.
    shuffled = torch.randperm(len(own), generator=generator, device=home)
    ordered = shuffled[own[shuffled].argsort(stable=True)]
    picks, start = [], 0
    for members, count in zip(sizes, quota, strict=True):
        picks.append(ordered[start : start + members].repeat(-(-count // members))[:count])
        start += members
    drawn = torch.cat(picks)
    return drawn[torch.randperm(size, generator=generator, device=home)].to(labels.device)
