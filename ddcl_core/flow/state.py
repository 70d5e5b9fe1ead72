"""The current point of every trajectory, with what the next step and the record need."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ddcl_core.energy import ReducedEnergy


@dataclass(frozen=True, eq=False)
class State:
    """A point (P, Q) for each trajectory, its energy, the gradients of E there and the speed of the flow."""

    prototypes: Tensor  # (..., k, d)
    q: Tensor  # (..., n, k)
    energy: Tensor  # (...)
    slope_prototypes: Tensor  # (..., k, d)
    slope_q: Tensor  # (..., n, k)
    speed: Tensor  # (...)


def evaluate(energy: ReducedEnergy, prototypes: Tensor, q: Tensor) -> State:
    """The state at (prototypes, q); logarithms in the gradients are taken of at least the smallest normal number."""
    slope_q = energy.unchecked_grad_q(prototypes, q, floor=torch.finfo(q.dtype).tiny)
    return State(
        prototypes=prototypes,
        q=q,
        energy=energy.unchecked_value(prototypes, q),
        slope_prototypes=energy.unchecked_grad_prototypes(prototypes, q),
        slope_q=slope_q,
        speed=energy.unchecked_speed(prototypes, q, slope_q),
    )


def select(mask: Tensor, new: State, old: State) -> State:
    """The new state for the trajectories in ``mask`` (...), the old one for the others."""
    wide = mask[..., None, None]
    return State(
        prototypes=torch.where(wide, new.prototypes, old.prototypes),
        q=torch.where(wide, new.q, old.q),
        energy=torch.where(mask, new.energy, old.energy),
        slope_prototypes=torch.where(wide, new.slope_prototypes, old.slope_prototypes),
        slope_q=torch.where(wide, new.slope_q, old.slope_q),
        speed=torch.where(mask, new.speed, old.speed),
    )


def predicted_change(new: State, old: State) -> Tensor:
    """Change of the energy by the trapezoidal rule along the step, (...).

    Differences of energies drown in rounding near an equilibrium; this product of small numbers does not.
    """
    slope_prototypes = 0.5 * (new.slope_prototypes + old.slope_prototypes)
    slope_q = 0.5 * (new.slope_q + old.slope_q)
    # The rows of a step sum to zero, so a shift of the slope changes nothing but rounding.
    slope_q = slope_q - (old.q * slope_q).sum(-1, keepdim=True)
    in_prototypes = (slope_prototypes * (new.prototypes - old.prototypes)).sum((-2, -1))
    return in_prototypes + (slope_q * (new.q - old.q)).sum((-2, -1))


def distance(prototypes: Tensor, q: Tensor, other_prototypes: Tensor, other_q: Tensor) -> Tensor:
    """Largest difference between two points, (...): in P relative to 1 + the largest entry, in Q absolute."""
    size = 1 + prototypes.abs().amax((-2, -1))
    moved = (prototypes - other_prototypes).abs().amax((-2, -1)) / size
    return torch.maximum(moved, (q - other_q).abs().amax((-2, -1)))
