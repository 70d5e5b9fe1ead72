"""The arguments of :func:`ddcl_core.distributed.fit_sharded`, checked on each rank and compared between ranks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

import torch
from torch import Tensor

from ddcl_core._validation import (
    check_choice,
    check_count,
    check_magnitude,
    check_prototypes,
    check_real,
    check_temperature,
    square_root_bound,
)
from ddcl_core.distributed.group import Group
from ddcl_core.distributed.seeding import SEEDINGS
from ddcl_core.functional.assignment import CONVENTIONS
from ddcl_core.functional.training import MODES

LOSSES = ("quantization", "ols")
PARAMETRISATIONS = ("free", "native")
Temperature: TypeAlias = float | Callable[[float], float]


@dataclass(frozen=True)
class Settings:
    """What must be equal on all ranks, and between a checkpoint and the run that goes on from it."""

    n_clusters: int
    loss: str
    mode: str
    parametrisation: str
    convention: str
    batch_size: int | None
    rate: float | None
    momentum: float
    seed: int

    def check(self) -> None:
        """Raise ValueError for the first argument outside its range."""
        check_count("n_clusters", self.n_clusters)
        check_choice("loss", self.loss, LOSSES)
        check_choice("mode", self.mode, MODES)
        check_choice("parametrisation", self.parametrisation, PARAMETRISATIONS)
        check_choice("convention", self.convention, tuple(CONVENTIONS))
        if self.batch_size is not None:
            check_count("batch_size", self.batch_size)
        if self.rate is not None:
            check_real("rate", self.rate, minimum=0.0)
        if check_real("momentum", self.momentum, minimum=0.0) >= 1:
            raise ValueError(f"momentum: got {self.momentum!r}, accepted a number from 0 to below 1")
        check_count("seed", self.seed, minimum=0)

    def plain(self) -> dict[str, Any]:
        """As a dict of numbers, strings and None."""
        return asdict(self)


def temperature_at(temperature: Temperature, epoch: float, like: Tensor) -> float:
    """T at ``epoch``, which may have a fraction; ValueError unless positive, finite and normal in the dtype."""
    value = temperature(epoch) if callable(temperature) else temperature
    return float(check_temperature(value, like))


def check_shard(z: Tensor, group: Group) -> None:
    """Check this rank's features (n_r, d), n_r >= 0: floating, finite, small enough to be squared, on the device."""
    if not isinstance(z, Tensor) or z.dim() != 2 or z.shape[1] == 0 or z.dtype not in (torch.float32, torch.float64):
        what = f"{z.dtype} of shape {tuple(z.shape)}" if isinstance(z, Tensor) else type(z).__name__
        raise ValueError(f"z_local: got {what}, accepted a float32 or float64 tensor (n_local, d)")
    if z.device != group.device:
        raise ValueError(f"z_local: got device {str(z.device)!r}, accepted that of the group, {str(group.device)!r}")
    if len(z):
        check_magnitude("z_local", z, square_root_bound(z.dtype, z.shape[1]))


def check_start(z: Tensor, settings: Settings, init: str | Tensor, weights: Tensor | None) -> None:
    """Check the initial prototypes (k, d) or this rank's rows of the initial weights (n_r, k)."""
    if weights is not None:
        if settings.parametrisation != "native":
            raise ValueError("weights: got a tensor with parametrisation 'free', accepted None")
        shape = tuple(weights.shape) if isinstance(weights, Tensor) else type(weights).__name__
        if shape != (len(z), settings.n_clusters):
            raise ValueError(
                f"weights: got shape {shape}, accepted ({len(z)}, {settings.n_clusters}), this rank's rows"
            )
        if not bool(torch.isfinite(weights).all()):
            raise ValueError("weights: got an entry that is not finite, accepted finite numbers")
    elif isinstance(init, str):
        check_choice("init", init, SEEDINGS)
    elif settings.parametrisation == "native":
        raise ValueError(f"init: got prototypes with parametrisation 'native', accepted {SEEDINGS} or weights")
    elif not isinstance(init, Tensor):
        raise ValueError(f"init: got {type(init).__name__}, accepted {SEEDINGS} or a torch.Tensor")
    else:
        check_prototypes(init)
        if tuple(init.shape) != (settings.n_clusters, z.shape[1]):
            raise ValueError(f"init: got shape {tuple(init.shape)}, accepted ({settings.n_clusters}, {z.shape[1]})")


def compare_ranks(settings: dict[str, Any], group: Group) -> None:
    """Raise ValueError on every rank if two ranks were given different settings."""
    everyone = group.gather_objects(settings)
    for rank, other in enumerate(everyone):
        for name, value in other.items():
            if value != everyone[0][name]:
                raise ValueError(
                    f"{name}: got {everyone[0][name]!r} on rank 0 and {value!r} on rank {rank}, "
                    "accepted one value on all ranks"
                )
