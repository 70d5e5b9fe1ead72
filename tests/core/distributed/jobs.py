"""What the ranks of the tests do. Run as a file in each process, see conftest.py."""

from __future__ import annotations

import os
import signal
import sys
import time
from copy import deepcopy
from dataclasses import is_dataclass, replace
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn

from ddcl_core import distributed
from ddcl_core.distributed import Group, sharded
from ddcl_core.distributed import group as group_module
from ddcl_core.distributed.shards import scatter_rows
from ddcl_core.layers import DualCompetitiveLayer, VanillaCompetitiveLayer
from ddcl_core.objective import DDCLLoss
from ddcl_core.schedules import constant
from ddcl_core.training import DDCLModel, Trainer


def share(rows: Tensor, counts: list[int], rank: int) -> Tensor:
    """The rows of ``rank`` where the ranks hold ``counts``."""
    return rows.split(counts)[rank].contiguous()


def fails(group: Group, folder: Path, z: Tensor, counts: list[int], given: list[dict[str, Any]]) -> None:
    """A fit for which the ranks were given different arguments."""
    configuration = {"n_clusters": 2, "temperature": 1.0, **given[group.rank]}
    distributed.fit_sharded(configuration.pop("z", share(z, counts, group.rank)), **configuration)


def fits(
    group: Group, folder: Path, z: Tensor, counts: list[int], configurations: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """One fit for each configuration; weights and labels gathered on rank 0."""
    found = []
    for configuration in configurations:
        given = dict(configuration)
        if "weights" in given:
            given["weights"] = share(given["weights"], counts, group.rank)
        fit = distributed.fit_sharded(share(z, counts, group.rank), **given)
        found.append(
            {
                "prototypes": fit.prototypes,
                "losses": fit.losses,
                "steps": fit.steps,
                "labels": distributed.gather_rows(fit.labels, group),
                "weights": None if fit.weights is None else distributed.gather_rows(fit.weights, group),
            }
        )
    return found


def counts(group: Group, folder: Path, z: Tensor, counts: list[int], configuration: dict[str, Any]) -> int:
    """How many numbers this rank gives to sums and broadcasts of tensors in a fit."""
    numbers = 0

    def counting(operation: Any) -> Any:
        def count(tensor: Tensor, *rest: Any, **named: Any) -> Any:
            nonlocal numbers
            numbers += tensor.numel()
            return operation(tensor, *rest, **named)

        return count

    dist.all_reduce, dist.broadcast = counting(dist.all_reduce), counting(dist.broadcast)
    distributed.fit_sharded(share(z, counts, group.rank), **configuration)
    return numbers


def sums(group: Group, folder: Path, z: Tensor, weights: Tensor, counts: list[int]) -> dict[str, Any]:
    """Gradients, and a product of a second derivative, of a loss that reads W^T Z and the mean of a function of Z."""
    own = [share(value, counts, group.rank).requires_grad_() for value in (z, weights)]
    numbers = 0
    reduce = dist.all_reduce

    def count(tensor: Tensor, *rest: Any, **named: Any) -> Any:
        nonlocal numbers
        numbers += tensor.numel()
        return reduce(tensor, *rest, **named)

    dist.all_reduce = count
    value = summed_loss(*own, sum(counts), lambda x: distributed.sum_over_ranks(x, group), group.world_size)
    first = torch.autograd.grad(value, own, create_graph=True)
    used = numbers
    # The scalar product of the gradient with the parameters, of which each rank has its part.
    second = torch.autograd.grad(sum((a * b).sum() for a, b in zip(first, own, strict=True)), own)
    gathered = [[distributed.gather_rows(x.detach(), group) for x in pair] for pair in (first, second)]
    return {"first": gathered[0], "second": gathered[1], "numbers": used}


def summed_loss(z: Tensor, weights: Tensor, n: int, reduce: Any, shares: int) -> Tensor:
    """A rank's share of a loss of native prototypes: a sum over its samples, and a term of sums alone."""
    prototypes = reduce(weights.mT @ z)
    distances = (z[:, None] - prototypes).square().sum(-1)
    q = torch.softmax(-distances / 3.0, -1)
    mean = reduce(q.sum(0)) / n
    return (q * distances).sum() / n + 0.7 * (mean * mean.log()).sum() / shares


def operations(group: Group, folder: Path, counts: list[int]) -> dict[str, Any]:
    """Rows of unequal shards to rank 0 and back."""
    rows = torch.arange(2.0 * sum(counts)).view(-1, 2)
    shards = distributed.Shards(tuple(counts), group.rank)
    own = share(rows, counts, group.rank)
    gathered = distributed.gather_rows(own, group)
    back = scatter_rows(gathered, own, shards, group)
    return {"gathered": gathered, "back": torch.equal(back, own), "objects": group.gather_objects(group.rank)}


class Incident:
    """A temperature of 2, and something that happens to one rank when it is read at ``epoch``."""

    def __init__(self, group: Group, what: str, victim: int, epoch: float) -> None:
        self.struck = group.rank == victim
        self.what, self.epoch = what, epoch

    def __call__(self, epoch: float) -> float:
        if self.struck and epoch >= self.epoch:
            if self.what == "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            if self.what == "slow":
                self.struck = False
                time.sleep(4.0)
            if self.what == "raised":
                raise KeyError("an error of the caller's own")
        return 2.0


def incident(
    group: Group, folder: Path, z: Tensor, counts: list[int], what: str, victim: int, epoch: float, **given: Any
) -> Any:
    """A fit in which something happens to one rank, and a roll call that is short for the tests' sake."""
    group_module.ROLL_CALL = 1.0
    temperature = Incident(group, what, victim, epoch)
    return distributed.fit_sharded(share(z, counts, group.rank), temperature=temperature, **given).steps


def poisoned(
    group: Group, folder: Path, z: Tensor, counts: list[int], quantity: str, victim: int, epoch: float, **given: Any
) -> None:
    """A fit in which a number of one rank stops being one."""
    own = share(z, counts, group.rank)
    exact = sharded.statistics

    def temperature(now: float) -> float:
        if group.rank == victim and now >= epoch:
            if quantity == "features":
                own[0, 0] = torch.nan
            else:
                name = "value" if quantity == "loss" else quantity
                sharded.statistics = lambda *args, **named: spoil(exact(*args, **named), name)
        return 2.0

    distributed.fit_sharded(own, temperature=temperature, **given)


def spoil(found: Any, name: str) -> Any:
    """Statistics with one entry infinite."""
    value = getattr(found, name).clone()
    value.view(-1)[-1] = torch.inf
    return replace(found, **{name: value}) if is_dataclass(found) else found._replace(**{name: value})


def model(n: int, kind: str) -> DDCLModel:
    """A small network with normalisation that does not depend on the batch, and either layer."""
    torch.manual_seed(0)
    backbone = nn.Sequential(nn.Linear(4, 8), nn.LayerNorm(8), nn.Tanh(), nn.Linear(8, 3)).double()
    if kind == "free":
        return DDCLModel(backbone, VanillaCompetitiveLayer(3, 3, dtype=torch.float64))
    return DDCLModel(backbone, DualCompetitiveLayer(n, 3, estimate="unbiased", dtype=torch.float64))


def train(group: Group | None, folder: Path, z: Tensor, kind: str, **given: Any) -> dict[str, Any]:
    """Train a model with every term of the objective; the incident is a poisoned sample or a death."""
    incident = given.pop("incident", None)
    batch_size, epochs, resume = given.pop("batch_size", 10), given.pop("epochs", 4), given.pop("resume", False)
    loss = DDCLLoss(balance=0.3, entropy=0.1, separation=0.05, weight=0.02)
    found = model(len(z), kind)
    reducer = None if group is None else distributed.Reducer(group, checkpoint=given.get("checkpoint"))

    def strike(state: Any) -> None:
        if incident == "killed" and group is not None and group.rank == 1 and state.epoch == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        if incident == "poisoned" and group is not None and group.rank == 1 and state.epoch == 3:
            z.fill_(torch.nan)

    trainer = Trainer(
        found, loss, constant(temperature=2.0, rate_ratio=0.5), rate=0.05, device="cpu", reducer=reducer,
        optimizer="sgd", callbacks=[strike], **given
    )  # fmt: skip
    history = trainer.fit(z, epochs=epochs, batch_size=batch_size, seed=3, resume=resume)
    return {
        "parameters": {name: value.detach() for name, value in found.named_parameters()},
        "prototypes": found.stored_prototypes(),
        "total": list(history["total"]),
    }


def main() -> None:
    given = globals()
    torch.set_num_threads(1)
    rank, folder = given["RANK"], Path(given["FOLDER"])
    result, error = None, None
    try:
        with distributed.init(
            "gloo",
            rendezvous=f"file://{folder}/meeting",
            rank=rank,
            world_size=given["WORLD_SIZE"],
            timeout=given["TIMEOUT"],
        ) as group:
            # Tensors come in memory that all ranks share.
            result = given[given["JOB"]](group, folder, **deepcopy(given["GIVEN"]))
    except Exception as problem:
        error = {"kind": type(problem).__name__, "message": str(problem), **vars(problem)}
    torch.save({"result": result, "error": error}, folder / f"{rank}.pt")
    sys.exit(0 if error is None else 1)


if __name__ == "rank":
    main()
