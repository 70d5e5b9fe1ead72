"""Random views of rows of numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import torch
from torch import Tensor

from ddcl_core._validation import check_real

# A batch and a generator on its device -> a new batch of the same shape; the argument is left as it was.
View: TypeAlias = Callable[[Tensor, torch.Generator], Tensor]


@dataclass(frozen=True)
class NoisyView:
    """Gaussian noise and feature dropout: each entry is zero with probability ``dropout``, then noise is added.

    ``noise`` is a standard deviation in the unit of the data. Entries that stay are not rescaled. Works on a batch of
    any shape.
    """

    noise: float = 0.3
    dropout: float = 0.2

    def __post_init__(self) -> None:
        check_real("noise", self.noise, minimum=0)
        if not 0 <= check_real("dropout", self.dropout) < 1:
            raise ValueError(f"dropout: got {self.dropout!r}, accepted at least 0 and below 1")

    def __call__(self, x: Tensor, generator: torch.Generator) -> Tensor:
        kept = torch.rand(x.shape, generator=generator, dtype=x.dtype, device=x.device) >= self.dropout
        noise = torch.randn(x.shape, generator=generator, dtype=x.dtype, device=x.device)
        return x * kept + self.noise * noise
