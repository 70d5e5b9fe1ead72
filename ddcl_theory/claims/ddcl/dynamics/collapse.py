"""Eigenvalues of the training field at total collapse, against the temperature at which collapse should turn unstable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ddcl_theory.checks.base import Settings
from ddcl_theory.checks.dynamics import Runs


@dataclass(frozen=True)
class CollapseField:
    """Prototypes follow minus the `mode` gradient of `loss`; collapse should be unstable iff T < multiple · λ_max(Σ)."""

    loss: str
    mode: str
    multiple: float
    reduction: str = "mean"


def growth_rate(field: CollapseField, z: Any, k: int, temperature: float) -> float:
    """The largest real part in the spectrum of the true Jacobian at P = z̄, from `torch.func`."""
    import torch

    from ddcl_core.functional import training_gradient

    point = z.mean(0).expand(k, -1).clone()

    def velocity(p: Any) -> Any:
        return -training_gradient(z, p, temperature, field.loss, field.mode, field.reduction)

    jacobian = torch.func.jacrev(velocity)(point).reshape(point.numel(), -1)
    return float(torch.linalg.eigvals(jacobian).real.max())


def threshold(field: CollapseField, settings: Settings) -> Runs:
    """Random data sets; the sign of the growth rate at temperatures on both sides of the predicted threshold.

    A run's margin is the growth rate, with the sign that the prediction gives it, in units of the decay rate 2/k.
    """
    import torch

    generator = torch.Generator().manual_seed(settings.stream)
    margins = []
    for run in range(settings.profile.trajectories):
        k, d, n = 2 + run % 3, 1 + run % 4, 3 + run % 7
        z = torch.randn(n, d, generator=generator, dtype=torch.float64) * 10 ** (run % 3 - 1)
        deviations = z - z.mean(0)
        largest = float(torch.linalg.eigvalsh(deviations.T @ deviations / n)[-1])
        decay = 2 / k * (n if field.reduction == "sum" else 1)
        for ratio in (0.5, 0.8, 0.97, 1.03, 1.25, 2.0):
            rate = growth_rate(field, z, k, ratio * field.multiple * largest)
            margins.append(rate / decay * (1 if ratio < 1 else -1))
    return Runs(
        margins,
        f"k ≤ 4, d ≤ 4, n ≤ 9, float64, T from 0.5 to 2 times {field.multiple:g} λ_max",
        "the sign of the largest real part, from automatic differentiation of the field of ddcl_core",
    )
