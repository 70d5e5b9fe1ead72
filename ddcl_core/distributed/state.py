"""The state of a sharded run, and its checkpoint.

Rank 0 writes the checkpoint, with the rows of W of all ranks, and reads it for all: no file system need be shared, and
a run may go on with another number of ranks. What a checkpoint needs of the data is that their concatenation over the
ranks be the same; a few sums over the samples are stored to notice when it is not.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ddcl_core.distributed.group import Group
from ddcl_core.distributed.shards import Shards, gather_rows, scatter_rows
from ddcl_core.training.checkpoints import load_checkpoint, save_checkpoint

KIND = "ddcl_core.distributed.fit_sharded"
# The stored sums are added up in another order by another number of ranks; a changed sample moves them by far more.
SAME_DATA = 1e-9


@dataclass(eq=False)
class State:
    """Between two epochs: P and the velocity (k, d) in float64, this rank's rows of W (n_r, k) if native."""

    prototypes: Tensor
    velocity: Tensor
    weights: Tensor | None
    epoch: int = 0
    step: int = 0
    losses: list[float] = field(default_factory=list)


def summarise(z: Tensor, shards: Shards, group: Group) -> Tensor:
    """Sums over all samples that change with the values and with their order: (3,), on the CPU."""
    sums = torch.zeros(3, dtype=torch.float64, device=z.device)
    place = torch.arange(1, z.shape[1] + 1, dtype=torch.float64, device=z.device).cos()
    rows = torch.arange(shards.start, shards.start + len(z), dtype=torch.float64, device=z.device)
    for part, row in zip(torch.split(z, 2**14), torch.split(rows, 2**14), strict=True):
        projected = part.double() @ place
        sums += torch.stack([projected.sum(), (projected * row.sin()).sum(), part.double().square().sum()])
    return group.sum_(sums).cpu()


def write(
    path: Path, state: State, settings: dict[str, Any], data: Tensor, temperature: float, shards: Shards, group: Group
) -> None:
    """Write a checkpoint; returns on every rank once it lies on the disk of rank 0.

    Raises on every rank if it cannot be written: OSError or ValueError on rank 0, ValueError on the others.
    """
    weights = None if state.weights is None else gather_rows(state.weights, group, shards.counts)
    failure: Exception | None = None
    if group.rank == 0:
        content = {
            "kind": KIND,
            "settings": settings,
            "n": shards.n,
            "data": data,
            "temperature": temperature,
            "epoch": state.epoch,
            "step": state.step,
            "losses": state.losses,
            "prototypes": state.prototypes.cpu(),
            "velocity": state.velocity.cpu(),
            "weights": None if weights is None else weights.cpu(),
        }
        try:
            save_checkpoint(path, content)
        except (OSError, ValueError) as error:
            failure = error
    problem = None if failure is None else f"checkpoint: cannot write {str(path)!r}: {failure}"
    try:
        group.agree(problem)
    except ValueError as error:
        raise (error if failure is None else failure) from failure


def read(
    path: str | os.PathLike[str],
    settings: dict[str, Any],
    data: Tensor,
    temperature: Callable[[float], float],
    epochs: int,
    z: Tensor,
    shards: Shards,
    group: Group,
) -> State | None:
    """The state in the checkpoint of rank 0, spread over the ranks; None if there is no file.

    ``temperature`` maps an epoch to T, ``epochs`` is how many are wanted. Raises ValueError on every rank for a file that
    is damaged, belongs to something else, was written with other settings, data or temperatures, or is further on.
    """
    content: dict[str, Any] | None = None
    problem = None
    if group.rank == 0 and os.path.exists(path):
        try:
            content = load_checkpoint(path)
            _check(path, content, settings, data, temperature, shards)
            if content["epoch"] > epochs:
                raise ValueError(f"epochs: got {epochs}, accepted at least the {content['epoch']} that are done")
        except ValueError as error:
            problem = str(error)
    group.agree(problem)
    header = None if content is None else {name: content[name] for name in ("epoch", "step", "losses")}
    header = group.gather_objects(header)[0]
    if header is None:
        return None
    wide = torch.zeros(2, settings["n_clusters"], z.shape[1], dtype=torch.float64, device=z.device)
    if content is not None:
        wide.copy_(torch.stack([content["prototypes"], content["velocity"]]))
    group.broadcast_(wide)
    weights = None
    if settings["parametrisation"] == "native":
        rows = None if content is None else content["weights"]
        weights = scatter_rows(rows, z.new_empty((len(z), settings["n_clusters"])), shards, group)
    return State(wide[0].clone(), wide[1].clone(), weights, header["epoch"], header["step"], list(header["losses"]))


def _check(
    path: str | os.PathLike[str],
    content: dict[str, Any],
    settings: dict[str, Any],
    data: Tensor,
    temperature: Callable[[float], float],
    shards: Shards,
) -> None:
    where = f"checkpoint {str(path)!r}"
    if content.get("kind") != KIND:
        raise ValueError(f"{where}: got kind {content.get('kind')!r}, accepted {KIND!r}")
    for name, value in settings.items():
        if content["settings"][name] != value:
            raise ValueError(f"{name}: got {value!r}, accepted {content['settings'][name]!r} as in {where}")
    if content["n"] != shards.n:
        raise ValueError(f"z_local: got {shards.n} samples on all ranks, accepted {content['n']} as in {where}")
    scale = float(content["data"][2])
    bound = SAME_DATA * (scale + (shards.n * scale) ** 0.5)
    if not bool(((content["data"] - data).abs() <= bound).all()):
        raise ValueError(f"z_local: got other samples or another order over the ranks than in {where}")
    now = temperature(content["epoch"])
    if now != content["temperature"]:
        raise ValueError(f"temperature: got {now!r} at epoch {content['epoch']}, accepted {content['temperature']!r}")
