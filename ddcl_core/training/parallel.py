"""What a training step shares between processes: prototypes, gradients, the guard and the first parameters.

Rules: each process holds its part of a batch and a full replica of the model; its loss is its share, so that the
shares add up to the loss of the batch; the gradient of every parameter is the sum over the processes. All sums go
through one :class:`~ddcl_core.training.reducer.Reducer`. Batch normalisation uses the statistics of each process's own
part unless the backbone synchronises them (``torch.nn.SyncBatchNorm``).
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

from ddcl_core.objective import count_samples
from ddcl_core.training.guard import TrainingDiverged
from ddcl_core.training.model import DDCLModel
from ddcl_core.training.reducer import Reducer


def shared_prototypes(model: DDCLModel, z: Tensor, index: Tensor, reducer: Reducer) -> Tensor:
    """Prototypes of the whole batch, of which this process holds the features z (b, d) of the samples ``index`` (b,).

    Native prototypes are a function of M = W^T Z; the estimate from a batch of B samples in all processes is
    (n/B) times the sum of their W_I^T Z_I. Other layers make their prototypes from what every process has.
    """
    layer: Any = model.layer
    if reducer.world_size == 1 or not hasattr(layer, "moment"):
        return model.prototypes(z, index)
    count = count_samples(z, reducer)
    moment = reducer.sum(layer.moment(z if model.through_layer else z.detach(), index))
    prototypes: Tensor = layer.from_moment(moment * (layer.n_samples / count))
    return prototypes


def sum_gradients(parameters: Iterable[nn.Parameter], reducer: Reducer) -> None:
    """Replace every gradient by its sum over the processes, one call for each dtype."""
    if reducer.world_size == 1:
        return
    groups: dict[torch.dtype, list[nn.Parameter]] = {}
    for parameter in parameters:
        if parameter.requires_grad:
            groups.setdefault(parameter.dtype, []).append(parameter)
    for group in groups.values():
        with torch.no_grad():
            total = reducer.sum(torch.cat([_dense_gradient(item).reshape(-1) for item in group]))
            for item, part in zip(group, torch.split(total, [item.numel() for item in group]), strict=True):
                item.grad = part.view_as(item).clone()


def _dense_gradient(parameter: nn.Parameter) -> Tensor:
    if parameter.grad is None:
        return torch.zeros_like(parameter)
    return parameter.grad.to_dense() if parameter.grad.is_sparse else parameter.grad


@torch.no_grad()
def equalise(module: nn.Module, reducer: Reducer) -> None:
    """Give every process the parameters and floating buffers of process 0."""
    if reducer.world_size == 1:
        return
    for tensor in (*module.parameters(), *module.buffers()):
        if tensor.is_floating_point():
            tensor.copy_(reducer.sum(tensor.clone() if reducer.rank == 0 else torch.zeros_like(tensor)))


@torch.no_grad()
def agree_finite(
    step: int, quantities: dict[str, Tensor], checkpoint: str | os.PathLike[str] | None, reducer: Reducer
) -> None:
    """Raise :class:`TrainingDiverged` in every process if a quantity is not finite in one of them.

    Names the first such quantity, and with several processes the first rank that saw it.
    """
    device = next(iter(quantities.values())).device
    # One transfer from the device for all quantities; which one it was is looked up only when there is one.
    flags = torch.stack([torch.isfinite(_entries(value)).all() for value in quantities.values()])
    position = 0 if bool(flags.all()) else 1 + flags.tolist().index(False)
    if reducer.world_size == 1:
        if position:
            raise TrainingDiverged(step, list(quantities)[position - 1], checkpoint)
        return
    seen = torch.zeros(reducer.world_size, device=device)
    seen[reducer.rank] = position
    positions = reducer.sum(seen).tolist()
    for rank, found in enumerate(positions):
        if found:
            raise TrainingDiverged(step, f"{list(quantities)[int(found) - 1]} on rank {rank}", checkpoint)


def _entries(value: Tensor) -> Tensor:
    return value.coalesce().values() if value.is_sparse else value
