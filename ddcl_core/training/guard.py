"""Stopping a run whose numbers are no longer numbers."""

from __future__ import annotations

import math
import os

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
