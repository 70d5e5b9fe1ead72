"""Ends of a run on many ranks: a worker that is gone, and a number that is no longer one.

Both reach every rank, so that no rank waits for another that has stopped.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping

import torch
from torch import Tensor

from ddcl_core.training.guard import TrainingDiverged


class WorkerLost(RuntimeError):
    """A collective operation failed: a worker died, hangs, or is slower than the time-out.

    ``rank`` reports; ``lost`` are the ranks that did not answer a roll call afterwards (None if unknown: the store that
    carries the roll call is gone as well, or belongs to somebody else); ``timeout`` is how many seconds an operation may
    take (NaN if unknown), ``reason`` what went wrong, in a few words (the backend's own are those of the cause). ``step``
    and ``checkpoint`` say where the run was and what to resume from, as far as known.
    """

    def __init__(
        self,
        rank: int,
        lost: tuple[int, ...] | None,
        timeout: float,
        reason: str,
        step: int | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
    ) -> None:
        self.rank, self.lost, self.timeout, self.reason = rank, lost, timeout, reason
        self.step, self.checkpoint = step, checkpoint
        super().__init__(_sentence(rank, lost, timeout, reason, step, checkpoint))

    def during(self, step: int, checkpoint: str | os.PathLike[str] | None) -> WorkerLost:
        """The same loss, placed: the step at which it struck and the checkpoint from which to resume."""
        return WorkerLost(self.rank, self.lost, self.timeout, self.reason, step, checkpoint)

    def __reduce__(self) -> tuple[type[WorkerLost], tuple[object, ...]]:
        return type(self), (self.rank, self.lost, self.timeout, self.reason, self.step, self.checkpoint)


def _sentence(
    rank: int,
    lost: tuple[int, ...] | None,
    timeout: float,
    reason: str,
    step: int | None,
    checkpoint: str | os.PathLike[str] | None,
) -> str:
    if lost is None:
        who = "cut off from the other ranks"
    elif lost:
        who = f"no answer from rank {', '.join(map(str, lost))}"
    else:
        who = "all ranks answer, but a collective operation failed"
    where = "" if step is None else f" at step {step}"
    saved = "" if step is None else "; no checkpoint was written"
    advice = saved if checkpoint is None else f"; resume from {str(checkpoint)!r}"
    limit = f"time-out {timeout:g} s; " if math.isfinite(timeout) else ""
    return f"rank {rank}: {who}{where} ({limit}{reason}){advice}"


class RankDiverged(TrainingDiverged):
    """A quantity became infinite or NaN; ``rank`` is the first rank where it did, and every rank raises this."""

    def __init__(
        self, step: int, quantity: str, checkpoint: str | os.PathLike[str] | None = None, rank: int = 0
    ) -> None:
        self.rank, self.plain_quantity = rank, quantity
        super().__init__(step, f"{quantity} on rank {rank}", checkpoint)
        self.quantity = quantity

    def __reduce__(self) -> tuple[type[RankDiverged], tuple[int, str, str | os.PathLike[str] | None, int]]:  # type: ignore[override]  # one field more
        return type(self), (self.step, self.quantity, self.checkpoint, self.rank)


def first_not_finite(quantities: Mapping[str, Tensor]) -> str | None:
    """Name of the first quantity with an entry that is infinite or NaN."""
    return next((name for name, value in quantities.items() if not bool(torch.isfinite(value).all())), None)


def in_words(error: BaseException) -> str:
    """What a backend's error means, without its addresses and source files."""
    said = str(error).lower()
    if "timed out" in said or "timeout" in said:
        return "an operation between the ranks timed out"
    if any(word in said for word in ("connection", "connect", "broken pipe", "socket", "closed", "peer")):
        return "a connection to another rank broke"
    return "an operation between the ranks failed"
