"""One run of the trainer: its steps, its record and its checkpoints."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import torch
from torch import Tensor, nn

from ddcl_core._validation import check_count
from ddcl_core.objective import DDCLLoss, LossTerms, count_samples
from ddcl_core.schedules import Setting
from ddcl_core.training.checkpoints import load_checkpoint, save_checkpoint
from ddcl_core.training.data import (
    Data,
    batches_of,
    check_data,
    count_batches,
    derived_seed,
    epoch_batches,
    fetch,
    seed_epoch,
    share,
)
from ddcl_core.training.fingerprint import describe, fingerprint, plain
from ddcl_core.training.guard import squares
from ddcl_core.training.history import History
from ddcl_core.training.model import evaluating
from ddcl_core.training.parallel import agree_finite, shared_prototypes, sum_gradients
from ddcl_core.training.state import TrainerState

if TYPE_CHECKING:
    from ddcl_core.training.trainer import Trainer

ParameterGroups: TypeAlias = list[dict[str, Any]]
OptimizerFactory: TypeAlias = Callable[[ParameterGroups], torch.optim.Optimizer]
OPTIMIZERS: dict[str, OptimizerFactory] = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}
GROUPS = ("backbone", "layer")


class Run:
    """One call of ``Trainer.fit``: the modules that learn, their optimiser, the history and the position."""

    def __init__(self, trainer: Trainer, data: Data, epochs: int, batch_size: int, seed: int, workers: int) -> None:
        """Check the data and the sizes, move the modules and make the optimiser."""
        self.trainer, self.data, self.reducer = trainer, data, trainer.reducer
        self.n = check_data(data)
        self.epochs = check_count("epochs", epochs, minimum=0)
        self.batch_size = check_count("batch_size", batch_size)
        self.seed = check_count("seed", seed, minimum=0)
        self.workers = check_count("workers", workers, minimum=0)
        self.batches = count_batches(self.n, self.batch_size)
        self._check_layer()
        self._check_dtype()
        # Once, before any callback or loss can have changed the data.
        self.identity = fingerprint(data) if trainer.checkpoint is not None else ""
        parts: dict[str, nn.Module] = {"model": trainer.model}
        if isinstance(trainer.loss, nn.Module):
            parts["loss"] = trainer.loss
        if isinstance(trainer.auxiliary, nn.Module):
            parts["auxiliary"] = trainer.auxiliary
        self.modules = nn.ModuleDict(parts).to(trainer.device)
        self.optimizer = self._make_optimizer()
        self.history = History()
        self.saved: int | None = None

    def _check_layer(self) -> None:
        size, layer = self.reducer.world_size, self.trainer.model.layer
        if self.n // self.batches < size:
            accepted = f"one that leaves each of {size} processes a sample"
            raise ValueError(f"batch_size: got {self.batch_size}, accepted {accepted}")
        expected = getattr(layer, "n_samples", self.n)
        if expected != self.n:
            raise ValueError(f"data: got {self.n} samples, accepted {expected} as the layer has weights for")
        if size > 1 and getattr(layer, "estimate", None) == "running":
            raise ValueError("reducer: got several processes, accepted one for a layer with estimate='running'")

    def _check_dtype(self) -> None:
        """Raise ValueError for data of a dtype that the backbone cannot take; some bring data into their own."""
        backbone = self.trainer.model.backbone
        own = next((value.dtype for value in backbone.parameters() if value.is_floating_point()), None)
        with torch.random.fork_rng(devices=[]):
            x = fetch(self.data, torch.zeros(1, dtype=torch.long), self.trainer.model.device)
            if x.dtype == own or (own is None and x.is_floating_point()):
                return
            try:
                with evaluating(backbone), torch.no_grad():
                    features = backbone(x)
            except (RuntimeError, TypeError) as error:
                accepted = "a floating-point dtype" if own is None else f"{own} as the backbone has"
                raise ValueError(f"data: got dtype {x.dtype}, accepted {accepted}") from error
        if isinstance(features, Tensor) and not features.is_floating_point():
            raise ValueError(f"data: got dtype {x.dtype}, accepted one that gives floating features")

    def refuse_to_overwrite(self) -> None:
        """Raise ValueError in every process if the checkpoint exists in one of them."""
        path = self.trainer.checkpoint
        if path is None:
            return
        found = self.reducer.sum(torch.tensor(float(path.exists()), device=self.trainer.device))
        if float(found):
            raise ValueError(
                f"checkpoint: got {str(path)!r}, which exists; accepted resume=True to go on from it, or another path"
            )

    def _make_optimizer(self) -> torch.optim.Optimizer:
        layer = list(self.trainer.model.layer.parameters())
        own = {id(parameter) for parameter in layer}
        rest = [parameter for parameter in self.modules.parameters() if id(parameter) not in own]
        groups: ParameterGroups = [
            {"params": group, "lr": self.trainer.rate, "name": name}
            for name, group in zip(GROUPS, (rest, layer), strict=True)
            if group
        ]
        if not groups:
            raise ValueError("model: got no parameters, accepted a backbone or a layer that can learn")
        chosen = self.trainer.optimizer
        optimizer = (OPTIMIZERS[chosen] if isinstance(chosen, str) else chosen)(groups)
        names = [group.get("name") for group in optimizer.param_groups]
        if not set(names) <= set(GROUPS):
            raise ValueError(
                f"optimizer: got groups named {names}, accepted an optimiser that keeps the names {GROUPS}"
            )
        return optimizer

    def epoch(self, epoch: int) -> None:
        """Train for one epoch, call the callbacks, save."""
        trainer, rank = self.trainer, self.reducer.rank
        self.modules.train()
        setting = trainer.schedule.at(epoch)
        totals: dict[str, Tensor] = {}
        mine = [
            share(batch, rank, self.reducer.world_size)
            for batch in epoch_batches(self.n, self.batch_size, self.seed, epoch)
        ]
        first = epoch * self.batches
        seed_epoch(trainer.device, self.seed, epoch, rank)
        loading = derived_seed(self.seed, epoch, rank)
        for position, (x, index) in enumerate(
            batches_of(self.data, mine, trainer.device, workers=self.workers, seed=loading)
        ):
            setting = trainer.schedule.at(epoch + position / self.batches)
            for name, value in self.step(x, index, setting, first + position).items():
                totals[name] = totals[name] + value if name in totals else value
        step = first + self.batches
        self._guard(step - 1, dict(self.modules.named_parameters()))
        self._record(epoch + 1, step, setting, {name: float(value) / self.batches for name, value in totals.items()})
        if (epoch + 1) % trainer.checkpoint_every == 0 or epoch + 1 == self.epochs:
            self.save(epoch + 1)

    def step(self, x: Tensor, index: Tensor, setting: Setting, step: int) -> dict[str, Tensor]:
        """One gradient step; returns the terms of the whole batch."""
        trainer = self.trainer
        for group in self.optimizer.param_groups:
            group["lr"] = trainer.rate * (setting.rate_ratio if group["name"] == "backbone" else 1.0)
        self.optimizer.zero_grad(set_to_none=True)
        z = trainer.model.features(x)
        self._guard(step, {"features": z, "squared features": squares(z)})
        prototypes = shared_prototypes(trainer.model, z, index, self.reducer)
        self._guard(step, {"prototypes": prototypes, "squared prototypes": squares(prototypes)})
        terms = trainer.loss(z, prototypes, setting.temperature, setting=setting, reducer=self.reducer)
        total, extra = terms.total, None
        if trainer.auxiliary is not None:
            extra = trainer.auxiliary(x, z) * (z.shape[0] / count_samples(z, self.reducer))
            total = total + extra
        if not total.requires_grad:
            raise ValueError(
                "loss: got one that no parameter has a part in, accepted a loss that something learns from"
            )
        self._guard(step, {"loss": total})
        torch.autograd.backward(total)
        sum_gradients(self.modules.parameters(), self.reducer)
        gradients = {f"gradient of {name}": parameter.grad for name, parameter in self.modules.named_parameters()}
        self._guard(step, {name: value for name, value in gradients.items() if value is not None})
        self.optimizer.step()
        return self._reduced(terms, extra)

    def _reduced(self, terms: LossTerms, extra: Tensor | None) -> dict[str, Tensor]:
        """The terms summed over the processes."""
        values = {name: value.detach() for name, value in terms._asdict().items()}
        if extra is not None:
            values["total"] = values["total"] + extra.detach()
            values["auxiliary"] = extra.detach()
        dtype = values["total"].dtype
        totals = self.reducer.sum(torch.stack([value.to(dtype) for value in values.values()]))
        return dict(zip(values, totals.unbind(), strict=True))

    def _guard(self, step: int, quantities: dict[str, Tensor]) -> None:
        # A file that this run has not written or read is not its checkpoint.
        agree_finite(step, quantities, None if self.saved is None else self.trainer.checkpoint, self.reducer)

    def _objective(self) -> DDCLLoss:
        loss = self.trainer.loss
        return loss if isinstance(loss, DDCLLoss) else loss.objective

    def _record(self, epoch: int, step: int, setting: Setting, terms: dict[str, float]) -> None:
        """Add the row of an epoch, with what the callbacks measure."""
        trainer = self.trainer
        state = TrainerState(
            model=trainer.model,
            objective=self._objective().under(setting),
            data=self.data,
            epoch=epoch,
            step=step,
            rate=trainer.rate,
            setting=setting,
            terms=terms,
            device=trainer.device,
            rank=self.reducer.rank,
        )
        row = {"epoch": epoch, "step": step, "temperature": setting.temperature, "rate_ratio": setting.rate_ratio}
        row.update(terms)
        for callback in trainer.callbacks:
            row.update(callback(state) or {})
        self.history.append(row)

    def _fingerprint(self) -> dict[str, Any]:
        """What must be the same for a run to be continued."""
        trainer = self.trainer
        return {
            "samples": self.n,
            "batch_size": self.batch_size,
            "seed": self.seed,
            "rate": trainer.rate,
            "optimizer": type(self.optimizer).__name__,
            "optimizer options": repr(self.optimizer.defaults),
            "loss": type(trainer.loss).__name__,
            "loss options": describe(trainer.loss),
            "objective": repr(self._objective()),
            "auxiliary": describe(trainer.auxiliary),
            "schedule": plain(trainer.schedule.to_dict()),
            "data": self.identity,
        }

    def save(self, epoch: int) -> None:
        """Replace the checkpoint by the state after ``epoch`` epochs."""
        if self.trainer.checkpoint is None:
            return
        # Also in the processes that do not write: it brings a layer's records up to date.
        modules = dict(self.modules.state_dict())
        if self.reducer.rank == 0:
            state = {
                "epoch": epoch,
                "step": epoch * self.batches,
                "run": self._fingerprint(),
                "modules": modules,
                "optimizer": self.optimizer.state_dict(),
                "history": self.history.to_dict(),
            }
            save_checkpoint(self.trainer.checkpoint, state)
        self.saved = epoch

    def resume(self) -> int:
        """Take over the checkpoint, if there is one; returns how many epochs are done."""
        path = self.trainer.checkpoint
        if path is None:
            raise ValueError("resume: got True without a checkpoint, accepted a trainer with a checkpoint path")
        done = self._take(path) if path.exists() else 0
        # Processes that see different files would wait for each other for ever.
        reached = self.reducer.sum(torch.tensor(float(done), device=self.trainer.device))
        if float(reached) != done * self.reducer.world_size:
            raise ValueError(
                f"checkpoint: got {str(path)!r} with {done} epochs, accepted one file that all processes see"
            )
        return done

    def _take(self, path: Path) -> int:
        # On the CPU first: the modules and the optimiser copy what they need to where their tensors are.
        state = load_checkpoint(path)
        if not {"epoch", "run", "modules", "optimizer", "history"} <= set(state):
            raise ValueError(f"checkpoint: got {str(path)!r}, which no Trainer wrote; accepted a Trainer's checkpoint")
        for name, value in self._fingerprint().items():
            if name == "data" and state["run"].get(name) != value:
                raise ValueError(f"checkpoint: got {str(path)!r} of a run on other data, accepted one on these")
            if state["run"].get(name) != value:
                theirs = state["run"].get(name)
                raise ValueError(f"checkpoint: got {str(path)!r} of a run with {name} {theirs!r}, accepted {value!r}")
        if state["epoch"] > self.epochs:
            raise ValueError(f"epochs: got {self.epochs}, accepted at least the {state['epoch']} that are done")
        try:
            self.modules.load_state_dict(state["modules"])
            self.optimizer.load_state_dict(state["optimizer"])
        except (RuntimeError, ValueError, KeyError) as error:
            raise ValueError(f"checkpoint: got {str(path)!r} of another model ({error})") from error
        self.history = History(state["history"])
        self.saved = int(state["epoch"])
        return self.saved
