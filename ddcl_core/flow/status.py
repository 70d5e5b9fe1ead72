"""How an integration ended."""

from __future__ import annotations

from enum import Enum

import torch
from torch import Tensor


class FlowStatus(Enum):
    """Outcome of one trajectory; the value is a sentence for people."""

    RUNNING = "the integration has not ended"
    CONVERGED = "the speed of the flow fell to the tolerance before the horizon"
    HORIZON = "the horizon was reached"
    MAX_STEPS = "the step limit was reached before the horizon"
    UNBOUNDED = "the prototypes left the ball of the given bound"
    STALLED = "no step longer than rounding kept the energy from rising"

    @property
    def message(self) -> str:
        """The sentence for people."""
        return self.value


# The order of definition is the code of a status in the tensors that integrators carry.
STATUSES = tuple(FlowStatus)
CODES = {status: code for code, status in enumerate(STATUSES)}


def read_status(codes: Tensor) -> FlowStatus | tuple[FlowStatus, ...]:
    """One status for a 0-d tensor of codes, otherwise one for each trajectory in row-major order."""
    if codes.dim() == 0:
        return STATUSES[int(codes)]
    return tuple(STATUSES[code] for code in codes.to(torch.int64).flatten().tolist())
