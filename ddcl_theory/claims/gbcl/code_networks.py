"""How the claims on duality call `ddcl_core`: the dual layer, its realisation of given prototypes, and distances to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ddcl_core import functional as core
from ddcl_core import layers

Batch = Mapping[str, Any]


def _cases(batch: Batch, function: Callable[[Batch], Any]) -> Any:
    """One case after the other, because a layer holds the weights of one: (cases, m)."""
    import torch

    count = len(next(iter(batch.values())))
    return torch.stack([function({n: t[i] for n, t in batch.items()}).flatten() for i in range(count)])


def _output(samples: Any, w: Any) -> Any:
    """Prototypes (k, d) of the dual layer with the weights W_2 = `w` (k, n) on `samples` (n, d)."""
    import torch

    layer = layers.DualCompetitiveLayer(w.shape[1], w.shape[0], estimate="unbiased", dtype=w.dtype, device=w.device)
    with torch.no_grad():
        layer.weights.copy_(w.mT)
    return layer(samples).detach()


def realised(batch: Batch) -> Any:
    """(cases, k·d): the output of the dual layer that was made for the prototypes P."""

    def one(case: Batch) -> Any:
        samples = case["X"].mT.contiguous()
        return layers.DualCompetitiveLayer.from_prototypes(samples, case["P"], estimate="unbiased")(samples).detach()

    return _cases(batch, one)


def realised_reversed(batch: Batch) -> Any:
    """The same with the prototypes in the opposite order, and back."""
    k = batch["P"].shape[1]
    return realised({**batch, "P": batch["P"].flip(1)}).unflatten(1, (k, -1)).flip(1).flatten(1)


def first_component(batch: Batch) -> Any:
    """(cases, k): the first component of each prototype, for the features f and A."""
    import torch

    def one(case: Batch) -> Any:
        return _output(torch.cat([case["f"][:, None], case["A"].mT], 1), case["W2"])[:, 0]

    return _cases(batch, one)


def first_component_reversed(batch: Batch) -> Any:
    return first_component({**batch, "W2": batch["W2"].flip(1)}).flip(1)


def distances(batch: Batch) -> Any:
    """(cases, n·k): squared distances between the samples and the outputs of the dual layer."""

    def one(case: Batch) -> Any:
        samples = case["X"].mT.contiguous()
        return core.squared_distances(samples, _output(samples, case["W2"]))

    return _cases(batch, one)


def distances_reversed(batch: Batch) -> Any:
    k = batch["W2"].shape[1]
    return distances({**batch, "W2": batch["W2"].flip(1)}).unflatten(1, (-1, k)).flip(2).flatten(1)
