"""Epochs that can stop and go on: seeded randomness, history and checkpoints, shared by SeCu's two stages."""

from __future__ import annotations

import dataclasses
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ddcl_core._validation import check_count, check_flag, check_floating, check_path
from ddcl_core.devices import device_generator
from ddcl_core.progress import track
from ddcl_core.training.checkpoints import load_checkpoint, save_checkpoint
from ddcl_core.training.fingerprint import digest, plain
from ddcl_core.training.guard import check_finite, noted_interruption

History = dict[str, list[Any]]


class EpochLoop(ABC):
    """Runs epochs 0, 1, ... of a subclass and writes a checkpoint after every ``checkpoint_every`` of them.

    If ``checkpoint`` exists, :meth:`run` goes on from it; on the CPU the result is then the same, to the bit, as
    without the interruption. The file must come from the same stage, parameters, data and (with ``same_seed``) seed.
    Views and initial weights that the caller brings are not compared.

    All randomness comes from ``seed``: the order of the samples, the views, and torch's global generators (CPU and the
    CUDA device in use), which modules such as dropout read; those are put back after each epoch.
    """

    stage = ""

    def __init__(
        self,
        model: nn.Module,
        config: Any,
        *,
        seed: int,
        same_seed: bool = True,
        checkpoint: str | os.PathLike[str] | None = None,
        checkpoint_every: int = 1,
        progress: bool = False,
    ) -> None:
        self.model, self.config = model, config
        self.seed, self.same_seed = check_count("seed", seed, minimum=0), same_seed
        self.checkpoint = check_path("checkpoint", checkpoint)
        self.checkpoint_every = check_count("checkpoint_every", checkpoint_every)
        self.progress = check_flag("progress", progress)
        self.device = next(model.parameters()).device
        self.order = torch.Generator().manual_seed(self.seed)
        # Drawn, so that the two streams differ.
        self.noise = device_generator(self.drawn_seed(), self.device)
        self.done = 0
        self.step = 0
        self.history: History = {}

    def begin(self, x: Tensor) -> None:  # noqa: B027 (a stage may have nothing to prepare)
        """Prepare the first epoch, where no checkpoint exists."""

    @abstractmethod
    def epoch(self, x: Tensor, number: int) -> dict[str, Any]:
        """Train one epoch; return its row of the history."""

    @abstractmethod
    def own_state(self) -> dict[str, Any]:
        """What the subclass needs to go on, besides the model and the generators."""

    @abstractmethod
    def load_own_state(self, state: dict[str, Any]) -> None:
        """Take up :meth:`own_state`."""

    def check_unused(self) -> None:
        """Raise ValueError on a second call of ``fit``."""
        if self.done:
            raise ValueError(f"fit: got a second call, accepted one for each {type(self).__name__}")

    def run(self, x: Tensor, epochs: int) -> History:
        """Train on x (n, ...) up to ``epochs`` epochs in total; return the history, a list a column."""
        check_floating("x", x, 2)
        if x.device != self.device:
            raise ValueError(f"x: got device {x.device}, accepted {self.device} as the model")
        identity = self._identity(x)
        self._check_folder()
        self.model.train()
        if self.checkpoint is not None and self.checkpoint.exists():
            self._load(identity)
        else:
            with self._seeded():
                self.begin(x)
        left = range(self.done, epochs)
        with noted_interruption(self.kept):
            for number in track(left, total=len(left), description=self.stage, enabled=self.progress):
                self._epoch(x, number)
                if self.checkpoint is not None and (self.done % self.checkpoint_every == 0 or self.done == epochs):
                    save_checkpoint(self.checkpoint, self._state(identity))
        self.model.eval()
        return self.history

    def _epoch(self, x: Tensor, number: int) -> None:
        self.model.train()
        with self._seeded():
            row = self.epoch(x, number)
        for name, value in row.items():
            self.history.setdefault(name, []).append(value)
        self.done = number + 1
        self._check_parameters()

    def batches(self, n: int, batch_size: int) -> Iterator[Tensor]:
        """Indices of each batch of a random order; their sizes differ by at most 1.

        No batch is a single sample, if n > 1: with ``batch_size`` 2 and an odd n, one of them has three.
        """
        order = torch.randperm(n, generator=self.order)
        count = max(1, min(-(-n // batch_size), n // 2))
        yield from (part.to(self.device) for part in torch.tensor_split(order, count))

    def kept(self) -> Path | None:
        """The checkpoint written last, if any."""
        return self.checkpoint if self.checkpoint is not None and self.checkpoint.exists() else None

    def check_step(self, **losses: Tensor) -> None:
        """Stop if a loss or a gradient is not finite; call between ``backward`` and the optimisers' steps."""
        check_finite(self.step, self.kept(), **losses)
        named = [(name, value.grad) for name, value in self.model.named_parameters() if value.grad is not None]
        # One look for all of them; the culprit is searched only when there is one.
        if named and not bool(torch.stack([torch.isfinite(gradient).all() for _, gradient in named]).all()):
            check_finite(self.step, self.kept(), **{f"gradient of {name}": gradient for name, gradient in named})

    def _check_parameters(self) -> None:
        check_finite(self.step, self.kept(), **{name: value for name, value in self.model.state_dict().items()})

    def _check_folder(self) -> None:
        if self.checkpoint is not None and not self.checkpoint.parent.is_dir():
            raise ValueError(f"checkpoint: got {str(self.checkpoint)!r}, accepted a file in a folder that exists")

    def drawn_seed(self) -> int:
        """A seed from the generator of the order."""
        return int(torch.randint(2**31 - 1, (1,), generator=self.order))

    @contextmanager
    def _seeded(self) -> Iterator[None]:
        """Global generators seeded from the order's, and put back afterwards."""
        seed = self.drawn_seed()
        cuda = self.device.type == "cuda"
        with torch.random.fork_rng(devices=[self.device] if cuda else []):
            torch.default_generator.manual_seed(seed)
            if cuda:
                with torch.cuda.device(self.device):
                    torch.cuda.manual_seed(seed)
            yield

    def _identity(self, x: Tensor) -> dict[str, Any]:
        """What must agree between a checkpoint and this run."""
        return {
            "stage": self.stage,
            **{f"parameter {name}": plain(value) for name, value in dataclasses.asdict(self.config).items()},
            "data": digest(x),
            "model": ", ".join(f"{name} {tuple(value.shape)}" for name, value in self.model.state_dict().items()),
            "seed": self.seed,
        }

    def _state(self, identity: dict[str, Any]) -> dict[str, Any]:
        return {
            "identity": identity,
            "model": dict(self.model.state_dict()),
            "own": self.own_state(),
            "generators": [self.order.get_state(), self.noise.get_state()],
            "done": self.done,
            "step": self.step,
            "history": self.history,
        }

    def _load(self, identity: dict[str, Any]) -> None:
        assert self.checkpoint is not None
        state = load_checkpoint(self.checkpoint)
        found = state.get("identity", {})
        names = [name for name in identity if name != "seed" or self.same_seed]
        for name in names:
            if found.get(name) != identity[name]:
                raise ValueError(
                    f"checkpoint: {str(self.checkpoint)!r} comes from another run, as its {name} differs: "
                    f"got {found.get(name)!r}, accepted {identity[name]!r} (or a path without a file)"
                )
        self.model.load_state_dict(state["model"])
        self.load_own_state(state["own"])
        for generator, value in zip((self.order, self.noise), state["generators"], strict=True):
            generator.set_state(value)
        self.done, self.step, self.history = state["done"], state["step"], state["history"]
