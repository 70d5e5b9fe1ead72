"""Growth rate of a collapsed configuration against temperature."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ddcl_theory.claims.ddcl.dynamics.collapse import CollapseField, growth_rate
from ddcl_theory.report.style import DASHES, PALETTE, panels, svg

#: (label, field, closed form of k · rate as a function of λ/T).
CURVES: tuple[tuple[str, CollapseField, Callable[[float], float]], ...] = (
    ("L_q, stopped", CollapseField("quantization", "stopped", 2), lambda r: 2 * (2 * r - 1)),
    ("L_q, full", CollapseField("quantization", "full", 4), lambda r: 2 * (4 * r - 1)),
    ("L_OLS, stopped", CollapseField("ols", "stopped", float("inf")), lambda r: 4 * r),
)


def growth_over_temperature(settings: Any) -> str:
    """SVG: eigenvalues of the training field at collapse (dots) and the closed forms (lines), in units of 1/k."""
    import torch

    generator = torch.Generator().manual_seed(settings.stream)
    z = torch.randn(12, 2, generator=generator, dtype=torch.float64) * torch.tensor([2.0, 1.0], dtype=torch.float64)
    deviations = z - z.mean(0)
    largest = float(torch.linalg.eigvalsh(deviations.T @ deviations / 12)[-1])
    k, ratios = 3, [0.75 + 0.25 * i for i in range(24)]
    with panels() as (figure, axes):
        axes.axhline(0, color=PALETTE[-1], linewidth=0.8)
        for (label, field, closed), colour, dash in zip(CURVES, PALETTE, DASHES, strict=False):
            axes.plot(ratios, [closed(1 / r) for r in ratios], color=colour, linestyle=dash, label=label)
            dots = [k * growth_rate(field, z, k, r * largest) for r in ratios[::3]]
            contrast = [(r, v) for r, v in zip(ratios[::3], dots, strict=True)]
            axes.plot([r for r, _ in contrast], [v for _, v in contrast], "o", color=colour, markersize=4)
        for boundary in (2, 4):
            axes.axvline(boundary, color=PALETTE[-1], linewidth=0.8, linestyle=":")
        axes.set(xlabel="T / λ, λ the largest variance of the data", ylabel="growth rate × k", ylim=(-2.2, 6))
        axes.legend()
        return svg(figure)
