"""The weight of the separation term that total collapse needs, over temperature."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ddcl_theory.claims.ddcl.dynamics.phase import Phase, eigenvalues
from ddcl_theory.report.style import DASHES, PALETTE, panels, svg

#: (label, field, factor of λ_max at which collapse turns stable without L_sep).
CURVES = (
    ("L_q, stopped", Phase("quantization", "stopped", 2), 2),
    ("L_q, full", Phase("quantization", "full", 4), 4),
)
PROTOTYPES = 3


def measured(field: Phase, z: Any, temperatures: Sequence[float]) -> list[float]:
    """k² times the smallest weight: the term of L_sep adds 2λk to every eigenvalue of a centred displacement."""
    return [max(0.0, -rate * PROTOTYPES / 2) for rate in eigenvalues(field, z, PROTOTYPES, temperatures)]


def required_weight(settings: Any) -> str:
    """SVG: k² λ*(T), closed forms and eigenvalues, beside a weight that falls like 1/T."""
    import torch

    z = torch.tensor([[1.0], [-1.0]], dtype=torch.float64)
    temperatures = [0.5 + 0.25 * i for i in range(79)]
    with panels() as (figure, axes):
        for (label, field, multiple), colour, dash in zip(CURVES, PALETTE, DASHES, strict=False):
            axes.plot(
                temperatures,
                [max(0.0, 1 - multiple / t) for t in temperatures],
                color=colour,
                linestyle=dash,
                label=label,
            )
            dots = temperatures[::8]
            axes.plot(dots, measured(field, z, dots), "o", color=colour, markersize=4)
        recommended = [1 / t for t in temperatures]
        axes.plot(temperatures, recommended, color=PALETTE[-1], linestyle="--", label="C/T, C k² = λ_max")
        axes.set(xlabel="T / λ_max", ylabel="k² λ_sep", ylim=(0, 1.6))
        axes.legend()
        return svg(figure)
