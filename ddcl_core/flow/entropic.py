"""Step for energies with logarithms in q that repel from the boundary (balance > 0 or entropy > 0).

There the field has slope 1/q, unbounded at the boundary, and an explicit step would have to be shorter than the
smallest entry of q. So the logarithms are taken at the new point. One implicit step of length h solves, in each row,
with a = mean(q) - q the old difference from the mean assignment,

    x_j + h (balance/n) log(x_j + a_j) + h (entropy/n) log x_j = q_j - h g_j - nu,    sum_j x_j = 1,

g the gradient of the other terms. The first logarithm is that of the new mean assignment if all samples move alike; the
difference is of order h, so the step is consistent of order 1. Two half steps and one full step are extrapolated to
order 2 (Richardson).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ddcl_core.energy import ReducedEnergy
from ddcl_core.flow.state import State, distance, evaluate

# Newton's method below converges monotonically, in a handful of rounds; the limit only guards against non-finite input.
ROUNDS = 200


def needs_entropic_step(energy: ReducedEnergy) -> bool:
    """True if a logarithm in the energy repels from the boundary of the simplex."""
    return energy.balance > 0 or energy.entropy > 0


def entropic_step(energy: ReducedEnergy, state: State, length: Tensor) -> tuple[State, Tensor]:
    """The next state after a step of ``length`` (...), and the distance of the full step from the two half steps."""
    smooth = replace(energy, balance=0.0, entropy=min(energy.entropy, 0.0))
    full_prototypes, full_q = _implicit(energy, smooth, state.prototypes, state.q, length)
    half_prototypes, half_q = _implicit(energy, smooth, state.prototypes, state.q, length / 2)
    half_prototypes, half_q = _implicit(energy, smooth, half_prototypes, half_q, length / 2)
    prototypes = 2 * half_prototypes - full_prototypes
    q = 2 * half_q - full_q
    # Extrapolation may leave the simplex where an entry is tiny; the half steps' own value is kept there.
    q = torch.where(q > 0, q, half_q)
    q = q / q.sum(-1, keepdim=True)
    return evaluate(energy, prototypes, q), distance(half_prototypes, half_q, full_prototypes, full_q)


def _implicit(
    energy: ReducedEnergy, smooth: ReducedEnergy, prototypes: Tensor, q: Tensor, length: Tensor
) -> tuple[Tensor, Tensor]:
    """One step of order 1: explicit in P and in the smooth terms, implicit in the logarithms."""
    h = length[..., None, None]
    slope = smooth.unchecked_grad_q(prototypes, q, floor=torch.finfo(q.dtype).tiny)
    n = q.shape[-2]
    offset = q.mean(-2, keepdim=True) - q
    moved = solve_rows(q - h * slope, offset, h * (energy.balance / n), h * (max(energy.entropy, 0.0) / n))
    return prototypes - h * smooth.unchecked_grad_prototypes(prototypes, q), moved


def solve_rows(y: Tensor, offset: Tensor, balance: Tensor, entropy: Tensor) -> Tensor:
    """Solve x_j + b log(x_j + a_j) + c log x_j = y_j - nu with sum_j x_j = 1 and x_j >= 0 along the last axis.

    y and a = offset (..., k); b = balance and c = entropy broadcast, at least 0, not both 0. Where c = 0 and even
    x_j = 0 makes the left side too large, x_j is 0. The left side f is concave in x and convex in the logarithm of
    w = x - lowest, where lowest = max(-a, 0) is the end of its domain. Both Newton iterations start to the right of
    their root and so descend monotonically. Rows that do not converge (non-finite input) come back as NaN.
    """
    y = y - y.amax(-1, keepdim=True)
    # Without its logarithm, a does not bound the domain.
    offset = torch.where(balance > 0, offset, torch.zeros_like(offset))
    problem = _Rows(lowest=(-offset).clamp(min=0), raised=offset.clamp(min=0), balance=balance, entropy=entropy)
    # The value of f at x = 0 where that is in its domain, else minus infinity.
    at_zero = torch.where(entropy > 0, torch.full_like(y, -torch.inf), balance * problem.raised.log())
    above = 1 - problem.lowest
    # With this nu the largest entry is 1 and no entry is above 1.
    nu = (y - problem.left_side(above)[0]).amax(-1, keepdim=True)
    for _ in range(ROUNDS):
        target = y - nu
        zero = target <= at_zero
        above, slope, rounding = problem.descend(above, target, zero)
        x = torch.where(zero, torch.zeros_like(y), problem.lowest + above)
        surplus = x.sum(-1, keepdim=True) - 1
        freedom = torch.where(zero, torch.zeros_like(y), 1 / slope)
        done = (
            surplus.abs() <= (2 * freedom * rounding).sum(-1, keepdim=True) + 4 * torch.finfo(y.dtype).eps * y.shape[-1]
        )
        if bool((done | surplus.isnan()).all()):
            break
        nu = torch.where(done, nu, nu + surplus / freedom.sum(-1, keepdim=True))
    return torch.where(done, x / x.sum(-1, keepdim=True), torch.full_like(x, torch.nan))


@dataclass(frozen=True, eq=False)
class _Rows:
    """The function f(x) = x + b log(x + a) + c log x of :func:`solve_rows` in the variable w = x - lowest."""

    lowest: Tensor  # max(-a, 0)
    raised: Tensor  # max(a, 0), so that x + a = w + raised without cancellation
    balance: Tensor
    entropy: Tensor

    def left_side(self, above: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """f, df/dx, and a bound on the rounding error of f in units of the machine epsilon, up to a small factor."""
        x = self.lowest + above
        # An error of one ulp in an argument moves its term by factor * eps, however small the logarithm is.
        value, slope, size = x, torch.ones_like(x), x + self.balance + self.entropy
        for factor, argument in ((self.balance, above + self.raised), (self.entropy, x)):
            if bool((factor > 0).any()):
                term = factor * argument.log()
                value, slope, size = value + term, slope + factor / argument, size + term.abs()
        return value, slope, size

    def descend(self, above: Tensor, target: Tensor, ignored: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Newton in log w for f = target; returns w, df/dx and the rounding error of f, within which f is target.

        Entries that are ignored are left as they are; those that do not converge come back as NaN.
        """
        limits = torch.finfo(above.dtype)
        for _ in range(ROUNDS):
            value, slope, size = self.left_side(above)
            error = target - value
            rounding = 8 * limits.eps * (size + target.abs())
            settled = ignored | (error.abs() <= rounding) | (above <= limits.tiny)
            if bool((settled | error.isnan()).all()):
                break
            change = error / slope
            moved = torch.where(change < 0, above * (change / above).exp(), above + change).clamp(min=limits.tiny)
            above = torch.where(settled, above, moved)
        return torch.where(settled, above, torch.full_like(above, torch.nan)), slope, rounding
