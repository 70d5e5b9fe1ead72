"""Passes over frozen features: gradient steps on the prototypes, each scaled by the prototype's mass.

The curvature of the mean of L_q or L_OLS in p_j, q held, is at most 2 m_j, with m_j the mean of q_nj. The step

    p_j <- p_j - rate / (2 m_j) dL/dp_j

is therefore stable for rates below 2, and for L_q with q held and rate 1 it is p_j <- sum_n q_nj z_n / sum_n q_nj,
the soft k-means step, which never increases the free energy F_T.

*Native* prototypes are P = W^T Z, and a gradient step on W moves them by Z^T Z times the step of free ones. Both keep
P in the span of the data, so on frozen features their stationary points agree; the paths differ. The native step is
divided by the largest eigenvalue of Z^T Z / n, which keeps it inside the same bound.

*Batches.* A pass in batches makes the step of batch t with the share t m_jt / sum_{s<=t} s m_js of the rate: the
prototype becomes an average over all batches with weights that grow like t, so that early ones fade and the noise too.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from ddcl_core.functional import _kernels as kernels
from ddcl_core.functional import regularisers as terms
from ddcl_core.functional.assignment import CONVENTIONS, assign
from ddcl_core.functional.gradients import pull
from ddcl_core.kernels import sweep
from ddcl_core.objective import DDCLLoss
from ddcl_core.online import check_bounded, prototype_step
from ddcl_core.training.guard import check_finite

# Line search: the rate is halved on a rise and grows back on a fall.
SHRINK, GROW, SLOWEST = 0.5, 1.2, 2.0**-30


@dataclass
class State:
    """Prototypes (k, d) between passes; ``weights`` (n, k) with P = weights^T z if they are native, else None."""

    prototypes: Tensor
    weights: Tensor | None = None
    rate: float = 1.0
    batches: float = 0.0
    mass: Tensor | None = None  # sum over batches of t m_jt
    steps: int = 0  # gradient steps evaluated so far
    history: dict[str, list[float]] = field(default_factory=dict)

    def record(self, **values: float) -> None:
        """Append one row to the history."""
        for name, value in values.items():
            self.history.setdefault(name, []).append(value)

    def pull(self, prototype: int, z: Tensor, sample: int, share: float) -> None:
        """Move one prototype by ``share`` of the way to a sample."""
        self.prototypes = self.prototypes.clone()
        self.prototypes[prototype] += share * (z[sample] - self.prototypes[prototype])
        if self.weights is not None:
            self.weights = self.weights.clone()
            self.weights[:, prototype] *= 1 - share
            self.weights[sample, prototype] += share


@dataclass(frozen=True)
class Descent:
    """How passes over z (n, d) are made; z is centred and of unit total variance."""

    z: Tensor
    loss: DDCLLoss
    rate: float
    batch_size: int
    stiffness: float  # largest eigenvalue of z^T z / n, for native prototypes
    generator: torch.Generator

    @property
    def full(self) -> bool:
        """True if a pass is one step over all samples."""
        return self.batch_size >= len(self.z)

    @property
    def _regularised(self) -> bool:
        return any((self.loss.balance, self.loss.entropy, self.loss.separation, self.loss.weight))

    @property
    def _searches(self) -> bool:
        """True if a step over all samples may need to be shortened, and there is a function to judge it by."""
        _, ols, variance = self.loss.mixture
        return self.loss.assignments == "full" or (self._regularised and ols == variance == 0)

    def run(self, state: State, temperature: float) -> float:
        """One pass at T, recorded; returns how far a prototype moves at most, a shortened step taken at full length.

        Raises TrainingDiverged, with the number of the gradient step, if the loss or a squared distance overflows.
        """
        before = state.prototypes
        shortened = 1.0
        if not self.full:
            value = self._run_batches(state, temperature)
        else:
            value, gradient, mass = self._evaluate(state, temperature)
            step = gradient / self._curvature(mass / len(self.z))
            if self._searches:
                shortened = self._search(state, step, temperature)
            else:
                self._advance(state, step, self.rate, None)
            state.steps += 1
        moved = float((state.prototypes - before).square().sum(-1).max().sqrt())
        state.record(temperature=temperature, loss=value, movement=moved, prototype_separation=spread(before))
        return moved / shortened

    def mass(self, prototypes: Tensor, temperature: float) -> Tensor:
        """Sum over all samples of q (k,)."""
        return prototype_step(self.z, prototypes, temperature, self.loss, gradient=False)[2].to(prototypes)

    def _search(self, state: State, step: Tensor, temperature: float) -> float:
        """Halve the step until the potential does not rise; returns its length as a part of the full one."""
        before, weights = state.prototypes, state.weights
        height = self._potential(before, temperature)
        check_finite(state.steps, objective=height)
        while state.rate >= SLOWEST * self.rate:
            self._advance(state, step, state.rate, None)
            if self._potential(state.prototypes, temperature) <= height:
                part = state.rate / self.rate
                state.rate = min(self.rate, GROW * state.rate)
                return part
            state.prototypes, state.weights = before, weights
            state.rate *= SHRINK
        # No step descends any more: rounding is all that is left.
        state.rate = self.rate
        return 1.0

    def _potential(self, prototypes: Tensor, temperature: float) -> float:
        """The function of P whose gradient the steps follow.

        With the full gradient that is the loss; the gradient of L_q with q held is that of the free energy F_T.
        """
        quantization, ols, variance = self.loss.mixture
        result = sweep(
            self.z,
            prototypes,
            temperature,
            quantization=quantization,
            ols=ols,
            variance=variance,
            convention=self.loss.convention,
            gradients=(),
        )
        value = float(result.value)
        if self.loss.assignments == "stopped":
            assert result.entropy is not None
            value -= quantization * temperature / CONVENTIONS[self.loss.convention] * float(result.entropy)
        if self._regularised:
            value += regularisers(self.loss, self.z, prototypes, temperature)[0]
        return value

    def _run_batches(self, state: State, temperature: float) -> float:
        order = torch.randperm(len(self.z), generator=self.generator).to(self.z.device)
        total = 0.0
        if state.mass is None:
            state.mass = torch.zeros(len(state.prototypes), dtype=self.z.dtype, device=self.z.device)
        for index in torch.split(order, self.batch_size):
            batch = self.z[index]
            value, gradient, mass = self._evaluate(state, temperature, batch)
            state.batches += 1
            share = state.batches * mass
            state.mass = state.mass + share
            # A prototype without mass has no gradient; the quotient must only not be 0/0.
            share = share / state.mass.clamp(min=torch.finfo(mass.dtype).tiny)
            step = share.unsqueeze(-1) * gradient / self._curvature(mass / len(batch))
            self._advance(state, step, self.rate, index)
            state.steps += 1
            total += value * len(batch) / len(self.z)
        if state.weights is not None:
            # Remove the rounding of many small updates.
            state.prototypes = state.weights.mT @ self.z
        return total

    def _curvature(self, shares: Tensor) -> Tensor:
        """Bound of the curvature in each p_j (k, 1) from the mean assignment (k,)."""
        floor = torch.finfo(shares.dtype).smallest_normal / torch.finfo(shares.dtype).eps
        return (2 * (shares + self.loss.weight)).clamp(min=floor).unsqueeze(-1)

    def _advance(self, state: State, step: Tensor, rate: float, index: Tensor | None) -> None:
        """Move free prototypes by -rate * step, or the weights of the samples ``index`` (None: all) accordingly."""
        if state.weights is None:
            state.prototypes = state.prototypes - rate * step
            check_bounded(state.steps, state.prototypes)
            return
        rows = self.z if index is None else self.z[index]
        change = rows @ step.mT * (-rate / (self.stiffness * len(rows)))
        if index is None:
            state.weights = state.weights + change
            state.prototypes = state.weights.mT @ self.z
        else:
            state.weights[index] += change
            state.prototypes = state.prototypes + change.mT @ rows
        check_bounded(state.steps, state.prototypes)

    def _evaluate(self, state: State, temperature: float, z: Tensor | None = None) -> tuple[float, Tensor, Tensor]:
        """Mean loss over z (None: all samples), its gradient (k, d) and the mass (k,), in the prototypes' dtype."""
        z, prototypes = self.z if z is None else z, state.prototypes
        value, gradient, mass = prototype_step(z, prototypes, temperature, self.loss)
        if self._regularised:
            penalty, slope = regularisers(self.loss, z, prototypes, temperature)
            value, gradient = value + penalty, gradient + slope
        check_finite(state.steps, loss=value, gradient=gradient)
        return value, gradient, mass.to(prototypes)


def spread(prototypes: Tensor) -> float:
    """Mean squared distance between two prototypes, D_P (DDCL, (35)); 0 for a single one."""
    k = len(prototypes)
    if k == 1:
        return 0.0
    centred = prototypes - kernels.centre(prototypes)
    return float(2 * centred.square().sum() / (k - 1))


def regularisers(loss: DDCLLoss, z: Tensor, prototypes: Tensor, temperature: float) -> tuple[float, Tensor]:
    """Value of the regularisers of ``loss`` over z (n, d) and its gradient in the prototypes (k, d), in closed form.

    Balance and entropy have the slopes log(k mean_n q_nj) / n and log q_nj / n in q, up to constants, which reach the
    prototypes through the weights -(s/T) q_nj (slope_nj - sum_l q_nl slope_nl) on the distances.
    """
    value = torch.zeros((), dtype=z.dtype, device=z.device)
    gradient = torch.zeros_like(prototypes)
    if loss.balance or loss.entropy:
        middle = kernels.centre(prototypes)
        centred, moved = z - middle, prototypes - middle
        distances = torch.addmm(moved.square().sum(-1), centred, moved.mT, alpha=-2)
        q = assign(distances, temperature, loss.convention)
        smallest = torch.finfo(q.dtype).tiny
        slope = torch.zeros_like(q)
        if loss.balance:
            value += loss.balance * terms.balance_of(q)
            slope += loss.balance * q.mean(0).clamp(min=smallest).log()
        if loss.entropy:
            value += loss.entropy * terms.negative_entropy_of(q)
            slope += loss.entropy * q.clamp(min=smallest).log()
        weights = -CONVENTIONS[loss.convention] / temperature * q * (slope - (q * slope).sum(-1, keepdim=True))
        gradient += pull(weights, z, prototypes, "mean")
    if loss.separation:
        value += loss.separation * terms.separation_of(prototypes, loss.pairs)
        factor = 2 * len(prototypes) * terms.pair_factor(len(prototypes), loss.pairs)
        gradient -= loss.separation * factor * (prototypes - kernels.centre(prototypes))
    if loss.weight:
        value += loss.weight * prototypes.square().sum()
        gradient += 2 * loss.weight * prototypes
    return float(value), gradient
