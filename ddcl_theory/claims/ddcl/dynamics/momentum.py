"""Heavy-ball runs of stopped training: F_T alone, and F_T plus its kinetic energy, along steps of the longest length allowed."""

from __future__ import annotations

from dataclasses import dataclass

from ddcl_theory.checks.base import Settings
from ddcl_theory.checks.dynamics import Runs

#: Momentum of the runs, in turn.
MOMENTA = (0.5, 0.9, 0.99)
#: (n, k, d, T) of the runs, in turn.
PROBLEMS = ((6, 3, 1, 0.3), (8, 4, 2, 1.0), (7, 2, 1, 0.1))
#: Steps of a run.
LENGTH = 80
#: Rise that rounding may cause, relative to the size of the energy plus 1.
TOLERANCE = 1e-12


@dataclass(frozen=True)
class HeavyBall:
    """factor: step length over the bound (1 − β)/max_j M_j, M_j bounded by 1.  kinetic: share of the kinetic energy counted."""

    factor: float = 1.0
    kinetic: float = 1.0


def falls(system: HeavyBall, settings: Settings) -> Runs:
    """Largest rise of mean_n F_T + kinetic · β|u|²/(2η) between steps, and how often F_T alone rises."""
    import torch

    from ddcl_core.functional import free_energy, training_gradient

    g = torch.Generator().manual_seed(settings.at("heavy ball").stream)
    each = max(2, settings.profile.trajectories // 4)
    margins: list[float] = []
    rises = steps = 0
    for beta, (n, k, d, temperature) in zip(MOMENTA, PROBLEMS, strict=True):
        z = torch.randn(each, n, d, generator=g, dtype=torch.float64)
        p = torch.randn(each, k, d, generator=g, dtype=torch.float64)
        u = torch.zeros_like(p)
        eta = system.factor * (1 - beta)
        free = free_energy(z, p, temperature)
        energy = free
        worst = torch.full((each,), -torch.inf, dtype=torch.float64)
        for _ in range(LENGTH):
            u = beta * u - eta * training_gradient(z, p, temperature)
            p = p + u
            before, free = free, free_energy(z, p, temperature)
            old, energy = energy, free + system.kinetic * beta / (2 * eta) * u.square().sum((-2, -1))
            worst = torch.maximum(worst, (energy - old) / (1 + old.abs()))
            rises += int((free > before + TOLERANCE * (1 + before.abs())).sum())
            steps += each
        margins += (TOLERANCE - worst).tolist()
    return Runs(
        margins,
        f"{len(margins)} runs of {LENGTH} steps, n ≤ 8, k ≤ 4, d ≤ 2, float64",
        f"β = {', '.join(map(str, MOMENTA))}; F_T alone rose in {rises} of {steps} steps",
    )
