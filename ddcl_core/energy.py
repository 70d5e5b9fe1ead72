"""The reduced energy E(P, Q) of DDCL (equation (41)) with its gradients and its KKT residual."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from ddcl_core._validation import (
    check_assignment,
    check_choice,
    check_count,
    check_floating,
    check_magnitude,
    check_real,
    square_root_bound,
)
from ddcl_core.functional import _kernels as kernels
from ddcl_core.functional.gradients import pull
from ddcl_core.functional.projections import nearest_in_cone
from ddcl_core.functional.regularisers import PAIRS, balance_of, negative_entropy_of, pair_factor, separation_of


@dataclass(frozen=True, eq=False)
class ReducedEnergy:
    """E(P, Q) = sum_n sum_j q_nj |z_n - p_j|^2 + balance L_bal + entropy L_ent + separation L_sep + weight |P|_F^2.

    z (..., n, d) is fixed; prototypes (..., k, d) and q (..., n, k), every row on the simplex, are free.
    L_bal = KL(mean q || uniform), L_ent = mean_n sum_j q_j log q_j, L_sep = -sum |p_i - p_j|^2 over ``pairs``
    ("unordered", "ordered" or "mean"). ``balance``, ``separation`` and ``weight`` are at least 0; ``entropy`` may have
    either sign, because the paper's sign of L_ent is open.
    """

    z: Tensor
    balance: float = 0.0
    entropy: float = 0.0
    separation: float = 0.0
    weight: float = 0.0
    pairs: str = "unordered"

    def __post_init__(self) -> None:
        """Check the data and the coefficients."""
        check_floating("z", self.z, 2)
        check_magnitude("z", self.z, square_root_bound(self.z.dtype, self.z.shape[-1]))
        for name in ("balance", "separation", "weight"):
            check_real(name, getattr(self, name), minimum=0.0)
        check_real("entropy", self.entropy)
        check_choice("pairs", self.pairs, PAIRS)

    def value(self, prototypes: Tensor, q: Tensor) -> Tensor:
        """E(P, Q): prototypes (..., k, d), q (..., n, k) -> (...)."""
        check_assignment(self.z, prototypes, q)
        return self.unchecked_value(prototypes, q)

    def grad_prototypes(self, prototypes: Tensor, q: Tensor) -> Tensor:
        """Gradient in the prototypes, shape (..., k, d)."""
        check_assignment(self.z, prototypes, q)
        return self.unchecked_grad_prototypes(prototypes, q)

    def grad_q(self, prototypes: Tensor, q: Tensor) -> Tensor:
        """Gradient in q, shape (..., n, k), up to a multiple of the all-ones vector in each row.

        Where q_nj = 0 the entropy term makes it infinite, and so does the balance term for an unused prototype: E is
        not differentiable there.
        """
        check_assignment(self.z, prototypes, q)
        return self.unchecked_grad_q(prototypes, q, floor=0.0)

    def kkt_residual(self, prototypes: Tensor, q: Tensor) -> Tensor:
        """Distance from a KKT point: sqrt(|grad_P E|^2 + sum_n |proj_{T(q_n)}(-grad_{q_n} E)|^2), shape (...).

        It is the speed of the reduced flow (42)-(43) and zero exactly at its equilibria. Infinite where E has slope
        minus infinity along an edge of the simplex.
        """
        check_assignment(self.z, prototypes, q)
        slope = self.unchecked_grad_q(prototypes, q, floor=0.0)
        escaping = (slope == -torch.inf).any(-1).any(-1)
        speed = self.unchecked_speed(prototypes, q, slope.masked_fill(slope == -torch.inf, 0.0))
        return torch.where(escaping, torch.full_like(speed, torch.inf), speed)

    def coercivity_threshold(self, k: int) -> float:
        """Sharp bound for k prototypes: E is coercive in P, uniformly in Q, iff ``weight`` is above it.

        With s the factor of an unordered pair times ``separation``: k s for k >= 3 (two prototypes without samples run
        apart symmetrically); for k = 2 one of the two holds all n samples, which gives s + (sqrt(n^2 + 4 s^2) - n) / 2;
        for k = 1 there is no pair and the samples alone hold the prototype: -n.
        """
        check_count("k", k)
        pair = self.separation * pair_factor(k, self.pairs)
        n = self.z.shape[-2]
        if k == 1:
            return -float(n)
        if k == 2:
            # (sqrt(n^2 + 4 s^2) - n) / 2 without the cancellation at small s.
            return pair + 2 * pair * pair / (math.hypot(n, 2 * pair) + n)
        return k * pair

    def unchecked_value(self, prototypes: Tensor, q: Tensor) -> Tensor:
        """:meth:`value` without the checks."""
        total = (q * kernels.squared_distances(self.z, prototypes)).sum((-2, -1))
        if self.balance:
            total = total + self.balance * balance_of(q)
        if self.entropy:
            total = total + self.entropy * negative_entropy_of(q)
        if self.separation:
            total = total + self.separation * separation_of(prototypes, self.pairs)
        if self.weight:
            total = total + self.weight * prototypes.square().sum((-2, -1))
        return total

    def unchecked_scale(self, prototypes: Tensor, q: Tensor) -> Tensor:
        """Sum of the absolute values of the terms of E, the unit of its rounding error, shape (...)."""
        total = (q * kernels.squared_distances(self.z, prototypes)).sum((-2, -1))
        k = prototypes.shape[-2]
        logarithm = 1 + math.log(k)
        total = total + (self.balance + abs(self.entropy)) * logarithm
        total = total - self.separation * separation_of(prototypes, self.pairs)
        return total + self.weight * prototypes.square().sum((-2, -1))

    def unchecked_grad_prototypes(self, prototypes: Tensor, q: Tensor) -> Tensor:
        """:meth:`grad_prototypes` without the checks."""
        gradient = pull(q, self.z, prototypes, "sum")
        if self.separation:
            k = prototypes.shape[-2]
            factor = 2 * k * self.separation * pair_factor(k, self.pairs)
            anchored = prototypes - prototypes[..., :1, :]
            gradient = gradient - factor * (anchored - anchored.mean(-2, keepdim=True))
        if self.weight:
            gradient = gradient + 2 * self.weight * prototypes
        return gradient

    def unchecked_grad_q(self, prototypes: Tensor, q: Tensor, floor: float) -> Tensor:
        """:meth:`grad_q` without the checks; logarithms are of max(., floor), so that floor > 0 keeps them finite."""
        n, k = q.shape[-2:]
        gradient = kernels.squared_distances(self.z, prototypes)
        gradient = gradient.expand(*(gradient + q).shape)
        if self.balance:
            gradient = gradient + (self.balance / n) * (q.mean(-2, keepdim=True) * k).clamp(min=floor).log()
        if self.entropy:
            gradient = gradient + (self.entropy / n) * (q.clamp(min=floor).log() + 1)
        return gradient

    def unchecked_speed(self, prototypes: Tensor, q: Tensor, slope: Tensor) -> Tensor:
        """:meth:`kkt_residual` for a given gradient in q without entries of minus infinity."""
        rate = nearest_in_cone(-slope, q.expand(slope.shape))
        gradient = self.unchecked_grad_prototypes(prototypes, q)
        return (gradient.square().sum((-2, -1)) + rate.square().sum((-2, -1))).sqrt()
