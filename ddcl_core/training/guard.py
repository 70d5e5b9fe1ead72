"""Stopping a run whose numbers are no longer numbers."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch


class TrainingDiverged(RuntimeError):
    """A quantity became infinite or NaN in training.

    ``step`` counts from 0, ``quantity`` is its name, ``checkpoint`` the path of the last good checkpoint, or None.
    """

    def __init__(self, step: int, quantity: str, checkpoint: str | os.PathLike[str] | None = None) -> None:
        self.step, self.quantity, self.checkpoint = step, quantity, checkpoint
        kept = "no checkpoint was written" if checkpoint is None else f"the last good checkpoint is {str(checkpoint)!r}"
        super().__init__(f"step {step}: {quantity} is not finite; {kept}. A lower rate often helps")

    def __reduce__(self) -> tuple[type[TrainingDiverged], tuple[int, str, str | os.PathLike[str] | None]]:
        return type(self), (self.step, self.quantity, self.checkpoint)


def check_finite(
    step: int, checkpoint: str | os.PathLike[str] | None = None, **quantities: torch.Tensor | float | None
) -> None:
    """Raise :class:`TrainingDiverged` for the first of ``quantities`` with an entry that is not finite.

    A quantity of None, such as the gradient of a parameter that took no part, is left out.
    """
    for name, value in quantities.items():
        if value is None:
            continue
        finite = torch.isfinite(value).all().item() if isinstance(value, torch.Tensor) else math.isfinite(value)
        if not finite:
            raise TrainingDiverged(step, name, checkpoint)


def squares(value: torch.Tensor) -> torch.Tensor:
    """Finite only if squared distances between rows with entries as large as those of ``value`` (..., d) are."""
    return 16 * value.shape[-1] * value.detach().abs().amax().square()


@contextmanager
def noted_interruption(saved: Callable[[], str | os.PathLike[str] | None]) -> Iterator[None]:
    """Add to a KeyboardInterrupt from which file fit can go on: ``saved()`` at that time, if not None."""
    try:
        yield
    except KeyboardInterrupt as error:
        path = saved()
        if path is not None and not getattr(error, "__notes__", []):
            error.add_note(f"fit again goes on from {str(path)!r}")
        raise
