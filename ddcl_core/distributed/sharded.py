"""Prototypes of frozen features that lie on several ranks, by mini-batch gradient descent.

Every rank keeps a copy of P. The gradient of a batch's loss is G = 2 (diag(w) P - M) / b with a weight w (k,) and a
moment M (k, d) that are sums over the samples (:mod:`ddcl_core.kernels`): the ranks add up k d + k numbers a step,
however many samples they hold.

Native prototypes P = W^T Z (rows) cost no more. W has one row a sample, and dL/dW = Z G^T for every row, in the batch
or not, because P depends on all of them. A step W -= rate Z M^T, with M = G or its momentum, moves P by
-rate M (Z^T Z): the d x d matrix Z^T Z, summed over the ranks once, replaces the n x k product. Each rank adds up
A = sum rate M and folds W -= Z A^T into its own rows at the end of an epoch, when P is summed anew from W.

Hence any number of ranks computes the same numbers up to the order of summation; sums are taken in float64.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ddcl_core._validation import check_count, check_path, square_root_bound
from ddcl_core.distributed import state as states
from ddcl_core.distributed.failure import RankDiverged, WorkerLost, first_not_finite
from ddcl_core.distributed.group import Group, current
from ddcl_core.distributed.seeding import choose_samples
from ddcl_core.distributed.settings import (
    Settings,
    Temperature,
    check_shard,
    check_start,
    compare_ranks,
    temperature_at,
)
from ddcl_core.distributed.shards import Shards, fetch_rows
from ddcl_core.functional import squared_distances
from ddcl_core.kernels import prototype_gradient, statistics
from ddcl_core.progress import track

# Entries of a tile of samples, (rows, k) or (rows, d).
TILE = 2**21


@dataclass(frozen=True, eq=False)
class ShardedFit:
    """What :func:`fit_sharded` found.

    ``prototypes`` (k, d) and ``losses`` (a mean over all samples for each epoch, taken at the prototypes that met them)
    are the same on every rank; ``labels`` (n_local,), the nearest prototype, and ``weights`` (n_local, k), the rows of
    W if native, belong to this rank's samples. ``steps`` counts the batches from the start, resumed ones included.
    """

    prototypes: Tensor
    weights: Tensor | None
    labels: Tensor
    losses: list[float]
    steps: int


def fit_sharded(
    z_local: Tensor,
    n_clusters: int,
    *,
    temperature: Temperature,
    loss: str = "quantization",
    mode: str = "stopped",
    parametrisation: str = "free",
    convention: str = "d/T",
    epochs: int = 50,
    batch_size: int | None = None,
    rate: float | None = None,
    momentum: float = 0.0,
    init: str | Tensor = "k-means++",
    weights: Tensor | None = None,
    seed: int = 0,
    checkpoint: str | os.PathLike[str] | None = None,
    checkpoint_every: int = 1,
    resume: bool = False,
    progress: bool = False,
    group: Group | None = None,
) -> ShardedFit:
    """Fit prototypes to the features of all ranks; every rank calls this with the same arguments but its own rows.

    z_local (n_local, d), float32 or float64, on the group's device; n_local may be 0 on some ranks and smaller than
        ``n_clusters``.
    temperature: T > 0, in the unit of a squared distance, or a function of the epoch (with a fraction inside it).
    loss: "quantization" (DDCL, equation (11)) or "ols" (16); mode: "stopped" or "full" q; convention as in
        :func:`ddcl_core.functional.soft_assignment`.
    parametrisation: "free", or "native" prototypes W^T Z with one row of W a sample.
    batch_size: samples on all ranks together; None takes all. The mean loss of a batch is what a step descends.
    rate: learning rate on P or W. None is half of the largest at which L_q at constant assignments descends whatever the
        assignments are: 0.5 for free prototypes, 0.5 / lambda_max(Z^T Z) for native ones, which is slow for data far
        from the origin. momentum: below 1.
    init: "k-means++" or "random" samples, or prototypes (k, d) if free (those of rank 0 count). Native ones start with
        the weights of the chosen samples at 1, or with ``weights`` (n_local, k), this rank's rows.
    seed: fixes initialisation and batches, whatever the number of ranks.
    checkpoint: file that rank 0 writes every ``checkpoint_every`` epochs and at the end. With ``resume`` the run goes on
        from the file if there is one, on any number of ranks; without it a file that exists is refused. ``epochs``
        counts from the very start and may be raised. The rows of all ranks, one after the other, must be the same data
        in the same order.
    progress: a bar on standard error of rank 0.

    Raises on every rank ValueError for arguments outside these ranges (before any work), :class:`RankDiverged` when a
    number is no longer finite and :class:`WorkerLost` when a worker is gone; RuntimeError without a group.
    """
    group = current() if group is None else group
    settings = Settings(n_clusters, loss, mode, parametrisation, convention, batch_size, rate, momentum, seed)
    path, problem = None, None
    try:
        path = check_path("checkpoint", checkpoint)
        settings.check()
        check_count("epochs", epochs, minimum=0)
        check_count("checkpoint_every", checkpoint_every)
        check_shard(z_local, group)
        check_start(z_local, settings, init, weights)
        temperature_at(temperature, 0.0, z_local)
        if path is not None and group.rank == 0 and not path.parent.is_dir():
            raise ValueError(f"checkpoint: got {str(path)!r}, accepted a file in a folder that exists")
        if resume and path is None:
            raise ValueError("checkpoint: got None with resume=True, accepted a file")
        if path is not None and group.rank == 0 and not resume and path.exists():
            accepted = "accepted resume=True to go on from it, or another path"
            raise ValueError(f"checkpoint: got {str(path)!r}, which exists; {accepted}")
    except ValueError as error:
        problem = str(error)
    group.agree(problem)
    kind = {"d": z_local.shape[1], "dtype": str(z_local.dtype)}
    own_start = {"weights": weights is not None, "checkpoint": path is not None, "resume": resume}
    run_length = {"epochs": epochs, "checkpoint_every": checkpoint_every, "init": init if isinstance(init, str) else ""}
    compare_ranks({**settings.plain(), **kind, **own_start, **run_length}, group)
    shards = Shards(tuple(group.gather_objects(len(z_local))), group.rank)
    if n_clusters > shards.n or (batch_size or 1) > shards.n:
        name, value = ("n_clusters", n_clusters) if n_clusters > shards.n else ("batch_size", batch_size)
        raise ValueError(f"{name}: got {value}, accepted from 1 to the {shards.n} samples of all ranks")
    run = _Run(z_local.detach(), settings, temperature, shards, group, path, {**settings.plain(), **kind})
    with torch.no_grad():
        return run.fit(epochs, checkpoint_every, init, weights, resume, progress)


class _Run:
    """One call of :func:`fit_sharded`."""

    def __init__(
        self,
        z: Tensor,
        settings: Settings,
        temperature: Temperature,
        shards: Shards,
        group: Group,
        path: Path | None,
        signature: dict[str, object],
    ) -> None:
        self.z, self.settings, self.temperature = z, settings, temperature
        self.shards, self.group, self.path, self.signature = shards, group, path, signature
        self.saved: Path | None = None
        self.options: dict[str, Any] = {
            "quantization": float(settings.loss == "quantization"),
            "ols": float(settings.loss == "ols"),
            "mode": settings.mode,
            "convention": settings.convention,
        }
        self.gram: Tensor | None = None
        self.rate = 0.5 if settings.rate is None else settings.rate
        self.bound = square_root_bound(z.dtype, z.shape[1])

    def at(self, epoch: float) -> float:
        return temperature_at(self.temperature, epoch, self.z)

    def fit(
        self, epochs: int, every: int, init: str | Tensor, weights: Tensor | None, resume: bool, progress: bool
    ) -> ShardedFit:
        state: states.State | None = None
        try:
            data = states.summarise(self.z, self.shards, self.group)
            if self.settings.parametrisation == "native":
                self._measure_data()
            if resume and self.path is not None:
                state = states.read(self.path, self.signature, data, self.at, epochs, self.z, self.shards, self.group)
                self.saved = None if state is None else self.path
            if state is None:
                state = self._start(init, weights)
            shown = progress and self.group.rank == 0
            left = range(state.epoch, epochs)
            for epoch in track(left, total=len(left), description="epochs", enabled=shown):
                self._epoch(state, epoch)
                if self.path is not None and (state.epoch % every == 0 or state.epoch == epochs):
                    now = self.at(state.epoch)
                    states.write(self.path, state, self.signature, data, now, self.shards, self.group)
                    self.saved = self.path
        except WorkerLost as error:
            raise error.during(0 if state is None else state.step, self.saved) from (error.__cause__ or error)
        prototypes = state.prototypes.to(self.z.dtype)
        return ShardedFit(prototypes, state.weights, _nearest(self.z, prototypes), state.losses, state.step)

    def _start(self, init: str | Tensor, weights: Tensor | None) -> states.State:
        k = self.settings.n_clusters
        if weights is not None:
            rows = weights.detach().to(self.z).clone()
            prototypes = self._prototypes_of(rows)
            return states.State(prototypes, torch.zeros_like(prototypes), rows)
        if isinstance(init, Tensor):
            prototypes = self.group.broadcast_(init.detach().to(self.z.device, torch.float64).clone())
            return states.State(prototypes, torch.zeros_like(prototypes), None)
        chosen = choose_samples(self.z, k, init, self.settings.seed, self.shards, self.group)
        prototypes = fetch_rows(self.z, chosen, self.shards, self.group)
        own = None
        if self.settings.parametrisation == "native":
            columns, local = self.shards.local(chosen)
            own = self.z.new_zeros((len(self.z), k))
            own[local.to(own.device), columns.to(own.device)] = 1
        return states.State(prototypes, torch.zeros_like(prototypes), own)

    def _epoch(self, state: states.State, epoch: int) -> None:
        z, group, settings = self.z, self.group, self.settings
        size = self.shards.n if settings.batch_size is None else settings.batch_size
        count = -(-self.shards.n // size)
        total = torch.zeros(1, dtype=torch.float64, device=z.device)
        moved = torch.zeros_like(state.prototypes)
        for index, (whole, rows) in enumerate(self.shards.batches(size, settings.seed, epoch)):
            part = z if len(rows) == len(z) else z[rows.to(z.device)]
            gradient, loss = self._gradient(state, part, whole, self.at(epoch + index / count))
            total += loss
            state.velocity = settings.momentum * state.velocity + gradient
            step = self.rate * state.velocity
            moved += step
            state.prototypes = state.prototypes - (step if self.gram is None else step @ self.gram)
            # Where the prototypes are no longer numbers that can be squared, they are so on every rank.
            if not bool((state.prototypes.abs() <= self.bound).all()):
                raise RankDiverged(state.step, "prototypes", self.saved)
            state.step += 1
        if state.weights is not None:
            for part, rows in zip(torch.split(z, 2**14), torch.split(state.weights, 2**14), strict=True):
                rows -= (part.double() @ moved.mT).to(rows.dtype)
            state.prototypes = self._prototypes_of(state.weights)
        else:
            # Ranks on unlike machines may round unlike.
            group.broadcast_(state.prototypes)
        state.losses.append(float(group.sum_(total)) / self.shards.n)
        state.epoch = epoch + 1

    def _gradient(self, state: states.State, part: Tensor, whole: int, temperature: float) -> tuple[Tensor, Tensor]:
        """Gradient of the mean loss of the batch on all ranks (k, d), and this rank's sum of losses."""
        k, d = state.prototypes.shape
        prototypes = state.prototypes.to(part.dtype)
        sums = torch.zeros(k * d + k, dtype=torch.float64, device=part.device)
        loss = sums.new_zeros(())
        quantities = {"features": part}
        if len(part) and first_not_finite(quantities) is None:
            own = statistics(part, prototypes, temperature, details=False, **self.options)
            quantities.update(loss=own.value, weight=own.weight, moment=own.moment)
            sums = torch.cat([own.moment.flatten(), own.weight])
            loss = own.value
        if first_not_finite(quantities) is not None:
            # A loss or a feature need not show in the sums, so that all ranks are told this way.
            sums.fill_(torch.nan)
        self.group.sum_(sums)
        if not bool(torch.isfinite(sums).all()):
            self._blame(quantities, state.step)
        moment, weight = sums[: k * d].view(k, d), sums[k * d :]
        return prototype_gradient(prototypes.double(), weight, moment, samples=whole), loss

    def _blame(self, quantities: dict[str, Tensor], step: int) -> None:
        for rank, found in enumerate(self.group.gather_objects(first_not_finite(quantities))):
            if found is not None:
                raise RankDiverged(step, found, self.saved, rank)
        raise RankDiverged(step, "sum over the ranks", self.saved)

    def _prototypes_of(self, weights: Tensor) -> Tensor:
        """P = W^T Z over all ranks, in float64."""
        total = torch.zeros(weights.shape[1], self.z.shape[1], dtype=torch.float64, device=self.z.device)
        for rows, part in zip(torch.split(weights, 2**14), torch.split(self.z, 2**14), strict=True):
            total += rows.double().mT @ part.double()
        return self.group.sum_(total)

    def _measure_data(self) -> None:
        """Z^T Z over all ranks, and the rate that goes with it."""
        d = self.z.shape[1]
        gram = torch.zeros(d, d, dtype=torch.float64, device=self.z.device)
        for part in torch.split(self.z, 2**14):
            gram += part.double().mT @ part.double()
        self.gram = self.group.sum_(gram)
        if self.settings.rate is None:
            largest = self.group.broadcast_(torch.linalg.eigvalsh(self.gram)[-1:].contiguous())
            self.rate = 0.5 / float(largest) if float(largest) > 0 else 0.5


def _nearest(z: Tensor, prototypes: Tensor) -> Tensor:
    if not len(z):
        return torch.zeros(0, dtype=torch.int64, device=z.device)
    parts = torch.split(z, max(1, TILE // max(prototypes.shape)))
    return torch.cat([squared_distances(part, prototypes).argmin(-1) for part in parts])
