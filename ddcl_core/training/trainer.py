"""The training of batch DDCL (Appendix G): backbone and prototypes by gradient steps on one objective."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch import Tensor

from ddcl_core._validation import check_choice, check_count, check_flag, check_path, check_real
from ddcl_core.devices import resolve_device
from ddcl_core.objective import CrossEntropyDDCL, DDCLLoss
from ddcl_core.progress import track
from ddcl_core.schedules import Schedule
from ddcl_core.training.data import Data
from ddcl_core.training.history import History
from ddcl_core.training.model import DDCLModel
from ddcl_core.training.parallel import equalise
from ddcl_core.training.reducer import Reducer, SingleProcess
from ddcl_core.training.run import OPTIMIZERS, OptimizerFactory, Run
from ddcl_core.training.state import Callback


class Trainer:
    """Train a :class:`DDCLModel` on an objective under a schedule.

    model: moved to ``device``; its backbone and layer learn, and so does the head of a cross-entropy objective.
    loss: :class:`DDCLLoss` or :class:`CrossEntropyDDCL`.
    schedule: read at every step, at the position epoch + batch / batches.
    rate: learning rate of the layer, eta_P; that of the backbone and the head is ``rate`` times the schedule's ratio.
    optimizer: "adam", "sgd" (without momentum), or a function of the two parameter groups ("backbone", "layer") that
        returns an optimiser with these groups. With Adam the ratio of the rates is not the ratio of the speeds, since
        it normalises each parameter's steps.
    callbacks: called with a :class:`TrainerState` after every epoch; numbers that one returns become columns of the
        history.
    auxiliary: a further term, a module or function of (x, z) that returns its mean over the batch, added as it is; the
        parameters of a module learn at the backbone's rate.
    checkpoint: file that is replaced after every ``checkpoint_every`` epochs and after the last.
    progress: show a bar on standard error.
    reducer: sums over processes, see :mod:`ddcl_core.training.reducer`. Every process calls ``fit`` with all the data;
        rank 0 writes the checkpoint, and all read it to resume.

    Raises ValueError for anything else.
    """

    def __init__(
        self,
        model: DDCLModel,
        loss: DDCLLoss | CrossEntropyDDCL,
        schedule: Schedule,
        *,
        rate: float,
        optimizer: str | OptimizerFactory = "adam",
        callbacks: Sequence[Callback] = (),
        auxiliary: Callable[[Tensor, Tensor], Tensor] | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        checkpoint_every: int = 1,
        progress: bool = False,
        device: str | torch.device = "auto",
        reducer: Reducer | None = None,
    ) -> None:
        """Check everything that can be checked before the data are known."""
        _check_kind("model", model, DDCLModel)
        _check_kind("loss", loss, DDCLLoss, CrossEntropyDDCL)
        _check_kind("schedule", schedule, Schedule)
        self.model, self.loss, self.schedule = model, loss, schedule
        self.rate = check_real("rate", rate, minimum=0.0, strict=True)
        if isinstance(optimizer, str):
            check_choice("optimizer", optimizer, tuple(OPTIMIZERS))
        else:
            _check_callable("optimizer", optimizer)
        self.optimizer = optimizer
        if not isinstance(callbacks, Iterable):
            raise ValueError(f"callbacks: got {callbacks!r}, accepted a sequence of functions")
        self.callbacks = tuple(callbacks)
        for callback in self.callbacks:
            _check_callable("callbacks", callback)
        if auxiliary is not None:
            _check_callable("auxiliary", auxiliary)
        self.auxiliary = auxiliary
        self.checkpoint = check_path("checkpoint", checkpoint)
        if self.checkpoint is not None and not self.checkpoint.parent.is_dir():
            raise ValueError(f"checkpoint: got {str(checkpoint)!r}, accepted a file in a folder that exists")
        self.checkpoint_every = check_count("checkpoint_every", checkpoint_every)
        self.progress = check_flag("progress", progress)
        self.device = resolve_device(device)
        self.reducer: Reducer = SingleProcess() if reducer is None else reducer
        # How the user of this trainer goes on after an interruption; an estimator has another way.
        self.continuing = "resume=True continues"

    def fit(
        self, data: Data, *, epochs: int, batch_size: int, seed: int = 0, resume: bool = False, workers: int = 0
    ) -> History:
        """Train until ``epochs`` are done and return the history; the model ends in eval mode with prototypes stored.

        data: tensor (n, ...), or a data set that gives x or (x, ...) for an index. Each epoch is cut into
            ceil(n / batch_size) batches whose sizes differ by at most one.
        seed: decides the order of the samples and, through torch's default generators on the CPU and on CUDA, what
            dropout and augmentations draw; those generators get their own state back afterwards.
        resume: continue from ``checkpoint`` if the file is there, to the same result as without the interruption (to
            the bit on a CPU, elsewhere as far as the device's operations are deterministic). Everything but ``epochs``
            has to be as it was; the data are compared (:func:`ddcl_core.training.fingerprint.fingerprint`), and what
            modules and functions are called, but not what callbacks do. False refuses a file that exists.
        workers: processes that load samples of a data set; augmentations then draw from their own generators.

        Raises ValueError for arguments that do not fit together and for a checkpoint of another run, and
        :class:`~ddcl_core.training.guard.TrainingDiverged` when features, loss, gradients or parameters stop being
        finite. Whatever ends the run, Ctrl-C too, leaves the last checkpoint whole.
        """
        run = Run(self, data, epochs, batch_size, seed, workers)
        start = 0
        if resume:
            start = run.resume()
        else:
            run.refuse_to_overwrite()
        if start == 0:
            equalise(run.modules, self.reducer)
        try:
            with torch.random.fork_rng(devices=[self.device] if self.device.type == "cuda" else []):
                remaining = range(start, run.epochs)
                for epoch in track(remaining, total=len(remaining), description="epochs", enabled=self.progress):
                    run.epoch(epoch)
        except KeyboardInterrupt as error:
            if run.saved is not None:
                error.add_note(f"{str(self.checkpoint)!r} holds the run up to epoch {run.saved}; {self.continuing}")
            raise
        finally:
            run.modules.eval()
        self.model.refresh(data, batch_size=run.batch_size)
        return run.history


def _check_kind(name: str, value: Any, *kinds: type) -> None:
    if not isinstance(value, kinds):
        accepted = " or ".join(kind.__name__ for kind in kinds)
        raise ValueError(f"{name}: got {type(value).__name__}, accepted {accepted}")


def _check_callable(name: str, value: Any) -> None:
    if not callable(value):
        raise ValueError(f"{name}: got {value!r}, accepted a function")
