"""What a callback sees of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import torch
from torch import Tensor

from ddcl_core.objective import DDCLLoss
from ddcl_core.schedules import Setting
from ddcl_core.training.data import Data, fetch
from ddcl_core.training.model import DDCLModel, evaluating

# Samples that are encoded at a time, if the batches of training are smaller.
CHUNK = 1024


@dataclass(frozen=True, eq=False)
class TrainerState:
    """The state at the end of an epoch.

    ``epoch`` and ``step`` count what is done. ``terms`` are the means of the loss terms over the epoch. ``setting`` is
    the schedule's at the last step, and ``objective`` the loss with its switches and coefficients. ``rate`` is that of
    the prototypes. Callbacks run in every process; ``rank`` tells them apart.
    """

    model: DDCLModel
    objective: DDCLLoss
    data: Data
    epoch: int
    step: int
    rate: float
    setting: Setting
    terms: dict[str, float]
    device: torch.device
    rank: int

    @torch.no_grad()
    def sample(self, limit: int = 4096) -> Tensor:
        """Features in eval mode, without gradient, of up to ``limit`` samples spread evenly over the data: (m, d)."""
        n = len(self.data)
        index = torch.arange(n) if n <= limit else torch.arange(limit) * n // limit
        parts = []
        with evaluating(self.model.backbone):
            for chunk in torch.split(index, CHUNK):
                parts.append(self.model.features(fetch(self.data, chunk, self.device)))
        return torch.cat(parts)

    def prototypes(self) -> Tensor:
        """Prototypes (k, d) at the present features of all samples; changes nothing in the model."""
        return self.model.current_prototypes(self.data, batch_size=CHUNK)


Callback: TypeAlias = Callable[[TrainerState], Mapping[str, float] | None]
