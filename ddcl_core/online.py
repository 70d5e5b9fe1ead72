"""Prototypes that learn from a stream of batches, at a memory of O(k d) (DDCL, §7, Block 6)."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from ddcl_core._validation import check_prototypes, check_real, square_root_bound
from ddcl_core.kernels import prototype_gradient, statistics, sweep
from ddcl_core.objective import DDCLLoss
from ddcl_core.training.guard import TrainingDiverged, check_finite


def prototype_step(
    z: Tensor, prototypes: Tensor, temperature: float, loss: DDCLLoss, *, gradient: bool = True
) -> tuple[float, Tensor, Tensor]:
    """Mean base loss over z (b, d), its gradient in the prototypes (k, d), and the mass sum_n q_nj (k,), in one sweep.

    Without ``gradient`` the second entry is the prototypes as they came. Regularisers of ``loss`` take no part.
    """
    quantization, ols, variance = loss.mixture
    if gradient and loss.assignments == "stopped" and quantization > 0 and ols == variance == 0:
        # The weights of the plain sums are the masses already.
        sums = statistics(
            z,
            prototypes,
            temperature,
            quantization=quantization,
            mode="stopped",
            convention=loss.convention,
            details=False,
        )
        slope = prototype_gradient(prototypes, sums.weight, sums.moment, samples=len(z))
        return float(sums.value) / len(z), slope, sums.weight / quantization
    result = sweep(
        z,
        prototypes,
        temperature,
        quantization=quantization,
        ols=ols,
        variance=variance,
        mode=loss.assignments,
        convention=loss.convention,
        gradients=("prototypes",) if gradient else (),
    )
    assert result.mass is not None
    slope = prototypes if result.grad_prototypes is None else result.grad_prototypes
    return float(result.value), slope, result.mass


def check_bounded(step: int, prototypes: Tensor) -> None:
    """Raise TrainingDiverged unless the squared distances of prototypes (k, d) are sure to be finite."""
    bound = square_root_bound(prototypes.dtype, prototypes.shape[-1])
    if not float(prototypes.abs().amax()) <= bound:
        raise TrainingDiverged(step, "the squared distance of a prototype")


class OnlinePrototypes:
    """Prototypes that learn from a stream, one gradient step per batch, no sample kept (DDCL, §7, Block 6).

    prototypes (k, d): the start. loss: a :class:`ddcl_core.objective.DDCLLoss` without regularisers, whose mean over
    the batch at q = softmax(-d/T) is the function that is stepped down. Two rules:

    - ``rate=None``: row j moves by -(b / 2 N_j) dL/dp_j, where N_j is the mass sum_n q_nj of all batches so far, the
      present one included. For L_q with constant q the prototype is then the mean of all samples seen, each weighted
      with its q at the time: the soft counterpart of sequential k-means. ``forgetting`` in (0, 1] multiplies N_j
      before each batch; below 1, old batches fade and the prototypes follow a drift.
    - ``rate > 0``: P moves by -rate / (1 + decay * batches) dL/dP. The rate has no unit. For L_q with constant q it
      is stable below 1, because the curvature in p_j is twice the share of p_j in the batch.

    ``mass`` (k,) float64 holds N_j; ``batches`` and ``samples`` count what was seen.
    """

    def __init__(
        self,
        prototypes: Tensor,
        *,
        loss: DDCLLoss | None = None,
        rate: float | None = None,
        decay: float = 0.0,
        forgetting: float = 1.0,
        mass: Tensor | None = None,
    ) -> None:
        """Check the settings and copy the prototypes."""
        check_prototypes(prototypes)
        if prototypes.dim() != 2:
            raise ValueError(f"prototypes: got shape {tuple(prototypes.shape)}, accepted (k, d)")
        self.loss = DDCLLoss(assignments="stopped") if loss is None else loss
        if not isinstance(self.loss, DDCLLoss):
            raise ValueError(f"loss: got {loss!r}, accepted a DDCLLoss or None")
        if self.loss.balance or self.loss.entropy or self.loss.separation or self.loss.weight:
            raise ValueError("loss: got a loss with regularisers, accepted one without")
        self.rate = None if rate is None else check_real("rate", rate, minimum=0.0, strict=True)
        self.decay = check_real("decay", decay, minimum=0.0)
        self.forgetting = check_real("forgetting", forgetting, minimum=0.0, strict=True)
        if self.forgetting > 1:
            raise ValueError(f"forgetting: got {forgetting!r}, accepted a number above 0 and up to 1")
        wide = torch.float32 if prototypes.device.type == "mps" else torch.float64
        self.dtype = prototypes.dtype
        # Late steps are as small as 1/N_j and would be lost in a narrow sum.
        self.position = prototypes.detach().to(wide, copy=True)
        self.mass = torch.zeros(len(prototypes), dtype=wide, device=prototypes.device)
        if mass is not None:
            self.mass += mass
        self.batches = 0
        self.samples = 0

    @property
    def prototypes(self) -> Tensor:
        """The prototypes (k, d), in the dtype that they came in."""
        return self.position.to(self.dtype)

    def step(self, z: Tensor, temperature: float) -> float:
        """Move the prototypes by one batch z (b, d) at T > 0; returns the mean loss before the step.

        Raises ValueError for a batch of another width, dtype or device, for NaN and for infinities, and
        TrainingDiverged where the step would take a prototype too far for its squared distances to be finite, or the
        loss is not. Nothing has changed then.
        """
        value, gradient, added = prototype_step(z, self.prototypes, temperature, self.loss)
        check_finite(self.batches, loss=value)
        gradient = gradient.to(self.position)
        mass = self.forgetting * self.mass + added.to(self.mass)
        if self.rate is None:
            # A prototype that no sample has ever touched has no mass and no gradient: 0/0 must be 0.
            shares = mass.clamp(min=torch.finfo(mass.dtype).tiny)
            position = self.position - (0.5 * len(z) * gradient) / shares.unsqueeze(-1)
        else:
            position = self.position - gradient * (self.rate / (1 + self.decay * self.batches))
        check_bounded(self.batches, position.to(self.dtype))
        self.position, self.mass = position, mass
        self.batches += 1
        self.samples += len(z)
        return value

    def state_dict(self) -> dict[str, Any]:
        """What :meth:`load_state_dict` needs to continue to the same result: tensors and numbers, not the settings."""
        return {
            "position": self.position.clone(),
            "mass": self.mass.clone(),
            "batches": self.batches,
            "samples": self.samples,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue where :meth:`state_dict` was taken; ValueError if the prototypes have another shape."""
        if tuple(state["position"].shape) != tuple(self.position.shape):
            raise ValueError(
                f"state: got prototypes of shape {tuple(state['position'].shape)}, accepted {tuple(self.position.shape)}"
            )
        self.position = state["position"].to(self.position, copy=True)
        self.mass = state["mass"].to(self.mass, copy=True)
        self.batches = int(state["batches"])
        self.samples = int(state["samples"])
