"""Runs of stopped training while the temperature falls, and the shifted free energy along them."""

from __future__ import annotations

from dataclasses import dataclass

from ddcl_theory.checks.base import Settings
from ddcl_theory.checks.dynamics import Runs

#: Rise of F_T + T log k between records that rounding and the fourth-order step may cause, relative to its size plus 1.
TOLERANCE = 1e-7


@dataclass(frozen=True)
class Training:
    """Stopped training of L_q; cooling: the rate of log T, negative for heating."""

    cooling: float = 1.0


def falls(system: Training, settings: Settings) -> Runs:
    """Largest rise of mean_n F_T + T log k between records."""
    import math

    import torch

    from ddcl_core.flow import training_flow

    g = torch.Generator().manual_seed(settings.at("training").stream)
    margins: list[float] = []
    each = max(1, settings.profile.trajectories // 2)
    for n, k, d in ((4, 2, 1), (6, 4, 2)):
        z = torch.randn(each, n, d, generator=g, dtype=torch.float64)
        p = 1.5 * torch.randn(each, k, d, generator=g, dtype=torch.float64)
        run = training_flow(z, p, lambda t: 0.2 + 2.0 * math.exp(-system.cooling * t), horizon=2.0, step=0.02, record=5)
        value = run.free_energy + math.log(k) * run.temperatures[:, None]
        rise = (value[1:] - value[:-1]).amax(0)
        margins += (TOLERANCE * (1 + value.abs().amax(0)) - rise).tolist()
    return Runs(
        margins, f"{len(margins)} runs, n ≤ 6, k ≤ 4, d ≤ 2, float64", "T = 0.2 + 2 e^(−c t), mean over the samples"
    )
