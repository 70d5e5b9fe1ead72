"""The ranks that train together, and the few operations between them.

A rank is one process; the group is torch's default process group. Every operation is bounded by the group's time-out
and turns the loss of a worker into one :class:`WorkerLost` on each rank that is left.

Backends: "nccl" on CUDA, one device a process; "gloo" on the CPU. Under NCCL torch's own watchdog ends a process whose
operation timed out, so there the end may come as the watchdog's message instead of :class:`WorkerLost`.
"""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor

from ddcl_core.distributed.failure import WorkerLost, in_words

# How long a roll call waits for the other ranks. They are told at once, but may be in the middle of a computation.
ROLL_CALL = 5.0


@dataclass(eq=False)
class Group:
    """This process's place among the ranks; from :func:`ddcl_core.distributed.init` or :func:`current`.

    ``rank`` of ``world_size``; ``device`` holds the tensors that can be reduced; ``timeout`` in seconds; ``checkpoint``,
    a file to name when a worker is lost. Usable as a context manager that leaves the group at its end. A tensor given
    to a method has the same shape and dtype on every rank unless said otherwise, and every rank calls the same methods
    in the same order.
    """

    rank: int
    world_size: int
    device: torch.device
    backend: str
    timeout: float
    store: Any = field(default=None, repr=False)
    owned: bool = field(default=True, repr=False)
    closed: bool = field(default=False, repr=False)
    checkpoint: str | os.PathLike[str] | None = field(default=None, repr=False)
    when_closed: Callable[[], object] = field(default=lambda: None, repr=False)

    def __enter__(self) -> Group:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave the group; a torch group that ``init`` did not make is left alone. A second call does nothing."""
        if not self.closed:
            self._disconnect()
        self.closed = True
        finish, self.when_closed = self.when_closed, lambda: None
        finish()

    def sum_(self, tensor: Tensor) -> Tensor:
        """Replace a contiguous ``tensor`` by its sum over the ranks; the result has the same bits on every rank."""
        with self._operation():
            dist.all_reduce(tensor, op=dist.ReduceOp.SUM)
        return tensor

    def broadcast_(self, tensor: Tensor, source: int = 0) -> Tensor:
        """Replace a contiguous ``tensor`` by that of rank ``source``."""
        with self._operation():
            dist.broadcast(tensor, src=source)
        return tensor

    def gather_objects(self, value: Any) -> list[Any]:
        """The picklable ``value`` of each rank, in rank order, on every rank. For small things: it pickles."""
        values: list[Any] = [None] * self.world_size
        with self._operation():
            dist.all_gather_object(values, value)
        return values

    def send(self, tensor: Tensor, target: int) -> None:
        """Give a contiguous ``tensor`` to rank ``target``, which calls :meth:`receive_`."""
        with self._operation():
            dist.send(tensor, dst=target)

    def receive_(self, tensor: Tensor, source: int) -> Tensor:
        """Replace a contiguous ``tensor`` by what rank ``source`` sends."""
        with self._operation():
            dist.recv(tensor, src=source)
        return tensor

    def agree(self, problem: str | None) -> None:
        """Raise ValueError on every rank if any rank has a ``problem``; without this, the others would wait for it."""
        for rank, found in enumerate(self.gather_objects(problem)):
            if found is not None:
                raise ValueError(found if self.world_size == 1 else f"{found} (rank {rank})")

    @contextmanager
    def _operation(self) -> Iterator[None]:
        if self.closed:
            raise RuntimeError("this process has left its group; call ddcl_core.distributed.init() for a new one")
        try:
            yield
        except WorkerLost:
            raise
        except RuntimeError as error:
            reason = in_words(error)
            # A rank may be waiting for this one, not for the lost one: closing the connections tells it. They close
            # when nothing refers to the process group any more, and the frames that failed do.
            traceback.clear_frames(error.__traceback__)
            self._disconnect()
            self.closed = True
            raise self.loss(self._roll_call(), reason) from error

    def loss(self, lost: tuple[int, ...] | None, reason: str) -> WorkerLost:
        """The error for this group, with its checkpoint if that has been written."""
        saved = self.checkpoint if self.checkpoint is not None and os.path.exists(self.checkpoint) else None
        return WorkerLost(self.rank, lost, self.timeout, reason, checkpoint=saved)

    def _disconnect(self) -> None:
        if self.owned and dist.is_initialized():
            dist.destroy_process_group()

    def _roll_call(self) -> tuple[int, ...] | None:
        """Ranks that do not report within ``ROLL_CALL`` seconds; None without a store that works."""
        if self.store is None:
            return None
        silent = [rank for rank in range(self.world_size) if rank != self.rank]
        deadline = time.monotonic() + min(ROLL_CALL, self.timeout)
        try:
            self.store.set(f"answer/{self.rank}", "here")
            while True:
                silent = [rank for rank in silent if not self.store.check([f"answer/{rank}"])]
                if not silent or time.monotonic() > deadline:
                    return tuple(silent)
                time.sleep(0.05)
        except RuntimeError:
            return None


# The group that init() made last; torch's default group is one a process as well.
_LATEST: list[Group] = []


def current() -> Group:
    """The group of this process: the one that ``init`` made, or torch's default one that somebody else initialised.

    Raises RuntimeError if there is none.
    """
    if _LATEST and not _LATEST[-1].closed:
        return _LATEST[-1]
    if not (dist.is_available() and dist.is_initialized()):
        raise RuntimeError(
            "no process group: call ddcl_core.distributed.init() first; under torchrun it joins the workers, "
            "without it it starts a group of one process"
        )
    backend = str(dist.get_backend())
    device = torch.device("cuda", torch.cuda.current_device()) if "nccl" in backend else torch.device("cpu")
    return Group(dist.get_rank(), dist.get_world_size(), device, backend, float("nan"), owned=False)


def remember(group: Group) -> Group:
    """Make ``group`` the current one."""
    _LATEST[:] = [group]
    return group
