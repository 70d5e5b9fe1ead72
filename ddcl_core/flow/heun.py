"""Projected Heun step for (42)-(43), used when no logarithm repels the trajectory from the boundary.

    P' = P - h g_P(P, q)                        q' = Pi(q - h g_q(P, q))
    P+ = P - h/2 (g_P(P, q) + g_P(P', q'))      q+ = Pi(q - h/2 (g_q(P, q) + g_q(P', q')))

with Pi the Euclidean projection onto the simplex. On a face of the simplex Pi subtracts a constant, so that the step
is Heun's method for the flow on that face, of order 2; a step in which a trajectory meets a face errs by order h^2.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ddcl_core.energy import ReducedEnergy
from ddcl_core.flow.state import State, distance, evaluate
from ddcl_core.functional.projections import nearest_on_simplex


def heun_step(energy: ReducedEnergy, state: State, length: Tensor) -> tuple[State, Tensor]:
    """The next state after a step of ``length`` (...), and the distance of the two stages, an estimate of order h^2."""
    h = length[..., None, None]
    first_prototypes = state.prototypes - h * state.slope_prototypes
    first_q = nearest_on_simplex(state.q - h * state.slope_q)
    slope_prototypes = energy.unchecked_grad_prototypes(first_prototypes, first_q)
    slope_q = energy.unchecked_grad_q(first_prototypes, first_q, floor=torch.finfo(first_q.dtype).tiny)
    prototypes = state.prototypes - 0.5 * h * (state.slope_prototypes + slope_prototypes)
    q = nearest_on_simplex(state.q - 0.5 * h * (state.slope_q + slope_q))
    return evaluate(energy, prototypes, q), distance(prototypes, q, first_prototypes, first_q)
